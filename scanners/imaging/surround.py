"""What lies around the pages: the lid of the scanner or the desk, told from the rim of the picture."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from scanners.imaging.pictures import Picture

Floats = NDArray[np.float32]
Mask = NDArray[np.uint8]
"""(H, W): 255 where something is, else 0."""

_RIM = 0.015
_LEAST_DISTANCE, _MOST_DISTANCE = 7.0, 40.0
_NOISE_FACTOR = 4.0
_OTHER_FROM = 25.0
_OTHER_SHARE = 0.02
_ROUNDS, _FEWEST = 3, 12


@dataclass(frozen=True)
class Surround:
    """One guess at what the surroundings look like."""

    distance: Floats
    """(H, W): how far each pixel is from them, in grey levels of the channel that differs most."""
    least: float
    """From this distance on, a pixel is something else."""
    brightness: float

    @property
    def marks(self) -> Mask:
        """Everything that is not the surroundings."""
        return np.where(self.distance > self.least, 255, 0).astype(np.uint8)


def guesses(small: Picture) -> Iterator[Surround]:
    """Yield what the surroundings may look like, the likeliest first: a page may cover most of the rim.

    Args:
        small: the picture at some 75 dpi.
    """
    layers = _layers(small)
    rim = _rim(small.shape[:2])
    first = _guess(layers, rim)
    yield first
    others = rim & (first.distance > max(_OTHER_FROM, first.least))
    if others.sum() >= _OTHER_SHARE * rim.sum():
        yield _guess(layers, others)


def _layers(small: Picture) -> Floats:
    soft = cv2.GaussianBlur(small, (3, 3), 0)
    return np.asarray(soft if soft.ndim == 3 else soft[:, :, None], np.float32)


def _rim(shape: tuple[int, ...]) -> NDArray[np.bool_]:
    height, width = shape
    thick = max(3, round(_RIM * min(height, width)))
    rim = np.ones((height, width), np.bool_)
    rim[thick:-thick, thick:-thick] = False
    return rim


def _guess(layers: Floats, samples: NDArray[np.bool_]) -> Surround:
    """Fit a plane of brightness to the samples, since light falls off over a desk; strays are left out."""
    height, width = layers.shape[:2]
    # Looked for in one row of numbers, which is several times as quick as in two dimensions.
    rows, columns = np.divmod(np.flatnonzero(samples), width)
    places = np.stack([np.ones_like(rows), columns / width - 0.5, rows / height - 0.5], axis=1)
    seen = layers[rows, columns]
    off = _farthest(seen - np.median(seen, axis=0))
    # Where half of the rim is paper the median may lie between both and near to neither.
    kept = off <= max(_MOST_DISTANCE, float(np.median(off)))
    plane = np.zeros((3, seen.shape[1]))
    sigma = 1.0
    for _ in range(_ROUNDS):
        # Tens of thousands of places for three unknowns: the normal equations are exact enough.
        fitted = places[kept]
        plane = np.linalg.lstsq(fitted.T @ fitted, fitted.T @ seen[kept], rcond=None)[0]
        off = _farthest(seen - places @ plane)
        sigma = float(np.median(off[kept])) * 1.48
        closer = off <= max(_LEAST_DISTANCE, _NOISE_FACTOR * sigma)
        if closer.sum() < _FEWEST:
            break
        kept = closer
    across, down = np.arange(width) / width - 0.5, np.arange(height) / height - 0.5
    distance = np.zeros((height, width), np.float32)
    for layer, (start, right, below) in zip(cv2.split(layers), plane.T, strict=True):
        # Added up in single precision: the tilt of the light is a thousandth of a grey level a pixel.
        model = (start + right * across).astype(np.float32)[None, :] + (below * down).astype(np.float32)[
            :, None
        ]
        cv2.max(distance, cv2.absdiff(layer, model), dst=distance)
    least = min(_MOST_DISTANCE, max(_LEAST_DISTANCE, _NOISE_FACTOR * sigma))
    return Surround(distance, least, float(plane[0].mean()))


def _farthest(off: NDArray[np.floating[Any]]) -> NDArray[np.float64]:
    """Return the largest distance of each row (n, layers)."""
    return np.asarray(np.maximum.reduce([np.abs(layer) for layer in off.T]), np.float64)
