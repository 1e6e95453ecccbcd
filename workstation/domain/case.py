"""The case (办件): few states, one total move table, flags, and the action log it folds from.

Nothing about a case is stored but its log. `fold` turns the log into a `Case`; every screen, service and
paper reads that value. A log entry says who did what, when by the window's clock and by a counter that
never goes back, and why.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from workstation.domain.entries import (
    AgentSet,
    Answered,
    ApplicantSet,
    Bagged,
    BranchMoved,
    ClockResumed,
    ClockStopped,
    CreditChecked,
    Entry,
    Extended,
    FieldSet,
    Flagged,
    HomeStreetSet,
    IdentityChecked,
    Moved,
    Opened,
    OriginalMarked,
    PackChanged,
    PapersShared,
    Payload,
    Printed,
    ProofWithdrawn,
    Reopened,
    ReuseWithdrawn,
    Sealed,
    SlotCommitted,
    SlotDeferred,
    SlotProved,
    SlotReused,
    SupplementOpened,
    Ticketed,
)
from workstation.domain.errors import IllegalMove
from workstation.domain.facts import (
    Agent,
    Applicant,
    Box,
    Corners,
    CreditOutcome,
    Custody,
    Defect,
    Fault,
    FieldValue,
    Finding,
    Flag,
    IdentityWay,
    Move,
    Origin,
    Page,
    PageFile,
    Reuse,
    Share,
    SupplementWay,
    Treatment,
    TrustLevel,
)
from workstation.domain.outcomes import Outcome
from workstation.domain.page_entries import (
    FindingSettled,
    PageAdded,
    PageChecked,
    PageCountSettled,
    PageMoved,
    PageRemoved,
    PagesArranged,
    PageWork,
)
from workstation.domain.proofs import Proof, ProofState

__all__ = [
    "Agent",
    "AgentSet",
    "Answered",
    "Applicant",
    "ApplicantSet",
    "Bagged",
    "Box",
    "BranchMoved",
    "Case",
    "CaseState",
    "ClockResumed",
    "ClockStopped",
    "CreditChecked",
    "CreditOutcome",
    "Custody",
    "Defect",
    "EDITABLE",
    "EMPTY_SLOT",
    "Entry",
    "Extended",
    "FieldSet",
    "FieldValue",
    "Flag",
    "Flagged",
    "HomeStreetSet",
    "MENDABLE",
    "MOVES",
    "Move",
    "Moved",
    "Opened",
    "PackChanged",
    "PapersShared",
    "Origin",
    "Outcome",
    "OriginalMarked",
    "Page",
    "PageAdded",
    "PageMoved",
    "PageRemoved",
    "Pause",
    "Payload",
    "Printed",
    "Reopened",
    "Reuse",
    "ReuseWithdrawn",
    "IdentityChecked",
    "IdentityWay",
    "Proof",
    "ProofState",
    "ProofWithdrawn",
    "SlotProved",
    "Sealed",
    "Share",
    "SlotCommitted",
    "SlotContent",
    "SlotDeferred",
    "SlotReused",
    "SupplementOpened",
    "SupplementWay",
    "TAKES_SUPPLEMENTS",
    "Ticketed",
    "TrustLevel",
    "Corners",
    "Fault",
    "Finding",
    "FindingSettled",
    "PageChecked",
    "PageCountSettled",
    "PageFile",
    "PagesArranged",
    "PageWork",
    "Treatment",
    "next_state",
]


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


MENDABLE = frozenset({CaseState.RECEIVED, CaseState.ACCEPTED})
"""States in which a version that the back office refused may be corrected."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotContent:
    """What a slot holds."""

    pages: tuple[Page, ...] = ()
    reuse: Reuse | None = None
    proof: Proof | None = None
    """What was asked of an issuer or a library instead of the paper, whatever came of it."""
    custody: Custody = Custody.NOT_SEEN
    deferred_until: date | None = None
    deferred_way: SupplementWay = SupplementWay.IN_PERSON
    committed: bool = False
    """The applicant promised the fact in writing (告知承诺)."""
    bag: str = ""
    count_settled: int | None = None
    """Number of pages the clerk takes though the item says another."""

    @property
    def is_proved(self) -> bool:
        """True when a verified certificate or data check stands for the paper."""
        return self.proof is not None and self.proof.counts


TAKES_SUPPLEMENTS = frozenset(
    {CaseState.RECEIVED, CaseState.CORRECTION, CaseState.ACCEPTED, CaseState.IN_REVIEW}
)
"""States in which what was tolerated, or asked to be corrected, may still come in."""

EMPTY_SLOT = SlotContent()


@dataclass(frozen=True, slots=True)
class Pause:
    """A span that no limit counts; open while the special procedure runs."""

    start: datetime
    end: datetime | None
    procedure: str
    expected: date | None = None


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
    second_street: str = ""
    agent: Agent | None = None
    shares: Mapping[str, Share] = field(default_factory=dict)
    """Other people whose kept papers may serve, by identity number."""
    credit: CreditChecked | None = None
    identity: IdentityChecked | None = None
    """Last comparison of the person at the counter with the document; None: nobody compared."""
    supplement: SupplementOpened | None = None
    """Open while what was tolerated is taken in; the next seal closes it."""
    reopened: str = ""
    """Bundle that the back office did not take and that is being corrected; the next seal replaces it."""
    pauses: tuple[Pause, ...] = ()
    extension: Extended | None = None
    branches: Mapping[str, BranchMoved] = field(default_factory=dict)
    """Last move of each approver of a matter, by item code."""
    arrival: Ticketed | None = None
    derived: frozenset[str] = frozenset()
    """Questions whose present answer was given by a fact."""
    slots: Mapping[str, SlotContent] = field(default_factory=dict)
    binned: tuple[Page, ...] = ()
    """Pages taken out of their slots since the last seal; kept so that it can be undone."""
    fields: Mapping[str, FieldValue] = field(default_factory=dict)
    received_at: datetime | None = None
    accepted_at: datetime | None = None
    accepted_due: date | None = None
    """Last day of the decision as told with the acceptance; None: only the item's limits are known."""
    decided_at: datetime | None = None
    outcome: Outcome | None = None
    """How it was decided; None: not yet, or nobody said."""
    reason: str = ""
    """Why it was refused or decided as it was, as the back office told it."""
    last_move: Moved | None = None
    bundles: tuple[Sealed, ...] = ()
    papers: tuple[Printed, ...] = ()
    length: int = 0
    """Number of log entries folded."""
    changed_at: datetime

    @property
    def is_sealed(self) -> bool:
        """True when the case may not change at the window."""
        is_mended = bool(self.reopened) and self.state in MENDABLE
        return self.state not in EDITABLE and not is_mended

    @property
    def streets(self) -> tuple[str, ...]:
        """The streets that verify, each once: two households may live in one."""
        return tuple(dict.fromkeys(street for street in (self.home_street, self.second_street) if street))

    @property
    def debts(self) -> Mapping[str, date]:
        """Slot -> last day, for what tolerance still owes."""
        return {
            name: slot.deferred_until
            for name, slot in self.slots.items()
            if slot.deferred_until is not None
            and not slot.pages
            and slot.reuse is None
            and not slot.is_proved
            and not slot.committed
        }

    def may_fill(self, slot: str) -> bool:
        """Return whether the slot takes pages now: before sealing, or while its supplement is open."""
        is_owed = self.supplement is not None and self.slot(slot).deferred_until is not None
        return not self.is_sealed or is_owed

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
