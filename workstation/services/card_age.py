"""Both sides of an identity card together: how long it is valid follows from its holder's age at issue."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from ocr.knowledge import validity
from workstation.domain.case import FieldValue, Origin

HOLDER_AGE = "holder-age"
_BORN, _FROM, _UNTIL = "id-card-front.birth_date", "id-card-back.valid_from", "id-card-back.valid_until"
_DOUBTFUL = 0.5


def with_card_age(fields: Mapping[str, FieldValue]) -> dict[str, FieldValue]:
    """Return the fields as they are shown, the days of a card marked that do not go with the holder's age.

    居民身份证法 art. 5: five years below 16, ten below 26, twenty below 46, then for ever. What a person
    typed or confirmed stays as it is.
    """
    born, since = _day(fields, _BORN), _day(fields, _FROM)
    until = fields.get(_UNTIL)
    shown = dict(fields)
    if born is None or since is None or until is None or not until.valid or not until.value:
        return shown
    if validity.fits(since, until.value, born):
        return shown
    return shown | {name: _doubted(fields[name]) for name in (_FROM, _UNTIL)}


def _doubted(value: FieldValue) -> FieldValue:
    if value.confirmed_by is not None or value.origin is Origin.TYPED:
        return value
    checks = (*value.checks, f"!{HOLDER_AGE}")
    return replace(value, checks=checks, valid=False, confidence=min(value.confidence, _DOUBTFUL))


def _day(fields: Mapping[str, FieldValue], name: str) -> date | None:
    value = fields.get(name)
    try:
        return date.fromisoformat(value.value) if value is not None and value.valid else None
    except ValueError:
        return None
