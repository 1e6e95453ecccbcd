"""Where a sheet ends on a lid of nearly its own shade: a faint step right across the picture.

To find an outline takes some grey levels of difference; the eye needs fewer, since it follows the line.
So the step is looked for along whole lines: on nearly all of their length it must go the same way, paper and
lid must differ a few millimetres away from it too (a fold's shadow does not last), and nothing is printed
beyond it.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from scanners.imaging.pictures import Picture, reduced

Floats = NDArray[np.float32]
Rows = NDArray[np.intp]

MM_PER_INCH = 25.4
_WORK_DPI = 50
_COLUMNS = 24
_PAPER = 0.75
"""Of the pixels of one place so many are darker at most: paper, in spite of print."""
_STEEPEST = 0.05
"""Largest slope of a sheet that a feeder drew in askew: some 3 degrees."""
_NARROWEST = 0.05
_NEAR_MM, _FAR_MM = 1.0, 3.5
_SHADOW_MM, _BEYOND_MM = 3.5, 10.0
"""A sheet's shadow ends before the first; up to the second paper and lid are compared."""
_LEAST_STEP, _LEAST_TINT = 1.5, 1.5
"""Grey levels that an average of some hundred pixels tells from noise and from a JPEG's rounding."""
_ALONG = 0.85
"""Share of a line on which the step is seen: dirt hides the rest."""
_TRIED = 4
_PRINT, _MOST_PRINT = 0.12, 0.003


def free_strips(raw: Picture, dpi: int) -> tuple[float, float, float, float]:
    """Return how deep (share of the picture) the lid shows at the top, bottom, left and right, else 0.

    Args:
        raw: the whole picture, RGB or grey.
        dpi: of `raw`.
    """
    step = max(1, round(dpi / _WORK_DPI))
    small = reduced(raw, step)
    if min(small.shape[:2]) < 2 * _COLUMNS:
        return 0.0, 0.0, 0.0, 0.0
    layers, mm = small.reshape(*small.shape[:2], -1), dpi / step / MM_PER_INCH
    darkest = layers[..., 0]
    for layer in range(1, layers.shape[2]):
        darkest = np.minimum(darkest, layers[..., layer])
    across, deep = layers.swapaxes(0, 1), darkest.T
    return (
        _strip(layers, darkest, mm),
        _strip(layers[::-1], darkest[::-1], mm),
        _strip(across, deep, mm),
        _strip(across[::-1], deep[::-1], mm),
    )


def _strip(layers: Picture, darkest: Picture, mm: float) -> float:
    """Return the share of the rows from the top on that are lid."""
    least, empty = _NARROWEST * len(layers), _empty_rows(darkest[:, 2:-2])
    if empty < least:
        return 0.0
    leaning = round(_STEEPEST * layers.shape[1] / 2)
    blocks = _blocks(layers[: empty + leaning + round(_BEYOND_MM * mm)])
    strength, falls = _lines(blocks, leaning, mm)
    strength[: int(least)], strength[empty + leaning :] = 0, 0
    for _ in range(_TRIED):
        row = int(strength.argmax())
        if not strength[row]:
            return 0.0
        if _tint(blocks, row, _leaning(int(falls[row])), mm) >= _LEAST_TINT:
            return row / len(layers)
        strength[max(0, row - round(_NEAR_MM * mm)) : row + round(_NEAR_MM * mm) + 1] = 0
    return 0.0


def _empty_rows(darkest: Picture) -> int:
    """Return how many rows from the top on carry no print."""
    ground = np.median(darkest[:, ::4], axis=1, keepdims=True)
    printed = (darkest < (1 - _PRINT) * ground).mean(axis=1) > _MOST_PRINT
    rows = np.flatnonzero(printed)
    return int(rows[0]) if rows.size else len(printed)


def _blocks(layers: Picture) -> Floats:
    """Return the paper's grey in columns: (rows, columns, layers)."""
    wide = layers.shape[1] // _COLUMNS
    whole = layers[:, : wide * _COLUMNS].reshape(len(layers), _COLUMNS, wide, -1)
    brightest = np.partition(whole, int(_PAPER * wide), axis=2)
    return np.asarray(brightest[:, :, int(_PAPER * wide)], np.float32)


def _leaning(fall: int) -> Rows:
    """Return by how many rows each column of a line lies below its middle."""
    return np.round(np.linspace(-fall / 2, fall / 2, _COLUMNS)).astype(np.intp)


def _lines(blocks: Floats, leaning: int, mm: float) -> tuple[Floats, Rows]:
    """Return for each row the strongest step along a line through its middle, and the rows it falls."""
    steps = _steps(blocks, mm)
    strength, falls = np.zeros(len(steps), np.float32), np.zeros(len(steps), np.intp)
    if not _may_cross(steps, leaning):
        return strength, falls
    for fall in range(-2 * leaning, 2 * leaning + 1, 2):
        rows = np.clip(np.arange(len(steps))[:, None] + _leaning(fall), 0, len(steps) - 1)
        along = steps[rows, np.arange(_COLUMNS)]
        told = np.maximum((along >= _LEAST_STEP).mean(axis=1), (along <= -_LEAST_STEP).mean(axis=1))
        found = np.where(told >= _ALONG, np.abs(along.mean(axis=1)), 0).max(axis=1)
        falls[found > strength] = fall
        strength = np.maximum(strength, found)
    return strength, falls


def _may_cross(steps: Floats, leaning: int) -> bool:
    """Say quickly whether some step lies near enough to one row in enough columns."""
    seen = np.asarray((np.abs(steps) >= _LEAST_STEP).any(axis=2), np.uint8)
    near = cv2.dilate(seen, np.ones((2 * leaning + 1, 1), np.uint8))
    return bool((near.mean(axis=1) >= _ALONG).any())


def _steps(blocks: Floats, mm: float) -> Floats:
    """Return by how much the grey below each row differs from that above it; 0 near the ends."""
    near, far = round(_NEAR_MM * mm), round(_FAR_MM * mm)
    total = np.concatenate([np.zeros_like(blocks[:1]), blocks]).cumsum(axis=0)
    rows = np.arange(far, len(blocks) - far)
    below, above = total[rows + far] - total[rows + near], total[rows - near] - total[rows - far]
    steps = np.zeros_like(blocks)
    steps[rows] = (below - above) / (far - near)
    return steps


def _tint(blocks: Floats, row: int, shift: Rows, mm: float) -> float:
    """Return how much paper and lid differ away from the line, in the layer that differs most."""
    near, far = round(_SHADOW_MM * mm), round(_BEYOND_MM * mm)
    sides = []
    for away in (np.arange(-far, -near), np.arange(near, far)):
        rows = np.clip(row + shift[None, :] + away[:, None], 0, len(blocks) - 1)
        sides.append(np.percentile(blocks[rows, np.arange(_COLUMNS)], 100 * _PAPER, axis=0))
    return float(np.abs(np.median(sides[1] - sides[0], axis=0)).max())
