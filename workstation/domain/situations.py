"""What decides a situation (办事情形): questions, options, conditions on answers, facts that answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from workstation.domain.kinds import KnownFrom

Answers = Mapping[str, str]
"""Question id -> option id."""


@dataclass(frozen=True, slots=True)
class Clause:
    """Holds when the answer to `question` is one of `options`."""

    question: str
    options: frozenset[str]


@dataclass(frozen=True, slots=True)
class When:
    """A condition on the answers: some group holds, a group holds when all its clauses do.

    No groups means always.
    """

    any_of: tuple[tuple[Clause, ...], ...] = ()

    def holds(self, answers: Answers) -> bool:
        """Return whether the condition holds; an unanswered question makes its clause false."""
        if not self.any_of:
            return True
        return any(all(answers.get(c.question) in c.options for c in group) for group in self.any_of)


ALWAYS = When()


@dataclass(frozen=True, slots=True)
class KnownOption:
    """One answer that facts can give; only the parts that its `KnownFrom` names count."""

    option: str
    years_min: int = 0
    years_max: int = 200
    """Full years of age, both ends included (AGE)."""
    words: tuple[str, ...] = ()
    """男 or 女 (SEX), parts of an address (ADDRESS), standard-material ids (ARCHIVE)."""


@dataclass(frozen=True, slots=True)
class Known:
    """How a question may be answered from facts; the first option that fits counts.

    An option without `words` (SEX, ADDRESS, ARCHIVE) fits whatever the options before it left over.
    """

    source: KnownFrom
    options: tuple[KnownOption, ...]


@dataclass(frozen=True, slots=True)
class Option:
    """One answer to a situation question."""

    id: str
    title: str
    basis: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """A question that decides the situation (情形); asked only while `when` holds."""

    id: str
    title: str
    options: tuple[Option, ...]
    when: When = ALWAYS
    known: Known | None = None

    def option(self, option_id: str) -> Option:
        """Return the option with this id.

        Raises:
            KeyError: there is no such option.
        """
        for option in self.options:
            if option.id == option_id:
                return option
        raise KeyError(option_id)
