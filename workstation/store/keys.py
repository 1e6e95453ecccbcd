"""The data key and the slots that wrap it: passphrase, desktop keyring, machine key file, recovery key.

One random key protects everything in the data folder. `keys.json` holds it only in wrapped form, once per
slot, as LUKS does: a slot can be added or taken away without touching the data.
"""

from __future__ import annotations

import base64
import hmac
import json
import secrets
import stat
import unicodedata
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from sync.contract.suites import CIPHER_NAMES, Aead, NoNationalAlgorithms, Suite, cipher_named, sm4_key
from workstation.store import keyring_slot
from workstation.store.errors import (
    LastSlot,
    NoKeySlots,
    SlotUnavailable,
    StoreDamaged,
    StoreExists,
    SuiteUnavailable,
    UnknownAlgorithm,
    WrongPassphrase,
    WrongRecoveryKey,
)
from workstation.store.files import disk_faults, make_folder, write_durably

KEY_BYTES = 32
FILE_NAME = "keys.json"
FILE_FORMAT = 1

PASSPHRASE = "passphrase"
SECRET_SERVICE = "secret-service"
MACHINE_KEY = "machine-key"
RECOVERY = "recovery"

ARGON2ID = {"iterations": 3, "lanes": 4, "memory_kib": 64 * 1024}
"""RFC 9106, 4: the second recommended set, for machines short of memory."""

_NONCE_BYTES = 12
_SALT_BYTES = 16
_RECOVERY_BYTES = 20
_RFC_4648, _CROCKFORD = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_TO_CROCKFORD, _FROM_CROCKFORD = str.maketrans(_RFC_4648, _CROCKFORD), str.maketrans(_CROCKFORD, _RFC_4648)
_TYPED = str.maketrans("OIL", "011")
_FORBIDDEN_BITS = stat.S_IWGRP | stat.S_IXGRP | stat.S_IRWXO
"""A machine key may be readable by one group (the kiosk's) and by nobody else."""

Slot = dict[str, Any]


class DataKey:
    """The 32 random bytes everything in a data folder hangs on; never shown, never logged."""

    __slots__ = ("_secret",)

    def __init__(self, secret: bytes) -> None:
        """Take over the secret.

        Raises:
            ValueError: not 32 bytes.
        """
        if len(secret) != KEY_BYTES:
            raise ValueError("a data key has 32 bytes")
        self._secret = secret

    @classmethod
    def new(cls) -> DataKey:
        """Return a fresh key from the system's random source."""
        return cls(secrets.token_bytes(KEY_BYTES))

    def derive(self, purpose: str) -> bytes:
        """Return the 32 bytes for one purpose (HKDF-SHA256, RFC 5869); two purposes share nothing."""
        return _derived(self._secret, f"window-workstation/{purpose}", None)

    def derive_sm4(self, purpose: str) -> bytes:
        """Return the 16 bytes of an SM4 key for one purpose (HKDF over SM3); no part of what `derive` gives.

        Raises:
            SuiteUnavailable: this computer has no SM3.
        """
        try:
            return sm4_key(self._secret, f"window-workstation/sm4/{purpose}")
        except NoNationalAlgorithms as error:
            raise SuiteUnavailable() from error

    def wrapped(self, wrapping: bytes, slot: str, suite: Suite) -> Slot:
        """Return the key sealed under `wrapping`, bound to the slot's name and to the cipher's."""
        name, nonce = CIPHER_NAMES[suite], secrets.token_bytes(_NONCE_BYTES)
        sealed = _cipher(name, wrapping).encrypt(nonce, self._secret, _bound(slot, name))
        return {"wrap": name, "nonce": _text(nonce), "wrapped": _text(sealed)}

    def __eq__(self, other: object) -> bool:
        return isinstance(other, DataKey) and hmac.compare_digest(self._secret, other._secret)

    def __hash__(self) -> int:
        return hash(self.derive("hash"))

    def __repr__(self) -> str:
        return "DataKey(***)"


