"""What comes back: each change moves its case once, and none of them ever stops the feed."""

from __future__ import annotations

from datetime import date

import pytest

from sync.contract.models import ChangeKind
from tests.services.conftest import DEFECT, NOW, Window, change_of
from workstation.domain.case import Case, CaseState, Custody, Move
from workstation.domain.courier import Bag, BagState
from workstation.services.updates import COURSE, MOVE_OF

ORDERLY = (
    ChangeKind.ACCEPTED,
    ChangeKind.IN_REVIEW,
    ChangeKind.DECIDED,
    ChangeKind.DELIVERED,
)


def state(window: Window, case: Case) -> CaseState:
    return window.store.case(case.case_id).state


def test_a_case_goes_its_way_as_the_back_office_tells(window: Window) -> None:
    case = window.received()
    seen = []
    for kind in ORDERLY:
        assert window.tell(kind, case.number)
        seen.append(state(window, case))
    assert seen == [CaseState.ACCEPTED, CaseState.IN_REVIEW, CaseState.DECIDED, CaseState.DELIVERED]


def test_an_acceptance_brings_number_day_and_office(window: Window) -> None:
    case = window.received()
    window.tell(ChangeKind.ACCEPTED, case.number, number="SL-2026-000001", due=date(2026, 12, 20))
    move = window.store.case(case.case_id).last_move
    assert move is not None and move.move is Move.ACCEPT
    assert (move.number, move.due, move.body) == ("SL-2026-000001", date(2026, 12, 20), "香蜜湖街道")
    assert window.store.case(case.case_id).accepted_at == change_of(ChangeKind.ACCEPTED, "x", 1).at


def test_a_correction_opens_the_case_again_with_every_defect(window: Window) -> None:
    case = window.received()
    window.tell(ChangeKind.CORRECTION, case.number, defects=(DEFECT, DEFECT), due=date(2026, 12, 4))
    case = window.store.case(case.case_id)
    assert case.state is CaseState.CORRECTION and not case.is_sealed
    assert case.last_move is not None and len(case.last_move.defects) == 2
    assert case.last_move.defects[0].needed == "补交本人页"


def test_a_refusal_brings_its_ground_and_names_nobody_competent(window: Window) -> None:
    case = window.received()
    window.tell(ChangeKind.REFUSED, case.number, reason="不符合年龄条件")
    case = window.store.case(case.case_id)
    assert case.state is CaseState.REFUSED
    assert window.store.log(case.case_id)[-1].why == "不符合年龄条件"
    assert case.last_move is not None and case.last_move.body == ""


@pytest.mark.parametrize("kind", [ChangeKind.WAYBILL, ChangeKind.ARCHIVED])
def test_news_without_a_move_leaves_the_case_and_is_listed(window: Window, kind: ChangeKind) -> None:
    case = window.received()
    assert window.tell(kind, case.number)
    assert window.store.case(case.case_id) == case
    assert [applied.change.kind for applied in window.store.inbox.recent()] == [kind]


def test_every_kind_of_change_either_moves_or_is_news() -> None:
    news = {
        ChangeKind.WAYBILL,
        ChangeKind.ARCHIVED,
        ChangeKind.CATALOGUE,
        ChangeKind.CERTIFICATE_REVOKED,
        ChangeKind.RESULT,
    }
    assert set(ChangeKind) == {*MOVE_OF, *COURSE, *news}


@pytest.mark.parametrize("kind", list(ChangeKind))
@pytest.mark.parametrize("stage", range(len(ORDERLY) + 1))
def test_no_change_in_no_state_stops_the_feed(window: Window, kind: ChangeKind, stage: int) -> None:
    case = window.received()
    for before in ORDERLY[:stage]:
        window.tell(before, case.number)
    assert window.tell(kind, case.number, reason="理由", defects=(DEFECT,))
    assert window.tell(ChangeKind.ARCHIVED, case.number), "the next change still comes through"


@pytest.mark.parametrize(
    ("first", "late", "stays"),
    [
        (ChangeKind.REFUSED, ChangeKind.ACCEPTED, CaseState.REFUSED),
        (ChangeKind.ACCEPTED, ChangeKind.CORRECTION, CaseState.ACCEPTED),
        (ChangeKind.DECIDED, ChangeKind.IN_REVIEW, CaseState.RECEIVED),
        (ChangeKind.DELIVERED, ChangeKind.DELIVERED, CaseState.RECEIVED),
    ],
)
def test_a_change_that_comes_late_or_out_of_order_leaves_the_state(
    window: Window, first: ChangeKind, late: ChangeKind, stays: CaseState
) -> None:
    case = window.received()
    window.tell(first, case.number, reason="理由")
    length = window.store.case(case.case_id).length
    assert window.tell(late, case.number, defects=(DEFECT,))
    assert (state(window, case), window.store.case(case.case_id).length) == (stays, length)
    assert len(window.store.inbox.recent()) == 2


