"""One picture of a camera: where the page lies on it, and what is wrong with how it lies.

Runs in the camera's process. It looks at a picture shrunk to `LOOK_PX` on its long side, so that several
looks a second cost little; the page is cut out exactly later, from the full picture.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from scanners.camera_view import FrameState

Picture = NDArray[np.uint8]
Quad = NDArray[np.float32]

LOOK_PX = 640
LEAST_SHARE = 0.03
"""Of the picture: a card under a camera that sees an A3 sheet covers 3.7 %."""
LEAST_FILL = 0.6
"""Part of its four corners' area a shape must fill to be a page at all; less is a hand, a cable, a pen."""
FLAT_FILL = 0.955
"""A flat page fills its four corners; a bent one, or one with a hand on it, does not."""
LEAST_CONTRAST = 9.0
"""Between page and desk, the sum over the three channels of 8-bit Lab."""
BORDER_SHARE = 0.03
"""Width of the rim where the desk's colour is read."""
MOST_SLANT = 0.87
"""Least ratio of opposite sides: below it small print at the far edge is visibly smaller."""
MOST_ANGLE_OFF = 9.0
"""Degrees a corner may be off a right angle."""
CUT_SHARE = 0.012
"""Part of the picture's rim the page may touch; noise touches less."""
LEAST_LIGHT = 105.0
"""Of 255: paper that is lit well enough is brighter."""
GLARE_LEVEL = 250
GLARE_SHARE = 0.002
"""Of the page: smaller spots swallow no print."""
PAPER_BELOW = 236.0
"""Where the paper itself is nearly white, a white spot is no glare."""
INK_DEPTH, INK_SHARE = 60.0, 0.004


@dataclass(frozen=True, slots=True)
class Outline:
    """A page on the shrunk picture."""

    corners: Quad
    """(4, 2), x and y, clockwise from the one nearest to the picture's top left."""
    fill: float
    """Part of the corners' area that the shape fills, 0 to 1."""
    touches: float
    """Part of the picture's rim it touches, 0 to 1."""


def shrink(picture: Picture, long_side_px: int) -> Picture:
    """Return the picture with its long side shrunk to `long_side_px`; a smaller one stays as it is.

    Of a very large picture not every pixel is read: enough are left to average the noise away.
    """
    step = max(1, max(picture.shape[:2]) // (2 * long_side_px))
    picture = np.ascontiguousarray(picture[::step, ::step])
    height, width = picture.shape[:2]
    scale = long_side_px / max(height, width)
    if scale >= 1:
        return picture
    size = max(1, round(width * scale)), max(1, round(height * scale))
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8)


def find_outline(small: Picture) -> Outline | None:
    """Return the largest page on a shrunk RGB picture, or None.

    A page differs from the desk at the rim in colour; where both are nearly alike, its edges are looked for.
    """
    return _page_of(_unlike_desk(small)) or _page_of(_between_edges(small))


def _unlike_desk(small: Picture) -> Picture | None:
    """Return a mask (0, 255) of what differs from the desk; None where nothing stands out."""
    lab = cv2.cvtColor(cv2.GaussianBlur(small, (5, 5), 0), cv2.COLOR_RGB2LAB)
    # Four numbers are one colour to OpenCV, taken off every pixel.
    apart = cv2.absdiff(lab, np.append(desk_colour(np.asarray(lab, np.uint8)), 0.0))
    distance = cv2.transform(apart, np.ones((1, 3), np.float32))
    level, mask = cv2.threshold(distance, 0, 255, cv2.THRESH_OTSU)
    inside, outside = cv2.mean(distance, mask)[0], cv2.mean(distance, cv2.bitwise_not(mask))[0]
    return _closed(np.asarray(mask, np.uint8)) if level > 0 and inside - outside >= LEAST_CONTRAST else None


def desk_colour(picture: Picture) -> NDArray[np.float64]:
    """Return the median colour of the rim, (3,)."""
    band = max(2, round(min(picture.shape[:2]) * BORDER_SHARE))
    sides = (picture[:band], picture[-band:], picture[:, :band], picture[:, -band:])
    rim = np.concatenate([side.reshape(-1, picture.shape[2]) for side in sides])
    return np.asarray(np.median(rim, axis=0), np.float64)


def _between_edges(small: Picture) -> Picture:
    grey = cv2.GaussianBlur(cv2.cvtColor(small, cv2.COLOR_RGB2GRAY), (5, 5), 0)
    edges = cv2.dilate(cv2.Canny(grey, 12, 36), np.ones((3, 3), np.uint8), iterations=2)
    return _closed(np.asarray(edges, np.uint8))


def _closed(mask: Picture) -> Picture:
    kernel = cv2.getStructuringElement(cv2.MORPH_RECT, (7, 7))
    return np.asarray(cv2.morphologyEx(mask, cv2.MORPH_CLOSE, kernel), np.uint8)


