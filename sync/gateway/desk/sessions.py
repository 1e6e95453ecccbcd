"""Who is logged in: a random cookie whose hash is in the rows, so any process of the gateway knows it."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sync.gateway.database import Database, Rows
from sync.gateway.desk.accounts import Reviewer, by_id

IDLE_S = 1800.0
"""Half an hour without a key; a list that refreshes itself does not count as one."""
LONGEST_S = 12 * 3600.0
REMEMBER_S = 60.0
"""How often being there is written down."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """One log-in."""

    reviewer: Reviewer
    csrf: str

    def allows(self, token: str) -> bool:
        """Return whether a form came from a page of this log-in."""
        return hmac.compare_digest(self.csrf.encode(), token.encode("utf-8", "replace"))


class Sessions:
    """The log-ins of one office."""

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        """Keep the rows and the clock."""
        self._database = database
        self._clock = clock

    def begin(self, reviewer: Reviewer) -> str:
        """Begin a log-in and return the cookie's value; forget those that ended."""
        now, value = self._clock().timestamp(), secrets.token_urlsafe(32)

        def work(rows: Rows) -> None:
            rows.execute(
                "DELETE FROM desk_session WHERE seen_at < ? OR began_at < ?", (now - IDLE_S, now - LONGEST_S)
            )
            rows.execute(
                "INSERT INTO desk_session (session_hash, reviewer_id, csrf, began_at, seen_at)"
                " VALUES (?, ?, ?, ?, ?)",
                (_hash(value), reviewer.reviewer_id, secrets.token_urlsafe(24), now, now),
            )

        self._database.write(work)
        return value

    def find(self, value: str, *, by_hand: bool) -> Session | None:
        """Return the log-in of a cookie; `by_hand` keeps it alive, a page that refreshes itself does not."""
        now, name = self._clock().timestamp(), _hash(value)
        with self._database.read() as rows:
            row = rows.execute("SELECT * FROM desk_session WHERE session_hash = ?", (name,)).fetchone()
            if (
                row is None
                or now > float(row["seen_at"]) + IDLE_S
                or now > float(row["began_at"]) + LONGEST_S
            ):
                return None
            reviewer = by_id(rows, str(row["reviewer_id"]))
        if reviewer is None:
            return None
        if by_hand and now > float(row["seen_at"]) + REMEMBER_S:
            self._database.write(
                lambda rows: rows.execute(
                    "UPDATE desk_session SET seen_at = ? WHERE session_hash = ?", (now, name)
                )
            )
        return Session(reviewer=reviewer, csrf=str(row["csrf"]))

    def end(self, value: str) -> None:
        """End a log-in."""
        name = _hash(value)
        self._database.write(
            lambda rows: rows.execute("DELETE FROM desk_session WHERE session_hash = ?", (name,))
        )


def _hash(value: str) -> str:
    return hashlib.sha256(value.encode("utf-8", "replace")).hexdigest()
