"""场景授权: which open case allows which archived material to be looked at.

Data of a person is for the purpose it is asked for and no more (个人信息保护法 art. 6). A look at archived
material therefore needs a case that is open, whose item lists that kind of material, and whose applicant is
the person (or has a relation to them that the case records).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from workstation.domain.case import Case
from workstation.domain.items import Item


class SceneFault(StrEnum):
    """Why a case does not allow a look."""

    CASE_CLOSED = "CASE_CLOSED"
    NOT_LISTED = "NOT_LISTED"
    NO_APPLICANT = "NO_APPLICANT"
    OTHER_PERSON = "OTHER_PERSON"


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """A permitted look; whoever opens archived data asks for one, and gives it to the audit."""

    actor: str
    case_id: str
    case_number: str
    item_code: str
    standard_id: str
    person: str
    """Identity number (or USCC) of whose material it is."""


def scene_fault(
    case: Case, item: Item, *, standard_id: str, person: str, related: Collection[str] = ()
) -> SceneFault | None:
    """Return why this case does not allow a look at a person's material; None when it does.

    Args:
        case: the case at the counter.
        item: its item.
        standard_id: standard material, as archived.
        person: whose it is.
        related: numbers of people to whom the case records a relation and their permission.
    """
    wanted = [material.id for material in item.materials if material.standard_id == standard_id]
    if not wanted:
        return SceneFault.NOT_LISTED
    if not any(case.may_fill(material_id) for material_id in wanted):
        return SceneFault.CASE_CLOSED
    if case.applicant is None:
        return SceneFault.NO_APPLICANT
    own = _plain(case.applicant.id_number)
    if not own or _plain(person) not in {own, *map(_plain, related)}:
        return SceneFault.OTHER_PERSON
    return None


def _plain(number: str) -> str:
    return number.strip().upper()