class KeySlots:
    """The key file of one data folder."""

    def __init__(self, folder: Path, suite: Suite = Suite.INTERNATIONAL) -> None:
        """Name the data folder and what new slots are sealed with; nothing is read yet."""
        self._path = folder / FILE_NAME
        self._suite = suite

    @property
    def exists(self) -> bool:
        """True when the folder has a key file."""
        return self._path.exists()

    def create(self, passphrase: str) -> DataKey:
        """Make a new data key behind a passphrase.

        Raises:
            StoreExists: the folder has a key file; overwriting it would lose all data.
        """
        if self.exists:
            raise StoreExists(path=self._path.name)
        make_folder(self._path.parent)
        key = DataKey.new()
        self._write({PASSPHRASE: self._passphrase_slot(key, passphrase)})
        return key

    def slots(self) -> tuple[str, ...]:
        """Return the names of the slots there are."""
        return tuple(self._read())

    def unlock_with_passphrase(self, passphrase: str) -> DataKey:
        """Return the data key.

        Raises:
            WrongPassphrase: it does not open the slot.
            NoKeySlots: there is no key file.
            SlotUnavailable: no passphrase slot.
        """
        slot = self._slot(PASSPHRASE)
        try:
            return _opened(slot, PASSPHRASE, _stretched(passphrase, slot))
        except InvalidTag as error:
            raise WrongPassphrase() from error

    def unlock_with_secret_service(self) -> DataKey:
        """Return the data key with the help of the desktop's keyring.

        Raises:
            SlotUnavailable: no such slot, the keyring is locked or there is none, or it forgot the secret.
        """
        slot = self._slot(SECRET_SERVICE)
        secret = keyring_slot.load(_field(slot, "account"))
        return self._unwrapped(SECRET_SERVICE, slot, _key_from(secret, slot))

    def unlock_with_machine_key(self, path: Path) -> DataKey:
        """Return the data key with the help of a key file made by the machine's administrator.

        Raises:
            SlotUnavailable: no such slot, no such file, rights too wide, or another machine's file.
        """
        slot = self._slot(MACHINE_KEY)
        return self._unwrapped(MACHINE_KEY, slot, _key_from(_machine_secret(path), slot))

    def add_passphrase(self, key: DataKey, passphrase: str) -> None:
        """Set the passphrase; an earlier one stops working."""
        self._put(PASSPHRASE, self._passphrase_slot(key, passphrase))

    def add_secret_service(self, key: DataKey) -> None:
        """Let the desktop's keyring open the store.

        Raises:
            SlotUnavailable: the keyring is locked or there is none.
        """
        account, secret = secrets.token_hex(8), secrets.token_bytes(KEY_BYTES)
        keyring_slot.save(account, secret)
        self._put(SECRET_SERVICE, self._key_slot(key, SECRET_SERVICE, secret, account=account))

    def add_machine_key(self, key: DataKey, path: Path) -> None:
        """Let a key file open the store; the file is made (0600) when it is not there.

        Raises:
            SlotUnavailable: the file is too short or its rights are too wide.
        """
        if not path.exists():
            write_durably(path, secrets.token_bytes(KEY_BYTES))
        self._put(MACHINE_KEY, self._key_slot(key, MACHINE_KEY, _machine_secret(path)))

    def add_recovery(self, key: DataKey) -> str:
        """Make a recovery key, to be written down and locked away; an earlier one stops working.

        Returns:
            Its text: 32 letters and digits in groups of four. It is kept nowhere.
        """
        secret = secrets.token_bytes(_RECOVERY_BYTES)
        self._put(RECOVERY, self._key_slot(key, RECOVERY, secret))
        return recovery_text(secret)

    def unlock_with_recovery(self, text: str) -> DataKey:
        """Return the data key by the recovery key as it was written down.

        Raises:
            WrongRecoveryKey: it is none, or another folder's.
            SlotUnavailable: none was ever made.
        """
        slot = self._slot(RECOVERY)
        secret = _recovery_secret(text)
        try:
            return _opened(slot, RECOVERY, _key_from(secret, slot))
        except InvalidTag as error:
            raise WrongRecoveryKey() from error

    def remove(self, slot: str) -> None:
        """Take a slot away.

        Raises:
            LastSlot: it is the only one.
            SlotUnavailable: there is no such slot.
        """
        removed, slots = self._slot(slot), self._read()
        if len(slots) == 1:
            raise LastSlot(slot=slot)
        del slots[slot]
        self._write(slots)
        if slot == SECRET_SERVICE:
            keyring_slot.forget(_field(removed, "account"))

    def _unwrapped(self, name: str, slot: Slot, wrapping: bytes) -> DataKey:
        try:
            return _opened(slot, name, wrapping)
        except InvalidTag as error:
            raise SlotUnavailable(slot=name, reason="another key") from error

    def _slot(self, name: str) -> Slot:
        slot = self._read().get(name)
        if slot is None:
            raise SlotUnavailable(slot=name, reason="no such slot")
        return slot

    def _put(self, name: str, slot: Slot) -> None:
        self._write({**self._read(), name: slot})

    def _read(self) -> dict[str, Slot]:
        if not self.exists:
            raise NoKeySlots(path=self._path.name)
        with disk_faults():
            text = self._path.read_bytes()
        try:
            document = json.loads(text)
            if document["format"] != FILE_FORMAT:
                raise StoreDamaged(what=FILE_NAME, reason="unknown format")
            return {str(name): dict(slot) for name, slot in document["slots"].items()}
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise StoreDamaged(what=FILE_NAME, reason=type(error).__name__) from error

    def _passphrase_slot(self, key: DataKey, passphrase: str) -> Slot:
        if not passphrase:
            raise ValueError("an empty passphrase protects nothing")
        header: Slot = {"kind": "argon2id", "salt": _text(secrets.token_bytes(_SALT_BYTES)), **ARGON2ID}
        return {**header, **key.wrapped(_stretched(passphrase, header), PASSPHRASE, self._suite)}

    def _key_slot(self, key: DataKey, name: str, secret: bytes, **extra: str) -> Slot:
        header: Slot = {"kind": "hkdf-sha256", "salt": _text(secrets.token_bytes(_SALT_BYTES)), **extra}
        return {**header, **key.wrapped(_key_from(secret, header), name, self._suite)}

    def _write(self, slots: dict[str, Slot]) -> None:
        document = {"format": FILE_FORMAT, "slots": slots}
        write_durably(self._path, json.dumps(document, indent=2).encode())


