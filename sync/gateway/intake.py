"""Taking bundles: who may send what, the chain of versions, and the receipt the office must stand by."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from pydantic import ValidationError

from sync.contract.models import BundleKind, Manifest, Receipt, SignedManifest, SignedReceipt
from sync.contract.signing import (
    BadSignature,
    b64url_decode,
    key_id,
    load_public,
    manifest_sha256,
    sign,
    verify,
)
from sync.gateway import matters
from sync.gateway.blobs import Blobs
from sync.gateway.database import Database, Row, Rows, only_value
from sync.gateway.enrolment import Registry, Window
from sync.gateway.errors import (
    BlobsMissing,
    ChainInvalid,
    ContentConflict,
    HomeStreetUnknown,
    IdMismatch,
    ManifestInvalid,
    NotYourStreet,
    NotYourWindow,
    PracticeRefused,
    ProductionRefused,
    Refused,
    SignatureInvalid,
    SizeMismatch,
    SubjectTaken,
    TooManyHeld,
    VersionConflict,
)
from sync.gateway.pace import Pace
from sync.gateway.review import Review

ACCEPTED, HELD, STRAY = "accepted", "held", "stray"
"""In its chain; waiting for the version before; following a version that turned out not to be its own."""


@dataclass(frozen=True, slots=True)
class Deposit:
    """The receipt as first signed, byte for byte, and whether this call made it."""

    receipt: str
    is_new: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Intake:
    """The counter where bundles arrive."""

    database: Database
    blobs: Blobs
    registry: Registry
    review: Review
    pace: Pace
    key: Ed25519PrivateKey
    gateway_id: str
    practice: bool
    auto_accept: bool
    clock: Callable[[], datetime]

    def lacking(self, window: Window, bundle_ids: Sequence[str]) -> tuple[str, ...]:
        """Return those of a window's bundles that are not here."""
        with self.database.read() as rows:
            return tuple(
                bundle_id
                for bundle_id in dict.fromkeys(bundle_ids)
                if rows.execute(
                    "SELECT 1 FROM bundle WHERE bundle_id = ? AND window_id = ?",
                    (bundle_id, window.window_id),
                ).fetchone()
                is None
            )

    def deposit(
        self, window: Window, bundle_id: str, signed: SignedManifest, earlier_receipt: str = ""
    ) -> Deposit:
        """Take a bundle; bundle, receipt, case and feed are one transaction.

        Args:
            window: who sends it.
            bundle_id: its id as the call names it.
            signed: the manifest.
            earlier_receipt: base64url of the receipt this office gave before it was restored from a backup;
                it then stands again, with its number and its time. Anything else it may be is passed over.

        Raises:
            Refused: a subclass says why; a conflicting manifest was set aside first.
        """
        digest = self._checked(window, bundle_id, signed)
        earlier = self._earlier(signed.manifest, digest, earlier_receipt)
        with self.database.read() as before:
            is_known = _known(before, bundle_id) is not None
        if not is_known:
            # Outside the transaction, because a store may be slow to answer; pages only ever come.
            self._check_pages(signed.manifest)

        def work(rows: Rows) -> Deposit | Refused:
            # Whose a number is, is between windows; whether a bundle is known, whether its place is free and
            # where its case stands is the window's. A bundle id that two windows use meets a unique index.
            rows.hold(f"subject {signed.manifest.subject}")
            rows.hold_window(window.window_id)
            outcome = self._settle(rows, signed, digest, earlier)
            if isinstance(outcome, Refused):
                self._set_aside(rows, signed, digest, outcome)
            return outcome

        outcome = self.database.write(work)
        if isinstance(outcome, Refused):
            raise outcome
        self.pace.forget_pages(window.window_id)
        return outcome

    def _checked(self, window: Window, bundle_id: str, signed: SignedManifest) -> str:
        """Check all that needs no row of another bundle; return the manifest's hash."""
        manifest = signed.manifest
        if manifest.bundle_id != bundle_id:
            raise IdMismatch(f"manifest names {manifest.bundle_id}")
        self._check_mode(manifest)
        self._check_rights(window, manifest)
        if (manifest.version == 1) != (manifest.supersedes is None):
            raise ChainInvalid("version 1 supersedes nothing, every later version names the one before")
        try:
            digest = manifest_sha256(manifest)
        except (ValueError, RecursionError) as error:
            raise ManifestInvalid from error
        _check_signature(window, signed)
        return digest

    def _check_mode(self, manifest: Manifest) -> None:
        if manifest.practice and not self.practice:
            raise PracticeRefused
        if self.practice and not manifest.practice:
            raise ProductionRefused

    def _check_rights(self, window: Window, manifest: Manifest) -> None:
        if manifest.window_id != window.window_id:
            raise NotYourWindow
        if manifest.receiving_street != window.street:
            raise NotYourStreet(f"the window belongs to {window.street}")
        streets = self.registry.streets()
        if streets and manifest.home_street not in streets:
            raise HomeStreetUnknown

    def _earlier(self, manifest: Manifest, digest: str, text: str) -> SignedReceipt | None:
        """Return a receipt of this office for this very manifest, None when it is anything else."""
        try:
            signed = SignedReceipt.model_validate_json(b64url_decode(text))
            verify(signed.receipt, signed.signature, self.key.public_key())
        except (ValueError, ValidationError, BadSignature):
            return None
        named = (signed.receipt.bundle_id, signed.receipt.manifest_sha256, signed.receipt.gateway_id)
        return signed if named == (manifest.bundle_id, digest, self.gateway_id) else None

    def _settle(
        self, rows: Rows, signed: SignedManifest, digest: str, earlier: SignedReceipt | None
    ) -> Deposit | Refused:
        manifest = signed.manifest
        known = _known(rows, manifest.bundle_id)
        if known is not None:
            if known["manifest_sha256"] == digest:
                return Deposit(str(known["receipt"]), is_new=False)
            return ContentConflict(f"the office holds {known['manifest_sha256']}")
        conflict = _place_taken(rows, manifest)
        if conflict is not None:
            return conflict
        place = _place(rows, manifest)
        if place == HELD:
            self._check_held(rows, manifest.window_id)
        self.pace.finish(rows, manifest.window_id)
        return self._take(rows, signed, digest, place, earlier)

    def _check_held(self, rows: Rows, window_id: str) -> None:
        waiting = rows.execute(
            "SELECT count(*) FROM bundle WHERE window_id = ? AND state = ?", (window_id, HELD)
        )
        if only_value(waiting) >= self.pace.limits.bundles_held:
            raise TooManyHeld

    def _check_pages(self, manifest: Manifest) -> None:
        sizes = self.blobs.sizes(page.sha256 for page in manifest.pages)
        missing = tuple(sha256 for sha256, size in sizes.items() if size is None)
        if missing:
            raise BlobsMissing(f"{len(missing)} of {len(sizes)}", missing=missing)
        wrong = [page.sha256 for page in manifest.pages if sizes[page.sha256] != page.size]
        if wrong:
            raise SizeMismatch(wrong[0])

    def _take(
        self, rows: Rows, signed: SignedManifest, digest: str, state: str, earlier: SignedReceipt | None
    ) -> Deposit:
        manifest, now = signed.manifest, self.clock()
        serial = rows.next_serial()
        receipt = (earlier or self._receipt(manifest, digest, serial, now)).model_dump_json()
        rows.execute(
            "INSERT INTO bundle (serial, bundle_id, window_id, kind, subject, version, supersedes,"
            " manifest_sha256, manifest, receipt, received_at, state)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                serial,
                manifest.bundle_id,
                manifest.window_id,
                manifest.kind.value,
                manifest.subject,
                manifest.version,
                manifest.supersedes,
                digest,
                signed.model_dump_json(),
                receipt,
                now.isoformat(),
                state,
            ),
        )
        if state == ACCEPTED:
            self._apply(rows, manifest, digest, now)
        return Deposit(receipt, is_new=True)

    def _receipt(self, manifest: Manifest, digest: str, serial: int, now: datetime) -> SignedReceipt:
        receipt = Receipt(
            bundle_id=manifest.bundle_id,
            manifest_sha256=digest,
            received_at=now,
            gateway_id=self.gateway_id,
            # The tail keeps the number unique after a restore, which gives serials a second time.
            number=f"R{serial:08d}-{digest[:6]}",
        )
        return SignedReceipt(
            receipt=receipt, key_id=key_id(self.key.public_key()), signature=sign(receipt, self.key)
        )

    def _apply(self, rows: Rows, manifest: Manifest, digest: str, now: datetime) -> None:
        """Move the case on, then let the versions that waited for this one follow, one after the other."""
        following: Manifest | None = manifest
        while following is not None:
            if matters.arrive(rows, following, now):
                if self.auto_accept:
                    self.review.accept_by_itself(rows, following.subject)
                self.review.follow(rows, following.subject)
            following, digest = _release(rows, following, digest)

    def _set_aside(self, rows: Rows, signed: SignedManifest, digest: str, refusal: Refused) -> None:
        manifest = signed.manifest
        rows.execute(
            "INSERT INTO conflict (bundle_id, window_id, manifest_sha256, manifest, received_at, code)"
            " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
            (
                manifest.bundle_id,
                manifest.window_id,
                digest,
                signed.model_dump_json(),
                self.clock().isoformat(),
                refusal.code,
            ),
        )


