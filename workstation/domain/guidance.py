"""The guidance engine: what the answers given so far have decided, and which questions can still change it.

Every outcome of an item (a material is asked for, a field stands on the form, a second street verifies) is a
condition on the answers. Under the answers given it is true, false or still open; an open one is kept as a
reduced decision diagram over the questions not yet answered, in the item's order. Such a diagram is
canonical, so a question can still change the outcome exactly when it occurs in it. That is exact over all
completions, and costs no walk through all situations.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from workstation.domain.errors import UnknownAnswer
from workstation.domain.forms import FormField
from workstation.domain.items import Item, Material
from workstation.domain.situations import Answers, Question, When


@dataclass(frozen=True, slots=True)
class Guidance:
    """What follows from the answers so far."""

    relevant: Mapping[str, str]
    """Answers to questions that are asked, in the item's order; the others count no more."""
    open_questions: tuple[Question, ...]
    """Not yet answered, and able to change something below; in the item's order."""
    materials: tuple[Material, ...]
    """Asked for whatever the open questions bring, in the item's order."""
    fields: tuple[FormField, ...]
    second_street: bool


@dataclass(frozen=True, slots=True)
class Difference:
    """What another answer would do to the list."""

    added: tuple[Material, ...]
    removed: tuple[Material, ...]


def guide(item: Item, answers: Answers) -> Guidance:
    """Return what the answers decide; equal questions are asked of the same item many times, so it is kept.

    Raises:
        UnknownAnswer: an answer names a question or an option the item does not have.
    """
    return _guide(_Same(item), frozenset(answers.items()))


def what_if(item: Item, answers: Answers, question: str, option: str) -> Difference:
    """Return how the list of materials would change if `question` were answered with `option`.

    Raises:
        UnknownAnswer: see `guide`.
    """
    before = guide(item, answers).materials
    after = guide(item, {**answers, question: option}).materials
    now, then = {m.id for m in before}, {m.id for m in after}
    return Difference(
        added=tuple(m for m in after if m.id not in now), removed=tuple(m for m in before if m.id not in then)
    )


class _Same:
    """An item as a key: by identity, for comparing a whole item takes longer than guiding it."""

    __slots__ = ("item",)

    def __init__(self, item: Item) -> None:
        self.item = item

    def __hash__(self) -> int:
        return id(self.item)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other.item is self.item


@lru_cache(maxsize=512)
def _guide(same: _Same, given: frozenset[tuple[str, str]]) -> Guidance:
    item, answers = same.item, dict(given)
    _check_known(item, answers)
    diagrams = _Diagrams(item.questions, answers)
    asked = tuple(q for n, q in enumerate(item.questions) if diagrams.of_question(n) == TRUE)
    materials = [(material, diagrams.of(material.when)) for material in item.materials]
    fields = [(field, diagrams.of(field.when)) for field in item.fields]
    second = FALSE if item.second_street is None else diagrams.of(item.second_street)
    outcomes = {second, *(diagram for _m, diagram in materials), *(diagram for _f, diagram in fields)}
    outcomes |= {diagrams.of(when) for when in item.member_when}
    changing = diagrams.questions_in(outcomes)
    return Guidance(
        relevant={q.id: answers[q.id] for q in asked if q.id in answers},
        open_questions=tuple(q for q in asked if q.id in changing),
        materials=tuple(material for material, diagram in materials if diagram == TRUE),
        fields=tuple(field for field, diagram in fields if diagram == TRUE),
        second_street=second == TRUE,
    )


def _check_known(item: Item, answers: Answers) -> None:
    options = {question.id: {option.id for option in question.options} for question in item.questions}
    for question, option in answers.items():
        if option not in options.get(question, ()):
            raise UnknownAnswer(question=question, option=option, item=item.code)


Group = frozenset[tuple[int, frozenset[str]]]
"""Clauses that must all hold: position of the question, options; at most one clause a question."""
Cover = frozenset[Group]
"""Groups of which one must hold; none: never, one without clauses: always."""
NEVER: Cover = frozenset()
ALWAYS_HOLDS: Cover = frozenset({frozenset()})


Diagram = int
"""Number of a diagram; equal conditions have equal numbers."""
FALSE, TRUE = 0, 1


@dataclass(frozen=True, slots=True)
class _Node:
    """A question that decides, and the diagram each of its options leads to, in their order."""

    question: int
    ways: tuple[Diagram, ...]


