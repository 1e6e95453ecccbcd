"""The best engine this machine has: Tesseract for pages, the line recogniser for single lines where it is."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from PIL import Image

from ocr.engines.tesseract import TesseractEngine
from ocr.errors import OcrError
from ocr.lines import BatchEngine
from ocr.port import Engine, Layout, Line, LineEngine, Script, Word

log = logging.getLogger(__name__)


class PageEngine(Engine, BatchEngine, Protocol):
    """What reads whole pages, and several pictures in one go."""


class NamedLineEngine(LineEngine, Protocol):
    """What reads lines and says what it is."""

    @property
    def name(self) -> str:
        """Model and library."""
        ...


@dataclass(frozen=True, slots=True)
class HybridEngine:
    """Reads pages with one engine and lines with another.

    On printed lines of 18 to 44 px PP-OCR beats Tesseract in every script, digits too (40 of 40 identity
    numbers and 40 of 40 credit codes against 37 and 30), so the script does not choose.
    """

    page: PageEngine
    recogniser: NamedLineEngine

    @property
    def name(self) -> str:
        """Both names; that of the recogniser where the other cannot be had: lines are read without it."""
        try:
            return f"{self.page.name} + {self.recogniser.name}"
        except OcrError:
            return self.recogniser.name

    def words(self, image: Image.Image, *, script: Script, layout: Layout) -> tuple[Word, ...]:
        """Recognise a page; see the port."""
        return self.page.words(image, script=script, layout=layout)

    def batch(
        self, images: Sequence[Image.Image], *, script: Script, layout: Layout
    ) -> tuple[tuple[Word, ...], ...]:
        """Recognise several pictures in one go; see `ocr.lines.BatchEngine`."""
        return self.page.batch(images, script=script, layout=layout)

    def lines(self, pictures: Sequence[Image.Image], *, script: Script) -> list[Line]:
        """Recognise single lines; see the port."""
        return self.recogniser.lines(pictures, script=script)


def best_engine(*, timeout_s: float = 30.0) -> Engine:
    """Return the hybrid where the extra `ocr` is installed and its model can be loaded, else Tesseract alone.

    Loads numpy, so only a worker process calls it.

    Args:
        timeout_s: longest time for one call of Tesseract.
    """
    from ocr.engines.ppocr import LineRecogniser

    page = TesseractEngine(timeout_s=timeout_s)
    try:
        return HybridEngine(page, LineRecogniser())
    except OcrError as error:
        log.warning("event=no_line_recogniser reason=%s", error)
        return page
