"""Codes on cover sheets: ours are read back, everybody else's are left alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workstation.domain.covers import PREFIX, Cover, read_cover

numbers = st.from_regex(r"\AW[0-9]{3}-2026[0-9]{4}-[0-9]{3}\Z")


@given(numbers, st.integers(1, 99))
def test_a_cover_is_read_back(number: str, position: int) -> None:
    cover = Cover(number, position)
    assert read_cover(cover.text) == cover


@given(numbers, st.integers(1, 99), st.data())
def test_one_wrong_character_or_two_swapped_are_noticed(
    number: str, position: int, data: st.DataObject
) -> None:
    text = Cover(number, position).text
    places = [n for n, c in enumerate(text) if c.isalnum()]
    at = data.draw(st.sampled_from(places))
    other = data.draw(st.sampled_from("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ".replace(text[at], "")))
    assert read_cover(text[:at] + other + text[at + 1 :]) is None
    neighbour = next((p for p in places if p > at), None)
    if neighbour is not None and text[at] != text[neighbour]:
        swapped = list(text)
        swapped[at], swapped[neighbour] = swapped[neighbour], swapped[at]
        assert read_cover("".join(swapped)) is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "/",
        "///",
        "6901234567892",
        "EMS1234567890CN",
        "https://example.invalid/?WWC1/W001-20261103-001/01/A",
        f"{PREFIX}/W001-20261103-001/٠١/A",
        f"{PREFIX}//01/A",
        f"{PREFIX}/W001/01",
        "WWC2/W001-20261103-001/01/A",
        "\x00" * 9,
    ],
)
def test_a_foreign_code_is_no_cover(text: str) -> None:
    assert read_cover(text) is None


def test_a_case_number_may_not_smuggle_in_another_line() -> None:
    assert read_cover(Cover("W001/02", 1).text) is None
