"""Taking bundles: who may send what, the chain of versions, and the receipt the office must stand by."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from pydantic import ValidationError

from sync.contract.models import Manifest, Receipt, SignedManifest, SignedReceipt
from sync.contract.signing import (
    BadSignature,
    b64url_decode,
    canonical,
    key_id,
    load_public,
    sign,
    verify,
    verify_bytes,
)
from sync.contract.suites import NoNationalAlgorithms, sm3_hex
from sync.gateway import chain, matters, together
from sync.gateway.arrival import COLUMNS, Arrival, Deposit
from sync.gateway.blobs import Blobs
from sync.gateway.chain import ACCEPTED, HELD
from sync.gateway.database import Database, Rows, insert_all, only_value
from sync.gateway.enrolment import Registry, Window, check_standing
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
    Sm3Mismatch,
    Sm3Unavailable,
    TooManyHeld,
)
from sync.gateway.gap import leave_gap
from sync.gateway.pace import Pace
from sync.gateway.review import Review

LOG = logging.getLogger("sync.gateway")


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
        """Take a bundle; see `arrival` and `settle`."""
        return self.settle(self.arrival(window, bundle_id, signed, earlier_receipt))

    def arrival(
        self, window: Window, bundle_id: str, signed: SignedManifest, earlier_receipt: str = ""
    ) -> Arrival:
        """Check a bundle as far as that goes without the rows of others.

        Args:
            window: who sends it.
            bundle_id: its id as the call names it.
            signed: the manifest.
            earlier_receipt: base64url of the receipt this office gave before it was restored from a backup;
                it then stands again, with its number and its time. Anything else it may be is passed over.

        Raises:
            Refused: a subclass says why.
        """
        digest = self._checked(window, bundle_id, signed)
        earlier = self._earlier(signed.manifest, digest, earlier_receipt) if earlier_receipt else None
        return Arrival(window=window, signed=signed, digest=digest, earlier=earlier)

    def settle(self, arrival: Arrival) -> Deposit:
        """Take a bundle in a transaction of its own; bundle, receipt, case and feed are one.

        Raises:
            Refused: a subclass says why; a conflicting manifest was set aside first.
        """
        with self.database.read() as before:
            is_known = chain.known(before, arrival.manifest.bundle_id) is not None
        if not is_known:
            # Outside the transaction, because a store may be slow to answer; pages only ever come.
            self._check_pages(arrival.manifest)

        def work(rows: Rows) -> Deposit | Refused:
            # Whose a number is, is between windows; whether a bundle is known, whether its place is free and
            # where its case stands is the window's. A bundle id that two windows use meets a unique index.
            rows.hold(arrival.name)
            rows.hold_window(arrival.window.window_id)
            check_standing(rows, arrival.window.window_id)
            outcome = self._settle(rows, arrival)
            if isinstance(outcome, Refused):
                self._set_aside(rows, arrival, outcome)
            return outcome

        outcome = self.database.write(work)
        if isinstance(outcome, Refused):
            raise outcome
        self.pace.forget_pages(arrival.window.window_id)
        return outcome

    def settle_together(self, arrivals: Sequence[Arrival]) -> list[Deposit | None]:
        """Take a lot of bundles whose pages are here in one transaction; None for each that must go alone."""

        def work(rows: Rows) -> tuple[list[Deposit | None], list[str]]:
            taken = together.take(rows, arrivals, self.row, self.clock())
            windows = {
                arrival.window.window_id for arrival, deposit in zip(arrivals, taken, strict=True) if deposit
            }
            self.pace.finish(rows, list(windows))
            return taken, list(windows)

        taken, windows = self.database.write(work)
        for window_id in windows:
            self.pace.forget_pages(window_id)
        return taken

    def has_pages(self, manifest: Manifest) -> bool:
        """Return whether all pages are here, as large as the manifest says, and none must be read."""
        if any(page.sm3 is not None for page in manifest.pages):
            return False
        sizes = self.blobs.sizes(page.sha256 for page in manifest.pages)
        return all(sizes[page.sha256] == page.size for page in manifest.pages)

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
            data = canonical(manifest)
        except (ValueError, RecursionError) as error:
            raise ManifestInvalid from error
        _check_signature(window, signed, data)
        if signed.sm3 is not None and _sm3(data) != signed.sm3:
            raise Sm3Mismatch("manifest")
        return hashlib.sha256(data).hexdigest()

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
        if not self.registry.serves(manifest.home_street):
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

    def _settle(self, rows: Rows, arrival: Arrival) -> Deposit | Refused:
        manifest = arrival.manifest
        known = chain.known(rows, manifest.bundle_id)
        if known is not None:
            if known["manifest_sha256"] == arrival.digest:
                return Deposit(str(known["receipt"]), is_new=False)
            return ContentConflict(f"the office holds {known['manifest_sha256']}")
        conflict = chain.place_taken(rows, manifest)
        if conflict is not None:
            return conflict
        place = chain.place(rows, manifest)
        if place == HELD:
            self._check_held(rows, manifest.window_id)
        self.pace.finish(rows, [manifest.window_id])
        return self._take(rows, arrival, place)

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
        for page in manifest.pages:
            if page.sm3 is not None and _sm3(self.blobs.read(page.sha256)) != page.sm3:
                raise Sm3Mismatch(page.sha256)

    def _take(self, rows: Rows, arrival: Arrival, state: str) -> Deposit:
        now = self.clock()
        if arrival.earlier is not None and leave_gap(rows, arrival.earlier.receipt.received_at, now):
            LOG.warning("the office came back from a backup: numbers leave a gap")
        receipt, row = self.row(arrival, rows.next_serial(), now, state)
        insert_all(rows, "bundle", COLUMNS, [row])
        if state == ACCEPTED:
            self._apply(rows, arrival.manifest, arrival.digest, now)
        return Deposit(receipt, is_new=True)

    def row(self, arrival: Arrival, serial: int, now: datetime, state: str) -> tuple[str, tuple[object, ...]]:
        """Return a bundle's receipt and its row, in the order of `COLUMNS`."""
        manifest, digest = arrival.manifest, arrival.digest
        receipt = (arrival.earlier or self._receipt(arrival, serial, now)).model_dump_json()
        return receipt, (
            serial,
            manifest.bundle_id,
            manifest.window_id,
            manifest.kind.value,
            manifest.subject,
            manifest.version,
            manifest.supersedes,
            digest,
            arrival.signed.model_dump_json(),
            receipt,
            now.isoformat(),
            state,
        )

    def _receipt(self, arrival: Arrival, serial: int, now: datetime) -> SignedReceipt:
        receipt = Receipt(
            bundle_id=arrival.manifest.bundle_id,
            manifest_sha256=arrival.digest,
            manifest_sm3=arrival.signed.sm3,
            received_at=now,
            gateway_id=self.gateway_id,
            # The tail keeps the number unique after a restore, which gives serials a second time.
            number=f"R{serial:08d}-{arrival.digest[:6]}",
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
            following, digest = chain.release(rows, following, digest)

    def _set_aside(self, rows: Rows, arrival: Arrival, refusal: Refused) -> None:
        manifest = arrival.manifest
        rows.execute(
            "INSERT INTO conflict (bundle_id, window_id, manifest_sha256, manifest, received_at, code)"
            " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
            (
                manifest.bundle_id,
                manifest.window_id,
                arrival.digest,
                arrival.signed.model_dump_json(),
                self.clock().isoformat(),
                refusal.code,
            ),
        )


def _sm3(data: bytes) -> str:
    try:
        return sm3_hex(data)
    except NoNationalAlgorithms as error:
        raise Sm3Unavailable from error


def _check_signature(window: Window, signed: SignedManifest, data: bytes) -> None:
    if signed.key_id != window.key_id:
        raise SignatureInvalid("key_id is not the enrolled key's")
    try:
        verify_bytes(data, signed.signature, load_public(window.public_key))
    except BadSignature as error:
        raise SignatureInvalid from error
