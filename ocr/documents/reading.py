"""What stands on a sheet: each piece of print recognised, with the place of every character."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import Enum, auto
from functools import reduce

import cv2
import numpy as np
from PIL import Image, ImageOps

from ocr.documents.print_lines import Grey, Piece, find_print
from ocr.documents.sheets import Sheet
from ocr.lines import read_all, read_faint, read_lines
from ocr.port import Box, Engine, Line, LineEngine, Script

_MARGIN = 0.16
"""Room around a line, over its height."""
_BESIDE_EM, _DISTURBED = 0.5, 0.08
"""How near foreign ink is to a line to hide part of it, and how much there is, over the height squared."""
_ROOM, _CLEAR_PX = 0.2, 18
"""More room above and below, over its height, for a line that is so many px high on the page."""
_PALE, _STRETCHED = 0.62, 1.3
_LINE_PX, _GLYPH_PX, _FRAME_PX = 48, 30, 10


class Way(Enum):
    """How a line is shown to the engine another time."""

    CRISP = auto()
    """Without paler ink."""
    WIDE = auto()
    """Stretched: runs of equal digits are told apart better."""
    DIGITS = auto()
    """As it was, to be read as digits."""


@dataclass(frozen=True, slots=True)
class Strip:
    """A piece of print as read; places in px of the picture in which print was looked for."""

    piece: Piece
    text: str
    sure: tuple[float, ...]
    """0 to 1 for each character of `text`."""

    @property
    def mean(self) -> float:
        """The mean over the characters, 0 without any."""
        return sum(self.sure) / len(self.sure) if self.sure else 0.0

    def as_line(self) -> Line:
        """Return it as the engine said it."""
        return Line(self.text, self.mean, self.sure)

    def left_of(self, place: int) -> float:
        """Return the left edge of the character at `place`; a narrow one counts half."""
        shares = [1 if character.isascii() else 2 for character in self.text]
        return self.piece.left + self.piece.width * sum(shares[:place]) / max(1, sum(shares))


Wanted = Callable[[Sequence[Strip], Sequence[Piece]], Sequence[Piece]]
"""Says which pieces are worth reading and in which order, from the strips read so far and the pieces left."""


@dataclass(frozen=True, slots=True)
class Page:
    """A sheet with its print read once."""

    sheet: Sheet
    strips: tuple[Strip, ...]
    left_out: Grey | None = None
    """(H, W) of the work picture: 255 where ink was taken for a seal, a stamp or a large sign."""

    def is_disturbed(self, piece: Piece) -> bool:
        """Say whether a seal or a stamp runs through a piece or up to it and may hide part of it."""
        if self.left_out is None:
            return False
        room, rim = round(_BESIDE_EM * piece.height), round(0.1 * piece.height)
        around = self.left_out[
            max(0, piece.top + rim) : max(0, piece.bottom - rim),
            max(0, piece.left - room) : piece.right + room,
        ]
        return int((around > 0).sum()) > _DISTURBED * piece.height**2

    def box_of(self, pieces: Sequence[Piece]) -> Box:
        """Return the box in px of the input around pieces in px of the work picture."""
        around, scale = reduce(Piece.joined, pieces), 1.0 / self.sheet.work_scale
        return self.sheet.box_in_input(
            around.left * scale, around.top * scale, around.right * scale, around.bottom * scale
        )

    def cut(self, piece: Piece, *, framed: bool, way: Way | None = None, roomy: bool = False) -> Image.Image:
        """Return the picture of a piece (in px of the work picture) for the engine.

        Args:
            piece: the line to cut out.
            framed: with paper around and characters of 30 px, as Tesseract reads them best; otherwise a close
                cut of at most 48 px, which is what line recognisers see.
            way: how it is shown otherwise than at first.
            roomy: print that is large enough stands smaller in its line, which is then shorter and sooner
                read, and as well.
        """
        scale = 1.0 / self.sheet.work_scale
        margin = _MARGIN * piece.height
        part = self.sheet.part(
            int((piece.left - margin) * scale),
            int((piece.top - margin) * scale),
            int(np.ceil((piece.right + margin) * scale)),
            int(np.ceil((piece.bottom + margin) * scale)),
        )
        part = _crisp(part) if way is Way.CRISP else part
        stretched = _STRETCHED if way is Way.WIDE else 1.0
        if not framed:
            room = round(_ROOM * piece.height * scale) if roomy and piece.height * scale >= _CLEAR_PX else 0
            return Image.fromarray(
                _with_room(_sized(part, stretched, _LINE_PX / part.shape[0]), room / part.shape[0])
            )
        sized = _sized(part, stretched, _GLYPH_PX * (1 + 2 * _MARGIN) / part.shape[0])
        return ImageOps.expand(Image.fromarray(sized), _FRAME_PX, fill=int(np.percentile(sized, 70)))


def _crisp(part: Grey) -> Grey:
    """Return a line without what is much paler than its print: the copy of a seal, the waves of the paper."""
    ink, paper = np.percentile(part, (2, 80))
    return np.asarray(np.where(part > ink + _PALE * (paper - ink), paper, part), np.uint8)


def _with_room(line: Grey, share: float) -> Grey:
    """Return a line with paper added above and below, each a share of its height."""
    room = round(share * line.shape[0])
    if not room:
        return line
    paper = int(np.percentile(line, 75))
    return np.asarray(cv2.copyMakeBorder(line, room, room, 0, 0, cv2.BORDER_CONSTANT, value=paper), np.uint8)


def _sized(part: Grey, stretched: float, factor: float) -> Grey:
    """Bring a large line down to the height at which engines read; more they would not see."""
    height, width = part.shape
    factor = min(1.0, factor)
    size = (max(1, round(width * factor * stretched)), max(1, round(height * factor)))
    if size == (width, height):
        return np.ascontiguousarray(part)
    way = cv2.INTER_AREA if factor < 1.0 and stretched <= 1.0 else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(part, size, interpolation=way), np.uint8)


def pieces_of(sheet: Sheet) -> list[Piece]:
    """Return where print is on a sheet."""
    return find_print(sheet.work(), with_seals=not sheet.had_red, ink=sheet.ink()).pieces


def read_pieces(engine: Engine, sheet: Sheet, pieces: Sequence[Piece]) -> tuple[Strip, ...]:
    """Read pieces of print once; those in which nothing was read are left out.

    Raises:
        OcrError: from the engine.
    """
    page = Page(sheet, ())
    framed = not isinstance(engine, LineEngine)
    pictures = [page.cut(piece, framed=framed, roomy=not framed) for piece in pieces]
    if not framed:
        return _with_text(pieces, read_lines(engine, pictures, script=Script.CHINESE))
    return _with_text(pieces, read_faint(engine, pictures, read_all(engine, pictures, script=Script.CHINESE)))


def read_page(engine: Engine, sheet: Sheet, wanted: Wanted, known: Sequence[Strip] = ()) -> Page:
    """Read the pieces of print on `sheet` once, as long as more is wanted.

    Args:
        engine: the recogniser.
        sheet: the page.
        wanted: what of the print is worth reading; an engine that reads all lines in one go is not asked.
        known: strips of this sheet that were read before.

    Raises:
        OcrError: from the engine.
    """
    print_of = find_print(sheet.work(), with_seals=not sheet.had_red, ink=sheet.ink())
    page = Page(sheet, (), print_of.left_out)
    if not isinstance(engine, LineEngine):
        return replace(page, strips=read_pieces(engine, sheet, print_of.pieces))
    return replace(page, strips=_read_wanted(engine, sheet, print_of.pieces, wanted, known))


def _read_wanted(
    engine: Engine, sheet: Sheet, pieces: Sequence[Piece], wanted: Wanted, known: Sequence[Strip]
) -> tuple[Strip, ...]:
    """Return the strips in the order of `pieces`, whatever the order in which they were read."""
    before = {strip.piece: strip for strip in known}
    place = {piece: number for number, piece in enumerate(pieces)}
    strips: list[Strip] = []
    left = list(pieces)
    while following := wanted(strips, left):
        piece = following[0]
        left = sorted(following[1:], key=lambda one: place[one])
        strips += (before[piece],) if piece in before else read_pieces(engine, sheet, [piece])
    return tuple(sorted(strips, key=lambda strip: place[strip.piece]))


def _with_text(pieces: Sequence[Piece], lines: Sequence[Line]) -> tuple[Strip, ...]:
    strips = (_strip(piece, line) for piece, line in zip(pieces, lines, strict=True))
    return tuple(strip for strip in strips if strip.text)


def _strip(piece: Piece, line: Line) -> Strip:
    """Return a line without the strokes it is written on."""
    kept = [
        (character, mark)
        for character, mark in zip(line.text, sure_of(line), strict=True)
        if character != "_"
    ]
    return Strip(piece, "".join(character for character, _ in kept), tuple(mark for _, mark in kept))


def sure_of(line: Line) -> tuple[float, ...]:
    """Return a confidence for each character, the line's own where the engine has no other."""
    return line.marks if len(line.marks) == len(line.text) else (line.confidence,) * len(line.text)


def read_again(
    engine: Engine, page: Page, pieces: Sequence[Piece], way: Way | None = None, known: Sequence[Line] = ()
) -> list[Line]:
    """Read pieces another time, with all the care the engine has.

    Args:
        engine: the recogniser.
        page: what they stand on.
        pieces: the lines.
        way: how they are shown.
        known: what was read of each at first, shown as it is; an engine that votes counts it as one voice.

    Raises:
        OcrError: from the engine.
    """
    framed = not isinstance(engine, LineEngine)
    pictures = [page.cut(piece, framed=framed, way=way) for piece in pieces]
    script = Script.DIGITS if way is Way.DIGITS else Script.CHINESE
    return read_lines(engine, pictures, script=script, known=known)
