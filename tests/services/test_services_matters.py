"""A matter at the window: one case, one checklist, one bundle, and what each approver says of its part."""

from __future__ import annotations

import dataclasses
from datetime import timedelta
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sync.contract.models import ChangeDefect, ChangeKind
from tests.domain.joining import Joining, answered, asked_for, taking_part
from tests.services.conftest import MakeWindow, Window
from workstation.catalogue.loader import bundled_pack, load_pack
from workstation.domain.case import Case, CaseState, Move
from workstation.domain.checklist import derive
from workstation.domain.items import Overlay, Pack
from workstation.domain.kinds import CorrectionRule, LimitUnit, OriginalRule
from workstation.domain.matters import branches, join
from workstation.services.branches import branch_words
from workstation.services.errors import PackMissing
from workstation.services.overview import overview

SHOP = "我要开理发店"
SHOP_ID = "barber-shop"
REGISTRATION, HYGIENE, SIGN = "440790103001", "440190104001", "441090105001"
MATTERS = [matter.id for matter in load_pack(bundled_pack()).matters]
PLAN = ChangeDefect(material_id="floor-plan", material="平面图", problem="无尺寸", needed="注明面积")


def open_shop(window: Window, **answers: str) -> Case:
    """Open the matter; questions not named get their first option."""
    case = window.desk.intake.open_case(window.desk.catalogue.item(SHOP_ID))
    while questions := window.desk.view_of(case).questions:
        question = questions[0]
        option = answers.get(question.id.rpartition("-")[2], question.options[0].id)
        case = window.desk.intake.answer(case.case_id, question.id, option)
    return case


def received_shop(window: Window, **answers: str) -> Case:
    case = window.named(open_shop(window, **answers), street="HF")
    case = window.filled(window.with_materials(case))
    return window.desk.decisions.receive(case.case_id)


def slots(window: Window, case: Case) -> list[str]:
    return [line.material.standard_id for line in window.desk.view_of(case).checklist.lines]


def test_the_shop_needs_each_paper_once_and_no_licence(window: Window) -> None:
    asked = slots(window, open_shop(window, sign="with", premises="lease"))
    assert len(set(asked)) == len(asked)
    assert "business-licence" not in asked
    assert {"id-card", "application-form", "floor-plan", "health-certificates", "sign-design"} <= set(asked)
    assert "sign-design" not in slots(window, open_shop(window, sign="without"))


def test_a_shared_paper_is_scanned_once_and_goes_to_all_who_need_it(window: Window) -> None:
    case = received_shop(window, sign="with")
    manifest = window.manifest(case)
    hashes = [page.sha256 for page in manifest.pages]
    assert len(set(hashes)) == len(hashes)
    parts = {part["item_code"]: part for part in manifest.body["branches"]}
    assert list(parts) == [REGISTRATION, HYGIENE, SIGN]
    assert all("id-card" in part["slots"] for part in parts.values())
    assert "floor-plan" in parts[HYGIENE]["slots"]
    assert "floor-plan" not in parts[SIGN]["slots"]
    carried = {page.slot for page in manifest.pages}
    generated = {
        line.material.id
        for line in window.desk.view_of(case).checklist.lines
        if line.material.original is OriginalRule.FORM
    }
    assert {slot for part in parts.values() for slot in part["slots"]} == carried | generated


def test_a_shared_fact_is_typed_once_and_goes_to_all_who_ask(window: Window) -> None:
    case = received_shop(window, sign="with")
    parts = window.manifest(case).body["branches"]
    assert all("phone" in part["fields"] for part in parts)
    titles = [field.title for field in window.desk.view_of(case).fields]
    assert len(set(titles)) == len(titles)
    assert "统一社会信用代码" not in titles


def test_the_bundle_names_the_matter_and_its_one_limit(window: Window) -> None:
    manifest = window.manifest(received_shop(window))
    assert manifest.body["matter"] == {
        "id": SHOP_ID,
        "title": SHOP,
        "promised": {"number": 10, "unit": LimitUnit.WORKDAY.value},
        "due": None,
    }
    assert manifest.body["item"]["code"] == SHOP_ID


