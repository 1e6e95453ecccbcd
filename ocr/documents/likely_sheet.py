"""Where a sheet most likely lies on a photograph, when its edges are not certain enough to cut it out.

The darkroom cuts nothing away on a guess, for what it keeps goes to the back office. Reading may guess: the
whole picture is read as well where the guess was wrong.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from scanners.imaging.pictures import reduced
from scanners.imaging.render import Quad

Grey = NDArray[np.uint8]
Picture = NDArray[np.uint8]

_WORK_PX = 480
_PRINT = 13
"""Side in px of what is taken for print and filled with its paper."""
_SHARES = (0.1, 0.95)
_LEAST_LIKE = 0.94
"""Area of what was found over that of the corners drawn around it."""
_LEAST_STEP = 30.0
_LEAST_DEG, _MOST_DEG = 60.0, 120.0
_ROOM_PX = 2.5
_BESIDE = 0.012
_SMOOTH = 3.0
_CORNERS = 4
_PARTED_PX, _RIM = 320, 0.025
_SMOOTHED = (9, 17, 27)
"""Sides in px of what is taken off the rim of such a sheet: the print of the ground leaves notches there."""
_LEAST_GROUND = 1.5
"""Least spread of the colours of a ground."""
_MOST_EVEN = 0.8
"""Most px of a photograph that are like the one beside; of photographs tried it was 0.54."""
_LEAST_PARTED_STEP = 2.5
"""How much colours must change at the sides of a sheet that was told from its ground by these."""


def likely_sheet(picture: Picture) -> Quad | None:
    """Return the corners of the sheet that stands out most from what lies around it, None without one.

    Args:
        picture: (H, W, 3) RGB or (H, W).
    """
    colours, scale = _small(picture, _WORK_PX)
    plain = cv2.morphologyEx(cv2.medianBlur(colours, 3), cv2.MORPH_CLOSE, np.ones((_PRINT, _PRINT), np.uint8))
    best: tuple[float, Quad] | None = None
    for mask in _masks(np.asarray(plain, np.uint8)):
        for quad in _quads(mask):
            step = _step(np.asarray(plain, np.uint8), quad)
            if step >= _LEAST_STEP and (best is None or step > best[0]):
                best = step, quad
    return None if best is None else np.asarray((_grown(best[1]) + 0.5) * scale, np.float32)


def parted_sheet(picture: Picture) -> Quad | None:
    """Return the corners of the sheet by the colours of what surrounds it, None without one.

    A paper on a form, or on a cloth as light as itself, has no edge that stands out; what lies along the rim
    of a photograph says what the ground looks like (Rother and others, GrabCut, 2004). It takes a fifth of a
    second. A rim of one colour is no ground but the white of a scanner.

    Args:
        picture: (H, W, 3) RGB or (H, W).
    """
    colours, scale = _small(picture, _PARTED_PX)
    # What is drawn, not photographed, has areas of one colour; to part them takes seconds.
    if float((colours[:, 1:] == colours[:, :-1]).all(axis=2).mean()) > _MOST_EVEN:
        return None
    plain = cv2.morphologyEx(cv2.medianBlur(colours, 3), cv2.MORPH_CLOSE, np.ones((9, 9), np.uint8))
    mask = _parted(np.asarray(plain, np.uint8))
    for side in _SMOOTHED:
        smooth = cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones((side, side), np.uint8))
        for quad in _quads(np.asarray(smooth, np.uint8)):
            if _step(np.asarray(plain, np.uint8), quad) >= _LEAST_PARTED_STEP:
                return np.asarray((_grown(quad) + 0.5) * scale, np.float32)
    return None


def _small(picture: Picture, most_px: float) -> tuple[Picture, float]:
    """Return a picture in colour, at most so many px long, and how many times smaller it is."""
    scale = max(1.0, max(picture.shape[:2]) / most_px)
    size = (round(picture.shape[1] / scale), round(picture.shape[0] / scale))
    small = np.asarray(cv2.resize(reduced(picture, int(scale)), size, interpolation=cv2.INTER_AREA), np.uint8)
    return small if small.ndim == 3 else np.asarray(cv2.cvtColor(small, cv2.COLOR_GRAY2RGB), np.uint8), scale


def _parted(plain: Picture) -> Grey:
    """Return 255 where colours are unlike those along the rim."""
    rim = max(3, round(_RIM * min(plain.shape[:2])))
    mask = np.full(plain.shape[:2], cv2.GC_BGD, np.uint8)
    around = np.concatenate([plain[:rim].reshape(-1, 3), plain[-rim:].reshape(-1, 3)])
    if float(around.std(axis=0).max()) < _LEAST_GROUND:
        return mask
    mask[rim:-rim, rim:-rim] = cv2.GC_PR_FGD
    ground, paper = np.zeros((1, 65)), np.zeros((1, 65))
    # Its first guess is drawn by lot: the same picture has to be read the same way every time.
    cv2.setRNGSeed(1)
    lab = cv2.cvtColor(plain, cv2.COLOR_RGB2LAB)
    try:
        cv2.grabCut(lab, mask, (0, 0, 1, 1), ground, paper, 2, cv2.GC_INIT_WITH_MASK)
    except cv2.error:
        return np.zeros(plain.shape[:2], np.uint8)
    found = np.where((mask == cv2.GC_FGD) | (mask == cv2.GC_PR_FGD), 255, 0).astype(np.uint8)
    return np.asarray(found, np.uint8)


def _grown(quad: Quad) -> Quad:
    """Give back what the masks lost of the rim."""
    outward = quad - quad.mean(axis=0)
    return np.asarray(quad + _ROOM_PX * np.sign(outward), np.float32)


def _masks(plain: Picture) -> Iterator[Grey]:
    """Yield what may be the sheet: what is light, of little colour, or without the grain of a desk."""
    grey = cv2.cvtColor(plain, cv2.COLOR_RGB2GRAY)
    red, green, blue = cv2.split(plain)
    spread = cv2.subtract(cv2.max(cv2.max(red, green), blue), cv2.min(cv2.min(red, green), blue))
    for layer, way in ((grey, cv2.THRESH_BINARY), (spread, cv2.THRESH_BINARY_INV)):
        yield np.asarray(cv2.threshold(layer, 0, 255, way + cv2.THRESH_OTSU)[1], np.uint8)
    grain = cv2.morphologyEx(grey, cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8)).astype(np.float32)
    # A shadow darkens the paper but leaves it as even as it was.
    rough = grain / np.maximum(grey.astype(np.float32), 20.0) * 100.0
    yield np.asarray(np.where(cv2.blur(rough, (5, 5)) < _SMOOTH, 255, 0), np.uint8)


def _quads(mask: Grey) -> Iterator[Quad]:
    opened = cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones((9, 9), np.uint8))
    outlines, _ = cv2.findContours(opened, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    whole = float(mask.size)
    for outline in sorted(outlines, key=cv2.contourArea, reverse=True)[:2]:
        hull = cv2.convexHull(outline)
        area = float(cv2.contourArea(hull))
        if not _SHARES[0] * whole < area < _SHARES[1] * whole:
            continue
        quad = _four_corners(hull, area)
        if quad is not None:
            yield quad


def _four_corners(hull: NDArray[Any], area: float) -> Quad | None:
    length = cv2.arcLength(hull, True)
    for share in (0.01, 0.02, 0.03, 0.045, 0.06):
        corners = np.asarray(cv2.approxPolyDP(hull, share * length, True), np.float32).reshape(-1, 2)
        if len(corners) == _CORNERS:
            drawn = float(cv2.contourArea(corners))
            alike = min(area, drawn) / max(area, drawn)
            return _from_top_left(corners) if alike >= _LEAST_LIKE and _is_squarish(corners) else None
    return None


def _is_squarish(corners: Quad) -> bool:
    ahead, back = np.roll(corners, -1, axis=0) - corners, np.roll(corners, 1, axis=0) - corners
    cosines = (ahead * back).sum(axis=1) / np.maximum(
        np.linalg.norm(ahead, axis=1) * np.linalg.norm(back, axis=1), 1e-6
    )
    degrees = np.degrees(np.arccos(np.clip(cosines, -1.0, 1.0)))
    return bool(degrees.min() >= _LEAST_DEG and degrees.max() <= _MOST_DEG)


def _from_top_left(quad: Quad) -> Quad:
    middle = quad.mean(axis=0)
    angles = np.arctan2(quad[:, 1] - middle[1], quad[:, 0] - middle[0])
    around = quad[np.argsort(angles)]
    return np.roll(around, -int((around - middle).sum(axis=1).argmin()), axis=0).astype(np.float32)


def _step(plain: Picture, quad: Quad) -> float:
    """Return how much the picture changes over the weakest but one of the four sides."""
    beside = _BESIDE * max(plain.shape[:2]) + 2.0
    steps = []
    for start, end in zip(quad, np.roll(quad, -1, axis=0), strict=True):
        along = (end - start) / max(float(np.linalg.norm(end - start)), 1e-6)
        outward = np.array([along[1], -along[0]], np.float32)
        rim = start + np.linspace(0.08, 0.92, 40, dtype=np.float32)[:, None] * (end - start)
        inner, outer = (_colours_at(plain, rim + way * beside * outward) for way in (-1.0, 1.0))
        steps.append(float(np.median(np.abs(inner - outer).max(axis=1))))
    return sorted(steps)[1]


def _colours_at(picture: Picture, places: Quad) -> NDArray[np.float32]:
    height, width = picture.shape[:2]
    x = np.clip(places[:, 0].astype(int), 0, width - 1)
    y = np.clip(places[:, 1].astype(int), 0, height - 1)
    return np.asarray(picture[y, x], np.float32)
