"""Originals on their way: only held ones, a bag for each street, a list that is final, and the post."""

from __future__ import annotations

import dataclasses
from datetime import date

import pytest

from sync.contract.models import BundleKind, ChangeKind
from sync.port import LineState
from tests.services.conftest import SOCIAL_CARD, Window
from workstation.domain.case import Case, CaseState, Custody, HomeStreetSet, OriginalMarked
from workstation.domain.clock import end_of_day
from workstation.domain.courier import Bag, BagState
from workstation.domain.waybills import is_postal, s10_check_digit
from workstation.services.courier import HeldOriginal
from workstation.services.errors import (
    BagClosed,
    BagNotListed,
    EmptyBag,
    ExpressFirmNotAllowed,
    NotHeld,
)
from workstation.store.errors import DiskFull
from workstation.store.transaction import Tx

EMS = "1012345678901"


def packed(window: Window) -> Bag:
    window.received()
    return window.desk.courier.pack(window.desk.courier.waiting()[0])


def listed(window: Window) -> Bag:
    return window.desk.courier.close(packed(window).number, seal_number=" F-0001 ")


def test_only_originals_held_for_a_received_case_wait_for_a_bag(window: Window) -> None:
    window.ready()
    case = window.received()
    (held,) = window.desk.courier.waiting()
    assert (held.case.number, held.slot, held.material, held.sheets) == (
        case.number,
        "photo-receipt",
        window.item("敬老优待证").material("photo-receipt").title,
        1,
    )


def test_an_original_under_correction_waits_for_its_case(window: Window) -> None:
    case = window.received()
    window.tell_correction(case)
    assert not window.desk.courier.waiting()
    window.desk.decisions.receive(case.case_id)
    assert len(window.desk.courier.waiting()) == 1


def test_an_original_is_not_forgotten_when_its_case_is_decided(window: Window) -> None:
    case = window.received()
    for kind in (ChangeKind.ACCEPTED, ChangeKind.DECIDED, ChangeKind.DELIVERED):
        window.tell(kind, case.number)
    assert len(window.desk.courier.waiting()) == 1


def test_originals_for_one_street_share_a_bag_and_another_street_has_its_own(window: Window) -> None:
    for street in ("XMH", "XMH", "FT"):
        window.received(street=street)
    bags = [window.desk.courier.pack(held) for held in window.desk.courier.waiting()]
    assert {bag.number for bag in bags} == {"W03-XMH-0001", "W03-FT-0001"}
    assert {bag.home_street: bag.sheets for bag in window.desk.courier.bags()} == {"XMH": 2, "FT": 1}


def test_an_item_decided_here_goes_into_the_bag_of_this_street(window: Window) -> None:
    case = window.open(SOCIAL_CARD)
    window.filled(window.with_materials(window.named(case)))
    slot = window.desk.view(case.case_id).checklist.lines[0].material.id
    with window.store.transaction() as tx:
        tx.record(
            case.case_id,
            HomeStreetSet(street=""),
            OriginalMarked(slot=slot, custody=Custody.HELD),
            actor="x",
            at=window.clock(),
        )
    window.desk.decisions.accept(case.case_id)
    (held,) = window.desk.courier.waiting()
    assert window.desk.courier.pack(held).home_street == "HF"


def test_a_packed_original_names_its_bag_and_hides_its_owner(window: Window) -> None:
    bag = packed(window)
    (line,) = bag.lines
    assert line.applicant_masked == "赵**"
    slot = window.store.case(line.case_id).slot("photo-receipt")
    assert (slot.custody, slot.bag) == (Custody.BAGGED, bag.number)
    assert not window.desk.courier.waiting()


def test_an_original_goes_into_one_bag_once(window: Window) -> None:
    window.received()
    (held,) = window.desk.courier.waiting()
    bag = window.desk.courier.pack(held)
    with pytest.raises(NotHeld):
        window.desk.courier.pack(held)
    assert window.store.bag(bag.number) == bag


@pytest.mark.parametrize("slot", ["id-card", "nothing"])
def test_an_original_that_is_not_held_cannot_be_packed(window: Window, slot: str) -> None:
    case = window.received()
    with pytest.raises(NotHeld):
        window.desk.courier.pack(HeldOriginal(case, slot, "居民身份证", "敬老优待证", 1))
    assert not window.desk.courier.bags()


def test_an_original_of_a_refused_case_is_not_packed_from_an_old_list(window: Window) -> None:
    case = window.received()
    (held,) = window.desk.courier.waiting()
    window.tell(ChangeKind.REFUSED, case.number, reason="不符合条件")
    with pytest.raises(NotHeld):
        window.desk.courier.pack(held)


def test_an_original_that_travels_is_not_handed_back(window: Window) -> None:
    window.received()
    (held,) = window.desk.courier.waiting()
    with pytest.raises(NotHeld):
        window.desk.courier.hand_back(held)


