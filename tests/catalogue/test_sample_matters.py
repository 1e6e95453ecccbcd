"""The matters (一件事) of the bundled pack: exactly the papers each situation needs; every rule is in use."""

from __future__ import annotations

import random

import pytest

from workstation.catalogue.loader import bundled_pack, load_pack
from workstation.domain.checklist import derive, open_questions
from workstation.domain.items import Item
from workstation.domain.kinds import (
    AgentKind,
    Channel,
    CorrectionRule,
    HandlingMode,
    ItemFlag,
    LimitUnit,
    Need,
    OriginalRule,
    Routing,
    RuleKind,
    WindowCategory,
)
from workstation.domain.matters import branches, join

PACK = load_pack(bundled_pack())
ITEMS = tuple(PACK.items)
MATTERS = {matter.id: matter for matter in PACK.matters}
JOINED = {matter.id: join(matter, ITEMS) for matter in PACK.matters}

SOLE, PERMIT, SIGN = "440790103001", "440190104001", "441090105001"
PROOF, TALENT, QUOTA = "442090109001", "442090108001", "442090110001"
FORM = "application-form"


def asked(matter: str, answers: dict[str, str]) -> set[str]:
    """Return the standard ids of the lines; the answers must be complete."""
    item = JOINED[matter]
    assert open_questions(item, answers) == ()
    return {material.standard_id for material in derive(item, answers)}


def shop(**changes: str) -> dict[str, str]:
    return {
        "sign": "without",
        f"{SOLE}-form": "person",
        f"{SOLE}-name": "used",
        f"{SOLE}-approval": "none",
        "premises": "lease",
        "who": "self",
        f"{PERMIT}-aircon": "none",
    } | {key.replace("_", "-"): value for key, value in changes.items()}


def test_there_are_matters_enough_and_each_names_items_of_the_pack() -> None:
    codes = {item.code for item in ITEMS}
    assert len(MATTERS) >= 6
    assert {"我要开理发店", "人才入户", "新生儿出生"} <= {matter.title for matter in PACK.matters}
    for matter in PACK.matters:
        assert set(matter.items) <= codes
        assert len(matter.items) >= 2


BARBER = {"id-card", "lease", "floor-plan", "health-certificates", FORM}


def test_a_barber_brings_one_card_one_lease_and_one_plan_and_never_the_licence() -> None:
    assert asked("barber-shop", shop()) == BARBER
    assert asked("barber-shop", shop(premises="own")) == BARBER - {"lease"} | {"property-title"}


def test_the_barbers_health_certificates_may_be_promised_in_writing() -> None:
    lines = {material.standard_id: material for material in derive(JOINED["barber-shop"], shop())}
    assert {name for name, line in lines.items() if line.committable} == {"health-certificates"}


def test_a_sign_and_an_agent_and_air_conditioning_add_their_own_papers_only() -> None:
    with_sign = shop(sign="with") | {f"{SIGN}-position": "flush"}
    assert asked("barber-shop", with_sign) == BARBER | {"sign-design"}
    on_the_roof = with_sign | {f"{SIGN}-position": "projecting"}
    assert asked("barber-shop", on_the_roof) == BARBER | {"sign-design", "structure-report"}
    assert asked("barber-shop", shop(who="agent")) == BARBER | {"agent-id", "proxy"}
    cooled = shop() | {f"{PERMIT}-aircon": "central"}
    assert asked("barber-shop", cooled) == BARBER | {"aircon-report"}


def test_the_sign_has_an_approver_only_where_there_is_a_sign() -> None:
    def approvers(answers: dict[str, str]) -> list[str]:
        return [branch.item_code for branch in branches(MATTERS["barber-shop"], ITEMS, answers)]

    assert approvers(shop()) == [SOLE, PERMIT]
    assert approvers(shop(sign="with") | {f"{SIGN}-position": "flush"}) == [SOLE, PERMIT, SIGN]


TALENT_PAPERS = {"id-card", "household-register", "photo-receipt", FORM}


def talent(ground: str, job: str, marriage: str, children: str) -> dict[str, str]:
    answers = {f"{TALENT}-ground": ground, f"{TALENT}-job": job, "marriage": marriage, "children": children}
    if marriage == "married":
        answers[f"{QUOTA}-spouse"] = "along"
    if children == "some":
        answers[f"{QUOTA}-kids"] = "along"
    return answers


@pytest.mark.parametrize(
    ("ground", "job", "marriage", "children", "more"),
    [
        (
            "degree",
            "insured",
            "married",
            "some",
            {
                "degree-certificate",
                "degree-verification",
                "social-insurance-record",
                "marriage-certificate",
                "birth-certificate",
            },
        ),
        (
            "overseas",
            "contract",
            "single",
            "none",
            {"degree-certificate", "overseas-degree", "labour-contract", "single-declaration"},
        ),
        (
            "skill",
            "contract",
            "married",
            "none",
            {"skill-certificate", "labour-contract", "marriage-certificate"},
        ),
    ],
)
def test_three_approvals_of_a_move_take_each_paper_once(
    ground: str, job: str, marriage: str, children: str, more: set[str]
) -> None:
    assert asked("talent-household", talent(ground, job, marriage, children)) == TALENT_PAPERS | more


