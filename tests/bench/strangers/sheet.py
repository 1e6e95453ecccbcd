"""A sheet of paper measured in mm on which a stranger writes, rules and stamps."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass

from PIL import Image, ImageChops, ImageDraw, ImageFilter

from tests.bench.strangers.letters import Pen, inked, width, wrapped

Colour = tuple[int, int, int]
Point = tuple[float, float]
RED: Colour = (205, 38, 40)
_MM = 25.4


@dataclass(slots=True)
class Sheet:
    """A paper of `size` mm at `dpi`."""

    size: Point
    dpi: int
    dice: random.Random
    paper: Colour = (253, 253, 250)

    def __post_init__(self) -> None:
        """Lay an empty sheet out."""
        whole = (round(self.size[0] * self.scale), round(self.size[1] * self.scale))
        self.picture = Image.new("RGB", whole, self.paper)
        self.picture.info["dpi"] = (self.dpi, self.dpi)

    picture: Image.Image = None  # type: ignore[assignment]

    @property
    def scale(self) -> float:
        """Return px a mm."""
        return self.dpi / _MM

    def write(self, at: Point, text: str, pen: Pen, *, anchor: str = "left") -> float:
        """Write a line with its top left (or middle, or right) at a place; return where it ends."""
        long = width(text, pen, self.scale) - (pen.tracking if text else 0)
        left = at[0] - {"left": 0.0, "middle": long / 2, "right": long}[anchor]
        mask = inked(text, pen, self.scale)
        self.picture.paste(pen.colour, (round(left * self.scale), round(at[1] * self.scale)), mask)
        return left + long

    def spread(self, at: Point, text: str, pen: Pen, room: float) -> None:
        """Write the letters evenly over `room` mm, as labels of a form are."""
        bare = width(text, pen, self.scale) - pen.tracking * len(text)
        gap = max(0.0, (room - bare) / max(1, len(text) - 1))
        self.write(at, text, Pen(pen.face, pen.size, pen.colour, gap if len(text) > 1 else 0, pen.squeeze))

    def block(self, at: Point, room: float, text: str, pen: Pen, leading: float = 1.35) -> float:
        """Write as many lines as it takes; return the bottom of the last."""
        top = at[1]
        for line in wrapped(text, pen, room, self.scale):
            self.write((at[0], top), line, pen)
            top += pen.size * leading
        return top

    def line(self, one: Point, other: Point, colour: Colour, thick: float = 0.2) -> None:
        """Rule a line."""
        ImageDraw.Draw(self.picture).line(
            [self.px(one), self.px(other)], fill=colour, width=max(1, round(thick * self.scale))
        )

    def box(self, corner: Point, size: Point, colour: Colour, thick: float = 0.2) -> None:
        """Rule a box."""
        end = self.px((corner[0] + size[0], corner[1] + size[1]))
        ImageDraw.Draw(self.picture).rectangle(
            [self.px(corner), end], outline=colour, width=max(1, round(thick * self.scale))
        )

    def fill(self, corner: Point, size: Point, colour: Colour) -> None:
        """Fill a box."""
        end = self.px((corner[0] + size[0], corner[1] + size[1]))
        ImageDraw.Draw(self.picture).rectangle([self.px(corner), end], fill=colour)

    def px(self, point: Point) -> tuple[int, int]:
        """Return a place in px."""
        return round(point[0] * self.scale), round(point[1] * self.scale)

    def stain(self, mask: Image.Image, corner: Point, colour: Colour) -> None:
        """Lay transparent ink over what is there: `mask` 255 takes the full colour away from the paper."""
        left, top = self.px(corner)
        box = (left, top, left + mask.width, top + mask.height)
        under = self.picture.crop(box)
        ink = Image.composite(
            Image.new("RGB", mask.size, colour), Image.new("RGB", mask.size, (255, 255, 255)), mask
        )
        self.picture.paste(ImageChops.multiply(under, ink), box)


def seal(
    sheet: Sheet, middle: Point, across: float, ring: str, foot: str = "", *, colour: Colour = RED
) -> None:
    """Stamp a round seal by hand: tilted, unevenly inked, its text round a star."""
    size = round(across * sheet.scale)
    mask = Image.new("L", (size, size), 0)
    draw = ImageDraw.Draw(mask)
    draw.ellipse([1, 1, size - 2, size - 2], outline=255, width=max(2, round(size * 0.024)))
    _star(draw, size / 2, size / 2, size * sheet.dice.uniform(0.12, 0.16))
    _round_about(mask, ring, sheet)
    if foot:
        pen = Pen("bookish", across * 0.085, squeeze=0.9)
        line = inked(foot, pen, sheet.scale)
        mask.paste(
            255, ((size - line.width) // 2 + round(pen.size * sheet.scale / 2), round(size * 0.72)), line
        )
    mask = _worn(mask.rotate(sheet.dice.uniform(-14, 14), Image.Resampling.BICUBIC), sheet.dice)
    sheet.stain(mask, (middle[0] - across / 2, middle[1] - across / 2), colour)


def _round_about(mask: Image.Image, text: str, sheet: Sheet) -> None:
    size = mask.width
    letter = size * min(0.15, 1.6 / max(6, len(text)))
    pen = Pen(sheet.dice.choice(["bookish", "song", "heavy"]), letter / sheet.scale)
    step = min(270 / max(1, len(text) - 1), 30)
    for place, character in enumerate(text):
        turn = (place - (len(text) - 1) / 2) * step
        one = inked(character, pen, sheet.scale)
        tile = Image.new("L", (round(letter * 2), round(letter * 2)), 0)
        tile.paste(one, (round(letter / 2), round(letter * 0.3)))
        tile = tile.rotate(-turn, Image.Resampling.BICUBIC)
        radius = size * 0.5 - letter * 0.95
        x = size / 2 + radius * math.sin(math.radians(turn)) - tile.width / 2
        y = size / 2 - radius * math.cos(math.radians(turn)) - tile.height / 2
        mask.paste(255, (round(x), round(y)), tile)


def _star(draw: ImageDraw.ImageDraw, x: float, y: float, radius: float) -> None:
    corners = []
    for step in range(10):
        reach = radius if step % 2 == 0 else radius * 0.39
        turn = math.radians(36 * step)
        corners.append((x + reach * math.sin(turn), y - reach * math.cos(turn)))
    draw.polygon(corners, fill=255)


def _worn(mask: Image.Image, dice: random.Random) -> Image.Image:
    """Ink is thin in places: blotches a tenth of the seal wide, and the grain of the paper."""
    small = Image.effect_noise((9, 9), 70).resize(mask.size, Image.Resampling.BICUBIC)
    grain = Image.effect_noise(mask.size, 50).filter(ImageFilter.GaussianBlur(1))
    depth = dice.uniform(0.55, 0.95)
    weak = ImageChops.add(small, grain, scale=1.6).point(lambda level: min(255, round(level * depth + 60)))
    return ImageChops.multiply(mask, weak)


def square_seal(sheet: Sheet, corner: Point, across: float, text: str, *, colour: Colour = RED) -> None:
    """Stamp a square office seal, its letters in columns."""
    size = round(across * sheet.scale)
    mask = Image.new("L", (size, size), 0)
    ImageDraw.Draw(mask).rectangle([1, 1, size - 2, size - 2], outline=255, width=max(2, round(size * 0.03)))
    columns = math.ceil(math.sqrt(len(text)))
    cell = size * 0.92 / columns
    pen = Pen("heavy", cell * 0.86 / sheet.scale)
    for place, character in enumerate(text):
        column, row = divmod(place, columns)
        x = size * 0.96 - (column + 1) * cell
        mask.paste(255, (round(x), round(size * 0.02 + row * cell)), inked(character, pen, sheet.scale))
    mask = _worn(mask.rotate(sheet.dice.uniform(-6, 6), Image.Resampling.BICUBIC), sheet.dice)
    sheet.stain(mask, corner, colour)


def sample_mark(sheet: Sheet, places: Sequence[Point], across: float) -> None:
    """Write 样本 once somewhere, so that nobody takes the paper for a real one.

    Args:
        sheet: the finished paper.
        places: where there is room, in mm.
        across: height of a letter in mm, where the mark is small.
    """
    style = sheet.dice.choice(["wide", "wide", "hollow", "stamp", "line"])
    if style == "line":
        place = (sheet.size[0] / 2, sheet.size[1] - across * 0.75)
        sheet.write(place, "样本  仅供测试使用", Pen("hei", across * 0.5, (120, 120, 120)), anchor="middle")
    elif style == "stamp":
        _stamp(sheet, sheet.dice.choice(list(places)), across)
    else:
        _across(sheet, hollow=style == "hollow")


def _stamp(sheet: Sheet, place: Point, across: float) -> None:
    pen = Pen("black", across)
    line = inked("样本", pen, sheet.scale)
    frame = Image.new("L", (round(across * 2.5 * sheet.scale), round(across * 1.6 * sheet.scale)), 0)
    edge = [1, 1, frame.width - 2, frame.height - 2]
    ImageDraw.Draw(frame).rectangle(edge, outline=255, width=max(2, round(across * 0.07 * sheet.scale)))
    frame.paste(255, (round(across * 0.25 * sheet.scale), round(across * 0.1 * sheet.scale)), line)
    turned = frame.rotate(sheet.dice.uniform(-20, 20), Image.Resampling.BICUBIC, expand=True)
    sheet.stain(_worn(turned, sheet.dice), place, sheet.dice.choice([RED, (40, 70, 190)]))


def _across(sheet: Sheet, *, hollow: bool) -> None:
    """A pale mark over a good part of the page, as an office puts on copies."""
    dice = sheet.dice
    high = min(sheet.size) * dice.uniform(0.28, 0.5)
    line = inked(
        "样本", Pen(dice.choice(["black", "wenkai", "heavy"]), high, tracking=high * 0.2), sheet.scale
    )
    if hollow:
        line = _outline(line, max(1.0, high * sheet.scale * 0.015))
    turned = line.rotate(dice.uniform(-50, 50), Image.Resampling.BICUBIC, expand=True)
    faint = dice.uniform(0.3, 0.65) if hollow else dice.uniform(0.14, 0.3)
    mask = turned.point(lambda level: round(level * faint))
    room = (sheet.picture.width - mask.width, sheet.picture.height - mask.height)
    corner = (room[0] * dice.uniform(0.2, 0.8) / sheet.scale, room[1] * dice.uniform(0.2, 0.8) / sheet.scale)
    colour = dice.choice([(150, 150, 150), (230, 60, 60), (90, 120, 220), (60, 60, 60)])
    sheet.stain(mask, corner, colour)


def _outline(letters: Image.Image, thick: float) -> Image.Image:
    """Leave the outer edge of letters; done small, as the filter is slow on large ones."""
    small = (max(1, round(letters.width / thick)), max(1, round(letters.height / thick)))
    grown = letters.resize(small, Image.Resampling.BOX).filter(ImageFilter.MaxFilter(3))
    return ImageChops.subtract(grown.resize(letters.size, Image.Resampling.BICUBIC), letters)


def pattern(sheet: Sheet, colours: tuple[Colour, Colour], step: float = 1.1, depth: float = 0.5) -> None:
    """Print the fine waves of a security paper, running from one colour into the other."""
    dice = sheet.dice
    phase, wave = dice.uniform(0, 6), dice.uniform(7, 22)
    top = -3.0
    draw = ImageDraw.Draw(sheet.picture)
    while top < sheet.size[1] + 3:
        share = min(1.0, max(0.0, top / sheet.size[1]))
        colour = _between(sheet.paper, _between(*colours, share), depth)
        points = []
        for part in range(61):
            x = sheet.size[0] * part / 60
            y = top + 1.6 * math.sin(x / wave * 3 + phase) + 0.8 * math.sin(x / wave * 7 + top)
            points.append(sheet.px((x, y)))
        draw.line(points, fill=colour, width=max(1, round(0.12 * sheet.scale)))
        top += step


def tint(sheet: Sheet, left: Colour, right: Colour) -> None:
    """Colour the empty paper from one side to the other."""
    ramp = Image.linear_gradient("L").rotate(90).resize(sheet.picture.size)
    sheet.picture.paste(
        Image.composite(
            Image.new("RGB", sheet.picture.size, left), Image.new("RGB", sheet.picture.size, right), ramp
        )
    )


def _between(one: Colour, other: Colour, share: float) -> Colour:
    mixed = [round(a + (b - a) * share) for a, b in zip(one, other, strict=True)]
    return mixed[0], mixed[1], mixed[2]


def portrait(sheet: Sheet, corner: Point, size: Point, *, grey: bool = False, marked: bool = False) -> None:
    """Paint somebody who is nobody: head and shoulders, no face to know."""
    dice = sheet.dice
    wide, high = round(size[0] * sheet.scale), round(size[1] * sheet.scale)
    skies = [(225, 235, 245), (240, 240, 240), (190, 60, 60), (110, 160, 215)]
    picture = Image.new("RGB", (wide, high), dice.choice(skies))
    draw = ImageDraw.Draw(picture)
    coat = dice.choice([(40, 45, 60), (120, 70, 60), (70, 100, 80), (230, 230, 230)])
    draw.ellipse([wide * 0.05, high * 0.7, wide * 0.95, high * 1.5], fill=coat)
    draw.ellipse([wide * 0.26, high * 0.14, wide * 0.74, high * 0.6], fill=(35, 30, 28))
    draw.ellipse([wide * 0.3, high * 0.22, wide * 0.7, high * 0.75], fill=(222, 184, 155))
    if marked:
        mark = inked("样本", Pen("black", size[0] * 0.3), sheet.scale)
        picture.paste((200, 30, 30), (round(wide * 0.14), round(high * 0.4)), mark)
    picture = picture.filter(ImageFilter.GaussianBlur(max(1, wide / 60)))
    sheet.picture.paste(picture.convert("L").convert("RGB") if grey else picture, sheet.px(corner))
