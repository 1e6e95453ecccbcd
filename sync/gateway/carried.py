"""Bundles that come on a stick: taken over the same counter as those that come over the network."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sync.carry.parcel import Parcel
from sync.carry.receipts import Receipts, Refusal, write_receipts
from sync.contract.models import MAX_BLOB_BYTES, SignedManifest, SignedReceipt
from sync.gateway.errors import NotYourWindow, Refused, WindowRevoked
from sync.gateway.office import Office


@dataclass(frozen=True, slots=True, kw_only=True)
class Carried:
    """How one bundle fared."""

    bundle_id: str
    subject: str
    number: str
    """Number of the receipt; empty when it was refused."""
    is_new: bool
    """False when it was here already, by the network or by an earlier stick."""
    refusal: str = ""
    detail: str = ""


def accept(office: Office, bag: Path) -> tuple[Carried, ...]:
    """Take every bundle of a bag and write the receipts beside it.

    Each bundle is one deposit, as over the network: one that is refused keeps no other out, and taking the
    same bag again changes nothing.

    Raises:
        CarryError: the bag cannot be read, or is for another back office; nothing of it was taken.
    """
    parcel = Parcel(bag, gateway_id=office.gateway_id, key=office.key)
    fared, receipts, refused = [], [], []
    for signed in parcel.bundles():
        manifest = signed.manifest
        try:
            receipt, is_new = _deposit(office, parcel, signed)
        except Refused as refusal:
            refused.append(
                Refusal(bundle_id=manifest.bundle_id, code=refusal.code, detail=refusal.detail[:200])
            )
            fared.append(_fared(signed, refusal=refusal.code, detail=refusal.detail))
            continue
        receipts.append(receipt)
        fared.append(_fared(signed, number=receipt.receipt.number, is_new=is_new))
    write_receipts(bag, Receipts(receipts=tuple(receipts), refused=tuple(refused)))
    return tuple(fared)


def _deposit(office: Office, parcel: Parcel, signed: SignedManifest) -> tuple[SignedReceipt, bool]:
    window = office.registry.window(signed.manifest.window_id)
    if window is None:
        raise NotYourWindow("unknown window")
    if window.revoked:
        raise WindowRevoked
    for page in signed.manifest.pages:
        if office.blobs.size(page.sha256) is None and (data := parcel.page(page.sha256)) is not None:
            with office.blobs.receive(page.sha256, MAX_BLOB_BYTES) as incoming:
                incoming.write(data)
                incoming.keep()
    deposit = office.intake.deposit(window, signed.manifest.bundle_id, signed)
    return SignedReceipt.model_validate_json(deposit.receipt), deposit.is_new


def _fared(
    signed: SignedManifest, *, number: str = "", is_new: bool = False, refusal: str = "", detail: str = ""
) -> Carried:
    manifest = signed.manifest
    return Carried(
        bundle_id=manifest.bundle_id,
        subject=manifest.subject,
        number=number,
        is_new=is_new,
        refusal=refusal,
        detail=detail,
    )
