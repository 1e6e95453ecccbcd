"""Brings due bundles to the gateway and its changes home; one line's trouble stays its own."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from sync.client import GatewayClient
from sync.contract.feed import UnknownChange
from sync.contract.models import Change, SignedManifest, SignedReceipt
from sync.courier import Courier
from sync.errors import FailureClass, Interrupted, SyncError
from sync.patience import BackoffPolicy
from sync.port import SETTLED, Inbox, Line, LineState, Outbox
from sync.receipts import check_receipt
from sync.rounds import Round
from sync.streams import Width

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
DONE_WITH = SETTLED | {LineState.HELD}
"""What a person (or another round) decided since the lines were read."""


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
    moved: bool = False
    """The gateway confirmed something: a page, a part of one, a bundle."""

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
        self._courier = Courier(outbox, client)
        self._width = Width()
        self._has_stale_claims = True
        """Lines may be claimed that nobody works at: a sender was here before, or the disk refused."""

    def close(self) -> None:
        """Close the client's connections."""
        self._client.close()

    def send_due(self, *, eager: bool = False) -> SendReport:
        """Send the lines that are due, at most `ROUND`, and end early when the link itself fails.

        Args:
            eager: also the lines that wait for a later try: the link is back, or a person asked.
        """
        now = self._clock()
        self._free_claims(now)
        horizon = now + timedelta(seconds=self._policy.cap_s) if eager else now
        lines = self._outbox.due(horizon, ROUND)
        if not lines:
            return SendReport()
        going = Round(lines, self, self._courier, self._width)
        going.run()
        outcomes = (
            _outcome(line, going.endings[line.bundle_id]) for line in lines if line.bundle_id in going.endings
        )
        return SendReport(tuple(outcomes), going.stopped_by, going.progress.ever)

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
        """Apply what the back office tells, in cursor order; return how many lines were new.

        What only a newer program knows is kept, and the feed goes on.

        Args:
            wait_s: how long the gateway may hold the first answer when there is nothing to tell.

        Raises:
            SyncError: the feed could not be read; what was applied stays applied.
        """
        applied = 0
        while True:
            before = self._inbox.cursor()
            slice_ = self._client.changes(before, wait_s)
            for line in slice_.lines:
                applied += self._take_in(line)
            if not slice_.lines or self._inbox.cursor() <= before:
                return applied
            wait_s = 0.0

    def _take_in(self, line: Change | UnknownChange) -> bool:
        return self._inbox.apply(line) if isinstance(line, Change) else self._inbox.keep(line)

    def begin(self, line: Line) -> bool | SyncError:
        """Claim a line; False when somebody put it on hold or delivered it since it was read."""
        try:
            if self._outbox.state(line.bundle_id) in DONE_WITH:
                return False
            self._outbox.mark_sending(line.bundle_id, self._clock())
        except Exception as fault:  # noqa: BLE001 - a disk that refuses one line must not stop the others
            return _own_fault(line, fault)
        return True

    def settle(self, line: Line, signed: SignedManifest, answer: SignedReceipt) -> SyncError | None:
        """Prove the receipt and store it; return what keeps the line from being delivered."""
        identity = self._client.identity
        try:
            check_receipt(answer, signed, gateway_id=identity.gateway_id, gateway_key=identity.gateway_key)
            self._outbox.mark_delivered(line.bundle_id, answer, self._clock())
        except SyncError as error:
            return error
        except Exception as fault:  # noqa: BLE001 - as above
            return _own_fault(line, fault)
        log.info("bundle %s delivered as %s", line.bundle_id, answer.receipt.number)
        return None

    def fail(self, line: Line, error: SyncError) -> None:
        """Record why a line did not go; when even that is refused, its claim is freed at the next round."""
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
            self._has_stale_claims = True
            log.error("bundle %s: %s not recorded: %s", line.bundle_id, error.code, type(fault).__name__)
        else:
            log.warning("bundle %s: %s", line.bundle_id, error.code)

    def _free_claims(self, now: datetime) -> None:
        """Queue again what is claimed and not worked at: between two rounds of the one sender, any claim."""
        if not self._has_stale_claims:
            return
        try:
            self._outbox.free_claims(now)
        except Exception as fault:  # noqa: BLE001 - as above; tried again before the next round
            log.error("claims not freed: %s", type(fault).__name__)
        else:
            self._has_stale_claims = False

    def _next_try(self, line: Line, error: SyncError) -> datetime | None:
        if error.failure is not FailureClass.WAIT:
            return None
        if isinstance(error, Interrupted):
            return self._clock()
        wait = self._policy.delay(line.attempts + 1, self._random, at_least_s=error.retry_after_s)
        return self._clock() + wait


def _own_fault(line: Line, fault: Exception) -> SyncError:
    """Name a fault of this program or its disk by its kind alone: its words may name a person."""
    log.error("bundle %s: %s", line.bundle_id, type(fault).__name__)
    return SyncError(type(fault).__name__)


def _outcome(line: Line, trouble: SyncError | None) -> Outcome:
    if trouble is None:
        return Outcome(line.bundle_id, LineState.DELIVERED)
    return Outcome(line.bundle_id, STATE_OF[trouble.failure], trouble.code)
