"""Whether a paper runs out of the picture: print at the border, or a sheet that ends there too early."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from scanners.imaging import ends

MM_PER_INCH = 25.4
_STRIP_MM = 6.0
_STRIP_DPI = 150
_STEPS = 256
_BESIDE_MM = 4.0
"""So near to a page print at the border is its own: the outline may follow a row of it."""
_CONTRAST, _BLACK = 0.3, 0.45
_FEWEST = 4
"""Marks at one side that are print and not chance."""
_SHADE = 4
"""Grey levels, of a middle of many places: white paper differs so much from a white lid."""
_BROAD = 0.06
CARD_MM = (85.6, 54.0)
_FORMATS_MM = (
    (297.0, 210.0),
    (420.0, 297.0),
    (210.0, 148.0),
    (148.0, 105.0),
    (257.0, 182.0),
    (260.0, 185.0),
    (250.0, 176.0),
    CARD_MM,
    (125.0, 88.0),
    (176.0, 125.0),
    (143.0, 105.0),
    (180.0, 125.0),
    (140.0, 100.0),
    (279.4, 215.9),
    (330.2, 215.9),
    (355.6, 215.9),
)
"""ISO 216, 16K, ISO/IEC 7810, what registers and certificates measure, letter, folio and legal."""


def cut(raw: NDArray[np.uint8], corners: NDArray[np.float32], paper: float, dpi: int) -> float:
    """Return how many marks say that the page runs out of the picture; 0 where it is whole.

    Args:
        raw: the whole picture.
        corners: of the page on it.
        paper: grey level of the page's paper; what is much darker at the border is a desk or a lid.
        dpi: of `raw`.
    """
    marks = _cut_print(raw, corners, paper, dpi)
    return float(marks or _cut_outline(raw, corners, dpi) or _cut_end(raw, corners, dpi))


def _cut_print(raw: NDArray[np.uint8], corners: NDArray[np.float32], paper: float, dpi: int) -> int:
    """Return the number of glyphs and lines that end at one side of the picture, when they are too many."""
    lies = _lies_along(raw.shape[1], raw.shape[0], corners, _BESIDE_MM * dpi / MM_PER_INCH)
    most = max(_touching(strip, on, paper) for strip, on in zip(_strips(raw, dpi), lies, strict=True))
    return most if most >= _FEWEST else 0


def _lies_along(
    width: int, height: int, corners: NDArray[np.float32], near: float
) -> tuple[NDArray[np.bool_], ...]:
    """Return for steps along the top, bottom, left and right border whether the page lies there."""
    x, y = (np.linspace(0, length, _STEPS) for length in (width, height))
    borders = (
        np.stack([x, np.zeros_like(x)], 1),
        np.stack([x, np.full_like(x, height)], 1),
        np.stack([np.zeros_like(y), y], 1),
        np.stack([np.full_like(y, width), y], 1),
    )
    ends = np.roll(corners, -1, axis=0)
    along = (ends - corners) / np.maximum(np.linalg.norm(ends - corners, axis=1, keepdims=True), 1e-6)
    inward = np.stack([-along[:, 1], along[:, 0]], 1)
    return tuple(
        np.all([(places - start) @ normal >= -near for start, normal in zip(corners, inward, strict=True)], 0)
        for places in borders
    )


def _strips(raw: NDArray[np.uint8], dpi: int) -> list[NDArray[np.uint8]]:
    """Return the four borders of the picture, each with the picture's edge as its first row."""
    depth = min(max(4, round(_STRIP_MM * dpi / MM_PER_INCH)), min(raw.shape[:2]) // 4)
    shrink = min(1.0, _STRIP_DPI / dpi)
    strips = []
    for strip in (
        raw[:depth],
        raw[: -depth - 1 : -1],
        np.swapaxes(raw[:, :depth], 0, 1),
        np.swapaxes(raw[:, : -depth - 1 : -1], 0, 1),
    ):
        darkest = np.ascontiguousarray(strip if strip.ndim == 2 else _darkest(strip))
        size = (max(1, round(darkest.shape[1] * shrink)), max(4, round(depth * shrink)))
        strips.append(np.asarray(cv2.resize(darkest, size, interpolation=cv2.INTER_AREA), np.uint8))
    return strips


def _darkest(strip: NDArray[np.uint8]) -> NDArray[np.uint8]:
    red, green, blue = cv2.split(np.ascontiguousarray(strip))
    return np.asarray(cv2.min(cv2.min(red, green), blue), np.uint8)


def _touching(strip: NDArray[np.uint8], lies: NDArray[np.bool_], paper: float) -> int:
    """Return how many print-like marks run into the first row where the page lies at it."""
    if not lies.any():
        return 0
    px_mm = _STRIP_DPI / MM_PER_INCH
    ground = cv2.dilate(strip, np.ones((strip.shape[0], round(5 * px_mm)), np.uint8)).astype(np.float32)
    mask = (strip < ground * (1 - _CONTRAST)) & (ground > 0.6 * paper)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8), connectivity=8)
    # A sheet's shadow takes less than half of the light; print takes more somewhere in each mark.
    black = np.bincount(labels[strip < ground * (1 - _BLACK)], minlength=count) > 0
    first = (index for index in np.unique(labels[:2]) if index and black[index])
    return sum(_is_mark(stats[index], px_mm, lies, strip.shape[1]) for index in first)


