"""Gives memory back to the system: a window PC runs the interface all day beside a browser.

glibc keeps what a thread has freed in that thread's own arena, and after the first scanned page it keeps
whole pages' worth of it. Few arenas and a fixed threshold let a page's pixels go back as they are freed.

Python looks for circles of objects that nobody holds after every 700 new ones, which the paint of one key
makes several times over, and now and then through all there are: then a key waits for a tenth of a second and
more. What is there once the program stands is never unused, so it is not looked through again; what came
later is when nobody types.
"""

from __future__ import annotations

import ctypes
import gc

_TRIM_THRESHOLD, _MMAP_THRESHOLD, _ARENA_MAX = -1, -3, -8
"""Parameters of mallopt(3)."""
LARGE_BYTES = 128 * 1024
ARENAS = 2
COLLECT_AFTER = (5_000, 10_000, 10_000)
"""New objects before the newest are looked through, and how often that before the older ones are: never."""


def give_memory_back() -> None:
    """Tell the C library; one that is not glibc has no such habit and is left alone."""
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(_ARENA_MAX, ARENAS)
        mallopt(_MMAP_THRESHOLD, LARGE_BYTES)
        mallopt(_TRIM_THRESHOLD, LARGE_BYTES)


def collect_seldom() -> None:
    """Leave the old objects to `collect_at_rest`."""
    gc.set_threshold(*COLLECT_AFTER)


def keep_what_is_here() -> None:
    """Never again look through what is in memory now; this takes no time."""
    gc.freeze()


def collect_at_rest() -> None:
    """Look through everything newer, if there is anything; a key pressed meanwhile waits for it."""
    _newest, young, old = gc.get_count()
    if young or old:
        gc.collect()
