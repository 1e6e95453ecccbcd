"""A sheet measured in millimetres: the drawing board of all specimen papers."""

from __future__ import annotations

import math
import random

from PIL import Image, ImageDraw, ImageFilter

from workstation.training.specimens import fonts
from workstation.training.specimens.fonts import Face

Colour = tuple[int, int, int]
INK: Colour = (28, 28, 32)
RED: Colour = (196, 40, 44)
PALE_RED: Colour = (240, 204, 202)
NOTICE = "样本 非真实证件 仅供软件测试"


class Sheet:
    """A picture with a size in mm and a resolution; coordinates and sizes of all calls are mm."""

    def __init__(self, width_mm: float, height_mm: float, dpi: int, paper: Colour = (255, 255, 255)) -> None:
        """Cut an empty sheet."""
        self.scale = dpi / 25.4
        self.width_mm, self.height_mm = width_mm, height_mm
        self.image = Image.new("RGB", (self.px(width_mm), self.px(height_mm)), paper)
        self.image.info["dpi"] = (dpi, dpi)
        self.draw = ImageDraw.Draw(self.image)

    def px(self, length_mm: float) -> int:
        """Return a length in whole px."""
        return round(length_mm * self.scale)

    def text(
        self,
        x: float,
        y: float,
        text: str,
        size: float,
        *,
        face: Face = Face.SANS,
        fill: Colour = INK,
        spread: float = 0,
    ) -> float:
        """Write `text` with its top left corner at (x, y) and return the x behind it.

        Args:
            x: left edge.
            y: top of the line.
            text: one line.
            size: em.
            face: look of the letters.
            fill: ink.
            spread: extra room behind each character.
        """
        at = x * self.scale
        for character in text:
            font = fonts.for_character(face, max(4, self.px(size)), character)
            self.draw.text((at, y * self.scale), character, font=font, fill=fill)
            at += font.getlength(character) + spread * self.scale
        return at / self.scale

    def wrapped(self, x: float, y: float, text: str, size: float, *, columns: int, leading: float) -> None:
        """Write `text` in lines of `columns` wide characters (two digits count as one)."""
        for row, line in enumerate(wrap(text, columns)):
            self.text(x, y + row * leading, line, size)

    def line(self, points: list[tuple[float, float]], fill: Colour = INK, width: float = 0.15) -> None:
        """Draw a line through `points`."""
        pixels = [(x * self.scale, y * self.scale) for x, y in points]
        self.draw.line(pixels, fill=fill, width=max(1, self.px(width)))

    def box(
        self, x: float, y: float, width: float, height: float, *, outline: Colour | None = INK,
        fill: Colour | None = None, pen: float = 0.2,
    ) -> None:  # fmt: skip
        """Draw a rectangle."""
        corners = (x * self.scale, y * self.scale, (x + width) * self.scale, (y + height) * self.scale)
        self.draw.rectangle(corners, fill=fill, outline=outline, width=max(1, self.px(pen)))

    def ellipse(
        self, x: float, y: float, width: float, height: float, *, fill: Colour | None = None,
        outline: Colour | None = None, pen: float = 0.2,
    ) -> None:  # fmt: skip
        """Draw an ellipse into the given frame."""
        corners = (x * self.scale, y * self.scale, (x + width) * self.scale, (y + height) * self.scale)
        self.draw.ellipse(corners, fill=fill, outline=outline, width=max(1, self.px(pen)))

    def guilloche(self, colours: tuple[Colour, Colour], rows: int = 26) -> None:
        """Cover the sheet with the fine waves of a security paper."""
        for row in range(rows):
            middle = self.height_mm * (row + 0.5) / rows
            for phase, colour in zip((0.0, math.pi * 0.8), colours, strict=True):
                swing = 1.6 + 0.9 * math.sin(row * 0.7)
                points = [
                    (x, middle + swing * math.sin(x / 6.5 + phase + row * 0.35))
                    for x in (step * 0.5 for step in range(int(self.width_mm * 2) + 2))
                ]
                self.line(points, fill=colour, width=0.09)

    def place(self, picture: Image.Image, x: float, y: float) -> None:
        """Paste `picture` pixel for pixel with its top left corner at (x, y)."""
        self.image.paste(picture, (self.px(x), self.px(y)))

    def watermark(self, places: list[tuple[float, float]], size: float, fill: Colour = PALE_RED) -> None:
        """Write a slanted 样本 at each place (its middle)."""
        side = self.px(size * 3)
        mask = Image.new("L", (side, side), 0)
        font = fonts.load(Face.SANS, self.px(size))
        ImageDraw.Draw(mask).text((side / 2, side / 2), "样本", font=font, fill=255, anchor="mm")
        slanted = mask.rotate(24, resample=Image.Resampling.BICUBIC)
        for x, y in places:
            corner = (self.px(x) - side // 2, self.px(y) - side // 2)
            self.image.paste(Image.new("RGB", slanted.size, fill), corner, slanted)

    def blot(self, x: float, y: float, size: float, seed: int) -> None:
        """Spill ink over the character of em `size` at (x, y), its top left corner; some of it shows."""
        dice = random.Random(seed)
        side = self.px(size * 1.6)
        mask = Image.new("L", (side, side), 0)
        pen = ImageDraw.Draw(mask)
        for _ in range(7):
            radius = side * dice.uniform(0.15, 0.24)
            middle = (side * dice.uniform(0.36, 0.64), side * dice.uniform(0.36, 0.64))
            pen.ellipse(
                (middle[0] - radius, middle[1] - radius, middle[0] + radius, middle[1] + radius), fill=235
            )
        soft = mask.filter(ImageFilter.GaussianBlur(side / 40))
        corner = (self.px(x - size * 0.3), self.px(y - size * 0.2))
        self.image.paste(Image.new("RGB", soft.size, (34, 36, 58)), corner, soft)


def wrap(text: str, columns: int) -> list[str]:
    """Break `text` into lines of `columns` wide characters; ASCII counts half."""
    lines, width = [""], 0
    for character in text:
        cells = 1 if character.isascii() else 2
        if width + cells > columns * 2:
            lines.append("")
            width = 0
        lines[-1] += character
        width += cells
    return lines
