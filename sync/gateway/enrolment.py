"""Who may speak to the office: one-time codes, enrolled windows, revocation."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sync.contract.ids import uuid7
from sync.contract.models import EnrolmentRequest
from sync.contract.signing import key_id, load_public
from sync.gateway.database import Database, Row, Rows, in_list, next_number
from sync.gateway.errors import (
    CodeExpired,
    CodeForAnotherStreet,
    CodeInvalid,
    CodeUsed,
    PracticeRefused,
    ProductionRefused,
    PublicKeyInvalid,
    TokenInvalid,
    UnknownStreet,
    UnknownWindow,
)

CODE_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""Without 0 O 1 I L: a code is read aloud and typed."""
CODE_GROUPS = 3
CODE_GROUP_LENGTH = 4
CODE_LIFE = timedelta(hours=24)


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """One enrolled window."""

    window_id: str
    name: str
    street: str
    street_name: str
    public_key: str
    key_id: str
    number_prefix: str
    revoked: bool


class Registry:
    """Codes and windows of one office."""

    def __init__(self, database: Database, *, practice: bool) -> None:
        """Keep the rows; `practice` decides which windows may enrol."""
        self._database = database
        self._practice = practice
        self._served: dict[str, str] | None = None

    def set_streets(self, streets: Mapping[str, str]) -> None:
        """Add or rename the streets this office serves (code to name)."""

        def work(rows: Rows) -> None:
            # In one order, so that two starts at once do not wait for each other.
            for street in sorted(streets.items()):
                rows.execute(
                    "INSERT INTO street (code, name) VALUES (?, ?)"
                    " ON CONFLICT (code) DO UPDATE SET name = excluded.name",
                    street,
                )

        if streets:
            self._database.write(work)
            self._served = None

    def streets(self) -> dict[str, str]:
        """Return code to name; empty means that any street is served."""
        with self._database.read() as rows:
            return {str(row["code"]): str(row["name"]) for row in rows.execute("SELECT * FROM street")}

    def serves(self, street: str) -> bool:
        """Return whether the office serves a street, as of the last look."""
        if self._served is None:
            self.look()
        return not self._served or street in self._served

    def look(self) -> None:
        """Read the streets again: another process may have begun with more of them."""
        self._served = self.streets()

    def new_code(self, street: str, now: datetime, *, street_name: str, life: timedelta) -> str:
        """Make a one-time code for one window of a street; only its hash is kept.

        Raises:
            UnknownStreet: the office has a list of streets and this one is not on it.
        """
        streets = self.streets()
        if streets and street not in streets:
            raise UnknownStreet(street=street)
        code = "-".join(code_group() for _ in range(CODE_GROUPS))
        name = street_name or streets.get(street, street)
        row = (_code_hash(code), street, name, (now + life).timestamp())
        self._database.write(
            lambda rows: rows.execute(
                "INSERT INTO code (code_hash, street, street_name, expires_at) VALUES (?, ?, ?, ?)", row
            )
        )
        return code

    def enrol(self, request: EnrolmentRequest, now: datetime) -> Window:
        """Register the window that holds the code.

        The same code with the same key again gives the same window: the first answer may have been lost.

        Raises:
            Refused: the code, the key, the street or the mode does not fit.
        """
        self._check_mode(request)
        public_key_id = _public_key_id(request.public_key)

        def work(rows: Rows) -> Window:
            # One at a time: a code is used by one window, and prefixes follow each other.
            rows.hold("enrolment")
            code = _find_code(rows, request.code)
            if code["window_id"] is not None:
                window = _window(rows, str(code["window_id"]))
                if window is None or window.public_key != request.public_key:
                    raise CodeUsed
                return window
            _check_code(code, request, now)
            window = _insert(rows, request, code, public_key_id, now, practice=self._practice)
            rows.execute(
                "UPDATE code SET window_id = ? WHERE code_hash = ?", (window.window_id, code["code_hash"])
            )
            return window

        return self._database.write(work)

    def window(self, window_id: str) -> Window | None:
        """Return the enrolled window, revoked or not."""
        with self._database.read() as rows:
            return _window(rows, window_id)

    def windows(self, window_ids: Collection[str]) -> dict[str, Window]:
        """Return those of some windows that are enrolled, revoked or not, by their ids."""
        if not window_ids:
            return {}
        with self._database.read() as rows:
            found = rows.execute(
                f'SELECT * FROM "window" WHERE window_id IN {in_list(tuple(window_ids))}', tuple(window_ids)
            )
            return {window.window_id: window for window in map(window_of, found)}

    def revoke(self, window_id: str, now: datetime) -> None:
        """Take the window's rights away; what it delivered stays.

        Raises:
            UnknownWindow: no such window.
        """

        def work(rows: Rows) -> None:
            if _window(rows, window_id) is None:
                raise UnknownWindow(window=window_id)
            rows.execute(
                'UPDATE "window" SET revoked_at = ? WHERE window_id = ? AND revoked_at IS NULL',
                (now.isoformat(), window_id),
            )
            # A token given at this moment stays, and is worth nothing: every call looks at `revoked_at`.
            rows.execute("DELETE FROM token WHERE window_id = ?", (window_id,))

        self._database.write(work)

    def _check_mode(self, request: EnrolmentRequest) -> None:
        if request.practice and not self._practice:
            raise PracticeRefused
        if self._practice and not request.practice:
            raise ProductionRefused


