"""The office's rows in one SQLite file, written by one transaction at a time."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from sync.gateway.database import in_list
from sync.gateway.errors import FolderUnusable, OfficeBusy, StorageFull
from sync.gateway.schema import VERSIONS, statements_after

Result = TypeVar("Result")

BUSY_TIMEOUT_S = 10.0
"""The command and the running server share the file; each waits this long for the other."""


class SqliteRows:
    """The rows of one connection; whoever writes holds everything already."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        """Speak through this connection."""
        self._connection = connection

    def execute(self, sql: str, parameters: Sequence[object] = ()) -> sqlite3.Cursor:
        """Run one statement."""
        return self._connection.execute(sql, tuple(parameters))

    def hold(self, name: str) -> None:
        """Hold already: there is one writer."""

    def hold_window(self, window_id: str) -> None:
        """Hold already: there is one writer."""

    def hold_windows(self) -> None:
        """Hold already: there is one writer."""

    def hold_free(self, names: Sequence[str]) -> set[str]:
        """Hold already: there is one writer."""
        return set(names)

    def hold_free_windows(self, window_ids: Sequence[str]) -> set[str]:
        """Hold already; return those that are not revoked."""
        found = self.execute(
            f'SELECT window_id FROM "window" WHERE window_id IN {in_list(window_ids)} AND revoked_at IS NULL',
            window_ids,
        )
        return {str(row[0]) for row in found}

    def next_serial(self) -> int:
        """Return the number after the last bundle's."""
        return self.next_serials(1)[0]

    def next_serials(self, count: int) -> list[int]:
        """Return the numbers after the last bundle's."""
        first = int(self.execute("SELECT coalesce(max(serial), 0) + 1 FROM bundle").fetchone()[0])
        return list(range(first, first + count))


class SqliteDatabase:
    """One connection, used by one thread at a time."""

    def __init__(self, path: Path) -> None:
        """Open or create the file.

        Raises:
            FolderUnusable: the file cannot be opened or a newer program wrote it.
        """
        self._lock = threading.RLock()
        try:
            self._connection = _connect(path)
        except sqlite3.Error as error:
            raise FolderUnusable(folder=path.parent, reason=type(error).__name__) from error
        self._rows = SqliteRows(self._connection)
        try:
            self.write(_migrate)
        except BaseException:
            self._connection.close()
            raise

    def write(self, work: Callable[[SqliteRows], Result]) -> Result:
        """Hold the write lock of the file; commit at the end, roll back on an exception."""
        with self._lock, _translated():
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                result = work(self._rows)
                self._connection.execute("COMMIT")
            finally:
                # A failed commit leaves the transaction open, and a full disk may have closed it already.
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
        return result

    @contextmanager
    def read(self) -> Iterator[SqliteRows]:
        """Read the last committed state."""
        with self._lock, _translated():
            yield self._rows

    def close(self) -> None:
        """Close the file; committed rows are on the disk already."""
        with self._lock:
            self._connection.close()


@contextmanager
def _translated() -> Iterator[None]:
    """Tell apart what passes by itself: a lock of another process, a full disk."""
    try:
        yield
    except sqlite3.Error as error:
        name = getattr(error, "sqlite_errorname", "")
        if name.startswith("SQLITE_BUSY"):
            raise OfficeBusy from error
        if name == "SQLITE_FULL":
            raise StorageFull from error
        raise


def _migrate(rows: SqliteRows) -> None:
    version = int(rows.execute("PRAGMA user_version").fetchone()[0])
    if version > len(VERSIONS):
        raise FolderUnusable(folder="", reason=f"schema {version}")
    for statement in statements_after(version):
        rows.execute(statement)
    rows.execute(f"PRAGMA user_version = {len(VERSIONS)}")


def _connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=BUSY_TIMEOUT_S, isolation_level=None, check_same_thread=False)
    connection.row_factory = sqlite3.Row
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        # An acknowledged bundle must survive a power cut, so each commit is synced.
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")
    except sqlite3.Error:
        connection.close()
        raise
    return connection
