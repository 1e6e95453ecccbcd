"""Matters at the back office: approvers decide side by side, and the case follows what all have said."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.contract.models import BundleKind, Change, ChangeDefect, ChangeKind, Manifest
from sync.gateway.branches import Branch, next_step
from sync.gateway.errors import IllegalDecision, IncompleteDecision, UnknownBranch, UnknownSubject
from sync.gateway.matters import DECISIONS, MatterState
from tests.sync.gateway_hall import Hall, WindowSeat, open_hall, options_of
from workstation.cli import main
from workstation.domain.case import MOVES, CaseState
from workstation.services.updates import MOVE_OF

REGISTRATION, HYGIENE, SIGN = "440790103001", "440190104001", "441090105001"
ACCEPTED, CORRECTION, REFUSED = ChangeKind.ACCEPTED, ChangeKind.CORRECTION, ChangeKind.REFUSED
IN_REVIEW, DECIDED, DELIVERED = ChangeKind.IN_REVIEW, ChangeKind.DECIDED, ChangeKind.DELIVERED
PLAN = ChangeDefect(material_id="floor-plan", material="平面图", problem="无尺寸", needed="注明面积")
DESIGN = ChangeDefect(material_id="sign-design", material="效果图", problem="模糊", needed="重印")

pytestmark = pytest.mark.usefixtures("engine")


def part(code: str, title: str) -> dict[str, Any]:
    return {
        "item_code": code,
        "implementation_code": "",
        "title": title,
        "authority": f"{title}局",
        "promised": {"number": 7, "unit": "WORKDAY"},
        "slots": ["id-card"],
        "fields": ["name"],
    }


PARTS = [part(REGISTRATION, "登记"), part(HYGIENE, "卫生"), part(SIGN, "招牌")]
BODY: dict[str, Any] = {
    "item": {"code": "barber-shop", "title": "我要开理发店"},
    "state": "RECEIVED",
    "matter": {"id": "barber-shop", "title": "我要开理发店", "due": None},
    "branches": PARTS,
}


@pytest.fixture
def sealed(window: WindowSeat) -> Manifest:
    manifest = window.manifest(body=BODY)
    window.delivered(manifest)
    return manifest


def news(window: WindowSeat) -> list[tuple[str, str, str]]:
    """Kind, item code and the branch's own kind of everything told."""
    changes = window.news()["changes"]
    return [(change["kind"], change["item_code"], change["branch"] or "") for change in changes]


def states(hall: Hall, subject: str) -> list[str]:
    return [branch.state.value for branch in hall.office.branches(subject)]


def say(hall: Hall, manifest: Manifest, code: str, kind: ChangeKind, **words: Any) -> Change:
    return hall.office.decide(manifest.subject, kind, actor=f"{code[-3:]}局", branch=code, **words)


def test_a_bundle_fans_out_to_its_approvers(hall: Hall, sealed: Manifest) -> None:
    found = hall.office.branches(sealed.subject)
    assert [branch.item_code for branch in found] == [REGISTRATION, HYGIENE, SIGN]
    assert found[1].authority == "卫生局"
    assert found[1].slots == ("id-card",)
    assert states(hall, sealed.subject) == ["RECEIVED"] * 3


def test_the_case_is_accepted_and_decided_when_all_its_parts_are(
    hall: Hall, window: WindowSeat, sealed: Manifest
) -> None:
    for code in (SIGN, REGISTRATION, HYGIENE):
        assert hall.office.cases()[0].state is MatterState.RECEIVED
        say(hall, sealed, code, ACCEPTED)
    assert hall.office.cases()[0].state is MatterState.ACCEPTED
    say(hall, sealed, HYGIENE, IN_REVIEW)
    for code in (REGISTRATION, SIGN, HYGIENE):
        assert hall.office.cases()[0].state is not MatterState.DECIDED
        say(hall, sealed, code, DECIDED)
    assert hall.office.cases()[0].state is MatterState.DECIDED
    told = news(window)
    assert told[:4] == [
        ("branch", SIGN, "accepted"),
        ("branch", REGISTRATION, "accepted"),
        ("branch", HYGIENE, "accepted"),
        ("accepted", "", ""),
    ]
    assert told[-1] == ("decided", "", "")
    assert [kind for kind, _code, _own in told if kind != "branch"] == ["accepted", "in_review", "decided"]


def test_the_change_of_the_whole_case_names_who_and_its_last_day(
    hall: Hall, window: WindowSeat, sealed: Manifest
) -> None:
    for code, day in ((REGISTRATION, 3), (HYGIENE, 14), (SIGN, 5)):
        say(hall, sealed, code, ACCEPTED, due=date(2026, 11, day))
    whole = window.news()["changes"][-1]
    assert (whole["actor"], whole["due"]) == ("001局", "2026-11-14")
    assert whole["number"].startswith("受理-")


