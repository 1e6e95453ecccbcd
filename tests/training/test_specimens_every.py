from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from stdnum.cn import uscc

from ocr.checks import check_digit_holds
from ocr.knowledge import companies, regions
from workstation.training.specimens import (
    birth_certificate,
    counter,
    crowd,
    dates,
    disability,
    every,
    fonts,
    household,
    licence,
    licence_sheet,
    marriage,
    odd,
    passport,
    property_certificate,
)
from workstation.training.specimens.board import Board
from workstation.training.specimens.look import PLAIN, look

SEEDS = st.integers(0, 10**6)
IDENTITY_SERIALS = {"996", "997", "998", "999"}


@given(SEEDS)
def test_everybody_in_the_crowd_has_a_right_number_of_a_known_region_with_a_specimen_serial(
    seed: int,
) -> None:
    somebody = crowd.citizen(seed)
    assert check_digit_holds(somebody.id_number)
    assert somebody.id_number[14:17] in IDENTITY_SERIALS
    assert regions.is_known(somebody.id_number[:6])
    assert somebody.address.startswith(regions.full_name(somebody.id_number[:6])[:3])
    assert len(somebody.address) <= 33
    assert somebody == crowd.citizen(seed)


@given(SEEDS)
def test_nobody_in_the_crowd_gets_a_card_before_being_born(seed: int) -> None:
    somebody = crowd.citizen(seed)
    assert somebody.birth_date < somebody.id_valid_from


def test_the_crowd_has_long_names_dotted_names_and_many_ethnic_groups() -> None:
    people = [crowd.citizen(seed) for seed in range(400)]
    assert len({one.ethnicity for one in people}) > 30
    assert {len(one.name) for one in people} >= {2, 3, 4}
    assert any("·" in one.name for one in people)
    assert any(set(one.name) & set(crowd._RARE) for one in people)


@given(SEEDS)
def test_a_licence_has_a_code_whose_check_characters_hold_and_a_specimen_name(seed: int) -> None:
    page = licence.invent(seed)
    assert uscc.is_valid(page.uscc)
    assert "样本" in page.name
    assert page.issued_on >= page.established_on
    assert bool(page.registered_capital) == bool(page.entity.capital)
    assert page.kind in companies.KINDS


def test_the_code_on_a_licence_can_be_read() -> None:
    pages = [licence.invent(seed) for seed in range(8)]
    read = [zxingcpp.read_barcode(licence_sheet.draw(page, 100)) for page in pages]
    assert [code.text if code else "" for code in read] == [page.coded for page in pages]
    assert any(page.uscc in page.coded for page in pages)


def test_nothing_is_printed_over_the_code_of_a_licence_with_the_longest_name() -> None:
    for seed in range(8):
        page = replace(licence.invent(seed), name="样" * 26, coded="https://licence.example/a")
        read = zxingcpp.read_barcode(licence_sheet.draw(page, 100))
        assert read
        assert read.text == page.coded


def test_the_check_digits_of_a_passport_are_those_of_the_standard() -> None:
    # The examples of ICAO Doc 9303 part 4, appendix B.
    assert passport.check_digit("L898902C3") == "6"
    assert passport.check_digit("740812") == "2"
    assert passport.check_digit("120415") == "9"


@given(SEEDS)
def test_a_passport_has_two_lines_of_44_characters_and_a_specimen_number(seed: int) -> None:
    page = passport.invent(seed)
    first, second = passport.zone(page)
    assert len(first) == len(second) == passport.LENGTH
    assert second.startswith(page.number)
    assert page.number[-3:] in IDENTITY_SERIALS


@given(SEEDS)
def test_a_disability_certificate_is_numbered_after_its_holder(seed: int) -> None:
    page = disability.invent(seed)
    assert page.number[:18] == page.person.id_number
    assert len(page.number) == 20


@given(SEEDS)
def test_spouses_are_of_age_when_they_marry(seed: int) -> None:
    page = marriage.invent(seed)
    assert page.registered_on.year - max(page.husband.birth_date.year, page.wife.birth_date.year) >= 20
    assert page.holder in (page.husband, page.wife)


