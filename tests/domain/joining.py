"""Small items and random matters for the tests of joining."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from hypothesis import strategies as st

from workstation.domain.checklist import derive, relevant_answers
from workstation.domain.forms import FormField
from workstation.domain.items import AgentRule, Elements, Hours, Item, Limit, Material, Matter
from workstation.domain.kinds import (
    AgentKind,
    CorrectionRule,
    FieldKind,
    HandlingMode,
    LimitUnit,
    Need,
    OriginalRule,
    Reach,
    Routing,
    WindowCategory,
)
from workstation.domain.situations import ALWAYS, Answers, Clause, Option, Question, When

STANDARDS = ("id-card", "lease", "photo", "licence")
CODES = ("449000000001", "449000000002", "449000000003")
TEN_DAYS = Limit(10, LimitUnit.WORKDAY)


def item(code: str = CODES[0], title: str = "甲事项", **parts: object) -> Item:
    """Return an item without questions, materials and fields, but for the parts given."""
    plain = Item(
        code=code,
        implementation_code=f"11440300YANGBEN01U3{code}",
        title=title,
        plain_title=title,
        main_item=title,
        sub_item=title,
        city="样例市",
        authority=f"{title}局",
        item_type="01",
        level=3,
        category=WindowCategory.ENTERPRISE_SETUP,
        reach=Reach.CITY,
        flags=frozenset(),
        instant=False,
        mode=HandlingMode.LOCAL,
        routing=Routing.RECEIVING,
        acceptance_delegated=True,
        conditions=(),
        questions=(),
        materials=(),
        fields=(),
        statutory=Limit(20, LimitUnit.WORKDAY),
        promised=TEN_DAYS,
        correction=CorrectionRule.ON_SPOT_OR_5_WORKDAYS,
        fee="不收费",
        result=f"{title}证",
        delivery=("窗口领取",),
        agents=AgentRule(kinds=(AgentKind.AUTHORISED, AgentKind.RELATIVE)),
        visits=1,
        hours=Hours(words="工作日"),
        legal_basis=("样例依据",),
        elements=Elements(power_source="1", body_kind="1", flow=("收件",), place="大厅", result_kind="证照"),
        contact="样例",
        complaint="12345",
        sources=("样例",),
    )
    return replace(plain, **parts)  # type: ignore[arg-type]


def paper(standard: str, *, when: When = ALWAYS, **parts: object) -> Material:
    """Return a required, sighted paper of one page."""
    plain = Material(
        id=standard,
        title=standard,
        standard_id=standard,
        original=OriginalRule.SIGHTED,
        need=Need.REQUIRED,
        basis="样例依据",
        standard="清晰",
        issuer="样例机关",
        when=when,
    )
    return replace(plain, **parts)  # type: ignore[arg-type]


def ask(name: str, *options: str, when: When = ALWAYS, title: str = "") -> Question:
    """Return a question whose options are called what they are."""
    return Question(name, title or name, tuple(Option(option, option) for option in options), when)


def on(question: str, *options: str) -> When:
    """Return the condition that a question has one of these answers."""
    return When(((Clause(question, frozenset(options)),),))


def matter(*items: Item, **parts: object) -> Matter:
    """Return a matter of these items."""
    plain = Matter(
        id="open-shop",
        title="我要开店",
        items=tuple(item.code for item in items),
        when={},
        same={},
        promised=Limit(7, LimitUnit.WORKDAY),
        explanation="样例",
        sources=("一件事样例",),
    )
    return replace(plain, **parts)  # type: ignore[arg-type]


@dataclass(frozen=True)
class Joining:
    """A random matter with its items."""

    matter: Matter
    items: tuple[Item, ...]


def conditions(questions: tuple[Question, ...]) -> st.SearchStrategy[When]:
    """Conditions over these questions; with none of them only ALWAYS."""
    if not questions:
        return st.just(ALWAYS)
    clauses = st.sampled_from(questions).flatmap(_clause)
    groups = st.lists(clauses, min_size=1, max_size=2).map(tuple)
    return st.just(ALWAYS) | st.lists(groups, min_size=1, max_size=2).map(lambda found: When(tuple(found)))


def _clause(question: Question) -> st.SearchStrategy[Clause]:
    names = [option.id for option in question.options]
    return st.sets(st.sampled_from(names), min_size=1).map(lambda c: Clause(question.id, frozenset(c)))


@st.composite
def question_lists(draw: st.DrawFn, prefix: str, most: int = 3) -> tuple[Question, ...]:
    """Questions that depend on earlier ones only."""
    questions: tuple[Question, ...] = ()
    for number in range(draw(st.integers(0, most))):
        options = ("a", "b", "c")[: draw(st.integers(2, 3))]
        when = draw(conditions(questions))
        questions = (*questions, ask(f"{prefix}{number}", *options, when=when))
    return questions


@st.composite
def random_items(draw: st.DrawFn, code: str) -> Item:
    """An item that asks for some of the standard papers, in its own way, and issues perhaps one."""
    questions = draw(question_lists("q"))
    wanted = draw(st.lists(st.sampled_from(STANDARDS), unique=True))
    papers = tuple(draw(_papers(standard, questions)) for standard in wanted)
    names = draw(st.lists(st.sampled_from(("name", "phone", "place")), unique=True))
    kinds = st.sampled_from((FieldKind.TEXT, FieldKind.PHONE))
    fields = tuple(
        FormField(
            id=name,
            title=name,
            kind=draw(kinds),
            required=draw(st.booleans()),
            when=draw(conditions(questions)),
        )
        for name in names
    )
    made = draw(st.lists(st.sampled_from(STANDARDS), max_size=1))
    return item(
        code, f"事项{code[-1]}", questions=questions, materials=papers, fields=fields, produces=tuple(made)
    )


def _papers(standard: str, questions: tuple[Question, ...]) -> st.SearchStrategy[Material]:
    ways = st.sampled_from((OriginalRule.SIGHTED, OriginalRule.KEPT))
    return st.builds(
        lambda when, original, need, pages: paper(
            standard, when=when, original=original, need=need, pages_min=pages
        ),
        conditions(questions),
        ways,
        st.sampled_from(tuple(Need)),
        st.integers(1, 2),
    )


@st.composite
def joinings(draw: st.DrawFn) -> Joining:
    """Matters of two or three items; perhaps they share their first question, perhaps some stay away."""
    items = tuple(draw(random_items(code)) for code in CODES[: draw(st.integers(2, 3))])
    own = draw(question_lists("m", 2))
    whens = {item.code: draw(conditions(own)) for item in items}
    askers = [f"{item.code}.q0" for item in items if item.questions]
    may_share = len({len(item.questions[0].options) for item in items if item.questions}) == 1
    same = {"shared": tuple(askers)} if len(askers) > 1 and may_share and draw(st.booleans()) else {}
    return Joining(matter(*items, questions=own, when=whens, same=same), items)


def answered(joined: Item, choose: Callable[[Question], str]) -> dict[str, str]:
    """Answer every question as it comes up."""
    answers: dict[str, str] = {}
    for question in joined.questions:
        if question.when.holds(answers):
            answers[question.id] = choose(question)
    return answers


def own_answers(joining: Joining, member: Item, answers: Answers) -> dict[str, str]:
    """What the joined answers say to one member, worked out anew."""
    named = {own: name for name, owns in joining.matter.same.items() for own in owns}
    names = {q.id: named.get(f"{member.code}.{q.id}", f"{member.code}-{q.id}") for q in member.questions}
    said = {q.id: answers.get(names[q.id], "") for q in member.questions}
    known = {q.id: {option.id for option in q.options} for q in member.questions}
    return relevant_answers(member, {q: o for q, o in said.items() if o in known[q]})


def taking_part(joining: Joining, answers: Answers) -> list[Item]:
    """The items that take part under these answers."""
    when = joining.matter.when
    return [one for one in joining.items if when.get(one.code, ALWAYS).holds(answers)]


def asked_for(joining: Joining, answers: Answers) -> dict[str, list[Material]]:
    """Standard id -> how each member that takes part asks for it, but for what another one issues."""
    present = taking_part(joining, answers)
    found: dict[str, list[Material]] = {}
    for member in present:
        for material in derive(member, own_answers(joining, member, answers)):
            if not any(material.standard_id in o.produces for o in present if o is not member):
                found.setdefault(material.standard_id, []).append(material)
    return found