def test_a_correction_of_a_version_already_replaced_does_not_open_the_new_one(window: Window) -> None:
    first = window.received()
    window.tell_correction(first)
    second = window.desk.decisions.receive(window.scan(first, "household-register").case_id)
    old = first.bundles[0].bundle_id
    window.tell(ChangeKind.CORRECTION, second.number, defects=(DEFECT,), bundle_id=old)
    assert state(window, second) is CaseState.RECEIVED
    new = second.bundles[-1].bundle_id
    window.tell(ChangeKind.CORRECTION, second.number, defects=(DEFECT,), bundle_id=new)
    assert state(window, second) is CaseState.CORRECTION


def test_the_same_change_twice_moves_once(window: Window) -> None:
    case = window.received()
    change = change_of(ChangeKind.ACCEPTED, case.number, 1)
    assert window.store.inbox.apply(change)
    assert not window.store.inbox.apply(change)
    assert sum(entry.payload.kind == "moved" for entry in window.store.log(case.case_id)) == 2


def test_a_change_for_somebody_unknown_is_listed_and_passed_over(window: Window) -> None:
    assert window.tell(ChangeKind.ACCEPTED, "W99-20260101-001")
    assert window.store.inbox.cursor() == 1


def test_a_case_that_cannot_be_read_does_not_stop_the_feed(window: Window) -> None:
    damaged, sound = window.received(), window.received()
    with window.store.transaction() as tx:
        tx._session.connection().exec_driver_sql(
            "DELETE FROM entries WHERE case_id = ? AND seq = 3", (damaged.case_id,)
        )
    window.store._snapshots._cases.clear()
    assert window.tell(ChangeKind.ACCEPTED, damaged.number)
    assert window.tell(ChangeKind.ACCEPTED, sound.number)
    assert state(window, sound) is CaseState.ACCEPTED


def test_a_change_dated_before_the_receipt_is_applied_all_the_same(window: Window) -> None:
    case = window.received()
    window.tell(ChangeKind.ACCEPTED, case.number, at=NOW.replace(year=2025))
    ticks = [entry.tick for entry in window.store.log(case.case_id)]
    assert state(window, case) is CaseState.ACCEPTED and ticks == sorted(ticks)


def bag_on_its_way(window: Window) -> Bag:
    window.received()
    (held,) = window.desk.courier.waiting()
    bag = window.desk.courier.pack(held)
    return window.desk.courier.close(bag.number, seal_number="F-1")


@pytest.mark.parametrize(("defects", "result"), [((), BagState.CHECKED), ((DEFECT,), BagState.DISCREPANCY)])
def test_the_count_of_the_street_settles_the_bag(
    window: Window, defects: tuple[object, ...], result: BagState
) -> None:
    bag = bag_on_its_way(window)
    assert window.tell(ChangeKind.WAYBILL, bag.number, defects=defects)
    found = window.store.bag(bag.number)
    assert found is not None and found.state is result and found.lines == bag.lines


def test_a_bag_still_open_here_cannot_have_been_counted(window: Window) -> None:
    window.received()
    (held,) = window.desk.courier.waiting()
    bag = window.desk.courier.pack(held)
    assert window.tell(ChangeKind.WAYBILL, bag.number)
    assert window.store.bag(bag.number) == bag


def test_other_news_about_a_bag_changes_nothing(window: Window) -> None:
    bag = bag_on_its_way(window)
    assert window.tell(ChangeKind.ACCEPTED, bag.number)
    assert window.store.bag(bag.number) == bag


def test_a_refusal_from_the_back_office_brings_held_originals_back_to_the_citizen(window: Window) -> None:
    case = window.received()
    window.tell(ChangeKind.REFUSED, case.number, reason="不符合条件")
    courier = window.desk.courier
    assert not courier.waiting()
    (held,) = courier.to_hand_back()
    assert courier.hand_back(held).slot("photo-receipt").custody is Custody.RETURNED
    assert not courier.to_hand_back()
