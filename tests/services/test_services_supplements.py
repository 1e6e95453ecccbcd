"""Supplements: what tolerance owed comes in as the next version; only owed slots move, once."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from datetime import date, datetime
from pathlib import Path
from random import Random

import pytest

from sync.client import GatewayClient
from sync.contract.models import BundleKind, ChangeKind
from sync.contract.signing import manifest_sha256
from sync.port import LineState
from sync.sender import Sender
from tests.services.conftest import DEFECT, PROFILE, QIAN, RELIEF, Clock, MakeWindow, Window
from tests.sync.proxy import Fault, FaultProxy
from workstation.domain.case import Case, CaseState, Custody, Flag, SupplementWay
from workstation.domain.clock import end_of_day, now
from workstation.domain.errors import IllegalMove
from workstation.services.decision_errors import (
    NothingBrought,
    NothingOwed,
    NotOverdue,
    SupplementTooLate,
    SupplementUnfinished,
    WaybillMissing,
)
from workstation.services.enrolment import join, window_key
from workstation.services.errors import CaseSealed, NoReason
from workstation.services.supplements import last_supplement
from workstation.store.database import Store

pytest.importorskip("uvicorn")
from sync.gateway.office import Office  # noqa: E402 - needs the optional extra
from sync.gateway.serve import GatewayServer  # noqa: E402

INVOICE, BANK = "medical-invoice", "bank-account"
PARCEL = "EA123456785CN"


def tolerated(window: Window, *slots: str) -> Case:
    """A received case that owes the named slots until Wednesday."""
    case = window.named(window.open(RELIEF))
    for slot in slots or (INVOICE,):
        window.defer(case, slot)
    window.filled(window.with_materials(case, except_for=slots or (INVOICE,)))
    return window.desk.decisions.receive(case.case_id)


def opened(window: Window, case: Case) -> Case:
    return window.desk.supplements.open(case.case_id, way=SupplementWay.IN_PERSON)


def brought(window: Window, case: Case, slot: str = INVOICE, custody: Custody = Custody.HELD) -> Case:
    window.scan(case, slot)
    return window.desk.intake.mark_original(case.case_id, slot, custody)


def test_a_supplement_is_the_next_version_that_names_the_one_before(window: Window) -> None:
    case = tolerated(window)
    first = window.manifest(case)
    brought(window, opened(window, case))
    case = window.desk.supplements.seal(case.case_id)
    second = window.manifest(case)
    assert (second.kind, second.version) == (BundleKind.SUPPLEMENT, 2)
    assert second.supersedes == manifest_sha256(first)
    assert second.body["supplement"] == {
        "way": "IN_PERSON",
        "waybill": "",
        "settled": {INVOICE: "2026-11-25"},
    }
    assert INVOICE in {page.slot for page in second.pages}
    assert case.state is CaseState.RECEIVED and case.supplement is None
    assert not case.debts and Flag.TOLERATED not in case.flags
    assert case.slot(INVOICE).custody is Custody.HELD


def test_only_what_came_is_archived_as_checked_today(window: Window) -> None:
    case = tolerated(window, BANK)
    window.clock.forward(days=3)
    brought(window, opened(window, case), BANK, Custody.RETURNED)
    window.desk.supplements.seal(case.case_id)
    assert case.applicant is not None
    days = {c.standard_id: c.checked_on for c in window.store.archived(case.applicant.id_number)}
    assert days[BANK] == date(2026, 11, 23)
    assert days["household-register"] == date(2026, 11, 20)


def test_what_is_still_owed_stays_owed(window: Window) -> None:
    case = tolerated(window, INVOICE, BANK)
    brought(window, opened(window, case))
    case = window.desk.supplements.seal(case.case_id)
    assert set(case.debts) == {BANK} and Flag.TOLERATED in case.flags
    assert window.manifest(case).body["debts"] == {BANK: {"due": "2026-11-25", "way": "IN_PERSON"}}
    brought(window, opened(window, case), BANK, Custody.RETURNED)
    case = window.desk.supplements.seal(case.case_id)
    assert not case.debts and [b.version for b in case.bundles] == [1, 2, 3]


def test_only_owed_slots_take_pages_and_only_while_a_supplement_is_open(window: Window) -> None:
    case = tolerated(window)
    with pytest.raises(CaseSealed):
        window.scan(case, INVOICE)
    opened(window, case)
    with pytest.raises(CaseSealed):
        window.scan(case, "id-card")
    with pytest.raises(CaseSealed):
        window.desk.intake.mark_original(case.case_id, "id-card", Custody.HELD)
    brought(window, case)
    case = window.desk.supplements.seal(case.case_id)
    with pytest.raises(CaseSealed):
        window.scan(case, INVOICE)


def test_a_supplement_without_a_page_is_none(window: Window) -> None:
    case = opened(window, tolerated(window))
    with pytest.raises(NothingBrought):
        window.desk.supplements.seal(case.case_id)
    assert len(window.store.case(case.case_id).bundles) == 1


def test_a_supplement_says_where_each_original_is_before_it_is_sealed(window: Window) -> None:
    case = opened(window, tolerated(window))
    window.scan(case, INVOICE)
    with pytest.raises(SupplementUnfinished) as refused:
        window.desk.supplements.seal(case.case_id)
    assert refused.value.details["missing"] == "医疗费票据 (请确认原件去向)"


def test_a_case_that_owes_nothing_takes_no_supplement(window: Window) -> None:
    with pytest.raises(NothingOwed):
        opened(window, window.received())


def test_a_supplement_that_was_not_opened_cannot_be_sealed(window: Window) -> None:
    with pytest.raises(SupplementTooLate):
        window.desk.supplements.seal(tolerated(window).case_id)


def test_a_parcel_needs_its_number(window: Window) -> None:
    case = tolerated(window)
    with pytest.raises(WaybillMissing):
        window.desk.supplements.open(case.case_id, way=SupplementWay.POST, waybill=" ")
    case = window.desk.supplements.open(case.case_id, way=SupplementWay.POST, waybill=" ea123456785cn ")
    assert case.supplement is not None and case.supplement.waybill == PARCEL


def test_a_supplement_comes_in_while_the_case_is_reviewed_too(window: Window) -> None:
    case = tolerated(window)
    for kind in (ChangeKind.ACCEPTED, ChangeKind.IN_REVIEW):
        window.tell(kind, case.number)
    brought(window, opened(window, case))
    case = window.desk.supplements.seal(case.case_id)
    assert case.state is CaseState.IN_REVIEW and not case.debts
    line = window.store.outbox.line(case.bundles[-1].bundle_id)
    assert line.legal_due_at == end_of_day(date(2026, 11, 25)), "the debt's last day orders the queue"


@pytest.mark.parametrize("end", ["withdrawn", "decided", "draft"])
def test_a_case_that_has_ended_or_not_begun_takes_no_supplement(window: Window, end: str) -> None:
    case = window.open(RELIEF) if end == "draft" else tolerated(window)
    if end == "withdrawn":
        window.desk.decisions.withdraw(case.case_id, why="申请人撤回")
    elif end == "decided":
        for kind in (ChangeKind.ACCEPTED, ChangeKind.DECIDED):
            window.tell(kind, case.number)
    with pytest.raises(SupplementTooLate):
        opened(window, case)


def test_a_case_that_ends_while_its_supplement_is_taken_in_takes_no_more(window: Window) -> None:
    case = opened(window, tolerated(window))
    window.scan(case, INVOICE)
    window.tell(ChangeKind.REFUSED, case.number, reason="不符合条件")
    with pytest.raises(CaseSealed):
        window.scan(case, INVOICE)
    with pytest.raises(SupplementTooLate):
        window.desk.supplements.seal(case.case_id)


def test_papers_posted_in_for_a_correction_keep_their_parcel_too(window: Window) -> None:
    case = window.tell_correction(window.received())
    case = window.desk.supplements.open(case.case_id, way=SupplementWay.POST, waybill=PARCEL)
    assert case.state is CaseState.CORRECTION and case.may_fill("household-register")
    window.scan(case, "household-register")
    case = window.desk.decisions.receive(case.case_id)
    assert case.supplement is None and len(case.bundles) == 2


def test_a_correction_asked_before_a_supplement_arrived_still_counts(window: Window) -> None:
    case = tolerated(window)
    first = case.bundles[0].bundle_id
    brought(window, opened(window, case))
    window.desk.supplements.seal(case.case_id)
    window.tell(ChangeKind.CORRECTION, case.number, bundle_id=first, defects=(DEFECT,), reason="缺页")
    assert window.store.case(case.case_id).state is CaseState.CORRECTION


def test_the_last_supplement_is_told_from_the_log(window: Window) -> None:
    case = tolerated(window, INVOICE, BANK)
    assert last_supplement(window.store.log(case.case_id)) is None
    brought(window, opened(window, case))
    window.desk.supplements.seal(case.case_id)
    window.clock.forward(hours=3)
    window.desk.supplements.open(case.case_id, way=SupplementWay.POST, waybill=PARCEL)
    brought(window, case, BANK, Custody.RETURNED)
    window.desk.supplements.seal(case.case_id)
    told = last_supplement(window.store.log(case.case_id))
    assert told is not None
    assert (told.number, told.way, told.waybill, told.slots) == (2, SupplementWay.POST, PARCEL, (BANK,))
    assert told.sealed_at == window.clock.now


# --- debts that nobody pays -----------------------------------------------------------------------------


def test_a_case_is_terminated_only_when_a_debt_is_overdue_and_somebody_says_why(window: Window) -> None:
    case = tolerated(window)
    window.tell(ChangeKind.ACCEPTED, case.number)
    with pytest.raises(NotOverdue):
        window.desk.decisions.terminate_overdue(case.case_id, why="逾期")
    window.clock.forward(days=6)
    with pytest.raises(NoReason):
        window.desk.decisions.terminate_overdue(case.case_id, why=" ")
    case = window.desk.decisions.terminate_overdue(case.case_id, why="逾期未补交, 已电话催告")
    body = window.manifest(case).body
    assert case.state is CaseState.TERMINATED
    assert (body["state"], body["decision"]["reason"]) == ("TERMINATED", "逾期未补交, 已电话催告")


def test_a_case_that_is_only_received_is_not_terminated_by_the_window(window: Window) -> None:
    case = tolerated(window)
    window.clock.forward(days=6)
    with pytest.raises(IllegalMove):
        window.desk.decisions.terminate_overdue(case.case_id, why="逾期")


def test_a_late_supplement_is_still_taken_for_force_majeure_is_the_clerks_to_weigh(window: Window) -> None:
    case = tolerated(window)
    window.tell(ChangeKind.ACCEPTED, case.number)
    window.clock.forward(days=10)
    brought(window, opened(window, case))
    case = window.desk.supplements.seal(case.case_id)
    assert not case.debts
    with pytest.raises(NotOverdue):
        window.desk.decisions.terminate_overdue(case.case_id, why="逾期")


# --- finding ----------------------------------------------------------------------------------------------


def test_a_case_is_found_by_parcel_number_identity_and_name(window: Window) -> None:
    case = tolerated(window)
    other = window.received(person=QIAN)
    window.desk.supplements.open(case.case_id, way=SupplementWay.POST, waybill=PARCEL)
    find = window.desk.finder.find
    assert case.applicant is not None
    for text, by in (
        (PARCEL.lower(), "运单号"),
        (case.applicant.id_number.lower(), "证件号码"),
        (case.number, "办件编号"),
        (case.number[-8:], "办件编号"),
        ("赵样", "姓名"),
    ):
        found = {one.case_id: one for one in find(f" {text} ")}
        assert case.case_id in found, text
        assert found[case.case_id].by == by
    assert [one.case_id for one in find("钱样本")] == [other.case_id]
    assert find(PARCEL)[0].owes == 1 and find(PARCEL)[0].waybill == PARCEL


@pytest.mark.parametrize("text", ["", "赵", "%%", "__", '"', '","waybill":"', "440304196403089999", "EA000"])
def test_what_fits_nothing_finds_nothing(window: Window, text: str) -> None:
    tolerated(window)
    assert window.desk.finder.find(text) == ()


def test_somebody_named_before_by_mistake_does_not_find_the_case(window: Window) -> None:
    case = window.named(window.open(RELIEF), QIAN)
    wrong = case.applicant
    window.named(case)
    assert wrong is not None and window.desk.finder.find(wrong.id_number) == ()


def test_a_parcel_the_back_office_announced_finds_its_case(window: Window) -> None:
    case = tolerated(window)
    window.tell(ChangeKind.WAYBILL, case.number, number=PARCEL)
    assert [(one.case_id, one.by) for one in window.desk.finder.find(PARCEL)] == [(case.case_id, "运单号")]


# --- over the wire ----------------------------------------------------------------------------------------


class SystemClock(Clock):
    """The real time: a real server's answers carry it too."""

    def __call__(self) -> datetime:
        return now()