def _is_mark(stats: NDArray[np.int32], px_mm: float, lies: NDArray[np.bool_], length: int) -> bool:
    x, _, width, height, area = (int(value) for value in stats)
    if not lies[min(_STEPS - 1, round((x + width / 2) / length * (_STEPS - 1)))]:
        return False
    return 0.15 * px_mm <= width <= 14 * px_mm and height >= 0.5 * px_mm and area >= 0.1 * px_mm**2


def _cut_outline(raw: NDArray[np.uint8], corners: NDArray[np.float32], dpi: int) -> int:
    """Return 1 when the page ends at a border where it should go on."""
    height, width = raw.shape[:2]
    left, top = corners.min(axis=0)
    right, bottom = corners.max(axis=0)
    near = (4.0 if _is_short(corners, dpi) else 0.8) * dpi / MM_PER_INCH
    free_x = (left if right >= width - near else width - right) / width
    free_y = (top if bottom >= height - near else height - bottom) / height
    touches_x = left <= near or right >= width - near
    touches_y = top <= near or bottom >= height - near
    if not ((touches_x and free_x > 0.04) or (touches_y and free_y > 0.04)):
        return 0
    return 1 if not _is_format(corners, dpi) and _stands_out(raw, corners, dpi) else 0


def _cut_end(raw: NDArray[np.uint8], corners: NDArray[np.float32], dpi: int) -> int:
    """Return 1 when no outline was found, but the sheet ends on one side before the picture does."""
    height, width = raw.shape[:2]
    if cv2.contourArea(corners) < 0.92 * height * width:
        return 0
    top, bottom, left, right = ends.free_strips(raw, dpi)
    if not any(max(pair) > _BROAD and min(pair) == 0 for pair in ((top, bottom), (left, right))):
        return 0
    sides = sorted(((1 - left - right) * width, (1 - top - bottom) * height), reverse=True)
    return 0 if _is_of_format(sides[0] * MM_PER_INCH / dpi, sides[1] * MM_PER_INCH / dpi) else 1


def _stands_out(raw: NDArray[np.uint8], corners: NDArray[np.float32], dpi: int) -> bool:
    """Return whether what lies beside the page is of another shade: white on white shows no outline."""
    middle = corners.mean(axis=0)
    height, width = raw.shape[:2]
    steps = np.linspace(0.1, 0.9, 33, dtype=np.float32)[:, None]
    for start, end in zip(corners, np.roll(corners, -1, axis=0), strict=True):
        rim = start + steps * (end - start)
        away = (rim - middle) / np.maximum(np.linalg.norm(rim - middle, axis=1, keepdims=True), 1e-6)
        inside, outside = (np.round(rim + away * (mm * dpi / MM_PER_INCH)).astype(int) for mm in (-3, 3))
        if (outside < 0).any() or (outside >= (width, height)).any():
            continue
        if np.abs(_shade(raw, inside) - _shade(raw, outside)).max() < _SHADE:
            return False
    return True


def _shade(raw: NDArray[np.uint8], places: NDArray[np.int_]) -> NDArray[np.float64]:
    """Return the middle grey of each channel at these places."""
    seen = raw[np.clip(places[:, 1], 0, raw.shape[0] - 1), np.clip(places[:, 0], 0, raw.shape[1] - 1)]
    return np.asarray(np.median(seen, axis=0), np.float64)


def _is_short(corners: NDArray[np.float32], dpi: int) -> bool:
    """Return whether one side is a card's and the other too short: its outline may end before the border."""
    wide, high = _sides_mm(corners, dpi)
    for one, other in ((wide, high), (high, wide)):
        if abs(one - CARD_MM[0]) < 1.5 and other < CARD_MM[1] - 1.5:
            return True
        if abs(one - CARD_MM[1]) < 1.5 and other < CARD_MM[0] - 1.5:
            return True
    return False


def _sides_mm(corners: NDArray[np.float32], dpi: int) -> tuple[float, float]:
    sides = np.linalg.norm(corners - np.roll(corners, -1, axis=0), axis=1) * MM_PER_INCH / dpi
    return float(sides[0] + sides[2]) / 2, float(sides[1] + sides[3]) / 2


def _is_format(corners: NDArray[np.float32], dpi: int) -> bool:
    long, short = sorted(_sides_mm(corners, dpi), reverse=True)
    return _is_of_format(long, short)


def _is_of_format(long: float, short: float) -> bool:
    return any(abs(long - a) < 0.025 * a and abs(short - b) < 0.025 * b for a, b in _FORMATS_MM)
