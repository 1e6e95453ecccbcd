"""Where print stands on a page: pieces of lines, found by their ink alone, before anything is recognised."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.documents.figures import components_of, drop_figures, solid_areas
from ocr.documents.seals import Seal, find_seals
from ocr.documents.stops import with_stops

Grey = NDArray[np.uint8]

_STRONG, _WEAK, _FAINTEST = 0.34, 0.17, 9.0
"""Shares of the page's own contrast: ink holds a strong pixel and consists of weak ones, so that the fine
waves of security paper and the noise of an old scanner are no ink."""
_NEIGHBOURHOOD_PX = 41
_LEAST_RULE_PX, _THICK_PX = 40, 9
_LEAST_EM_PX, _LARGEST_EM_PX, _SIDE_PX = 7, 120, 3
_TALLEST_EM = 1.6
"""Most height of one character."""
_JOINED_WITHIN = 1.15
"""Gap between two pieces of one line, over their height."""
_MOST_PIECES = 110
_MOST_MARKS, _MOST_MARKS_A_PX = 2500, 0.004
"""A page full of small print has half of them; more are the grain of a picture."""
_RIM_SHAPE = 20
"""Width over height of what is no line where it runs along the border of a page."""
_RING_EM, _SIGN_EM = 0.6, 1.7
"""Width of a seal's ring and most size of a sign on it."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of print without larger gaps: left, top, right, bottom in px."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def height(self) -> int:
        """In px."""
        return self.bottom - self.top

    @property
    def width(self) -> int:
        """In px."""
        return self.right - self.left

    @property
    def middle(self) -> float:
        """Height of the middle of the line in px."""
        return (self.top + self.bottom) / 2

    def joined(self, other: Piece) -> Piece:
        """Return the piece around both."""
        return Piece(
            min(self.left, other.left),
            min(self.top, other.top),
            max(self.right, other.right),
            max(self.bottom, other.bottom),
        )


@dataclass(frozen=True, slots=True)
class Print:
    """The print of a page."""

    pieces: list[Piece]
    """In reading order."""
    left_out: Grey
    """255 where ink was taken for something else: a seal, the frame of a stamp, a large sign."""


def find_pieces(grey: Grey, *, with_seals: bool = False, ink: Grey | None = None) -> list[Piece]:
    """Return the pieces of print on an upright page, as `find_print` does."""
    return find_print(grey, with_seals=with_seals, ink=ink).pieces


def find_print(grey: Grey, *, with_seals: bool = False, ink: Grey | None = None) -> Print:
    """Find the pieces of print on an upright page, in reading order.

    Args:
        grey: (H, W), characters some 10 to 60 px high, lines level within two degrees.
        with_seals: seals may be as grey as print; they are looked for and left out.
        ink: where its print is, if that is known already.
    """
    ink = ink_of(grey) if ink is None else ink.copy()
    em = em_of(ink)
    if em == 0 or cv2.connectedComponents(ink)[0] > max(_MOST_MARKS, ink.size * _MOST_MARKS_A_PX):
        return Print([], np.zeros_like(ink))
    ink[solid_areas(grey, ink, em) > 0] = 0
    # Before the rules: they would take the level and the upright parts of a ring along.
    seals = find_seals(ink, em) if with_seals else []
    left_out = _without_rings(ink, seals, em)
    upright = _drop_rules(ink, max(_LEAST_RULE_PX, round(1.8 * em)))
    left_out |= drop_figures(ink, em)
    pieces = []
    for piece in _stacked(_blobs(ink, em), em):
        if _is_of_seal(piece, seals, em):
            left_out[piece.top : piece.bottom, piece.left : piece.right] = 255
        else:
            pieces.append(piece)
    lines = [piece for piece in _joined(pieces, em, upright) if not _is_rim(piece, ink.shape[0])]
    largest = sorted(lines, key=lambda piece: -piece.width * piece.height)
    found = _in_reading_order(largest[:_MOST_PIECES])
    return Print(with_stops(found, ink, em), left_out)


