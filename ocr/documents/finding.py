"""Finding a form on a picture: which of its sheets holds it, and how that lies.

What is no such paper is told soon: a few lines say whether a sheet can be read at all as it lies, turned or
seen from behind, and only a sheet that can be read is read wholly.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial

import cv2
import numpy as np
from PIL import Image

from ocr.documents.anchors import Part, plain, take_apart
from ocr.documents.filling import Registered, register
from ocr.documents.form import Form
from ocr.documents.print_lines import Piece
from ocr.documents.reading import Page, Strip, pieces_of, read_page, read_pieces
from ocr.documents.sheets import Outline, Sheet, outlines_of
from ocr.documents.wanted import still_wanted
from ocr.port import Engine

NO_DOCUMENT, MIRRORED = "no-document", "mirrored"
"""Why nothing could be read: the paper is not on the page, it is seen from behind."""
_GOOD_SHARE = 0.6
_SAMPLE = 6
"""Lines by which is told how a sheet lies."""
_USUAL_SHAPE = 4.0
"""Width over height of the lines chosen: long enough to tell, short enough to be read soon."""
_CLEAR, _HOPELESS, _NO_PRINT, _MUCH = 0.85, 0.3, 0.15, 0.1
"""How sure the reader is of print that is read the right way, of marks that are no print as they lie, or at
all, and how much surer another way must make it."""
_LEAST_LABELS = 2
"""Labels among a few lines by which another page is the same paper."""
_LEAST_TEXT = 8
"""Fewer characters say little, however clear they are."""
_CUT_LINES, _CUT_LINES_LACKING, _READ = 3, 2, 0.6
"""Fewer lines at one side may touch a shadow or a fold; how sure what counts as a line must be read."""
_FULL_SHARE = 0.85
_FEW_OUTSIDE, _SPECK_SHAPE = 3, 1.5
"""Fewer long pieces than this beside the sheets that were read are specks and shadows."""


@dataclass(frozen=True, slots=True)
class Way:
    """A way of looking at a sheet, and where print is then."""

    sheet: Sheet
    pieces: Sequence[Piece]
    is_behind: bool


@dataclass(frozen=True, slots=True)
class Found:
    """A form found on a picture."""

    page: Page
    registered: Registered
    parts: tuple[Part, ...]
    score: int
    is_repeated: bool = False
    """Another sheet on the picture holds the same form."""


def find(engine: Engine, picture: Image.Image, form: Form) -> Found | str:
    """Return `form` as it was found on `picture`, or the reason why it was not.

    Raises:
        OcrError: from the engine.
    """
    labels = len({blank.label for blank in form.blanks.values()})
    wanted = max(form.least, round(_GOOD_SHARE * labels))
    best: Found | None = None
    best_is_whole = False
    read: list[Sheet] = []
    outlines = outlines_of(picture)
    for outline in outlines:
        sheet = outline.sheet()
        if _is_covered(sheet, read) and (best is None or best_is_whole):
            continue
        found = _look(engine, sheet, form)
        if found is None:
            return MIRRORED
        if _legibility(found.page.strips) >= _CLEAR:
            read.append(sheet)
        is_whole = found.score >= wanted and not _runs_out(found.page, found.score < _FULL_SHARE * labels)
        if best is None or (is_whole, found.score) > (best_is_whole, best.score):
            best, best_is_whole = found, is_whole
        if best_is_whole:
            others = [other for other in outlines if other.is_beside(outline)]
            return replace(best, is_repeated=_is_repeated(engine, form, others))
    return best if best is not None and best.score >= form.least else NO_DOCUMENT


def _is_repeated(engine: Engine, form: Form, others: Sequence[Outline]) -> bool:
    """Say whether a page beside the one that was read holds the form too, by a few of its lines."""
    for other in others:
        sheet = other.sheet()
        strips = read_pieces(engine, sheet, _sample(pieces_of(sheet))) if sheet.turn_certain else ()
        labels, _ = take_apart(strips, form.labels, form.wanted, form.either)
        if len({label.name for label in labels}) >= _LEAST_LABELS:
            return True
    return False


def laid(page: Page, form: Form) -> Found:
    """Lay a form on what was read of a page."""
    labels, parts = take_apart(page.strips, form.labels, form.wanted, form.either)
    text = "|".join(plain(strip.text) for strip in page.strips)
    titles = sum(title in text for title in form.titles)
    names = {label.name for label in labels}
    return Found(page, register(form, labels), tuple(parts), len(names) + titles)


def _look(engine: Engine, sheet: Sheet, form: Form) -> Found | None:
    """Return what a sheet says of a form the way it is read best; None where that is from behind."""
    wanted = partial(still_wanted, form)
    first = laid(read_page(engine, sheet, wanted), form) if sheet.turn_certain else None
    if first is not None and (first.score >= form.least or _legibility(first.page.strips) >= _CLEAR):
        return first
    way, page = _clearest(engine, sheet)
    clear = _legibility(page.strips)
    if first is not None and clear <= _legibility(first.page.strips) + _MUCH:
        return first
    if way.is_behind and clear >= _CLEAR:
        return None
    if way.is_behind:
        return first or laid(Page(sheet, ()), form)
    return laid(page if clear < _HOPELESS else read_page(engine, page.sheet, wanted, page.strips), form)


def _clearest(engine: Engine, sheet: Sheet) -> tuple[Way, Page]:
    """Return the way of looking at a sheet in which its print says most, and a few lines so read."""
    best: tuple[Way, Page] | None = None
    most = 0.0
    for way in _ways(sheet):
        if way.is_behind and most < _NO_PRINT:
            break
        page = Page(way.sheet, read_pieces(engine, way.sheet, _sample(way.pieces)))
        clear = _legibility(page.strips)
        if best is None or clear > most + (_MUCH if way.is_behind else 0.0):
            best, most = (way, page), clear
        if most >= _CLEAR:
            break
    assert best is not None
    return best


def _ways(sheet: Sheet) -> Iterator[Way]:
    """Yield a sheet as it lies, upside down and on either side, then the same from behind."""
    ways: list[Way] = []
    for quarters in (0, 1):
        turned = sheet.turned(quarters)
        height, width = turned.work().shape
        pieces = pieces_of(turned)
        upside_down = [
            Piece(width - piece.right, height - piece.bottom, width - piece.left, height - piece.top)
            for piece in pieces
        ]
        both = [Way(turned, pieces, False), Way(turned.turned(2), upside_down, False)]
        yield from both
        ways += both
    for way in ways:
        width = way.sheet.work().shape[1]
        behind = [Piece(width - one.right, one.top, width - one.left, one.bottom) for one in way.pieces]
        yield Way(way.sheet.mirrored(), behind, True)


def _sample(pieces: Sequence[Piece]) -> list[Piece]:
    return sorted(pieces, key=lambda piece: abs(piece.width / piece.height - _USUAL_SHAPE))[:_SAMPLE]


def _legibility(strips: Sequence[Strip]) -> float:
    """Return how sure the reader was on average, over all characters of lines of at least two."""
    sure = [mark for strip in strips if len(strip.text) > 1 for mark in strip.sure]
    return sum(sure) / max(_LEAST_TEXT, len(sure))


def _runs_out(page: Page, is_lacking: bool) -> bool:
    """Say whether lines begin or end at the side of a sheet: part of the paper may lie outside of it.

    Args:
        page: what was read of the sheet.
        is_lacking: labels are missing, so that fewer such lines tell.
    """
    width = page.sheet.work().shape[1]
    lines = [strip.piece for strip in page.strips if len(strip.text) > 1 and strip.mean >= _READ]
    starts = sum(line.left <= 1 for line in lines)
    ends = sum(line.right >= width - 2 for line in lines)
    return bool(max(starts, ends) >= (_CUT_LINES_LACKING if is_lacking else _CUT_LINES))


def _is_covered(sheet: Sheet, read: Sequence[Sheet]) -> bool:
    """Say whether all print of a sheet lies on sheets that were read."""
    if not read:
        return False
    outlines = [_corners(other, [(0, 0), (1, 0), (1, 1), (0, 1)]) for other in read]
    height, width = sheet.work().shape
    outside = 0
    for piece in pieces_of(sheet):
        if piece.width < _SPECK_SHAPE * piece.height:
            continue
        middle = ((piece.left + piece.right) / 2 / width, piece.middle / height)
        (point,) = _corners(sheet, [middle])
        at = (float(point[0]), float(point[1]))
        outside += all(cv2.pointPolygonTest(outline, at, False) < 0 for outline in outlines)
    return outside < _FEW_OUTSIDE


def _corners(sheet: Sheet, shares: Sequence[tuple[float, float]]) -> np.ndarray:
    """Return places of a sheet, given as shares of its width and height, in px of the input."""
    places = np.array([[(x * sheet.size[0], y * sheet.size[1]) for x, y in shares]], np.float64)
    return np.asarray(cv2.perspectiveTransform(places, sheet.to_input)[0], np.float32)
