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
    ImageFilter,
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
from ocr.port import MAX_IMAGE_PIXELS, Box

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
    data = _bytes(source)
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


def _bytes(source: Path | bytes) -> bytes:
    if isinstance(source, bytes):
        return source
    try:
        if source.stat().st_size > _MAX_BYTES:
            raise ImageTooLarge(f"a file of more than {_MAX_BYTES} bytes")
        return source.read_bytes()
    except OSError as error:
        raise UnreadableImage(error.strerror or type(error).__name__) from error


def _plain(picture: Image.Image) -> Image.Image:
    dpi = picture.info.get("dpi")
    upright = ImageOps.exif_transpose(picture)
    plain = _eight_bit(upright)
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
        return picture.copy()
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


def paper_box(grey: Image.Image) -> Box | None:
    """Return the box of what lies on the glass, None when the whole picture is paper.

    The lid's brightness is taken from the rim of the picture. On light lids the print and the shadow tell,
    on dark ones the paper itself.
    """
    factor = max(1, max(grey.size) // 500)
    small = grey.reduce(factor).filter(ImageFilter.GaussianBlur(1))
    lid = _rim_brightness(small)
    marks = small.point([255 if abs(level - lid) > 14 else 0 for level in range(256)])
    solid = marks.filter(ImageFilter.MinFilter(3)).filter(ImageFilter.MaxFilter(3))
    bounds = solid.getbbox()
    if bounds is None:
        return None
    left, top, right, bottom = (edge * factor for edge in bounds)
    margin = max(grey.size) // 100
    left, top = max(0, left - margin), max(0, top - margin)
    right, bottom = min(grey.width, right + margin), min(grey.height, bottom + margin)
    if (right - left) * (bottom - top) > 0.9 * grey.width * grey.height:
        return None
    return left, top, right - left, bottom - top


def _rim_brightness(small: Image.Image) -> int:
    width, height = small.size
    strips = [small.crop((0, 0, width, 2)), small.crop((0, height - 2, width, height))]
    strips += [small.crop((0, 0, 2, height)), small.crop((width - 2, 0, width, height))]
    levels = sorted(ImageStat.Stat(strip).median[0] for strip in strips)
    return round(levels[len(levels) // 2])


def skew(grey: Image.Image, limit_deg: float = 6.0) -> float:
    """Return by how many degrees the lines of text rise to the right (anticlockwise), 0 when undecided.

    The angle that makes the rows of the picture differ most is searched coarsely, then finely.
    """
    small = grey.copy()
    small.thumbnail((700, 700), Image.Resampling.BOX)
    ink = ImageOps.invert(ImageOps.autocontrast(small)).point([0] * 110 + list(range(110, 256)))
    coarse = max(_steps(-limit_deg, limit_deg, 1.0), key=lambda angle: _row_contrast(ink, angle))
    fine = max(_steps(coarse - 0.75, coarse + 0.75, 0.25), key=lambda angle: _row_contrast(ink, angle))
    return 0.0 if abs(fine) >= limit_deg else fine


def _steps(first: float, last: float, step: float) -> list[float]:
    return [first + step * index for index in range(round((last - first) / step) + 1)]


def _row_contrast(ink: Image.Image, angle: float) -> float:
    turned = ink.rotate(-angle, resample=Image.Resampling.BILINEAR)
    rows = turned.resize((1, turned.height), Image.Resampling.BOX).tobytes()
    return float(sum((a - b) ** 2 for a, b in zip(rows, rows[1:], strict=False)))


def quality(picture: Image.Image, skew_deg: float) -> dict[str, float]:
    """Return the measures of a picture that the port names."""
    grey = picture.convert("L")
    factor = max(1, max(grey.size) // 1500)
    edges = grey.reduce(factor).filter(
        ImageFilter.Kernel((3, 3), (0, 1, 0, 1, -4, 1, 0, 1, 0), scale=1, offset=128)
    )
    return {
        "width_px": float(picture.width),
        "height_px": float(picture.height),
        "sharpness": round(ImageStat.Stat(edges).stddev[0], 2),
        "brightness": round(ImageStat.Stat(grey).mean[0], 1),
        "skew_deg": round(skew_deg, 2),
    }


def paper_level(grey: Image.Image) -> int:
    """Return the brightness of the paper: the median."""
    return round(ImageStat.Stat(grey).median[0])


def has_print(picture: Image.Image) -> bool:
    """Say whether there is anything dark on light at all."""
    grey = without_red(picture)
    darkest, brightest = ImageStat.Stat(grey.reduce(max(1, max(grey.size) // 1500))).extrema[0]
    return brightest - darkest >= _LEAST_CONTRAST
