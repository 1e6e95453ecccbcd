"""The characters of recognised words, line by line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from ocr.port import Word


@dataclass(frozen=True, slots=True)
class Glyph:
    """One character with its estimated place: left edge, middle height and width in px."""

    character: str
    left: float
    middle: float
    width: float


def glyph_lines(words: Sequence[Word]) -> list[list[Glyph]]:
    """Return the characters of each line; a word's box is shared out, ASCII counting half."""
    lines = []
    for _, members in groupby(
        sorted(words, key=lambda word: (word.line, word.box[0])), key=lambda word: word.line
    ):
        lines.append([glyph for word in members for glyph in _shared_out(word)])
    return lines


def _shared_out(word: Word) -> list[Glyph]:
    x, y, width, height = word.box
    text = "".join(word.text.split())
    shares = [1 if character.isascii() else 2 for character in text]
    unit = width / max(1, sum(shares))
    glyphs, at = [], float(x)
    for character, share in zip(text, shares, strict=True):
        glyphs.append(Glyph(character, at, y + height / 2, unit * share))
        at += unit * share
    return glyphs
