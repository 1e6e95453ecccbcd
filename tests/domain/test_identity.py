from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workstation.domain.errors import BadIdNumber, BadUscc, DomainError, IdNumberCheckDigit
from workstation.domain.identity import (
    age_on,
    birth_date_of,
    check_id_number,
    check_uscc,
    is_specimen,
    mask_id_number,
    mask_name,
    sex_of,
)
from workstation.texts import tables

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def numbered(area: int, birth: date, serial: int) -> str:
    body = f"{area:06d}{birth:%Y%m%d}{serial:03d}"
    total = sum(int(digit) * weight for digit, weight in zip(body, WEIGHTS, strict=True))
    return body + "10X98765432"[total % 11]


numbers = st.builds(
    numbered,
    st.integers(110000, 829999),
    st.dates(date(1900, 1, 1), date(2026, 11, 1)),
    st.integers(1, 999),
)


@pytest.mark.parametrize("number", ["11010519491231002X", "360121197011210013"])
def test_published_examples_pass(number: str) -> None:
    assert check_id_number(number) == number


def test_full_width_spaces_and_lower_case_are_normalised() -> None:
    assert check_id_number(" 110105 19491231 002x\n") == "11010519491231002X"
    assert check_id_number("11010519491231002x") == "11010519491231002X"


@given(numbers)
def test_every_number_built_by_the_standard_passes_whatever_its_area(number: str) -> None:
    assert check_id_number(number) == number
    assert birth_date_of(number) == date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    assert sex_of(number) == ("男" if int(number[16]) % 2 else "女")


@given(numbers, st.integers(0, 17), st.integers(1, 9))
def test_one_wrong_digit_never_passes(number: str, place: int, shift: int) -> None:
    digits = "0123456789"
    wrong = digits[(digits.index(number[place]) + shift) % 10] if number[place] != "X" else str(shift)
    with pytest.raises(BadIdNumber):
        check_id_number(number[:place] + wrong + number[place + 1 :])


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "length"),
        ("1101051949123100", "length"),
        ("1101051949123100AX", "length"),
        ("110105194912310021", "check-digit"),
        (numbered(110105, date(1850, 1, 1), 2), "birth-date"),
        ("110105194913310021", "birth-date"),
    ],
)
def test_the_reason_says_what_is_wrong(text: str, reason: str) -> None:
    with pytest.raises(BadIdNumber) as caught:
        check_id_number(text)
    assert caught.value.details["reason"] == reason


@given(st.text(max_size=30))
def test_any_text_is_either_a_number_or_a_named_error(text: str) -> None:
    try:
        assert len(check_id_number(text)) == 18
    except BadIdNumber as error:
        assert error.code in tables()


def test_age_changes_on_the_birthday() -> None:
    birth = date(1961, 11, 2)
    assert age_on(birth, date(2026, 11, 1)) == 64
    assert age_on(birth, date(2026, 11, 2)) == 65
    assert age_on(date(2004, 2, 29), date(2022, 2, 28)) == 17


def test_specimen_numbers_are_known_by_their_serial() -> None:
    assert is_specimen(numbered(440304, date(1960, 1, 15), 997))
    assert not is_specimen("11010519491231002X")


@pytest.mark.parametrize("code", ["91110000600037341L", "12441500196720244T"])
def test_published_organisation_codes_pass(code: str) -> None:
    assert check_uscc(code.lower()) == code


@pytest.mark.parametrize(
    ("code", "reason"),
    [("91110000600037341I", "length"), ("911100006000373410", "check-digit"), ("12345", "length")],
)
def test_bad_organisation_codes_are_refused(code: str, reason: str) -> None:
    with pytest.raises(BadUscc) as caught:
        check_uscc(code)
    assert caught.value.details["reason"] == reason


def test_masks_hide_what_they_must() -> None:
    assert mask_id_number("44030419600115997X") == "440304********997X"
    assert mask_id_number("E12345678") == "E******78"
    assert mask_id_number("E12") == "***"
    assert mask_name("赵样本") == "赵**"
    assert mask_name("赵") == "*"
    assert mask_name("") == ""


def test_check_digit_error_is_a_bad_id_number_with_its_own_words() -> None:
    assert issubclass(IdNumberCheckDigit, BadIdNumber)


def test_every_domain_code_has_a_text() -> None:
    pending = [DomainError]
    while pending:
        error = pending.pop()
        pending.extend(error.__subclasses__())
        if error.__module__.startswith("workstation.domain"):
            assert error.code in tables()