def test_a_matter_that_is_accepted_here_has_its_due_date_in_the_bundle(
    make_window: MakeWindow, pack: Pack
) -> None:
    items = tuple(dataclasses.replace(item, acceptance_delegated=True) for item in pack.items)
    window = make_window(packs=(dataclasses.replace(pack, items=items),))
    case = window.named(open_shop(window), street="HF")
    case = window.desk.decisions.accept(window.filled(window.with_materials(case)).case_id)
    assert case.last_move is not None and case.last_move.due is not None
    assert window.manifest(case).body["matter"]["due"] == case.last_move.due.isoformat()
    assert [line.words for line in window.desk.view_of(case).branches] == ["已受理"] * 3


def test_who_does_not_take_part_gets_nothing(window: Window) -> None:
    case = received_shop(window, sign="without")
    assert [part["item_code"] for part in window.manifest(case).body["branches"]] == [REGISTRATION, HYGIENE]
    assert [line.branch.item_code for line in window.desk.view_of(case).branches] == [REGISTRATION, HYGIENE]


def test_an_ordinary_item_has_no_branches(window: Window) -> None:
    case = window.received()
    body = window.manifest(case).body
    assert "branches" not in body and "matter" not in body
    assert window.desk.view_of(case).branches == ()


def test_papers_of_an_earlier_case_fill_the_matters_slots(window: Window) -> None:
    shop = received_shop(window, sign="without", premises="own")
    for kind in (ChangeKind.ACCEPTED, ChangeKind.DECIDED):
        window.tell(kind, shop.number)
    again = window.named(open_shop(window, sign="with", premises="own"), street="HF")
    reusable = {m.id for m in window.desk.view_of(again).item.materials if m.reusable}
    assert set(window.desk.reuse.offers(again)) <= reusable
    assert "property-title" in window.desk.reuse.offers(again)


def test_each_approver_speaks_and_the_case_follows(window: Window) -> None:
    case = received_shop(window, sign="with")
    tell(window, case, REGISTRATION, ChangeKind.ACCEPTED)
    tell(window, case, SIGN, ChangeKind.REFUSED, reason="不在管理范围")
    case = window.store.case(case.case_id)
    assert case.state is CaseState.RECEIVED
    lines = {line.branch.item_code: line for line in window.desk.view_of(case).branches}
    assert [line.words for line in lines.values()] == ["已受理", "待受理", "不予受理"]
    assert lines[SIGN].wants_a_person and not lines[REGISTRATION].wants_a_person
    tell(window, case, HYGIENE, ChangeKind.ACCEPTED)
    window.tell(ChangeKind.ACCEPTED, case.number)
    assert window.store.case(case.case_id).state is CaseState.ACCEPTED


def tell(window: Window, case: Case, code: str, kind: ChangeKind, **words: object) -> None:
    bundle = window.store.case(case.case_id).bundles[-1].bundle_id
    facts = {"item_code": code, "branch": kind, "bundle_id": bundle, **words}
    window.tell(ChangeKind.BRANCH, case.number, **facts)


def test_a_correction_that_was_answered_says_so(window: Window) -> None:
    case = received_shop(window, sign="with")
    tell(window, case, HYGIENE, ChangeKind.CORRECTION, defects=(PLAN,), reason="缺尺寸")
    assert hygiene_words(window, case) == "要求补正"
    window.tell(ChangeKind.CORRECTION, case.number, defects=(PLAN,), reason="卫生: 缺尺寸")
    window.scan(case, "floor-plan")
    case = window.desk.decisions.receive(case.case_id)
    assert hygiene_words(window, case) == "已补正, 待核"
    assert case.branches[HYGIENE].move is Move.CORRECT


def hygiene_words(window: Window, case: Case) -> str:
    lines = window.desk.view(case.case_id).branches
    return next(line.words for line in lines if line.branch.item_code == HYGIENE)


