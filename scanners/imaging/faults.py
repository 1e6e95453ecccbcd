"""What is wrong with a page, told from its picture alone: blurred, cut, dark, glaring, empty.

All lengths are millimetres on the paper, so that one limit holds for 150 and for 300 dpi. The limits were set
on generated specimens of other seeds than those the benchmark prints its figures from.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

from scanners.imaging import edges, focus, streaks
from scanners.imaging.port import PageFault

Picture = NDArray[np.uint8]
Grey = NDArray[np.uint8]

MM_PER_INCH = 25.4
_LEAST_PX = 32
_WORK_PX = 1000
"""Long side of the page while it is judged: a 3 mm glyph of an A4 sheet is 10 px high."""

SOFTEST_MM = 0.172
"""Standard deviation of an edge's spread from which on print is called blurred."""
DARKEST_PAPER = 112
"""Grey level of the brightest paper below which a page is too dark."""
WEAKEST_PRINT = 0.26
"""Share of the paper's brightness that print takes away; below it nobody reads the copy of a copy."""
_INK = 0.125
_GLYPH_MM = 1.8
"""Height or width from which a spot counts as print and not as dirt."""
_MARGIN_MM = 4.0
_THROUGH, _SCATTERED_MM = 0.19, 0.205
"""Print as pale as this whose edges spread farther is of the other side: light scatters in the paper."""
_LEAST_GLARE = 0.004
_DESK = 0.12
"""Largest share of the page that a strip of what lies around it takes; a picture to the edge takes more."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """What is wrong with a page, and the numbers that say so."""

    faults: tuple[PageFault, ...] = ()
    measures: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Sheet:
    """The page at working size."""

    colour: Picture
    """(H, W, 3), or (H, W, 1) where the page is grey."""
    ink: NDArray[np.float32]
    """(H, W): share of the paper's brightness that is missing, 0 to 1, by the darkest channel."""
    px_mm: float


def judge(raw: Picture, corners: NDArray[np.float32], page: Picture, dpi: int) -> Judgement:
    """Return the faults of one page.

    Args:
        raw: the whole picture, (H, W, 3) RGB or (H, W).
        corners: (4, 2) px of `raw`, tl, tr, br, bl of the page as it lies in `page`;
            of one of fewer than 32 px a side nothing is told.
        page: the page upright, RGB or grey, at any resolution (about 100 to 150 dpi).
        dpi: of `raw`.
    """
    if min(*raw.shape[:2], *page.shape[:2]) < _LEAST_PX or cv2.contourArea(corners) < _LEAST_PX**2:
        return Judgement()
    sheet = _sheet(page, corners, dpi)
    print_share, weight, spots = _print(sheet)
    level = _paper_level(sheet)
    # A third of the print's own depth: pale print is looked at, a watermark beside black is not.
    sharpness = focus.edge_mm(raw, corners, sheet.ink, dpi, max(8.0, 0.3 * weight * level))
    measures = {"ink": print_share, "brightness": level, "contrast": weight, "edge_mm": sharpness}
    if weight < _THROUGH and not 0 < sharpness <= _at_least(_SCATTERED_MM, dpi):
        spots = 0
    dark = measures["brightness"] < DARKEST_PAPER or (spots > 0 and weight < WEAKEST_PRINT)
    faults = [PageFault.TOO_DARK] if dark else []
    if spots:
        faults += _faults_of_print(raw, corners, sheet, dpi, measures)
    else:
        faults.append(PageFault.BLANK)
    return Judgement(tuple(faults), {name: round(float(value), 4) for name, value in measures.items()})


def softest_mm(dpi: int) -> float:
    """Return the spread from which on print is blurred; a coarse picture has none that is sharper."""
    return _at_least(SOFTEST_MM, dpi)


def _at_least(spread_mm: float, dpi: int) -> float:
    return spread_mm * max(1.0, focus.DPI / dpi)


def _faults_of_print(
    raw: Picture, corners: NDArray[np.float32], sheet: _Sheet, dpi: int, measures: dict[str, float]
) -> list[PageFault]:
    """Return what is wrong with the print of a page that has some; adds to the measures."""
    measures["glare"] = _glare(sheet)
    measures["cut"] = edges.cut(raw, corners, measures["brightness"], dpi)
    told = (
        (PageFault.GLARE, measures["glare"] > 0),
        (PageFault.BLUR, measures["edge_mm"] > softest_mm(dpi)),
        (PageFault.CUT_EDGE, measures["cut"] > 0),
    )
    return [fault for fault, holds in told if holds]


def _sheet(page: Picture, corners: NDArray[np.float32], dpi: int) -> _Sheet:
    shrink = min(1.0, _WORK_PX / max(page.shape[:2]))
    size = (max(1, round(page.shape[1] * shrink)), max(1, round(page.shape[0] * shrink)))
    # Averaging by more than a half costs four times as much and shows nothing more.
    way = cv2.INTER_AREA if shrink < 0.5 else cv2.INTER_LINEAR
    small = cv2.resize(page, size, interpolation=way)
    width_px = float(np.linalg.norm(corners[1] - corners[0]) + np.linalg.norm(corners[2] - corners[3])) / 2
    px_mm = size[0] / max(1.0, width_px) * dpi / MM_PER_INCH
    colour = np.asarray(small, np.uint8).reshape(size[1], size[0], -1)
    return _Sheet(colour, _missing_light(colour), px_mm)


