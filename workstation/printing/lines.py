"""Line breaking after GB/T 15834: no line begins with a closing mark or ends with an opening one.

reportlab's own table is Japanese: it lets a line begin with a Chinese comma and end with an opening bracket.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from copy import copy

from reportlab.platypus import Paragraph
from reportlab.platypus.paragraph import ParaLines, cjkU, makeCJKParaLine  # type: ignore[attr-defined]
from reportlab.platypus.paraparser import ParaFrag

NEVER_FIRST = frozenset("，。、；：！？）》〉」』】〕”’…—·％℃,.;:!?)]}%")
NEVER_LAST = frozenset("（《〈「『【〔“‘￥([{")


class ChineseParagraph(Paragraph):
    """A paragraph that breaks its lines by `break_before`."""

    blPara: ParaLines
    _splitpara: int

    def breakLinesCJK(self, maxWidths: float | list[float] | tuple[float, ...]) -> ParaLines | ParaFrag:
        """Return the broken lines, for a first and all further widths in points."""
        if not self.frags:
            return super().breakLinesCJK(maxWidths)
        if getattr(self, "_splitpara", 0):
            # The second half of a paragraph that was divided between pages keeps its lines.
            return self.blPara
        widths = list(maxWidths) if isinstance(maxWidths, (list, tuple)) else [maxWidths]
        self.height = 0
        glyphs = [cjkU(c, frag, "utf8") for frag in self.frags for c in (frag.text or [""])]
        return ParaLines(kind=1, lines=list(_lines(glyphs, widths)))

    def pieces(self, width: float, height: float) -> list[ChineseParagraph]:
        """Return the paragraph in pieces of at most `height` points, all broken for the same width."""
        if self.wrap(width, height)[1] <= height:
            return [self]
        lines, step = self.blPara.lines, int(height / self.style.leading)
        return [self._piece(lines[start : start + step]) for start in range(0, len(lines), step)]

    def _piece(self, lines: list[object]) -> ChineseParagraph:
        piece = copy(self)
        piece.blPara = ParaLines(kind=1, lines=lines)
        piece._splitpara = 1
        return piece


def break_before(glyphs: Sequence[str], start: int, overflow: int) -> int:
    """Return where the line that began at `start` ends, given that the glyph at `overflow` no longer fits.

    Looks back at most half a line: a line of brackets only is cut rather than left empty.
    """
    for place in range(overflow, max(start, (start + overflow) // 2 - 1), -1):
        if _may_part(glyphs[place - 1], glyphs[place]):
            return place
    return max(overflow, start + 1)


def _may_part(left: str, right: str) -> bool:
    if right in NEVER_FIRST or left in NEVER_LAST:
        return False
    return not (_is_latin(left) and _is_latin(right))


def _is_latin(character: str) -> bool:
    return "!" <= character <= "\u024f" and character != "\xa0"


def _lines(glyphs: list[cjkU], widths: list[float]) -> Iterator[object]:
    start = 0
    for number in range(len(glyphs) + 1):
        if start >= len(glyphs):
            return
        width = widths[min(number, len(widths) - 1)]
        end, is_broken = _line_end(glyphs, start, width)
        used = sum(glyph.width for glyph in glyphs[start:end])
        yield makeCJKParaLine(glyphs[start:end], width, used, width - used, is_broken, False)
        start = end
        while start < len(glyphs) and glyphs[start] == " ":
            start += 1


def _line_end(glyphs: list[cjkU], start: int, width: float) -> tuple[int, bool]:
    used = 0.0
    for place in range(start, len(glyphs)):
        if hasattr(glyphs[place].frag, "lineBreak"):
            return place + 1, True
        used += glyphs[place].width
        if used > width + 1e-6:
            return break_before(glyphs, start, place), False
    return len(glyphs), False
