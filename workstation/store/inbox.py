"""Changes of the back office (`sync.port.Inbox`): each applied once, with its effect, in one transaction."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import func
from sqlmodel import Session, col, select

from sync.contract.models import Change
from workstation.store import codec
from workstation.store.engine import Database
from workstation.store.rows import ChangeRow
from workstation.store.transaction import Tx

OnChange = Callable[[Tx, Change], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class AppliedChange:
    """A change that was applied, and whether somebody has seen it."""

    change: Change
    is_read: bool


class InboxTable:
    """Applied changes in the database; every method is one transaction."""

    def __init__(self, database: Database, transact: Callable[[Session], Tx]) -> None:
        """Use the store's database; `transact` gives the handler its transaction."""
        self._database = database
        self._transact = transact
        self.on_change: OnChange | None = None
        """What a change does to cases and bags; when it raises, the change is not applied."""

    def cursor(self) -> int:
        """Cursor of the last applied change; 0 at first."""
        with self._database.read() as session:
            return session.exec(select(func.max(ChangeRow.cursor))).one() or 0

    def apply(self, change: Change) -> bool:
        """Apply once, effect and cursor together; False if it was applied before."""
        with self._database.write() as session:
            if session.get(ChangeRow, change.change_id) is not None:
                return False
            session.add(_row(change))
            session.flush()
            tx = self._transact(session)
            if self.on_change is not None:
                self.on_change(tx, change)
        tx.publish()
        return True

    def recent(self, limit: int = 50) -> tuple[AppliedChange, ...]:
        """Return applied changes, the last one first."""
        query = select(ChangeRow).order_by(col(ChangeRow.cursor).desc()).limit(limit)
        with self._database.read() as session:
            return tuple(
                AppliedChange(change=codec.change_from(row.document), is_read=row.is_read)
                for row in session.exec(query).all()
            )

    def mentioning(self, part: str, limit: int = 50) -> tuple[Change, ...]:
        """Return applied changes whose JSON holds `part`, the last one first."""
        query = select(ChangeRow).where(col(ChangeRow.document).contains(part, autoescape=True))
        with self._database.read() as session:
            rows = session.exec(query.order_by(col(ChangeRow.cursor).desc()).limit(limit)).all()
            return tuple(codec.change_from(row.document) for row in rows)

    def unread(self) -> int:
        """Return how many applied changes nobody has seen."""
        query = select(func.count()).select_from(ChangeRow).where(~col(ChangeRow.is_read))
        with self._database.read() as session:
            return session.exec(query).one()

    def mark_read(self, *change_ids: str) -> None:
        """Note that somebody has seen these changes; unknown ids are passed over."""
        with self._database.write() as session:
            for row in session.exec(select(ChangeRow).where(col(ChangeRow.change_id).in_(change_ids))).all():
                row.is_read = True


def _row(change: Change) -> ChangeRow:
    return ChangeRow(
        change_id=change.change_id,
        cursor=change.cursor,
        subject=change.subject,
        document=codec.change_text(change),
    )
