"""Keeps the memory of a process that holds decrypted pages out of core files and away from its neighbours."""

from __future__ import annotations

import ctypes
import resource
from contextlib import suppress

_SET_DUMPABLE = 4
"""`PR_SET_DUMPABLE` of prctl(2)."""


def keep_out_of_dumps() -> None:
    """Let no crash write this process's memory to a disk, and no other process of the account read it.

    The limit is inherited by what is started from here, the flag is not: each child asks for it again.
    Who is root reads all the same. Where the system knows no such call, nothing changes.
    """
    with suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(_SET_DUMPABLE, 0, 0, 0, 0)
