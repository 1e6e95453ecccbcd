"""Where a place of the raw picture lies on the treated page, and back: plane perspective, pure arithmetic.

The page is the picture of its four corners (`Treatment.corners`) stretched to a rectangle of
`Treatment.size_px`; what maps one to the other is a homography, eight numbers from four pairs of points.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from workstation.domain.facts import Box, Corners, Treatment

Point = tuple[float, float]
Homography = tuple[float, float, float, float, float, float, float, float]
"""a..h of x' = (a x + b y + c) / (g x + h y + 1), y' = (d x + e y + f) / (g x + h y + 1)."""


class NoPlane(ValueError):
    """The four corners do not span a page: three of them lie on one line."""


def turned(corners: Corners, quarters: int) -> Corners:
    """Return the corners of the same page turned clockwise by `quarters` quarter turns."""
    start = (-quarters % 4) * 2
    order = corners[start:] + corners[:start]
    return (order[0], order[1], order[2], order[3], order[4], order[5], order[6], order[7])


def turned_treatment(treatment: Treatment, quarters: int, *, by: str) -> Treatment:
    """Return the treatment of the same cut turned clockwise, as decided by `by`."""
    width, height = treatment.size_px
    size = (height, width) if quarters % 2 else (width, height)
    return Treatment(corners=turned(treatment.corners, quarters), size_px=size, by=by)


def whole(width_px: int, height_px: int) -> Treatment:
    """Return the treatment that takes the whole picture as it came."""
    right, bottom = width_px, height_px
    return Treatment(corners=(0, 0, right, 0, right, bottom, 0, bottom), size_px=(width_px, height_px))


def box_on_page(treatment: Treatment, box: Box) -> Box:
    """Return the upright box in px of the treated page around `box` in px of the raw picture."""
    return _moved(_to_page(treatment), box, treatment.size_px)


def box_on_raw(treatment: Treatment, box: Box, raw_size_px: tuple[int, int]) -> Box:
    """Return the upright box (px of the raw picture) around `box` (px of the treated page)."""
    return _moved(_to_raw(treatment), box, raw_size_px)


def corners_of(treatment: Treatment, box: Box) -> Corners:
    """Return the corners on the raw picture of a part (`box`, px of the treated page)."""
    plane, (x, y, width, height) = _to_raw(treatment), box
    places = ((x, y), (x + width, y), (x + width, y + height), (x, y + height))
    first, second, third, fourth = (apply(plane, place) for place in places)
    return (
        *(round(first[0]), round(first[1]), round(second[0]), round(second[1])),
        *(round(third[0]), round(third[1]), round(fourth[0]), round(fourth[1])),
    )


def size_of(corners: Corners) -> tuple[int, int]:
    """Return width and height of the page between four corners: the longer of two opposite sides each."""
    one, two, three, four = _points(corners)
    width = max(math.dist(one, two), math.dist(four, three))
    height = max(math.dist(one, four), math.dist(two, three))
    return max(1, round(width)), max(1, round(height))


def spans_page(corners: Corners, raw_size_px: tuple[int, int]) -> bool:
    """Return whether the corners lie on the picture and go round a page, not crossed, folded or mirrored."""
    points = _points(corners)
    on_picture = all(0 <= x <= raw_size_px[0] and 0 <= y <= raw_size_px[1] for x, y in points)
    return on_picture and all(
        _turn(points[n], points[(n + 1) % 4], points[(n + 2) % 4]) >= 1.0 for n in range(4)
    )


def _turn(one: Point, two: Point, three: Point) -> float:
    """Return twice the area of the triangle; positive where the way turns clockwise (y points down)."""
    return (two[0] - one[0]) * (three[1] - two[1]) - (two[1] - one[1]) * (three[0] - two[0])


def overlap(one: Corners, other: Corners) -> bool:
    """Return whether the upright boxes around two pages share more than half of the smaller one."""
    first, second = _bounds(one), _bounds(other)
    width = min(first[2], second[2]) - max(first[0], second[0])
    height = min(first[3], second[3]) - max(first[1], second[1])
    smaller = min((box[2] - box[0]) * (box[3] - box[1]) for box in (first, second))
    return width > 0 and height > 0 and 2 * width * height > smaller


def _bounds(corners: Corners) -> tuple[int, int, int, int]:
    return min(corners[::2]), min(corners[1::2]), max(corners[::2]), max(corners[1::2])


def plane_to_raw(treatment: Treatment) -> Homography:
    """Return the plane from the treated page (px) to the raw picture (px)."""
    return _to_raw(treatment)


def _to_page(treatment: Treatment) -> Homography:
    return homography(_points(treatment.corners), _rectangle(treatment.size_px))


def _to_raw(treatment: Treatment) -> Homography:
    return homography(_rectangle(treatment.size_px), _points(treatment.corners))


def _points(corners: Corners) -> tuple[Point, ...]:
    return tuple((float(corners[i]), float(corners[i + 1])) for i in range(0, 8, 2))


def _rectangle(size_px: tuple[int, int]) -> tuple[Point, ...]:
    width, height = (float(length) for length in size_px)
    return ((0.0, 0.0), (width, 0.0), (width, height), (0.0, height))


def _moved(plane: Homography, box: Box, limit_px: tuple[int, int]) -> Box:
    x, y, width, height = box
    places = ((x, y), (x + width, y), (x, y + height), (x + width, y + height))
    # Rounded, or 700 that came out as 699.9999999 would be one pixel more.
    corners = [tuple(round(value, 6) for value in apply(plane, place)) for place in places]
    left = min(max(0, math.floor(min(p[0] for p in corners))), limit_px[0])
    top = min(max(0, math.floor(min(p[1] for p in corners))), limit_px[1])
    right = min(limit_px[0], math.ceil(max(p[0] for p in corners)))
    bottom = min(limit_px[1], math.ceil(max(p[1] for p in corners)))
    return left, top, max(0, right - left), max(0, bottom - top)


def apply(plane: Homography, point: Point) -> Point:
    """Return where the plane maps a point."""
    a, b, c, d, e, f, g, h = plane
    x, y = point
    scale = g * x + h * y + 1.0
    return (a * x + b * y + c) / scale, (d * x + e * y + f) / scale


def homography(source: Sequence[Point], target: Sequence[Point]) -> Homography:
    """Return the plane that maps four source points to four target points.

    Raises:
        NoPlane: three of the points lie on one line.
    """
    rows: list[list[float]] = []
    for (x, y), (u, v) in zip(source, target, strict=True):
        rows.append([x, y, 1.0, 0.0, 0.0, 0.0, -u * x, -u * y, u])
        rows.append([0.0, 0.0, 0.0, x, y, 1.0, -v * x, -v * y, v])
    solved = _solve(rows)
    return (solved[0], solved[1], solved[2], solved[3], solved[4], solved[5], solved[6], solved[7])


def _solve(rows: list[list[float]]) -> list[float]:
    """Solve eight equations (last column: right side) by elimination with the largest pivot."""
    count = len(rows)
    for column in range(count):
        pivot = max(range(column, count), key=lambda row: abs(rows[row][column]))
        if abs(rows[pivot][column]) < 1e-9:
            raise NoPlane
        rows[column], rows[pivot] = rows[pivot], rows[column]
        head = rows[column]
        rows[column] = [value / head[column] for value in head]
        for row in range(count):
            if row != column and rows[row][column]:
                factor = rows[row][column]
                rows[row] = [
                    value - factor * lead for value, lead in zip(rows[row], rows[column], strict=True)
                ]
    return [row[-1] for row in rows]
