"""A phone that shows an e-certificate's code, and what a camera at the counter makes of it; repeatable."""

from __future__ import annotations

import io
import math
import random
from dataclasses import dataclass

import segno
from PIL import Image, ImageChops, ImageDraw, ImageEnhance, ImageFilter

from workstation.training.specimens.fonts import Face, load
from workstation.training.specimens.glass import add_noise

SCREEN_PX = (1080, 2160)
QR_PX = 860
BODY, DESK = (18, 20, 24), (176, 164, 148)
PICTURE_PX = (1920, 1440)
"""Of a document camera of three megapixels."""


@dataclass(frozen=True, slots=True)
class Faults:
    """What goes wrong when a phone is photographed; each is 0 where all is well."""

    tilt: float = 0.0
    """Of the camera: how far a far corner comes nearer, as a share of the phone's width."""
    turn: float = 0.0
    """Degrees."""
    glare: float = 0.0
    """Of a lamp on the glass, 0 to 1."""
    moire: float = 0.0
    """Of the screen's own lines, 0 to 1."""
    blur: float = 0.0
    """Standard deviation in px."""
    dark: float = 0.0
    """Share of the light that is lacking."""
    noise: float = 0.0
    """Standard deviation in grey levels."""
    share: float = 0.62
    """Of the picture's height that the phone takes."""


def faults(seed: int) -> Faults:
    """Return faults as they come at a counter; the same seed gives the same."""
    dice = random.Random(f"phone {seed}")
    return Faults(
        tilt=dice.uniform(0.0, 0.14),
        turn=dice.uniform(-25.0, 25.0),
        glare=dice.choice((0.0, dice.uniform(0.2, 0.8))),
        moire=dice.choice((0.0, dice.uniform(0.1, 0.5))),
        blur=dice.uniform(0.3, 1.2),
        dark=dice.uniform(0.0, 0.45),
        noise=dice.uniform(1.0, 7.0),
        share=dice.uniform(0.55, 0.9),
    )


def screen(code: str, title: str) -> Image.Image:
    """Return what the phone shows: the certificate's name, its code, and that it is a specimen."""
    shown = Image.new("RGB", SCREEN_PX, (246, 247, 250))
    pen = ImageDraw.Draw(shown)
    pen.rectangle((0, 0, SCREEN_PX[0], 320), fill=(32, 96, 196))
    pen.text((70, 120), f"{title} 样本", font=load(Face.SANS, 72), fill=(255, 255, 255))
    made = io.BytesIO()
    segno.make(code, error="m", mode="alphanumeric" if code.startswith("ZZ1:") else None).save(
        made, kind="png", scale=4, border=4
    )
    picture = Image.open(made).convert("RGB").resize((QR_PX, QR_PX), Image.Resampling.NEAREST)
    shown.paste(picture, ((SCREEN_PX[0] - QR_PX) // 2, 560))
    pen.text((230, 1520), "样本 · 5 分钟内有效 · 请勿截图", font=load(Face.SANS, 44), fill=(120, 124, 130))
    return shown


def photographed(shown: Image.Image, seen: Faults, seed: int) -> Image.Image:
    """Return the camera's picture of a phone that shows `shown`."""
    dice = random.Random(f"photo {seed}")
    frame = Image.new("RGB", (SCREEN_PX[0] + 90, SCREEN_PX[1] + 140), BODY)
    frame.paste(_glared(_striped(shown, seen.moire, dice), seen.glare, dice), (45, 70))
    height = round(PICTURE_PX[1] * seen.share)
    phone = frame.resize((round(height * frame.width / frame.height), height), Image.Resampling.LANCZOS)
    tilted, mask = _tilted(phone, seen.tilt, dice)
    turned = tilted.rotate(seen.turn, resample=Image.Resampling.BICUBIC, expand=True)
    outline = mask.rotate(seen.turn, resample=Image.Resampling.BICUBIC, expand=True)
    picture = Image.new("RGB", PICTURE_PX, DESK)
    picture.paste(
        turned, ((PICTURE_PX[0] - turned.width) // 2, (PICTURE_PX[1] - turned.height) // 2), outline
    )
    picture = ImageEnhance.Brightness(picture).enhance(1.0 - seen.dark)
    return add_noise(picture.filter(ImageFilter.GaussianBlur(seen.blur)), seen.noise, seed)


def _striped(shown: Image.Image, strength: float, dice: random.Random) -> Image.Image:
    """Lay the beat of screen lines and camera pixels over a screen, along and across."""
    if not strength:
        return shown
    for way in (0, 1):
        period = dice.uniform(14.0, 60.0)
        length = shown.size[way]
        row = bytes(
            round(255 - 110 * strength * (1 + math.sin(2 * math.pi * at / period))) for at in range(length)
        )
        line = Image.frombytes("L", (length, 1) if way == 0 else (1, length), row)
        stripes = line.resize(shown.size)
        shown = ImageChops.multiply(shown, Image.merge("RGB", (stripes, stripes, stripes)))
    return shown


def _glared(shown: Image.Image, strength: float, dice: random.Random) -> Image.Image:
    """Lay the reflection of a lamp over a screen."""
    if not strength:
        return shown
    light = Image.new("L", shown.size, 0)
    x, y, radius = dice.randrange(100, 980), dice.randrange(400, 1600), dice.randrange(120, 320)
    ImageDraw.Draw(light).ellipse(
        (x - radius, y - radius, x + radius, y + radius), fill=round(255 * strength)
    )
    light = light.filter(ImageFilter.GaussianBlur(radius / 2))
    return Image.composite(Image.new("RGB", shown.size, (255, 255, 255)), shown, light)


def _tilted(phone: Image.Image, tilt: float, dice: random.Random) -> tuple[Image.Image, Image.Image]:
    """Return the phone seen from aside, and where it is."""
    width, height = phone.size
    step = tilt * width
    corners = [(dice.uniform(0, step), dice.uniform(0, step)) for _ in range(4)]
    target = [
        (corners[0][0], corners[0][1]),
        (corners[1][0], height - corners[1][1]),
        (width - corners[2][0], height - corners[2][1]),
        (width - corners[3][0], corners[3][1]),
    ]
    source = [(0.0, 0.0), (0.0, float(height)), (float(width), float(height)), (float(width), 0.0)]
    way = _perspective(target, source)
    seen = phone.transform(phone.size, Image.Transform.PERSPECTIVE, way, Image.Resampling.BICUBIC)
    whole = Image.new("L", phone.size, 255)
    return seen, whole.transform(phone.size, Image.Transform.PERSPECTIVE, way, Image.Resampling.BICUBIC)


def _perspective(target: list[tuple[float, float]], source: list[tuple[float, float]]) -> list[float]:
    """Return the eight numbers that take the target's corners to the source's (Gauss with pivots)."""
    rows: list[list[float]] = []
    for (x, y), (u, v) in zip(target, source, strict=True):
        rows.append([x, y, 1, 0, 0, 0, -u * x, -u * y, u])
        rows.append([0, 0, 0, x, y, 1, -v * x, -v * y, v])
    for column in range(8):
        pivot = max(range(column, 8), key=lambda row: abs(rows[row][column]))
        rows[column], rows[pivot] = rows[pivot], rows[column]
        scale = rows[column][column]
        rows[column] = [value / scale for value in rows[column]]
        for row in range(8):
            if row != column:
                factor = rows[row][column]
                rows[row] = [a - factor * b for a, b in zip(rows[row], rows[column], strict=True)]
    return [row[8] for row in rows]
