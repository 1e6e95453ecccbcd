"""What a case takes over by itself: the card's values into the form, and the answers that facts give."""

from __future__ import annotations

import re
from collections.abc import Mapping, Set
from dataclasses import replace
from datetime import date

from workstation.domain.case import Answered, Applicant, Case, FieldSet, FieldValue, Origin, Payload
from workstation.domain.checklist import active_fields
from workstation.domain.forms import FormField
from workstation.domain.items import Item
from workstation.domain.known import known_answers
from workstation.domain.situations import Answers

CARD = "id-card-front"
PHONE = "phone"
"""Form field that takes over the telephone number typed with the applicant."""


def card_values(applicant: Applicant) -> dict[str, str]:
    """Return the applicant's data under the field names of the card's front; empty values left out."""
    values = {
        "name": applicant.name,
        "sex": applicant.sex,
        "ethnicity": applicant.ethnicity,
        "birth_date": applicant.birth_date.isoformat() if applicant.birth_date else "",
        "address": applicant.address,
        "id_number": applicant.id_number,
    }
    return {key: value for key, value in values.items() if value}


def card_fields(
    case: Case, item: Item, applicant: Applicant, *, answers: Answers, clerk: str
) -> list[Payload]:
    """Return the card's values for the form fields that these answers ask for.

    What a person typed, or confirmed against a page, stays.
    """
    known = card_values(applicant)
    facts: list[Payload] = []
    for field in active_fields(item, answers):
        present = case.fields.get(field.id)
        if field.id == PHONE:
            if applicant.phone and not _is_own(present, case.applicant):
                facts.append(FieldSet(field=PHONE, value=_confirmed(applicant.phone, Origin.TYPED, clerk)))
            continue
        names = [source.field for source in field.sources if source.document_kind == CARD]
        value = next((known[name] for name in names if name in known), "")
        # What the card of an applicant named before put here must not stay, even if nothing replaces it.
        carried = present is not None and present.origin is Origin.CARD
        if carried or (value and not _is_settled(present)):
            facts.append(FieldSet(field=field.id, value=_confirmed(value, Origin.CARD, clerk)))
    return facts


def newly_asked(case: Case, item: Item, *, answers: Answers, clerk: str) -> list[Payload]:
    """Return values for fields that only these answers ask for, from the card and from pages read before."""
    before = {field.id for field in active_fields(item, case.answers)}
    facts = (
        card_fields(case, item, case.applicant, answers=answers, clerk=clerk)
        if case.applicant is not None
        else []
    )
    added = [fact for fact in facts if isinstance(fact, FieldSet) and fact.field not in before]
    filled = {*case.fields, *(fact.field for fact in added)}
    for field in active_fields(item, answers):
        read = _reading(case, field)
        if field.id not in before and field.id not in filled and read is not None:
            added.append(FieldSet(field=field.id, value=replace(read, confirmed_by=None)))
    return list(added)


def _reading(case: Case, field: FormField) -> FieldValue | None:
    """Return what was read for a field: its sources are named in order, the best first."""
    readings = (case.fields.get(f"{source.document_kind}.{source.field}") for source in field.sources)
    return next((read for read in readings if read is not None and read.value), None)


def answers_of_facts(
    case: Case, item: Item, applicant: Applicant, archived: Set[str], today: date
) -> list[Payload]:
    """Return the answers that facts give now, and take back those that only an earlier applicant's gave.

    An answer the clerk gave stays.
    """
    known = known_answers(item, applicant, archived, today)
    present = case.answers
    given = [
        Answered(question=question, option=answer.option, origin=Origin.DERIVED)
        for question, answer in known.items()
        if present.get(question) != answer.option and (question not in present or question in case.derived)
    ]
    gone = [
        Answered(question=question.id, option="", origin=Origin.DERIVED)
        for question in item.questions
        if question.known is not None and question.id in case.derived and question.id not in known
    ]
    return [*given, *gone]


def answers_after(case: Case, facts: list[Payload]) -> dict[str, str]:
    """Return the case's answers once these facts are recorded."""
    answers = dict(case.answers)
    for fact in facts:
        if isinstance(fact, Answered):
            answers[fact.question] = fact.option
    return {question: option for question, option in answers.items() if option}


def guess_street(streets: Mapping[str, str], address: str) -> str:
    """Return the code of the street an address names, or an empty text.

    An address that names any street in full is taken at its word; else a name without 街道 counts, unless
    it is part of the name of a district, a road or the like, or another street is named too.
    """
    found = [code for code, name in streets.items() if name in address]
    if not found and "街道" not in address:
        found = [code for code, name in streets.items() if _names(address, name.removesuffix("街道"))]
    return found[0] if len(found) == 1 else ""


def _names(address: str, short: str) -> bool:
    return re.search(rf"{re.escape(short)}(?![区县市路道街巷])", address) is not None


def _confirmed(value: str, origin: Origin, clerk: str) -> FieldValue:
    return FieldValue(value=value, origin=origin, confirmed_by=clerk)


def _is_settled(value: FieldValue | None) -> bool:
    """True for what a person typed or confirmed against a page."""
    if value is None:
        return False
    return value.origin is Origin.TYPED or (value.origin is Origin.OCR and value.confirmed_by is not None)


def _is_own(value: FieldValue | None, before: Applicant | None) -> bool:
    """True for a number typed into the form, and not carried over from the applicant named before."""
    carried = before is not None and value is not None and value.value == before.phone
    return _is_settled(value) and not carried
