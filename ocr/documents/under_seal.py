"""Days that stand under a seal: looked for row by row where they must be, and read more than once.

The ink of a seal joins the line of the day with what stands above it, so that its pieces are no lines. What
is known is where the day may stand around its label, how high its characters are, and what they can be.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ocr.documents.agreement import day_in
from ocr.documents.anchors import Label, Part
from ocr.documents.form import NOTHING, Around, Written
from ocr.documents.print_lines import Piece
from ocr.documents.reading import Page, Way, read_again, sure_of
from ocr.port import Engine, Line

_WRITTEN = frozenset("0123456789〇○零一二三四五六七八九十年月日.-/")
_SIGNS = frozenset("年月日")
_ROW, _HIGHER_ROW = 0.6, 0.72
"""Half the height of a row as cut out, over that of its characters."""
_PRINT = (0.6, 1.45)
"""Heights of pieces whose own middle is that of a row."""
_STEP, _MOST_ROWS = 0.45, 4
_LONGEST, _DAY_IN_LINE = 24, 0.3
"""Characters of a day with a few words beside it; in longer lines so large a share must be a day's."""
_DISTURBED = 0.85
"""Most confidence of a day with something between its characters that belongs to the seal."""
_PLACES = (None, Way.CRISP)

Reading = tuple[str, tuple[float, ...]]


def look_under_seal(
    engine: Engine, page: Page, label: Label | None, around: Around, free: Sequence[Part], em: float
) -> Written:
    """Return the day near `label` with one reading for each look that found it; nothing when none did.

    Args:
        engine: the recogniser.
        page: the page.
        label: in front of or above the day; None when it was not found, then all free print is looked at.
        around: where the day may stand.
        free: print that belongs to no other label.
        em: usual height of a label's characters in px of the work picture.

    Raises:
        OcrError: from the engine.
    """
    field = _field(page, label, around, em)
    inside = [part.piece for part in free if _is_inside(part.piece, field)]
    best: tuple[list[Reading], Piece] | None = None
    tried: list[Piece] = []
    for row in _rows(engine, page, label, free, field, em):
        if any(abs(row.middle - other.middle) < 0.15 * em for other in tried):
            continue
        tried.append(row)
        found = _looks(engine, page, _widened(row, inside, em), em)
        if any(_disturbs(piece, row, em) for piece in inside):
            found = [(text, tuple(min(mark, _DISTURBED) for mark in sure)) for text, sure in found]
        if found and (best is None or len(found) > len(best[0])):
            best = found, row
        if len(found) > 1 or len(tried) > _MOST_ROWS:
            break
    return _written(page, *best) if best else NOTHING


def _written(page: Page, found: Sequence[Reading], row: Piece) -> Written:
    (text, sure), *others = found
    return Written(text, sure, page.box_of([row]), (text,), others=tuple(others))


