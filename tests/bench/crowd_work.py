"""What a crowd of windows has to send, signed and put into words before any clock runs."""

from __future__ import annotations

import hashlib
import json
import os
import time
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from sync.contract.ids import uuid7
from sync.contract.models import BundleKind, Manifest, PageEntry, SignedManifest
from sync.contract.signing import key_id, new_key, public_text, sign
from sync.gateway.database import Rows, insert_all
from sync.gateway.office import Office, system_clock
from sync.gateway.tokens import ASSERTION_TYPE
from tests.sync.gateway_hall import assertion

STREET = "HF"
LIFE_S = 590
"""How long the clients' assertions are good."""
COLUMNS = (
    "window_id",
    "name",
    "street",
    "street_name",
    "public_key",
    "key_id",
    "number_prefix",
    "enrolled_at",
)
Request = tuple[bytes, bytes, int]
"""Head up to the token, the rest, the status of success."""


@dataclass
class Seat:
    """One enrolled window."""

    window_id: str
    prefix: str
    key: Ed25519PrivateKey

    def row(self, at: datetime) -> tuple[object, ...]:
        """Return its row, in the order of `COLUMNS`."""
        public = public_text(self.key)
        return (
            self.window_id,
            "03",
            STREET,
            STREET,
            public,
            key_id(self.key.public_key()),
            self.prefix,
            at.isoformat(),
        )


def seats_of(office: Office, count: int) -> list[Seat]:
    """Enrol so many windows, straight into the rows: by codes it would take as long as the measurement."""
    now = system_clock()
    seats = [Seat(uuid7(now), f"W{number:05d}", new_key()) for number in range(1, count + 1)]

    def write(rows: Rows) -> None:
        for start in range(0, count, 100):
            insert_all(rows, '"window"', COLUMNS, [seat.row(now) for seat in seats[start : start + 100]])

    office.database.write(write)
    return seats


def loads_of(
    office: Office, seats: list[Seat], bundles: int, tail: bytes
) -> tuple[list[tuple[bytes, list[Request]]], set[str], int]:
    """Return what each window sends, the ids of all bundles, and the length of one manifest's text."""
    ids: set[str] = set()
    length = 0
    loads = []
    for seat in seats:
        calls: list[Request] = []
        pages: list[str] = []
        for number in range(bundles):
            manifest, body, requests = _bundle(seat, number, tail)
            ids.add(manifest.bundle_id)
            pages.append(manifest.pages[0].sha256)
            length = len(body)
            calls += requests
        asked = json.dumps({"sha256": pages}).encode()
        question = (*_request("POST", "/v1/blobs/missing", asked, "application/json"), 200)
        loads.append((_token(office, seat), [question, *calls]))
    return loads, ids, length


def _token(office: Office, seat: Seat) -> bytes:
    now = int(time.time())
    names = {"iss": seat.window_id, "sub": seat.window_id, "aud": office.gateway_id}
    claims = {**names, "iat": now, "exp": now + LIFE_S, "jti": uuid7(system_clock())}
    form = {
        "grant_type": "client_credentials",
        "client_assertion_type": ASSERTION_TYPE,
        "client_assertion": assertion(seat.key, claims),
    }
    head, rest = _request("POST", "/v1/token", urlencode(form).encode(), "application/x-www-form-urlencoded")
    return head + rest


def _bundle(seat: Seat, number: int, tail: bytes) -> tuple[Manifest, bytes, list[Request]]:
    first = os.urandom(32)
    digest, size = hashlib.sha256(first + tail).hexdigest(), len(first + tail)
    scan = PageEntry(page_id=digest[:8], slot="id-card", sha256=digest, size=size, media_type="image/jpeg")
    manifest = Manifest(
        bundle_id=uuid7(system_clock()),
        kind=BundleKind.CASE,
        version=1,
        subject=f"{seat.prefix}-20261102-{number:04d}",
        window_id=seat.window_id,
        receiving_street=STREET,
        home_street=STREET,
        created_at=system_clock(),
        pages=(scan,),
        body={
            "item": {"code": "440304-001", "title": "样本事项"},
            "state": "RECEIVED",
            "form": {"note": "样" * 300},
        },
    )
    signed = SignedManifest(
        manifest=manifest, key_id=key_id(seat.key.public_key()), signature=sign(manifest, seat.key)
    )
    body = signed.model_dump_json().encode()
    page = _request("PUT", f"/v1/blobs/{digest}", first, "application/octet-stream", more=len(tail))
    return (
        manifest,
        body,
        [
            (*page, 201),
            (*_request("PUT", f"/v1/bundles/{manifest.bundle_id}", body, "application/json"), 201),
        ],
    )


def _request(method: str, path: str, body: bytes, kind: str, more: int = 0) -> tuple[bytes, bytes]:
    """Return a request cut where the token belongs; `more` bytes of its body are sent after it."""
    head = f"{method} {path} HTTP/1.1\r\nHost: gateway\r\nContent-Type: {kind}\r\n"
    return head.encode(), f"Content-Length: {len(body) + more}\r\n\r\n".encode() + body
