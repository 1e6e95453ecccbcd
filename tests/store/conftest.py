"""A store in a temporary folder, and factories for what goes into it."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from sync.contract.ids import uuid7
from sync.contract.models import (
    BundleKind,
    Manifest,
    PageEntry,
    Receipt,
    SignedManifest,
    SignedReceipt,
)
from sync.contract.signing import manifest_sha256
from workstation.domain.case import Opened, Page, PageAdded
from workstation.store.database import Store
from workstation.store.keys import DataKey

BEIJING = timezone(timedelta(hours=8))
NOW = datetime(2026, 11, 21, 10, 42, tzinfo=BEIJING)


@dataclass(frozen=True)
class Maker:
    """Makes records for one store."""

    store: Store

    def case(self, *, number: str = "", at: datetime = NOW) -> str:
        """Open a case and return its id."""
        case_id = uuid7(at)
        with self.store.transaction() as tx:
            number = number or f"W03-{tx.next_serial('case'):04}"
            tx.record(case_id, self.opened(number), actor="clerk", at=at)
        return case_id

    def opened(self, number: str) -> Opened:
        """Return the first payload of a case."""
        return Opened(number=number, item_code="440", pack_version="1", window="W03", receiving_street="HF")

    def page(self, data: bytes, page_id: str = "p1") -> Page:
        """Put a page and return what a log says of it."""
        return page_of(self.store.vault.put(data), len(data), page_id)

    def bundle(
        self,
        *,
        pages: tuple[bytes, ...] = (),
        due: datetime | None = None,
        at: datetime = NOW,
        version: int = 1,
        subject: str = "W03-0001",
    ) -> SignedManifest:
        """Queue a bundle and return it."""
        entries = tuple(self._entry(data, index) for index, data in enumerate(pages))
        signed = signed_manifest(entries, at=at, version=version, subject=subject)
        with self.store.transaction() as tx:
            tx.queue(signed, legal_due_at=due)
        return signed

    def _entry(self, data: bytes, index: int) -> PageEntry:
        sha256 = self.store.vault.put(data)
        return PageEntry(
            page_id=f"p{index}", slot="id", sha256=sha256, size=len(data), media_type="image/png"
        )


def page_of(sha256: str, size: int, page_id: str = "p1") -> Page:
    """Return a page that stands for stored bytes."""
    return Page(
        page_id=page_id,
        sha256=sha256,
        size=size,
        media_type="image/png",
        width_px=10,
        height_px=10,
        resolution_dpi=300,
        source="folder",
        taken_at=NOW,
    )


def signed_manifest(
    pages: tuple[PageEntry, ...] = (),
    *,
    at: datetime = NOW,
    version: int = 1,
    subject: str = "W03-0001",
) -> SignedManifest:
    """Return a bundle; the signature is not this package's business."""
    manifest = Manifest(
        bundle_id=uuid7(at),
        kind=BundleKind.CASE,
        version=version,
        subject=subject,
        window_id="W03",
        receiving_street="HF",
        home_street="XMH",
        created_at=at,
        pages=pages,
        body={"number": "W03-0001"},
    )
    return SignedManifest(manifest=manifest, key_id="k", signature="s")


def receipt_for(signed: SignedManifest, *, sha256: str = "") -> SignedReceipt:
    """Return the gateway's receipt for a bundle."""
    receipt = Receipt(
        bundle_id=signed.manifest.bundle_id,
        manifest_sha256=sha256 or manifest_sha256(signed.manifest),
        received_at=NOW.astimezone(UTC),
        gateway_id="g",
        number="R-1",
    )
    return SignedReceipt(receipt=receipt, key_id="g", signature="s")


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture
def key() -> DataKey:
    return DataKey.new()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def store(folder: Path, key: DataKey) -> Iterator[Store]:
    opened = Store.create(folder, key)
    yield opened
    opened.close()


@pytest.fixture
def make(store: Store) -> Maker:
    return Maker(store)


@pytest.fixture
def maker() -> type[Maker]:
    return Maker


@pytest.fixture
def receipt() -> Callable[..., SignedReceipt]:
    return receipt_for


@pytest.fixture
def added() -> Callable[[str, int], PageAdded]:
    return lambda sha256, size: PageAdded(slot="id", page=page_of(sha256, size, sha256[:8]))


@pytest.fixture
def full_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of two megabytes (root only)."""
    mount = tmp_path / "disk"
    mount.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(mount)], check=True)
    yield mount
    subprocess.run(["umount", str(mount)], check=True)
