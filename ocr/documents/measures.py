"""Measures of a picture, whatever is on it."""

from __future__ import annotations

import cv2
import numpy as np
from PIL import Image


def quality(size: tuple[int, int], small: Image.Image, skew_deg: float) -> dict[str, float]:
    """Return the measures of a picture that the port names.

    Args:
        size: of the picture.
        small: the same, so small that noise finer than print does not count.
        skew_deg: as it was measured.
    """
    grey = np.asarray(small.convert("L"))
    edges = np.clip(cv2.Laplacian(grey, cv2.CV_16S, ksize=1), -128, 127)
    _, deviation = cv2.meanStdDev(edges)
    return {
        "width_px": float(size[0]),
        "height_px": float(size[1]),
        "sharpness": round(float(deviation[0, 0]), 2),
        "brightness": round(float(cv2.mean(grey)[0]), 1),
        "skew_deg": round(skew_deg, 2),
    }
