"""Approvers' accounts: made by the office with a one-time code, with which the approver sets a password."""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sync.contract.ids import uuid7
from sync.gateway.database import Database, Row, Rows
from sync.gateway.desk import passwords
from sync.gateway.enrolment import CODE_GROUPS, code_group
from sync.gateway.errors import BadReviewerName, ReviewerExists, UnknownReviewer, UnknownStreet

NAME = re.compile(r"[\w.\-]{2,40}\Z")
CODE_LIFE = timedelta(hours=72)
MOST_FAILURES = 5
LOCKED_S = 900.0
LONGEST_TITLE = 100


class Role(StrEnum):
    """What an account may do."""

    APPROVER = "approver"
    VIEWER = "viewer"
    """Looks at cases and decides nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reviewer:
    """One account."""

    reviewer_id: str
    name: str
    title: str
    """Who decided, as the citizen's papers say it."""
    role: Role
    streets: frozenset[str]
    disabled: bool
    has_password: bool

    @property
    def decides(self) -> bool:
        """False for who only looks."""
        return self.role is Role.APPROVER


class Accounts:
    """The approvers of one office."""

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        """Keep the rows and the clock."""
        self._database = database
        self._clock = clock

    def add(self, name: str, streets: Sequence[str], *, title: str = "", role: Role = Role.APPROVER) -> str:
        """Make an account and return the one-time code its approver sets a password with.

        Raises:
            BadReviewerName: the name cannot be typed at the log-in, or there is no street.
            UnknownStreet: the office has a list of streets and one is not on it.
            ReviewerExists: the name is taken.
        """
        if not NAME.match(name) or not streets:
            raise BadReviewerName(name=name)
        code, reviewer_id = _new_code(), uuid7(self._clock())

        def work(rows: Rows) -> None:
            rows.hold("reviewers")
            _check_streets(rows, streets)
            if _row(rows, name) is not None:
                raise ReviewerExists(name=name)
            rows.execute(
                "INSERT INTO reviewer (reviewer_id, name, title, role, password, code_hash, code_expires_at,"
                " failures, locked_until, created_at) VALUES (?, ?, ?, ?, '', ?, ?, 0, 0, ?)",
                (
                    reviewer_id,
                    name,
                    title.replace("\0", "").strip()[:LONGEST_TITLE] or name,
                    role.value,
                    _hash(code),
                    self._code_ends(),
                    self._clock().isoformat(),
                ),
            )
            for street in dict.fromkeys(streets):
                rows.execute(
                    "INSERT INTO reviewer_street (reviewer_id, street) VALUES (?, ?)", (reviewer_id, street)
                )

        self._database.write(work)
        return code

    def new_code(self, name: str) -> str:
        """Make another one-time code, e.g. when the password is forgotten; the old password ends at once.

        Raises:
            UnknownReviewer: no such account.
        """
        code = _new_code()

        def work(rows: Rows) -> None:
            row = _found(rows, name)
            rows.execute(
                "UPDATE reviewer SET password = '', code_hash = ?, code_expires_at = ?, failures = 0,"
                " locked_until = 0, disabled_at = NULL WHERE reviewer_id = ?",
                (_hash(code), self._code_ends(), row["reviewer_id"]),
            )
            _end_sessions(rows, str(row["reviewer_id"]))

        self._database.write(work)
        return code

    def disable(self, name: str) -> None:
        """Take the account's rights away and end its sessions.

        Raises:
            UnknownReviewer: no such account.
        """

        def work(rows: Rows) -> None:
            row = _found(rows, name)
            rows.execute(
                "UPDATE reviewer SET disabled_at = ?, password = '', code_hash = '' WHERE reviewer_id = ?",
                (self._clock().isoformat(), row["reviewer_id"]),
            )
            _end_sessions(rows, str(row["reviewer_id"]))

        self._database.write(work)

    def all(self) -> tuple[Reviewer, ...]:
        """Return all accounts, by name."""
        with self._database.read() as rows:
            found = rows.execute("SELECT * FROM reviewer ORDER BY name").fetchall()
            return tuple(_reviewer(rows, row) for row in found)

    def enter(self, name: str, password: str) -> Reviewer | None:
        """Return the account when name and password fit; None otherwise, for whatever reason."""
        with self._database.read() as rows:
            row = _row(rows, name)
        is_open = row is not None and not self._is_locked(row)
        # Counted before it is tried: many tries at once are not better than one after the other.
        if row is not None and is_open:
            self._count_failure(str(row["reviewer_id"]))
        if not passwords.fits(password, str(row["password"]) if row is not None and is_open else ""):
            return None
        assert row is not None
        return self._entered(str(row["reviewer_id"]))

    def set_password(self, name: str, code: str, password: str) -> Reviewer | None:
        """Set the password by the one-time code; None when the code does not fit (any more)."""
        with self._database.read() as rows:
            row = _row(rows, name)
        if row is None or self._is_locked(row) or not passwords.is_fit(password):
            return None
        reviewer_id = str(row["reviewer_id"])
        self._count_failure(reviewer_id)
        kept = passwords.hashed(password, secrets.token_bytes(passwords.SALT_BYTES))

        def work(rows: Rows) -> bool:
            done = rows.execute(
                "UPDATE reviewer SET password = ?, code_hash = '' WHERE reviewer_id = ? AND code_hash = ?"
                " AND code_expires_at > ? AND disabled_at IS NULL",
                (kept, reviewer_id, _hash(code), self._clock().timestamp()),
            )
            return done.rowcount == 1

        return self._entered(reviewer_id) if self._database.write(work) else None

    def _is_locked(self, row: Row) -> bool:
        return row["disabled_at"] is not None or float(row["locked_until"]) > self._clock().timestamp()

    def _count_failure(self, reviewer_id: str) -> None:
        until = self._clock().timestamp() + LOCKED_S

        def work(rows: Rows) -> None:
            rows.execute("UPDATE reviewer SET failures = failures + 1 WHERE reviewer_id = ?", (reviewer_id,))
            rows.execute(
                "UPDATE reviewer SET failures = 0, locked_until = ? WHERE reviewer_id = ? AND failures >= ?",
                (until, reviewer_id, MOST_FAILURES),
            )

        self._database.write(work)

    def _entered(self, reviewer_id: str) -> Reviewer:
        def work(rows: Rows) -> Reviewer:
            rows.execute(
                "UPDATE reviewer SET failures = 0, locked_until = 0 WHERE reviewer_id = ?", (reviewer_id,)
            )
            row = rows.execute("SELECT * FROM reviewer WHERE reviewer_id = ?", (reviewer_id,)).fetchone()
            assert row is not None
            return _reviewer(rows, row)

        return self._database.write(work)

    def _code_ends(self) -> float:
        return (self._clock() + CODE_LIFE).timestamp()


