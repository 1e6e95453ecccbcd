"""Which way up a page lies: many glyphs are asked one by one, and they vote.

A small network (two hidden layers, trained by `packaging/train_orientation.py`) says of a square patch around
a glyph how much it looks upright. Each patch is shown to it in all four quarter turns, so no direction is
favoured; the logarithms of the four shares are added up over the page. No character is recognised.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

Grey = NDArray[np.uint8]
Patches = NDArray[np.float32]
"""Shape (n, SIDE, SIDE): 0 paper, 1 ink."""
Layers = tuple[NDArray[np.float32], ...]
"""Weights and biases by turns: (in, out), (out,), ..."""

WEIGHTS = Path(__file__).with_name("orientation.npz")
SIDE = 28
"""Px of a patch as the network sees it."""

_WORK_DPI, _SMALL_DPI = 150, 200
_SMALL_PX = 1000
"""A page whose longer side has no more px at `_WORK_DPI` (17 cm) is a card or slip: its print is finer."""
_LONGEST_PX = 2000
_CONTEXT = 1.7
"""Side of a patch over that of the glyph: the rims of the neighbours tell where the line runs."""
_SMALLEST_PX, _LARGEST_PX, _LONGEST_SHAPE = 9, 60, 3.2
_NEIGHBOURHOOD_PX, _DARKER_BY = 31, 14
_LEAST_CONTRAST = 40
_RED = 80
"""By how much red outshines green and blue where it is ink."""
_MOST_GLYPHS = 160
_DOUBT = 0.1
"""Share of a vote that is always spread evenly: one glyph alone can never decide."""
_LEAST_LEAD, _LEAST_AGREEMENT = 9.0, 0.4
"""By how much the best turn must lead the next, and which share that is of the lead all glyphs could give
together if they agreed: specks vote for nothing and so do not count against a page."""


@dataclass(frozen=True, slots=True)
class Turn:
    """How a page has to be turned to be read."""

    quarters: int
    """Quarter turns clockwise, 0 to 3; 0 when not certain."""
    certain: bool
    """False: blank, too little print, or the glyphs disagree. Leave the page as it lies."""


def turn_of(page: Grey, dpi: int) -> Turn:
    """Return the turn that makes `page` readable.

    Args:
        page: (H, W) grey or (H, W, 3) RGB, one page, skewed by a few degrees at most; best with 150 dpi or
            more, below 120 small print is too coarse.
        dpi: resolution of `page`.
    """
    votes = votes_of(glyph_patches(page, dpi))
    totals = votes.sum(axis=0)
    order = np.argsort(totals)
    lead = float(totals[order[-1]] - totals[order[-2]])
    ranked = np.sort(votes, axis=1)
    united = float((ranked[:, -1] - ranked[:, -2]).sum())
    certain = lead >= _LEAST_LEAD and lead >= _LEAST_AGREEMENT * united
    return Turn(int(order[-1]) if certain else 0, certain)


def votes_of(patches: Patches, layers: Layers | None = None) -> NDArray[np.float32]:
    """Return (n, 4): the logarithm of each patch's share for 0 to 3 quarter turns clockwise."""
    scores = scores_of(patches, layers if layers is not None else _layers())
    scores -= scores.max(axis=1, keepdims=True)
    shares = np.exp(scores)
    shares /= shares.sum(axis=1, keepdims=True)
    return np.asarray(np.log((1 - _DOUBT) * shares + _DOUBT / 4), dtype=np.float32)


def scores_of(patches: Patches, layers: Layers) -> NDArray[np.float32]:
    """Return (n, 4): how upright each patch looks after 0 to 3 quarter turns clockwise."""
    turned = np.stack([np.rot90(patches, -quarters, axes=(1, 2)) for quarters in range(4)], axis=1)
    values = turned.reshape(-1, SIDE * SIDE)
    for index in range(0, len(layers), 2):
        values = values @ layers[index] + layers[index + 1]
        if index < len(layers) - 2:
            values = np.maximum(values, 0)
    return np.asarray(values.reshape(-1, 4), dtype=np.float32)


