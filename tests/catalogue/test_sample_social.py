"""The items of family planning, civil affairs and instant certificates ask for exactly their papers."""

from __future__ import annotations

from datetime import date

import pytest

from workstation.catalogue.loader import bundled_pack, load_pack
from workstation.catalogue.situations import situations
from workstation.domain.checklist import active_fields, derive, open_questions
from workstation.domain.items import Item
from workstation.domain.kinds import (
    AgentKind,
    CorrectionRule,
    ItemFlag,
    KnownFrom,
    OriginalRule,
    Routing,
    RuleKind,
)
from workstation.domain.situations import Known

PACK = load_pack(bundled_pack())
ITEMS = {item.title: item for item in PACK.items}
INSTANT = (
    "社保参保证明",
    "医保参保证明",
    "医保明细证明",
    "个人完税证明",
    "亲属关系证明",
    "政审材料证明",
    "档案存放证明",
    "福利分房证明",
)
WRITTEN = (
    "敬老优待证",
    "老年人优待卡",
    "高龄老人津贴",
    "生育登记",
    "临时救助",
    "社会保障卡申领",
    "居住证",
    "房屋租赁登记备案",
    "长寿保健金",
    "再生育审批",
    "少儿医保计划生育证明",
    "孕期检查和住院分娩计划生育证明",
    "医疗救助",
    "最低生活保障",
    "低收入家庭认定",
    "残疾人证",
    "残疾人康复救助",
    "特困人员供养",
    "孤儿基本生活保障",
    "困难残疾人生活补贴",
    "重度残疾人护理补贴",
    "独生子女父母计划生育奖励",
    *INSTANT,
)


def asked(title: str, **answers: str) -> set[str]:
    """Return ids of the materials; `again_reason` stands for `again-reason`."""
    item = ITEMS[title]
    given = {name.replace("_", "-"): option for name, option in answers.items()}
    assert not open_questions(item, given)
    return {material.id for material in derive(item, given)}


MARRIED = {"id-card", "spouse-id", "marriage-certificate", "application-form"}


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ({"marriage": "first", "child": "one", "place": "household"}, MARRIED),
        ({"marriage": "first", "child": "more", "place": "household"}, MARRIED | {"earlier-birth"}),
        ({"marriage": "first", "child": "one", "place": "residence"}, MARRIED | {"residence-permit"}),
        (
            {"marriage": "again", "again_reason": "divorced", "child": "one", "place": "household"},
            MARRIED | {"divorce-papers"},
        ),
        (
            {"marriage": "again", "again_reason": "widowed", "child": "more", "place": "residence"},
            MARRIED | {"death-certificate", "earlier-birth", "residence-permit"},
        ),
        ({"marriage": "single", "child": "one", "place": "household"}, {"id-card", "application-form"}),
    ],
)
def test_birth_registration_asks_for_exactly_its_papers(answers: dict[str, str], expected: set[str]) -> None:
    assert asked("生育登记", **answers) == expected


def test_birth_registration_is_verified_by_a_second_street_only_for_the_married() -> None:
    item = ITEMS["生育登记"]
    assert item.routing is Routing.BOTH_HOUSEHOLDS and item.second_street is not None
    assert [item.second_street.holds({"marriage": status}) for status in ("first", "again", "single")] == [
        True,
        True,
        False,
    ]


RELIEF = {"id-card", "household-register", "bank-account", "application-form"}


@pytest.mark.parametrize(
    ("cause", "papers"),
    [
        ("illness", {"diagnosis", "medical-invoice"}),
        ("accident", {"accident-papers"}),
        ("disaster", {"loss-list"}),
        ("education", {"expense-proof"}),
    ],
)
def test_temporary_relief_asks_for_exactly_its_papers(cause: str, papers: set[str]) -> None:
    assert asked("临时救助", cause=cause, family="ordinary", who="self") == RELIEF | papers
    needy = RELIEF | papers | {"minimum-certificate"}
    assert asked("临时救助", cause=cause, family="minimum", who="self") == needy
    assert asked("临时救助", cause=cause, family="minimum", who="agent") == needy | {"agent-id", "proxy"}


PREGNANT = {"id-card", "pregnancy-proof", "application-form"}


