"""Pictures as scanners and cameras take them, clean or with one planted fault; all from a seed.

Every shot knows where its page truly lies, how it is turned and what was done to it: a judge can be judged.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from tests.bench import specimen_pages as specimens

Picture = NDArray[np.uint8]
Points = NDArray[np.float32]
Spoil = Callable[[Picture, Points, int], Picture]
"""Spoils the picture between lens and sensor: (picture, corners of the page, dpi) -> picture."""

LIDS = ((250, 250, 248), (232, 232, 230), (206, 208, 210), (46, 48, 52), (20, 20, 22))
DESKS = ((38, 36, 34), (96, 68, 46), (128, 132, 138), (60, 84, 72), (172, 150, 120))


@dataclass(frozen=True, slots=True)
class Shot:
    """One picture and the truth about it."""

    raw: Picture
    """(H, W, 3) RGB."""
    corners: Points
    """tl, tr, br, bl as the page is read; inside of the picture where the page runs out of it."""
    dpi: int
    kind: str
    quarters: int = 0
    """Quarter turns clockwise that make it readable."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where and how the paper lies."""

    way: str
    """`feeder`, `glass` or `camera`."""
    quarters: int = 0
    run_out: float = 0.0
    """Share of the page that lies outside of the picture."""


def shoot(
    paper: Image.Image, kind: str, dice: random.Random, place: Place, spoil: Spoil | None = None
) -> Shot:
    """Take a picture of a paper."""
    dpi = round(float(paper.info["dpi"][0]))
    page = np.rot90(np.asarray(paper), place.quarters).copy()
    size, corners = _laid(page.shape[1], page.shape[0], dpi, dice, place)
    picture = _exposed(page, size, corners, dpi, dice, place)
    corners = np.roll(corners, place.quarters, axis=0)
    corners = np.clip(corners, 0, np.array(size, np.float32))
    picture = _lit(picture, dice) if place.way == "camera" else picture
    if spoil:
        picture = spoil(picture, corners, dpi)
    return Shot(_developed(picture, dice), corners, dpi, kind, place.quarters)


def _laid(
    width: int, height: int, dpi: int, dice: random.Random, place: Place
) -> tuple[tuple[int, int], Points]:
    """Return the picture's size and where the corners of the (turned) paper come to lie."""
    mm = dpi / 25.4
    if place.way == "camera":
        angle, bend = dice.uniform(-6, 6), 0.03 * min(width, height)
        size = _room_for(width, height, angle, bend + 5 * mm, dice.uniform(1.02, 1.3))
    elif max(width, height) > 280 * mm:
        size = (width + round(dice.uniform(0, 2) * mm), height + round(dice.uniform(0, 3) * mm))
        angle, bend = dice.uniform(-1.3, 1.3), 0.0
    else:
        size, bend = (round(210 * mm), round(297 * mm)), 0.0
        angle = dice.uniform(-5, 5)
    middle = _middle(width, height, size, mm, dice, place)
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), angle, 1.0)
    square = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    corners = square @ turn[:, :2].T + turn[:, 2] + np.array(middle) - (width / 2, height / 2)
    corners += np.array([[dice.uniform(-bend, bend) for _ in "xy"] for _ in range(4)])
    return size, corners.astype(np.float32)


def _room_for(width: int, height: int, angle: float, spare: float, more: float) -> tuple[int, int]:
    """Return the size of a picture that a page turned by `angle` degrees does not run out of."""
    across, along = np.cos(np.radians(angle)), abs(np.sin(np.radians(angle)))
    wide, high = width * across + height * along, width * along + height * across
    return int((wide + 2 * spare) * more), int((high + 2 * spare) * more)


def _middle(
    width: int, height: int, size: tuple[int, int], mm: float, dice: random.Random, place: Place
) -> tuple[float, float]:
    if place.way == "glass" and max(width, height) <= 280 * mm:
        reach = 0.5 * (width**2 + height**2) ** 0.5
        left, top = min(width / 2 + 8 * mm, size[0] / 2), min(height / 2 + 8 * mm, size[1] / 2)
        x = dice.uniform(max(left, min(reach, size[0] / 2)), size[0] - max(left, min(reach, size[0] / 2)))
        y = dice.uniform(max(top, min(reach, size[1] / 2)), size[1] - max(top, min(reach, size[1] / 2)))
    else:
        slack = 1.2 * mm if place.way != "camera" else 4 * mm
        x, y = (length / 2 + dice.uniform(-slack, slack) for length in size)
    if not place.run_out:
        return x, y
    side = dice.choice(["left", "right", "top", "bottom"])
    if side in ("left", "right"):
        out = (0.5 - place.run_out) * width
        return (out if side == "left" else size[0] - out), y
    out = (0.5 - place.run_out) * height
    return x, (out if side == "top" else size[1] - out)


