"""The credit library (信用核准): asked before tolerance, answered by a counterpart or by nobody."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from workstation.domain.case import Case, CreditChecked
from workstation.domain.facts import CreditOutcome

UNKNOWN = CreditChecked(outcome=CreditOutcome.UNKNOWN)


class CreditLibrary(Protocol):
    """Where a window asks whether somebody stands on a list of dishonest persons."""

    def ask(self, id_number: str, case: Case | None = None) -> CreditChecked:
        """Return what is known; UNKNOWN when nobody answers. It never raises, and it may block.

        The case is the scene that allows the question; a library that wants one answers nothing without.
        """
        ...


@dataclass(frozen=True)
class NoLibrary:
    """A window without a counterpart: the clerk is told so and goes on with a reason."""

    def ask(self, id_number: str, case: Case | None = None) -> CreditChecked:
        """Know nothing of anybody."""
        return UNKNOWN


@dataclass(frozen=True)
class KnownPeople:
    """A small table of people, for practice; whoever is not on it is unknown."""

    known: Mapping[str, CreditChecked] = field(default_factory=dict)

    def ask(self, id_number: str, case: Case | None = None) -> CreditChecked:
        """Look the number up."""
        return self.known.get(id_number, UNKNOWN)
