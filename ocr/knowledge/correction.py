"""The outcome of putting a misread text right, and what it may count for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

REPAIRED = "repaired"
"""Name of the check that a field carries when a character of it was exchanged."""

REPAIRED_CONFIDENCE = 0.6
"""Most that a repaired value may claim: right almost always, but somebody has to look."""

DOUBTFUL_MARK = 0.98
"""A character the engine is less sure of than this may be exchanged.

Of digits that PP-OCR misread on worn prints 93 in 100 had less, of those it read rightly 2 in 100.
"""


@dataclass(frozen=True, slots=True)
class Corrected:
    """A text as read, or as it must have been printed."""

    value: str
    changes: int = 0
    """Characters that were exchanged."""

    @property
    def is_repaired(self) -> bool:
        """True when the value is not what was read."""
        return self.changes > 0

    @property
    def checks(self) -> tuple[str, ...]:
        """The name of the check to add to the field's: `repaired`, or none."""
        return (REPAIRED,) if self.is_repaired else ()

    def capped(self, confidence: float) -> float:
        """Return `confidence`, lowered so that a repaired value is shown for confirmation."""
        return min(confidence, REPAIRED_CONFIDENCE) if self.is_repaired else confidence


def kept(text: str, marks: Sequence[float], wanted: Callable[[str], bool]) -> tuple[str, tuple[float, ...]]:
    """Return the wanted characters of `text` with their marks; marks that do not fit the text are dropped."""
    if len(marks) != len(text):
        return "".join(filter(wanted, text)), ()
    pairs = [(character, mark) for character, mark in zip(text, marks, strict=True) if wanted(character)]
    return "".join(character for character, _ in pairs), tuple(mark for _, mark in pairs)


def doubtful_places(marks: Sequence[float]) -> frozenset[int]:
    """Return the positions the engine was not sure of."""
    return frozenset(place for place, mark in enumerate(marks) if mark < DOUBTFUL_MARK)