def test_if_packing_fails_bag_and_case_stay_as_they_were(
    window: Window, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise DiskFull

    case = window.received()
    (held,) = window.desk.courier.waiting()
    with monkeypatch.context() as patch:
        patch.setattr(Tx, "record", full)
        with pytest.raises(DiskFull):
            window.desk.courier.pack(held)
    assert window.store.case(case.case_id) == case
    assert not window.desk.courier.bags()


def test_the_bag_is_due_within_one_working_day(window: Window) -> None:
    assert packed(window).due_at == end_of_day(date(2026, 11, 23)), "opened on a Friday"


def test_a_bag_before_a_long_holiday_is_due_after_it(window: Window) -> None:
    window.clock.now = window.clock.now.replace(month=9, day=30)
    assert packed(window).due_at == end_of_day(date(2026, 10, 8))


def test_a_bag_on_the_edge_of_the_calendar_is_packed_all_the_same(window: Window) -> None:
    window.clock.now = window.clock.now.replace(month=12, day=31)
    assert packed(window).due_at == end_of_day(date(2027, 1, 1))


def test_a_closed_bag_is_listed_sealed_and_queued_as_a_bundle_of_its_own(window: Window) -> None:
    bag = listed(window)
    assert (bag.state, bag.seal_number) == (BagState.LISTED, "F-0001")
    line = window.store.outbox.line(bag.bundle_id)
    assert (line.kind, line.subject, line.state) == ("handover", bag.number, LineState.QUEUED)
    assert line.legal_due_at == bag.due_at
    manifest = window.store.outbox.load(bag.bundle_id).manifest
    assert (manifest.kind, manifest.home_street, manifest.pages) == (BundleKind.HANDOVER, "XMH", ())
    assert manifest.body["lines"] == [
        {
            "case": bag.lines[0].case_number,
            "slot": "photo-receipt",
            "material": bag.lines[0].material,
            "sheets": 1,
        }
    ]
    assert (manifest.body["seal_number"], manifest.body["sheets"]) == ("F-0001", 1)


def test_the_handover_bundle_says_nothing_about_the_person(window: Window) -> None:
    text = window.store.outbox.load(listed(window).bundle_id).model_dump_json()
    assert "赵" not in text and "440304" not in text


def test_a_closed_bag_refuses_to_be_closed_again(window: Window) -> None:
    bag = listed(window)
    with pytest.raises(BagClosed):
        window.desk.courier.close(bag.number, seal_number="F-2")
    assert window.store.bag(bag.number) == bag


def test_what_comes_after_closing_goes_into_the_next_bag(window: Window) -> None:
    first = listed(window)
    second = packed(window)
    assert (first.number, second.number) == ("W03-XMH-0001", "W03-XMH-0002")
    kept = window.store.bag(first.number)
    assert kept is not None and kept.sheets == 1


def test_an_empty_bag_and_an_unknown_one_cannot_be_closed(window: Window) -> None:
    bag = packed(window)
    with window.store.transaction() as tx:
        tx.put_bag(dataclasses.replace(bag, lines=()))
    for number in (bag.number, "W03-XMH-9999"):
        with pytest.raises(EmptyBag):
            window.desk.courier.close(number, seal_number="F-1")


def test_if_closing_fails_the_bag_stays_open(window: Window, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise DiskFull

    bag = packed(window)
    with monkeypatch.context() as patch:
        patch.setattr(Tx, "put_bag", full)
        with pytest.raises(DiskFull):
            window.desk.courier.close(bag.number, seal_number="F-1")
    assert window.store.bag(bag.number) == bag
    assert {line.kind for line in window.store.outbox.lines()} == {"case"}


@pytest.mark.parametrize("waybill", [EMS, "RR473124829CN", " eb000717618cn ", "EB000717595CN"])
def test_the_post_takes_a_listed_bag(window: Window, waybill: str) -> None:
    bag = window.desk.courier.hand_over(listed(window).number, waybill=waybill)
    assert (bag.state, bag.waybill) == (BagState.HANDED_OVER, waybill.strip().upper())


@pytest.mark.parametrize(
    "waybill", ["", "SF1234567890123", "123456789012", "RR473124820CN", "YT1234567890123", "JD0001", "10123"]
)
def test_an_express_firm_may_not_carry_official_papers(window: Window, waybill: str) -> None:
    bag = listed(window)
    with pytest.raises(ExpressFirmNotAllowed):
        window.desk.courier.hand_over(bag.number, waybill=waybill)
    assert window.store.bag(bag.number) == bag


def test_an_open_bag_cannot_be_handed_over(window: Window) -> None:
    bag = packed(window)
    with pytest.raises(BagNotListed):
        window.desk.courier.hand_over(bag.number, waybill=EMS)


def test_a_counted_bag_does_not_go_back_on_the_road(window: Window) -> None:
    bag = listed(window)
    window.tell(ChangeKind.WAYBILL, bag.number)
    with pytest.raises(BagNotListed):
        window.desk.courier.hand_over(bag.number, waybill=EMS)


@pytest.mark.parametrize(("serial", "digit"), [("47312482", 9), ("00071761", 8), ("00071759", 5)])
def test_the_check_digit_of_the_postal_union(serial: str, digit: int) -> None:
    assert s10_check_digit(serial) == digit
    assert is_postal(f"RR{serial}{digit}CN")
    assert not is_postal(f"RR{serial}{(digit + 1) % 10}CN")


def test_a_case_in_correction_is_not_packed_from_an_old_list(window: Window) -> None:
    case: Case = window.received()
    (held,) = window.desk.courier.waiting()
    window.tell_correction(case)
    with pytest.raises(NotHeld):
        window.desk.courier.pack(held)


def test_only_cases_that_may_hold_something_are_looked_at(window: Window) -> None:
    cases = [window.received() for _ in range(3)]
    for held in window.desk.courier.waiting()[:2]:
        window.desk.courier.pack(held)
    found = window.store.holding([CaseState.RECEIVED])
    assert [case.number for case in found] == [cases[2].number]


def test_an_original_marked_twice_and_one_that_came_back_are_told_apart(window: Window) -> None:
    case = window.ready()
    for custody in (Custody.RETURNED, Custody.HELD, Custody.HELD):
        window.desk.intake.mark_original(case.case_id, "photo-receipt", custody)
    window.desk.intake.mark_original(case.case_id, "id-card", Custody.HELD)
    window.desk.intake.mark_original(case.case_id, "id-card", Custody.RETURNED)
    window.desk.decisions.receive(case.case_id)
    (held,) = window.desk.courier.waiting()
    window.desk.courier.pack(held)
    assert not window.desk.courier.waiting()
