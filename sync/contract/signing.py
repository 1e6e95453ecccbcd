"""Canonical bytes (RFC 8785), their hashes, and Ed25519 signatures over them.

Keys and signatures travel as unpadded base64url (RFC 4648, 5); a private key at rest is its 32 raw bytes.
"""

from __future__ import annotations

import base64
import hashlib
import json
from functools import lru_cache

import rfc8785
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from pydantic import BaseModel

from sync.contract.models import Manifest
from sync.contract.suites import sm3_hex

KEY_BYTES = 32
KEY_ID_DIGITS = 16
MAX_INTEGER = 2**53 - 1
KEYS_KEPT = 4096
_PLAIN = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"), sort_keys=True)


class BadSignature(Exception):
    """The signature was not made over these bytes by this key."""


def b64url_encode(data: bytes) -> str:
    """Return unpadded base64url."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def b64url_decode(text: str) -> bytes:
    """Return the bytes of unpadded base64url.

    Only the one spelling that `b64url_encode` gives is taken, so a signature has a single form.

    Raises:
        ValueError: padding, foreign characters, an impossible length or stray low bits.
    """
    try:
        data = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except ValueError as error:
        raise ValueError(f"not base64url: {error}") from error
    if b64url_encode(data) != text:
        raise ValueError("not the one spelling of base64url")
    return data


def canonical(model: BaseModel) -> bytes:
    """Return the bytes that are hashed and signed: RFC 8785 of the model's JSON form.

    Raises:
        ValueError: an integer beyond 2**53 - 1 or a lone surrogate.
    """
    return canonical_json(model.model_dump(mode="json"))


def canonical_json(value: object) -> bytes:
    """Return RFC 8785 of a JSON value.

    The library's own encoder (written in C) says the same, and sooner, of all but numbers with fractions or
    beyond 2**53 - 1, and characters above U+FFFF: these it would sort by code point, not by UTF-16.

    Raises:
        ValueError: see `canonical`.
    """
    if _is_plain(value):
        text = _PLAIN.encode(value)
        if text.isascii() or len(text.encode("utf-16-le", "surrogatepass")) == 2 * len(text):
            return text.encode()
    return rfc8785.dumps(value)  # type: ignore[arg-type]


def _is_plain(value: object) -> bool:
    """Return whether a value is made of texts, truths, nothings and small integers only."""
    kind = type(value)
    if kind is str or kind is bool or value is None:
        return True
    if kind is int:
        return -MAX_INTEGER <= value <= MAX_INTEGER  # type: ignore[operator]
    if kind is dict:
        return all(type(name) is str for name in value) and all(map(_is_plain, value.values()))  # type: ignore[attr-defined]
    return kind is list and all(map(_is_plain, value))  # type: ignore[call-overload]


def manifest_sha256(manifest: Manifest) -> str:
    """Return the lower-case hex SHA-256 of the manifest's canonical bytes: the name of its content."""
    return hashlib.sha256(canonical(manifest)).hexdigest()


def manifest_sm3(manifest: Manifest) -> str:
    """Return the lower-case hex SM3 of the manifest's canonical bytes.

    Raises:
        NoNationalAlgorithms: this computer has no SM3.
    """
    return sm3_hex(canonical(manifest))


def new_key() -> Ed25519PrivateKey:
    """Return a fresh key from the system's random source."""
    return Ed25519PrivateKey.generate()


def public_text(key: Ed25519PrivateKey | Ed25519PublicKey) -> str:
    """Return the public half as it travels (43 characters)."""
    public = key.public_key() if isinstance(key, Ed25519PrivateKey) else key
    return b64url_encode(public.public_bytes_raw())


@lru_cache(maxsize=KEYS_KEPT)
def load_public(text: str) -> Ed25519PublicKey:
    """Return the key that `public_text` wrote.

    Raises:
        ValueError: not base64url of 32 bytes.
    """
    return Ed25519PublicKey.from_public_bytes(b64url_decode(text))


def private_bytes(key: Ed25519PrivateKey) -> bytes:
    """Return the 32 secret bytes; the caller keeps them in the key store."""
    return key.private_bytes_raw()


def load_private(data: bytes) -> Ed25519PrivateKey:
    """Return the key that `private_bytes` wrote.

    Raises:
        ValueError: not 32 bytes.
    """
    return Ed25519PrivateKey.from_private_bytes(data)


def key_id(public: Ed25519PublicKey) -> str:
    """Return the first 16 hex digits of the SHA-256 of the raw public key."""
    return hashlib.sha256(public.public_bytes_raw()).hexdigest()[:KEY_ID_DIGITS]


def sign(model: BaseModel, private_key: Ed25519PrivateKey) -> str:
    """Return the signature over the model's canonical bytes, as it travels.

    Raises:
        ValueError: the model has no canonical form, see `canonical`.
    """
    return b64url_encode(private_key.sign(canonical(model)))


def verify(model: BaseModel, signature: str, public_key: Ed25519PublicKey) -> None:
    """Pass silently when `signature` is this key's over this content.

    Raises:
        BadSignature: in every other case, malformed text included.
    """
    try:
        data = canonical(model)
    except ValueError as error:
        raise BadSignature(str(error)) from error
    verify_bytes(data, signature, public_key)


def verify_bytes(data: bytes, signature: str, public_key: Ed25519PublicKey) -> None:
    """Pass silently when `signature` is this key's over these bytes.

    Raises:
        BadSignature: in every other case, malformed text included.
    """
    try:
        public_key.verify(b64url_decode(signature), data)
    except (InvalidSignature, ValueError) as error:
        raise BadSignature(str(error) or "signature does not match") from error
