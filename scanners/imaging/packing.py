"""A page as the smallest file at which neither a reader nor recognition loses anything.

Which codec and which quality was measured (docs/decisions/0015): WebP where a page has tones or colours, one
bit a px where it is clean black print on white. For a PDF the page comes in two layers as well: the paper
with its seals, photos and colours, and the black print upon it as a sharp stencil.

DA/T 31-2017: colour wherever there is a red heading, a seal, a photo or coloured writing; one bit a px only
for clear black on white.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, TiffImagePlugin

from scanners.imaging.pictures import Picture, grey_of
from scanners.imaging.port import Layers, Packed

MEDIA_TYPE = "image/webp"
WEBP_QUALITY = 60
WEBP_EFFORT = 2
"""A higher one takes three times as long and wins five bytes of a hundred."""
PAPER_QUALITY = 50
PAPER_DPI = 150
"""Of the layer below the print: enough for a seal's characters and a face."""
SMALL_QUALITY = 60
SMALL_CM2 = 130.0
"""A card or a passport's page: little text in small print beside a face, so it stays one picture."""
INK_SHARE = 0.62
"""Ink is darker than this part of the paper around it."""
BILEVEL_DPI = 280
"""Below, one bit a px wears the strokes of small characters away."""
FINE_DPI = 280
"""Below, the stencil has twice the page's resolution, so that its edges keep what the grey levels knew."""
LOOK_DPI = 75
CM_PER_INCH = 2.54

_COLOURED = 36
"""Distance of a px from its paper's tint, in levels, from which on it has a colour."""
_TINTED = 10
"""Distance of the paper itself from grey from which on its tint is kept."""
_COLOUR_SPOTS = 12
"""Px at `LOOK_DPI` (0.1 mm2 each) that make a page coloured: half a character of a seal."""
_WHITE = 215
"""Level that clean paper has everywhere: a shaded cell or a dark border is no print."""
_FAINT = 26
"""Levels below its paper from which on a place that is no ink is something faint: pencil, a stamp, a fold."""
_FAINT_SPOTS = 40
_LEAST_SEEN, _LEAST_NEAR = 64.0, 8.0
"""Weights (255: no print at all) from which on a place, or what is around it, tells the paper's colour."""
_REACHES = (5, 15, 45)
"""Px at `PAPER_DPI` that are looked across for the paper below print."""
_SOFT_SHARE = 0.85
"""Tones between ink and paper, as a part of the ink, above which print is too soft for one bit a px."""


@dataclass(frozen=True)
class _Look:
    """What a page holds, as far as it decides how it is kept."""

    paper: Picture
    """Brightness of the bare paper around each place, at a quarter of the page's size or so."""
    ink: Picture
    """255 where black print is."""
    photo: Picture
    """255 near large dark areas, at the size of `paper`: a photo or a filled box, never print."""
    has_colour: bool
    is_clean: bool
    """Clear black on white and nothing else."""


def pack(picture: Picture, dpi: int) -> Packed:
    """Return the page as a file that may leave the house, and as layers for a PDF.

    Args:
        picture: the page, cut and upright.
        dpi: its resolution.
    """
    look = _look(picture, dpi)
    if look.is_clean:
        print_only = Layers(paper=b"", stencil=_group4(look.ink), stencil_px=_size(look.ink), ink=(0, 0, 0))
        return _packed(_lossless(look.ink), picture, dpi, print_only)
    shown = picture if look.has_colour else grey_of(picture)
    return _packed(_webp(shown), picture, dpi, _layers(shown, look, dpi))


def _packed(data: bytes, picture: Picture, dpi: int, layers: Layers) -> Packed:
    width, height = _size(picture)
    return Packed(
        data=data,
        media_type=MEDIA_TYPE,
        width_px=width,
        height_px=height,
        resolution_dpi=dpi,
        layers=layers,
    )


def _size(picture: Picture) -> tuple[int, int]:
    return picture.shape[1], picture.shape[0]


# --- what is on the page -------------------------------------------------------------------------------


