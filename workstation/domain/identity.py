"""Identity numbers of people (GB 11643) and organisations (GB 32100), and how they are masked.

Only the check digits come from python-stdnum: its region table refuses good numbers of people who were
registered in a district that was abolished or renamed since.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date

from stdnum.cn import ric, uscc

from workstation.domain.errors import (
    BadUscc,
    IdNumberBirthDate,
    IdNumberCheckDigit,
    IdNumberLength,
)

EARLIEST_BIRTH = date(1880, 1, 1)
"""Nobody born earlier can stand at a window; an earlier date is a misread number."""

LATEST_BIRTH = date(2099, 12, 31)
"""Whether a date lies ahead of today is the caller's question: the domain has no clock."""

SPECIMEN_SERIALS = frozenset({"996", "997", "998", "999"})
"""Serials (digits 15 to 17) kept for specimen people in training and tests."""

_ID_NUMBER = re.compile(r"[0-9]{17}[0-9X]")
_USCC = re.compile(r"[0-9A-HJ-NPQRTUWXY]{2}[0-9]{6}[0-9A-HJ-NPQRTUWXY]{10}")
_SPACES = re.compile(r"\s+")


def check_id_number(text: str) -> str:
    """Return the 18 characters of an identity number, normalised.

    Full-width characters, spaces and a lower-case x are accepted.

    Raises:
        BadIdNumber: in one of its three forms, with `reason` one of `length`, `birth-date`, `check-digit`.
    """
    number = _normal(text)
    if not _ID_NUMBER.fullmatch(number):
        raise IdNumberLength(reason="length", length=len(number))
    if number[-1] != ric.calc_check_digit(number):
        raise IdNumberCheckDigit(reason="check-digit")
    _birth_date(number)
    return number


def birth_date_of(id_number: str) -> date:
    """Return the birth date in a valid identity number.

    Raises:
        BadIdNumber: the number is not valid.
    """
    return _birth_date(check_id_number(id_number))


def sex_of(id_number: str) -> str:
    """Return 男 or 女 by the parity of digit 17 (GB 11643: odd is male).

    Raises:
        BadIdNumber: the number is not valid.
    """
    return "男" if int(check_id_number(id_number)[16]) % 2 else "女"


def age_on(birth: date, day: date) -> int:
    """Return the full years reached on `day`.

    A year counts from the birthday itself; somebody born on 29 February reaches it on 1 March of other years.
    """
    return day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))


def is_specimen(id_number: str) -> bool:
    """True for the numbers of specimen people (serial 996 to 999)."""
    return id_number[14:17] in SPECIMEN_SERIALS


def check_uscc(text: str) -> str:
    """Return the 18 characters of a unified social credit code, normalised.

    The first two characters may be letters (e.g. `N2` for rural collectives), which python-stdnum refuses.

    Raises:
        BadUscc: with `reason` one of `length`, `check-digit`.
    """
    number = _normal(text)
    if not _USCC.fullmatch(number):
        raise BadUscc(reason="length")
    if number[-1] != uscc.calc_check_digit(number[:-1]):
        raise BadUscc(reason="check-digit")
    return number


def mask_id_number(id_number: str) -> str:
    """Hide the birth date of an identity number: first 6 and last 4 characters stay.

    Any other number (passport, residence permit) keeps its first and its last two characters.
    """
    head, tail = (6, 4) if len(id_number) == 18 else (1, 2)
    if len(id_number) <= head + tail:
        return "*" * len(id_number)
    return id_number[:head] + "*" * (len(id_number) - head - tail) + id_number[-tail:]


def mask_name(name: str) -> str:
    """Hide a name except its first character: 赵样本 becomes 赵**.

    Used where people other than the clerk and the applicant can read along (lists, labels, call screens).
    """
    return name[:1] + "*" * (len(name) - 1) if len(name) > 1 else "*" * len(name)


def _normal(text: str) -> str:
    return _SPACES.sub("", unicodedata.normalize("NFKC", text)).upper()


def _birth_date(number: str) -> date:
    try:
        birth = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError as error:
        raise IdNumberBirthDate(reason="birth-date") from error
    if not EARLIEST_BIRTH <= birth <= LATEST_BIRTH:
        raise IdNumberBirthDate(reason="birth-date")
    return birth
