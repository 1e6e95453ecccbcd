"""By how much lines of text (or of a table) are tilted, when no edge of the paper tells it."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from scanners.imaging.pictures import Picture, grey_of

LIMIT_DEG = 15.0
"""Whoever lays a sheet down more askew than this did not mean it to be straight."""
_DARKER_BY = 18
_MOST_POINTS = 12_000
_COARSE_DEG, _FINE_DEG, _FINEST_DEG = 0.5, 0.1, 0.02
_USUAL_DEG, _LEAST_PEAK, _LEAST_UNUSUAL = 5.0, 1.25, 1.5
_LEAST_POINTS, _LEAST_ROWS = 1500, 6
"""Less ink than some forty glyphs, or on fewer rows, is a note or a stroke: no line to go by."""


@dataclass(frozen=True)
class _Peak:
    """The angle at which lines fall together best."""

    angle_deg: float
    height: float
    """Over the usual angle's."""
    rows: int
    """Rows that hold half of what speaks for it."""


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
    best = max(across, down, key=lambda peak: peak.height)
    least = _LEAST_PEAK if abs(best.angle_deg) <= _USUAL_DEG else _LEAST_UNUSUAL
    return best.angle_deg if best.height >= least and best.rows >= _LEAST_ROWS else None


def _ink(grey: Picture) -> NDArray[np.float32]:
    """Return x, y of the pixels darker than their neighbourhood, of large dark areas only the rim."""
    paper = cv2.blur(grey, (25, 25))
    dark = np.asarray(paper, np.int16) - grey > _DARKER_BY
    rows, columns = np.divmod(np.flatnonzero(dark), dark.shape[1])
    step = max(1, len(rows) // _MOST_POINTS)
    points = np.stack([columns[::step], rows[::step]], axis=1).astype(np.float32)
    return points - points.mean(axis=0) if len(points) else points


def _peak(along: NDArray[np.float32], across: NDArray[np.float32], sign: float) -> _Peak:
    """Return the angle at which the lines fall together best."""
    coarse = np.arange(-LIMIT_DEG, LIMIT_DEG + 0.01, _COARSE_DEG)
    scores = _scores(along, across, coarse)
    best = float(coarse[int(scores.argmax())])
    for step, reach in ((_FINE_DEG, _COARSE_DEG), (_FINEST_DEG, _FINE_DEG)):
        angles = np.arange(best - reach, best + reach + step / 2, step)
        best = float(angles[int(_scores(along, across, angles).argmax())])
    rows = np.sort(_rows(along, across, np.radians(best)) ** 2)[::-1].cumsum()
    return _Peak(sign * best, float(scores.max() / np.median(scores)), int((rows < rows[-1] / 2).sum()) + 1)


def _scores(
    along: NDArray[np.float32], across: NDArray[np.float32], angles: NDArray[np.float64]
) -> NDArray[np.float64]:
    scores = np.empty(len(angles))
    for place, angle in enumerate(np.radians(angles)):
        scores[place] = float((_rows(along, across, angle) ** 2).sum())
    return scores


def _rows(along: NDArray[np.float32], across: NDArray[np.float32], angle: float) -> NDArray[np.float64]:
    """Return how much ink each row has when rows run at this angle."""
    heights = across * np.float32(np.cos(angle)) - along * np.float32(np.sin(angle))
    return np.bincount((heights - heights.min()).astype(np.int32)).astype(np.float64)
