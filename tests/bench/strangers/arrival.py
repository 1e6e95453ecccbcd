"""How strangers' papers come: lids, copiers, tables, telephones and screens that are not ours.

numpy and OpenCV only; every way takes the paper alone (its resolution in `info["dpi"]`) and gives a picture.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Mapping
from io import BytesIO

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

Picture = NDArray[np.uint8]
_MM = 25.4
_A4 = (210.0, 297.0)


def _of(paper: Image.Image) -> Picture:
    return np.asarray(paper.convert("RGB"), dtype=np.uint8)


def _dpi(paper: Image.Image) -> float:
    return float(paper.info["dpi"][0])


def _done(picture: NDArray[np.floating], dice: random.Random, dpi: float = 0) -> Image.Image:
    """Squeeze like a cheap program, and say the resolution where the device knows it."""
    held = BytesIO()
    Image.fromarray(_levels(picture)).save(held, "JPEG", quality=dice.randint(45, 80))
    image = Image.open(held).convert("RGB")
    if dpi:
        image.info["dpi"] = (dpi, dpi)
    return image


def _scaled(picture: Picture, share: float) -> Picture:
    size = (max(1, round(picture.shape[1] * share)), max(1, round(picture.shape[0] * share)))
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)


def _noise(shape: tuple[int, ...], dice: random.Random, deep: float) -> NDArray[np.float32]:
    rng = np.random.default_rng(dice.randrange(2**31))
    return (rng.standard_normal(shape) * deep).astype(np.float32)


def _laid(
    paper: Picture, ground: Picture, corners: NDArray[np.float32], *, shadow: float = 0.0
) -> NDArray[np.float32]:
    """Lay the paper with its corners (px, clockwise from top left) on a ground, with its shadow."""
    high, wide = paper.shape[:2]
    own = np.array([[0, 0], [wide, 0], [wide, high], [0, high]], np.float32)
    how = cv2.getPerspectiveTransform(own, corners)
    size = (ground.shape[1], ground.shape[0])
    moved = cv2.warpPerspective(paper, how, size, flags=cv2.INTER_AREA)
    mask = cv2.warpPerspective(np.full((high, wide), 255, np.uint8), how, size).astype(np.float32) / 255
    under = ground.astype(np.float32)
    if shadow:
        dark = cv2.GaussianBlur(np.roll(mask, (9, 7), axis=(0, 1)), (0, 0), 9) * shadow
        under *= 1 - dark[..., None]
    return np.asarray(under * (1 - mask[..., None]) + moved * mask[..., None], dtype=np.float32)


def _corners(size: tuple[int, int], middle: tuple[float, float], degrees: float) -> NDArray[np.float32]:
    turn = math.radians(degrees)
    along = np.array([math.cos(turn), math.sin(turn)]) * size[0] / 2
    down = np.array([-math.sin(turn), math.cos(turn)]) * size[1] / 2
    centre = np.array(middle)
    points = [centre - along - down, centre + along - down, centre + along + down, centre - along + down]
    return np.array(points, np.float32)


def _ground_for(size: tuple[int, int], degrees: float, margin: float) -> tuple[int, int]:
    turn = math.radians(degrees)
    wide = abs(size[0] * math.cos(turn)) + abs(size[1] * math.sin(turn))
    high = abs(size[0] * math.sin(turn)) + abs(size[1] * math.cos(turn))
    return round(wide + 2 * margin), round(high + 2 * margin)


def lid(paper: Image.Image, dice: random.Random) -> Image.Image:
    """A flatbed with a lid from white to dark grey; the paper any way round, seldom quite straight."""
    wanted = min(_dpi(paper), dice.choice([150, 200, 200, 240, 300, 300, 400]))
    sheet = _scaled(_of(paper), wanted / _dpi(paper))
    degrees = dice.gauss(0, 2.2) + dice.choices([0, 90, 180, 270, dice.uniform(0, 360)], [70, 8, 8, 8, 6])[0]
    size = (sheet.shape[1], sheet.shape[0])
    wide, high = _ground_for(size, degrees, wanted * dice.uniform(0.1, 0.7))
    shade = dice.choice([250, 236, 205, 150, 60, 25])
    ground = np.full((high, wide, 3), shade, np.uint8)
    laid = _laid(sheet, ground, _corners(size, (wide / 2, high / 2), degrees), shadow=dice.uniform(0.1, 0.5))
    soft = cv2.GaussianBlur(laid, (0, 0), dice.uniform(0.3, 0.8))
    return _done(soft + _noise(soft.shape, dice, 2.5), dice, wanted)


def copy(paper: Image.Image, dice: random.Random) -> Image.Image:
    """A copier's page: grey, hard, with stripes of low toner; small papers somewhere on a large sheet."""
    wanted = dice.choice([200, 200, 300])
    sheet = cv2.cvtColor(_scaled(_of(paper), wanted / _dpi(paper)), cv2.COLOR_RGB2GRAY)
    grey = sheet.astype(np.float32)
    light, dark = float(np.percentile(grey, 85)) - dice.uniform(0, 14), dice.uniform(20, 60)
    grey = np.clip((grey - dark) / max(1.0, light - dark), 0, 1) * 255
    size = (grey.shape[1], grey.shape[0])
    page = [round(side * wanted / _MM) for side in _A4]
    if size[0] > page[0] or size[0] * 1.2 > page[0] > size[1]:
        page = [max(size[0] + 40, page[1]), max(size[1] + 40, page[0])]
    page = [max(page[0], size[0] + 20), max(page[1], size[1] + 20)]
    middle = [
        side / 2 + dice.uniform(-0.35, 0.35) * (side - own) for side, own in zip(page, size, strict=True)
    ]
    ground = np.full((page[1], page[0], 3), 252, np.uint8)
    three = np.repeat(grey.astype(np.uint8)[..., None], 3, axis=2)
    laid = _laid(three, ground, _corners(size, (middle[0], middle[1]), dice.gauss(0, 1.3)))
    laid = _toner(laid, dice)
    laid = cv2.GaussianBlur(laid, (0, 0), dice.uniform(0.4, 0.9)) + _noise(laid.shape[:2], dice, 6)[..., None]
    return _done(laid, dice, wanted)


