"""Passwords of approvers, kept as Argon2id (RFC 9106) in the usual PHC text."""

from __future__ import annotations

import threading
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager

from cryptography.exceptions import InvalidKey
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from sync.gateway.errors import OfficeBusy

SHORTEST = 10
LONGEST = 200
SALT_BYTES = 16
MEMORY_KIB = 64 * 1024
ITERATIONS, LANES, LENGTH = 3, 1, 32
"""The second choice of RFC 9106, with one lane: one processor is what a gateway can spare."""

MOST_WAITING = 4
_one_at_a_time = threading.Lock()
"""Each takes 64 MB: many log-ins at once must not take the gateway's memory."""
_room = threading.BoundedSemaphore(MOST_WAITING)
"""Nor its threads, which windows need."""


def is_fit(password: str) -> bool:
    """Return whether a password may be taken: its length, and not one letter over and over."""
    return SHORTEST <= len(password) <= LONGEST and len(set(password)) > 3  # noqa: PLR2004


def hashed(password: str, salt: bytes) -> str:
    """Return what is kept of a password.

    Raises:
        OfficeBusy: too many others log in at this moment.
    """
    with _turn():
        return _kdf(salt).derive_phc_encoded(_bytes(password))


def fits(password: str, kept: str) -> bool:
    """Return whether this is the password; takes as long for one that was never set.

    Raises:
        OfficeBusy: too many others log in at this moment.
    """
    with _turn():
        try:
            Argon2id.verify_phc_encoded(_bytes(password), kept or NOBODY)
        except (InvalidKey, ValueError):
            return False
    return bool(kept)


@contextmanager
def _turn() -> Iterator[None]:
    if not _room.acquire(blocking=False):
        raise OfficeBusy
    try:
        with _one_at_a_time:
            yield
    finally:
        _room.release()


def _kdf(salt: bytes) -> Argon2id:
    return Argon2id(salt=salt, length=LENGTH, iterations=ITERATIONS, lanes=LANES, memory_cost=MEMORY_KIB)


def _bytes(password: str) -> bytes:
    # The same keys give the same password whether the input method stood on full or half width.
    return unicodedata.normalize("NFKC", password[: LONGEST * 2]).encode("utf-8", "replace")


NOBODY = f"$argon2id$v=19$m={MEMORY_KIB},t={ITERATIONS},p={LANES}$AAAAAAAAAAAAAAAAAAAAAA${'A' * 43}"
"""No password gives this: what is compared with when there is none."""
