"""The guidance engine against its definition: all completions of the answers, one by one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from tests.domain.test_checklist import ITEM, case_of, ids, material, page, when
from workstation.domain.case import Answered, PageAdded, PageMoved, PageRemoved, Payload
from workstation.domain.checklist import checklist, derive
from workstation.domain.forms import FormField
from workstation.domain.guidance import guide, what_if
from workstation.domain.items import Item
from workstation.domain.situations import Clause, Option, Question, When

Outcome = tuple[frozenset[str], frozenset[str], bool]


def outcome(item: Item, answers: Mapping[str, str]) -> Outcome:
    """What a complete set of answers leads to, by the plain words of the rule."""
    relevant: dict[str, str] = {}
    for question in item.questions:
        if question.when.holds(relevant):
            relevant[question.id] = answers[question.id]
    return (
        frozenset(m.id for m in item.materials if m.when.holds(relevant)),
        frozenset(f.id for f in item.fields if f.when.holds(relevant)),
        item.second_street is not None and item.second_street.holds(relevant),
    )


def completions(item: Item, answers: Mapping[str, str]) -> Iterator[dict[str, str]]:
    choices = [
        [answers[q.id]] if q.id in answers else [option.id for option in q.options] for q in item.questions
    ]
    for options in product(*choices):
        yield {q.id: option for q, option in zip(item.questions, options, strict=True)}


def still_changes(item: Item, answers: Mapping[str, str], question: Question) -> bool:
    return any(
        len({outcome(item, {**complete, question.id: option.id}) for option in question.options}) > 1
        for complete in completions(item, answers)
    )


OPTIONS = ("a", "b", "c")


@st.composite
def conditions(draw: st.DrawFn, questions: list[str]) -> When:
    if not questions:
        return When()
    clause = st.builds(
        Clause, st.sampled_from(questions), st.frozensets(st.sampled_from(OPTIONS), min_size=1, max_size=3)
    )
    groups = st.lists(st.lists(clause, min_size=1, max_size=2).map(tuple), max_size=2)
    return When(tuple(draw(groups)))


@st.composite
def items(draw: st.DrawFn) -> Item:
    names = [f"q{n}" for n in range(draw(st.integers(1, 4)))]
    questions = tuple(
        Question(
            name,
            name,
            tuple(Option(o, o) for o in OPTIONS[: draw(st.integers(2, 3))]),
            draw(conditions(names[:n])),
        )
        for n, name in enumerate(names)
    )
    return replace(
        ITEM,
        questions=questions,
        materials=tuple(material(f"m{n}", condition=draw(conditions(names))) for n in range(3)),
        fields=(FormField(id="f", title="f", when=draw(conditions(names))),),
        second_street=draw(st.none() | conditions(names)),
    )


@st.composite
def answered_items(draw: st.DrawFn) -> tuple[Item, dict[str, str]]:
    item = draw(items())
    optional = {q.id: st.sampled_from([option.id for option in q.options]) for q in item.questions}
    return item, draw(st.fixed_dictionaries({}, optional=optional))


@given(answered_items())
def test_a_question_is_open_exactly_while_some_completion_makes_its_options_differ(
    made: tuple[Item, dict[str, str]],
) -> None:
    item, answers = made
    open_ids = {q.id for q in guide(item, answers).open_questions}
    for question in item.questions:
        if question.id in open_ids:
            assert question.id not in answers and still_changes(item, answers, question)
        elif question.id not in answers and still_changes(item, answers, question):
            # It can change something, but whether it is asked hangs on a question that is open.
            assert open_ids and question.when.any_of


@given(answered_items())
def test_what_is_asked_for_is_what_every_completion_asks_for(made: tuple[Item, dict[str, str]]) -> None:
    item, answers = made
    guidance = guide(item, answers)
    outcomes = [outcome(item, complete) for complete in completions(item, answers)]
    assert {m.id for m in guidance.materials} == frozenset.intersection(*(o[0] for o in outcomes))
    assert {f.id for f in guidance.fields} == frozenset.intersection(*(o[1] for o in outcomes))
    assert guidance.second_street is all(o[2] for o in outcomes)
    if not guidance.open_questions:
        assert len(set(outcomes)) == 1


@given(items(), st.data())
def test_answering_only_what_is_asked_leads_to_the_list_of_any_completion(
    item: Item, data: st.DataObject
) -> None:
    answers: dict[str, str] = {}
    while questions := guide(item, answers).open_questions:
        question = data.draw(st.sampled_from(questions))
        assert question.options
        answers[question.id] = data.draw(st.sampled_from(question.options)).id
    assert {outcome(item, complete) for complete in completions(item, answers)} == {
        (
            frozenset(ids(guide(item, answers).materials)),
            frozenset(f.id for f in guide(item, answers).fields),
            guide(item, answers).second_street,
        )
    }


def test_a_question_whose_answer_changes_nothing_any_more_is_not_asked() -> None:
    colour = Question("colour", "颜色", (Option("blue", "蓝"), Option("yellow", "黄")))
    item = replace(
        ITEM,
        questions=(*ITEM.questions, colour),
        materials=(*ITEM.materials, material("sash", condition=when(("kind", "lost"), ("colour", "blue")))),
    )
    assert [q.id for q in guide(item, {}).open_questions] == ["kind", "who", "colour"]
    assert [q.id for q in guide(item, {"kind": "first"}).open_questions] == ["who"]
    assert [q.id for q in guide(item, {"kind": "lost"}).open_questions] == ["who", "colour"]


def test_what_every_answer_asks_for_is_asked_for_before_the_answer() -> None:
    item = replace(ITEM, materials=(material("proof", condition=when(("kind", "first|lost"))),), fields=())
    assert ids(guide(item, {}).materials) == ["proof"] and guide(item, {}).open_questions == ()


def test_another_answer_says_what_it_would_add_and_take_away() -> None:
    change = what_if(ITEM, {"kind": "first"}, "kind", "lost")
    assert (ids(change.added), ids(change.removed)) == (["statement"], ["photo"])
    assert ids(what_if(ITEM, {}, "who", "agent").added) == ["agent-id"]


def test_conditions_that_hang_on_each_other_are_never_asked() -> None:
    item = replace(
        ITEM,
        questions=(
            Question("q0", "q0", (Option("a", "a"), Option("b", "b")), when(("q1", "a"))),
            Question("q1", "q1", (Option("a", "a"), Option("b", "b")), when(("q0", "a"))),
        ),
        materials=(material("m", condition=when(("q0", "a"), ("q1", "a"))),),
        fields=(),
    )
    assert guide(item, {}).open_questions == () and guide(item, {}).materials == ()


SLOTS = ("id-card", "photo", "statement", "agent-id", "proxy")
actions = st.one_of(
    st.tuples(st.just("add"), st.sampled_from(SLOTS)),
    st.tuples(st.just("remove"), st.sampled_from(SLOTS)),
    st.tuples(st.just("move"), st.sampled_from(SLOTS), st.sampled_from(SLOTS)),
    st.sampled_from([("answer", q.id, option.id) for q in ITEM.questions for option in q.options]),
)


@given(st.lists(actions, max_size=14))
def test_no_order_of_answers_loses_a_page(steps: list[tuple[str, ...]]) -> None:
    payloads: list[Payload] = []
    added = removed = 0
    for step in steps:
        pages = case_of(*payloads).slot(step[1]).pages
        if step[0] == "answer":
            payloads.append(Answered(question=step[1], option=step[2]))
        elif step[0] == "add":
            added += 1
            payloads.append(PageAdded(slot=step[1], page=page(added)))
        elif pages and step[0] == "remove":
            removed += 1
            payloads.append(PageRemoved(slot=step[1], page_id=pages[-1].page_id))
        elif pages and step[0] == "move":
            payloads.append(PageMoved(slot=step[1], page_id=pages[0].page_id, to=step[2]))
    case = case_of(*payloads)
    listed = checklist(ITEM, case)
    assert sum(line.pages for line in listed.lines) + listed.tray_pages == added - removed
    final = {step[1]: step[2] for step in steps if step[0] == "answer"}
    assert tuple(line.material for line in listed.lines) == derive(ITEM, final)
