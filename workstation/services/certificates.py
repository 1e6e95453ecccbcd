"""A signed e-certificate, verified at the window without any line; every refusal has its own reason.

What is looked at, in this order: that it can be read, whose it claims to be, the signature, practice or real,
the certificate's own days, the minutes of this showing, the holder, and whether it was taken back. Nothing
that the code says is believed before the signature has passed.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from sync.contract.certificate import Presentation, SignedCode, Unreadable, holder_hash, read_code
from sync.contract.models import Change
from sync.contract.signing import BadSignature, load_public
from workstation.domain.clock import local_date
from workstation.domain.issuers import IssuerKey, TrustedIssuer, issuer_of
from workstation.domain.proofs import Holder
from workstation.services.proof_errors import (
    CertificateExpired,
    CertificateNotYetValid,
    CertificateRevoked,
    CodeAltered,
    CodeReplayed,
    CodeStale,
    CodeUnreadable,
    ForeignIssuer,
    OtherHolder,
    PracticeCertificate,
    UnknownKey,
)
from workstation.store.database import Tx

SKEW = timedelta(minutes=2)
"""How far the window's clock and the issuer's may differ."""
LONGEST_SHOWING = timedelta(minutes=15)
"""A code that may be shown for longer is no showing but a copy."""
_REVOKED, _USED = "certificate.revoked:", "certificate.used:"


@dataclass(frozen=True, slots=True)
class Verified:
    """A presentation that may be believed."""

    shown: Presentation
    issuer: TrustedIssuer
    key: IssuerKey
    title: str
    """As materials name this kind of certificate."""


def verify(
    text: str, issuers: Sequence[TrustedIssuer], holder: Holder, *, practice: bool, at: datetime
) -> Verified:
    """Verify a signed code for the checked person of a case; revocation and replay are the caller's.

    Raises:
        CodeUnreadable, ForeignIssuer, UnknownKey, CodeAltered, PracticeCertificate, CertificateExpired,
        CertificateNotYetValid, CodeStale, OtherHolder: as they say.
    """
    try:
        code = read_code(text)
    except Unreadable as error:
        raise CodeUnreadable from error
    shown = code.presentation
    issuer, key = _signer(code, issuers)
    if shown.practice is not practice:
        raise PracticeCertificate
    title = issuer.title_of(shown.kind)
    if not title:
        raise ForeignIssuer(issuer=issuer.name)
    _check_days(shown, at)
    if not hmac.compare_digest(shown.holder, holder_hash(holder.name, holder.id_number, shown.nonce)):
        raise OtherHolder
    return Verified(shown, issuer, key, title)


def _signer(code: SignedCode, issuers: Sequence[TrustedIssuer]) -> tuple[TrustedIssuer, IssuerKey]:
    shown = code.presentation
    issuer = issuer_of(issuers, shown.issuer)
    if issuer is None:
        raise ForeignIssuer(issuer=shown.issuer)
    key = issuer.key(code.key_id)
    if key is None or not key.signs_on(local_date(shown.shown_at)):
        raise UnknownKey(issuer=issuer.name)
    try:
        code.verify(load_public(key.public_key))
    except BadSignature as error:
        raise CodeAltered from error
    return issuer, key


def _check_days(shown: Presentation, at: datetime) -> None:
    today = local_date(at)
    if shown.valid_until is not None and today > shown.valid_until:
        raise CertificateExpired(day=shown.valid_until)
    if today < shown.valid_from:
        raise CertificateNotYetValid(day=shown.valid_from)
    is_copy = not timedelta(0) <= shown.shown_until - shown.shown_at <= LONGEST_SHOWING
    if is_copy or not shown.shown_at - SKEW <= at <= shown.shown_until + SKEW:
        raise CodeStale


# --- what this machine remembers ---------------------------------------------------------------------------


def take_once(tx: Tx, shown: Presentation, place: str) -> None:
    """Note that a showing was taken for `place`; the same place may take it again.

    It is filed under the day the issuer signed, not under this machine's clock: setting that back forgets
    nothing.

    Raises:
        CodeReplayed: it was taken for another place.
    """
    name = f"{_USED}{shown.shown_at.date().isoformat()}"
    used: dict[str, str] = json.loads(tx.setting(name) or "{}")
    nonce = f"{shown.issuer}:{shown.nonce.hex()}"
    if used.get(nonce, place) != place:
        raise CodeReplayed
    tx.put_setting(name, json.dumps({**used, nonce: place}))


def revoke(tx: Tx, change: Change) -> None:
    """Remember what a change of the feed takes back: a certificate's number, or a key's id."""
    tx.put_setting(f"{_REVOKED}{change.subject}", change.at.isoformat())


class Remembered(Protocol):
    """The store, or a transaction of it."""

    def setting(self, name: str) -> str | None:
        """Return a setting, None when it was never put."""
        ...


def check_revoked(memory: Remembered, number: str, key_id: str = "") -> None:
    """Pass silently while neither the certificate nor its key was taken back.

    Raises:
        CertificateRevoked: one of them was.
    """
    if any(memory.setting(f"{_REVOKED}{name}") for name in (number, key_id) if name):
        raise CertificateRevoked(number=number)
