"""Tolerance, commitment and the credit check: what may be agreed, by whom, until when."""

from __future__ import annotations

import dataclasses
from datetime import date, timedelta

import pytest

from tests.services.conftest import HONEST, RELIEF, ZHAO, MakeWindow, Window, applicant_of
from workstation.domain.case import (
    Case,
    CaseState,
    CreditChecked,
    CreditOutcome,
    Custody,
    Flag,
    SupplementWay,
)
from workstation.domain.checklist import SlotStatus
from workstation.domain.items import Commitment, Item, Pack
from workstation.domain.kinds import LimitUnit
from workstation.services.credit import KnownPeople, NoLibrary
from workstation.services.decision_errors import (
    CreditBad,
    CreditNotAsked,
    CreditUnknown,
    DueTooLate,
    NotCommittable,
    PromiseStale,
)
from workstation.services.errors import CaseSealed, NoApplicant, NoReason, NotReadyToReceive, NotTolerable
from workstation.training.specimens.people import by_name

INVOICE, CARD, BANK = "medical-invoice", "id-card", "bank-account"
BLACKLISTED = CreditChecked(outcome=CreditOutcome.BAD, lists=("失信被执行人名单",))
PROMISE = Commitment(text="本人承诺票据真实", basis="办事指南", consequence="不实的撤销决定")
WU = by_name("吴样本")


def with_commitment(item: Item) -> Item:
    """The relief item, as if its invoices could be promised."""
    if item.title != RELIEF:
        return item
    materials = tuple(dataclasses.replace(m, committable=m.id == INVOICE) for m in item.materials)
    return dataclasses.replace(item, materials=materials, commitment=PROMISE)


@pytest.fixture
def promising(make_window: MakeWindow, pack: Pack) -> Window:
    items = tuple(with_commitment(item) for item in pack.items)
    return make_window(packs=(dataclasses.replace(pack, items=items),))


def relief(window: Window) -> Case:
    return window.named(window.open(RELIEF))


def test_a_tolerable_material_may_follow_under_a_date_and_flags_the_case(window: Window) -> None:
    case = window.defer(relief(window), INVOICE, days=7)
    line = window.desk.view_of(case).line(INVOICE)
    assert line is not None and line.status is SlotStatus.LATER and line.done
    assert Flag.TOLERATED in case.flags
    assert case.debts == {INVOICE: date(2026, 11, 27)}


def test_a_key_material_cannot_follow_later(window: Window) -> None:
    case = relief(window)
    with pytest.raises(NotTolerable):
        window.defer(case, CARD)
    assert Flag.TOLERATED not in window.store.case(case.case_id).flags


def test_an_item_finished_on_the_spot_knows_no_tolerance(make_window: MakeWindow, pack: Pack) -> None:
    items = tuple(dataclasses.replace(item, instant=item.title == RELIEF) for item in pack.items)
    window = make_window(packs=(dataclasses.replace(pack, items=items),))
    with pytest.raises(NotTolerable):
        window.defer(relief(window), INVOICE)


@pytest.mark.parametrize("slot", ["accident-papers", "nothing"])
def test_a_material_that_is_not_asked_for_cannot_follow_later(window: Window, slot: str) -> None:
    with pytest.raises(NotTolerable):
        window.defer(relief(window), slot)


def test_a_material_that_is_here_cannot_follow_later(window: Window) -> None:
    case = window.scan(relief(window), INVOICE)
    with pytest.raises(NotTolerable):
        window.defer(case, INVOICE)


@pytest.mark.parametrize("days", [-1, 90])
def test_the_last_day_lies_between_today_and_the_end_of_the_promised_limit(window: Window, days: int) -> None:
    with pytest.raises(DueTooLate) as refused:
        window.defer(relief(window), INVOICE, days=days)
    assert refused.value.details["cap"] == window.desk.tolerance.cap(window.item(RELIEF))


