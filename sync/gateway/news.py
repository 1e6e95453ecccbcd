"""Waiting calls: one look at the rows a moment for all of a process, however many windows wait.

The rows are asked, not PostgreSQL's NOTIFY: a notification holds a lock of the whole database while its
transaction commits, which would put every window's decisions in one line, and SQLite has none.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from dataclasses import dataclass, field
from weakref import WeakKeyDictionary

from starlette.concurrency import run_in_threadpool

from sync.gateway.errors import OfficeBusy
from sync.gateway.feed import Feed

LOG = logging.getLogger("sync.gateway")
POLL_S = 0.15
"""How often it looks: another process may decide."""
AWAY_S = 2.0
"""How long it leaves rows alone that were out of reach."""


@dataclass(eq=False, slots=True)
class _Waiter:
    window_id: str
    after: int
    woken: asyncio.Event = field(default_factory=asyncio.Event)


class News:
    """The waiting calls of one process."""

    def __init__(self, feed: Feed, stopping: threading.Event) -> None:
        """Ask `feed`; once `stopping` is set nobody waits any more."""
        self._feed, self._stopping = feed, stopping
        self._rooms: WeakKeyDictionary[asyncio.AbstractEventLoop, _Room] = WeakKeyDictionary()

    @property
    def waiting(self) -> int:
        """How many calls wait."""
        return sum(len(room.waiters) for room in self._rooms.values())

    async def wait(self, window_id: str, after: int, seconds: float) -> None:
        """Return when the window's feed goes beyond `after`, or after `seconds`, or at the end."""
        loop = asyncio.get_running_loop()
        room = self._rooms.setdefault(loop, _Room())
        waiter = _Waiter(window_id, after)
        room.waiters.add(waiter)
        if room.looker is None or room.looker.done():
            room.looker = loop.create_task(self._look(room))
        try:
            await asyncio.wait_for(waiter.woken.wait(), seconds)
        except TimeoutError:
            return
        finally:
            room.waiters.discard(waiter)

    async def _look(self, room: _Room) -> None:
        while room.waiters:
            await asyncio.sleep(POLL_S)
            if self._stopping.is_set():
                _wake(room, {waiter.window_id for waiter in room.waiters})
                continue
            try:
                _wake(room, await run_in_threadpool(self._feed.ahead, room.asked()))
            except OfficeBusy:
                LOG.warning("the rows are out of reach, waiting calls go on waiting")
                await asyncio.sleep(AWAY_S)


@dataclass(slots=True, weakref_slot=True)
class _Room:
    """The waiting calls of one event loop."""

    waiters: set[_Waiter] = field(default_factory=set)
    looker: asyncio.Task[None] | None = None

    def asked(self) -> dict[str, int]:
        """Return from where on each window waits."""
        asked: dict[str, int] = {}
        for waiter in self.waiters:
            asked[waiter.window_id] = min(waiter.after, asked.get(waiter.window_id, waiter.after))
        return asked


def _wake(room: _Room, windows: set[str]) -> None:
    for waiter in room.waiters:
        if waiter.window_id in windows:
            waiter.woken.set()
