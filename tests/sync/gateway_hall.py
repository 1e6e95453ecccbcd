"""A back office in a folder and windows that speak to it, for the gateway's tests."""

from __future__ import annotations

import asyncio
import hashlib
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from fastapi import FastAPI
from joserfc import jwt
from joserfc.jwk import OKPKey

from sync.contract.ids import uuid7
from sync.contract.models import (
    BundleKind,
    Changes,
    Enrolment,
    EnrolmentRequest,
    Manifest,
    PageEntry,
    SignedManifest,
    SignedReceipt,
)
from sync.contract.signing import (
    b64url_encode,
    key_id,
    load_public,
    manifest_sha256,
    new_key,
    private_bytes,
    public_text,
    sign,
    verify,
)
from sync.gateway.app import create_app
from sync.gateway.office import Office
from sync.gateway.tokens import ASSERTION_TYPE

START = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
STREET = "huafu"
STREET_NAME = "华富街道"


@dataclass
class Clock:
    """A clock the test turns."""

    now: datetime = START

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **step: float) -> None:
        self.now += timedelta(**step)


def page(data: bytes, slot: str = "id-card") -> PageEntry:
    digest = hashlib.sha256(data).hexdigest()
    return PageEntry(page_id=digest[:8], slot=slot, sha256=digest, size=len(data), media_type="image/jpeg")


@dataclass
class Hall:
    """One office behind its application, called in memory."""

    office: Office
    clock: Clock
    app: FastAPI = field(init=False)

    def __post_init__(self) -> None:
        self.app = create_app(self.office)

    def call(self, method: str, path: str, **arguments: Any) -> httpx.Response:
        """Make one call through the whole application."""

        async def exchange() -> httpx.Response:
            transport = httpx.ASGITransport(self.app)
            async with httpx.AsyncClient(transport=transport, base_url="http://gateway") as client:
                return await client.request(method, path, **arguments)

        return asyncio.run(exchange())

    def window(
        self, name: str = "综合窗口 03", street: str = STREET, *, practice: bool = False
    ) -> WindowSeat:
        """Enrol a window over the wire."""
        key = new_key()
        answer = self.call(
            "POST", "/v1/enrolments", json=self.enrolment(key, name, street, practice=practice)
        )
        assert answer.status_code == 201, answer.text
        return WindowSeat(self, key, Enrolment.model_validate_json(answer.content))

    def enrolment(
        self, key: Ed25519PrivateKey, name: str = "03", street: str = STREET, *, practice: bool = False
    ) -> dict[str, Any]:
        """Return the JSON of an enrolment with a fresh code."""
        request = EnrolmentRequest(
            code=self.office.new_code(street, street_name=STREET_NAME),
            public_key=public_text(key),
            window_name=name,
            street=street,
            practice=practice,
        )
        return request.model_dump(mode="json")