@cache
def _layers() -> Layers:
    with np.load(WEIGHTS, allow_pickle=False) as stored:
        return tuple(stored[name].astype(np.float32) for name in sorted(stored.files))


def glyph_patches(page: Grey, dpi: int) -> Patches:
    """Cut the surroundings of up to 160 glyphs out of `page`, spread evenly over it."""
    grey = _without_red(_reduced(page, dpi))
    boxes = _glyph_boxes(grey)
    if len(boxes) > _MOST_GLYPHS:
        boxes = boxes[np.linspace(0, len(boxes) - 1, _MOST_GLYPHS).astype(int)]
    margin = _LARGEST_PX
    framed = np.asarray(
        cv2.copyMakeBorder(grey, margin, margin, margin, margin, cv2.BORDER_REPLICATE), np.uint8
    )
    raw = [_around(framed, box + (margin, margin, 0, 0)) for box in boxes]
    return _inked(np.stack(raw)) if raw else np.zeros((0, SIDE, SIDE), np.float32)


def _without_red(page: Grey) -> Grey:
    """Return grey in which red ink (seals, red heads) is as bright as paper: a seal may lie at any angle."""
    if page.ndim == 2:
        return page
    red = page[..., 0]
    redness = cv2.subtract(red, np.maximum(page[..., 1], page[..., 2]))
    plain = np.maximum(cv2.cvtColor(page, cv2.COLOR_RGB2GRAY), red)
    return np.asarray(cv2.max(plain, cv2.threshold(redness, _RED, 255, cv2.THRESH_BINARY)[1]), np.uint8)


def _reduced(page: Grey, dpi: int) -> Grey:
    longest = max(page.shape[:2])
    wanted = _SMALL_DPI if longest * _WORK_DPI <= _SMALL_PX * dpi else _WORK_DPI
    factor = min(1.0, wanted / dpi, _LONGEST_PX / longest)
    if factor > 0.95:
        return page
    return np.asarray(cv2.resize(page, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA), np.uint8)


def _glyph_boxes(grey: Grey) -> NDArray[np.intp]:
    """Return (n, 4): x, y, width, height of what may be glyphs, from top to bottom."""
    ink = cv2.adaptiveThreshold(
        grey, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, _NEIGHBOURHOOD_PX, _DARKER_BY
    )
    joined = cv2.dilate(ink, np.ones((3, 3), np.uint8))
    _, _, found, _ = cv2.connectedComponentsWithStatsWithAlgorithm(joined, 8, cv2.CV_32S, cv2.CCL_GRANA)
    width, height, area = found[1:, 2], found[1:, 3], found[1:, 4]
    long, short = np.maximum(width, height), np.minimum(width, height)
    likely = (long >= _SMALLEST_PX) & (long <= _LARGEST_PX) & (long <= _LONGEST_SHAPE * short)
    solid = area / np.maximum(width * height, 1)
    return np.asarray(found[1:, :4][likely & (solid > 0.2) & (solid < 0.97)], np.intp)


def _around(framed: Grey, box: NDArray[np.intp]) -> Grey:
    x, y, width, height = (int(value) for value in box)
    side = max(12, round(max(width, height) * _CONTEXT))
    left, top = x + (width - side) // 2, y + (height - side) // 2
    part = framed[max(0, top) : top + side, max(0, left) : left + side]
    return np.asarray(cv2.resize(part, (SIDE, SIDE), interpolation=cv2.INTER_AREA), np.uint8)


def _inked(raw: NDArray[np.uint8]) -> Patches:
    """Stretch each patch from its own paper to its own ink; those without contrast are dropped."""
    values = raw.reshape(len(raw), -1)
    rank = values.shape[1] * 9 // 10
    paper = np.partition(values, rank, axis=1)[:, rank : rank + 1].astype(np.float32)
    depth = paper - values.min(axis=1, keepdims=True)
    clear = depth[:, 0] >= _LEAST_CONTRAST
    ink = np.clip((paper[clear] - values[clear]) / depth[clear], 0, 1)
    return np.asarray(ink.reshape(-1, SIDE, SIDE), np.float32)
