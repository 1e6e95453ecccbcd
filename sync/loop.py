"""Rounds of sending and listening until told to stop; runs in a thread of the TUI or in `sync --watch`."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from random import Random

from sync.client import LinkState
from sync.errors import (
    AnotherSender,
    FailureClass,
    GatewayBusy,
    Interrupted,
    NotAuthorised,
    NotTheGateway,
    SyncError,
    Unreachable,
)
from sync.gauge import LinkQuality
from sync.lock import Owner, SenderLock
from sync.patience import BackoffPolicy
from sync.sender import Sender

log = logging.getLogger(__name__)

LISTEN_S = 20.0
"""How long the gateway may hold the changes call; a kick cuts it short."""
AUDIT_S = 3600.0
"""How often deliveries are compared with what the gateway holds, besides after each trouble."""
AUDIT_AGAIN_S = 60.0
ASK_S = 300.0
"""Pause when a person must act first (no enrolment, a refused window); a kick ends it."""
BEAT_S = 10.0
"""How often the lock's record tells that work goes on, at most."""
SHORTEST_ROUND_S = 1.0
"""A gateway that answers the changes call at once does not make us spin."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncState:
    """What the lights show."""

    link: LinkState | None = None
    """None: not known yet."""
    moving: bool = False
    """Lines are being sent at this moment."""
    offline_since: datetime | None = None
    """Since when nothing gets through (no link, not the gateway, or a busy one); None when it does."""
    last_success: datetime | None = None
    """When the gateway last answered a call of ours."""
    code: str = ""
    """Why the last round did not go well, e.g. `Y101`; empty when it did."""
    delivered: int = 0
    """Bundles delivered since the loop began."""
    changes: int = 0
    """Changes of the back office applied since the loop began; grows when there is something new to show."""
    other_sender: Owner | None = None
    """Who sends instead, when the lock is taken."""
    poor: LinkQuality | None = None
    """What was measured of a line that is up and poor; None when it is good, or not measured."""


class SyncLoop:
    """Owns the rounds of one process; `run` blocks, everything else may be called from any thread."""

    def __init__(
        self,
        make_sender: Callable[[Callable[[], bool]], Sender],
        lock: SenderLock,
        stop: threading.Event,
        *,
        on_state: Callable[[SyncState], None] = lambda state: None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        waits: BackoffPolicy | None = None,
        listen_s: float = LISTEN_S,
        errand: Callable[[Sender], None] = lambda sender: None,
    ) -> None:
        """Prepare; nothing runs yet.

        Args:
            make_sender: builds the sender in the loop's own thread, and again after a fault. It is given the
                function that the client must take as `cancelled`, so that stopping and kicks cut waits short.
            lock: the machine's sender lock.
            stop: set it to end `run` within about two seconds.
            on_state: called in the loop's thread after every difference.
            clock: this machine's aware time.
            waits: pauses after rounds that went wrong.
            listen_s: how long the gateway may hold the changes call.
            errand: what else to ask the gateway for once it has answered; keeps its own failures.
        """
        self._make_sender = make_sender
        self._lock = lock
        self._stop = stop
        self._on_state = on_state
        self._clock = clock
        self._waits = waits or BackoffPolicy(first_s=2.0, cap_s=60.0)
        self._listen_s = listen_s
        self._errand = errand
        self._random = Random()
        self._beat_at = -BEAT_S
        """Last sign of life (monotonic)."""
        self._audit_at = 0.0
        """When the gateway is asked next whether it still holds what it signed for (monotonic)."""
        self._awake = threading.Event()
        self._eager = threading.Event()
        self._listening = False
        self._failures = 0
        self._has_moved = False
        """Something got through before the last trouble: the line breaks and mends."""
        self._sender: Sender | None = None
        self.state = SyncState()

    def kick(self, *, eager: bool = False) -> None:
        """Start the next round now: something was sealed, or (`eager`) a person asked to try everything."""
        if eager:
            self._eager.set()
        self._awake.set()

    def run(self) -> None:
        """Work until `stop` is set; without the lock, watch for its release."""
        while not self._stop.is_set():
            try:
                taken = self._lock.acquire()
            except OSError as error:
                log.error("sender's lock: %s", type(error).__name__)
                self._tell(code=SyncError.code)
            else:
                if taken:
                    self._hold()
                    continue
                self._tell(link=None, code=AnotherSender.code, other_sender=self._lock.owner())
            self._pause(self._waits.first_s)

    def _hold(self) -> None:
        """Work until told to stop, then leave nothing open."""
        try:
            self._tell(code="", other_sender=None)
            self._eager.set()
            self._rounds()
        finally:
            self._discard()
            self._lock.release()

    def _rounds(self) -> None:
        while not self._stop.is_set():
            self._beat()
            started = time.monotonic()
            trouble = self._round()
            if trouble is None:
                self._failures = 0
                self._pause(SHORTEST_ROUND_S - (time.monotonic() - started))
            else:
                self._failures += 1
                self._pause(self._wait_s(trouble))

    def _round(self) -> SyncError | None:
        """Send, then listen; return what went wrong."""
        try:
            self._exchange()
        except Interrupted:
            return None
        except SyncError as error:
            return self._noted(error)
        except Exception as error:  # noqa: BLE001 - the loop outlives any fault; the sender is built anew
            log.error("round: %s", type(error).__name__)
            self._discard()
            return self._noted(SyncError(type(error).__name__))
        return None

    def _exchange(self) -> None:
        sender = self._sender = self._sender or self._made_sender()
        if self.state.code:
            # After trouble the changes call goes first: it needs link, token and gateway like the lines do,
            # but costs none of them a try. When it passes, what waited for a later try goes now.
            self._listen(sender, 0.0)
            self._eager.set()
        eager = self._eager.is_set()
        if eager:
            self._eager.clear()
        while self._send(sender, eager=eager):
            eager = False
        self._audit(sender)
        self._listen(sender, self._listen_s if self.state.link is LinkState.UP else 0.0)

    def _made_sender(self) -> Sender:
        sender = self._make_sender(self._interrupted)
        sender.client.watch(self._alive)
        return sender

    def _alive(self) -> None:
        """Show that work goes on inside a long round or pause: each byte that passes, each look at the clock.

        So a line that is slow is told as slow, and only a sender in which nothing moves as stuck.
        """
        if time.monotonic() - self._beat_at >= BEAT_S:
            self._poor()
            self._beat()

    def _beat(self) -> None:
        self._beat_at = time.monotonic()
        self._lock.beat()

    def _audit(self, sender: Sender) -> None:
        """Look for bundles the gateway has lost: at the start, after trouble, and now and then.

        Behind sending and never in its way: a gateway that cannot answer this still takes what is new.
        """
        if time.monotonic() < self._audit_at:
            return
        try:
            lost = sender.audit()
        except SyncError as error:
            log.warning("deliveries not compared: %s", error.code)
            self._audit_at = time.monotonic() + AUDIT_AGAIN_S
            return
        self._audit_at = time.monotonic() + AUDIT_S
        if lost:
            self._awake.set()

    def _send(self, sender: Sender, *, eager: bool) -> bool:
        """Run one round of lines; True when another should follow at once."""
        self._tell(moving=True)
        try:
            report = sender.send_due(eager=eager)
        finally:
            self._tell(moving=False)
        if report.delivered:
            self._tell(delivered=self.state.delivered + report.delivered, last_success=self._clock())
        if report.stopped_by is not None:
            self._has_moved = report.moved
            raise report.stopped_by
        self._tell(poor=self._poor())
        self._beat()
        return report.full and report.delivered > 0 and not self._stop.is_set()

    def _listen(self, sender: Sender, wait_s: float) -> None:
        self._listening = True
        try:
            applied = sender.poll_changes(wait_s)
        finally:
            self._listening = False
        self._tell(
            link=LinkState.UP,
            offline_since=None,
            last_success=self._clock(),
            code="",
            changes=self.state.changes + applied,
            poor=self._poor(),
        )
        self._errand(sender)

    def _poor(self) -> LinkQuality | None:
        """Return what was measured of the line when it is poor, and leave it where others may read it."""
        quality = self._sender.client.quality if self._sender is not None else LinkQuality()
        self._lock.poor = quality if quality.poor else None
        return self._lock.poor

    def _interrupted(self) -> bool:
        """True when a waiting call should end: always on stop, and on a kick while only listening."""
        return self._stop.is_set() or (self._listening and self._awake.is_set())

    def _noted(self, error: SyncError) -> SyncError:
        self._audit_at = 0.0
        link = self.state.link
        since = self.state.offline_since
        if isinstance(error, Unreachable | NotTheGateway):
            link = LinkState.NOT_THE_GATEWAY if isinstance(error, NotTheGateway) else LinkState.DOWN
        if isinstance(error, Unreachable | NotTheGateway | GatewayBusy):
            since = since or self._clock()
        if isinstance(error, NotAuthorised):
            # A refusal is an answer of our own back office: the line is up, the queue says what is wrong.
            link, since = LinkState.UP, None
        if isinstance(error, NotTheGateway):
            # A kept connection would go on talking to the stranger after the line is clean again.
            self._discard()
        self._tell(link=link, offline_since=since, code=error.code)
        return error

    def _wait_s(self, trouble: SyncError) -> float:
        if trouble.failure is FailureClass.ASK:
            return ASK_S
        if isinstance(trouble, Unreachable) and self._has_moved:
            self._failures, self._has_moved = 0, False
            return SHORTEST_ROUND_S
        wait = self._waits.delay(self._failures, self._random).total_seconds()
        return max(wait, trouble.retry_after_s or 0.0)

    def _pause(self, seconds: float) -> None:
        """Wait for the time, a kick or the stop, whichever comes first."""
        ends = time.monotonic() + seconds
        while not self._stop.is_set() and not self._awake.is_set():
            left = ends - time.monotonic()
            if left <= 0:
                break
            self._awake.wait(min(left, 0.2))
            self._alive()
        self._awake.clear()

    def _discard(self) -> None:
        """Drop the sender and its connections."""
        sender, self._sender = self._sender, None
        if sender is not None:
            sender.close()

    def _tell(self, **values: object) -> None:
        state = replace(self.state, **values)  # type: ignore[arg-type]
        if state != self.state:
            self.state = state
            try:
                self._on_state(state)
            except Exception as error:  # noqa: BLE001 - a light that cannot be lit must not stop the queue
                log.error("state not shown: %s", type(error).__name__)
