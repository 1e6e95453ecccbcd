"""One child process that is kept warm, asked by any thread, and started anew after it died."""

from __future__ import annotations

import logging
import threading
from collections.abc import Mapping, Sequence

from scanners.child import START_S, Child
from scanners.errors import BackendCrashed
from scanners.frames import Header

log = logging.getLogger(__name__)

CLOSE_S = 1.0
ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "OMP_THREAD_LIMIT": "1"}
"""Environment of a child with libraries for numbers: more threads would take the cores from the screens."""


class Busy(Exception):
    """Others are being served."""


class WarmChild:
    """Any thread may ask, one is served at a time.

    The process says `ready` first. It starts with the first question (or `start`), and anew after it died or
    was killed for hanging.
    """

    def __init__(
        self, command: Sequence[str], *, timeout_s: float, environment: Mapping[str, str] = ONE_THREAD
    ) -> None:
        """Start nothing yet.

        Args:
            command: starts the process.
            timeout_s: without a sign of life for so long it is killed.
            environment: added to ours.
        """
        self._command = tuple(command)
        self._timeout_s = timeout_s
        self._environment = environment
        self._lock = threading.Lock()
        self._child: Child | None = None
        self._closed = False

    def start(self) -> None:
        """Start the process if it does not run, and wait until it is ready.

        Raises:
            BackendCrashed: it cannot be started, died, or everything is closed.
            NoProgress: it was not ready in time.
        """
        with self._lock:
            self._started()

    @property
    def pid(self) -> int | None:
        """Number of the process; None while none runs."""
        return self._child.pid if self._child else None

    @property
    def is_asked(self) -> bool:
        """True while somebody is served."""
        return self._lock.locked()

    def ask(
        self, header: Header, body: bytes = b"", *, patience_s: float | None = None
    ) -> tuple[Header, bytes]:
        """Return the answer to a question; a process that died is replaced and asked once more.

        Args:
            header: the question.
            body: what belongs to it.
            patience_s: how long to wait for its turn; as long as it takes when absent.

        Raises:
            BackendCrashed: it died of this question, talks nonsense, cannot be started, or all is closed.
            NoProgress: it hung and was killed.
            Busy: its turn did not come in time.
        """
        if not self._lock.acquire(timeout=-1 if patience_s is None else patience_s):
            raise Busy(f"for {patience_s:g} s")
        try:
            # It may have died long before, for another reason: only one that was just started proves a fault.
            was_warm = self._child is not None
            try:
                return self._exchanged(header, body)
            except BackendCrashed as error:
                if not was_warm:
                    raise
                log.warning("event=child_restarted program=%s reason=%s", self._command[-1], error.code)
            return self._exchanged(header, body)
        finally:
            self._lock.release()

    def close(self) -> None:
        """End the process; whoever still waits for it is told so. Calling it again does nothing."""
        self._closed = True
        if self._lock.acquire(timeout=CLOSE_S):
            self._drop()
            self._lock.release()
        elif child := self._child:
            # Whoever waits for its answer has the lock, sees it die and clears it away.
            child.kill()

    def _exchanged(self, header: Header, body: bytes) -> tuple[Header, bytes]:
        child = self._started()
        try:
            child.send(header, body)
            return child.receive()
        except BaseException:
            # Whatever it was, an answer may still come and must not be taken for the next one's.
            self._drop()
            raise

    def _started(self) -> Child:
        if self._closed:
            raise BackendCrashed("closed")
        if self._child is None:
            self._child = Child(self._command, timeout_s=self._timeout_s, environment=self._environment)
            try:
                self._child.receive(timeout_s=max(START_S, self._timeout_s))
            except BaseException:
                self._drop()
                raise
        return self._child

    def _drop(self) -> None:
        child, self._child = self._child, None
        if child is not None:
            child.end()