@pytest.mark.parametrize(
    ("home", "child", "papers"),
    [
        ("local", "one", {"family-planning-certificate"}),
        ("local", "more", {"family-planning-certificate"}),
        ("migrant", "one", {"birth-record"}),
        ("migrant", "more", {"home-approval", "marriage-certificate", "household-register"}),
    ],
)
def test_the_second_certificate_of_the_district_asks_by_household_and_child(
    home: str, child: str, papers: set[str]
) -> None:
    title = "孕期检查和住院分娩计划生育证明"
    assert asked(title, home=home, child=child, who="self") == PREGNANT | papers


COUPLE = {
    "id-card",
    "spouse-id",
    "household-register",
    "spouse-register",
    "marriage-certificate",
    "application-form",
}


@pytest.mark.parametrize(("reason", "paper"), [("disabled", "appraisal"), ("died", "death-certificate")])
@pytest.mark.parametrize(
    ("marriage", "former"),
    [("first", set()), ("divorced", {"divorce-papers"}), ("widowed", {"former-spouse-death"})],
)
def test_a_further_birth_needs_the_papers_of_its_ground(
    reason: str, paper: str, marriage: str, former: set[str]
) -> None:
    assert asked("再生育审批", reason=reason, marriage=marriage) == COUPLE | {paper} | former
    second = ITEMS["再生育审批"].second_street
    assert second is not None and second.holds({})


def test_the_longevity_allowance_asks_little_more_than_the_card() -> None:
    base = {"id-card", "application-form"}
    new = base | {"household-register", "bank-account"}
    assert asked("长寿保健金", case="first", living="house", who="self") == new
    assert asked("长寿保健金", case="moved", living="home", who="agent") == new | {"home-letter", "agent-id"}
    assert asked("长寿保健金", case="account", who="self") == base | {"bank-account"}
    assert asked("长寿保健金", case="stop") == base | {"death-certificate"}


def test_minimum_living_asks_for_what_cannot_be_shared() -> None:
    base = {"id-card", "check-authorisation", "income-declaration", "bank-account", "application-form"}
    plain = {"marriage": "plain", "disability": "none", "illness": "none"}
    assert asked("最低生活保障", members="alone", who="self", **plain) == base
    family = base | {"family-ids", "household-register"}
    assert asked("最低生活保障", members="family", who="committee", **plain) == family | {"committee-letter"}
    hard = {"marriage": "divorced", "disability": "some", "illness": "some"}
    everything = family | {"divorce-papers", "disability-certificate", "diagnosis"}
    assert asked("最低生活保障", members="family", who="self", **hard) == everything
    assert ITEMS["最低生活保障"].correction is CorrectionRule.ON_SPOT


def test_medical_relief_asks_by_care_and_family() -> None:
    base = {
        "id-card",
        "diagnosis",
        "medical-invoice",
        "settlement-sheet",
        "bank-account",
        "application-form",
    }
    assert asked("医疗救助", care="inpatient", family="minimum", who="self") == base | {
        "discharge-record",
        "minimum-certificate",
    }
    assert asked("医疗救助", care="outpatient", family="other", who="self") == base | {
        "check-authorisation",
        "income-declaration",
    }


def test_the_disability_certificate_asks_by_case_and_age() -> None:
    adult = {"id-card", "application-form"}
    first = adult | {"household-register", "photo-2-inch", "medical-record"}
    assert asked("残疾人证", case="first", home="local", holder="adult", who="self") == first
    assert asked("残疾人证", case="moved", home="permit", holder="adult", who="self") == adult | {
        "residence-permit",
        "disability-certificate",
    }
    assert asked("残疾人证", case="lost", holder="child", relation="same-book") == {
        "application-form",
        "photo-2-inch",
        "household-register",
        "guardian-id",
    }
    child = first - {"id-card"} | {"guardian-id", "birth-certificate"}
    assert asked("残疾人证", case="first", home="local", holder="child", relation="other-book") == child
    assert ITEMS["残疾人证"].elements.special_procedures


def test_the_two_allowances_spare_local_people_the_household_book() -> None:
    care = asked("重度残疾人护理补贴", home="local", holder="adult", who="self")
    assert care == {"id-card", "disability-certificate", "bank-account", "application-form"}
    away = asked("重度残疾人护理补贴", home="away", holder="adult", who="self")
    assert away == care | {"household-register"}
    needy = asked("困难残疾人生活补贴", home="local", family="minimum", holder="adult", who="self")
    assert needy == care | {"minimum-certificate"}


