"""Names of checks and what dates must be: pure functions over strings, standard library only.

A check is a name such as `check-digit`; a failed one carries a leading `!`.
"""

from __future__ import annotations

from datetime import date

from ocr.knowledge import validity
from ocr.knowledge.dates import LONG_TERM
from ocr.knowledge.identity import (
    CHECK_CHARACTERS,
    FIRST_BIRTH,
    birth_date_of,
    check_digit,
    check_digit_holds,
    is_number_shaped,
    sex_of,
)

__all__ = [
    "CHECK_CHARACTERS",
    "LONG_TERM",
    "as_date",
    "birth_date_of",
    "check_digit",
    "check_digit_holds",
    "is_number_shaped",
    "named",
    "plausible_birth",
    "plausible_span",
    "sex_of",
]


def named(name: str, holds: bool) -> str:
    """Return the name of a check that was made, with a leading `!` when it failed."""
    return name if holds else f"!{name}"


def as_date(value: str) -> date | None:
    """Return a `YYYY-MM-DD` value as a date, None when it is none."""
    try:
        return date.fromisoformat(value) if len(value) == 10 else None
    except ValueError:
        return None


def plausible_birth(born: date, today: date) -> bool:
    """Say whether somebody who stands at a counter `today` can have been born then."""
    return FIRST_BIRTH <= born <= today


def plausible_span(valid_from: date, valid_until: str) -> bool:
    """Say whether the two dates of a card fit: 5, 10 or 20 years, or 长期 (居民身份证法 art. 5)."""
    return validity.fits(valid_from, valid_until)
