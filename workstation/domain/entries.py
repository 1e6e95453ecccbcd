"""What a case's action log may say: who did what, when by the window's clock and by a counter, and why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from workstation.domain.facts import (
    Agent,
    Applicant,
    CreditOutcome,
    Custody,
    Defect,
    FieldValue,
    Flag,
    IdentityWay,
    Move,
    Origin,
    PageFile,
    Reuse,
    Share,
    SupplementWay,
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
)
from workstation.domain.proofs import Proof

# --- what a log entry may say --------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """The clerk opened the item for somebody."""

    number: str
    """Provisional case number, unique for the window."""
    item_code: str
    pack_version: str
    window: str
    receiving_street: str
    practice: bool = False
    ticket: str = ""
    kind: Literal["opened"] = "opened"


@dataclass(frozen=True, slots=True, kw_only=True)
class PackChanged:
    """The case goes on under another version of its item pack; pages stay, whatever the new list asks for."""

    version: str
    dropped: tuple[str, ...] = ()
    """Questions whose answer the new version does not know any more."""
    kind: Literal["pack_changed"] = "pack_changed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """A situation question was answered; a later answer replaces an earlier one."""

    question: str
    option: str
    """Empty, with origin DERIVED: the fact that answered it is gone, and so is its answer."""
    origin: Origin = Origin.TYPED
    """DERIVED: a fact answered it (age, sex, address, archive), as shown to the clerk."""
    kind: Literal["answered"] = "answered"


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplicantSet:
    """Who the case is for, confirmed by the clerk."""

    applicant: Applicant
    kind: Literal["applicant"] = "applicant"


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeStreetSet:
    """The street that decides."""

    street: str
    second: str = ""
    """The other household's street, where two verify."""
    kind: Literal["home_street"] = "home_street"


@dataclass(frozen=True, slots=True, kw_only=True)
class OriginalMarked:
    """Where the original of a slot is now."""

    slot: str
    custody: Custody
    kind: Literal["original"] = "original"


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotDeferred:
    """The material will follow under tolerance; `due` is the last day, None takes the promise back."""

    slot: str
    due: date | None
    way: SupplementWay = SupplementWay.IN_PERSON
    """How it is to arrive, as the notice says."""
    kind: Literal["deferred"] = "deferred"


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotCommitted:
    """The applicant promises the fact in writing instead of proving it (告知承诺), or takes that back."""

    slot: str
    on: bool = True
    kind: Literal["committed"] = "committed"


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotReused:
    """An archived copy fills the slot, with the citizen's yes."""

    slot: str
    reuse: Reuse
    kind: Literal["reused"] = "reused"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReuseWithdrawn:
    """The citizen took the yes back before sealing."""

    slot: str
    kind: Literal["reuse_withdrawn"] = "reuse_withdrawn"


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotProved:
    """An e-certificate or a data check was asked for a slot; `proof` says with what outcome."""

    slot: str
    proof: Proof
    kind: Literal["proved"] = "proved"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProofWithdrawn:
    """What stood in the place of the paper counts no more."""

    slot: str
    kind: Literal["proof_withdrawn"] = "proof_withdrawn"


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentityChecked:
    """Somebody compared the person at the counter with the document."""

    way: IdentityWay
    number: str
    """Identity number of the person who was compared."""
    alike: bool = True
    """人证一致."""
    chip_serial: str = ""
    """Of the card, where its chip was read."""
    kind: Literal["identity"] = "identity"


@dataclass(frozen=True, slots=True, kw_only=True)
class PapersShared:
    """Another person's kept papers may serve this case; the same person again replaces what was said."""

    share: Share
    kind: Literal["papers_shared"] = "papers_shared"


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldSet:
    """A form value was proposed (OCR) or given (typed, confirmed)."""

    field: str
    value: FieldValue
    kind: Literal["field"] = "field"


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentSet:
    """Who acts for the applicant; None: the applicant is here in person."""

    agent: Agent | None
    kind: Literal["agent"] = "agent"


@dataclass(frozen=True, slots=True, kw_only=True)
class CreditChecked:
    """The credit library was asked before tolerance."""

    outcome: CreditOutcome
    lists: tuple[str, ...] = ()
    """Names of the lists the applicant stands on."""
    overridden: bool = False
    """True: no answer came, and the clerk went on all the same; the entry's `why` is the reason."""
    kind: Literal["credit"] = "credit"


