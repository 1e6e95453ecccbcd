"""How long a case took, read from its action log: from call to receipt, and step by step.

The time before an entry belongs to the entry's step: what the clerk did in between led to it. A gap of more
than five minutes is no work on the case; it is reported apart. Where the window's clock was set back in
between, the log says nothing of the time, and neither does this module.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from workstation.domain.case import Case
from workstation.domain.entries import (
    AgentSet,
    Answered,
    ApplicantSet,
    Entry,
    FieldSet,
    Flagged,
    HomeStreetSet,
    Moved,
    Opened,
    Payload,
    Printed,
    Reopened,
    Sealed,
    Ticketed,
)
from workstation.domain.facts import Flag, Move, Origin

IDLE_GAP = timedelta(minutes=5)
"""A longer silence between two keys counts as put aside (挂起)."""


class Stage(StrEnum):
    """What the clerk was busy with, in the order of the workspace."""

    GREETING = "GREETING"
    """From the call to the opened item."""
    SITUATION = "SITUATION"
    APPLICANT = "APPLICANT"
    MATERIALS = "MATERIALS"
    FORM = "FORM"
    DECISION = "DECISION"


@dataclass(frozen=True, slots=True, kw_only=True)
class Handling:
    """The time one case took at the window, up to its first receipt."""

    worked_s: float
    """Sum of the stages."""
    idle_s: float
    """Put aside in between, not part of `worked_s`."""
    stages: Mapping[Stage, float]
    """Seconds of each stage that took any, in order."""
    ended_at: datetime
    """When the case was received."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Savings:
    """What the citizen and the clerk were spared."""

    prefilled: int
    """Form values that came from a card, a scan, the archive or a fact."""
    typed: int
    reused_sheets: int
    scanned_sheets: int


def handling(log: Sequence[Entry]) -> Handling | None:
    """Return the time a case took; None before its receipt, or when the clock was set back in between."""
    course = _to_receipt(log)
    if not course:
        return None
    last, stages, idle_s = _start(course), dict.fromkeys(Stage, 0.0), 0.0
    for entry in course:
        gap = entry.at - last
        if gap < timedelta(0):
            return None
        if gap > IDLE_GAP or _ends_hold(entry.payload):
            idle_s += gap.total_seconds()
        else:
            stages[stage_of(entry.payload)] += gap.total_seconds()
        last = entry.at
    spent = {stage: seconds for stage, seconds in stages.items() if seconds}
    return Handling(worked_s=sum(spent.values()), idle_s=idle_s, stages=spent, ended_at=last)


def savings(cases: Iterable[Case]) -> Savings:
    """Count what was filled in by itself and what was reused, over some cases."""
    kept = tuple(cases)
    # A reading of a document ("id-card-front.name") is no value of the form.
    values = [
        value for case in kept for name, value in case.fields.items() if value.value and "." not in name
    ]
    slots = [slot for case in kept for slot in case.slots.values()]
    typed = sum(value.origin is Origin.TYPED for value in values)
    return Savings(
        prefilled=len(values) - typed,
        typed=typed,
        reused_sheets=sum(len(slot.reuse.pages) for slot in slots if slot.reuse is not None),
        scanned_sheets=sum(len(slot.pages) for slot in slots),
    )


def stage_of(payload: Payload) -> Stage:
    """Return the stage an entry belongs to."""
    match payload:
        case Opened() | Ticketed():
            return Stage.GREETING
        case Answered():
            return Stage.SITUATION
        case ApplicantSet() | HomeStreetSet() | AgentSet():
            return Stage.APPLICANT
        case FieldSet():
            return _stage_of_value(payload)
        case Moved() | Sealed() | Reopened() | Printed() | Flagged():
            return Stage.DECISION
        case _:
            return Stage.MATERIALS


def _stage_of_value(payload: FieldSet) -> Stage:
    """A value taken from a page or a card was waited for there; only a person fills in the form."""
    if payload.value.origin is Origin.CARD:
        return Stage.APPLICANT
    by_hand = payload.value.origin is Origin.TYPED or payload.value.confirmed_by is not None
    return Stage.FORM if by_hand else Stage.MATERIALS


def _to_receipt(log: Sequence[Entry]) -> Sequence[Entry]:
    """Return the log up to its first receipt with all that was done in the same instant; else nothing."""
    for number, entry in enumerate(log):
        if isinstance(entry.payload, Moved) and entry.payload.move is Move.RECEIVE:
            return log[: number + 1]
    return ()


def _start(course: Sequence[Entry]) -> datetime:
    """Return when the citizen was called, or greeted; without a ticket when the item was opened."""
    for entry in course:
        if isinstance(entry.payload, Ticketed):
            return entry.payload.called_at or entry.payload.greeted_at or course[0].at
    return course[0].at


def _ends_hold(payload: Payload) -> bool:
    return isinstance(payload, Flagged) and payload.flag is Flag.ON_HOLD and not payload.on
