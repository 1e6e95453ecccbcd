"""Pictures before recognition: opening files that may be hostile, red ink, skew, the paper on the glass."""

from __future__ import annotations

import io
import struct
import warnings
import zlib
from pathlib import Path

from PIL import (
    BmpImagePlugin,
    GifImagePlugin,
    Image,
    ImageChops,
    ImageOps,
    ImageStat,
    Jpeg2KImagePlugin,
    JpegImagePlugin,
    PngImagePlugin,
    PpmImagePlugin,
    TiffImagePlugin,
    WebPImagePlugin,
)

from ocr.errors import ImageTooLarge, UnreadableImage
from ocr.port import MAX_IMAGE_PIXELS

_PLUGINS = (
    PngImagePlugin.PngImageFile,
    JpegImagePlugin.JpegImageFile,
    TiffImagePlugin.TiffImageFile,
    BmpImagePlugin.BmpImageFile,
    WebPImagePlugin.WebPImageFile,
    GifImagePlugin.GifImageFile,
    PpmImagePlugin.PpmImageFile,
    Jpeg2KImagePlugin.Jpeg2KImageFile,
)
FORMATS = tuple(str(plugin.format) for plugin in _PLUGINS)
"""Formats that are opened; none of them starts another program."""

_MAX_BYTES = 400_000_000
_LEAST_CONTRAST = 50
_SEEN_PX, _READ_PX = 1500, 2600
"""Longest side at which a page is measured, and above twice which it is made smaller to be read."""
_BROKEN = (
    OSError,
    SyntaxError,
    ValueError,
    EOFError,
    struct.error,
    zlib.error,
    IndexError,
    TypeError,
    KeyError,
)
_DEEP_MODES = {"I", "F", "I;16", "I;16L", "I;16B", "I;16N"}
_WHITE_16_BIT = 65_535

# Pillow's own guard warns on stderr, which tears the screen, and lets the picture through: here it refuses.
Image.MAX_IMAGE_PIXELS = MAX_IMAGE_PIXELS
warnings.filterwarnings("error", category=Image.DecompressionBombWarning)


def open_image(source: Path | bytes) -> Image.Image:
    """Return the (first) picture of a file as RGB or L, upright by its EXIF note; `info["dpi"]` stays.

    The size in the header is checked before anything is decoded.

    Raises:
        ImageTooLarge: more than `MAX_IMAGE_PIXELS`.
        UnreadableImage: no file, no picture, truncated, or of a format that is not opened.
    """
    data = source if isinstance(source, bytes) else content_of(source)
    try:
        with Image.open(io.BytesIO(data), formats=FORMATS) as picture:
            if picture.width * picture.height > MAX_IMAGE_PIXELS:
                raise ImageTooLarge(f"{picture.width} x {picture.height}")
            picture.load()
            return _plain(picture)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise ImageTooLarge("more pixels than allowed") from error
    except _BROKEN as error:
        raise UnreadableImage(type(error).__name__) from error


def content_of(path: Path) -> bytes:
    """Return what is in a file.

    Raises:
        ImageTooLarge: no picture has as many bytes.
        UnreadableImage: there is no such file, or it cannot be read.
    """
    try:
        if path.stat().st_size > _MAX_BYTES:
            raise ImageTooLarge(f"a file of more than {_MAX_BYTES} bytes")
        return path.read_bytes()
    except OSError as error:
        raise UnreadableImage(error.strerror or type(error).__name__) from error


def _plain(picture: Image.Image) -> Image.Image:
    dpi = picture.info.get("dpi")
    # In place: a copy of a large page would need a hundred megabytes for a moment.
    ImageOps.exif_transpose(picture, in_place=True)
    plain = _eight_bit(picture)
    plain.info = {"dpi": dpi} if dpi else {}
    return plain


def _eight_bit(picture: Image.Image) -> Image.Image:
    if picture.mode in _DEEP_MODES:
        return _shallow(picture)
    if picture.has_transparency_data:
        solid = picture.convert("RGBA")
        paper = Image.new("RGBA", solid.size, "white")
        return Image.alpha_composite(paper, solid).convert("RGB")
    if picture.mode in {"L", "RGB"}:
        return picture
    return picture.convert("L" if picture.mode == "1" else "RGB")


def _shallow(picture: Image.Image) -> Image.Image:
    deep = picture.convert("F")
    brightest = max(ImageStat.Stat(deep).extrema[0])
    full = float(brightest) if picture.mode == "F" else float(_WHITE_16_BIT)
    return deep.point(lambda level: level * (255.0 / max(full, 1.0)) + 0.0).convert("L")


def without_red(picture: Image.Image) -> Image.Image:
    """Return a grey picture in which red ink (seals, watermarks) is as pale as the paper."""
    if picture.mode != "RGB":
        return picture.convert("L")
    return ImageChops.lighter(picture.convert("L"), picture.getchannel("R"))


def reduced(picture: Image.Image) -> Image.Image:
    """Return a picture averaged down to about the size at which it is measured."""
    return picture.reduce(max(1, round(max(picture.size) / _SEEN_PX)))


def fine_enough(picture: Image.Image) -> tuple[Image.Image, int]:
    """Return a picture for reading and how many times smaller it is: 600 dpi say no more than 300."""
    step = max(1, max(picture.size) // _READ_PX)
    if step == 1:
        return picture, 1
    small = picture.reduce(step)
    dpi = picture.info.get("dpi")
    small.info = {"dpi": tuple(float(value) / step for value in dpi)} if dpi else {}
    return small, step


def has_print(picture: Image.Image) -> bool:
    """Say whether there is anything dark on light at all."""
    darkest, brightest = ImageStat.Stat(without_red(reduced(picture))).extrema[0]
    return brightest - darkest >= _LEAST_CONTRAST
