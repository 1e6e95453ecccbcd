"""Where the pages lie on a picture: one sheet that fills it, cards on a glass, a sheet on a desk.

Nothing is ever cut away on a guess: what lies outside of the pages found must look like the lid or the desk
and nothing else, otherwise the whole picture is the page, straightened by its lines of text.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from scanners.imaging.pictures import Picture, reduced
from scanners.imaging.render import Quad, quad_of, size_of_page
from scanners.imaging.sides import Side, crossing, meeting, sides_of
from scanners.imaging.skew import skew_of
from scanners.imaging.surround import Mask, Surround, guesses

_WORK_DPI, _EDGE_DPI = 75, 150
_WORK_PX = 1000
"""A camera's picture has few dots an inch and many all the same."""
_LEAST_PAGE_MM2, _LEAST_SIDE_MM = 1500.0, 25.0
"""Half a card; a strip of the lid beside the glass is narrower."""
_CLOSE_MM = 4.0
_SPECK_MM = 0.7
BORDER_MM = 2.0
"""DA/T 31-2017 wants an image cut at least 2 to 3 mm outside of the page's outermost edge."""
_DARK_BORDER_MM, _DARK_BELOW = 0.3, 150.0
_LEAST_SKEW_DEG = 0.15
_MOST_PAGES = 8
_SOLID = 0.6
_LID_STEP = 25.0
_SHADOW_MM, _RIM_MM, _DUST_MM2 = 2.7, 2.0, 8.0
_MOST_OUTSIDE = 0.01
_NESTED = 0.95
_CLEAR, _COVERED_MM = 0.9, 2.2
_FULL, _LEAST_BEYOND_MM, _SAME_PAPER = 0.9, 0.7, 14.0


def whole(picture: Picture) -> Quad:
    """Return the outline of the whole picture."""
    height, width = picture.shape[:2]
    return quad_of((0, 0, width, 0, width, height, 0, height))


def find_pages(picture: Picture, dpi: int, *, level: bool = True) -> tuple[Quad, ...]:
    """Return the outlines of the pages on the glass, in reading order; at least one.

    Args:
        picture: (H, W, 3) RGB or (H, W) grey.
        dpi: its resolution; for a camera an estimate does.
        level: where no page is found, the outline of the whole picture is turned as its lines of print are.

    Returns:
        Corners as each page lies, its top left first; they may lie outside of the picture where a sheet
        does, or where a picture was straightened.
    """
    small = reduced(picture, max(1, round(max(dpi / _WORK_DPI, max(picture.shape[:2]) / _WORK_PX))))
    tried: list[Surround] = []
    for surround in guesses(small):
        tried.append(surround)
        found = _pages(picture, small, surround, dpi)
        if found:
            return _in_reading_order(found)
    return (_straightened(picture, small, tried[0], dpi) if level else whole(picture),)


def with_border(picture: Picture, outline: Quad, dpi: int) -> Quad:
    """Return the cut around a page: with a border on a light lid or paper, with hardly any on a dark lid.

    Sides along the border of the picture, or outside of it, stay where they are.
    """
    border_mm = BORDER_MM if _is_light_around(picture, outline, dpi) else _DARK_BORDER_MM
    height, width = picture.shape[:2]
    near = 0.012 * max(width, height)
    middles = (outline + np.roll(outline, -1, axis=0)) / 2
    inner = ((middles > near) & (middles < np.array([width, height]) - near)).all(axis=1)
    return _grown(outline, np.where(inner, border_mm * dpi / 25.4, 0.0))


def _is_light_around(picture: Picture, outline: Quad, dpi: int) -> bool:
    step = max(1, round(dpi / _WORK_DPI))
    small = reduced(picture, step)
    mm = dpi / 25.4 / step
    ring = _filled(small, [_grown(_points(outline / step), 3.0 * mm)])
    ring[_filled(small, [_grown(_points(outline / step), 1.0 * mm)]) > 0] = 0
    around = small[ring > 0]
    return not len(around) or float(np.median(around)) >= _DARK_BELOW


