"""A gateway in memory behind `httpx.MockTransport`, and bundles to send to it."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from random import Random
from typing import Any
from urllib.parse import parse_qs

import httpx
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from joserfc import jwt
from joserfc.jwk import OKPKey

from sync.client import GatewayClient, Identity
from sync.contract import signing
from sync.contract.ids import uuid7
from sync.contract.models import (
    BundleKind,
    Change,
    ChangeKind,
    Changes,
    Manifest,
    PageEntry,
    Receipt,
    SignedManifest,
    SignedReceipt,
)

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
GATEWAY_KEY = signing.load_private(bytes(range(32)))
WINDOW_KEY = signing.load_private(bytes(range(32, 64)))
IDENTITY = Identity(
    window_id="w-1", gateway_id="gw-1", gateway_key=GATEWAY_KEY.public_key(), private_key=WINDOW_KEY
)
LOGIN_PAGE = "<html><title>上网认证</title></html>"
Handler = Callable[[httpx.Request], httpx.Response]


def seal(
    subject: str = "FT-1",
    *pages: bytes,
    version: int = 1,
    at: datetime = NOW,
    window_id: str = "w-1",
    key: Ed25519PrivateKey = WINDOW_KEY,
    street: str = "huafu",
) -> tuple[SignedManifest, dict[str, bytes]]:
    """Return a signed bundle with its pages by hash."""
    blobs = {hashlib.sha256(page).hexdigest(): page for page in pages}
    manifest = Manifest(
        bundle_id=uuid7(at),
        kind=BundleKind.CASE,
        version=version,
        subject=subject,
        window_id=window_id,
        receiving_street=street,
        home_street=street,
        created_at=at,
        pages=tuple(
            PageEntry(page_id=f"p{number}", slot="id", sha256=sha256, size=len(page), media_type="image/jpeg")
            for number, (sha256, page) in enumerate(blobs.items())
        ),
        body={"item": "样本事项"},
    )
    signature = signing.sign(manifest, key)
    return SignedManifest(
        manifest=manifest, key_id=signing.key_id(key.public_key()), signature=signature
    ), blobs


def receipt_for(manifest: Manifest, *, key: Ed25519PrivateKey = GATEWAY_KEY, **other: Any) -> SignedReceipt:
    values: dict[str, Any] = {
        "bundle_id": manifest.bundle_id,
        "manifest_sha256": signing.manifest_sha256(manifest),
        "received_at": NOW,
        "gateway_id": "gw-1",
        "number": "N-1",
    }
    receipt = Receipt(**{**values, **other})
    return SignedReceipt(
        receipt=receipt, key_id=signing.key_id(key.public_key()), signature=signing.sign(receipt, key)
    )


def change(cursor: int) -> Change:
    return Change(
        cursor=cursor,
        change_id=uuid7(NOW + timedelta(seconds=cursor)),
        at=NOW,
        kind=ChangeKind.ACCEPTED,
        subject="FT-1",
    )


def problem(status: int, code: str = "any", **members: Any) -> httpx.Response:
    body = {"title": code, "status": status, "code": code, **members}
    headers = {"content-type": "application/problem+json", "date": format_datetime(NOW, usegmt=True)}
    return httpx.Response(status, content=json.dumps(body), headers=headers)


def login_page() -> httpx.Response:
    return httpx.Response(200, html=LOGIN_PAGE)


class Office:
    """Keeps what it is given and answers by the contract; `fault` may answer (or break) first."""

    def __init__(self) -> None:
        self.now = NOW
        self.blobs: dict[str, bytes] = {}
        self.bundles: dict[str, SignedManifest] = {}
        self.changes: list[Change] = []
        self.calls: list[str] = []
        self.valid_tokens: set[str] = set()
        self.tokens_given = 0
        self.assertions: list[dict[str, Any]] = []
        self.before: Callable[[httpx.Request], httpx.Response | None] = lambda request: None
        self.after: Callable[[httpx.Request, httpx.Response], httpx.Response] = lambda _, response: response

    def transport(self) -> httpx.MockTransport:
        return httpx.MockTransport(self.handle)

    def client(self, **options: Any) -> GatewayClient:
        options.setdefault("clock", lambda: NOW)
        return GatewayClient("https://gateway.example", IDENTITY, transport=self.transport(), **options)

    def handle(self, request: httpx.Request) -> httpx.Response:
        request.read()
        self.calls.append(f"{request.method} {request.url.path}")
        early = self.before(request)
        if early is not None:
            return early
        return self.after(request, self._answer(request))

    def _answer(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path
        if path == "/v1/health":
            return self._json({"gateway_id": "gw-1", "version": "1"})
        if path == "/v1/token":
            return self._token(request)
        if request.headers.get("authorization", "").removeprefix("Bearer ") not in self.valid_tokens:
            return problem(401, "token-invalid")
        return self._content(request)

    def _content(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path
        if path == "/v1/blobs/missing":
            asked = json.loads(request.content)["sha256"]
            return self._json({"missing": [sha256 for sha256 in asked if sha256 not in self.blobs]})
        if path.startswith("/v1/blobs/"):
            return self._blob(request, path.rpartition("/")[2])
        if path == "/v1/bundles/missing":
            named = json.loads(request.content)["bundle_ids"]
            return self._json({"missing": [name for name in named if name not in self.bundles]})
        if path.startswith("/v1/bundles/"):
            return self._bundle(SignedManifest.model_validate_json(request.content))
        after = int(request.url.params["after"])
        news = tuple(change for change in self.changes if change.cursor > after)[:2]
        slice_ = Changes(changes=news, cursor=news[-1].cursor if news else after)
        return self._json(json.loads(slice_.model_dump_json()))

    def _blob(self, request: httpx.Request, sha256: str) -> httpx.Response:
        digest = base64.b64encode(hashlib.sha256(request.content).digest()).decode()
        assert request.headers["content-digest"] == f"sha-256=:{digest}:"
        assert hashlib.sha256(request.content).hexdigest() == sha256
        if sha256 in self.blobs:
            return problem(412, "held")
        self.blobs[sha256] = request.content
        return httpx.Response(201)

    def _bundle(self, signed: SignedManifest) -> httpx.Response:
        held = self.bundles.get(signed.manifest.bundle_id)
        if held is not None and held != signed:
            return problem(409, "content-conflict")
        lacking = [page.sha256 for page in signed.manifest.pages if page.sha256 not in self.blobs]
        if lacking:
            return problem(424, "blobs-missing", missing=lacking)
        self.bundles[signed.manifest.bundle_id] = signed
        return self._json(json.loads(receipt_for(signed.manifest).model_dump_json()), 200 if held else 201)

    def _token(self, request: httpx.Request) -> httpx.Response:
        form = {name: values[0] for name, values in parse_qs(request.content.decode()).items()}
        key = OKPKey.import_key({"kty": "OKP", "crv": "Ed25519", "x": signing.public_text(WINDOW_KEY)})
        claims = jwt.decode(form["client_assertion"], key, algorithms=["Ed25519"]).claims
        self.assertions.append(claims)
        assert (claims["iss"], claims["sub"], claims["aud"]) == ("w-1", "w-1", "gw-1")
        if not claims["iat"] - 60 <= self.now.timestamp() <= claims["exp"] + 60:
            return problem(401, "assertion-from-future")
        self.tokens_given += 1
        token = f"token-{self.tokens_given}"
        self.valid_tokens.add(token)
        return self._json({"access_token": token, "token_type": "Bearer", "expires_in": 900})

    def _json(self, body: object, status: int = 200) -> httpx.Response:
        headers = {"date": format_datetime(self.now, usegmt=True)}
        return httpx.Response(status, json=body, headers=headers)


def steady() -> Random:
    return Random(7)
