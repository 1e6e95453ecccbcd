"""Papers laid out in a child process: fonts and layout never weigh on the interface, nor stop it.

Two Chinese fonts, parsed, take about as much memory as the rest of the interface, and laying out a paper
holds the interpreter. The child starts with the first paper, or earlier by `warm`, and is started again
when it died; forms travel through pipes only.
"""

from __future__ import annotations

import contextlib
import logging
import pickle
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

from workstation.printing.errors import PrintingError
from workstation.printing.printed import PrintedFile

log = logging.getLogger(__name__)

CHILD = (sys.executable, "-P", "-m", "workstation.printing.press_child")
TIMEOUT_S = 60.0
"""How long one paper may take before its child is stopped."""
CLOSE_S = 2.0


class PressFailed(PrintingError):
    """The child died or took too long; no file was written, the case is untouched."""

    code = "P106"


class PaperPress:
    """Renders forms in a child; safe to call from any thread, one paper at a time."""

    def __init__(self, *, command: tuple[str, ...] = CHILD, timeout_s: float = TIMEOUT_S) -> None:
        """Prepare; nothing is started yet.

        Args:
            command: starts the child; a frozen build has another one.
            timeout_s: how long one paper may take, in seconds.
        """
        self._command = command
        self._timeout_s = timeout_s
        self._lock = threading.Lock()
        self._child: subprocess.Popen[bytes] | None = None

    def render(self, form: object, target: Path) -> PrintedFile:
        """Render a form to a PDF.

        Raises:
            PrintingError: what the layout said.
            PressFailed: the child died or took too long.
        """
        made = self._ask((form, target))
        if not isinstance(made, PrintedFile):
            raise PressFailed(reason="answer")
        return made

    def warm(self) -> None:
        """Start the child and let it load its fonts, so that the first paper is as quick as the next.

        A machine without fonts says so when the first paper is wanted, not here.
        """
        with contextlib.suppress(PrintingError):
            self._ask(None)

    def close(self) -> None:
        """End the child within a bounded time."""
        with self._lock:
            self._stop()

    def _ask(self, wanted: object) -> object:
        with self._lock:
            child = self._running()
            watchdog = threading.Timer(self._timeout_s, child.kill)
            watchdog.start()
            try:
                answer = _exchange(child, wanted)
            except (OSError, EOFError, pickle.UnpicklingError) as error:
                log.error("event=press_failed kind=%s", type(error).__name__)
                self._stop()
                raise PressFailed(reason=type(error).__name__) from error
            finally:
                watchdog.cancel()
        good, result = answer
        if not good:
            kind, details = result
            raise kind(**details)
        return result

    def _running(self) -> subprocess.Popen[bytes]:
        if self._child is None or self._child.poll() is not None:
            self._stop()
            self._child = subprocess.Popen(
                self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
            )
        return self._child

    def _stop(self) -> None:
        child, self._child = self._child, None
        if child is None:
            return
        for pipe in (child.stdin, child.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()
        try:
            child.wait(CLOSE_S)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


def _exchange(child: subprocess.Popen[bytes], wanted: object) -> tuple[bool, Any]:
    assert child.stdin is not None and child.stdout is not None  # both are pipes
    pickle.dump(wanted, child.stdin)
    child.stdin.flush()
    good, result = pickle.load(child.stdout)
    return bool(good), result
