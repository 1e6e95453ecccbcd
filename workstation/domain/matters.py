"""A matter (一件事): several items joined into one, so that checklist, form and papers need not know.

The joined item asks for every paper once and for every fact once. What an approver gets of it is said by
`branches`. Where the members differ the rule below each element says which counts; all of them err on the
side of the citizen's certainty: nothing is promised that one approver does not promise.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from workstation.domain.checklist import active_fields, derive, relevant_answers
from workstation.domain.conditions import asked_too, is_never, may_hold, or_else, without
from workstation.domain.items import (
    AgentRule,
    Commitment,
    Elements,
    Hours,
    Item,
    Limit,
    Matter,
)
from workstation.domain.joint_form import form_of
from workstation.domain.joint_materials import materials_of
from workstation.domain.joint_questions import Member, members_of, questions_of
from workstation.domain.kinds import CorrectionRule, HandlingMode, LimitUnit, Reach, Routing
from workstation.domain.situations import ALWAYS, Answers, Question, When

MAIN_ITEM = "一件事"
MIXED_TYPE = "99"
"""Item type 其他, where the members are of different types."""

_ROUTINGS = (
    Routing.BOTH_HOUSEHOLDS,
    Routing.HOUSEHOLD,
    Routing.RESIDENCE,
    Routing.PROPERTY,
    Routing.RECEIVING,
)
"""The first that any member has counts: the one that asks for a home street before the one that does not."""

_REST_MOST = 10
"""No run of rest days in a Chinese year is longer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Branch:
    """What one approver of a matter gets."""

    item_code: str
    implementation_code: str
    title: str
    authority: str
    statutory: Limit | None
    promised: Limit | None
    materials: tuple[str, ...]
    """Lines of the joined checklist it needs, by id."""
    fields: tuple[str, ...]
    """Fields of the joined form it takes, by id."""


@dataclass(frozen=True, slots=True)
class Joint:
    """A matter and its items as one item, kept together: joining takes longer than using it."""

    item: Item
    members: tuple[Member, ...] = ()
    """None: an ordinary item."""
    own: Mapping[str, Question] = field(default_factory=dict)
    """The matter's own questions, by id."""

    def branches(self, answers: Answers) -> tuple[Branch, ...]:
        """Return the approvers that take part, each with what it needs of the joined case.

        Args:
            answers: to the joined item's questions.

        Raises:
            UnknownAnswer: an answer names a question or an option the joined item does not have.
        """
        relevant = relevant_answers(self.item, answers)
        lines = {material.standard_id: material.id for material in derive(self.item, relevant)}
        asked = {field.id for field in active_fields(self.item, relevant)}
        present = (m for m in self.members if may_hold(asked_too(m.when, self.own, self.own), relevant))
        return tuple(_branch(member, lines, asked, relevant) for member in present)


def joint(matter: Matter, items: Sequence[Item]) -> Joint:
    """Join a matter; the joined item's code is the matter's id, its `members` the codes of the items.

    Args:
        matter: names its items.
        items: these items, as they stand at the place and day of the case; others are not looked at.

    Raises:
        ValueError: none of the matter's items is there.
    """
    members = members_of(matter, items)
    if not members:
        raise ValueError(matter.id)
    questions = questions_of(matter, members)
    by_id = {question.id: question for question in questions}
    fields, form = form_of(matter, members, by_id)
    present = [member.item for member in members]
    item = replace(
        _with_words(_head(matter, present), present),
        questions=questions,
        materials=materials_of(matter.title, members, by_id),
        fields=fields,
        form=form,
        second_street=_second_street(members, by_id),
    )
    return Joint(item, members, {question.id: question for question in matter.questions})


def join(matter: Matter, items: Sequence[Item]) -> Item:
    """Return the matter as one item; see `joint`."""
    return joint(matter, items).item


def branches(matter: Matter, items: Sequence[Item], answers: Answers) -> tuple[Branch, ...]:
    """Return the approvers that take part; see `Joint.branches`."""
    return joint(matter, items).branches(answers)


def _branch(member: Member, lines: Mapping[str, str], asked: Collection[str], answers: Answers) -> Branch:
    item = member.item
    papers = (m.standard_id for m in item.materials if member.may_need(m.when, answers))
    fields = dict.fromkeys(
        member.fields[field.id] for field in item.fields if member.may_need(field.when, answers)
    )
    return Branch(
        item_code=item.code,
        implementation_code=item.implementation_code,
        title=item.title,
        authority=item.authority,
        statutory=item.statutory,
        promised=item.promised,
        materials=tuple(dict.fromkeys(lines[standard] for standard in papers if standard in lines)),
        fields=tuple(field for field in fields if field in asked),
    )


def longest(limits: Iterable[Limit | None]) -> Limit | None:
    """Return the longest limit; None when none is named, or when the units leave it open which it is.

    A number of working days is never shorter than the same number of calendar days; the other way round only
    a wide margin is safe, and in between it depends on the holidays.
    """
    named = [limit for limit in limits if limit is not None]
    workdays = max((n.number for n in named if n.unit is LimitUnit.WORKDAY), default=None)
    days = max((n.number for n in named if n.unit is LimitUnit.CALENDAR_DAY), default=None)
    if workdays is not None and (days is None or workdays >= days):
        return Limit(workdays, LimitUnit.WORKDAY)
    if days is not None and (workdays is None or days >= 2 * workdays + _REST_MOST):
        return Limit(days, LimitUnit.CALENDAR_DAY)
    return None