def _without_rings(ink: Grey, seals: Sequence[Seal], em: int) -> Grey:
    """Take out the rings of seals, and return them."""
    rings = np.zeros_like(ink)
    for seal in seals:
        middle = (round(seal.x), round(seal.y))
        cv2.circle(rings, middle, round(seal.radius), 255, max(3, round(_RING_EM * em)))
    rings &= ink
    ink[rings > 0] = 0
    return rings


def _is_of_seal(piece: Piece, seals: Sequence[Seal], em: int) -> bool:
    """Say whether a piece is a single sign of a seal; longer ones may be a value the seal was put on."""
    if max(piece.width, piece.height) > _SIGN_EM * em:
        return False
    x, y = (piece.left + piece.right) / 2, piece.middle
    return any(seal.is_written_around(x, y) or seal.is_star(x, y) for seal in seals)


def ink_of(grey: Grey) -> Grey:
    """Return 255 where print is and 0 elsewhere; of large dark areas only the rim counts."""
    smooth = cv2.GaussianBlur(grey, (3, 3), 0)
    paper = cv2.blur(smooth, (_NEIGHBOURHOOD_PX, _NEIGHBOURHOOD_PX))
    darker = cv2.subtract(paper, smooth)
    contrast = level_at(np.ascontiguousarray(darker[::2, ::2]), 0.993)
    weak = np.asarray(darker > max(_FAINTEST, _WEAK * contrast), np.uint8)
    strong = darker > max(_FAINTEST, _STRONG * contrast)
    count, labels = cv2.connectedComponents(weak, connectivity=8)
    holds = np.zeros(count, np.uint8)
    holds[labels[strong]] = 255
    holds[0] = 0
    return np.asarray(holds[labels], np.uint8)


def level_at(grey: Grey, share: float) -> int:
    """Return the brightness that a share of the px does not exceed; counting is quicker than ordering."""
    counts = np.cumsum(cv2.calcHist([grey], [0], None, [256], [0, 256]))
    return int(np.searchsorted(counts, share * (grey.size - 1), side="right"))


def _drop_rules(ink: Grey, length: int) -> Grey:
    """Take out the lines of tables and frames, and return those that run down.

    Both are looked for before either is taken out: a line that runs down is as long as the table only while
    the others have not cut it.
    """
    level, upright = (
        _rules(ink, across, along) for across, along in (((3, 1), (1, length)), ((1, 3), (length, 1)))
    )
    for rules in (level, upright):
        ink[cv2.dilate(rules, np.ones((3, 3), np.uint8)) > 0] = 0
    return upright


def _rules(ink: Grey, across: tuple[int, int], along: tuple[int, int]) -> Grey:
    # A rule that is not quite level climbs by a px now and then: made thicker, it stays in one piece.
    thick = cv2.dilate(ink, np.ones(across, np.uint8))
    rules = cv2.morphologyEx(thick, cv2.MORPH_OPEN, np.ones(along, np.uint8))
    solid = cv2.morphologyEx(rules, cv2.MORPH_OPEN, np.ones((_THICK_PX, _THICK_PX), np.uint8))
    rules[cv2.dilate(solid, np.ones((3, 3), np.uint8)) > 0] = 0
    return np.asarray(rules, np.uint8)


def em_of(ink: Grey) -> int:
    """Return the usual height of a character in px, 0 without print."""
    closed = cv2.morphologyEx(ink, cv2.MORPH_CLOSE, np.ones((1, 5), np.uint8))
    _, stats = components_of(np.asarray(closed, np.uint8))
    lefts, tops = stats[1:, cv2.CC_STAT_LEFT], stats[1:, cv2.CC_STAT_TOP]
    heights, widths = stats[1:, cv2.CC_STAT_HEIGHT], stats[1:, cv2.CC_STAT_WIDTH]
    fits = (heights >= _LEAST_EM_PX) & (heights <= _LARGEST_EM_PX) & (widths >= heights * 0.4)
    # The rim of a sheet on a dark lid looks like a row of dashes.
    fits &= (lefts > _SIDE_PX) & (lefts + widths < ink.shape[1] - _SIDE_PX)
    fits &= (tops > _SIDE_PX) & (tops + heights < ink.shape[0] - _SIDE_PX)
    if not fits.any():
        return 0
    order = np.argsort(heights[fits])
    weights = np.cumsum(widths[fits][order])
    return int(heights[fits][order][int(np.searchsorted(weights, weights[-1] / 2))])


