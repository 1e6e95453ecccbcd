from __future__ import annotations

import time
from functools import cache

import numpy as np
import pytest
from PIL import Image

from scanners.imaging.orientation import Grey, Turn, glyph_patches, turn_of, votes_of
from workstation.training.specimens import cards, glass, papers
from workstation.training.specimens.people import COUPLE, person
from workstation.training.specimens.sheet import Sheet

HUSBAND, WIFE = COUPLE
DRAWN = {
    "identity card front": lambda dpi: cards.id_card_front(HUSBAND, dpi),
    "identity card back": lambda dpi: cards.id_card_back(WIFE, dpi),
    "household register page": lambda dpi: papers.household_page(WIFE, "妻", HUSBAND, dpi),
    "photo receipt": lambda dpi: papers.photo_receipt(HUSBAND, dpi),
    "marriage certificate": lambda dpi: papers.marriage_certificate_page(HUSBAND, WIFE, dpi),
    "lease": lambda dpi: papers.lease_page(HUSBAND, person(3), dpi),
}


@cache
def drawn(name: str, dpi: int) -> Image.Image:
    return DRAWN[name](dpi)


def lying(image: Image.Image, quarters: int, *, skew: float = 0.0) -> Grey:
    """The page as it lies when it has to be turned by so many quarters clockwise to be read."""
    skewed = image.rotate(skew, resample=Image.Resampling.BICUBIC, expand=True, fillcolor="white")
    return np.ascontiguousarray(np.rot90(np.asarray(skewed, np.uint8), quarters))


@pytest.mark.parametrize(
    ("name", "dpi", "skew"),
    [*((name, 150, -5.0) for name in DRAWN), *((name, 300, 4.0) for name in list(DRAWN)[:3])],
)
def test_a_page_is_turned_to_be_read_however_it_lies(name: str, dpi: int, skew: float) -> None:
    image = drawn(name, dpi)
    found = [turn_of(lying(image, quarters, skew=skew), dpi) for quarters in range(4)]
    assert found == [Turn(quarters, True) for quarters in range(4)]


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize("name", DRAWN)
def test_a_bad_scan_is_turned_right_too(name: str, seed: int) -> None:
    worn = glass.degrade(drawn(name, 200), seed, strength=1.4)
    assert turn_of(lying(worn, 2, skew=seed - 1), 200) == Turn(2, True)


def test_a_black_and_white_copy_is_turned_right() -> None:
    copy = (
        papers.household_page(HUSBAND, "户主", HUSBAND, 200)
        .convert("L")
        .point(lambda level: 255 * (level > 150))
    )
    assert turn_of(lying(copy, 3), 200) == Turn(3, True)


def test_a_card_in_the_corner_of_the_glass_is_turned_right_under_any_lid() -> None:
    for lid in (glass.WHITE_LID, glass.GREY_LID, glass.DARK_LID):
        scan = glass.on_glass(cards.id_card_front(WIFE, 200), dpi=200, angle=2, noise=4, background=lid)
        assert turn_of(lying(scan, 1), 200) == Turn(1, True)


def test_one_line_of_print_is_enough() -> None:
    sheet = Sheet(210, 297, 150)
    sheet.text(30, 40, "兹证明样本同志系本社区居民", 5)
    assert turn_of(lying(sheet.image, 2), 150) == Turn(2, True)


@pytest.mark.parametrize("manner", ["columns", "Latin", "digits"])
def test_a_page_of_another_manner_is_never_turned_wrong(manner: str) -> None:
    sheet = Sheet(210, 297, 150)
    for line in range(14):
        if manner == "columns":
            for row, character in enumerate("样本同志自二零一九年起居住于本辖区"):
                sheet.text(190 - line * 11, 20 + row * 6, character, 5)
        else:
            text = "Specimen of a letter, not a real one" if manner == "Latin" else "3.141 592 653 589 7932"
            sheet.text(20, 20 + line * 9, text, 4.5)
    for quarters in range(4):
        assert turn_of(lying(sheet.image, quarters), 150) in {Turn(quarters, True), Turn(0, False)}


def without_print() -> dict[str, Image.Image]:
    blank = Image.new("RGB", (1240, 1754), (252, 252, 250))
    noise = np.random.default_rng(4)
    hills = noise.normal(140, 70, (90, 60, 3)).clip(0, 255).astype(np.uint8)
    ruled = Sheet(210, 297, 150)
    for row in range(30):
        ruled.line([(10, 10 + row * 9), (200, 10 + row * 9)])
    return {
        "blank": blank,
        "grain": glass.add_noise(blank, 9, 1),
        "photograph": Image.fromarray(hills).resize((1240, 1754), Image.Resampling.BICUBIC),
        "ruled": ruled.image,
        "one pixel": Image.new("RGB", (1, 1), "white"),
    }


@pytest.mark.parametrize("name", without_print())
def test_a_page_without_print_is_left_as_it_lies(name: str) -> None:
    page = np.asarray(without_print()[name], np.uint8)
    assert turn_of(page, 150) == Turn(0, False)


def test_numbers_upside_down_beside_few_words_do_not_make_it_certain() -> None:
    sheet = Sheet(210, 297, 150)
    sheet.text(30, 40, "样本", 4)
    sheet.image.paste(sheet.image.crop((150, 200, 400, 300)).rotate(180), (150, 600))
    assert not turn_of(np.asarray(sheet.image, np.uint8), 150).certain


def test_no_direction_is_favoured() -> None:
    page = np.asarray(papers.lease_page(HUSBAND, WIFE, 150), np.uint8)
    upright = glyph_patches(page, 150)
    turned = np.rot90(upright, 1, axes=(1, 2))
    assert np.allclose(np.roll(votes_of(upright), 1, axis=1), votes_of(turned), atol=1e-4)


def test_a_red_seal_upside_down_has_no_vote() -> None:
    sheet = Sheet(210, 297, 150)
    sheet.text(20, 20, "证明 样本同志自二零一九年起居住于本辖区", 5)
    sealed = Sheet(210, 297, 150)
    for row in range(12):
        sealed.text(20, 60 + row * 9, "户口专用章登记机关样本街道办事处", 6, fill=(214, 30, 40))
    page = np.minimum(np.asarray(sheet.image), np.asarray(sealed.image.rotate(180)))
    assert turn_of(page, 150) == Turn(0, True)


def test_a_page_costs_little() -> None:
    page = np.asarray(papers.lease_page(HUSBAND, WIFE, 300), np.uint8)
    turn_of(page, 300)
    before = time.process_time()
    turn_of(page, 300)
    assert time.process_time() - before < 4.0
