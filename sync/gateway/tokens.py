"""Access tokens: OAuth 2 client credentials with `private_key_jwt` (RFC 6749, 4.4; RFC 7523)."""

from __future__ import annotations

import hashlib
import json
import math
import secrets
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OKPKey

from sync.contract.models import Token
from sync.contract.signing import b64url_decode
from sync.gateway.database import Database, Rows, in_list, insert_all
from sync.gateway.enrolment import Registry, Window, window_of
from sync.gateway.errors import (
    AssertionExpired,
    AssertionFromFuture,
    AssertionRefused,
    AssertionReplayed,
    GrantInvalid,
    Refused,
    TokenInvalid,
    WindowRevoked,
)
from sync.gateway.pace import Pace

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
ALGORITHMS = ["Ed25519", "EdDSA"]
"""RFC 9864 names the curve; the older name is still understood."""
LEEWAY_S = 60
MAX_ASSERTION_LIFE_S = 600
"""Bounds how long a seen `jti` must be remembered."""
TOKEN_LIFE_S = 900
MAX_JTI = 200
LOOK_S = 1.0
"""How long a process believes a token it has looked up before it asks who was revoked meanwhile."""
MOST_SEEN = 50_000
NUL = "\0"
"""The one character PostgreSQL's text cannot hold."""


@dataclass(frozen=True, slots=True)
class _Proven:
    """A request whose window is proven, and the token it will get."""

    window: Window
    jti: str
    expires: float
    token: str


