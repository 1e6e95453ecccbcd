"""How sharp the print of a page is: the spread of its edges in millimetres on the paper.

Only windows with print are looked at, each for itself: the steepest slope against the window's whole range
of grey gives the edge's width, whatever the contrast. A hand that shook leaves one direction sharp, so the
softer of two directions counts.
"""

from __future__ import annotations

import math

import cv2
import numpy as np
from numpy.typing import NDArray

MM_PER_INCH = 25.4
DPI = 150
"""Resolution at which slopes are taken; more would measure the grain, not the print."""
_TILE_MM = 8.5
_TILE_PX = 50
"""Side of a tile at that resolution: six windows and a px of rim on each side."""
_ROWS, _COLUMNS, _A_FIELD = 4, 3, 4
"""The page is looked at in this many fields, in each of them this many tiles."""
_WINDOW_PX = 8
_CHANGE = 0.2
_LINE_MM, _THICK_MM = 9.0, 2.2
"""From which length on something is a line, and up to which thickness; a row of smeared glyphs is thicker."""
_FEWEST = 3
"""Windows of a tile that must tell something before the tile does."""
_SHARPER = 35
"""Percent of the tiles that may be sharper: a stamp's ring looks soft where it runs askew."""
_DOUBT = 0.4
"""Share by which one tile alone may look softer than the print is; it falls with the root of their number."""
_STEEPEST = 80
_STEP_OF_GAUSS = 0.3989
"""Steepest slope of a step that a Gaussian of deviation 1 has spread."""


def edge_mm(
    raw: NDArray[np.uint8],
    corners: NDArray[np.float32],
    ink: NDArray[np.float32],
    dpi: int,
    least_range: float,
) -> float:
    """Return how far in mm the print's edges surely spread (a standard deviation), 0 without print.

    Args:
        raw: the whole picture.
        corners: of the page on it.
        ink: (H, W) share of missing light on the upright page, any resolution.
        dpi: of `raw`.
        least_range: grey levels by which a window's print must differ from its ground.
    """
    tiles = _tiles(raw, corners, ink, dpi)
    if not tiles:
        return 0.0
    spreads = _spreads(np.stack(tiles), least_range)
    if not spreads.size:
        return 0.0
    surely = float(np.percentile(spreads, _SHARPER)) * (1 - _DOUBT / math.sqrt(spreads.size))
    return surely * MM_PER_INCH / min(dpi, DPI)


def _tiles(
    raw: NDArray[np.uint8], corners: NDArray[np.float32], ink: NDArray[np.float32], dpi: int
) -> list[NDArray[np.float32]]:
    height, width = ink.shape
    square = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    plane = cv2.getPerspectiveTransform(square, corners.astype(np.float32))
    places = _inked_places(ink, np.linalg.norm(corners[1] - corners[0]) / width, dpi)
    if not places:
        return []
    on_raw = cv2.perspectiveTransform(np.array([places], np.float32), plane)[0]
    side = max(_TILE_PX, round(_TILE_MM * dpi / MM_PER_INCH))
    cut = (_cut(raw, x, y, side, dpi) for x, y in on_raw)
    return [tile for tile in cut if tile is not None]


def _inked_places(ink: NDArray[np.float32], raw_px: float, dpi: int) -> list[tuple[float, float]]:
    """Return middles (px of `ink`) of the tiles with the most print, spread over the page."""
    side = _TILE_MM * dpi / MM_PER_INCH / max(raw_px, 1e-6)
    rows, columns = (max(1, round(length / side)) for length in ink.shape)
    glyphs = _without_lines(ink, dpi / max(raw_px, 1e-6) / MM_PER_INCH)
    rough = np.abs(np.diff(glyphs, axis=0, append=0)) + np.abs(np.diff(glyphs, axis=1, append=0))
    amount = cv2.resize(rough, (columns, rows), interpolation=cv2.INTER_AREA)
    if rows > 2 and columns > 2:
        amount[[0, -1]], amount[:, [0, -1]] = 0, 0
    enough = max(0.02, 0.25 * float(amount.max()))
    places = []
    for field_rows in np.array_split(np.arange(rows), _ROWS):
        for field_columns in np.array_split(np.arange(columns), _COLUMNS):
            field = [(amount[r, c], r, c) for r in field_rows for c in field_columns if amount[r, c] > enough]
            for _, row, column in sorted(field, reverse=True)[:_A_FIELD]:
                places.append(((column + 0.5) * ink.shape[1] / columns, (row + 0.5) * ink.shape[0] / rows))
    return places


