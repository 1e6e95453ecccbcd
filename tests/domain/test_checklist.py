from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workstation.domain.case import (
    Answered,
    Applicant,
    ApplicantSet,
    Case,
    Custody,
    Entry,
    FieldSet,
    FieldValue,
    HomeStreetSet,
    Opened,
    Origin,
    OriginalMarked,
    Page,
    PageAdded,
    Payload,
    Reuse,
    SlotDeferred,
    SlotReused,
    TrustLevel,
)
from workstation.domain.checklist import (
    SlotStatus,
    Todo,
    active_fields,
    checklist,
    derive,
    open_questions,
    readiness,
    relevant_answers,
    situation_title,
)
from workstation.domain.errors import UnknownAnswer
from workstation.domain.folding import fold
from workstation.domain.forms import FieldSource, FormField
from workstation.domain.items import AgentRule, Elements, Hours, Item, Limit, Material
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
from workstation.domain.situations import Clause, Option, Question, When

NOON = datetime(2026, 11, 2, 4, 0, tzinfo=UTC)


def when(*clauses: tuple[str, str]) -> When:
    return When((tuple(Clause(question, frozenset(options.split("|"))) for question, options in clauses),))


def page(number: int = 1) -> Page:
    return Page(
        page_id=f"page-{number}",
        sha256=f"{number:064x}",
        size=1000,
        media_type="image/webp",
        width_px=2480,
        height_px=3508,
        resolution_dpi=300,
        source="test",
        taken_at=NOON,
    )


def log(*payloads: Payload) -> list[Entry]:
    opened = Opened(
        number="W03-0001", item_code="X", pack_version="1", window="03", receiving_street="HF", ticket="A1"
    )
    return [
        Entry(case_id="c", seq=n, at=NOON + timedelta(seconds=n), tick=n, actor="clerk", payload=payload)
        for n, payload in enumerate((opened, *payloads), start=1)
    ]


def case_of(*payloads: Payload) -> Case:
    return fold(log(*payloads))


def person() -> Applicant:
    return Applicant(name="赵样本", id_number="440304196001159971")


def material(
    name: str,
    *,
    original: OriginalRule = OriginalRule.SIGHTED,
    need: Need = Need.REQUIRED,
    pages: int = 1,
    condition: When | None = None,
) -> Material:
    return Material(
        id=name,
        title=f"材料 {name}",
        standard_id=f"std-{name}",
        original=original,
        need=need,
        basis="样例依据",
        standard="清晰",
        issuer="样例机关",
        pages_min=pages,
        pages_max=pages + 1,
        when=condition or When(),
    )


ITEM = Item(
    code="440620001001",
    implementation_code="",
    title="样例事项",
    plain_title="样例",
    main_item="样例",
    sub_item="样例",
    city="深圳市",
    authority="样例机关",
    item_type="20",
    level=5,
    instant=False,
    mode=HandlingMode.COLLECT_FOR_HOME,
    routing=Routing.HOUSEHOLD,
    acceptance_delegated=False,
    conditions=(),
    questions=(
        Question("kind", "办理情形", (Option("first", "首次办理", "办法第五条"), Option("lost", "遗失补办"))),
        Question("who", "由谁办理", (Option("self", "本人"), Option("agent", "代办"))),
        Question(
            "kin", "代办人身份", (Option("child", "子女"), Option("other", "其他人")), when(("who", "agent"))
        ),
    ),
    materials=(
        material("id-card", pages=2),
        material("photo", original=OriginalRule.KEPT, condition=when(("kind", "first"))),
        material("statement", need=Need.TOLERABLE, condition=when(("kind", "lost"))),
        material("agent-id", condition=when(("who", "agent"))),
        material("proxy", condition=when(("who", "agent"), ("kin", "other"))),
        material("form", original=OriginalRule.FORM),
    ),
    fields=(
        FormField(id="name", title="姓名", max_length=5, sources=(FieldSource("id-card-front", "name"),)),
        FormField(id="id_number", title="号码", kind=FieldKind.ID_NUMBER),
        FormField(id="note", title="备注", required=False),
        FormField(id="agent", title="代办人", when=when(("who", "agent"))),
    ),
    statutory=None,
    promised=Limit(30, LimitUnit.CALENDAR_DAY),
    correction=CorrectionRule.ON_SPOT_OR_5_WORKDAYS,
    fee="不收费",
    result="证",
    delivery=("窗口领取",),
    agents=AgentRule(kinds=(AgentKind.AUTHORISED,)),
    category=WindowCategory.SOCIAL_AFFAIRS,
    reach=Reach.CITY,
    flags=frozenset(),
    hours=Hours(words="工作日"),
    elements=Elements(power_source="1", body_kind="1", place="样例大厅", result_kind="证照"),
    visits=1,
    legal_basis=("样例依据",),
    contact="",
    complaint="",
    sources=(),
)


