"""The item packs on this machine: the current one for new cases, older ones for cases taken under them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from workstation.catalogue.errors import PackInvalid
from workstation.catalogue.search import Hit, SearchIndex
from workstation.domain.case import Case
from workstation.domain.clock import local_date
from workstation.domain.items import Item, Pack
from workstation.domain.matters import Branch, Joint, joint
from workstation.domain.overlays import item_for
from workstation.services.errors import PackMissing

KEPT_OPEN = 200
"""Items kept open at most: a matter takes some time to join."""


@dataclass
class Catalogue:
    """Packs by version; `packs[0]` is the current one, and changes by `adopt` only."""

    packs: tuple[Pack, ...]
    refused: tuple[tuple[str, Exception], ...] = ()
    """Packs that lie beside them and were not taken: folder name and reason."""
    _open: dict[tuple[str, str, str, str, date | None], Joint] = field(default_factory=dict, init=False)

    @property
    def current(self) -> Pack:
        """The pack new cases are taken under."""
        return self.packs[0]

    @cached_property
    def index(self) -> SearchIndex:
        """Search over the current pack; built at first use."""
        return SearchIndex(self.current.items, self.current.matters)

    def adopt(self, pack: Pack) -> None:
        """Take new cases under this pack from now on; the others stay for the cases taken under them."""
        others = tuple(p for p in self.packs if (p.id, p.version) != (pack.id, pack.version))
        self.packs = (pack, *others)
        self.__dict__.pop("index", None)
        self._open.clear()

    def search(self, query: str, limit: int = 50) -> tuple[Hit, ...]:
        """Items and matters matching Chinese words, pinyin, initials or a code, best first."""
        return self.index.find(query, limit=limit)

    def offered(self, limit: int = 50) -> tuple[Hit, ...]:
        """What is offered before anything is typed."""
        return self.index.first(limit)

    def item(self, code: str, street: str = "", on: date | None = None) -> Item:
        """Return an item of the current pack as the district of the receiving street has it.

        Args:
            code: 基本编码, or the id of a matter, whose items are joined into one.
            street: where the case is received; empty or unknown: as the city wrote it.
            on: the day the case is opened; None: as the city wrote it.

        Raises:
            KeyError: the pack has no such item.
            PackInvalid: the item's file breaks the rules.
        """
        return self._opened(self.current, code, street, on).item

    def item_of(self, case: Case) -> Item:
        """Return the item as it stood, where the case was received, on the day it was opened.

        Raises:
            PackMissing: that pack version is not here, or another one goes by its name.
            PackInvalid: the item's file breaks the rules.
        """
        for pack in self.packs:
            if pack.version == case.pack_version:
                try:
                    return self._of_case(pack, case).item
                except KeyError:
                    continue
        raise PackMissing(version=case.pack_version)

    def branches_of(self, case: Case) -> tuple[Branch, ...]:
        """Return the approvers of a matter's case, each with what it needs; none for an ordinary case.

        Raises:
            PackMissing: see `item_of`.
            PackInvalid: the file of an item breaks the rules.
        """
        if not self.item_of(case).members:
            return ()
        pack = next(pack for pack in self.packs if pack.version == case.pack_version)
        return self._of_case(pack, case).branches(case.answers)

    def _of_case(self, pack: Pack, case: Case) -> Joint:
        return self._opened(pack, case.item_code, case.receiving_street, local_date(case.opened_at))

    def _opened(self, pack: Pack, code: str, street: str, on: date | None) -> Joint:
        """Return an item or a joined matter as it stands in a place on a day; kept, for it is asked often.

        Raises:
            KeyError: the pack has no such item or matter.
        """
        key = (pack.id, pack.version, code, street, on)
        if key not in self._open:
            if len(self._open) >= KEPT_OPEN:
                self._open.clear()
            self._open[key] = _open(pack, code, street, on)
        return self._open[key]

    def title_of(self, code: str) -> str:
        """Return the newest title of an item; an unknown code is shown as it is."""
        return next((title for pack in self.packs if (title := _title(pack, code))), code)

    def street_name(self, code: str) -> str:
        """Return a street's name; an unknown code is shown as it is."""
        return self.current.streets.get(code, code)


def _open(pack: Pack, code: str, street: str, on: date | None) -> Joint:
    try:
        return Joint(_local(pack, pack.item(code), street, on))
    except KeyError:
        matter = pack.matter(code)
    return joint(matter, [_local(pack, pack.item(member), street, on) for member in matter.items])


def _local(pack: Pack, item: Item, street: str, on: date | None) -> Item:
    """Return the item as the district of a street has it on a day."""
    return item if on is None else item_for(item, pack.districts.get(street, ""), on)


def _title(pack: Pack, code: str) -> str:
    """Return the title of an item or a matter; empty when the pack has none, or none that can be read."""
    try:
        return pack.item(code).title
    except (KeyError, PackInvalid):
        return next((matter.title for matter in pack.matters if matter.id == code), "")
