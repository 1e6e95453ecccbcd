"""Decisions of the office and the feed that tells them."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from sync.contract.models import BundleKind, ChangeDefect, ChangeKind
from sync.gateway import feed
from sync.gateway.errors import IllegalDecision, IncompleteDecision, UnknownSubject
from sync.gateway.matters import DECISIONS, STATED_AT_WINDOW, MatterState
from tests.sync.gateway_hall import Hall, WindowSeat, check_problem, open_hall
from workstation.domain.case import MOVES, CaseState, Move

PHOTO = ChangeDefect(material_id="photo", material="照片", problem="模糊", needed="重拍", basis="第五条")
NO_DECISIONS = {
    ChangeKind.SPECIAL_STARTED,
    ChangeKind.SPECIAL_ENDED,
    ChangeKind.EXTENDED,
    ChangeKind.BRANCH,
    ChangeKind.CATALOGUE,
    ChangeKind.CERTIFICATE_REVOKED,
    ChangeKind.RESULT,
}
MOVE_OF = {
    ChangeKind.ACCEPTED: Move.ACCEPT,
    ChangeKind.CORRECTION: Move.CORRECT,
    ChangeKind.REFUSED: Move.REFUSE,
    ChangeKind.IN_REVIEW: Move.REVIEW,
    ChangeKind.DECIDED: Move.DECIDE,
    ChangeKind.DELIVERED: Move.DELIVER,
}

pytestmark = pytest.mark.usefixtures("engine")


@pytest.fixture
def subject(window: WindowSeat) -> str:
    manifest = window.manifest()
    window.delivered(manifest)
    return manifest.subject


def test_every_decision_is_a_move_of_the_windows_table() -> None:
    assert set(DECISIONS) == set(ChangeKind) - NO_DECISIONS
    for kind, moves in DECISIONS.items():
        for state, target in moves.items():
            assert MOVES[CaseState(state.value)][MOVE_OF[kind]].value == target.value
    assert {state.value for state in STATED_AT_WINDOW} <= {state.value for state in CaseState}


def test_a_decision_reaches_the_window_that_sent_the_case(
    hall: Hall, window: WindowSeat, subject: str
) -> None:
    other = hall.window()
    change = hall.office.decide(subject, ChangeKind.ACCEPTED, actor="李样本", due=date(2026, 12, 1))
    told = window.news()
    assert told["cursor"] == change.cursor
    assert told["changes"] == [change.model_dump(mode="json")]
    assert told["changes"][0]["number"] == f"受理-{window.enrolment.number_prefix}-000001"
    assert window.news(after=change.cursor) == {"changes": [], "cursor": change.cursor}
    assert other.news() == {"changes": [], "cursor": 0}


def test_a_case_runs_its_whole_way(hall: Hall, window: WindowSeat, subject: str) -> None:
    way = (ChangeKind.ACCEPTED, ChangeKind.IN_REVIEW, ChangeKind.DECIDED, ChangeKind.DELIVERED)
    for kind in way:
        hall.office.decide(subject, kind, actor="李样本")
    assert [change["kind"] for change in window.news()["changes"]] == [kind.value for kind in way]
    cursors = [change["cursor"] for change in window.news()["changes"]]
    assert cursors == sorted(set(cursors))
    assert hall.office.cases()[0].state is MatterState.DELIVERED


def test_the_same_decision_again_is_told_once(hall: Hall, window: WindowSeat, subject: str) -> None:
    first = hall.office.decide(subject, ChangeKind.ACCEPTED, actor="李样本")
    assert hall.office.decide(subject, ChangeKind.ACCEPTED, actor="王样本") == first
    assert hall.office.decide(subject, ChangeKind.ACCEPTED, actor="", number=first.number) == first
    assert len(window.news()["changes"]) == 1


def test_the_same_decision_in_other_words_is_refused(hall: Hall, subject: str) -> None:
    hall.office.decide(subject, ChangeKind.ACCEPTED, actor="")
    with pytest.raises(IllegalDecision):
        hall.office.decide(subject, ChangeKind.ACCEPTED, actor="", number="另一号")
    with pytest.raises(IllegalDecision):
        hall.office.decide(subject, ChangeKind.ACCEPTED, actor="", reason="另一理由")


@pytest.mark.parametrize(
    "kind", [ChangeKind.IN_REVIEW, ChangeKind.DELIVERED, ChangeKind.DECIDED, ChangeKind.WAYBILL]
)
def test_a_decision_the_state_does_not_allow_is_refused(hall: Hall, subject: str, kind: ChangeKind) -> None:
    with pytest.raises(IllegalDecision):
        hall.office.decide(subject, kind, actor="")
    assert hall.office.cases()[0].state is MatterState.RECEIVED


def test_a_correction_names_its_defects_and_a_refusal_its_ground(hall: Hall, subject: str) -> None:
    for kind in (ChangeKind.CORRECTION, ChangeKind.REFUSED):
        with pytest.raises(IncompleteDecision):
            hall.office.decide(subject, kind, actor="", reason=" ")
    change = hall.office.decide(subject, ChangeKind.REFUSED, actor="", reason="不属于本机关职权范围")
    assert change.number.startswith("不予受理-")


def test_an_unknown_case_cannot_be_decided(hall: Hall) -> None:
    with pytest.raises(UnknownSubject):
        hall.office.decide("nothing", ChangeKind.ACCEPTED, actor="")


def test_a_corrected_case_waits_for_its_decision_again(hall: Hall, window: WindowSeat) -> None:
    first = window.manifest()
    window.delivered(first)
    hall.office.decide(first.subject, ChangeKind.CORRECTION, actor="", defects=(PHOTO,))
    (told,) = window.news()["changes"]
    assert told["defects"] == [PHOTO.model_dump()]
    second = window.next_version(first)
    window.delivered(second)
    assert hall.office.cases()[0].state is MatterState.RECEIVED
    change = hall.office.decide(first.subject, ChangeKind.CORRECTION, actor="", defects=(PHOTO,))
    assert (change.cursor > told["cursor"], change.bundle_id) == (True, second.bundle_id)


@pytest.mark.parametrize("stated", ["ACCEPTED", "CORRECTION", "REFUSED", "WITHDRAWN"])
def test_what_the_window_decided_itself_is_not_decided_again(
    hall: Hall, window: WindowSeat, stated: str
) -> None:
    manifest = window.manifest(body={"item": {"code": "X-1"}, "state": stated})
    window.delivered(manifest)
    assert hall.office.cases()[0].state == stated
    with pytest.raises(IllegalDecision):
        hall.office.decide(manifest.subject, ChangeKind.ACCEPTED, actor="")


def test_a_body_the_office_does_not_understand_counts_as_received(hall: Hall, window: WindowSeat) -> None:
    window.delivered(window.manifest(body={"state": ["DECIDED"], "item": {"title": 5}}))
    assert (hall.office.cases()[0].state, hall.office.cases()[0].item) == (MatterState.RECEIVED, "")


def test_a_withdrawal_ends_a_case_before_its_decision_and_not_after(hall: Hall, window: WindowSeat) -> None:
    first = window.manifest()
    window.delivered(first)
    hall.office.decide(first.subject, ChangeKind.ACCEPTED, actor="")
    second = window.next_version(first, body={"state": "RECEIVED"})
    window.delivered(second)
    assert hall.office.cases()[0].state is MatterState.ACCEPTED
    third = window.next_version(second, body={"state": "WITHDRAWN"})
    window.delivered(third)
    assert hall.office.cases()[0].state is MatterState.WITHDRAWN
    window.delivered(window.next_version(third, body={"state": "RECEIVED"}))
    assert hall.office.cases()[0].state is MatterState.WITHDRAWN


def test_a_delivery_bundle_closes_a_decided_case(hall: Hall, window: WindowSeat, subject: str) -> None:
    delivery = window.manifest(kind=BundleKind.DELIVERY, subject=subject)
    rating = window.manifest(kind=BundleKind.RATING, subject=subject)
    window.delivered(rating)
    hall.office.decide(subject, ChangeKind.ACCEPTED, actor="")
    hall.office.decide(subject, ChangeKind.DECIDED, actor="")
    window.delivered(delivery)
    assert hall.office.cases()[0].state is MatterState.DELIVERED


def test_the_demo_office_accepts_each_case_as_it_arrives(tmp_path: Path) -> None:
    hall = open_hall(tmp_path, auto_accept=True)
    window = hall.window()
    for serial in (1, 2):
        manifest = window.manifest(subject=f"W001-{serial}")
        window.put(manifest)
        window.put(manifest)
    window.delivered(window.manifest(subject="W001-3", body={"state": "REFUSED"}))
    window.delivered(window.manifest(kind=BundleKind.HANDOVER, subject="B-1"))
    assert [change["number"] for change in window.news()["changes"]] == [
        "受理-W001-000001",
        "受理-W001-000002",
    ]
    assert {change["actor"] for change in window.news()["changes"]} == {"auto"}
    hall.office.close()


# --- bags --------------------------------------------------------------------------------------------------


def test_a_counted_bag_is_told_to_its_window(hall: Hall, window: WindowSeat, subject: str) -> None:
    window.delivered(
        window.manifest(kind=BundleKind.HANDOVER, subject="W001-bag-1", body={"bag": "W001-bag-1"})
    )
    assert [(matter.kind, matter.state) for matter in hall.office.cases() if matter.subject != subject] == [
        ("handover", MatterState.LISTED)
    ]
    first = hall.office.check_bag("W001-bag-1", actor="陈样本")
    assert hall.office.check_bag("W001-bag-1", actor="陈样本") == first
    (change,) = window.news()["changes"]
    assert (change["kind"], change["subject"], change["defects"]) == ("waybill", "W001-bag-1", [])
    with pytest.raises(IllegalDecision):
        hall.office.check_bag("W001-bag-1", [PHOTO])


def test_a_difference_in_a_bag_is_an_exception(hall: Hall, window: WindowSeat, subject: str) -> None:
    window.delivered(window.manifest(kind=BundleKind.HANDOVER, subject="bag-2"))
    hall.office.check_bag("bag-2", [PHOTO])
    assert window.news()["changes"][0]["defects"][0]["material"] == "照片"
    assert hall.office.cases()[-1].state is MatterState.DISCREPANCY
    for number in (subject, "nothing"):
        with pytest.raises(UnknownSubject):
            hall.office.check_bag(number)


# --- the feed ----------------------------------------------------------------------------------------------


def test_a_long_feed_comes_in_slices(hall: Hall, window: WindowSeat, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feed, "SLICE", 3)
    for serial in range(7):
        manifest = window.manifest(subject=f"W001-{serial}")
        window.delivered(manifest)
        hall.office.decide(manifest.subject, ChangeKind.ACCEPTED, actor="")
    seen: list[int] = []
    cursor = 0
    while found := window.news(after=cursor)["changes"]:
        seen += [change["cursor"] for change in found]
        cursor = seen[-1]
    assert len(seen) == 7 and seen == sorted(set(seen))


@pytest.mark.parametrize(
    "query", [{"after": -1}, {"wait": 31}, {"wait": -1}, {"after": "x"}, {"wait": "nan"}]
)
def test_a_wrong_question_is_refused(window: WindowSeat, query: dict[str, str]) -> None:
    check_problem(window.call("GET", "/v1/changes", params=query), 422, "validation-failed")


def test_nothing_new_is_said_at_once_or_after_the_wait(window: WindowSeat) -> None:
    assert window.news(wait=0.3) == {"changes": [], "cursor": 0}
