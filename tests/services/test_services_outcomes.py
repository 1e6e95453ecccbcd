"""How a case was decided: told to the clerk, printed where it is against the citizen, and heeded by reuse."""

from __future__ import annotations

from pathlib import Path

import pytest

from sync.contract import models
from sync.contract.models import ChangeKind
from tests.services.conftest import Window
from workstation.domain.archive import Approval, approval_of
from workstation.domain.case import Case, CaseState, Outcome
from workstation.domain.reuse import Bar
from workstation.services.overview import overview
from workstation.services.papers import papers_for
from workstation.services.updates import outcome_of

SLOT = "household-register"
REASON = "居住时间不满一年"


def decided(window: Window, outcome: models.Outcome | None, reason: str = "") -> Case:
    case = window.received()
    window.tell(ChangeKind.ACCEPTED, case.number)
    window.tell(ChangeKind.DECIDED, case.number, outcome=outcome, reason=reason, number="决定-1")
    return window.store.case(case.case_id)


def bar_of(window: Window) -> Bar | None:
    found = window.desk.reuse.look(window.named(window.open()))
    return found.refusals[SLOT].bar if SLOT in found.refusals else None


def test_both_sides_know_the_same_outcomes() -> None:
    assert {outcome.name for outcome in models.Outcome} == {outcome.value for outcome in Outcome}


def test_every_state_and_outcome_vouches_for_something_definite() -> None:
    approved = {
        (state, outcome)
        for state in CaseState
        for outcome in (None, *Outcome)
        if approval_of(state, outcome) is Approval.APPROVED
    }
    assert approved == {(CaseState.DECIDED, Outcome.GRANTED), (CaseState.DELIVERED, Outcome.GRANTED)}


def test_a_granted_case_lifts_its_copies_and_prints_no_denial(window: Window) -> None:
    case = decided(window, models.Outcome.GRANTED)
    assert case.outcome is Outcome.GRANTED
    assert overview(window.desk).messages[0].words == "香蜜湖街道决定准予"
    assert overview(window.desk).cases[0].outcome is Outcome.GRANTED
    assert bar_of(window) is None
    assert "denial" not in papers_for(case, window.desk.view_of(case).item)
    assert window.desk.papers.denial(case.case_id) is None


@pytest.mark.parametrize(
    ("outcome", "bar", "words"),
    [
        (models.Outcome.DENIED, Bar.CASE_REFUSED, "已办结 · 不予批准"),
        (models.Outcome.PARTLY, Bar.GRANTED_IN_PART, "已办结 · 部分准予"),
    ],
)
def test_a_decision_against_the_citizen_is_said_printed_and_vouches_for_nothing(
    window: Window, outcome: models.Outcome, bar: Bar, words: str
) -> None:
    case = decided(window, outcome, REASON)
    line = overview(window.desk).messages[0]
    assert line.wants_a_person and line.words.endswith(f": {REASON}")
    assert window.desk.view_of(case).standing == words
    assert (case.reason, case.state) == (REASON, CaseState.DECIDED)
    assert bar_of(window) is bar
    assert "denial" in papers_for(case, window.desk.view_of(case).item)
    paper = window.desk.papers.denial(case.case_id)
    assert paper is not None and Path(paper.path).stat().st_size > 1000
    window.tell(ChangeKind.DELIVERED, case.number)
    assert window.store.case(case.case_id).outcome is case.outcome
    assert bar_of(window) is bar


@pytest.mark.parametrize(
    ("reason", "outcome", "bar"),
    [
        ("", None, Bar.OUTCOME_UNKNOWN),
        ("准予延期后办结", None, Bar.OUTCOME_UNKNOWN),
        ("准予", Outcome.GRANTED, None),
        ("准予: 材料齐全", Outcome.GRANTED, None),
        (f"不予批准: {REASON}", Outcome.DENIED, Bar.CASE_REFUSED),
    ],
)
def test_a_line_from_before_there_were_outcomes_says_it_in_its_first_words_or_not_at_all(
    window: Window, reason: str, outcome: Outcome | None, bar: Bar | None
) -> None:
    case = decided(window, None, reason)
    assert case.outcome is outcome
    assert bar_of(window) is bar


def test_only_a_decision_has_an_outcome(window: Window) -> None:
    case = window.received()
    window.tell(ChangeKind.REFUSED, case.number, reason=f"不予批准: {REASON}")
    case = window.store.case(case.case_id)
    assert (case.outcome, case.state) == (None, CaseState.REFUSED)
    (change,) = window.store.inbox.mentioning(case.number)
    assert outcome_of(change) is None