def test_a_refusal_is_told_and_refuses_nobody_else(hall: Hall, window: WindowSeat, sealed: Manifest) -> None:
    say(hall, sealed, SIGN, REFUSED, reason="不需要备案")
    assert states(hall, sealed.subject) == ["RECEIVED", "RECEIVED", "REFUSED"]
    assert hall.office.cases()[0].state is MatterState.RECEIVED
    say(hall, sealed, REGISTRATION, ACCEPTED)
    say(hall, sealed, HYGIENE, ACCEPTED)
    whole = window.news()["changes"][-1]
    assert (whole["kind"], whole["reason"]) == ("accepted", "招牌: 不予受理, 不需要备案")


def test_the_case_is_refused_only_when_every_part_is(
    hall: Hall, window: WindowSeat, sealed: Manifest
) -> None:
    for code in (REGISTRATION, HYGIENE, SIGN):
        assert hall.office.cases()[0].state is MatterState.RECEIVED
        say(hall, sealed, code, REFUSED, reason="不属于职权范围")
    assert hall.office.cases()[0].state is MatterState.REFUSED
    assert window.news()["changes"][-1]["reason"].count("不予受理") == 3


def test_the_citizen_is_asked_once_for_everything(hall: Hall, window: WindowSeat, sealed: Manifest) -> None:
    say(hall, sealed, HYGIENE, CORRECTION, defects=(PLAN,), reason="缺尺寸", due=date(2026, 11, 20))
    say(hall, sealed, REGISTRATION, ACCEPTED)
    assert hall.office.cases()[0].state is MatterState.RECEIVED
    say(hall, sealed, SIGN, CORRECTION, defects=(DESIGN,), due=date(2026, 11, 18))
    whole = window.news()["changes"][-1]
    assert whole["kind"] == "correction"
    assert [defect["material_id"] for defect in whole["defects"]] == ["floor-plan", "sign-design"]
    assert (whole["due"], whole["reason"]) == ("2026-11-18", "卫生: 缺尺寸")
    assert [kind for kind, _code, _own in news(window)].count("correction") == 1


def test_the_next_version_answers_the_correction_and_keeps_what_was_accepted(
    hall: Hall, window: WindowSeat, sealed: Manifest
) -> None:
    say(hall, sealed, HYGIENE, CORRECTION, defects=(PLAN,))
    for code in (REGISTRATION, SIGN):
        say(hall, sealed, code, ACCEPTED)
    assert hall.office.cases()[0].state is MatterState.CORRECTION
    window.delivered(window.next_version(sealed, body=BODY))
    assert states(hall, sealed.subject) == ["ACCEPTED", "RECEIVED", "ACCEPTED"]
    say(hall, sealed, HYGIENE, ACCEPTED)
    assert hall.office.cases()[0].state is MatterState.ACCEPTED


def test_a_correction_of_the_whole_case_takes_up_what_approvers_wait_for(
    hall: Hall, window: WindowSeat, sealed: Manifest
) -> None:
    say(hall, sealed, HYGIENE, CORRECTION, defects=(PLAN,))
    hall.office.decide(sealed.subject, CORRECTION, actor="大厅")
    assert [d["material_id"] for d in window.news()["changes"][-1]["defects"]] == ["floor-plan"]
    for code in (REGISTRATION, SIGN):
        say(hall, sealed, code, ACCEPTED)
    answered = window.next_version(sealed, body={**BODY, "branches": [PARTS[0], PARTS[2]]})
    window.delivered(answered)
    assert hall.office.cases()[0].state is MatterState.ACCEPTED


def test_a_decision_without_a_branch_is_that_of_all(hall: Hall, window: WindowSeat, sealed: Manifest) -> None:
    hall.office.decide(sealed.subject, ACCEPTED, actor="大厅")
    assert states(hall, sealed.subject) == ["ACCEPTED"] * 3
    hall.office.decide(sealed.subject, DECIDED, actor="大厅")
    hall.office.decide(sealed.subject, DELIVERED, actor="大厅")
    assert states(hall, sealed.subject) == ["DELIVERED"] * 3
    assert [kind for kind, *_rest in news(window) if kind != "branch"] == ["accepted", "decided", "delivered"]
    with pytest.raises(IllegalDecision):
        say(hall, sealed, SIGN, ACCEPTED)


def test_nobody_accepts_over_an_approver_that_asks_for_a_correction(hall: Hall, sealed: Manifest) -> None:
    say(hall, sealed, HYGIENE, CORRECTION, defects=(PLAN,))
    with pytest.raises(IllegalDecision) as caught:
        hall.office.decide(sealed.subject, ACCEPTED, actor="大厅")
    assert HYGIENE in str(caught.value.details["subject"])
    assert states(hall, sealed.subject) == ["RECEIVED", "CORRECTION", "RECEIVED"]


def test_the_same_word_of_an_approver_is_told_once(hall: Hall, window: WindowSeat, sealed: Manifest) -> None:
    first = say(hall, sealed, SIGN, ACCEPTED)
    assert say(hall, sealed, SIGN, ACCEPTED) == first
    assert len(window.news()["changes"]) == 1
    with pytest.raises(IllegalDecision):
        say(hall, sealed, SIGN, ACCEPTED, reason="另一理由")