def _look(picture: Picture, dpi: int) -> _Look:
    bright = _brightness(picture)
    paper = _paper(bright, dpi)
    ink = _ink(bright, paper)
    photo = _photo(ink, paper)
    has_colour = picture.ndim == 3 and _has_colour(picture, dpi)
    is_clean = not has_colour and dpi >= BILEVEL_DPI and not photo.any() and _is_clean(bright, paper, ink)
    return _Look(paper=paper, ink=ink, photo=photo, has_colour=has_colour, is_clean=is_clean)


def _brightness(picture: Picture) -> Picture:
    """Return how little each px is black print: coloured ink counts as light, so it stays in the picture."""
    if picture.ndim == 2:
        return picture
    red, green, blue = cv2.split(picture)
    strongest = cv2.max(cv2.max(red, green), blue)
    colour = cv2.subtract(strongest, cv2.min(cv2.min(red, green), blue))
    return np.asarray(cv2.add(strongest, colour), np.uint8)


def _shrunk(picture: Picture, scale: float) -> Picture:
    size = (max(1, round(picture.shape[1] * scale)), max(1, round(picture.shape[0] * scale)))
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8)


def _grown(picture: Picture, size: tuple[int, int]) -> Picture:
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_LINEAR), np.uint8)


def _paper(bright: Picture, dpi: int) -> Picture:
    """Return the paper without its print: strokes are narrower than the 3 mm that are looked across."""
    small = _shrunk(bright, min(1.0, LOOK_DPI / dpi))
    bare = cv2.dilate(small, np.ones((9, 9), np.uint8))
    return np.asarray(cv2.blur(cv2.medianBlur(bare, 15), (9, 9)), np.uint8)


def _ink(bright: Picture, paper: Picture) -> Picture:
    limit = np.asarray(cv2.convertScaleAbs(paper, alpha=INK_SHARE), np.uint8)
    return np.asarray(cv2.compare(bright, _grown(limit, _size(bright)), cv2.CMP_LT), np.uint8)


def _photo(ink: Picture, paper: Picture) -> Picture:
    """Return where ink covers 4 mm and more in both directions, and 3 mm around it."""
    small = cv2.resize(ink, _size(paper), interpolation=cv2.INTER_AREA)
    _, covered = cv2.threshold(small, 150, 255, cv2.THRESH_BINARY)
    wide = cv2.morphologyEx(covered, cv2.MORPH_OPEN, np.ones((12, 12), np.uint8))
    return np.asarray(cv2.dilate(wide, np.ones((19, 19), np.uint8)), np.uint8)


def _has_colour(picture: Picture, dpi: int) -> bool:
    small = _shrunk(picture, min(1.0, LOOK_DPI / dpi)).astype(np.int16)
    red_green, green_blue = small[..., 0] - small[..., 1], small[..., 1] - small[..., 2]
    tint = (int(np.median(red_green)), int(np.median(green_blue)))
    if max(abs(tint[0]), abs(tint[1])) > _TINTED:
        return True
    apart = np.maximum(np.abs(red_green - tint[0]), np.abs(green_blue - tint[1]))
    return int(np.count_nonzero(apart > _COLOURED)) > _COLOUR_SPOTS


def _is_clean(grey: Picture, paper: Picture, ink: Picture) -> bool:
    """Tell whether one bit a px says all: white paper, sharp print, and nothing faint beside it."""
    if int(paper.min()) < _WHITE:
        return False
    count = cv2.countNonZero(ink)
    whole = _grown(paper, _size(grey))
    light = cv2.compare(grey, np.asarray(cv2.convertScaleAbs(whole, alpha=0.82), np.uint8), cv2.CMP_LT)
    if cv2.countNonZero(light) - count > _SOFT_SHARE * count:
        return False
    beside = cv2.bitwise_not(cv2.dilate(ink, np.ones((7, 7), np.uint8)))
    below = cv2.bitwise_and(cv2.subtract(whole, grey), beside)
    faint = cv2.resize(below, _size(paper), interpolation=cv2.INTER_AREA)
    return int(np.count_nonzero(faint > _FAINT)) <= _FAINT_SPOTS


# --- files -----------------------------------------------------------------------------------------------


def _webp(picture: Picture) -> bytes:
    target = io.BytesIO()
    Image.fromarray(picture).convert("RGB").save(target, "WEBP", quality=WEBP_QUALITY, method=WEBP_EFFORT)
    return target.getvalue()


