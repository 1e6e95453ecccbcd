"""The desktop's keyring (freedesktop SecretService), and no other kind of keyring.

File keyrings that a program could fall back to protect nothing, so the back-end is named here, never chosen.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from workstation.store.errors import SlotUnavailable

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

SERVICE = "window-workstation"
NAME = "secret-service"


def save(account: str, secret: bytes) -> None:
    """Keep a secret in the default collection.

    Raises:
        SlotUnavailable: the keyring is locked or there is none.
    """
    with _translated():
        _backend().set_password(SERVICE, account, base64.b64encode(secret).decode())


def load(account: str) -> bytes:
    """Return the secret.

    Raises:
        SlotUnavailable: the keyring is locked, there is none, or it does not hold the secret.
    """
    with _translated():
        text = _backend().get_password(SERVICE, account)
    if text is None:
        raise SlotUnavailable(slot=NAME, reason="forgotten")
    try:
        return base64.b64decode(text, validate=True)
    except ValueError as error:
        raise SlotUnavailable(slot=NAME, reason="unreadable") from error


def forget(account: str) -> None:
    """Take the secret out of the keyring where that is possible; without its slot it opens nothing."""
    with suppress(SlotUnavailable), _translated():
        _backend().delete_password(SERVICE, account)


def _backend() -> KeyringBackend:
    from keyring.backends.SecretService import Keyring

    if not Keyring.viable:
        raise SlotUnavailable(slot=NAME, reason="no keyring")
    backend: KeyringBackend = Keyring()  # type: ignore[no-untyped-call]
    return backend


@contextmanager
def _translated() -> Iterator[None]:
    from keyring.errors import KeyringError, KeyringLocked
    from secretstorage.exceptions import SecretStorageException

    try:
        yield
    except KeyringLocked as error:
        raise SlotUnavailable(slot=NAME, reason="locked") from error
    except (KeyringError, SecretStorageException, OSError) as error:
        raise SlotUnavailable(slot=NAME, reason="no keyring") from error
