"""Answers nobody need ask for: the identity card, the confirmed address or the archive gives them."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass
from datetime import date

from workstation.domain.facts import Applicant
from workstation.domain.identity import age_on
from workstation.domain.items import Item
from workstation.domain.kinds import KnownFrom
from workstation.domain.situations import Known, KnownOption


@dataclass(frozen=True, slots=True)
class KnownAnswer:
    """An option a fact gives, and that fact."""

    option: str
    source: KnownFrom
    fact: str
    """Age in full years, 男 or 女, the address, or the standard id of the archived material (empty: none)."""


def known_answers(
    item: Item, applicant: Applicant, archived_standard_ids: Set[str], today: date
) -> dict[str, KnownAnswer]:
    """Return what facts answer, by question; a question whose fact is missing is left to the clerk.

    Args:
        item: its questions say which fact answers them.
        applicant: as confirmed by the clerk; birth date and sex come from a valid number.
        archived_standard_ids: standard materials of which a usable copy is kept.
        today: local date, for the age.
    """
    answers = {}
    for question in item.questions:
        found = (
            None
            if question.known is None
            else _answer(question.known, applicant, archived_standard_ids, today)
        )
        if found is not None:
            answers[question.id] = found
    return answers


def _answer(known: Known, applicant: Applicant, archived: Set[str], today: date) -> KnownAnswer | None:
    match known.source:
        case KnownFrom.AGE:
            return _by_age(known, applicant.birth_date, today)
        case KnownFrom.ARCHIVE:
            return _first(known, {word: word for o in known.options for word in o.words if word in archived})
        case KnownFrom.SEX:
            present, fact = {applicant.sex}, applicant.sex
        case KnownFrom.ADDRESS:
            fact = applicant.address
            present = {word for o in known.options for word in o.words if word in fact}
    return _first(known, dict.fromkeys(present, fact), fact) if fact else None


def _by_age(known: Known, birth: date | None, today: date) -> KnownAnswer | None:
    if birth is None or birth > today:
        return None
    age = age_on(birth, today)
    fitting = (option for option in known.options if option.years_min <= age <= option.years_max)
    return next((KnownAnswer(option.option, known.source, str(age)) for option in fitting), None)


def _first(known: Known, facts: dict[str, str], otherwise: str = "") -> KnownAnswer | None:
    """Return the first option one of whose words is a fact; one without words takes what is left over."""
    for option in known.options:
        fact = _fact(option, facts, otherwise)
        if fact is not None:
            return KnownAnswer(option.option, known.source, fact)
    return None


def _fact(option: KnownOption, facts: dict[str, str], otherwise: str) -> str | None:
    if not option.words:
        return otherwise
    return next((facts[word] for word in option.words if word in facts), None)
