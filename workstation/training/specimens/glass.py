"""How a scanner sees a paper: on the glass, a little askew, with noise; repeatable."""

from __future__ import annotations

import io
import random
from functools import cache
from statistics import NormalDist

from PIL import Image, ImageChops, ImageDraw, ImageEnhance, ImageFilter

A4_MM = (210.0, 297.0)
WHITE_LID, GREY_LID, DARK_LID = (250, 250, 248), (206, 208, 210), (46, 48, 52)
Colour = tuple[int, int, int]


def on_glass(
    image: Image.Image,
    page_mm: tuple[float, float] = A4_MM,
    dpi: int = 200,
    *,
    angle: float = 0.0,
    noise: float = 0.0,
    background: Colour = WHITE_LID,
    at_mm: tuple[float, float] | None = None,
    seed: int = 0,
) -> Image.Image:
    """Lay `image` on a scanner's glass and return the scan.

    Args:
        image: a specimen; its size in mm comes from `image.info["dpi"]` (300 when absent).
        page_mm: width and height of the scanned area.
        dpi: resolution of the scan.
        angle: skew in degrees, anticlockwise.
        noise: standard deviation in grey levels.
        background: colour of the lid.
        at_mm: top left corner of the paper; near the upper left of the glass when absent.
        seed: of the noise.
    """
    paper = _scaled(image, dpi)
    mask = _rounded(paper.size, round(dpi / 25.4 * 2.0))
    size = (round(page_mm[0] * dpi / 25.4), round(page_mm[1] * dpi / 25.4))
    corner = _corner(size, paper.size, at_mm, dpi)
    turned = paper.rotate(angle, resample=Image.Resampling.BICUBIC, expand=True, fillcolor=background)
    outline = mask.rotate(angle, resample=Image.Resampling.BICUBIC, expand=True, fillcolor=0)
    page = Image.new("RGB", size, background)
    _shadow(page, outline, corner, dpi)
    page.paste(turned, corner, outline)
    scan = page.filter(ImageFilter.GaussianBlur(dpi / 600))
    scan = add_noise(scan, noise, seed)
    scan.info["dpi"] = (dpi, dpi)
    return scan


def degrade(image: Image.Image, seed: int, *, strength: float = 1.0) -> Image.Image:
    """Return `image` as an old, badly adjusted scanner gives it: soft, pale, noisy, compressed.

    Args:
        image: a scan or a paper.
        seed: decides how bad each of the faults is.
        strength: 1 is a bad scanner, 2 a hopeless one, 0.5 a tired one.
    """
    dice = random.Random(f"degrade {seed}")
    worse = image.convert("RGB").filter(ImageFilter.GaussianBlur(strength * dice.uniform(0.4, 0.9)))
    worse = ImageEnhance.Contrast(worse).enhance(1 - 0.25 * min(strength, 2) * dice.uniform(0.4, 1.0))
    worse = ImageEnhance.Brightness(worse).enhance(1 + 0.08 * strength * dice.uniform(-1, 1))
    worse = add_noise(worse, strength * dice.uniform(4, 9), seed)
    worse = _compressed(worse, max(20, round(70 - 25 * strength)))
    worse.info["dpi"] = image.info.get("dpi", (200, 200))
    return worse


def add_noise(image: Image.Image, deviation: float, seed: int) -> Image.Image:
    """Return `image` with Gaussian noise of `deviation` grey levels, equal in all channels."""
    if deviation <= 0:
        return image
    width, height = image.size
    uniform = Image.frombytes("L", image.size, random.Random(seed).randbytes(width * height))
    grain = uniform.point([_clamp(128 + deviation * z) for z in _normal_quantiles()])
    layer = Image.merge("RGB", (grain, grain, grain)) if image.mode == "RGB" else grain
    return ImageChops.add(image, layer, scale=1, offset=-128)


@cache
def _normal_quantiles() -> tuple[float, ...]:
    standard = NormalDist()
    return tuple(standard.inv_cdf((step + 0.5) / 256) for step in range(256))


def _clamp(level: float) -> int:
    return max(0, min(255, round(level)))


def _scaled(image: Image.Image, dpi: int) -> Image.Image:
    own = float(image.info.get("dpi", (300, 300))[0])
    size = (round(image.width * dpi / own), round(image.height * dpi / own))
    return image.convert("RGB").resize(size, Image.Resampling.LANCZOS)


def _rounded(size: tuple[int, int], radius: int) -> Image.Image:
    mask = Image.new("L", size, 0)
    ImageDraw.Draw(mask).rounded_rectangle((0, 0, size[0] - 1, size[1] - 1), radius=radius, fill=255)
    return mask


def _corner(
    page: tuple[int, int], paper: tuple[int, int], at_mm: tuple[float, float] | None, dpi: int
) -> tuple[int, int]:
    if at_mm is not None:
        return round(at_mm[0] * dpi / 25.4), round(at_mm[1] * dpi / 25.4)
    return max(0, (page[0] - paper[0]) // 3), max(0, (page[1] - paper[1]) // 5)


def _shadow(page: Image.Image, outline: Image.Image, corner: tuple[int, int], dpi: int) -> None:
    shift = max(1, round(dpi / 25.4 * 0.5))
    margin = shift * 4
    room = Image.new("L", (outline.width + 2 * margin, outline.height + 2 * margin), 0)
    room.paste(outline, (margin + shift, margin + shift))
    soft = room.filter(ImageFilter.GaussianBlur(shift)).point([level * 2 // 5 for level in range(256)])
    page.paste((70, 72, 76), (corner[0] - margin, corner[1] - margin), soft)


def _compressed(image: Image.Image, quality: int) -> Image.Image:
    stream = io.BytesIO()
    image.save(stream, "JPEG", quality=quality)
    return Image.open(io.BytesIO(stream.getvalue())).convert("RGB")
