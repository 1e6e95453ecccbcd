from __future__ import annotations

from datetime import date

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from ocr import checks

BODIES = st.from_regex(r"[1-9][0-9]{16}", fullmatch=True)


@pytest.mark.parametrize("number", ["11010519491231002X", "360121197011210013"])
def test_published_numbers_hold(number: str) -> None:
    assert checks.check_digit_holds(number)


@given(BODIES)
def test_exactly_one_last_character_holds(body: str) -> None:
    assert [c for c in "0123456789X" if checks.check_digit_holds(body + c)] == [checks.check_digit(body)]


@given(BODIES, st.integers(0, 16), st.sampled_from("0123456789"))
def test_every_single_wrong_digit_is_caught(body: str, place: int, digit: str) -> None:
    assume(body[place] != digit)
    number = body + checks.check_digit(body)
    assert not checks.check_digit_holds(number[:place] + digit + number[place + 1 :])


@given(BODIES, st.integers(0, 15))
def test_every_swap_of_neighbours_is_caught(body: str, place: int) -> None:
    assume(body[place] != body[place + 1])
    number = body + checks.check_digit(body)
    swapped = number[:place] + number[place + 1] + number[place] + number[place + 2 :]
    assert not checks.check_digit_holds(swapped)


@given(st.text(max_size=20))
def test_nothing_raises_on_any_text(text: str) -> None:
    checks.check_digit_holds(text)
    checks.birth_date_of(text)
    checks.sex_of(text)
    checks.as_date(text)


@given(st.dates(date(1900, 1, 1), date(2026, 1, 1)), st.integers(0, 999))
def test_birth_date_and_sex_come_back_from_the_number(born: date, serial: int) -> None:
    body = f"440304{born:%Y%m%d}{serial:03d}"
    number = body + checks.check_digit(body)
    assert checks.birth_date_of(number) == born
    assert checks.sex_of(number) == ("男" if serial % 2 else "女")


def test_full_width_digits_are_not_a_number() -> None:
    assert not checks.is_number_shaped("11010519491231002x")
    assert not checks.is_number_shaped("１１010519491231002X")
    with pytest.raises(ValueError, match="17 digits"):
        checks.check_digit("٣" * 17)


@pytest.mark.parametrize(
    ("until", "fits"),
    [
        ("长期", True),
        ("2030-02-28", True),
        ("2030-03-01", True),
        ("2040-02-29", True),
        ("2030-02-27", False),
        ("2031-03-01", False),
        ("", False),
    ],
)
def test_the_span_of_a_card_is_five_ten_or_twenty_years(until: str, fits: bool) -> None:
    assert checks.plausible_span(date(2020, 2, 29), until) is fits


def test_a_birth_in_the_future_or_long_ago_is_not_plausible() -> None:
    today = date(2026, 11, 21)
    assert checks.plausible_birth(date(1926, 1, 1), today)
    assert not checks.plausible_birth(date(2027, 1, 1), today)
    assert not checks.plausible_birth(date(1820, 1, 1), today)
