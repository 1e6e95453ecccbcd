"""Rows of the database. They are not domain objects: a table model does not validate, so mapping is by hand.

Enumerations are stored as their value; documents as JSON text beside the few columns that are searched.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any, ClassVar

from sqlalchemy import Index, MetaData, Text, text
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator
from sqlmodel import Field, SQLModel

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
"""Names of constraints, so that a later migration can name what it drops."""

_UTC_WIDTH = len("2026-11-21T10:42:00.000000")


class Moment(TypeDecorator[datetime]):
    """An aware time as text that sorts by instant and keeps the offset it was taken with.

    `2026-11-21T02:42:00.000000Z+08:00` is 10:42 in Beijing. Two offsets of one instant differ in the tail
    only: compare with `<` against the next microsecond.
    """

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> str | None:
        """Return the text; a naive time is refused."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("the store takes aware times only")
        instant = value.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds")
        return f"{instant}Z{value.isoformat()[-6:]}"

    def process_result_value(self, value: str | None, dialect: Dialect) -> datetime | None:
        """Return the time with the offset it was taken with."""
        if value is None:
            return None
        instant = datetime.fromisoformat(value[:_UTC_WIDTH]).replace(tzinfo=UTC)
        offset = datetime.fromisoformat(f"2000-01-01T00:00:00{value[_UTC_WIDTH + 1 :]}").tzinfo
        return instant.astimezone(offset)


class Row(SQLModel):
    """Base of all rows, with its own metadata."""

    metadata: ClassVar[MetaData] = MetaData(naming_convention=NAMING)


class CaseRow(Row, table=True):
    """What lists show of a case; everything here can be folded again from its log."""

    __tablename__: ClassVar[Any] = "cases"

    case_id: str = Field(primary_key=True)
    number: str = Field(unique=True)
    item_code: str
    applicant_name: str = ""
    state: str = Field(index=True)
    flags: str = ""
    """Values joined by a blank."""
    opened_at: datetime = Field(sa_type=Moment)
    opened_on: date = Field(index=True)
    """Day by the window's clock."""
    changed_at: datetime = Field(sa_type=Moment, index=True)
    home_street: str = ""
    received_at: datetime | None = Field(default=None, sa_type=Moment, index=True)
    length: int
    last_tick: int = Field(index=True)
    course: str = Field(default="", sa_type=Text)
    """The case with only what its clocks need (`lamps.course_of`); empty in a row of an older program."""


class EntryRow(Row, table=True):
    """One line of a case's log; never changed, never removed."""

    __tablename__: ClassVar[Any] = "entries"

    case_id: str = Field(primary_key=True, foreign_key="cases.case_id")
    seq: int = Field(primary_key=True)
    tick: int = Field(unique=True)
    at: datetime = Field(sa_type=Moment)
    actor: str
    kind: str
    payload: str = Field(sa_type=Text)
    why: str = ""


class StandingRow(Row, table=True):
    """How a case stands, for long lists; reckoned from its course and its item, never the truth."""

    __tablename__: ClassVar[Any] = "standings"

    case_id: str = Field(primary_key=True, foreign_key="cases.case_id")
    tick: int = Field(index=True)
    """Last tick of the case when this was reckoned."""
    state: str
    runs: bool
    """Some clock runs, be it a stopped one."""
    yellow_on: date | None = None
    """First day some clock is yellow."""
    red_on: date | None = None
    is_grey: bool = False
    """A clock has no last day: a person must count."""
    answer_by: date | None = Field(default=None, index=True)
    """Last day for the back office to say what is missing."""
    held: int = 0
    """Originals at the window that wait for the courier."""


class CounterRow(Row, table=True):
    """A number that only ever grows."""

    __tablename__: ClassVar[Any] = "counters"

    name: str = Field(primary_key=True)
    value: int


class SettingRow(Row, table=True):
    """A named text."""

    __tablename__: ClassVar[Any] = "settings"

    name: str = Field(primary_key=True)
    value: str = Field(sa_type=Text)


class BundleRow(Row, table=True):
    """One queued bundle with all that is known of its sending."""

    __tablename__: ClassVar[Any] = "bundles"
    __table_args__: ClassVar[Any] = (
        Index(
            "ix_bundles_clock",
            "legal_due_at",
            "sealed_at",
            "version",
            sqlite_where=text("state != 'DELIVERED'"),
        ),
        Index("ix_bundles_done", "delivered_at", sqlite_where=text("state = 'DELIVERED'")),
    )

    bundle_id: str = Field(primary_key=True)
    kind: str
    subject: str = Field(index=True)
    version: int
    manifest_sha256: str
    size: int
    sealed_at: datetime = Field(sa_type=Moment)
    legal_due_at: datetime | None = Field(default=None, sa_type=Moment)
    state: str = Field(index=True)
    attempts: int = 0
    tried_at: datetime | None = Field(default=None, sa_type=Moment)
    next_try_at: datetime | None = Field(default=None, sa_type=Moment)
    failure: str | None = None
    code: str = ""
    detail: str = Field(default="", sa_type=Text)
    delivered_at: datetime | None = Field(default=None, sa_type=Moment)


