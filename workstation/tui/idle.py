"""Time that passes while nobody touches a key, sleep of the computer included."""

from __future__ import annotations

import time


def awake_s() -> float:
    """Return the seconds since the computer was started; nobody can turn it, and sleep counts."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)