def _check_signature(window: Window, signed: SignedManifest) -> None:
    if signed.key_id != window.key_id:
        raise SignatureInvalid("key_id is not the enrolled key's")
    try:
        verify(signed.manifest, signed.signature, load_public(window.public_key))
    except BadSignature as error:
        raise SignatureInvalid from error


def _known(rows: Rows, bundle_id: str) -> Row | None:
    """Return hash and receipt of a bundle that was taken before."""
    return rows.execute(
        "SELECT manifest_sha256, receipt FROM bundle WHERE bundle_id = ?", (bundle_id,)
    ).fetchone()


def _place_taken(rows: Rows, manifest: Manifest) -> Refused | None:
    """Return the conflict when another bundle already stands where this one wants to."""
    if manifest.supersedes is not None:
        rival = rows.execute(
            "SELECT bundle_id FROM bundle WHERE window_id = ? AND supersedes = ?",
            (manifest.window_id, manifest.supersedes),
        ).fetchone()
        if rival is not None:
            return VersionConflict(f"taken by {rival['bundle_id']}")
        if not _opens_by_correction(rows, manifest):
            return None
    if manifest.kind not in (BundleKind.CASE, BundleKind.HANDOVER):
        return None
    matter = matters.find(rows, manifest.subject)
    if matter is None:
        return None
    if matter.window_id != manifest.window_id:
        return SubjectTaken()
    return VersionConflict(f"taken by {matter.bundle_id}")


