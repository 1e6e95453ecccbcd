"""The item packs on this machine: the current one for new cases, older ones for cases taken under them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from workstation.catalogue.search import Hit, SearchIndex
from workstation.domain.case import Case
from workstation.domain.items import Item, Pack
from workstation.services.errors import PackMissing


@dataclass
class Catalogue:
    """Packs by version; `packs[0]` is the current one, and changes by `adopt` only."""

    packs: tuple[Pack, ...]
    refused: tuple[tuple[str, Exception], ...] = ()
    """Packs that lie beside them and were not taken: folder name and reason."""

    @property
    def current(self) -> Pack:
        """The pack new cases are taken under."""
        return self.packs[0]

    @cached_property
    def index(self) -> SearchIndex:
        """Search over the current pack; built at first use."""
        return SearchIndex(self.current.items)

    def adopt(self, pack: Pack) -> None:
        """Take new cases under this pack from now on; the others stay for the cases taken under them."""
        others = tuple(p for p in self.packs if (p.id, p.version) != (pack.id, pack.version))
        self.packs = (pack, *others)
        self.__dict__.pop("index", None)

    def search(self, query: str, limit: int = 50) -> tuple[Hit, ...]:
        """Items matching Chinese words, pinyin, initials or a code, best first."""
        return self.index.find(query, limit=limit)

    def item_of(self, case: Case) -> Item:
        """Return the item as it stood when the case was opened.

        Raises:
            PackMissing: that pack version is not here, or another one goes by its name.
        """
        for pack in self.packs:
            if pack.version == case.pack_version:
                try:
                    return pack.item(case.item_code)
                except KeyError:
                    continue
        raise PackMissing(version=case.pack_version)

    def title_of(self, code: str) -> str:
        """Return the newest title of an item; an unknown code is shown as it is."""
        titles = (item.title for pack in self.packs for item in pack.items if item.code == code)
        return next(titles, code)

    def street_name(self, code: str) -> str:
        """Return a street's name; an unknown code is shown as it is."""
        return self.current.streets.get(code, code)
