"""The portrait side of the 居民身份证 (content by 居民身份证法 art. 3, number by GB 11643)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from PIL import Image

from ocr import checks, values
from ocr.crops import Crop
from ocr.documents.form import NUMBER, Form, Located, locate, surrounding, unread
from ocr.lines import read_lines
from ocr.port import Engine, FieldReading, Line, Script
from ocr.voting import together

KIND = "id-card-front"
FIELDS = ("name", "sex", "ethnicity", "birth_date", "address", "id_number")
FORM = Form(
    size=(85.6, 54.0),
    em=3.3,
    labels={
        "姓名": (6.2, 8.6), "性别": (6.2, 15.1), "民族": (24.0, 15.1), "出生": (6.2, 21.3),
        "住址": (6.2, 27.8), "公民身份号码": (6.2, 48.1), NUMBER: (28.6, 47.6),
    },
)  # fmt: skip
_WINDOWS = {
    "name": (14.0, 5.4, 40.0, 6.4), "sex": (14.0, 12.2, 9.0, 5.8), "ethnicity": (31.3, 12.2, 23.0, 5.8),
    "birth_date": (14.0, 18.3, 40.0, 6.0), "address": (14.0, 24.7, 40.4, 19.0),
    "id_number": (27.0, 44.2, 57.5, 6.2),
}  # fmt: skip
_ROW = {
    "name": "姓名", "sex": "性别", "ethnicity": "民族", "birth_date": "出生", "address": "住址",
    "id_number": NUMBER,
}  # fmt: skip
_MOST_ADDRESS_LINES = 4
_DOUBTFUL = 0.5
_CERTAIN = 0.99


@dataclass(frozen=True, slots=True)
class _Raw:
    line: Line
    crops: list[Crop]


def read_fields(engine: Engine, picture: Image.Image, today: date) -> tuple[dict[str, FieldReading], float]:
    """Read the card in `picture` and return its fields and the skew in degrees.

    Raises:
        OcrError: from the engine.
    """
    card = locate(engine, picture, FORM)
    if card is None:
        return {name: unread() for name in FIELDS}, 0.0
    raw = _read_crops(engine, card)
    number = _number(raw["id_number"], card)
    fields = {
        "name": _name(raw["name"]),
        "sex": _sex(raw["sex"], number),
        "ethnicity": _ethnicity(raw["ethnicity"]),
        "birth_date": _birth_date(raw["birth_date"], number, today),
        "address": _address(raw["address"]),
        "id_number": number,
    }
    return fields, card.skew_deg


def _read_crops(engine: Engine, card: Located) -> dict[str, _Raw]:
    cut = {name: card.cut(window, label=_ROW[name]) for name, window in _WINDOWS.items()}
    cut["address"] = card.cut(_WINDOWS["address"], label="住址", above=NUMBER, most=_MOST_ADDRESS_LINES)
    printed = [(name, crop) for name in FIELDS if name != "id_number" for crop in cut[name]]
    lines = read_lines(engine, [crop.image for _, crop in printed], script=Script.CHINESE)
    texts = {
        name: [line for (owner, _), line in zip(printed, lines, strict=True) if owner == name]
        for name in FIELDS
    }
    texts["id_number"] = read_lines(engine, [crop.image for crop in cut["id_number"]], script=Script.DIGITS)
    return {name: _Raw(together(texts[name]), cut[name]) for name in FIELDS}


def _reading(value: str, raw: _Raw, *made: str, doubtful: bool = False) -> FieldReading:
    box = surrounding(raw.crops)
    if not value:
        return unread(box)
    confidence = min(raw.line.confidence, _DOUBTFUL) if doubtful else raw.line.confidence
    return FieldReading(value=value, confidence=round(confidence, 3), box=box, checks=made)


def _name(raw: _Raw) -> FieldReading:
    value = values.chinese(raw.line.text)
    return _reading(value, raw, checks.named("name-length", 2 <= len(value) <= 20))


def _ethnicity(raw: _Raw) -> FieldReading:
    value = values.ethnicity(raw.line.text)
    known = value in values.ETHNICITIES
    return _reading(value, raw, checks.named("known-ethnicity", known), doubtful=not known)


def _address(raw: _Raw) -> FieldReading:
    value = values.address(raw.line.text)
    return _reading(value, raw, checks.named("address-length", len(value) >= 6))


def _number(raw: _Raw, card: Located) -> FieldReading:
    value = values.identity_number(raw.line.text)
    if checks.check_digit_holds(value):
        return _surer(_reading(value, raw, "check-digit"), 1 - 1 / len(checks.CHECK_CHARACTERS))
    other = values.identity_number(card.number)
    if checks.check_digit_holds(other):
        # Read in the first look at the whole card, not repaired: the check digit tells which look was right.
        return replace(_reading(other, raw, "check-digit", "second-reading"), confidence=0.9)
    return _reading(value, raw, "!check-digit", doubtful=True)


def _sex(raw: _Raw, number: FieldReading) -> FieldReading:
    value = values.chinese(raw.line.text)
    by_number = checks.sex_of(number.value) if number.valid else ""
    if value in {"男", "女"}:
        if value == by_number:
            return _surer(_reading(value, raw, "matches-number"), number.confidence)
        return _reading(value, raw, *(("!matches-number",) if by_number else ()), doubtful=bool(by_number))
    return _from_number(by_number, number, raw)


def _birth_date(raw: _Raw, number: FieldReading, today: date) -> FieldReading:
    value = values.chinese_date(raw.line.text)
    born = checks.as_date(value)
    by_number = checks.birth_date_of(number.value) if number.valid else None
    if born is None:
        return _from_number(by_number.isoformat() if by_number else "", number, raw)
    made = [checks.named("plausible-date", checks.plausible_birth(born, today))]
    if by_number:
        made.append(checks.named("matches-number", born == by_number))
    reading = _reading(value, raw, *made, doubtful=any(name.startswith("!") for name in made))
    return _surer(reading, number.confidence) if born == by_number and reading.valid else reading


def _surer(reading: FieldReading, evidence: float) -> FieldReading:
    """Raise the confidence by independent evidence: the doubt that is left is the product of both doubts."""
    doubt = (1 - reading.confidence) * (1 - evidence)
    return replace(reading, confidence=round(min(_CERTAIN, 1 - doubt), 3))


def _from_number(value: str, number: FieldReading, raw: _Raw) -> FieldReading:
    box = surrounding(raw.crops) or number.box
    if not value:
        return unread(surrounding(raw.crops))
    return FieldReading(value=value, confidence=number.confidence, box=box, checks=("from-number",))
