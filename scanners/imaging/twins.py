"""Whether two pictures show the very same sheet: laid upon each other, every printed place must agree.

Two filled copies of one form, two people's cards, two pages of one contract look alike as a whole. So the
second picture is fitted onto the first (another place on the glass, another resolution, a camera's view), and
then small windows with print in either are compared one by one, each free to move by a hair.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.uint8]
Ink = NDArray[np.float32]

_LEAST_PX, _LONG_PX = 64, 1000
_TILES = 7
"""Tiles along each side that are looked for on the other picture to fit the two."""
_SLACK = 0.045
"""Share of the long side by which two cuts of one sheet may lie apart."""
_WINDOW = (18, 20)
"""Height and width in px of what is compared: about one glyph of a text on A4."""
_HAIR_PX, _NEAR_PX = 3, 8
_ALIKE = 0.6
"""Least correlation of a window's print with the other picture's."""
_LEAST_INK = 0.06
_STRAY, _STRAY_SHARE = 7, 0.1
"""Windows that may differ on one sheet: dirt, a crease, a lamp; a glyph lies in about six of them."""
UNLIKE = (1, 1)


def same_sheet(one: Picture, other: Picture) -> bool:
    """Return whether two upright pages, (H, W, 3) RGB or (H, W), are pictures of one sheet."""
    return _is_one(*differing(one, other))


def differing(one: Picture, other: Picture) -> tuple[int, int]:
    """Return in how many printed windows two pages differ, of how many; `UNLIKE` where they do not fit."""
    first, second = _ink(one), _ink(other)
    ratio = (first.shape[0] / first.shape[1]) / (second.shape[0] / second.shape[1])
    if not 0.88 < ratio < 1.14 or min(*first.shape, *second.shape) < _LEAST_PX:
        return UNLIKE
    second = np.asarray(cv2.resize(second, first.shape[::-1], interpolation=cv2.INTER_AREA), np.float32)
    rough = _fit(first, second, _TILES, round(_SLACK * max(first.shape)))
    if rough is None:
        return UNLIKE
    laid = _laid(second, rough, first)
    found = _compared(first, laid)
    if _is_one(*found):
        return found
    # Perhaps the fit was not close enough; where a second one is worse, the page had little to hold on to.
    fine = _fit(first, laid, 2 * _TILES, _NEAR_PX)
    return found if fine is None else min(found, _compared(first, _laid(second, rough @ fine, first)))


def _is_one(different: int, compared: int) -> bool:
    return different <= min(_STRAY, _STRAY_SHARE * compared)


def _ink(page: Picture) -> Ink:
    """Return the page's missing light beyond a watermark's at working size, without its outermost border."""
    grey = page if page.ndim == 2 else cv2.min(cv2.min(page[..., 0], page[..., 1]), page[..., 2])
    if min(grey.shape) < _LEAST_PX:
        return np.zeros(grey.shape, np.float32)
    shrink = min(1.0, _LONG_PX / max(grey.shape))
    small = cv2.resize(grey, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA)
    rough = cv2.resize(small, None, fx=0.125, fy=0.125, interpolation=cv2.INTER_AREA)
    paper = cv2.GaussianBlur(cv2.dilate(rough, np.ones((7, 7), np.uint8)), (0, 0), 3)
    ground = np.maximum(cv2.resize(paper, small.shape[::-1]).astype(np.float32), 8)
    ink = np.clip(0.75 - small / ground, 0, 0.6).astype(np.float32)
    border = max(4, round(0.012 * max(ink.shape)))
    ink[:border], ink[-border:], ink[:, :border], ink[:, -border:] = 0, 0, 0, 0
    return np.asarray(cv2.GaussianBlur(ink, (0, 0), 0.8), np.float32)


def _laid(second: Ink, plane: NDArray[np.float64], first: Ink) -> Ink:
    size = (first.shape[1], first.shape[0])
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    return np.asarray(cv2.warpPerspective(second, plane, size, flags=flags), np.float32)


def _fit(first: Ink, second: Ink, tiles: int, slack: int) -> NDArray[np.float64] | None:
    """Return the plane that maps places of the first page to places of the second.

    Args:
        first: a page.
        second: a page of the same size.
        tiles: along each side of the first page; each is looked for on the second.
        slack: px around its place within which it is looked for.
    """
    height, width = (length // tiles for length in first.shape)
    padded = cv2.copyMakeBorder(second, slack, slack, slack, slack, cv2.BORDER_CONSTANT, value=0)
    here, there = [], []
    for row in range(tiles):
        for column in range(tiles):
            y, x = row * height, column * width
            tile = first[y : y + height, x : x + width]
            if float(tile.std()) < 0.02:
                continue
            field = padded[y : y + height + 2 * slack, x : x + width + 2 * slack]
            _, best, _, at = cv2.minMaxLoc(cv2.matchTemplate(field, tile, cv2.TM_CCOEFF_NORMED))
            if best > 0.45:
                here.append((x + width / 2, y + height / 2))
                there.append((x + width / 2 + at[0] - slack, y + height / 2 + at[1] - slack))
    return _plane(np.array(here, np.float32), np.array(there, np.float32))


def _plane(here: NDArray[np.float32], there: NDArray[np.float32]) -> NDArray[np.float64] | None:
    if len(here) < 2:
        return None
    if len(here) < 8:
        found, _ = cv2.estimateAffinePartial2D(here, there, method=cv2.RANSAC, ransacReprojThreshold=4)
        return None if found is None else np.vstack([found, [0, 0, 1]])
    plane, _ = cv2.findHomography(here, there, cv2.RANSAC, 4)
    return None if plane is None else np.asarray(plane, np.float64)


def _strokes(ink: Ink) -> Ink:
    """Return the strokes without the mass of the glyphs, which any text has at the same places."""
    soft = cv2.GaussianBlur(ink, (0, 0), 1)
    return np.asarray(soft - cv2.GaussianBlur(soft, (0, 0), 4), np.float32)


def _compared(first: Ink, second: Ink) -> tuple[int, int]:
    high, wide = _WINDOW
    hair = _HAIR_PX
    amount = np.maximum(first, second)
    first, second = _strokes(first), _strokes(second)
    padded = cv2.copyMakeBorder(second, hair, hair, hair, hair, cv2.BORDER_CONSTANT, value=0)
    compared = different = 0
    for y in range(0, first.shape[0] - high + 1, high // 2):
        for x in range(0, first.shape[1] - wide + 1, wide // 2):
            if float(amount[y : y + high, x : x + wide].mean()) < _LEAST_INK:
                continue
            compared += 1
            tile = first[y : y + high, x : x + wide]
            field = padded[y : y + high + 2 * hair, x : x + wide + 2 * hair]
            alike = cv2.matchTemplate(field, tile, cv2.TM_CCOEFF_NORMED)
            different += not float(np.nan_to_num(alike).max()) >= _ALIKE
    return (different, compared) if compared else UNLIKE
