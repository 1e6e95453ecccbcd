"""What is dark on a page and no print: portraits, frames of stamps, rings, large signs across the lines."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

Grey = NDArray[np.uint8]

_SOLID_BELOW, _THICK_EM = 0.5, 1.6
_FIGURE_EM, _THIN = 2.4, 0.22
"""Least side of what is no character, and how much of its box its lines fill at most."""


def components_of(ink: Grey) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Return the number of the component of each px, 0 for none, and OpenCV's measures of each.

    By blocks of px, which is up to twice as fast as OpenCV's own choice.
    """
    _, labels, stats, _ = cv2.connectedComponentsWithStatsWithAlgorithm(ink, 8, cv2.CV_32S, cv2.CCL_GRANA)
    return np.asarray(labels, np.int32), np.asarray(stats, np.int32)


def drop_figures(ink: Grey, em: int) -> Grey:
    """Take out, and return, frames of stamps and outlines of large signs: nothing as large is a character."""
    labels, stats = components_of(ink)
    sides = np.minimum(stats[:, cv2.CC_STAT_WIDTH], stats[:, cv2.CC_STAT_HEIGHT])
    boxes = stats[:, cv2.CC_STAT_WIDTH] * stats[:, cv2.CC_STAT_HEIGHT]
    large = (sides > _FIGURE_EM * em) & (stats[:, cv2.CC_STAT_AREA] < _THIN * boxes)
    large[0] = False
    if not large.any():
        return np.zeros_like(ink)
    figures = np.where(large, 255, 0).astype(np.uint8)[labels]
    ink[figures > 0] = 0
    return np.asarray(figures, np.uint8)


def solid_areas(grey: Grey, ink: Grey, em: int) -> Grey:
    """Return 255 over dark areas that no stroke fills: coat and hair of a portrait, with what is on them."""
    step = max(1, em // 6)
    size = (max(1, grey.shape[1] // step), max(1, grey.shape[0] // step))
    small = cv2.resize(grey, size, interpolation=cv2.INTER_AREA)
    light = cv2.dilate(small, np.ones((round(12 * em / step) | 1,) * 2, np.uint8))
    dark = np.asarray(small < _SOLID_BELOW * light.astype(np.float32), np.uint8)
    side = max(3, round(0.9 * em / step)) | 1
    dark = np.asarray(cv2.morphologyEx(dark, cv2.MORPH_OPEN, np.ones((side, side), np.uint8)), np.uint8)
    found = np.zeros(small.shape, np.uint8)
    for outline, least in ((dark, 0.0), (_thick(ink, size, em), _THICK_EM * em / step)):
        _fill_inner(found, outline, em / step, least)
    wider = cv2.dilate(found, np.ones((side // 2 | 1,) * 2, np.uint8))
    full = (grey.shape[1], grey.shape[0])
    return np.asarray(cv2.resize(wider, full, interpolation=cv2.INTER_NEAREST), np.uint8)


def _thick(ink: Grey, size: tuple[int, int], em: int) -> Grey:
    """Return where ink is thicker than strokes; bold print may be, but stays as low as a line."""
    side = max(3, round(0.38 * em))
    opened = cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones((side, side), np.uint8))
    return np.asarray(cv2.resize(opened, size, interpolation=cv2.INTER_NEAREST), np.uint8)


def _fill_inner(found: Grey, areas: Grey, em: float, least: float) -> None:
    """Mark the areas of some size, at least so high and wide, that keep clear of the border."""
    outlines, _ = cv2.findContours(areas, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    for outline in outlines:
        _, _, wide, high = cv2.boundingRect(outline)
        hull = cv2.convexHull(outline)
        is_large = cv2.contourArea(outline) > 2.5 * em**2 and min(wide, high) >= least
        if (
            is_large
            and cv2.contourArea(hull) < 0.12 * found.size
            and _is_inner(outline, (found.shape[1], found.shape[0]))
        ):
            cv2.fillConvexPoly(found, hull, 255)


def _is_inner(outline: NDArray[Any], size: tuple[int, int]) -> bool:
    """Say whether an area keeps clear of the page's border, along which shadows and desks lie."""
    left, top, wide, high = cv2.boundingRect(outline)
    return left > 1 and top > 1 and left + wide < size[0] - 1 and top + high < size[1] - 1
