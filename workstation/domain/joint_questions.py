"""The members of a matter (一件事) under one roof: what their questions and fields are called together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from workstation.domain.conditions import (
    and_also,
    asked_too,
    is_never,
    may_hold,
    negated,
    or_else,
    renamed,
    without,
)
from workstation.domain.forms import FormField
from workstation.domain.items import Item, Matter
from workstation.domain.situations import ALWAYS, Answers, Question, When


@dataclass(frozen=True, slots=True)
class Member:
    """One item of a matter, and the words by which the joined item knows its parts."""

    item: Item
    when: When
    """When it takes part, over the matter's own questions."""
    questions: Mapping[str, str]
    """Its questions -> those of the joined item."""
    fields: Mapping[str, str]
    """Its fields -> those of the joined item."""
    shared: frozenset[str]
    """Its questions that another member, or the matter itself, may ask too."""

    def condition(self, own: When) -> When:
        """Return a condition of the item in the joined item's words."""
        by_id = {question.id: question for question in self.item.questions}
        return and_also(self.when, renamed(asked_too(own, by_id, self.shared), self.questions))

    def without_makers(self, when: When, makers: Iterable[Member], questions: Mapping[str, Question]) -> When:
        """Return a joined condition, but for where another member that issues the paper takes part.

        Args:
            when: in the joined item's words.
            makers: members that issue the paper; this one among them does not count.
            questions: of the joined item, by id.
        """
        others = (maker for maker in makers if maker is not self)
        return and_also(when, *(negated(maker.when, questions) for maker in others))

    def may_need(self, own: When, answers: Answers) -> bool:
        """Return whether a condition of the item holds, or may hold whatever was not asked.

        A question is not asked where no answer changes the joined list; what its answer would have decided
        for this approver alone is then given to it.

        Args:
            own: the condition, in the item's words.
            answers: those that count, to the joined item's questions.
        """
        by_id = {question.id: question for question in self.item.questions}
        return may_hold(asked_too(own, by_id, by_id), self.answers(answers))

    def answers(self, answers: Answers) -> dict[str, str]:
        """Return what the joined item's answers say to the item's own questions."""
        return {own: answers[name] for own, name in self.questions.items() if name in answers}


def members_of(matter: Matter, items: Sequence[Item]) -> tuple[Member, ...]:
    """Return the members in the matter's order; a code without an item is left out."""
    by_code = {item.code: item for item in items}
    present = [by_code[code] for code in matter.items if code in by_code]
    questions, fields = _question_names(matter, present), _field_names(matter, present)
    return tuple(_member(matter, item, questions[item.code], fields[item.code]) for item in present)


def makers_of(standard_id: str, members: Iterable[Member]) -> tuple[Member, ...]:
    """Return the members that issue a paper."""
    return tuple(member for member in members if standard_id in member.item.produces)


def _member(matter: Matter, item: Item, questions: Mapping[str, str], fields: Mapping[str, str]) -> Member:
    shared = frozenset(own for own, name in questions.items() if name in matter.same)
    return Member(item, matter.when.get(item.code, ALWAYS), questions, fields, shared)


def _question_names(matter: Matter, items: Sequence[Item]) -> dict[str, dict[str, str]]:
    """Name the questions: those the matter calls the same are one, if they have the same options."""
    named = {own: name for name, owns in matter.same.items() for own in owns}
    options = {question.id: _options(question) for question in matter.questions}
    names: dict[str, dict[str, str]] = {}
    for item in items:
        own = names.setdefault(item.code, {})
        for question in item.questions:
            plain = f"{item.code}-{question.id}"
            name = named.get(f"{item.code}.{question.id}", plain)
            is_same = options.setdefault(name, _options(question)) == _options(question)
            own[question.id] = name if is_same else plain
    return names


def _options(question: Question) -> frozenset[str]:
    return frozenset(option.id for option in question.options)


def _field_names(matter: Matter, items: Sequence[Item]) -> dict[str, dict[str, str]]:
    """Name the fields: the same id, kind and choices are one field, and so are those the matter names."""
    named = {own: name for name, owns in matter.same.items() for own in owns}
    known: dict[str, list[tuple[str, FormField]]] = {}
    names: dict[str, dict[str, str]] = {}
    for item in items:
        own = names.setdefault(item.code, {})
        for field in item.fields:
            wanted = named.get(f"{item.code}.{field.id}", field.id)
            alike = known.setdefault(wanted, [])
            found = (name for name, other in alike if _is_same(other, field))
            own[field.id] = next(found, f"{item.code}-{field.id}" if alike else wanted)
            alike.append((own[field.id], field))
    return names


def _is_same(one: FormField, other: FormField) -> bool:
    """True when one value can stand for both; choices must have something in common."""
    has_common = set(one.choices) & set(other.choices) or one.choices == other.choices
    return one.kind is other.kind and bool(has_common or not (one.choices or other.choices))


def questions_of(matter: Matter, members: Sequence[Member]) -> tuple[Question, ...]:
    """Return the matter's questions, then the members', each shared one once, none before what it needs."""
    clashes = Counter(title for member in members for title in {q.title for q in member.item.questions})
    joined: dict[str, Question] = {question.id: question for question in matter.questions}
    for member in members:
        for question in member.item.questions:
            name = member.questions[question.id]
            mine = replace(question, id=name, when=member.condition(question.when))
            if question.id not in member.shared and clashes[question.title] > 1:
                mine = replace(mine, title=f"{member.item.title}: {question.title}")
            joined[name] = _one_question(joined[name], mine) if name in joined else mine
    return _ever_asked(_in_order(tuple(joined.values())))


def _ever_asked(questions: Iterable[Question]) -> tuple[Question, ...]:
    """Return the questions some answers lead to; in order, each one after those its condition names."""
    asked: dict[str, Question] = {}
    for question in questions:
        when = without(question.when, asked)
        if not is_never(when):
            asked[question.id] = replace(question, when=when)
    return tuple(asked.values())


def _one_question(first: Question, second: Question) -> Question:
    return replace(first, when=or_else(first.when, second.when), known=first.known or second.known)


def _in_order(questions: Sequence[Question]) -> Iterator[Question]:
    """Yield every question after those its condition names, else as they stand."""
    waiting, placed = list(questions), set[str]()
    while waiting:
        names = {question.id for question in waiting}
        chosen = next((q for q in waiting if not _needs(q) & names - placed), waiting[0])
        waiting.remove(chosen)
        placed.add(chosen.id)
        yield chosen


def _needs(question: Question) -> frozenset[str]:
    return frozenset(clause.question for group in question.when.any_of for clause in group)
