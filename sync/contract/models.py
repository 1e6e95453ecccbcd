"""Models of the wire contract; they are also the gateway's OpenAPI document.

Hashes are lower-case hex: SHA-256, and SM3 (GB/T 32905) where a field is named for it. Such a field is there
only when a window's policy asks for it; without it bytes and signatures are as they always were. Keys and
signatures are unpadded base64url; times are RFC 3339 with offset.
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

CONTRACT_VERSION = 1
MAX_PAGES = 500
"""Most pages of one bundle."""
MAX_BLOB_BYTES = 64 * 1024 * 1024
MAX_RESULT_BYTES = 16 * 1024 * 1024
"""Largest file of a result."""
MAX_MANIFEST_BYTES = 4 * 1024 * 1024

Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
Sm3 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
Id = Annotated[
    str, StringConstraints(pattern=r"^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$")
]
NO_NUL = r"^[^\x00]*$"
"""The one character that a back office's database may not hold in its text."""
Short = Annotated[str, StringConstraints(max_length=200, pattern=NO_NUL)]
Text = Annotated[str, StringConstraints(max_length=4000, pattern=NO_NUL)]


def is_absent(value: object) -> bool:
    """Return whether an optional field is left out of the JSON, and so out of what is hashed and signed."""
    return value is None


class Model(BaseModel):
    """Frozen, and unknown keys are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class BundleKind(StrEnum):
    """What a bundle is about."""

    CASE = "case"
    SUPPLEMENT = "supplement"
    HANDOVER = "handover"
    DELIVERY = "delivery"
    RATING = "rating"
    AUDIT = "audit"


class PageEntry(Model):
    """One file of a bundle: a page, or all pages of a slot as one document."""

    page_id: Short
    slot: Short
    sha256: Sha256
    size: Annotated[int, Field(gt=0, le=MAX_BLOB_BYTES)]
    media_type: Short
    pages: Annotated[int, Field(ge=1)] = 1
    """Page count of the file; 1 for a picture."""
    origin: Literal["scanned", "reused", "assembled"] = "scanned"
    """`assembled`: a PDF/A of the slot's scanned pages, which are listed on their own as well."""
    sm3: Sm3 | None = Field(default=None, exclude_if=is_absent)
    """SM3 of the same bytes; a gateway that is told it checks it. The name of the page stays its SHA-256."""


class Manifest(Model):
    """One bundle: what it says and the hash of every page. Immutable once signed."""

    contract: Literal[1] = 1
    bundle_id: Id
    kind: BundleKind
    version: Annotated[int, Field(ge=1)]
    """1, 2, 3 ... for the same subject; a change is the next version."""
    supersedes: Sha256 | None = None
    """Manifest hash of the version before; None for version 1."""
    subject: Short
    """Case number or bag number."""
    window_id: Short
    receiving_street: Short
    home_street: Short
    created_at: AwareDatetime
    practice: bool = False
    pages: Annotated[tuple[PageEntry, ...], Field(max_length=MAX_PAGES)] = ()
    body: dict[str, Any]
    """The case (or handover) as JSON: strings, integers, booleans, null, lists, objects; no floats."""


class SignedManifest(Model):
    """A manifest with the window's signature over its canonical bytes."""

    manifest: Manifest
    key_id: Short
    signature: Short
    sm3: Sm3 | None = Field(default=None, exclude_if=is_absent)
    """SM3 of the manifest's canonical bytes."""


class Receipt(Model):
    """What the gateway swears it holds."""

    contract: Literal[1] = 1
    bundle_id: Id
    manifest_sha256: Sha256
    manifest_sm3: Sm3 | None = Field(default=None, exclude_if=is_absent)
    """When the window sent one, and it was right."""
    received_at: AwareDatetime
    gateway_id: Short
    number: Short
    """The back office's own number for the bundle."""


class SignedReceipt(Model):
    """A receipt with the gateway's signature over its canonical bytes."""

    receipt: Receipt
    key_id: Short
    signature: Short


class EnrolmentRequest(Model):
    """One-time code plus the window's public key."""

    code: Short
    public_key: Short
    """Ed25519, 32 bytes."""
    window_name: Short
    street: Short = ""
    """Street the window believes to stand in; empty: whichever the code was made for."""
    practice: bool = False


class Enrolment(Model):
    """What a window needs to work."""

    window_id: Short
    gateway_id: Short
    gateway_key: Short
    """Ed25519 public key of the gateway, 32 bytes."""
    street: Short
    street_name: Short
    number_prefix: Short
    """Prefix of the provisional case numbers this window may give; unique to it."""
    server_time: AwareDatetime


class MissingRequest(Model):
    """Hashes the window is about to send."""

    sha256: Annotated[tuple[Sha256, ...], Field(max_length=MAX_PAGES)]


