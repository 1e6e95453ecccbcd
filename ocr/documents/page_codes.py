"""The QR codes on the picture of a paper, as text that nobody trusts."""

from __future__ import annotations

import numpy as np
from PIL import Image

from ocr.documents.form import NOTHING, Written
from scanners.imaging import codes

_FINE_PX = 4_000
"""A code of many modules, or on a paper that fills little of the picture, shows only in the full picture."""
_QR = "QRCode"


def codes_on(picture: Image.Image) -> Written:
    """Return the texts of the QR codes on `picture` (RGB or L), a line for each."""
    pixels = np.asarray(picture if picture.mode in {"L", "RGB"} else picture.convert("RGB"))
    for longest in (codes.LONGEST_PX, _FINE_PX):
        texts = tuple(code.text for code in codes.find(pixels, longest_px=longest) if code.format == _QR)
        if texts:
            return Written("", (), None, texts)
        if max(pixels.shape) <= longest:
            break
    return NOTHING