def test_a_move_has_three_approvers_one_due_date_and_hides_what_they_issue_each_other() -> None:
    joined = JOINED["talent-household"]
    assert joined.promised is not None
    assert (joined.promised.number, joined.promised.unit) == (15, LimitUnit.WORKDAY)
    assert {"talent-approval", "family-planning-proof"}.isdisjoint(m.standard_id for m in joined.materials)
    found = branches(MATTERS["talent-household"], ITEMS, talent("degree", "insured", "single", "none"))
    assert [branch.item_code for branch in found] == [PROOF, TALENT, QUOTA]


def test_the_birth_certificate_of_the_child_just_born_is_not_asked_for_but_that_of_an_earlier_one_is() -> (
    None
):
    standard = {material.standard_id for material in JOINED["newborn"].materials}
    assert "birth-certificate" not in standard
    assert "earlier-birth-certificate" in standard


def test_who_opens_a_restaurant_as_a_company_is_not_asked_what_a_sole_trader_is() -> None:
    joined = JOINED["open-restaurant"]
    company = {question.id for question in open_questions(joined, {"body": "company", "sign": "without"})}
    assert not any(question.startswith(SOLE) for question in company)
    assert "business-licence" not in {material.standard_id for material in joined.materials}


def test_the_allowance_joins_the_elders_card_from_seventy_on() -> None:
    matter = MATTERS["elder-care"]
    assert not matter.when["440590201001"].holds({"age": "sixty"})
    assert matter.when["440590201001"].holds({"age": "seventy"})


def random_answers(item: Item, dice: random.Random) -> dict[str, str]:
    answers: dict[str, str] = {}
    while questions := open_questions(item, answers):
        question = dice.choice(questions)
        answers[question.id] = dice.choice(question.options).id
    return answers


@pytest.mark.parametrize("matter", MATTERS)
def test_whatever_is_answered_no_paper_is_asked_twice_and_no_approver_lacks_one(matter: str) -> None:
    dice = random.Random(2026)
    for _ in range(40):
        answers = random_answers(JOINED[matter], dice)
        lines = derive(JOINED[matter], answers)
        standard = [material.standard_id for material in lines]
        assert len(standard) == len(set(standard))
        given = {name for branch in branches(MATTERS[matter], ITEMS, answers) for name in branch.materials}
        assert given == {material.id for material in lines}


def test_no_matter_has_two_questions_or_two_fields_of_the_same_words() -> None:
    for joined in JOINED.values():
        titles = [question.title for question in joined.questions]
        assert sorted(set(titles)) == sorted(titles), joined.title


def test_nobody_has_to_type_the_number_of_a_paper_that_the_matter_itself_produces() -> None:
    for matter in PACK.matters:
        members = [item for item in ITEMS if item.code in matter.items]
        made = {standard for item in members for standard in item.produces}
        kinds = made & {"business-licence", "birth-certificate"}
        for field in JOINED[matter.id].fields:
            from_made = [s for s in field.sources if s.document_kind in kinds]
            is_number = field.id in ("uscc", "birth_certificate_number")
            assert not (from_made and is_number and field.required), (matter.title, field.title)


def test_the_pack_has_forty_four_items_and_uses_every_rule_an_item_can_have() -> None:
    def every(item_value: str) -> set[object]:
        return {getattr(item, item_value) for item in ITEMS}

    assert len(ITEMS) >= 44
    assert every("category") == set(WindowCategory)
    assert every("mode") == set(HandlingMode)
    assert every("routing") == set(Routing)
    assert every("correction") == set(CorrectionRule)
    assert {True, False} == every("online_only") == every("review_free") == every("credit_check")
    assert {flag for item in ITEMS for flag in item.flags} == set(ItemFlag)
    assert {kind for item in ITEMS for kind in item.agents.kinds} == set(AgentKind)
    assert {channel for item in ITEMS for channel in item.elements.channels} == set(Channel)
    limits = [limit for item in ITEMS for limit in (item.statutory, item.promised) if limit]
    assert {limit.unit for limit in limits} == set(LimitUnit)


def test_the_rules_beside_the_closed_words_are_in_use_too() -> None:
    assert any(item.hours.extended for item in ITEMS)
    assert any(item.commitment for item in ITEMS)
    assert any(item.overlays for item in ITEMS)
    assert {rule.kind for item in ITEMS for rule in item.form.rules} >= {
        RuleKind.NOT_AFTER,
        RuleKind.DIFFERENT,
        RuleKind.ANY_OF,
        RuleKind.SUM,
    }
    materials = [material for item in ITEMS for material in item.materials]
    assert {material.original for material in materials} == set(OriginalRule)
    assert {material.need for material in materials} == set(Need)


def test_nansha_asks_for_six_papers_where_the_city_asks_for_nine() -> None:
    card = next(item for item in ITEMS if item.title == "人才绿卡")
    city = derive(card, {"card": "main", "person": "mainland"})
    nansha = next(overlay for overlay in card.overlays if "440115" in overlay.districts)
    assert len(city) == 9
    assert len([m for m in city if m.id not in nansha.without_materials]) == 6


def test_liwan_takes_one_day_for_a_name_and_the_city_five() -> None:
    item: Item = next(item for item in ITEMS if item.title == "民办职业培训机构名称核准")
    assert item.promised is not None
    assert item.overlays[0].promised is not None
    assert (item.promised.number, item.overlays[0].promised.number) == (5, 1)
    assert item.overlays[0].districts == {"440103"}
