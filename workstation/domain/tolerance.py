"""What may follow later (容缺受理) and what may be promised (告知承诺): two things, each with its bars.

Tolerance lets a secondary paper arrive after acceptance: the item is not finished on the spot, every key
material is complete, the applicant's credit is not bad (广东省优化营商环境条例 art. 32). A commitment puts a
written promise in the place of a proof (广东省优化营商环境条例 art. 36): nothing follows.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from enum import StrEnum

from workstation.domain.case import Case
from workstation.domain.checklist import Checklist, ChecklistLine, SlotStatus, checklist
from workstation.domain.facts import CreditOutcome
from workstation.domain.items import Item
from workstation.domain.kinds import Need, OriginalRule

_OPEN = frozenset({SlotStatus.MISSING, SlotStatus.PENDING, SlotStatus.LATER, SlotStatus.COMMITTED})
"""Lines nobody has handed anything in for."""


class Bar(StrEnum):
    """Why a line may not follow later, or may not be promised."""

    NOT_ASKED = "NOT_ASKED"
    """The answers do not ask for it."""
    HANDED_IN = "HANDED_IN"
    """It is here already."""
    KEY_MATERIAL = "KEY_MATERIAL"
    """Main material (主要材料): never tolerated."""
    INSTANT = "INSTANT"
    """Item finished on the spot: nothing can follow."""
    NO_LIMIT = "NO_LIMIT"
    """The item has no limit that a last day could be taken from."""
    CREDIT_UNASKED = "CREDIT_UNASKED"
    """The item wants the credit library asked first."""
    CREDIT_UNKNOWN = "CREDIT_UNKNOWN"
    """It gave no answer, and nobody has gone on with a reason."""
    CREDIT_BAD = "CREDIT_BAD"
    """The applicant stands on a list of dishonest persons."""
    NOT_COMMITTABLE = "NOT_COMMITTABLE"
    """The item takes no promise for this material."""


def tolerance_bars(item: Item, case: Case, slot: str) -> tuple[Bar, ...]:
    """Return what keeps a line from following later; empty means it may.

    Whether the key materials are complete is looked at when the case is received: a clerk works the list from
    above, and what is scanned after this line counts as well.
    """
    line = _line(checklist(item, case), slot)
    if line is None:
        return (Bar.NOT_ASKED,)
    found = {
        Bar.HANDED_IN: line.status not in _OPEN,
        Bar.KEY_MATERIAL: line.material.need is not Need.TOLERABLE,
        Bar.INSTANT: item.instant,
        Bar.NO_LIMIT: item.promised is None and item.statutory is None,
    }
    return (*(bar for bar, holds in found.items() if holds), *credit_bars(item, case))


def commitment_bars(item: Item, case: Case, slot: str) -> tuple[Bar, ...]:
    """Return what keeps a line from being promised; empty means it may."""
    line = _line(checklist(item, case), slot)
    if line is None:
        return (Bar.NOT_ASKED,)
    found = {
        Bar.HANDED_IN: line.status not in _OPEN,
        Bar.NOT_COMMITTABLE: item.commitment is None or not line.material.committable,
        # 告知承诺 is closed to the dishonest until their record is repaired, as tolerance is.
        Bar.CREDIT_BAD: case.credit is not None and case.credit.outcome is CreditOutcome.BAD,
    }
    return tuple(bar for bar, holds in found.items() if holds)


def credit_bars(item: Item, case: Case) -> tuple[Bar, ...]:
    """Return what the credit check says against tolerance; an item without one only heeds a bad answer."""
    credit = case.credit
    if credit is None:
        return (Bar.CREDIT_UNASKED,) if item.credit_check else ()
    if credit.outcome is CreditOutcome.BAD:
        return (Bar.CREDIT_BAD,)
    is_open = credit.outcome is CreditOutcome.UNKNOWN and not credit.overridden
    return (Bar.CREDIT_UNKNOWN,) if is_open and item.credit_check else ()


def must_ask_credit(item: Item, case: Case) -> bool:
    """Return whether the credit library comes first: the item says so, and may let something follow."""
    may_follow = not item.instant and any(material.need is Need.TOLERABLE for material in item.materials)
    is_open = not case.is_sealed and case.applicant is not None and case.credit is None
    return item.credit_check and may_follow and is_open


def key_materials_missing(lines: Checklist) -> tuple[ChecklistLine, ...]:
    """Return the main materials that still want something; forms are made at the window."""
    return tuple(
        line
        for line in lines.missing
        if line.material.need is Need.REQUIRED and line.material.original is not OriginalRule.FORM
    )


def later(item: Item, case: Case) -> tuple[ChecklistLine, ...]:
    """Return the lines that follow under tolerance."""
    return tuple(line for line in checklist(item, case).lines if line.status is SlotStatus.LATER)


def committed(item: Item, case: Case) -> tuple[ChecklistLine, ...]:
    """Return the lines a promise stands for."""
    return tuple(line for line in checklist(item, case).lines if line.status is SlotStatus.COMMITTED)


def overdue(case: Case, today: date) -> Mapping[str, date]:
    """Return the debts whose last day is over, slot -> last day."""
    return {slot: due for slot, due in case.debts.items() if due < today}


def _line(lines: Checklist, slot: str) -> ChecklistLine | None:
    return next((line for line in lines.lines if line.material.id == slot), None)
