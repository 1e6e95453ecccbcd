"""Finding a form on a picture and what is written in its blanks: sheets, turns, labels, second looks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import reduce

import numpy as np
from PIL import Image

from ocr import imaging
from ocr.documents.anchors import Part, plain
from ocr.documents.filling import Assigned, Registered, assign
from ocr.documents.finding import Found, find, laid
from ocr.documents.form import NOTHING, Blank, Form, Written
from ocr.documents.page_codes import codes_on
from ocr.documents.print_lines import Piece, find_pieces
from ocr.documents.reading import Page, Strip, Way, read_again, sure_of
from ocr.documents.red_print import read_in_red
from ocr.documents.self_evident import numbers_without_label
from ocr.documents.under_seal import look_under_seal
from ocr.port import Engine, Line, LineEngine

_LEAST_SIDE_PX = 100
_DOUBTFUL = 0.93
_BORDER_PX = 2
_ZONE_SIGNS = 26
"""Letters and figures of a row that may be one of a machine-readable zone, even without fillers."""
_LEAST_CUT = 2
"""Values that run up to the side of the page before part of it counts as missing: one may be a shadow."""

CUT_OFF, BLANK_PAGE, SEVERAL = "cut-off", "blank", "several"
"""Why fields could not be read, or not surely: part of the paper is missing, there is no print at all, there
are several papers of the kind side by side."""


@dataclass(frozen=True, slots=True)
class Filling:
    """What stands in the blanks of a form."""

    blanks: dict[str, Written]
    skew_deg: float
    reason: str = ""
    """Empty when the form was found, whole and readable."""


def fill(engine: Engine, picture: Image.Image, small: Image.Image, form: Form) -> Filling:
    """Find `form` on `picture` (RGB or L, lying any way) and read what is written in its blanks.

    Args:
        engine: the recogniser.
        picture: the page.
        small: the same much smaller, to see whether there is anything on it.
        form: what it is read as.

    Raises:
        OcrError: from the engine.
    """
    empty = dict.fromkeys((*form.blanks, *(name for name in (form.everything, form.codes) if name)), NOTHING)
    if min(picture.size) < _LEAST_SIDE_PX or not imaging.has_print(small):
        return Filling(empty, 0.0, BLANK_PAGE)
    found = find(engine, picture, form)
    if isinstance(found, str):
        return Filling(empty, 0.0, found)
    written = _written(engine, found, form)
    for name, blank in form.blanks.items():
        if blank.red and len(written[name].text) < blank.length:
            in_red = read_in_red(engine, found.page, found.registered, blank, picture)
            written[name] = in_red or written[name]
    written |= {form.codes: codes_on(picture)} if form.codes else {}
    is_several = found.registered.holds_several or found.is_repeated
    reason = SEVERAL if is_several else CUT_OFF if _is_cut_off(found, written) else ""
    if form.places and (reason == SEVERAL or found.registered.affine is None):
        # Words of a letter, or of the card beside it: they do not stand as they stand on this paper.
        written = {name: replace(value, cut=True) for name, value in written.items()}
    return Filling(written, found.page.sheet.skew_deg, reason)


def _written(engine: Engine, found: Found, form: Form) -> dict[str, Written]:
    if not isinstance(engine, LineEngine):
        found = _refined(engine, found, form)
    lines = assign(found.registered, found.parts)
    lines = _looked_for(engine, found, form, lines)
    written = {name: _value(found, blank, lines) for name, blank in form.blanks.items()}
    written = _second_look(engine, found, form, lines, written) | _days(engine, found, form, lines, written)
    written |= _numbers_in_full(engine, found, form, lines, written)
    written |= numbers_without_label(form, written, found.page, found.parts)
    return written | ({form.everything: _everything(engine, found.page)} if form.everything else {})


def _days(
    engine: Engine, found: Found, form: Form, lines: dict[int, Assigned], written: dict[str, Written]
) -> dict[str, Written]:
    """Look at the days that seals lie over, row by row; what was read beside their labels counts last."""
    registered = found.registered
    days = {}
    for name, blank in form.blanks.items():
        if blank.sealed is None or not registered.labels:
            continue
        number = registered.number_of(blank)
        taken = {part for at, value in lines.items() if at != number for line in value.lines for part in line}
        free = [part for part in found.parts if part not in taken]
        label = registered.labels[number] if number is not None else None
        day = look_under_seal(engine, found.page, label, blank.sealed, free, registered.em)
        if day.text:
            days[name] = replace(day, others=(*day.others, *written[name].readings))
    return days


def _everything(engine: Engine, page: Page) -> Written:
    """Return all print of a page, a line for each row; rows of a zone are read as figures and letters."""
    rows: list[list[Strip]] = []
    for strip in sorted(page.strips, key=lambda strip: strip.piece.middle):
        if rows and strip.piece.middle - rows[-1][-1].piece.middle < 0.5 * strip.piece.height:
            rows[-1].append(strip)
        else:
            rows.append([strip])
    ordered = [sorted(row, key=lambda strip: strip.piece.left) for row in rows]
    texts = tuple("".join(strip.text for strip in row) for row in ordered)
    sure = tuple(mark for row in ordered for strip in row for mark in strip.sure)
    boxes = tuple(page.box_of([strip.piece for strip in row]) for row in ordered)
    zone = [reduce(Piece.joined, [strip.piece for strip in row]) for row in ordered if _is_of_zone(row)]
    again = [] if isinstance(engine, LineEngine) else read_again(engine, page, zone, Way.DIGITS)
    others = (("\n".join(line.text for line in again), ()),) if again else ()
    return Written("".join(texts), sure, None, texts, others, boxes=boxes)


def _is_of_zone(row: Sequence[Strip]) -> bool:
    text = "".join(strip.text for strip in row)
    return "<" in text or sum(sign.isascii() for sign in text) >= _ZONE_SIGNS


def _value(found: Found, blank: Blank, lines: dict[int, Assigned]) -> Written:
    number = found.registered.number_of(blank)
    assigned = lines.get(number) if number is not None else None
    if assigned is None:
        return NOTHING
    parts = [part for line in assigned.lines for part in line]
    texts = tuple("".join(part.text for part in line) for line in assigned.lines)
    sure = tuple(mark for part in parts for mark in part.sure)
    box = found.page.box_of([part.piece for part in parts])
    return Written(
        "".join(texts), sure, box, texts,
        cut=_touches_border(found.page, parts),
        disturbed=any(found.page.is_disturbed(part.piece) for part in parts),
    )  # fmt: skip


def _refined(engine: Engine, found: Found, form: Form) -> Found:
    """Read the strips that hold values once more, with care: the engine's quick way is for finding labels."""
    lines = assign(found.registered, found.parts)
    wanted = {found.registered.number_of(blank) for blank in form.blanks.values()}
    strips = sorted(
        {
            part.strip
            for label, value in lines.items()
            if label in wanted
            for line in value.lines
            for part in line
        }
    )
    known = [found.page.strips[n].as_line() for n in strips]
    again = read_again(engine, found.page, [found.page.strips[n].piece for n in strips], known=known)
    texts = list(found.page.strips)
    for number, line in zip(strips, again, strict=True):
        if line.text:
            texts[number] = Strip(texts[number].piece, line.text, sure_of(line))
    return laid(replace(found.page, strips=tuple(texts)), form)


