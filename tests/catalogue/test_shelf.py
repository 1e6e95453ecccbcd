from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.catalogue.packs import ITEM, signed_pack
from tests.catalogue.test_loader import sign_again
from workstation.catalogue.errors import PackInvalid
from workstation.catalogue.listing import ListedItems, listing_of
from workstation.catalogue.loader import bundled_pack, load_pack
from workstation.catalogue.search import SearchIndex
from workstation.catalogue.shelf import PackItems, read_search
from workstation.domain.items import Pack

OTHER = ITEM.replace("001001", "002001").replace("样例事项", "另一事项")


def pack_of(folder: Path, *items: str) -> Pack:
    return load_pack(folder, trusted_keys=signed_pack(folder, *items))


def opened(pack: Pack) -> set[str]:
    assert isinstance(pack.items, PackItems)
    return set(pack.items._opened)


def test_nothing_is_opened_until_it_is_asked_for(tmp_path: Path) -> None:
    pack = pack_of(tmp_path, ITEM, OTHER)
    assert (len(pack.items), opened(pack)) == (2, set())
    hits = SearchIndex(pack.items, pack.matters).find("shili")
    assert [hit.listing.title for hit in SearchIndex(pack.items).first()] == ["样例事项", "另一事项"]
    assert opened(pack) == set() and hits == ()
    (hit,) = SearchIndex(pack.items).find("lysx")
    assert hit.item is pack.item("442090002001") is pack.items[1]
    assert opened(pack) == {"442090002001"}


def test_the_list_says_what_the_item_says() -> None:
    pack = load_pack(bundled_pack())
    assert isinstance(pack.items, ListedItems)
    assert pack.items.listings == tuple(map(listing_of, pack.items))
    assert list(pack.items[1:3]) == [pack.items[1], pack.items[2]]


def test_an_unknown_code_is_a_key_error(tmp_path: Path) -> None:
    with pytest.raises(KeyError):
        pack_of(tmp_path).item("000000000000")


def rewritten(folder: Path, name: str, text: str) -> Pack:
    """Return the pack after one file was changed and the manifest signed again by hand."""
    import hashlib

    path, manifest = folder / name, folder / "manifest.yaml"
    before = hashlib.sha256(path.read_bytes()).hexdigest()
    path.write_text(text, "utf-8")
    after = hashlib.sha256(path.read_bytes()).hexdigest()
    manifest.write_text(manifest.read_text("utf-8").replace(before, after), "utf-8")
    return load_pack(folder, trusted_keys=sign_again(folder))


def test_a_file_that_holds_another_item_than_the_list_says_is_refused(tmp_path: Path) -> None:
    signed_pack(tmp_path, ITEM)
    pack = rewritten(tmp_path, "items/item-1.yaml", OTHER)
    with pytest.raises(PackInvalid) as caught:
        pack.item("442090001001")
    assert caught.value.findings[0].code == "C169"


def test_a_list_that_leaves_out_a_file_is_refused(tmp_path: Path) -> None:
    signed_pack(tmp_path, ITEM, OTHER)
    document = json.loads((tmp_path / "search.json").read_text("utf-8"))
    del document["items"]["items/item-2.yaml"]
    with pytest.raises(PackInvalid) as caught:
        rewritten(tmp_path, "search.json", json.dumps(document))
    assert caught.value.findings[0].code == "C169"


@pytest.mark.parametrize(
    "text",
    ["", "[]", '{"items": {}}', '{"items": {"items/a.yaml": {}}, "matters": {}}', "[" * 100_000],
)
def test_a_list_that_is_none_is_refused_not_crashed(text: str) -> None:
    with pytest.raises(PackInvalid):
        read_search(text, {})


def test_a_list_with_unequal_names_and_keys_is_refused(tmp_path: Path) -> None:
    signed_pack(tmp_path, ITEM)
    document = json.loads((tmp_path / "search.json").read_text("utf-8"))
    document["items"]["items/item-1.yaml"]["keys"].pop()
    with pytest.raises(PackInvalid):
        read_search(json.dumps(document), {"items/item-1.yaml": ITEM})
