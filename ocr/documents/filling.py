"""From labels and what is left over on a page to what stands in each blank of a form."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import chain

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.documents.anchors import WATERMARK, Label, Part, by_name
from ocr.documents.form import Blank, Form, Window
from ocr.documents.print_lines import Piece
from ocr.documents.repeated import is_repeated, lost_labels, names_of

Affine = NDArray[np.float64]
"""2 x 3: from mm of the form to px."""

_NEAR_EM, _FAR_EM, _WITHIN_EM = 4.5, 14.0, 2.2
_SAME_ROW = 0.8
_LEADING, _LEADING_IN_CELL = 1.35, 0.65
"""Most room between two lines of a value over their height; in the cell of a table there is less."""
_ALIGNED_EM, _SPREAD_EM = 1.5, 0.6
_LEAST_SPAN_MM = 18.0
_LOOSE_MM = 2.0
_TWO_LINES = 1.6
"""Height of a label of two lines over that of its value."""
_SPECK = 2
"""Most characters of what is left out in front of a value."""
_STRAY, _LARGER = 0.75, 1.6
"""Least confidence of a short part that stands off, and how much larger than the value no part of it is."""
_MOST_TILT = 0.06
_MOST_MISFIT_MM = 2.5
_STRETCHED = (0.62, 1.4)
"""Size of the form over that of its labels: pieces are higher where a value in larger print is joined."""


@dataclass(frozen=True, slots=True)
class Assigned:
    """The parts that make up the value behind one label, line by line."""

    lines: tuple[tuple[Part, ...], ...]


@dataclass(frozen=True, slots=True)
class Registered:
    """A form laid on a page: its labels, seen or inferred, and where its millimetres are if known."""

    form: Form
    labels: tuple[Label, ...]
    seen: int
    """Labels that were seen."""
    affine: Affine | None

    def window(self, window: Window) -> Piece | None:
        """Return a window of the form in px, None when the form's place is not known."""
        if self.affine is None:
            return None
        x, y, width, height = window
        corners = np.array([[x, y, 1], [x + width, y, 1], [x, y + height, 1], [x + width, y + height, 1]])
        points = corners @ self.affine.T
        low, high = points.min(axis=0), points.max(axis=0)
        return Piece(int(low[0]), int(low[1]), int(np.ceil(high[0])), int(np.ceil(high[1])))

    @property
    def px_mm(self) -> float:
        """Px a mm, 0 when it is not known."""
        return float(np.hypot(self.affine[0, 0], self.affine[1, 0])) if self.affine is not None else 0.0

    @property
    def em(self) -> float:
        """Usual height of the labels' characters in px."""
        return float(np.median([label.piece.height for label in self.labels])) if self.labels else 0.0

    def number_of(self, blank: Blank) -> int | None:
        """Return the number of the label in front of a blank."""
        named = by_name(self.labels)
        found = [named[name] for name in names_of(blank) if name in named]
        places = found[0] if found else []
        if is_repeated(self.form, blank):
            places = sorted(chain(*found), key=lambda number: self.labels[number].piece.middle)
        if self.affine is not None and len(places) > 1 and blank.label in self.form.places:
            return min(places, key=self._from_its_place)
        if blank.nth < 0:
            return places[-1] if places else None
        return places[blank.nth] if blank.nth < len(places) else None

    @property
    def holds_several(self) -> bool:
        """Several papers of the kind lie side by side: most labels whose place is fixed stand there twice."""
        often = Counter(label.name for label in self.labels if label.name in self.form.places)
        return 2 * sum(times > 1 for times in often.values()) > max(2, len(often))

    def _from_its_place(self, number: int) -> float:
        """Return how far a label stands from where it belongs, in px."""
        label = self.labels[number]
        assert self.affine is not None
        x, y = self.affine @ np.array([*self.form.places[label.name], 1.0])
        return float(np.hypot(label.piece.left - x, label.piece.middle - y))


