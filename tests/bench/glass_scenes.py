"""Pictures as scanners and cameras take them, with the true corners of every sheet on them; repeatable.

    python tests/bench/glass_scenes.py [--scenes 300] [--seed 0] [--json FILE]

prints how well `scanners.imaging.outline` finds the sheets (intersection over union), how much of what is
printed on them a cut would lose, and how level the lines come out where the picture is the page.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import cv2
import numpy as np
from PIL import Image, ImageDraw

from scanners.imaging import outline
from scanners.imaging.pictures import Picture
from scanners.imaging.render import Quad, quad_of
from workstation.training.specimens import cards, papers
from workstation.training.specimens.fonts import Face, load
from workstation.training.specimens.people import person

SOURCE_DPI = 200
WHITE, GREY, DARK = (250, 250, 248), (206, 208, 210), (46, 48, 52)
DESKS = ((62, 52, 44), (120, 92, 66), (172, 140, 104), (36, 44, 58))


@dataclass(frozen=True)
class Scene:
    """A picture, what lies on it and where."""

    kind: str
    picture: Picture
    dpi: int
    sheets: tuple[Quad, ...]
    """True corners in reading order; empty where the whole picture is the page."""
    content: tuple[Quad, ...]
    """Places (n, 2) in px that are printed, for each sheet, or once for the whole picture."""
    skew_deg: float = 0.0


@cache
def specimen(kind: str, number: int) -> Picture:
    """Draw a specimen paper at `SOURCE_DPI`."""
    somebody, other = person(number), person(number + 500)
    drawn: dict[str, Callable[[], Image.Image]] = {
        "card-front": lambda: cards.id_card_front(somebody),
        "card-back": lambda: cards.id_card_back(somebody),
        "household": lambda: papers.household_page(somebody, "户主", somebody),
        "marriage": lambda: papers.marriage_certificate_page(somebody, other),
        "receipt": lambda: papers.photo_receipt(somebody),
        "lease": lambda: papers.lease_page(somebody, other),
        "form": lambda: form(number),
        "copy": lambda: photocopy(number),
    }
    image = drawn[kind]().convert("RGB")
    own = float(image.info.get("dpi", (SOURCE_DPI, SOURCE_DPI))[0]) if "dpi" in image.info else SOURCE_DPI
    if kind.startswith("card"):
        own = image.width / 85.6 * 25.4
    size = (round(image.width * SOURCE_DPI / own), round(image.height * SOURCE_DPI / own))
    return np.asarray(image.resize(size, Image.Resampling.LANCZOS), np.uint8)


def form(number: int) -> Image.Image:
    """Draw an A4 form: a title, one ruled table, a line below it."""
    dice = np.random.default_rng(number)
    image = Image.new("RGB", (1654, 2339), "white")
    draw, face = ImageDraw.Draw(image), load(Face.SANS, 34)
    draw.text((620, 130), "申请表 样本", fill="black", font=load(Face.SANS, 60))
    rows, left, right, top = int(dice.integers(8, 18)), 140, 1514, 260
    height = int(dice.integers(70, 105))
    for row in range(rows + 1):
        draw.line((left, top + row * height, right, top + row * height), fill="black", width=3)
    for column in (left, 480, 900, 1180, right):
        draw.line((column, top, column, top + rows * height), fill="black", width=3)
    for row in range(rows):
        draw.text((left + 20, top + row * height + 18), "申请人姓名", fill="black", font=face)
        draw.text((920, top + row * height + 18), "联系电话", fill="black", font=face)
    draw.text((left, top + rows * height + 60), "申请人签字 (样本): 年 月 日", fill="black", font=face)
    return image


def photocopy(number: int) -> Image.Image:
    """Draw an A4 sheet with a copied card and a note that must not be lost."""
    image = Image.new("RGB", (1654, 2339), "white")
    card = cards.id_card_front(person(number)).convert("L").convert("RGB").resize((674, 425))
    image.paste(card, (490, 500))
    note = ImageDraw.Draw(image)
    note.text((400, 1500), "此复印件仅供办理业务使用 样本", fill=(40, 40, 40), font=load(Face.SANS, 44))
    return image


def scene(seed: int, finest_dpi: int = 300) -> Scene:
    """Make one scene, its kind by turns; coarser scans are quicker to make."""
    kinds = tuple(MAKERS)
    kind = kinds[seed % len(kinds)]
    return MAKERS[kind](kind, np.random.default_rng(seed), finest_dpi)


def _card(kind: str, dice: np.random.Generator, finest_dpi: int) -> Scene:
    lid = {"card-white": WHITE, "card-grey": GREY, "card-dark": DARK}[kind]
    return _on_glass(kind, dice, finest_dpi, lid, [_pick(dice, ("card-front", "card-back"))])


def _two_cards(kind: str, dice: np.random.Generator, finest_dpi: int) -> Scene:
    lid = (WHITE, GREY, DARK)[int(dice.integers(3))]
    return _on_glass(kind, dice, finest_dpi, lid, [_pick(dice, ("card-front",)), _pick(dice, ("card-back",))])


def _slip(kind: str, dice: np.random.Generator, finest_dpi: int) -> Scene:
    lid = (WHITE, GREY, DARK)[int(dice.integers(3))]
    return _on_glass(kind, dice, finest_dpi, lid, [_pick(dice, ("household", "marriage", "receipt"))])


def _pick(dice: np.random.Generator, kinds: tuple[str, ...]) -> Picture:
    return specimen(kinds[int(dice.integers(len(kinds)))], int(dice.integers(12)))


def _on_glass(
    kind: str, dice: np.random.Generator, finest_dpi: int, lid: tuple[int, ...], sheets: list[Picture]
) -> Scene:
    dpi = min(finest_dpi, int(dice.choice((150, 200, 300))))
    size = (round(210 / 25.4 * dpi), round(297 / 25.4 * dpi))
    picture = np.full((size[1], size[0], 3), lid, np.uint8)
    quads, slot = [], size[1] / len(sheets)
    for number, sheet in enumerate(sheets):
        scale = dpi / SOURCE_DPI
        wide, high = sheet.shape[1] * scale, sheet.shape[0] * scale
        angle = float(dice.uniform(-12, 12)) if kind != "slip" else float(dice.uniform(-4, 4))
        room = (abs(high * np.sin(np.radians(angle))) + 12, abs(wide * np.sin(np.radians(angle))) + 12)
        left = dice.uniform(room[0] / 2 + 8, max(room[0] / 2 + 9, size[0] - wide - room[0]))
        top = number * slot + dice.uniform(room[1] / 2 + 8, max(room[1] / 2 + 9, slot - high - room[1]))
        quads.append(
            _turned(quad_of((left, top, left + wide, top, left + wide, top + high, left, top + high)), angle)
        )
        picture = _laid(picture, sheet, quads[-1], dpi, shadow=float(dice.uniform(0.15, 0.45)))
    content = tuple(_printed(sheet, quad) for sheet, quad in zip(sheets, quads, strict=True))
    return Scene(kind, _taken(picture, dice, dpi), dpi, tuple(quads), content)


def _filling(kind: str, dice: np.random.Generator, finest_dpi: int) -> Scene:
    """An A4 on an A4 glass, white under a white lid: nothing but its lines tells how it lies."""
    dpi = min(finest_dpi, int(dice.choice((150, 200, 300))))
    name = {"full-text": "lease", "full-form": "form", "full-copy": "copy"}[kind]
    sheet = specimen(name, int(dice.integers(12)))
    size = (round(210 / 25.4 * dpi), round(297 / 25.4 * dpi))
    angle = float(dice.uniform(-4, 4))
    whole = quad_of((0, 0, size[0], 0, size[0], size[1], 0, size[1]))
    quad = _turned(whole, angle)
    lid = np.full((size[1], size[0], 3), 255, np.uint8)
    picture = _laid(lid, sheet, quad, dpi, shadow=0.0)
    printed = _printed(sheet, quad)
    inside = ((printed > 2) & (printed < np.array(size) - 2)).all(axis=1)
    return Scene(kind, _taken(picture, dice, dpi), dpi, (), (printed[inside],), angle)


def _dark_rim(kind: str, dice: np.random.Generator, finest_dpi: int) -> Scene:
    """An A4 on an A4 glass under a dark lid, which shows in wedges beside it."""
    dpi = int(dice.choice((150, 200)))
    sheet = specimen("lease", int(dice.integers(12)))
    size = (round(216 / 25.4 * dpi), round(300 / 25.4 * dpi))
    wide, high = 210 / 25.4 * dpi, 297 / 25.4 * dpi
    left, top = float(dice.uniform(-4, 8)), float(dice.uniform(-4, 8))
    angle = float(dice.uniform(-2, 2))
    quad = _turned(quad_of((left, top, left + wide, top, left + wide, top + high, left, top + high)), angle)
    picture = _laid(np.full((size[1], size[0], 3), DARK, np.uint8), sheet, quad, dpi, shadow=0.0)
    printed = _printed(sheet, quad)
    inside = ((printed > 2) & (printed < np.array(size) - 2)).all(axis=1)
    return Scene(kind, _taken(picture, dice, dpi), dpi, (quad,), (printed[inside],))


def _desk(kind: str, dice: np.random.Generator, finest_dpi: int) -> Scene:
    """A sheet on a desk under a camera: in perspective, light falling off, the desk with a grain."""
    height, width = 1536, 2048
    if kind == "desk-light":
        base = np.array([225, 222, 215]) - dice.uniform(0, 25)
    else:
        base = np.array(DESKS[int(dice.integers(len(DESKS)))])
    grain = cv2.GaussianBlur(dice.normal(0, 30, (height, width // 16)).astype(np.float32), (0, 0), 1.5)
    lines = cv2.resize(grain, (width, height), interpolation=cv2.INTER_CUBIC) * float(dice.uniform(0.1, 0.8))
    picture = np.clip(base + lines[:, :, None], 0, 255).astype(np.uint8)
    name = ("lease", "form", "household", "marriage", "card-front")[int(dice.integers(5))]
    sheet = specimen(name, int(dice.integers(12)))
    share = float(dice.uniform(0.35, 0.85)) if name != "card-front" else float(dice.uniform(0.3, 0.6))
    scale = min(width * share / sheet.shape[1], height * 0.85 / sheet.shape[0])
    wide, high = sheet.shape[1] * scale, sheet.shape[0] * scale
    left, top = dice.uniform(90, width - wide - 90), dice.uniform(70, max(71, height - high - 70))
    flat = quad_of((left, top, left + wide, top, left + wide, top + high, left, top + high))
    lean = dice.uniform(-0.04, 0.04, (4, 2)) * np.array([wide, high])
    quad = _turned(flat, float(dice.uniform(-6, 6))) + lean.astype(np.float32)
    quad = np.clip(quad, 12, np.array([width - 12, height - 12])).astype(np.float32)
    dpi = max(60, round(scale * SOURCE_DPI))
    picture = _laid(picture, sheet, quad, dpi, shadow=float(dice.uniform(0.2, 0.5)))
    fall = 1 - float(dice.uniform(0, 0.25)) * np.linspace(0, 1, width)[None, :, None]
    picture = np.clip(picture * fall, 0, 255).astype(np.uint8)
    return Scene(kind, _taken(picture, dice, dpi), dpi, (quad,), (_printed(sheet, quad),))


MAKERS: dict[str, Callable[[str, np.random.Generator, int], Scene]] = {
    "card-white": _card,
    "card-grey": _card,
    "card-dark": _card,
    "two-cards": _two_cards,
    "slip": _slip,
    "full-text": _filling,
    "full-form": _filling,
    "full-copy": _filling,
    "dark-rim": _dark_rim,
    "desk-dark": _desk,
    "desk-light": _desk,
}


def _turned(quad: Quad, angle_deg: float) -> Quad:
    middle, angle = quad.mean(axis=0), np.radians(angle_deg)
    turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    return np.asarray((quad - middle) @ turn + middle, np.float32)


def _plane(sheet: Picture, quad: Quad) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    height, width = sheet.shape[:2]
    corners = quad_of((0, 0, width, 0, width, height, 0, height))
    return np.asarray(cv2.getPerspectiveTransform(corners, quad), np.float64)


def _laid(picture: Picture, sheet: Picture, quad: Quad, dpi: int, *, shadow: float) -> Picture:
    size = (picture.shape[1], picture.shape[0])
    half = np.array([[1, 0, 0.5], [0, 1, 0.5], [0, 0, 1]])
    plane = np.linalg.inv(half) @ _plane(sheet, quad) @ half
    cover = np.full(sheet.shape[:2], 255, np.uint8)
    if sheet.shape[1] < 800 and sheet.shape[0] < 500:
        cover = _round_cornered(cover)
    shrunk = cv2.GaussianBlur(sheet, (0, 0), max(0.1, 0.35 * SOURCE_DPI / dpi))
    seen = cv2.warpPerspective(shrunk, plane, size, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    mask = (
        cv2.warpPerspective(cover, plane, size, flags=cv2.INTER_LINEAR).astype(np.float32)[:, :, None] / 255
    )
    mm = dpi / 25.4
    shade = cv2.GaussianBlur(
        np.roll(mask[:, :, 0], (round(0.5 * mm),) * 2, (0, 1)), (0, 0), max(0.6, 0.5 * mm)
    )
    shaded = picture * (1 - shadow * shade[:, :, None])
    return np.asarray(np.clip(shaded * (1 - mask) + seen * mask, 0, 255), np.uint8)


def _round_cornered(cover: Picture) -> Picture:
    image = Image.new("L", (cover.shape[1], cover.shape[0]), 0)
    box = (0, 0, cover.shape[1] - 1, cover.shape[0] - 1)
    ImageDraw.Draw(image).rounded_rectangle(box, radius=25, fill=255)
    return np.asarray(image, np.uint8)


def _printed(sheet: Picture, quad: Quad) -> Quad:
    rows, columns = np.nonzero(sheet.min(axis=2) < 120)
    step = max(1, len(rows) // 4000)
    places = np.stack([columns[::step], rows[::step]], axis=1).astype(np.float32) + 0.5
    return np.asarray(cv2.perspectiveTransform(places[None], _plane(sheet, quad))[0], np.float32)


def _taken(picture: Picture, dice: np.random.Generator, dpi: int) -> Picture:
    soft = cv2.GaussianBlur(picture, (0, 0), max(0.3, dpi / 500))
    noise = dice.normal(0, float(dice.uniform(1, 5)), picture.shape[:2]).astype(np.float32)[:, :, None]
    noisy = np.clip(soft + noise, 0, 255).astype(np.uint8)
    file = cv2.imencode(".jpg", noisy, [cv2.IMWRITE_JPEG_QUALITY, int(dice.integers(75, 95))])[1]
    return np.asarray(cv2.imdecode(file, cv2.IMREAD_UNCHANGED), np.uint8)


def overlap(one: Quad, other: Quad) -> float:
    """Return intersection over union of two quads."""
    common, _ = cv2.intersectConvexConvex(one, other)
    return float(common / (cv2.contourArea(one) + cv2.contourArea(other) - common))


def lost(cut: Quad, places: Quad) -> float:
    """Return the share of printed places outside of the cut."""
    if not len(places):
        return 0.0
    distances = [cv2.pointPolygonTest(cut, (float(x), float(y)), True) for x, y in places]
    return float((np.asarray(distances) < -0.5).mean())


@dataclass
class Found:
    """How one scene went."""

    as_many: bool
    iou: float
    lost: float
    tilt_deg: float
    ms: float


def judge(made: Scene) -> Found:
    """Find the sheets of a scene and compare."""
    started = time.process_time()
    quads = outline.find_pages(made.picture, made.dpi)
    cuts = [outline.with_border(made.picture, quad, made.dpi) for quad in quads]
    ms = (time.process_time() - started) * 1000
    as_many = len(quads) == max(1, len(made.sheets))
    pairs = zip(quads, made.sheets, strict=True) if len(quads) == len(made.sheets) else ()
    is_whole = (
        len(quads) == 1 and cv2.contourArea(quads[0]) > 0.97 * made.picture.shape[0] * made.picture.shape[1]
    )
    iou = min((overlap(*pair) for pair in pairs), default=1.0 if is_whole == (not made.sheets) else 0.0)
    worst = max(min(lost(cut, places) for cut in cuts) for places in made.content)
    tilt = _tilt(quads[0], made) if not made.sheets else 0.0
    return Found(as_many, iou, worst, tilt, ms)


def _tilt(quad: Quad, made: Scene) -> float:
    top = quad[1] - quad[0]
    return abs(float(np.degrees(np.arctan2(top[1], top[0]))) - made.skew_deg)


def main() -> int:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--scenes", type=int, default=300)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--verbose", action="store_true")
    parser.add_argument("--json", type=Path)
    args = parser.parse_args()
    cv2.setNumThreads(1)
    results: dict[str, list[Found]] = defaultdict(list)
    for seed in range(args.seed, args.seed + args.scenes):
        made = scene(seed)
        results[made.kind].append(judge(made))
        if args.verbose:
            sys.stdout.write(f"{seed} {made.kind} {results[made.kind][-1]}\n")
    sys.stdout.write(
        f"{'scene':12} {'n':>4} {'count':>6} {'IoU min':>8} {'IoU>.95':>8} {'lost':>7} {'tilt':>6} {'ms':>5}"
        "\n"
    )
    table = {}
    for kind, found in results.items():
        row = {
            "scenes": len(found),
            "right_count": sum(one.as_many for one in found),
            "iou_min": round(min(one.iou for one in found), 3),
            "iou_above_95": sum(one.iou >= 0.95 for one in found),
            "content_lost_max": round(max(one.lost for one in found), 4),
            "tilt_deg_max": round(max(one.tilt_deg for one in found), 2),
            "ms": round(sum(one.ms for one in found) / len(found), 1),
        }
        table[kind] = row
        sys.stdout.write(
            f"{kind:12} {row['scenes']:4} {row['right_count']:6} {row['iou_min']:8} {row['iou_above_95']:8}"
            f" {row['content_lost_max']:7} {row['tilt_deg_max']:6} {row['ms']:5}\n"
        )
    if args.json:
        args.json.write_text(json.dumps({"benchmark": "outline", "scenes": table}) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
