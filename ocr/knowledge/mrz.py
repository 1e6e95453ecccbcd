"""Machine-readable zones (ICAO Doc 9303 parts 3 to 5): passports (TD3, 2 x 44) and cards (TD1, 3 x 30).

Each place holds either letters, or digits, or both, and a character of the wrong sort is read as what it
looks like. Where the check digit of a field fails, a character is exchanged only if one exchange alone makes
every check digit hold.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from ocr.knowledge.lookalikes import only_one, variants
from ocr.knowledge.mrz_layout import CARD, FILLER, PASSPORT, Layout

_FILLERS_SEEN = str.maketrans(dict.fromkeys("〈《‹«く＜⟨≤へヘΛ∧∠ㄑces", FILLER))
"""The small letters among them are what runs of fillers are read as: a zone has capitals only."""
_NOT_ZONE = re.compile(r"[^0-9A-Z<]")
_TITLE = re.compile(r"[PIACV][A-Z<][A-Z<0-9]{3}")
_AS_LETTERS = str.maketrans("0152846", "OISZBAG")
_AS_DIGITS = str.maketrans("OQDUILZSBGAT", "000011258647")
_AS_SEX = str.maketrans("N", "M")
_CONFUSED = {
    "0": "689OQD", "1": "47IL", "2": "7Z", "3": "859B", "4": "19A", "5": "368S", "6": "058G", "7": "12T",
    "8": "0369B", "9": "0348", "O": "0QD", "Q": "0O", "D": "0O", "I": "1L", "L": "1I", "Z": "27", "S": "58",
    "B": "8", "G": "6C", "A": "4", "T": "7", "E": "F", "F": "E", "C": "G",
}  # fmt: skip
_CHINESE_NUMBER = re.compile(r"[A-Z](?:[0-9]{8}|[A-Z][0-9]{7})")
_SLACK = 13
"""Fillers that may be lost or doubled in a line."""


@dataclass(frozen=True, slots=True)
class Zone:
    """What a machine-readable zone says."""

    document_type: str
    """P, or I, A, C, and perhaps a second letter."""
    issuing_state: str
    surname: str
    given_names: str
    """Spaces between several."""
    number: str
    nationality: str
    birth_date: str
    """`YYYY-MM-DD`, empty when it is no date."""
    sex: str
    """男, 女, or empty when the document does not say."""
    expiry_date: str
    """`YYYY-MM-DD`, empty when it is no date."""
    optional: str
    failed: frozenset[str]
    """Whose check digit does not hold: `number`, `birth_date`, `expiry_date`, `optional`, `composite`."""
    repaired: frozenset[str]
    """Fields in which a character was exchanged."""


def read_zone(lines: Sequence[str], *, today: date) -> Zone | None:
    """Return what a zone says; None when the lines are none, or too much of it is lost.

    Args:
        lines: as recognised, from top to bottom; other lines may stand before the zone.
        today: tells the century of a birth date.
    """
    cleaned = [_NOT_ZONE.sub("", "".join(line.split()).translate(_FILLERS_SEEN).upper()) for line in lines]
    for layout in (PASSPORT, CARD):
        zone = _zone_lines(cleaned, layout)
        if zone:
            return _read(layout, zone, today)
    return None


def _zone_lines(lines: Sequence[str], layout: Layout) -> list[str]:
    """Return the lines of the zone, each of its full length; empty when they are not there."""
    for start in range(len(lines) - layout.lines, -1, -1):
        part = lines[start : start + layout.lines]
        if not _TITLE.match(part[0]) or abs(len(part[layout.data_line]) - layout.width) > _SLACK:
            continue
        fitted = [
            line.rstrip(FILLER).ljust(layout.width, FILLER)[: layout.width]
            if number == layout.names_line
            else _fitted(line, layout.width)
            for number, line in enumerate(part)
        ]
        return fitted if all(fitted) else []
    return []


def _fitted(line: str, width: int) -> str:
    """Stretch or cut the last run of fillers, whose length says nothing, to give a line its length."""
    runs = [run.span() for run in re.finditer(r"<{2,}", line)]
    if len(line) == width or not runs:
        return line if len(line) == width else ""
    start, end = runs[-1]
    fillers = end - start + width - len(line)
    return line[:start] + FILLER * fillers + line[end:] if fillers > 0 else ""


def _read(layout: Layout, zone: Sequence[str], today: date) -> Zone:
    title, names, data = zone[0], zone[layout.names_line], layout.data_of(zone)
    state = title[2:5].translate(_AS_LETTERS)
    as_read = _sorted_out(data, layout, state)
    text = _repaired(as_read, layout, state)
    surname, _, given = names[layout.names_start :].translate(_AS_LETTERS).partition(FILLER * 2)
    return Zone(
        document_type=title[:2].translate(_AS_LETTERS).rstrip(FILLER),
        issuing_state=state.rstrip(FILLER),
        surname=_spaced(surname),
        given_names=_spaced(given),
        number=layout.part(text, "number").rstrip(FILLER),
        nationality=text[layout.nationality].rstrip(FILLER),
        birth_date=_born(layout.part(text, "birth_date"), today),
        sex={"M": "男", "F": "女"}.get(text[layout.sex], ""),
        expiry_date=_expires(layout.part(text, "expiry_date"), today),
        optional=text[layout.optional].strip(FILLER),
        failed=layout.failed(text),
        repaired=frozenset(name for name in layout.checked if _differ(layout, name, as_read, text)),
    )


def _differ(layout: Layout, name: str, one: str, other: str) -> bool:
    return layout.part(one, name) != layout.part(other, name)


def _sorted_out(data: str, layout: Layout, state: str) -> str:
    """Read every character as the sort that its place holds."""
    text = list(data)
    for place in layout.digit_places:
        text[place] = text[place].translate(_AS_DIGITS)
    text[layout.nationality] = "".join(text[layout.nationality]).translate(_AS_LETTERS)
    text[layout.sex] = text[layout.sex].translate(_AS_SEX)
    if state == "CHN":
        start, end = layout.checked["number"]
        text[start] = text[start].translate(_AS_LETTERS)
        text[start + 2 : end] = "".join(text[start + 2 : end]).translate(_AS_DIGITS)
    return "".join(text)


def _repaired(text: str, layout: Layout, state: str) -> str:
    """Return the text in which everything holds by one exchange, else the text as it is."""
    alike = _with_one_round_sign(text, layout, state)
    if alike:
        return alike
    failed = layout.failed(text) & set(layout.checked)
    places = {
        place for name in failed for place in range(layout.checked[name][0], layout.checked[name][1] + 1)
    }
    found = only_one(variants(text, _CONFUSED, places, 1), lambda one: _holds(one, layout, state))
    return found[0] if found else text


def _with_one_round_sign(text: str, layout: Layout, state: str) -> str:
    """Return the text in which every O of a personal number is a 0, or the reverse, if all holds only then.

    Issuers choose what stands there (part 4, 4.2.2), so its place does not tell, and a reader takes all of
    them for the same.
    """
    if "optional" not in layout.checked or "optional" not in layout.failed(text):
        return ""
    start, end = layout.checked["optional"]
    ways = (text[start:end].replace("0", "O"), text[start:end].replace("O", "0"))
    changed = [text[:start] + way + text[end:] for way in ways if way != text[start:end]]
    held = [one for one in changed if _holds(one, layout, state)]
    return held[0] if len(held) == 1 else ""


def _holds(text: str, layout: Layout, state: str) -> bool:
    number = layout.part(text, "number").rstrip(FILLER)
    if state == "CHN" and layout is PASSPORT and not _CHINESE_NUMBER.fullmatch(number):
        return False
    dates = (layout.part(text, "birth_date"), layout.part(text, "expiry_date"))
    return not layout.failed(text) and all(_day(day, 2000) for day in dates)


def _spaced(name: str) -> str:
    return " ".join(part for part in name.split(FILLER) if part)


def _born(digits: str, today: date) -> str:
    return next((day for century in (2000, 1900) if (day := _day(digits, century)) and day <= str(today)), "")


def _expires(digits: str, today: date) -> str:
    """No document is valid for fifty years."""
    return next(
        (
            day
            for century in (2000, 1900)
            if (day := _day(digits, century)) and int(day[:4]) < today.year + 50
        ),
        "",
    )


def _day(digits: str, century: int) -> str:
    try:
        return date(century + int(digits[:2]), int(digits[2:4]), int(digits[4:])).isoformat()
    except ValueError:
        return ""
