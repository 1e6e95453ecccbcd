"""Checks of what was read: pure functions over strings, standard library only.

A check is a name such as `check-digit`; a failed one carries a leading `!`.
"""

from __future__ import annotations

import re
from datetime import date

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECK_CHARACTERS = "10X98765432"
LONG_TERM = "长期"
_NUMBER = re.compile(r"[1-9][0-9]{16}[0-9X]", re.ASCII)
_BODY = re.compile(r"[0-9]{17}", re.ASCII)
_FIRST_BIRTH = date(1880, 1, 1)


def check_digit(body: str) -> str:
    """Return the 18th character for the first 17 digits of a citizen's number (GB 11643, ISO 7064 MOD 11-2).

    Raises:
        ValueError: `body` is not 17 digits.
    """
    if not _BODY.fullmatch(body):
        raise ValueError("17 digits are needed")
    total = sum(weight * int(digit) for weight, digit in zip(WEIGHTS, body, strict=True))
    return CHECK_CHARACTERS[total % 11]


def is_number_shaped(number: str) -> bool:
    """Say whether `number` is 17 digits and a digit or X."""
    return bool(_NUMBER.fullmatch(number))


def check_digit_holds(number: str) -> bool:
    """Say whether `number` is well shaped and its last character is the right one (GB 11643).

    The region code is not looked up: districts are abolished, and old codes stay valid.
    """
    return is_number_shaped(number) and check_digit(number[:17]) == number[17]


def birth_date_of(number: str) -> date | None:
    """Return the birth date in digits 7 to 14, None when they are no date."""
    if not is_number_shaped(number):
        return None
    try:
        return date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return None


def sex_of(number: str) -> str:
    """Return 男 or 女 by digit 17 (odd is male), empty for an ill-shaped number."""
    if not is_number_shaped(number):
        return ""
    return "男" if int(number[16]) % 2 else "女"


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
    return _FIRST_BIRTH <= born <= today


def plausible_span(valid_from: date, valid_until: str) -> bool:
    """Say whether the two dates of a card fit: 5, 10 or 20 years, or 长期 (居民身份证法 art. 5)."""
    if valid_until == LONG_TERM:
        return True
    until = as_date(valid_until)
    return until is not None and until in {_years_later(valid_from, years) for years in (5, 10, 20)}


def _years_later(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)
