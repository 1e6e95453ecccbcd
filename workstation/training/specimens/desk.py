"""A photograph of a paper on a desk: perspective, grain, shadow, uneven light."""

from __future__ import annotations

import math
import random

from PIL import Image, ImageChops, ImageFilter

Point = tuple[float, float]
Colour = tuple[int, int, int]
DESKS: tuple[Colour, ...] = ((40, 38, 36), (98, 70, 48), (128, 132, 138), (62, 84, 74), (172, 148, 118))
_MOST_DEGREES = 9.0
_MOST_BEND = 0.045
"""Share of the short side that a corner moves by perspective."""


def on_desk(paper: Image.Image, seed: int) -> Image.Image:
    """Return a photograph of `paper` on a desk; it is wholly inside, and the picture has no resolution.

    Args:
        paper: alone and upright.
        seed: decides the desk, the camera's place and the light.
    """
    dice = random.Random(f"desk {seed}")
    sheet = paper.convert("RGB")
    corners, size = _corners(sheet.size, dice)
    plane = plane_through(corners, sheet.size)
    ways = {"resample": Image.Resampling.BICUBIC}
    laid = sheet.transform(size, Image.Transform.PERSPECTIVE, plane, **ways)
    mask = Image.new("L", sheet.size, 255).transform(size, Image.Transform.PERSPECTIVE, plane, **ways)
    desk = _grained(size, dice)
    shift = max(2, round(min(sheet.size) * 0.012))
    shadow = ImageChops.offset(mask, shift, shift).filter(ImageFilter.GaussianBlur(shift))
    desk.paste((12, 12, 12), (0, 0), shadow.point([level * 2 // 5 for level in range(256)]))
    desk.paste(laid, (0, 0), mask)
    soft = desk.filter(ImageFilter.GaussianBlur(dice.uniform(0.35, 0.8)))
    return _lit(soft, dice)


def plane_through(corners: list[Point], size: tuple[int, int]) -> tuple[float, ...]:
    """Return Pillow's eight numbers that lay a picture of `size` on `corners` (tl, tr, br, bl)."""
    width, height = size
    source: list[Point] = [(0, 0), (width, 0), (width, height), (0, height)]
    rows = []
    for (x, y), (u, v) in zip(corners, source, strict=True):
        rows.append([x, y, 1, 0, 0, 0, -u * x, -u * y, u])
        rows.append([0, 0, 0, x, y, 1, -v * x, -v * y, v])
    return tuple(_solved(rows))


def _solved(rows: list[list[float]]) -> list[float]:
    """Solve the equations by elimination; each row ends with its right side."""
    count = len(rows)
    for column in range(count):
        pivot = max(range(column, count), key=lambda row: abs(rows[row][column]))
        rows[column], rows[pivot] = rows[pivot], rows[column]
        rows[column] = [value / rows[column][column] for value in rows[column]]
        for row in range(count):
            factor = rows[row][column]
            if row != column and factor:
                rows[row] = [a - factor * b for a, b in zip(rows[row], rows[column], strict=True)]
    return [row[-1] for row in rows]


def _corners(size: tuple[int, int], dice: random.Random) -> tuple[list[Point], tuple[int, int]]:
    """Return where the corners lie in the photograph, and its size."""
    width, height = size
    angle = math.radians(dice.uniform(-_MOST_DEGREES, _MOST_DEGREES))
    bend = _MOST_BEND * min(size)
    points: list[Point] = []
    for x, y in ((-0.5, -0.5), (0.5, -0.5), (0.5, 0.5), (-0.5, 0.5)):
        right, down = x * width, y * height
        points.append(
            (
                right * math.cos(angle) - down * math.sin(angle) + dice.uniform(-bend, bend),
                right * math.sin(angle) + down * math.cos(angle) + dice.uniform(-bend, bend),
            )
        )
    spare = dice.uniform(0.04, 0.25) * min(size)
    left, top = min(x for x, _ in points) - spare, min(y for _, y in points) - spare * dice.uniform(0.6, 1.4)
    moved = [(x - left, y - top) for x, y in points]
    frame = (
        round(max(x for x, _ in moved) + spare * dice.uniform(0.6, 1.4)),
        round(max(y for _, y in moved) + spare * dice.uniform(0.6, 1.4)),
    )
    return moved, frame


def _grained(size: tuple[int, int], dice: random.Random) -> Image.Image:
    colour = dice.choice(DESKS)
    streaks = Image.frombytes("L", (20, max(2, size[1] // 8)), dice.randbytes(20 * max(2, size[1] // 8)))
    strength = dice.uniform(0.03, 0.16)
    wood = streaks.resize(size, Image.Resampling.BILINEAR)
    bands = [
        wood.point([round(max(0.0, level * (1 + strength * (grain - 128) / 64))) for grain in range(256)])
        for level in colour
    ]
    return Image.merge("RGB", bands)


def _lit(photo: Image.Image, dice: random.Random) -> Image.Image:
    """Return the photograph in uneven light, now and then with the shadow of a hand or a lamp's arm."""
    light = Image.new("L", (8, 8))
    level, across, along = dice.uniform(190, 250), dice.uniform(-28, 28), dice.uniform(-28, 28)
    values = [
        min(255.0, max(0.0, level + across * (x - 3.5) / 3.5 + along * (y - 3.5) / 3.5))
        for y in range(8)
        for x in range(8)
    ]
    light.putdata([round(value) for value in values])
    field = light.resize(photo.size, Image.Resampling.BICUBIC)
    if dice.random() < 0.35:
        field = ImageChops.multiply(field, _shade(photo.size, dice))
    warm = dice.uniform(0.9, 1.0)
    tinted = (field, field, field.point([round(value * warm) for value in range(256)]))
    return ImageChops.multiply(photo, Image.merge("RGB", tinted))


def _shade(size: tuple[int, int], dice: random.Random) -> Image.Image:
    small = Image.new("L", (64, 64), 255)
    start, width = dice.uniform(-10, 50), dice.uniform(12, 30)
    depth = dice.randint(150, 215)
    slope = dice.uniform(-0.6, 0.6)
    small.putdata(
        [depth if start < x + slope * y < start + width else 255 for y in range(64) for x in range(64)]
    )
    return small.filter(ImageFilter.GaussianBlur(2.5)).resize(size, Image.Resampling.BICUBIC)
