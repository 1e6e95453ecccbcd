"""Whether an answer is the gateway's sworn receipt for exactly this bundle."""

from __future__ import annotations

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from sync.contract.models import SignedManifest, SignedReceipt
from sync.contract.signing import BadSignature, key_id, manifest_sha256, verify
from sync.errors import BadReceipt


def check_receipt(
    answer: SignedReceipt, sent: SignedManifest, *, gateway_id: str, gateway_key: Ed25519PublicKey
) -> None:
    """Pass when the enrolled gateway swears that it holds this very manifest.

    Raises:
        BadReceipt: another signer, another gateway, another bundle or other content.
    """
    receipt = answer.receipt
    if answer.key_id != key_id(gateway_key):
        raise BadReceipt("signed by another key")
    try:
        verify(receipt, answer.signature, gateway_key)
    except BadSignature as error:
        raise BadReceipt("the signature does not match") from error
    if receipt.gateway_id != gateway_id:
        raise BadReceipt("another gateway")
    if receipt.bundle_id != sent.manifest.bundle_id:
        raise BadReceipt("another bundle")
    if receipt.manifest_sha256 != manifest_sha256(sent.manifest):
        raise BadReceipt("another manifest")
    if receipt.manifest_sm3 != sent.sm3:
        raise BadReceipt("another manifest by its SM3")
