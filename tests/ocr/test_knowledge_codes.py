"""Unified social credit codes and machine-readable zones."""

from __future__ import annotations

import random
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocr.knowledge import uscc
from ocr.knowledge.lookalikes import LETTER_OR_DIGIT
from ocr.knowledge.mrz import Zone, read_zone
from ocr.knowledge.mrz_layout import check_digit

PUBLISHED = [
    "12441500196720244T",
    "91350100M000100Y43",
    "11430000006122244L",
    "11330105002500287C",
    "11440304MB2D26978H",
]
TODAY = date(2026, 11, 22)
# The specimens of ICAO 9303 parts 4 and 5.
PASSPORT = ("P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<", "L898902C36UTO7408122F1204159ZE184226B<<<<<10")
CARD = ("I<UTOD231458907<<<<<<<<<<<<<<<", "7408122F1204159UTO<<<<<<<<<<<6", "ERIKSSON<<ANNA<MARIA<<<<<<<<<<")


@pytest.mark.parametrize("code", PUBLISHED)
def test_published_codes_hold_with_the_code_inside(code: str) -> None:
    assert uscc.holds(code)
    assert uscc.body_holds(code)
    assert uscc.read_code(code).value == code


def test_letters_that_no_code_contains_are_read_as_digits() -> None:
    found = uscc.read_code("9135O100MO00100Y43")
    assert (found.value, found.is_repaired) == ("91350100M000100Y43", False)


@pytest.mark.parametrize("code", PUBLISHED)
def test_a_doubtful_character_of_a_code_is_repaired(code: str) -> None:
    for place, character in enumerate(code[:17]):
        for read in (one for one, meant in LETTER_OR_DIGIT.items() if character in meant):
            text = code[:place] + read + code[place + 1 :]
            marks = [0.5 if at == place else 0.99 for at in range(18)]
            assert uscc.read_code(text, marks=marks).value in {code, text}
            assert uscc.read_code(text).value == text or place in range(2, 8)


def test_hardly_a_misread_code_is_repaired_wrongly_even_when_errors_look_like_nothing() -> None:
    dice, right, wrong, misread = random.Random(32100), 0, 0, 4000
    for _ in range(misread):
        code, text, marks = dice.choice(PUBLISHED), "", list[float]()
        bad = set(dice.sample(range(18), dice.choice((1, 1, 1, 2))))
        for place, character in enumerate(code):
            if place in bad:
                text += dice.choice(uscc.ALPHABET)
                marks.append(dice.choice((0.4, 0.6, 0.8, 0.8, 0.95)))
            else:
                text += character
                marks.append(0.7 if dice.random() < 0.02 else 0.99)
        found = uscc.read_code(text, marks=marks)
        right += found.is_repaired and found.value == code
        wrong += found.is_repaired and found.value != code
    assert wrong <= misread / 1000
    assert right


@given(st.text(max_size=20), st.lists(st.floats(0, 1), max_size=20))
def test_no_text_breaks_the_reading_of_codes(text: str, marks: list[float]) -> None:
    found = uscc.read_code(text, marks=marks)
    assert not found.is_repaired or uscc.holds(found.value)


@pytest.mark.parametrize(("text", "digit"), [("L898902C3", "6"), ("740812", "2"), ("120415", "9")])
def test_published_check_digits_come_out(text: str, digit: str) -> None:
    assert check_digit(text) == digit


def read(*lines: str) -> Zone:
    zone = read_zone(lines, today=TODAY)
    assert zone is not None
    return zone


def test_the_specimen_passport_is_read() -> None:
    zone = read(*PASSPORT)
    assert (zone.document_type, zone.issuing_state, zone.nationality) == ("P", "UTO", "UTO")
    assert (zone.surname, zone.given_names, zone.number) == ("ERIKSSON", "ANNA MARIA", "L898902C3")
    assert (zone.birth_date, zone.sex, zone.expiry_date) == ("1974-08-12", "女", "2012-04-15")
    assert (zone.optional, zone.failed, zone.repaired) == ("ZE184226B", frozenset(), frozenset())


def test_the_specimen_card_is_read() -> None:
    zone = read(*CARD)
    assert (zone.document_type, zone.number, zone.surname) == ("I", "D23145890", "ERIKSSON")
    assert (zone.birth_date, zone.expiry_date, zone.failed) == ("1974-08-12", "2012-04-15", frozenset())


def test_letters_among_digits_and_digits_among_letters_are_what_they_look_like() -> None:
    first, second = PASSPORT
    zone = read(first.replace("ERIKSSON", "ER1KSS0N"), second.replace("7408122", "74O8I22"))
    assert (zone.surname, zone.birth_date, zone.failed) == ("ERIKSSON", "1974-08-12", frozenset())


def test_fillers_read_as_brackets_or_lost_change_nothing() -> None:
    first, second = PASSPORT
    zone = read("中华人民共和国", first.rstrip("<").replace("<", "く"), second.replace("<<<<<", "<<<"))
    assert zone == read(*PASSPORT)


def test_one_exchange_that_makes_everything_hold_is_made_and_named() -> None:
    zone = read(PASSPORT[0], PASSPORT[1].replace("120415", "120475"))
    assert (zone.expiry_date, zone.failed) == ("2012-04-15", frozenset())
    assert zone.repaired == {"expiry_date"}


def zone_with(personal_number: str) -> str:
    """Return the data line of a passport with a personal number of 14 characters."""
    line = PASSPORT[1][:28] + personal_number + check_digit(personal_number)
    return line + check_digit(line[:10] + line[13:20] + line[21:43])


@pytest.mark.parametrize("printed", ["OJBOIGJLNIGFHA", "DKIGNAGHNCGJOD", "10290384756091"])
def test_the_round_signs_of_a_personal_number_are_all_letters_or_all_figures(printed: str) -> None:
    line = zone_with(printed)
    other = printed.replace("O", "0") if "O" in printed else printed.replace("0", "O")
    zone = read(PASSPORT[0], line.replace(printed, other))
    assert (zone.optional, zone.failed) == (printed, frozenset())
    assert zone.repaired == {"optional"}
    assert not read(PASSPORT[0], line).repaired


def test_what_cannot_be_repaired_is_named() -> None:
    zone = read(PASSPORT[0], "K" + PASSPORT[1][1:])
    assert zone.failed == {"number", "composite"}
    assert not zone.repaired


def test_text_that_is_no_zone_is_none() -> None:
    assert read_zone([], today=TODAY) is None
    assert read_zone(["姓名", "P<UTO"], today=TODAY) is None
    assert read_zone([PASSPORT[0], "L898902C36"], today=TODAY) is None


@given(st.lists(st.text("P<ILABC0123456789", max_size=46), max_size=5))
def test_no_lines_break_the_reading_of_zones(lines: list[str]) -> None:
    read_zone(lines, today=TODAY)
    read_zone([PASSPORT[0], *lines], today=TODAY)
    read_zone([*CARD[:1], *lines, *CARD[1:]], today=TODAY)
