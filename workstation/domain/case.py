"""The case (办件): few states, one total move table, flags, and the action log it folds from.

Nothing about a case is stored but its log. `fold` turns the log into a `Case`; every screen, service and
paper reads that value. A log entry says who did what, when by the window's clock and by a counter that
never goes back, and why.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum

from workstation.domain.entries import (
    Answered as Answered,
)
from workstation.domain.entries import (
    Applicant as Applicant,
)
from workstation.domain.entries import (
    ApplicantSet as ApplicantSet,
)
from workstation.domain.entries import (
    Bagged as Bagged,
)
from workstation.domain.entries import (
    Box as Box,
)
from workstation.domain.entries import (
    Custody as Custody,
)
from workstation.domain.entries import (
    Defect as Defect,
)
from workstation.domain.entries import (
    Entry as Entry,
)
from workstation.domain.entries import (
    FieldSet as FieldSet,
)
from workstation.domain.entries import (
    FieldValue as FieldValue,
)
from workstation.domain.entries import (
    Flag as Flag,
)
from workstation.domain.entries import (
    Flagged as Flagged,
)
from workstation.domain.entries import (
    HomeStreetSet as HomeStreetSet,
)
from workstation.domain.entries import (
    Move as Move,
)
from workstation.domain.entries import (
    Moved as Moved,
)
from workstation.domain.entries import (
    Opened as Opened,
)
from workstation.domain.entries import (
    Origin as Origin,
)
from workstation.domain.entries import (
    OriginalMarked as OriginalMarked,
)
from workstation.domain.entries import (
    Page as Page,
)
from workstation.domain.entries import (
    PageAdded as PageAdded,
)
from workstation.domain.entries import (
    PageRemoved as PageRemoved,
)
from workstation.domain.entries import (
    Payload as Payload,
)
from workstation.domain.entries import (
    Printed as Printed,
)
from workstation.domain.entries import (
    Reuse as Reuse,
)
from workstation.domain.entries import (
    ReuseWithdrawn as ReuseWithdrawn,
)
from workstation.domain.entries import (
    Sealed as Sealed,
)
from workstation.domain.entries import (
    SlotDeferred as SlotDeferred,
)
from workstation.domain.entries import (
    SlotReused as SlotReused,
)
from workstation.domain.entries import (
    TrustLevel as TrustLevel,
)
from workstation.domain.errors import IllegalMove


class CaseState(StrEnum):
    """Status of a case; everything else is a flag."""

    DRAFT = "DRAFT"
    RECEIVED = "RECEIVED"
    CORRECTION = "CORRECTION"
    ACCEPTED = "ACCEPTED"
    REFUSED = "REFUSED"
    IN_REVIEW = "IN_REVIEW"
    DECIDED = "DECIDED"
    DELIVERED = "DELIVERED"
    WITHDRAWN = "WITHDRAWN"
    TERMINATED = "TERMINATED"


_S, _M = CaseState, Move

MOVES: dict[CaseState, dict[Move, CaseState]] = {
    _S.DRAFT: {_M.RECEIVE: _S.RECEIVED, _M.WITHDRAW: _S.WITHDRAWN},
    _S.RECEIVED: {
        _M.ACCEPT: _S.ACCEPTED,
        _M.CORRECT: _S.CORRECTION,
        _M.REFUSE: _S.REFUSED,
        _M.WITHDRAW: _S.WITHDRAWN,
    },
    _S.CORRECTION: {
        _M.RECEIVE: _S.RECEIVED,
        _M.WITHDRAW: _S.WITHDRAWN,
        _M.TERMINATE: _S.TERMINATED,
    },
    _S.ACCEPTED: {
        _M.REVIEW: _S.IN_REVIEW,
        _M.DECIDE: _S.DECIDED,
        _M.WITHDRAW: _S.WITHDRAWN,
        _M.TERMINATE: _S.TERMINATED,
    },
    _S.IN_REVIEW: {
        _M.DECIDE: _S.DECIDED,
        _M.WITHDRAW: _S.WITHDRAWN,
        _M.TERMINATE: _S.TERMINATED,
    },
    _S.DECIDED: {_M.DELIVER: _S.DELIVERED},
    _S.REFUSED: {},
    _S.DELIVERED: {},
    _S.WITHDRAWN: {},
    _S.TERMINATED: {},
}
"""The total move table: one row per state.

Grounds: 行政许可法 art. 32 (receive, accept, correct, refuse), 34 (review), 38 (decide), 44 (deliver).
"""

EDITABLE = frozenset({CaseState.DRAFT, CaseState.CORRECTION})
"""States in which materials and fields may change; elsewhere the case is sealed and frozen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotContent:
    """What a slot holds."""

    pages: tuple[Page, ...] = ()
    reuse: Reuse | None = None
    custody: Custody = Custody.NOT_SEEN
    deferred_until: date | None = None
    bag: str = ""


