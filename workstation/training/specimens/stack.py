"""Sheets for a feeder: printed papers as pictures, a paper laid upside down, a sheet with nothing on it."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from PIL import Image

from scanners.pdf_pages import PdfPages
from scanners.port import Mode
from workstation.training.specimens.glass import A4_MM, add_noise

DPI = 200
SKEW_DEGREES = 0.8
"""How far a feeder pulls a sheet askew."""
PAPER = 250
"""Grey level of white paper."""


def printed_sheets(pdf: Path, folder: Path, pages: Iterable[int]) -> list[Path]:
    """Return pages of a printed paper as the feeder sees them: a little askew, with noise (PNG).

    Args:
        pdf: as it came from the press.
        folder: where the pictures go.
        pages: which ones, 0 is the first.

    Raises:
        ScannerError: it is no PDF that can be drawn.
    """
    sheets = []
    with pdf.open("rb") as file:
        printed = PdfPages(file)
        for number in pages:
            picture, dpi = printed.page(number, Mode.GREY, DPI)
            askew = picture.rotate(SKEW_DEGREES, resample=Image.Resampling.BILINEAR, fillcolor=PAPER)
            sheets.append(_save(add_noise(askew, 2.0, number), folder / f"{pdf.stem}-{number}.png", dpi))
    return sheets


def upside_down(paper: Path, folder: Path) -> Path:
    """Return the picture of a paper that was laid the wrong way up."""
    with Image.open(paper) as picture:
        turned = picture.convert("RGB").rotate(180)
    return _save(turned, folder / f"{paper.stem}-upside-down.png", DPI)


def empty_sheet(folder: Path) -> Path:
    """Return the picture of an A4 sheet with nothing on it."""
    size = (round(A4_MM[0] * DPI / 25.4), round(A4_MM[1] * DPI / 25.4))
    return _save(add_noise(Image.new("L", size, PAPER), 2.0, 0), folder / "empty-sheet.png", DPI)


def _save(picture: Image.Image, path: Path, dpi: int) -> Path:
    picture.save(path, dpi=(dpi, dpi))
    return path
