"""The office's rows on a PostgreSQL server, for as many threads, processes and machines as there are.

READ COMMITTED and explicit holds (see `database`), not SERIALIZABLE: what must not happen at once is known
and small (one window), so nobody is turned away for reading beside a neighbour.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from typing import Any, TypeVar
from urllib.parse import urlsplit

import psycopg
from psycopg import errors
from psycopg._cursor_base import BaseCursor
from psycopg.rows import RowMaker, no_result
from psycopg_pool import ConnectionPool, PoolTimeout

from sync.gateway.database import in_list, only_value
from sync.gateway.errors import DatabaseUnusable, OfficeBusy, StorageFull
from sync.gateway.schema import VERSIONS, statements_after

Result = TypeVar("Result")

CONNECTIONS = 10
"""Most connections of one process."""
CONNECT_TIMEOUT_S = 10
POOL_TIMEOUT_S = 10.0
LOCK_TIMEOUT_MS = 10_000
STATEMENT_TIMEOUT_MS = 30_000
ATTEMPTS = 6
PAUSE_S = 0.01
"""Before the second attempt; doubled before each further one."""
PASSING = (errors.SerializationFailure, errors.DeadlockDetected, errors.UniqueViolation)
"""What another transaction did at the same time: the next attempt sees it."""
NAMESPACE = 0x57494E44
"""First half of the office's advisory locks, so that no other program's fall together with them."""


class PostgresRow:
    """Values by their name or their place."""

    __slots__ = ("_names", "_values")

    def __init__(self, names: dict[str, int], values: Sequence[Any]) -> None:
        """Keep the values in the order of the statement."""
        self._names, self._values = names, values

    def __getitem__(self, key: str | int, /) -> Any:
        """Return one value."""
        return self._values[key if isinstance(key, int) else self._names[key]]


def _row_factory(cursor: BaseCursor[Any, Any]) -> RowMaker[PostgresRow]:
    columns = cursor.description
    if columns is None:
        return no_result
    names = {column.name: place for place, column in enumerate(columns)}
    return lambda values: PostgresRow(names, values)


Connection = psycopg.Connection[PostgresRow]


class PostgresRows:
    """The rows as one connection sees them."""

    def __init__(self, connection: Connection) -> None:
        """Speak through this connection."""
        self._connection = connection

    def execute(self, sql: str, parameters: Sequence[object] = ()) -> psycopg.Cursor[PostgresRow]:
        """Run one statement."""
        return self._connection.execute(_placed(sql), parameters)

    def hold(self, name: str) -> None:
        """Hold a name until the transaction ends."""
        self.execute("SELECT pg_advisory_xact_lock(?, hashtext(?))", (NAMESPACE, name))

    def hold_window(self, window_id: str) -> None:
        """Lock the window's row; rows that only refer to it (a token) do not wait."""
        self.execute('SELECT 1 FROM "window" WHERE window_id = ? FOR NO KEY UPDATE', (window_id,))

    def hold_windows(self) -> None:
        """Lock the rows of all windows, in one order."""
        self.execute('SELECT 1 FROM "window" WHERE revoked_at IS NULL ORDER BY window_id FOR NO KEY UPDATE')

    def hold_free(self, names: Sequence[str]) -> set[str]:
        """Hold those names that nobody holds."""
        values = ", ".join(["(CAST(? AS TEXT))"] * len(names))
        found = self.execute(
            f"SELECT name FROM (VALUES {values}) AS asked (name)"
            " WHERE pg_try_advisory_xact_lock(?, hashtext(name))",
            (*names, NAMESPACE),
        )
        return {str(row[0]) for row in found}

    def hold_free_windows(self, window_ids: Sequence[str]) -> set[str]:
        """Lock the rows of those windows that nobody locks."""
        found = self.execute(
            f'SELECT window_id FROM "window" WHERE window_id IN {in_list(window_ids)} AND revoked_at IS NULL'
            " FOR NO KEY UPDATE SKIP LOCKED",
            window_ids,
        )
        return {str(row[0]) for row in found}

    def next_serial(self) -> int:
        """Take the next number of a sequence: nobody waits for it."""
        return self.next_serials(1)[0]

    def next_serials(self, count: int) -> list[int]:
        """Take the next numbers of a sequence."""
        found = self.execute("SELECT nextval('bundle_serial') FROM generate_series(1, ?)", (count,))
        return [int(row[0]) for row in found]


@lru_cache(maxsize=256)
def _placed(sql: str) -> bytes:
    return sql.replace("?", "%s").encode()


