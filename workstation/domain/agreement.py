"""What the documents of one case say about the same person: where they agree, and where they contradict.

A reading that a second document repeats is surer than either alone; one that another document contradicts
wants eyes, whatever the engine thought of it. Nothing here decides: the clerk compares.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import combinations

from workstation.domain.facts import Applicant, FieldValue, Origin

AGREES = "agrees-with"
"""Name of the check; the document follows after a colon, and a failed check has a leading `!`."""
APPLICANT = "applicant"
"""Stands for a document where the clerk's confirmed applicant is meant."""
_CERTAIN, _DOUBTFUL = 0.99, 0.5
_MOST_MISREAD = 2
_ID_LENGTH = 18


class Weight(StrEnum):
    """How much a contradiction matters."""

    GRAVE = "GRAVE"
    """It would name another person: name, number, birth date."""
    SLIGHT = "SLIGHT"
    """Sex or ethnic group: hardly more than a misread word."""


_WEIGHTS = {
    "name": Weight.GRAVE,
    "id_number": Weight.GRAVE,
    "birth_date": Weight.GRAVE,
    "sex": Weight.SLIGHT,
    "ethnicity": Weight.SLIGHT,
}
"""What is compared. Addresses are not: a home and the place of registration may differ."""

_OWN = {name: name for name in _WEIGHTS}
_ROLES: Mapping[str, tuple[Mapping[str, str], ...]] = {
    "id-card-front": (_OWN,),
    "household-register-page": (_OWN,),
    "residence-permit-front": (_OWN,),
    "social-security-card": (_OWN,),
    "disability-certificate": ({**_OWN, "id_number": "certificate_number"},),
    "marriage-certificate": (
        {"name": "husband_name", "birth_date": "husband_birth_date", "id_number": "husband_id_number"},
        {"name": "wife_name", "birth_date": "wife_birth_date", "id_number": "wife_id_number"},
    ),
    "birth-certificate": (
        {"name": "newborn_name", "sex": "sex", "birth_date": "born_at"},
        {"name": "mother_name", "id_number": "mother_id_number"},
        {"name": "father_name", "id_number": "father_id_number"},
    ),
}
"""Who each kind of document speaks of, and in which fields; a kind not named here speaks of nobody."""