def code_group() -> str:
    """Return one group of a one-time code."""
    return "".join(secrets.choice(CODE_ALPHABET) for _ in range(CODE_GROUP_LENGTH))


def _code_hash(code: str) -> str:
    """Hash a code as typed: case, spaces and dashes do not matter."""
    plain = code.upper().replace("-", "").replace(" ", "")
    return hashlib.sha256(plain.encode("utf-8", "replace")).hexdigest()


def _find_code(rows: Rows, code: str) -> Row:
    """Compare with every code in constant time each, so that answers do not tell how near a guess was."""
    wanted = _code_hash(code)
    found: Row | None = None
    for row in rows.execute("SELECT * FROM code").fetchall():
        if hmac.compare_digest(str(row["code_hash"]), wanted):
            found = row
    if found is None:
        raise CodeInvalid
    return found


def _check_code(code: Row, request: EnrolmentRequest, now: datetime) -> None:
    if now.timestamp() > float(code["expires_at"]):
        raise CodeExpired
    if request.street and request.street != code["street"]:
        raise CodeForAnotherStreet


def _public_key_id(public_key: str) -> str:
    try:
        return key_id(load_public(public_key))
    except ValueError as error:
        raise PublicKeyInvalid from error


def _insert(
    rows: Rows,
    request: EnrolmentRequest,
    code: Row,
    public_key_id: str,
    now: datetime,
    *,
    practice: bool,
) -> Window:
    serial = next_number(rows, "window")
    window = Window(
        window_id=uuid7(now),
        name=request.window_name,
        street=str(code["street"]),
        street_name=str(code["street_name"]),
        public_key=request.public_key,
        key_id=public_key_id,
        number_prefix=f"{'P' if practice else 'W'}{serial:03d}",
        revoked=False,
    )
    rows.execute(
        'INSERT INTO "window" (window_id, name, street, street_name, public_key, key_id,'
        " number_prefix, enrolled_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (
            window.window_id,
            window.name,
            window.street,
            window.street_name,
            window.public_key,
            window.key_id,
            window.number_prefix,
            now.isoformat(),
        ),
    )
    return window


def _window(rows: Rows, window_id: str) -> Window | None:
    row = rows.execute('SELECT * FROM "window" WHERE window_id = ?', (window_id,)).fetchone()
    return None if row is None else window_of(row)


def check_standing(rows: Rows, window_id: str) -> None:
    """See that a window may still send, inside the transaction that takes what it sent.

    Raises:
        TokenInvalid: it was revoked since its token was looked up.
    """
    window = _window(rows, window_id)
    if window is None or window.revoked:
        raise TokenInvalid


def window_of(row: Row) -> Window:
    """Return the window of a row of its table."""
    return Window(
        window_id=str(row["window_id"]),
        name=str(row["name"]),
        street=str(row["street"]),
        street_name=str(row["street_name"]),
        public_key=str(row["public_key"]),
        key_id=str(row["key_id"]),
        number_prefix=str(row["number_prefix"]),
        revoked=row["revoked_at"] is not None,
    )
