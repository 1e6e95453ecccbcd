"""The items of a pack, each read when it is opened; what a search shows of them comes from `search.json`.

The signature covers every file, so an item's file is known to be the signed one before it is read. What a
search shows was written when the pack was signed, and says in which file each item stands.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cached_property
from typing import Any, overload

from workstation.catalogue.errors import PackInvalid
from workstation.catalogue.findings import Finding
from workstation.catalogue.listing import ListedItems, Listing, listing_of
from workstation.catalogue.reading import read_item
from workstation.catalogue.schema_pack import StandardsEntry
from workstation.catalogue.signing import SEARCH
from workstation.catalogue.standards import read_standards
from workstation.domain.items import Item, Matter
from workstation.domain.kinds import ItemFlag, WindowCategory

FORMAT = 2
_YES_OR_NO = ("instant", "review_free", "online_only", "extended")
_WORDS = ("code", "title", "plain_title", "city", "implementation_code")


class PackItems(ListedItems):
    """The items of one pack in the order of their files; an opened item is kept."""

    def __init__(self, files: Mapping[str, str], listings: Mapping[str, Listing]) -> None:
        """Take the texts of the pack's files, and what a search shows of the item in each."""
        self._files = files
        self._paths = {listing.code: path for path, listing in listings.items()}
        self._listings = tuple(listings.values())
        self._opened: dict[str, Item] = {}

    @property
    def listings(self) -> tuple[Listing, ...]:
        """What a search shows of each item."""
        return self._listings

    def by_code(self, code: str) -> Item:
        """Return the item with this basic code.

        Raises:
            KeyError: there is no such item.
            PackInvalid: its file breaks the rules, or holds another item than the search list says.
        """
        path = self._paths[code]
        item = self._opened.get(code)
        if item is None:
            item = self._opened[code] = self._read(path, code)
        return item

    def __len__(self) -> int:
        """Number of items."""
        return len(self._listings)

    @overload
    def __getitem__(self, place: int) -> Item: ...

    @overload
    def __getitem__(self, place: slice) -> tuple[Item, ...]: ...

    def __getitem__(self, place: int | slice) -> Item | tuple[Item, ...]:
        """Open one item or several.

        Raises:
            PackInvalid: see `by_code`.
        """
        if isinstance(place, slice):
            return tuple(self.by_code(listing.code) for listing in self._listings[place])
        return self.by_code(self._listings[place].code)

    def _read(self, path: str, code: str) -> Item:
        item = read_item(self._files[path], path, self._standards)
        if item.code != code:
            raise PackInvalid((Finding(path, 1, "C169", {"path": path}),))
        keys = next(listing.keys for listing in self._listings if listing.code == code)
        return replace(item, search_keys=keys)

    @cached_property
    def _standards(self) -> StandardsEntry:
        return read_standards(self._files)


def search_text(items: Mapping[str, Item], matters: Iterable[Matter]) -> str:
    """Return the text of `search.json`.

    Args:
        items: path of the file -> the item in it, with its search keys.
        matters: with their search keys.
    """
    document = {
        "format": FORMAT,
        "items": {path: _row(listing_of(item)) for path, item in items.items()},
        "matters": {matter.id: list(matter.search_keys) for matter in matters},
    }
    return json.dumps(document, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def _row(listing: Listing) -> dict[str, Any]:
    row: dict[str, Any] = {name: getattr(listing, name) for name in _WORDS}
    row |= {name: True for name in _YES_OR_NO if getattr(listing, name)}
    row |= {"category": listing.category, "flags": sorted(listing.flags)}
    return row | {"names": list(listing.names), "keys": list(listing.keys)}


def read_search(text: str, files: Mapping[str, str]) -> tuple[dict[str, Listing], dict[str, tuple[str, ...]]]:
    """Return what a search shows of the item in each file, and the search keys of each matter.

    Raises:
        PackInvalid: the text is no search list, or it does not name exactly the item files of the pack.
    """
    try:
        document = json.loads(text)
        listings = {path: _listing(row) for path, row in sorted(document["items"].items())}
        matters = {str(name): tuple(map(str, keys)) for name, keys in document["matters"].items()}
    except (ValueError, AttributeError, TypeError, KeyError, RecursionError) as error:
        raise PackInvalid((Finding(SEARCH, 0, "C120", {"problem": type(error).__name__}),)) from error
    present = {path for path in files if path.startswith("items/")}
    codes = {listing.code for listing in listings.values()}
    if document.get("format") != FORMAT or present != set(listings) or len(codes) != len(listings):
        raise PackInvalid((Finding(SEARCH, 0, "C169", {"path": SEARCH}),))
    return listings, matters


def _listing(row: Mapping[str, Any]) -> Listing:
    names, keys = tuple(map(str, row["names"])), tuple(map(str, row["keys"]))
    if len(names) != len(keys):
        raise ValueError("names and keys differ in number")
    words: dict[str, Any] = {name: str(row[name]) for name in _WORDS}
    marks: dict[str, Any] = {name: row.get(name, False) is True for name in _YES_OR_NO}
    return Listing(
        **words,
        **marks,
        category=WindowCategory(row["category"]),
        flags=frozenset(map(ItemFlag, row["flags"])),
        names=names,
        keys=keys,
    )
