"""Letters for papers that are not ours: fonts by the hand they stand for, spaced and squeezed at will.

The folder in STRANGER_FONTS may hold more fonts (Kai, thin Song, OCR-B); what is missing is replaced by the
next nearest, so that the papers can be drawn anywhere, with fewer looks.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

_FOLDERS = (os.environ.get("STRANGER_FONTS", ""), "/usr/share/fonts")
_SIMPLIFIED = 2
"""The face for simplified Chinese in the collections of Noto."""
_FILES: dict[str, tuple[tuple[str, int], ...]] = {
    "kai": (("gkai00mp.ttf", 0), ("LXGWWenKai-Regular.ttf", 0), ("ukai.ttc", 0), ("uming.ttc", 0)),
    "wenkai": (("LXGWWenKai-Regular.ttf", 0), ("LXGWWenKai-Bold.ttf", 0), ("uming.ttc", 0)),
    "song": (("gbsn00lp.ttf", 0), ("uming.ttc", 0)),
    "bookish": (("NotoSerifCJK-Medium.ttc", _SIMPLIFIED), ("NotoSerifCJK-Regular.ttc", _SIMPLIFIED)),
    "heavy": (("NotoSerifCJK-Black.ttc", _SIMPLIFIED), ("NotoSerifCJK-Bold.ttc", _SIMPLIFIED)),
    "hei": (("wqy-zenhei.ttc", 0), ("wqy-microhei.ttc", 0)),
    "light": (("NotoSansCJK-DemiLight.ttc", _SIMPLIFIED), ("NotoSansCJK-Regular.ttc", _SIMPLIFIED)),
    "medium": (("NotoSansCJK-Medium.ttc", _SIMPLIFIED), ("wqy-microhei.ttc", 0)),
    "black": (("NotoSansCJK-Black.ttc", _SIMPLIFIED), ("NotoSansCJK-Bold.ttc", _SIMPLIFIED)),
    "ocrb": (("OCRB.otf", 0), ("DejaVuSansMono.ttf", 0)),
    "typewriter": (("NimbusMonoPS-Bold.otf", 0), ("DejaVuSansMono.ttf", 0)),
    "roman": (("NimbusRoman-Regular.otf", 0), ("DejaVuSerif.ttf", 0)),
    "grotesque": (("NimbusSans-Regular.otf", 0), ("DejaVuSans.ttf", 0)),
}
_ASCII_ONLY = {"ocrb", "typewriter", "roman", "grotesque"}
_ANYTHING = (("NotoSansCJK-Regular.ttc", _SIMPLIFIED), ("wqy-microhei.ttc", 0), ("uming.ttc", 0))
_NO_START = "，。；、：）》"


@dataclass(frozen=True, slots=True)
class Pen:
    """How something is written; lengths in mm."""

    face: str
    size: float
    colour: tuple[int, int, int] = (20, 20, 22)
    tracking: float = 0.0
    """Added behind each letter."""
    squeeze: float = 1.0
    """Width of a letter as a share of what the font gives it."""
    figures: str = ""
    """Another face for ASCII; the same when empty."""


@cache
def _installed() -> dict[str, Path]:
    found: dict[str, Path] = {}
    for folder in _FOLDERS:
        if folder:
            for file in Path(folder).rglob("*.[to]t[fc]"):
                found.setdefault(file.name, file)
    return found


@cache
def _file(face: str) -> tuple[str, int]:
    for name, index in (*_FILES[face], *_ANYTHING):
        if name in _installed():
            return str(_installed()[name]), index
    raise LookupError(f"no font for {face} is installed")


@lru_cache(maxsize=200)
def font(face: str, size_px: int) -> ImageFont.FreeTypeFont:
    """Return a face at a size."""
    file, index = _file(face)
    return ImageFont.truetype(file, size_px, index=index)


def _face_for(letter: str, pen: Pen) -> str:
    if letter.isascii() and pen.figures:
        return pen.figures
    if not letter.isascii() and pen.face in _ASCII_ONLY:
        return "light"
    if pen.face in {"kai", "song"} and not _is_common(letter):
        return "light"
    return pen.face


def _is_common(letter: str) -> bool:
    """Old fonts hold what GB 2312 has, and some lack the middle dot."""
    try:
        letter.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return letter != "·"


def width(text: str, pen: Pen, scale: float) -> float:
    """Return how long a line is in mm; `scale` is px a mm."""
    size = max(1, round(pen.size * scale))
    natural = sum(font(_face_for(letter, pen), size).getlength(letter) for letter in text)
    return natural * pen.squeeze / scale + pen.tracking * len(text)


def inked(text: str, pen: Pen, scale: float) -> Image.Image:
    """Return a line as a mask (255: ink), its letters on one base line at 0.88 of the height."""
    size = max(1, round(pen.size * scale))
    room = max(1, round((width(text, pen, scale) + pen.size) * scale))
    mask = Image.new("L", (room, round(size * 1.4)), 0)
    at = 0.0
    for letter in text:
        face = font(_face_for(letter, pen), size)
        _put(mask, letter, face, at, round(size * 1.05), pen.squeeze)
        at += face.getlength(letter) * pen.squeeze + pen.tracking * scale
    return mask


def _put(
    mask: Image.Image,
    letter: str,
    face: ImageFont.FreeTypeFont,
    at: float,
    base: int,
    squeeze: float,
) -> None:
    if squeeze == 1.0:
        ImageDraw.Draw(mask).text((at, base), letter, fill=255, font=face, anchor="ls")
        return
    single = Image.new("L", (max(1, round(face.getlength(letter)) + 8), mask.height), 0)
    ImageDraw.Draw(single).text((4, base), letter, fill=255, font=face, anchor="ls")
    narrow = single.resize((max(1, round(single.width * squeeze)), mask.height), Image.Resampling.BICUBIC)
    mask.paste(255, (round(at - 4 * squeeze), 0), narrow)


def wrapped(text: str, pen: Pen, room: float, scale: float) -> list[str]:
    """Break a text into lines of at most `room` mm, no stop or closing bracket at the start of a line."""
    return list(_lines(text, pen, room, scale))


def _lines(text: str, pen: Pen, room: float, scale: float) -> Iterator[str]:
    line = ""
    for letter in text:
        if line and width(line + letter, pen, scale) > room and letter not in _NO_START:
            yield line
            line = ""
        line += letter
    if line:
        yield line
