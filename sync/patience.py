"""Blocking calls that end when they are told to, and the waits between tries."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from random import Random
from typing import Generic, TypeVar

from sync.errors import Interrupted, Unreachable

POLL_S = 0.05
"""How often a waiting call looks whether it should stop."""

Answer = TypeVar("Answer")


class _Exchange(Generic[Answer]):
    """One call in a thread of its own, because no timeout bounds a name look-up or a trickling answer."""

    def __init__(self, call: Callable[[threading.Event], Answer]) -> None:
        self._call = call
        self._answer: list[Answer] = []
        self._error: BaseException | None = None
        self.abandoned = threading.Event()
        self.done = threading.Event()

    def run(self) -> None:
        try:
            self._answer.append(self._call(self.abandoned))
        except BaseException as error:  # noqa: BLE001 - raised again in the thread that asked
            self._error = error
        finally:
            self.done.set()

    def result(self) -> Answer:
        if self._error is not None:
            raise self._error
        return self._answer[0]


def bounded(
    call: Callable[[threading.Event], Answer], *, deadline_s: float, cancelled: Callable[[], bool]
) -> Answer:
    """Return what `call` returns, unless the deadline passes or `cancelled` turns true first.

    An overtaken call is left to its thread, which is a daemon; the event it was given is then set, and it
    should end at its next chance. Every call of the contract may safely be seen twice by the gateway.

    Raises:
        Interrupted: `cancelled` turned true.
        Unreachable: no result after `deadline_s` seconds.
    """
    if cancelled():
        raise Interrupted
    exchange = _Exchange(call)
    threading.Thread(target=exchange.run, name="gateway-call", daemon=True).start()
    ends = time.monotonic() + deadline_s
    while not exchange.done.wait(POLL_S):
        stopped = cancelled()
        if stopped or time.monotonic() > ends:
            exchange.abandoned.set()
            raise Interrupted if stopped else Unreachable(f"no answer in {deadline_s:.0f} s")
    return exchange.result()


@dataclass(frozen=True, slots=True)
class BackoffPolicy:
    """Capped exponential waits with jitter, so that a street's windows do not all come back at once."""

    first_s: float = 5.0
    cap_s: float = 900.0
    jitter: float = 0.25
    """Part of the wait that chance adds or takes away."""

    def delay(self, failures: int, random: Random, *, at_least_s: float | None = None) -> timedelta:
        """Return the wait after `failures` failures in a row (1 or more).

        Args:
            failures: tries so far, the failed one included.
            random: source of the jitter.
            at_least_s: what the gateway asked for (Retry-After); kept up to the cap.
        """
        doubled = self.first_s * 2.0 ** min(max(failures, 1) - 1, 30)
        wait = min(doubled, self.cap_s) * random.uniform(1 - self.jitter, 1 + self.jitter)
        wait = max(wait, self.first_s, at_least_s or 0.0)
        return timedelta(seconds=min(wait, self.cap_s))
