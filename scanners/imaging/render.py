"""The page as it is read, made from the raw picture by its four corners.

Coordinates of corners are those of edges, not of pixel centres: a whole picture of width w spans 0 to w.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from scanners.imaging.pictures import Picture
from scanners.limits import check_pixels

Matrix = NDArray[np.float64]
Quad = NDArray[np.float32]
"""(4, 2): x, y of top left, top right, bottom right, bottom left, as the page is read."""

WHITE = (255.0, 255.0, 255.0, 255.0)
_STRAIGHT_PX, _STRAIGHT_SHARE = 1e-8, 1e-5
"""How far corners may lie from whole px to count as such: some px and a share of their place."""
SHRINKS_FROM = 1.15
"""From this reduction on, pixels are averaged first: sampling alone would break thin strokes."""


def quad_of(corners: Sequence[float]) -> Quad:
    """Return eight numbers as four points."""
    return np.asarray(corners, np.float32).reshape(4, 2)


def size_of_page(quad: Quad) -> tuple[int, int]:
    """Return width and height of a page in px: the longer of each two opposite sides, so nothing is lost."""
    top, right, bottom, left = (
        float(side) for side in np.linalg.norm(np.roll(quad, -1, axis=0) - quad, axis=1)
    )
    return max(1, round(max(top, bottom))), max(1, round(max(left, right)))


def fitting(size_px: tuple[int, int], room: tuple[int, int] | None) -> tuple[int, int]:
    """Return the largest size of the page's proportions inside `room`, never above `size_px`."""
    width, height = max(1, size_px[0]), max(1, size_px[1])
    if room is None:
        return width, height
    scale = min(1.0, room[0] / width, room[1] / height)
    return max(1, round(width * scale)), max(1, round(height * scale))


def render(
    picture: Picture,
    corners: Sequence[float] | Quad,
    size_px: tuple[int, int],
    *,
    room: tuple[int, int] | None = None,
    fine: bool = True,
) -> Picture:
    """Cut the page out, straighten it and return it upright; what lies outside of the picture is white.

    Args:
        picture: the raw picture.
        corners: of the page on it, in px of the picture.
        size_px: width and height of the page at the picture's resolution.
        room: the page is shrunk, never enlarged, to fit into this width and height.
        fine: keep strokes as sharp as they are; false is twice as fast, for looking only.

    Raises:
        PageTooLarge: more pixels than a page may have.
    """
    quad = np.asarray(corners, np.float32).reshape(4, 2)
    target = fitting(size_px, room)
    check_pixels(*target)
    straight = _straight(picture, quad, target)
    return straight if straight is not None else _warped(picture, quad, target, fine=fine)


def _straight(picture: Picture, quad: Quad, target: tuple[int, int]) -> Picture | None:
    """Cut without interpolation where the page lies parallel to the picture and inside of it."""
    left, top = (round(float(value)) for value in quad.min(axis=0))
    right, bottom = (round(float(value)) for value in quad.max(axis=0))
    height, width = picture.shape[:2]
    upright = quad_of((left, top, right, top, right, bottom, left, bottom))
    room = _STRAIGHT_PX + np.abs(quad) * _STRAIGHT_SHARE
    turns = [turn for turn in range(4) if (np.abs(np.roll(upright, -turn, axis=0) - quad) <= room).all()]
    if not turns or left < 0 or top < 0 or right > width or bottom > height or right <= left or bottom <= top:
        return None
    # The corners begin `turns[0]` places later: the page is read with that corner at its top left.
    turned = np.rot90(picture[top:bottom, left:right], turns[0])
    return resized(np.ascontiguousarray(turned), target)


def resized(picture: Picture, target: tuple[int, int]) -> Picture:
    """Return the picture in another size (width, height), averaged when it shrinks."""
    height, width = picture.shape[:2]
    if (width, height) == target:
        return picture
    shrinks = target[0] <= width and target[1] <= height
    way = cv2.INTER_AREA if shrinks else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(picture, target, interpolation=way), np.uint8)


def _warped(picture: Picture, quad: Quad, target: tuple[int, int], *, fine: bool) -> Picture:
    source, quad = _brought_near(picture, quad, target)
    rectangle = quad_of((0, 0, target[0], 0, target[0], target[1], 0, target[1]))
    plane = cv2.getPerspectiveTransform(quad, rectangle)
    half = np.array([[1, 0, 0.5], [0, 1, 0.5], [0, 0, 1]])
    centred = np.linalg.inv(half) @ np.asarray(plane, np.float64) @ half
    way = cv2.INTER_CUBIC if fine else cv2.INTER_LINEAR
    warped = cv2.warpPerspective(
        source, centred, target, flags=way, borderMode=cv2.BORDER_CONSTANT, borderValue=WHITE
    )
    return np.asarray(warped, np.uint8)


def _brought_near(picture: Picture, quad: Quad, target: tuple[int, int]) -> tuple[Picture, Quad]:
    """Return the part of the picture the page lies on, averaged down to about the target's resolution."""
    height, width = picture.shape[:2]
    left, top = (int(value) for value in np.clip(np.floor(quad.min(axis=0)) - 4, 0, (width - 1, height - 1)))
    right, bottom = (int(value) for value in np.clip(np.ceil(quad.max(axis=0)) + 4, 1, (width, height)))
    part = picture[top : max(bottom, top + 1), left : max(right, left + 1)]
    moved = quad - np.array([left, top], np.float32)
    shrink = _shortest_ratio(quad, target)
    if shrink < SHRINKS_FROM:
        return part, moved
    size = (max(1, round(part.shape[1] / shrink)), max(1, round(part.shape[0] / shrink)))
    scale = np.array([size[0] / part.shape[1], size[1] / part.shape[0]], np.float32)
    return resized(part, size), moved * scale


def _shortest_ratio(quad: Quad, target: tuple[int, int]) -> float:
    sides = np.linalg.norm(quad - np.roll(quad, -1, axis=0), axis=1)
    return float(min(min(sides[0], sides[2]) / target[0], min(sides[1], sides[3]) / target[1]))