def line_of(case: Case, name: str, item: Item = ITEM) -> tuple[SlotStatus, Todo, int]:
    line = next(line for line in checklist(item, case).lines if line.material.id == name)
    return line.status, line.todo, line.pages


def ids(materials: tuple[Material, ...]) -> list[str]:
    return [material.id for material in materials]


answer_sets = st.fixed_dictionaries(
    {},
    optional={
        question.id: st.sampled_from([option.id for option in question.options])
        for question in ITEM.questions
    },
)


def test_questions_open_one_after_another() -> None:
    assert [q.id for q in open_questions(ITEM, {})] == ["kind", "who"]
    assert [q.id for q in open_questions(ITEM, {"kind": "first", "who": "agent"})] == ["kin"]
    assert open_questions(ITEM, {"kind": "first", "who": "self"}) == ()


def test_an_answer_to_a_question_no_longer_asked_counts_no_more() -> None:
    answers = {"kin": "other", "who": "self", "kind": "first"}
    assert relevant_answers(ITEM, answers) == {"kind": "first", "who": "self"}
    assert ids(derive(ITEM, answers)) == ["id-card", "photo", "form"]
    assert situation_title(ITEM, answers) == "首次办理 · 本人"


@pytest.mark.parametrize("answers", [{"colour": "blue"}, {"kind": "third"}])
def test_an_answer_the_item_does_not_have_is_refused(answers: dict[str, str]) -> None:
    with pytest.raises(UnknownAnswer):
        derive(ITEM, answers)


@given(answer_sets, st.randoms(use_true_random=False))
def test_the_order_of_answers_changes_nothing(answers: dict[str, str], random: Random) -> None:
    shuffled = list(answers.items())
    random.shuffle(shuffled)
    assert derive(ITEM, answers) == derive(ITEM, dict(shuffled))
    given_in_order = case_of(*(Answered(question=q, option=o) for q, o in answers.items()))
    given_shuffled = case_of(*(Answered(question=q, option=o) for q, o in shuffled))
    assert checklist(ITEM, given_in_order) == checklist(ITEM, given_shuffled)


@given(answer_sets)
def test_no_material_is_asked_twice_and_relevance_is_stable(answers: dict[str, str]) -> None:
    names = ids(derive(ITEM, answers))
    assert len(names) == len(set(names))
    relevant = relevant_answers(ITEM, answers)
    assert relevant_answers(ITEM, relevant) == relevant
    assert not set(relevant) & {question.id for question in open_questions(ITEM, answers)}


def test_a_line_says_which_answer_and_which_rule_ask_for_it() -> None:
    case = case_of(Answered(question="kind", option="first"))
    photo = next(line for line in checklist(ITEM, case).lines if line.material.id == "photo")
    assert photo.reasons == ("办理情形: 首次办理 (办法第五条)", "样例依据")


def test_a_slot_goes_from_missing_to_seen_and_returned() -> None:
    scans = PageAdded(slot="id-card", page=page(1)), PageAdded(slot="id-card", page=page(2))
    assert line_of(case_of(), "id-card") == (SlotStatus.MISSING, Todo.SCAN, 0)
    assert line_of(case_of(scans[0]), "id-card") == (SlotStatus.SCANNED, Todo.SCAN_MORE, 1)
    assert line_of(case_of(*scans), "id-card") == (SlotStatus.SCANNED, Todo.MARK_ORIGINAL, 2)
    returned = OriginalMarked(slot="id-card", custody=Custody.RETURNED)
    assert line_of(case_of(*scans, returned), "id-card") == (SlotStatus.SEEN_RETURNED, Todo.NOTHING, 2)
    many = [PageAdded(slot="id-card", page=page(n)) for n in range(1, 5)]
    assert line_of(case_of(*many, returned), "id-card")[1] is Todo.REMOVE_PAGES


def test_a_kept_original_is_scanned_and_held() -> None:
    first = Answered(question="kind", option="first")
    held = OriginalMarked(slot="photo", custody=Custody.HELD)
    case = case_of(first, PageAdded(slot="photo", page=page()), held)
    assert line_of(case, "photo") == (SlotStatus.SCANNED, Todo.NOTHING, 1)


def test_only_a_tolerable_material_of_an_item_that_is_not_instant_may_follow() -> None:
    lost = Answered(question="kind", option="lost")
    case = case_of(
        lost,
        SlotDeferred(slot="statement", due=date(2026, 12, 1)),
        SlotDeferred(slot="id-card", due=date(2026, 12, 1)),
    )
    assert line_of(case, "statement") == (SlotStatus.LATER, Todo.NOTHING, 0)
    assert line_of(case, "id-card")[0] is SlotStatus.MISSING
    assert line_of(case, "statement", replace(ITEM, instant=True))[0] is SlotStatus.MISSING


