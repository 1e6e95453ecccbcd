"""The pages of one material as PDF/A-2b (ISO 19005-2): at true size, with what was read as invisible text.

fpdf2 lays the text and makes the archival frame (XMP, output intent, font); pikepdf puts the pictures below.
A page is its paper as a JPEG and, where it has black print, the print as a stencil upon it (CCITT group 4),
so characters stay sharp at a fraction of the bytes of one picture.
"""

from __future__ import annotations

import io
import math
import os
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pikepdf
from fontTools.fontBuilder import FontBuilder  # type: ignore[import-untyped]
from fontTools.ttLib.tables._g_l_y_f import Glyph  # type: ignore[import-untyped]
from fpdf import FPDF
from fpdf.enums import DocumentCompliance, TextMode
from pikepdf import Array, Dictionary, Name, Operator, Pdf
from PIL import Image

from scanners.imaging.port import Layers
from workstation.printing.fonts import Fonts
from workstation.printing.layout import PrintedFile, saved
from workstation.printing.scanned import MaterialDocument, ReadText, ScannedPage

A4_MM = (210.0, 297.0)
CARD_MM = ((70.0, 110.0), (40.0, 75.0))
"""Least and most of the long and of the short side of a card (ID-1: 85.6 x 54) with some border."""
CARDS_ON_A_SHEET = 2
POINTS = 72 / 25.4
FAMILY = "Invisible"
MEMORY = Path("/dev/shm")
"""A memory file system, where the machine has one."""
_EM = 1000
_ASCENT, _DESCENT = 880, 120
_LONG_AGO = 3_660_595_200
"""1 January 2020, in seconds since 1904 as fonts count."""


@dataclass(frozen=True, slots=True)
class _Sheet:
    """A page of the PDF: its size and where scanned pages lie on it, in mm from its top left corner."""

    width: float
    height: float
    placed: tuple[tuple[float, float, ScannedPage], ...]


