"""The name of a passport: the zone has no check digit for it, the print beside it says it again."""

from __future__ import annotations

from datetime import date

import pytest

from ocr.documents import passport
from ocr.documents.form import Written
from ocr.port import FieldReading
from workstation.training.specimens import passport as specimen

HOLDER = next(one for one in map(specimen.invent, range(99)) if len(one.surname) > 3)
TODAY = date(2026, 11, 21)


def read(printed: str, misread: str = "") -> dict[str, FieldReading]:
    names, data = specimen.zone(HOLDER)
    lines = ("护照PASSPORT", printed, names.replace(HOLDER.given_names, misread or HOLDER.given_names), data)
    text = "".join(lines)
    return passport.interpret({"zone": Written(text, (0.99,) * len(text), None, lines)}, TODAY)


def test_a_name_that_the_print_says_as_well_is_surer() -> None:
    alone, agreed = read(""), read(f"姓名/Name{HOLDER.surname},{HOLDER.given_names}")
    assert alone["surname"].value == agreed["surname"].value == HOLDER.surname
    assert alone["surname"].confidence < 0.9 < agreed["surname"].confidence
    assert alone["given_names"].confidence < 0.9 < agreed["given_names"].confidence


@pytest.mark.parametrize("field", ["surname", "given_names"])
def test_a_name_that_the_print_says_otherwise_is_doubtful(field: str) -> None:
    wrong = {"surname": HOLDER.surname, "given_names": HOLDER.given_names}
    wrong[field] = "Q" + wrong[field][1:]
    reading = read(f"{wrong['surname']},{wrong['given_names']}")
    assert reading[field].confidence <= 0.7
    assert reading[field].value == getattr(HOLDER, field)


def test_fillers_that_could_not_be_read_are_fillers() -> None:
    names, data = specimen.zone(HOLDER)
    at = data.index("<<")
    text = data[: at + 1] + "SR和" + data[-3:]
    sure = tuple(0.15 if mark in "SR和" and place > at else 0.9 for place, mark in enumerate(text))
    lines = ("护照PASSPORT", names, text)
    whole = Written("".join(lines), (0.9,) * len("".join(lines[:2])) + sure, None, lines)
    read = passport.interpret({"zone": whole}, TODAY)
    assert read["passport_number"].value == HOLDER.number
    assert read["expires_on"].valid


def test_of_two_readings_of_the_zone_that_counts_in_which_more_holds() -> None:
    names, data = specimen.zone(HOLDER)
    lines = ("护照PASSPORT", names, data[:13] + "998877" + data[19:])
    text = "".join(lines)
    other = ("\n".join((names.replace("<<<", "ces"), data)), ())
    alone = Written(text, (0.99,) * len(text), None, lines)
    both = Written(text, (0.99,) * len(text), None, lines, (other,))
    assert not passport.interpret({"zone": alone}, TODAY)["birth_date"].valid
    read = passport.interpret({"zone": both}, TODAY)
    assert (read["passport_number"].value, read["surname"].value) == (HOLDER.number, HOLDER.surname)
    assert read["birth_date"].valid


def test_a_name_of_the_zone_with_a_figure_in_it_is_not_valid() -> None:
    fields = read("", HOLDER.given_names + "3")
    assert fields["surname"].valid
    assert fields["given_names"].value.endswith("3")
    assert not fields["given_names"].valid
