"""Round seals that colour does not tell from print, as on a grey copy: their ring gives them away."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Grey = NDArray[np.uint8]

_EM_PX = 8.0
"""Height of a character in the picture in which rings are looked for."""
_RADII_EM = (2.6, 9.0)
_VOTES = 30
_MOST_TRIED = 8
_CLOSED, _BESIDE = 0.8, 0.55
_PROMISING = 0.45
_COARSE = tuple((0.0, 0.0, wider) for wider in (-4.0, -2.0, 0.0, 2.0, 4.0))
_FINE = tuple(
    (across, down, wider)
    for across in (-2.0, 0.0, 2.0)
    for down in (-2.0, 0.0, 2.0)
    for wider in (-1.5, 0.0, 1.5)
)
_ANGLES = np.linspace(0.0, 2 * np.pi, 180, endpoint=False)
_INNER, _OUTER, _STAR = 0.48, 1.06, 0.16
"""Where the text around a seal stands, and its star, over its radius."""


@dataclass(frozen=True, slots=True)
class Seal:
    """A ring: its middle and radius in px."""

    x: float
    y: float
    radius: float

    def is_written_around(self, x: float, y: float) -> bool:
        """Say whether a place lies where the text around the seal stands."""
        return _INNER <= float(np.hypot(x - self.x, y - self.y)) / self.radius <= _OUTER

    def is_star(self, x: float, y: float) -> bool:
        """Say whether a place lies where the star or the sign stands."""
        return float(np.hypot(x - self.x, y - self.y)) <= _STAR * self.radius


def find_seals(ink: Grey, em: int) -> list[Seal]:
    """Return the rings in the ink of a page whose characters are `em` px high."""
    scale = min(1.0, _EM_PX / em)
    size = (max(1, round(ink.shape[1] * scale)), max(1, round(ink.shape[0] * scale)))
    small = cv2.resize(ink, size, interpolation=cv2.INTER_AREA)
    low, high = (round(radius * em * scale) for radius in _RADII_EM)
    found = cv2.HoughCircles(
        small, cv2.HOUGH_GRADIENT, 2.0, 2 * low, param1=200, param2=_VOTES, minRadius=low, maxRadius=high
    )
    if found is None:
        return []
    marks = np.asarray(cv2.dilate(np.asarray(small > 90, np.uint8), np.ones((3, 3), np.uint8)), np.uint8)
    rings = [_confirmed(marks, *circle) for circle in found.reshape(-1, 3)[:_MOST_TRIED].tolist()]
    return [Seal(ring.x / scale, ring.y / scale, ring.radius / scale) for ring in rings if ring is not None]


def _confirmed(marks: Grey, x: float, y: float, radius: float) -> Seal | None:
    """Return the ring, moved to where it is darkest, if there is ink nearly all the way round."""
    place = Seal(x, y, radius)
    best = 0.0
    for steps in (_COARSE, _FINE):
        middle = place
        for across, down, wider in steps:
            ring = Seal(middle.x + across, middle.y + down, middle.radius + wider)
            share = _inked(marks, ring, 0.0)
            if share > best:
                best, place = share, ring
        if best < _PROMISING:
            return None
    beside = min(_inked(marks, place, -0.6 * _EM_PX), _inked(marks, place, 0.6 * _EM_PX))
    return place if best >= _CLOSED and beside <= _BESIDE else None


def _inked(marks: Grey, ring: Seal, wider: float) -> float:
    """Return the share of a circle that is ink; what lies outside of the page is none."""
    across = (ring.x + (ring.radius + wider) * np.cos(_ANGLES)).astype(int)
    down = (ring.y + (ring.radius + wider) * np.sin(_ANGLES)).astype(int)
    inside = (across >= 0) & (down >= 0) & (across < marks.shape[1]) & (down < marks.shape[0])
    return float(marks[down[inside], across[inside]].sum()) / len(_ANGLES)
