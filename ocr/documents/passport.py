"""The data page of a passport: its machine-readable zone (ICAO 9303 part 4), and its name in print."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from itertools import accumulate, pairwise

from ocr import checks
from ocr.documents import fields
from ocr.documents.form import Filled, Form, Written, unread
from ocr.knowledge.correction import REPAIRED, REPAIRED_CONFIDENCE
from ocr.knowledge.mrz import Zone, read_zone
from ocr.knowledge.mrz_layout import FILLER
from ocr.port import FieldReading

KIND = "passport"
FIELDS = (
    "issuing_state", "surname", "given_names", "passport_number", "nationality", "birth_date", "sex",
    "expires_on", "personal_number",
)  # fmt: skip
_CHECKED_BY = {
    "passport_number": "number", "birth_date": "birth_date", "expires_on": "expiry_date",
    "personal_number": "optional",
}  # fmt: skip
_ZERO_FOR_O = re.compile(r"^P0(?=[A-Z]{3})")
"""Chinese passports are of type PO, and a letter is all that may stand there."""
_WITHOUT_DIGIT, _WITH_PRINT, _AGAINST_PRINT = 0.85, 0.98, 0.7
"""How sure a name of the zone is by itself, where the print says the same, and where it says another."""
_TITLES = ("护照", "PASSPORT")
_LETTERS = re.compile(r"[A-Z]+")
_FILLED = "<<"
_NO_NAME = re.compile(r"[0-9]|KK")
"""A run of fillers may be read as one of K; no name that is spelt by rule has two together."""
_NO_SIGN = 0.3
"""Less sure than this, marks among fillers are no characters."""
_MOST_APART = 2
"""Letters in which a word of the print may differ and still be the same name."""

Letters = tuple[str, tuple[float, ...]]
"""A word of the print, and how sure each of its letters is."""


def _is_enough(lines: Sequence[str]) -> tuple[bool, bool]:
    """Say whether the zone was read, and whether title and name in print were so too."""
    zone = _zone_in(lines, date.max)
    if zone is None or zone.failed:
        return False, False
    words = [(word, ()) for line in lines for word in _words(line)]
    is_titled = any(title in line for line in lines for title in _TITLES)
    return True, is_titled and all(_printed(name, words) for name in _names(zone))


FORM = Form(
    blanks={},
    titles=("护照", "PASSPORT", "<<<", "P<", "POCHN", "Nationality", "国籍", "签发机关"),
    everything="zone",
    is_enough=_is_enough,
    least=2,
)


def interpret(blanks: Filled, today: date) -> dict[str, FieldReading]:
    """Return what the zone says; of the rest of the page only the name is read, which has no check digit."""
    written = blanks["zone"]
    zone = _best_zone(written, today)
    if zone is None:
        return {name: unread() for name in FIELDS}
    said = {
        "issuing_state": zone.issuing_state, "surname": zone.surname, "given_names": zone.given_names,
        "passport_number": zone.number, "nationality": zone.nationality, "birth_date": zone.birth_date,
        "sex": zone.sex, "expires_on": zone.expiry_date, "personal_number": zone.optional,
    }  # fmt: skip
    read = {name: _field(name, value, zone) for name, value in said.items()}
    read |= {name: _without_figures(read[name]) for name in ("surname", "given_names")}
    words = _words_of(written)
    return read | {name: _compared(read[name], words) for name in ("surname", "given_names")}


def _zone_in(lines: Sequence[str], today: date) -> Zone | None:
    return read_zone([_ZERO_FOR_O.sub("PO", line) for line in lines], today=today)


def _best_zone(written: Written, today: date) -> Zone | None:
    """Return the zone of the first reading in which most holds: fewest checks failed, no figure in a name."""
    first = _without_marks(written)
    ways = [first]
    for text, _ in written.others:
        again = text.split("\n")
        # Runs of fillers, and so where a name ends, are read better with Chinese, figures without.
        names = [line for line in first if _FILLED in line][:1]
        ways += [[*names, *again[-1:]], again]
    zones = [zone for lines in ways if (zone := _zone_in(lines, today)) is not None]
    return min(zones, key=_faults, default=None)


def _faults(zone: Zone) -> int:
    is_odd = any(_NO_NAME.search(name) for name in _names(zone))
    return len(zone.failed) + len(zone.repaired) + is_odd


def _without_marks(written: Written) -> list[str]:
    """Return the lines, in those with fillers another filler for what could not be read: such are those."""
    starts = accumulate((len(line) for line in written.lines), initial=0)
    marks = [
        written.sure[start : start + len(line)] for line, start in zip(written.lines, starts, strict=False)
    ]
    return [
        "".join(FILLER if mark < _NO_SIGN else sign for sign, mark in zip(line, sure, strict=True))
        if FILLER in line and len(sure) == len(line)
        else line
        for line, sure in zip(written.lines, marks, strict=True)
    ]


def _names(zone: Zone) -> tuple[str, ...]:
    return tuple(name for name in (zone.surname, zone.given_names) if name)


def _words(line: str) -> list[str]:
    return [] if _FILLED in line else _LETTERS.findall(line)


def _words_of(written: Written) -> list[Letters]:
    """Return the words in capitals that stand on the page outside of the zone."""
    starts = accumulate((len(line) for line in written.lines), initial=0)
    return [
        (match[0], written.sure[start + match.start() : start + match.end()])
        for line, (start, _) in zip(written.lines, pairwise(starts), strict=True)
        if _FILLED not in line
        for match in _LETTERS.finditer(line)
    ]


def _printed(name: str, words: Sequence[Letters]) -> Letters | None:
    """Return the word of the print that comes nearest to a name of the zone, None where none is near."""
    plain = name.replace(" ", "")
    alike = [
        (_apart(plain, word), number) for number, (word, _) in enumerate(words) if len(word) == len(plain)
    ]
    least, number = min(alike, default=(len(plain), -1))
    return words[number] if least <= min(_MOST_APART, (len(plain) - 1) // 2) else None


def _apart(one: str, other: str) -> int:
    return sum(a != b for a, b in zip(one, other, strict=True))


def _compared(field: FieldReading, words: Sequence[Letters]) -> FieldReading:
    """Compare a name with the print: larger letters of another shape are misread otherwise."""
    printed = _printed(field.value, words)
    if not field.value or printed is None:
        return field
    if printed[0] == field.value.replace(" ", ""):
        return fields.surer(field, _WITH_PRINT)
    return fields.at_most(field, _AGAINST_PRINT)


def _without_figures(field: FieldReading) -> FieldReading:
    """Refuse a name with a figure in it (ICAO 9303 part 3, 4.6), or with what a run of fillers is read as."""
    return (
        field
        if not _NO_NAME.search(field.value)
        else fields.reading(field.value, field.confidence, field.box, ("!shape",))
    )


def _field(name: str, value: str, zone: Zone) -> FieldReading:
    """A field with a check digit is sure where it holds; of the others the composite says nothing."""
    part = _CHECKED_BY.get(name)
    made = [checks.named("check-digit", part not in zone.failed)] if part else []
    made.append(checks.named("composite", "composite" not in zone.failed))
    confidence = 0.99 if part else _WITHOUT_DIGIT
    if part in zone.repaired:
        made.append(REPAIRED)
        confidence = min(confidence, REPAIRED_CONFIDENCE)
    return fields.reading(value, confidence, None, made)
