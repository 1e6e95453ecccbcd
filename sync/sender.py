"""Brings due bundles to the gateway and its changes home; one line's trouble stays its own."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import TypeVar

from sync.client import GatewayClient
from sync.contract.models import SignedManifest, SignedReceipt
from sync.contract.signing import manifest_sha256
from sync.errors import (
    FailureClass,
    GatewayBusy,
    Interrupted,
    MissingBlobs,
    NotAuthorised,
    NotTheGateway,
    SyncError,
    Unreachable,
    UnreadableBundle,
)
from sync.patience import BackoffPolicy
from sync.port import Inbox, Line, LineState, Outbox
from sync.receipts import check_receipt

log = logging.getLogger(__name__)

ROUND = 20
"""Lines of one round; between rounds the caller may stop."""
REPLAYABLE = timedelta(days=30)
"""How long a delivered bundle is compared with what the gateway holds; backups are younger."""
AUDIT_ROUND = 200
"""Bundles of one question."""
STATE_OF = {
    FailureClass.WAIT: LineState.WAITING,
    FailureClass.FIX: LineState.FIX,
    FailureClass.ASK: LineState.ASK,
    FailureClass.QUARANTINE: LineState.QUARANTINED,
}
LINK_TROUBLE = (Unreachable, NotTheGateway, GatewayBusy, Interrupted)
"""What would stop the next line as well."""

Read = TypeVar("Read")


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one line fared; `code` is empty when it was delivered."""

    bundle_id: str
    state: LineState
    code: str = ""


@dataclass(frozen=True, slots=True)
class SendReport:
    """One round."""

    outcomes: tuple[Outcome, ...] = ()
    stopped_by: SyncError | None = None
    """The trouble of the last line when it would have met the next one too; None when the link held."""

    def count(self, state: LineState) -> int:
        """Return how many lines ended in `state`."""
        return sum(outcome.state is state for outcome in self.outcomes)

    @property
    def delivered(self) -> int:
        """Lines that left the queue."""
        return self.count(LineState.DELIVERED)

    @property
    def full(self) -> bool:
        """True when more lines may be due."""
        return len(self.outcomes) >= ROUND


