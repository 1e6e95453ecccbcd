"""The gateway's receipts on paper and as a file, and whether such a file is genuine, without a line."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from pydantic import ValidationError

from sync.contract.models import SignedReceipt
from sync.contract.signing import BadSignature, key_id, load_public, verify
from workstation.printing.delivery import DeliveryReceiptForm
from workstation.services.enrolment import membership
from workstation.services.errors import NoReceiptYet, NotAReceipt
from workstation.services.paper_desk import Paper, Render
from workstation.store.database import Store

TITLE = "送达回执"


@dataclass(frozen=True)
class DeliveryReceipts:
    """Makes the paper of one delivered bundle."""

    store: Store
    hall: str
    window: str
    folder: Path
    render: Render

    def paper(self, bundle_id: str, path: Path | None = None) -> Paper:
        """Put a bundle's receipt on paper, in the folder or at `path`.

        Raises:
            UnknownRecord: there is no such bundle.
            NoReceiptYet: it is not delivered.
            NotEnrolled: this window has no back office.
        """
        line, signed = self.store.outbox.line(bundle_id), self.signed(bundle_id)
        member = membership(self.store)
        gateway_key = load_public(member.enrolment.gateway_key)
        form = DeliveryReceiptForm(
            hall=self.hall,
            window=self.window,
            subject=line.subject,
            version=str(self.store.outbox.load(bundle_id).manifest.version),
            bundle_id=bundle_id,
            bundle_sha256=line.manifest_sha256,
            number=signed.receipt.number,
            received_at=signed.receipt.received_at,
            gateway_id=signed.receipt.gateway_id,
            key_id=signed.key_id,
            key_fingerprint=fingerprint(gateway_key),
            signed=signed.model_dump_json(),
            practice=member.practice,
        )
        path = path or self.folder / f"receipt-{bundle_id}.pdf"
        made = self.render(form, path)
        return Paper(TITLE, signed.receipt.number, path, made.pages, tuple(made.missing))

    def signed(self, bundle_id: str) -> SignedReceipt:
        """Return the receipt as the gateway signed it.

        Raises:
            NoReceiptYet: the bundle is not delivered.
        """
        signed = self.store.outbox.receipt(bundle_id)
        if signed is None:
            raise NoReceiptYet(bundle=bundle_id)
        return signed


def fingerprint(key: Ed25519PublicKey) -> str:
    """Return the SHA-256 of the raw public key, 64 hex digits."""
    return hashlib.sha256(key.public_bytes_raw()).hexdigest()


def read_receipt(text: str) -> SignedReceipt:
    """Return the receipt that a file or a scanned code holds.

    Raises:
        NotAReceipt: it holds none.
    """
    try:
        return SignedReceipt.model_validate_json(text.strip())
    except ValidationError as error:
        raise NotAReceipt from error


def is_genuine(signed: SignedReceipt, key: Ed25519PublicKey) -> bool:
    """True when this key's owner signed exactly this receipt."""
    try:
        verify(signed.receipt, signed.signature, key)
    except BadSignature:
        return False
    return signed.key_id == key_id(key)