def by_id(rows: Rows, reviewer_id: str) -> Reviewer | None:
    """Return an account that may enter; None when it was disabled."""
    row = rows.execute(
        "SELECT * FROM reviewer WHERE reviewer_id = ? AND disabled_at IS NULL", (reviewer_id,)
    ).fetchone()
    return None if row is None else _reviewer(rows, row)


def _row(rows: Rows, name: str) -> Row | None:
    if not NAME.match(name):
        return None
    return rows.execute("SELECT * FROM reviewer WHERE name = ?", (name,)).fetchone()


def _found(rows: Rows, name: str) -> Row:
    row = _row(rows, name)
    if row is None:
        raise UnknownReviewer(name=name)
    return row


def _reviewer(rows: Rows, row: Row) -> Reviewer:
    streets = rows.execute(
        "SELECT street FROM reviewer_street WHERE reviewer_id = ? ORDER BY street", (row["reviewer_id"],)
    )
    return Reviewer(
        reviewer_id=str(row["reviewer_id"]),
        name=str(row["name"]),
        title=str(row["title"]),
        role=Role(row["role"]),
        streets=frozenset(str(found["street"]) for found in streets),
        disabled=row["disabled_at"] is not None,
        has_password=bool(row["password"]),
    )


def _check_streets(rows: Rows, streets: Sequence[str]) -> None:
    known = {str(row["code"]) for row in rows.execute("SELECT code FROM street")}
    for street in streets:
        if known and street not in known:
            raise UnknownStreet(street=street)


def _end_sessions(rows: Rows, reviewer_id: str) -> None:
    rows.execute("DELETE FROM desk_session WHERE reviewer_id = ?", (reviewer_id,))


def _new_code() -> str:
    return "-".join(code_group() for _ in range(CODE_GROUPS))


def _hash(code: str) -> str:
    plain = code.strip().upper().replace("-", "").replace(" ", "")
    return hashlib.sha256(plain.encode("utf-8", "replace")).hexdigest()
