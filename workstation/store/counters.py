"""Numbers that only ever grow, and named settings."""

from __future__ import annotations

from sqlalchemy import text
from sqlmodel import Session, select

from workstation.store.rows import SettingRow
from workstation.store.writing import put

_GROW = text(
    "INSERT INTO counters (name, value) VALUES (:name, :by)"
    " ON CONFLICT (name) DO UPDATE SET value = value + excluded.value RETURNING value"
)


def grow(session: Session, name: str, *, by: int = 1) -> int:
    """Add to a counter (0 at first) and return its new value; undone with the transaction only."""
    return int(session.connection().execute(_GROW, {"name": name, "by": by}).scalar_one())


def setting(session: Session, name: str) -> str | None:
    """Return a setting, None when it was never put."""
    return session.exec(select(SettingRow.value).where(SettingRow.name == name)).first()


def put_setting(session: Session, name: str, value: str) -> None:
    """Keep a setting."""
    put(session, SettingRow, {"name": name, "value": value})