class TokenDesk:
    """Checks assertions, gives tokens, and tells whose token it is."""

    def __init__(
        self,
        database: Database,
        registry: Registry,
        pace: Pace,
        gateway_id: str,
        clock: Callable[[], datetime],
    ) -> None:
        """`gateway_id` is the audience every assertion must name."""
        self._database = database
        self._registry = registry
        self._pace = pace
        self._gateway_id = gateway_id
        self._clock = clock
        self._seen: dict[str, tuple[Window, float]] = {}
        self._standing: tuple[int, str] = (0, "")
        self._looked_at = -math.inf
        self._turn = 0
        self._lock, self._looking = threading.Lock(), threading.Lock()

    def issue(self, form: Mapping[str, str]) -> Token:
        """Answer a token request (decoded form fields).

        Raises:
            GrantInvalid: not client credentials with a JWT assertion.
            AssertionRefused: or a subclass, when the assertion does not prove the window.
            WindowRevoked: it proves a window that lost its rights.
            TooManyCalls: the window calls too often.
        """
        outcome = self.issue_together([form])[0]
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    def issue_together(self, forms: Sequence[Mapping[str, str]]) -> list[Token | Exception]:
        """Answer token requests by one transaction; each gets its token or what `issue` raises.

        Raises:
            OfficeBusy: the rows are out of reach.
            StorageFull: their disk is full.
        """
        turn = self._turn
        windows = self._registry.windows(
            {_claimed_issuer(form.get("client_assertion", "")) for form in forms}
        )
        outcomes: list[Token | Exception] = []
        proven: dict[int, _Proven] = {}
        for place, form in enumerate(forms):
            try:
                proven[place] = self._proven(form, windows)
                outcomes.append(AssertionReplayed())
            except Refused as refusal:
                outcomes.append(refusal)
        for place, token in self._store(proven, turn).items():
            outcomes[place] = token
        return outcomes

    def _proven(self, form: Mapping[str, str], windows: Mapping[str, Window]) -> _Proven:
        """Check all of a request that the rows of others have no say in; see `issue`."""
        if form.get("grant_type") != "client_credentials":
            raise GrantInvalid("grant_type must be client_credentials")
        if form.get("client_assertion_type") != ASSERTION_TYPE:
            raise GrantInvalid("client_assertion_type must be jwt-bearer")
        window, claims = _verified(form.get("client_assertion", ""), windows)
        if form.get("client_id", window.window_id) != window.window_id:
            raise AssertionRefused("client_id differs from the assertion")
        self._check_claims(window, claims)
        if window.revoked:
            raise WindowRevoked
        self._pace.count_call(window.window_id)
        return _Proven(window, str(claims["jti"]), float(claims["exp"]), secrets.token_urlsafe(32))

    def window(self, token: str) -> Window:
        """Return whose access token this is.

        Raises:
            TokenInvalid: an unknown one, one past its life, or its window was revoked.
        """
        self.look(LOOK_S)
        hashed, turn = _token_hash(token), self._turn
        with self._database.read() as rows:
            row = rows.execute(
                'SELECT "window".*, token.expires_at FROM token JOIN "window" USING (window_id)'
                " WHERE token_hash = ? AND revoked_at IS NULL",
                (hashed,),
            ).fetchone()
        if row is None or self._clock().timestamp() > float(row["expires_at"]):
            raise TokenInvalid
        window = window_of(row)
        self._remember(hashed, window, float(row["expires_at"]), turn)
        return window

    def seen(self, token: str) -> Window | None:
        """Return whose token this is, as far as that is known without a look at the rows; None: ask `window`.

        Never older than `LOOK_S`: whether a window was revoked meanwhile is asked for all tokens at once.
        """
        if self.age_s > LOOK_S:
            return None
        window, expires_at = self._seen.get(_token_hash(token), (None, 0.0))
        return window if self._clock().timestamp() <= expires_at else None

    @property
    def age_s(self) -> float:
        """Seconds since the last look for windows that were revoked."""
        return time.monotonic() - self._looked_at

    def forget(self) -> None:
        """Believe no token unseen: a window was revoked."""
        with self._lock:
            self._turn += 1
            self._seen.clear()

    def _remember(self, hashed: str, window: Window, expires_at: float, turn: int) -> None:
        """Keep what was read, unless a window was revoked since: it may have been this one."""
        with self._lock:
            if turn != self._turn:
                return
            if len(self._seen) >= MOST_SEEN:
                self._seen.clear()
            self._seen[hashed] = (window, expires_at)

    def look(self, older_than_s: float) -> None:
        """See whether a window was revoked since the last look; then no token is believed unseen.

        Raises:
            OfficeBusy: the rows are out of reach.
        """
        with self._looking:
            began = time.monotonic()
            if began - self._looked_at <= older_than_s:
                return
            with self._database.read() as rows:
                row = rows.execute(
                    'SELECT count(*), max(revoked_at) FROM "window" WHERE revoked_at IS NOT NULL'
                ).fetchone()
            assert row is not None
            standing = (int(row[0]), str(row[1] or ""))
            if standing != self._standing:
                self.forget()
            self._registry.look()
            self._standing, self._looked_at = standing, began

    def _check_claims(self, window: Window, claims: Mapping[str, Any]) -> None:
        if claims.get("sub") != window.window_id:
            raise AssertionRefused("sub differs from iss")
        audience = claims.get("aud")
        if self._gateway_id not in (audience if isinstance(audience, list) else [audience]):
            raise AssertionRefused(f"aud must be {self._gateway_id}")
        jti = claims.get("jti")
        if not isinstance(jti, str) or not 1 <= len(jti) <= MAX_JTI or not _is_text(jti):
            raise AssertionRefused("jti is needed")
        self._check_times(_seconds(claims, "iat"), _seconds(claims, "exp"))

    def _check_times(self, issued: float, expires: float) -> None:
        now = self._clock().timestamp()
        if issued > now + LEEWAY_S:
            raise AssertionFromFuture(f"by {issued - now:.0f} s")
        if expires < now - LEEWAY_S:
            raise AssertionExpired(f"by {now - expires:.0f} s")
        if not 0 <= expires - issued <= MAX_ASSERTION_LIFE_S:
            raise AssertionRefused(f"exp must follow iat by at most {MAX_ASSERTION_LIFE_S} s")

    def _store(self, proven: Mapping[int, _Proven], turn: int) -> dict[int, Token]:
        """Remember every `jti` and token, forget what has expired; leave out whose `jti` was seen before."""
        now = self._clock().timestamp()
        fresh = self._database.write(lambda rows: _remembered(rows, proven, now)) if proven else {}
        for one in fresh.values():
            self._remember(_token_hash(one.token), one.window, now + TOKEN_LIFE_S, turn)
        return {place: Token(access_token=one.token, expires_in=TOKEN_LIFE_S) for place, one in fresh.items()}


