"""How much of the line the sender uses at once: more while it holds, one thing at a time after it broke."""

from __future__ import annotations

import threading

MOST_STREAMS = 4
"""Round trips hide behind each other; more would only take the line from others."""
CALM = 8
"""Answers in a row without trouble that earn one more stream."""


class Width:
    """The number of streams; told by the one thread that hands out work."""

    def __init__(self, most: int = MOST_STREAMS) -> None:
        """Begin with one stream, of at most `most`."""
        self._most = most
        self._calm = 0

    @property
    def streams(self) -> int:
        """How many things may be on the line now."""
        return min(self._most, 1 + self._calm // CALM)

    def held(self) -> None:
        """Count an answer that came."""
        self._calm = min(self._calm + 1, self._most * CALM)

    def broke(self) -> None:
        """Go back to one stream: on a line that is cut, four halves arrive later than one whole."""
        self._calm = 0


class Progress:
    """Whether the gateway has confirmed anything since the last trouble.

    Trouble after progress is tried again at once, trouble after none ends the round: so a line that is cut
    every few seconds is used to the full, and a dead one costs one try. As every go needs something new to be
    confirmed, of which there is so much and no more, this ends.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._made = False
        self.ever = False
        """True once anything arrived for good."""

    def answered(self) -> None:
        """The gateway answered a question: the line was there a moment ago."""
        with self._lock:
            self._made = True

    def made(self) -> None:
        """Something arrived for good: a page, more of one, a bundle."""
        with self._lock:
            self._made = self.ever = True

    def spend(self) -> bool:
        """Return whether there was progress since the last call, and begin anew."""
        with self._lock:
            made, self._made = self._made, False
            return made