def _pages(picture: Picture, small: Picture, surround: Surround, dpi: int) -> list[Quad]:
    """Return the sheets on these surroundings; none unless everything else is surroundings."""
    scale = np.array([picture.shape[1] / small.shape[1], picture.shape[0] / small.shape[0]], np.float32)
    mm = dpi / 25.4 / float(scale.mean())
    marks = np.asarray(cv2.morphologyEx(surround.marks, cv2.MORPH_OPEN, _disc(_SPECK_MM * mm)), np.uint8)
    closed = cv2.morphologyEx(marks, cv2.MORPH_CLOSE, _disc(_CLOSE_MM * mm))
    outlines, _ = cv2.findContours(closed, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    hulls = [np.asarray(cv2.convexHull(found), np.float32).reshape(-1, 2) + 0.5 for found in outlines]
    large = _outer([hull for hull in hulls if cv2.contourArea(hull) >= _LEAST_PAGE_MM2 * mm * mm])
    if not 0 < len(large) <= _MOST_PAGES:
        return []
    edge_step = max(1, round(dpi / _EDGE_DPI))
    edges = reduced(picture, edge_step)
    found = []
    for hull in large:
        is_light = _brightness(small, hull) > surround.brightness
        moved = _points(hull * scale / edge_step)
        sheet = _sheet(edges, moved, _fill(marks, hull), is_light, dpi / edge_step)
        if sheet is None:
            return []
        found.append(_points(sheet * edge_step))
    return [] if _left_over(surround.marks, [_points(quad / scale) for quad in found], mm) else found


def _outer(hulls: list[Quad]) -> list[Quad]:
    """Leave out what lies within another hull: where paper is as white as the lid, a frame printed on it."""
    return [
        hull for hull in hulls if not any(_is_within(hull, other) for other in hulls if other is not hull)
    ]


def _is_within(hull: Quad, other: Quad) -> bool:
    area = cv2.contourArea(hull)
    if area >= cv2.contourArea(other):
        return False
    common, _ = cv2.intersectConvexConvex(hull, other)
    return common > _NESTED * area


def _fill(marks: Mask, hull: Quad) -> float:
    """Return the share of the hull that differs from the surroundings."""
    inside = _filled(marks, [hull]) > 0
    return float((marks[inside] > 0).mean())


def _brightness(small: Picture, hull: Quad) -> float:
    """Return the median of all channels within the hull."""
    mask = _filled(small, [hull])
    counts = [np.bincount(layer[mask > 0], minlength=256) for layer in cv2.split(small)]
    return _median(np.sum(counts, axis=0))


def _median(counts: NDArray[np.intp]) -> float:
    """Return the median grey level of a histogram, NaN when it is empty."""
    total = np.cumsum(counts)
    if not total[-1]:
        return float("nan")
    low, high = (int(np.searchsorted(total, rank + 1)) for rank in ((total[-1] - 1) // 2, total[-1] // 2))
    return (low + high) / 2


def _left_over(marks: Mask, quads: list[Quad], mm: float) -> bool:
    """Say whether anything but dust lies beside the pages; the rim of the glass does not count."""
    rest = np.asarray(cv2.morphologyEx(marks, cv2.MORPH_OPEN, np.ones((2, 2), np.uint8)), np.uint8)
    rest[_filled(marks, [_grown(quad, _SHADOW_MM * mm) for quad in quads]) > 0] = 0
    rim = max(1, round(_RIM_MM * mm))
    inner = rest[rim:-rim, rim:-rim]
    return float((inner > 0).sum()) > _DUST_MM2 * mm * mm


def _sheet(edges: Picture, hull: Quad, fill: float, is_light: bool, dpi: float) -> Quad | None:
    """Return the corners of the sheet that covers the hull, None when it may be none."""
    guess = _first_guess(hull)
    if guess is None or min(size_of_page(guess)) < _LEAST_SIDE_MM * dpi / 25.4:
        return None
    sides = sides_of(edges, guess, dpi)
    seen = [
        side.is_edge(solid=fill >= _SOLID)
        and not (side.at_border and fill >= _FULL and _runs_on(edges, side, hull, dpi))
        for side in sides
    ]
    if not _is_certain(sides, seen, is_light):
        return None
    quad = _drawn(sides, seen, hull)
    if fill >= _FULL and (quad is None or _farthest_out(hull, quad) > _COVERED_MM * dpi / 25.4):
        # A row of print was taken for an edge; what is seen all along is none.
        clear = [edge and side.support >= _CLEAR for side, edge in zip(sides, seen, strict=True)]
        quad = _drawn(sides, clear, hull) if sum(clear) >= 2 else quad
    if quad is None or not cv2.isContourConvex(quad) or _outside(hull, quad, dpi) > _MOST_OUTSIDE:
        return None
    return quad


def _drawn(sides: list[Side], seen: list[bool], hull: Quad) -> Quad | None:
    """Return the corners of the sheet with these sides, those unseen just beyond the hull."""
    return crossing(
        [
            side if edge else _pushed_out(sides, seen, place, hull)
            for place, (side, edge) in enumerate(zip(sides, seen, strict=True))
        ]
    )


def _farthest_out(hull: Quad, quad: Quad) -> float:
    """Return how far the hull reaches out of the quad, in px."""
    return -min(cv2.pointPolygonTest(quad, (float(x), float(y)), True) for x, y in hull)


def _runs_on(edges: Picture, side: Side, hull: Quad, dpi: float) -> bool:
    """Say whether the paper goes on beyond this line as far as its hull: then a row of print was seen."""
    along = (side.end - side.start) / max(float(np.linalg.norm(side.end - side.start)), 1e-6)
    outward = np.array([along[1], -along[0]], np.float32)
    mm, depth = dpi / 25.4, float(((hull - side.start) @ outward).max())
    if depth < _LEAST_BEYOND_MM * mm:
        return False
    rim = side.start + np.linspace(0.1, 0.9, 65, dtype=np.float32)[:, None] * (side.end - side.start)
    paper = np.median(_seen(edges, rim - 2.0 * mm * outward), axis=0)
    beyond = np.concatenate([_seen(edges, rim + share * depth * outward) for share in (0.35, 0.5, 0.65)])
    return float((np.abs(beyond - paper).max(axis=1) <= _SAME_PAPER).mean()) >= 0.5


def _seen(picture: Picture, places: Quad) -> Quad:
    """Return the colours at these places."""
    height, width = picture.shape[:2]
    x, y = (np.clip(places[:, axis].astype(int), 0, most - 1) for axis, most in ((0, width), (1, height)))
    return np.asarray(picture[y, x].reshape(len(places), -1), np.float32)


def _is_certain(sides: list[Side], seen: list[bool], is_light: bool) -> bool:
    """Three edges make a sheet; fewer do for light paper on a dark lid that runs out of the picture."""
    if sum(seen) >= 3:
        return True
    others = [side for side, edge in zip(sides, seen, strict=True) if not edge]
    strong = [side.step for side, edge in zip(sides, seen, strict=True) if edge]
    return is_light and bool(strong) and min(strong) >= _LID_STEP and all(side.at_border for side in others)


def _pushed_out(sides: list[Side], seen: list[bool], place: int, hull: Quad) -> Side:
    """Return an unseen side: parallel to the one opposite, or square to a neighbour, just beyond the hull."""
    opposite = (place + 2) % 4
    if seen[opposite]:
        along = sides[opposite].start - sides[opposite].end
    else:
        neighbour = next(near for near in ((place + 1) % 4, (place + 3) % 4) if seen[near])
        along = sides[neighbour].end - sides[neighbour].start
        quarter = 1 if neighbour == (place + 3) % 4 else -1
        along = np.array([-along[1], along[0]], np.float32) * quarter
    along = along / max(float(np.linalg.norm(along)), 1e-6)
    outward = np.array([along[1], -along[0]], np.float32)
    farthest = hull[int((hull @ outward).argmax())]
    return replace(sides[place], start=farthest - along, end=farthest + along)


def _first_guess(hull: Quad) -> Quad | None:
    area = cv2.contourArea(hull)
    box = np.asarray(cv2.boxPoints(cv2.minAreaRect(hull)), np.float32)
    share = area / max(cv2.contourArea(box), 1.0)
    if share < 0.97:
        quad = _four_corners(hull, area)
        if quad is not None:
            return _from_top_left(quad)
    return _from_top_left(box) if share >= 0.9 else None


def _four_corners(hull: Quad, area: float) -> Quad | None:
    length = cv2.arcLength(hull, True)
    for share in (0.01, 0.02, 0.03, 0.05):
        simple = np.asarray(cv2.approxPolyDP(hull, share * length, True), np.float32).reshape(-1, 2)
        if len(simple) == 4 and 0.93 <= cv2.contourArea(simple) / area <= 1.07:
            return simple
    return None


def _from_top_left(quad: Quad) -> Quad:
    """Return the corners clockwise, beginning with the one nearest to the picture's top left."""
    middle = quad.mean(axis=0)
    angles = np.arctan2(quad[:, 1] - middle[1], quad[:, 0] - middle[0])
    around = quad[np.argsort(angles)]
    return np.roll(around, -int((around - middle).sum(axis=1).argmin()), axis=0).astype(np.float32)


def _outside(hull: Quad, quad: Quad, dpi: float) -> float:
    """Return the share of the hull beyond the quad and its shadow."""
    room = _grown(quad, _SHADOW_MM * dpi / 25.4)
    common, _ = cv2.intersectConvexConvex(hull, room)
    return 1.0 - common / max(cv2.contourArea(hull), 1.0)


def _in_reading_order(quads: list[Quad]) -> tuple[Quad, ...]:
    """Sort by rows, then from left to right."""
    waiting = sorted(quads, key=lambda quad: float(quad[:, 1].min()))
    ordered: list[Quad] = []
    while waiting:
        middle = float(waiting[0][:, 1].mean())
        row = [quad for quad in waiting if quad[:, 1].min() < middle]
        ordered += sorted(row, key=lambda quad: float(quad[:, 0].mean()))
        waiting = [quad for quad in waiting if quad[:, 1].min() >= middle]
    return tuple(ordered)


def _straightened(picture: Picture, small: Picture, surround: Surround, dpi: int) -> Quad:
    """Return the whole picture, turned so that its lines run level, and as large as its content needs."""
    skew = skew_of(small)
    if skew is None or abs(skew) < _LEAST_SKEW_DEG:
        return whole(picture)
    height, width = picture.shape[:2]
    angle = np.radians(skew)
    along = np.array([np.cos(angle), np.sin(angle)], np.float32)
    down = np.array([-along[1], along[0]], np.float32)
    middle = np.array([width / 2, height / 2], np.float32)
    scale = np.array([width / small.shape[1], height / small.shape[0]], np.float32)
    rows, columns = np.nonzero(surround.marks)
    marks = (np.stack([columns, rows], axis=1).astype(np.float32) + 0.5) * scale - middle
    right, bottom = (
        _reach(_points(marks @ axis), half, dpi) for axis, half in ((along, width / 2), (down, height / 2))
    )
    corners = [
        middle + across * along + deep * down
        for deep, across in (
            (bottom[0], right[0]),
            (bottom[0], right[1]),
            (bottom[1], right[1]),
            (bottom[1], right[0]),
        )
    ]
    return np.asarray(corners, np.float32)


def _reach(places: Quad, half: float, dpi: int) -> tuple[float, float]:
    """Return how far the page goes from its middle, to either side: its own half, or beyond the content."""
    border = BORDER_MM * dpi / 25.4
    if not len(places):
        return -half, half
    return min(-half, float(places.min()) - border), max(half, float(places.max()) + border)


def _grown(quad: Quad, by: float | Quad) -> Quad:
    """Move each side (top, right, bottom, left) outwards by so many px."""
    sides = np.roll(quad, -1, axis=0) - quad
    along = sides / np.maximum(np.linalg.norm(sides, axis=1, keepdims=True), 1e-6)
    outward = np.stack([along[:, 1], -along[:, 0]], axis=1) * np.broadcast_to(np.asarray(by), (4,))[:, None]
    starts, ends = quad + outward, np.roll(quad, -1, axis=0) + outward
    return np.asarray([meeting(starts[i - 1], ends[i - 1], starts[i], ends[i]) for i in range(4)], np.float32)


def _points(values: NDArray[np.floating[Any]]) -> Quad:
    return values.astype(np.float32)


def _filled(picture: Picture, quads: list[Quad]) -> Mask:
    mask = np.zeros(picture.shape[:2], np.uint8)
    for quad in quads:
        cv2.fillConvexPoly(mask, np.round(quad - 0.5).astype(np.int32), 255)
    return mask


def _disc(diameter: float) -> Mask:
    side = max(1, round(diameter)) | 1
    return np.asarray(cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side)), np.uint8)
