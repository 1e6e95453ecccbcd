"""Certificates and keys that issuers took back, told to every window there is and to each that comes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sync.contract.models import ChangeKind
from sync.gateway.database import Database, Rows
from sync.gateway.feed import append, last_of

NAME = "revoked:"
"""Prefix in `meta`; the value is when it was told first."""


class Revocations:
    """The list of one office; it only grows."""

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        """Keep the list beside the feeds."""
        self._database, self._clock = database, clock

    def revoke(self, name: str) -> None:
        """Take back a certificate (its number) or a key (its id); again, it tells whom nobody told."""
        at = self._clock()

        def announce(rows: Rows) -> None:
            # Held together with `welcome`: a window that enrols meanwhile is told by the one or the other.
            rows.hold(NAME)
            rows.hold_windows()
            rows.execute(
                "INSERT INTO meta (name, value) VALUES (?, ?) ON CONFLICT (name) DO NOTHING",
                (NAME + name, at.isoformat()),
            )
            for row in rows.execute('SELECT window_id FROM "window" WHERE revoked_at IS NULL').fetchall():
                self._tell(rows, str(row["window_id"]), name, at)

        self._database.write(announce)

    def welcome(self, window_id: str) -> None:
        """Tell a window that has just enrolled the whole list."""
        at = self._clock()

        def tell(rows: Rows) -> None:
            rows.hold(NAME)
            rows.hold_window(window_id)
            listed = rows.execute("SELECT name FROM meta WHERE name LIKE ?", (NAME + "%",)).fetchall()
            for row in listed:
                self._tell(rows, window_id, str(row["name"]).removeprefix(NAME), at)

        self._database.write(tell)

    def _tell(self, rows: Rows, window_id: str, name: str, at: datetime) -> None:
        if last_of(rows, window_id, name, ChangeKind.CERTIFICATE_REVOKED) is None:
            append(rows, window_id, ChangeKind.CERTIFICATE_REVOKED, name, at=at)
