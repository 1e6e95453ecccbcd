"""What has arrived of pages that were cut on their way, so that a window can go on from there.

A part belongs to one window and one page, and is not trusted: the whole must have its hash in the end. So it
is never synced, and whatever a crash, a rival call or a second machine does to it costs sending it again.
Parts are bounded in number, size and age, for each window apart: an old one makes room, nobody is refused.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from sync.contract.models import MAX_BLOB_BYTES
from sync.gateway.errors import OffsetMoved, TooLarge, UploadUnknown

MOST_PARTS = 8
"""Of one window: twice as many as it sends at once."""
MOST_BYTES = 2 * MAX_BLOB_BYTES
"""Of all parts of one window, counted as if they were whole."""
LIFE_S = 24 * 3600.0
"""A part nobody added to for this long is given up."""
SWEEP_S = 3600.0
READ_BYTES = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Part:
    """The first `offset` of `length` bytes of a page."""

    sha256: str
    length: int
    offset: int
    touched_at: float
    """Unix time when bytes came last."""


class Partials(Protocol):
    """Where parts are kept. Window and hash come checked from the call."""

    step: int
    """Bytes that are worth one `append`."""

    def find(self, window_id: str, sha256: str) -> Part | None:
        """Return how far a page came."""

    def begin(self, window_id: str, sha256: str, length: int) -> Part:
        """Return the part of a page, which is empty when there was none of this length."""

    def append(self, window_id: str, sha256: str, at: int, data: bytes) -> int:
        """Add bytes at an offset; return the next one.

        Raises:
            OffsetMoved: the part ends elsewhere.
            UploadUnknown: there is no such part.
            TooLarge: more than was announced.
            OSError: the disk refuses.
            OfficeBusy: the store cannot be reached.
        """

    def read(self, window_id: str, sha256: str) -> Iterator[bytes]:
        """Yield what has arrived."""

    def drop(self, window_id: str, sha256: str) -> None:
        """Forget a part, if there is one."""


def owner_of(window_id: str) -> str:
    """Return the name under which the parts of a window lie, fit for a path whatever the id is."""
    return hashlib.sha256(window_id.encode()).hexdigest()[:32]


def in_the_way(parts: Iterable[Part], length: int, now: float) -> Iterator[Part]:
    """Yield the parts of a window that must go before one of `length` bytes begins: the old, the oldest."""
    by_age = sorted(parts, key=lambda part: part.touched_at)
    count, size = len(by_age), sum(part.length for part in by_age)
    for part in by_age:
        if now - part.touched_at <= LIFE_S and count < MOST_PARTS and size + length <= MOST_BYTES:
            return
        count -= 1
        size -= part.length
        yield part


class FolderPartials:
    """Parts as files of a folder; a file's name tells whose it is, its size how far it came."""

    step = 256 * 1024

    def __init__(self, folder: Path) -> None:
        """Make the folder and give up what is old."""
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._swept = 0.0
        self._sweep()

    def find(self, window_id: str, sha256: str) -> Part | None:
        """See `Partials.find`."""
        for path in self._place(window_id).glob(f"{sha256}-*"):
            with contextlib.suppress(FileNotFoundError):
                return _part(path)
        return None

    def begin(self, window_id: str, sha256: str, length: int) -> Part:
        """See `Partials.begin`."""
        self._sweep()
        found = self.find(window_id, sha256)
        if found is not None and found.length == length:
            return found
        self.drop(window_id, sha256)
        place = self._place(window_id)
        place.mkdir(exist_ok=True, mode=0o700)
        for part in in_the_way(_parts(place), length, time.time()):
            self.drop(window_id, part.sha256)
        path = place / f"{sha256}-{length}"
        os.close(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600))
        return _part(path)

    def append(self, window_id: str, sha256: str, at: int, data: bytes) -> int:
        """See `Partials.append`."""
        found = self.find(window_id, sha256)
        if found is None:
            raise UploadUnknown
        if at + len(data) > found.length:
            raise TooLarge(f"announced {found.length} bytes")
        try:
            descriptor = os.open(self._place(window_id) / f"{sha256}-{found.length}", os.O_WRONLY)
        except FileNotFoundError as error:
            raise UploadUnknown from error
        try:
            # One look and one write that belong together: an abandoned call may still be writing.
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            ends = os.fstat(descriptor).st_size
            if ends != at:
                raise OffsetMoved(f"the part ends at {ends}")
            return at + _write(descriptor, at, data)
        finally:
            os.close(descriptor)

    def read(self, window_id: str, sha256: str) -> Iterator[bytes]:
        """See `Partials.read`."""
        found = self.find(window_id, sha256)
        if found is None:
            return
        with (self._place(window_id) / f"{sha256}-{found.length}").open("rb") as file:
            while piece := file.read(READ_BYTES):
                yield piece

    def drop(self, window_id: str, sha256: str) -> None:
        """See `Partials.drop`."""
        for path in self._place(window_id).glob(f"{sha256}-*"):
            path.unlink(missing_ok=True)

    def _place(self, window_id: str) -> Path:
        return self._folder / owner_of(window_id)

    def _sweep(self) -> None:
        """Give up old parts of all windows, now and then."""
        if self._swept and time.monotonic() - self._swept < SWEEP_S:
            return
        self._swept = time.monotonic()
        for path in self._folder.glob("*/*"):
            with contextlib.suppress(FileNotFoundError):
                if time.time() - path.stat().st_mtime > LIFE_S:
                    path.unlink()


def _part(path: Path) -> Part:
    sha256, _, length = path.name.partition("-")
    stat = path.stat()
    return Part(sha256, int(length), min(stat.st_size, int(length)), stat.st_mtime)


def _parts(place: Path) -> Iterator[Part]:
    for path in list(place.iterdir()):
        with contextlib.suppress(FileNotFoundError):
            yield _part(path)


def _write(descriptor: int, at: int, data: bytes) -> int:
    """Write everything or, as far as the disk allows, nothing."""
    written = 0
    try:
        while written < len(data):
            written += os.pwrite(descriptor, data[written:], at + written)
    except OSError:
        with contextlib.suppress(OSError):
            os.ftruncate(descriptor, at)
        raise
    return written