EMPTY_SLOT = SlotContent()


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """The present of a case, folded from its log."""

    case_id: str
    number: str
    item_code: str
    pack_version: str
    window: str
    receiving_street: str
    opened_at: datetime
    opened_by: str
    ticket: str = ""
    state: CaseState = CaseState.DRAFT
    flags: frozenset[Flag] = frozenset()
    answers: Mapping[str, str] = field(default_factory=dict)
    applicant: Applicant | None = None
    home_street: str = ""
    slots: Mapping[str, SlotContent] = field(default_factory=dict)
    fields: Mapping[str, FieldValue] = field(default_factory=dict)
    received_at: datetime | None = None
    accepted_at: datetime | None = None
    decided_at: datetime | None = None
    last_move: Moved | None = None
    bundles: tuple[Sealed, ...] = ()
    papers: tuple[Printed, ...] = ()
    length: int = 0
    """Number of log entries folded."""
    changed_at: datetime

    @property
    def is_sealed(self) -> bool:
        """True when the case may not change at the window."""
        return self.state not in EDITABLE

    @property
    def is_practice(self) -> bool:
        """True for training cases: a production gateway refuses them."""
        return Flag.PRACTICE in self.flags

    def slot(self, material_id: str) -> SlotContent:
        """Return what the slot holds; an untouched slot is empty."""
        return self.slots.get(material_id, EMPTY_SLOT)


def next_state(state: CaseState, move: Move, *, number: str = "") -> CaseState:
    """Return the state after `move`.

    Raises:
        IllegalMove: the table has no such move; `number` names the case in the message.
    """
    target = MOVES[state].get(move)
    if target is None:
        raise IllegalMove(number=number, state=state, move=move)
    return target


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
        return _moved(case, payload, entry.at)
    if isinstance(payload, _SLOT_PAYLOADS):
        return _with_slot(case, payload)
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


def _moved(case: Case, payload: Moved, at: datetime) -> Case:
    state = next_state(case.state, payload.move, number=case.number)
    return replace(
        case,
        state=state,
        last_move=payload,
        # A resubmission keeps the first receipt: the statutory clock starts once.
        received_at=case.received_at or (at if state is CaseState.RECEIVED else None),
        accepted_at=case.accepted_at or (at if state is CaseState.ACCEPTED else None),
        decided_at=case.decided_at or (at if state is CaseState.DECIDED else None),
    )


SlotPayload = PageAdded | PageRemoved | OriginalMarked | SlotDeferred | SlotReused | ReuseWithdrawn | Bagged
_SLOT_PAYLOADS = (
    PageAdded,
    PageRemoved,
    OriginalMarked,
    SlotDeferred,
    SlotReused,
    ReuseWithdrawn,
    Bagged,
)


def _with_slot(case: Case, payload: SlotPayload) -> Case:
    slots = dict(case.slots)
    slots[payload.slot] = _slot_after(case.slot(payload.slot), payload)
    return replace(case, slots=slots)


def _slot_after(slot: SlotContent, payload: SlotPayload) -> SlotContent:
    match payload:
        case PageAdded():
            return replace(slot, pages=(*slot.pages, payload.page), deferred_until=None)
        case PageRemoved():
            return replace(slot, pages=tuple(p for p in slot.pages if p.page_id != payload.page_id))
        case OriginalMarked():
            return replace(slot, custody=payload.custody)
        case SlotDeferred():
            return replace(slot, deferred_until=payload.due)
        case SlotReused():
            return replace(slot, reuse=payload.reuse, deferred_until=None)
        case ReuseWithdrawn():
            return replace(slot, reuse=None)
        case Bagged():
            return replace(slot, custody=Custody.BAGGED, bag=payload.bag)


FactPayload = Opened | Answered | ApplicantSet | HomeStreetSet | FieldSet | Sealed | Printed | Flagged


def _with_fact(case: Case, payload: FactPayload) -> Case:
    match payload:
        case Answered():
            return replace(case, answers={**case.answers, payload.question: payload.option})
        case ApplicantSet():
            return replace(case, applicant=payload.applicant)
        case HomeStreetSet():
            return replace(case, home_street=payload.street)
        case FieldSet():
            return replace(case, fields=_with_field(case.fields, payload))
        case Sealed():
            return replace(case, bundles=(*case.bundles, payload))
        case Printed():
            return replace(case, papers=(*case.papers, payload))
        case Flagged():
            flags = case.flags | {payload.flag} if payload.on else case.flags - {payload.flag}
            return replace(case, flags=flags)
        case Opened():
            raise ValueError("a case is opened once")


def _with_field(values: Mapping[str, FieldValue], payload: FieldSet) -> dict[str, FieldValue]:
    """Add a value; a proposal never replaces what a person typed or confirmed."""
    present = values.get(payload.field)
    settled = present is not None and (present.origin is Origin.TYPED or present.confirmed_by is not None)
    is_person = payload.value.origin is Origin.TYPED or payload.value.confirmed_by is not None
    if settled and not is_person:
        return dict(values)
    return {**values, payload.field: payload.value}
