"""Retention: how long delivered bundles stay replayable, and who says that the time is over.

No single clock may do that. A bundle's pages go when this machine's clock and the gateway's both say so, when
the gateway confirms in the same minute that it holds the bundle, and while no other program has the folder
open. A clock that jumps, or a gateway that is not reached, therefore only keeps pages longer.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from sync.errors import SyncError
from sync.sender import REPLAYABLE
from workstation.domain.audit import MACHINE, Action, Deed, detail_of
from workstation.domain.clock import Clock
from workstation.store.database import Store
from workstation.store.errors import StoreError
from workstation.store.retention import Spent

log = logging.getLogger(__name__)

KEEP = REPLAYABLE
"""Unless set longer; never shorter, because so far back the gateway is asked what it has lost."""
BATCH = 20
"""Bundles looked at between two turns of the sender."""
DAILY_S, AGAIN_S = 24 * 3600.0, 900.0
ALL = 1_000_000


class Gateway(Protocol):
    """What is asked of the back office."""

    @property
    def clock_offset(self) -> timedelta:
        """Its time minus this machine's, as its last answer told."""
        ...

    def missing_bundles(self, bundle_ids: Sequence[str]) -> tuple[str, ...]:
        """Those of them it does not hold.

        Raises:
            SyncError: it could not be asked.
        """
        ...


class Stop(StrEnum):
    """Why a turn ended."""

    DONE = "DONE"
    MORE = "MORE"
    """There may be more to do."""
    NOT_ALONE = "NOT_ALONE"
    """Another program has the folder open."""
    NO_ANSWER = "NO_ANSWER"
    """The gateway could not be asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cleaned:
    """What one turn did."""

    stop: Stop
    bundles: tuple[str, ...] = ()
    """Those whose pages went."""
    pages: int = 0
    size: int = 0
    """Bytes given back."""
    lost: tuple[str, ...] = ()
    """Bundles the gateway signed for and does not hold: queued again instead."""
    code: str = ""
    """Of the trouble, with `NO_ANSWER`."""


@dataclass
class Housekeeper:
    """Lets pages go after their time, a few bundles a turn."""

    store: Store
    clock: Clock
    keep: timedelta = KEEP
    _due_at: float = field(default=0.0, init=False)
    """When the next turn of the background is (monotonic); the first is at the start."""

    @property
    def span(self) -> timedelta:
        """How long a delivered bundle keeps its pages."""
        return max(self.keep, KEEP)

    def in_background(self, gateway: Gateway) -> None:
        """Work one turn when it is time: at the start, daily, and soon again while there is more to do."""
        if time.monotonic() < self._due_at:
            return
        try:
            stop = self.turn(gateway).stop
        except StoreError as error:
            log.error("retention code=%s", error.code)
            stop = Stop.NO_ANSWER
        wait = {Stop.DONE: DAILY_S, Stop.MORE: 0.0}.get(stop, AGAIN_S)
        self._due_at = time.monotonic() + wait

    def turn(self, gateway: Gateway, count: int = BATCH) -> Cleaned:
        """Let the pages of at most `count` bundles go; only for the holder of the sender's lock."""
        spent = self.spent(count)
        if not spent:
            return Cleaned(stop=Stop.DONE)
        try:
            missing = set(gateway.missing_bundles([one.bundle_id for one in spent]))
        except SyncError as error:
            log.warning("retention code=%s", error.code)
            return Cleaned(stop=Stop.NO_ANSWER, code=error.code)
        now_there = self.clock() + gateway.clock_offset
        due = [one for one in spent if one.received_at < now_there - self.span]
        for bundle_id in missing:
            self.store.outbox.put_back(bundle_id, self.clock())
        kept = [one for one in due if one.bundle_id not in missing]
        return self._let_go(kept, tuple(sorted(missing)), is_more=len(spent) == count and bool(due))

    def spent(self, count: int = ALL) -> tuple[Spent, ...]:
        """Return what may go by this machine's word alone, the one delivered first first."""
        return self.store.retention.spent(self._before(), count)

    def _before(self) -> datetime:
        return self.clock() - self.span

    def _let_go(self, spent: Sequence[Spent], lost: tuple[str, ...], *, is_more: bool) -> Cleaned:
        gone, pages, size = [], 0, 0
        stop = Stop.MORE if is_more else Stop.DONE
        for one in spent:
            # Taken for each bundle: whoever opens the folder meanwhile waits for one of them at most.
            with self.store.retention.alone() as is_alone:
                if not is_alone:
                    stop = Stop.NOT_ALONE
                    break
                freed = self.store.retention.let_go(one.bundle_id, self._before(), self.clock())
            if freed is not None:
                gone.append(one.bundle_id)
                pages, size = pages + freed.pages, size + freed.size
        if gone:
            detail = detail_of(bundles=len(gone), pages=pages)
            self.store.note(Deed(action=Action.RETENTION, detail=detail), actor=MACHINE, at=self.clock())
            log.info("retention bundles=%d pages=%d bytes=%d", len(gone), pages, size)
        return Cleaned(stop=stop, bundles=tuple(gone), pages=pages, size=size, lost=lost)


def whole(turn: Callable[[], Cleaned]) -> Cleaned:
    """Repeat turns until nothing is left to do or something stops them; return all they did."""
    turns = [turn()]
    while turns[-1].stop is Stop.MORE:
        turns.append(turn())
    return Cleaned(
        stop=turns[-1].stop,
        bundles=tuple(name for one in turns for name in one.bundles),
        pages=sum(one.pages for one in turns),
        size=sum(one.size for one in turns),
        lost=tuple(name for one in turns for name in one.lost),
        code=turns[-1].code,
    )
