"""Memory that held decrypted pages: kept out of core files, and given back once they are closed."""

from __future__ import annotations

import ctypes
import gc
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


def give_back(*, thoroughly: bool = True) -> None:
    """Hand the free pages of memory to the system, which wipes them.

    Thoroughly, what only refers to itself is looked for and freed before; that holds everything up for the
    tenth of a second it takes in a large program.

    What is left of small pieces between others that are in use stays until it is written over: Python's texts
    cannot be wiped.
    """
    if thoroughly:
        gc.collect()
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)
