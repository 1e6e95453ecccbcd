"""Two pictures of pages laid upon each other, as exactly as print allows.

From rough to fine: the shift of the whole page, tiles that are looked for near their place, a plane (another
place on the glass, another resolution, a camera's view) that fits the edges of all strokes at once, and what
is left after that: paper that did not lie flat.

Planes map places (x, y) in px of the first page to places of the second, 3 x 3.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.uint8]
Ink = NDArray[np.float32]
Plane = NDArray[np.float64]
Field = NDArray[np.float32]
"""(rows, columns, 2): x and y in px, of cells of `CELL` px side."""

CELL = 8
"""Side in px; those of all pages that are laid upon each other are multiples of it."""
_SLACK, _NEAR = 0.05, 0.02
"""Share of the long side by which two cuts of one sheet may lie apart, and a tile once the shift is known."""
_TILES, _FOUND = 7, 0.4
_EDGE, _EDGES = 0.02, 6_000
_SOFT_PX = 2.5
_AGREED = 0.93
"""Correlation of two pictures of one sheet that lie well upon each other."""
"""Least slope of an edge that the plane is fitted to, and the most of them."""
_ROUNDS = 4
_PATCH_CELLS = 2.5
"""Over how much of the page paper bends alike."""


def ink_of(page: Picture, size: tuple[int, int]) -> Ink:
    """Return the light that is missing beyond a watermark's, 0 to 0.6, at `size` (width, height)."""
    grey = page if page.ndim == 2 else cv2.min(cv2.min(page[..., 0], page[..., 1]), page[..., 2])
    shrinks = size[0] <= grey.shape[1] and size[1] <= grey.shape[0]
    small = cv2.resize(grey, size, interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR)
    rough = cv2.resize(small, None, fx=1 / CELL, fy=1 / CELL, interpolation=cv2.INTER_AREA)
    paper = cv2.GaussianBlur(cv2.dilate(rough, np.ones((7, 7), np.uint8)), (0, 0), 3)
    ground = cv2.resize(np.maximum(paper, 8).astype(np.float32), size)
    ink = np.clip(0.75 - small / ground, 0, 0.6)
    return np.asarray(cv2.GaussianBlur(ink, (0, 0), 0.8), np.float32)


def on_page(ink: Ink) -> Ink:
    """Return 0 at the border and where something dark runs out over it (a lid, a shadow, a desk), else 1."""
    small = shrunk(ink, 2)
    border = max(2, round(0.016 * max(small.shape)))
    labels = cv2.connectedComponents((small > 0.12).astype(np.uint8))[1]
    rim = np.ones(small.shape, bool)
    rim[border:-border, border:-border] = False
    runs_out = np.zeros(int(labels.max()) + 1, bool)
    runs_out[labels[rim]] = True
    runs_out[0] = False
    off = cv2.dilate((runs_out[labels] | rim).astype(np.float32), np.ones((3, 3), np.uint8))
    return np.asarray(1 - cv2.resize(off, ink.shape[::-1], interpolation=cv2.INTER_NEAREST), np.float32)


