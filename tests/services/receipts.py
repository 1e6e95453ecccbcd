"""Receipts of a back office that is not there, for tests of what follows from them."""

from __future__ import annotations

from sync.contract.models import Receipt, SignedReceipt
from tests.services.conftest import Window


def deliver(window: Window, bundle_id: str) -> None:
    """Let a bundle be delivered; checking the signature is the sender's business."""
    line = window.store.outbox.line(bundle_id)
    receipt = Receipt(
        bundle_id=bundle_id,
        manifest_sha256=line.manifest_sha256,
        received_at=window.clock(),
        gateway_id="gw",
        number="R-1",
    )
    signed = SignedReceipt(receipt=receipt, key_id="gw", signature="-")
    window.store.outbox.mark_delivered(bundle_id, signed, window.clock())
