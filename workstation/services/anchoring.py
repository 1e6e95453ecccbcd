"""Showing the head of the audit chain to the gateway with each round of sending, and keeping its word.

What the gateway has signed can no longer be unsaid here: a chain that is shorter or other than it was is
refused, and the refusal is kept until somebody looks.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from sync.access import Identity
from sync.contract.anchors import AnchorPoint, Anchors, SignedAnchor
from sync.contract.signing import BadSignature, verify
from sync.errors import BadReceipt, Conflict, SyncError
from workstation.services.audit_check import Seen
from workstation.store.audit import NO_HEAD
from workstation.store.database import Store
from workstation.store.errors import StoreError

log = logging.getLogger(__name__)

TROUBLE = "audit.trouble"
"""Setting: place at which the gateway has seen another chain; empty while all is well."""


class AnchorSource(Protocol):
    """The part of the gateway's client that anchoring needs."""

    identity: Identity

    def put_anchor(self, head: AnchorPoint, after: AnchorPoint | None) -> SignedAnchor:
        """Show the head."""
        ...

    def anchors(self, after: int = 0) -> Anchors:
        """Return what was seen."""
        ...


@dataclass(frozen=True)
class Anchoring:
    """Anchors one store's chain."""

    store: Store

    def run(self, source: AnchorSource) -> None:
        """Show the head if it is new; called in the thread that sends, and never in its way."""
        try:
            self._run(source)
        except (SyncError, StoreError) as error:
            log.warning("audit chain not anchored: %s", error.code)

    def _run(self, source: AnchorSource) -> None:
        head = self.store.audit.head()
        if head == NO_HEAD:
            return
        point, last = AnchorPoint(seq=head.seq, hash=head.hash), self._last(source.identity.gateway_id)
        if last == point:
            return
        try:
            signed = source.put_anchor(point, last)
        except Conflict:
            signed = self._again(source, point)
        self._keep(source.identity, point, signed)

    def _again(self, source: AnchorSource, point: AnchorPoint) -> SignedAnchor:
        """Follow what the gateway itself saw last: it may have been restored, or its answer was lost."""
        seen = source.anchors(point.seq).last
        own = self.store.audit.hash_at(seen.seq) if seen is not None else ""
        if seen is not None and own != seen.hash:
            self._note_trouble(seen.seq)
        try:
            return source.put_anchor(point, AnchorPoint(seq=seen.seq, hash=own) if seen and own else None)
        except Conflict:
            self._note_trouble(seen.seq if seen else point.seq)
            raise

    def _keep(self, identity: Identity, point: AnchorPoint, signed: SignedAnchor) -> None:
        try:
            verify(signed.anchor, signed.signature, identity.gateway_key)
        except BadSignature as error:
            raise BadReceipt("anchor not signed by the enrolled gateway") from error
        anchor = signed.anchor
        if (anchor.seq, anchor.hash, anchor.window_id) != (point.seq, point.hash, identity.window_id):
            raise BadReceipt("anchor of another chain")
        self.store.audit.keep_anchor(point.seq, point.hash, signed.model_dump_json())
        if self.store.setting(TROUBLE):
            with self.store.transaction() as tx:
                tx.put_setting(TROUBLE, "")

    def _note_trouble(self, seq: int) -> None:
        log.error("audit chain differs from what the gateway saw seq=%d", seq)
        with self.store.transaction() as tx:
            tx.put_setting(TROUBLE, str(seq))

    def _last(self, gateway_id: str) -> AnchorPoint | None:
        for row in reversed(self.store.audit.anchors()):
            if SignedAnchor.model_validate_json(row.receipt).anchor.gateway_id == gateway_id:
                return AnchorPoint(seq=row.seq, hash=row.hash)
        return None


def seen_online(source: AnchorSource) -> Iterator[Seen]:
    """Yield everything the gateway has seen of this window's chain; raises SyncError."""
    after = 0
    while points := source.anchors(after).anchors:
        yield from (Seen(point.seq, point.hash) for point in points)
        after = points[-1].seq
