"""Changes of the back office (`sync.port.Inbox`): each applied once, with its effect, in one transaction.

A line that only a newer program knows is kept as it came. So are the lines behind it about the same subject:
whatever they mean may rest on it. After the upgrade all are applied in the feed's order.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import func
from sqlmodel import Session, col, select

from sync.contract.feed import REPEATABLE, UnknownChange
from sync.contract.models import Change
from workstation.store import codec
from workstation.store.engine import Database
from workstation.store.rows import ChangeRow
from workstation.store.transaction import Tx
from workstation.store.writing import Values, add

OnChange = Callable[[Tx, Change], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class AppliedChange:
    """A line of the feed, whether it was applied, and whether somebody has seen it."""

    change: Change | UnknownChange
    is_read: bool
    is_kept: bool = False
    """It waits for a newer program: not known, or behind one that is not."""


class InboxTable:
    """Lines of the feed in the database; every method is one transaction."""

    def __init__(self, database: Database, transact: Callable[[Session], Tx]) -> None:
        """Use the store's database; `transact` gives the handler its transaction."""
        self._database = database
        self._transact = transact
        self.on_change: OnChange | None = None
        """What a change does to cases and bags; when it raises, the change is not applied."""

    def cursor(self) -> int:
        """Cursor of the last line that was applied or kept; 0 at first."""
        with self._database.read() as session:
            return session.exec(select(func.max(ChangeRow.cursor))).one() or 0

    def apply(self, change: Change) -> bool:
        """Apply once, effect and cursor together; False if it was there before.

        Behind a kept line about the same subject it is kept as well; what only states something takes effect
        at once all the same, and once more in its order.
        """
        with self._database.write() as session:
            if session.get(ChangeRow, change.change_id) is not None:
                return False
            is_kept = _is_behind(session, change)
            add(session, ChangeRow, _row(change, codec.change_text(change), is_kept=is_kept))
            tx = self._transact(session)
            if self.on_change is not None and (not is_kept or change.kind in REPEATABLE):
                self.on_change(tx, change)
        tx.publish()
        return True

    def keep(self, line: UnknownChange) -> bool:
        """Keep a line that this program does not know; False if it was there before."""
        with self._database.write() as session:
            if session.get(ChangeRow, line.change_id) is not None:
                return False
            add(session, ChangeRow, _row(line, line.document, is_kept=True))
        return True

    def catch_up(self) -> int:
        """Apply kept lines that this program knows, in the feed's order; return how many.

        What still waits behind an unknown line stays. Each line is a transaction of its own.
        """
        query = select(ChangeRow.change_id).where(col(ChangeRow.is_kept)).order_by(col(ChangeRow.cursor))
        with self._database.read() as session:
            kept = session.exec(query).all()
        return sum(self._take_up(change_id) for change_id in kept)

    def _take_up(self, change_id: str) -> bool:
        """Apply a kept line, unless it is unknown or has one before it; it is news once more."""
        with self._database.write() as session:
            row = session.get(ChangeRow, change_id)
            if row is None or not row.is_kept:
                return False
            change = codec.line_from(row.document)
            if isinstance(change, UnknownChange) or _is_behind(session, change):
                return False
            row.is_kept = row.is_read = False
            session.flush()
            tx = self._transact(session)
            if self.on_change is not None:
                self.on_change(tx, change)
        tx.publish()
        return True

    def unknown(self, limit: int = 50) -> tuple[UnknownChange, ...]:
        """Return kept lines that this program does not know, the first one first."""
        query = select(ChangeRow.document).where(col(ChangeRow.is_kept)).order_by(col(ChangeRow.cursor))
        with self._database.read() as session:
            lines = [codec.line_from(document) for document in session.exec(query.limit(limit)).all()]
        return tuple(line for line in lines if isinstance(line, UnknownChange))

    def kept(self) -> int:
        """Return how many lines wait for a newer program."""
        query = select(func.count()).select_from(ChangeRow).where(col(ChangeRow.is_kept))
        with self._database.read() as session:
            return session.exec(query).one()

    def recent(self, limit: int = 50) -> tuple[AppliedChange, ...]:
        """Return lines of the feed, the last one first."""
        query = select(ChangeRow).order_by(col(ChangeRow.cursor).desc()).limit(limit)
        with self._database.read() as session:
            return tuple(
                AppliedChange(change=codec.line_from(row.document), is_read=row.is_read, is_kept=row.is_kept)
                for row in session.exec(query).all()
            )

    def mentioning(self, part: str, limit: int = 50) -> tuple[Change, ...]:
        """Return known changes whose JSON holds `part`, the last one first."""
        query = select(ChangeRow).where(col(ChangeRow.document).contains(part, autoescape=True))
        with self._database.read() as session:
            rows = session.exec(query.order_by(col(ChangeRow.cursor).desc()).limit(limit)).all()
            lines = [codec.line_from(row.document) for row in rows]
        return tuple(line for line in lines if isinstance(line, Change))

    def unread(self) -> int:
        """Return how many lines nobody has seen."""
        query = select(func.count()).select_from(ChangeRow).where(~col(ChangeRow.is_read))
        with self._database.read() as session:
            return session.exec(query).one()

    def mark_read(self, *change_ids: str) -> None:
        """Note that somebody has seen these lines; unknown ids are passed over."""
        with self._database.write() as session:
            for row in session.exec(select(ChangeRow).where(col(ChangeRow.change_id).in_(change_ids))).all():
                row.is_read = True


def _is_behind(session: Session, change: Change) -> bool:
    """True when a kept line about the same subject comes before."""
    query = select(ChangeRow.change_id).where(
        col(ChangeRow.is_kept), ChangeRow.subject == change.subject, ChangeRow.cursor < change.cursor
    )
    return session.exec(query.limit(1)).first() is not None


def _row(line: Change | UnknownChange, document: str, *, is_kept: bool) -> Values:
    return {
        "change_id": line.change_id,
        "cursor": line.cursor,
        "subject": line.subject,
        "document": document,
        "is_read": False,
        "is_kept": is_kept,
    }
