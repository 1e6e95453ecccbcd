"""Citizens' numbers (公民身份号码, GB 11643): what they say, whether they hold, what a misread one must be.

A wrong number that looks right does more harm than an empty field. A number is repaired only where one, and
only one, exchange of characters that look alike makes check character, region, birth date and sex hold
together, and only in places that something speaks against: the engine's own doubt, or the birth date
printed beside the number. A missing or doubled digit is never repaired.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import chain

from ocr.knowledge import regions
from ocr.knowledge.correction import Corrected, doubtful_places, kept
from ocr.knowledge.lookalikes import AS_DIGIT, DIGITS, UNREADABLE, only_one, variants

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECK_CHARACTERS = "10X98765432"
FIRST_BIRTH = date(1880, 1, 1)
"""Nobody born earlier can stand at a counter."""

LENGTH = 18
_NUMBER = re.compile(r"[1-9][0-9]{16}[0-9X]", re.ASCII)
_BODY = re.compile(r"[0-9]{17}", re.ASCII)
_BIRTH_PLACES = range(6, 14)
_MOST_EXCHANGES = 2
_MOST_DOUBTFUL = 4
"""A line with more doubtful places was hardly read at all; where no birth date is known there may be one."""


@dataclass(frozen=True, slots=True)
class Known:
    """What else is known about the person, read elsewhere on the page."""

    birth_date: date | None = None
    sex: str = ""
    """男, 女, or empty."""
    today: date | None = None
    """Nobody is born later."""


NOTHING_KNOWN = Known()


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

    The region code is not looked up here: a number is not wrong because a table lacks its district.
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


def read_number(text: str, *, marks: Sequence[float] = (), known: Known = NOTHING_KNOWN) -> Corrected:
    """Return the number in a recognised line, repaired where exactly one repair is possible.

    A text that is no number, or none that can be repaired, comes back as its digits, unrepaired; whether the
    result holds is for `check_digit_holds` to say.

    Args:
        text: the line as the engine returned it.
        marks: the engine's confidence for each character of `text`; without them only what `known` speaks
            against is repaired.
        known: birth date and sex as printed elsewhere on the page.
    """
    mark = _lone_mark(text)
    wanted = _ALPHABET | {mark} if mark else _ALPHABET
    characters, sure = kept(text, marks, lambda one: one.translate(AS_DIGIT) in wanted)
    number = characters.translate(AS_DIGIT)
    plain = Corrected(number.replace(mark, "") if mark else number)
    if len(number) == LENGTH + 1 and not mark:
        return _without_first(number, known) or plain
    if len(number) != LENGTH or check_digit_holds(number) or (mark and not sure):
        return plain
    if mark:
        number = number.replace(mark, UNREADABLE)
    places = doubtful_places(sure) | _letters(characters) | _against(number, known.birth_date)
    return _repaired(number, places, known) or plain


def _without_first(number: str, known: Known) -> Corrected | None:
    """Return the number without the figure before it: the upright line of a table was taken for one.

    Only where the birth date printed elsewhere stands in it. One figure too many at the end, where runs of
    equal digits are, is a doubled digit more likely.
    """
    rest = number[1:]
    is_told = known.birth_date is not None and _all_holds(rest, rest, known) and regions.is_known(rest[:6])
    return Corrected(rest, 1) if is_told else None


def _repaired(number: str, places: frozenset[int], known: Known) -> Corrected | None:
    if len(places) > (_MOST_DOUBTFUL if known.birth_date else 1):
        return None
    alike = variants(number, DIGITS, places, _MOST_EXCHANGES)
    rivals = variants(number, _ANY_DIGIT, places, 1)
    found = only_one(chain(alike, rivals), lambda one: _all_holds(one, number, known))
    return Corrected(*found) if found and _is_sound(found[0], number) else None


_ALPHABET = frozenset("0123456789X")
_ANY_DIGIT = dict.fromkeys(_ALPHABET, "0123456789X")
"""A digit that looks like no other was hardly meant, but while it would do as well nothing is certain."""


def _lone_mark(text: str) -> str:
    """Return the one sign (`<`, `=`) that stands for a digit; empty when there is none, or several.

    A number with such a sign lacks no digit: it was seen, and taken for something else.
    """
    odd = [one for one in text if one.translate(AS_DIGIT) not in _ALPHABET]
    is_sign = len(text) == LENGTH and len(odd) == 1 and not odd[0].isalnum() and not odd[0].isspace()
    return odd[0] if is_sign else ""


def _is_sound(found: str, as_read: str) -> bool:
    """Refuse a candidate that only stood against others: of an unknown region, or of digits not alike."""
    exchanged = [(was, now) for was, now in zip(as_read, found, strict=True) if was != now]
    return regions.is_known(found[:6]) and all(now in DIGITS[was] for was, now in exchanged)


def _letters(characters: str) -> frozenset[int]:
    """A letter or sign in a place for digits was misread, or stands for one digit and perhaps for another."""
    return frozenset(
        place
        for place, character in enumerate(characters)
        if character not in _ALPHABET and (place < LENGTH - 1 or character.translate(AS_DIGIT) != "X")
    )


def _against(number: str, birth_date: date | None) -> frozenset[int]:
    """Return the places in which the number and the printed birth date differ."""
    if birth_date is None:
        return frozenset()
    printed = birth_date.strftime("%Y%m%d")
    return frozenset(p for p in _BIRTH_PLACES if number[p] != printed[p - _BIRTH_PLACES.start])


def _all_holds(candidate: str, as_read: str, known: Known) -> bool:
    born = birth_date_of(candidate)
    if not check_digit_holds(candidate) or born is None:
        return False
    if not FIRST_BIRTH <= born <= (known.today or date.max):
        return False
    # A region that the table lacks but that was read as it is may be true: such a candidate is not taken, yet
    # it bars any other.
    is_region = candidate[:6] == as_read[:6] or regions.is_known(candidate[:6])
    fits_birth = known.birth_date in (None, born)
    return is_region and fits_birth and known.sex in ("", sex_of(candidate))