def recovery_text(secret: bytes) -> str:
    """Return a recovery key in groups of four; the alphabet has no letters that look like digits."""
    text = base64.b32encode(secret).decode().translate(_TO_CROCKFORD)
    return "-".join(text[at : at + 4] for at in range(0, len(text), 4))


def recovery_signer(text: str) -> Ed25519PrivateKey:
    """Return what a recovery key signs with; only its text gives it, the data key does not.

    Raises:
        WrongRecoveryKey: the text is none.
    """
    return Ed25519PrivateKey.from_private_bytes(
        _derived(_recovery_secret(text), "window-workstation/recovery/sign", None)
    )


def _recovery_secret(text: str) -> bytes:
    """Read what `recovery_text` wrote, in small letters too, with blanks, O for 0, I or L for 1."""
    plain = unicodedata.normalize("NFKC", text).upper().translate(_TYPED)
    letters = "".join(character for character in plain if character.isalnum())
    try:
        secret = base64.b32decode(letters.translate(_FROM_CROCKFORD))
    except ValueError as error:
        raise WrongRecoveryKey() from error
    if len(secret) != _RECOVERY_BYTES:
        raise WrongRecoveryKey()
    return secret


def _stretched(passphrase: str, slot: Slot) -> bytes:
    # NFKC: the same keys give the same passphrase whether the input method stood on full or half width.
    spelled = unicodedata.normalize("NFKC", passphrase).encode()
    try:
        stretch = Argon2id(
            salt=_bytes(slot, "salt"),
            length=KEY_BYTES,
            iterations=slot["iterations"],
            lanes=slot["lanes"],
            memory_cost=slot["memory_kib"],
        )
    except (KeyError, TypeError, ValueError) as error:
        raise StoreDamaged(what=FILE_NAME, reason=PASSPHRASE) from error
    return stretch.derive(spelled)


def _key_from(secret: bytes, slot: Slot) -> bytes:
    return _derived(secret, "window-workstation/slot", _bytes(slot, "salt"))


def _derived(secret: bytes, info: str, salt: bytes | None) -> bytes:
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=salt, info=info.encode()).derive(secret)


def _opened(slot: Slot, name: str, wrapping: bytes) -> DataKey:
    wrap = _field(slot, "wrap")
    cipher = _cipher(wrap, wrapping)
    return DataKey(cipher.decrypt(_bytes(slot, "nonce"), _bytes(slot, "wrapped"), _bound(name, wrap)))


def _cipher(name: str, wrapping: bytes) -> Aead:
    """Return the cipher a slot names.

    Raises:
        UnknownAlgorithm: none that this program knows.
        SuiteUnavailable: this computer does not have it.
    """
    try:
        return cipher_named(name, wrapping, "window-workstation/slot/sm4")
    except KeyError as error:
        raise UnknownAlgorithm(what=FILE_NAME, algorithm=name[:20]) from error
    except NoNationalAlgorithms as error:
        raise SuiteUnavailable() from error


def _machine_secret(path: Path) -> bytes:
    try:
        if path.stat().st_mode & _FORBIDDEN_BITS:
            raise SlotUnavailable(slot=MACHINE_KEY, reason="rights too wide")
        secret = path.read_bytes()
    except OSError as error:
        raise SlotUnavailable(slot=MACHINE_KEY, reason=error.strerror or "unreadable") from error
    if len(secret) < KEY_BYTES:
        raise SlotUnavailable(slot=MACHINE_KEY, reason="too short")
    return secret


def _bound(slot: str, wrap: str) -> bytes:
    return f"window-workstation/slot/{slot}/{wrap}".encode()


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _bytes(slot: Slot, name: str) -> bytes:
    try:
        return base64.b64decode(_field(slot, name), validate=True)
    except ValueError as error:
        raise StoreDamaged(what=FILE_NAME, reason=name) from error


def _field(slot: Slot, name: str) -> str:
    value = slot.get(name)
    if not isinstance(value, str):
        raise StoreDamaged(what=FILE_NAME, reason=name)
    return value
