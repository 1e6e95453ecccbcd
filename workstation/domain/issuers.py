"""Who may sign e-certificates, with which keys and for which kinds: the trust list of an item pack."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuerKey:
    """A public key of an issuer and the days it signs on."""

    public_key: str
    """Ed25519, 32 bytes as unpadded base64url."""
    key_id: str
    """First 16 hex digits of the SHA-256 of the raw key."""
    valid_from: date
    valid_until: date | None = None

    def signs_on(self, day: date) -> bool:
        """Return whether the key may be used on a day."""
        return self.valid_from <= day and (self.valid_until is None or day <= self.valid_until)


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustedIssuer:
    """A body whose certificates are taken."""

    uscc: str
    name: str
    keys: tuple[IssuerKey, ...]
    kinds: tuple[tuple[str, str], ...]
    """(type code, title): what it may issue; a title is what materials call it, e.g. 户口簿电子证照."""

    def title_of(self, kind: str) -> str:
        """Return what materials call a type of certificate; empty when this body may not issue it."""
        return dict(self.kinds).get(kind, "")

    def key(self, key_id: str) -> IssuerKey | None:
        """Return the key of that id."""
        return next((key for key in self.keys if key.key_id == key_id), None)


def issuer_of(issuers: Sequence[TrustedIssuer], uscc: str) -> TrustedIssuer | None:
    """Return the issuer with this code; None for a foreign one."""
    return next((issuer for issuer in issuers if issuer.uscc == uscc), None)
