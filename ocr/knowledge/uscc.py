"""Unified social credit codes (统一社会信用代码, GB 32100) and the organisation code inside (GB 11714)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import chain

from ocr.knowledge import regions
from ocr.knowledge.correction import Corrected, doubtful_places, kept
from ocr.knowledge.lookalikes import LETTER_OR_DIGIT, only_one, variants

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
"""GB 32100 table 1: no I, O, S, V, Z."""

LENGTH = 18
_CODE = re.compile(rf"[{ALPHABET}]{{2}}[0-9]{{6}}[{ALPHABET}]{{10}}")
_NEVER_PRINTED = str.maketrans("oOiIlsSvVzZ|!", "0011155UU2211")
_BODY_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
_BODY_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_REGION = slice(2, 8)
_REGISTRARS = {
    "1": "123459", "2": "19", "3": "123459", "4": "19", "5": "1239", "6": "19", "7": "129", "8": "19",
    "9": "123", "A": "19", "N": "1239", "Y": "1",
}  # fmt: skip
"""Which kinds of body each registering department registers (GB 32100 annex)."""
_BODY = slice(8, 17)
_MOST_DOUBTFUL, _MOST_RIVALS_DIFFER = 4, 2
_ANY_CHARACTER = dict.fromkeys(ALPHABET, ALPHABET)
"""A character that looks like no other was hardly meant, but while it would do as well nothing is certain."""
_DIGITS_ONLY = range(2, 8)


def check_character(body: str) -> str:
    """Return the 18th character for the first 17 (GB 32100: weights 3^i modulo 31).

    Raises:
        ValueError: `body` is not 17 characters of the alphabet.
    """
    if len(body) != LENGTH - 1 or not set(body) <= set(ALPHABET):
        raise ValueError("17 characters of the alphabet are needed")
    total = sum(ALPHABET.index(character) * pow(3, place, 31) for place, character in enumerate(body))
    return ALPHABET[-total % 31]


def holds(code: str) -> bool:
    """Say whether the code is well shaped and its last character is the right one."""
    return bool(_CODE.fullmatch(code)) and check_character(code[:17]) == code[17]


def body_holds(code: str) -> bool:
    """Say whether characters 9 to 17, the organisation code, end with a check character (GB 11714)."""
    body = code[_BODY]
    total = sum(w * _BODY_ALPHABET.index(c) for w, c in zip(_BODY_WEIGHTS, body, strict=False))
    return body[8] == "0123456789X0"[11 - total % 11]


def read_code(text: str, *, marks: Sequence[float] = ()) -> Corrected:
    """Return the code in a recognised line, repaired where exactly one repair is possible.

    Both check characters and the region must hold for a repair; only doubtful characters are exchanged, and
    letters that no code contains are read as what they look like.

    Args:
        text: the line as the engine returned it, without its label.
        marks: the engine's confidence for each character of `text`; nothing is repaired without them.
    """
    characters, sure = kept(text, marks, lambda character: character.isascii() and character.isalnum())
    code = _in_alphabet(characters)
    if len(code) != LENGTH or holds(code):
        return Corrected(code)
    places = doubtful_places(sure)
    if len(places) > _MOST_DOUBTFUL:
        return Corrected(code)
    alike = variants(code, LETTER_OR_DIGIT, places, _MOST_RIVALS_DIFFER)
    rivals = variants(code, _ANY_CHARACTER, places, 1)
    found = only_one(chain(alike, rivals), _all_holds)
    return Corrected(*found) if found and _is_sound(found, code, places) else Corrected(code)


def _is_sound(found: tuple[str, int], as_read: str, places: frozenset[int]) -> bool:
    """Refuse what only stood against others, and a check character that is not the only doubtful one.

    With any other doubtful place the check character would be bent to an error that was not found.
    """
    code, exchanges = found
    (place,) = [at for at in range(LENGTH) if code[at] != as_read[at]] if exchanges == 1 else [-1]
    if place < 0 or code[place] not in LETTER_OR_DIGIT[as_read[place]]:
        return False
    return place != LENGTH - 1 or len(places) == 1


def _in_alphabet(characters: str) -> str:
    """The region is digits only, so a letter there can only be the digit it looks like."""
    code = characters.translate(_NEVER_PRINTED).upper()
    if len(code) != LENGTH:
        return code
    digits = "".join(_AS_REGION_DIGIT.get(code[place], code[place]) for place in _DIGITS_ONLY)
    return code[:2] + digits + code[8:]


_AS_REGION_DIGIT = {"D": "0", "Q": "0", "U": "0", "L": "1", "A": "4", "B": "8", "G": "6", "T": "7"}


def _all_holds(code: str) -> bool:
    is_kind = code[1] in _REGISTRARS.get(code[0], "")
    return is_kind and holds(code) and body_holds(code) and regions.is_known(code[_REGION])
