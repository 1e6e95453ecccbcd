"""A refused version is corrected in its case; the next one takes its place, here and at the office."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from random import Random

import pytest

from sync.client import GatewayClient
from sync.contract.models import BundleKind
from sync.contract.signing import manifest_sha256
from sync.errors import FailureClass
from sync.gateway.office import Office
from sync.gateway.serve import GatewayServer
from sync.port import LineState
from sync.sender import Sender
from tests.services.conftest import PROFILE, MakeWindow, Window
from tests.services.receipts import deliver
from workstation.domain.case import Case, CaseState, Move, Moved, Reopened
from workstation.domain.clock import now
from workstation.services.decision_errors import CannotReopen, ReplacedAlready
from workstation.services.enrolment import join, window_key
from workstation.services.errors import CaseSealed
from workstation.services.queue import QueueDesk
from workstation.store.database import Group, Store


def refuse(window: Window, bundle_id: str, state: LineState = LineState.FIX) -> None:
    failure = {LineState.FIX: FailureClass.FIX, LineState.ASK: FailureClass.ASK}[state]
    now = window.clock()
    window.store.outbox.mark_sending(bundle_id, now)
    window.store.outbox.mark_failed(
        bundle_id, state=state, failure=failure, code="Y201", detail="", next_try_at=None, now=now
    )


@pytest.fixture
def refused(window: Window) -> Case:
    """A received case whose first version the office refused."""
    case = window.received()
    refuse(window, case.bundles[0].bundle_id)
    return case


def test_a_refused_case_is_corrected_and_sealed_as_the_next_version(window: Window, refused: Case) -> None:
    first = refused.bundles[0]
    frozen = window.store.outbox.load(first.bundle_id)
    window.clock.forward(hours=3)
    case = window.desk.reopening.open(first.bundle_id)
    assert not case.is_sealed and window.store.outbox.state(first.bundle_id) is LineState.HELD
    window.desk.intake.set_home_street(case.case_id, "HF")
    case = window.desk.decisions.receive(case.case_id)
    assert case.state is CaseState.RECEIVED and case.is_sealed and not case.reopened
    assert case.received_at == refused.received_at and case.last_move == refused.last_move
    manifest = window.manifest(case)
    assert (manifest.version, manifest.supersedes) == (2, first.manifest_sha256)
    assert manifest.kind is BundleKind.CASE and manifest.home_street == "HF"
    assert manifest.body["refused"] == [{"version": 1, "manifest_sha256": first.manifest_sha256}]
    # The refused version is there as it was sealed, and is not sent any more.
    assert window.store.outbox.load(first.bundle_id) == frozen
    assert window.store.outbox.state(first.bundle_id) is LineState.REPLACED
    assert [entry.detail for entry in window.store.outbox.history(first.bundle_id)][-2:] == [
        "正在更正, 封装后由新版代替",
        "由第 2 版代替",
    ]
    old = window.store.outbox.line(case.bundles[0].bundle_id)
    new = window.store.outbox.line(case.bundles[1].bundle_id)
    assert [line.line for line in window.desk.queue.page(Group.WAITING)] == [new]
    assert old in [line.line for line in window.desk.queue.page(Group.EVERY)]
    assert window.desk.queue.standing().waiting == 1


def test_the_clock_of_silence_does_not_start_anew(window: Window, refused: Case) -> None:
    first = window.store.outbox.line(refused.bundles[0].bundle_id)
    window.clock.forward(days=2)
    window.desk.reopening.open(first.bundle_id)
    case = window.desk.decisions.receive(refused.case_id)
    assert window.store.outbox.line(case.bundles[1].bundle_id).legal_due_at == first.legal_due_at


def test_a_second_refusal_is_corrected_too_and_both_are_named(window: Window, refused: Case) -> None:
    case = refused
    for _ in range(2):
        window.desk.reopening.open(case.bundles[-1].bundle_id)
        case = window.desk.decisions.receive(case.case_id)
        if len(case.bundles) == 2:
            refuse(window, case.bundles[-1].bundle_id, LineState.ASK)
    manifest = window.manifest(case)
    assert [one["version"] for one in manifest.body["refused"]] == [2, 1]
    assert manifest.version == 3 and manifest.kind is BundleKind.CASE


def test_one_that_arrived_by_hand_meanwhile_is_followed_as_usual(window: Window, refused: Case) -> None:
    window.desk.reopening.open(refused.bundles[0].bundle_id)
    deliver(window, refused.bundles[0].bundle_id)
    manifest = window.manifest(window.desk.decisions.receive(refused.case_id))
    assert manifest.kind is BundleKind.SUPPLEMENT and "refused" not in manifest.body
    assert window.store.outbox.state(refused.bundles[0].bundle_id) is LineState.DELIVERED


def test_what_is_on_its_way_delivered_or_replaced_is_not_opened(window: Window, refused: Case) -> None:
    waiting = window.received()
    with pytest.raises(CannotReopen):
        window.desk.reopening.open(waiting.bundles[0].bundle_id)
    deliver(window, waiting.bundles[0].bundle_id)
    with pytest.raises(CannotReopen):
        window.desk.reopening.open(waiting.bundles[0].bundle_id)
    window.desk.reopening.open(refused.bundles[0].bundle_id)
    window.desk.reopening.open(refused.bundles[0].bundle_id)
    entries = [e for e in window.store.log(refused.case_id) if isinstance(e.payload, Reopened)]
    assert len(entries) == 1
    case = window.desk.decisions.receive(refused.case_id)
    window.store.outbox.hold(case.bundles[1].bundle_id, "because", window.clock())
    with pytest.raises(CannotReopen):
        window.desk.reopening.open(case.bundles[0].bundle_id)


def test_an_older_version_is_not_opened_behind_a_newer_one(window: Window) -> None:
    case = window.received()
    with window.store.transaction() as tx:
        item = window.desk.catalogue.item_of(case)
        sealer = window.desk.decisions.sealer
        due = window.clock()
        sealer.seal_case(tx, case, item, tx.log(case.case_id), at=window.clock(), legal_due_at=due)
    window.store.outbox.hold(case.bundles[0].bundle_id, "because", window.clock())
    with pytest.raises(ReplacedAlready):
        window.desk.reopening.open(case.bundles[0].bundle_id)


def test_a_decision_that_comes_meanwhile_closes_the_correction(window: Window, refused: Case) -> None:
    window.desk.reopening.open(refused.bundles[0].bundle_id)
    with window.store.transaction() as tx:
        moves = [Moved(move=Move.ACCEPT), Moved(move=Move.DECIDE)]
        case = tx.record(refused.case_id, *moves, actor="office", at=window.clock())
    assert case.is_sealed
    with pytest.raises(CaseSealed):
        window.desk.decisions.receive(refused.case_id)


def test_a_reopened_case_sends_no_notice(window: Window, refused: Case) -> None:
    window.desk.reopening.open(refused.bundles[0].bundle_id)
    with pytest.raises(CaseSealed):
        window.desk.decisions.refuse(refused.case_id, reason="材料不符", body="")


def test_every_state_of_a_line_has_its_words(window: Window, refused: Case) -> None:
    window.desk.reopening.open(refused.bundles[0].bundle_id)
    queue: QueueDesk = window.desk.queue
    (line,) = queue.page(Group.WAITING)
    assert "正在更正" in line.why
    case = window.desk.decisions.receive(refused.case_id)
    shown = queue.words(window.store.outbox.line(refused.bundles[0].bundle_id))
    assert (shown.state, shown.why) == ("已由新版代替", "由第 2 版代替")
    assert manifest_sha256(window.manifest(case)) == case.bundles[1].manifest_sha256


def test_a_real_back_office_takes_the_correction_of_what_it_refused(
    make_window: MakeWindow, store: Store, tmp_path: Path
) -> None:
    office = Office.open(tmp_path / "office", streets={"HF": "华富街道"})
    server = GatewayServer(office)
    member = join(
        store, server.start(), code=office.new_code("HF"), window_name="03", street="HF", practice=False
    )
    enrolment = member.enrolment
    profile = dataclasses.replace(
        PROFILE, window_id=enrolment.window_id, number_prefix=enrolment.number_prefix
    )
    window = make_window(profile=profile, key=window_key(store))
    try:
        with GatewayClient(member.url, member.identity) as client:
            sender = Sender(store.outbox, store.inbox, client, clock=now, random=Random(1))
            case = window.received()
            first = case.bundles[0].bundle_id
            sender.send_due()
            assert store.outbox.state(first) is LineState.FIX
            assert "street-unknown" in store.outbox.line(first).detail
            window.desk.reopening.open(first)
            window.desk.intake.set_home_street(case.case_id, "HF")
            case = window.desk.decisions.receive(case.case_id)
            sender.send_due()
        assert store.outbox.state(case.bundles[1].bundle_id) is LineState.DELIVERED
        assert office.bundle_ids() == (case.bundles[1].bundle_id,)
        (matter,) = office.cases()
        assert (matter.subject, matter.version, matter.home_street) == (case.number, 2, "HF")
    finally:
        server.stop()
        office.close()