class PostgresDatabase:
    """A pool of connections."""

    def __init__(self, place: str) -> None:
        """Connect, and make or bring up to date the tables.

        Raises:
            DatabaseUnusable: the server refuses or cannot be reached, or a newer program made the tables.
        """
        try:
            with psycopg.connect(place, connect_timeout=CONNECT_TIMEOUT_S, row_factory=_row_factory) as first:
                _migrate(PostgresRows(first), where(place))
        except psycopg.Error as error:
            raise DatabaseUnusable(place=where(place), reason=_reason(error)) from error
        self._pool = ConnectionPool(
            place,
            min_size=1,
            max_size=CONNECTIONS,
            timeout=POOL_TIMEOUT_S,
            kwargs={"autocommit": True, "row_factory": _row_factory, "connect_timeout": CONNECT_TIMEOUT_S},
            configure=_configure,
            open=True,
            name="gateway",
        )

    def write(self, work: Callable[[PostgresRows], Result]) -> Result:
        """Run `work` as one transaction, again when another one came between."""
        for attempt in range(ATTEMPTS - 1):
            try:
                return self._once(work)
            except PASSING:
                # Full jitter: those that met once should not meet again.
                time.sleep(random.uniform(0, PAUSE_S * 2**attempt))
        try:
            return self._once(work)
        except PASSING as error:
            raise OfficeBusy from error

    def _once(self, work: Callable[[PostgresRows], Result]) -> Result:
        with _translated(), self._pool.connection() as connection, connection.transaction():
            return work(PostgresRows(connection))

    @contextmanager
    def read(self) -> Iterator[PostgresRows]:
        """Read what was committed."""
        with _translated(), self._pool.connection() as connection:
            yield PostgresRows(connection)

    def close(self) -> None:
        """Close the connections."""
        self._pool.close()


@contextmanager
def _translated() -> Iterator[None]:
    """Tell apart what passes by itself: a server that is away or overloaded, a full disk."""
    try:
        yield
    except PASSING:
        raise
    except errors.DiskFull as error:
        raise StorageFull from error
    except (psycopg.OperationalError, psycopg.InterfaceError, PoolTimeout) as error:
        raise OfficeBusy from error


def _configure(connection: Connection) -> None:
    """Bound every wait, and see that a commit is on the disk before it is acknowledged."""
    connection.execute(f"SET lock_timeout = {LOCK_TIMEOUT_MS}".encode())
    connection.execute(f"SET statement_timeout = {STATEMENT_TIMEOUT_MS}".encode())
    connection.execute(f"SET idle_in_transaction_session_timeout = {STATEMENT_TIMEOUT_MS}".encode())
    connection.execute("SET default_transaction_isolation = 'read committed'")
    connection.execute(
        "SELECT set_config('synchronous_commit', 'on', false)"
        " WHERE current_setting('synchronous_commit') = 'off'"
    )


def _migrate(rows: PostgresRows, place: str) -> None:
    """Make the tables; who comes second waits and finds them."""
    rows.hold("schema")
    if only_value(rows.execute("SELECT current_setting('server_encoding')")) != "UTF8":
        raise DatabaseUnusable(place=place, reason="server_encoding")
    version = _version(rows)
    if version > len(VERSIONS):
        raise DatabaseUnusable(place=place, reason=f"schema {version}")
    for statement in statements_after(version):
        rows.execute(statement)
    if version == 0:
        rows.execute("CREATE SEQUENCE bundle_serial OWNED BY bundle.serial")
    if version < len(VERSIONS):
        rows.execute(
            "INSERT INTO meta (name, value) VALUES ('schema', ?)"
            " ON CONFLICT (name) DO UPDATE SET value = excluded.value",
            (str(len(VERSIONS)),),
        )


def _version(rows: PostgresRows) -> int:
    if only_value(rows.execute("SELECT to_regclass('meta')")) is None:
        return 0
    found = rows.execute("SELECT value FROM meta WHERE name = 'schema'").fetchone()
    return 0 if found is None else int(found["value"])


def where(place: str) -> str:
    """Return a place without the password and the options it may hold, for people to read."""
    parts = urlsplit(place)
    return f"{parts.scheme}://{parts.hostname or ''}{f':{parts.port}' if parts.port else ''}{parts.path}"


def _reason(error: psycopg.Error) -> str:
    """Return the kind of a refusal: its words may hold addresses and names of accounts."""
    return error.sqlstate or type(error).__name__
