"""Pictures of any kind to the two kinds a `RawPage` has: 8-bit grey or 8-bit RGB on white."""

from __future__ import annotations

from PIL import ExifTags, Image, ImageChops, ImageOps

from scanners.errors import PageTooLarge
from scanners.file_errors import PictureTooSmall
from scanners.limits import check_pixels
from scanners.port import Mode

GREY_MODES = frozenset({"1", "L", "LA", "La", "I", "F", "I;16", "I;16L", "I;16B", "I;16N"})
DPI_RANGE = (75.0, 2400.0)
"""Below, it is the 72 that cameras write without meaning it."""
LEAST_SIDE_PX = 50
"""A stamp-sized photo of 25 mm has more at 75 dpi; anything smaller is an icon or a mistake."""
MOST_SIDE_PX = 65_000
"""Pages are kept as JPEG, whose sides end at 65,500 px."""
SQUARE_ENOUGH = 1.03
"""Up to this ratio of the two resolutions nobody sees that the pixels are not square."""


def check_sides(width: int, height: int) -> None:
    """Refuse a picture that is no page by its size.

    Raises:
        PictureTooSmall: too few pixels.
        PageTooLarge: too many.
    """
    check_pixels(width, height)
    if max(width, height) > MOST_SIDE_PX:
        raise PageTooLarge(f"{width} x {height} px")
    if min(width, height) < LEAST_SIDE_PX:
        raise PictureTooSmall(f"{width} x {height} px", width=width, height=height)


def flatten(image: Image.Image, mode: Mode) -> Image.Image:
    """Return the picture upright (EXIF orientation applied) in mode L or RGB.

    A grey picture stays grey even if `mode` is colour: there is nothing to gain.
    """
    upright = _positive(ImageOps.exif_transpose(image), image)
    if upright.mode.startswith("I;16"):
        upright = upright.convert("I").point(lambda value: value / 256)
    if upright.has_transparency_data:
        upright = _on_white(upright)
    grey = mode is Mode.GREY or upright.mode in GREY_MODES
    target = "L" if grey else "RGB"
    return upright if upright.mode == target else upright.convert(target)


def _positive(upright: Image.Image, source: Image.Image) -> Image.Image:
    """Undo the inversion that Pillow assumes for every CMYK JPEG: only Adobe's programs write that way."""
    plain = source.format == "JPEG" and upright.mode == "CMYK" and "adobe" not in source.info
    return ImageChops.invert(upright) if plain else upright


def _on_white(image: Image.Image) -> Image.Image:
    layer = image.convert("RGBA")
    white = Image.new("RGBA", layer.size, "white")
    white.alpha_composite(layer)
    return white.convert("L" if image.mode in GREY_MODES else "RGB")


def square(picture: Image.Image, dpi: tuple[int, int]) -> tuple[Image.Image, int]:
    """Return the picture with square pixels, and its one resolution.

    Fax files have about half as many lines down as dots across (ITU-T T.4: 204 x 98 dpi).

    Args:
        picture: upright.
        dpi: across and down, of the picture as it is upright.
    """
    across, down = dpi
    if max(dpi) <= min(dpi) * SQUARE_ENOUGH:
        return picture, across
    finest = max(dpi)
    size = (round(picture.width * finest / across), round(picture.height * finest / down))
    check_sides(*size)
    return picture.resize(size, Image.Resampling.BICUBIC), finest


def resolution_of(image: Image.Image, default_dpi: int) -> int:
    """Return the resolution across that a file names, or `default_dpi` if it names none that can be meant."""
    return resolutions_of(image, default_dpi)[0]


def resolutions_of(image: Image.Image, default_dpi: int) -> tuple[int, int]:
    """Return the resolution (across, down) of the picture as it is stored, or `default_dpi` for both."""
    dpi = image.info.get("dpi")
    try:
        across, down = (float(value) for value in dpi) if dpi else (0.0, 0.0)
    except (TypeError, ValueError, ZeroDivisionError):
        return default_dpi, default_dpi
    if not all(DPI_RANGE[0] <= value <= DPI_RANGE[1] for value in (across, down)):
        return default_dpi, default_dpi
    return round(across), round(down)


def lies_on_its_side(image: Image.Image) -> bool:
    """Whether the picture is stored turned by a quarter (EXIF orientation 5 to 8)."""
    return image.getexif().get(ExifTags.Base.Orientation, 1) in (5, 6, 7, 8)
