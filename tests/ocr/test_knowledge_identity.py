from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocr.knowledge import regions
from ocr.knowledge.identity import Known, check_digit, check_digit_holds, read_number, sex_of
from ocr.knowledge.lookalikes import DIGITS

NUMBER = "44030419640308997X"
BORN = date(1964, 3, 8)
SURE, DOUBTFUL = 0.99, 0.6


def marks_of(*doubtful: int, length: int = 18) -> list[float]:
    return [DOUBTFUL if place in doubtful else SURE for place in range(length)]


def with_digit(place: int, digit: str) -> str:
    return NUMBER[:place] + digit + NUMBER[place + 1 :]


def test_a_right_number_comes_back_as_it_is() -> None:
    assert check_digit_holds(NUMBER)
    found = read_number(NUMBER, marks=marks_of(3, 4, 5), known=Known(BORN, "男"))
    assert found.value == NUMBER
    assert not found.is_repaired


def test_letters_that_can_only_be_digits_are_no_repair() -> None:
    found = read_number("44O3O4l964O3O8997x")
    assert (found.value, found.is_repaired) == (NUMBER, False)


def test_a_doubtful_digit_is_exchanged_for_the_only_one_that_fits() -> None:
    found = read_number(with_digit(15, "8"), marks=marks_of(15), known=Known(BORN, "男"))
    assert (found.value, found.changes) == (NUMBER, 1)
    assert found.checks == ("repaired",)
    assert found.capped(0.99) < 0.9


def test_a_digit_the_engine_was_sure_of_is_left_alone() -> None:
    wrong = with_digit(15, "8")
    assert read_number(wrong, marks=marks_of(2), known=Known(BORN, "男")).value == wrong
    assert read_number(wrong, known=Known(BORN, "男")).value == wrong


def test_the_printed_birth_date_shows_which_digit_is_wrong_without_any_marks() -> None:
    found = read_number(with_digit(9, "1"), known=Known(BORN, "男"))
    assert found.value == NUMBER
    assert found.is_repaired


def test_a_digit_that_looks_like_no_other_is_not_exchanged() -> None:
    wrong = with_digit(9, "3")
    assert read_number(wrong, marks=marks_of(9), known=Known(BORN, "男")).value == wrong


def test_two_repairs_that_would_do_are_no_repair() -> None:
    found = [
        (one, two)
        for one in range(6)
        for two in range(14, 18)
        if not read_number(with_digit(one, "9"), marks=marks_of(one, two)).is_repaired
    ]
    assert found


@pytest.mark.parametrize("text", [NUMBER[:-1], NUMBER + "9", NUMBER[:8] + NUMBER[7:], "", "姓名"])
def test_a_missing_or_doubled_digit_is_not_repaired(text: str) -> None:
    assert not read_number(text, marks=[DOUBTFUL] * len(text), known=Known(BORN, "男")).is_repaired


def test_a_region_that_never_was_is_not_repaired_into() -> None:
    body = "990304196403089"
    number = f"{body}97{check_digit(body + '97')}"
    wrong = number[:1] + "4" + number[2:]
    assert not read_number(wrong, marks=marks_of(1)).is_repaired


@given(st.text(max_size=24), st.lists(st.floats(0, 1), max_size=24))
def test_nothing_raises_and_a_repair_always_holds(text: str, marks: list[float]) -> None:
    found = read_number(text, marks=marks)
    assert not found.is_repaired or check_digit_holds(found.value)


@dataclass
class Count:
    misread: int = 0
    right: int = 0
    wrong: int = 0


CODES = [code for code in regions.table() if regions.is_known(code)]
CONFUSED_WITH = {
    digit: [read for read, meant in DIGITS.items() if digit in meant] or ["8"] for digit in DIGITS
}


def somebody(dice: random.Random) -> tuple[str, date]:
    """One number in 200 has a region the table lacks."""
    born = date(1935, 1, 1) + timedelta(days=dice.randrange(31_000))
    region = dice.choice(CODES) if dice.random() > 0.005 else str(dice.randrange(110_000, 660_000))
    body = f"{region}{born:%Y%m%d}{dice.randrange(1, 1000):03d}"
    return body + check_digit(body), born


def misread(number: str, dice: random.Random) -> tuple[str, list[float]]:
    """Read one character in 200 wrongly, of those one in five as a digit that looks nothing like it.

    The engine is sure of one error in fourteen, and doubts one right character in fifty, as PP-OCR does.
    """
    read, marks = "", []
    for character in number:
        if dice.random() >= 0.005:
            read += character
            marks.append(dice.uniform(0.4, 0.9) if dice.random() < 0.02 else dice.uniform(0.985, 1))
            continue
        any_digit = dice.choice("0123456789".replace(character, ""))
        read += any_digit if dice.random() < 0.2 else dice.choice(CONFUSED_WITH[character])
        marks.append(dice.uniform(0.98, 1) if dice.random() < 0.07 else dice.uniform(0.3, 0.98))
    return read, marks


def known_of(number: str, born: date, dice: random.Random) -> Known:
    """One printed birth date in ten was not read, one in a hundred is wrong; one sex in twenty is missing."""
    printed = None if dice.random() < 0.1 else born
    if printed and dice.random() < 0.01:
        printed = printed.replace(day=dice.randrange(1, 28))
    return Known(printed, sex_of(number) if dice.random() < 0.95 else "", date(2026, 11, 1))


def test_fewer_than_one_number_in_two_thousand_is_repaired_wrongly(
    capsys: pytest.CaptureFixture[str],
) -> None:
    dice, count, read_in_all = random.Random(2260), Count(), 30_000
    for _ in range(read_in_all):
        number, born = somebody(dice)
        text, marks = misread(number, dice)
        if text == number:
            continue
        count.misread += 1
        found = read_number(text, marks=marks, known=known_of(number, born, dice))
        count.right += found.value == number
        count.wrong += found.is_repaired and found.value != number
    with capsys.disabled():
        print(  # noqa: T201
            f"\n{read_in_all} numbers read, {count.misread} misread: {count.right} repaired, "
            f"{count.wrong} repaired wrongly ({count.wrong / read_in_all:.4%} of all)"
        )
    assert count.wrong / read_in_all < 0.0005
    assert count.right / count.misread > 0.6


def test_a_sign_in_the_place_of_a_digit_is_that_digit_where_all_else_holds() -> None:
    text = NUMBER[:7] + "=" + NUMBER[8:]
    found = read_number(text, marks=marks_of(7), known=Known(BORN, "男"))
    assert (found.value, found.is_repaired) == (NUMBER, True)
    assert read_number(text).value == NUMBER[:7] + NUMBER[8:]
    assert not read_number(text + "=", marks=marks_of(7, length=19)).is_repaired
    assert not read_number("=" + text[1:], marks=marks_of(0, 7), known=Known(BORN, "男")).is_repaired


def test_a_rule_before_a_number_is_left_out_where_the_birth_date_tells() -> None:
    number, known = "210323196702149983", Known(date(1967, 2, 14), "女", date(2026, 11, 21))
    for text in (f"2{number}", f"1{number}"):
        read = read_number(text, known=known)
        assert (read.value, read.is_repaired) == (number, True)
        assert read_number(text).value == text
        assert read_number(text, known=Known(date(1967, 2, 15))).value == text
