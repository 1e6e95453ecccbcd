"""A signed e-certificate as a phone shows it: small enough for a QR code, checked without any line.

    ZZ1: + base45( COSE_Sign1( claims ) )          RFC 9285, RFC 9052, claims after RFC 8392

The issuer signs one *presentation*: the certificate's own facts, a nonce, and the few minutes it may be
shown. The holder stands in it only as a hash with the nonce as salt, so whoever photographs the phone learns
neither name nor number. Whether an issuer may be trusted, and for what, is not decided here.
"""

from __future__ import annotations

import hashlib
import unicodedata
from dataclasses import dataclass
from datetime import UTC, date, datetime

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from sync.contract import base45, cbor
from sync.contract.signing import BadSignature, key_id

PREFIX = "ZZ1:"
MAX_CODE = 1500
"""Longest code taken (characters); one as the issuers make it has some 350."""
NONCE_BYTES = 8
HOLDER_BYTES = 16
_ALGORITHM, _KID = 1, 4
_EDDSA = -8
_ISSUER, _SHOWN_UNTIL, _SHOWN_AT, _NONCE, _FACTS = 1, 4, 6, 7, -65537
_EPOCH = date(1970, 1, 1).toordinal()


class Unreadable(Exception):
    """The text is no signed certificate, or one that was cut off."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Presentation:
    """What the issuer signed."""

    issuer: str
    """USCC of the issuing body."""
    kind: str
    """Type code of the certificate (GB/T 36903: 18 characters of the ministry, 3 of the type)."""
    number: str
    """Number of the certificate; what a revocation names."""
    holder: bytes
    """See `holder_hash`."""
    valid_from: date
    valid_until: date | None
    """None: no end."""
    nonce: bytes
    """Of this showing; taken once."""
    shown_at: datetime
    shown_until: datetime
    practice: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedCode:
    """A code that was read; nothing of it is true before `verify` has passed."""

    presentation: Presentation
    key_id: str
    """Of the key it claims to be signed with, as `sync.contract.signing.key_id` gives it."""
    signature: bytes
    _signed: bytes

    def verify(self, key: Ed25519PublicKey) -> None:
        """Pass silently when this key signed it.

        Raises:
            BadSignature: in every other case.
        """
        try:
            key.verify(self.signature, self._signed)
        except InvalidSignature as error:
            raise BadSignature("signature does not match") from error


def holder_hash(name: str, id_number: str, nonce: bytes) -> bytes:
    """Return what stands for a person in one presentation: 16 bytes of SHA-256, salted with its nonce."""
    told = unicodedata.normalize("NFKC", name).replace(" ", ""), id_number.strip().upper()
    return hashlib.sha256(nonce + "\0".join(told).encode()).digest()[:HOLDER_BYTES]


def seal_code(presentation: Presentation, key: Ed25519PrivateKey) -> str:
    """Sign a presentation and return the text of its code."""
    protected = cbor.dumps({_ALGORITHM: _EDDSA, _KID: bytes.fromhex(key_id(key.public_key()))})
    payload = cbor.dumps(_claims(presentation))
    signature = key.sign(_to_be_signed(protected, payload))
    return PREFIX + base45.encode(cbor.dumps([protected, {}, payload, signature]))


def read_code(text: str) -> SignedCode:
    """Read a code as a scanner typed it or a picture carried it.

    Raises:
        Unreadable: it is none.
    """
    if not text.startswith(PREFIX) or len(text) > MAX_CODE:
        raise Unreadable
    try:
        protected, unprotected, payload, signature = _list(cbor.loads(base45.decode(text[len(PREFIX) :])))
        head = _map(cbor.loads(_bytes(protected)))
        if unprotected != {} or head.keys() != {_ALGORITHM, _KID} or head[_ALGORITHM] != _EDDSA:
            raise Unreadable
        return SignedCode(
            presentation=_presentation(_map(cbor.loads(_bytes(payload)))),
            key_id=_bytes(head[_KID]).hex(),
            signature=_bytes(signature),
            _signed=_to_be_signed(_bytes(protected), _bytes(payload)),
        )
    except (ValueError, KeyError, OverflowError, OSError) as error:
        raise Unreadable from error


def _to_be_signed(protected: bytes, payload: bytes) -> bytes:
    """RFC 9052, 4.4."""
    return cbor.dumps(["Signature1", protected, b"", payload])


def _claims(shown: Presentation) -> dict[int | str, cbor.Value]:
    until = None if shown.valid_until is None else shown.valid_until.toordinal() - _EPOCH
    return {
        _ISSUER: shown.issuer,
        _SHOWN_UNTIL: int(shown.shown_until.timestamp()),
        _SHOWN_AT: int(shown.shown_at.timestamp()),
        _NONCE: shown.nonce,
        _FACTS: [
            shown.kind,
            shown.number,
            shown.holder,
            shown.valid_from.toordinal() - _EPOCH,
            until,
            int(shown.practice),
        ],
    }


def _presentation(claims: dict[int | str, cbor.Value]) -> Presentation:
    kind, number, holder, since, until, practice = _list(claims[_FACTS])
    nonce = _bytes(claims[_NONCE])
    if len(nonce) != NONCE_BYTES or practice not in (0, 1):
        raise ValueError("not a presentation")
    return Presentation(
        issuer=_text(claims[_ISSUER]),
        kind=_text(kind),
        number=_text(number),
        holder=_bytes(holder),
        valid_from=_day(since),
        valid_until=None if until is None else _day(until),
        nonce=nonce,
        shown_at=_moment(claims[_SHOWN_AT]),
        shown_until=_moment(claims[_SHOWN_UNTIL]),
        practice=practice == 1,
    )


def _day(value: cbor.Value) -> date:
    return date.fromordinal(_int(value) + _EPOCH)


def _moment(value: cbor.Value) -> datetime:
    return datetime.fromtimestamp(_int(value), UTC)


def _int(value: cbor.Value) -> int:
    if not isinstance(value, int):
        raise ValueError("not a number")
    return value


def _bytes(value: cbor.Value) -> bytes:
    if not isinstance(value, bytes):
        raise ValueError("not bytes")
    return value


def _text(value: cbor.Value) -> str:
    if not isinstance(value, str) or not value.isprintable() or len(value) > 100:
        raise ValueError("not a text")
    return value


def _list(value: cbor.Value) -> list[cbor.Value]:
    if not isinstance(value, list):
        raise ValueError("not a list")
    return value


def _map(value: cbor.Value) -> dict[int | str, cbor.Value]:
    if not isinstance(value, dict):
        raise ValueError("not a map")
    return value
