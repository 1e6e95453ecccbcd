from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from tests.catalogue.packs import ITEM
from workstation.catalogue.reading import read_items
from workstation.domain.items import Limit, Overlay
from workstation.domain.kinds import LimitUnit
from workstation.domain.overlays import item_for

((CITY,), _) = read_items({"items/a.yaml": ITEM})
DAY = date(2026, 7, 1)
LIWAN = Overlay(
    districts=frozenset({"440103"}),
    effective_from=DAY,
    effective_until=date(2026, 12, 31),
    basis="市政府令样例",
    level=4,
    authority="区样例局",
    promised=Limit(1, LimitUnit.WORKDAY),
    without_materials=frozenset({"statement"}),
    conditions=("区内注册",),
)
ITEM_WITH = replace(CITY, overlays=(LIWAN,))


def test_a_district_takes_the_item_over_from_its_day_on() -> None:
    there = item_for(ITEM_WITH, "440103", DAY)
    assert (there.level, there.authority, there.promised) == (4, "区样例局", Limit(1, LimitUnit.WORKDAY))
    assert [material.id for material in there.materials] == ["id-card"]
    assert there.conditions == ("区内注册",)
    assert there.legal_basis[-1] == "市政府令样例"
    assert there.acceptance_delegated == CITY.acceptance_delegated


def test_elsewhere_before_and_after_it_is_the_citys_item() -> None:
    assert item_for(ITEM_WITH, "440304", DAY) == CITY
    assert item_for(ITEM_WITH, "", DAY) == CITY
    assert item_for(ITEM_WITH, "440103", DAY - timedelta(days=1)) == CITY
    assert item_for(ITEM_WITH, "440103", date(2027, 1, 1)) == CITY


def test_an_item_without_overlays_stays_the_same_object() -> None:
    assert item_for(CITY, "440103", DAY) is CITY


LEVELS = st.lists(st.tuples(st.integers(0, 3), st.integers(1, 7)), min_size=1, max_size=5)


@given(LEVELS)
def test_of_several_the_one_in_force_later_wins_whatever_the_order(levels: list[tuple[int, int]]) -> None:
    overlays = tuple(
        Overlay(
            districts=frozenset({"440103"}), effective_from=DAY + timedelta(days=n), basis="样例", level=level
        )
        for n, level in levels
    )
    on = DAY + timedelta(days=9)
    latest = max(n for n, _ in levels)
    winner = [level for n, level in levels if n == latest][-1]
    there = item_for(replace(CITY, overlays=overlays), "440103", on)
    assert there.level == winner
    assert item_for(there, "440103", on) == there
