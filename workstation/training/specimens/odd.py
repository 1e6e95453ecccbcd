"""Pages on which nothing, or not everything, can be read: the right answer is often that it cannot."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from PIL import Image, ImageFilter, ImageOps

from workstation.training.specimens import cards, counter, glass
from workstation.training.specimens.crowd import citizen
from workstation.training.specimens.desk import on_desk
from workstation.training.specimens.glass import A4_MM, add_noise
from workstation.training.specimens.sheet import NOTICE, RED, Sheet, wrap

_FIRST_MM, _SECOND_MM = (60.0, 40.0), (58.0, 130.0)


@dataclass(frozen=True, slots=True)
class OddPage:
    """A page and what may be read on it."""

    picture: Image.Image
    asked: str
    """The kind it is taken for."""
    truths: tuple[Mapping[str, str], ...]
    """Every document of that kind on the page; none when there is none."""


def odd_page(name: str, seed: int) -> OddPage:
    """Return the odd page of this name; the same seed gives the same.

    Raises:
        KeyError: no such name.
    """
    return _ODD[name](seed)


def _mirrored(seed: int) -> OddPage:
    """A copy made through the back, or a selfie camera: no field is to be read."""
    page = counter.scanned(_front(seed), seed)
    picture = ImageOps.mirror(page)
    picture.info["dpi"] = page.info["dpi"]
    return OddPage(picture, "id-card-front", ())


def _two_people(seed: int) -> OddPage:
    """The cards of two people on one sheet."""
    picture = _together(_front(seed), _front(seed + 1), seed)
    return OddPage(picture, "id-card-front", (_truth(seed), _truth(seed + 1)))


def _both_sides(seed: int) -> OddPage:
    """Both sides of one card on one sheet, as archives keep them."""
    picture = _together(_front(seed), cards.id_card_back(citizen(seed), 200), seed)
    return OddPage(picture, "id-card-front", (_truth(seed),))


def _half_outside(seed: int) -> OddPage:
    """A card of which half lies beyond the glass; what is on it may be read, and nothing else."""
    dice = random.Random(f"half outside {seed}")
    card = _front(seed)
    width, height = (side * 25.4 / 200 for side in card.size)
    at = dice.choice(
        ((-0.5 * width, 60.0), (A4_MM[0] - 0.5 * width, 90.0), (50.0, -0.5 * height), (70.0, A4_MM[1] - 27))
    )
    scan = glass.on_glass(card, dpi=200, noise=3, background=glass.GREY_LID, at_mm=at, seed=seed)
    return OddPage(scan, "id-card-front", (_truth(seed),))


def _other_side(seed: int) -> OddPage:
    """The back of a card where the front is wanted."""
    return OddPage(counter.scanned(cards.id_card_back(citizen(seed), 200), seed), "id-card-front", ())


def _blank(seed: int) -> OddPage:
    """A sheet with nothing on it but the notice's faint shadow from the other side."""
    sheet = Sheet(*A4_MM, 200, (249, 249, 247))
    sheet.text(60, 280, NOTICE, 3.0, fill=(240, 238, 236))
    picture = add_noise(sheet.image, 2.5, seed)
    picture.info["dpi"] = (200, 200)
    return OddPage(picture, "id-card-front", ())


def _cat(seed: int) -> OddPage:
    """A photograph of a cat."""
    dice = random.Random(f"cat {seed}")
    fur = tuple(dice.randint(60, 190) for _ in range(3))
    room = Sheet(150, 100, 200, (178, 190, 172))
    colour = (fur[0], fur[1], fur[2])
    room.ellipse(34, 46, 84, 62, fill=colour)
    room.ellipse(52, 16, 44, 40, fill=colour)
    for x in (54.0, 80.0):
        room.draw.polygon([(room.px(a), room.px(b)) for a, b in ((x, 28), (x + 7, 6), (x + 14, 24))], colour)
        room.ellipse(x + 5, 30, 6, 7, fill=(214, 206, 90))
        room.ellipse(x + 7, 31, 2, 5, fill=(20, 20, 20))
    for y in (42.0, 45.0, 48.0):
        room.line([(42, y + 2), (66, y)], fill=(240, 240, 240), width=0.3)
        room.line([(82, y), (106, y + 2)], fill=(240, 240, 240), width=0.3)
    room.text(128, 93, "样本", 4.0, fill=(60, 60, 60))
    picture = add_noise(room.image.filter(ImageFilter.GaussianBlur(2)), 5, seed)
    return OddPage(on_desk(picture, seed) if dice.random() < 0.5 else picture, "id-card-front", ())


def _foreign(seed: int) -> OddPage:
    """A card of another country."""
    dice = random.Random(f"foreign {seed}")
    sheet = Sheet(*cards.CARD_MM, 200, (238, 240, 230))
    sheet.watermark([(30, 40), (64, 44)], 8)
    sheet.text(6, 4, "DRIVING LICENCE  SPECIMENLAND", 3.6)
    rows = ("1. SAMPLE", "2. ALEX", "3. 11.05.1984 UTOPIA", "4a. 09.01.2020  4b. 08.01.2030",
            f"5. SAMPL{dice.randrange(10**9):09d}", "8. 122 SAMPLE STREET")  # fmt: skip
    for row, text in enumerate(rows):
        sheet.text(32, 12 + row * 5.6, text, 3.0)
    sheet.place(cards.portrait(citizen(seed), 170), 5, 12)
    sheet.text(6, 49.5, NOTICE, 2.1, fill=RED)
    return OddPage(counter.scanned(sheet.image, seed), "id-card-front", ())


def _letter(seed: int) -> OddPage:
    """A letter that holds a name, an address and a number, and is no card."""
    person = citizen(seed)
    sheet = Sheet(*A4_MM, 200)
    text = (
        f"本人姓名{person.name}, 性别{person.sex}, 民族{person.ethnicity}, 住址{person.address}, "
        f"公民身份号码{person.id_number}, 现就样本事项说明如下, 请予办理。"
    )
    for row, line in enumerate(wrap(text, 34)):
        sheet.text(25, 40 + row * 8, line, 4.6)
    sheet.text(25, 280, NOTICE, 4, fill=RED)
    return OddPage(counter.scanned(sheet.image, seed), "id-card-front", (_truth(seed),))


def _front(seed: int) -> Image.Image:
    return cards.id_card_front(citizen(seed), 200)


def _truth(seed: int) -> dict[str, str]:
    return cards.truth_front(citizen(seed))


def _together(first: Image.Image, second: Image.Image, seed: int) -> Image.Image:
    dice = random.Random(f"together {seed}")
    page = glass.on_glass(first, dpi=200, angle=dice.uniform(-3, 3), at_mm=_FIRST_MM, noise=3, seed=seed)
    below = glass.on_glass(
        second, dpi=200, angle=dice.uniform(-3, 3), at_mm=_SECOND_MM, noise=3, seed=seed + 1
    )
    middle = round(115 / 25.4 * 200)
    page.paste(below.crop((0, middle, below.width, below.height)), (0, middle))
    return page


_ODD: Mapping[str, Callable[[int], OddPage]] = {
    "mirrored": _mirrored,
    "two-people": _two_people,
    "both-sides": _both_sides,
    "half-outside": _half_outside,
    "other-side": _other_side,
    "blank": _blank,
    "cat": _cat,
    "foreign": _foreign,
    "letter": _letter,
}
ODD = tuple(_ODD)
"""The names of the odd pages."""