def _page_of(mask: Picture | None) -> Outline | None:
    """Return the largest shape of a mask that can be a page."""
    if mask is None:
        return None
    contours, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    if not contours:
        return None
    contour = max(contours, key=cv2.contourArea)
    area = cv2.contourArea(contour)
    # What fills the whole picture has no edge that could be seen.
    if not LEAST_SHARE * mask.size < area < 0.985 * mask.size:
        return None
    corners = _four_corners(contour)
    around = cv2.contourArea(corners)
    fill = min(1.0, area / around) if around else 0.0
    return Outline(corners, fill, _rim_share(contour, mask.shape)) if fill >= LEAST_FILL else None


def _four_corners(contour: cv2.typing.MatLike) -> Quad:
    """Return the corners of the quadrilateral that fits best, clockwise from the top left."""
    hull = cv2.convexHull(contour)
    length = cv2.arcLength(hull, True)
    for part in (0.01, 0.02, 0.03, 0.05, 0.08):
        few = cv2.approxPolyDP(hull, part * length, True)
        if len(few) == 4:
            return clockwise(few.reshape(4, 2).astype(np.float32))
    return clockwise(cv2.boxPoints(cv2.minAreaRect(hull)).astype(np.float32))


def clockwise(corners: Quad) -> Quad:
    """Return four corners in the order top left, top right, bottom right, bottom left."""
    middle = corners.mean(axis=0)
    angles = np.arctan2(corners[:, 1] - middle[1], corners[:, 0] - middle[0])
    turned = corners[np.argsort(angles)]
    return np.asarray(np.roll(turned, -int(np.argmin(turned.sum(axis=1))), axis=0), np.float32)


def _rim_share(contour: cv2.typing.MatLike, shape: tuple[int, ...]) -> float:
    height, width = shape[:2]
    drawn = np.zeros((height, width), np.uint8)
    cv2.drawContours(drawn, [contour], -1, 1, cv2.FILLED)
    rims = (drawn[1], drawn[-2], drawn[:, 1], drawn[:, -2])
    return float(sum(int(rim.sum()) for rim in rims) / (2 * (height + width)))


def hindrance(small: Picture, outline: Outline | None) -> FrameState | None:
    """Return what has to be put right before a page can be taken, or None; movement is not judged here."""
    if outline is None:
        return FrameState.CUT if _fills_picture(small) else FrameState.SEARCHING
    if outline.touches > CUT_SHARE:
        return FrameState.CUT
    if outline.fill < FLAT_FILL or _slanted(outline.corners):
        return FrameState.TILTED
    return _light(small, outline)


def _fills_picture(small: Picture) -> bool:
    """Tell a sheet that is larger than the picture, by its bright rim and the ink inside."""
    rim = float(desk_colour(small).mean())
    grey = cv2.cvtColor(small, cv2.COLOR_RGB2GRAY)
    return rim > LEAST_LIGHT and float((grey < rim - INK_DEPTH).mean()) > INK_SHARE


def sides(corners: Quad) -> NDArray[np.float32]:
    """Return the lengths of the top, right, bottom and left side."""
    return np.asarray(np.linalg.norm(np.roll(corners, -1, axis=0) - corners, axis=1), np.float32)


def _slanted(corners: Quad) -> bool:
    top, right, bottom, left = sides(corners)
    if min(top, bottom) < MOST_SLANT * max(top, bottom) or min(left, right) < MOST_SLANT * max(left, right):
        return True
    ways = np.roll(corners, -1, axis=0) - corners
    ways /= np.linalg.norm(ways, axis=1, keepdims=True)
    cosines = np.abs((ways * np.roll(ways, -1, axis=0)).sum(axis=1))
    return bool(cosines.max() > np.sin(np.radians(MOST_ANGLE_OFF)))


def _light(small: Picture, outline: Outline) -> FrameState | None:
    inside = np.zeros(small.shape[:2], np.uint8)
    middle = outline.corners.mean(axis=0)
    within = middle + (outline.corners - middle) * 0.97
    cv2.fillConvexPoly(inside, within.astype(np.int32), 1)
    grey = cv2.cvtColor(small, cv2.COLOR_RGB2GRAY)
    counts = cv2.calcHist([grey], [0], inside, [256], [0, 256]).ravel()
    shares = np.cumsum(counts) / max(1.0, counts.sum())
    if np.searchsorted(shares, 0.90) < LEAST_LIGHT:
        return FrameState.DARK
    if np.searchsorted(shares, 0.75) < PAPER_BELOW and _largest_spot(small, inside) > GLARE_SHARE:
        return FrameState.GLARE
    return None


def _largest_spot(small: Picture, inside: Picture) -> float:
    """Return the share of the page that its largest burnt-out spot covers."""
    white = cv2.inRange(small, (GLARE_LEVEL,) * 3, (255, 255, 255))
    burnt = cv2.bitwise_and(white, white, mask=inside)
    count, _labels, stats, _centres = cv2.connectedComponentsWithStats(burnt)
    return float(stats[1:, cv2.CC_STAT_AREA].max() / inside.sum()) if count > 1 else 0.0