def _toner(picture: NDArray[np.float32], dice: random.Random) -> NDArray[np.float32]:
    """Pale stripes down the page and specks of dust."""
    weak = np.ones(picture.shape[1], np.float32)
    for _ in range(dice.randint(0, 3)):
        at, wide = dice.randrange(picture.shape[1]), dice.randint(4, picture.shape[1] // 12)
        weak[at : at + wide] *= dice.uniform(0.72, 0.95)
    faded = 255 - (255 - picture) * weak[None, :, None]
    for _ in range(dice.randint(5, 60)):
        place = (dice.randrange(picture.shape[1]), dice.randrange(picture.shape[0]))
        cv2.circle(faded, place, dice.randint(1, 2), (40, 40, 40), -1)
    return faded


def _levels(picture: NDArray[np.floating]) -> Picture:
    return np.asarray(np.clip(picture, 0, 255), dtype=np.uint8)


def _cloth(wide: int, high: int, dice: random.Random) -> Picture:
    """A checked table cloth."""
    down, along = np.mgrid[0:high, 0:wide].astype(np.float32)
    step = dice.uniform(60, 160)
    checks = ((along // step) % 2 + (down // step) % 2) / 2
    one = np.array(dice.choice([(170, 60, 60), (60, 90, 150), (90, 130, 90)]), np.float32)
    return _levels(one + (225 - one) * checks[..., None] + _noise((high, wide, 3), dice, 7))


def _wood(wide: int, high: int, dice: random.Random) -> Picture:
    down, along = np.mgrid[0:high, 0:wide].astype(np.float32)
    veins = np.sin(down / dice.uniform(6, 16) + 3 * np.sin(along / dice.uniform(150, 500)))
    base = np.array(dice.choice([(150, 105, 65), (205, 170, 125), (95, 60, 40)]), np.float32)
    return _levels(base + 14 * veins[..., None] + _noise((high, wide, 3), dice, 5))


def _letterhead(wide: int, high: int, dice: random.Random) -> Picture:
    """Another paper below: white with lines of grey text that no one can read."""
    ground = np.full((high, wide, 3), 244, np.uint8)
    top = 20
    while top < high:
        for left in range(10, wide, 14):
            if dice.random() < 0.8:
                cv2.rectangle(ground, (left, top), (left + dice.randint(4, 11), top + 9), (120, 120, 125), 1)
        top += 30
    return ground


def _plain(wide: int, high: int, dice: random.Random) -> Picture:
    shade = dice.choice([(240, 240, 238), (70, 70, 76), (30, 60, 50), (190, 180, 165)])
    return _levels(np.array(shade, np.float32) + _noise((high, wide, 3), dice, 4))


_GROUNDS = (_cloth, _wood, _letterhead, _plain)


def phone(paper: Image.Image, dice: random.Random) -> Image.Image:
    """A telephone's photo: seen askew, barrel-shaped, unevenly lit, a little shaken."""
    small = max(paper.size) / _dpi(paper) * _MM < 100
    sharp = dice.uniform(240, 360) if small else dice.uniform(170, 240)
    sheet = _scaled(_of(paper), min(1.0, sharp / _dpi(paper)))
    size = (sheet.shape[1], sheet.shape[0])
    degrees = dice.gauss(0, 5) + dice.choices([0, 90, 180, 270], [82, 6, 6, 6])[0]
    wide, high = _ground_for(size, degrees, max(size) * dice.uniform(0.06, 0.2))
    corners = _corners(size, (wide / 2, high / 2), degrees)
    pull = max(size) * 0.035
    corners += np.array([[dice.uniform(-pull, pull) for _ in range(2)] for _ in range(4)], np.float32)
    ground = dice.choice(_GROUNDS)(wide, high, dice)
    laid = _laid(sheet, ground, corners, shadow=dice.uniform(0.2, 0.6))
    laid = _lit(_barrel(laid, dice.uniform(-0.02, 0.035)), dice)
    if dice.random() < 0.4:
        laid = _shaken(laid, dice)
    return _done(laid + _noise(laid.shape, dice, dice.uniform(2, 6)), dice)


def _barrel(picture: NDArray[np.float32], much: float) -> NDArray[np.float32]:
    high, wide = picture.shape[:2]
    down, along = np.mgrid[0:high, 0:wide].astype(np.float32)
    x, y = (along - wide / 2) / wide, (down - high / 2) / wide
    bent = 1 + much * (x * x + y * y)
    moved = cv2.remap(
        picture, x * bent * wide + wide / 2, y * bent * wide + high / 2, cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REPLICATE,
    )  # fmt: skip
    return np.asarray(moved, dtype=np.float32)


def _lit(picture: NDArray[np.float32], dice: random.Random) -> NDArray[np.float32]:
    """A lamp at one side, the shadow of a hand at another, the colour of the bulb."""
    high, wide = picture.shape[:2]
    down, along = np.mgrid[0:high, 0:wide].astype(np.float32)
    turn = dice.uniform(0, 2 * math.pi)
    ramp = (along / wide - 0.5) * math.cos(turn) + (down / high - 0.5) * math.sin(turn)
    light = 0.92 + dice.uniform(0.1, 0.4) * ramp
    if dice.random() < 0.35:
        edge = (along / wide - dice.uniform(0.2, 0.8)) * math.sin(turn) + (down / high - 0.5) * math.cos(turn)
        light *= 1 - dice.uniform(0.1, 0.3) / (1 + np.exp(edge * 40))
    bulb = np.array([dice.uniform(0.95, 1.03), 1.0, dice.uniform(0.85, 1.03)], np.float32)
    return np.asarray(picture * light[..., None] * bulb, dtype=np.float32)


def _shaken(picture: NDArray[np.float32], dice: random.Random) -> NDArray[np.float32]:
    long = dice.choice([3, 3, 5])
    kernel = np.zeros((long, long), np.float32)
    turn = dice.uniform(0, math.pi)
    for step in np.linspace(-(long // 2), long // 2, 2 * long):
        kernel[round(long // 2 + step * math.sin(turn)), round(long // 2 + step * math.cos(turn))] = 1
    return np.asarray(cv2.filter2D(picture, -1, kernel / kernel.sum()), dtype=np.float32)


def worn(paper: Image.Image, dice: random.Random) -> Image.Image:
    """Folded twice and set a cup on, then laid on the flatbed; cards do not fold."""
    if max(paper.size) / _dpi(paper) * _MM < 100:
        return lid(paper, dice)
    sheet = _of(paper).astype(np.float32)
    high, wide = sheet.shape[:2]
    down, along = np.mgrid[0:high, 0:wide].astype(np.float32)
    for axis, long in ((along, wide), (down, high)):
        if dice.random() < 0.75:
            away = (axis - long * dice.uniform(0.3, 0.7)) / (_dpi(paper) / _MM)
            sheet *= (1 - dice.uniform(0.1, 0.3) * np.exp(-(away**2) / 0.3) + 0.06 * np.tanh(away))[..., None]
    if dice.random() < 0.5:
        centre = (dice.uniform(0, wide), dice.uniform(0, high))
        away = np.hypot(along - centre[0], down - centre[1]) / (_dpi(paper) / _MM) - 38
        ring = np.exp(-(away**2) / 1.5) * dice.uniform(0.15, 0.4) + 0.05 * (away < 0)
        sheet *= 1 - ring[..., None] * np.array([0.3, 0.55, 0.9], np.float32)
    image = Image.fromarray(np.clip(sheet, 0, 255).astype(np.uint8))
    image.info["dpi"] = paper.info["dpi"]
    return lid(image, dice)


def screen(paper: Image.Image, dice: random.Random) -> Image.Image:
    """A picture shown on a screen and photographed: the two grids beat."""
    photo = phone(paper, dice)
    sheet = np.asarray(photo, dtype=np.float32)
    down, along = np.mgrid[0 : sheet.shape[0], 0 : sheet.shape[1]].astype(np.float32)
    turn = dice.uniform(0, math.pi)
    beat = np.sin((along * math.cos(turn) + down * math.sin(turn)) / dice.uniform(1.2, 6))
    return _done(sheet * (0.93 + 0.05 * beat[..., None]), dice)


def fax(paper: Image.Image, dice: random.Random) -> Image.Image:
    """A thermal copy: black or white at 200 dpi, lines missing."""
    sheet = cv2.cvtColor(_scaled(_of(paper), 200 / _dpi(paper)), cv2.COLOR_RGB2GRAY).astype(np.float32)
    around = cv2.GaussianBlur(sheet, (0, 0), 12)
    black = sheet + _noise(sheet.shape, dice, 6) < around - 22
    page = np.asarray(np.where(black, 55.0, 240.0), dtype=np.float32)
    for _ in range(dice.randint(0, 2)):
        page[dice.randrange(page.shape[0])] = 240
    padded = np.pad(cv2.GaussianBlur(page, (0, 0), 0.5), 60, constant_values=240)
    return _done(np.asarray(np.repeat(padded[..., None], 3, axis=2), dtype=np.float32), dice, 200)


WAYS: Mapping[str, tuple[Callable[[Image.Image, random.Random], Image.Image], int]] = {
    "lid": (lid, 34),
    "copy": (copy, 22),
    "phone": (phone, 28),
    "worn": (worn, 10),
    "screen": (screen, 3),
    "fax": (fax, 3),
}


def way_for(seed: int) -> str:
    """Return how the paper of a seed comes."""
    dice = random.Random(f"stranger comes {seed}")
    return dice.choices(list(WAYS), [share for _, share in WAYS.values()])[0]


def as_it_comes(paper: Image.Image, seed: int, way: str) -> Image.Image:
    """Return what the clerk's device gives.

    Raises:
        KeyError: no such way.
    """
    return WAYS[way][0](paper, random.Random(f"stranger {way} {seed}"))


def dpi_for(_seed: int) -> int:
    """Return at what resolution papers are drawn: always the same, the devices scale."""
    return 400
