"""The office's rows: one SQLite file, written by one transaction at a time.

SQL stays within what PostgreSQL understands too, but for the pragmas, so that a city can change the engine.
Times of expiry are Unix seconds; times that travel are RFC 3339 text.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sync.gateway.errors import FolderUnusable, OfficeBusy

SCHEMA_VERSION = 1
BUSY_TIMEOUT_S = 10.0
"""The command and the running server share the file; each waits this long for the other."""

SCHEMA = """
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE street (code TEXT PRIMARY KEY, name TEXT NOT NULL);
CREATE TABLE counter (name TEXT PRIMARY KEY, value INTEGER NOT NULL);
CREATE TABLE window (
    window_id TEXT PRIMARY KEY, name TEXT NOT NULL, street TEXT NOT NULL, street_name TEXT NOT NULL,
    public_key TEXT NOT NULL, key_id TEXT NOT NULL, number_prefix TEXT NOT NULL UNIQUE,
    enrolled_at TEXT NOT NULL, revoked_at TEXT);
CREATE TABLE code (
    code_hash TEXT PRIMARY KEY, street TEXT NOT NULL, street_name TEXT NOT NULL, expires_at REAL NOT NULL,
    window_id TEXT REFERENCES window);
CREATE TABLE token (
    token_hash TEXT PRIMARY KEY, window_id TEXT NOT NULL REFERENCES window, expires_at REAL NOT NULL);
CREATE TABLE assertion (
    window_id TEXT NOT NULL REFERENCES window, jti TEXT NOT NULL, expires_at REAL NOT NULL,
    PRIMARY KEY (window_id, jti));
CREATE TABLE bundle (
    serial INTEGER PRIMARY KEY, bundle_id TEXT NOT NULL UNIQUE, window_id TEXT NOT NULL REFERENCES window,
    kind TEXT NOT NULL, subject TEXT NOT NULL, version INTEGER NOT NULL, supersedes TEXT,
    manifest_sha256 TEXT NOT NULL, manifest TEXT NOT NULL, receipt TEXT NOT NULL, received_at TEXT NOT NULL,
    state TEXT NOT NULL);
CREATE UNIQUE INDEX bundle_successor ON bundle (window_id, supersedes) WHERE supersedes IS NOT NULL;
CREATE INDEX bundle_hash ON bundle (window_id, manifest_sha256);
CREATE INDEX bundle_subject ON bundle (subject, kind);
CREATE TABLE conflict (
    bundle_id TEXT NOT NULL, window_id TEXT NOT NULL REFERENCES window, manifest_sha256 TEXT NOT NULL,
    manifest TEXT NOT NULL, received_at TEXT NOT NULL, code TEXT NOT NULL,
    PRIMARY KEY (bundle_id, window_id, manifest_sha256));
CREATE TABLE matter (
    subject TEXT PRIMARY KEY, kind TEXT NOT NULL, window_id TEXT NOT NULL REFERENCES window,
    home_street TEXT NOT NULL, bundle_id TEXT NOT NULL REFERENCES bundle (bundle_id),
    version INTEGER NOT NULL, state TEXT NOT NULL, item TEXT NOT NULL, received_at TEXT NOT NULL);
CREATE TABLE feed (
    window_id TEXT NOT NULL REFERENCES window, position INTEGER NOT NULL, subject TEXT NOT NULL,
    kind TEXT NOT NULL, change TEXT NOT NULL, PRIMARY KEY (window_id, position));
CREATE INDEX feed_subject ON feed (subject, kind);
"""


class Database:
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
        try:
            self._migrate()
        except BaseException:
            self._connection.close()
            raise

    @contextmanager
    def write(self) -> Iterator[sqlite3.Connection]:
        """Hold the write lock of the file; commit at the end, roll back on an exception.

        Raises:
            OfficeBusy: another process kept the lock for too long.
        """
        with self._lock:
            _begin(self._connection)
            try:
                yield self._connection
                self._connection.execute("COMMIT")
            finally:
                # A failed commit leaves the transaction open, and a full disk may have closed it already.
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")

    @contextmanager
    def read(self) -> Iterator[sqlite3.Connection]:
        """Read the last committed state."""
        with self._lock:
            yield self._connection

    def close(self) -> None:
        """Close the file; committed rows are on the disk already."""
        with self._lock:
            self._connection.close()

    def _migrate(self) -> None:
        with self.write() as rows:
            version = int(rows.execute("PRAGMA user_version").fetchone()[0])
            if version == 0:
                for statement in SCHEMA.split(";\n"):
                    rows.execute(statement)
                rows.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
        if version > SCHEMA_VERSION:
            raise FolderUnusable(folder="", reason=f"schema {version}")


def _begin(connection: sqlite3.Connection) -> None:
    try:
        connection.execute("BEGIN IMMEDIATE")
    except sqlite3.OperationalError as error:
        if error.sqlite_errorname.startswith("SQLITE_BUSY"):
            raise OfficeBusy from error
        raise


def next_number(rows: sqlite3.Connection, counter: str) -> int:
    """Return 1, 2, 3 ... for the named counter, inside the caller's transaction."""
    rows.execute(
        "INSERT INTO counter (name, value) VALUES (?, 1)"
        " ON CONFLICT (name) DO UPDATE SET value = counter.value + 1",
        (counter,),
    )
    return int(rows.execute("SELECT value FROM counter WHERE name = ?", (counter,)).fetchone()[0])


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