def register(form: Form, labels: Sequence[Label]) -> Registered:
    """Lay `form` on the labels that were found and add those whose place follows from them."""
    affine = _fit(form, labels) if form.places else None
    inferred: list[Label] = []
    if affine is not None:
        names = {label.name for label in labels}
        inferred = [_inferred(form, affine, name) for name in form.places if name not in names]
    found = Registered(form, (*labels, *inferred), len(labels), affine)
    return replace(found, labels=(*found.labels, *lost_labels(form, found.labels, found.em)))


def _fit(form: Form, labels: Sequence[Label]) -> Affine | None:
    known = [label for label in labels if label.name in form.places]
    if len(known) < 2:
        return None
    here = np.array([form.places[label.name] for label in known], np.float64)
    there = np.array([(label.piece.left, label.piece.middle) for label in known], np.float64)
    if float(np.linalg.norm(here.max(axis=0) - here.min(axis=0))) < _LEAST_SPAN_MM:
        return None
    scale = float(np.median([label.piece.height for label in known])) / form.em
    fitted, inliers = cv2.estimateAffinePartial2D(
        here, there, method=cv2.RANSAC, ransacReprojThreshold=max(2.0, _MOST_MISFIT_MM * scale / 2)
    )
    fitting = (
        {label.name for label, fits in zip(known, inliers, strict=True) if fits} if fitted is not None else ()
    )
    # Of two cards on a page each label stands there twice, and one of them fits.
    if fitted is None or len(fitting) < max(2, 0.6 * len({label.name for label in known})):
        return None
    stretched = float(np.hypot(fitted[0, 0], fitted[1, 0])) / scale
    lies_level = abs(np.arctan2(fitted[1, 0], fitted[0, 0])) < _MOST_TILT
    return (
        np.asarray(fitted, np.float64) if _STRETCHED[0] < stretched < _STRETCHED[1] and lies_level else None
    )


def _inferred(form: Form, affine: Affine, name: str) -> Label:
    x, y = form.places[name]
    left, middle = affine @ np.array([x, y, 1.0])
    scale = float(np.hypot(affine[0, 0], affine[1, 0]))
    high, wide = form.em * scale, form.em * scale * len(name)
    piece = Piece(round(left), round(middle - high / 2), round(left + wide), round(middle + high / 2))
    return Label(name, piece, -1)


def assign(registered: Registered, parts: Sequence[Part]) -> dict[int, Assigned]:
    """Return the value behind each label, by the label's number; parts that belong to none are left out."""
    return _Sorting(registered, parts).assigned()


