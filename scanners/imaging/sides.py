"""The four sides of a sheet, drawn through what can be seen of its edges, to a fraction of a pixel."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from scanners.imaging.pictures import Picture
from scanners.imaging.render import Quad

Numbers = NDArray[np.float32]

REACH_MM = 5.0
"""How far from the first guess an edge is looked for, to either side."""
_ENDS_MM = 5.0
"""Of a side that is left out at either end: cards have round corners."""
_BLOCKS = 32
_ON_LINE_MM = 0.4
_LEAST_STEP = 3.0
_SHADE_FROM_MM, _SHADE_TO_MM = 0.2, 1.4
_INSIDE_MM, _FAR_MM = (0.6, 2.6), (2.0, 3.8)
_LEAST_CLEAN, _ALIKE = 0.75, 9.0
_ENOUGH, _ELIGIBLE, _TOGETHER_LINES = 4.0, 0.75, 4.0
_BORDER_SHARE = 0.012


@dataclass(frozen=True)
class Side:
    """One side: the line through its edge, and what speaks for it."""

    start: Numbers
    end: Numbers
    support: float
    """Share of its length along which an edge was seen on the line."""
    step: float
    """How much inside and outside differ, in grey levels."""
    shade: float
    """How much darker a stripe just outside is than what lies farther out: a sheet throws a shadow."""
    clean: float
    """Share of the stripe just inside that looks alike: paper has margins, a block of text has none."""
    at_border: bool
    """It runs along the border of the picture: nothing can be seen beyond it."""

    def is_edge(self, *, solid: bool) -> bool:
        """True when a sheet ends here, not a frame or a block of text printed on it.

        Args:
            solid: the region is filled all over, so it is no text.
        """
        is_other = self.step >= _LEAST_STEP or self.shade >= _LEAST_STEP
        return self.support >= 0.5 and is_other and (solid or self.clean >= _LEAST_CLEAN)


def sides_of(picture: Picture, guess: Quad, dpi: float) -> list[Side]:
    """Return top, right, bottom and left side of the sheet that lies about at `guess`."""
    return [_side(picture, guess[place], guess[(place + 1) % 4], dpi) for place in range(4)]


def crossing(sides: list[Side]) -> Quad | None:
    """Return the corners where the four lines meet; None when neighbours run parallel."""
    pairs = [(sides[place - 1], sides[place]) for place in range(4)]
    corners = [meeting(one.start, one.end, other.start, other.end) for one, other in pairs]
    if any(corner is None for corner in corners):
        return None
    return np.asarray(corners, np.float32)


def _side(picture: Picture, start: Numbers, end: Numbers, dpi: float) -> Side:
    mm = dpi / 25.4
    length = float(np.linalg.norm(end - start))
    reach = max(4, round(REACH_MM * mm))
    along = (end - start) / max(length, 1.0)
    outward = np.array([along[1], -along[0]], np.float32)
    strip = _strip(picture, start + outward * reach, along, outward, (max(1, round(length)), 2 * reach))
    ends = min(round(_ENDS_MM * mm), round(length * 0.2))
    blocks = _blocks(strip[:, ends : max(ends + _BLOCKS, strip.shape[1] - ends)])
    places = ends + (np.arange(blocks.shape[1]) + 0.5) * (strip.shape[1] - 2 * ends) / blocks.shape[1]
    slope, offset, support = _line(blocks, places.astype(np.float32), _ON_LINE_MM * mm)
    step, shade, clean = _contrast(blocks, places, slope, offset, mm)
    line = [start + along * at + outward * (reach - (offset + slope * at)) for at in (0.0, length)]
    ends_at = (np.asarray(line[0], np.float32), np.asarray(line[1], np.float32))
    border = _at_border(picture, ends_at)
    if support < 0.5:
        ends_at = (start, end)
    return Side(*ends_at, support, step, shade, clean, border or _at_border(picture, (start, end)))


def _strip(
    picture: Picture, origin: Numbers, along: Numbers, outward: Numbers, size: tuple[int, int]
) -> Numbers:
    """Return the stripe along a side, lying flat: outside at the top, (height, width, layers)."""
    # Maps a place of the stripe to one of the picture; half a pixel because places are those of edges.
    matrix = np.array(
        [[along[0], -outward[0], origin[0] - 0.5], [along[1], -outward[1], origin[1] - 0.5]], np.float64
    )
    matrix[:, 2] += (matrix[:, 0] + matrix[:, 1]) * 0.5
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    strip = cv2.warpAffine(picture, matrix, size, flags=flags, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(strip if strip.ndim == 3 else strip[:, :, None], np.float32)


def _blocks(strip: Numbers) -> Numbers:
    """Average the stripe along the side into `_BLOCKS` columns: noise and print go, edges stay."""
    count = min(_BLOCKS, strip.shape[1])
    edges = np.linspace(0, strip.shape[1], count + 1).astype(int)
    sums = np.add.reduceat(strip, edges[:-1], axis=1)
    return np.asarray(sums / np.diff(edges).astype(np.float32)[None, :, None], np.float32)


def _line(blocks: Numbers, places: Numbers, on_line: float) -> tuple[float, float, float]:
    """Return slope, offset and support of the line on which most columns have their strongest edges."""
    change = np.abs(np.diff(blocks, axis=0)).max(axis=2)
    change = cv2.GaussianBlur(change, (1, 5), 0)
    depths = _peaks(change)
    strength = np.take_along_axis(change, depths.astype(int), axis=0)
    is_seen = strength >= 1.2
    x = np.broadcast_to(places, depths.shape)[is_seen]
    y = (depths[is_seen] + 1.0).astype(np.float32)
    weight = strength[is_seen]
    if len(x) < 6:
        return 0.0, blocks.shape[0] / 2, 0.0
    return _consensus(x, y, weight, on_line, blocks.shape[1])


def _peaks(change: Numbers) -> Numbers:
    """Return the depths of the two strongest edges of each column, to a fraction: (2, columns)."""
    first = change.argmax(axis=0)
    rest = change.copy()
    rows = np.arange(change.shape[0])[:, None]
    rest[np.abs(rows - first[None, :]) <= 3] = 0
    return np.stack([_fraction(change, first), _fraction(change, rest.argmax(axis=0))])


def _fraction(change: Numbers, depth: NDArray[np.int64]) -> Numbers:
    columns = np.arange(change.shape[1])
    inner = np.clip(depth, 1, change.shape[0] - 2)
    before, at, after = (change[inner + shift, columns] for shift in (-1, 0, 1))
    curve = before - 2 * at + after
    shift = np.where(np.abs(curve) > 1e-6, 0.5 * (before - after) / np.where(curve == 0, 1, curve), 0)
    return np.asarray(inner + np.clip(shift, -0.5, 0.5), np.float32)


def _consensus(
    x: Numbers, y: Numbers, weight: Numbers, on_line: float, columns: int
) -> tuple[float, float, float]:
    """Try the lines through all pairs of edges and fit the best one to those that lie on it."""
    one, other = np.triu_indices(len(x), 1)
    apart = np.abs(x[one] - x[other]) > (x.max() - x.min()) * 0.3
    one, other = one[apart], other[apart]
    if not len(one):
        return 0.0, float(np.median(y)), 0.0
    slopes = (y[other] - y[one]) / (x[other] - x[one])
    slopes_ok = np.abs(slopes) < 0.12
    slopes, one = slopes[slopes_ok], one[slopes_ok]
    if not len(one):
        return 0.0, float(np.median(y)), 0.0
    offsets = y[one] - slopes * x[one]
    best = _outermost(slopes, offsets, x, y, weight, on_line)
    near = np.abs(slopes[best] * x + offsets[best] - y) <= on_line
    slope, offset = np.polyfit(x[near], y[near], 1, w=weight[near])
    support = len(np.unique(x[np.abs(slope * x + offset - y) <= on_line])) / columns
    return float(slope), float(offset), float(support)


def _outermost(
    slopes: Numbers, offsets: Numbers, x: Numbers, y: Numbers, weight: Numbers, on_line: float
) -> int:
    """Return the line to take: of all that many edges lie on, the outer ones; of those, the clearest.

    A frame printed along the rim of a paper is as straight as its edge, and often stronger.
    """
    votes, strength = np.zeros(len(slopes)), np.zeros(len(slopes))
    counted = np.minimum(weight, _ENOUGH)
    for part in range(0, len(slopes), 512):
        here = slice(part, part + 512)
        near = np.abs(slopes[here, None] * x + offsets[here, None] - y) <= on_line
        votes[here], strength[here] = near @ counted, near @ weight
    middles = offsets + slopes * float(x.mean())
    eligible = votes >= _ELIGIBLE * votes.max()
    outer = eligible & (middles <= middles[eligible].min() + _TOGETHER_LINES * on_line)
    return int(np.where(outer, strength, -1).argmax())


def _contrast(
    blocks: Numbers, places: Numbers, slope: float, offset: float, mm: float
) -> tuple[float, float, float]:
    """Return how much inside and outside differ, how dark the shadow is, how even the margin."""
    depths = np.arange(blocks.shape[0])[:, None] - (offset + slope * places)[None, :]

    def stripe(low: float, high: float) -> Numbers:
        return blocks[(depths >= low * mm) & (depths <= high * mm)]

    far, near = stripe(-_FAR_MM[1], -_FAR_MM[0]), stripe(-_SHADE_TO_MM, -_SHADE_FROM_MM)
    inside = stripe(*_INSIDE_MM)
    if min(len(far), len(near), len(inside)) < 4:
        return 0.0, 0.0, 0.0
    middle, beyond = np.median(inside, axis=0), np.median(far, axis=0)
    step = float(np.abs(middle - beyond).max())
    shade = float((beyond - np.median(near, axis=0)).min())
    clean = float((np.abs(inside - middle).max(axis=1) <= _ALIKE).mean())
    return step, shade, clean


def _at_border(picture: Picture, line: tuple[Numbers, Numbers]) -> bool:
    height, width = picture.shape[:2]
    near = _BORDER_SHARE * max(height, width)
    limits = np.array([width, height], np.float32)
    for axis in (0, 1):
        both = np.array([line[0][axis], line[1][axis]])
        if (both <= near).all() or (both >= limits[axis] - near).all():
            return True
    return False


def meeting(start: Numbers, end: Numbers, other_start: Numbers, other_end: Numbers) -> Numbers | None:
    """Return where two lines meet, None when they run parallel."""
    direction, across = end - start, other_end - other_start
    crossed = float(direction[0] * across[1] - direction[1] * across[0])
    if abs(crossed) < 1e-3 * float(np.linalg.norm(direction) * np.linalg.norm(across)):
        return None
    gap = other_start - start
    share = float(gap[0] * across[1] - gap[1] * across[0]) / crossed
    return np.asarray(start + share * direction, np.float32)
