"""What a case's action log may say: who did what, when by the window's clock and by a counter, and why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Literal


class Move(StrEnum):
    """What somebody does to a case's state."""

    RECEIVE = "RECEIVE"
    ACCEPT = "ACCEPT"
    CORRECT = "CORRECT"
    REFUSE = "REFUSE"
    REVIEW = "REVIEW"
    DECIDE = "DECIDE"
    DELIVER = "DELIVER"
    WITHDRAW = "WITHDRAW"
    TERMINATE = "TERMINATE"


class Flag(StrEnum):
    """What is true of a case beside its state."""

    TOLERATED = "TOLERATED"
    DEEMED_ACCEPTED = "DEEMED_ACCEPTED"
    SPECIAL_PROCEDURE = "SPECIAL_PROCEDURE"
    EXTENDED = "EXTENDED"
    PRACTICE = "PRACTICE"
    ON_HOLD = "ON_HOLD"


class Origin(StrEnum):
    """Where a value came from."""

    TYPED = "TYPED"
    OCR = "OCR"
    CARD = "CARD"
    """Taken over from the applicant's confirmed identity card."""
    REUSED = "REUSED"
    DERIVED = "DERIVED"
    """Computed from a valid identity number (birth date, sex)."""


class Custody(StrEnum):
    """Where an original is."""

    NOT_SEEN = "NOT_SEEN"
    RETURNED = "RETURNED"
    """Seen and handed back."""
    HELD = "HELD"
    BAGGED = "BAGGED"


class TrustLevel(StrEnum):
    """Trust in an archived copy, in the four levels of the national rule for shared materials."""

    A = "A"
    """Made by the authority itself."""
    B = "B"
    """Checked against the original by a clerk."""
    C = "C"
    """Uploaded by the person: the original must be seen first."""
    D = "D"
    """Self-written: the person vouches."""


Box = tuple[int, int, int, int]
"""x, y, width, height in px of the page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One page in the vault."""

    page_id: str
    sha256: str
    """Lower-case hex of the stored (plain) bytes."""
    size: int
    """Bytes of the plain file."""
    media_type: str
    width_px: int
    height_px: int
    resolution_dpi: int
    source: str
    """Device or folder it came from, as shown to the clerk."""
    taken_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldValue:
    """A form value and all that is known about how it came to be."""

    value: str
    origin: Origin
    confidence: float = 1.0
    page_id: str | None = None
    box: Box | None = None
    checks: tuple[str, ...] = ()
    valid: bool = True
    confirmed_by: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reuse:
    """A reused copy: source, trust, check and the citizen's recorded yes."""

    source_case: str
    """Number of the case the copy was taken in."""
    pages: tuple[Page, ...]
    level: TrustLevel
    checked_by: str
    checked_on: date
    consent_at: datetime
    consent_way: str
    """How the yes was given, e.g. `signed` or `oral, witnessed by the clerk`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Applicant:
    """The person (or organisation) the case is for."""

    name: str
    id_number: str
    sex: str = ""
    birth_date: date | None = None
    ethnicity: str = ""
    address: str = ""
    phone: str = ""
    id_valid_until: str = ""
    """`YYYY-MM-DD` or 长期; empty when the back of the card was not read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Defect:
    """One thing that must be corrected: material, what is wrong, what is needed, on which ground."""

    material_id: str
    material: str
    problem: str
    needed: str
    basis: str


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
class Answered:
    """A situation question was answered; a later answer replaces an earlier one."""

    question: str
    option: str
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
    kind: Literal["home_street"] = "home_street"


@dataclass(frozen=True, slots=True, kw_only=True)
class PageAdded:
    """A page is in the vault, synced, and belongs to a slot."""

    slot: str
    page: Page
    kind: Literal["page_added"] = "page_added"


@dataclass(frozen=True, slots=True, kw_only=True)
class PageRemoved:
    """A page was taken out of its slot before sealing (rescan); the file stays until the sweep."""

    slot: str
    page_id: str
    kind: Literal["page_removed"] = "page_removed"


@dataclass(frozen=True, slots=True, kw_only=True)
class OriginalMarked:
    """Where the original of a slot is now."""

    slot: str
    custody: Custody
    kind: Literal["original"] = "original"


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotDeferred:
    """The material will follow under tolerance; `due` is the last day."""

    slot: str
    due: date
    kind: Literal["deferred"] = "deferred"


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
class FieldSet:
    """A form value was proposed (OCR) or given (typed, confirmed)."""

    field: str
    value: FieldValue
    kind: Literal["field"] = "field"


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
    kind: Literal["moved"] = "moved"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealed:
    """A version of the case became an immutable bundle."""

    bundle_id: str
    version: int
    manifest_sha256: str
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
    | Answered
    | ApplicantSet
    | HomeStreetSet
    | PageAdded
    | PageRemoved
    | OriginalMarked
    | SlotDeferred
    | SlotReused
    | ReuseWithdrawn
    | FieldSet
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
