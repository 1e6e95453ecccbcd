"""Identifiers that sort by their time."""

from __future__ import annotations

import secrets
import uuid
from datetime import datetime

RANDOM_BYTES = 10


def uuid7(now: datetime, random: bytes | None = None) -> str:
    """Return a UUID version 7 (RFC 9562, 5.7): 48 bits of Unix milliseconds, then 74 random bits.

    Args:
        now: aware time, stamped into the id.
        random: 10 bytes to use in place of the system's random source (for repeatable specimens).

    Raises:
        ValueError: `now` is naive or before 1970, or `random` is not 10 bytes.
    """
    if now.tzinfo is None:
        raise ValueError("an id needs an aware time")
    noise = secrets.token_bytes(RANDOM_BYTES) if random is None else random
    if len(noise) != RANDOM_BYTES:
        raise ValueError(f"{RANDOM_BYTES} random bytes are needed")
    stamp = int(now.timestamp() * 1000).to_bytes(6, "big")
    raw = bytearray(stamp + noise)
    raw[6] = 0x70 | (raw[6] & 0x0F)
    raw[8] = 0x80 | (raw[8] & 0x3F)
    return str(uuid.UUID(bytes=bytes(raw)))
