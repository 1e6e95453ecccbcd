"""How good the line is, measured on what is sent anyway, and how much of it may be used."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

POOR_KBIT_S = 1000
"""Ten pages of a case then take more than a quarter of a minute."""
POOR_LATENCY_MS = 800
POOR_CUTS = 3
CUTS_S = 120.0
"""The time in which cuts are counted."""
SMALL_BYTES = 8 * 1024
"""The time of a call as small as this is that of the line and the gateway, not that of its bytes."""
SAMPLE_BYTES = 256 * 1024
"""Fewer bytes say nothing about the rate."""
LONG_S = 30.0
"""A body that takes longer is judged while it is on its way."""
WEIGHT = 0.3
"""Of the newest sample."""


@dataclass(frozen=True, slots=True)
class LinkQuality:
    """What was measured; None: nothing yet."""

    kbit_s: int | None = None
    """What got through while something was on its way, upwards; two digits count."""
    latency_ms: int | None = None
    """Of a small call, the gateway's own time included; in steps of 50."""
    cuts: int = 0
    """Broken calls of the last two minutes."""

    @property
    def poor(self) -> bool:
        """True when a clerk should know why things take long."""
        return (
            (self.kbit_s is not None and self.kbit_s < POOR_KBIT_S)
            or (self.latency_ms is not None and self.latency_ms > POOR_LATENCY_MS)
            or self.cuts >= POOR_CUTS
        )


@dataclass(slots=True, eq=False)
class Call:
    """One call on its way."""

    began: float
    passed: int = 0
    """Bytes of its body that this machine has given away; the far end has at most so many."""


class Gauge:
    """Takes the time of every call of one line; any thread may tell it."""

    def __init__(self, clock: Callable[[], float] = time.monotonic, *, limit_kbit_s: int = 0) -> None:
        """`limit_kbit_s` is what may be sent by setting: a line held back on purpose is not poor."""
        self._clock = clock
        self._limit = limit_kbit_s
        self._lock = threading.Lock()
        self._calls: set[Call] = set()
        self.on_passed: Callable[[], None] = lambda: None
        """Called in the thread of the call whenever bytes have passed, either way."""
        self._since = 0.0
        self._busy_s = 0.0
        self._bytes = 0
        self._rate: float | None = None
        self._latency: float | None = None
        self._cuts: deque[float] = deque(maxlen=20)

    def begin(self) -> Call:
        """A call goes out; give what is returned to `end`."""
        with self._lock:
            call = Call(self._settle())
            self._calls.add(call)
            return call

    def passed(self, call: Call, count: int) -> None:
        """So many bytes more of its body have gone out."""
        with self._lock:
            call.passed += count
        self.on_passed()

    def end(self, call: Call, sent: int, *, is_timed: bool) -> None:
        """It is over.

        Args:
            call: what `begin` gave.
            sent: bytes of the body that arrived.
            is_timed: an answer came that the gateway was not allowed to hold back.
        """
        with self._lock:
            now = self._settle()
            alone = len(self._calls) == 1
            self._calls.discard(call)
            if sent > SMALL_BYTES:
                self._bytes += sent
                self._sample()
            elif alone and is_timed:
                self._latency = _mixed(self._latency, now - call.began)

    def cut(self) -> None:
        """A connection broke."""
        with self._lock:
            self._cuts.append(self._clock())

    @property
    def quality(self) -> LinkQuality:
        """What was measured so far."""
        with self._lock:
            cuts = sum(at > self._clock() - CUTS_S for at in self._cuts)
            rate = self._least(self._rate)
            kbit_s = None if rate is None else _two_digits(rate * 8 / 1000)
            if kbit_s is not None and self._limit and kbit_s > self._limit / 2:
                kbit_s = None
            latency = None if self._latency is None else round(self._latency * 20) * 50
            return LinkQuality(kbit_s, latency, cuts)

    def _settle(self) -> float:
        """Count the time since the last event when something was on its way."""
        now = self._clock()
        if self._calls:
            self._busy_s += now - self._since
        self._since = now
        return now

    def _least(self, measured: float | None) -> float | None:
        """Return the measured rate, or what long calls that are still on their way get at most, if less."""
        now = self._clock()
        long = [call for call in self._calls if call.passed and now - call.began >= LONG_S]
        if not long:
            return measured
        most = sum(call.passed for call in long) / (now - min(call.began for call in long))
        return most if measured is None else min(measured, most)

    def _sample(self) -> None:
        if self._bytes >= SAMPLE_BYTES and self._busy_s > 0:
            self._rate = _mixed(self._rate, self._bytes / self._busy_s)
            self._bytes, self._busy_s = 0, 0.0


class RateLimit:
    """A bucket that fills with so many bytes a second; whoever sends takes from it, all streams together."""

    def __init__(self, kbit_s: int, clock: Callable[[], float] = time.monotonic) -> None:
        """`kbit_s` is above zero."""
        self.bytes_per_s = kbit_s * 1000 / 8
        self.piece = max(512, int(self.bytes_per_s / 10))
        """Bytes to take at once, so that no wait is long."""
        self._clock = clock
        self._lock = threading.Lock()
        self._level = float(self.piece)
        self._filled_at = clock()

    def take(self, count: int, abandoned: threading.Event) -> None:
        """Wait until so many bytes may go; end early when the call is abandoned."""
        with self._lock:
            now = self._clock()
            filled = self._level + (now - self._filled_at) * self.bytes_per_s
            self._level = min(filled, float(self.piece)) - count
            self._filled_at = now
            wait_s = -self._level / self.bytes_per_s
        if wait_s > 0:
            abandoned.wait(wait_s)


def _mixed(before: float | None, sample: float) -> float:
    return sample if before is None else before + WEIGHT * (sample - before)


def _two_digits(value: float) -> int:
    return int(float(f"{value:.2g}"))
