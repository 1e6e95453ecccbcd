"""Decisions and sealing: one transaction each, and a bundle that says exactly what the window did."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from sync.contract.models import BundleKind, ChangeKind
from sync.contract.signing import manifest_sha256, verify
from sync.port import LineState
from tests.services.conftest import (
    ELDER_CARD,
    QIAN,
    RELIEF,
    SOCIAL_CARD,
    ZHAO,
    MakeWindow,
    Window,
)
from workstation.domain.case import (
    Agent,
    AgentSet,
    Case,
    CaseState,
    Custody,
    Defect,
    Flag,
    Flagged,
    HomeStreetSet,
    Ticketed,
)
from workstation.domain.clock import CHINA, end_of_day
from workstation.domain.deadlines import WorkCalendar
from workstation.domain.errors import IllegalMove
from workstation.domain.items import Pack
from workstation.domain.kinds import AgentKind, CorrectionRule
from workstation.services.errors import (
    AcceptanceNotDelegated,
    CaseSealed,
    NoApplicant,
    NoReason,
    NothingToCorrect,
    NotReadyToReceive,
)
from workstation.store.errors import ConcurrentChange, DiskFull
from workstation.store.transaction import Tx

DEFECTS = (
    Defect(
        material_id="household-register",
        material="户口簿",
        problem="未提交",
        needed="本人页",
        basis="办事指南",
    ),
    Defect(material_id="photo-receipt", material="数码照相回执", problem="未提交", needed="回执", basis=""),
)
DECIDERS: dict[str, Callable[[Window, Case], Case]] = {
    "receive": lambda window, case: window.desk.decisions.receive(case.case_id),
    "accept": lambda window, case: window.desk.decisions.accept(case.case_id),
    "correct": lambda window, case: window.desk.decisions.correct(case.case_id, DEFECTS),
    "refuse": lambda window, case: window.desk.decisions.refuse(case.case_id, reason="不属于职权", body=""),
}


def floats_in(value: Any) -> list[float]:
    if isinstance(value, dict):
        return [found for inner in value.values() for found in floats_in(inner)]
    if isinstance(value, list | tuple):
        return [found for inner in value for found in floats_in(inner)]
    return [value] if isinstance(value, float) else []


def decided(window: Window, how: str) -> Case:
    case = window.ready(SOCIAL_CARD if how == "accept" else ELDER_CARD)
    return DECIDERS[how](window, case)


def test_a_received_case_is_sealed_queued_and_frozen(window: Window) -> None:
    case = window.received()
    assert case.state is CaseState.RECEIVED and case.is_sealed
    line = window.store.outbox.line(case.bundles[0].bundle_id)
    assert (line.state, line.kind, line.subject) == (LineState.QUEUED, "case", case.number)
    assert line.manifest_sha256 == case.bundles[0].manifest_sha256
    with pytest.raises(CaseSealed):
        window.desk.decisions.receive(case.case_id)


def test_receiving_names_everything_that_is_missing_in_words(window: Window) -> None:
    case = window.desk.intake.open_case(window.item(ELDER_CARD))
    with pytest.raises(NotReadyToReceive) as refused:
        window.desk.decisions.receive(case.case_id)
    missing = str(refused.value.details["missing"])
    assert "申请人" in missing and "属地街道" in missing and "居民身份证 (待扫描)" in missing
    assert not window.store.outbox.lines()


def test_a_page_without_a_word_on_its_original_bars_receiving(window: Window) -> None:
    case = window.named(window.open())
    window.filled(window.with_materials(case, except_for=("id-card",)))
    window.scan(case, "id-card", 2)
    with pytest.raises(NotReadyToReceive) as refused:
        window.desk.decisions.receive(case.case_id)
    assert refused.value.details["missing"] == "居民身份证 (请确认原件去向)"


def test_the_manifest_lists_every_page_with_the_hash_of_its_bytes(window: Window) -> None:
    case = window.received()
    manifest = window.manifest(case)
    pages = {page.page_id: page for slot in case.slots.values() for page in slot.pages}
    assert {entry.page_id for entry in manifest.pages} == set(pages)
    for entry in manifest.pages:
        data = window.store.vault.get(entry.sha256)
        assert hashlib.sha256(data).hexdigest() == entry.sha256 == pages[entry.page_id].sha256
        assert (entry.size, entry.origin) == (len(data), "scanned")
    assert [entry.slot for entry in manifest.pages].count("id-card") == 2


def test_pages_of_a_situation_that_was_given_up_stay_here_and_are_not_sent(window: Window) -> None:
    case = window.open(case="exchange")
    window.scan(case, "old-card")
    window.desk.intake.answer(case.case_id, "case", "first-blue")
    window.filled(window.with_materials(window.named(case)))
    case = window.desk.decisions.receive(case.case_id)
    assert case.slot("old-card").pages
    manifest = window.manifest(case)
    assert "old-card" not in {entry.slot for entry in manifest.pages}
    assert "old-card" not in manifest.body["slots"]


@pytest.mark.parametrize("how", DECIDERS)
def test_the_bundle_is_signed_and_holds_no_floating_point_number(window: Window, how: str) -> None:
    case = decided(window, how)
    signed = window.store.outbox.load(case.bundles[-1].bundle_id)
    verify(signed.manifest, signed.signature, window.key.public_key())
    assert not floats_in(signed.manifest.body)
    assert signed.manifest.body["state"] == case.state.value
    assert signed.manifest.home_street == ("XMH")


def test_the_bundle_says_who_did_what_and_what_stands_in_the_form(window: Window) -> None:
    body = window.manifest(window.received()).body
    assert body["applicant"]["id_number"] == ZHAO.id_number
    assert body["fields"]["name"] == {
        "value": "赵样本",
        "origin": "CARD",
        "confidence_percent": 100,
        "page_id": None,
        "box": None,
        "checks": [],
        "confirmed_by": "王样本",
        "label": "姓名",
    }
    assert body["slots"]["photo-receipt"]["custody"] == "HELD"
    assert [entry["seq"] for entry in body["log"]] == list(range(1, len(body["log"]) + 1))
    assert body["log"][-1]["kind"] == "moved"


@pytest.mark.parametrize(("fault", "how"), [*(("queue", how) for how in DECIDERS), ("archive", "receive")])
def test_if_anything_fails_nothing_is_half_done(
    window: Window, monkeypatch: pytest.MonkeyPatch, how: str, fault: str
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise DiskFull

    case = window.ready(SOCIAL_CARD if how == "accept" else ELDER_CARD)
    with monkeypatch.context() as patch:
        patch.setattr(Tx, fault, fail)
        with pytest.raises(DiskFull):
            DECIDERS[how](window, case)
    after = window.store.case(case.case_id)
    assert after == case
    assert not window.store.outbox.lines()
    assert not window.store.archived(ZHAO.id_number)
    assert DECIDERS[how](window, after).is_sealed or how == "correct"


def test_a_case_changed_while_it_was_looked_at_is_not_received(
    window: Window, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = window.ready()
    ready = window.store.case

    def and_then_somebody_types(case_id: str) -> Case:
        found = ready(case_id)
        with monkeypatch.context() as patch:
            patch.setattr(window.store, "case", ready)
            window.desk.intake.type_field(case_id, "phone", "")
        return found

    with monkeypatch.context() as patch:
        patch.setattr(window.store, "case", and_then_somebody_types)
        with pytest.raises(ConcurrentChange):
            window.desk.decisions.receive(case.case_id)
    assert window.store.case(case.case_id).state is CaseState.DRAFT


@pytest.mark.parametrize(
    ("received", "due"),
    [
        (datetime(2026, 2, 12, 9, 0, tzinfo=CHINA), date(2026, 2, 26)),
        (datetime(2026, 9, 24, 17, 59, tzinfo=CHINA), date(2026, 10, 9)),
        (datetime(2026, 11, 20, 10, 42, tzinfo=CHINA), date(2026, 11, 27)),
    ],
)
def test_silence_means_acceptance_after_five_working_days(
    window: Window, received: datetime, due: date
) -> None:
    window.clock.now = received
    case = window.received()
    assert case.last_move is not None and case.last_move.due == due
    assert window.store.outbox.line(case.bundles[0].bundle_id).legal_due_at == end_of_day(due)


def test_an_item_answered_on_the_spot_is_due_the_same_day(make_window: MakeWindow, pack: Pack) -> None:
    items = tuple(dataclasses.replace(item, correction=CorrectionRule.ON_SPOT) for item in pack.items)
    window = make_window(packs=(dataclasses.replace(pack, items=items),))
    case = window.received()
    assert case.last_move is not None and case.last_move.due == date(2026, 11, 20)


def test_more_urgent_cases_go_first(window: Window) -> None:
    window.clock.forward(days=3)
    later = window.received()
    window.clock.forward(days=-3)
    sooner = window.received()
    assert [line.subject for line in window.store.outbox.due(window.clock())] == [
        sooner.number,
        later.number,
    ]


def test_beyond_the_published_calendar_a_case_is_received_with_an_open_due_day(window: Window) -> None:
    window.clock.forward(days=40)
    case = window.received()
    assert case.last_move is not None and case.last_move.due is None
    line = window.store.outbox.line(case.bundles[0].bundle_id)
    assert line.legal_due_at == end_of_day(date(2027, 1, 4)), "it keeps its place in the queue"
    assert window.desk.queue.words(line).legal == "法定期限需人工核定"
    assert window.desk.queue.words(line).workdays_left is None


def test_a_due_day_that_only_starts_in_a_known_year_is_open_too(window: Window) -> None:
    window.clock.now = window.clock.now.replace(month=12, day=28)
    case = window.received()
    line = window.store.outbox.line(case.bundles[0].bundle_id)
    assert window.desk.queue.words(line).legal == "法定期限需人工核定"


def test_beyond_the_published_calendar_an_accepted_case_has_an_open_due_day(window: Window) -> None:
    window.clock.forward(days=40)
    case = window.desk.decisions.accept(window.ready(SOCIAL_CARD).case_id)
    assert case.last_move is not None and case.last_move.due is None


def test_the_window_accepts_only_what_was_delegated_to_it(window: Window) -> None:
    case = window.ready(ELDER_CARD)
    with pytest.raises(AcceptanceNotDelegated):
        window.desk.decisions.accept(case.case_id)
    assert window.store.case(case.case_id).state is CaseState.DRAFT


def test_a_delegated_item_is_received_and_accepted_in_one_bundle(window: Window) -> None:
    case = window.desk.decisions.accept(window.ready(SOCIAL_CARD).case_id)
    assert case.state is CaseState.ACCEPTED and case.received_at == case.accepted_at
    assert case.last_move is not None and case.last_move.due == date(2026, 12, 4)
    assert len(case.bundles) == 1
    assert window.store.outbox.line(case.bundles[0].bundle_id).legal_due_at is None


def test_accepting_needs_all_that_receiving_needs(window: Window) -> None:
    with pytest.raises(NotReadyToReceive):
        window.desk.decisions.accept(window.open(SOCIAL_CARD).case_id)


def test_a_refusal_needs_its_ground_in_writing(window: Window) -> None:
    case = window.named(window.open())
    with pytest.raises(NoReason):
        window.desk.decisions.refuse(case.case_id, reason="  ", body="")
    assert window.store.case(case.case_id) == case


def test_a_refusal_carries_ground_and_competent_body_and_hands_the_originals_back(window: Window) -> None:
    case = window.ready()
    case = window.desk.decisions.refuse(case.case_id, reason=" 不属于本机关职权 ", body=" 市民政局 ")
    assert case.state is CaseState.REFUSED
    assert case.slot("photo-receipt").custody is Custody.RETURNED
    decision = window.manifest(case).body["decision"]
    assert (decision["move"], decision["reason"], decision["body"]) == (
        "REFUSE",
        "不属于本机关职权",
        "市民政局",
    )


def test_a_correction_needs_at_least_one_defect(window: Window) -> None:
    case = window.named(window.open())
    with pytest.raises(NothingToCorrect):
        window.desk.decisions.correct(case.case_id, ())
    assert window.store.case(case.case_id) == case


@pytest.mark.parametrize("how", ["correct", "refuse"])
def test_a_notice_needs_somebody_it_is_addressed_to(window: Window, how: str) -> None:
    case = window.open()
    with pytest.raises(NoApplicant):
        DECIDERS[how](window, case)
    assert window.store.case(case.case_id) == case


def test_the_correction_notice_lists_every_defect_and_sets_no_last_day(window: Window) -> None:
    case = window.named(window.open())
    case = window.desk.decisions.correct(case.case_id, DEFECTS)
    assert case.state is CaseState.CORRECTION
    assert case.last_move is not None and case.last_move.due is None
    decision = window.manifest(case).body["decision"]
    assert [defect["material"] for defect in decision["defects"]] == ["户口簿", "数码照相回执"]
    assert decision["defects"][0]["basis"] == "办事指南"
    assert decision["number"] == f"{case.number}-B"


def test_after_a_correction_version_two_names_the_hash_of_version_one(window: Window) -> None:
    case = window.named(window.open())
    case = window.desk.decisions.correct(case.case_id, DEFECTS)
    first = window.manifest(case)
    window.filled(window.with_materials(case))
    case = window.desk.decisions.receive(case.case_id)
    second = window.manifest(case)
    assert (first.kind, first.version, first.supersedes) == (BundleKind.CASE, 1, None)
    assert (second.kind, second.version) == (BundleKind.SUPPLEMENT, 2)
    assert second.supersedes == manifest_sha256(first) == case.bundles[0].manifest_sha256
    assert second.bundle_id != first.bundle_id and second.subject == first.subject


def test_a_resubmission_keeps_the_first_receipt_and_starts_the_clock_anew(window: Window) -> None:
    case = window.named(window.open())
    case = window.desk.decisions.correct(case.case_id, DEFECTS)
    first = window.clock.now
    window.clock.forward(days=10)
    window.filled(window.with_materials(case))
    case = window.desk.decisions.receive(case.case_id)
    assert case.received_at == first
    assert case.last_move is not None and case.last_move.due == date(2026, 12, 7)


def test_a_second_correction_notice_has_a_number_of_its_own(window: Window) -> None:
    case = window.named(window.open())
    case = window.desk.decisions.correct(case.case_id, DEFECTS)
    window.scan(case, "household-register")
    again = window.desk.decisions.correct(case.case_id, DEFECTS[:1])
    assert again.last_move is not None and again.last_move.number == f"{case.number}-B2"


def test_the_flag_of_tolerance_goes_when_the_material_came_after_all(window: Window) -> None:
    case = window.named(window.open(RELIEF))
    window.defer(case, "medical-invoice")
    window.scan(case, "medical-invoice")
    window.desk.intake.mark_original(case.case_id, "medical-invoice", Custody.HELD)
    window.filled(window.with_materials(case))
    case = window.desk.decisions.receive(case.case_id)
    assert Flag.TOLERATED not in case.flags
    assert "TOLERATED" not in window.manifest(case).body["flags"]


def test_what_follows_later_stands_in_the_bundle_with_its_day(window: Window) -> None:
    case = window.named(window.open(RELIEF))
    due = window.clock.now.date() + timedelta(days=5)
    window.defer(case, "medical-invoice")
    window.filled(window.with_materials(case, except_for=("medical-invoice",)))
    case = window.desk.decisions.receive(case.case_id)
    body = window.manifest(case).body
    assert body["flags"] == ["TOLERATED"]
    assert body["slots"]["medical-invoice"]["deferred_until"] == due.isoformat()


def test_a_withdrawn_case_tells_the_back_office_and_hands_the_originals_back(window: Window) -> None:
    case = window.received()
    case = window.desk.decisions.withdraw(case.case_id, why="申请人书面撤回")
    manifest = window.manifest(case)
    assert case.state is CaseState.WITHDRAWN and len(case.bundles) == 2
    assert (manifest.kind, manifest.version, manifest.body["state"]) == (
        BundleKind.SUPPLEMENT,
        2,
        "WITHDRAWN",
    )
    assert manifest.body["decision"]["reason"] == "申请人书面撤回"
    assert case.slot("photo-receipt").custody is Custody.RETURNED


def test_a_draft_is_withdrawn_without_a_word_to_anybody(window: Window) -> None:
    case = window.desk.decisions.withdraw(window.open().case_id, why="走错窗口")
    assert case.state is CaseState.WITHDRAWN and not case.bundles


def test_a_decided_case_can_no_longer_be_withdrawn(window: Window) -> None:
    case = window.received()
    for kind in (ChangeKind.ACCEPTED, ChangeKind.DECIDED):
        window.tell(kind, case.number)
    with pytest.raises(IllegalMove):
        window.desk.decisions.withdraw(case.case_id, why="")


def test_the_calendar_is_never_asked_about_a_year_it_does_not_know_without_a_net(
    make_window: MakeWindow,
) -> None:
    empty = WorkCalendar(years=frozenset(), days_off=frozenset(), make_up=frozenset())
    window = make_window(calendar=empty)
    assert window.received().state is CaseState.RECEIVED


def test_an_item_without_a_promised_limit_is_accepted_without_a_day(
    make_window: MakeWindow, pack: Pack
) -> None:
    items = tuple(dataclasses.replace(item, promised=None) for item in pack.items)
    window = make_window(packs=(dataclasses.replace(pack, items=items),))
    case = window.desk.decisions.accept(window.ready(SOCIAL_CARD).case_id)
    assert case.last_move is not None and case.last_move.due is None


def test_the_bundle_tells_agent_streets_ticket_and_the_mark_of_an_old_pack(window: Window) -> None:
    case = window.ready()
    agent = Agent(
        kind=AgentKind.AUTHORISED,
        name="钱样本",
        id_number=QIAN.id_number,
        relation="女儿",
        document="授权委托书",
        scope=("代为提交材料",),
        valid_until=date(2026, 12, 31),
    )
    street = HomeStreetSet(street="XMH", second="FT")
    stale = Flagged(flag=Flag.STALE_PACK, on=True)
    came = Ticketed(ticket="A012", taken_at=window.clock.now)
    with window.store.transaction() as tx:
        facts = (AgentSet(agent=agent), street, stale, came)
        tx.record(case.case_id, *facts, actor="王样本", at=window.clock.now)
    body = window.manifest(window.desk.decisions.receive(case.case_id)).body
    assert body["agent"]["name"] == "钱样本" and body["agent"]["valid_until"] == "2026-12-31"
    assert body["agent"]["scope"] == ["代为提交材料"]
    assert (body["streets"], body["ticket"], body["stale_pack"]) == (["XMH", "FT"], "A012", True)
    assert body["credit"] is None and body["supplement"] is None


def test_a_body_carries_what_is_added_beside_the_case(window: Window) -> None:
    case = window.ready()
    sealer = dataclasses.replace(window.desk.decisions.sealer, extra=lambda case, item: {"more": item.code})
    decisions = dataclasses.replace(window.desk.decisions, sealer=sealer)
    body = window.manifest(decisions.receive(case.case_id)).body
    assert body["more"] == case.item_code and body["state"] == "RECEIVED"
