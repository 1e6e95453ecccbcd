"""Find items and matters while the clerk types: by Chinese words, pinyin, initials, a mixture, or a code.

All names stand in one text, one name a line, each character with its readings (see `pinyin`). A word of the
query becomes one regular expression over that text, so a search costs one pass in C however many items
there are.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import IntEnum
from heapq import nsmallest
from itertools import accumulate
from typing import NamedTuple

from workstation.catalogue.listing import ListedItems, Listing, listing_of
from workstation.domain.items import Item, Matter

LETTER = "\x02"
"""Stands before a letter that belongs to the name, as in `ATM机`, so that it counts as a character."""

_READING = re.compile(r"(?<!\x02)[a-z/]|\x02")
_REST = re.compile(r"[a-z/]*\n")
"""What is left of a line after its last character began."""
_NEXT = r"[a-z/]*[^a-z/\n](?:[a-z]+/)*"
"""From inside one character's readings to the start of a reading of the next."""
_FIRST = r"[^a-z/\n](?:[a-z]+/)*"


def normal(text: str) -> str:
    """Return text as it is compared: half-width, lower case."""
    return unicodedata.normalize("NFKC", text).lower()


_CODE_LENGTH = 3
"""Characters of a code that must be typed before it is looked for."""


class Rank(IntEnum):
    """How well a word of the query fits; smaller is better."""

    CODE = 0
    TITLE = 1
    TITLE_START = 2
    TITLE_PART = 3
    NAME = 4
    NAME_START = 5
    NAME_PART = 6
    CODE_PART = 7


@dataclass(frozen=True, slots=True)
class Hit:
    """An item or a matter found."""

    listing: Listing
    """What to show of it; nothing need be opened for that."""
    rank: int
    """Sum over the words of the query; smaller is better."""
    name: str
    """The name that fits, e.g. an alias; the title when a code fits."""
    span: tuple[int, int]
    """Characters of `name` that fit, for highlighting; `(0, 0)` when a code fits."""
    matter: Matter | None = None
    """The matter (一件事); None: it is an item."""
    open: Callable[[str], Item] = field(repr=False, compare=False, kw_only=True)

    @property
    def code(self) -> str:
        """Basic code of the item, or id of the matter."""
        return self.listing.code

    @property
    def item(self) -> Item:
        """The item, opened now.

        Raises:
            KeyError: it is a matter.
            PackInvalid: the item's file breaks the rules.
        """
        return self.open(self.listing.code)


class _Fit(NamedTuple):
    rank: int
    line: int
    """-1: by code."""
    start: int = 0
    end: int = 0
    """Offsets in the joined text."""


_BY_CODE = _Fit(Rank.CODE, -1)