class _Sorting:
    """Hands parts to labels: first what is certain, then what is left."""

    def __init__(self, registered: Registered, parts: Sequence[Part]) -> None:
        self._labels = registered.labels
        self._parts = parts
        self._lines: dict[int, list[list[int]]] = {}
        self._free = set(range(len(parts)))
        self._blanks: dict[int, Blank] = {}
        self._windows: dict[int, Piece] = {}
        for blank in registered.form.blanks.values():
            number = registered.number_of(blank)
            if number is None:
                continue
            self._blanks[number] = blank
            window = registered.window(blank.window) if blank.window else None
            if window is not None:
                self._windows[number] = _loosened(window, _LOOSE_MM * registered.px_mm)

    def assigned(self) -> dict[int, Assigned]:
        """Sort all parts."""
        for number, part in enumerate(self._parts):
            if part.owner >= 0:
                self._take(part.owner, number)
        self._beside(_NEAR_EM)
        self._below()
        self._beside(_FAR_EM)
        self._continued()
        return {label: Assigned(self._in_rows(lines)) for label, lines in self._lines.items()}

    def _in_rows(self, lines: list[list[int]]) -> tuple[tuple[Part, ...], ...]:
        """Return the parts of a value as they are read; two lines may stand on either side of a label's."""
        parts = sorted((self._parts[n] for line in lines for n in line), key=lambda part: part.piece.middle)
        rows: list[list[Part]] = []
        for part in parts:
            apart = part.piece.middle - rows[-1][0].piece.middle if rows else 0.0
            if rows and apart < 0.6 * max(part.piece.height, rows[-1][0].piece.height):
                rows[-1].append(part)
            else:
                rows.append([part])
        return tuple(_without_speck(sorted(row, key=lambda part: part.piece.left)) for row in rows)

    def _take(self, label: int, number: int) -> None:
        lines = self._lines.setdefault(label, [[]])
        lines[0].append(number)
        self._free.discard(number)

    def _beside(self, most_em: float) -> None:
        """Give each part to the label it stands behind, nearest first."""
        for number in sorted(self._free, key=lambda n: self._parts[n].piece.left):
            label = self._label_before(self._parts[number].piece, most_em)
            if label is not None and self._fits(label, number) and not self._is_stray(label, number):
                self._take(label, number)

    def _is_stray(self, label: int, number: int) -> bool:
        """Say whether a part is hardly readable and stands off from the value, as specks and photos do."""
        part = self._parts[number]
        blank = self._blanks.get(label)
        if blank and 3 * len(part.text) < blank.length:
            return True
        if not self._lines.get(label):
            return False
        highest = max(self._parts[n].piece.height for n in self._lines[label][0])
        if part.piece.height > _LARGER * max(highest, self._labels[label].piece.height):
            return True
        gap = part.piece.left - self._end_of(label)
        return part.text == WATERMARK or (
            gap > part.piece.height and len(part.text) <= 3 and min(part.sure, default=0.0) < _STRAY
        )

    def _label_before(self, piece: Piece, most_em: float) -> int | None:
        best: tuple[float, int] | None = None
        for number, label in enumerate(self._labels):
            em = max(label.piece.height, piece.height)
            apart = abs(label.piece.middle - piece.middle)
            gap = piece.left - self._end_of(number)
            most = _WITHIN_EM if self._lines.get(number) else most_em
            if apart > _SAME_ROW * em or not -0.6 * em <= gap <= most * em:
                continue
            cost = apart / em + 0.12 * max(0.0, gap) / em
            if best is None or cost < best[0]:
                best = cost, number
        return best[1] if best else None

    def _end_of(self, label: int) -> int:
        """Return where the label, or the first line of its value as far as it is known, ends."""
        first = self._lines.get(label, [[]])[0]
        return max([self._labels[label].piece.right, *(self._parts[n].piece.right for n in first)])

    def _fits(self, label: int, number: int) -> bool:
        window = self._windows.get(label)
        if window is None:
            return True
        piece = self._parts[number].piece
        across = (piece.left + piece.right) / 2
        return window.left <= across <= window.right and window.top <= piece.middle <= window.bottom

    def _below(self) -> None:
        for label, blank in self._blanks.items():
            if not blank.below or self._lines.get(label):
                continue
            at = self._labels[label].piece
            under = [
                n
                for n in self._free
                if self._is_under(at, self._parts[n].piece)
                and self._fits(label, n)
                and self._parts[n].text != WATERMARK
            ]
            if under:
                first = min(under, key=lambda n: self._parts[n].piece.top)
                for n in [first, *self._rest_of_row(label, first, 10**9)]:
                    self._take(label, n)

    def _is_under(self, label: Piece, piece: Piece) -> bool:
        em = max(label.height, piece.height)
        bound = min(
            (other.piece.left for other in self._labels
             if other.piece.left > label.right and abs(other.piece.middle - label.middle) < 0.6 * em),
            default=10**9,
        )  # fmt: skip
        return (
            0 <= piece.middle - label.middle <= 2.6 * em
            and piece.top > label.middle
            and label.left - 1.5 * em <= piece.left < min(bound, label.right)
        )

    def _continued(self) -> None:
        for label, blank in self._blanks.items():
            lines = self._lines.get(label)
            while lines and len(self._in_rows(lines)) < blank.lines:
                more = self._next_line(label, lines) or self._line_above(label, lines, blank)
                if not more:
                    break
                lines.append(more)
                self._free -= set(more)

    def _line_above(self, label: int, lines: list[list[int]], blank: Blank) -> list[int]:
        """Return the line above where the value stands in the middle of a cell, its label beside it."""
        pieces = [self._parts[n].piece for line in lines for n in line]
        first, top = min(piece.left for piece in pieces), min(piece.top for piece in pieces)
        em, at = max(piece.height for piece in pieces), self._labels[label].piece.middle
        # A label of two lines stands in the middle of its value as well.
        is_centred = blank.centred or self._labels[label].piece.height >= _TWO_LINES * em
        found = [
            n
            for n in self._free
            if is_centred
            and self._parts[n].begins
            and abs(self._parts[n].piece.left - first) <= 0.6 * em
            and -0.35 * em <= top - self._parts[n].piece.bottom <= em
            and at - self._parts[n].piece.middle <= 1.6 * em * (blank.lines - 1)
        ]
        return [max(found, key=lambda n: self._parts[n].piece.top)] if found else []

    def _next_line(self, label: int, lines: list[list[int]]) -> list[int]:
        first = min(self._parts[n].piece.left for line in lines for n in line)
        last = [part.piece for part in self._in_rows(lines)[-1]]
        bottom, em = max(p.bottom for p in last), max(p.height for p in last)
        most = _LEADING_IN_CELL if self._blanks[label].centred else _LEADING
        found = [
            n
            for n in self._free
            if self._parts[n].begins
            and -_ALIGNED_EM * em <= self._parts[n].piece.left - first <= self._loosely(label, lines) * em
            and -0.35 * em <= self._parts[n].piece.top - bottom <= most * em
            and self._parts[n].piece.height >= 0.45 * em
            and self._fits(label, n)
        ]
        if not found:
            return []
        begins = min(found, key=lambda n: self._parts[n].piece.top)
        widest = max(self._parts[n].piece.right for line in lines for n in line)
        return [begins, *self._rest_of_row(label, begins, widest + em)]

    def _loosely(self, label: int, lines: list[list[int]]) -> float:
        """Return by how many characters a line may begin further right than the first one seems to.

        Where label and value are one strip, the value's left end is a guess: the label may be set wider.
        """
        is_guess = all(self._parts[n].owner == label for n in lines[0])
        return _ALIGNED_EM + (_SPREAD_EM * len(self._labels[label].name) if is_guess else 0.0)

    def _rest_of_row(self, label: int, first: int, end: float) -> list[int]:
        """Return what goes on behind a part, up to `end`: a wide closing bracket leaves a gap behind it."""
        found, last = [], self._parts[first].piece
        for n in sorted(self._free - {first}, key=lambda n: self._parts[n].piece.left):
            piece = self._parts[n].piece
            em = max(piece.height, last.height)
            gap = piece.left - last.right
            is_level = abs(piece.middle - last.middle) < 0.5 * em
            if is_level and 0 <= gap <= _WITHIN_EM * em and piece.right <= end and self._fits(label, n):
                found.append(n)
                last = piece
        return found


def _without_speck(row: Sequence[Part]) -> tuple[Part, ...]:
    """Return a row without a hardly readable letter or figure in front of words: a speck, or a rule."""
    first, *others = row
    is_speck = len(first.text) <= _SPECK and first.text.isascii() and min(first.sure, default=0.0) < _STRAY
    has_words = bool(others) and not others[0].text[0].isascii()
    return tuple(others) if is_speck and has_words else tuple(row)


def _loosened(piece: Piece, by: float) -> Piece:
    return Piece(
        round(piece.left - by), round(piece.top - by), round(piece.right + by), round(piece.bottom + by)
    )