def test_home_says_which_part_it_was(window: Window) -> None:
    case = received_shop(window, sign="with")
    tell(window, case, SIGN, ChangeKind.REFUSED, reason="不在管理范围", actor="华富街道")
    line = overview(window.desk).messages[0]
    assert line.title == SHOP
    assert line.words == "华富街道不予受理「户外招牌设置备案」: 不在管理范围; 其他事项照常办理"
    assert line.wants_a_person


def test_a_word_of_a_branch_that_nobody_knows_is_shown_all_the_same(window: Window) -> None:
    case = received_shop(window)
    tell(window, case, "449999999999", ChangeKind.DECIDED)
    (change,) = window.store.inbox.mentioning("449999999999", 1)
    assert branch_words(change, "某事项") == "香蜜湖街道已办结「某事项」"
    assert len(window.desk.view(case.case_id).branches) == 3


def test_the_catalogue_keeps_the_joined_item_and_gives_districts_their_own(
    make_window: MakeWindow, pack: Pack
) -> None:
    faster = Overlay(
        districts=frozenset({"440304"}),
        effective_from=pack.issued_on,
        basis="福田区通知",
        without_materials=frozenset({"health-certificates"}),
    )
    items = tuple(
        dataclasses.replace(item, overlays=(faster,)) if item.code == HYGIENE else item for item in pack.items
    )
    window = make_window(packs=(dataclasses.replace(pack, items=items, districts={"HF": "440304"}),))
    case = open_shop(window)
    catalogue = window.desk.catalogue
    assert catalogue.item_of(case) is catalogue.item_of(case)
    assert "health-certificates" not in slots(window, case)
    day = pack.issued_on - timedelta(days=1)
    before = catalogue.item(SHOP_ID, "HF", day)
    assert "health-certificates" in {material.standard_id for material in before.materials}
    catalogue.adopt(pack)
    assert "health-certificates" in {m.standard_id for m in catalogue.item(SHOP_ID, "HF", day).materials}


def test_a_matter_the_pack_does_not_have_is_a_missing_pack(window: Window) -> None:
    case = dataclasses.replace(open_shop(window), item_code="no-such-matter")
    with pytest.raises(PackMissing):
        window.desk.catalogue.item_of(case)
    with pytest.raises(KeyError):
        window.desk.catalogue.item("no-such-matter")


@pytest.mark.parametrize("matter_id", MATTERS)
@given(dice=st.randoms(use_true_random=False))
@settings(max_examples=20)
def test_the_joined_checklist_of_each_matter_is_the_union_without_repeats(
    pack: Pack, matter_id: str, dice: Random
) -> None:
    matter = pack.matter(matter_id)
    joining = Joining(matter, tuple(pack.item(code) for code in matter.items))
    joined = join(matter, joining.items)
    answers = answered(joined, lambda question: dice.choice(question.options).id)
    standards = [material.standard_id for material in derive(joined, answers)]
    assert sorted(standards) == sorted(asked_for(joining, answers))
    parts = branches(matter, joining.items, answers)
    assert [part.item_code for part in parts] == [item.code for item in taking_part(joining, answers)]
    assert {material.id for material in derive(joined, answers)} == {n for p in parts for n in p.materials}


def test_every_matter_of_the_pack_asks_nothing_twice_and_keeps_the_stricter_rule(
    window: Window, pack: Pack
) -> None:
    assert len(pack.matters) >= 6
    for matter in pack.matters:
        case = window.desk.intake.open_case(window.desk.catalogue.item(matter.id))
        item = window.desk.view_of(case).item
        questions = [question.title for question in item.questions]
        sections = [section.title for section in item.form.sections]
        assert len(set(questions)) == len(questions), matter.title
        assert len(set(sections)) == len(sections), matter.title
        assert (item.members, item.promised) == (matter.items, matter.promised)
        rules = {pack.item(code).correction for code in matter.items}
        assert (item.correction is CorrectionRule.ON_SPOT) is (CorrectionRule.ON_SPOT in rules)
