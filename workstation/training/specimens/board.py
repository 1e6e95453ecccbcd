"""Drawing a filled-in form: what is printed on it, what a machine wrote into it, the stamp over both."""

from __future__ import annotations

import math
from collections.abc import Sequence

from PIL import Image, ImageChops, ImageDraw

from workstation.training.specimens import fonts
from workstation.training.specimens.look import PLAIN, Look
from workstation.training.specimens.sheet import INK, NOTICE, RED, Colour, Sheet, wrap

_SEAL_ARC = math.radians(230)
_SEAL_MM = 36.0


class Board:
    """A sheet with the look of one copy; all lengths are mm."""

    def __init__(
        self, size_mm: tuple[float, float], dpi: int, look: Look = PLAIN, *, paper: Colour = (255, 255, 255),
        waves: tuple[Colour, Colour] | None = None, rows: int = 30, label: Colour = INK,
    ) -> None:  # fmt: skip
        """Cut an empty form.

        Args:
            size_mm: width and height.
            dpi: resolution.
            look: of this copy.
            paper: its colour.
            waves: colours of a security paper's waves; none when absent.
            rows: of waves.
            label: ink of what is printed.
        """
        self.sheet = Sheet(*size_mm, dpi, paper)
        self.look, self._label = look, label
        if waves:
            self.sheet.guilloche(waves, rows)

    @property
    def image(self) -> Image.Image:
        """The form as drawn so far."""
        return self.sheet.image

    def title(
        self, y: float, text: str, size: float, *, x: float | None = None, fill: Colour = INK,
        spread: float = 0.0,
    ) -> None:  # fmt: skip
        """Write a title, in the middle unless `x` says where it begins."""
        width = len(text) * (size + spread) - spread
        left = (self.sheet.width_mm - width) / 2 if x is None else x
        self.sheet.text(left, y, text, size, face=self.look.title, fill=fill, spread=spread)

    def printed(self, x: float, y: float, text: str, size: float, *, spread: float = 0.0) -> float:
        """Write what the form itself says and return the x behind it."""
        return self.sheet.text(x, y, text, size, face=self.look.label, fill=self._label, spread=spread)

    def filled(self, x: float, y: float, text: str, size: float, *, spread: float = 0.0) -> None:
        """Write a value; digits and capitals alone in the look's figures."""
        face = self.look.figures if text.isascii() else self.look.value
        right, down = self.look.shift_mm
        em = size * self.look.grow
        top = y + down - (em - size) / 2
        self.sheet.text(x + right, top, text, em, face=face, fill=self.look.ink, spread=spread)

    def filled_lines(
        self, x: float, y: float, text: str, size: float, *, columns: int, leading: float
    ) -> None:
        """Write a value in lines of `columns` wide characters."""
        for row, line in enumerate(wrap(text, columns)):
            self.filled(x, y + row * leading, line, size)

    def cell(
        self, frame: tuple[float, float, float, float], label: str, value: str, size: float, *,
        label_width: float, pen: Colour = (110, 96, 88), columns: int = 0,
        value_size: float = 0.0,
    ) -> None:  # fmt: skip
        """Draw a cell with its label at the left and its value, in the middle of its height.

        Args:
            frame: x, y, width, height.
            label: printed; a long one breaks into two lines.
            value: filled in.
            size: em of the value; the label is a seventh smaller.
            label_width: where the line between label and value stands.
            pen: colour of the lines.
            columns: wide characters in a line of the value; one line when 0.
            value_size: em of the value where it is smaller than the others.
        """
        x, y, width, height = frame
        self.sheet.box(x, y, width, height, outline=pen)
        self.sheet.line([(x + label_width, y), (x + label_width, y + height)], fill=pen)
        small = size * 0.86
        fitting = max(1, int((label_width - 1.6) / small))
        self._middle(x + 1.2, y, height, wrap(label, fitting), small, printed=True)
        self._middle(
            x + label_width + 1.6, y, height, wrap(value, columns) if columns else [value], value_size or size
        )

    def _middle(
        self, x: float, y: float, height: float, lines: Sequence[str], size: float, *, printed: bool = False
    ) -> None:
        leading = size * 1.22
        top = y + (height - leading * len(lines)) / 2 - size * 0.12
        for row, line in enumerate(lines):
            (self.printed if printed else self.filled)(x, top + row * leading, line, size)

    def seal(self, x: float, y: float, around: str, below: str = "样本专用章") -> None:
        """Stamp a round seal whose middle is near (x, y); text under it still shows."""
        right, down = self.look.seal_shift_mm
        scale = self.sheet.scale
        side = round(_SEAL_MM * scale)
        stamp = Image.new("RGB", (side, side), (255, 255, 255))
        draw = ImageDraw.Draw(stamp)
        draw.ellipse((2, 2, side - 3, side - 3), outline=RED, width=max(2, round(0.9 * scale)))
        for size, text, height in ((8.0, "★", 0.5), (3.2, below, 0.74)):
            font = fonts.load(self.look.title, max(4, round(size * scale)))
            draw.text((side / 2, side * height), text, font=font, fill=RED, anchor="mm")
        for index, character in enumerate(around):
            _on_arc(stamp, character, index, len(around), scale)
        corner = (round((x + right) * scale - side / 2), round((y + down) * scale - side / 2))
        under = self.image.crop((*corner, corner[0] + side, corner[1] + side))
        self.image.paste(ImageChops.multiply(under, stamp), corner)

    def mark(self, places: list[tuple[float, float]], size: float) -> None:
        """Write a slanted 样本 at each place; before all text, which it must not cover."""
        self.sheet.watermark(places, size)

    def notice(self, x: float, y: float, size: float = 2.6) -> None:
        """Say that this is no real document."""
        self.sheet.text(x, y, NOTICE, size, fill=RED)


def _on_arc(stamp: Image.Image, character: str, index: int, count: int, scale: float) -> None:
    """Write one character of the text around a seal, its foot to the middle."""
    side, em = stamp.width, max(6, round(3.6 * scale))
    angle = (index / max(1, count - 1) - 0.5) * min(_SEAL_ARC, count * 0.36)
    glyph = Image.new("L", (2 * em, 2 * em), 0)
    font = fonts.load(fonts.Face.SERIF, em)
    ImageDraw.Draw(glyph).text((em, em), character, font=font, fill=255, anchor="mm")
    turned = glyph.rotate(-math.degrees(angle), resample=Image.Resampling.BICUBIC)
    radius = side * 0.5 - em * 0.95
    middle = (side / 2 + radius * math.sin(angle), side / 2 - radius * math.cos(angle))
    corner = (round(middle[0] - em), round(middle[1] - em))
    stamp.paste(Image.new("RGB", turned.size, RED), corner, turned)
