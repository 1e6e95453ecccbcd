"""Trains the network of `scanners.imaging.orientation` on rendered print and prints how often it is right.

Repeatable: everything comes from one seed and the named fonts (Debian: fonts-noto-cjk, fonts-wqy-microhei,
fonts-arphic-uming, fonts-dejavu-core). AR PL UMing is held out: the network never sees it while it learns.

    python packaging/train_orientation.py [--seed 7] [--sheets 1300] [--epochs 12] [--out FILE]
"""

from __future__ import annotations

import argparse
import io
import random
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from scanners.imaging import orientation
from scanners.imaging.orientation import SIDE, Grey, Layers, Patches

FONTS = Path("/usr/share/fonts")
SEEN = (
    ("opentype/noto/NotoSansCJK-Regular.ttc", 2),
    ("opentype/noto/NotoSansCJK-Bold.ttc", 2),
    ("opentype/noto/NotoSerifCJK-Regular.ttc", 2),
    ("opentype/noto/NotoSerifCJK-Bold.ttc", 2),
    ("truetype/wqy/wqy-microhei.ttc", 0),
)
HELD_OUT = (("truetype/arphic/uming.ttc", 0),)
DPI = 150
SHEET_PX = (560, 720)
HIDDEN = (112, 32)
COMMON = (
    "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过子说产种面而方后多定行学法所民得经"
    "十三之进着等部度家电力里如水化高自二理起小物现实加量都两体制机当使点从业本去把性好应开它合还因由其些然前外天政四日那社义事平"
    "形相全表间样与关各重新线内数正心反你明看原又么利比或但质气第向道命此变条只没结解问意建月公无系军很情者最立代想已通并提直题党"
    "姓名性别民族出生住址公民身份号码签发机关有效期限户口登记卡与户主关系曾用名籍贯婚姻状况文化程度申请表证明营业执照统一社会信用代码"
    "法定代表人注册资本成立日期经营范围街道社区办事处福田区深圳市广东省居委会盖章签名委托书受理通知事项材料清单联系电话"
)
SIZES = (11, 12, 13, 14, 15, 16, 18, 18, 20, 22, 24, 28, 36, 48)
PUNCTUATION = "，。、；：《》()（）-/."
MANNERS, SHARES = ("mixed", "latin", "digits", "vertical"), (78, 8, 5, 9)


@dataclass(frozen=True)
class Sample:
    """Patches of one sheet; those of a picture without print teach that nothing can be told."""

    patches: Patches
    is_print: bool


@dataclass(frozen=True)
class Hand:
    """How one sheet is written."""

    face: tuple[str, int]
    """File under `FONTS` and the index within it."""
    fine: int
    """Px for each px of the finished sheet."""
    ink: int
    manner: str


@cache
def characters() -> str:
    """The 3,755 characters of the first level of GB 2312."""
    codes = (bytes((high, low)) for high in range(0xB0, 0xD8) for low in range(0xA1, 0xFF))
    return "".join(code.decode("gb2312", errors="ignore") for code in codes)


@cache
def font(name: str, index: int, size: int) -> ImageFont.FreeTypeFont:
    """Return a font with an em of `size` px."""
    return ImageFont.truetype(str(FONTS / name), size, index=index, layout_engine=ImageFont.Layout.BASIC)


