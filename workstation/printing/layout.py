"""The frame every paper shares: heading, number line, QR code, footer, practice mark; then the file."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

from reportlab.lib.colors import Color
from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.pdfgen.textobject import PDFTextObject
from reportlab.platypus import BaseDocTemplate, Flowable, Frame, PageBreak, PageTemplate
from reportlab.platypus.doctemplate import LayoutError

from workstation.printing.codes import draw_qr
from workstation.printing.errors import PaperNotLaidOut, PaperNotSaved
from workstation.printing.fonts import Fonts
from workstation.printing.ink import Ink
from workstation.printing.parts import Parts
from workstation.printing.printed import PrintedFile as PrintedFile

MARGIN = 20 * mm
TOP = 13 * mm
BOTTOM = 17 * mm
QR_SIDE = 23 * mm
EDGE = 0.18
"""Width of the edge drawn around each glyph, in points."""
PRACTICE = "练习 样本"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """Heading and marks of one paper."""

    title: str
    authority: str
    number: str
    left: str
    """Left half of the number line, e.g. the case number with its label."""
    bundle_sha256: str = ""
    provisional: bool = False
    practice: bool = False
    is_landscape: bool = False
    shows_numbers: bool = False
    """True: identity numbers are printed whole, as on the citizen's own form."""
    stamp: str = ""
    """A warning framed under the heading; empty: none."""
    copies: tuple[str, ...] = ("",)
    """What is written on each copy, e.g. for whom it is; all copies are in one file."""

    @property
    def code(self) -> str:
        """Content of the QR code: version mark, number of the paper, hash of the bundle."""
        return f"WS1:{self.number}:{self.bundle_sha256}"

    @property
    def size(self) -> tuple[float, float]:
        """Page width and height in points."""
        return landscape(A4) if self.is_landscape else A4

    @property
    def width(self) -> float:
        """Width between the margins in points."""
        return self.size[0] - 2 * MARGIN


Story = Callable[[Parts], list[Flowable]]


def write(sheet: Sheet, story: Story, target: Path, fonts: Fonts) -> PrintedFile:
    """Lay the paper out and put it at `target`, whole or not at all; equal input gives equal bytes.

    Raises:
        PaperNotLaidOut: the content does not fit.
        PaperNotSaved: the file could not be written.
    """
    ink = Ink(fonts, sheet.shows_numbers)
    content, pages = _laid_out(sheet, story, ink)
    return saved(content, target, pages, tuple(ink.missing))


def saved(content: bytes, target: Path, pages: int, missing: tuple[str, ...] = ()) -> PrintedFile:
    """Put a finished PDF at `target`, whole or not at all.

    Raises:
        PaperNotSaved: the file could not be written.
    """
    _save(content, target)
    return PrintedFile(target, pages, hashlib.sha256(content).hexdigest(), missing)


def _laid_out(sheet: Sheet, story: Story, ink: Ink) -> tuple[bytes, int]:
    try:
        # Two passes: the footer says how many pages there are, known only when all are laid out.
        _, pages = _pass(sheet, story, ink, 0)
        return _pass(sheet, story, ink, pages)
    except LayoutError as error:
        raise PaperNotLaidOut(title=sheet.title, reason=error) from error


def _pass(sheet: Sheet, story: Story, ink: Ink, total: int) -> tuple[bytes, int]:
    buffer = BytesIO()
    width, height = sheet.size
    document = BaseDocTemplate(
        buffer,
        pagesize=sheet.size,
        invariant=1,
        initialFontName=ink.fonts.body,
        title=ink.plain(sheet.title),
        author=ink.plain(sheet.authority),
        subject="",
        creator="window-workstation",
        lang="zh-CN",
    )
    frame = Frame(
        MARGIN,
        BOTTOM,
        width - 2 * MARGIN,
        height - TOP - BOTTOM,
        leftPadding=0,
        rightPadding=0,
        topPadding=0,
        bottomPadding=0,
    )

    def finish(canvas: Canvas, _: object) -> None:
        _Marks(canvas, sheet, ink).draw(total)

    document.addPageTemplates(PageTemplate("paper", [frame], onPageEnd=finish))
    copies = [_copy(sheet, story, ink) for _ in sheet.copies]
    document.build([part for copy in copies for part in copy][1:], canvasmaker=_DarkCanvas)
    return buffer.getvalue(), document.page


