"""Access tokens: OAuth 2 client credentials with `private_key_jwt` (RFC 6749, 4.4; RFC 7523)."""

from __future__ import annotations

import hashlib
import json
import math
import secrets
import threading
import time
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OKPKey

from sync.contract.models import Token
from sync.contract.signing import b64url_decode
from sync.gateway.database import Database, Rows
from sync.gateway.enrolment import Registry, Window, window_of
from sync.gateway.errors import (
    AssertionExpired,
    AssertionFromFuture,
    AssertionRefused,
    AssertionReplayed,
    GrantInvalid,
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
        if form.get("grant_type") != "client_credentials":
            raise GrantInvalid("grant_type must be client_credentials")
        if form.get("client_assertion_type") != ASSERTION_TYPE:
            raise GrantInvalid("client_assertion_type must be jwt-bearer")
        turn = self._turn
        window, claims = self._verified(form.get("client_assertion", ""))
        if form.get("client_id", window.window_id) != window.window_id:
            raise AssertionRefused("client_id differs from the assertion")
        self._check_claims(window, claims)
        if window.revoked:
            raise WindowRevoked
        self._pace.count_call(window.window_id)
        return self._store(window, claims, turn)

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

    def _verified(self, assertion: str) -> tuple[Window, dict[str, Any]]:
        """Find the window by the unproven issuer, then prove it by that window's key."""
        window = self._registry.window(_claimed_issuer(assertion))
        if window is None:
            raise AssertionRefused("unknown window")
        key = OKPKey.import_key({"kty": "OKP", "crv": "Ed25519", "x": window.public_key})
        try:
            return window, jwt.decode(assertion, key, algorithms=ALGORITHMS).claims
        except (JoseError, ValueError) as error:
            raise AssertionRefused("not signed by the enrolled key") from error

    def _check_claims(self, window: Window, claims: Mapping[str, Any]) -> None:
        if claims.get("sub") != window.window_id:
            raise AssertionRefused("sub differs from iss")
        audience = claims.get("aud")
        if self._gateway_id not in (audience if isinstance(audience, list) else [audience]):
            raise AssertionRefused(f"aud must be {self._gateway_id}")
        jti = claims.get("jti")
        if not isinstance(jti, str) or not 1 <= len(jti) <= MAX_JTI or NUL in jti:
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

    def _store(self, window: Window, claims: Mapping[str, Any], turn: int) -> Token:
        """Remember the `jti` and the token in one transaction, and forget what has expired."""
        now = self._clock().timestamp()
        token = secrets.token_urlsafe(32)

        def remember(rows: Rows) -> None:
            # Nothing is held: of two calls with one `jti` the second waits for the first, then adds no row.
            _forget_expired(rows, window.window_id, now)
            seen = rows.execute(
                "INSERT INTO assertion (window_id, jti, expires_at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
                (window.window_id, claims["jti"], float(claims["exp"])),
            )
            if seen.rowcount != 1:
                raise AssertionReplayed
            rows.execute(
                "INSERT INTO token (token_hash, window_id, expires_at) VALUES (?, ?, ?)",
                (_token_hash(token), window.window_id, now + TOKEN_LIFE_S),
            )

        self._database.write(remember)
        self._remember(_token_hash(token), window, now + TOKEN_LIFE_S, turn)
        return Token(access_token=token, expires_in=TOKEN_LIFE_S)


def _forget_expired(rows: Rows, window_id: str, now: float) -> None:
    """Forget what of this window has expired; those of others are theirs to sweep, so nobody waits."""
    rows.execute("DELETE FROM assertion WHERE window_id = ? AND expires_at < ?", (window_id, now - LEEWAY_S))
    rows.execute("DELETE FROM token WHERE window_id = ? AND expires_at < ?", (window_id, now))


def _token_hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def _claimed_issuer(assertion: str) -> str:
    """Return the `iss` of the payload, proven by nobody yet."""
    parts = assertion.split(".")
    try:
        claims = json.loads(b64url_decode(parts[1]))
        issuer = claims["iss"]
    except (IndexError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise AssertionRefused("malformed") from error
    if not isinstance(issuer, str) or NUL in issuer:
        raise AssertionRefused("malformed")
    return issuer


def _seconds(claims: Mapping[str, Any], name: str) -> float:
    value = claims.get(name)
    if not isinstance(value, int | float) or isinstance(value, bool):
        raise AssertionRefused(f"{name} is needed")
    return float(value)
