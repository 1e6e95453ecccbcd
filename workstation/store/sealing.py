"""Put a sealed bundle into the queue, in the transaction of the move that sealed it."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session, select

from sync.contract.models import Manifest, SignedManifest
from sync.contract.signing import manifest_sha256
from sync.port import LineState
from workstation.store import codec
from workstation.store.errors import ConflictingBundle, PageMissing
from workstation.store.page_uses import Holder, set_uses
from workstation.store.rows import BundleDocumentRow, BundleRow
from workstation.store.vault import Vault
from workstation.store.writing import Values, add


def queue(session: Session, vault: Vault, signed: SignedManifest, *, legal_due_at: datetime | None) -> str:
    """Queue a bundle once; see `Tx.queue`."""
    manifest, sha256 = signed.manifest, manifest_sha256(signed.manifest)
    query = select(BundleRow.manifest_sha256).where(BundleRow.bundle_id == manifest.bundle_id)
    present = session.exec(query).first()
    if present is not None:
        if present != sha256:
            raise ConflictingBundle(bundle=manifest.bundle_id, subject=manifest.subject)
        return sha256
    _check_pages(vault, manifest)
    add(session, BundleRow, _row(manifest, sha256, legal_due_at))
    document = {"bundle_id": manifest.bundle_id, "manifest": codec.manifest_text(signed)}
    add(session, BundleDocumentRow, document)
    set_uses(session, Holder.BUNDLE, manifest.bundle_id, {page.sha256 for page in manifest.pages})
    return sha256


def _check_pages(vault: Vault, manifest: Manifest) -> None:
    for page in manifest.pages:
        if not vault.has(page.sha256):
            raise PageMissing(page=page.sha256[:12])


def _row(manifest: Manifest, sha256: str, legal_due_at: datetime | None) -> Values:
    return {
        "bundle_id": manifest.bundle_id,
        "kind": manifest.kind.value,
        "subject": manifest.subject,
        "version": manifest.version,
        "manifest_sha256": sha256,
        "size": sum(page.size for page in manifest.pages),
        "sealed_at": manifest.created_at,
        "legal_due_at": legal_due_at,
        "state": LineState.QUEUED.value,
        "attempts": 0,
        "code": "",
        "detail": "",
    }
