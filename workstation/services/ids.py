"""Identifiers made at the desk."""

from __future__ import annotations

from datetime import datetime

from sync.contract.ids import uuid7


def new_id(at: datetime) -> str:
    """Return a UUIDv7: unique without asking anybody, and sorted by time."""
    return uuid7(at)
