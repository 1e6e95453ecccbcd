"""Who the window is, and the tokens that prove it (RFC 7523 `private_key_jwt`)."""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http import HTTPStatus
from urllib.parse import urlencode

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from joserfc import jwt
from joserfc.jwk import OKPKey

from sync.answers import JSON, PROBLEM, Answer, expect
from sync.contract.models import Token
from sync.contract.signing import b64url_encode, key_id, private_bytes, public_text
from sync.errors import ContentRefused, NotAuthorised, NotTheGateway
from sync.wire import Request, Wire

ALGORITHM = "Ed25519"
"""RFC 9864 name of EdDSA over this curve."""
ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
ASSERTION_LIFE_S = 120
TOKEN_PATH = "/v1/token"
EARLY_S = 30.0
"""A token is renewed this long before its end, at most half its life."""


@dataclass(frozen=True, slots=True)
class Identity:
    """What enrolment gave, plus the window's secret key."""

    window_id: str
    gateway_id: str
    gateway_key: Ed25519PublicKey
    private_key: Ed25519PrivateKey = field(repr=False)


class Access:
    """Keeps one token and the difference between this machine's clock and the gateway's."""

    def __init__(self, wire: Wire, identity: Identity, clock: Callable[[], datetime]) -> None:
        """`clock` is the machine's aware time, right or wrong."""
        self._wire = wire
        self._identity = identity
        self._clock = clock
        self._offset = timedelta()
        self._token = ""
        self._renew_at = 0.0
        self._lock = threading.Lock()

    @property
    def clock_offset(self) -> timedelta:
        """Gateway's time minus this machine's; zero until an answer told it."""
        return self._offset

    def now(self) -> datetime:
        """Return the time by the gateway's clock, as far as it is known."""
        return self._clock() + self._offset

    def learn(self, answer: Answer) -> None:
        """Take the gateway's time from an answer in the gateway's own form; a log-in page teaches nothing."""
        if answer.date is not None and answer.media_type in (JSON, PROBLEM):
            self._offset = answer.date - self._clock()

    def forget(self, refused: str) -> None:
        """Drop a token that the gateway no longer takes, unless another stream has replaced it by now."""
        with self._lock:
            if self._token == refused:
                self._token = ""

    def token(self) -> str:
        """Return a token with some life left, asking for a new one when needed.

        A first refusal may only mean that this machine's clock is wrong: its answer tells the right time,
        so the assertion is signed once more.

        Raises:
            NotAuthorised: the gateway refuses the window.
            SyncError: anything else that keeps the gateway from answering.
        """
        with self._lock:
            if self._token and time.monotonic() < self._renew_at:
                return self._token
            asked = time.monotonic()
            answer = self._ask()
            if answer.status == HTTPStatus.UNAUTHORIZED:
                answer = self._ask()
            granted = _granted(answer, self._clock())
            life = max(granted.expires_in, 0)
            self._token = granted.access_token
            self._renew_at = asked + life - min(EARLY_S, life / 2)
            return self._token

    def _ask(self) -> Answer:
        form = {
            "grant_type": "client_credentials",
            "client_id": self._identity.window_id,
            "client_assertion_type": ASSERTION_TYPE,
            "client_assertion": self._assertion(),
        }
        headers = {"content-type": "application/x-www-form-urlencoded"}
        answer = self._wire.exchange(Request("POST", TOKEN_PATH, urlencode(form).encode(), headers))
        self.learn(answer)
        return answer

    def _assertion(self) -> str:
        """Sign who we are for this gateway (its id is the audience), once: `jti` is never used again."""
        issued = int(self.now().timestamp())
        claims = {
            "iss": self._identity.window_id,
            "sub": self._identity.window_id,
            "aud": self._identity.gateway_id,
            "iat": issued,
            "exp": issued + ASSERTION_LIFE_S,
            "jti": secrets.token_hex(16),
        }
        private = self._identity.private_key
        header = {"alg": ALGORITHM, "kid": key_id(private.public_key())}
        return jwt.encode(header, claims, _jwk(private), algorithms=[ALGORITHM])


def _jwk(private: Ed25519PrivateKey) -> OKPKey:
    secret = b64url_encode(private_bytes(private))
    return OKPKey.import_key({"kty": "OKP", "crv": "Ed25519", "x": public_text(private), "d": secret})


def _granted(answer: Answer, now: datetime) -> Token:
    """Read the token; every refusal here is about the window, not about one bundle."""
    if answer.media_type == JSON and answer.status in (HTTPStatus.BAD_REQUEST, HTTPStatus.UNAUTHORIZED):
        raise NotAuthorised(f"{answer.status} in the form of RFC 6749", window_wide=True)
    try:
        expect(answer, frozenset({HTTPStatus.OK}), now)
    except (NotAuthorised, ContentRefused) as error:
        raise NotAuthorised(error.detail, window_wide=True) from error
    granted = answer.read(Token)
    if not granted.access_token.isascii() or not granted.access_token.isprintable():
        raise NotTheGateway("a token of foreign characters")
    return granted
