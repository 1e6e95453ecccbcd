"""Red ink taken off a page: seals, watermarks and signs, but not the print below them."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

Grey = NDArray[np.uint8]
Colours = NDArray[np.uint8]
Floats = NDArray[np.float32]

_LOGARITHMS = np.log(np.maximum(np.arange(256, dtype=np.float32), 6.0))
"""Darker than this, a channel holds noise more than colour."""
_NOISE, _RED = 0.1, 0.3
"""Logarithms of red over the other colours, as against the paper: up to the first it is no colour, from the
second on it is ink."""
_LEAST_SHARE = 0.0004
_PASSED_ON = (0.12, 0.45)
"""Bounds of what red ink keeps back of red light, over what it keeps back of the rest."""
_ALONE, _MOST_ALONE, _DILUTED = 0.6, 0.75, 0.4
_STEP, _SHARP_PX = 4, 1200


def without_red(page: NDArray[np.uint8]) -> tuple[Grey, bool]:
    """Return the page in grey, its red ink as pale as the paper, and whether it had any.

    Red ink is darker than paper even in red light. How much so, is measured on the page and given back where
    ink is red; print below stays, for it keeps back every colour alike.

    Args:
        page: (H, W, 3) RGB, or (H, W), which is returned as it is.
    """
    if page.ndim == 2:
        return page, False
    red = np.ascontiguousarray(page[:, :, 0])
    base = np.maximum(cv2.cvtColor(page, cv2.COLOR_RGB2GRAY), red)
    sample = page[::_STEP, ::_STEP]
    usual = _usual_of(sample)
    if float((_redness(sample, usual) > _RED).mean()) < _LEAST_SHARE:
        return np.asarray(base, np.uint8), False
    return _lifted(np.asarray(base, np.uint8), page, usual), True


def _lifted(base: Grey, page: Colours, usual: float) -> Grey:
    redness, paper = _redness(page, usual), _paper(base)
    darkness = _LOGARITHMS[paper] - _LOGARITHMS[base]
    # Colour is stored at half the sharpness: the rim of a stroke is less red than it was, or all of it.
    side = 5 if max(base.shape) > _SHARP_PX else 3
    wide = cv2.dilate(redness, np.ones((side, side), np.uint8))
    wider = cv2.dilate(wide, np.ones((3, 3), np.uint8))
    share, alone, full = _ink_of(page, wide, darkness, paper)
    lifted = np.minimum(base * cv2.exp(share * wide), paper)
    # Beside red, what red ink can have done by itself is red ink.
    by_red = (wider > _NOISE) & (darkness < alone * np.minimum(wider / (_DILUTED * full), 1.0))
    return np.asarray(np.maximum(np.where(by_red, paper, lifted), base), np.uint8)


def _ink_of(page: Colours, redness: Floats, darkness: Floats, paper: Grey) -> tuple[float, float, float]:
    """Return what the ink of a page keeps back of red light, how dark it may look, and how red it is."""
    every = (slice(None, None, _STEP),) * 2
    is_ink = redness[every] > _RED
    red = redness[every][is_ink]
    full = float(np.percentile(red, 90))
    share = float(np.clip(np.percentile(darkness[every][is_ink] / red, 60), *_PASSED_ON))
    deep = is_ink & (redness[every] >= 0.8 * full)
    looks = cv2.cvtColor(np.ascontiguousarray(page[every]), cv2.COLOR_RGB2GRAY)[deep]
    alone = _ALONE * float(np.median(_LOGARITHMS[paper[every][deep]] - _LOGARITHMS[looks]))
    return share, min(alone, _MOST_ALONE), full


def _usual_of(sample: Colours) -> float:
    """Return the redness of the paper itself, which is seldom white."""
    light = sample.max(axis=2)
    return float(np.median(_raw(sample)[light >= np.median(light)]))


def _redness(page: Colours, usual: float) -> Floats:
    return np.asarray(np.maximum(_raw(page) - (usual + _NOISE), 0.0), np.float32)


def _raw(page: Colours) -> Floats:
    other = np.maximum(page[:, :, 1], page[:, :, 2])
    return np.asarray(_LOGARITHMS[page[:, :, 0]] - _LOGARITHMS[other], np.float32)


def _paper(base: Grey) -> Grey:
    """Return the brightness of the paper around each pixel."""
    height, width = base.shape
    small = cv2.resize(base, (max(1, width // 8), max(1, height // 8)), interpolation=cv2.INTER_AREA)
    near = cv2.morphologyEx(small, cv2.MORPH_CLOSE, np.ones((9, 9), np.uint8))
    return np.asarray(cv2.resize(near, (width, height), interpolation=cv2.INTER_LINEAR), np.uint8)