def _head(matter: Matter, items: Sequence[Item]) -> Item:
    """Return the first item with all elements replaced that its siblings have a say in."""
    first = items[0]
    corrections = {item.correction for item in items}
    return replace(
        first,
        code=matter.id,
        implementation_code="",
        title=matter.title,
        plain_title="、".join(item.title for item in items),
        main_item=MAIN_ITEM,
        sub_item=matter.title,
        aliases=matter.aliases,
        search_keys=matter.search_keys,
        members=tuple(item.code for item in items),
        member_when=tuple(matter.when.get(item.code, ALWAYS) for item in items),
        authority=_words(items, lambda item: item.authority),
        item_type=first.item_type if len({item.item_type for item in items}) == 1 else MIXED_TYPE,
        reach=max((item.reach for item in items), key=list(Reach).index),
        flags=frozenset.intersection(*(item.flags for item in items)),
        instant=all(item.instant for item in items),
        review_free=all(item.review_free for item in items),
        online_only=all(item.online_only for item in items),
        online_at=_words(items, lambda item: item.online_at),
        mode=first.mode if len({item.mode for item in items}) == 1 else HandlingMode.JOINT,
        routing=next(routing for routing in _ROUTINGS if any(item.routing is routing for item in items)),
        acceptance_delegated=all(item.acceptance_delegated for item in items),
        conditions=_union(items, lambda item: item.conditions),
        statutory=longest(item.statutory for item in items),
        promised=matter.promised,
        correction=CorrectionRule.ON_SPOT if CorrectionRule.ON_SPOT in corrections else first.correction,
        fee=_words_by_item(items, lambda item: item.fee),
        result=_words(items, lambda item: item.result),
        delivery=_union(items, lambda item: item.delivery),
        visits=max(item.visits for item in items),
        sources=tuple(dict.fromkeys((*matter.sources, *_union(items, lambda item: item.sources)))),
    )


def _with_words(head: Item, items: Sequence[Item]) -> Item:
    """Return the item with the elements that are made of several words or values."""
    starts = [item.effective_from for item in items if item.effective_from is not None]
    return replace(
        head,
        agents=_agents(items),
        hours=Hours(
            words=_words_by_item(items, lambda item: item.hours.words),
            extended=all(item.hours.extended for item in items),
        ),
        legal_basis=_union(items, lambda item: item.legal_basis),
        acceptance_basis=_words_by_item(items, lambda item: item.acceptance_basis),
        refusal_basis=_words_by_item(items, lambda item: item.refusal_basis),
        credit_check=any(item.credit_check for item in items),
        commitment=_commitment(items),
        elements=_elements(items),
        overlays=(),
        contact=_words_by_item(items, lambda item: item.contact),
        complaint=_words_by_item(items, lambda item: item.complaint),
        effective_from=max(starts, default=None),
    )


def _agents(items: Sequence[Item]) -> AgentRule:
    """Return who may act in all parts: an agent one approver would turn away helps nobody."""
    kinds = (kind for kind in items[0].agents.kinds if all(kind in item.agents.kinds for item in items))
    return AgentRule(
        kinds=tuple(kinds),
        min_age=max(item.agents.min_age for item in items),
        note=_words(items, lambda item: item.agents.note),
    )


def _commitment(items: Sequence[Item]) -> Commitment | None:
    made = [item.commitment for item in items if item.commitment is not None]
    if not made:
        return None
    return Commitment(
        text="\n".join(dict.fromkeys(one.text for one in made)),
        basis="; ".join(dict.fromkeys(one.basis for one in made)),
        consequence="; ".join(dict.fromkeys(one.consequence for one in made)),
    )


def _elements(items: Sequence[Item]) -> Elements:
    return replace(
        items[0].elements,
        service_objects=_union(items, lambda item: item.elements.service_objects),
        channels=tuple(
            channel
            for channel in items[0].elements.channels
            if all(channel in item.elements.channels for item in items)
        ),
        flow=tuple(f"{item.title}: {' → '.join(item.elements.flow)}" for item in items),
        special_procedures=_union(items, lambda item: item.elements.special_procedures),
        place=_words(items, lambda item: item.elements.place),
        joint_bodies=_union(items, lambda item: (item.authority, *item.elements.joint_bodies)),
        intermediary=_words(items, lambda item: item.elements.intermediary),
        quantity_limit=_words(items, lambda item: item.elements.quantity_limit),
        result_kind=_words(items, lambda item: item.elements.result_kind),
        fee_basis=_words_by_item(items, lambda item: item.elements.fee_basis),
        bookable=all(item.elements.bookable for item in items),
        online_payment=all(item.elements.online_payment for item in items),
        express=all(item.elements.express for item in items),
    )


def _second_street(members: Sequence[Member], questions: Collection[str]) -> When | None:
    asked = [m.condition(m.item.second_street) for m in members if m.item.second_street is not None]
    when = without(or_else(*asked), questions)
    return None if is_never(when) else when


def _union(items: Sequence[Item], part: Callable[[Item], Iterable[str]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(words for item in items for words in part(item)))


def _words(items: Sequence[Item], part: Callable[[Item], str]) -> str:
    return "、".join(dict.fromkeys(filter(None, map(part, items))))


def _words_by_item(items: Sequence[Item], part: Callable[[Item], str]) -> str:
    """Return the words all items share, else each item's with its title."""
    said = {item.title: part(item) for item in items if part(item)}
    if len(set(said.values())) <= 1:
        return next(iter(said.values()), "")
    return "; ".join(f"{title}: {words}" for title, words in said.items())
