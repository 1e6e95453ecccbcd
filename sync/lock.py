"""One sender a machine: an advisory lock that the system itself releases when its holder dies."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import socket
import time
import weakref
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from sync.errors import AnotherSender
from sync.gauge import LinkQuality

MAX_RECORD = 4096


@dataclass(frozen=True, slots=True)
class Owner:
    """Who holds the lock, by the record in its file."""

    pid: int
    host: str
    started_at: datetime
    beat_age_s: float
    """Seconds since the holder last showed a sign of life, by the monotonic clock all processes share."""
    poor: LinkQuality | None = None
    """What the holder measured of a poor line; None when it is good."""


class SenderLock:
    """`flock` on a file; the record in the file is for people, the lock itself is the system's."""

    def __init__(self, path: Path, *, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        """`path` is a local file beside the queue; it is made when needed and never removed."""
        self._path = path
        self._clock = clock
        self._handle: int | None = None
        self._started = ""
        self.poor: LinkQuality | None = None
        """What the next sign of life tells of the line."""

    @property
    def held(self) -> bool:
        """True while this object holds the lock."""
        return self._handle is not None

    def acquire(self) -> bool:
        """Take the lock; False when another process or object holds it."""
        if self._handle is not None:
            return True
        self._path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(handle)
            return False
        except OSError:
            os.close(handle)
            raise
        self._handle = handle
        self._started = self._clock().isoformat()
        _held.add(self)
        self.beat()
        return True

    def release(self) -> None:
        """Give the lock back; nothing happens when it is not held."""
        if self._handle is not None:
            fcntl.flock(self._handle, fcntl.LOCK_UN)
            self.drop()

    def beat(self) -> None:
        """Show a sign of life; a full disk keeps the record old, never the lock."""
        if self._handle is None:
            return
        record = {
            "pid": os.getpid(),
            "host": socket.gethostname(),
            "started": self._started,
            "beat": time.monotonic(),
            "poor": None if self.poor is None else asdict(self.poor),
        }
        text = json.dumps(record).encode().ljust(MAX_RECORD // 8)
        with contextlib.suppress(OSError):
            os.pwrite(self._handle, text, 0)
            os.ftruncate(self._handle, len(text))

    def owner(self) -> Owner | None:
        """Return who holds the lock, or None when nobody does or the record cannot be read."""
        if self._handle is None and not self._taken():
            return None
        try:
            record = json.loads(self._path.read_bytes()[:MAX_RECORD])
            return Owner(
                pid=int(record["pid"]),
                host=str(record["host"]),
                started_at=datetime.fromisoformat(record["started"]),
                beat_age_s=max(0.0, time.monotonic() - float(record["beat"])),
                poor=_quality(record.get("poor")),
            )
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def drop(self) -> None:
        """Close the file without unlocking: what a forked child does with the lock of its parent."""
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None

    def _taken(self) -> bool:
        """Try a shared lock for a moment; the record alone may be that of a dead process."""
        try:
            handle = os.open(self._path, os.O_RDONLY | os.O_CLOEXEC)
        except FileNotFoundError:
            return False
        try:
            fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        finally:
            os.close(handle)
        return False

    def __enter__(self) -> Self:
        if not self.acquire():
            owner = self.owner()
            raise AnotherSender(f"pid {owner.pid} on {owner.host}" if owner else "")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()


def _quality(told: Any) -> LinkQuality | None:
    """Read what the holder tells of its line; a program of another version may tell something else."""
    try:
        return None if told is None else LinkQuality(**told)
    except TypeError:
        return None


_held: weakref.WeakSet[SenderLock] = weakref.WeakSet()


def _drop_in_child() -> None:
    """A forked child shares the parent's lock; one that outlives a killed parent would keep it."""
    for lock in list(_held):
        lock.drop()


os.register_at_fork(after_in_child=_drop_in_child)
