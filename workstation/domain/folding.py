"""From the action log to the case: every entry is one step, and the same log always gives the same case."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from workstation.domain.case import (
    TAKES_SUPPLEMENTS,
    Agent,
    AgentSet,
    Answered,
    Applicant,
    ApplicantSet,
    Bagged,
    BranchMoved,
    Case,
    CaseState,
    ClockResumed,
    ClockStopped,
    CreditChecked,
    Custody,
    Entry,
    Extended,
    FieldSet,
    FieldValue,
    Flag,
    Flagged,
    HomeStreetSet,
    IdentityChecked,
    Move,
    Moved,
    Opened,
    Origin,
    OriginalMarked,
    PackChanged,
    PageAdded,
    PageCountSettled,
    PapersShared,
    Pause,
    Printed,
    ProofWithdrawn,
    Reopened,
    ReuseWithdrawn,
    Sealed,
    SlotCommitted,
    SlotContent,
    SlotDeferred,
    SlotProved,
    SlotReused,
    SupplementOpened,
    Ticketed,
    next_state,
)
from workstation.domain.folding_pages import PAGE_PAYLOADS, with_files, with_pages
from workstation.domain.outcomes import outcome_in


def fold(entries: Iterable[Entry]) -> Case:
    """Fold a log (in `seq` order, starting with `Opened`) into the case.

    Raises:
        IllegalMove: a move in the log is not in the table.
        ValueError: the log is empty, has a gap, or does not start with `Opened`.
    """
    case: Case | None = None
    for entry in entries:
        case = apply(case, entry)
    if case is None:
        raise ValueError("empty log")
    return case


def apply(case: Case | None, entry: Entry) -> Case:
    """Return `case` after one more entry; see `fold` for what is raised."""
    payload = entry.payload
    if case is None:
        if not isinstance(payload, Opened) or entry.seq != 1:
            raise ValueError("a log starts with Opened at 1")
        return _opened(payload, entry)
    if entry.seq != case.length + 1:
        raise ValueError(f"gap in the log: {entry.seq} after {case.length}")
    case = replace(case, length=entry.seq, changed_at=entry.at)
    if isinstance(payload, Moved):
        return _moved(case, payload, entry)
    if isinstance(payload, _SLOT_PAYLOADS):
        return _with_slot(case, payload)
    if isinstance(payload, PAGE_PAYLOADS):
        return with_pages(case, payload, entry.actor)
    if isinstance(payload, _PEOPLE_PAYLOADS):
        return _with_people(case, payload)
    if isinstance(payload, _COURSE_PAYLOADS):
        return _with_course(case, payload, entry.at)
    return _with_fact(case, payload)


def _opened(payload: Opened, entry: Entry) -> Case:
    return Case(
        case_id=entry.case_id,
        number=payload.number,
        item_code=payload.item_code,
        pack_version=payload.pack_version,
        window=payload.window,
        receiving_street=payload.receiving_street,
        ticket=payload.ticket,
        opened_at=entry.at,
        opened_by=entry.actor,
        flags=frozenset({Flag.PRACTICE}) if payload.practice else frozenset(),
        length=1,
        changed_at=entry.at,
    )


def _moved(case: Case, payload: Moved, entry: Entry) -> Case:
    at, state = entry.at, next_state(case.state, payload.move, number=case.number)
    if payload.move is Move.DECIDE:
        case = replace(case, outcome=payload.outcome or outcome_in(entry.why))
    if payload.move in (Move.DECIDE, Move.REFUSE):
        case = replace(case, reason=entry.why)
    return replace(
        case,
        state=state,
        last_move=payload,
        # What came in for a case that ended meanwhile is sent nowhere.
        supplement=case.supplement if state in TAKES_SUPPLEMENTS else None,
        # A resubmission keeps the first receipt: the statutory clock starts once.
        received_at=case.received_at or (at if state is CaseState.RECEIVED else None),
        accepted_at=case.accepted_at or (at if state is CaseState.ACCEPTED else None),
        accepted_due=payload.due if state is CaseState.ACCEPTED else case.accepted_due,
        decided_at=case.decided_at or (at if state is CaseState.DECIDED else None),
    )


SlotPayload = (
    PageAdded
    | PageCountSettled
    | OriginalMarked
    | SlotDeferred
    | SlotCommitted
    | SlotReused
    | ReuseWithdrawn
    | SlotProved
    | ProofWithdrawn
    | Bagged
)


_SLOT_PAYLOADS = (
    PageAdded,
    PageCountSettled,
    OriginalMarked,
    SlotDeferred,
    SlotCommitted,
    SlotReused,
    ReuseWithdrawn,
    SlotProved,
    ProofWithdrawn,
    Bagged,
)


def _with_slot(case: Case, payload: SlotPayload) -> Case:
    slots = dict(case.slots)
    slots[payload.slot] = _slot_after(case.slot(payload.slot), payload)
    return replace(case, slots=slots)


def _slot_after(slot: SlotContent, payload: SlotPayload) -> SlotContent:
    match payload:
        case PageAdded():
            return replace(slot, pages=(*slot.pages, payload.page), committed=False)
        case PageCountSettled():
            return replace(slot, count_settled=payload.pages)
        case OriginalMarked():
            return replace(slot, custody=payload.custody)
        case SlotDeferred():
            return replace(slot, deferred_until=payload.due, deferred_way=payload.way)
        case SlotCommitted():
            return replace(slot, committed=payload.on)
        case SlotReused():
            return replace(slot, reuse=payload.reuse, committed=False)
        case ReuseWithdrawn():
            return replace(slot, reuse=None)
        case SlotProved() | ProofWithdrawn():
            return _proved(slot, payload)
        case Bagged():
            return replace(slot, custody=Custody.BAGGED, bag=payload.bag)


def _proved(slot: SlotContent, payload: SlotProved | ProofWithdrawn) -> SlotContent:
    """A proof that counts stands for the paper, so nothing need be promised for it any more."""
    if isinstance(payload, ProofWithdrawn):
        return replace(slot, proof=None)
    return replace(slot, proof=payload.proof, committed=slot.committed and not payload.proof.counts)


CoursePayload = (
    AgentSet
    | CreditChecked
    | IdentityChecked
    | SupplementOpened
    | Reopened
    | ClockStopped
    | ClockResumed
    | Extended
    | BranchMoved
    | Ticketed
)


_COURSE_PAYLOADS = (
    AgentSet,
    CreditChecked,
    IdentityChecked,
    SupplementOpened,
    Reopened,
    ClockStopped,
    ClockResumed,
    Extended,
    BranchMoved,
    Ticketed,
)


def _with_course(case: Case, payload: CoursePayload, at: datetime) -> Case:
    match payload:
        case AgentSet():
            return _acted_for(case, payload.agent)
        case CreditChecked():
            return replace(case, credit=payload)
        case IdentityChecked():
            return replace(case, identity=payload)
        case SupplementOpened() | Reopened():
            return _opened_again(case, payload)
        case ClockStopped():
            pause = Pause(at, None, payload.procedure, payload.expected)
            return replace(
                case, pauses=(*_closed(case.pauses, at), pause), flags=case.flags | {Flag.SPECIAL_PROCEDURE}
            )
        case ClockResumed():
            return replace(case, pauses=_closed(case.pauses, at), flags=case.flags - {Flag.SPECIAL_PROCEDURE})
        case Extended():
            return replace(case, extension=payload, flags=case.flags | {Flag.EXTENDED})
        case BranchMoved():
            return replace(case, branches={**case.branches, payload.item_code: payload})
        case Ticketed():
            return replace(case, arrival=payload, ticket=payload.ticket)


def _opened_again(case: Case, payload: SupplementOpened | Reopened) -> Case:
    """Open a sealed case for what comes in, or for what was refused; the next seal closes it."""
    if isinstance(payload, Reopened):
        return replace(case, reopened=payload.bundle_id)
    return replace(case, supplement=payload)


def _acted_for(case: Case, agent: Agent | None) -> Case:
    """Name who acts; what was proved of somebody who acts no more counts no more."""
    before, now = (who.id_number if who else "" for who in (case.agent, agent))
    owner = case.applicant.id_number if case.applicant else ""
    if before in ("", now, owner):
        return replace(case, agent=agent)
    slots = {
        name: replace(slot, proof=None) if slot.proof and slot.proof.holder_number == before else slot
        for name, slot in case.slots.items()
    }
    return replace(case, agent=agent, slots=slots)


def _closed(pauses: tuple[Pause, ...], at: datetime) -> tuple[Pause, ...]:
    return tuple(pause if pause.end else replace(pause, end=at) for pause in pauses)


PeoplePayload = ApplicantSet | PapersShared
_PEOPLE_PAYLOADS = (ApplicantSet, PapersShared)


def _with_people(case: Case, payload: PeoplePayload) -> Case:
    match payload:
        case ApplicantSet():
            return _named(case, payload.applicant)
        case PapersShared():
            return replace(case, shares={**case.shares, payload.share.id_number: payload.share})


FactPayload = Opened | PackChanged | Answered | HomeStreetSet | FieldSet | Sealed | Printed | Flagged


def _with_fact(case: Case, payload: FactPayload) -> Case:
    match payload:
        case Answered():
            return _answered(case, payload)
        case HomeStreetSet():
            return replace(case, home_street=payload.street, second_street=payload.second)
        case FieldSet():
            return replace(case, fields=_with_field(case.fields, payload))
        case Sealed():
            sealed = with_files(case, payload.files)
            return replace(sealed, bundles=(*case.bundles, payload), supplement=None, reopened="")
        case Printed():
            return replace(case, papers=(*case.papers, payload))
        case Flagged():
            flags = case.flags | {payload.flag} if payload.on else case.flags - {payload.flag}
            return replace(case, flags=flags)
        case PackChanged():
            answers = {name: option for name, option in case.answers.items() if name not in payload.dropped}
            return replace(case, pack_version=payload.version, answers=answers)
        case Opened():
            raise ValueError("a case is opened once")


def _named(case: Case, applicant: Applicant) -> Case:
    """Name the applicant; what was found out or promised about another person counts no more."""
    if case.applicant is None or case.applicant.id_number == applicant.id_number:
        return replace(case, applicant=applicant)
    slots = {
        name: replace(slot, committed=False, deferred_until=None, proof=None)
        for name, slot in case.slots.items()
    }
    return replace(case, applicant=applicant, credit=None, slots=slots, shares={})


def _answered(case: Case, payload: Answered) -> Case:
    """Take an answer; a fact never replaces what the clerk answered, and takes back only its own."""
    is_fact = payload.origin is Origin.DERIVED
    if is_fact and payload.question in case.answers and payload.question not in case.derived:
        return case
    if is_fact and not payload.option:
        left = {question: option for question, option in case.answers.items() if question != payload.question}
        return replace(case, answers=left, derived=case.derived - {payload.question})
    derived = case.derived | {payload.question} if is_fact else case.derived - {payload.question}
    return replace(case, answers={**case.answers, payload.question: payload.option}, derived=derived)


def _with_field(values: Mapping[str, FieldValue], payload: FieldSet) -> dict[str, FieldValue]:
    """Add a value; a proposal never replaces what a person settled, nor a reading what a chip says."""
    present = values.get(payload.field)
    settled = present is not None and (present.origin is Origin.TYPED or present.confirmed_by is not None)
    is_person = payload.value.origin is Origin.TYPED or payload.value.confirmed_by is not None
    if settled and not is_person:
        return dict(values)
    is_chip = present is not None and present.origin is Origin.CHIP
    if is_chip and not is_person and payload.value.origin is not Origin.CHIP:
        return dict(values)
    return {**values, payload.field: payload.value}