@dataclass(frozen=True, slots=True, kw_only=True)
class SupplementOpened:
    """What was missing under tolerance has arrived: those slots take pages until the next seal."""

    way: SupplementWay
    waybill: str = ""
    """Number of the parcel when posted in."""
    kind: Literal["supplement"] = "supplement"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reopened:
    """A sealed version the back office did not take is corrected: the case may change until the next seal."""

    bundle_id: str
    """The version that was refused; it stays as it was sealed."""
    code: str
    """Why it was not taken, e.g. `Y201`."""
    kind: Literal["reopened"] = "reopened"


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockStopped:
    """A special procedure began: its days are not counted (行政许可法 art. 45)."""

    procedure: str
    expected: date | None = None
    """Day it should end, as told to the applicant in writing."""
    number: str = ""
    kind: Literal["clock_stopped"] = "clock_stopped"


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockResumed:
    """The special procedure ended."""

    kind: Literal["clock_resumed"] = "clock_resumed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Extended:
    """The head of the agency extended the limit (行政许可法 art. 42)."""

    workdays: int
    approver: str
    number: str = ""
    kind: Literal["extended"] = "extended"


@dataclass(frozen=True, slots=True, kw_only=True)
class BranchMoved:
    """One approver of a matter (一件事) decided its own part."""

    item_code: str
    move: Move
    number: str = ""
    body: str = ""
    reason: str = ""
    bundle_id: str = ""
    """The version it was said of; a later version answers a correction."""
    outcome: Outcome | None = None
    """Of a decision; None: not told."""
    kind: Literal["branch"] = "branch"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticketed:
    """The queue number the citizen came with, and its times."""

    ticket: str
    taken_at: datetime
    called_at: datetime | None = None
    greeted_at: datetime | None = None
    booking: str = ""
    """Number of the booking or pre-application."""
    kind: Literal["ticketed"] = "ticketed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """The state changed by a move of the table."""

    move: Move
    number: str = ""
    """Number of the paper this move made (receipt, notice), if any."""
    due: date | None = None
    defects: tuple[Defect, ...] = ()
    body: str = ""
    """Competent body (refusal) or deciding office."""
    outcome: Outcome | None = None
    """Of a decision; None: not told."""
    kind: Literal["moved"] = "moved"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealed:
    """A version of the case became an immutable bundle."""

    bundle_id: str
    version: int
    manifest_sha256: str
    files: tuple[PageFile, ...] = ()
    """The files that stand for its pages from now on."""
    kind: Literal["sealed"] = "sealed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Printed:
    """A paper was made from the case."""

    form: str
    number: str
    path: str
    kind: Literal["printed"] = "printed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bagged:
    """Originals went into a numbered bag."""

    slot: str
    bag: str
    kind: Literal["bagged"] = "bagged"


@dataclass(frozen=True, slots=True, kw_only=True)
class Flagged:
    """A flag was set or cleared."""

    flag: Flag
    on: bool
    kind: Literal["flagged"] = "flagged"


Payload = (
    Opened
    | PackChanged
    | Answered
    | ApplicantSet
    | HomeStreetSet
    | PageAdded
    | PageRemoved
    | PageMoved
    | PageChecked
    | FindingSettled
    | PageCountSettled
    | PagesArranged
    | OriginalMarked
    | SlotDeferred
    | SlotCommitted
    | SlotReused
    | ReuseWithdrawn
    | SlotProved
    | ProofWithdrawn
    | IdentityChecked
    | PapersShared
    | FieldSet
    | AgentSet
    | CreditChecked
    | SupplementOpened
    | Reopened
    | ClockStopped
    | ClockResumed
    | Extended
    | BranchMoved
    | Ticketed
    | Moved
    | Sealed
    | Printed
    | Bagged
    | Flagged
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of the action log."""

    case_id: str
    """UUIDv7."""
    seq: int
    """1, 2, 3 ... within the case."""
    at: datetime
    """Aware, by the window's clock, when the key was pressed."""
    tick: int
    """Counter of this data folder that only ever grows, so order survives a clock set back."""
    actor: str
    payload: Payload
    why: str = ""
