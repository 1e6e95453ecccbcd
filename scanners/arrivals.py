"""Files that other programs drop into a folder: which are whole, in what order, and where they go."""

from __future__ import annotations

import fcntl
import os
import re
import signal
import stat
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

DONE = "done"
REJECTED = "rejected"
TEMPORARY = re.compile(
    r"^[.~]|^(thumbs\.db|desktop\.ini)$|\.(tmp|temp|part|partial|crdownload|filepart|swp|lock)$|~$",
    re.IGNORECASE,
)
"""Names that programs give to files they are still writing, or to their own book-keeping."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """A file as it was when looked at; another look that differs means it is still being written."""

    path: Path
    inode: int
    size: int
    changed_ns: int
    """When the file came under this name or was last written (ctime): the order of arrival."""


def look(folder: Path) -> tuple[Arrival, ...]:
    """Return the regular files with names of their own, in the order of arrival.

    Links are left alone: they could point anywhere.

    Raises:
        OSError: the folder cannot be read.
    """
    found = []
    with os.scandir(folder) as entries:
        for entry in entries:
            if TEMPORARY.search(entry.name) or not entry.is_file(follow_symlinks=False):
                continue
            arrival = look_again(folder / entry.name)
            if arrival is not None:
                found.append(arrival)
    return tuple(sorted(found, key=_order))


def look_again(path: Path) -> Arrival | None:
    """Return the file as it is now, or None if it is gone."""
    try:
        facts = path.lstat()
    except FileNotFoundError:
        return None
    if not stat.S_ISREG(facts.st_mode):
        return None
    return Arrival(path, facts.st_ino, facts.st_size, facts.st_ctime_ns)


def _order(arrival: Arrival) -> tuple[int, list[tuple[int, str]]]:
    """Sort by arrival, then by name with numbers as numbers: page 2 comes before page 10."""
    parts = re.findall(r"\d+|\D+", arrival.path.name)
    return arrival.changed_ns, [(int(part), "") if part.isdecimal() else (-1, part) for part in parts]


def settled(before: tuple[Arrival, ...], folder: Path) -> tuple[Arrival, ...]:
    """Return the files unchanged since `before` that hold something and that nobody has open to write."""
    same = set(before)
    return tuple(
        arrival
        for arrival in look(folder)
        if arrival in same and arrival.size > 0 and not is_being_written(arrival.path)
    )


def is_being_written(path: Path) -> bool:
    """Whether some program has the file open for writing.

    A read lease (fcntl(2), F_SETLEASE) is granted only if nobody has. Where leases do not work (network
    shares, files of other users) the answer is no, and the unchanged size has to do.
    """
    try:
        file = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        # A writer that opens the file right now makes the kernel signal us; SIGIO, the default, would end us.
        fcntl.fcntl(file, fcntl.F_SETSIG, signal.SIGURG)
        fcntl.fcntl(file, fcntl.F_SETLEASE, fcntl.F_RDLCK)
        fcntl.fcntl(file, fcntl.F_SETLEASE, fcntl.F_UNLCK)
    except BlockingIOError:
        return True
    except OSError:
        return False
    finally:
        os.close(file)
    return False


def put_away(path: Path) -> Path:
    """Move a file that was taken over to `done/` under an id of its own, which says nothing about it."""
    target = path.parent / DONE / f"{uuid4().hex}{path.suffix.lower()}"
    path.rename(target)
    return target


def reject(path: Path) -> Path:
    """Move a file that cannot be read to `rejected/` with its name; a namesake gets a folder of its own."""
    folder = path.parent / REJECTED
    if _exists(folder / path.name):
        folder = folder / uuid4().hex
        folder.mkdir(mode=0o700)
    path.rename(folder / path.name)
    return folder / path.name


def _exists(path: Path) -> bool:
    return os.path.lexists(path)


def wait_until_settled(
    folder: Path, *, settle_s: float, patience_s: float, pause: Callable[[float], bool]
) -> tuple[Arrival, ...]:
    """Look at the folder until a file has held still for `settle_s`, for at most `patience_s`.

    Args:
        folder: to look at.
        settle_s: how long a file must not change.
        patience_s: how long to wait while files come but none holds still.
        pause: waits so many seconds; true means give up.

    Returns:
        The settled files; none if the folder is empty, if `pause` gave up, or if none holds still.
    """
    waited_s = 0.0
    before = look(folder)
    while before and waited_s <= patience_s:
        if pause(settle_s):
            return ()
        waited_s += settle_s
        ready = settled(before, folder)
        if ready:
            return ready
        before = look(folder)
    return ()
