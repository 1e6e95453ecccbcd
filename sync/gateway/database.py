"""What the office needs of its rows, whichever engine keeps them: a file of SQLite or a server of PostgreSQL.

The engines differ in who may write at once. SQLite has one writer: everything a transaction reads stays true
until it ends. PostgreSQL has many, each statement sees what was committed before it (READ COMMITTED), so a
transaction first takes hold of what it is about:

a window        everything about its bundles, its cases and its feed. Positions of a feed are handed out
                under it and seen only when the transaction has ended, so no reader passes a position by.
a name          what is between windows: enrolling (which prefix is next), publishing (which windows are
                told), whose a case number is.

Holds are taken in this order, names before windows, and one window unless it is all of them, so no two
transactions wait for each other. A lot of bundles (see `together`) holds several windows, and waits for none.
What slips through meets a unique index and is tried again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, Protocol, TypeVar

Result = TypeVar("Result")

NUMBERS_BEGIN = "gap"
"""Counter of what a counter that is not there yet leaves out."""
POSTGRESQL_SCHEMES = ("postgresql://", "postgres://")


class Row(Protocol):
    """Values by their name or their place."""

    def __getitem__(self, key: str | int, /) -> Any:
        """Return one value."""


class Found(Protocol):
    """What a statement brought."""

    @property
    def rowcount(self) -> int:
        """Rows written."""

    def fetchone(self) -> Row | None:
        """Return the next row."""

    def fetchall(self) -> Sequence[Row]:
        """Return the rows that are left."""

    def __iter__(self) -> Iterator[Row]:
        """Yield the rows that are left."""


class Rows(Protocol):
    """The rows inside a transaction, or those last committed."""

    def execute(self, sql: str, parameters: Sequence[object] = ()) -> Found:
        """Run one statement; a parameter stands as `?`."""

    def hold(self, name: str) -> None:
        """Wait until no other transaction holds this name, and hold it until this one ends."""

    def hold_window(self, window_id: str) -> None:
        """Hold a window: its bundles, its cases and its feed."""

    def hold_windows(self) -> None:
        """Hold all windows that are not revoked."""

    def hold_free(self, names: Sequence[str]) -> set[str]:
        """Hold those names that nobody holds, without waiting, and return them."""

    def hold_free_windows(self, window_ids: Sequence[str]) -> set[str]:
        """Hold those windows that nobody holds and that are not revoked, without waiting, and return them."""

    def next_serial(self) -> int:
        """Return a number no other bundle has; on PostgreSQL a failed transaction leaves a gap."""

    def next_serials(self, count: int) -> list[int]:
        """Return so many of them."""


class Database(Protocol):
    """The rows of one office, for any number of threads."""

    def write(self, work: Callable[[Rows], Result]) -> Result:
        """Run `work` as one transaction and commit; an exception of it leaves nothing.

        `work` may run more than once, so it must change nothing but rows.

        Raises:
            OfficeBusy: another writer was in the way for too long, or the server cannot be reached.
            StorageFull: the disk of the rows is full.
        """

    def read(self) -> AbstractContextManager[Rows]:
        """Read what was committed; each statement sees the newest.

        Raises:
            OfficeBusy: the server cannot be reached.
        """

    def close(self) -> None:
        """Let go; committed rows are on the disk already."""


def open_database(place: str, file: Path) -> Database:
    """Open the rows.

    Args:
        place: `postgresql://...`, or nothing for SQLite.
        file: SQLite's file.

    Raises:
        FolderUnusable: the file cannot be opened or a newer program wrote it.
        DatabaseUnusable: the server refuses, cannot be reached, or a newer program made the tables.
    """
    if place.startswith(POSTGRESQL_SCHEMES):
        from sync.gateway.postgresql import PostgresDatabase

        return PostgresDatabase(place)
    from sync.gateway.sqlite import SqliteDatabase

    return SqliteDatabase(file)


def next_number(rows: Rows, counter: str) -> int:
    """Return 1, 2, 3 ... for the named counter, inside the caller's transaction; after a `gap` further on.

    On PostgreSQL the counter's row stays locked until the caller commits, so two never get the same and none
    is left out; the office's counters belong to one window each (or to enrolling, which is held by name).
    """
    return int(
        only_value(
            rows.execute(
                "INSERT INTO counter (name, value) VALUES"
                " (?, 1 + coalesce((SELECT value FROM counter WHERE name = ?), 0))"
                " ON CONFLICT (name) DO UPDATE SET value = counter.value + 1 RETURNING value",
                (counter, NUMBERS_BEGIN),
            )
        )
    )


def insert_all(rows: Rows, table: str, columns: Sequence[str], values: Sequence[Sequence[object]]) -> None:
    """Add several rows by one statement; each of `values` is in the order of `columns`."""
    if not values:
        return
    row = f"({', '.join('?' * len(columns))})"
    rows.execute(
        f"INSERT INTO {table} ({', '.join(columns)}) VALUES {', '.join([row] * len(values))}",
        [value for one in values for value in one],
    )


def in_list(values: Sequence[object]) -> str:
    """Return `(?, ?, ...)` for so many values."""
    return f"({', '.join('?' * len(values))})"


def only_value(found: Found) -> Any:
    """Return the value of a statement that brings one row of one column."""
    row = found.fetchone()
    assert row is not None
    return row[0]
