"""Queue and inbox in memory, behind the ports: for tests and rehearsals."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime

from sync.contract.feed import UnknownChange
from sync.contract.models import Change, SignedManifest, SignedReceipt
from sync.contract.signing import manifest_sha256
from sync.errors import FailureClass, UnreadableBundle
from sync.port import Line, LineState

FAR = datetime.max.replace(tzinfo=UTC)
DUE = (LineState.QUEUED, LineState.SENDING, LineState.WAITING)
"""SENDING too: there is one sender, so a claim it does not know is that of one that died."""


class MemoryOutbox:
    """An `Outbox` that lives as long as the process."""

    def __init__(self) -> None:
        self._guard = threading.RLock()
        self._lines: dict[str, Line] = {}
        self._bundles: dict[str, SignedManifest] = {}
        self._blobs: dict[str, bytes] = {}
        self.receipts: dict[str, SignedReceipt] = {}

    def add(
        self, signed: SignedManifest, blobs: Mapping[str, bytes], *, legal_due_at: datetime | None = None
    ) -> Line:
        """Queue a sealed bundle with its pages (by hash)."""
        manifest = signed.manifest
        line = Line(
            bundle_id=manifest.bundle_id,
            kind=manifest.kind.value,
            subject=manifest.subject,
            manifest_sha256=manifest_sha256(manifest),
            sealed_at=manifest.created_at,
            state=LineState.QUEUED,
            attempts=0,
            next_try_at=None,
            failure=None,
            code="",
            detail="",
            legal_due_at=legal_due_at,
            delivered_at=None,
            size=sum(page.size for page in manifest.pages),
        )
        with self._guard:
            self._lines[line.bundle_id] = line
            self._bundles[line.bundle_id] = signed
            self._blobs.update(blobs)
        return line

    def state(self, bundle_id: str) -> LineState | None:
        """Return where a line stands."""
        with self._guard:
            line = self._lines.get(bundle_id)
            return None if line is None else line.state

    def line(self, bundle_id: str) -> Line:
        """Return one line, delivered or not."""
        with self._guard:
            return self._lines[bundle_id]

    def lines(self) -> tuple[Line, ...]:
        """Return all lines in the order they were queued."""
        with self._guard:
            return tuple(self._lines.values())

    def hold(self, bundle_id: str) -> None:
        """Stop sending one on purpose."""
        self._change(bundle_id, state=LineState.HELD, next_try_at=None)

    def retry(self, bundle_id: str) -> None:
        """Queue a stuck one again, as a person does after putting it right."""
        self._change(bundle_id, state=LineState.QUEUED, next_try_at=None)

    def lose_blob(self, sha256: str) -> None:
        """Forget a page, as a broken disk does."""
        with self._guard:
            del self._blobs[sha256]

    def due(self, now: datetime, limit: int = 20) -> tuple[Line, ...]:
        """See `Outbox.due`."""
        with self._guard:
            ready = [
                line
                for line in self._lines.values()
                if line.state in DUE and (line.next_try_at is None or line.next_try_at <= now)
            ]
        ready.sort(key=lambda line: (line.legal_due_at or FAR, line.sealed_at, line.bundle_id))
        return tuple(ready[:limit])

    def load(self, bundle_id: str) -> SignedManifest:
        """See `Outbox.load`."""
        with self._guard:
            return self._bundles[bundle_id]

    def blob(self, sha256: str) -> bytes:
        """See `Outbox.blob`."""
        with self._guard:
            if sha256 not in self._blobs:
                raise UnreadableBundle(f"page {sha256[:12]} is gone")
            return self._blobs[sha256]

    def mark_sending(self, bundle_id: str, now: datetime) -> None:
        """See `Outbox.mark_sending`."""
        self._change(bundle_id, state=LineState.SENDING, attempts=self.line(bundle_id).attempts + 1)

    def free_claims(self, now: datetime) -> int:
        """See `Outbox.free_claims`."""
        claimed = [line.bundle_id for line in self.lines() if line.state is LineState.SENDING]
        for bundle_id in claimed:
            self._change(bundle_id, state=LineState.QUEUED, next_try_at=None)
        return len(claimed)

    def mark_delivered(self, bundle_id: str, receipt: SignedReceipt, now: datetime) -> None:
        """See `Outbox.mark_delivered`."""
        with self._guard:
            self.receipts[bundle_id] = receipt
            self._change(
                bundle_id,
                state=LineState.DELIVERED,
                delivered_at=now,
                next_try_at=None,
                failure=None,
                code="",
            )

    def receipt(self, bundle_id: str) -> SignedReceipt | None:
        """See `Outbox.receipt`."""
        with self._guard:
            return self.receipts.get(bundle_id)

    def delivered(self, since: datetime, after: str, limit: int) -> tuple[str, ...]:
        """See `Outbox.delivered`."""
        with self._guard:
            found = (
                line.bundle_id
                for line in self._lines.values()
                if line.bundle_id > after and line.delivered_at is not None and line.delivered_at >= since
                if line.state is LineState.DELIVERED
            )
            return tuple(sorted(found)[:limit])

    def put_back(self, bundle_id: str, now: datetime) -> None:
        """See `Outbox.put_back`."""
        self._change(bundle_id, state=LineState.QUEUED, delivered_at=None)

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
        """See `Outbox.mark_failed`."""
        self._change(
            bundle_id, state=state, failure=failure, code=code, detail=detail, next_try_at=next_try_at
        )

    def _change(self, bundle_id: str, **values: object) -> None:
        with self._guard:
            self._lines[bundle_id] = replace(self._lines[bundle_id], **values)  # type: ignore[arg-type]


class MemoryInbox:
    """An `Inbox` that lives as long as the process."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._cursor = 0
        self.applied: list[Change] = []
        self.kept: list[UnknownChange] = []

    def cursor(self) -> int:
        """See `Inbox.cursor`."""
        with self._guard:
            return self._cursor

    def apply(self, change: Change) -> bool:
        """See `Inbox.apply`."""
        with self._guard:
            if change.cursor <= self._cursor:
                return False
            self._cursor = change.cursor
            self.applied.append(change)
            return True

    def keep(self, line: UnknownChange) -> bool:
        """See `Inbox.keep`."""
        with self._guard:
            if line.cursor <= self._cursor:
                return False
            self._cursor = line.cursor
            self.kept.append(line)
            return True
