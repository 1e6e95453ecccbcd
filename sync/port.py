"""What the sender needs from whoever keeps the queue; the workstation's store implements it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from sync.contract.feed import UnknownChange
from sync.contract.models import Change, SignedManifest, SignedReceipt
from sync.errors import FailureClass


class LineState(StrEnum):
    """Where a queued bundle stands."""

    QUEUED = "QUEUED"
    SENDING = "SENDING"
    WAITING = "WAITING"
    FIX = "FIX"
    ASK = "ASK"
    QUARANTINED = "QUARANTINED"
    HELD = "HELD"
    DELIVERED = "DELIVERED"
    REPLACED = "REPLACED"
    """Was refused, and is not sent any more: a later version took its place. It is kept as it was sealed."""


SETTLED = frozenset({LineState.DELIVERED, LineState.REPLACED})
"""States in which nothing is left to send."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One bundle of the outbox."""

    bundle_id: str
    kind: str
    subject: str
    manifest_sha256: str
    sealed_at: datetime
    state: LineState
    attempts: int
    next_try_at: datetime | None
    failure: FailureClass | None
    code: str
    """Code of the last failure, e.g. `Y101`; empty when none."""
    detail: str
    legal_due_at: datetime | None
    """When silence means acceptance; orders the queue."""
    delivered_at: datetime | None
    size: int
    """Bytes of all pages."""


class Outbox(Protocol):
    """The durable queue. Every method is one transaction."""

    def due(self, now: datetime, limit: int = 20) -> tuple[Line, ...]:
        """Lines to send now, by legal clock then age; never held, FIX, ASK or QUARANTINED ones."""
        ...

    def state(self, bundle_id: str) -> LineState | None:
        """Where a line stands; None when the queue has no such bundle."""
        ...

    def load(self, bundle_id: str) -> SignedManifest:
        """The signed manifest as sealed.

        Raises:
            UnreadableBundle: it cannot be read or no longer matches its hash.
        """
        ...

    def blob(self, sha256: str) -> bytes:
        """The plain bytes of a page.

        Raises:
            UnreadableBundle: the file is gone, altered or cannot be decrypted.
        """
        ...

    def mark_sending(self, bundle_id: str, now: datetime) -> None:
        """Record the claim; attempts grows by one."""
        ...

    def free_claims(self, now: datetime) -> int:
        """Queue every claimed line again and return how many; only for the sender, between two rounds."""
        ...

    def mark_delivered(self, bundle_id: str, receipt: SignedReceipt, now: datetime) -> None:
        """Store the receipt with the bundle; the only way a line leaves the queue."""
        ...

    def receipt(self, bundle_id: str) -> SignedReceipt | None:
        """The gateway's receipt; None until delivered, kept when the bundle is sent once more."""
        ...

    def delivered(self, since: datetime, after: str, limit: int) -> tuple[str, ...]:
        """Ids of bundles delivered at or after `since`, in the order of their ids, behind the id `after`."""
        ...

    def put_back(self, bundle_id: str, now: datetime) -> None:
        """Queue a delivered bundle again because the gateway lost it; its receipt stays."""
        ...

    def mark_failed(
        self,
        bundle_id: str,
        *,
        state: LineState,
        failure: FailureClass,
        code: str,
        detail: str,
        next_try_at: datetime | None,
        now: datetime,
    ) -> None:
        """Record why it did not go and when it is tried next (None: not by itself)."""
        ...


class Inbox(Protocol):
    """Where changes of the back office land."""

    def cursor(self) -> int:
        """Cursor of the last line that was applied or kept; 0 at first."""
        ...

    def apply(self, change: Change) -> bool:
        """Apply once and move the cursor, in one transaction; False if it was applied before.

        A line behind a kept one about the same subject waits for it, so that order is kept.
        """
        ...

    def keep(self, line: UnknownChange) -> bool:
        """Keep a line this program does not know and move the cursor; False if it was there before."""
        ...
