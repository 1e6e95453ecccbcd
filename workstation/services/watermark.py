"""The watermark of a reused copy: what it may serve for and since when, across every picture people see.

The picture only: the bytes that were checked against the original stay as they are, and so are delivered.
"""

from __future__ import annotations

import io
from datetime import date
from functools import lru_cache

from PIL import Image, ImageDraw, ImageFont

from scanners.imaging.port import Rendered
from workstation.printing.errors import FontMissing
from workstation.printing.font_files import HEADING, located

INK = (176, 32, 32)
OPACITY = 0.30
"""Plain to see, and what lies below stays readable."""
ACROSS = 22
"""A character is this part of the picture's shorter side."""
LEAST_PX, MOST_PX = 12, 160
ANGLE = 24
"""Degrees the words rise."""
GAP = 3.2
"""From line to line, in characters."""


def purpose_words(day: date, title: str, number: str) -> str:
    """Return what the watermark says; Chinese on paper and screen, whatever the interface speaks."""
    return f"仅用于 {day.isoformat()} {title} {number}"


def marked(rendered: Rendered, words: str) -> Rendered:
    """Return the pixels with the words across them."""
    picture = Image.frombytes(rendered.mode, (rendered.width, rendered.height), rendered.pixels)
    picture = _stamped(picture, words)
    return Rendered(width=picture.width, height=picture.height, mode=picture.mode, pixels=picture.tobytes())


def marked_file(data: bytes, words: str) -> bytes:
    """Return a picture file with the words across it, as JPEG at the same resolution."""
    with Image.open(io.BytesIO(data)) as opened:
        dpi = opened.info.get("dpi", (200, 200))
        picture = _stamped(opened.convert("RGB"), words)
    made = io.BytesIO()
    picture.save(made, "JPEG", quality=88, dpi=dpi)
    return made.getvalue()


def _stamped(picture: Image.Image, words: str) -> Image.Image:
    """Return the picture in colour with lines of words from corner to corner."""
    stencil = _stencil(picture.size, words)
    ink = Image.new("RGB", picture.size, INK)
    return Image.composite(ink, picture.convert("RGB"), stencil)


@lru_cache(maxsize=4)
def _stencil(size: tuple[int, int], words: str) -> Image.Image:
    """Return how much ink lies where; kept, as the same page is drawn again with every key."""
    height = max(LEAST_PX, min(MOST_PX, min(size) // ACROSS))
    font = _font(height)
    side = int((size[0] ** 2 + size[1] ** 2) ** 0.5) + height
    sheet = Image.new("L", (side, side), 0)
    pen = ImageDraw.Draw(sheet)
    line = f"{words}　　"
    length = max(1, int(pen.textlength(line, font=font)))
    for row, top in enumerate(range(0, side, int(height * GAP))):
        for left in range(-(row * length // 3) % length - length, side, length):
            pen.text((left, top), line, fill=int(255 * OPACITY), font=font)
    turned = sheet.rotate(ANGLE, resample=Image.Resampling.BILINEAR)
    left, top = (side - size[0]) // 2, (side - size[1]) // 2
    return turned.crop((left, top, left + size[0], top + size[1]))


@lru_cache(maxsize=8)
def _font(height: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    """Return the Chinese font; a machine without one still gets the date and the number of the case."""
    try:
        return ImageFont.truetype(str(located(None, HEADING)), height)
    except (FontMissing, OSError):
        return ImageFont.load_default(height)