def test_the_words_an_approver_owes_are_asked_for(hall: Hall, sealed: Manifest) -> None:
    with pytest.raises(IncompleteDecision):
        say(hall, sealed, SIGN, REFUSED)
    with pytest.raises(IncompleteDecision):
        say(hall, sealed, SIGN, CORRECTION)
    with pytest.raises(UnknownBranch):
        say(hall, sealed, "449999999999", ACCEPTED)
    with pytest.raises(UnknownSubject):
        hall.office.branches("nothing")


def test_parts_of_a_withdrawn_case_are_not_decided(hall: Hall, window: WindowSeat, sealed: Manifest) -> None:
    say(hall, sealed, SIGN, ACCEPTED)
    window.delivered(window.next_version(sealed, body={**BODY, "state": "WITHDRAWN"}))
    for code in (SIGN, HYGIENE):
        with pytest.raises(IllegalDecision):
            say(hall, sealed, code, DECIDED)


def test_a_case_accepted_at_the_window_waits_for_decisions_only(hall: Hall, window: WindowSeat) -> None:
    manifest = window.manifest(body={**BODY, "state": "ACCEPTED"})
    window.delivered(manifest)
    assert states(hall, manifest.subject) == ["ACCEPTED"] * 3
    for code in (REGISTRATION, HYGIENE, SIGN):
        say(hall, manifest, code, DECIDED)
    assert hall.office.cases()[0].state is MatterState.DECIDED


def test_a_demo_office_accepts_every_part_by_itself(tmp_path: Path) -> None:
    hall = open_hall(tmp_path / "office", auto_accept=True)
    window = hall.window()
    manifest = window.manifest(body=BODY)
    window.delivered(manifest)
    assert states(hall, manifest.subject) == ["ACCEPTED"] * 3
    assert news(window)[-1][0] == "accepted"
    hall.office.close()


@pytest.mark.parametrize(
    "branches",
    [None, "all", {}, [], [None, 1, "x"], [{"item_code": ""}], [{"item_code": 5}], [{"title": "登记"}]],
)
def test_branches_that_make_no_sense_are_none(hall: Hall, window: WindowSeat, branches: object) -> None:
    manifest = window.manifest(body={**BODY, "branches": branches})
    window.delivered(manifest)
    assert hall.office.branches(manifest.subject) == ()
    hall.office.decide(manifest.subject, ACCEPTED, actor="大厅")
    assert hall.office.cases()[0].state is MatterState.ACCEPTED


def test_odd_branches_lose_only_what_is_odd(hall: Hall, window: WindowSeat) -> None:
    odd = [{"item_code": SIGN, "title": 3, "slots": "id", "fields": [1, "name"]}, PARTS[2], PARTS[0]]
    manifest = window.manifest(body={**BODY, "branches": odd})
    window.delivered(manifest)
    found = hall.office.branches(manifest.subject)
    assert [(b.item_code, b.title, b.slots, b.fields) for b in found] == [
        (SIGN, SIGN, (), ("name",)),
        (REGISTRATION, "登记", ("id-card",), ("name",)),
    ]


def test_a_single_item_has_no_branches(hall: Hall, window: WindowSeat) -> None:
    manifest = window.manifest()
    window.delivered(manifest)
    assert hall.office.branches(manifest.subject) == ()


def test_bags_have_no_branches(hall: Hall, window: WindowSeat) -> None:
    bag = window.manifest(kind=BundleKind.HANDOVER, subject="bag-1", body=BODY)
    window.delivered(bag)
    assert hall.office.branches("bag-1") == ()


def branch(state: MatterState) -> Branch:
    return Branch(item_code="x", title="x", authority="x", slots=(), fields=(), state=state)


LIVE = st.sampled_from(
    [
        state
        for state in MatterState
        if state.value
        in {"RECEIVED", "CORRECTION", "ACCEPTED", "IN_REVIEW", "DECIDED", "DELIVERED", "REFUSED"}
    ]
)


@given(st.lists(LIVE, min_size=1, max_size=4), st.sampled_from(MatterState))
def test_whatever_the_parts_say_the_case_takes_only_moves_of_the_table(
    found: list[MatterState], state: MatterState
) -> None:
    kind = next_step([branch(one) for one in found], state)
    if kind is not None:
        assert state in DECISIONS[kind]
        assert MOVE_OF[kind] in MOVES[CaseState(state.value)]
        if kind is not REFUSED:
            assert any(one is not MatterState.REFUSED for one in found)


def test_the_command_decides_a_branch_and_lists_them(
    hall: Hall, window: WindowSeat, sealed: Manifest, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = options_of(tmp_path / "office")
    assert main(["gateway", "decide", sealed.subject, "accepted", "--branch", SIGN, *folder]) == 0
    assert main(["gateway", "list", "--json", *folder]) == 0
    listed = json.loads(capsys.readouterr().out.partition("\n")[2])
    assert [entry["state"] for entry in listed[0]["branches"]] == ["RECEIVED", "RECEIVED", "ACCEPTED"]
    assert main(["gateway", "list", *folder]) == 0
    assert f"{SIGN}  已受理  招牌  招牌局" in capsys.readouterr().out
    assert main(["gateway", "decide", sealed.subject, "accepted", "--branch", "x", *folder]) == 1
    assert "Y520" in capsys.readouterr().err
