"""What a page looks like from afar, in three hundred bytes: to find the pages that may be one sheet.

A coarse map of where the page is darker and where lighter than what lies around, with a third value for
cells that say nothing. Two scans of one sheet agree nearly everywhere, whatever the scanner, the resolution
and the place on the glass; so do two filled copies of one form. Whether two alike pages are one sheet, their
pixels must say: `scanners.imaging.twins`.

`distance` needs no pixels: the program compares pages without loading numpy.
"""

from __future__ import annotations

import zlib
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

SAME = 18
"""Largest distance of two pictures of one sheet."""
FARTHEST = 100
_CELLS = 56
"""Along the page's long side: 5.3 mm of an A4 sheet, 1.5 mm of an identity card."""
_FINE = 8
_SLACK = 3
"""Cells by which two cuts of one sheet may be displaced."""
_BORDER = 2
"""Cells at the page's edge that count for nothing: shadows, the lid, another cut."""

Rows = tuple[int, ...]
Map = tuple[int, int, Rows, Rows]
"""Columns, rows, and the darker and the lighter cells: an integer a row, its highest bit the first column."""


def of(page: NDArray[np.uint8]) -> str:
    """Return the fingerprint of an upright page, (H, W, 3) RGB or (H, W), as lower-case hex."""
    import cv2
    import numpy as np

    grey = page if page.ndim == 2 else cv2.min(cv2.min(page[..., 0], page[..., 1]), page[..., 2])
    shrink = _CELLS / max(grey.shape)
    rows, columns = (max(_BORDER * 4, round(length * shrink)) for length in grey.shape)
    fine = cv2.resize(grey, (columns * _FINE, rows * _FINE), interpolation=cv2.INTER_AREA).astype(np.float32)
    rough = cv2.resize(fine, (columns, rows), interpolation=cv2.INTER_AREA)
    paper = cv2.GaussianBlur(cv2.dilate(rough, np.ones((7, 7), np.uint8)), (0, 0), 4)
    ground = np.maximum(cv2.resize(paper, (columns * _FINE, rows * _FINE)), 8)
    # A tenth of the paper's light is less than any print takes: watermarks and shining through stay out.
    ink = cv2.GaussianBlur(np.clip(0.9 - fine / ground, 0, 0.5), (0, 0), _FINE * 0.9)
    cells = np.asarray(cv2.resize(ink, (columns, rows), interpolation=cv2.INTER_AREA))
    inner = (slice(_BORDER, rows - _BORDER), slice(_BORDER, columns - _BORDER))
    kept = np.zeros_like(cells)
    kept[inner] = cells[inner]
    relief = kept - np.asarray(cv2.GaussianBlur(kept, (0, 0), 3))
    printed = relief[kept > 0.01]
    telling = max(0.3 * float(printed.std()), 1e-4) if printed.size else 1.0
    bits = np.packbits(np.stack([relief > telling, relief < -telling]))
    return (bytes((columns, rows)) + zlib.compress(bits.tobytes(), 9)).hex()


def distance(one: str, other: str) -> int:
    """Return how far two upright pages are apart, 0 to 100; `SAME` or less: look closer.

    An empty or broken fingerprint is far from every other.
    """
    first, second = _map(one), _map(other)
    if first is None or second is None:
        return FARTHEST
    return _apart(first, second)


def alike(one: str, other: str) -> bool:
    """Return whether two pages may be pictures of one sheet."""
    return distance(one, other) <= SAME


@lru_cache(maxsize=256)
def _map(fingerprint: str) -> Map | None:
    try:
        raw = bytes.fromhex(fingerprint)
        columns, rows = raw[0], raw[1]
        bits = zlib.decompress(raw[2:])
    except (ValueError, IndexError, zlib.error):
        return None
    text = "".join(f"{byte:08b}" for byte in bits)
    if not columns or not rows or len(text) < 2 * columns * rows:
        return None
    lines = [int(text[start : start + columns], 2) for start in range(0, 2 * columns * rows, columns)]
    return columns, rows, tuple(lines[:rows]), tuple(lines[rows : 2 * rows])


def _apart(first: Map, second: Map) -> int:
    """Return the least share of cells that contradict each other, in percent, wherever the two are laid."""
    if abs(first[0] - second[0]) > 2 * _SLACK or abs(first[1] - second[1]) > 2 * _SLACK:
        return FARTHEST
    stride = max(first[0], second[0]) + 2 * _SLACK
    dark, light = (_joined(lines, first[0], stride) for lines in first[2:])
    dark_too, light_too = (_joined(lines, second[0], stride) for lines in second[2:])
    least = FARTHEST
    for shift in (row * stride + column for row in _SHIFTS for column in _SHIFTS):
        moved_dark, moved_light = _moved(dark_too, shift), _moved(light_too, shift)
        agreed = (dark & moved_dark).bit_count() + (light & moved_light).bit_count()
        against = (dark & moved_light).bit_count() + (light & moved_dark).bit_count()
        if agreed:
            least = min(least, round(100 * against / (agreed + against)))
    return least


_SHIFTS = range(-_SLACK, _SLACK + 1)


def _joined(lines: Rows, columns: int, stride: int) -> int:
    """Return the rows one behind the other, each with room beside it so that none runs into the next."""
    joined = 0
    for line in lines:
        joined = joined << stride | line << (stride - columns - _SLACK)
    return joined << (_SLACK * stride)


def _moved(cells: int, shift: int) -> int:
    return cells << shift if shift >= 0 else cells >> -shift
