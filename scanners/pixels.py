"""Pictures of any kind to the two kinds a `RawPage` has: 8-bit grey or 8-bit RGB on white."""

from __future__ import annotations

from PIL import Image, ImageOps

from scanners.port import Mode

GREY_MODES = frozenset({"1", "L", "LA", "La", "I", "F", "I;16", "I;16L", "I;16B", "I;16N"})
DPI_RANGE = (75.0, 2400.0)
"""Below, it is the 72 that cameras write without meaning it."""


def flatten(image: Image.Image, mode: Mode) -> Image.Image:
    """Return the picture upright (EXIF orientation applied) in mode L or RGB.

    A grey picture stays grey even if `mode` is colour: there is nothing to gain.
    """
    upright = ImageOps.exif_transpose(image)
    if upright.mode.startswith("I;16"):
        upright = upright.convert("I").point(lambda value: value / 256)
    if upright.has_transparency_data:
        upright = _on_white(upright)
    grey = mode is Mode.GREY or upright.mode in GREY_MODES
    target = "L" if grey else "RGB"
    return upright if upright.mode == target else upright.convert(target)


def _on_white(image: Image.Image) -> Image.Image:
    layer = image.convert("RGBA")
    white = Image.new("RGBA", layer.size, "white")
    white.alpha_composite(layer)
    return white.convert("L" if image.mode in GREY_MODES else "RGB")


def resolution_of(image: Image.Image, default_dpi: int) -> int:
    """Return the resolution a file names, or `default_dpi` if it names none that can be meant."""
    dpi = image.info.get("dpi")
    try:
        horizontal = float(dpi[0]) if dpi else 0.0
    except (TypeError, ValueError, ZeroDivisionError, IndexError):
        return default_dpi
    return round(horizontal) if DPI_RANGE[0] <= horizontal <= DPI_RANGE[1] else default_dpi
