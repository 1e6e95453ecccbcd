"""Whether a paper runs out of the picture: print at the border, or a sheet that ends there too early."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

MM_PER_INCH = 25.4
_STRIP_MM = 6.0
_STRIP_DPI = 150
_CONTRAST = 0.22
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
)
"""ISO 216, 16K, ISO/IEC 7810 and what registers and certificates measure."""


def cut(raw: NDArray[np.uint8], corners: NDArray[np.float32], dpi: int) -> float:
    """Return how many marks say that the page runs out of the picture; 0 where it is whole."""
    return float(max(_cut_print(raw, corners, dpi), _cut_outline(raw.shape[1], raw.shape[0], corners, dpi)))


def _cut_print(raw: NDArray[np.uint8], corners: NDArray[np.float32], dpi: int) -> int:
    """Return the number of glyphs and lines that end at one side of the picture, when they are too many."""
    reaches = _reaches(raw.shape[1], raw.shape[0], corners, 1.5 * dpi / MM_PER_INCH)
    most = max(_touching(strip, reach) for strip, reach in zip(_strips(raw, dpi), reaches, strict=True))
    return most if most >= 3 else 0


def _reaches(
    width: int, height: int, corners: NDArray[np.float32], near: float
) -> tuple[tuple[float, float], ...]:
    """Return from where to where (shares of the side) the page lies along the top, bottom, left and right."""
    steps = np.linspace(0, 1, 65, dtype=np.float32)[:, None]
    rim = np.concatenate([a + steps * (b - a) for a, b in zip(corners, np.roll(corners, -1, 0), strict=True)])
    x, y = rim[:, 0], rim[:, 1]
    sides = (
        (y <= near, x / width),
        (y >= height - near, x / width),
        (x <= near, y / height),
        (x >= width - near, y / height),
    )
    return tuple(
        (float(along[is_near].min()), float(along[is_near].max())) if is_near.any() else (1.0, 0.0)
        for is_near, along in sides
    )


def _strips(raw: NDArray[np.uint8], dpi: int) -> list[NDArray[np.uint8]]:
    """Return the four borders of the picture, each with the picture's edge as its first row."""
    depth = min(round(_STRIP_MM * dpi / MM_PER_INCH), min(raw.shape[:2]) // 4)
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


def _touching(strip: NDArray[np.uint8], reach: tuple[float, float]) -> int:
    """Return how many print-like marks run into the first row where the page lies at it."""
    if reach[1] <= reach[0]:
        return 0
    px_mm = _STRIP_DPI / MM_PER_INCH
    ground = cv2.dilate(strip, np.ones((strip.shape[0], round(5 * px_mm)), np.uint8)).astype(np.float32)
    mask = (strip < ground * (1 - _CONTRAST)) & (ground > 40)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8), connectivity=8)
    first = np.unique(labels[:2])
    return sum(1 for index in first if index and _is_mark(stats[index], px_mm, reach, strip.shape[1]))


def _is_mark(stats: NDArray[np.int32], px_mm: float, reach: tuple[float, float], length: int) -> bool:
    x, _, width, height, area = (int(value) for value in stats)
    if not reach[0] * length - px_mm <= x <= reach[1] * length + px_mm:
        return False
    return 0.15 * px_mm <= width <= 14 * px_mm and height >= 0.5 * px_mm and area >= 0.1 * px_mm**2


def _cut_outline(width: int, height: int, corners: NDArray[np.float32], dpi: int) -> int:
    """Return 1 when the page ends at a border where it should go on."""
    left, top = corners.min(axis=0)
    right, bottom = corners.max(axis=0)
    near = (4.0 if _is_short(corners, dpi) else 0.8) * dpi / MM_PER_INCH
    free_x = (left if right >= width - near else width - right) / width
    free_y = (top if bottom >= height - near else height - bottom) / height
    touches_x = left <= near or right >= width - near
    touches_y = top <= near or bottom >= height - near
    if not ((touches_x and free_x > 0.04) or (touches_y and free_y > 0.04)):
        return 0
    return 0 if _is_format(corners, dpi) else 1


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
    return any(abs(long - a) < 0.025 * a and abs(short - b) < 0.025 * b for a, b in _FORMATS_MM)