def _lossless(ink: Picture) -> bytes:
    target = io.BytesIO()
    # Two colours without loss: WebP needs a quarter fewer bytes than PNG for them.
    Image.fromarray(np.asarray(cv2.bitwise_not(ink), np.uint8)).convert("RGB").save(
        target, "WEBP", lossless=True, quality=50, method=WEBP_EFFORT
    )
    return target.getvalue()


def _jpeg(picture: Picture, quality: int) -> bytes:
    target = io.BytesIO()
    Image.fromarray(picture).save(target, "JPEG", quality=quality, optimize=True)
    return target.getvalue()


def _group4(ink: Picture) -> bytes:
    """Return print as the bare data of CCITT group 4 (ITU-T T.6) in one strip, print as its black."""
    target = io.BytesIO()
    rows = {TiffImagePlugin.ROWSPERSTRIP: ink.shape[0]}
    # Pillow hands the bits to the coder as they are, and to the coder a set bit is black.
    Image.fromarray(ink).convert("1", dither=Image.Dither.NONE).save(
        target, "TIFF", compression="group4", tiffinfo=rows
    )
    with Image.open(target) as file:
        assert isinstance(file, TiffImagePlugin.TiffImageFile)
        (start,), (length,) = file.tag_v2[273], file.tag_v2[279]
    return target.getvalue()[start : start + length]


def _layers(picture: Picture, look: _Look, dpi: int) -> Layers:
    width, height = _size(picture)
    if width * height * (CM_PER_INCH / dpi) ** 2 < SMALL_CM2:
        return Layers(paper=_jpeg(picture, SMALL_QUALITY))
    ink = cv2.bitwise_and(look.ink, cv2.bitwise_not(_grown(look.photo, (width, height))))
    print_px = np.asarray(ink, np.uint8)
    if not print_px.any():
        return Layers(paper=_jpeg(_shrunk(picture, min(1.0, PAPER_DPI / dpi)), PAPER_QUALITY))
    stencil = print_px if dpi >= FINE_DPI else _fine(picture, look)
    colour = cv2.mean(picture, print_px)[: 1 if picture.ndim == 2 else 3]
    red, green, blue = (round(level) for level in (colour * 3 if len(colour) == 1 else colour))
    return Layers(
        paper=_jpeg(_without(picture, print_px, dpi), PAPER_QUALITY),
        stencil=_group4(stencil),
        stencil_px=_size(stencil),
        ink=(red, green, blue),
    )


def _fine(picture: Picture, look: _Look) -> Picture:
    """Return the print at twice the page's resolution."""
    bright = _brightness(picture)
    double = cv2.resize(bright, None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC)
    ink = _ink(np.asarray(double, np.uint8), look.paper)
    photo = cv2.resize(look.photo, _size(ink), interpolation=cv2.INTER_NEAREST)
    return np.asarray(cv2.bitwise_and(ink, cv2.bitwise_not(photo)), np.uint8)


def _without(picture: Picture, ink: Picture, dpi: int) -> Picture:
    """Return the paper below the print: each place the mean of what is no print there, or around it."""
    scale = min(1.0, PAPER_DPI / dpi)
    bare = np.asarray(cv2.bitwise_not(cv2.dilate(ink, np.ones((3, 3), np.uint8))), np.uint8)
    seen = _shrunk(bare, scale).astype(np.float32)
    shown = _shrunk(np.asarray(cv2.bitwise_and(picture, picture, mask=bare), np.uint8), scale)
    weighted = shown.astype(np.float32)
    filled, hidden = _mean(weighted, seen), seen < _LEAST_SEEN
    for reach in _REACHES:
        if not hidden.any():
            break
        near = cv2.blur(seen, (reach, reach))
        found = hidden & (near >= _LEAST_NEAR)
        filled[found] = _mean(cv2.blur(weighted, (reach, reach)), near)[found]
        hidden &= ~found
    return filled


def _mean(weighted: NDArray[Any], weight: NDArray[Any]) -> Picture:
    """Return sums over weights of 0 to 255 as levels."""
    scale = 255.0 / np.maximum(weight, 1.0)
    levels = weighted * (scale[..., None] if weighted.ndim == 3 else scale)
    return np.asarray(np.minimum(levels, 255.0), np.uint8)
