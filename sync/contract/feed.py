"""How a window reads its feed: lines it knows, and lines only a newer program does.

Five members of a line never change their meaning: `cursor`, `change_id`, `at`, `kind` and `subject`. A line
with these that is no `Change` otherwise (another kind, another member, another value) comes from a newer back
office; it is kept as it came until the program that knows it. A line without them is no line, and nothing of
the slice is taken.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints, ValidationError
from pydantic_core import from_json, to_json

from sync.contract.models import Change, ChangeKind, Changes, Id, Short

MAX_KEPT_BYTES = 1024 * 1024
"""Longest line that is kept without being known."""
MAX_CURSOR = 2**63 - 1
REPEATABLE = frozenset(
    {ChangeKind.ARCHIVED, ChangeKind.CERTIFICATE_REVOKED, ChangeKind.CATALOGUE, ChangeKind.RESULT}
)
"""Lines that may be applied at once and again later in their order: they state something, and move nobody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UnknownChange:
    """A line of a newer back office, of which only what never changes is understood."""

    cursor: int
    change_id: str
    at: datetime
    kind: str
    """As the line says; may be a kind this program knows, with something in it that it does not."""
    subject: str
    document: str
    """The whole line as JSON."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedSlice:
    """A slice of the feed as this program understands it."""

    changes: tuple[Change, ...]
    unknown: tuple[UnknownChange, ...] = ()
    cursor: int

    @property
    def lines(self) -> tuple[Change | UnknownChange, ...]:
        """All lines by their cursors."""
        return tuple(sorted((*self.changes, *self.unknown), key=lambda line: line.cursor))


class _Envelope(BaseModel):
    """What every line has, whatever else it says."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    cursor: Annotated[int, Field(strict=True, ge=1, le=MAX_CURSOR)]
    change_id: Id
    at: AwareDatetime
    kind: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,63}$")]
    subject: Short


class _Slice(BaseModel):
    """What every answer has; a newer back office may say more beside it."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    changes: tuple[dict[str, Any], ...]
    cursor: Annotated[int, Field(strict=True)]


def read_slice(body: bytes) -> FeedSlice:
    """Read an answer of the feed.

    Raises:
        ValueError: it is none, or one of its lines is none.
    """
    try:
        known = Changes.model_validate_json(body)
    except ValidationError:
        return _read_line_by_line(body)
    return FeedSlice(changes=known.changes, cursor=known.cursor)


def _read_line_by_line(body: bytes) -> FeedSlice:
    slice_ = _Slice.model_validate(from_json(body, allow_inf_nan=False))
    lines = [read_line(to_json(line).decode()) for line in slice_.changes]
    return FeedSlice(
        changes=tuple(line for line in lines if isinstance(line, Change)),
        unknown=tuple(line for line in lines if isinstance(line, UnknownChange)),
        cursor=slice_.cursor,
    )


def read_line(document: str) -> Change | UnknownChange:
    """Read one line, as it came or as it was kept.

    Raises:
        ValueError: it is no line of a feed, or unknown and longer than what is kept.
    """
    try:
        return Change.model_validate_json(document)
    except ValidationError:
        envelope = _Envelope.model_validate_json(document)
    if len(document.encode()) > MAX_KEPT_BYTES:
        raise ValueError(f"an unknown line of {len(document)} characters")
    return UnknownChange(
        cursor=envelope.cursor,
        change_id=envelope.change_id,
        at=envelope.at,
        kind=envelope.kind,
        subject=envelope.subject,
        document=document,
    )
