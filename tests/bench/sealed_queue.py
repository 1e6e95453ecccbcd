"""A store whose queue holds sealed bundles of random pages, of a window that a gateway knows."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from random import Random

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from sync.client import Identity, enrol
from sync.contract.ids import uuid7
from sync.contract.models import BundleKind, Enrolment, EnrolmentRequest, Manifest, PageEntry, SignedManifest
from sync.contract.signing import key_id, load_public, new_key, public_text, sign
from workstation.store.database import Store
from workstation.store.keys import DataKey


def sealed_queue(
    folder: Path, code: str, url: str, bundles: int, sizes: Sequence[int]
) -> tuple[Store, Identity, int]:
    """Make the store; return it with who the window is and the bytes of all pages and manifests."""
    key = new_key()
    request = EnrolmentRequest(
        code=code, public_key=public_text(key), window_name="综合窗口 03", street="huafu"
    )
    enrolment = enrol(url, request)
    identity = Identity(
        window_id=enrolment.window_id,
        gateway_id=enrolment.gateway_id,
        gateway_key=load_public(enrolment.gateway_key),
        private_key=key,
    )
    store = Store.create(folder / "window", DataKey.new())
    chance, each = Random(7), len(sizes) // bundles
    payload = 0
    for number in range(bundles):
        pages = [chance.randbytes(size) for size in sizes[number * each : (number + 1) * each]]
        signed = sealed(enrolment, key, number, pages)
        payload += sum(map(len, pages)) + len(signed.model_dump_json())
        for page in pages:
            store.vault.put(page)
        with store.transaction() as tx:
            tx.queue(signed, legal_due_at=None)
    return store, identity, payload


def sealed(
    enrolment: Enrolment, key: Ed25519PrivateKey, number: int, pages: Sequence[bytes]
) -> SignedManifest:
    """Return a signed case of these pages."""
    at = datetime.now(UTC)
    manifest = Manifest(
        bundle_id=uuid7(at),
        kind=BundleKind.CASE,
        version=1,
        subject=f"{enrolment.number_prefix}-{at:%Y%m%d}-{number:04d}",
        window_id=enrolment.window_id,
        receiving_street=enrolment.street,
        home_street=enrolment.street,
        created_at=at,
        pages=tuple(_entry(place, page) for place, page in enumerate(pages)),
        body={"item": {"code": "440304-001", "title": "样本事项"}, "state": "RECEIVED"},
    )
    return SignedManifest(manifest=manifest, key_id=key_id(key.public_key()), signature=sign(manifest, key))


def _entry(place: int, page: bytes) -> PageEntry:
    digest = hashlib.sha256(page).hexdigest()
    return PageEntry(
        page_id=f"p{place}", slot="papers", sha256=digest, size=len(page), media_type="image/jpeg"
    )
