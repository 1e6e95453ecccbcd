"""Sealing: the signed manifest and the case's move are written in one transaction, or not at all."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from sync.contract.models import MAX_PAGES, BundleKind, Manifest, PageEntry, SignedManifest
from sync.contract.signing import key_id, manifest_sm3, sign
from workstation.domain.case import (
    Case,
    Entry,
    Page,
    PageFile,
    Sealed,
)
from workstation.domain.checklist import derive
from workstation.domain.items import Item
from workstation.services.bundle_body import case_body
from workstation.services.disk import DiskWatch
from workstation.services.filing import AsTheyCame, Filed, Filing
from workstation.services.ids import new_id
from workstation.services.profile import WindowProfile
from workstation.services.replacing import refused_versions, replace_refused
from workstation.store.database import Tx

Extra = Callable[[Case, Item], Mapping[str, Any]]


def nothing_more(_case: Case, _item: Item) -> Mapping[str, Any]:
    """Add nothing to a body."""
    return {}


@dataclass(frozen=True)
class Sealer:
    """Makes bundles and queues them inside the caller's transaction."""

    profile: WindowProfile
    key: Ed25519PrivateKey
    extra: Extra = nothing_more
    """What else a body carries, e.g. the branches of a matter; its keys must not be those of `case_body`."""
    filing: Filing = AsTheyCame()
    """Makes the files that are delivered."""
    disk: DiskWatch | None = None
    """Says no before anything is written; without one nobody watches."""
    sm3_of: Callable[[str], str] | None = None
    """Gives a page's SM3 by its SHA-256 where the policy asks for it."""

    def prepare(self, case: Case, item: Item) -> None:
        """Make what `seal_case` will deliver; call it before the transaction, it may take seconds.

        Raises:
            DiskAlmostFull: too little space to seal anything; nothing was written.
            StoreError: a page cannot be read, and the policy asks for its SM3.
        """
        if self.disk is not None:
            self.disk.check()
        self.filing.prepare(case, item)
        if self.sm3_of is not None:
            # Reads the pages; the transaction then finds what was worked out here.
            self._hashed(_entries(case, item, self.filing.files(case, item)))

    def seal_case(
        self,
        tx: Tx,
        case: Case,
        item: Item,
        log: Sequence[Entry],
        *,
        at: datetime,
        legal_due_at: datetime | None,
    ) -> Case:
        """Freeze the case as its next version and queue it.

        Args:
            tx: open transaction; nothing is visible outside before it commits.
            case: the case after its move.
            item: its item.
            log: its action log so far.
            at: the instant of the key press, aware.
            legal_due_at: when silence means acceptance; orders the queue.
        """
        last = case.bundles[-1] if case.bundles else None
        refused = refused_versions(tx, case)
        # To the office a case begins with the first version that it takes.
        is_first = len(refused) == len(case.bundles)
        filed = self.filing.files(case, item)
        manifest = Manifest(
            bundle_id=new_id(at),
            kind=BundleKind.CASE if is_first else BundleKind.SUPPLEMENT,
            version=last.version + 1 if last else 1,
            supersedes=last.manifest_sha256 if last else None,
            subject=case.number,
            window_id=self.profile.window_id,
            receiving_street=case.receiving_street,
            home_street=case.home_street or case.receiving_street,
            created_at=at,
            practice=case.is_practice,
            pages=self._hashed(_entries(case, item, filed)),
            body={
                **case_body(case, item, log, filed),
                **self.extra(case, item),
                **({"refused": refused} if refused else {}),
            },
        )
        sha256 = tx.queue(self.signed(manifest), legal_due_at=legal_due_at)
        replace_refused(tx, case, manifest)
        sealed = Sealed(
            bundle_id=manifest.bundle_id,
            version=manifest.version,
            manifest_sha256=sha256,
            files=tuple(filed.pages.values()),
        )
        return tx.record(case.case_id, sealed, actor=self.profile.clerk, at=at)

    def signed(self, manifest: Manifest) -> SignedManifest:
        """Return the manifest with the window's signature."""
        return SignedManifest(
            manifest=manifest,
            key_id=key_id(self.key.public_key()),
            signature=sign(manifest, self.key),
            sm3=None if self.sm3_of is None else manifest_sm3(manifest),
        )

    def _hashed(self, entries: tuple[PageEntry, ...]) -> tuple[PageEntry, ...]:
        if self.sm3_of is None:
            return entries
        return tuple(entry.model_copy(update={"sm3": self.sm3_of(entry.sha256)}) for entry in entries)


def _entries(case: Case, item: Item, filed: Filed) -> tuple[PageEntry, ...]:
    """List every page on the checklist, each slot in order (scanned, then reused), and behind them documents.

    Documents say nothing that their pages do not say: where a bundle is full, it is they that stay out.
    """
    entries: list[PageEntry] = []
    for material in derive(item, case.answers):
        slot = case.slot(material.id)
        files = [filed.pages.get(page.page_id) for page in slot.pages]
        entries += [
            _entry(material.id, page, "scanned", file) for page, file in zip(slot.pages, files, strict=True)
        ]
        if slot.reuse is not None:
            entries += [_entry(material.id, page, "reused") for page in slot.reuse.pages]
    room = max(0, MAX_PAGES - len(entries))
    return (*entries, *filed.documents[:room])


def _entry(
    slot: str, page: Page, origin: Literal["scanned", "reused"], filed: PageFile | None = None
) -> PageEntry:
    file = filed or page.file
    return PageEntry(
        page_id=page.page_id,
        slot=slot,
        sha256=file.sha256 if file else page.sha256,
        size=file.size if file else page.size,
        media_type=file.media_type if file else page.media_type,
        origin=origin,
    )
