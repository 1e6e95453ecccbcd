"""By how much lines of text (or of a table) are tilted, when no edge of the paper tells it."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from scanners.imaging.pictures import Picture, grey_of

LIMIT_DEG = 15.0
"""Whoever lays a sheet down more askew than this did not mean it to be straight."""
_DARKER_BY = 18
_MOST_POINTS = 12_000
_COARSE_DEG, _FINE_DEG, _FINEST_DEG = 0.5, 0.1, 0.02
_LEAST_PEAK = 1.18
_LEAST_POINTS = 150


def skew_of(small: Picture) -> float | None:
    """Return by how many degrees the lines fall to the right (clockwise); None when no lines tell.

    Lines may run down the picture as well: a sheet lying on its side has the same skew.

    Args:
        small: the picture at some 75 dpi.
    """
    points = _ink(grey_of(small))
    if len(points) < _LEAST_POINTS:
        return None
    across = _peak(points[:, 0], points[:, 1], 1.0)
    down = _peak(points[:, 1], points[:, 0], -1.0)
    best = max(across, down, key=lambda peak: peak[1])
    return best[0] if best[1] >= _LEAST_PEAK else None


def _ink(grey: Picture) -> NDArray[np.float32]:
    """Return x, y of the pixels darker than their neighbourhood, of large dark areas only the rim."""
    paper = cv2.blur(grey, (25, 25))
    dark = np.asarray(paper, np.int16) - grey > _DARKER_BY
    rows, columns = np.nonzero(dark)
    step = max(1, len(rows) // _MOST_POINTS)
    points = np.stack([columns[::step], rows[::step]], axis=1).astype(np.float32)
    return points - points.mean(axis=0) if len(points) else points


def _peak(along: NDArray[np.float32], across: NDArray[np.float32], sign: float) -> tuple[float, float]:
    """Return the angle at which the lines fall together best, and how far it stands out from the others."""
    coarse = np.arange(-LIMIT_DEG, LIMIT_DEG + 0.01, _COARSE_DEG)
    scores = _scores(along, across, coarse)
    best = float(coarse[int(scores.argmax())])
    for step, reach in ((_FINE_DEG, _COARSE_DEG), (_FINEST_DEG, _FINE_DEG)):
        angles = np.arange(best - reach, best + reach + step / 2, step)
        best = float(angles[int(_scores(along, across, angles).argmax())])
    return sign * best, float(scores.max() / np.median(scores))


def _scores(
    along: NDArray[np.float32], across: NDArray[np.float32], angles: NDArray[np.float64]
) -> NDArray[np.float64]:
    scores = np.empty(len(angles))
    for place, angle in enumerate(np.radians(angles)):
        heights = across * np.cos(angle) - along * np.sin(angle)
        counts = np.bincount((heights - heights.min()).astype(np.int32))
        scores[place] = float((counts.astype(np.float64) ** 2).sum())
    return scores
