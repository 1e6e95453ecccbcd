"""What a search shows of an item before it is opened; of a large pack only this is read at the start."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass

from workstation.domain.items import Item, ItemShelf, Matter
from workstation.domain.kinds import ItemFlag, WindowCategory


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """One item, or one matter, as the picker lists it."""

    code: str
    """基本编码, or the id of a matter."""
    title: str
    plain_title: str = ""
    city: str = ""
    implementation_code: str = ""
    category: WindowCategory | None = None
    """None for a matter: its items may belong to several."""
    flags: frozenset[ItemFlag] = frozenset()
    instant: bool = False
    review_free: bool = False
    online_only: bool = False
    extended: bool = False
    names: tuple[str, ...] = ()
    """Every name it is found by, the title first."""
    keys: tuple[str, ...] = ()
    """The names with their readings, in the same order; empty: not made yet."""


class ListedItems(ItemShelf):
    """Items that know what a search shows of each without opening it."""

    @property
    @abstractmethod
    def listings(self) -> tuple[Listing, ...]:
        """One for each item, in their order."""


def names_of(item: Item | Matter) -> tuple[str, ...]:
    """Return the names an item or a matter is found by, the title first, each once."""
    if isinstance(item, Matter):
        return tuple(dict.fromkeys((item.title, *item.aliases)))
    return tuple(dict.fromkeys((item.title, item.plain_title, item.main_item, item.sub_item, *item.aliases)))


def listing_of(item: Item | Matter) -> Listing:
    """Return what a search shows of an item or a matter."""
    if isinstance(item, Matter):
        return Listing(code=item.id, title=item.title, names=names_of(item), keys=item.search_keys)
    return Listing(
        code=item.code,
        title=item.title,
        plain_title=item.plain_title,
        city=item.city,
        implementation_code=item.implementation_code,
        category=item.category,
        flags=item.flags,
        instant=item.instant,
        review_free=item.review_free,
        online_only=item.online_only,
        extended=item.hours.extended,
        names=names_of(item),
        keys=item.search_keys,
    )
