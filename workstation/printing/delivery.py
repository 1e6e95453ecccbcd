"""What the paper of a gateway's receipt says; the page itself is `delivery_receipt`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryReceiptForm:
    """送达回执: the back office swears that it holds a bundle."""

    hall: str
    window: str
    subject: str
    """Number of the case or the bag."""
    version: str
    bundle_id: str
    bundle_sha256: str
    number: str
    """The back office's own number."""
    received_at: datetime
    gateway_id: str
    key_id: str
    key_fingerprint: str
    """SHA-256 of the gateway's public key, 64 hex digits."""
    signed: str
    """The signed receipt as JSON: what the large code holds, and what checks the signature."""
    practice: bool = False
