"""How a paper comes off a real counter: scanned, copied, copied again, photographed on a desk; repeatable.

Every way is a pure function of a paper (a picture of the paper alone, its resolution in `info["dpi"]`) and a
seed. Scans keep their resolution in `info["dpi"]`; photographs have none, as a camera knows none.
"""

from __future__ import annotations

import io
import math
import random
from collections.abc import Callable, Mapping

from PIL import Image, ImageDraw, ImageFilter

from workstation.training.specimens import glass
from workstation.training.specimens.desk import on_desk
from workstation.training.specimens.glass import A4_MM, add_noise
from workstation.training.specimens.sheet import Sheet, wrap

Way = Callable[[Image.Image, int], Image.Image]
_LIDS = (glass.WHITE_LID, glass.WHITE_LID, glass.GREY_LID, glass.DARK_LID)
_BESIDE = (
    "兹附本人有效证件样本复印件一份, 仅供办理本事项使用, 再次复印无效。",
    "上述材料经本人核对, 与原件一致, 如有虚假愿承担相应的法律责任。",
)


def cut_out(paper: Image.Image, seed: int) -> Image.Image:
    """Scan a paper and cut the scan to it, two millimetres beyond its edge."""
    dice = random.Random(f"cut out {seed}")
    dpi = _dpi(paper)
    border = dice.uniform(1.0, 2.5)
    width, height = (side * 25.4 / dpi + 2 * border for side in paper.size)
    return _finished(
        glass.on_glass(
            paper, (width, height), dpi, angle=dice.uniform(-0.5, 0.5), noise=dice.uniform(1, 4),
            background=dice.choice(_LIDS), at_mm=(border, border), seed=seed,
        ),
        dice, dpi,
    )  # fmt: skip


def scanned(paper: Image.Image, seed: int, *, most_degrees: float = 4.0) -> Image.Image:
    """Lay a paper anywhere on the glass, up to `most_degrees` askew."""
    dice = random.Random(f"scanned {seed}")
    dpi = _dpi(paper)
    angle = dice.uniform(-most_degrees, most_degrees)
    turned = _turned_size(paper.size, angle)
    page = tuple(max(a4, side * 25.4 / dpi + 2) for a4, side in zip(_a4_for(paper), turned, strict=True))
    corner = tuple(dice.uniform(0, side - t * 25.4 / dpi) for side, t in zip(page, turned, strict=True))
    return _finished(
        glass.on_glass(
            paper, (page[0], page[1]), dpi, angle=angle, noise=dice.uniform(1.5, 4.5),
            background=dice.choice(_LIDS), at_mm=(corner[0], corner[1]), seed=seed,
        ),
        dice, dpi,
    )  # fmt: skip


def turned(paper: Image.Image, seed: int) -> Image.Image:
    """Lay a paper on the glass at any angle, upside down too."""
    return scanned(paper, seed, most_degrees=180)


def touching(paper: Image.Image, seed: int) -> Image.Image:
    """Lay a paper against the edge of the glass, so that the scan ends where the paper does."""
    dice = random.Random(f"touching {seed}")
    dpi = _dpi(paper)
    page = tuple(max(a4, side * 25.4 / dpi) for a4, side in zip(_a4_for(paper), paper.size, strict=True))
    room = tuple(length - side * 25.4 / dpi for length, side in zip(page, paper.size, strict=True))
    corner = dice.choice(((0.0, 0.0), (room[0], 0.0), (0.0, room[1]), (0.0, room[1] / 2), (room[0] / 2, 0.0)))
    return _finished(
        glass.on_glass(
            paper, (page[0], page[1]), dpi, noise=dice.uniform(1.5, 4.5),
            background=dice.choice(_LIDS[1:]), at_mm=corner, seed=seed,
        ),
        dice, dpi,
    )  # fmt: skip


def photocopied(paper: Image.Image, seed: int) -> Image.Image:
    """Copy a paper in grey, its edge and shadow showing, and scan the copy."""
    dice = random.Random(f"photocopied {seed}")
    laid = scanned(paper, seed, most_degrees=2.5)
    copy = _copied(laid, dice, black=dice.uniform(20, 50), white=dice.uniform(215, 250))
    return _finished(add_noise(copy.convert("RGB"), dice.uniform(1, 3), seed), dice, _dpi(paper))


def edgeless(paper: Image.Image, seed: int) -> Image.Image:
    """Copy a paper so light that neither its edge nor its tint is left on the white sheet."""
    dice = random.Random(f"edgeless {seed}")
    dpi = _dpi(paper)
    copy = _copied(paper, dice, black=dice.uniform(10, 60), white=dice.uniform(165, 200))
    faint = dice.uniform(0, 90)
    copy = copy.point([round(faint + level * (250 - faint) / 255) for level in range(256)])
    copy.info["dpi"] = (dpi, dpi)
    return scanned_white(copy.convert("RGB"), dice, seed)


def scanned_white(copy: Image.Image, dice: random.Random, seed: int) -> Image.Image:
    """Put a light copy on a white sheet, a little askew, and scan it."""
    dpi = _dpi(copy)
    angle = dice.uniform(-3, 3)
    askew = copy.rotate(angle, Image.Resampling.BICUBIC, expand=True, fillcolor=(250, 250, 250))
    wanted = tuple(round(side * dpi / 25.4) for side in _a4_for(copy))
    sheet = Image.new("RGB", (max(wanted[0], askew.width), max(wanted[1], askew.height)), (250, 250, 250))
    sheet.paste(
        askew,
        (dice.randint(0, sheet.width - askew.width), dice.randint(0, sheet.height - askew.height)),
    )
    soft = sheet.filter(ImageFilter.GaussianBlur(dpi / 700))
    return _finished(add_noise(soft, dice.uniform(1, 4), seed), dice, dpi)


