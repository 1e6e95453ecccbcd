"""How rows come into the database, for every table alike: plain statements, made once for each table.

The mapper of objects takes longer to insert a page's rows than the disk takes to keep them, so it is used for
reading, and for changing a row that was read; what is new, or replaced as a whole, comes by here.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from sqlalchemy import ColumnElement, Delete, Insert, Table, delete, insert
from sqlalchemy.dialects.sqlite import insert as insert_or
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

from workstation.store.rows import Row

Values = Mapping[str, object]
"""A row by the names of its columns; what is left out is NULL."""


@cache
def table_of(kind: type[Row]) -> Table:
    """Return the table of a kind of rows."""
    return Row.metadata.tables[str(kind.__tablename__)]


def add(session: Session, kind: type[Row], *rows: Values) -> None:
    """Insert rows of the same columns, in their order; one that is there already is a ConcurrentChange."""
    if rows:
        _run(session, _insert(kind), rows)


def put(session: Session, kind: type[Row], *rows: Values) -> None:
    """Insert rows, or replace what is there under the same primary key, which keeps what refers to it."""
    if rows:
        _run(session, _upsert(kind), rows)


def remove(session: Session, kind: type[Row], *where: ColumnElement[bool]) -> None:
    """Delete the rows for which all conditions hold."""
    _run(session, delete(table_of(kind)).where(*where), ())


def _run(session: Session, statement: Insert | Delete, rows: tuple[Values, ...]) -> None:
    # What was changed on rows that were read goes first, or the statements would change places.
    session.flush()
    try:
        session.connection().execute(statement, [dict(row) for row in rows] or None)
    except DBAPIError:
        # The engine undoes the one statement only: whoever passes over this must not keep the others.
        session.rollback()
        raise


@cache
def _insert(kind: type[Row]) -> Insert:
    return insert(table_of(kind))


@cache
def _upsert(kind: type[Row]) -> Insert:
    table = table_of(kind)
    statement = insert_or(table)
    kept = {
        column.name: statement.excluded[column.name] for column in table.columns if not column.primary_key
    }
    return statement.on_conflict_do_update(index_elements=list(table.primary_key), set_=kept)