def _place(rows: Rows, manifest: Manifest) -> str:
    """Return ACCEPTED, or HELD while the version before has not arrived.

    A version this office refused never arrives: the window says so, and then the one that takes its place
    opens the case, or follows the last version that was taken.

    Raises:
        ChainInvalid: the version before is another subject's or has another number.
    """
    if manifest.supersedes is None:
        return ACCEPTED
    parent = _parent(rows, manifest)
    if parent is None:
        return _place_of_correction(rows, manifest)
    if not _follows(manifest, str(parent["subject"]), int(parent["version"])):
        raise ChainInvalid(f"supersedes version {parent['version']} of its chain")
    return str(parent["state"])


def _parent(rows: Rows, manifest: Manifest) -> Row | None:
    """Return the version that this one names, None while it is not here."""
    return rows.execute(
        "SELECT subject, version, state FROM bundle WHERE window_id = ? AND manifest_sha256 = ?",
        (manifest.window_id, manifest.supersedes),
    ).fetchone()


def _opens_by_correction(rows: Rows, manifest: Manifest) -> bool:
    """True for a later version that is the first one to be taken: all before it were refused."""
    refused = refused_versions(manifest)
    return bool(refused) and min(refused) == 1 and _parent(rows, manifest) is None


def _place_of_correction(rows: Rows, manifest: Manifest) -> str:
    """Return the place of a version whose parent is not here: HELD unless its window will never send it."""
    refused = refused_versions(manifest)
    if manifest.supersedes not in refused.values():
        return HELD
    before = min(refused) - 1
    if before == 0:
        return ACCEPTED
    earlier = rows.execute(
        "SELECT state FROM bundle WHERE window_id = ? AND subject = ? AND version = ? AND state = ?",
        (manifest.window_id, manifest.subject, before, ACCEPTED),
    ).fetchone()
    return HELD if earlier is None else ACCEPTED


def refused_versions(manifest: Manifest) -> dict[int, str]:
    """Return version -> hash of the versions that the window says were refused and will not be sent.

    Empty unless they lie without a gap right below this version.
    """
    named = manifest.body.get("refused")
    found: dict[int, str] = {}
    for one in named if isinstance(named, list) else []:
        version, sha256 = (
            (one.get("version"), one.get("manifest_sha256")) if isinstance(one, dict) else (0, "")
        )
        if isinstance(version, int) and isinstance(sha256, str):
            found[version] = sha256
    below = range(manifest.version - len(found), manifest.version)
    return found if found and set(found) == set(below) and below.start >= 1 else {}


def _follows(manifest: Manifest, subject: str, version: int) -> bool:
    return manifest.subject == subject and manifest.version == version + 1


def _release(rows: Rows, parent: Manifest, digest: str) -> tuple[Manifest | None, str]:
    """Return the held version that follows `parent`, now accepted, and its hash, or (None, "")."""
    row = rows.execute(
        "SELECT bundle_id, manifest, manifest_sha256 FROM bundle"
        " WHERE window_id = ? AND supersedes = ? AND state = ?",
        (parent.window_id, digest, HELD),
    ).fetchone()
    if row is None:
        return None, ""
    manifest = SignedManifest.model_validate_json(row["manifest"]).manifest
    follows = _follows(manifest, parent.subject, parent.version)
    rows.execute(
        "UPDATE bundle SET state = ? WHERE bundle_id = ?", (ACCEPTED if follows else STRAY, row["bundle_id"])
    )
    return (manifest, str(row["manifest_sha256"])) if follows else (None, "")