def reuse() -> Reuse:
    return Reuse(
        source_case="W01-0007",
        pages=(page(7), page(8)),
        level=TrustLevel.B,
        checked_by="clerk",
        checked_on=date(2026, 3, 2),
        consent_at=NOON,
        consent_way="signed",
    )


def test_a_reused_copy_fills_the_slot_and_the_form_is_made_here() -> None:
    case = case_of(SlotReused(slot="id-card", reuse=reuse()))
    assert line_of(case, "id-card") == (SlotStatus.REUSED, Todo.NOTHING, 2)
    assert line_of(case, "form") == (SlotStatus.GENERATED, Todo.NOTHING, 0)
    assert checklist(ITEM, case).complete
    assert checklist(ITEM, case).done_count == 2


def test_pages_of_a_slot_no_longer_asked_for_are_shown_not_lost() -> None:
    case = case_of(
        Answered(question="kind", option="first"),
        PageAdded(slot="photo", page=page(3)),
        Answered(question="kind", option="lost"),
    )
    (waiting,) = checklist(ITEM, case).tray
    assert checklist(ITEM, case).tray_pages == 1
    assert (waiting.slot, waiting.title, waiting.content.pages) == ("photo", "材料 photo", (page(3),))


@given(
    answer_sets, st.lists(st.sampled_from(["id-card", "photo", "statement", "agent-id", "proxy"]), max_size=8)
)
def test_every_scanned_page_stands_on_a_line_or_in_the_tray(
    answers: dict[str, str], slots: list[str]
) -> None:
    scans = [PageAdded(slot=slot, page=page(n)) for n, slot in enumerate(slots)]
    listed = checklist(ITEM, case_of(*scans, *(Answered(question=q, option=o) for q, o in answers.items())))
    on_lines = sum(line.pages for line in listed.lines)
    assert on_lines + listed.tray_pages == len(slots)


def test_readiness_names_all_that_is_missing_in_the_order_of_the_steps() -> None:
    assert readiness(ITEM, case_of()).missing == (
        "question:kind",
        "question:who",
        "applicant",
        "home-street",
        "material:id-card",
        "field:name",
        "field:id_number",
    )


def ready_payloads() -> list[Payload]:
    return [
        Answered(question="kind", option="lost"),
        Answered(question="who", option="self"),
        ApplicantSet(applicant=person()),
        HomeStreetSet(street="XMH"),
        SlotReused(slot="id-card", reuse=reuse()),
        SlotDeferred(slot="statement", due=date(2026, 12, 1)),
        FieldSet(field="name", value=FieldValue(value="赵样本", origin=Origin.CARD)),
        FieldSet(field="id_number", value=FieldValue(value="11010519491231002X", origin=Origin.TYPED)),
    ]


def test_a_case_with_all_in_place_is_ready() -> None:
    assert readiness(ITEM, case_of(*ready_payloads())).ready


def test_an_item_routed_to_the_receiving_street_needs_no_home_street() -> None:
    case = case_of(*(p for p in ready_payloads() if not isinstance(p, HomeStreetSet)))
    assert readiness(ITEM, case).missing == ("home-street",)
    assert readiness(replace(ITEM, routing=Routing.RECEIVING), case).ready


def test_a_proposal_bars_receiving_until_a_person_confirms_it() -> None:
    payloads = [*ready_payloads(), FieldSet(field="note", value=FieldValue(value="识别", origin=Origin.OCR))]
    (problem,) = readiness(ITEM, case_of(*payloads)).fields
    assert (problem.field.id, problem.problems) == ("note", ("unconfirmed",))
    confirmed = FieldValue(value="识别", origin=Origin.OCR, confirmed_by="clerk")
    assert readiness(ITEM, case_of(*payloads, FieldSet(field="note", value=confirmed))).ready


def test_a_number_that_fails_its_check_digit_bars_receiving_even_when_confirmed() -> None:
    wrong = FieldValue(value="110105194912310021", origin=Origin.TYPED, confirmed_by="clerk")
    case = case_of(*ready_payloads(), FieldSet(field="id_number", value=wrong))
    (problem,) = readiness(ITEM, case).fields
    assert problem.problems == ("id-check-digit",)


def test_fields_follow_the_answers() -> None:
    assert [f.id for f in active_fields(ITEM, {"who": "agent"})] == ["name", "id_number", "note", "agent"]
    assert [f.id for f in active_fields(ITEM, {"who": "self"})] == ["name", "id_number", "note"]
