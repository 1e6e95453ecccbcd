"""From what stands in a blank to the reading of a field: normal form, checks, confidence, no guesses."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import date

from ocr import checks, values
from ocr.documents.form import Written, unread
from ocr.port import Box, FieldReading

DOUBTFUL = 0.5
"""Most confidence of a value that a check speaks against."""
_CERTAIN = 0.995
_SECOND_BEST = 0.85
"""What the other reading's confidence counts for when the first one could not be used."""

Normalise = Callable[[str], str]
Holds = Callable[[str], bool]


def reading(
    value: str, confidence: float, box: Box | None, made: Iterable[str] = (), *, most: float = 1.0
) -> FieldReading:
    """Return a field; a failed check among `made` makes it doubtful, an empty value unread."""
    if not value:
        return unread(box)
    done = tuple(made)
    sure = min(confidence, most, DOUBTFUL if any(name.startswith("!") for name in done) else 1.0)
    return FieldReading(value=value, confidence=round(sure, 3), box=box, checks=done)


def best(written: Written, normalise: Normalise, holds: Holds) -> tuple[str, float]:
    """Return the value of the first reading that holds, else that of the first, and its confidence."""
    found = [(normalise(text), min(sure, default=0.0)) for text, sure in written.readings]
    held = [entry for entry in found if holds(entry[0])]
    if not held:
        return found[0]
    value, confidence = held[0]
    if value != found[0][0]:
        return value, confidence * _SECOND_BEST
    agreeing = [sure for other, sure in held[1:] if other == value]
    return value, max([confidence, *agreeing])


def checked(written: Written, normalise: Normalise, name: str, holds: Holds) -> FieldReading:
    """Read a blank whose value has to hold one check."""
    value, confidence = best(written, normalise, holds)
    return reading(value, confidence, written.box, (checks.named(name, holds(value)),))


def name_of(written: Written) -> FieldReading:
    """Read a person's name."""
    return checked(written, values.chinese, "name-length", lambda value: 2 <= len(value) <= 20)


def words(written: Written, *, least: int = 1) -> FieldReading:
    """Read words in Chinese, with digits and the marks of addresses."""
    return checked(written, values.address, "length", lambda value: len(value) >= least)


def one_of(
    written: Written, known: frozenset[str], name: str, normalise: Normalise = values.chinese
) -> FieldReading:
    """Read a word of a list; any other is doubtful."""
    return checked(written, normalise, name, lambda value: value in known)


def address_of(written: Written) -> FieldReading:
    """Read an address."""
    return checked(written, values.address, "address-length", lambda value: len(value) >= 6)


def number_of(written: Written) -> FieldReading:
    """Read a citizen's number; the check digit tells which reading of several was right."""
    value, confidence = best(written, values.identity_number, checks.check_digit_holds)
    if checks.check_digit_holds(value):
        return surer(reading(value, confidence, written.box, ("check-digit",)), 1 - 1 / 11)
    return reading(value, confidence, written.box, ("!check-digit",))


def sex_of(written: Written, number: FieldReading) -> FieldReading:
    """Read the sex, and take it from a valid number when it cannot be read."""
    value, confidence = best(written, values.chinese, lambda value: value in {"男", "女"})
    by_number = checks.sex_of(number.value) if number.valid else ""
    if value not in {"男", "女"}:
        return from_number(by_number, number, written)
    if not by_number:
        return reading(value, confidence, written.box)
    made = checks.named("matches-number", value == by_number)
    return surer(reading(value, confidence, written.box, (made,)), number.confidence)


def date_of(
    written: Written, normalise: Normalise, today: date, *, earliest: date = date(1880, 1, 1)
) -> FieldReading:
    """Read a day that is past."""

    def plausible(value: str) -> bool:
        day = checks.as_date(value)
        return day is not None and earliest <= day <= today

    return checked(written, normalise, "plausible-date", plausible)


def birth_of(
    written: Written, number: FieldReading, today: date, normalise: Normalise = values.chinese_date
) -> FieldReading:
    """Read a birth date, and take it from a valid number when it cannot be read."""
    born = date_of(written, normalise, today)
    by_number = checks.birth_date_of(number.value) if number.valid else None
    if not born.value:
        return from_number(by_number.isoformat() if by_number else "", number, written)
    if by_number is None:
        return born
    agrees = born.value == by_number.isoformat()
    made = (*born.checks, checks.named("matches-number", agrees))
    return surer(reading(born.value, born.confidence, born.box, made), number.confidence)


def surer(field: FieldReading, evidence: float) -> FieldReading:
    """Raise the confidence by independent evidence: the doubt that is left is the product of both doubts."""
    if not field.valid:
        return field
    doubt = (1 - field.confidence) * (1 - evidence)
    return replace(field, confidence=round(min(_CERTAIN, 1 - doubt), 3))


def from_number(value: str, number: FieldReading, written: Written) -> FieldReading:
    """Return what follows from a valid number for a blank that could not be read."""
    if not value:
        return unread(written.box)
    return FieldReading(
        value=value, confidence=number.confidence, box=written.box or number.box, checks=("from-number",)
    )


def nothing(names: Sequence[str]) -> dict[str, FieldReading]:
    """Return each field as unread."""
    return {name: unread() for name in names}