def _copy(sheet: Sheet, story: Story, ink: Ink) -> list[Flowable]:
    """Return one copy of the paper, beginning with a page break."""
    parts = Parts(ink, sheet.width)
    return [PageBreak(), *_heading(parts, sheet), *story(parts), *parts.closing(sheet.bundle_sha256)]


def _heading(parts: Parts, sheet: Sheet) -> list[Flowable]:
    title = sheet.title + ("（练习）" if sheet.practice else "")
    label = "临时编号" if sheet.provisional else "编号"
    heading = parts.heading(sheet.authority, title, sheet.left, f"{label}：{sheet.number}", QR_SIDE + 4 * mm)
    return [*heading, *(parts.stamp(sheet.stamp) if sheet.stamp else ())]


class _DarkCanvas(Canvas):
    """Draws glyphs filled and with a hair-thin edge: the free Song font is too pale on office printers."""

    def beginText(self, x: float = 0, y: float = 0, direction: Any = None) -> PDFTextObject:
        self.setLineWidth(EDGE)
        text = super().beginText(x, y, direction=direction)
        text.setTextRenderMode(2)
        return text


class _Marks:
    """Draws on one finished page what stands outside the text: QR code, footer, practice mark."""

    def __init__(self, canvas: Canvas, sheet: Sheet, ink: Ink) -> None:
        self._canvas = canvas
        self._sheet = sheet
        self._ink = ink

    def draw(self, total: int) -> None:
        self._canvas.saveState()
        copies = len(self._sheet.copies)
        # Copies differ in nothing that takes room, so all have the same number of pages.
        pages = max(1, total // copies)
        copy, page = divmod(self._canvas.getPageNumber() - 1, pages)
        if page == 0:
            self._code()
        self._top(self._sheet.copies[min(copy, copies - 1)], page)
        self._footer(page + 1, total // copies)
        if self._sheet.practice:
            self._practice()
        self._canvas.restoreState()

    def _code(self) -> None:
        """Draw the QR code at the top right corner."""
        left = self._sheet.size[0] - MARGIN - QR_SIDE
        draw_qr(self._canvas, self._sheet.code, left=left, top=self._sheet.size[1] - TOP, side=QR_SIDE)

    def _top(self, copy: str, page: int) -> None:
        """Draw for whom the copy is, and on further pages which paper it is."""
        canvas, height = self._canvas, self._sheet.size[1] - 9.5 * mm
        canvas.setFont(self._ink.fonts.heading, 9)
        canvas.drawString(MARGIN, height, copy)
        if page:
            canvas.setFont(self._ink.fonts.body, 8)
            canvas.drawCentredString(self._sheet.size[0] / 2, height, self._ink.plain(self._sheet.title))
            right = _short(self._ink.plain(self._sheet.left), 40)
            canvas.drawRightString(self._sheet.size[0] - MARGIN, height, right)

    def _footer(self, page: int, total: int) -> None:
        canvas, middle = self._canvas, self._sheet.size[0] / 2
        canvas.setLineWidth(0.4)
        canvas.line(MARGIN, 14 * mm, self._sheet.size[0] - MARGIN, 14 * mm)
        canvas.setFont(self._ink.fonts.body, 8)
        number = self._ink.plain(self._sheet.number)
        canvas.drawString(MARGIN, 10 * mm, _short(number, 40))
        canvas.drawCentredString(middle, 10 * mm, f"第 {page} 页　共 {total} 页")
        right = "练习样张　不具任何效力" if self._sheet.practice else _short(self._sheet.title, 30)
        canvas.drawRightString(self._sheet.size[0] - MARGIN, 10 * mm, self._ink.plain(right))

    def _practice(self) -> None:
        canvas, (width, height) = self._canvas, self._sheet.size
        canvas.translate(width / 2, height / 2)
        canvas.rotate(45 if height > width else 30)
        canvas.setFillColor(Color(0, 0, 0, alpha=0.13))
        canvas.setStrokeColor(Color(0, 0, 0, alpha=0))
        canvas.setFont(self._ink.fonts.heading, 104)
        canvas.drawCentredString(0, -36, PRACTICE)


def _short(text: str, limit: int) -> str:
    return text if len(text) <= limit else f"{text[: limit - 1]}…"


def _save(content: bytes, target: Path) -> None:
    """Write beside the target, sync, rename, sync the folder; readable by the owner only."""
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=target.parent, prefix=".paper-")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            Path(name).replace(target)
        except OSError:
            Path(name).unlink(missing_ok=True)
            raise
        _sync_folder(target.parent)
    except OSError as error:
        raise PaperNotSaved(path=target, reason=error.strerror or error) from error


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
