"""Codes on paper, drawn module by module: sharp at any printer resolution, readable askew and copied."""

from __future__ import annotations

import segno
from reportlab.graphics.barcode.code128 import Code128
from reportlab.lib.colors import black
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable


def draw_qr(canvas: Canvas, text: str, *, left: float, top: float, side: float) -> None:
    """Draw a QR code (level M) with its top left corner at (left, top), `side` points wide."""
    matrix = segno.make_qr(text, error="m").matrix
    module = side / len(matrix)
    path = canvas.beginPath()
    for line, modules in enumerate(matrix):
        for column, is_dark in enumerate(modules):
            if is_dark:
                path.rect(left + column * module, top - (line + 1) * module, module, module)
    canvas.setFillColor(black)
    canvas.drawPath(path, stroke=0, fill=1)


class CodeBlock(Flowable):
    """A QR code and the same text as bars below it, in the middle of the line."""

    GAP = 9 * mm
    BAR_HEIGHT = 16 * mm

    def __init__(self, text: str, side: float = 62 * mm) -> None:
        """Encode `text`; the QR code is `side` points wide."""
        super().__init__()
        self._text, self._side = text, side
        self._bars = Code128(text, barHeight=self.BAR_HEIGHT, barWidth=0.42 * mm, quiet=True)
        self._width = 0.0

    def wrap(self, width: float, height: float) -> tuple[float, float]:
        """Take the whole width."""
        self._width = width
        return width, self._side + self.GAP + self.BAR_HEIGHT

    def draw(self) -> None:
        """Draw both codes."""
        top = self._side + self.GAP + self.BAR_HEIGHT
        draw_qr(self.canv, self._text, left=(self._width - self._side) / 2, top=top, side=self._side)
        self._bars.drawOn(self.canv, (self._width - self._bars.width) / 2, 0)


class QrBlock(Flowable):
    """A QR code in the middle of the line."""

    def __init__(self, text: str, side: float) -> None:
        """Encode `text`; the code is `side` points wide."""
        super().__init__()
        self._text, self._side = text, side
        self._width = 0.0

    def wrap(self, width: float, height: float) -> tuple[float, float]:
        """Take the whole width."""
        self._width = width
        return width, self._side

    def draw(self) -> None:
        """Draw it."""
        draw_qr(self.canv, self._text, left=(self._width - self._side) / 2, top=self._side, side=self._side)