def test_the_end_of_the_promised_limit_is_the_last_day_that_may_be_agreed(window: Window) -> None:
    item = window.item(RELIEF)
    assert item.promised is not None and item.promised.unit is LimitUnit.WORKDAY
    cap = window.desk.tolerance.cap(item)
    assert cap is not None
    case = relief(window)
    window.desk.tolerance.ask_credit(case.case_id)
    case = window.desk.tolerance.defer(case.case_id, INVOICE, cap, way=SupplementWay.POST)
    assert case.debts == {INVOICE: cap}
    assert case.slot(INVOICE).deferred_way is SupplementWay.POST
    with pytest.raises(DueTooLate):
        window.desk.tolerance.defer(case.case_id, BANK, cap + timedelta(days=1))


def test_an_item_without_any_limit_has_no_last_day_to_agree_on(make_window: MakeWindow, pack: Pack) -> None:
    items = tuple(dataclasses.replace(item, promised=None, statutory=None) for item in pack.items)
    window = make_window(packs=(dataclasses.replace(pack, items=items),))
    with pytest.raises(NotTolerable):
        window.defer(relief(window), INVOICE)


# --- credit -----------------------------------------------------------------------------------------------


def test_the_credit_library_is_asked_before_any_tolerance(window: Window) -> None:
    case = relief(window)
    with pytest.raises(CreditNotAsked):
        window.desk.tolerance.defer(case.case_id, INVOICE, date(2026, 11, 25))


def test_nobody_is_asked_about_before_somebody_is_named(window: Window) -> None:
    with pytest.raises(NoApplicant):
        window.desk.tolerance.ask_credit(window.open(RELIEF).case_id)


def test_a_bad_record_locks_tolerance_and_no_reason_opens_it(make_window: MakeWindow) -> None:
    window = make_window(credit=KnownPeople({ZHAO.id_number: BLACKLISTED}))
    case = relief(window)
    with pytest.raises(CreditBad) as refused:
        window.defer(case, INVOICE)
    assert refused.value.details["lists"] == "失信被执行人名单"
    with pytest.raises(CreditBad):
        window.desk.tolerance.override_credit(case.case_id, why="急用")
    assert not window.store.case(case.case_id).debts


def test_a_silent_library_is_overridden_only_with_a_reason_that_stays_in_the_log(
    make_window: MakeWindow,
) -> None:
    window = make_window(credit=NoLibrary())
    case = relief(window)
    with pytest.raises(CreditNotAsked):
        window.desk.tolerance.override_credit(case.case_id, why="网络中断")
    with pytest.raises(CreditUnknown):
        window.defer(case, INVOICE)
    with pytest.raises(NoReason):
        window.desk.tolerance.override_credit(case.case_id, why=" ")
    window.desk.tolerance.override_credit(case.case_id, why="信用平台离线, 已电话核实")
    assert window.store.log(case.case_id)[-1].why == "信用平台离线, 已电话核实"
    assert window.desk.tolerance.defer(case.case_id, INVOICE, date(2026, 11, 25)).debts


def test_naming_somebody_else_takes_back_what_was_found_and_agreed(promising: Window) -> None:
    case = promising.defer(relief(promising), BANK)
    promising.desk.tolerance.commit(case.case_id, INVOICE)
    case = promising.desk.intake.set_applicant(case.case_id, applicant_of(WU))
    assert case.credit is None and not case.debts and not case.slot(INVOICE).committed
    with pytest.raises(NotReadyToReceive):
        promising.desk.decisions.receive(case.case_id)


# --- commitment -------------------------------------------------------------------------------------------


def test_a_promise_stands_in_for_a_proof_and_owes_nothing(promising: Window) -> None:
    case = promising.desk.tolerance.commit(relief(promising).case_id, INVOICE, why="申请人签承诺书")
    line = promising.desk.view_of(case).line(INVOICE)
    assert line is not None and line.status is SlotStatus.COMMITTED and line.done
    assert not case.debts and Flag.TOLERATED not in case.flags
    promising.filled(promising.with_materials(case, except_for=(INVOICE,)))
    body = promising.manifest(promising.desk.decisions.receive(case.case_id)).body
    assert body["commitments"] == [INVOICE] and body["slots"][INVOICE]["committed"] is True
    assert body["debts"] == {}


def test_only_what_the_item_names_may_be_promised(promising: Window) -> None:
    case = relief(promising)
    for slot in (CARD, BANK, "nothing"):
        with pytest.raises(NotCommittable):
            promising.desk.tolerance.commit(case.case_id, slot)


