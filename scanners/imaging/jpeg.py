"""The file that is kept of a fed page; needs Pillow alone, so that any process can make it."""

from __future__ import annotations

import io

from PIL import Image

from scanners.port import Mode, RawPage

JPEG_QUALITY = 92
"""Of the raw picture: recognition and the final page file are made from it, so it may cost some bytes."""


def encode(raw: RawPage) -> bytes:
    """Return the page as a JPEG file with its resolution; colour is not subsampled, so seals stay sharp."""
    return jpeg(raw.pixels, (raw.width_px, raw.height_px), raw.mode, raw.resolution_dpi)


def jpeg(pixels: bytes | bytearray, size: tuple[int, int], mode: Mode, dpi: int) -> bytes:
    """Return packed pixels, rows from the top left, as a JPEG file."""
    picture = Image.frombuffer(mode.value, size, pixels, "raw", mode.value, 0, 1)
    target = io.BytesIO()
    picture.save(target, "JPEG", quality=JPEG_QUALITY, subsampling=0, dpi=(dpi, dpi))
    return target.getvalue()
