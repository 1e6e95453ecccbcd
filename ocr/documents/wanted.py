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

_LINE_EM, _ROOM_EM, _ROW_EM = 2.2, 1.2, 0.35
"""Height of a line of a value with the space under it, what is left free below (generous), and how far below
its label a value that was seen beside it may begin to go on."""
_ENOUGH_LABELS = 4
"""So many labels tell where all others stand, where their places are fixed."""
_LOOSE_MM = 2.2
"""How far from its blank the middle of a value may stand: a little more than values are looked for."""
_LINE_SHAPE = 2.0
"""Width over height of what is no single sign."""
_TITLE = 1.3
"""Height of a title over that of the usual line: it is read last, and often not needed."""
_ABOVE_EM = 1.0
"""Nothing of a value stands so far above the first label."""
_BESIDE_EM, _SOME_TEXT = 4.0, 4
"""So near behind its label stands so much of a value that it is not looked for below."""
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
        return [*_titles_last(lines), *(piece for piece in left if not _is_line(piece))]
    start, end = _span_of(form, strips)

    def is_within(piece: Piece) -> bool:
        if windows:
            return any(_holds(window, piece) for window in windows)
        return piece.bottom > start and piece.top < end

    within = [piece for piece in left if is_within(piece)]
    beyond = [piece for piece in left if not is_within(piece)]
    if within:
        return [*_titles_last(within), *beyond]
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


def _titles_last(pieces: Sequence[Piece]) -> list[Piece]:
    """Return pieces with lines in larger print than the usual behind all others."""
    heights = sorted(piece.height for piece in pieces if _is_line(piece))
    most = _TITLE * heights[len(heights) // 2] if heights else inf
    return sorted(pieces, key=lambda piece: _is_line(piece) and piece.height > most)


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
    """Return where values may stand on a card, with room around; nothing before its labels were read.

    Once most were read, those that were not are looked for where they have to stand.
    """
    texts = [plain(strip.text) for strip in strips]
    seen = {name for name in form.places if any(_names(text, (name,)) for text in texts)}
    has_all = all(any(_names(text, names_of(blank)) for text in texts) for blank in form.blanks.values())
    if not has_all and len(seen) < _ENOUGH_LABELS:
        return []
    registered = register(form, take_apart(strips, form.labels, form.wanted, form.either)[0])
    windows = [registered.window(blank.window) for blank in form.blanks.values() if blank.window]
    lacking = [label.piece for label in registered.labels if label.strip < 0]
    room = round(_LOOSE_MM * registered.px_mm)
    return [
        Piece(window.left - room, window.top - room, window.right + room, window.bottom + room)
        for window in (*windows, *(lacking if any(windows) else ()))
        if window is not None
    ]


def _holds(window: Piece, piece: Piece) -> bool:
    across = (piece.left + piece.right) / 2
    return window.left <= across <= window.right and window.top <= piece.middle <= window.bottom


def _span_of(form: Form, strips: Sequence[Strip]) -> tuple[float, float]:
    """Return the heights in px between which values can stand; infinite while a label was not seen."""
    if form.everything:
        return -inf, inf
    texts = [plain(strip.text) for strip in strips]
    labels = [strip.piece for strip, text in zip(strips, texts, strict=True) if _names(text, form.labels)]
    spans = [_span_of_one(blank, strips, texts, labels) for blank in form.blanks.values()]
    closed = [
        strip.piece.top
        for strip, text in zip(strips, texts, strict=True)
        if any(words in text for words in form.closings)
    ]
    starts, ends = zip(*spans, strict=True) if spans else ((), ())
    return min(starts, default=-inf), min([max(ends, default=inf), *closed])


def _span_of_one(
    blank: Blank, strips: Sequence[Strip], texts: Sequence[str], labels: Sequence[Piece]
) -> tuple[float, float]:
    at = [n for n, text in enumerate(texts) if _names(text, names_of(blank))]
    if blank.nth < 0 or len(at) <= blank.nth:
        return -inf, inf
    seen = [strips[n].piece for n in at]
    start = min(piece.top - _ABOVE_EM * piece.height for piece in seen)
    if blank.sealed is not None:
        return -inf, max(piece.middle + blank.sealed[3] * piece.height for piece in seen)
    if all(_has_value(blank, strips, n, texts[n]) for n in at):
        room = _LINE_EM * (blank.lines - 1) + _ROW_EM
    else:
        room = _LINE_EM * (blank.lines + blank.below) + _ROOM_EM
    ends = [piece.bottom + room * piece.height for piece in seen]
    return start, max(
        min([end, *(other.bottom for other in labels if _is_under(piece, other) and not blank.centred)])
        for end, piece in zip(ends, seen, strict=True)
    )


def _is_under(piece: Piece, other: Piece) -> bool:
    """Say whether a label stands below another one, so that the value of that one ends above it."""
    return other.middle > piece.bottom and abs(other.left - piece.left) < piece.height


def _has_value(blank: Blank, strips: Sequence[Strip], number: int, text: str) -> bool:
    """Say whether something stands behind a label: in the strip it begins, or in the next one."""
    name = max((name for name in names_of(blank) if name in text), key=len, default=blank.label)
    if len(text) - len(name) >= _SOME_TEXT:
        return True
    label = strips[number].piece
    return any(
        len(other.text) >= _SOME_TEXT
        and abs(other.piece.middle - label.middle) < 0.5 * label.height
        and 0 <= other.piece.left - label.right < _BESIDE_EM * label.height
        for other in strips
    )


def _names(text: str, names: Sequence[str]) -> bool:
    """Say whether a strip begins with one of the labels: inside a value the same word is no label."""
    return any(0 <= text.find(name) <= 1 or (len(name) > 2 and name in text) for name in names)