def words(dice: random.Random, length: int, manner: str) -> str:
    """Return about `length` wide characters as they stand on papers: Chinese, numbers, dates, Latin."""
    kind = {"latin": 0.15, "digits": 0.05}.get(manner, dice.random())
    if kind < 0.1:
        return "".join(dice.choices("0123456789", k=length)) + dice.choice(("", "X", "年", "元", ".50", "-"))
    if kind < 0.18:
        return " ".join(latin_word(dice) for _ in range(max(1, length // 3)))
    if kind < 0.26:
        return f"{dice.randrange(1940, 2030)}年{dice.randrange(1, 13)}月{dice.randrange(1, 29)}日"[:length]
    source = characters() if kind < 0.6 else COMMON
    text = dice.choices(source, k=length)
    if length > 6 and dice.random() < 0.5:
        text[dice.randrange(2, length)] = dice.choice(PUNCTUATION)
    return "".join(text)


def latin_word(dice: random.Random) -> str:
    """Return letters in the shape of a word: small, with a capital first, or all capitals."""
    pairs = (dice.choice("bcdfghjklmnpqrstvwxyz") + dice.choice("aeiou") for _ in range(dice.randrange(1, 5)))
    word = "".join(pairs) + dice.choice(("", "n", "s", "t"))
    return dice.choice((word, word, word.capitalize(), word.upper()))


def sheet(seed: int, fonts: tuple[tuple[str, int], ...]) -> Grey:
    """Draw blocks of print of several sizes, as a form or a text, twice as fine as it is looked at."""
    dice = random.Random(f"sheet {seed}")
    paper, ink = dice.randrange(205, 256), dice.randrange(0, 110)
    fine = dice.choice((1, 1, 2))
    size = (SHEET_PX[0] * fine, SHEET_PX[1] * fine)
    page = Image.new("L", size, paper)
    pen = ImageDraw.Draw(page)
    if dice.random() < 0.25:
        waves(pen, size, paper - dice.randrange(8, 26), dice)
    hand = Hand(dice.choice(fonts), fine, ink, dice.choices(MANNERS, SHARES)[0])
    y = dice.randrange(4, 30) * fine
    while y < size[1] - 60 * fine:
        y += (column_block if hand.manner == "vertical" else block)(pen, y, hand, dice)
    return worn(np.asarray(page, np.uint8), fine, dice)


def block(pen: ImageDraw.ImageDraw, y: int, hand: Hand, dice: random.Random) -> int:
    """Write one to five lines of one size, as text or as cells of a table, and return their height."""
    em = round(hand.fine * dice.choice(SIZES))
    leading = round(em * dice.uniform(1.15, 2.2))
    rows, is_table, is_spread = dice.randrange(1, 6), dice.random() < 0.3, dice.random() < 0.2
    letters = font(*hand.face, em)
    for row in range(rows):
        at, top = dice.randrange(6, 60) * hand.fine, y + row * leading
        cells = dice.randrange(2, 4) if is_table else 1
        for _ in range(cells):
            room = (SHEET_PX[0] * hand.fine - 2 * at) // cells
            text = words(dice, max(2, round(room / em * dice.uniform(0.25, 0.95))), hand.manner)
            gap = em * dice.uniform(0.05, 0.6) if is_spread else 0
            written(pen, (at, top), text, letters, hand.ink, gap)
            if is_table:
                left, above = at - em // 3, (leading - em) // 2
                box = (left, top - above, left + room, top + em + above)
                pen.rectangle(box, outline=hand.ink + 40, width=hand.fine)
            at += room
    return rows * leading + dice.randrange(4, 30) * hand.fine


def column_block(pen: ImageDraw.ImageDraw, y: int, hand: Hand, dice: random.Random) -> int:
    """Write columns from top to bottom, as old books and spines have them, and return their height."""
    em = round(hand.fine * dice.choice(SIZES))
    leading, step = em * dice.uniform(1.2, 2.2), em * dice.uniform(1.0, 1.4)
    letters, length = font(*hand.face, em), dice.randrange(4, 14)
    x = float(SHEET_PX[0] * hand.fine - 2 * em)
    while x > em:
        for row, character in enumerate(words(dice, length, hand.manner)):
            pen.text((x, y + row * step), character, font=letters, fill=hand.ink)
        x -= leading
    return round(length * step) + dice.randrange(4, 30) * hand.fine


def written(
    pen: ImageDraw.ImageDraw,
    at: tuple[int, int],
    text: str,
    letters: ImageFont.FreeTypeFont,
    ink: int,
    gap: float,
) -> None:
    """Write one line, with `gap` px behind each character."""
    if not gap:
        pen.text(at, text, font=letters, fill=ink)
        return
    x = float(at[0])
    for character in text:
        pen.text((x, at[1]), character, font=letters, fill=ink)
        x += letters.getlength(character) + gap


def waves(pen: ImageDraw.ImageDraw, size: tuple[int, int], level: int, dice: random.Random) -> None:
    """Cover the sheet with the fine waves of a security paper."""
    swing, period = dice.uniform(4, 14), dice.uniform(20, 60)
    x = np.arange(0, size[0] + 4, 4)
    for y in range(0, size[1], dice.randrange(10, 26)):
        line = y + swing * np.sin(x / period + y)
        pen.line([(float(a), float(b)) for a, b in zip(x, line, strict=True)], fill=level, width=1)


def worn(page: Grey, fine: int, dice: random.Random) -> Grey:
    """Return the sheet as scanned: skewed, soft, grainy, compressed, now and then photocopied."""
    noise = np.random.default_rng(dice.randrange(2**32))
    height, width = page.shape
    skewed = cv2.getRotationMatrix2D((width / 2, height / 2), dice.uniform(-6, 6), dice.uniform(0.92, 1.0))
    paper = int(np.percentile(page, 90))
    picture = cv2.warpAffine(page, skewed, (width, height), borderValue=paper, flags=cv2.INTER_LINEAR)
    if fine > 1:
        picture = cv2.resize(picture, None, fx=1 / fine, fy=1 / fine, interpolation=cv2.INTER_AREA)
    picture = cv2.GaussianBlur(picture, (0, 0), dice.uniform(0.2, 1.1))
    if dice.random() < 0.12:
        limit = dice.randrange(90, 200)
        picture = np.where(picture < limit, 20, 245).astype(np.uint8)
    grain = noise.normal(0, dice.uniform(0, 9), picture.shape)
    return compressed(np.clip(picture + grain, 0, 255).astype(np.uint8), dice.randrange(35, 95))


def compressed(picture: Grey, quality: int) -> Grey:
    """Return the picture after a JPEG file of that quality."""
    stream = io.BytesIO()
    Image.fromarray(picture).save(stream, "JPEG", quality=quality)
    return np.asarray(Image.open(stream), np.uint8)


def no_print(seed: int) -> Grey:
    """Draw what is no print: blobs and grain as photographs and dirty paper have them."""
    noise = np.random.default_rng(seed)
    coarse = noise.normal(150, 90, (int(noise.integers(20, 140)), int(noise.integers(20, 110))))
    picture = cv2.resize(coarse, SHEET_PX, interpolation=cv2.INTER_CUBIC) + noise.normal(0, 6, SHEET_PX[::-1])
    for _ in range(int(noise.integers(0, 30))):
        start, end = noise.integers(0, 700, 2), noise.integers(0, 700, 2)
        cv2.line(picture, [int(v) for v in start], [int(v) for v in end], float(noise.integers(0, 200)), 2)
    return np.clip(picture, 0, 255).astype(np.uint8)


def samples(first: int, count: int, fonts: tuple[tuple[str, int], ...]) -> Iterator[Sample]:
    """Draw sheets and cut them as the program does; a twelfth of them hold no print.

    Every sheet is turned before it is cut and its patches are turned back: else the network learns by how
    many px the cutting is off the middle, which is the same on every upright sheet.
    """
    for seed in range(first, first + count):
        is_print, quarters = seed % 12 != 0, seed % 4
        page = sheet(seed, fonts) if is_print else no_print(seed)
        patches = orientation.glyph_patches(np.ascontiguousarray(np.rot90(page, quarters)), DPI)
        if len(patches):
            yield Sample(np.ascontiguousarray(np.rot90(patches, -quarters, axes=(1, 2))), is_print)


def started(seed: int) -> list[NDArray[np.float32]]:
    """Return random weights to begin with, by the size of each layer's input (He 2015)."""
    noise = np.random.default_rng(seed)
    sizes = (SIDE * SIDE, *HIDDEN, 1)
    layers: list[NDArray[np.float32]] = []
    for inputs, outputs in zip(sizes, sizes[1:], strict=False):
        layers.append(noise.normal(0, np.sqrt(2 / inputs), (inputs, outputs)).astype(np.float32))
        layers.append(np.zeros(outputs, np.float32))
    return layers


def gradients(
    layers: list[NDArray[np.float32]], patches: Patches, wanted: NDArray[np.float32]
) -> tuple[float, list[NDArray[np.float32]]]:
    """Return the loss and its gradient: cross entropy of the shares of the four turns against `wanted`."""
    turned = np.stack([np.rot90(patches, -quarters, axes=(1, 2)) for quarters in range(4)], axis=1)
    values = [np.ascontiguousarray(turned.reshape(-1, SIDE * SIDE))]
    for index in range(0, len(layers), 2):
        after = values[-1] @ layers[index] + layers[index + 1]
        values.append(np.maximum(after, 0) if index < len(layers) - 2 else after)
    scores = values[-1].reshape(-1, 4)
    shares = np.exp(scores - scores.max(axis=1, keepdims=True))
    shares /= shares.sum(axis=1, keepdims=True)
    loss = float(-(wanted * np.log(shares + 1e-9)).sum(axis=1).mean())
    slope = ((shares - wanted) / len(patches)).reshape(-1, 1).astype(np.float32)
    found: list[NDArray[np.float32]] = []
    for index in range(len(layers) - 2, -1, -2):
        found[:0] = [values[index // 2].T @ slope, slope.sum(axis=0)]
        if index:
            slope = (slope @ layers[index].T) * (values[index // 2] > 0)
    return loss, found


def learned(sheets: list[Sample], epochs: int, seed: int) -> Layers:
    """Train by Adam with a falling step."""
    patches = np.concatenate([one.patches for one in sheets])
    is_print = np.concatenate([np.full(len(one.patches), one.is_print) for one in sheets])
    layers, noise = started(seed), np.random.default_rng(seed)
    means = [np.zeros_like(layer) for layer in layers]
    squares = [np.zeros_like(layer) for layer in layers]
    step, batch = 0, 256
    for epoch in range(epochs):
        order = noise.permutation(len(patches))
        losses = []
        for start in range(0, len(order) - batch + 1, batch):
            chosen = order[start : start + batch]
            wanted = np.where(is_print[chosen, None], np.eye(4)[0], 0.25).astype(np.float32)
            loss, slopes = gradients(layers, patches[chosen], wanted)
            losses.append(loss)
            step += 1
            rate = 1.5e-3 * (1 - epoch / epochs) + 5e-5
            for index, slope in enumerate(slopes):
                means[index] = 0.9 * means[index] + 0.1 * slope
                squares[index] = 0.999 * squares[index] + 0.001 * slope**2
                fair = means[index] / (1 - 0.9**step), squares[index] / (1 - 0.999**step)
                layers[index] -= rate * (fair[0] / (np.sqrt(fair[1]) + 1e-8) + 1e-4 * layers[index])
        sys.stdout.write(f"epoch {epoch + 1}: loss {np.mean(losses):.3f}\n")
    return tuple(layers)


def accuracy(sheets: list[Sample], layers: Layers) -> str:
    """Tell how many glyphs and sheets of print are told right."""
    print_sheets = [one.patches for one in sheets if one.is_print]
    votes = [orientation.votes_of(patches, layers) for patches in print_sheets]
    glyphs = np.mean(np.concatenate([vote.argmax(axis=1) for vote in votes]) == 0)
    pages = np.mean([vote.sum(axis=0).argmax() == 0 for vote in votes])
    few = np.mean([vote[:12].sum(axis=0).argmax() == 0 for vote in votes])
    return (
        f"{100 * glyphs:.2f} % of glyphs, {100 * pages:.2f} % of {len(votes)} sheets,"
        f" {100 * few:.2f} % of them by 12 glyphs alone"
    )


def main() -> int:
    """Draw, learn, measure, store."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--sheets", type=int, default=1300)
    parser.add_argument("--epochs", type=int, default=12)
    parser.add_argument("--out", type=Path, default=orientation.WEIGHTS)
    args = parser.parse_args()
    cv2.setNumThreads(1)
    began = time.monotonic()
    seen = list(samples(args.seed * 100_000, args.sheets, SEEN))
    sys.stdout.write(f"{sum(len(s.patches) for s in seen)} patches in {time.monotonic() - began:.0f} s\n")
    layers = learned(seen, args.epochs, args.seed)
    for title, fonts in (("fonts seen, sheets new", SEEN), ("font held out", HELD_OUT)):
        unseen = list(samples(args.seed * 100_000 + 50_000, 240, fonts))
        sys.stdout.write(f"{title}: {accuracy(unseen, layers)}\n")
    stored = {f"layer_{index}": layer.astype(np.float16) for index, layer in enumerate(layers)}
    np.savez_compressed(args.out, allow_pickle=False, **stored)
    sys.stdout.write(f"{args.out.name}: {args.out.stat().st_size} bytes, {time.monotonic() - began:.0f} s\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
