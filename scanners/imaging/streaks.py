"""The streak that dust on a scanner's sensor draws: many thin pieces on one straight line along the sheet."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.floating[Any]]

MOST_PIECES = 60
"""With more spots than that a page has print, whatever a streak adds."""
_THICKEST_MM, _SLENDER = 1.0, 3.0
_STEEPEST = 0.05
"""Rise of the line: it runs as the feeder draws, and the sheet may lie 3 degrees askew."""
_BESIDE_MM = 0.7
_FEWEST, _EXTENT = 3, 0.5


def others(boxes_mm: Numbers, shape: tuple[int, ...], px_mm: float) -> list[int]:
    """Return the places of the spots that belong to no streak.

    Args:
        boxes_mm: (n, 4) left, top, width and height of each spot.
        shape: height and width of the page in px.
        px_mm: px a millimetre.
    """
    upright = _on_a_line(boxes_mm, shape[0] / px_mm)
    level = _on_a_line(boxes_mm[:, [1, 0, 3, 2]], shape[1] / px_mm)
    return [int(place) for place in np.flatnonzero(~(upright | level))]


def _on_a_line(boxes: Numbers, length: float) -> NDArray[np.bool_]:
    """Return which spots are pieces of one upright line through most of the page's length."""
    width, height = boxes[:, 2], boxes[:, 3]
    thin = np.flatnonzero((width <= _THICKEST_MM) & (height >= _SLENDER * width))
    found = np.zeros(len(boxes), np.bool_)
    if len(thin) < _FEWEST:
        return found
    x, y = boxes[thin, 0] + width[thin] / 2, boxes[thin, 1] + height[thin] / 2
    one, other = np.triu_indices(len(thin), 1)
    apart = np.abs(y[other] - y[one]) > 0.1 * length
    one, other = one[apart], other[apart]
    slopes = (x[other] - x[one]) / (y[other] - y[one])
    near = np.abs(x[one, None] + slopes[:, None] * (y - y[one, None]) - x) <= _BESIDE_MM
    count = np.where(np.abs(slopes) <= _STEEPEST, near.sum(axis=1), 0)
    if not count.size or count.max() < _FEWEST:
        return found
    pieces = thin[near[int(count.argmax())]]
    ends = boxes[pieces, 1] + height[pieces]
    found[pieces] = ends.max() - boxes[pieces, 1].min() >= _EXTENT * length
    return found
