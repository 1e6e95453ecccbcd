"""Chinese TrueType fonts for paper: where they lie, which package brings them, what they can show.

reportlab embeds TrueType outlines only (a CFF font such as Noto CJK cannot be embedded), so headings use
WenQuanYi Micro Hei and the body AR PL UMing (mainland forms); both are free and in Debian.
"""

from __future__ import annotations

import hashlib
import mmap
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFError, TTFont

from workstation.printing.errors import FontUnusable
from workstation.printing.font_files import BODY, HEADING, SEARCH, located


@dataclass(frozen=True, slots=True)
class Fonts:
    """Names under which reportlab knows the fonts of a paper, ready to draw with."""

    heading: str
    body: str
    extras: tuple[str, ...] = ()
    """Further fonts asked, in order, for a character that neither of the two has."""

    def chain(self, first: str) -> tuple[str, ...]:
        """Return the fonts to ask for a character, `first` at the head, each once."""
        return tuple(dict.fromkeys((first, self.body, self.heading, *self.extras)))


def find_fonts(
    *,
    heading: Path | None = None,
    body: Path | None = None,
    extras: Sequence[Path] = (),
    search: Sequence[Path] = SEARCH,
) -> Fonts:
    """Find, check and register the fonts.

    Args:
        heading: font file from the settings; None searches the folders.
        body: the same for the running text.
        extras: fonts for rare characters (a GB 18030 font of the system, for example).
        search: folders to search, each with its sub-folders.

    Raises:
        FontMissing: a font is not there; `details` name the Debian package to install.
        FontUnusable: a file is damaged or has outlines that cannot be embedded.
    """
    return Fonts(
        heading=register(located(heading, HEADING, search)),
        body=register(located(body, BODY, search)),
        extras=tuple(register(located(extra, (extra.name, ""), search)) for extra in extras),
    )


class _MappedFile:
    """A font file as reportlab reads it, but mapped: only the glyphs really drawn come into memory.

    reportlab keeps the whole content for ever, 25 MB for the two fonts of our papers.
    """

    def __init__(self, path: Path) -> None:
        self.name = str(path)
        with path.open("rb") as file:
            self._content = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)

    def read(self) -> mmap.mmap:
        return self._content


@cache
def register(path: Path) -> str:
    """Make the first face of a font file known to reportlab and return its name there.

    Raises:
        FontUnusable: the file cannot be embedded.
    """
    name = f"paper-{hashlib.sha256(str(path).encode()).hexdigest()[:12]}"
    try:
        pdfmetrics.registerFont(TTFont(name, _MappedFile(path), subfontIndex=0))
    except (TTFError, OSError, ValueError) as error:
        raise FontUnusable(font=path, reason=error) from error
    return name


def covers(font: str, character: str) -> bool:
    """Return whether the registered font has a glyph for the character."""
    known = pdfmetrics.getFont(font)
    return isinstance(known, TTFont) and ord(character) in known.face.charToGlyph
