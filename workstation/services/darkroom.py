"""The darkroom as the use cases see it: the process that touches pixels, behind a port of plain data."""

from __future__ import annotations

import io
from typing import Protocol

from PIL import Image

from scanners.imaging.port import Cut, PictureReport, Rendered
from scanners.port import RawPage
from workstation.domain.facts import Corners

JPEG_QUALITY = 92


class Darkroom(Protocol):
    """What is asked of the process that touches pixels; every method blocks, any thread may call."""

    def keep(self, raw: RawPage) -> bytes:
        """Return the file that is kept of a fed page; never fails for want of the process."""
        ...

    def inspect(self, file: bytes, dpi: int, corners: Corners | None = None) -> PictureReport:
        """Look for pages on a picture, or judge the one page cut along `corners`.

        Raises:
            ScannerError: the process cannot be had, or failed on this picture.
        """
        ...

    def render(
        self,
        file: bytes,
        corners: Corners,
        size_px: tuple[int, int],
        room_px: tuple[int, int] | None = None,
    ) -> Rendered:
        """Return the page between the corners, of `size_px`, shrunk to fit `room_px` where that is smaller.

        Raises:
            ScannerError: the process cannot be had, or failed on this picture.
        """
        ...

    def same_sheet(self, one: bytes, one_cut: Cut, other: bytes, other_cut: Cut) -> bool:
        """Return whether two pages, each cut out of its picture file, are pictures of one sheet.

        Raises:
            ScannerError: the process cannot be had, or failed on a picture.
        """
        ...


def encode(raw: RawPage) -> bytes:
    """Return the page as a JPEG file with its resolution; colour is not subsampled (seals stay sharp)."""
    picture = Image.frombytes(raw.mode.value, (raw.width_px, raw.height_px), raw.pixels)
    return jpeg(picture, raw.resolution_dpi)


def jpeg(picture: Image.Image, resolution_dpi: int) -> bytes:
    """Return a picture (RGB or L) as the file that is kept of a page."""
    target = io.BytesIO()
    dpi = (resolution_dpi, resolution_dpi)
    picture.save(target, "JPEG", quality=JPEG_QUALITY, subsampling=0, dpi=dpi)
    return target.getvalue()