class SearchIndex:
    """An index over the items and matters of a pack."""

    def __init__(self, items: Iterable[Item], matters: Iterable[Matter] = ()) -> None:
        """Build the index; only items without stored search keys load the pinyin tables."""
        if not isinstance(items, ListedItems):
            items = tuple(items)
        self._open = _opener(items)
        self._matters = {matter.id: matter for matter in matters}
        self._entries = (*_listings(items), *map(listing_of, self._matters.values()))
        lines = [(n, m, key) for n, entry in enumerate(self._entries) for m, key in enumerate(_keys(entry))]
        self._owner = [n for n, _, _ in lines]
        self._name_number = [m for _, m, _ in lines]
        self._text = "\n" + "".join(key + "\n" for _, _, key in lines)
        self._starts = [1, *(1 + end for end in accumulate(len(key) + 1 for _, _, key in lines))]
        self._after = [self._starts[bisect_right(self._owner, n)] for n in range(len(self._entries))]
        self._title_length = [len(entry.title) for entry in self._entries]
        self._codes = [f" {entry.code} {entry.implementation_code} ".lower() for entry in self._entries]
        self._recent: tuple[str, dict[int, _Fit]] = ("", {})

    def find(self, query: str, limit: int = 50) -> tuple[Hit, ...]:
        """Return the items and matters that fit every word, best first; no words find nothing."""
        words = normal(query).replace("'", " ").split()
        if not words or not self._entries:
            return ()
        fits = [self._first_fits(words[0])]
        for word in words[1:]:
            fits.append(self._fits(word, fits[-1]))
        common = fits[-1]
        lengths = self._title_length
        ranked = [(sum([fit[n].rank for fit in fits]), lengths[n], n) for n in common]
        return tuple(self._hit(n, rank, fits[0][n]) for rank, _, n in nsmallest(limit, ranked))

    def first(self, limit: int = 50) -> tuple[Hit, ...]:
        """Return what is offered before anything is typed: the items in their order, then the matters."""
        return tuple(self._hit(n, Rank.CODE, _BY_CODE) for n in range(min(limit, len(self._entries))))

    def _hit(self, number: int, rank: int, fit: _Fit) -> Hit:
        entry = self._entries[number]
        matter = self._matters.get(entry.code) if entry.category is None else None
        if fit.line < 0:
            return Hit(entry, rank, entry.title, (0, 0), matter, open=self._open)
        start = len(_READING.sub("", self._text[self._starts[fit.line] : fit.start]))
        length = len(_READING.sub("", self._text[fit.start : fit.end]))
        span = (start, start + length)
        return Hit(entry, rank, self._name(entry, fit.line), span, matter, open=self._open)

    def _name(self, entry: Listing, line: int) -> str:
        """Return the name as it is written, or as it is compared where the two differ in length."""
        compared = _READING.sub("", self._text[self._starts[line] : self._starts[line + 1] - 1])
        written = entry.names[self._name_number[line] :][:1]
        return written[0] if written and len(written[0]) == len(compared) else compared

    def _first_fits(self, word: str) -> dict[int, _Fit]:
        """Return the fits of a word; while it is being typed, only what fitted one key ago is read."""
        before, fitted = self._recent
        is_longer = bool(before) and word.startswith(before)
        # Codes are found from the third character on, so a shorter word says nothing about them.
        is_narrower = is_longer and (len(before) >= _CODE_LENGTH or not _may_be_code(word))
        fits = self._fits(word, fitted if is_narrower else None)
        self._recent = (word, fits)
        return fits

    def _fits(self, word: str, among: dict[int, _Fit] | None) -> dict[int, _Fit]:
        """Return the best fit of a word for each item that it fits, among all items or the given ones."""
        fits = self._code_fits(word, among) if _may_be_code(word) else {}
        pattern, last = _pattern(word), len(self._entries) - 1
        if among is None or len(among) > len(self._entries) // 4:
            self._scan(pattern, 0, last, fits)
            return fits if among is None else {n: fit for n, fit in fits.items() if n in among}
        for number in among:
            self._scan(pattern, number, number, fits)
        return fits

    def _scan(self, pattern: re.Pattern[str], first: int, last: int, fits: dict[int, _Fit]) -> None:
        """Read the names of the items from `first` to `last`, and keep the best fit of each in `fits`."""
        text, starts = self._text, self._starts
        end = self._after[last]
        match = pattern.search(text, self._after[first - 1] if first else 1, end)
        while match:
            line = bisect_right(starts, match.start()) - 1
            owner, rank = self._owner[line], self._rank(line, match)
            best = fits.get(owner)
            if best is None or rank < best.rank:
                fits[owner] = _Fit(rank, line, match.start(), match.end())
            # The leftmost fit of a line is its best, and no other name fits better than the title.
            after = self._after[owner] if rank <= Rank.TITLE_PART else starts[line + 1]
            match = pattern.search(text, after, end)

    def _rank(self, line: int, match: re.Match[str]) -> int:
        base = Rank.NAME if self._name_number[line] else Rank.TITLE
        if match.start() != self._starts[line]:
            return base + 2
        return base if _REST.match(self._text, match.end()) else base + 1

    def _code_fits(self, word: str, among: dict[int, _Fit] | None) -> dict[int, _Fit]:
        fits = {}
        for number in range(len(self._codes)) if among is None else among:
            codes = self._codes[number]
            if word in codes:
                rank = Rank.CODE if f" {word} " in codes else Rank.CODE_PART
                fits[number] = _Fit(rank, -1)
        return fits


def _may_be_code(word: str) -> bool:
    return len(word) >= _CODE_LENGTH and word.isascii() and any(map(str.isdigit, word))


def _listings(items: ListedItems | tuple[Item, ...]) -> tuple[Listing, ...]:
    return items.listings if isinstance(items, ListedItems) else tuple(map(listing_of, items))


def _opener(items: ListedItems | tuple[Item, ...]) -> Callable[[str], Item]:
    if isinstance(items, ListedItems):
        return items.by_code
    return {item.code: item for item in items}.__getitem__


def _keys(entry: Listing) -> tuple[str, ...]:
    if entry.keys:
        return entry.keys
    from workstation.catalogue.pinyin import with_readings

    return tuple(map(with_readings, entry.names))


def _pattern(word: str) -> re.Pattern[str]:
    """Return the expression for one word.

    A letter either goes on in the present reading or starts a reading of the next character; any other
    character is itself the next character.
    """
    parts: list[str] = []
    for position, character in enumerate(word):
        is_letter = character.isascii() and character.isalpha()
        if position == 0:
            parts.append(_FIRST + character if is_letter else re.escape(character))
        elif is_letter and word[position - 1].isascii() and word[position - 1].isalpha():
            parts.append(f"(?:|{_NEXT}){character}")
        elif is_letter:
            parts.append(_NEXT + character)
        else:
            parts.append(r"[a-z/]*" + re.escape(character))
    return re.compile("".join(parts))
