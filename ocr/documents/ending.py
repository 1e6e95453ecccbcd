"""Where on a page the form ends: print below its last value (stamps, notes on a copy) need not be read."""

from __future__ import annotations

from collections.abc import Sequence
from math import inf

from ocr.documents.anchors import plain
from ocr.documents.form import Blank, Form
from ocr.documents.reading import Strip

_LINE_EM, _ROOM_EM = 2.2, 1.2
"""Height of a line of a value with the space under it, and what is left free below: generous."""


def end_of(form: Form, strips: Sequence[Strip]) -> float:
    """Return the height in px below which no value can stand; infinite while a label was not seen.

    Args:
        form: what is looked for.
        strips: the print read so far, from the top.
    """
    if form.everything or any(blank.sealed for blank in form.blanks.values()):
        return inf
    texts = [plain(strip.text) for strip in strips]
    ends = [_end_of_one(blank, strips, texts) for blank in form.blanks.values()]
    return max(ends, default=inf)


def _end_of_one(blank: Blank, strips: Sequence[Strip], texts: Sequence[str]) -> float:
    names = (blank.label, *blank.also)
    seen = [strip.piece for strip, text in zip(strips, texts, strict=True) if _names(text, names)]
    if blank.nth < 0 or len(seen) <= blank.nth:
        return inf
    lines = blank.lines + blank.below
    return max(piece.bottom + (_LINE_EM * lines + _ROOM_EM) * piece.height for piece in seen)


def _names(text: str, names: Sequence[str]) -> bool:
    """Say whether a strip begins with one of the labels: inside a value the same word is no label."""
    return any(0 <= text.find(name) <= 1 or (len(name) > 2 and name in text) for name in names)