def _remembered(rows: Rows, proven: Mapping[int, _Proven], now: float) -> dict[int, _Proven]:
    """Write what is new, in one order: of two with one `jti` the second waits, and then adds no row."""
    _forget_expired(rows, sorted({one.window.window_id for one in proven.values()}), now)
    first: dict[tuple[str, str], int] = {}
    for place, one in proven.items():
        first.setdefault((one.window.window_id, one.jti), place)
    asked = sorted(first.items())
    found = rows.execute(
        f"INSERT INTO assertion (window_id, jti, expires_at) VALUES {', '.join(['(?, ?, ?)'] * len(asked))}"
        " ON CONFLICT DO NOTHING RETURNING window_id, jti",
        [value for (window_id, jti), place in asked for value in (window_id, jti, proven[place].expires)],
    )
    fresh = {place: proven[place] for place in (first[str(row[0]), str(row[1])] for row in found)}
    insert_all(
        rows,
        "token",
        ("token_hash", "window_id", "expires_at"),
        [(_token_hash(one.token), one.window.window_id, now + TOKEN_LIFE_S) for one in fresh.values()],
    )
    return fresh


def _forget_expired(rows: Rows, windows: Sequence[str], now: float) -> None:
    """Forget what of these windows has expired; those of others are theirs to sweep."""
    for table, until in (("assertion", now - LEEWAY_S), ("token", now)):
        rows.execute(
            f"DELETE FROM {table} WHERE window_id IN {in_list(windows)} AND expires_at < ?",
            (*windows, until),
        )


def _verified(assertion: str, windows: Mapping[str, Window]) -> tuple[Window, dict[str, Any]]:
    """Find the window by the unproven issuer, then prove it by that window's key."""
    window = windows.get(_issuer(assertion))
    if window is None:
        raise AssertionRefused("unknown window")
    key = OKPKey.import_key({"kty": "OKP", "crv": "Ed25519", "x": window.public_key})
    try:
        return window, jwt.decode(assertion, key, algorithms=ALGORITHMS).claims
    except (JoseError, ValueError) as error:
        raise AssertionRefused("not signed by the enrolled key") from error


def _claimed_issuer(assertion: str) -> str:
    """Return who an assertion says it is of, nothing when it does not say."""
    try:
        return _issuer(assertion)
    except AssertionRefused:
        return ""


def form_of(body: bytes) -> dict[str, str]:
    """Return the fields of a request's form."""
    return dict(parse_qsl(body.decode("utf-8", "replace")))


def _token_hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def _issuer(assertion: str) -> str:
    """Return the `iss` of the payload, proven by nobody yet."""
    parts = assertion.split(".")
    try:
        claims = json.loads(b64url_decode(parts[1]))
        issuer = claims["iss"]
    except (IndexError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise AssertionRefused("malformed") from error
    if not isinstance(issuer, str) or not _is_text(issuer):
        raise AssertionRefused("malformed")
    return issuer


def _seconds(claims: Mapping[str, Any], name: str) -> float:
    value = claims.get(name)
    if not isinstance(value, int | float) or isinstance(value, bool):
        raise AssertionRefused(f"{name} is needed")
    try:
        return float(value)
    except OverflowError as error:
        raise AssertionRefused(f"{name} is no time") from error


def _is_text(value: str) -> bool:
    """Return whether a database can hold a text: no NUL, no half of a pair of UTF-16."""
    return NUL not in value and not any("\ud800" <= letter <= "\udfff" for letter in value)