@given(SEEDS)
def test_parents_are_grown_up_when_a_child_is_born(seed: int) -> None:
    page = birth_certificate.invent(seed)
    assert page.born_at.year - page.mother.birth_date.year >= 20
    assert page.number[1:4] == "999"


@given(SEEDS)
def test_nobody_is_registered_before_being_born(seed: int) -> None:
    page = household.invent(seed)
    assert (page.registered_on.year, page.registered_on.month) >= (
        page.person.birth_date.year, page.person.birth_date.month,
    )  # fmt: skip


@given(SEEDS)
def test_a_property_unit_has_28_characters(seed: int) -> None:
    assert len(property_certificate.invent(seed).unit_number) == 28


@pytest.mark.parametrize("kind", every.KINDS)
def test_a_specimen_of_every_kind_is_the_same_twice_and_says_what_it_is(kind: str) -> None:
    one, again = every.specimen(kind, 11, 100), every.specimen(kind, 11, 100)
    assert one.picture.tobytes() == again.picture.tobytes()
    assert one.truth == again.truth == every.specimen(kind, 11, 150).truth
    assert one.picture.info["dpi"] == (100, 100)
    assert one.picture.tobytes() != every.specimen(kind, 12, 100).picture.tobytes()
    assert any(one.truth.values())
    assert all(" " not in value for value in one.truth.values())


@pytest.mark.parametrize("way", counter.WAYS)
def test_every_way_over_the_counter_can_be_repeated_and_shows_the_whole_paper(way: str) -> None:
    paper = every.specimen("id-card-front", 5, 100).picture
    first = counter.as_it_comes(paper, 3, way)
    assert first.mode == "RGB"
    assert first.tobytes() == counter.as_it_comes(paper, 3, way).tobytes()
    assert min(first.size) >= min(paper.size) * 0.9
    assert ("dpi" in first.info) == (way != "photographed")


@pytest.mark.parametrize("name", odd.ODD)
def test_an_odd_page_says_which_documents_are_on_it(name: str) -> None:
    page = odd.odd_page(name, 8)
    assert page.asked in every.KINDS
    assert len(page.truths) == {"two-people": 2, "both-sides": 1, "half-outside": 1, "letter": 1}.get(name, 0)
    assert page.picture.mode == "RGB"


@settings(max_examples=10, deadline=None)
@given(SEEDS)
def test_the_way_a_paper_comes_follows_from_its_seed(seed: int) -> None:
    assert counter.way_for(seed) == counter.way_for(seed)
    assert counter.dpi_for(seed) in range(150, 301)


def test_a_rare_character_is_drawn_by_a_font_that_has_it() -> None:
    thin = fonts.for_character(fonts.Face.ROUND, 30, "\u3d27")
    box = bytes(fonts.load(fonts.Face.ROUND, 30).getmask("\U0010fffd"))
    assert bytes(thin.getmask("\u3d27")) != box


def test_looks_differ_by_seed_and_the_plain_one_is_not_out_of_line() -> None:
    assert len({look(seed) for seed in range(20)}) == 20
    assert PLAIN.shift_mm == (0.0, 0.0)


def test_dates_are_written_as_offices_write_them() -> None:
    day = date(2021, 10, 31)
    assert dates.in_words(day) == "二〇二一年十月三十一日"
    assert dates.in_words(date(2020, 12, 5)) == "二〇二〇年十二月五日"
    assert dates.plain(date(2021, 3, 5)) == "2021年3月5日"
    assert dates.padded(date(2021, 3, 5)) == "2021年03月05日"


def test_a_stamp_lets_the_text_under_it_show() -> None:
    board = Board((60, 60), 150)
    board.filled(20, 28, "样本机关", 5)
    before = _dark(board.image)
    board.seal(30, 30, "样本区民政局")
    assert 0 < before <= _dark(board.image)


def _dark(picture: Image.Image) -> int:
    return sum(picture.convert("L").histogram()[:40])