def _blobs(ink: Grey, em: int) -> list[Piece]:
    width = max(3, round(em * 0.55))
    closed = cv2.morphologyEx(ink, cv2.MORPH_CLOSE, np.ones((1, width), np.uint8))
    _, stats = components_of(np.asarray(closed, np.uint8))
    pieces = []
    for left, top, wide, high, area in stats[1:].tolist():
        if (
            high > min(_LARGEST_EM_PX, 5 * em)
            or high < em * 0.25
            or wide < em * 0.25
            or area < 0.12 * wide * high
        ):
            continue
        whole = Piece(left, top, left + wide, top + high)
        pieces += _split(ink, whole, em) if high > em * 1.7 and wide > em * 2 else [whole]
    return pieces


def _split(ink: Grey, piece: Piece, em: int) -> list[Piece]:
    """Cut lines apart that touch: the rows between them hold little ink."""
    part = ink[piece.top : piece.bottom, piece.left : piece.right] > 0
    rows = part.sum(axis=1)
    is_text = rows > max(1.0, float(np.percentile(rows, 80)) * 0.22)
    edges = np.flatnonzero(np.diff(np.concatenate([[False], is_text, [False]])))
    bands = [(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True) if b - a >= em * 0.5]
    if len(bands) < 2:
        return [piece]
    return [Piece(piece.left, piece.top + a, piece.right, piece.top + b) for a, b in bands]


def _stacked(pieces: list[Piece], em: int) -> list[Piece]:
    """Join the parts of one character that stand above each other, as in 苗 or 二."""
    done: list[Piece] = []
    for piece in sorted(pieces, key=lambda piece: piece.top):
        # `done` goes down the page: what begins higher up would make too high a character.
        highest = bisect_left(done, piece.bottom - _TALLEST_EM * em, key=lambda other: other.top)
        for place in range(highest, len(done)):
            other = done[place]
            shared = min(other.right, piece.right) - max(other.left, piece.left)
            gap = piece.top - other.bottom
            if shared <= 0 or gap > 0.4 * em:
                continue
            both = other.joined(piece)
            # Values may be printed larger than the labels: what is as wide as it is high is one character.
            is_square = 0.75 <= both.width / both.height <= 1.3 and both.height <= _TALLEST_EM * em
            is_one = (both.height <= 1.15 * em and gap <= 0.4 * em) or (is_square and gap <= 0.15 * em)
            if is_one and shared >= 0.5 * min(other.width, piece.width):
                done[place] = both
                break
        else:
            done.append(piece)
    return done


def _joined(pieces: list[Piece], em: int, upright: Grey) -> list[Piece]:
    """Join what stands on one line with less than a character's room between."""
    done: dict[int, Piece] = {}
    # A desk with a grain has thousands of pieces: only those that share a row are compared.
    rows: defaultdict[int, set[int]] = defaultdict(set)
    for number, piece in enumerate(sorted(pieces, key=lambda piece: piece.left)):
        level = set().union(*(rows[row] for row in _rows(piece, em)))
        near = [
            place
            for place in sorted(level & done.keys())
            if _belong(done[place], piece, em) and not _parted(done[place], piece, upright)
        ]
        for place in reversed(near):
            piece = piece.joined(done.pop(place))
        done[number] = piece
        for row in _rows(piece, em):
            rows[row] = (rows[row] & done.keys()) | {number}
    return [piece for piece in _dotted(list(done.values()), em) if _is_print(piece)]