def _without_lines(ink: NDArray[np.float32], px_mm: float) -> NDArray[np.float32]:
    """Return the ink without rulings, frames and bars: one a little askew looks soft along itself."""
    inked = (ink > 0.1).astype(np.uint8)
    long, thick, near = (max(1, round(length * px_mm)) for length in (_LINE_MM, _THICK_MM, 1.2))
    glyphs = ink.copy()
    for shape in ((1, long), (long, 1)):
        lines = cv2.morphologyEx(inked, cv2.MORPH_OPEN, np.ones(shape, np.uint8))
        across = (thick, 1) if shape[0] == 1 else (1, thick)
        solid = cv2.morphologyEx(lines, cv2.MORPH_OPEN, np.ones(across, np.uint8))
        only_lines = cv2.dilate(cv2.subtract(lines, solid), np.ones((near, near), np.uint8))
        glyphs[only_lines > 0] = 0
    return glyphs


def _cut(raw: NDArray[np.uint8], x: float, y: float, side: int, dpi: int) -> NDArray[np.float32] | None:
    left, top = max(0, int(x) - side // 2), max(0, int(y) - side // 2)
    patch = raw[top : top + side, left : left + side]
    if patch.shape[0] < side or patch.shape[1] < side:
        return None
    grey = patch if patch.ndim == 2 else cv2.cvtColor(patch, cv2.COLOR_RGB2GRAY)
    if dpi > DPI:
        grey = cv2.resize(grey, (_TILE_PX, _TILE_PX), interpolation=cv2.INTER_AREA)
    return np.asarray(grey[:_TILE_PX, :_TILE_PX], np.float32)


def _spreads(tiles: NDArray[np.float32], least_range: float) -> NDArray[np.float32]:
    """Return the edges' standard deviation in px of each tile with print, by its softer direction.

    A window counts in a direction only if its grey changes in it: a ruled line says nothing along itself.
    """
    whole = (tiles.max(axis=(1, 2)) - tiles.min(axis=(1, 2)))[:, None]
    least = np.maximum(least_range, 0.5 * whole)
    softest = np.full(len(tiles), np.inf)
    for seen in (tiles, tiles.swapaxes(1, 2)):
        span = _highest(seen) + _highest(-seen)
        telling = (span > least) & (_change(seen) > _CHANGE * whole)
        ratio = np.sort(np.where(telling, -_highest(_slope(seen)) / np.maximum(span, 1), 0), axis=1)
        count = telling.sum(axis=1)
        # Sorted with the silent windows last, a share of the telling ones is one place in each row.
        place = (np.maximum(count - 1, 0) * (100 - _STEEPEST) / 100).astype(np.intp)[:, None]
        steepest = -np.take_along_axis(ratio, place, axis=1)[:, 0]
        softest = np.minimum(softest, np.where(count >= _FEWEST, steepest, np.inf))
    found = softest[np.isfinite(softest)]
    return np.asarray(_STEP_OF_GAUSS / np.maximum(found, 1e-3), np.float32)


def _slope(tiles: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return how steeply the grey rises across at each place."""
    central, smooth = np.array([-0.5, 0, 0.5], np.float32), np.array([1, 2, 1], np.float32) / 4
    whole = np.ascontiguousarray(tiles).reshape(-1, tiles.shape[2])
    return np.abs(np.asarray(cv2.sepFilter2D(whole, cv2.CV_32F, central, smooth))).reshape(tiles.shape)


def _change(tiles: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return by how much the grey changes across in each window of each tile."""
    blocks = _windows(tiles)
    return np.asarray((blocks.max(axis=4) - blocks.min(axis=4)).max(axis=2).reshape(len(tiles), -1))


def _highest(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the highest value in each window of each tile."""
    return np.asarray(_windows(values).max(axis=(2, 4)).reshape(len(values), -1))


def _windows(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the windows of each tile; the rim, where tiles meet, is left out."""
    inner = values[:, 1:-1, 1:-1]
    count, side = inner.shape[0], inner.shape[1] // _WINDOW_PX
    return inner.reshape(count, side, _WINDOW_PX, side, _WINDOW_PX)
