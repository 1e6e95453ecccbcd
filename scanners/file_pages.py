"""The pages of one file from outside, whatever its kind; runs only where a hostile file may do harm."""

from __future__ import annotations

from typing import BinaryIO, Protocol

from PIL import Image, UnidentifiedImageError

from scanners.errors import PageTooLarge, ScannerError, UnreadableFile
from scanners.file_errors import EmptyFile, FileTooHeavy, MovingPicture, TooManyPages, UnsupportedKind
from scanners.pixels import check_sides, flatten, lies_on_its_side, resolutions_of, square
from scanners.port import Mode

FORMATS = ("JPEG", "PNG", "TIFF", "BMP", "PPM", "WEBP", "GIF")
MANY_PAGES = "TIFF"
MOVING = frozenset({"PNG", "WEBP", "GIF"})
MAX_PAGES = 1000
"""More than this nobody counts; what one scan takes is far less."""
HEAD_BYTES = 1024
"""A PDF may begin with so much that is none (ISO 32000-1, implementation note 13)."""
BRANDS = {
    b"heic": "HEIC",
    b"heix": "HEIC",
    b"hevc": "HEIC",
    b"mif1": "HEIC",
    b"msf1": "HEIC",
    b"avif": "AVIF",
    b"avis": "AVIF",
}
STARTS = (
    (b"\x00\x00\x00\x0cjP  ", "JPEG 2000"),
    (b"\xff\x4f\xff\x51", "JPEG 2000"),
    (b"PK\x03\x04", "ZIP / OFD / Office"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "Office 97"),
    (b"Rar!", "RAR"),
    (b"7z\xbc\xaf", "7z"),
    (b"{\\rtf", "RTF"),
    (b"%!PS", "PostScript"),
    (b"\xc5\xd0\xd3\xc6", "PostScript"),
)


class Pages(Protocol):
    """The pages of an open file, numbered from 0."""

    count: int

    def check(self, number: int) -> None:
        """Find out whether the page can be had whole.

        Raises:
            ScannerError: it cannot.
        """
        ...

    def page(self, number: int, mode: Mode, default_dpi: int) -> tuple[Image.Image, int]:
        """Return the page upright in mode L or RGB, and its resolution.

        Raises:
            ScannerError: the page is no page, or too much of one.
        """
        ...


def open_pages(file: BinaryIO) -> Pages:
    """Return the pages of a file, told by its content: a name can lie.

    Raises:
        ScannerError: it is none that is read here, broken, locked, moving or hostile.
    """
    head = file.read(HEAD_BYTES)
    file.seek(0)
    if not head:
        raise EmptyFile("no bytes")
    kind = known_but_not_read(head)
    if kind:
        raise UnsupportedKind(kind, kind=kind)
    if b"%PDF-" in head:
        from scanners.pdf_pages import PdfPages

        return PdfPages(file)
    return PicturePages(file)


def known_but_not_read(head: bytes) -> str:
    """Return the name of a kind that people do bring but that is not read here; empty for all others."""
    if head[4:8] == b"ftyp":
        return BRANDS.get(head[8:12], "MP4 / MOV")
    return next((kind for start, kind in STARTS if head.startswith(start)), "")


def translated(error: Exception) -> ScannerError:
    """Return what a failure inside a decoder means for the file: a broken one can raise anything."""
    if isinstance(error, ScannerError):
        return error
    detail = f"{type(error).__name__}: {error}"[:300]
    if isinstance(error, Image.DecompressionBombError | Image.DecompressionBombWarning):
        return PageTooLarge(detail)
    if isinstance(error, MemoryError):
        return FileTooHeavy(detail)
    return UnreadableFile(detail)


class PicturePages:
    """A picture, or a TIFF with as many as it holds."""

    def __init__(self, file: BinaryIO) -> None:
        """Read the header.

        Raises:
            ScannerError: no picture of a known kind, a moving one, or more pages than anybody counts.
        """
        try:
            self._image = Image.open(file, formats=FORMATS)
        except UnidentifiedImageError as error:
            raise UnreadableFile("no picture of a known kind") from error
        check_sides(*self._image.size)
        if self._image.mode == "F":
            raise UnsupportedKind("floating point", kind=f"{self._image.format} (float)")
        self._turned: dict[int, bool] = {}
        self.count = self._counted()

    def _counted(self) -> int:
        frames = int(getattr(self._image, "n_frames", 1))
        if frames > 1 and self._image.format in MOVING:
            raise MovingPicture(f"{frames} frames")
        if frames > MAX_PAGES:
            raise TooManyPages(f"{frames} pages", pages=frames, limit=MAX_PAGES)
        # A JPEG with several pictures (MPO) comes from a camera: the others are previews and second eyes.
        return frames if self._image.format == MANY_PAGES else 1

    def check(self, number: int) -> None:
        """Decode the page: pictures tell what is missing only then."""
        self._go(number)
        self._image.load()

    def page(self, number: int, mode: Mode, default_dpi: int) -> tuple[Image.Image, int]:
        """Return the page on white."""
        self._go(number)
        across, down = resolutions_of(self._image, default_dpi)
        dpi = (down, across) if self._turned[number] else (across, down)
        return square(flatten(self._image, mode), dpi)

    def _go(self, number: int) -> None:
        self._image.seek(number)
        check_sides(*self._image.size)
        # Pillow turns a TIFF when it is loaded, and forgets that it did.
        self._turned.setdefault(number, lies_on_its_side(self._image))