def _rows(piece: Piece, em: int) -> range:
    return range(piece.top // em, piece.bottom // em + 1)


def _dotted(pieces: list[Piece], em: int) -> list[Piece]:
    """Join two parts of a name with the dot between them, which has a character's room for itself."""
    done, rows = dict.fromkeys(pieces), defaultdict[int, list[Piece]](list)
    for piece in pieces:
        _enter(piece, rows, em)
    for dot in pieces:
        if not 0.6 <= dot.width / dot.height <= 1.6:
            continue
        level = [p for p in rows[int(dot.middle) // em] if p in done and _holds_dot(p, dot)]
        before = [piece for piece in level if 0 <= dot.left - piece.right <= piece.height]
        behind = [piece for piece in level if 0 <= piece.left - dot.right <= piece.height]
        if (
            len(before) == len(behind) == 1
            and before[0].height <= 1.25 * behind[0].height <= 1.6 * before[0].height
        ):
            whole = before[0].joined(behind[0])
            for part in (dot, before[0], behind[0]):
                done.pop(part, None)
            done[whole] = None
            _enter(whole, rows, em)
    return list(done)


def _enter(piece: Piece, rows: defaultdict[int, list[Piece]], em: int) -> None:
    for row in _rows(piece, em):
        rows[row].append(piece)


def _holds_dot(piece: Piece, dot: Piece) -> bool:
    """Say whether a piece is so much larger than a speck half way up its line."""
    is_small = 0.12 * piece.height <= dot.height <= 0.4 * piece.height
    return is_small and abs(dot.middle - piece.middle) <= 0.2 * piece.height


def _parted(one: Piece, other: Piece, upright: Grey) -> bool:
    """Say whether the border of a cell runs between two pieces."""
    left, right = sorted((one, other), key=lambda piece: piece.left)
    top, bottom = max(one.top, other.top), min(one.bottom, other.bottom)
    between = upright[top:bottom, left.right : right.left]
    return bool(between.size) and float((between > 0).mean(axis=0).max()) > 0.7


def _belong(one: Piece, other: Piece, em: int) -> bool:
    overlap = min(one.bottom, other.bottom) - max(one.top, other.top)
    low, high = sorted((one.height, other.height))
    if overlap < 0.55 * low:
        return False
    gap = max(one.left, other.left) - min(one.right, other.right)
    if low >= 0.75 * _em_near(one, other, em) and high > 1.5 * low:
        return False
    if gap <= 0.15 * high:
        return high <= 2.0 * low or (overlap >= 0.9 * low and high <= 1.7 * em)
    return gap <= _JOINED_WITHIN * high and low >= 0.38 * high


def _em_near(one: Piece, other: Piece, em: int) -> float:
    """Return the height of a character here: a stretch of several tells it better than the page."""
    longer = max(one, other, key=lambda piece: piece.width)
    return min(em, longer.height) if longer.width > 2.2 * longer.height else em


def _is_print(piece: Piece) -> bool:
    return piece.height >= _LEAST_EM_PX and piece.width >= 0.3 * piece.height


def _is_rim(piece: Piece, page_height: int) -> bool:
    """Say whether a piece is the edge of the paper, on a lid that shows at the upper or lower border."""
    is_at_border = piece.top <= 1 or piece.bottom >= page_height - 1
    return is_at_border and piece.width > _RIM_SHAPE * piece.height


def _in_reading_order(pieces: list[Piece]) -> list[Piece]:
    return [piece for row in rows_of(pieces) for piece in row]


def rows_of(pieces: list[Piece]) -> list[list[Piece]]:
    """Group pieces whose middles lie on one level, each row from left to right."""
    rows: list[list[Piece]] = []
    for piece in sorted(pieces, key=lambda piece: piece.middle):
        if rows and abs(_level(rows[-1]) - piece.middle) < 0.5 * max(
            part.height for part in (*rows[-1], piece)
        ):
            rows[-1].append(piece)
        else:
            rows.append([piece])
    return [sorted(row, key=lambda piece: piece.left) for row in rows]


def _level(row: list[Piece]) -> float:
    return sum(piece.middle for piece in row) / len(row)
