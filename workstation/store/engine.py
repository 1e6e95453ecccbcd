"""The encrypted database file: connections, transactions, and the one place that translates its errors.

SQLCipher with a raw key, write-ahead log and `synchronous=FULL`: a commit that returned survives a power cut.
Writers queue on a lock inside the process and on `BEGIN IMMEDIATE` between processes; readers never wait.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import sqlcipher3.dbapi2
from sqlalchemy import Engine, event
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoConnection
from sqlmodel import Session, create_engine

from workstation.store.errors import (
    ConcurrentChange,
    DiskFault,
    DiskFull,
    StoreDamaged,
    StoreError,
    StoreLocked,
)

FILE_NAME = "workstation.db"
BUSY_S = 10.0
"""How long a writer waits for another one before it gives up."""

_BEGIN = "workstation_begin"

_BY_CODE: dict[str, type[StoreError]] = {
    "SQLITE_BUSY": StoreLocked,
    "SQLITE_LOCKED": StoreLocked,
    "SQLITE_FULL": DiskFull,
    "SQLITE_IOERR": DiskFault,
    "SQLITE_CANTOPEN": DiskFault,
    "SQLITE_READONLY": DiskFault,
    "SQLITE_PERM": DiskFault,
    "SQLITE_CORRUPT": StoreDamaged,
    "SQLITE_NOTADB": StoreDamaged,
    "SQLITE_CONSTRAINT": ConcurrentChange,
}


class Database:
    """One open database file, to be used from any thread."""

    def __init__(self, path: Path, key: bytes, *, busy_s: float = BUSY_S) -> None:
        """Prepare the connections; the file is touched at the first use."""
        self.path = path
        self._busy_s = busy_s
        self._engine = _engine(path, key, busy_s)
        self._writer = self._engine.execution_options(**{_BEGIN: "BEGIN IMMEDIATE"})
        self._turn = threading.Lock()
        self._held_by: int | None = None

    @contextmanager
    def read(self) -> Iterator[Session]:
        """Give one consistent view of the data; it neither blocks a writer nor waits for one."""
        with translated(), Session(self._engine, expire_on_commit=False) as session:
            yield session

    @contextmanager
    def write(self) -> Iterator[Session]:
        """Give a transaction that is committed at the end and undone by any exception.

        Raises:
            StoreLocked: another writer did not finish in time.
            DiskFull: no space to commit; nothing has changed.
            StoreError: a statement was refused, which the block passed over; nothing has changed.
            RuntimeError: this thread is inside a transaction already (it would wait for itself).
        """
        with (
            self._my_turn(),
            translated(),
            Session(self._writer, expire_on_commit=False) as session,
            session.begin(),
        ):
            # Begin now: SQLAlchemy would wait for the first statement, and the lock with it.
            session.connection()
            yield session
            if not session.in_transaction():
                raise StoreError(reason="a refused statement was passed over")

    @contextmanager
    def connection(self) -> Iterator[Connection]:
        """Give a bare connection in a write transaction, for migrations."""
        with self._my_turn(), translated(), self._writer.begin() as connection:
            yield connection

    @contextmanager
    def cursor(self) -> Iterator[Any]:
        """Give the driver's own cursor outside any transaction, for statements that refuse one."""
        with translated(), closing(self._engine.raw_connection()) as connection:
            yield connection.cursor()

    def close(self) -> None:
        """Close all connections; the last process out folds the write-ahead log into the file."""
        self._engine.dispose()

    @contextmanager
    def _my_turn(self) -> Iterator[None]:
        me = threading.get_ident()
        if self._held_by == me:
            raise RuntimeError("a store transaction was begun inside another one")
        if not self._turn.acquire(timeout=self._busy_s):
            raise StoreLocked(seconds=int(self._busy_s))
        self._held_by = me
        try:
            yield
        finally:
            self._held_by = None
            self._turn.release()


@contextmanager
def translated() -> Iterator[None]:
    """Turn the database's errors into the store's."""
    try:
        yield
    except DBAPIError as error:
        raise _translation(error.orig) from error
    except sqlcipher3.dbapi2.Error as error:
        # Raised while a connection is prepared, before SQLAlchemy wraps anything.
        raise _translation(error) from error
    except NoConnection as error:
        raise StoreLocked(what="connections", reason="all in use") from error


def _translation(error: BaseException | None) -> StoreError:
    name = str(getattr(error, "sqlite_errorname", None) or type(error).__name__)
    for prefix, kind in _BY_CODE.items():
        if name.startswith(prefix):
            return kind(what="database", reason=name)
    return StoreError(reason=name)


def _engine(path: Path, key: bytes, busy_s: float) -> Engine:
    engine = create_engine(
        f"sqlite:///{path}",
        module=sqlcipher3.dbapi2,
        connect_args={"check_same_thread": False, "timeout": busy_s, "isolation_level": None},
        hide_parameters=True,
    )

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: Any) -> None:
        cursor = connection.cursor()
        # A wrong key would otherwise write to stderr, in the middle of the screen.
        cursor.execute("PRAGMA cipher_log_level = NONE")
        cursor.execute(f"PRAGMA key = \"x'{key.hex()}'\"")
        cursor.execute("PRAGMA journal_mode = WAL")
        cursor.execute("PRAGMA synchronous = FULL")
        cursor.execute("PRAGMA foreign_keys = ON")
        cursor.close()

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        connection.exec_driver_sql(str(connection.get_execution_options().get(_BEGIN, "BEGIN")))

    return engine
