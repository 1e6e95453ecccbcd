"""The pages a picture may show, each straight, upright, without red ink, with the way back to the input."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from ocr.documents.print_lines import Grey, tilt_of
from ocr.port import Box
from scanners.imaging.orientation import turn_of
from scanners.imaging.outline import find_pages, whole
from scanners.imaging.render import Quad, render, size_of_page

Matrix = NDArray[np.float64]

_A4_MM = 297.0
_LONGEST_PX, _LONGEST_WORK_PX = 2600, 1500
_CARD_WORK_PX = 1100
_CARD_RATIO = (1.42, 1.75)
_CERTAIN_PX = 600
_LEAST_TILT_DEG = 0.35
_KNOWN_DPI = (75, 1300)


@dataclass(frozen=True, slots=True)
class Sheet:
    """One page as it is read."""

    grey: Grey
    """Red ink is as pale as the paper."""
    to_input: Matrix
    """3 x 3: from px of `grey` to px of the input."""
    input_size: tuple[int, int]
    turn_certain: bool

    @property
    def work_scale(self) -> float:
        """Size of the picture in which print is looked for, over that of `grey`."""
        height, width = self.grey.shape
        long, short = float(max(height, width)), float(min(height, width))
        is_card = _CARD_RATIO[0] < long / short < _CARD_RATIO[1]
        return min(1.0, (_CARD_WORK_PX if is_card and long < 1400 else _LONGEST_WORK_PX) / long)

    @property
    def skew_deg(self) -> float:
        """By how many degrees the lines rise to the right in the input, -45 to 45, quarter turns aside."""
        height, width = self.grey.shape
        middle = np.array([[[width / 2, height / 2], [width / 2 + 10.0, height / 2]]], np.float64)
        (x, y), (right, down) = cv2.perspectiveTransform(middle, self.to_input)[0]
        falls = math.degrees(math.atan2(float(down - y), float(right - x)))
        return (45.0 - falls) % 90.0 - 45.0

    def work(self) -> Grey:
        """Return the picture in which print is looked for."""
        return _resized(self.grey, self.work_scale)

    def box_in_input(self, left: float, top: float, right: float, bottom: float) -> Box:
        """Return the upright box in the input around a box of `grey`."""
        corners = np.array([[[left, top], [right, top], [right, bottom], [left, bottom]]], np.float64)
        points = cv2.perspectiveTransform(corners, self.to_input)[0]
        low = np.maximum(np.floor(points.min(axis=0)), 0)
        high = np.minimum(np.ceil(points.max(axis=0)), self.input_size)
        x, y = (int(value) for value in low)
        width, height = (max(0, int(value)) for value in high - low)
        return x, y, width, height

    def turned(self, quarters: int) -> Sheet:
        """Return the sheet turned clockwise by so many quarters."""
        if quarters % 4 == 0:
            return self
        height, width = self.grey.shape
        back = {
            1: [[0, 1, 0], [-1, 0, height], [0, 0, 1]],
            2: [[-1, 0, width], [0, -1, height], [0, 0, 1]],
            3: [[0, -1, width], [1, 0, 0], [0, 0, 1]],
        }[quarters % 4]
        grey = np.ascontiguousarray(np.rot90(self.grey, -quarters))
        to_input = self.to_input @ np.array(back, np.float64)
        return Sheet(grey, to_input, self.input_size, self.turn_certain)

    def mirrored(self) -> Sheet:
        """Return the sheet as seen from behind."""
        back = np.array([[-1, 0, self.grey.shape[1]], [0, 1, 0], [0, 0, 1]], np.float64)
        grey = np.ascontiguousarray(self.grey[:, ::-1])
        return Sheet(grey, self.to_input @ back, self.input_size, self.turn_certain)


def sheets_of(picture: Image.Image) -> Iterator[Sheet]:
    """Return the pages on `picture` (RGB or L), the whole of it last when it was cut into pages."""
    pixels = np.asarray(picture if picture.mode in {"L", "RGB"} else picture.convert("RGB"))
    quads = find_pages(pixels, _dpi_of(picture))
    for quad in quads:
        yield _sheet(pixels, quad)
    if len(quads) > 1 or _is_cut(quads[0], pixels):
        yield _sheet(pixels, whole(pixels))


def _is_cut(quad: Quad, pixels: NDArray[np.uint8]) -> bool:
    return bool(cv2.contourArea(quad) < 0.93 * pixels.shape[0] * pixels.shape[1])


def _dpi_of(picture: Image.Image) -> int:
    named = picture.info.get("dpi")
    if named and _KNOWN_DPI[0] <= float(named[0]) <= _KNOWN_DPI[1]:
        return round(float(named[0]))
    return max(75, round(max(picture.size) * 25.4 / _A4_MM))


def _sheet(pixels: NDArray[np.uint8], quad: Quad) -> Sheet:
    width, height = size_of_page(quad)
    page = render(pixels, quad, (width, height), room=(_LONGEST_PX, _LONGEST_PX))
    size = (page.shape[1], page.shape[0])
    corners = np.array([[0, 0], [size[0], 0], [size[0], size[1]], [0, size[1]]], np.float32)
    to_input = np.asarray(cv2.getPerspectiveTransform(corners, quad.astype(np.float32)), np.float64)
    input_size = (pixels.shape[1], pixels.shape[0])
    sheet = Sheet(_without_red(page), to_input, input_size, False)
    return _upright(_levelled(sheet))


def _levelled(sheet: Sheet) -> Sheet:
    tilt = tilt_of(sheet.work())
    if abs(tilt) < _LEAST_TILT_DEG:
        return sheet
    height, width = sheet.grey.shape
    turn = np.asarray(cv2.getRotationMatrix2D((width / 2, height / 2), tilt, 1.0), np.float64)
    cos, sin = abs(turn[0, 0]), abs(turn[0, 1])
    size = (round(width * cos + height * sin), round(width * sin + height * cos))
    turn[:, 2] += (size[0] - width) / 2, (size[1] - height) / 2
    grey = cv2.warpAffine(sheet.grey, turn, size, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    back = np.linalg.inv(np.vstack([turn, [0.0, 0.0, 1.0]]))
    return Sheet(np.asarray(grey, np.uint8), sheet.to_input @ back, sheet.input_size, False)


def _upright(sheet: Sheet) -> Sheet:
    work = sheet.work()
    dpi = max(75, round(max(work.shape) * 25.4 / _A4_MM))
    turn = turn_of(work, 150 if max(work.shape) >= 1000 else max(dpi, 150))
    certain = Sheet(sheet.grey, sheet.to_input, sheet.input_size, turn.certain)
    return certain.turned(turn.quarters)


def _without_red(page: NDArray[np.uint8]) -> Grey:
    if page.ndim == 2:
        return page
    grey = cv2.cvtColor(page, cv2.COLOR_RGB2GRAY)
    return np.asarray(np.maximum(grey, page[:, :, 0]), np.uint8)


def _resized(grey: Grey, scale: float) -> Grey:
    if scale >= 1.0:
        return grey
    size = (max(1, round(grey.shape[1] * scale)), max(1, round(grey.shape[0] * scale)))
    return np.asarray(cv2.resize(grey, size, interpolation=cv2.INTER_AREA), np.uint8)
