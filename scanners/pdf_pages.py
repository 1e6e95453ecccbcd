"""The pages of a PDF as pictures: drawn, never run.

PDFium draws them (a build without JavaScript, so there is none to run); qpdf reads the same file a second
time to find what a scanned sheet never has.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO

import pikepdf
import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c
from PIL import Image

from scanners.errors import PageTooLarge, UnreadableFile
from scanners.file_errors import ActiveFile, EmptyFile, LockedFile
from scanners.limits import check_pixels
from scanners.pixels import check_sides
from scanners.port import MAX_PAGE_PIXELS, Mode

POINTS_PER_INCH = 72
WHOLE_PAGE = 0.6
"""A picture over so much of the page means that the page is a scan."""
FINEST_DPI = 600
NODES = 2_000_000
"""Most values looked at in one file; a hundred scanned sheets have a few thousand."""
ACTIONS = {
    "/JavaScript": "JavaScript",
    "/Launch": "Launch",
    "/ImportData": "ImportData",
    "/SubmitForm": "SubmitForm",
    "/GoToE": "GoToE",
    "/Rendition": "Rendition",
    "/RichMediaExecute": "RichMedia",
}
"""Actions (ISO 32000-1, table 198) that run, fetch or send something."""
KEYS = {"/JS": "JavaScript", "/EmbeddedFiles": "EmbeddedFiles", "/EF": "EmbeddedFiles", "/XFA": "XFA"}
SUBTYPES = {
    "/FileAttachment": "EmbeddedFiles",
    "/RichMedia": "RichMedia",
    "/3D": "3D",
    "/Movie": "Movie",
    "/Screen": "Screen",
}


class PdfPages:
    """An open PDF."""

    def __init__(self, file: BinaryIO) -> None:
        """Open the file and look through all of it.

        Raises:
            ScannerError: locked, broken, without a page, or carrying what a scan never has.
        """
        self._document = _opened(file)
        # A table that had to be guessed comes from a file that was cut: pages could be missing unseen.
        if not pdfium_c.FPDF_DocumentHasValidCrossReferenceTable(self._document):
            raise UnreadableFile("the cross-reference table is broken")
        found = active_content(file)
        if found:
            raise ActiveFile(found, found=found)
        # What was typed into a form is drawn only with this; without it an application form came out empty.
        self._document.init_forms()
        self.count = len(self._document)
        if not self.count:
            raise EmptyFile("no page")

    def check(self, number: int) -> None:
        """Read the page and look at its size and that of the pictures on it."""
        page = self._document[number]
        try:
            _check_points(*page.get_size())
            _resolution(page, FINEST_DPI)
        finally:
            page.close()

    def page(self, number: int, mode: Mode, default_dpi: int) -> tuple[Image.Image, int]:
        """Draw the page on white, at the resolution it was scanned with if it is a scan."""
        page = self._document[number]
        try:
            _check_points(*page.get_size())
            dpi = _resolution(page, default_dpi)
            # A hair less, or a page of 1240.00001 px would be drawn 1241 px wide and every pixel moved.
            scale = dpi / POINTS_PER_INCH * (1 - 1e-6)
            width, height = (math.ceil(points * scale) for points in page.get_size())
            check_sides(width, height)
            bitmap = page.render(
                scale=scale,
                grayscale=mode is Mode.GREY,
                rev_byteorder=True,
            )
            picture: Image.Image = bitmap.to_pil()
        finally:
            page.close()
        target = "L" if mode is Mode.GREY else "RGB"
        return picture if picture.mode == target else picture.convert(target), dpi


def _opened(file: BinaryIO) -> pdfium.PdfDocument:
    try:
        return pdfium.PdfDocument(file)
    except pdfium.PdfiumError as error:
        # PDFium's own reason can be that of a call before, and a document without a page it calls a success.
        with _reread(file) as document:
            if not len(document.pages):
                raise EmptyFile("no page") from error
        raise UnreadableFile(str(error)) from error


@contextmanager
def _reread(file: BinaryIO) -> Iterator[pikepdf.Pdf]:
    file.seek(0)
    try:
        with pikepdf.open(file) as document:
            yield document
    except pikepdf.PasswordError as error:
        raise LockedFile("password") from error
    except pikepdf.PdfError as error:
        raise UnreadableFile(f"{type(error).__name__}: {error}") from error


def _check_points(width: float, height: float) -> None:
    """Refuse a page that no resolution makes a picture of (a page may claim to be kilometres wide)."""
    if not (0 < width < math.inf and 0 < height < math.inf):
        raise UnreadableFile(f"page of {width} x {height} pt")
    if width * height > MAX_PAGE_PIXELS:
        raise PageTooLarge(f"{width:.0f} x {height:.0f} pt")


def _resolution(page: pdfium.PdfPage, default_dpi: int) -> int:
    """Return the resolution of the pictures that cover the page, at least `default_dpi`.

    Raises:
        PageTooLarge: one of them has more pixels than any page.
    """
    width, height = page.get_size()
    finest = default_dpi
    for thing in page.get_objects(filter=(pdfium_c.FPDF_PAGEOBJ_IMAGE,), max_depth=3):
        left, bottom, right, top = thing.get_bounds()
        area = (right - left) * (top - bottom)
        if area >= WHOLE_PAGE * width * height:
            across, down = thing.get_px_size()
            check_pixels(across, down)
            finest = max(finest, round(math.sqrt(across * down / area) * POINTS_PER_INCH))
    return max(default_dpi, min(finest, FINEST_DPI))


def active_content(file: BinaryIO) -> str:
    """Return what the PDF carries that runs, fetches, sends or hides something; empty if nothing.

    Raises:
        LockedFile: it wants a password.
        UnreadableFile: its objects cannot be read, or are too many.
    """
    with _reread(file) as document:
        return _search(document)


def _search(pdf: pikepdf.Pdf) -> str:
    left = NODES
    for whole in pdf.objects:
        todo: list[object] = [whole]
        while todo:
            left -= 1
            if not left:
                raise UnreadableFile(f"more than {NODES} values")
            node = todo.pop()
            found = _named(node)
            if found:
                return found
            todo += _inside(node)
    return ""


def _named(node: object) -> str:
    if not isinstance(node, pikepdf.Dictionary | pikepdf.Stream):
        return ""
    names = node.keys()
    for key, word in KEYS.items():
        if key in names:
            return word
    action = ACTIONS.get(str(node.get("/S"))) if "/S" in names else None
    return action or (SUBTYPES.get(str(node.get("/Subtype")), "") if "/Subtype" in names else "")


def _inside(node: object) -> list[object]:
    """Return what lies directly in a value; what it only points to is looked at on its own."""
    if isinstance(node, pikepdf.Array):
        values = list(node)
    elif isinstance(node, pikepdf.Dictionary | pikepdf.Stream):
        values = [node[name] for name in node.keys()]  # noqa: SIM118 - a stream is no mapping
    else:
        return []
    return [value for value in values if isinstance(value, pikepdf.Object) and not value.is_indirect]
