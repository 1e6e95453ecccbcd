"""The two families of algorithms a window may write with: the international one and the national one.

SM4 is GB/T 32907, its GCM mode GB/T 36624 and RFC 8998; SM3 is GB/T 32905. They come from the OpenSSL that
`cryptography` brings along; a build without them is told from one with them by a known answer.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from enum import StrEnum
from functools import cache
from typing import Protocol

from cryptography.exceptions import InvalidTag, UnsupportedAlgorithm
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SM3, Hash
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

SM4_KEY_BYTES = 16
TAG_BYTES = 16
_ABC = "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"
"""SM3 of `abc` (GB/T 32905, A.1)."""


class Suite(StrEnum):
    """What new data is written with; what is read says itself what it was written with."""

    INTERNATIONAL = "international"
    """AES-256-GCM and SHA-256."""
    GUOMI = "guomi"
    """SM4-GCM, and SM3 beside SHA-256."""


class NoNationalAlgorithms(Exception):
    """The cryptographic library of this computer has no SM4-GCM or no SM3."""


class Aead(Protocol):
    """Authenticated encryption; the tag stands at the end."""

    def encrypt(self, nonce: bytes, data: bytes, associated_data: bytes | None, /) -> bytes:
        """Return the sealed bytes."""

    def decrypt(self, nonce: bytes, data: bytes, associated_data: bytes | None, /) -> bytes:
        """Return the plain bytes.

        Raises:
            InvalidTag: another key, or something of it was changed.
        """


class Sm4Gcm:
    """SM4-GCM in the form `cryptography` gives AES-GCM; to be used from any thread."""

    def __init__(self, key: bytes) -> None:
        """Take a key of 16 bytes.

        Raises:
            NoNationalAlgorithms: the library has none.
        """
        require_national()
        self._algorithm = algorithms.SM4(key)

    def encrypt(self, nonce: bytes, data: bytes, associated_data: bytes | None, /) -> bytes:
        """Return the sealed bytes, the tag behind them."""
        encryptor = Cipher(self._algorithm, modes.GCM(nonce)).encryptor()
        encryptor.authenticate_additional_data(associated_data or b"")
        return b"".join((encryptor.update(data), encryptor.finalize(), encryptor.tag))

    def decrypt(self, nonce: bytes, data: bytes, associated_data: bytes | None, /) -> bytes:
        """Return the plain bytes.

        Raises:
            InvalidTag: another key, or something of it was changed.
        """
        if len(data) < TAG_BYTES:
            raise InvalidTag
        body, tag = data[:-TAG_BYTES], data[-TAG_BYTES:]
        decryptor = Cipher(self._algorithm, modes.GCM(nonce, tag)).decryptor()
        decryptor.authenticate_additional_data(associated_data or b"")
        return decryptor.update(body) + decryptor.finalize()


def sm3_hex(data: bytes) -> str:
    """Return the lower-case hex SM3.

    Raises:
        NoNationalAlgorithms: the library has none.
    """
    require_national()
    return _sm3(data)


def sha256_hex(data: bytes) -> str:
    """Return the lower-case hex SHA-256."""
    return hashlib.sha256(data).hexdigest()


def sm4_key(secret: bytes, purpose: str) -> bytes:
    """Return an SM4 key for one purpose out of a longer secret (HKDF of RFC 5869 over SM3).

    Never a part of the key another cipher uses.

    Raises:
        NoNationalAlgorithms: the library has no SM3.
    """
    require_national()
    return HKDF(algorithm=SM3(), length=SM4_KEY_BYTES, salt=None, info=purpose.encode()).derive(secret)


def require_national() -> None:
    """Pass silently when this computer has the national algorithms.

    Raises:
        NoNationalAlgorithms: it has not, e.g. a build of OpenSSL for FIPS or without SM4.
    """
    if not has_national():
        raise NoNationalAlgorithms


@cache
def has_national() -> bool:
    """Return whether SM3 gives its known answer and SM4-GCM runs."""
    try:
        encryptor = Cipher(algorithms.SM4(bytes(SM4_KEY_BYTES)), modes.GCM(bytes(12))).encryptor()
        encryptor.finalize()
        return _sm3(b"abc") == _ABC
    except (UnsupportedAlgorithm, ValueError):
        return False


def _sm3(data: bytes) -> str:
    digest = Hash(SM3())
    digest.update(data)
    return digest.finalize().hex()


AES_256_GCM, SM4_GCM = "AES-256-GCM", "SM4-GCM"
CIPHER_NAMES: Mapping[Suite, str] = {Suite.INTERNATIONAL: AES_256_GCM, Suite.GUOMI: SM4_GCM}
"""As documents in JSON name what sealed them."""


def cipher_named(name: str, secret: bytes, purpose: str) -> Aead:
    """Return the cipher a document names, keyed by a secret of 32 bytes.

    Args:
        name: one of `CIPHER_NAMES`.
        secret: the AES key itself; an SM4 key is derived from it.
        purpose: label of that derivation.

    Raises:
        KeyError: nobody knows this name here.
        NoNationalAlgorithms: the library has no SM4.
    """
    makers: dict[str, Callable[[], Aead]] = {
        AES_256_GCM: lambda: AESGCM(secret),
        SM4_GCM: lambda: Sm4Gcm(sm4_key(secret, purpose)),
    }
    return makers[name]()
