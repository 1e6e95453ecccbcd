"""How much of the office one window may use, so that a window gone wrong does not keep the others from it.

Calls are counted in the process that answers them and brought to the rows in small lots, so that counting
costs one commit in many calls; the count of all processes comes back with each lot. So a window may go beyond
its limit by one lot a process, and a window that only waits for news writes nothing.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sync.contract.models import MAX_PAGES
from sync.gateway.database import Database, Rows, in_list
from sync.gateway.errors import TooManyCalls, TooManyPages

MINUTE_S = 60
LOT = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one window may do."""

    calls_a_minute: int = 12_000
    """No window on a line of the office comes near it; zero: no limit."""
    pages_without_bundle: int = 10 * MAX_PAGES
    """New pages sent since the window's last new bundle."""
    bundles_held: int = 1_000
    """Bundles that wait for the version before them."""


DEFAULT_LIMITS = Limits()


@dataclass(slots=True)
class _Tally:
    """What one window did: the count of all processes at the last lot, and this process's since."""

    minute: int
    calls: int = 0
    own_calls: int = 0
    pages: int = 0
    own_pages: int = 0


class Pace:
    """The tallies of one process."""

    def __init__(self, database: Database, clock: Callable[[], datetime], limits: Limits) -> None:
        """Keep the rows, the clock and the limits."""
        self._database, self._clock, self.limits = database, clock, limits
        self._tallies: dict[str, _Tally] = {}
        self._lock = threading.Lock()

    def count_call(self, window_id: str) -> None:
        """Count a call of a window; now and then this writes a row.

        Raises:
            TooManyCalls: this minute is used up.
        """
        if self.note_call(window_id):
            self.bring_calls(window_id)

    def note_call(self, window_id: str) -> bool:
        """Count a call, in memory only; True when `bring_calls` is due.

        Raises:
            TooManyCalls: this minute is used up.
        """
        limit = self.limits.calls_a_minute
        if not limit:
            return False
        seconds = int(self._clock().timestamp())
        with self._lock:
            tally = self._tally(window_id, seconds // MINUTE_S)
            tally.own_calls += 1
            is_due = tally.own_calls >= min(LOT, limit)
            is_over = tally.calls + tally.own_calls > limit
        if is_over and not is_due:
            raise TooManyCalls(MINUTE_S - seconds % MINUTE_S)
        return is_due

    def bring_calls(self, window_id: str) -> None:
        """Add the calls counted here to those of all processes.

        Raises:
            TooManyCalls: together they are too many.
        """
        seconds = int(self._clock().timestamp())
        with self._lock:
            tally = self._tally(window_id, seconds // MINUTE_S)
        if self._bring(window_id, tally).calls > self.limits.calls_a_minute:
            raise TooManyCalls(MINUTE_S - seconds % MINUTE_S)

    def count_page(self, window_id: str) -> None:
        """Count a page that is about to be stored; now and then this writes a row.

        Raises:
            TooManyPages: so many wait for a bundle already.
        """
        if self.note_page(window_id):
            self.bring_pages(window_id)

    def note_page(self, window_id: str) -> bool:
        """Count a page that is about to be stored, in memory only; True when `bring_pages` is due."""
        with self._lock:
            tally = self._tally(window_id, int(self._clock().timestamp()) // MINUTE_S)
            tally.own_pages += 1
            limit = self.limits.pages_without_bundle
            return tally.own_pages >= LOT or tally.pages + tally.own_pages > limit

    def bring_pages(self, window_id: str) -> None:
        """Add the pages counted here to those of all processes.

        Raises:
            TooManyPages: so many wait for a bundle already.
        """
        with self._lock:
            tally = self._tally(window_id, int(self._clock().timestamp()) // MINUTE_S)
        if self._bring(window_id, tally).pages > self.limits.pages_without_bundle:
            raise TooManyPages

    def finish(self, rows: Rows, window_ids: Sequence[str]) -> None:
        """Forget the pages of windows that have brought a new bundle, inside its transaction."""
        if window_ids:
            rows.execute(
                f"UPDATE pace SET pages = 0 WHERE window_id IN {in_list(window_ids)} AND pages > 0",
                window_ids,
            )

    def forget_pages(self, window_id: str) -> None:
        """Forget what this process counted of them, once the bundle is committed."""
        with self._lock:
            tally = self._tallies.get(window_id)
            if tally is not None:
                tally.pages = tally.own_pages = 0

    def _tally(self, window_id: str, minute: int) -> _Tally:
        tally = self._tallies.setdefault(window_id, _Tally(minute))
        if tally.minute != minute:
            tally.minute, tally.calls, tally.own_calls = minute, 0, 0
        return tally

    def _bring(self, window_id: str, tally: _Tally) -> _Tally:
        """Add this process's counts to the rows and take over the sums."""
        with self._lock:
            minute, calls, pages = tally.minute, tally.own_calls, tally.own_pages
            tally.own_calls = tally.own_pages = 0
        summed = self._database.write(lambda rows: _add(rows, window_id, minute, calls, pages))
        with self._lock:
            if tally.minute == minute:
                tally.calls = summed[0]
            tally.pages = summed[1]
        return tally


def _add(rows: Rows, window_id: str, minute: int, calls: int, pages: int) -> tuple[int, int]:
    # One statement on one row: PostgreSQL lets two processes add one after the other.
    found = rows.execute(
        "INSERT INTO pace (window_id, minute, calls, pages) VALUES (?, ?, ?, ?)"
        " ON CONFLICT (window_id) DO UPDATE SET"
        " calls = CASE WHEN pace.minute = excluded.minute THEN pace.calls ELSE 0 END + excluded.calls,"
        " pages = pace.pages + excluded.pages, minute = excluded.minute RETURNING calls, pages",
        (window_id, minute, calls, pages),
    ).fetchone()
    assert found is not None
    return int(found[0]), int(found[1])