class MissingAnswer(Model):
    """Those of them the gateway lacks."""

    missing: tuple[Sha256, ...]


class HeldRequest(Model):
    """Bundles the window has receipts for."""

    bundle_ids: Annotated[tuple[Id, ...], Field(max_length=MAX_PAGES)]


class HeldAnswer(Model):
    """Those of them the gateway does not hold: they must be sent again."""

    missing: tuple[Id, ...]


class ChangeKind(StrEnum):
    """What the back office tells a window."""

    ACCEPTED = "accepted"
    CORRECTION = "correction"
    REFUSED = "refused"
    IN_REVIEW = "in_review"
    DECIDED = "decided"
    DELIVERED = "delivered"
    WAYBILL = "waybill"
    ARCHIVED = "archived"
    SPECIAL_STARTED = "special_started"
    """A special procedure began: the clock stands still."""
    SPECIAL_ENDED = "special_ended"
    EXTENDED = "extended"
    """The limit was extended by `workdays`, approved by `actor`."""
    BRANCH = "branch"
    """One approver of a matter moved its own part: `item_code` and `branch`."""
    CATALOGUE = "catalogue"
    """The item pack `version` may be fetched; its subject is the pack's id."""
    RESULT = "result"
    """The office issued `files` for a decided case."""
    CERTIFICATE_REVOKED = "certificate_revoked"
    """An issuer took a certificate back; the subject is its number, or the id of the key that signed it."""


class Outcome(StrEnum):
    """How a case was decided (行政许可法 art. 38)."""

    GRANTED = "granted"
    DENIED = "denied"
    """With its reason; the applicant is told of review and suit."""
    PARTLY = "partly"
    """Of a matter: some approvers granted their part, others did not."""


class ChangeFile(Model):
    """A file the office made, e.g. a certificate; fetched by its hash."""

    sha256: Sha256
    size: Annotated[int, Field(gt=0, le=MAX_RESULT_BYTES)]
    media_type: Short
    name: Short
    """As the approver called it, without folders; nothing a path should be made of unchecked."""


class ChangeDefect(Model):
    """One defect the back office wants corrected."""

    material_id: Short
    material: Short
    problem: Text
    needed: Text
    basis: Text = ""


class Change(Model):
    """One line of the changes feed; applied at least once, so it must be idempotent."""

    cursor: int
    """Grows along the feed of one window."""
    change_id: Id
    at: AwareDatetime
    kind: ChangeKind
    subject: Short
    """Case number or bag number."""
    bundle_id: Id | None = None
    actor: Short = ""
    number: Short = ""
    """Number of the paper, e.g. of the acceptance notice."""
    reason: Text = ""
    due: date | None = None
    """Last day of what is announced; of a special procedure the day it should end."""
    defects: tuple[ChangeDefect, ...] = ()
    outcome: Outcome | None = None
    """Of a decision, or of an approver's part of one; None: not told."""
    item_code: Short = ""
    branch: ChangeKind | None = None
    procedure: Short = ""
    workdays: Annotated[int, Field(ge=0, le=250)] = 0
    version: Short = ""
    files: Annotated[tuple[ChangeFile, ...], Field(max_length=20)] = ()


class Changes(Model):
    """A slice of the feed."""

    changes: tuple[Change, ...]
    cursor: int
    """Ask with `after=` this next time."""


PackPath = Annotated[
    str, StringConstraints(pattern=r"^[A-Za-z0-9_-]+(/[A-Za-z0-9_-]+)?\.(yaml|json|sig)$", max_length=200)
]
"""At most one folder deep; nothing that could leave the pack's own folder."""
PackId = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_-]{0,39}$")]
PackVersion = Annotated[str, StringConstraints(pattern=r"^[0-9]{4}\.[0-9]{1,2}(\.[0-9]{1,3})?$")]
MAX_PACK_FILES = 10_000
MAX_PACK_BYTES = 64 * 1024 * 1024


class PackFiles(Model):
    """A signed item pack as it travels: the text of every file, manifest and signature among them.

    The gateway is not trusted with it: the window checks the signature itself before it keeps anything.
    """

    pack_id: PackId
    version: PackVersion
    files: Annotated[dict[PackPath, str], Field(min_length=1, max_length=MAX_PACK_FILES)]


class Token(Model):
    """OAuth 2 access token (RFC 6749, 5.1)."""

    access_token: str
    token_type: Literal["Bearer"] = "Bearer"
    expires_in: int


class Problem(BaseModel):
    """RFC 9457 problem document with a stable `code`; unknown members are allowed by the RFC."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    type: str = "about:blank"
    title: str
    status: int
    code: str
    detail: str = ""
    missing: tuple[str, ...] = ()
    """Hashes still lacking (status 424)."""
