"""The pages a picture may show, each straight, upright, without red ink, with the way back to the input."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import cached_property

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from ocr.documents.content import content_of
from ocr.documents.likely_sheet import likely_sheet, parted_sheet
from ocr.documents.print_lines import Grey, ink_of
from ocr.documents.red_ink import without_red
from ocr.documents.tilt import tilt_of
from ocr.port import Box
from scanners.imaging.orientation import turn_of
from scanners.imaging.outline import find_pages, whole
from scanners.imaging.pictures import reduced
from scanners.imaging.render import Quad, fitting, render, size_of_page

Matrix = NDArray[np.float64]

_A4_MM = 297.0
_OUTLINE_DPI = 150
_LONGEST_PX, _LONGEST_WORK_PX = 2600, 1500
_CARD_WORK_PX = 1100
_CARD_RATIO = (1.42, 1.75)
_CERTAIN_PX = 600
_LEAST_TILT_DEG = 0.35
_ALIKE = (0.75, 1.33)
"""Area of a page over that of another of the same size."""
_KNOWN_DPI = (75, 1300)
_LITTLE_SMALLER = (1.02, 1.4)
"""So little smaller, the nearest px tell as much as shares of all, and take a tenth of the time."""


@dataclass(frozen=True)
class Sheet:
    """One page as it is read: nothing of it is drawn before it is looked at."""

    source: Grey
    """The whole input, its red ink as pale as the paper."""
    to_input: Matrix
    """3 x 3: from px of the page to px of the input."""
    size: tuple[int, int]
    """Width and height of the page in px."""
    turn_certain: bool
    had_red: bool = False
    """Red ink was seen, and so taken out."""

    @property
    def work_scale(self) -> float:
        """Size of the picture in which print is looked for, over that of the page: half is soonest drawn."""
        long, short = float(max(self.size)), float(min(self.size))
        is_card = _CARD_RATIO[0] < long / short < _CARD_RATIO[1]
        scale = min(1.0, (_CARD_WORK_PX if is_card and long < 1400 else _LONGEST_WORK_PX) / long)
        return 0.5 if 0.5 < scale < 1 / _LITTLE_SMALLER[1] else scale

    @property
    def skew_deg(self) -> float:
        """By how many degrees the lines rise to the right in the input, -45 to 45, quarter turns aside."""
        width, height = self.size
        middle = np.array([[[width / 2, height / 2], [width / 2 + 10.0, height / 2]]], np.float64)
        (x, y), (right, down) = cv2.perspectiveTransform(middle, self.to_input)[0]
        falls = math.degrees(math.atan2(float(down - y), float(right - x)))
        return (45.0 - falls) % 90.0 - 45.0

    def work(self) -> Grey:
        """Return the picture in which print is looked for."""
        return self._work

    def ink(self) -> Grey:
        """Return where print is on it; see `ink_of`."""
        return self._ink

    @cached_property
    def _ink(self) -> Grey:
        return ink_of(self._work)

    @cached_property
    def _work(self) -> Grey:
        scale = self.work_scale
        width, height = (max(1, round(side * scale)) for side in self.size)
        return self._drawn((0, 0, *self.size), (width, height), fine=False)

    def part(self, left: int, top: int, right: int, bottom: int) -> Grey:
        """Return a part of the page, in its px, at least one px large."""
        width, height = self.size
        left, top = min(max(0, left), width - 1), min(max(0, top), height - 1)
        right, bottom = max(left + 1, min(width, right)), max(top + 1, min(height, bottom))
        return self._drawn((left, top, right, bottom), (right - left, bottom - top))

    def _drawn(self, box: tuple[int, int, int, int], size: tuple[int, int], *, fine: bool = True) -> Grey:
        left, top, right, bottom = box
        corners = np.array([[[left, top], [right, top], [right, bottom], [left, bottom]]], np.float64)
        quad = cv2.perspectiveTransform(corners, self.to_input)[0].astype(np.float32)
        # Averaging whole blocks first is ten times faster than shares of px.
        sides = np.linalg.norm(np.roll(quad, -1, axis=0) - quad, axis=1)
        shrinks = sides / np.array([size[0], size[1]] * 2)
        step = max(1, int(min(shrinks)))
        source, quad = reduced(self.source, step), quad / step
        if not fine and _LITTLE_SMALLER[0] < max(shrinks) / step < _LITTLE_SMALLER[1]:
            return _looked_at(source, quad, size)
        return render(source, quad, size, fine=fine)

    def box_in_input(self, left: float, top: float, right: float, bottom: float) -> Box:
        """Return the upright box in the input around a box of the page."""
        corners = np.array([[[left, top], [right, top], [right, bottom], [left, bottom]]], np.float64)
        points = cv2.perspectiveTransform(corners, self.to_input)[0]
        low = np.maximum(np.floor(points.min(axis=0)), 0)
        high = np.minimum(np.ceil(points.max(axis=0)), self.source.shape[::-1])
        x, y = (int(value) for value in low)
        width, height = (max(0, int(value)) for value in high - low)
        return x, y, width, height

    def turned(self, quarters: int) -> Sheet:
        """Return the sheet turned clockwise by so many quarters."""
        if quarters % 4 == 0:
            return self
        width, height = self.size
        back = {
            1: [[0, 1, 0], [-1, 0, height], [0, 0, 1]],
            2: [[-1, 0, width], [0, -1, height], [0, 0, 1]],
            3: [[0, -1, width], [1, 0, 0], [0, 0, 1]],
        }[quarters % 4]
        size = (width, height) if quarters % 2 == 0 else (height, width)
        return replace(self, to_input=self.to_input @ np.array(back, np.float64), size=size)

    def mirrored(self) -> Sheet:
        """Return the sheet as seen from behind."""
        back = np.array([[-1, 0, self.size[0]], [0, 1, 0], [0, 0, 1]], np.float64)
        return replace(self, to_input=self.to_input @ back)


@dataclass(frozen=True)
class Outline:
    """Where a page may lie on a picture."""

    source: Grey
    had_red: bool
    quad: Quad

    def sheet(self) -> Sheet:
        """Return the page, straight and upright."""
        return _sheet(self.source, self.had_red, self.quad)

    def is_beside(self, other: Outline) -> bool:
        """Say whether a page of about the same size lies apart from another one."""
        middle = (float(self.quad[:, 0].mean()), float(self.quad[:, 1].mean()))
        is_apart = cv2.pointPolygonTest(other.quad, middle, False) < 0
        return is_apart and _ALIKE[0] < cv2.contourArea(self.quad) / cv2.contourArea(other.quad) < _ALIKE[1]


def outlines_of(picture: Image.Image) -> list[Outline]:
    """Return where pages may lie on `picture` (RGB or L), the whole of it last when it was cut into pages."""
    pixels = np.asarray(picture if picture.mode in {"L", "RGB"} else picture.convert("RGB"))
    source, had_red = without_red(pixels)
    quads = _outlines(pixels, _dpi_of(picture))
    likely = _likely(pixels, picture) if len(quads) == 1 and not _is_cut(quads[0], pixels) else None
    found = [*([] if likely is None else [likely]), *quads]
    if len(quads) > 1 or _is_cut(quads[0], pixels):
        found.append(whole(pixels))
    return [Outline(source, had_red, np.asarray(quad, np.float32)) for quad in found]


def _likely(pixels: NDArray[np.uint8], picture: Image.Image) -> Quad | None:
    """Return where a page may lie on a picture on which none was found; what has a resolution is no photo."""
    found = likely_sheet(pixels)
    return parted_sheet(pixels) if found is None and not _named_dpi(picture) else found


def _outlines(pixels: NDArray[np.uint8], dpi: int) -> tuple[Quad, ...]:
    """Return the outlines of the pages; of a fine picture a reduced one, in which edges are as sharp.

    How the print of the whole picture leans is measured later, on what is read.
    """
    step = max(1, dpi // _OUTLINE_DPI)
    if step == 1:
        return find_pages(pixels, dpi, level=False)
    small = reduced(pixels, step)
    found = find_pages(small, round(dpi / step), level=False)
    if len(found) == 1 and np.array_equal(found[0], whole(small)):
        return (whole(pixels),)
    return tuple((quad * step).astype(np.float32) for quad in found)


def _is_cut(quad: Quad, pixels: NDArray[np.uint8]) -> bool:
    return bool(cv2.contourArea(quad) < 0.93 * pixels.shape[0] * pixels.shape[1])


def _dpi_of(picture: Image.Image) -> int:
    return _named_dpi(picture) or max(75, round(max(picture.size) * 25.4 / _A4_MM))


def _named_dpi(picture: Image.Image) -> int:
    """Return the resolution that a scanner wrote down, 0 for none, or for one that nobody measured."""
    named = picture.info.get("dpi")
    across = float(named[0]) if named else 0.0
    return round(across) if _KNOWN_DPI[0] <= across <= _KNOWN_DPI[1] else 0


def _sheet(source: Grey, had_red: bool, quad: Quad) -> Sheet:
    size = fitting(size_of_page(quad), (_LONGEST_PX, _LONGEST_PX))
    corners = np.array([[0, 0], [size[0], 0], [size[0], size[1]], [0, size[1]]], np.float32)
    to_input = np.asarray(cv2.getPerspectiveTransform(corners, quad.astype(np.float32)), np.float64)
    return _upright(_to_content(_levelled(Sheet(source, to_input, size, False, had_red))))


def _to_content(sheet: Sheet) -> Sheet:
    """Return the part of a page that holds all its print, where that is small: it is drawn larger then."""
    box = content_of(sheet.work())
    if box is None:
        return sheet
    page_px = 1 / sheet.work_scale
    input_px = float(np.hypot(sheet.to_input[0, 0], sheet.to_input[1, 0]))
    wanted = round(box.width * page_px * input_px), round(box.height * page_px * input_px)
    size = fitting(wanted, (_LONGEST_PX, _LONGEST_PX))
    scale = box.width * page_px / size[0]
    part = np.array([[scale, 0, box.left * page_px], [0, scale, box.top * page_px], [0, 0, 1]], np.float64)
    return replace(sheet, to_input=sheet.to_input @ part, size=size)


def _levelled(sheet: Sheet) -> Sheet:
    tilt = tilt_of(sheet.work(), sheet.ink())
    if abs(tilt) < _LEAST_TILT_DEG:
        return sheet
    width, height = sheet.size
    turn = np.asarray(cv2.getRotationMatrix2D((width / 2, height / 2), tilt, 1.0), np.float64)
    cos, sin = abs(turn[0, 0]), abs(turn[0, 1])
    size = (round(width * cos + height * sin), round(width * sin + height * cos))
    turn[:, 2] += (size[0] - width) / 2, (size[1] - height) / 2
    back = np.linalg.inv(np.vstack([turn, [0.0, 0.0, 1.0]]))
    return replace(sheet, to_input=sheet.to_input @ back, size=size)


def _looked_at(source: Grey, quad: Quad, size: tuple[int, int]) -> Grey:
    """Draw a page from the nearest px, to find its print; what lies outside of the picture is white."""
    corners = np.array([[0, 0], [size[0], 0], [size[0], size[1]], [0, size[1]]], np.float32)
    half = np.float32(0.5)
    plane = cv2.getPerspectiveTransform(quad - half, corners - half)
    drawn = cv2.warpPerspective(source, plane, size, flags=cv2.INTER_LINEAR, borderValue=255)
    return np.asarray(drawn, np.uint8)


def _upright(sheet: Sheet) -> Sheet:
    work = sheet.work()
    dpi = max(75, round(max(work.shape) * 25.4 / _A4_MM))
    turn = turn_of(work, 150 if max(work.shape) >= 1000 else max(dpi, 150))
    return replace(sheet, turn_certain=turn.certain).turned(turn.quarters) if turn.certain else sheet
