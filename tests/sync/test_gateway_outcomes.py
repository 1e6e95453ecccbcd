"""How the office decided: told with the decision, never silently, and heeded by the archive."""

from __future__ import annotations

from pathlib import Path

import pytest

from sync.contract.models import Change, ChangeKind, Outcome
from sync.gateway.database import Rows
from sync.gateway.errors import IllegalDecision, IncompleteDecision
from sync.gateway.matters import find
from sync.gateway.schema import SEVENTH
from tests.sync.gateway_hall import Hall, WindowSeat, options_of
from tests.sync.test_gateway_branches import BODY, HYGIENE, REGISTRATION, SIGN
from workstation.cli import main

DECIDED = ChangeKind.DECIDED

pytestmark = pytest.mark.usefixtures("engine")


def accepted(hall: Hall, window: WindowSeat, **facts: object) -> str:
    manifest = window.manifest(**facts)
    window.delivered(manifest)
    hall.office.decide(manifest.subject, ChangeKind.ACCEPTED, actor="李样本")
    return manifest.subject


def outcome_at_office(hall: Hall, subject: str) -> str:
    with hall.office.database.read() as rows:
        matter = find(rows, subject)
    assert matter is not None
    return matter.outcome


def last(hall: Hall, window: WindowSeat) -> Change:
    return hall.office.feed.since(window.window_id, 0).changes[-1]


def test_a_decision_tells_how_and_nothing_else_does(hall: Hall, window: WindowSeat) -> None:
    subject = accepted(hall, window)
    assert last(hall, window).outcome is None
    hall.office.decide(subject, DECIDED, actor="李样本")
    assert last(hall, window).outcome is Outcome.GRANTED
    assert outcome_at_office(hall, subject) == "granted"


def test_a_denial_has_its_reason_and_is_not_taken_back_by_saying_it_otherwise(
    hall: Hall, window: WindowSeat
) -> None:
    subject = accepted(hall, window)
    with pytest.raises(IncompleteDecision):
        hall.office.decide(subject, DECIDED, actor="李样本", outcome=Outcome.DENIED, reason=" ")
    first = hall.office.decide(subject, DECIDED, actor="李样本", outcome=Outcome.DENIED, reason="不符合条件")
    again = hall.office.decide(subject, DECIDED, actor="李样本", outcome=Outcome.DENIED, reason="不符合条件")
    assert first == again and first.outcome is Outcome.DENIED
    with pytest.raises(IllegalDecision):
        hall.office.decide(subject, DECIDED, actor="李样本", outcome=Outcome.GRANTED, reason="不符合条件")
    hall.office.decide(subject, ChangeKind.DELIVERED, actor="李样本")
    assert outcome_at_office(hall, subject) == "denied"


@pytest.mark.parametrize(
    ("denied", "outcome"),
    [((), "granted"), ((HYGIENE,), "partly"), ((HYGIENE, REGISTRATION, SIGN), "denied")],
)
def test_a_matter_is_granted_when_every_approver_grants(
    hall: Hall, window: WindowSeat, denied: tuple[str, ...], outcome: str
) -> None:
    subject = accepted(hall, window, body=BODY)
    for code in (REGISTRATION, HYGIENE, SIGN):
        how = Outcome.DENIED if code in denied else Outcome.GRANTED
        hall.office.decide(subject, DECIDED, actor="李样本", branch=code, outcome=how, reason="面积不足")
    change = last(hall, window)
    assert (change.kind, change.outcome) == (DECIDED, outcome)
    assert ("卫生: 不予批准, 面积不足" in change.reason) is (HYGIENE in denied)
    assert outcome_at_office(hall, subject) == outcome


def test_a_whole_case_granted_after_one_part_was_denied_is_granted_in_part(
    hall: Hall, window: WindowSeat
) -> None:
    subject = accepted(hall, window, body=BODY)
    hall.office.decide(
        subject, DECIDED, actor="李样本", branch=SIGN, outcome=Outcome.DENIED, reason="尺寸不符"
    )
    change = hall.office.decide(subject, DECIDED, actor="李样本")
    assert change.outcome is Outcome.PARTLY and change.reason == "招牌: 不予批准, 尺寸不符"


@pytest.mark.parametrize(
    ("reason", "outcome"),
    [("准予", "granted"), ("准予: 齐全", "granted"), ("不予批准: 不符合", "denied"), ("按期办结", "")],
)
def test_what_was_decided_before_is_known_only_where_the_page_had_said_it(
    hall: Hall, window: WindowSeat, reason: str, outcome: str
) -> None:
    subject = accepted(hall, window)
    hall.office.decide(subject, DECIDED, actor="李样本", reason=reason)

    def again(rows: Rows) -> None:
        rows.execute("UPDATE matter SET outcome = ''")
        for statement in SEVENTH.strip().rstrip(";").split(";")[1:]:
            rows.execute(statement)

    hall.office.database.write(again)
    assert outcome_at_office(hall, subject) == outcome


def test_the_command_line_denies_with_a_reason(
    hall: Hall, window: WindowSeat, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    subject = accepted(hall, window)
    words = ["gateway", "decide", subject, "decided", "--outcome", "denied"]
    assert main([*words, *options_of(tmp_path / "office")]) != 0
    assert main([*words, "--reason", "不符合条件", *options_of(tmp_path / "office")]) == 0
    assert outcome_at_office(hall, subject) == "denied"