@dataclass(frozen=True, slots=True)
class Said:
    """What one document says about one thing of one person."""

    field: str
    """Name among the case's fields, e.g. `id-card-front.name`; `applicant.name` for the confirmed one."""
    value: str
    reading: FieldValue | None
    """None: confirmed, not read."""

    @property
    def document(self) -> str:
        """The kind of document."""
        return self.field.partition(".")[0]


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Two documents say different things of one person."""

    aspect: str
    """name, id_number, birth_date, sex or ethnicity."""
    one: Said
    other: Said
    weight: Weight


@dataclass(frozen=True, slots=True)
class Comparison:
    """All that the documents of a case say about the same people."""

    agreements: tuple[tuple[Said, Said], ...] = ()
    contradictions: tuple[Contradiction, ...] = ()


_Person = Mapping[str, Said]


def compare(fields: Mapping[str, FieldValue], applicant: Applicant | None = None) -> Comparison:
    """Compare what documents say about the same person, found by number or else by name.

    Args:
        fields: readings by `kind.field`; values of the form are passed over.
        applicant: as confirmed by the clerk.
    """
    agreed, contradicted = [], []
    for one, other in combinations(_people(fields, applicant), 2):
        if not _is_same_person(one, other):
            continue
        for aspect, weight in _WEIGHTS.items():
            if aspect not in one or aspect not in other or _is_one_page(one[aspect], other[aspect]):
                continue
            if one[aspect].value == other[aspect].value:
                agreed.append((one[aspect], other[aspect]))
            else:
                contradicted.append(Contradiction(aspect, one[aspect], other[aspect], weight))
    return Comparison(tuple(agreed), tuple(contradicted))


def contradictions(
    fields: Mapping[str, FieldValue], applicant: Applicant | None = None
) -> tuple[Contradiction, ...]:
    """Return only where documents contradict each other; see `compare`."""
    return compare(fields, applicant).contradictions


def judged(fields: Mapping[str, FieldValue], comparison: Comparison) -> dict[str, FieldValue]:
    """Return the fields, surer where another document agrees, and marked where one contradicts.

    What a person typed or confirmed stays as it is. A form's value is judged like the reading it was taken
    from. The stored values are not changed: this is how they are shown.
    """
    readings = {name: value for name, value in fields.items() if "." in name}
    changed = {name: _judged(name, value, comparison) for name, value in readings.items()}
    shown = dict(fields) | changed
    for name in fields.keys() - readings.keys():
        source = next((own for own, read in readings.items() if read == fields[name]), None)
        shown[name] = changed[source] if source else fields[name]
    return shown


def _judged(name: str, value: FieldValue, comparison: Comparison) -> FieldValue:
    if value.confirmed_by is not None or value.origin is Origin.TYPED or not value.value:
        return value
    against = [_other(found.one, found.other, name) for found in comparison.contradictions]
    opposed = _documents(against)
    if opposed:
        checks = (*value.checks, *(f"!{AGREES}:{kind}" for kind in opposed))
        return replace(value, checks=checks, valid=False, confidence=min(value.confidence, _DOUBTFUL))
    backing = [said for pair in comparison.agreements if (said := _other(*pair, name)) is not None]
    if not backing or not value.valid:
        return value
    doubt = 1 - value.confidence
    for said in backing:
        doubt *= 1 - (said.reading.confidence if said.reading else _CERTAIN)
    checks = (*value.checks, *(f"{AGREES}:{kind}" for kind in _documents(backing)))
    return replace(value, checks=checks, confidence=max(value.confidence, round(min(_CERTAIN, 1 - doubt), 3)))


def _other(one: Said, other: Said, name: str) -> Said | None:
    return other if one.field == name else one if other.field == name else None


def _documents(said: Sequence[Said | None]) -> list[str]:
    return list(dict.fromkeys(one.document for one in said if one is not None))


def _people(fields: Mapping[str, FieldValue], applicant: Applicant | None) -> Iterator[_Person]:
    """Yield everybody a document speaks of, as far as something of them was read."""
    for kind, roles in _ROLES.items():
        for role in roles:
            person = {
                aspect: Said(field, _plain(aspect, fields[field].value), fields[field])
                for aspect, own in role.items()
                if (field := f"{kind}.{own}") in fields and fields[field].value
            }
            if person:
                yield person
    if applicant is not None:
        yield _confirmed(applicant)


def _confirmed(applicant: Applicant) -> _Person:
    known = {
        "name": applicant.name,
        "id_number": applicant.id_number,
        "birth_date": str(applicant.birth_date or ""),
        "sex": applicant.sex,
        "ethnicity": applicant.ethnicity,
    }
    return {aspect: Said(f"{APPLICANT}.{aspect}", text, None) for aspect, text in known.items() if text}


def _plain(aspect: str, value: str) -> str:
    """A disability certificate's number begins with the citizen's; a birth has a time."""
    length = {"id_number": _ID_LENGTH, "birth_date": len("2000-01-01")}.get(aspect)
    return value[:length]


def _is_one_page(one: Said, other: Said) -> bool:
    """What one page says twice is one witness."""
    pages = [said.reading.page_id for said in (one, other) if said.reading is not None]
    return len(pages) == 2 and pages[0] is not None and pages[0] == pages[1]


def _is_same_person(one: _Person, other: _Person) -> bool:
    """Say whether two documents speak of one person, though something of it may be misread.

    Equal numbers are one person. Two right numbers that differ are two people, twins among them, unless they
    bear one name and one birth date, or a name and numbers that differ like a misreading. Without a number on
    either side name and birth date tell.
    """
    names, numbers, births = (_likeness(one, other, aspect) for aspect in ("name", "id_number", "birth_date"))
    if numbers is not None:
        both_hold = all(_holds(person["id_number"]) for person in (one, other))
        if numbers == 0 or (names == 0 and (numbers <= _MOST_MISREAD or births == 0)):
            return True
        return numbers <= _MOST_MISREAD and births == 0 and not both_hold
    if names == 0:
        return births is None or births <= _MOST_MISREAD
    return names == 1 and births == 0


def _holds(said: Said) -> bool:
    return said.reading is None or said.reading.valid


def _likeness(one: _Person, other: _Person, aspect: str) -> int | None:
    """Return how many characters differ, None when one side does not say; of unlike length many do."""
    if aspect not in one or aspect not in other:
        return None
    first, second = one[aspect].value, other[aspect].value
    if len(first) != len(second):
        return _ID_LENGTH
    return sum(was != now for was, now in zip(first, second, strict=True))
