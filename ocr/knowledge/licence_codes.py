"""What the QR code of a business licence says, in any of the forms that licences carry.

Licences since 2014 carry the address of the national publicity system with `uniscid` in it, some provinces an
address with an opaque number of their own, older ones plain words. Whatever it is, it comes from a picture
that anybody can have drawn: it is compared and nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from unicodedata import normalize

from ocr.knowledge import uscc

_LONGEST = 4_000
"""Characters of a code that are looked at; the largest QR code holds about as many bytes."""
_TOKEN = re.compile(rf"(?<![0-9A-Za-z])[0-9A-Za-z]{{{uscc.LENGTH}}}(?![0-9A-Za-z])")
_OLD_NUMBER = re.compile(r"注册号[^0-9A-Za-z]{1,3}([0-9]{15})(?![0-9A-Za-z])")
_NAME = re.compile(r"(?:企业名称|名称|字号)\s*[:=]\s*([^;\n\r,|]{2,80})")
_MARKS = re.compile(r"[\s()\[\]·.]")


@dataclass(frozen=True, slots=True)
class Said:
    """What can be compared; empty where nothing of the kind is said, or two things."""

    number: str = ""
    """A unified code whose check character holds, or a registration number of 15 digits."""
    name: str = ""


def said_by(texts: Iterable[str]) -> Said:
    """Return what the codes of one licence say together."""
    plain = [normalize("NFKC", text[:_LONGEST]) for text in texts]
    numbers = {token.upper() for text in plain for token in _TOKEN.findall(text) if uscc.holds(token.upper())}
    numbers = numbers or {number for text in plain for number in _OLD_NUMBER.findall(text)}
    names = {same_name(name) for text in plain for name in _NAME.findall(text)}
    return Said(_only(numbers), _only(names))


def same_name(name: str) -> str:
    """Return a name as it is compared: brackets, dots and widths are often not those of the paper."""
    return _MARKS.sub("", normalize("NFKC", name))


def _only(found: set[str]) -> str:
    return found.pop() if len(found) == 1 else ""
