"""Put a sealed bundle into the queue, in the transaction of the move that sealed it."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session

from sync.contract.models import Manifest, SignedManifest
from sync.contract.signing import manifest_sha256
from sync.port import LineState
from workstation.store import codec
from workstation.store.errors import ConflictingBundle, PageMissing
from workstation.store.page_uses import Holder, set_uses
from workstation.store.rows import BundleDocumentRow, BundleRow
from workstation.store.vault import Vault


def queue(session: Session, vault: Vault, signed: SignedManifest, *, legal_due_at: datetime | None) -> None:
    """Queue a bundle once; see `Tx.queue`."""
    manifest, sha256 = signed.manifest, manifest_sha256(signed.manifest)
    present = session.get(BundleRow, manifest.bundle_id)
    if present is not None:
        if present.manifest_sha256 != sha256:
            raise ConflictingBundle(bundle=manifest.bundle_id, subject=manifest.subject)
        return
    _check_pages(vault, manifest)
    session.add(_row(manifest, sha256, legal_due_at))
    session.flush()
    document = codec.manifest_text(signed)
    session.add(BundleDocumentRow(bundle_id=manifest.bundle_id, manifest=document))
    set_uses(session, Holder.BUNDLE, manifest.bundle_id, {page.sha256 for page in manifest.pages})
    session.flush()


def _check_pages(vault: Vault, manifest: Manifest) -> None:
    for page in manifest.pages:
        if not vault.has(page.sha256):
            raise PageMissing(page=page.sha256[:12])


def _row(manifest: Manifest, sha256: str, legal_due_at: datetime | None) -> BundleRow:
    return BundleRow(
        bundle_id=manifest.bundle_id,
        kind=manifest.kind.value,
        subject=manifest.subject,
        version=manifest.version,
        manifest_sha256=sha256,
        size=sum(page.size for page in manifest.pages),
        sealed_at=manifest.created_at,
        legal_due_at=legal_due_at,
        state=LineState.QUEUED.value,
    )
