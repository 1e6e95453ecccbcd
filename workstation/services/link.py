"""The line to the back office: a thread that sends and listens, and the light that shows it."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from random import Random

from sync.client import GatewayClient, LinkState
from sync.lock import SenderLock
from sync.loop import SyncLoop, SyncState
from sync.sender import Sender
from workstation.services.desk import Desk
from workstation.services.enrolment import Membership
from workstation.services.poor_line import poor_words
from workstation.services.queue import Outage
from workstation.store.errors import StoreError

log = logging.getLogger(__name__)

STOP_TIMEOUT_S = 5.0


class Light(StrEnum):
    """The network lamp."""

    UNKNOWN = "UNKNOWN"
    ONLINE = "ONLINE"
    POOR = "POOR"
    """The line holds, and is slow, late or often cut."""
    OFFLINE = "OFFLINE"
    NOT_THE_GATEWAY = "NOT_THE_GATEWAY"
    """Something answers that is not our back office, e.g. the log-in page of a hotspot."""
    OTHER_SENDER = "OTHER_SENDER"
    """Another process of this machine sends; this one only shows."""

    @property
    def is_up(self) -> bool:
        """Whether the back office answers, however poor the line is."""
        return self in (Light.ONLINE, Light.POOR)


def make_loop(
    desk: Desk,
    membership: Membership,
    lock_path: Path,
    stop: threading.Event,
    on_state: Callable[[SyncState], None],
    *,
    limit_kbit_s: int = 0,
) -> SyncLoop:
    """Return the loop that sends this store's queue to its gateway, at most at `limit_kbit_s` (0: freely)."""

    def make_sender(cancelled: Callable[[], bool]) -> Sender:
        client = GatewayClient(
            membership.url,
            membership.identity,
            cancelled=cancelled,
            clock=desk.clock,
            limit_kbit_s=limit_kbit_s,
        )
        return Sender(desk.store.outbox, desk.store.inbox, client, clock=desk.clock, random=Random())

    def told(state: SyncState) -> None:
        _heed_silence(desk, state)
        on_state(state)

    return SyncLoop(
        make_sender,
        SenderLock(lock_path),
        stop,
        on_state=told,
        clock=desk.clock,
        errand=lambda sender: _run_errands(desk, sender),
    )


def _run_errands(desk: Desk, sender: Sender) -> None:
    """Packs, the audit, what is pending, old pages: each errand keeps its own failures."""
    desk.packs.run(sender.client)
    desk.anchoring.run(sender.client)
    desk.proofs.settle(sender.client)
    desk.housekeeper.in_background(sender.client)
    desk.results.in_background(sender.client)
    _tend_archive(desk, sender)


def _tend_archive(desk: Desk, sender: Sender) -> None:
    """Let old copies go, and fetch what tomorrow's bookings may need."""
    try:
        desk.archive.daily()
        desk.results.let_go()
        desk.archive_fetch.ahead(sender.client)
    except StoreError as error:
        log.error("archive not tended code=%s", error.code)


def _heed_silence(desk: Desk, state: SyncState) -> None:
    """Remember that the feed was read, and mark the cases nobody answered in time; sending goes on anyway."""
    if state.link is not LinkState.UP or state.code or state.last_success is None or state.moving:
        return
    try:
        if desk.silence.heard(state.last_success):
            desk.silence.mark()
    except StoreError as error:
        log.error("silence not heeded code=%s", error.code)


class Link:
    """Runs the loop in a thread and keeps what the lamps need; readable from any thread."""

    def __init__(
        self, desk: Desk, membership: Membership | None, lock_path: Path, *, limit_kbit_s: int = 0
    ) -> None:
        """Prepare; `start` begins. A window that has not enrolled has nobody to talk to.

        Args:
            desk: whose queue is sent.
            membership: what enrolment left.
            lock_path: the machine's sender lock.
            limit_kbit_s: most that sending may take of the line; 0: all of it.
        """
        self._desk = desk
        self._stop = threading.Event()
        self._listeners: list[Callable[[], object]] = []
        self._loop: SyncLoop | None = None
        self._thread: threading.Thread | None = None
        if membership is not None:
            self._loop = make_loop(
                desk, membership, lock_path, self._stop, self._changed, limit_kbit_s=limit_kbit_s
            )
            self._thread = threading.Thread(target=self._loop.run, name="sync", daemon=True)
        self.light = Light.UNKNOWN
        self.poor = ""
        """What was measured of a poor line, in words."""
        self.waiting = 0
        self.earliest = ""
        self._count()

    def start(self) -> None:
        """Begin to send and listen."""
        if self._thread is not None:
            self._thread.start()

    def stop(self) -> None:
        """End within a few seconds; what was not sent stays queued."""
        self._listeners.clear()
        self._stop.set()
        if self._loop is not None and self._thread is not None and self._thread.is_alive():
            self._loop.kick()
            self._thread.join(STOP_TIMEOUT_S)

    def kick(self, *, eager: bool = False) -> None:
        """Something was sealed, or (`eager`) a person wants everything tried now."""
        self._count()
        self._tell()
        if self._loop is not None:
            self._loop.kick(eager=eager)

    def subscribe(self, listener: Callable[[], object]) -> None:
        """Be told, in the loop's thread, whenever something may have changed."""
        self._listeners.append(listener)

    def _changed(self, state: SyncState) -> None:
        if state.other_sender is not None:
            self.light = Light.OTHER_SENDER
        elif state.link is LinkState.UP:
            self.light = Light.POOR if state.poor else Light.ONLINE
        elif state.link is LinkState.NOT_THE_GATEWAY:
            self.light = Light.NOT_THE_GATEWAY
        elif state.offline_since is not None or state.link is not None:
            self.light = Light.OFFLINE
        self.poor = poor_words(state.poor) if self.light is Light.POOR and state.poor else ""
        is_down = self.light in (Light.OFFLINE, Light.NOT_THE_GATEWAY)
        self._desk.queue.outage = Outage(state.code, state.offline_since) if is_down else None
        self._count()
        self._tell()

    def _count(self) -> None:
        queue = self._desk.queue.standing()
        self.waiting = queue.waiting
        stuck = f"{queue.stuck} !" if queue.stuck else ""
        self.earliest = " · ".join(part for part in (queue.legal, stuck) if part)

    def _tell(self) -> None:
        for listener in tuple(self._listeners):
            listener()
