"""Moving an office from the SQLite file of its folder to a PostgreSQL server, whole or not at all.

Pages go first, then the rows: the file is locked while every table is written by one transaction of the
server, counted and hashed on both sides, and sealed before the lock is given up. Whoever dies on the way
leaves the old office as it was, or a target that equals it: the same command then ends the work.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from sync.contract.models import MAX_BLOB_BYTES
from sync.gateway.blobs import Blobs, BlobStore
from sync.gateway.database import Rows, insert_all
from sync.gateway.moved import MoveDiffers, TargetNotEmpty, check_here, seal
from sync.gateway.postgresql import PostgresDatabase, where
from sync.gateway.sqlite import SqliteDatabase

LOT = 200
"""Rows of one statement."""
OWN = "schema"
"""The line of `meta` that is the server's own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """What was moved."""

    tables: dict[str, int]
    """Rows of each table."""
    pages: int
    """Pages brought to the bucket now; those that were there already do not count."""


@dataclass(frozen=True, slots=True)
class Sum:
    """How many rows a table has, and the sum of their hashes, which no order of reading changes."""

    count: int = 0
    total: int = 0

    def plus(self, row: Sequence[object]) -> Sum:
        """Return the sum with one row more."""
        digest = hashlib.sha256(json.dumps(row, ensure_ascii=False).encode()).digest()
        return Sum(self.count + 1, (self.total + int.from_bytes(digest, "big")) % 2**256)


def move(file: Path, place: str, pages: BlobStore, target: Blobs | None = None) -> Moved:
    """Move an office's rows, and its pages when there is a target for them.

    Args:
        file: SQLite's file; a gateway that serves it hears "busy" meanwhile and an error afterwards.
        place: `postgresql://...` without an office.
        pages: the folder of pages.
        target: where the pages go; None leaves them.

    Raises:
        OfficeMoved: it was moved before.
        TargetNotEmpty: the server holds another office, or this one as it stood at another time.
        MoveDiffers: what the server holds is not what was sent; it was rolled back.
        OfficeError: a database or the bucket cannot be used.
    """
    copied = 0 if target is None else _copy_pages(pages, target)
    source = SqliteDatabase(file)
    try:
        server = PostgresDatabase(place)
        try:

            def work(rows: Rows) -> Moved:
                check_here({str(row[0]): str(row[1]) for row in rows.execute("SELECT name, value FROM meta")})
                late = 0 if target is None else _copy_pages(pages, target)
                tables = _tables(rows)
                sums = {table: _sum(rows, table, columns) for table, columns in tables.items()}
                server.write(lambda there: _copy(rows, there, tables, sums))
                seal(rows, list(tables), where(place))
                counts = {table: one.count for table, one in sums.items()}
                return Moved(tables=counts, pages=copied + late)

            return source.write(work)
        finally:
            server.close()
    finally:
        source.close()


def _tables(rows: Rows) -> dict[str, list[str]]:
    """Return the columns of every table, in the order they were made: what is referred to comes first."""
    found = rows.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY rowid"
    ).fetchall()
    return {
        str(table[0]): [str(column[1]) for column in rows.execute(f'PRAGMA table_info("{table[0]}")')]
        for table in found
    }


def _copy(rows: Rows, there: Rows, tables: dict[str, list[str]], wanted: dict[str, Sum]) -> None:
    """Write all rows, and see that both sides agree."""
    before = {table: _sum(there, table, columns) for table, columns in tables.items()}
    if before == wanted and wanted["meta"].count:
        return
    if any(one.count for one in before.values()):
        raise TargetNotEmpty
    for table, columns in tables.items():
        for lot in _lots(rows, table, columns):
            insert_all(there, f'"{table}"', [f'"{column}"' for column in columns], lot)
    there.execute(
        "SELECT setval('bundle_serial', greatest((SELECT coalesce(max(serial), 0) FROM bundle), 1),"
        " EXISTS (SELECT 1 FROM bundle))"
    )
    for table, columns in tables.items():
        if _sum(there, table, columns) != wanted[table]:
            raise MoveDiffers(table=table)


def _sum(rows: Rows, table: str, columns: list[str]) -> Sum:
    total = Sum()
    for row in _rows(rows, table, columns):
        total = total.plus(row)
    return total


def _lots(rows: Rows, table: str, columns: list[str]) -> Iterator[list[list[object]]]:
    lot: list[list[object]] = []
    for row in _rows(rows, table, columns):
        lot.append(row)
        if len(lot) == LOT:
            yield lot
            lot = []
    yield lot


def _rows(rows: Rows, table: str, columns: list[str]) -> Iterator[list[object]]:
    """Yield the rows of a table, without the one line that is the engine's own."""
    names = ", ".join(f'"{column}"' for column in columns)
    for row in rows.execute(f'SELECT {names} FROM "{table}"'):
        values = [row[place] for place in range(len(columns))]
        if table != "meta" or values[0] != OWN:
            yield values


def _copy_pages(pages: BlobStore, target: Blobs) -> int:
    """Bring over the pages that are not there yet; each is hashed on its way and its size read back."""
    copied = 0
    for sha256 in pages.names():
        if target.size(sha256) == pages.size(sha256):
            continue
        with target.receive(sha256, MAX_BLOB_BYTES) as incoming:
            incoming.write(pages.read(sha256))
            incoming.keep()
        copied += 1
    return copied
