"""Facts that log entries carry: people, pages, values, reuse, and the words they are told apart by."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from workstation.domain.kinds import AgentKind


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
    STALE_PACK = "STALE_PACK"
    """Opened while the pack was older than its own last day."""


class Origin(StrEnum):
    """Where a value came from."""

    TYPED = "TYPED"
    OCR = "OCR"
    CARD = "CARD"
    """Taken over from the applicant's confirmed identity card."""
    CHIP = "CHIP"
    """Read from the chip of an identity card."""
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


class IdentityWay(StrEnum):
    """What the person at the counter was compared with."""

    CHIP = "CHIP"
    """The card, whose chip was read."""
    DOCUMENT = "DOCUMENT"
    """The document by eye."""


class CreditOutcome(StrEnum):
    """What the credit library said of the applicant (信用核准)."""

    GOOD = "GOOD"
    BAD = "BAD"
    UNKNOWN = "UNKNOWN"
    """Not asked or not answered, e.g. offline."""


class SupplementWay(StrEnum):
    """How a missing material arrives."""

    IN_PERSON = "IN_PERSON"
    POST = "POST"
    SYSTEM = "SYSTEM"


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
"""x, y, width, height in px of the raw picture."""

Corners = tuple[int, int, int, int, int, int, int, int]
"""x, y of the page's top left, top right, bottom right and bottom left corner, in px of the raw picture.

The corners are named as the page is read: turning a page is writing the same corners in another order.
"""


class Fault(StrEnum):
    """What the quality gate may find wrong with a page while the citizen still stands there."""

    BLUR = "BLUR"
    CUT_EDGE = "CUT_EDGE"
    """Part of the sheet lies outside of the picture."""
    UPSIDE_DOWN = "UPSIDE_DOWN"
    """Turned by a quarter, a half or three quarters; mended by the treatment where it is certain."""
    TOO_DARK = "TOO_DARK"
    GLARE = "GLARE"
    BLANK = "BLANK"
    """Nothing is on it: the back of a single-sided sheet, or a sheet laid face up. Never dropped silently."""
    DUPLICATE = "DUPLICATE"
    WRONG_SIDE = "WRONG_SIDE"
    """The other side of the right card."""
    WRONG_KIND = "WRONG_KIND"
    """Another document than the slot asks for."""


MENDED = "auto"
"""In `Finding.settled_by`: the program put it right by itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One fault of one page, open until the page is mended, goes, or a person lets it stand."""

    fault: Fault
    of: str = ""
    """The twin's page id (DUPLICATE), the document kind seen (WRONG_SIDE, WRONG_KIND), else empty."""
    settled_by: str = ""
    """Empty while open; the clerk who let it stand (the log says why), or `MENDED`."""

    @property
    def open(self) -> bool:
        """True while somebody has to look."""
        return not self.settled_by


@dataclass(frozen=True, slots=True, kw_only=True)
class Treatment:
    """How the raw picture becomes the page: cut along its corners, straightened, upright."""

    corners: Corners
    size_px: tuple[int, int]
    """Width and height of the page at the raw picture's resolution."""
    by: str = ""
    """The clerk who decided so; empty: the program proposed it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PageFile:
    """The file that stands for a page from sealing on: treated, and as small as nothing is lost."""

    page_id: str
    sha256: str
    size: int
    media_type: str
    width_px: int
    height_px: int
    resolution_dpi: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One page in the vault: the raw picture, what was found out about it, and how it is to be cut."""

    page_id: str
    sha256: str
    """Lower-case hex of the raw picture's stored (plain) bytes; two pages cut from one glass share it."""
    size: int
    """Bytes of the plain file."""
    media_type: str
    width_px: int
    height_px: int
    resolution_dpi: int
    source: str
    """Device or folder it came from, as shown to the clerk."""
    taken_at: datetime
    treatment: Treatment | None = None
    """None: the whole picture as it came."""
    checked: bool = False
    """True once the quality gate has looked at it."""
    findings: tuple[Finding, ...] = ()
    fingerprint: str = ""
    """What makes the page recognisable when it is scanned twice (lower-case hex); empty before the check."""
    document: str = ""
    """Document kind that was seen on it; empty when none was recognised."""
    file: PageFile | None = None
    """Set by sealing; from then on it is the page, and the raw picture may go."""

    @property
    def kept_sha256(self) -> str:
        """Hash of the file in the vault that holds the page now."""
        return self.file.sha256 if self.file else self.sha256

    @property
    def open_findings(self) -> tuple[Finding, ...]:
        """What somebody still has to look at."""
        return tuple(finding for finding in self.findings if finding.open)


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
    archive_id: str = ""
    """Which kept copy it is; empty in logs of older programs."""
    holder: str = ""
    """Relation of the copy's holder to the applicant, e.g. 配偶; empty: the applicant's own."""
    valid_until: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """Another person's papers may be used in this case: who they are, and how they allowed it."""

    id_number: str
    name: str
    relation: str
    """To the applicant, in words, e.g. 配偶."""
    proof: str = ""
    """Paper that shows the relation, e.g. 结婚证."""
    permission: str = ""
    """How the other person allowed it, e.g. 本人到场同意; empty: it is not allowed yet."""


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
class Agent:
    """Who acts for the applicant: kind, document, scope, expiry."""

    kind: AgentKind
    name: str
    id_number: str
    relation: str = ""
    """To the applicant, in words, e.g. 女儿 or 社区居委会."""
    phone: str = ""
    document: str = ""
    """Paper that proves it, e.g. 授权委托书 or 户口簿."""
    document_number: str = ""
    scope: tuple[str, ...] = ()
    """Powers given, in words (民法典 art. 165), e.g. 代为提交材料."""
    valid_until: date | None = None
    """Last day of the power; None: for this matter only."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Defect:
    """One thing that must be corrected: material, what is wrong, what is needed, on which ground."""

    material_id: str
    material: str
    problem: str
    needed: str
    basis: str