def render(form: MaterialDocument, target: Path, *, fonts: Fonts | None = None) -> PrintedFile:
    """Write the document to `target`, whole or not at all; equal input gives equal bytes.

    Args:
        form: the material.
        target: the file.
        fonts: not needed; every paper is called so.

    Raises:
        PaperNotSaved: the file could not be written.
    """
    sheets = tuple(sheets_of(form.pages))
    with Pdf.open(io.BytesIO(_text_layer(form, sheets))) as pdf:
        for page, sheet in zip(pdf.pages, sheets, strict=True):
            _put_pictures(pdf, page, sheet)
        _fix_times(pdf, form.taken_at)
        # fpdf2 says how to open it, which is the reader's own affair, and names the file by the clock.
        del pdf.Root.OpenAction
        del pdf.trailer.ID
        content = io.BytesIO()
        pdf.save(content, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return saved(content.getvalue(), target, len(sheets))


def _fix_times(pdf: Pdf, at: datetime) -> None:
    """Let the file say when its pages were taken, so that made again it is the same."""
    with pdf.open_metadata(set_pikepdf_as_editor=False, update_docinfo=False) as metadata:
        for name in ("xmp:CreateDate", "xmp:ModifyDate", "xmp:MetadataDate"):
            metadata[name] = at.isoformat(timespec="seconds")


def sheets_of(pages: Sequence[ScannedPage]) -> Iterator[_Sheet]:
    """Yield the pages of the PDF: cards by twos on an A4 sheet at true size, all others on their own."""
    cards: list[ScannedPage] = []
    for page in pages:
        if cards and (not is_card(page) or len(cards) == CARDS_ON_A_SHEET):
            yield _card_sheet(cards)
            cards = []
        if is_card(page):
            cards.append(page)
        else:
            yield _Sheet(page.width, page.height, ((0.0, 0.0, page),))
    if cards:
        yield _card_sheet(cards)


def is_card(page: ScannedPage) -> bool:
    """Tell whether a page has the size of a card."""
    sides = sorted((page.width, page.height), reverse=True)
    return all(least <= side <= most for side, (least, most) in zip(sides, CARD_MM, strict=True))


def _card_sheet(cards: Sequence[ScannedPage]) -> _Sheet:
    room = A4_MM[1] / (CARDS_ON_A_SHEET + 1)
    middles = (room * (place + 1) for place in range(len(cards)))
    placed = tuple(
        ((A4_MM[0] - card.width) / 2, middle - card.height / 2, card)
        for card, middle in zip(cards, middles, strict=False)
    )
    return _Sheet(*A4_MM, placed)


# --- text -------------------------------------------------------------------------------------------------


def _text_layer(form: MaterialDocument, sheets: Sequence[_Sheet]) -> bytes:
    pdf = FPDF(unit="mm", enforce_compliance=DocumentCompliance.PDFA_2B)
    pdf.set_creation_date(form.taken_at)
    pdf.set_title(form.title)
    pdf.set_subject(form.subject)
    pdf.set_creator("window-workstation")
    pdf.set_producer("window-workstation")
    pdf.set_lang("zh-CN")
    pdf.set_margin(0)
    pdf.set_auto_page_break(False)
    characters = {c for page in form.pages for text in page.texts for c in text.text}
    # Which characters a case is written in may give its people away: not on the disk.
    with tempfile.TemporaryDirectory(prefix=f"workstation-{os.getpid()}-", dir=_memory()) as folder:
        if characters:
            path = Path(folder) / "invisible.ttf"
            _write_font(sorted(characters), path)
            pdf.add_font(FAMILY, "", path)
        for sheet in sheets:
            pdf.add_page(format=(sheet.width, sheet.height))
            for x, y, page in sheet.placed:
                _write_texts(pdf, x, y, page.texts)
        return bytes(pdf.output())


def _memory() -> Path | None:
    return MEMORY if os.access(MEMORY, os.W_OK) else None


def _write_font(characters: Sequence[str], path: Path) -> None:
    """Write a font in which each character is an empty glyph: the picture shows it, the text only says it.

    A real font would add tens of kilobytes of outlines that nobody ever sees.
    """
    names = {ord(character): f"u{ord(character):05X}" for character in characters}
    widths = {name: (_EM // 2 if code < 0x2000 else _EM, 0) for code, name in names.items()}
    glyphs = [".notdef", *names.values()]
    font = FontBuilder(_EM, isTTF=True)
    font.setupGlyphOrder(glyphs)
    font.setupCharacterMap(names)
    font.setupGlyf({name: Glyph() for name in glyphs})
    font.setupHorizontalMetrics({".notdef": (_EM, 0), **widths})
    font.setupHorizontalHeader(ascent=_ASCENT, descent=-_DESCENT)
    font.setupNameTable({"familyName": FAMILY, "styleName": "Regular", "psName": FAMILY})
    font.setupOS2(sTypoAscender=_ASCENT, sTypoDescender=-_DESCENT, usWinAscent=_ASCENT, usWinDescent=_DESCENT)
    font.setupPost()
    # The time would make every document another one.
    font.font["head"].created = font.font["head"].modified = _LONG_AGO
    font.font.recalcTimestamp = False
    font.save(path)


def _write_texts(pdf: FPDF, left: float, top: float, texts: Sequence[ReadText]) -> None:
    with pdf.local_context(text_mode=TextMode.INVISIBLE):
        for text in texts:
            for line in lines_of(text):
                pdf.set_font(FAMILY, size=line.height * POINTS)
                natural = pdf.get_string_width(line.text)
                pdf.set_stretching(100 * line.width / natural)
                baseline = line.y + line.height * _ASCENT / _EM
                pdf.text(left + line.x, top + baseline, line.text)
                pdf.set_stretching(100)


def lines_of(text: ReadText) -> list[ReadText]:
    """Return the text as the lines it likely stands in: as many as make its characters about square."""
    words = text.text.strip()
    if not words or text.width <= 0 or text.height <= 0:
        return []
    ems = sum(0.5 if ord(character) < 0x2000 else 1.0 for character in words)
    count = max(1, min(len(words), round(math.sqrt(ems * text.height / text.width))))
    length, height = math.ceil(len(words) / count), text.height / count
    parts = [words[start : start + length] for start in range(0, len(words), length)]
    return [
        ReadText(part, text.x, text.y + place * height, text.width * len(part) / length, height)
        for place, part in enumerate(parts)
    ]


# --- pictures ----------------------------------------------------------------------------------------------


def _put_pictures(pdf: Pdf, page: pikepdf.Page, sheet: _Sheet) -> None:
    """Put the pictures below the text: scaled to their place, the print in its ink upon the paper."""
    below: list[tuple[Sequence[Any], Operator]] = []
    for number, (x, y, scanned) in enumerate(sheet.placed):
        width, height = scanned.width * POINTS, scanned.height * POINTS
        left, bottom = x * POINTS, (sheet.height - y) * POINTS - height
        below += [([], Operator("q")), (_numbers(width, 0, 0, height, left, bottom), Operator("cm"))]
        if scanned.layers.paper:
            paper = _named(page, f"Paper{number}", _paper(pdf, scanned.layers.paper))
            below.append(([paper], Operator("Do")))
        if scanned.layers.stencil:
            ink = _numbers(*(level / 255 for level in scanned.layers.ink))
            stencil = _named(page, f"Print{number}", _stencil(pdf, scanned.layers))
            below += [(ink, Operator("rg")), ([stencil], Operator("Do"))]
        below.append(([], Operator("Q")))
    page.contents_add(pikepdf.unparse_content_stream(below), prepend=True)


def _numbers(*values: float) -> list[Decimal]:
    return [Decimal(f"{value:.4f}") for value in values]


def _named(page: pikepdf.Page, name: str, picture: pikepdf.Stream) -> Name:
    return page.add_resource(picture, Name.XObject, Name(f"/{name}"))


def _paper(pdf: Pdf, jpeg: bytes) -> pikepdf.Stream:
    with Image.open(io.BytesIO(jpeg)) as picture:
        (width, height), is_grey = picture.size, picture.mode == "L"
    return pikepdf.Stream(
        pdf,
        jpeg,
        Type=Name.XObject,
        Subtype=Name.Image,
        Width=width,
        Height=height,
        ColorSpace=Name.DeviceGray if is_grey else Name.DeviceRGB,
        BitsPerComponent=8,
        Filter=Name.DCTDecode,
    )


def _stencil(pdf: Pdf, layers: Layers) -> pikepdf.Stream:
    width, height = layers.stencil_px
    return pikepdf.Stream(
        pdf,
        layers.stencil,
        Type=Name.XObject,
        Subtype=Name.Image,
        Width=width,
        Height=height,
        ImageMask=True,
        BitsPerComponent=1,
        Filter=Array([Name.CCITTFaxDecode]),
        DecodeParms=Array([Dictionary(K=-1, Columns=width, Rows=height)]),
    )
