"""Red ink taken off a picture: seals, watermarks and signs, but not the print below them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from scanners.imaging.pictures import reduced

Grey = NDArray[np.uint8]
Colours = NDArray[np.uint8]
Floats = NDArray[np.float32]

_LOGARITHMS = np.log(np.maximum(np.arange(256, dtype=np.float32), 6.0))
"""Darker than this, a channel holds noise more than colour."""
_NOISE, _RED = 0.1, 0.3
"""Logarithms of red over the other colours, as against the paper: up to the first it is no colour, from the
second on it is ink."""
_LEAST_SHARE = 0.0002
_CLEARLY_RED, _MOST_PASSED_ON = 0.7, 0.5
"""Brown is darker in red light than any red, and what is less red than this is taken out by its red alone."""
_ALONE, _MOST_ALONE, _DILUTED = 0.6, 0.75, 0.5
_LIGHT, _DEEP = 0.6, 0.6
_STEP, _PAPER_STEP, _TILE, _RIM = 4, 8, 192, 8
_PAPER_SIDE = 9
_SHARP_PX = 1200


@dataclass(frozen=True, slots=True)
class _Ink:
    """The red ink of a picture and the paper under it; lengths are logarithms."""

    usual: float
    """How red the paper is, which is seldom white."""
    full: float
    """How red the ink is."""
    share: float
    """What it keeps back of red light, over what it keeps back of the rest."""
    alone: float
    """How dark it may look by itself."""
    side: int
    """Px over which its colour is blurred: that is stored less sharp than the brightness."""


def without_red(picture: NDArray[np.uint8]) -> tuple[Grey, bool]:
    """Return the picture in grey, its red ink as pale as the paper, and whether it had any.

    Red ink is darker than paper even in red light. How much so is measured and given back where ink is red;
    print below stays, for it keeps back every colour alike.

    Args:
        picture: (H, W, 3) RGB, or (H, W), which is returned as it is.
    """
    if picture.ndim == 2:
        return picture, False
    base = np.asarray(
        cv2.max(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), cv2.extractChannel(picture, 0)), np.uint8
    )
    small = reduced(picture, _STEP)
    usual = _usual_of(small)
    redness = _raw(small) - usual
    if float((redness > _RED).mean()) < _LEAST_SHARE:
        return base, False
    paper = _paper(base)
    ink = _ink_of(picture, base, paper, usual)
    if ink is None:
        return base, False
    for tile in _tiles(redness, picture.shape[1], picture.shape[0]):
        _lift(picture, base, paper, ink, tile)
    return base, True


def _tiles(redness: Floats, width: int, height: int) -> Iterator[tuple[int, int, int, int]]:
    """Yield left, top, right and bottom of the parts of the picture in which there is anything red."""
    red = np.asarray(redness > _NOISE, np.uint8)
    share = _TILE // _STEP
    for top in range(0, height, _TILE):
        for left in range(0, width, _TILE):
            part = red[top // _STEP : top // _STEP + share, left // _STEP : left // _STEP + share]
            if part.size and int(part.sum()) > 3:
                yield left, top, min(width, left + _TILE), min(height, top + _TILE)


def _lift(picture: Colours, base: Grey, papers: Grey, ink: _Ink, tile: tuple[int, int, int, int]) -> None:
    """Take the red ink off one part of `base`."""
    left, top, right, bottom = tile
    x, y = max(0, left - _RIM), max(0, top - _RIM)
    around = picture[y : bottom + _RIM, x : right + _RIM]
    redness = np.maximum(_raw(around) - (ink.usual + _NOISE), 0.0)
    wide = cv2.dilate(redness, np.ones((ink.side, ink.side), np.uint8))
    wider = cv2.dilate(wide, np.ones((3, 3), np.uint8))
    own = (slice(top - y, bottom - y), slice(left - x, right - x))
    wide, wider = wide[own], wider[own]
    part = base[top:bottom, left:right]
    paper = _paper_of(papers, tile)
    lifted = np.minimum(part * cv2.exp(ink.share * wide), paper)
    # A thin stroke has lost most of its colour. Beside red, what red ink can have done by itself is red ink.
    darkness = cv2.subtract(cv2.LUT(paper, _LOGARITHMS), cv2.LUT(part, _LOGARITHMS))
    by_red = (wider > _DILUTED * ink.full) & (darkness < ink.alone)
    part[:] = np.maximum(np.where(by_red, paper, lifted), part)


def _ink_of(picture: Colours, base: Grey, papers: Grey, usual: float) -> _Ink | None:
    """Measure the red ink on every few px of the picture; None when there is none but brown or pale ink."""
    sample, levels = picture[::_STEP, ::_STEP], base[::_STEP, ::_STEP]
    paper = cv2.resize(papers, (sample.shape[1], sample.shape[0]), interpolation=cv2.INTER_LINEAR)
    # What is dark all around is a desk, which may be red as well; what is as dark in red light is brown.
    on_paper = paper >= _LIGHT * float(np.percentile(paper, 98))
    redness = _raw(sample) - (usual + _NOISE)
    darkness = _LOGARITHMS[paper] - _LOGARITHMS[levels]
    is_ink = on_paper & (redness > _RED) & (darkness < _MOST_PASSED_ON * redness)
    if float(is_ink.mean()) < _LEAST_SHARE:
        return None
    full = float(np.percentile(redness[is_ink], 95))
    if full < _CLEARLY_RED:
        return None
    deep = is_ink & (redness >= _DEEP * full)
    paper_there = _LOGARITHMS[paper[deep]]
    share = float(np.median(darkness[deep] / redness[deep]))
    looks = sample[deep].astype(np.float32) @ np.array([0.299, 0.587, 0.114], np.float32)
    alone = _ALONE * float(np.median(paper_there - np.log(np.maximum(looks, 6.0))))
    side = 5 if max(base.shape) > _SHARP_PX else 3
    return _Ink(usual, full, max(0.0, share), min(alone, _MOST_ALONE), side)


def _usual_of(small: Colours) -> float:
    light = cv2.max(cv2.max(*cv2.split(small)[:2]), cv2.extractChannel(small, 2))
    return float(np.median(_raw(small)[light >= _LIGHT * float(np.percentile(light, 98))]))


def _raw(colours: Colours) -> Floats:
    other = cv2.max(cv2.extractChannel(colours, 1), cv2.extractChannel(colours, 2))
    red = cv2.extractChannel(colours, 0)
    return np.asarray(cv2.subtract(cv2.LUT(red, _LOGARITHMS), cv2.LUT(other, _LOGARITHMS)), np.float32)


def _paper(base: Grey) -> Grey:
    """Return the brightness of the paper, print taken out, for every eighth px."""
    # Averaging whole blocks is ten times faster than shares of px.
    right, below = -base.shape[1] % _PAPER_STEP, -base.shape[0] % _PAPER_STEP
    even = cv2.copyMakeBorder(base, 0, below, 0, right, cv2.BORDER_REPLICATE)
    small = reduced(np.asarray(even, np.uint8), _PAPER_STEP)
    kernel = np.ones((_PAPER_SIDE, _PAPER_SIDE), np.uint8)
    return np.asarray(cv2.morphologyEx(small, cv2.MORPH_CLOSE, kernel), np.uint8)


def _paper_of(papers: Grey, tile: tuple[int, int, int, int]) -> Grey:
    left, top, right, bottom = tile
    part = papers[
        top // _PAPER_STEP : -(-bottom // _PAPER_STEP), left // _PAPER_STEP : -(-right // _PAPER_STEP)
    ]
    return np.asarray(
        cv2.resize(part, (right - left, bottom - top), interpolation=cv2.INTER_LINEAR), np.uint8
    )