def _field(page: Page, label: Label | None, around: Around, em: float) -> Piece:
    height, width = page.sheet.work().shape
    if label is None:
        return Piece(0, height // 2, width, height)
    left, top, right, bottom = (round(side * em) for side in around)
    x, y = label.piece.left, round(_middle(label.piece, em))
    return Piece(max(0, x + left), max(0, y + top), min(width, x + right), min(height, y + bottom))


def _middle(piece: Piece, em: float) -> float:
    """Return the height of a line that a seal may hang on to: above it, more often than below."""
    return piece.middle if piece.height <= _PRINT[1] * em else piece.bottom - em / 2


def _is_inside(piece: Piece, field: Piece) -> bool:
    return (
        piece.right > field.left
        and piece.left < field.right
        and piece.bottom > field.top
        and piece.top < field.bottom
    )


def _rows(
    engine: Engine, page: Page, label: Label | None, free: Sequence[Part], field: Piece, em: float
) -> Iterator[Piece]:
    """Yield where the row of the day may be, the likeliest first; looking for it blindly comes last."""
    seen = [part for part in free if _is_inside(part.piece, field) and _may_be_day(part)]
    seen += [part for part in free if _is_inside(part.piece, field) and part not in seen and _is_dated(part)]
    plain = [part for part in seen if _PRINT[0] * em <= part.piece.height <= _PRINT[1] * em]
    for part in sorted(plain, key=lambda part: (-len(_SIGNS & set(part.text)), -part.piece.middle)):
        yield _row(field, part.piece.middle, em)
    for part in seen:
        if part.piece.height > _PRINT[1] * em:
            yield _row(field, part.piece.bottom - 0.55 * em, em)
            yield _row(field, part.piece.top + 0.55 * em, em)
            yield _row(field, part.piece.middle, em)
    if label is not None:
        yield from _blindly(engine, page, field, em)


def _may_be_day(part: Part) -> bool:
    """Say whether a part has signs of a day and is no sentence that only speaks of days."""
    is_short = len(part.text) <= _LONGEST or _written_in(part) >= _DAY_IN_LINE * len(part.text)
    return bool(_SIGNS & set(part.text)) and is_short


def _is_dated(part: Part) -> bool:
    return _written_in(part) >= max(2, 0.6 * len(part.text))


def _written_in(part: Part) -> int:
    return sum(character in _WRITTEN for character in part.text)


def _blindly(engine: Engine, page: Page, field: Piece, em: float) -> list[Piece]:
    steps = range(int((field.bottom - field.top) / (_STEP * em)))
    rows = [_row(field, field.top + (0.6 + step * _STEP) * em, em) for step in steps]
    lines = read_again(engine, page, rows)
    told = [(len(_SIGNS & set(line.text)), row) for row, line in zip(rows, lines, strict=True)]
    return [row for signs, row in sorted(told, key=lambda entry: -entry[0]) if signs]


def _row(field: Piece, middle: float, em: float, half: float = _ROW) -> Piece:
    return Piece(field.left, max(0, round(middle - half * em)), field.right, round(middle + half * em))


def _widened(row: Piece, inside: Sequence[Piece], em: float) -> Piece:
    """Return the row as far as print stands on it."""
    on_it = [piece for piece in inside if piece.top < row.middle < piece.bottom]
    if not on_it:
        return row
    left = min(piece.left for piece in on_it) - 0.3 * em
    right = max(piece.right for piece in on_it) + 0.3 * em
    return Piece(max(0, row.left, round(left)), row.top, min(row.right, round(right)), row.bottom)


def _disturbs(piece: Piece, row: Piece, em: float) -> bool:
    """Say whether something stands on the row that does not belong to it: the ring or the words of a seal."""
    is_level = abs(piece.middle - row.middle) < 0.3 * em and piece.height <= _PRINT[1] * em
    return not is_level and piece.top < row.bottom - 0.2 * em and piece.bottom > row.top + 0.2 * em


def _looks(engine: Engine, page: Page, row: Piece, em: float) -> list[Reading]:
    """Return what looks at a row found, those of the day that most of them saw first."""
    higher = _row(row, row.middle, em, _HIGHER_ROW)
    lines: list[Line] = []
    for way in _PLACES:
        lines += read_again(engine, page, (row, higher), way)
    found = [reading for line in lines if (reading := _day_of(line)) is not None]
    days = [day_in(text) for text, _ in found]
    order = sorted(range(len(found)), key=lambda n: (-days.count(days[n]), -min(found[n][1])))
    return [found[n] for n in order]


def _day_of(line: Line) -> Reading | None:
    """Return the characters of a line that can be a day's, None when they are no day."""
    sure = sure_of(line)
    kept = [at for at, character in enumerate(line.text) if character in _WRITTEN]
    text = "".join(line.text[at] for at in kept)
    if not kept or not day_in(text):
        return None
    is_whole = kept[-1] - kept[0] + 1 == len(kept)
    most = 1.0 if is_whole else _DISTURBED
    return text, tuple(min(sure[at], most) for at in kept)
