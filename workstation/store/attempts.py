"""What happened to each bundle of the queue, line by line."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from sync.port import LineState
from workstation.store.rows import AttemptRow, BundleRow
from workstation.store.writing import add


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One thing that happened to a queued bundle."""

    at: datetime
    state: LineState
    """State the line took."""
    code: str
    """Code of the failure; empty for anything else."""
    detail: str


def note(session: Session, row: BundleRow, now: datetime, *, code: str = "", detail: str = "") -> None:
    """Keep with a bundle what happened to it, and how it stands since."""
    attempt = {"bundle_id": row.bundle_id, "at": now, "state": row.state, "code": code, "detail": detail}
    add(session, AttemptRow, attempt)


def attempts_of(session: Session, bundle_id: str) -> tuple[Attempt, ...]:
    """Return what happened to a bundle, oldest first."""
    query = select(AttemptRow).where(AttemptRow.bundle_id == bundle_id)
    rows = session.exec(query.order_by(col(AttemptRow.attempt_id))).all()
    return tuple(
        Attempt(at=row.at, state=LineState(row.state), code=row.code, detail=row.detail) for row in rows
    )