def test_a_dishonest_applicant_promises_nothing(make_window: MakeWindow, pack: Pack) -> None:
    items = tuple(with_commitment(item) for item in pack.items)
    credit = KnownPeople({ZHAO.id_number: BLACKLISTED})
    window = make_window(packs=(dataclasses.replace(pack, items=items),), credit=credit)
    case = relief(window)
    window.desk.tolerance.commit(case.case_id, INVOICE)
    window.desk.tolerance.ask_credit(case.case_id)
    window.filled(window.with_materials(case, except_for=(INVOICE,)))
    with pytest.raises(CreditBad):
        window.desk.decisions.receive(case.case_id)
    window.desk.tolerance.take_back(case.case_id, INVOICE)
    with pytest.raises(CreditBad):
        window.desk.tolerance.commit(case.case_id, INVOICE)


def test_tolerance_and_promise_never_stand_for_one_line_together(promising: Window) -> None:
    case = promising.defer(relief(promising), INVOICE)
    case = promising.desk.tolerance.commit(case.case_id, INVOICE)
    assert case.slot(INVOICE).committed and not case.debts
    case = promising.desk.tolerance.defer(case.case_id, INVOICE, date(2026, 11, 25))
    assert not case.slot(INVOICE).committed and case.debts


def test_what_was_agreed_can_be_taken_back(promising: Window) -> None:
    case = promising.defer(relief(promising), BANK)
    promising.desk.tolerance.commit(case.case_id, INVOICE)
    for slot in (BANK, INVOICE):
        case = promising.desk.tolerance.take_back(case.case_id, slot, why="申请人当场找到了")
        line = promising.desk.view_of(case).line(slot)
        assert line is not None and line.status is SlotStatus.MISSING
    assert promising.desk.tolerance.take_back(case.case_id, BANK).length == case.length, "nothing to record"


def test_a_page_that_comes_after_all_ends_the_promise(promising: Window) -> None:
    case = promising.desk.tolerance.commit(relief(promising).case_id, INVOICE)
    case = promising.scan(case, INVOICE)
    assert not case.slot(INVOICE).committed


# --- at receipt -------------------------------------------------------------------------------------------


def test_a_day_agreed_long_ago_is_looked_at_again_when_the_case_is_received(window: Window) -> None:
    case = window.defer(relief(window), INVOICE, days=2)
    window.filled(window.with_materials(case, except_for=(INVOICE,)))
    window.clock.forward(days=3)
    with pytest.raises(PromiseStale) as refused:
        window.desk.decisions.receive(case.case_id)
    assert refused.value.details == {"material": "医疗费票据", "due": date(2026, 11, 22)}
    window.desk.tolerance.defer(case.case_id, INVOICE, date(2026, 11, 26))
    assert window.desk.decisions.receive(case.case_id).state is CaseState.RECEIVED


def test_a_promise_for_a_material_no_longer_asked_ends_at_receipt(window: Window) -> None:
    case = window.defer(relief(window), INVOICE)
    case = window.desk.intake.answer(case.case_id, "cause", "accident")
    window.filled(window.with_materials(case))
    case = window.desk.decisions.receive(case.case_id)
    assert not case.debts and Flag.TOLERATED not in case.flags


def test_nothing_is_agreed_on_a_case_that_is_sealed(window: Window) -> None:
    case = window.received()
    with pytest.raises(CaseSealed):
        window.desk.tolerance.ask_credit(case.case_id)
    with pytest.raises(CaseSealed):
        window.desk.tolerance.override_credit(case.case_id, why="急用")


def test_the_bundle_tells_credit_debts_and_how_they_are_to_come(window: Window) -> None:
    case = window.defer(relief(window), INVOICE)
    window.filled(window.with_materials(case, except_for=(INVOICE,)))
    body = window.manifest(window.desk.decisions.receive(case.case_id)).body
    assert body["credit"] == {"outcome": HONEST.outcome.value, "lists": [], "overridden": False}
    assert body["debts"] == {INVOICE: {"due": "2026-11-25", "way": "IN_PERSON"}}
    assert body["slots"][CARD]["custody"] == Custody.RETURNED.value