def _missing_light(colour: Picture) -> NDArray[np.float32]:
    """Return how much darker each place is than the paper around it."""
    darkest = _darkest(colour)
    height, width = darkest.shape
    ground = cv2.resize(darkest, (max(1, width // 8), max(1, height // 8)), interpolation=cv2.INTER_AREA)
    ground = cv2.dilate(ground, np.ones((7, 7), np.uint8))
    ground = cv2.GaussianBlur(cv2.medianBlur(ground, 5), (0, 0), 3)
    paper = np.maximum(cv2.resize(ground, (width, height)).astype(np.float32), 8.0)
    return np.asarray(np.clip(1.0 - darkest / paper, 0.0, 1.0), np.float32)


def _touches(stats: NDArray[np.int32], shape: tuple[int, ...]) -> bool:
    """Return whether a spot reaches the frame: a strip of the desk or the lid, not print."""
    x, y, width, height = (int(value) for value in stats[:4])
    return x <= 0 or y <= 0 or x + width >= shape[1] or y + height >= shape[0]


def _darkest(colour: Picture) -> Grey:
    """Return the darkest channel of each pixel: what of red, blue and black ink is seen alike."""
    if colour.shape[2] == 1:
        return colour[..., 0]
    red, green, blue = cv2.split(colour)
    return np.asarray(cv2.min(cv2.min(red, green), blue), np.uint8)


def _paper_level(sheet: _Sheet) -> float:
    """Return how bright the paper is: the level that a twentieth of the page exceeds."""
    return float(np.percentile(sheet.colour[::4, ::4].max(axis=2), 95))


def _print(sheet: _Sheet) -> tuple[float, float, int]:
    """Return the inked share of the page, how dark its print is (0 to 1), and the number of printed spots."""
    margin = min(round(_MARGIN_MM * sheet.px_mm), min(sheet.ink.shape) // 8)
    soft = np.asarray(cv2.GaussianBlur(sheet.ink, (0, 0), 0.7), np.float32)
    inner = soft[margin : soft.shape[0] - margin, margin : soft.shape[1] - margin]
    mask = (inner > _INK).astype(np.uint8)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    kept = [i for i in range(1, count) if _is_print(stats[i], sheet.px_mm, inner.shape)]
    if 0 < len(kept) <= streaks.MOST_PIECES:
        kept = [
            kept[i]
            for i in streaks.others(
                stats[kept, :4].astype(np.float64) / sheet.px_mm, inner.shape, sheet.px_mm
            )
        ]
    if not kept:
        return float(mask.mean()), 0.0, 0
    is_kept = np.zeros(count, bool)
    is_kept[kept] = True
    printed = is_kept[labels]
    weight = float(np.percentile(inner[printed], 90))
    return float(printed.mean()), weight, len(kept)


def _is_print(stats: NDArray[np.int32], px_mm: float, shape: tuple[int, ...]) -> bool:
    """Tell a glyph, line, stamp or picture from dirt, a punch hole and a scanner's streak."""
    x, y, width, height, area = (int(value) for value in stats)
    long, short = max(width, height) / px_mm, min(width, height) / px_mm
    if long < _GLYPH_MM:
        return False
    if short < 1.0 and max(width / shape[1], height / shape[0]) > 0.9:
        return False
    if _touches(stats, shape) and area < _DESK * shape[0] * shape[1]:
        return False
    from_side = min(x, shape[1] - x - width, y, shape[0] - y - height) / px_mm
    filled = area / (width * height)
    if short < 2 and from_side < 3 and long > 4 * short:
        return False
    is_hole = 4 < long < 8.5 and short > 0.8 * long and filled > 0.68 and from_side < 14
    return not is_hole


def _glare(sheet: _Sheet) -> float:
    """Return the share of the page under saturated, soft-rimmed spots; 0 where the paper is as white."""
    shrink = min(1.0, max(2.0 / sheet.px_mm, _LEAST_PX / min(sheet.ink.shape)))
    whole = _darkest(sheet.colour)
    darkest = np.asarray(
        cv2.resize(whole, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA), np.uint8
    )
    lit = darkest[darkest < 251]
    bright = lit[lit > 0.8 * np.median(lit)] if lit.size > 0.4 * darkest.size else lit[:0]
    paper = float(np.median(bright)) if bright.size else 255.0
    if paper > 247:
        return 0.0
    spots = cv2.morphologyEx((darkest >= 251).astype(np.uint8), cv2.MORPH_OPEN, np.ones((5, 5), np.uint8))
    count, labels, stats, _ = cv2.connectedComponentsWithStats(spots)
    total = 0.0
    for index in range(1, count):
        if _is_inside(stats[index], darkest.shape) and _has_soft_rim(
            darkest, (labels == index).astype(np.uint8), paper
        ):
            total += float(stats[index, cv2.CC_STAT_AREA])
    share = total / float(darkest.size)
    return share if share > _LEAST_GLARE else 0.0


def _is_inside(stats: NDArray[np.int32], shape: tuple[int, ...]) -> bool:
    """Tell a lamp's spot from the brighter side of an unevenly lit page, which reaches its edges."""
    x, y, width, height = (int(value) for value in stats[:4])
    edges = (x <= 1, y <= 1, x + width >= shape[1] - 1, y + height >= shape[0] - 1)
    return sum(edges) < 2


def _has_soft_rim(darkest: Grey, spot: Grey, paper: float) -> bool:
    """Tell a reflection, which fades out, from white paper or a photograph's ground: they end at an edge."""
    inner = cv2.dilate(spot, np.ones((3, 3), np.uint8))
    outer = cv2.dilate(spot, np.ones((5, 5), np.uint8))
    rim = darkest[(outer > 0) & (inner == 0)]
    if not rim.size or float(np.median(rim)) <= paper + 0.3 * (255 - paper):
        return False
    # Paper that is merely lit from one side is hardly darker a centimetre away.
    far, farther = (cv2.dilate(spot, np.ones((side, side), np.uint8)) for side in (29, 41))
    around = darkest[(farther > 0) & (far == 0)]
    return bool(around.size) and float(np.percentile(around, 80)) < 240
