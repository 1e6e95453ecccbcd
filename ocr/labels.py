"""Finding the printed labels of a form among recognised words, and from them where its fields must be."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from statistics import fmean, median

from ocr.port import Word

Point = tuple[float, float]
_LEAST_SPAN_MM = 25.0
_LONG_NUMBER = re.compile(r"[0-9OoIlXx]{14,20}")


@dataclass(frozen=True, slots=True)
class Glyph:
    """One character with its estimated place: left edge, middle height and width in px."""

    character: str
    left: float
    middle: float
    width: float


@dataclass(frozen=True, slots=True)
class Grid:
    """Where the millimetres of a form lie in a picture: x_px = scale * x_mm + left, y likewise."""

    scale: float
    """px a mm."""
    left: float
    top: float
    anchors: int
    """How many labels the grid rests on."""

    def box(
        self, x_mm: float, y_mm: float, width_mm: float, height_mm: float
    ) -> tuple[float, float, float, float]:
        """Return a box given in mm as x, y, width, height in px."""
        return (
            x_mm * self.scale + self.left,
            y_mm * self.scale + self.top,
            width_mm * self.scale,
            height_mm * self.scale,
        )

    def times(self, factor: float) -> Grid:
        """Return the grid of the same picture scaled by `factor`."""
        return Grid(self.scale * factor, self.left * factor, self.top * factor, self.anchors)


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


def find_labels(lines: Sequence[Sequence[Glyph]], labels: Mapping[str, Point]) -> dict[str, Point]:
    """Return the left edge and middle height (px) of each label that is there; of two the first.

    A label of four or more characters may lack or garble some of them, not its first.
    """
    found: dict[str, Point] = {}
    for line in lines:
        text = "".join(glyph.character for glyph in line)
        for label in labels:
            at = _position(text, label)
            if at >= 0 and label not in found:
                part = line[at : at + len(label)]
                found[label] = (part[0].left, median(glyph.middle for glyph in part))
    return found


def _position(text: str, label: str) -> int:
    at = text.find(label)
    if at >= 0 or len(label) < 4:
        return at
    start = text.find(label[:2])
    rest = text[start + 2 : start + len(label) + 1]
    return (
        start
        if start >= 0 and sum(character in rest for character in label[2:]) * 2 >= len(label) - 2
        else -1
    )


def find_long_number(lines: Sequence[Sequence[Glyph]]) -> tuple[str, Point] | None:
    """Return the longest run of digits as read, with its left edge and middle height, None without one."""
    best: tuple[str, Point] | None = None
    for line in lines:
        run = _LONG_NUMBER.search("".join(glyph.character for glyph in line))
        if run and (best is None or len(run.group()) > len(best[0])):
            part = line[run.start() : run.end()]
            best = run.group(), (part[0].left, median(glyph.middle for glyph in part))
    return best


def fit(found: Mapping[str, Point], labels: Mapping[str, Point], expected_scale: float) -> Grid | None:
    """Return the grid on which the found labels lie best, None when there is none to rest on.

    Args:
        found: left edge and middle height in px.
        labels: the same in mm on the form.
        expected_scale: px a mm by what else is known; used alone when the labels stand too near together to
            tell, and labels that disagree with it by more than half are not believed.
    """
    pairs = [(labels[name], place) for name, place in found.items() if name in labels]
    if not pairs:
        return None
    scale = _slope(pairs) or expected_scale
    if not 0.5 < scale / expected_scale < 2.0:
        scale = expected_scale
    left = median(place[0] - scale * form[0] for form, place in pairs)
    top = median(place[1] - scale * form[1] for form, place in pairs)
    return Grid(scale, left, top, len(pairs))


def _slope(pairs: Sequence[tuple[Point, Point]]) -> float:
    rows = [(form[1], place[1]) for form, place in pairs]
    mean_form, mean_place = fmean(row[0] for row in rows), fmean(row[1] for row in rows)
    spread = sum((row[0] - mean_form) ** 2 for row in rows)
    if max(row[0] for row in rows) - min(row[0] for row in rows) < _LEAST_SPAN_MM:
        return 0.0
    return sum((row[0] - mean_form) * (row[1] - mean_place) for row in rows) / spread
