"""A hand scanner types a code in one burst; a person's keys come slower and are left to whom they belong."""

from __future__ import annotations

from dataclasses import dataclass

STARTS = ("1", "Z")
"""What the codes of certificates begin with; no key of the workspace is one of them."""
LONGEST_GAP_S = 0.25
"""Between two characters of a burst; a machine under load hands keys over late."""
SHORTEST = 20
"""Fewer characters are no certificate's code."""
LONGEST = 1500


@dataclass
class CodeBurst:
    """Gathers characters that come one right after the other."""

    text: str = ""
    _last: float = 0.0

    def takes(self, character: str, at: float) -> bool:
        """Return whether a character belongs to a burst; `at` is in seconds of any clock that only grows."""
        if self.text and at - self._last > LONGEST_GAP_S:
            self.text = ""
        if not self.text and character not in STARTS:
            return False
        self.text = (self.text + character)[:LONGEST]
        self._last = at
        return True

    def ends(self, at: float) -> str:
        """Return the code that an Enter ends now; empty when there is none."""
        is_code = len(self.text) >= SHORTEST and at - self._last <= LONGEST_GAP_S
        code, self.text = (self.text if is_code else ""), ""
        return code