class _Diagrams:
    """Reduced ordered decision diagrams of conditions under the answers given."""

    def __init__(self, questions: tuple[Question, ...], answers: Answers) -> None:
        self._questions = questions
        self._answers = answers
        self._positions = {question.id: n for n, question in enumerate(questions)}
        self._asked: dict[int, Cover] = {}
        """Condition under which a question is asked, by position."""
        self._conditions: dict[When, Diagram] = {}
        self._built: dict[Cover, Diagram] = {NEVER: FALSE, ALWAYS_HOLDS: TRUE}
        self._nodes: dict[Diagram, _Node] = {}
        self._numbers: dict[_Node, Diagram] = {}

    def of(self, when: When) -> Diagram:
        """Return the diagram of a condition."""
        if when not in self._conditions:
            self._conditions[when] = self._build(self._cover(when, len(self._questions)))
        return self._conditions[when]

    def of_question(self, position: int) -> Diagram:
        """Return the diagram of the condition under which a question is asked."""
        return self._build(self._is_asked(position))

    def questions_in(self, diagrams: Iterable[Diagram]) -> set[str]:
        """Return the ids of the questions that can still change one of the diagrams."""
        pending, seen = list(diagrams), {FALSE, TRUE}
        while pending:
            number = pending.pop()
            if number not in seen:
                seen.add(number)
                pending += self._nodes[number].ways
        return {self._questions[self._nodes[number].question].id for number in seen - {FALSE, TRUE}}

    # --- conditions -----------------------------------------------------------------------------------

    def _cover(self, when: When, before: int) -> Cover:
        """Spell a condition out: a clause also wants its question to be asked at all.

        Only questions before the position `before` can hold; what was answered is settled here.
        """
        if not when.any_of:
            return ALWAYS_HOLDS
        groups: set[Group] = set()
        for clauses in when.any_of:
            joined = ALWAYS_HOLDS
            for clause in clauses:
                joined = _both(joined, self._clause(clause.question, clause.options, before))
            groups |= joined
        return _without_needless(groups)

    def _clause(self, question_id: str, options: frozenset[str], before: int) -> Cover:
        position = self._positions.get(question_id, before)
        if position >= before:
            return NEVER
        answer = self._answers.get(question_id)
        if answer is not None:
            return self._is_asked(position) if answer in options else NEVER
        return _both(self._is_asked(position), frozenset({frozenset({(position, options)})}))

    def _is_asked(self, position: int) -> Cover:
        if position not in self._asked:
            self._asked[position] = self._cover(self._questions[position].when, position)
        return self._asked[position]

    # --- diagrams -------------------------------------------------------------------------------------

    def _build(self, cover: Cover) -> Diagram:
        """Decide question after question; covers met before are not built again."""
        if cover not in self._built:
            position = min(place for group in cover for place, _options in group)
            named = {o for group in cover for place, options in group if place == position for o in options}
            other = self._build(_left(cover, position, ""))
            ways = tuple(
                self._build(_left(cover, position, option.id)) if option.id in named else other
                for option in self._questions[position].options
            )
            self._built[cover] = self._reduced(_Node(position, ways))
        return self._built[cover]

    def _reduced(self, node: _Node) -> Diagram:
        """Leave out a question that changes nothing, and give equal diagrams one number."""
        if len(set(node.ways)) == 1:
            return node.ways[0]
        if node not in self._numbers:
            number = len(self._numbers) + TRUE + 1
            self._numbers[node], self._nodes[number] = number, node
        return self._numbers[node]


def _both(one: Cover, other: Cover) -> Cover:
    """Return the condition that holds when both do."""
    if ALWAYS_HOLDS in (one, other):
        return other if one == ALWAYS_HOLDS else one
    joined = (_joined(left, right) for left in one for right in other)
    return _without_needless(group for group in joined if group is not None)


def _joined(left: Group, right: Group) -> Group | None:
    """Return the clauses of both groups, one a question; None when they contradict each other."""
    clauses = dict(left)
    for position, options in right:
        clauses[position] = clauses.get(position, options) & options
        if not clauses[position]:
            return None
    return frozenset(clauses.items())


def _without_needless(groups: Iterable[Group]) -> Cover:
    """Leave out groups that hold only where a shorter one holds already."""
    kept = frozenset(groups)
    return frozenset(group for group in kept if not any(other < group for other in kept))


def _left(cover: Cover, position: int, option: str) -> Cover:
    """Return what is left of a condition once a question is answered."""
    return _without_needless(
        frozenset(clause for clause in group if clause[0] != position)
        for group in cover
        if all(option in options for place, options in group if place == position)
    )
