"""Gives memory back to the system: a window PC runs the interface all day beside a browser.

glibc keeps what a thread has freed in that thread's own arena, and after the first scanned page it keeps
whole pages' worth of it. Few arenas and a fixed threshold let a page's pixels go back as they are freed.
"""

from __future__ import annotations

import ctypes

_TRIM_THRESHOLD, _MMAP_THRESHOLD, _ARENA_MAX = -1, -3, -8
"""Parameters of mallopt(3)."""
LARGE_BYTES = 128 * 1024
ARENAS = 2


def give_memory_back() -> None:
    """Tell the C library; one that is not glibc has no such habit and is left alone."""
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(_ARENA_MAX, ARENAS)
        mallopt(_MMAP_THRESHOLD, LARGE_BYTES)
        mallopt(_TRIM_THRESHOLD, LARGE_BYTES)
