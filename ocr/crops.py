"""Cutting fields and single lines of print out of a view."""

from __future__ import annotations

from dataclasses import dataclass

from PIL import Image, ImageOps

from ocr.port import Box
from ocr.view import View

_LEAST_CONTRAST = 50
_BORDER_SHARE = 0.35


@dataclass(frozen=True, slots=True)
class Crop:
    """One line of print: a picture for the engine and its box in the input."""

    image: Image.Image
    box: Box


def cut_lines(
    view: View, window: tuple[float, float, float, float], em_px: float, *, most: int = 1
) -> list[Crop]:
    """Cut the lines of print inside `window` (x, y, width, height in px of the view).

    Args:
        view: upright, scaled so that `em_px` suits the engine.
        window: where a field must be; nothing dark in it means no line.
        em_px: height of a printed character.
        most: lines wanted; with 1 everything in the window is one line, so that 二 is not two.
    """
    part = view.cropped(_inside(window, view.image.size))
    ink = _ink(part.image)
    if ink is None:
        return []
    bands = _bands(ink, em_px) if most > 1 else [(0, ink.height)]
    crops = (_crop(part, ink, band, em_px) for band in bands)
    return [crop for crop in crops if crop is not None][:most]


def _inside(window: tuple[float, float, float, float], size: tuple[int, int]) -> Box:
    x, y, width, height = window
    left, top = max(0, round(x)), max(0, round(y))
    right, bottom = min(size[0], round(x + width)), min(size[1], round(y + height))
    return left, top, max(1, right - left), max(1, bottom - top)


def _ink(image: Image.Image) -> Image.Image | None:
    histogram = image.histogram()
    total = sum(histogram)
    paper = _level(histogram, total * 0.6)
    dark = _level(histogram, total * 0.005)
    if paper - dark < _LEAST_CONTRAST:
        return None
    threshold = dark + (paper - dark) * 0.45
    return image.point([255 if level < threshold else 0 for level in range(256)])


def _level(histogram: list[int], wanted: float) -> int:
    seen = 0
    for level, count in enumerate(histogram):
        seen += count
        if seen > wanted:
            return level
    return 255


def _bands(ink: Image.Image, em_px: float) -> list[tuple[int, int]]:
    rows = ink.resize((1, ink.height), Image.Resampling.BOX).tobytes()
    least = 255 * 2 / ink.width
    bands: list[tuple[int, int]] = []
    for row, darkness in enumerate(rows):
        if darkness <= least:
            continue
        if bands and row - bands[-1][1] <= em_px * 0.15:
            bands[-1] = (bands[-1][0], row + 1)
        else:
            bands.append((row, row + 1))
    return [band for band in bands if band[1] - band[0] >= em_px * 0.55]


def _crop(part: View, ink: Image.Image, band: tuple[int, int], em_px: float) -> Crop | None:
    bounds = ink.crop((0, band[0], ink.width, band[1])).getbbox()
    if bounds is None or bounds[3] - bounds[1] < em_px * 0.2:
        return None
    edge = round(em_px * 0.15)
    left, right = max(0, bounds[0] - edge), min(ink.width, bounds[2] + edge)
    top, bottom = max(0, band[0] + bounds[1] - edge), min(ink.height, band[0] + bounds[3] + edge)
    picture = part.image.crop((left, top, right, bottom))
    paper = _level(picture.histogram(), picture.width * picture.height * 0.7)
    framed = ImageOps.expand(picture, round(em_px * _BORDER_SHARE), fill=paper)
    return Crop(framed, part.box_in_input((left, top, right - left, bottom - top)))