def in_a_page(paper: Image.Image, seed: int) -> Image.Image:
    """Stick a paper on a page with print above and below it, and scan the page."""
    dice = random.Random(f"in a page {seed}")
    dpi = _dpi(paper)
    width_mm, height_mm = (side * 25.4 / dpi for side in paper.size)
    page = Sheet(max(A4_MM[0], width_mm + 16), max(A4_MM[1], height_mm + 80), dpi, (252, 252, 250))
    top = dice.uniform(34, page.height_mm - height_mm - 40)
    for y, text in ((14.0, _BESIDE[0]), (top + height_mm + 8, _BESIDE[1])):
        for row, line in enumerate(wrap(text, 30)):
            page.text(24, y + row * 7, line, 4.4)
    page.place(paper, dice.uniform(4, page.width_mm - width_mm - 4), top)
    askew = page.image.rotate(dice.uniform(-1.5, 1.5), Image.Resampling.BICUBIC, fillcolor=(250, 250, 248))
    soft = askew.filter(ImageFilter.GaussianBlur(dpi / 600))
    return _finished(add_noise(soft, dice.uniform(1, 4), seed), dice, dpi)


def photographed(paper: Image.Image, seed: int) -> Image.Image:
    """Photograph a paper on a desk, askew, in the uneven light of a room."""
    dice = random.Random(f"photographed {seed}")
    photo = add_noise(on_desk(paper, seed), dice.uniform(2, 6), seed)
    return _compressed(photo, dice.randint(72, 90))


WAYS: Mapping[str, tuple[Way, int]] = {
    "cut-out": (cut_out, 22),
    "scanned": (scanned, 20),
    "photocopied": (photocopied, 14),
    "edgeless": (edgeless, 10),
    "photographed": (photographed, 20),
    "turned": (turned, 5),
    "in-a-page": (in_a_page, 5),
    "touching": (touching, 4),
}
"""Every way with how often it comes at a counter, in percent; an estimate, not a count."""


def way_for(seed: int) -> str:
    """Return the way the paper of this seed comes, as often as ways come at a counter."""
    dice = random.Random(f"way {seed}")
    return dice.choices(list(WAYS), [share for _, share in WAYS.values()])[0]


def as_it_comes(paper: Image.Image, seed: int, way: str = "") -> Image.Image:
    """Return `paper` as it comes off a counter.

    Args:
        paper: alone and upright.
        seed: the same seed gives the same picture.
        way: one of `WAYS`; chosen by the seed when empty.

    Raises:
        KeyError: no such way.
    """
    return WAYS[way or way_for(seed)][0](paper, seed)


def dpi_for(seed: int) -> int:
    """Return the resolution of the window of this seed: 150 to 300 dpi."""
    return random.Random(f"dpi {seed}").choice((150, 200, 200, 240, 300, 300))


def _dpi(paper: Image.Image) -> int:
    return round(float(paper.info["dpi"][0]))


def _turned_size(size: tuple[int, int], degrees: float) -> tuple[int, int]:
    """Return the room a turned picture takes, rounded up as Pillow does."""
    across, along = abs(math.cos(math.radians(degrees))), abs(math.sin(math.radians(degrees)))
    width, height = size
    return math.ceil(width * across + height * along) + 1, math.ceil(width * along + height * across) + 1


def _a4_for(paper: Image.Image) -> tuple[float, float]:
    """A wide paper that is too wide for the upright sheet lies across."""
    lies_across = paper.width * 25.4 / _dpi(paper) > A4_MM[0] and paper.width > paper.height
    return (A4_MM[1], A4_MM[0]) if lies_across else A4_MM


def _copied(picture: Image.Image, dice: random.Random, *, black: float, white: float) -> Image.Image:
    """Return a grey copy: `black` and darker gives full toner, `white` and lighter none; with specks."""
    grey = picture.convert("L").filter(ImageFilter.GaussianBlur(_dpi(picture) / 500))
    curve = [round(max(0.0, min(255.0, (level - black) * 255 / (white - black)))) for level in range(256)]
    copy = grey.point(curve)
    draw = ImageDraw.Draw(copy)
    dots = round(copy.width * copy.height / 25_000 * dice.uniform(0.2, 1.5))
    for _ in range(dots):
        x, y, size = dice.randrange(copy.width), dice.randrange(copy.height), dice.choice((0, 0, 1, 1, 2))
        draw.ellipse((x, y, x + size, y + size), fill=dice.choice((30, 90, 140, 255)))
    copy.info["dpi"] = picture.info["dpi"]
    return copy


def _finished(scan: Image.Image, dice: random.Random, dpi: int) -> Image.Image:
    done = _compressed(scan, dice.randint(75, 95))
    done.info["dpi"] = (dpi, dpi)
    return done


def _compressed(picture: Image.Image, quality: int) -> Image.Image:
    stream = io.BytesIO()
    picture.save(stream, "JPEG", quality=quality)
    return Image.open(io.BytesIO(stream.getvalue())).convert("RGB")
