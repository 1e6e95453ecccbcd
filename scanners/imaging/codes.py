"""Bar and QR codes on a picture: of the kinds that cover sheets and certificates carry, and no others."""

from __future__ import annotations

import cv2
import numpy as np
import zxingcpp

from scanners.imaging.pictures import Picture, grey_of
from scanners.imaging.port import Barcode, Corners

FORMATS = zxingcpp.BarcodeFormats(
    [zxingcpp.BarcodeFormat.QRCode, zxingcpp.BarcodeFormat.Code128, zxingcpp.BarcodeFormat.DataMatrix]
)
"""All formats together take up to a second a page and read codes into ruled tables."""
LONGEST_PX = 1800
"""A module of a third of a millimetre is still two pixels wide when an A4 is this long."""
MAX_CODES = 20
LONGEST_SCREEN_PX = 2400
"""A phone is a small part of the picture, and its code has 57 modules a side."""
AROUND_PX, LEVEL, SOFT_PX = 81, 200, 1.2
"""Side of what is around a place, the grey that is usual there, and the blur against the pixels' grain."""


def find(picture: Picture, *, longest_px: int = LONGEST_PX) -> tuple[Barcode, ...]:
    """Return the codes of a picture, wherever and however they lie; corners are in px of the picture.

    Args:
        picture: (H, W) or (H, W, 3).
        longest_px: a larger picture is made smaller first.
    """
    grey, scale = _reduced(grey_of(picture), longest_px)
    return _read(grey, scale)


def find_on_screen(picture: Picture) -> tuple[Barcode, ...]:
    """Return the codes on a photographed screen, of a phone above all.

    Lamps and the beat of the screen's lines change the light from place to place, so each place is measured
    by what is around it. What that does not find is looked for as on paper.
    """
    grey, scale = _reduced(grey_of(picture), LONGEST_SCREEN_PX)
    around = cv2.blur(grey, (AROUND_PX, AROUND_PX))
    level = np.asarray(cv2.divide(grey, around, scale=LEVEL), np.uint8)
    return _read(np.asarray(cv2.GaussianBlur(level, (0, 0), SOFT_PX), np.uint8), scale) or _read(grey, scale)


def _read(grey: Picture, scale: float) -> tuple[Barcode, ...]:
    found = zxingcpp.read_barcodes(grey, formats=FORMATS, try_invert=False, try_downscale=False)
    return tuple(
        Barcode(text=code.text, format=code.format.name, corners=_corners(code.position, scale))
        for code in found[:MAX_CODES]
    )


def _reduced(grey: Picture, longest_px: int) -> tuple[Picture, float]:
    scale = max(1.0, max(grey.shape) / longest_px)
    if scale == 1.0:
        return np.ascontiguousarray(grey), 1.0
    size = (round(grey.shape[1] / scale), round(grey.shape[0] / scale))
    return np.asarray(cv2.resize(grey, size, interpolation=cv2.INTER_AREA), np.uint8), scale


def _corners(position: zxingcpp.Position, scale: float) -> Corners:
    places = (position.top_left, position.top_right, position.bottom_right, position.bottom_left)
    flat = [round(value * scale) for place in places for value in (place.x, place.y)]
    return (flat[0], flat[1], flat[2], flat[3], flat[4], flat[5], flat[6], flat[7])
