from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

from tests.catalogue.packs import ITEM
from workstation.catalogue.loader import bundled_pack, load_pack
from workstation.catalogue.reading import read_items
from workstation.domain.items import Item, Limit, Overlay
from workstation.domain.kinds import LimitUnit
from workstation.services.catalogue import Catalogue

((CITY,), _) = read_items({"items/a.yaml": ITEM})
OVERLAY = Overlay(
    districts=frozenset({"440304"}),
    effective_from=date(2026, 7, 1),
    basis="样例",
    promised=Limit(1, LimitUnit.WORKDAY),
)
PACK = replace(load_pack(bundled_pack()), items=(replace(CITY, overlays=(OVERLAY,)),), matters=())


def catalogue_with(change: Callable[[Item], Item] = lambda item: item) -> Catalogue:
    return Catalogue((replace(PACK, items=tuple(map(change, PACK.items))),))


def test_an_item_is_offered_as_the_district_of_the_street_has_it() -> None:
    catalogue = catalogue_with()
    assert catalogue.item(CITY.code, "HF", date(2026, 7, 1)).promised == Limit(1, LimitUnit.WORKDAY)
    assert catalogue.item(CITY.code, "HF", date(2026, 6, 30)).promised == CITY.promised
    assert catalogue.item(CITY.code, "nowhere", date(2026, 7, 1)).promised == CITY.promised
    assert catalogue.item(CITY.code).promised == CITY.promised


def test_the_title_of_what_no_pack_has_is_its_code() -> None:
    catalogue = catalogue_with()
    assert catalogue.title_of(CITY.code) == "样例事项"
    assert catalogue.title_of("x") == "x"


def test_a_matter_has_a_title_too_and_is_found_beside_items() -> None:
    matters = load_pack(bundled_pack()).matters
    catalogue = Catalogue((replace(PACK, matters=matters),))
    for matter in matters:
        assert catalogue.title_of(matter.id) == matter.title
        hit = catalogue.search(matter.title)[0]
        assert (hit.matter, hit.code) == (matter, matter.id)
    assert [hit.code for hit in catalogue.offered()] == [CITY.code, *(matter.id for matter in matters)]
