"""Joining the items of a matter: every paper once, no approver without what it needs."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.domain.joining import (
    CODES,
    Joining,
    answered,
    ask,
    asked_for,
    conditions,
    item,
    joinings,
    matter,
    on,
    own_answers,
    paper,
    question_lists,
    taking_part,
)
from workstation.domain.checklist import active_fields, derive, open_questions
from workstation.domain.conditions import NEVER, and_also, is_never, negated, or_else, renamed
from workstation.domain.forms import FieldRule, FieldSource, FormField, FormLayout, Section
from workstation.domain.items import AgentRule, Item, Limit
from workstation.domain.kinds import (
    AgentKind,
    CorrectionRule,
    FieldKind,
    HandlingMode,
    ItemFlag,
    LimitUnit,
    Need,
    OriginalRule,
    Routing,
    RuleKind,
    Stage,
)
from workstation.domain.matters import branches, join, longest
from workstation.domain.situations import ALWAYS, Answers, Question

Choice = st.randoms(use_true_random=False)
FIRST, SECOND, THIRD = CODES


# --- conditions ---------------------------------------------------------------------------------------------


@st.composite
def worlds(draw: st.DrawFn) -> tuple[tuple[Question, ...], Answers]:
    """Questions and an answer to each that is asked."""
    questions = draw(question_lists("q"))
    dice = draw(Choice)
    return questions, answered(item(questions=questions), lambda q: dice.choice(q.options).id)


@given(worlds().flatmap(lambda w: st.tuples(st.just(w), conditions(w[0]), conditions(w[0]))))
def test_conditions_combine_as_the_words_say(drawn) -> None:  # type: ignore[no-untyped-def]
    (questions, answers), one, other = drawn
    by_id = {question.id: question for question in questions}
    assert and_also(one, other).holds(answers) is (one.holds(answers) and other.holds(answers))
    assert or_else(one, other).holds(answers) is (one.holds(answers) or other.holds(answers))
    assert negated(one, by_id).holds(answers) is not one.holds(answers)
    assert and_also(one, ALWAYS).holds(answers) is one.holds(answers)
    assert or_else(one, ALWAYS) == ALWAYS
    assert not and_also(one, NEVER).holds(answers)
    assert or_else(one, NEVER).holds(answers) is one.holds(answers)


def test_a_condition_that_contradicts_itself_is_never() -> None:
    assert is_never(and_also(on("q", "a"), on("q", "b")))
    assert is_never(negated(ALWAYS, {}))
    assert not is_never(on("q", "a"))
    assert or_else() == NEVER
    assert and_also() == ALWAYS


def test_a_wider_group_takes_in_the_narrower() -> None:
    assert or_else(on("q", "a", "b"), and_also(on("q", "a"), on("p", "x"))) == on("q", "a", "b")


def test_two_questions_that_become_one_must_both_hold() -> None:
    both = and_also(on("p", "a", "b"), on("q", "b", "c"))
    assert renamed(both, {"p": "s", "q": "s"}) == on("s", "b")


# --- the joined checklist -----------------------------------------------------------------------------------


@given(joinings(), Choice)
@settings(max_examples=30)
def test_the_joined_checklist_is_the_union_without_repeats(joining: Joining, dice) -> None:  # type: ignore[no-untyped-def]
    joined = join(joining.matter, joining.items)
    answers = answered(joined, lambda question: dice.choice(question.options).id)
    expected = asked_for(joining, answers)
    lines = derive(joined, answers)
    assert sorted(line.standard_id for line in lines) == sorted(expected)
    for line in lines:
        asked = expected[line.standard_id]
        assert (line.original is OriginalRule.KEPT) is any(m.original is OriginalRule.KEPT for m in asked)
        assert (line.need is Need.REQUIRED) is any(m.need is Need.REQUIRED for m in asked)
        assert line.pages_min == max(m.pages_min for m in asked)


@given(joinings(), Choice)
@settings(max_examples=30)
def test_each_fact_is_typed_once_and_reaches_all_who_ask(joining: Joining, dice) -> None:  # type: ignore[no-untyped-def]
    joined = join(joining.matter, joining.items)
    answers = answered(joined, lambda question: dice.choice(question.options).id)
    present = taking_part(joining, answers)
    asked = {
        (field.title, field.kind)
        for member in present
        for field in active_fields(member, own_answers(joining, member, answers))
    }
    fields = active_fields(joined, answers)
    assert {(field.title, field.kind) for field in fields} == asked
    assert len({field.id for field in fields}) == len(fields) == len(asked)


@given(joinings(), Choice)
@settings(max_examples=30)
def test_every_approver_gets_what_it_needs_and_nothing_else(joining: Joining, dice) -> None:  # type: ignore[no-untyped-def]
    joined = join(joining.matter, joining.items)
    answers = answered(joined, lambda question: dice.choice(question.options).id)
    parts = branches(joining.matter, joining.items, answers)
    present = taking_part(joining, answers)
    assert [part.item_code for part in parts] == [member.code for member in present]
    asked = asked_for(joining, answers)
    for part, member in zip(parts, present, strict=True):
        wanted = {m.standard_id for m in derive(member, own_answers(joining, member, answers))}
        standards = [joined.material(name).standard_id for name in part.materials]
        assert sorted(standards) == sorted(wanted & asked.keys())
        own = active_fields(member, own_answers(joining, member, answers))
        assert len(part.fields) == len(own)
    listed = {name for part in parts for name in part.materials}
    assert {material.id for material in derive(joined, answers)} == listed


@given(joinings(), Choice)
@settings(max_examples=30)
def test_where_not_all_is_asked_every_line_still_has_its_approver(joining: Joining, dice) -> None:  # type: ignore[no-untyped-def]
    joined = join(joining.matter, joining.items)
    answers: dict[str, str] = {}
    while questions := open_questions(joined, answers):
        answers[questions[0].id] = dice.choice(questions[0].options).id
    parts = branches(joining.matter, joining.items, answers)
    assert {m.id for m in derive(joined, answers)} == {name for part in parts for name in part.materials}
    assert {f.id for f in active_fields(joined, answers)} == {name for part in parts for name in part.fields}


@given(joinings())
@settings(max_examples=30)
def test_ids_are_unique_and_no_condition_looks_ahead(joining: Joining) -> None:
    joined = join(joining.matter, joining.items)
    for parts in (joined.questions, joined.materials, joined.fields):
        names = [part.id for part in parts]
        assert len(set(names)) == len(names)
    for place, question in enumerate(joined.questions):
        known = {earlier.id for earlier in joined.questions[:place]}
        assert {clause.question for group in question.when.any_of for clause in group} <= known


# --- one barber's shop --------------------------------------------------------------------------------------

STAFF = ask("staff", "yes", "no", title="是否雇人")
REGISTRATION = item(
    FIRST,
    "个体户登记",
    questions=(ask("who", "self", "agent", title="由谁办理"), ask("premises", "own", "rented")),
    materials=(
        paper("id-card", pages_min=2, pages_max=2, document_kind="id-card-front", back_kind="id-card-back"),
        paper("lease", when=on("premises", "rented")),
        paper("title-deed", when=on("premises", "own")),
        paper("proxy", when=on("who", "agent")),
        paper("application-form", title="登记申请书", original=OriginalRule.FORM),
    ),
    fields=(
        FormField(id="name", title="姓名", sources=(FieldSource("id-card-front", "name"),)),
        FormField(id="kind", title="组成形式", kind=FieldKind.CHOICE, choices=("个人", "家庭")),
        FormField(id="since", title="开业日期", kind=FieldKind.DATE),
    ),
    produces=("business-licence",),
)
HYGIENE = item(
    SECOND,
    "卫生许可",
    questions=(ask("who", "self", "agent", title="由谁办理"), ask("air", "yes", "no", title="中央空调")),
    materials=(
        paper("id-card", pages_min=2, pages_max=2, need=Need.TOLERABLE),
        paper("business-licence", document_kind="business-licence"),
        paper("floor-plan"),
        paper("lease", original=OriginalRule.KEPT, basis="卫生依据"),
        paper("air-report", when=on("air", "yes")),
        paper("application-form", title="许可申请表", original=OriginalRule.FORM),
    ),
    fields=(
        FormField(id="name", title="姓名", required=False, max_length=50),
        FormField(id="kind", title="场所类别", kind=FieldKind.CHOICE, choices=("理发", "美容")),
        FormField(id="until", title="完工日期", kind=FieldKind.DATE),
        FormField(id="uscc", title="统一社会信用代码", sources=(FieldSource("business-licence", "uscc"),)),
    ),
    form=FormLayout(
        title="",
        sections=(Section("place", "场所"), Section("visit", "现场", Stage.HANDLING)),
        rules=(FieldRule(RuleKind.NOT_AFTER, ("until", "name"), "顺序"),),
        agency_part=("卫生部门意见",),
    ),
)
LABOUR = item(THIRD, "用工备案", materials=(paper("contract"), paper("lease")), authority="人社局")
SHOP = matter(
    REGISTRATION,
    HYGIENE,
    LABOUR,
    questions=(STAFF,),
    when={THIRD: on("staff", "yes")},
    same={"who": (f"{FIRST}.who", f"{SECOND}.who")},
)
ITEMS = (REGISTRATION, HYGIENE, LABOUR)
JOINED = join(SHOP, ITEMS)
SITUATION = {"staff": "no", "who": "self", f"{FIRST}-premises": "rented", f"{SECOND}-air": "no"}


def test_what_one_approver_issues_no_other_asks_for() -> None:
    for staff, who, premises, air in product(
        ("yes", "no"), ("self", "agent"), ("own", "rented"), ("yes", "no")
    ):
        answers = {"staff": staff, "who": who, f"{FIRST}-premises": premises, f"{SECOND}-air": air}
        standards = [material.standard_id for material in derive(JOINED, answers)]
        assert "business-licence" not in standards
        assert len(set(standards)) == len(standards)


def test_a_licence_is_asked_for_where_nobody_who_takes_part_issues_it() -> None:
    has_one = replace(SHOP, when={**SHOP.when, FIRST: on("staff", "no")})
    joined = join(has_one, ITEMS)
    answers = {"staff": "yes", "who": "self", f"{SECOND}-air": "no"}
    assert "business-licence" in [m.standard_id for m in derive(joined, answers)]
    assert "uscc" in [field.id for field in active_fields(joined, answers)]
    assert "business-licence" not in [m.standard_id for m in derive(joined, SITUATION)]
    assert "uscc" not in [field.id for field in active_fields(joined, SITUATION)]


def test_the_usual_shop_needs_exactly_these_papers() -> None:
    lines = {m.id: m for m in derive(JOINED, SITUATION)}
    assert set(lines) == {"id-card", "lease", "floor-plan", "application-form"}
    assert lines["id-card"].need is Need.REQUIRED
    assert (lines["id-card"].document_kind, lines["id-card"].back_kind) == ("id-card-front", "id-card-back")
    assert lines["lease"].original is OriginalRule.KEPT
    assert lines["application-form"].title == "我要开店申请表"


def test_a_line_names_every_ground_it_is_asked_for_on() -> None:
    lease = next(m for m in derive(JOINED, SITUATION) if m.standard_id == "lease")
    assert lease.basis == "样例依据; 卫生依据"
    plan = next(m for m in JOINED.materials if m.id == "floor-plan")
    assert plan.basis == "样例依据"


def test_the_shared_question_is_asked_once_and_equal_titles_are_told_apart() -> None:
    assert [q.id for q in JOINED.questions] == ["staff", "who", f"{FIRST}-premises", f"{SECOND}-air"]
    apart = join(replace(SHOP, same={}), ITEMS)
    assert [q.title for q in apart.questions if q.title.endswith("由谁办理")] == [
        "个体户登记: 由谁办理",
        "卫生许可: 由谁办理",
    ]


def test_questions_of_other_options_are_not_the_same() -> None:
    other = replace(HYGIENE, questions=(ask("who", "self", "agent", "guardian"), *HYGIENE.questions[1:]))
    joined = join(SHOP, (REGISTRATION, other, LABOUR))
    assert {"who", f"{SECOND}-who"} <= {question.id for question in joined.questions}


def test_whether_an_item_takes_part_is_asked_though_no_paper_depends_on_it() -> None:
    silent = replace(LABOUR, materials=())
    joined = join(SHOP, (REGISTRATION, HYGIENE, silent))
    assert "staff" in {question.id for question in open_questions(joined, {})}


def test_the_form_has_a_common_part_and_one_for_each_approver() -> None:
    sections = {section.id: section.title for section in JOINED.form.sections}
    assert list(sections.values()) == ["申请人信息", "个体户登记", "卫生许可: 场所"]
    places = {field.title: sections[field.section] for field in JOINED.fields}
    assert places["姓名"] == "申请人信息"
    assert places["组成形式"] == "个体户登记"
    assert places["场所类别"] == "卫生许可: 场所"
    name = JOINED.fields[0]
    assert (name.id, name.required, name.max_length, len(name.sources)) == ("name", True, 50, 1)


def test_rules_and_boxes_of_the_approvers_come_along() -> None:
    assert JOINED.form.rules == (FieldRule(RuleKind.NOT_AFTER, ("until", "name"), "顺序"),)
    assert JOINED.form.agency_part == ("个体户登记: 审批意见", "卫生许可: 卫生部门意见", "用工备案: 审批意见")


def test_fields_named_the_same_are_typed_once() -> None:
    same = {**SHOP.same, "opening": (f"{FIRST}.since", f"{SECOND}.until")}
    joined = join(replace(SHOP, same=same), ITEMS)
    assert [f.id for f in joined.fields if f.kind is FieldKind.DATE] == ["opening"]
    assert joined.form.rules[0].fields == ("opening", "name")
    taking = [p for p in branches(replace(SHOP, same=same), ITEMS, SITUATION) if "opening" in p.fields]
    assert [p.item_code for p in taking] == [FIRST, SECOND]


def test_the_branches_are_those_that_take_part() -> None:
    parts = branches(SHOP, ITEMS, SITUATION)
    assert [p.item_code for p in parts] == [FIRST, SECOND]
    assert parts[1].materials == ("id-card", "floor-plan", "lease", "application-form")
    assert [p.item_code for p in branches(SHOP, ITEMS, {**SITUATION, "staff": "yes"})] == list(CODES)


# --- the other elements -------------------------------------------------------------------------------------


def test_the_head_of_the_joined_item() -> None:
    assert (JOINED.code, JOINED.title, JOINED.members) == ("open-shop", "我要开店", CODES)
    assert JOINED.authority == "个体户登记局、卫生许可局、人社局"
    assert JOINED.promised == Limit(7, LimitUnit.WORKDAY)
    assert JOINED.sources == ("一件事样例", "样例")


def pair(**parts: object) -> Item:
    """Join two items of which the second differs in these parts."""
    one, other = item(FIRST, "甲"), item(SECOND, "乙", **parts)
    return join(matter(one, other), (one, other))


def test_the_stricter_rule_counts() -> None:
    assert pair(correction=CorrectionRule.ON_SPOT).correction is CorrectionRule.ON_SPOT
    assert not pair(acceptance_delegated=False).acceptance_delegated
    assert not pair(instant=True).instant
    assert pair(credit_check=True).credit_check
    assert pair(mode=HandlingMode.COLLECT_FOR_HOME).mode is HandlingMode.JOINT
    assert pair(routing=Routing.HOUSEHOLD).routing is Routing.HOUSEHOLD
    assert pair(flags=frozenset({ItemFlag.ONLINE})).flags == frozenset()
    assert pair(item_type="07").item_type == "99"
    assert pair(visits=2).visits == 2


def test_an_agent_must_be_good_for_every_part() -> None:
    joined = pair(agents=AgentRule(kinds=(AgentKind.RELATIVE, AgentKind.GUARDIAN), min_age=20))
    assert joined.agents == AgentRule(kinds=(AgentKind.RELATIVE,), min_age=20)
    assert not pair(agents=AgentRule()).agent_allowed


def test_the_second_street_is_asked_where_one_part_needs_it() -> None:
    assert JOINED.second_street is None
    both = pair(
        questions=(ask("married", "yes", "no"),),
        second_street=on("married", "yes"),
        routing=Routing.BOTH_HOUSEHOLDS,
    )
    assert both.second_street == on(f"{SECOND}-married", "yes")
    assert both.routing is Routing.BOTH_HOUSEHOLDS


def test_words_that_differ_are_told_apart_by_item() -> None:
    assert pair().fee == "不收费"
    assert pair(fee="10 元").fee == "甲: 不收费; 乙: 10 元"


@pytest.mark.parametrize(
    ("limits", "expected"),
    [
        ([(20, "WORKDAY"), (45, "WORKDAY")], (45, "WORKDAY")),
        ([(20, "WORKDAY"), (15, "CALENDAR_DAY")], (20, "WORKDAY")),
        ([(5, "WORKDAY"), (30, "CALENDAR_DAY")], (30, "CALENDAR_DAY")),
        ([(20, "WORKDAY"), (30, "CALENDAR_DAY")], None),
        ([(15, "CALENDAR_DAY"), None], (15, "CALENDAR_DAY")),
        ([None, None], None),
    ],
)
def test_the_longest_limit_is_never_found_by_comparing_bare_numbers(
    limits: list[tuple[int, str] | None], expected: tuple[int, str] | None
) -> None:
    named = [Limit(n[0], LimitUnit(n[1])) if n else None for n in limits]
    assert longest(named) == (Limit(expected[0], LimitUnit(expected[1])) if expected else None)


def test_a_matter_without_any_of_its_items_cannot_be_joined() -> None:
    with pytest.raises(ValueError, match="open-shop"):
        join(SHOP, ())
    assert join(SHOP, (REGISTRATION,)).members == (FIRST,)
