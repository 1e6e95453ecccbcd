"""Text as it may go on paper: cleaned, masked, escaped, and each character in a font that has it.

What people and scanners produced is text, never markup: it cannot change the layout, hide, or run backwards.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, timezone
from itertools import groupby
from xml.sax.saxutils import escape

from workstation.printing.fonts import Fonts, covers

BOX = "□"
"""Printed in place of a character that no font has, as Chinese editions mark a lost one."""

BEIJING = timezone(timedelta(hours=8), "CST")
"""Paper states Beijing time, the only legal time of the country; it has had no summer time since 1992."""

_ID_NUMBER = re.compile(
    r"(?<![0-9A-Za-z])([1-9][0-9]{5})(?:18|19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:[0-2][0-9]|3[01])"
    r"([0-9]{3}[0-9Xx])(?![0-9A-Za-z])"
)
_UNKNOWN = "\ufffd"
"""What decoders leave for bytes they could not read: always a gap, even where a font draws it."""
_MARKS = frozenset("，。、；：！？")
"""Set in the heading font everywhere: the body font puts them in the middle of the square, as in Taiwan."""
_JOINERS = re.compile("[\u200b-\u200d\u2060\ufe00-\ufe0f\U000e0100-\U000e01ef]")
_BREAKS = re.compile(r"\r\n|[\r\n\v\f\x85\u2028\u2029]")


def masked(number: str) -> str:
    """Return the text with each whole identity number (GB 11643) cut to its first 6 and last 4 characters."""
    return _ID_NUMBER.sub(r"\1********\2", number)


def chinese_date(day: date | None, *, unknown: str = "　　　　年　　月　　日") -> str:
    """Return `2026年11月21日`, or room to write a date by hand."""
    return unknown if day is None else f"{day.year}年{day.month}月{day.day}日"


def chinese_time(moment: datetime) -> str:
    """Return `2026年11月21日 10:42` in Beijing time; a naive moment is taken as such already."""
    local = moment.astimezone(BEIJING) if moment.tzinfo else moment
    return f"{chinese_date(local.date())} {local:%H:%M}"


def grouped(digest: str) -> str:
    """Return a hash in groups of eight, so that two people can compare it aloud."""
    return " ".join(digest[start : start + 8] for start in range(0, len(digest), 8))


@dataclass(slots=True)
class Ink:
    """Turns text into paragraph markup for one paper and remembers what could not be shown."""

    fonts: Fonts
    shows_numbers: bool = False
    """True: whole identity numbers stand on the paper, as on the citizen's own form."""
    missing: dict[str, None] = field(default_factory=dict)
    """Characters printed as a box, in order of appearance."""

    def plain(self, text: str) -> str:
        """Return the text without anything invisible, identity numbers masked, unknown characters boxed."""
        chain = self.fonts.chain(self.fonts.body)
        return "".join(c if self._font_of(c, chain) else BOX for c in self._visible(text))

    def markup(self, text: str, font: str) -> str:
        """Return the text as markup for a paragraph set in `font`; line breaks stay breaks."""
        return "<br/>".join(self._line(line, font) for line in _BREAKS.split(text))

    def _line(self, text: str, font: str) -> str:
        chain = self.fonts.chain(font)
        pairs = [self._shown(character, chain) for character in self._visible(text)]
        runs = groupby(pairs, key=lambda pair: pair[1])
        return "".join(_run("".join(c for c, _ in run), name, font) for name, run in runs)

    def _visible(self, text: str) -> str:
        return _visible(text if self.shows_numbers else masked(text))

    def _shown(self, character: str, chain: tuple[str, ...]) -> tuple[str, str]:
        font = self._font_of(character, chain)
        return (character, font) if font else (BOX, chain[0])

    def _font_of(self, character: str, chain: Iterable[str]) -> str:
        if character in _MARKS:
            return self.fonts.heading
        if character == "\xa0":
            # Half a square in the body font; in others the width is anybody's guess.
            return self.fonts.body
        for font in chain:
            if character != _UNKNOWN and covers(font, character):
                return font
        self.missing[character] = None
        return ""


def _visible(text: str) -> str:
    """Drop what has no picture of its own: controls, direction overrides, joiners, variation selectors."""
    composed = unicodedata.normalize("NFC", _JOINERS.sub("", text))
    return "".join(_seen(character) for character in composed)


def _seen(character: str) -> str:
    category = unicodedata.category(character)
    if character == "\u3000":
        # Paragraphs swallow an ideographic space; two fixed ones are as wide and stay.
        return "\xa0\xa0"
    if character == "\t" or category == "Zs":
        return " "
    return "" if category in ("Cc", "Cf", "Zl", "Zp") else character


def _run(text: str, font: str, base: str) -> str:
    safe = escape(text)
    return safe if font == base else f'<font name="{font}">{safe}</font>'
