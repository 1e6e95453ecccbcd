"""The data folder itself: who has it open, and which key it was made with."""

from __future__ import annotations

import fcntl
import hmac
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from workstation.store.errors import StoreDamaged, WrongKey
from workstation.store.files import disk_faults, write_durably
from workstation.store.keys import DataKey

LOCK_NAME = "store.lock"
CHECK_NAME = "store.json"
CHECK_FORMAT = 1


class Presence:
    """A shared lock on the folder while the store is open; the kernel drops it when the process dies."""

    def __init__(self, folder: Path) -> None:
        """Take the lock; waits while another process recovers the folder."""
        with disk_faults():
            self._handle = os.open(folder / LOCK_NAME, os.O_RDWR | os.O_CREAT, 0o600)
            fcntl.flock(self._handle, fcntl.LOCK_SH)

    @contextmanager
    def alone(self) -> Iterator[bool]:
        """Give True while nobody else has the folder open, and keep others out until the end."""
        try:
            fcntl.flock(self._handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            is_alone = True
        except BlockingIOError:
            is_alone = False
        try:
            yield is_alone
        finally:
            # A failed change of a lock may have dropped it (flock(2)), so it is taken again in both cases.
            fcntl.flock(self._handle, fcntl.LOCK_SH)

    def leave(self) -> None:
        """Give the lock back; doing it twice is harmless."""
        if self._handle >= 0:
            os.close(self._handle)
            self._handle = -1


def write_check(folder: Path, key: DataKey) -> None:
    """Keep a fingerprint of the key, so that a wrong key and a damaged database can be told apart."""
    document = {"format": CHECK_FORMAT, "check": _fingerprint(key)}
    write_durably(folder / CHECK_NAME, json.dumps(document).encode())


def check_key(folder: Path, key: DataKey) -> None:
    """Pass silently when the folder was made with this key.

    Raises:
        WrongKey: it was made with another one.
        StoreDamaged: the fingerprint is gone or cannot be read.
    """
    try:
        document = json.loads((folder / CHECK_NAME).read_bytes())
        expected = str(document["check"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise StoreDamaged(what=CHECK_NAME, reason=type(error).__name__) from error
    if not hmac.compare_digest(expected.encode(), _fingerprint(key).encode()):
        raise WrongKey()


def _fingerprint(key: DataKey) -> str:
    return key.derive("store/check").hex()
