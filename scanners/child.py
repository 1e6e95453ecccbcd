"""A child process that may crash or hang, seen from the side that must not."""

from __future__ import annotations

import contextlib
import logging
import os
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from scanners.errors import BackendCrashed, NoProgress
from scanners.frames import LENGTHS, BadFrame, Header, pack, unpack_header, unpack_lengths

log = logging.getLogger(__name__)

POLL_S = 0.05
"""How long a wait may go without looking at `cancelled`."""
START_S = 30.0
"""How long an interpreter may take to start and load its libraries on a busy machine."""
CLOSE_S = 4.0
"""How long a child may take to close its device before it is killed."""
CHUNK_BYTES = 1 << 20


def python_module(name: str) -> tuple[str, ...]:
    """Return the command that runs a module of this installation; `-P` keeps the working folder out."""
    return (sys.executable, "-P", "-m", name)


class Cancelled(Exception):
    """The caller's `cancelled` turned true while the child was being waited for."""


class Child:
    """One child process in a session of its own, spoken to in frames.

    Its standard error is dropped, since vendor back-ends print there and would spoil the screen.
    Leaving the `with` block closes the pipes, lets the child end, and kills its whole process group if it
    does not, so no process outlives the block.
    """

    def __init__(
        self,
        command: Sequence[str],
        *,
        timeout_s: float,
        close_s: float = CLOSE_S,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        """Start a child.

        Args:
            command: program and arguments.
            timeout_s: how long it may give no sign of life while it is waited for.
            close_s: how long it may take to end by itself.
            environment: added to ours.

        Raises:
            BackendCrashed: it cannot be started.
        """
        self._timeout_s = timeout_s
        self._close_s = close_s
        try:
            self._process = subprocess.Popen(
                list(command),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env={**os.environ, **(environment or {})},
                start_new_session=True,
                bufsize=0,
            )
        except OSError as error:
            raise BackendCrashed(f"cannot be started: {error}") from error
        os.set_blocking(_pipe(self._process.stdin).fileno(), False)
        os.set_blocking(_pipe(self._process.stdout).fileno(), False)
        self._selector = selectors.DefaultSelector()
        self._selector.register(_pipe(self._process.stdout), selectors.EVENT_READ)

    def __enter__(self) -> Self:
        """Return the running child."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the child, gently if it listens."""
        self.end()

    @property
    def pid(self) -> int:
        """Number of the process."""
        return self._process.pid

    def send(self, header: Header, body: bytes | bytearray | memoryview = b"") -> None:
        """Give a command; a child that no longer listens has its last words read by the next `receive`.

        Raises:
            NoProgress: it took no byte of the command for too long; it has been killed.
        """
        with contextlib.suppress(BrokenPipeError):
            self._write(memoryview(pack(header, len(body))))
            self._write(memoryview(body))

    def receive(
        self, cancelled: Callable[[], bool] = bool, *, timeout_s: float | None = None
    ) -> tuple[Header, bytes]:
        """Wait for a frame; every byte that arrives restarts the clock.

        Raises:
            Cancelled: `cancelled` turned true; the frame can still be received later.
            NoProgress: no byte came for `timeout_s`; the child has been killed.
            BackendCrashed: the child died or talks nonsense; it has been killed.
        """
        limit_s = self._timeout_s if timeout_s is None else timeout_s
        # The first byte is waited for apart, so that a cancelled wait leaves no half-read frame behind.
        self._await(cancelled, limit_s)
        try:
            header_bytes, body_bytes = unpack_lengths(self._read(LENGTHS.size, limit_s))
            header = unpack_header(self._read(header_bytes, limit_s))
        except BadFrame as error:
            raise self._crashed(f"bad frame: {error}") from error
        return header, self._read(body_bytes, limit_s)

    def end(self) -> None:
        """Close the pipes and wait; kill what does not end by itself. Calling it again does nothing."""
        self._selector.close()
        with contextlib.suppress(OSError):
            _pipe(self._process.stdin).close()
        try:
            self._process.wait(self._close_s)
        except subprocess.TimeoutExpired:
            log.warning("event=child_killed pid=%d reason=does_not_close", self._process.pid)
        self.kill()
        _pipe(self._process.stdout).close()

    def kill(self) -> None:
        """Kill the child and whatever it started, and reap it."""
        # The group outlives its leader while a back-end's own reader process still runs.
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()

    def _await(self, cancelled: Callable[[], bool], limit_s: float) -> None:
        deadline = time.monotonic() + limit_s
        while not self._selector.select(POLL_S):
            if cancelled():
                raise Cancelled
            if time.monotonic() > deadline:
                raise self._stuck(limit_s)

    def _read(self, size: int, limit_s: float) -> bytes:
        data = bytearray(size)
        view = memoryview(data)
        file = _pipe(self._process.stdout).fileno()
        while view:
            self._await(_never, limit_s)
            count = os.readv(file, [view[:CHUNK_BYTES]])
            if not count:
                raise self._crashed("ended in the middle")
            view = view[count:]
        return bytes(data)

    def _write(self, view: memoryview) -> None:
        file = _pipe(self._process.stdin).fileno()
        deadline = time.monotonic() + self._timeout_s
        with selectors.DefaultSelector() as selector:
            selector.register(file, selectors.EVENT_WRITE)
            while view:
                if selector.select(POLL_S):
                    view = view[os.write(file, view[:CHUNK_BYTES]) :]
                    deadline = time.monotonic() + self._timeout_s
                elif time.monotonic() > deadline:
                    raise self._stuck(self._timeout_s)

    def _stuck(self, limit_s: float) -> NoProgress:
        log.warning("event=child_killed pid=%d reason=no_progress", self._process.pid)
        self.kill()
        return NoProgress(f"nothing for {limit_s:g} s")

    def _crashed(self, how: str) -> BackendCrashed:
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(CLOSE_S)
        self.kill()
        return BackendCrashed(f"{how}, exit {self._process.returncode}")


def _never() -> bool:
    return False


def _pipe(pipe: IO[bytes] | None) -> IO[bytes]:
    assert pipe is not None  # Popen was asked for pipes
    return pipe


def environment_of(config_dir: Path | None) -> dict[str, str]:
    """Return what a SANE child finds in its environment besides ours: English messages, its configuration."""
    extra = {"LC_ALL": "C.UTF-8"}
    return extra if config_dir is None else {**extra, "SANE_CONFIG_DIR": str(config_dir)}