@dataclass
class WindowSeat:
    """One enrolled window."""

    hall: Hall
    key: Ed25519PrivateKey
    enrolment: Enrolment
    _token: str = ""

    @property
    def window_id(self) -> str:
        return self.enrolment.window_id

    def claims(self, **changes: Any) -> dict[str, Any]:
        now = int(self.hall.clock().timestamp())
        claims = {
            "iss": self.window_id,
            "sub": self.window_id,
            "aud": self.enrolment.gateway_id,
            "iat": now,
            "exp": now + 120,
            "jti": uuid7(self.hall.clock()),
        }
        return {name: value for name, value in {**claims, **changes}.items() if value is not None}

    def assertion(self, key: Ed25519PrivateKey | None = None, **changes: Any) -> str:
        return assertion(key or self.key, self.claims(**changes))

    def ask_token(self, signed: str, **form: str) -> httpx.Response:
        fields = {
            "grant_type": "client_credentials",
            "client_assertion_type": ASSERTION_TYPE,
            "client_assertion": signed,
        }
        return self.hall.call("POST", "/v1/token", data={**fields, **form})

    def headers(self) -> dict[str, str]:
        """Return the `Authorization` header, getting a token at the first use."""
        if not self._token:
            answer = self.ask_token(self.assertion())
            assert answer.status_code == 200, answer.text
            self._token = answer.json()["access_token"]
        return {"Authorization": f"Bearer {self._token}"}

    def call(self, method: str, path: str, **arguments: Any) -> httpx.Response:
        headers = {**self.headers(), **arguments.pop("headers", {})}
        return self.hall.call(method, path, headers=headers, **arguments)

    def manifest(self, **changes: Any) -> Manifest:
        values: dict[str, Any] = {
            "bundle_id": uuid7(self.hall.clock()),
            "kind": BundleKind.CASE,
            "version": 1,
            "subject": f"{self.enrolment.number_prefix}-20261102-0001",
            "window_id": self.window_id,
            "receiving_street": self.enrolment.street,
            "home_street": self.enrolment.street,
            "created_at": START,
            "body": {"item": {"code": "440304-001", "title": "敬老优待证"}, "state": "RECEIVED"},
        }
        return Manifest(**{**values, **changes})

    def sealed(self, manifest: Manifest, key: Ed25519PrivateKey | None = None) -> SignedManifest:
        return SignedManifest(
            manifest=manifest, key_id=key_id(self.key.public_key()), signature=sign(manifest, key or self.key)
        )

    def put_page(self, data: bytes, **arguments: Any) -> httpx.Response:
        digest = hashlib.sha256(data).hexdigest()
        return self.call("PUT", f"/v1/blobs/{digest}", content=data, **arguments)

    def put(self, manifest: Manifest, key: Ed25519PrivateKey | None = None) -> httpx.Response:
        """Hand over a bundle."""
        body = self.sealed(manifest, key).model_dump_json()
        headers = {"Content-Type": "application/json"}
        return self.call("PUT", f"/v1/bundles/{manifest.bundle_id}", content=body, headers=headers)

    def delivered(self, manifest: Manifest) -> SignedReceipt:
        """Hand over a bundle that must be taken, and prove its receipt."""
        answer = self.put(manifest)
        assert answer.status_code == 201, answer.text
        return self.proven(answer, manifest)

    def proven(self, answer: httpx.Response, manifest: Manifest) -> SignedReceipt:
        signed = SignedReceipt.model_validate_json(answer.content)
        verify(signed.receipt, signed.signature, load_public(self.enrolment.gateway_key))
        assert signed.receipt.manifest_sha256 == manifest_sha256(manifest)
        assert signed.receipt.bundle_id == manifest.bundle_id
        return signed

    def next_version(self, before: Manifest, **changes: Any) -> Manifest:
        """Return the version after `before`."""
        values = {
            "kind": BundleKind.SUPPLEMENT,
            "subject": before.subject,
            "version": before.version + 1,
            "supersedes": manifest_sha256(before),
        }
        return self.manifest(**{**values, **changes})

    def news(self, after: int = 0, wait: float = 0) -> dict[str, Any]:
        """Return the feed as a window reads it: what a line does not say is there as nothing said."""
        answer = self.call("GET", "/v1/changes", params={"after": after, "wait": wait})
        assert answer.status_code == 200, answer.text
        return Changes.model_validate_json(answer.content).model_dump(mode="json")


def assertion(key: Ed25519PrivateKey, claims: dict[str, Any]) -> str:
    """Sign a client assertion."""
    public, private = public_text(key), b64url_encode(private_bytes(key))
    secret: dict[str, str | list[str]] = {"kty": "OKP", "crv": "Ed25519", "x": public, "d": private}
    return jwt.encode({"alg": "Ed25519"}, claims, OKPKey.import_key(secret), algorithms=["Ed25519"])


def place_of(folder: Path) -> str:
    """Return where the rows of this folder's office are; the fixture `engine` puts another in its place."""
    return ""


def options_of(folder: Path) -> list[str]:
    """Return what the command needs to find an office on the engine of the test."""
    place = place_of(folder)
    return ["--folder", str(folder), *(["--database", place] if place else [])]


def open_office(folder: Path, **arguments: Any) -> Office:
    """Open an office on the engine of the test."""
    return Office.open(folder, database=place_of(folder), **arguments)


def open_hall(folder: Path, **arguments: Any) -> Hall:
    """Open an office with a clock the test turns."""
    clock = Clock()
    return Hall(open_office(folder, clock=clock, **arguments), clock)


def check_problem(answer: httpx.Response, status: int, code: str) -> dict[str, Any]:
    """Check that an answer is this problem, in the form of RFC 9457, and return it."""
    assert answer.headers["Content-Type"] == "application/problem+json", answer.text
    document: dict[str, Any] = answer.json()
    assert (answer.status_code, document["status"], document["code"]) == (status, status, code), document
    return document