def shrunk(values: NDArray[np.float32], times: int) -> NDArray[np.float32]:
    """Return the means of squares of `times` px."""
    size = (values.shape[1] // times, values.shape[0] // times)
    return np.asarray(cv2.resize(values, size, interpolation=cv2.INTER_AREA), np.float32)


def plane_between(first: Ink, second: Ink) -> Plane | None:
    """Return the plane between two pages of one size; None where nothing fits."""
    shift = _shift(first, second)
    rough = _plane(*_found_again(first, second, shift))
    if rough is None:
        return None
    near = _to_the_edges(first, second, rough)
    if _agreement(first, second, near) > _AGREED:
        return near
    # Too far off for thin strokes to touch, or led astray by tiles of a frame that fit along all of it:
    # blurred strokes reach farther, but hold less.
    soft, soft_too = (
        np.asarray(cv2.GaussianBlur(ink, (0, 0), _SOFT_PX), np.float32) for ink in (first, second)
    )
    moved = np.array([[1, 0, shift[0]], [0, 1, shift[1]], [0, 0, 1]], np.float64)
    far = [_to_the_edges(first, second, _to_the_edges(soft, soft_too, start)) for start in (rough, moved)]
    best = max((near, *far), key=lambda plane: _agreement(first, second, plane))
    # Tiles far from the middle lay out of reach where one page is cut wider: from here they may be found.
    again = _plane(*_found_again(first, lay(second, best), (0, 0)))
    if again is None:
        return best
    nearer = _to_the_edges(first, second, best @ again)
    return max((best, nearer), key=lambda plane: _agreement(first, second, plane))


def _agreement(first: Ink, second: Ink, plane: Plane) -> float:
    """Return the correlation of two pages laid upon each other."""
    # A page without a stroke in sight agrees with nothing: the division by its spread is meant to fail.
    with np.errstate(invalid="ignore", divide="ignore"):
        return float(np.nan_to_num(np.corrcoef(first.ravel(), lay(second, plane).ravel())[0, 1]))


def bent(first: Ink, laid: Ink) -> Field:
    """Return by how much a page that was laid upon the first still lies apart, smooth over the page."""
    across, down = _slopes(first)

    def patch(values: Ink) -> Ink:
        return np.asarray(cv2.GaussianBlur(shrunk(values, CELL), (0, 0), _PATCH_CELLS), np.float32)

    xx, xy, yy = patch(across * across), patch(across * down), patch(down * down)
    steady = 0.1 * float(np.mean(xx + yy)) + 1e-9
    xx, yy = xx + steady, yy + steady
    solid = xx * yy - xy * xy
    field = np.zeros((*xx.shape, 2), np.float32)
    there = laid
    for _ in range(2):
        left = first - there
        x, y = patch(across * left), patch(down * left)
        step = np.dstack([yy * x - xy * y, xx * y - xy * x]) / solid[..., None]
        field += np.clip(step, -1, 1)
        there = lay(laid, np.eye(3), field)
    return field


def lay(
    second: Ink, plane: Plane, field: Field | None = None, times: int = 1, way: int = cv2.INTER_LINEAR
) -> Ink:
    """Return the second page as it lies upon the first.

    Args:
        second: the page.
        plane: between pages of its size.
        field: what `bent` found on pages `times` as small.
        times: see `field`.
        way: of interpolation.
    """
    middles = CELL * times
    rows, columns = (length // middles for length in second.shape)
    field = np.zeros((rows, columns, 2), np.float32) if field is None else field
    x, y = np.meshgrid(np.arange(columns), np.arange(rows))
    cells = np.dstack([x, y]).reshape(1, -1, 2) * middles + (middles - 1) / 2
    places = cv2.perspectiveTransform(cells + times * field.reshape(1, -1, 2), plane)
    whole = cv2.resize(places.reshape(rows, columns, 2).astype(np.float32), second.shape[::-1])
    return np.asarray(cv2.remap(second, whole[..., 0], whole[..., 1], way), np.float32)


def enlarged(plane: Plane, times: int) -> Plane:
    """Return the plane between two pages for the same pages at so many times their size."""
    larger = np.array([[times, 0, (times - 1) / 2], [0, times, (times - 1) / 2], [0, 0, 1]])
    return np.asarray(larger @ plane @ np.linalg.inv(larger), np.float64)


def _shift(first: Ink, second: Ink) -> tuple[int, int]:
    here, there = shrunk(first, CELL // 2), shrunk(second, CELL // 2)
    slack = max(1, min(round(_SLACK * max(here.shape)), min(here.shape) // 4))
    inner = here[slack:-slack, slack:-slack]
    at = cv2.minMaxLoc(cv2.matchTemplate(there, inner, cv2.TM_CCOEFF_NORMED))[3]
    return (at[0] - slack) * CELL // 2, (at[1] - slack) * CELL // 2


def _found_again(first: Ink, second: Ink, shift: tuple[int, int]) -> tuple[Ink, Ink]:
    """Return the middles of tiles and where on the second page they were found."""
    slack = max(4, round(_NEAR * max(first.shape)))
    room = slack + max(abs(shift[0]), abs(shift[1]))
    padded = cv2.copyMakeBorder(second, room, room, room, room, cv2.BORDER_CONSTANT, value=0)
    height, width = (length // _TILES for length in first.shape)
    here, there = [], []
    for y in range(0, height * _TILES, height):
        for x in range(0, width * _TILES, width):
            tile = first[y : y + height, x : x + width]
            if float(tile.std()) < 0.02:
                continue
            top, left = y + shift[1] - slack + room, x + shift[0] - slack + room
            field = padded[top : top + height + 2 * slack, left : left + width + 2 * slack]
            _, best, _, at = cv2.minMaxLoc(cv2.matchTemplate(field, tile, cv2.TM_CCOEFF_NORMED))
            if best > _FOUND:
                here.append((x + width / 2, y + height / 2))
                there.append((left - room + at[0] + width / 2, top - room + at[1] + height / 2))
    return np.array(here, np.float32).reshape(-1, 2), np.array(there, np.float32).reshape(-1, 2)


def _plane(here: Ink, there: Ink) -> Plane | None:
    if len(here) < 2:
        return None
    if len(here) < 8:
        found, _ = cv2.estimateAffinePartial2D(here, there, method=cv2.RANSAC, ransacReprojThreshold=3)
        return None if found is None else np.vstack([found, [0, 0, 1]])
    plane, _ = cv2.findHomography(here, there, cv2.RANSAC, 3)
    return None if plane is None else np.asarray(plane, np.float64)


def _slopes(ink: Ink) -> tuple[Ink, Ink]:
    across, down = (
        cv2.Scharr(ink, cv2.CV_32F, 1, 0, scale=1 / 32),
        cv2.Scharr(ink, cv2.CV_32F, 0, 1, scale=1 / 32),
    )
    return np.asarray(across, np.float32), np.asarray(down, np.float32)


def _to_the_edges(first: Ink, second: Ink, plane: Plane) -> Plane:
    """Return the plane that lays the edges of all strokes upon each other (Lucas and Kanade's way).

    Edges say nothing of a shift along them, so a ruling holds the page only across: tiles cannot tell that.
    """
    across, down = _slopes(first)
    y, x = np.nonzero(np.abs(across) + np.abs(down) > _EDGE)
    if len(y) < 200:
        return plane
    few = np.linspace(0, len(y) - 1, min(len(y), _EDGES)).astype(int)
    y, x = y[few], x[few]
    to_unit = _to_unit(first.shape)
    back = np.linalg.inv(to_unit)
    u, v = x * to_unit[0, 0] + to_unit[0, 2], y * to_unit[1, 1] + to_unit[1, 2]
    pull = _pull(u, v, across[y, x], down[y, x]) / to_unit[0, 0]
    places, wanted = np.stack([x, y], 1).astype(np.float32)[None], first[y, x]
    for _ in range(_ROUNDS):
        there = cv2.perspectiveTransform(places, plane)[0]
        found = cv2.remap(second, there[:, :1], there[:, 1:], cv2.INTER_LINEAR)
        step = _step(pull, wanted, np.asarray(found, np.float32).ravel())
        near = np.append(step, 0).reshape(3, 3) + np.eye(3)
        plane = plane @ back @ near @ to_unit
        plane = plane / plane[2, 2]
        if np.abs(step).max() / to_unit[0, 0] < 0.05:
            break
    return plane


def _to_unit(shape: tuple[int, ...]) -> Plane:
    scale = 2 / max(shape)
    return np.array([[scale, 0, -shape[1] * scale / 2], [0, scale, -shape[0] * scale / 2], [0, 0, 1]])


def _pull(u: Plane, v: Plane, across: Ink, down: Ink) -> Plane:
    """Return how each edge's light changes with each of a plane's eight numbers, (n, 8)."""
    away = -(across * u + down * v)
    return np.stack([across * u, across * v, across, down * u, down * v, down, away * u, away * v], 1)


def _step(pull: Plane, wanted: Ink, found: Ink) -> Plane:
    """Return the change of the eight numbers; edges that do not fit at all count little."""
    gain = float(np.clip((found * wanted).sum() / max(float((found * found).sum()), 1e-6), 0.6, 1.6))
    left = wanted - gain * found
    usual = 2 * float(np.median(np.abs(left))) + 1e-4
    weighed = pull / (1 + (left / usual) ** 2)[:, None]
    normal = weighed.T @ pull
    normal += np.eye(8) * 1e-4 * np.trace(normal) / 8
    return np.asarray(np.linalg.solve(normal, weighed.T @ left), np.float64)