class BundleDocumentRow(Row, table=True):
    """The heavy half of a bundle, apart so that the queue can be listed without it."""

    __tablename__: ClassVar[Any] = "bundle_documents"

    bundle_id: str = Field(primary_key=True, foreign_key="bundles.bundle_id")
    manifest: str = Field(sa_type=Text)
    """The signed manifest as sealed; never changed."""
    receipt: str | None = Field(default=None, sa_type=Text)


class AttemptRow(Row, table=True):
    """One thing that happened to a queued bundle."""

    __tablename__: ClassVar[Any] = "attempts"

    attempt_id: int | None = Field(default=None, primary_key=True)
    bundle_id: str = Field(index=True, foreign_key="bundles.bundle_id")
    at: datetime = Field(sa_type=Moment)
    state: str
    code: str = ""
    detail: str = Field(default="", sa_type=Text)


class ChangeRow(Row, table=True):
    """One line of the back office's feed: applied, or kept for a newer program."""

    __tablename__: ClassVar[Any] = "changes"
    __table_args__ = (Index("ix_changes_kept", "subject", "cursor", sqlite_where=text("is_kept")),)

    change_id: str = Field(primary_key=True)
    cursor: int = Field(index=True)
    subject: str = Field(index=True)
    document: str = Field(sa_type=Text)
    is_read: bool = False
    is_kept: bool = Field(default=False, sa_column_kwargs={"server_default": text("0")})


class MaterialRow(Row, table=True):
    """One archived material; the person is a keyed hash, the number itself is only in the document."""

    __tablename__: ClassVar[Any] = "materials"

    archive_id: str = Field(primary_key=True)
    person: str = Field(index=True)
    document: str = Field(sa_type=Text)


class BagRow(Row, table=True):
    """One courier bag."""

    __tablename__: ClassVar[Any] = "bags"

    number: str = Field(primary_key=True)
    state: str = Field(index=True)
    opened_at: datetime = Field(sa_type=Moment)
    document: str = Field(sa_type=Text)


class TicketRow(Row, table=True):
    """One queue number of one day."""

    __tablename__: ClassVar[Any] = "tickets"

    ticket_id: str = Field(primary_key=True)
    day: date = Field(index=True)
    booking: str = Field(default="", index=True)
    document: str = Field(sa_type=Text)


class BookingRow(Row, table=True):
    """One booking or pre-application, as it was imported."""

    __tablename__: ClassVar[Any] = "bookings"

    number: str = Field(primary_key=True)
    day: date | None = Field(default=None, index=True)
    document: str = Field(sa_type=Text)


class PageUseRow(Row, table=True):
    """Who refers to a file of the vault (`page_uses.Holder`); without a row it may be swept."""

    __tablename__: ClassVar[Any] = "page_uses"

    sha256: str = Field(primary_key=True)
    holder: str = Field(primary_key=True)
    holder_id: str = Field(primary_key=True, index=True)


class AuditRow(Row, table=True):
    """One link of the audit chain (`domain.audit.AuditEntry`); none is ever changed or removed."""

    __tablename__: ClassVar[Any] = "audit_entries"

    seq: int = Field(primary_key=True)
    previous: str
    at: str = Field(sa_type=Text, index=True)
    tick: int
    actor: str = Field(index=True)
    action: str
    subject: str = Field(default="", index=True)
    case: str = Field(default="", index=True)
    item: str = ""
    reason: str = Field(default="", sa_type=Text)
    detail: str = Field(default="", sa_type=Text)
    key: str
    hash: str
    signature: str
    hashing: str = ""
    """Algorithm of the hash; empty: SHA-256."""


class AnchorRow(Row, table=True):
    """The gateway's signed word that it has seen the chain up to here."""

    __tablename__: ClassVar[Any] = "audit_anchors"

    seq: int = Field(primary_key=True)
    hash: str
    receipt: str = Field(sa_type=Text)


class PersonRow(Row, table=True):
    """One of the staff (`domain.people.Person`) with the private key wrapped by the PIN."""

    __tablename__: ClassVar[Any] = "people"

    person_id: str = Field(primary_key=True)
    name: str = Field(unique=True)
    role: str
    is_active: bool = True
    enrolled_at: datetime = Field(sa_type=Moment)
    public_key: str
    wrapped: str = Field(sa_type=Text)
    """JSON: how the PIN is stretched, and the sealed key."""
    tries: str = Field(default="", sa_type=Text)
    """JSON: wrong PINs in a row and when the next may be tried."""