@pytest.mark.parametrize("title", INSTANT)
def test_an_instant_certificate_needs_the_card_and_no_typing(title: str) -> None:
    item = ITEMS[title]
    assert item.instant and item.review_free and item.acceptance_delegated and item.visits == 0
    answers = {"who": "self"} if item.agent_allowed else {}
    assert [material.id for material in derive(item, answers)] == ["id-card"]
    typed = [field.id for field in active_fields(item, answers) if field.required and not field.sources]
    assert typed == []
    assert {ItemFlag.AT_ONCE, ItemFlag.ZERO_TIME, ItemFlag.ZERO_FEE} <= item.flags


def test_helpers_are_allowed_where_the_city_allows_them() -> None:
    helped = ("长寿保健金", "独生子女父母计划生育奖励", "社会保障卡申领", "最低生活保障", "亲属关系证明")
    assert all(AgentKind.RELATIVE in ITEMS[title].agents.kinds for title in helped)
    assert AgentKind.COMMITTEE in ITEMS["最低生活保障"].agents.kinds
    assert not ITEMS["生育登记"].agent_allowed
    assert ITEMS["独生子女父母计划生育奖励"].visits == 1


@pytest.mark.parametrize("title", WRITTEN)
def test_what_stands_on_the_printed_form_is_complete(title: str) -> None:
    item = ITEMS[title]
    assert item.form.title and item.form.statement
    sections = {section.id for section in item.form.sections}
    assert {field.section for field in item.fields} - {""} <= sections
    if any(material.original is OriginalRule.FORM for material in item.materials):
        assert item.form.agency_part and sections
    assert item.acceptance_basis and item.refusal_basis


@pytest.mark.parametrize("title", WRITTEN)
def test_the_agent_is_never_the_applicant(title: str) -> None:
    item = ITEMS[title]
    if item.review_free or not {"id_number", "agent_id_number"} <= {field.id for field in item.fields}:
        return
    rules = [rule for rule in item.form.rules if rule.kind is RuleKind.DIFFERENT]
    assert ("id_number", "agent_id_number") in [rule.fields for rule in rules]


@pytest.mark.parametrize("title", WRITTEN)
def test_ages_answer_without_gap_or_overlap(title: str) -> None:
    for question in ITEMS[title].questions:
        if question.known and question.known.source is KnownFrom.AGE:
            bands = sorted((band.years_min, band.years_max) for band in question.known.options)
            assert all(low <= high for low, high in bands)
            assert all(after == before + 1 for (_, before), (after, _) in zip(bands, bands[1:], strict=False))
            assert {o.option for o in question.known.options} <= {o.id for o in question.options}
            assert bands[-1][1] == 200


@pytest.mark.parametrize("title", WRITTEN)
def test_an_archived_paper_that_answers_is_a_paper_of_the_pack(title: str) -> None:
    known_papers = {material.standard_id for item in PACK.items for material in item.materials}
    for known in _known(ITEMS[title], KnownFrom.ARCHIVE):
        assert {word for option in known.options for word in option.words} <= known_papers


@pytest.mark.parametrize("title", WRITTEN)
def test_a_paper_named_twice_in_the_pack_is_described_alike(title: str) -> None:
    """Reuse across items stands on equal ids meaning the same document."""
    kinds = {m.standard_id: m.document_kind for item in PACK.items for m in item.materials if m.document_kind}
    for material in ITEMS[title].materials:
        assert material.document_kind in (None, kinds.get(material.standard_id))


@pytest.mark.parametrize("title", WRITTEN)
def test_every_situation_asks_for_proof_of_who_is_there(title: str) -> None:
    people = {"id-card", "hmt-permit", "guardian-id", "institution-letter"}
    for answers in situations(ITEMS[title]):
        assert people & {material.id for material in derive(ITEMS[title], answers)}


def test_the_pack_is_in_force_on_the_day_of_the_examples() -> None:
    assert all(item.effective_from and item.effective_from <= date(2026, 11, 20) for item in PACK.items)


def _known(item: Item, source: KnownFrom) -> list[Known]:
    return [q.known for q in item.questions if q.known and q.known.source is source]
