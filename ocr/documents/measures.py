"""Measures of a picture, whatever is on it."""

from __future__ import annotations

import cv2
import numpy as np
from PIL import Image

_SEEN_PX = 1500
"""About the longest side at which the picture is measured, so that noise finer than print does not count."""


def quality(picture: Image.Image, skew_deg: float) -> dict[str, float]:
    """Return the measures of a picture that the port names."""
    grey = np.asarray(picture.reduce(max(1, round(max(picture.size) / _SEEN_PX))).convert("L"))
    edges = np.clip(cv2.Laplacian(grey, cv2.CV_16S, ksize=1), -128, 127)
    _, deviation = cv2.meanStdDev(edges)
    return {
        "width_px": float(picture.width),
        "height_px": float(picture.height),
        "sharpness": round(float(deviation[0, 0]), 2),
        "brightness": round(float(cv2.mean(grey)[0]), 1),
        "skew_deg": round(skew_deg, 2),
    }