@pytest.fixture
def spoilt(tmp_path: Path) -> Iterator[tuple[Office, FaultProxy]]:
    office = Office.open(tmp_path / "office", streets={"HF": "华富街道", "XMH": "香蜜湖街道"})
    server = GatewayServer(office)
    with FaultProxy(int(server.start().rsplit(":", 1)[1])) as proxy:
        yield office, proxy
    server.stop()
    office.close()


Send = Callable[[], None]


def enrolled(make_window: MakeWindow, store: Store, office: Office, proxy: FaultProxy) -> tuple[Window, Send]:
    """A window of that office, and a way to send all it has queued."""
    code = office.new_code("HF")
    member = join(store, proxy.url, code=code, window_name="综合窗口 03", street="HF", practice=False)
    profile = dataclasses.replace(
        PROFILE, window_id=member.enrolment.window_id, number_prefix=member.enrolment.number_prefix
    )
    window = make_window(profile=profile, key=window_key(store), clock=SystemClock(now()))

    def send() -> None:
        client = GatewayClient(member.url, member.identity, clock=now)
        Sender(store.outbox, store.inbox, client, clock=now, random=Random(1)).send_due(eager=True)
        client.close()

    return window, send


def test_a_supplement_whose_reply_is_lost_arrives_once(
    make_window: MakeWindow, store: Store, spoilt: tuple[Office, FaultProxy]
) -> None:
    office, proxy = spoilt
    window, send = enrolled(make_window, store, office, proxy)
    case = tolerated(window)
    brought(window, opened(window, case))
    case = window.desk.supplements.seal(case.case_id)
    proxy.set(Fault(lose_reply_to=case.bundles[-1].bundle_id.encode()))
    send()
    lost = proxy.struck
    proxy.set()
    send()
    assert lost >= 1
    assert {line.state for line in store.outbox.lines()} == {LineState.DELIVERED}
    assert sorted(office.bundle_ids()) == sorted(bundle.bundle_id for bundle in case.bundles)


def test_a_supplement_answers_no_correction_at_the_office(
    make_window: MakeWindow, store: Store, spoilt: tuple[Office, FaultProxy]
) -> None:
    office, proxy = spoilt
    window, send = enrolled(make_window, store, office, proxy)
    case = tolerated(window)
    send()
    office.decide(case.number, ChangeKind.CORRECTION, actor="香蜜湖街道", reason="缺页", defects=(DEFECT,))
    brought(window, opened(window, case))
    window.desk.supplements.seal(case.case_id)
    send()
    (matter,) = office.cases()
    assert (matter.version, matter.state.value) == (2, "CORRECTION")
    window.tell(ChangeKind.CORRECTION, case.number, defects=(DEFECT,), reason="缺页")
    window.scan(case, "household-register")
    window.desk.decisions.receive(case.case_id)
    send()
    (matter,) = office.cases()
    assert (matter.version, matter.state.value) == (3, "RECEIVED")
