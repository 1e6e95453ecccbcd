"""Picture files to arrays, inside the darkroom's process.

Arrays are `uint8`, (height, width, 3) in RGB order or (height, width) grey.
"""

from __future__ import annotations

import io

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from scanners.errors import UnreadableFile
from scanners.limits import check_pixels
from scanners.port import Mode

Picture = NDArray[np.uint8]

REDUCTIONS = {1: 0, 2: 16, 4: 32, 8: 64}
"""OpenCV's flags for decoding at 1/n of both lengths, which a JPEG allows without decoding all of it."""


def array_of(pixels: bytes | bytearray, size: tuple[int, int], mode: Mode) -> Picture:
    """Return packed pixels as an array, without a copy."""
    shape = (size[1], size[0], 3) if mode is Mode.COLOUR else (size[1], size[0])
    return np.frombuffer(pixels, np.uint8).reshape(shape)


def size_of(file: bytes) -> tuple[int, int]:
    """Return the width and height of a picture file in px without decoding it.

    Raises:
        UnreadableFile: it is no picture.
        PageTooLarge: more pixels than a page may have.
    """
    try:
        with Image.open(io.BytesIO(file)) as image:
            size = image.size
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise UnreadableFile(type(error).__name__) from error
    check_pixels(*size)
    return size


def decode(file: bytes, reduction: int = 1) -> Picture:
    """Return the picture of a file at 1/`reduction` (1, 2, 4 or 8) of its width and height, rounded up.

    Raises:
        UnreadableFile: it is no picture, or a damaged one.
        PageTooLarge: more pixels than a page may have.
    """
    size_of(file)
    try:
        found = cv2.imdecode(np.frombuffer(file, np.uint8), cv2.IMREAD_ANYCOLOR | REDUCTIONS[reduction])
    except cv2.error as error:
        raise UnreadableFile(f"OpenCV: {error.code}") from error
    if found is None:
        raise UnreadableFile("OpenCV knows no picture in it")
    picture = np.asarray(found, np.uint8)
    return _rgb(picture) if picture.ndim == 3 else picture


def _rgb(picture: Picture) -> Picture:
    return np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2RGB), np.uint8)


def grey_of(picture: Picture) -> Picture:
    """Return the picture in grey, itself when it is."""
    if picture.ndim == 2:
        return picture
    return np.asarray(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), np.uint8)


def reduced(picture: Picture, reduction: int) -> Picture:
    """Return the picture at 1/`reduction` of its width and height, rounded down."""
    if reduction == 1:
        return picture
    width, height = (max(1, length // reduction) for length in (picture.shape[1], picture.shape[0]))
    # By whole numbers averaging is ten times faster.
    even = picture[: height * reduction, : width * reduction]
    return np.asarray(cv2.resize(even, (width, height), interpolation=cv2.INTER_AREA), np.uint8)
