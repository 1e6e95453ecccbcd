"""Files that other programs drop into a folder: which are whole, in what order, and where they go."""

from __future__ import annotations

import contextlib
import fcntl
import os
import re
import signal
import stat
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

DONE = "done"
REJECTED = "rejected"
TEMPORARY = re.compile(
    r"^[.~]|^(thumbs\.db|desktop\.ini)$|\.(tmp|temp|part|partial|crdownload|download|filepart|swp|lock|\$\$\$)$|~$",
    re.IGNORECASE,
)
"""Names that programs give to files they are still writing, or to their own book-keeping."""
PAGE_NAMES = re.compile(
    r"\.(pdf|jpe?g|jpe|png|tiff?|webp|bmp|gif|p[bgp]m|hei[cf]|avif|jp2|ofd)$", re.IGNORECASE
)
OWN_NAMES = re.compile(r"[0-9a-f]{32}(\.\w{1,8})?")
DAY_S = 86_400
LONGEST_NAME = 80


@dataclass(frozen=True, slots=True)
class Arrival:
    """A file as it was when looked at; another look that differs means it is still being written."""

    path: Path
    inode: int
    size: int
    changed_ns: int
    """When the file came under this name or was last written (ctime): the order of arrival."""
    written_ns: int
    """When its content was last written (mtime)."""

    @property
    def content(self) -> tuple[int, int, int]:
        """What stays the same while nobody writes: unlike the time of arrival, a backup does not touch it."""
        return self.inode, self.size, self.written_ns


def look(folder: Path) -> tuple[Arrival, ...]:
    """Return the regular files with names of their own, in the order of arrival.

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


def strangers(folder: Path) -> tuple[Path, ...]:
    """Return what claims to be a page but is no file: links, pipes, devices, folders named like a page.

    They are never opened: a link could point anywhere and a pipe would be waited for.
    """
    found = []
    with os.scandir(folder) as entries:
        for entry in entries:
            if TEMPORARY.search(entry.name) or entry.is_file(follow_symlinks=False):
                continue
            if not entry.is_dir(follow_symlinks=False) or PAGE_NAMES.search(entry.name):
                found.append(folder / entry.name)
    return tuple(sorted(found))


def look_again(path: Path) -> Arrival | None:
    """Return the file as it is now, or None if it is gone."""
    try:
        facts = path.lstat()
    except FileNotFoundError:
        return None
    if not stat.S_ISREG(facts.st_mode):
        return None
    return Arrival(path, facts.st_ino, facts.st_size, facts.st_ctime_ns, facts.st_mtime_ns)


def is_unchanged(arrival: Arrival) -> bool:
    """Whether the file still lies under its name with the same content."""
    now = look_again(arrival.path)
    return now is not None and now.content == arrival.content


def _order(arrival: Arrival) -> tuple[int, list[tuple[int, str]]]:
    """Sort by arrival, then by name with numbers as numbers: page 2 comes before page 10."""
    parts = re.findall(r"\d+|\D+", arrival.path.name)
    return arrival.changed_ns, [(int(part), "") if part.isdecimal() else (-1, part) for part in parts]


def is_being_written(path: Path) -> bool | None:
    """Whether some program has the file open for writing; None where that cannot be told.

    A read lease (fcntl(2), F_SETLEASE) is granted only if nobody has. Leases do not work on network shares
    and on files of other users.
    """
    try:
        file = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        # A writer that opens the file right now makes the kernel signal us; SIGIO, the default, would end us.
        fcntl.fcntl(file, fcntl.F_SETSIG, signal.SIGURG)
        fcntl.fcntl(file, fcntl.F_SETLEASE, fcntl.F_RDLCK)
        fcntl.fcntl(file, fcntl.F_SETLEASE, fcntl.F_UNLCK)
    except BlockingIOError:
        return True
    except OSError:
        return None
    finally:
        os.close(file)
    return False


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long a file must hold still to count as whole, and how long that is waited for, in seconds."""

    settle_s: float = 0.5
    """Where the kernel says that nobody writes."""
    unsure_s: float = 3.0
    """Where it cannot say: a vendor's program pauses between the sheets of one file."""
    most_s: float = 10.0

    def is_enough(self, path: Path, still_s: float) -> bool:
        """Whether a file that held still for `still_s` is whole."""
        written = is_being_written(path)
        return written is False or (written is None and still_s >= self.unsure_s)


def wait_until_settled(
    folder: Path, *, patience: Patience, pause: Callable[[float], bool]
) -> tuple[Arrival, ...]:
    """Look at the folder until a file has held still and nobody writes to it.

    Args:
        folder: to look at.
        patience: how long.
        pause: waits so many seconds; true means give up.

    Returns:
        The settled files; empty ones only when nothing else came. None if the folder is empty, if `pause`
        gave up, or if none holds still.
    """
    started = time.monotonic()
    since = dict.fromkeys(look(folder), started)
    while since:
        if pause(patience.settle_s):
            return ()
        now = time.monotonic()
        since = {arrival: since.get(arrival, now) for arrival in look(folder)}
        ready = _still(since, now, patience)
        filled = tuple(arrival for arrival in ready if arrival.size)
        if filled or now - started > patience.most_s:
            return filled or ready
    return ()


def _still(since: dict[Arrival, float], now: float, patience: Patience) -> tuple[Arrival, ...]:
    return tuple(
        arrival
        for arrival, seen in since.items()
        if now - seen >= patience.settle_s and patience.is_enough(arrival.path, now - seen)
    )


def put_away(arrival: Arrival, *, keep: bool) -> None:
    """Remove a file that was taken over, or keep it in `done/` under an id that says nothing about it.

    Another file that has taken its name meanwhile stays: it is new.
    """
    path = arrival.path
    if not is_unchanged(arrival):
        return
    if keep:
        path.rename(path.parent / DONE / f"{uuid4().hex}{path.suffix.lower()}")
    else:
        path.unlink()


def sweep_done(folder: Path, *, keep_days: int) -> None:
    """Remove the files in `done/` that were put there more than `keep_days` ago; only those that we named."""
    last = time.time() - keep_days * DAY_S
    with os.scandir(folder / DONE) as entries:
        for entry in entries:
            ours = OWN_NAMES.fullmatch(entry.name) and entry.is_file(follow_symlinks=False)
            if ours and entry.stat(follow_symlinks=False).st_ctime <= last:
                Path(entry.path).unlink(missing_ok=True)


def reject(path: Path, reason: str) -> Path:
    """Move a file to `rejected/`, the reason beside it; a namesake gets a folder of its own."""
    folder = path.parent / REJECTED
    if os.path.lexists(folder / path.name):
        folder = folder / uuid4().hex
        folder.mkdir(mode=0o700)
    path.rename(folder / path.name)
    # The reason was on the screen too; a name too long for a second suffix must not stop the next file.
    with contextlib.suppress(OSError), (folder / f"{path.name}.txt").open("x", encoding="utf-8") as file:
        file.write(f"{reason}\n")
    return folder / path.name


def shown_name(path: Path) -> str:
    """Return a file's name as it may stand on a screen, in a record and in a message.

    Bytes that are no UTF-8, line breaks and marks that turn the direction of writing become visible, and a
    long name loses its middle.
    """
    text = os.fsencode(path.name).decode("utf-8", "replace")
    plain = "".join(sign if sign.isprintable() else "\N{MIDDLE DOT}" for sign in text)
    return plain if len(plain) <= LONGEST_NAME else f"{plain[:56]}…{plain[-20:]}"
