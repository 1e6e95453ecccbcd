"""What of a page is still worth reading: print below the form, beside its blanks or after its zone is not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from math import inf

from ocr.documents.anchors import plain, take_apart
from ocr.documents.filling import register
from ocr.documents.form import Blank, Form
from ocr.documents.print_lines import Piece, rows_of
from ocr.documents.reading import Strip
from ocr.documents.repeated import names_of

_LINE_EM, _ROOM_EM = 2.2, 1.2
"""Height of a line of a value with the space under it, and what is left free below: generous."""
_LOOSE_MM = 2.2
"""How far from its blank the middle of a value may stand: a little more than values are looked for."""
_LINE_SHAPE = 2.0
"""Width over height of what is no single sign."""
_MANY, _SAMPLE = 6, 3
"""So many lines beyond a form may be a second one; so many of them are read to see whether they are."""


def still_wanted(form: Form, strips: Sequence[Strip], left: Sequence[Piece]) -> Sequence[Piece]:
    """Return those of the pieces not yet read that may say something, in the order in which to read them.

    Args:
        form: what is looked for.
        strips: the print read so far.
        left: the pieces not yet read, in reading order.
    """
    if form.is_enough is not None:
        return _from_below(form, strips, left)
    windows = _windows(form, strips) if form.places else []
    lines = [piece for piece in left if _is_line(piece)]
    if form.places and not windows:
        return [*lines, *(piece for piece in left if not _is_line(piece))]
    end = _end_of(form, strips)

    def is_within(piece: Piece) -> bool:
        return any(_holds(window, piece) for window in windows) if windows else piece.top < end

    within = [piece for piece in left if is_within(piece)]
    beyond = [piece for piece in left if not is_within(piece)]
    if within:
        return [*within, *beyond]
    outside = [strip for strip in strips if not is_within(strip.piece) and _is_line(strip.piece)]
    return beyond if _may_be_another(form, outside, lines) else []


def _may_be_another(form: Form, outside: Sequence[Strip], lines: Sequence[Piece]) -> bool:
    """Say whether the print beyond a form may be a second one, from what was read of it and what is left."""
    named = [[name for name in form.labels if _names(plain(strip.text), (name,))] for strip in outside]
    often = Counter(name for names in named for name in names)
    if any(times > 1 for times in often.values()):
        return True
    read = sum(not names for names in named)
    return read < _SAMPLE and read + len(lines) >= _MANY


def _is_line(piece: Piece) -> bool:
    return piece.width >= _LINE_SHAPE * piece.height


def _from_below(form: Form, strips: Sequence[Strip], left: Sequence[Piece]) -> Sequence[Piece]:
    """Return the zone at the foot of the page first, then the rest from the top, until that is enough."""
    assert form.is_enough is not None
    texts = {strip.piece: strip.text for strip in strips}
    rows = ["".join(texts[piece] for piece in row) for row in rows_of(list(texts))]
    has_zone, is_enough = form.is_enough(rows)
    if is_enough:
        return []
    return left if has_zone else left[::-1]


def _windows(form: Form, strips: Sequence[Strip]) -> list[Piece]:
    """Return where values may stand on a card, with room around; nothing before all labels were read."""
    texts = [plain(strip.text) for strip in strips]
    if not all(any(_names(text, names_of(blank)) for text in texts) for blank in form.blanks.values()):
        return []
    registered = register(form, take_apart(strips, form.labels, form.wanted, form.either)[0])
    windows = [registered.window(blank.window) for blank in form.blanks.values() if blank.window]
    room = round(_LOOSE_MM * registered.px_mm)
    return [
        Piece(window.left - room, window.top - room, window.right + room, window.bottom + room)
        for window in windows
        if window is not None
    ]


def _holds(window: Piece, piece: Piece) -> bool:
    across = (piece.left + piece.right) / 2
    return window.left <= across <= window.right and window.top <= piece.middle <= window.bottom


def _end_of(form: Form, strips: Sequence[Strip]) -> float:
    """Return the height in px below which no value can stand; infinite while a label was not seen."""
    if form.everything:
        return inf
    texts = [plain(strip.text) for strip in strips]
    ends = [_end_of_one(blank, strips, texts) for blank in form.blanks.values()]
    closed = [
        strip.piece.top
        for strip, text in zip(strips, texts, strict=True)
        if any(words in text for words in form.closings)
    ]
    return min([max(ends, default=inf), *closed])


def _end_of_one(blank: Blank, strips: Sequence[Strip], texts: Sequence[str]) -> float:
    seen = [strip.piece for strip, text in zip(strips, texts, strict=True) if _names(text, names_of(blank))]
    if blank.nth < 0 or len(seen) <= blank.nth:
        return inf
    if blank.sealed is not None:
        return max(piece.middle + blank.sealed[3] * piece.height for piece in seen)
    lines = blank.lines + blank.below
    return max(piece.bottom + (_LINE_EM * lines + _ROOM_EM) * piece.height for piece in seen)


def _names(text: str, names: Sequence[str]) -> bool:
    """Say whether a strip begins with one of the labels: inside a value the same word is no label."""
    return any(0 <= text.find(name) <= 1 or (len(name) > 2 and name in text) for name in names)
