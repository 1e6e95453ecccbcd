"""An upright, scaled picture of a part of the input that knows where each of its points came from."""

from __future__ import annotations

import math
from dataclasses import dataclass

from PIL import Image

from ocr.port import Box

Affine = tuple[float, float, float, float, float, float]
"""a, b, c, d, e, f: x = a*u + b*v + c, y = d*u + e*v + f."""

_TURNS = {
    90: Image.Transpose.ROTATE_90,
    180: Image.Transpose.ROTATE_180,
    270: Image.Transpose.ROTATE_270,
}


@dataclass(frozen=True, slots=True)
class View:
    """A grey picture and the way back to the input."""

    image: Image.Image
    to_input: Affine
    input_size: tuple[int, int]

    def box_in_input(self, box: tuple[float, float, float, float]) -> Box:
        """Return the upright box in the input that holds `box` (x, y, width, height) of this view."""
        x, y, width, height = box
        corners = [
            _apply(self.to_input, *p)
            for p in ((x, y), (x + width, y), (x, y + height), (x + width, y + height))
        ]
        left = max(0, math.floor(min(p[0] for p in corners)))
        top = max(0, math.floor(min(p[1] for p in corners)))
        right = min(self.input_size[0], math.ceil(max(p[0] for p in corners)))
        bottom = min(self.input_size[1], math.ceil(max(p[1] for p in corners)))
        return left, top, max(0, right - left), max(0, bottom - top)

    def cropped(self, box: Box) -> View:
        """Return the part in `box`, same scale."""
        x, y, width, height = box
        return View(
            self.image.crop((x, y, x + width, y + height)),
            _compose(self.to_input, (1, 0, x, 0, 1, y)),
            self.input_size,
        )

    def scaled(self, factor: float) -> View:
        """Return the same part with `factor` times as many px along each side."""
        size = (max(1, round(self.image.width * factor)), max(1, round(self.image.height * factor)))
        back = (self.image.width / size[0], 0.0, 0.0, 0.0, self.image.height / size[1], 0.0)
        return View(
            self.image.resize(size, Image.Resampling.LANCZOS), _compose(self.to_input, back), self.input_size
        )

    def turned(self, degrees: int) -> View:
        """Return the view turned anticlockwise by 0, 90, 180 or 270 degrees."""
        if degrees == 0:
            return self
        width, height = self.image.size
        back: Affine = {
            90: (0.0, -1.0, float(width), 1.0, 0.0, 0.0),
            180: (-1.0, 0.0, float(width), 0.0, -1.0, float(height)),
            270: (0.0, 1.0, 0.0, -1.0, 0.0, float(height)),
        }[degrees]
        return View(self.image.transpose(_TURNS[degrees]), _compose(self.to_input, back), self.input_size)

    def deskewed(self, angle_deg: float, paper: int) -> View:
        """Return the view with lines that rose by `angle_deg` made level; corners are filled with `paper`."""
        if abs(angle_deg) < 0.1:
            return self
        turn = math.radians(angle_deg)
        cos, sin = math.cos(turn), math.sin(turn)
        middle_x, middle_y = self.image.width / 2, self.image.height / 2
        back: Affine = (
            cos, sin, middle_x - cos * middle_x - sin * middle_y,
            -sin, cos, middle_y + sin * middle_x - cos * middle_y,
        )  # fmt: skip
        level = self.image.transform(
            self.image.size, Image.Transform.AFFINE, back, resample=Image.Resampling.BICUBIC, fillcolor=paper
        )
        return View(level, _compose(self.to_input, back), self.input_size)


def whole(grey: Image.Image) -> View:
    """Return the view of all of `grey` (mode L)."""
    return View(grey, (1.0, 0.0, 0.0, 0.0, 1.0, 0.0), grey.size)


def _apply(affine: Affine, u: float, v: float) -> tuple[float, float]:
    a, b, c, d, e, f = affine
    return a * u + b * v + c, d * u + e * v + f


def _compose(outer: Affine, inner: Affine) -> Affine:
    a, b, c, d, e, f = outer
    p, q, r, s, t, w = inner
    return (a * p + b * s, a * q + b * t, a * r + b * w + c, d * p + e * s, d * q + e * t, d * r + e * w + f)
