from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageChops

from ocr.checks import birth_date_of, check_digit_holds, sex_of
from workstation.training.specimens import cards, folder, fonts, glass, papers, people
from workstation.training.specimens.sheet import wrap


@given(st.integers(0, 10**6))
def test_every_specimen_person_has_a_right_number_with_a_specimen_serial(seed: int) -> None:
    somebody = people.person(seed)
    assert check_digit_holds(somebody.id_number)
    assert somebody.id_number[14:17] in {"996", "997", "998", "999"}
    assert birth_date_of(somebody.id_number) == somebody.birth_date
    assert sex_of(somebody.id_number) == somebody.sex
    assert people.person(seed) == somebody


def test_the_cast_has_the_ages_the_items_need() -> None:
    ages = [people.age_on(member.birth_date, date(2026, 11, 21)) for member in people.CAST]
    assert any(60 <= age < 65 for age in ages)
    assert any(65 <= age < 70 for age in ages)
    assert any(70 <= age < 80 for age in ages)
    assert any(age >= 80 for age in ages)
    assert len({member.id_number for member in people.CAST}) == len(people.CAST)
    assert all(check_digit_holds(member.id_number) for member in people.CAST)


def test_the_couple_lives_at_one_address() -> None:
    husband, wife = people.COUPLE
    assert (husband.sex, wife.sex) == (people.MALE, people.FEMALE)
    assert husband.address == wife.address


def test_people_of_the_cast_are_found_by_name() -> None:
    assert people.by_name("孙样本") is people.SUN
    with pytest.raises(KeyError):
        people.by_name("无此人")


@pytest.mark.parametrize(("issued", "until"), [(2000, 2005), (2010, 2020), (2020, 2040), (2040, None)])
def test_validity_follows_the_age_at_issue(issued: int, until: int | None) -> None:
    last_day = people.validity(date(1990, 5, 1), date(issued, 6, 1))
    assert last_day == (date(until, 6, 1) if until else None)


def test_a_card_has_the_size_of_a_card_and_is_the_same_twice() -> None:
    first = cards.id_card_front(people.ZHAO, dpi=200)
    assert first.size == (674, 425)
    assert first.tobytes() == cards.id_card_front(people.ZHAO, dpi=200).tobytes()


@pytest.mark.parametrize("field", ["name", "address"])
def test_a_blot_spoils_one_character_only(field: str) -> None:
    clean = cards.id_card_front(people.QIAN, dpi=200)
    stained = cards.id_card_front(people.QIAN, dpi=200, blot=field)
    left, top, right, bottom = ImageChops.difference(clean, stained).getbbox() or (0, 0, 0, 0)
    assert 10 < right - left < 60
    assert 10 < bottom - top < 60


def test_a_card_on_the_glass_is_small_on_a_page_and_the_noise_is_repeatable() -> None:
    card = cards.id_card_back(people.ZHOU, dpi=150)
    scan = glass.on_glass(card, dpi=100, angle=1.5, noise=4, seed=7)
    assert scan.size == (827, 1169)
    assert scan.tobytes() == glass.on_glass(card, dpi=100, angle=1.5, noise=4, seed=7).tobytes()
    assert scan.tobytes() != glass.on_glass(card, dpi=100, angle=1.5, noise=4, seed=8).tobytes()


def test_a_degraded_picture_keeps_its_size_and_resolution() -> None:
    card = cards.id_card_front(people.LI, dpi=100)
    worse = glass.degrade(card, 3)
    assert worse.size == card.size
    assert worse.info["dpi"] == (100, 100)
    assert worse.tobytes() == glass.degrade(card, 3).tobytes()


def test_the_documents_of_a_person_are_written_as_files(tmp_path: Path) -> None:
    written = folder.write_case(people.QIAN, tmp_path / "case")
    assert set(written) == {
        "id-card-front", "id-card-back", "household-register-page", "photo-receipt", "lease-contract",
        "marriage-certificate",
    }  # fmt: skip
    for path in written.values():
        with Image.open(path) as picture:
            assert round(float(picture.info["dpi"][0])) == folder.SCAN_DPI
            picture.load()


def test_the_photo_receipt_number_is_sixteen_digits() -> None:
    assert all(len(papers.receipt_number(member)) == 16 for member in people.CAST)


def test_a_missing_font_says_what_to_install(tmp_path: Path) -> None:
    with pytest.raises(fonts.FontMissing, match="fonts-noto-cjk"):
        fonts.find(fonts.Face.SANS, (tmp_path,))


def test_addresses_are_broken_by_width() -> None:
    assert wrap("一二三45六", 3) == ["一二三", "45六"]