def _exposed(
    page: Picture, size: tuple[int, int], corners: Points, dpi: int, dice: random.Random, place: Place
) -> Picture:
    height, width = page.shape[:2]
    square = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    plane = cv2.getPerspectiveTransform(square, corners)
    ground = dice.choice(DESKS if place.way == "camera" else LIDS[:3] if place.way == "feeder" else LIDS)
    picture = np.empty((size[1], size[0], 3), np.uint8)
    picture[:] = ground
    if place.way == "camera":
        picture = _grained(picture, dice)
    mask = np.zeros((size[1], size[0]), np.uint8)
    cv2.fillConvexPoly(mask, np.round(corners * 16).astype(np.int32), 255, cv2.LINE_AA, 4)
    picture = _shadowed(picture, mask, dpi)
    laid = cv2.warpPerspective(page, plane, size, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    cv2.copyTo(laid, mask, picture)
    lens = dpi / 600 + dice.uniform(0.0, 0.25)
    return np.asarray(cv2.GaussianBlur(picture, (0, 0), lens), np.uint8)


def _grained(picture: Picture, dice: random.Random) -> Picture:
    """Give the desk some grain, as wood and cloth have."""
    noise = np.random.default_rng(dice.randrange(2**32)).normal(0, 9, (picture.shape[0] // 6, 24))
    grain = cv2.resize(
        noise.astype(np.float32), (picture.shape[1], picture.shape[0]), interpolation=cv2.INTER_LINEAR
    )
    return np.asarray(np.clip(picture + grain[..., None], 0, 255), np.uint8)


def _shadowed(picture: Picture, mask: Picture, dpi: int) -> Picture:
    shift = max(1, round(dpi / 50))
    moved = np.roll(mask, (shift, shift), (0, 1))
    moved[:shift], moved[:, :shift] = 0, 0
    kept = 255 - (cv2.blur(moved, (4 * shift + 1, 4 * shift + 1)) * 0.4).astype(np.uint8)
    return np.asarray(cv2.multiply(picture, cv2.merge((kept, kept, kept)), scale=1 / 255), np.uint8)


def _lit(picture: Picture, dice: random.Random) -> Picture:
    """Return the picture in the uneven light of a room."""
    level, slope = dice.uniform(0.78, 1.0), dice.uniform(-0.14, 0.14)
    light = level * (1 + slope * np.linspace(-1, 1, picture.shape[1]))
    row = np.clip(light * 200, 0, 255).astype(np.uint8)
    field = np.broadcast_to(row[None, :, None], picture.shape)
    return np.asarray(cv2.multiply(picture, np.ascontiguousarray(field), scale=1 / 200), np.uint8)


def _developed(picture: Picture, dice: random.Random) -> Picture:
    """Add the sensor's grain and JPEG."""
    grain = np.random.default_rng(dice.randrange(2**32)).standard_normal(1 << 20, np.float32)
    grain = (128 + dice.uniform(1.0, 4.0) * np.resize(grain, picture.shape[:2])).astype(np.uint8)
    picture = cv2.addWeighted(picture, 1, cv2.merge((grain, grain, grain)), 1, -128).astype(np.uint8)
    quality = dice.randint(78, 93)
    _, data = cv2.imencode(".jpg", picture[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality])
    return np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR_RGB), np.uint8)


# --- what goes wrong --------------------------------------------------------------------------------


def defocus(dice: random.Random) -> Spoil:
    """Return a lens out of focus: a disc of 0.45 to 1.2 mm radius on the paper."""
    radius_mm = dice.uniform(0.45, 1.2)

    def spoil(picture: Picture, _corners: Points, dpi: int) -> Picture:
        radius = radius_mm * dpi / 25.4
        side = 2 * int(radius + 1) + 1
        y, x = np.mgrid[:side, :side] - side // 2
        disc = np.clip(radius + 0.5 - np.hypot(x, y), 0, 1)
        return cv2.filter2D(picture, -1, (disc / disc.sum()).astype(np.float32)).astype(np.uint8)

    return spoil


def motion(dice: random.Random) -> Spoil:
    """Return a paper that moved by 1.0 to 3 mm while the picture was taken."""
    length_mm, angle = dice.uniform(1.0, 3.0), dice.uniform(0, np.pi)

    def spoil(picture: Picture, _corners: Points, dpi: int) -> Picture:
        length = length_mm * dpi / 25.4
        side = 2 * int(length / 2 + 1) + 1
        kernel = np.zeros((side, side), np.uint8)
        reach = np.array([np.cos(angle), np.sin(angle)]) * length / 2
        middle = side // 2
        ends = [tuple(int(round((middle + sign * v) * 16)) for v in reach) for sign in (-1, 1)]
        cv2.line(kernel, ends[0], ends[1], 255, 1, cv2.LINE_AA, 4)
        return cv2.filter2D(picture, -1, kernel.astype(np.float32) / float(kernel.sum())).astype(np.uint8)

    return spoil


def dark(dice: random.Random) -> Spoil:
    """Return too little light, or so little contrast that print sinks into the paper."""
    if dice.random() < 0.65:
        gain, gamma = dice.uniform(0.12, 0.38), dice.uniform(0.9, 1.3)
        table = [255 * gain * (level / 255) ** gamma for level in range(256)]
    else:
        weight, floor = dice.uniform(0.2, 0.26), dice.randint(110, 190)
        share = weight * floor / (225 - 255 * weight)
        table = [floor + share * level for level in range(256)]
    lookup = np.clip(table, 0, 255).astype(np.uint8)

    def spoil(picture: Picture, _corners: Points, _dpi: int) -> Picture:
        return cv2.LUT(picture, lookup).astype(np.uint8)

    return spoil


def glare(dice: random.Random) -> Spoil:
    """Return a lamp's reflection: a saturated spot of 5 to 25 % of the page's area, soft at its edge."""
    share, stretch, angle = dice.uniform(0.05, 0.25), dice.uniform(1.0, 2.6), dice.uniform(0, 180)
    place, level = (dice.uniform(0.25, 0.75), dice.uniform(0.3, 0.7)), dice.uniform(0.78, 0.92)

    def spoil(picture: Picture, corners: Points, dpi: int) -> Picture:
        area = cv2.contourArea(corners)
        across = (1 - place[0]) * corners[0] + place[0] * corners[1]
        along = (1 - place[0]) * corners[3] + place[0] * corners[2]
        middle = (1 - place[1]) * across + place[1] * along
        radius = (area * share / np.pi / stretch) ** 0.5
        spot = np.zeros(picture.shape[:2], np.uint8)
        axes = (max(1, int(radius * stretch)), max(1, int(radius)))
        cv2.ellipse(spot, (int(middle[0]), int(middle[1])), axes, angle, 0, 360, 255, -1)
        soft = cv2.GaussianBlur(cv2.resize(spot, None, fx=0.25, fy=0.25), (0, 0), dpi * 0.02)
        soft = cv2.resize(soft, spot.shape[::-1]).astype(np.float32) / 255
        lit = picture * level + 340 * (soft[..., None] ** 1.2)
        return np.clip(lit, 0, 255).astype(np.uint8)

    return spoil


def blank_sheet(dice: random.Random, dpi: int) -> Image.Image:
    """Draw an empty back: holes, dirt, a fold's shadow or the other side shining through."""
    shade = dice.choice((255, 252, 246, 236))
    sheet = Image.new(
        "RGB", (round(210 * dpi / 25.4), round(297 * dpi / 25.4)), (shade, shade, shade - dice.randrange(10))
    )
    array = np.asarray(sheet).copy()
    for trouble in dice.sample((holes, dirt, shine_through, fold, streak), dice.randint(0, 3)):
        array = trouble(array, dice, dpi)
    sheet = Image.fromarray(array)
    sheet.info["dpi"] = (dpi, dpi)
    return sheet


def holes(page: Picture, dice: random.Random, dpi: int) -> Picture:
    """Punch two or four holes."""
    mm, level = dpi / 25.4, dice.choice((30, 90, 215))
    for y in dice.choice(((108, 188), (60, 108, 188, 237))):
        cv2.circle(page, (round(12 * mm), round(y * mm)), round(3 * mm), (level,) * 3, -1, cv2.LINE_AA)
    return page


def dirt(page: Picture, dice: random.Random, dpi: int) -> Picture:
    """Sprinkle dust and crumbs."""
    height, width = page.shape[:2]
    for _ in range(dice.randint(5, 40)):
        size = dice.uniform(0.05, 0.45) * dpi / 25.4
        at = (dice.randrange(width), dice.randrange(height))
        axes = (max(1, round(size)), max(1, round(size * 0.7)))
        cv2.ellipse(page, at, axes, dice.uniform(0, 180), 0, 360, (dice.randint(60, 180),) * 3, -1)
    return page


def shine_through(page: Picture, dice: random.Random, dpi: int) -> Picture:
    """Let the other side shine through."""
    other = np.asarray(specimens.SHEETS[dice.choice(("text", "form", "table", "contract"))](dice, dpi))[
        :, ::-1
    ]
    soft = cv2.GaussianBlur(other, (0, 0), dpi * 0.012).astype(np.float32)
    share = dice.uniform(0.03, 0.085)
    return np.clip(page * (1 - share) + soft[: page.shape[0], : page.shape[1]] * share, 0, 255).astype(
        np.uint8
    )


def fold(page: Picture, dice: random.Random, dpi: int) -> Picture:
    """Fold the sheet across."""
    rows = np.arange(page.shape[0], dtype=np.float32)
    at, width = dice.uniform(0.3, 0.7) * page.shape[0], dice.uniform(1, 6) * dpi / 25.4
    shade = 1 - dice.uniform(0.03, 0.12) * np.exp(-(((rows - at) / width) ** 2))
    return np.asarray(np.clip(page * shade[:, None, None], 0, 255), np.uint8)


def streak(page: Picture, dice: random.Random, dpi: int) -> Picture:
    """Draw the streak of a dusty sensor."""
    x = dice.randrange(page.shape[1])
    page[:, x : x + max(1, dpi // 200)] = dice.randint(120, 200)
    return page


# --- whole cases --------------------------------------------------------------------------------


def pick_dpi(dice: random.Random) -> int:
    """Return 150 to 300 dpi; most pages are scanned at 200."""
    return dice.choice((150, 200, 200, 200, 240, 300))


def scanned_at(paper: Image.Image, dpi: int) -> Image.Image:
    """Return the same sheet at a lower resolution; drawn anew, hinting would set its letters elsewhere."""
    share = dpi / float(paper.info["dpi"][0])
    size = (round(paper.width * share), round(paper.height * share))
    scan = paper.resize(size, Image.Resampling.LANCZOS)
    scan.info["dpi"] = (dpi, dpi)
    return scan


def some_paper(dice: random.Random, kind: str = "") -> tuple[Image.Image, str]:
    """Draw a paper of `kind`, or of any kind."""
    every = specimens.SHEETS | specimens.SMALL
    kind = kind or dice.choice(sorted(every))
    return every[kind](dice, pick_dpi(dice)), kind


def some_way(dice: random.Random, kind: str) -> str:
    """Return how a paper of this kind is taken: small ones never go through the feeder."""
    return dice.choice(
        ("glass", "glass", "camera") if kind in specimens.SMALL else ("feeder", "feeder", "glass", "camera")
    )


def clean(dice: random.Random, kind: str = "", *, quarters: int = 0) -> Shot:
    """Take a good picture."""
    if not kind and dice.random() < 0.04:
        paper, kind = specimens.nearly_empty(dice, pick_dpi(dice)), "nearly-empty"
    else:
        paper, kind = some_paper(dice, kind)
    return shoot(paper, kind, dice, Place(some_way(dice, kind), quarters))


def blurred(dice: random.Random) -> Shot:
    """Take a picture out of focus or shaken."""
    paper, kind = some_paper(dice)
    spoil = defocus(dice) if dice.random() < 0.5 else motion(dice)
    return shoot(paper, kind, dice, Place(some_way(dice, kind)), spoil)


def darkened(dice: random.Random) -> Shot:
    """Take a picture with too little light or contrast."""
    paper, kind = some_paper(dice)
    return shoot(paper, kind, dice, Place(some_way(dice, kind)), dark(dice))


def glaring(dice: random.Random) -> Shot:
    """Take a picture of a card or a laminated paper under a lamp."""
    paper, kind = some_paper(dice, dice.choice(_SHINY))
    way = "camera" if kind == "licence" else dice.choice(("glass", "camera"))
    return shoot(paper, kind, dice, Place(way), glare(dice))


_SHINY = ("id-card-front", "id-card-back", "household-register-page", "marriage-certificate", "licence")
"""Cards and what is laminated; on white paper a lamp is white on white."""


def cut(dice: random.Random) -> Shot:
    """Take a picture that a part of the paper runs out of."""
    paper, kind = some_paper(dice)
    out = dice.uniform(0.08, 0.45) if kind in specimens.SMALL else dice.uniform(0.16, 0.4)
    return shoot(paper, kind, dice, Place(some_way(dice, kind), run_out=out))


def blank(dice: random.Random) -> Shot:
    """Take a picture of the empty side of a sheet."""
    return shoot(
        blank_sheet(dice, pick_dpi(dice)),
        "blank",
        dice,
        Place(dice.choice(("feeder", "feeder", "glass", "camera"))),
    )
