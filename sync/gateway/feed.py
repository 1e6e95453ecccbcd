"""What the office tells each window: one numbered feed a window, appended in the deciding transaction."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sync.contract.ids import uuid7
from sync.contract.models import Change, ChangeKind, Changes
from sync.gateway.database import Database, Rows, only_value

ASKED = 256
"""Most windows of one statement."""
SLICE = 100
"""Most changes of one answer; the window asks again at once for more."""


@dataclass(frozen=True, slots=True)
class Told:
    """A slice of a feed, each line as it was written."""

    positions: tuple[int, ...]
    lines: tuple[str, ...]
    cursor: int

    @property
    def body(self) -> str:
        """The slice as it travels (`Changes`)."""
        return f'{{"changes":[{",".join(self.lines)}],"cursor":{self.cursor}}}'


class Feed:
    """The feeds of one office."""

    def __init__(self, database: Database) -> None:
        """Keep the rows."""
        self._database = database

    def told(self, window_id: str, after: int) -> Told:
        """Return the next lines of a window after a cursor; none leaves the cursor where it is.

        They are not read here: a newer program of the same office may have written them.
        """
        with self._database.read() as rows:
            found = rows.execute(
                "SELECT position, change FROM feed WHERE window_id = ? AND position > ?"
                " ORDER BY position LIMIT ?",
                (window_id, after, SLICE),
            ).fetchall()
        positions = tuple(int(row["position"]) for row in found)
        return Told(positions, tuple(str(row["change"]) for row in found), (after, *positions)[-1])

    def since(self, window_id: str, after: int) -> Changes:
        """Return the same as `told`, read; for tests and tools of this program's own lines."""
        return Changes.model_validate_json(self.told(window_id, after).body)

    def ahead(self, cursors: Mapping[str, int]) -> set[str]:
        """Return the windows whose feed goes beyond their cursor."""
        asked = list(cursors.items())
        with self._database.read() as rows:
            return {
                str(row["window_id"])
                for start in range(0, len(asked), ASKED)
                for row in rows.execute(*_ahead(asked[start : start + ASKED]))
            }


def _ahead(asked: list[tuple[str, int]]) -> tuple[str, list[object]]:
    """Return the statement and its parameters; sizes are powers of two, so that statements are few."""
    size = 1 << (len(asked) - 1).bit_length()
    filled = asked + asked[-1:] * (size - len(asked))
    values = ", ".join(["(CAST(? AS TEXT), CAST(? AS BIGINT))"] * size)
    statement = (
        f"WITH asked (window_id, after) AS (VALUES {values}) SELECT window_id FROM asked WHERE EXISTS"
        " (SELECT 1 FROM feed WHERE feed.window_id = asked.window_id AND feed.position > asked.after)"
    )
    return statement, [value for pair in filled for value in pair]


def append(
    rows: Rows,
    window_id: str,
    kind: ChangeKind,
    subject: str,
    *,
    at: datetime,
    **facts: Any,
) -> Change:
    """Add one line to a window's feed, inside the caller's transaction; `facts` are fields of `Change`.

    The position is the microsecond, at least the one after the last: an office restored from a backup so goes
    on behind what its windows have read, and not with positions they have passed.

    Whoever appends holds the window, here if not before, until the commit: so a line is never committed after
    one with a higher position, and no reader passes it by.
    """
    rows.hold_window(window_id)
    last = only_value(rows.execute("SELECT max(position) FROM feed WHERE window_id = ?", (window_id,)))
    position = max(int(last or 0) + 1, int(at.timestamp() * 1_000_000))
    change = Change(cursor=position, change_id=uuid7(at), at=at, kind=kind, subject=subject, **facts)
    rows.execute(
        "INSERT INTO feed (window_id, position, subject, kind, change) VALUES (?, ?, ?, ?, ?)",
        # Without what it does not say: a window that does not know a member yet reads the lines without it.
        (window_id, change.cursor, subject, kind.value, change.model_dump_json(exclude_defaults=True)),
    )
    return change


def last_of(rows: Rows, window_id: str, subject: str, kind: ChangeKind) -> Change | None:
    """Return the last change of this kind about a subject."""
    row = rows.execute(
        "SELECT change FROM feed WHERE window_id = ? AND subject = ? AND kind = ?"
        " ORDER BY position DESC LIMIT 1",
        (window_id, subject, kind.value),
    ).fetchone()
    return None if row is None else Change.model_validate_json(row["change"])