def _looked_for(engine: Engine, found: Found, form: Form, lines: dict[int, Assigned]) -> dict[int, Assigned]:
    """Look once more into the windows of blanks in which nothing was found, or from which a strip runs out.

    Ink too faint for the page may be clear there, and what touches the value from outside is left out.
    """
    inside: list[tuple[int, Piece]] = []
    for blank in form.blanks.values():
        number = found.registered.number_of(blank)
        window = found.registered.window(blank.window) if blank.window else None
        if number is None or window is None:
            continue
        window = _own_rows(found.registered, number, window)
        if number not in lines or _is_disturbed(found.page, window):
            inside += [(number, piece) for piece in _pieces_inside(found.page, window)[: blank.lines + 2]]
    again = read_again(engine, found.page, [piece for _, piece in inside])
    rows: dict[int, list[Part]] = {}
    for (number, piece), line in zip(inside, again, strict=True):
        if line.text:
            rows.setdefault(number, []).append(Part(piece, line.text, sure_of(line), -1, True, number))
    return lines | {number: Assigned(tuple((part,) for part in parts)) for number, parts in rows.items()}


def _own_rows(registered: Registered, number: int, window: Piece) -> Piece:
    """Return a window without the rows of other labels that were seen: papers of a kind differ a little."""
    own = registered.labels[number].piece
    seen = [label.piece for label in registered.labels if label.strip >= 0]
    above = [piece.bottom for piece in seen if piece.bottom <= own.top]
    below = [piece.top for piece in seen if piece.top >= own.bottom]
    return replace(window, top=max([window.top, *above]), bottom=min([window.bottom, *below]))


def _is_disturbed(page: Page, window: Piece) -> bool:
    """Say whether print runs out of the window to the right or below, so that two things look like one."""
    for strip in page.strips:
        piece = strip.piece
        across = min(piece.right, window.right) - max(piece.left, window.left)
        down = min(piece.bottom, window.bottom) - max(piece.top, window.top)
        if across < 0.5 * piece.height or down < 0.3 * piece.height:
            continue
        if (
            piece.right > window.right + 0.6 * piece.height
            or piece.bottom > window.bottom + 0.6 * piece.height
        ):
            return True
    return False


