"""Cover sheets: a code says to which case, and which line of its checklist, the sheets behind it belong.

The text is `WWC1/<case number>/<line>/<check>`: a prefix of our own, the window's case number, the line's
place in the item's list of materials, and a check character (ISO 7064 MOD 37-2). It names no person. Any
other code on a sheet is somebody's own and is left alone.
"""

from __future__ import annotations

from dataclasses import dataclass

from workstation.domain.items import Item

PREFIX = "WWC1"
SEPARATOR = "/"
"""Allowed in Code 128 and in the alphanumeric mode of QR codes; never part of a case number."""
TRAY = "tray"
"""Slot for the pages of a stack that no cover speaks for; no material has this id."""
_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ*"
_MODULUS, _RADIX = 37, 2


@dataclass(frozen=True, slots=True)
class Cover:
    """What a cover sheet says."""

    case_number: str
    position: int
    """Place of the material in the item's list, from 1; kept by the item pack the case was taken under."""

    @property
    def text(self) -> str:
        """The text of the code."""
        body = SEPARATOR.join((PREFIX, self.case_number, f"{self.position:02d}"))
        return f"{body}{SEPARATOR}{_check(body)}"

    def slot(self, item: Item) -> str:
        """Return the material the cover means; empty when the item has no such line."""
        materials = item.materials
        return materials[self.position - 1].id if 0 < self.position <= len(materials) else ""


def cover_of(case_number: str, item: Item, slot: str) -> Cover:
    """Return the cover of a material.

    Raises:
        ValueError: the item has no such material.
    """
    return Cover(case_number, [material.id for material in item.materials].index(slot) + 1)


def read_cover(text: str) -> Cover | None:
    """Return what a code says, or None when it is no cover of ours or was misread."""
    body, _slash, check = text.strip().rpartition(SEPARATOR)
    parts = body.split(SEPARATOR)
    if len(parts) != 3 or parts[0] != PREFIX or not parts[1]:
        return None
    if not parts[2].isascii() or not parts[2].isdigit() or check != _check(body):
        return None
    return Cover(parts[1], int(parts[2]))


def _check(text: str) -> str:
    """Return the ISO 7064 MOD 37-2 character; what the alphabet lacks (hyphen, slash) is not counted."""
    total = 0
    for character in text:
        value = _ALPHABET.find(character)
        if 0 <= value < _MODULUS - 1:
            total = (total + value) * _RADIX % _MODULUS
    return _ALPHABET[(_MODULUS + 1 - total) % _MODULUS]
