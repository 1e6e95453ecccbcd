"""A box that only the back office can open, made with nothing but the key it gave at enrolment.

The gateway's Ed25519 key serves for key agreement by the birational map between the two forms of the curve
(RFC 7748, 4.1), so that a window enrolled long ago, and offline since, can pack a box. One ephemeral X25519
key a box, HKDF binds both public keys, AES-256-GCM or SM4-GCM seals each file with its name bound in. The key
of each cipher is derived under a label of its own, so a box relabelled as the other's does not open.
"""

from __future__ import annotations

import hashlib
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from sync.carry.errors import BoxClosed, CipherUnknown
from sync.contract.suites import (
    AES_256_GCM,
    CIPHER_NAMES,
    Aead,
    NoNationalAlgorithms,
    Suite,
    cipher_named,
)

KEY_BYTES, NONCE_BYTES, TAG_BYTES = 32, 12, 16
_PRIME = 2**255 - 19
_PURPOSE = b"window-carry-1"


class Box:
    """Seals and opens the files of one box."""

    def __init__(self, cipher: Aead) -> None:
        """Take the box's cipher; use `closed_for` or `opened_by`."""
        self._cipher = cipher

    def seal(self, name: str, data: bytes) -> bytes:
        """Return the bytes that stand in the file `name`."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, data, name.encode())

    def open(self, name: str, sealed: bytes) -> bytes:
        """Return what `seal` was given.

        Raises:
            BoxClosed: another box's, another file's, or altered.
        """
        try:
            return self._cipher.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], name.encode())
        except (InvalidTag, ValueError) as error:
            raise BoxClosed(name) from error


def closed_for(gateway: Ed25519PublicKey, suite: Suite = Suite.INTERNATIONAL) -> tuple[Box, bytes]:
    """Return a new box for a gateway, and the 32 public bytes that it is opened with.

    Raises:
        CipherUnknown: this computer lacks what the suite asks for.
    """
    ephemeral = X25519PrivateKey.generate()
    theirs = _agreeing_public(gateway)
    ours = ephemeral.public_key().public_bytes_raw()
    key = _key(ephemeral.exchange(theirs), ours, theirs.public_bytes_raw())
    return Box(_cipher(CIPHER_NAMES[suite], key)), ours


def opened_by(gateway: Ed25519PrivateKey, public: bytes, cipher: str = AES_256_GCM) -> Box:
    """Return the box that `closed_for` made for this gateway.

    Raises:
        BoxClosed: the public bytes are no key.
        CipherUnknown: a newer program packed it, or this computer lacks the cipher.
    """
    own = _agreeing_private(gateway)
    try:
        shared = own.exchange(X25519PublicKey.from_public_bytes(public))
    except ValueError as error:
        raise BoxClosed("key") from error
    return Box(_cipher(cipher, _key(shared, public, own.public_key().public_bytes_raw())))


def _cipher(name: str, key: bytes) -> Aead:
    try:
        return cipher_named(name, key, "window-carry-2/sm4")
    except (KeyError, NoNationalAlgorithms) as error:
        raise CipherUnknown(cipher=name[:20]) from error


def _key(shared: bytes, ephemeral: bytes, theirs: bytes) -> bytes:
    salt = hashlib.sha256(ephemeral + theirs).digest()
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=salt, info=_PURPOSE).derive(shared)


def _agreeing_public(key: Ed25519PublicKey) -> X25519PublicKey:
    """Map the point: u = (1 + y) / (1 - y)."""
    y = int.from_bytes(key.public_bytes_raw(), "little") & ((1 << 255) - 1)
    u = (1 + y) * pow(1 - y, -1, _PRIME) % _PRIME
    return X25519PublicKey.from_public_bytes(u.to_bytes(KEY_BYTES, "little"))


def _agreeing_private(key: Ed25519PrivateKey) -> X25519PrivateKey:
    """Take the scalar that signing uses (RFC 8032, 5.1.5); the exchange clamps it in the same way."""
    return X25519PrivateKey.from_private_bytes(hashlib.sha512(key.private_bytes_raw()).digest()[:KEY_BYTES])
