"""When to give up on a run: not when it is slow, but when it stands still while everybody is at work."""

from __future__ import annotations

import time
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Patience:
    """How long nothing may change before a run is said to stand still.

    All of the first three must be reached: a machine under load is slow to look and slow to ask as well,
    and one that was paused has looked at nothing meanwhile.
    """

    seconds: float
    looks: int
    """Looks at the queue of each window."""
    requests: int
    """Requests on the line."""
    hangs_s: float
    """A run in which nobody even asks any more."""


PLENTY = Patience(seconds=60.0, looks=40, requests=60, hangs_s=300.0)
LITTLE = Patience(seconds=8.0, looks=7, requests=10, hangs_s=60.0)
"""Where a rule is broken on purpose, much never settles, and what is said of it is no proof."""


@dataclass
class Watch:
    """Notes when something was last another than before."""

    patience: Patience
    _seen: object = None
    _since: float = field(default_factory=time.monotonic)
    _looks: int = 0
    _requests: int = 0

    def is_over(self, standing: object, looks: int, requests: int) -> bool:
        """True when `standing` has not changed for too long, by clock and by what was done meanwhile."""
        if standing != self._seen:
            self._seen, self._since, self._looks, self._requests = standing, time.monotonic(), looks, requests
        still_s = time.monotonic() - self._since
        has_tried = looks - self._looks >= self.patience.looks
        has_asked = requests - self._requests >= self.patience.requests
        return still_s > self.patience.hangs_s or (
            still_s > self.patience.seconds and has_tried and has_asked
        )