def _pieces_inside(page: Page, window: Piece) -> list[Piece]:
    work = page.sheet.work()
    height, width = work.shape
    left, top = max(0, window.left), max(0, window.top)
    part = work[top : min(height, window.bottom), left : min(width, window.right)]
    if min(part.shape) < 8:
        return []
    return [
        Piece(piece.left + left, piece.top + top, piece.right + left, piece.bottom + top)
        for piece in find_pieces(np.ascontiguousarray(part))
    ]


def _second_look(
    engine: Engine, found: Found, form: Form, lines: dict[int, Assigned], written: dict[str, Written]
) -> dict[str, Written]:
    """Read doubtful values another way: without paler ink, numbers a little wider, or as digits."""
    for way in Way:
        wanted = {
            name: _own_parts(found, blank, lines)
            for name, blank in form.blanks.items()
            if _wants(way, blank, written[name], isinstance(engine, LineEngine))
        }
        pieces = [part.piece for own in wanted.values() for part in own if _is_doubtful(way, part)]
        again = iter(read_again(engine, found.page, pieces, way))
        for name, own in wanted.items():
            read = [next(again) if _is_doubtful(way, part) else part.as_line() for part in own]
            written[name] = _with(written[name], read, form.blanks[name])
    return written


def _numbers_in_full(
    engine: Engine, found: Found, form: Form, lines: dict[int, Assigned], written: dict[str, Written]
) -> dict[str, Written]:
    """Read the whole row of a number that came too short: shade may have hidden some of its digits."""
    rows = {
        name: row
        for name, blank in form.blanks.items()
        if all(len(text) < blank.length for text, _sure in written[name].readings)
        and (row := _whole_row(found, blank, lines)) is not None
    }
    again = read_again(engine, found.page, list(rows.values()))
    return {
        name: _with(written[name], [line], form.blanks[name]) for name, line in zip(rows, again, strict=True)
    }


def _whole_row(found: Found, blank: Blank, lines: dict[int, Assigned]) -> Piece | None:
    """Return the place of a number, at the height of the digits that were seen, as wide as it has to be."""
    parts = _own_parts(found, blank, lines)
    window = found.registered.window(blank.window) if blank.window else None
    if window is None or not parts:
        return None
    seen = reduce(Piece.joined, [part.piece for part in parts])
    room = blank.length * seen.height - (seen.right - seen.left)
    return replace(
        seen,
        left=max(0, min(window.left, seen.left)),
        right=min(found.page.sheet.work().shape[1], max(window.right, seen.right + max(0, room))),
    )


def _is_doubtful(way: Way, part: Part) -> bool:
    """Say whether a line of a doubtful value is worth another look: of a long one most lines are sure."""
    return way is not Way.CRISP or min(part.sure, default=0.0) < _DOUBTFUL


def _wants(way: Way, blank: Blank, written: Written, has_lines: bool) -> bool:
    if way is Way.DIGITS:
        return blank.digits and not has_lines
    if not has_lines or not written.text:
        return False
    odd = bool(blank.length) and len(written.text) != blank.length
    return odd or written.confidence < _DOUBTFUL if way is Way.CRISP else odd


def _own_parts(found: Found, blank: Blank, lines: dict[int, Assigned]) -> list[Part]:
    number = found.registered.number_of(blank)
    assigned = lines.get(number) if number is not None else None
    return [part for line in assigned.lines for part in line] if assigned else []


def _touches_border(page: Page, parts: Sequence[Part]) -> bool:
    """Say whether print runs up to the side of the page, behind which there may be more of it."""
    width = page.sheet.work().shape[1]
    return any(part.piece.left <= _BORDER_PX or part.piece.right >= width - _BORDER_PX for part in parts)


def _with(written: Written, lines: Sequence[Line], blank: Blank) -> Written:
    """Return a value with another reading of it, in which the end of its label may have come along."""
    text = "".join(line.text for line in lines)
    sure = tuple(mark for line in lines for mark in sure_of(line))
    come = max((_end_of(label, text, written.text) for label in (blank.label, *blank.also)), default=0)
    return replace(written, others=(*written.others, (text[come:], sure[come:]))) if text[come:] else written


def _end_of(label: str, text: str, first: str) -> int:
    """Return how many characters of the end of `label` a text begins with and the first reading does not."""
    ends = (n for n in range(len(label), 0, -1) if plain(text).startswith(label[-n:]))
    length = next(ends, 0)
    return 0 if length and plain(first).startswith(label[-length:]) else length


def _is_cut_off(found: Found, written: dict[str, Written]) -> bool:
    """Say whether blanks without a value lie outside of the page, or values run out of it."""
    height, width = found.page.sheet.work().shape
    if sum(value.cut for value in written.values()) >= _LEAST_CUT:
        return True
    for name, blank in found.registered.form.blanks.items():
        window = found.registered.window(blank.window) if blank.window else None
        if window is None or written[name].text:
            continue
        middle = (window.left + window.right) / 2
        if not (0 <= middle <= width and 0 <= window.middle <= height):
            return True
    return False
