"""Finding a Chinese font without asking the desktop: a list of places, the first that holds wins."""

from __future__ import annotations

from enum import StrEnum
from functools import cache, lru_cache
from pathlib import Path

from PIL import ImageFont

_NOWHERE = "\U0010fffd"
"""A private character that no font has."""
_PROBE_PX = 20
_MOST_FONTS = 64
"""Looks use many sizes; a font of each would stay in memory for good."""
ROOTS = (Path("/usr/share/fonts"), Path("/usr/local/share/fonts"))


class FontMissing(RuntimeError):
    """No font with Chinese characters is installed; the message says which packages bring one."""

    def __init__(self, roots: tuple[Path, ...]) -> None:
        """Name the places that were searched."""
        places = ", ".join(str(root) for root in roots)
        super().__init__(f"no Chinese font under {places}: install fonts-noto-cjk or fonts-wqy-microhei")


class Face(StrEnum):
    """How letters look."""

    SANS = "SANS"
    SERIF = "SERIF"
    SANS_BOLD = "SANS_BOLD"
    SERIF_BOLD = "SERIF_BOLD"
    ROUND = "ROUND"
    """A screen font with softer corners."""
    MING = "MING"
    """Thin strokes, as a needle or an old laser printer leaves them."""
    MONO = "MONO"
    """Figures and letters of one width, as on cards and in machine-readable zones."""


_NOTO = ("opentype/noto", "noto-cjk", "google-noto-cjk", "truetype/noto", "noto")
_SANS = (
    *((f"{folder}/NotoSansCJK-Regular.ttc", 2) for folder in _NOTO),
    ("truetype/wqy/wqy-microhei.ttc", 0),
    ("truetype/wqy/wqy-zenhei.ttc", 0),
)
_SERIF = (*((f"{folder}/NotoSerifCJK-Regular.ttc", 2) for folder in _NOTO), ("truetype/arphic/uming.ttc", 0))
_CANDIDATES = {
    Face.SANS: _SANS + _SERIF,
    Face.SERIF: _SERIF + _SANS,
    Face.SANS_BOLD: (*((f"{folder}/NotoSansCJK-Bold.ttc", 2) for folder in _NOTO), *_SANS, *_SERIF),
    Face.SERIF_BOLD: (*((f"{folder}/NotoSerifCJK-Bold.ttc", 2) for folder in _NOTO), *_SERIF, *_SANS),
    Face.ROUND: (("truetype/wqy/wqy-microhei.ttc", 0), ("truetype/wqy/wqy-zenhei.ttc", 0), *_SANS, *_SERIF),
    Face.MING: (("truetype/arphic/uming.ttc", 0), *_SERIF, *_SANS),
    Face.MONO: (*((f"{folder}/NotoSansCJK-Regular.ttc", 7) for folder in _NOTO), *_SANS, *_SERIF),
}


def find(face: Face, roots: tuple[Path, ...] = ROOTS) -> tuple[Path, int]:
    """Return the file and the index within it of the best installed font for `face`.

    Raises:
        FontMissing: none of the known fonts is there.
    """
    for relative, index in _CANDIDATES[face]:
        for root in roots:
            if (root / relative).is_file():
                return root / relative, index
    raise FontMissing(roots)


@lru_cache(maxsize=_MOST_FONTS)
def load(face: Face, size_px: int) -> ImageFont.FreeTypeFont:
    """Return the font for `face` with an em of `size_px`."""
    path, index = find(face)
    return ImageFont.truetype(str(path), size_px, index=index, layout_engine=ImageFont.Layout.BASIC)


def for_character(face: Face, size_px: int, character: str) -> ImageFont.FreeTypeFont:
    """Return the font for `face`, or the sans one when `face` has no glyph for a rare character."""
    return load(face if character.isascii() or _draws(face, character) else Face.SANS, size_px)


@cache
def _draws(face: Face, character: str) -> bool:
    """Every character that a font lacks is drawn as the same box."""
    font = load(face, _PROBE_PX)
    return bytes(font.getmask(character)) != bytes(font.getmask(_NOWHERE)) or character.isspace()
