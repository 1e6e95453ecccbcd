"""How long somebody who keeps typing wrong PINs must wait; no turn of a clock and no restart shortens it.

Time is counted by the computer's uptime, which nobody can set. After a restart of the computer, which begins
it anew, the whole wait begins anew as well.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

FREE_TRIES = 5
WAITS_S = (30, 60, 300, 900, 3600)
"""After the fifth wrong PIN in a row, the sixth, and so on; the last is for all that follow."""


@dataclass(frozen=True, slots=True)
class Uptime:
    """Where in which run of the computer."""

    boot: str
    """Random name of this run."""
    ms: int


@dataclass(frozen=True, slots=True)
class Tries:
    """Wrong PINs in a row, and since when the wait for the next runs."""

    wrong: int = 0
    boot: str = ""
    since_ms: int = 0

    @property
    def left(self) -> int:
        """Tries before there is a wait."""
        return max(0, FREE_TRIES - self.wrong)

    @property
    def wait_s(self) -> int:
        """The whole wait after the last wrong PIN."""
        return 0 if self.left else WAITS_S[min(self.wrong - FREE_TRIES, len(WAITS_S) - 1)]


NO_TRIES = Tries()


def settled(tries: Tries, now: Uptime) -> Tries:
    """Return the tries as they count in this run of the computer."""
    if not tries.wrong or tries.boot == now.boot:
        return tries
    return replace(tries, boot=now.boot, since_ms=now.ms)


def left_s(tries: Tries, now: Uptime) -> int:
    """Return the seconds until the next PIN may be tried; `tries` must be `settled`."""
    passed_ms = max(0, now.ms - tries.since_ms)
    return max(0, -(-(tries.wait_s * 1000 - passed_ms) // 1000))


def one_more(tries: Tries, now: Uptime) -> Tries:
    """Return the tries with one more wrong PIN."""
    return Tries(tries.wrong + 1, now.boot, now.ms)