class Sender:
    """Works the outbox and the inbox against one gateway. Only the holder of the sender's lock runs one."""

    def __init__(
        self,
        outbox: Outbox,
        inbox: Inbox,
        client: GatewayClient,
        *,
        clock: Callable[[], datetime],
        random: Random,
        policy: BackoffPolicy | None = None,
    ) -> None:
        """`clock` is this machine's aware time; `random` jitters the waits."""
        self._outbox = outbox
        self._inbox = inbox
        self._client = client
        self._clock = clock
        self._random = random
        self._policy = policy or BackoffPolicy()

    def close(self) -> None:
        """Close the client's connections."""
        self._client.close()

    def send_due(self, *, eager: bool = False) -> SendReport:
        """Send the lines that are due, at most `ROUND`, and end early when the link itself fails.

        Args:
            eager: also the lines that wait for a later try: the link is back, or a person asked.
        """
        now = self._clock()
        horizon = now + timedelta(seconds=self._policy.cap_s) if eager else now
        outcomes: list[Outcome] = []
        for line in self._outbox.due(horizon, ROUND):
            trouble = self._work(line)
            outcomes.append(_outcome(line, trouble))
            if trouble is not None and _concerns_all(trouble):
                return SendReport(tuple(outcomes), trouble)
        return SendReport(tuple(outcomes))

    def audit(self) -> int:
        """Queue again what the gateway has signed for and no longer holds; return how many bundles that were.

        A back office restored from a backup has lost what came since. It cannot know; its windows can.

        Raises:
            SyncError: it could not be asked.
        """
        lost, after, since = 0, "", self._clock() - REPLAYABLE
        while bundle_ids := self._outbox.delivered(since, after, AUDIT_ROUND):
            for bundle_id in self._client.missing_bundles(bundle_ids):
                log.warning("bundle %s: signed for, and lost by the gateway", bundle_id)
                self._outbox.put_back(bundle_id, self._clock())
                lost += 1
            after = bundle_ids[-1]
        return lost

    @property
    def client(self) -> GatewayClient:
        """The line to the gateway, for errands beside the queue."""
        return self._client

    def poll_changes(self, wait_s: float = 0.0) -> int:
        """Apply what the back office tells, in cursor order; return how many changes were new.

        Args:
            wait_s: how long the gateway may hold the first answer when there is nothing to tell.

        Raises:
            SyncError: the feed could not be read; what was applied stays applied.
        """
        applied = 0
        while True:
            before = self._inbox.cursor()
            slice_ = self._client.changes(before, wait_s)
            for change in sorted(slice_.changes, key=lambda change: change.cursor):
                applied += self._inbox.apply(change)
            if not slice_.changes or self._inbox.cursor() <= before:
                return applied
            wait_s = 0.0

    def _work(self, line: Line) -> SyncError | None:
        """Deliver one line and record how it went; whatever breaks, the next line gets its turn."""
        try:
            self._outbox.mark_sending(line.bundle_id, self._clock())
            receipt = self._deliver(line)
            self._outbox.mark_delivered(line.bundle_id, receipt, self._clock())
        except SyncError as error:
            return self._failed(line, error)
        except Exception as error:  # noqa: BLE001 - a fault of this program in one bundle must not stop the others
            log.error("bundle %s: %s", line.bundle_id, type(error).__name__)
            return self._failed(line, SyncError(type(error).__name__))
        log.info("bundle %s delivered as %s", line.bundle_id, receipt.receipt.number)
        return None

    def _failed(self, line: Line, error: SyncError) -> SyncError:
        """Record the failure; a queue that cannot even do that keeps the line claimed, hence due."""
        try:
            self._outbox.mark_failed(
                line.bundle_id,
                state=STATE_OF[error.failure],
                failure=error.failure,
                code=error.code,
                detail=error.detail,
                next_try_at=self._next_try(line, error),
                now=self._clock(),
            )
        except Exception as fault:  # noqa: BLE001 - as above
            log.error("bundle %s: %s not recorded: %s", line.bundle_id, error.code, type(fault).__name__)
        else:
            log.warning("bundle %s: %s", line.bundle_id, error.code)
        return error

    def _next_try(self, line: Line, error: SyncError) -> datetime | None:
        if error.failure is not FailureClass.WAIT:
            return None
        if isinstance(error, Interrupted):
            return self._clock()
        wait = self._policy.delay(line.attempts + 1, self._random, at_least_s=error.retry_after_s)
        return self._clock() + wait

    def _deliver(self, line: Line) -> SignedReceipt:
        """Send the lacking pages, then the manifest; once more when the gateway lost pages in between."""
        signed = self._load(line)
        if signed.manifest.pages:
            self._send_pages(signed, self._client.missing(_hashes(signed)))
        earlier = self._outbox.receipt(line.bundle_id)
        try:
            answer = self._client.put_bundle(signed, earlier)
        except MissingBlobs as lost:
            self._send_pages(signed, lost.missing or self._client.missing(_hashes(signed)))
            answer = self._client.put_bundle(signed, earlier)
        identity = self._client.identity
        check_receipt(answer, signed, gateway_id=identity.gateway_id, gateway_key=identity.gateway_key)
        return answer

    def _load(self, line: Line) -> SignedManifest:
        signed = _readable(lambda: self._outbox.load(line.bundle_id))
        if signed.manifest.bundle_id != line.bundle_id:
            raise UnreadableBundle("the manifest names another bundle")
        if _readable(lambda: manifest_sha256(signed.manifest)) != line.manifest_sha256:
            raise UnreadableBundle("the manifest no longer has its hash")
        return signed

    def _send_pages(self, signed: SignedManifest, lacking: Sequence[str]) -> None:
        ours = _hashes(signed)
        for sha256 in lacking:
            if sha256 not in ours:
                raise MissingBlobs("the gateway asks for a page of another bundle")
            data = _readable(lambda wanted=sha256: self._outbox.blob(wanted))  # type: ignore[misc]
            if hashlib.sha256(data).hexdigest() != sha256:
                raise UnreadableBundle(f"page {sha256[:12]} no longer has its hash")
            self._client.put_blob(sha256, data)


def _readable(read: Callable[[], Read]) -> Read:
    """Return what `read` gives; whatever keeps it from doing so makes the bundle unreadable."""
    try:
        return read()
    except SyncError:
        raise
    except Exception as error:  # noqa: BLE001 - disk, key or format: the bundle is set aside with the kind of fault
        raise UnreadableBundle(type(error).__name__) from error


def _hashes(signed: SignedManifest) -> tuple[str, ...]:
    return tuple(dict.fromkeys(page.sha256 for page in signed.manifest.pages))


def _outcome(line: Line, trouble: SyncError | None) -> Outcome:
    if trouble is None:
        return Outcome(line.bundle_id, LineState.DELIVERED)
    return Outcome(line.bundle_id, STATE_OF[trouble.failure], trouble.code)


def _concerns_all(trouble: SyncError) -> bool:
    """True when the next line would meet the same: a dead link, or a window that is refused as a whole."""
    if isinstance(trouble, NotAuthorised):
        return trouble.window_wide
    return isinstance(trouble, LINK_TROUBLE)
