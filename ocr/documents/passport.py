"""The data page of a passport: its machine-readable zone (ICAO 9303 part 4)."""

from __future__ import annotations

import re
from datetime import date

from ocr import checks
from ocr.documents import fields
from ocr.documents.form import Filled, Form, unread
from ocr.knowledge.correction import REPAIRED, REPAIRED_CONFIDENCE
from ocr.knowledge.mrz import Zone, read_zone
from ocr.port import FieldReading

KIND = "passport"
FIELDS = (
    "issuing_state", "surname", "given_names", "passport_number", "nationality", "birth_date", "sex",
    "expires_on", "personal_number",
)  # fmt: skip
FORM = Form(
    blanks={},
    titles=("护照", "PASSPORT", "<<<", "P<", "POCHN", "Nationality", "国籍", "签发机关"),
    everything="zone",
    least=2,
)
_CHECKED_BY = {
    "passport_number": "number", "birth_date": "birth_date", "expires_on": "expiry_date",
    "personal_number": "optional",
}  # fmt: skip
_ZERO_FOR_O = re.compile(r"^P0(?=[A-Z]{3})")
"""Chinese passports are of type PO, and a letter is all that may stand there."""
_WITHOUT_DIGIT = 0.85


def interpret(blanks: Filled, today: date) -> dict[str, FieldReading]:
    """Return what the zone says; nothing of it is read from the rest of the page."""
    written = blanks["zone"]
    zone = read_zone([_ZERO_FOR_O.sub("PO", line) for line in written.lines], today=today)
    if zone is None:
        return {name: unread() for name in FIELDS}
    said = {
        "issuing_state": zone.issuing_state, "surname": zone.surname, "given_names": zone.given_names,
        "passport_number": zone.number, "nationality": zone.nationality, "birth_date": zone.birth_date,
        "sex": zone.sex, "expires_on": zone.expiry_date, "personal_number": zone.optional,
    }  # fmt: skip
    return {name: _field(name, value, zone) for name, value in said.items()}


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
