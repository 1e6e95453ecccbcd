"""By how much the lines of a page lean: the angle at which its print lies in the clearest rows."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.documents.figures import components_of
from ocr.documents.print_lines import Grey, em_of, ink_of
from scanners.imaging.pictures import reduced

_FEW, _MANY = 4_000, 16_000
"""Px of print that vote on the coarse and on the fine angle."""
_QUARTER = 45.0
_COARSE_DEG, _FINE_DEG, _FINEST_DEG = 1.0, 0.25, 0.1
_BLURRED_PX, _ROW_PX = 5.0, 2.0
_MOST_LIKELY = 3
_NEAR_DEG = 1.2
_LEAST_POINTS, _LARGE_PX = 200, 1000
_LARGEST_SHARE = 0.3
"""Marks longer than this share of the page are the rims of papers and desks, not print."""
_SEED = 9303
"""A page leans by the same angle whenever it is looked at."""

Points = NDArray[np.float32]


def tilt_of(grey: Grey, ink: Grey | None = None) -> float:
    """Return by how many degrees lines of print fall to the right, -45 to 45; 0 when no lines tell.

    All print votes. A watermark's large characters that lean another way are few, so they change nothing.

    Args:
        grey: the page.
        ink: where its print is, if that is known already.
    """
    ink = ink_of(grey) if ink is None else ink
    points = _points_of(ink)
    if len(points) < _LEAST_POINTS:
        return 0.0
    few, many = _picked(points, _FEW), _picked(points, _MANY)
    coarse = np.arange(-_QUARTER, _QUARTER, _COARSE_DEG)
    ranked = coarse[np.argsort([_clearness(few, angle, _BLURRED_PX) for angle in coarse])[::-1]]
    likely = {0.0, *(float(angle) for angle in ranked[:_MOST_LIKELY])}
    best = _best(many, likely, _COARSE_DEG, _FINE_DEG)
    best = (best + _QUARTER) % (2 * _QUARTER) - _QUARTER
    lines = _by_lines(ink, best)
    return _best(many, {best}, _FINE_DEG, _FINEST_DEG) if lines is None else lines


def _by_lines(ink: Grey, about: float) -> float | None:
    """Return the angle of the lines of print that lean `about` so much, None where none is long.

    Glyphs are smeared a little in every direction; what becomes long and thin is a line. Lines that are level
    each, but not with their labels, make rows unclear.
    """
    ink = _smaller(ink)[0]
    em = em_of(ink)
    side = max(3, round(em * 0.5)) | 1
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side))
    smeared = cv2.morphologyEx(ink, cv2.MORPH_CLOSE, disc)
    outlines, _ = cv2.findContours(smeared, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    away, lengths = [], []
    for outline in outlines:
        _, (wide, high), angle = cv2.minAreaRect(outline)
        if max(wide, high) < 3.5 * min(wide, high) or not 0.5 * em < min(wide, high) < 2.2 * em:
            continue
        apart = (angle - about + _QUARTER) % (2 * _QUARTER) - _QUARTER
        if abs(apart) < _NEAR_DEG:
            away.append(apart)
            lengths.append(max(wide, high))
    return about + float(np.average(away, weights=lengths)) if away else None


def _points_of(ink: Grey) -> Points:
    """Return the px of print, (n, 2): x and y."""
    small, step = _smaller(ink)
    labels, stats = components_of(small)
    longest = np.maximum(stats[:, cv2.CC_STAT_WIDTH], stats[:, cv2.CC_STAT_HEIGHT])
    kept = (longest < _LARGEST_SHARE * max(small.shape)) & (
        stats[:, cv2.CC_STAT_AREA] > (_ROW_PX / step) ** 2
    )
    kept[0] = False
    y, x = np.divmod(np.flatnonzero(ink), ink.shape[1])
    row, column = np.minimum(y // step, small.shape[0] - 1), np.minimum(x // step, small.shape[1] - 1)
    is_kept = kept[labels[row, column]]
    return np.stack([x[is_kept], y[is_kept]], axis=1).astype(np.float32)


def _smaller(ink: Grey) -> tuple[Grey, int]:
    """Return where print is on a large page at half its size, which tells as much, and the share."""
    step = 2 if max(ink.shape) > _LARGE_PX else 1
    return np.where(reduced(ink, step) > 0, 255, 0).astype(np.uint8), step


def _picked(points: Points, most: int) -> Points:
    """Return at most so many points, by chance: every nth of a row would beat against the strokes."""
    if len(points) <= most:
        return points
    return points[np.random.default_rng(_SEED).integers(0, len(points), most)]


def _best(points: Points, angles: set[float], reach: float, step: float) -> float:
    """Return the clearest angle no farther than `reach` from one of `angles`."""
    near = {round(angle + away, 2) for angle in angles for away in np.arange(-reach, reach + step / 2, step)}
    return max(near, key=lambda angle: _clearness(points, angle, _ROW_PX))


def _clearness(points: Points, degrees: float, row_px: float) -> float:
    """Return how sharply rows that lean so much begin and end, or columns square to them."""
    angle = np.radians(degrees)
    along, across = np.float32(np.cos(angle)), np.float32(np.sin(angle))
    rows = points[:, 1] * along - points[:, 0] * across
    columns = points[:, 0] * along + points[:, 1] * across
    return max(_sharpness(rows / row_px), _sharpness(columns / row_px))


def _sharpness(places: NDArray[np.floating[Any]]) -> float:
    counts = np.bincount((places - places.min()).astype(np.intp))
    steps = np.diff(counts.astype(np.float64))
    return float((steps * steps).sum())
