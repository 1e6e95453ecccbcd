"""Red ink taken off a page: seals, watermarks and signs, but not the print below them."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

Grey = NDArray[np.uint8]
Colours = NDArray[np.uint8]

_LOGARITHMS = np.log(np.maximum(np.arange(256, dtype=np.float32), 6.0))
"""Darker than this, a channel holds noise more than colour."""
_NOISE, _RED = 0.1, 0.3
"""Logarithms of red over the other colours, as against the paper: up to the first it is no colour, from the
second on it is ink."""
_LEAST_SHARE = 0.0004
_PASSED_ON = (0.12, 0.45)
"""Bounds of what red ink keeps back of red light, over what it keeps back of the rest."""
_STEP = 4


def without_red(page: NDArray[np.uint8]) -> Grey:
    """Return the page in grey, its red ink as pale as the paper.

    Red ink is darker than paper even in red light. How much so, is measured on the page and given back where
    ink is red; print below stays, for it keeps back every colour alike.

    Args:
        page: (H, W, 3) RGB, or (H, W), which is returned as it is.
    """
    if page.ndim == 2:
        return page
    red = np.ascontiguousarray(page[:, :, 0])
    base = np.maximum(cv2.cvtColor(page, cv2.COLOR_RGB2GRAY), red)
    sample = page[::_STEP, ::_STEP]
    usual = _usual_of(sample)
    if float((_redness(sample, usual) > _RED).mean()) < _LEAST_SHARE:
        return np.asarray(base, np.uint8)
    return _lifted(np.asarray(base, np.uint8), page, usual)


def _lifted(base: Grey, page: Colours, usual: float) -> Grey:
    # Colour is stored at half the sharpness: the rim of a stroke is less red than it was.
    redness = cv2.dilate(_redness(page, usual), np.ones((3, 3), np.uint8))
    paper = _paper(base)
    sampled = redness[::_STEP, ::_STEP]
    is_ink = sampled > _RED
    kept_back = _LOGARITHMS[paper[::_STEP, ::_STEP]] - _LOGARITHMS[base[::_STEP, ::_STEP]]
    share = float(np.clip(np.percentile(kept_back[is_ink] / sampled[is_ink], 60), *_PASSED_ON))
    lifted = base * cv2.exp(share * redness)
    return np.asarray(np.minimum(lifted, np.maximum(paper, base)), np.uint8)


def _usual_of(sample: Colours) -> float:
    """Return the redness of the paper itself, which is seldom white."""
    light = sample.max(axis=2)
    return float(np.median(_raw(sample)[light >= np.median(light)]))


def _redness(page: Colours, usual: float) -> NDArray[np.float32]:
    return np.asarray(np.maximum(_raw(page) - (usual + _NOISE), 0.0), np.float32)


def _raw(page: Colours) -> NDArray[np.float32]:
    other = np.maximum(page[:, :, 1], page[:, :, 2])
    return np.asarray(_LOGARITHMS[page[:, :, 0]] - _LOGARITHMS[other], np.float32)


def _paper(base: Grey) -> Grey:
    """Return the brightness of the paper around each pixel."""
    height, width = base.shape
    small = cv2.resize(base, (max(1, width // 8), max(1, height // 8)), interpolation=cv2.INTER_AREA)
    near = cv2.morphologyEx(small, cv2.MORPH_CLOSE, np.ones((9, 9), np.uint8))
    return np.asarray(cv2.resize(near, (width, height), interpolation=cv2.INTER_LINEAR), np.uint8)
