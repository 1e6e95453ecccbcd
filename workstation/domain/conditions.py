"""Conditions put together: both hold, one holds, it does not hold, the same in other words.

A condition is a list of groups of clauses (`When`); here it is worked on as a tuple of mappings, question to
options. `ALWAYS` is the one empty mapping, `NEVER` no mapping at all.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from functools import reduce

from workstation.domain.situations import ALWAYS, Answers, Clause, Question, When

NEVER = When(((Clause("", frozenset()),),))
"""Holds for no answers: no answer is one of no options."""

Group = Mapping[str, frozenset[str]]
Groups = tuple[Group, ...]


def and_also(*conditions: When) -> When:
    """Return the condition that holds when all of them do; none given always holds."""
    demanding = [condition for condition in conditions if condition.any_of]
    start: Groups = ({},)
    return _when(reduce(_both, map(_groups, demanding), start)) if demanding else ALWAYS


def or_else(*conditions: When) -> When:
    """Return the condition that holds when any of them does; none given never holds."""
    if any(not condition.any_of for condition in conditions):
        return ALWAYS
    return _when(tuple(group for condition in conditions for group in _groups(condition)))


def negated(condition: When, questions: Mapping[str, Question]) -> When:
    """Return the condition that holds when this one cannot hold any more.

    A question that is asked and not yet answered satisfies neither; one that is not asked satisfies this.

    Args:
        condition: what must not hold.
        questions: all that are ever asked, by id.
    """
    refusals = (
        or_else(*(_other(name, options, questions) for name, options in group.items()))
        for group in _groups(condition)
    )
    return and_also(*refusals)


def renamed(condition: When, names: Mapping[str, str]) -> When:
    """Return the condition with its questions called by other names; a name not given stays."""
    if not condition.any_of:
        return ALWAYS
    return _when(
        tuple(
            _met({names.get(name, name): options} for name, options in group.items())
            for group in _groups(condition)
        )
    )


def asked_too(condition: When, questions: Mapping[str, Question], names: Iterable[str]) -> When:
    """Return the condition with what makes these questions be asked, written out.

    Where several items share a question it may be asked because of another one; then an answer counts for an
    item only while its own list would have asked.
    """
    wanted, groups = frozenset(names), list[When]()
    if not condition.any_of or not wanted:
        return condition
    for group in _groups(condition):
        asked = (asked_too(questions[name].when, questions, wanted) for name in group if name in wanted)
        groups.append(and_also(_when((group,)), *asked))
    return or_else(*groups)


def without(condition: When, asked: Collection[str]) -> When:
    """Return the condition without the groups that name a question nobody is ever asked."""
    if not condition.any_of:
        return ALWAYS
    return _when(tuple(group for group in _groups(condition) if all(name in asked for name in group)))


def may_hold(condition: When, answers: Answers) -> bool:
    """Return whether no answer contradicts the condition."""
    return any(
        all(answers.get(name) in options or name not in answers for name, options in group.items())
        for group in _groups(condition)
    )


def is_never(condition: When) -> bool:
    """Return whether no answers can satisfy the condition."""
    return not _groups(condition)


def _groups(condition: When) -> Groups:
    if not condition.any_of:
        return ({},)
    groups = [_met({clause.question: clause.options} for clause in group) for group in condition.any_of]
    return tuple(group for group in groups if all(group.values()))


def _when(groups: Groups) -> When:
    """Return the groups as a condition, without those that another one already covers."""
    possible = [group for group in groups if all(group.values())]
    kept: list[Group] = []
    for group in possible:
        if not any(_covers(other, group) for other in kept):
            kept = [other for other in kept if not _covers(group, other)] + [group]
    if not kept:
        return NEVER
    if any(not group for group in kept):
        return ALWAYS
    return When(tuple(tuple(Clause(name, options) for name, options in group.items()) for group in kept))


def _covers(wide: Group, narrow: Group) -> bool:
    """True when `wide` holds wherever `narrow` does."""
    return all(name in narrow and narrow[name] <= options for name, options in wide.items())


def _both(left: Groups, right: Groups) -> Groups:
    return _groups(_when(tuple(_meet(one, other) for one in left for other in right)))


def _met(groups: Iterable[Group]) -> Group:
    start: Group = {}
    return reduce(_meet, groups, start)


def _meet(one: Group, other: Group) -> Group:
    """Return the group that asks for both; an empty set of options shows a contradiction."""
    return {**one, **{name: one.get(name, options) & options for name, options in other.items()}}


def _other(name: str, options: frozenset[str], questions: Mapping[str, Question]) -> When:
    """Return the condition that a question has another answer, or is not asked at all."""
    if name not in questions:
        return ALWAYS
    question = questions[name]
    others = frozenset(option.id for option in question.options) - options
    answered = When(((Clause(name, others),),)) if others else NEVER
    return or_else(answered, negated(question.when, questions))
