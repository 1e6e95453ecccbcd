"""Lamps in words: the most urgent case first, also after the back office stopped or extended its clock."""

from __future__ import annotations

from datetime import timedelta

import pytest

from sync.contract.models import ChangeKind
from tests.services.conftest import ELDER_CARD, MakeWindow, Window
from workstation.domain.case import Case, CaseState, Flag, Flagged
from workstation.domain.lamps import LampColour, Step
from workstation.services.lamps import (
    LAMP_GLYPHS,
    LAMP_WORDS,
    STEP_GROUNDS,
    STEP_WORDS,
    LampBoard,
    totals_words,
)
from workstation.services.overview import overview
from workstation.store.database import Group


def lamps(window: Window, case: Case) -> dict[Step, str]:
    """The lamps of a case as sentences."""
    board = window.desk.queue.board(window.clock())
    return {lamp.clock.step: lamp.sentence for lamp in board.of(window.store.case(case.case_id))}


def accepted(window: Window) -> Case:
    case = window.received()
    window.tell(ChangeKind.ACCEPTED, case.number)
    return case


def test_everything_has_a_word() -> None:
    assert set(LAMP_WORDS) == set(LAMP_GLYPHS) == set(LampColour)
    assert set(STEP_WORDS) == set(STEP_GROUNDS) == set(Step)
    assert len(set(LAMP_GLYPHS.values())) == len(LampColour)


def test_a_received_case_says_how_long_it_may_stay_unanswered(window: Window) -> None:
    case = window.received()
    said = []
    for days in (0, 4, 3, 1):
        window.clock.forward(days=days)
        said.append(lamps(window, case)[Step.TELL])
    assert said == [
        "绿灯 · 受理时限还剩 5 个工作日",
        "绿灯 · 受理时限还剩 3 个工作日",
        "红灯 · 受理时限今天到期",
        "红灯 · 受理时限已超 1 个工作日",
    ]


def test_an_original_that_must_travel_has_its_own_lamp(window: Window) -> None:
    case = window.received()
    assert lamps(window, case)[Step.COURIER] == "黄灯 · 原件流转还剩 1 个工作日"
    (held,) = window.desk.courier.waiting()
    window.desk.courier.pack(held)
    assert Step.COURIER not in lamps(window, case)


def test_the_clock_follows_what_the_back_office_says(window: Window) -> None:
    case = accepted(window)
    tell = window.tell
    tell(ChangeKind.SPECIAL_STARTED, case.number, procedure="专家评审", due=window.clock().date())
    stopped = lamps(window, case)[Step.PROMISED]
    assert stopped.startswith("停计 · 承诺时限停至 11-20, 之后还剩")
    window.clock.forward(days=3)
    assert lamps(window, case)[Step.PROMISED] == stopped
    tell(ChangeKind.SPECIAL_ENDED, case.number, at=window.clock())
    resumed = lamps(window, case)[Step.PROMISED]
    assert resumed.startswith("绿灯 · 承诺时限还剩")
    tell(ChangeKind.EXTENDED, case.number, workdays=10)
    course = window.store.case(case.case_id)
    assert course.extension is not None and Flag.EXTENDED in course.flags
    assert lamps(window, case)[Step.PROMISED] != resumed


def test_before_acceptance_nothing_is_stopped_or_extended(window: Window) -> None:
    case = window.received()
    window.tell(ChangeKind.SPECIAL_STARTED, case.number, procedure="检测")
    window.tell(ChangeKind.EXTENDED, case.number, workdays=10)
    course = window.store.case(case.case_id)
    assert (course.pauses, course.extension) == ((), None)


def test_home_shows_the_most_urgent_first_and_counts_the_lamps(window: Window) -> None:
    late = window.received()
    window.desk.courier.pack(window.desk.courier.waiting()[0])
    window.clock.forward(days=7)
    soon = window.received()
    draft = window.open()
    done = window.received()
    window.tell(ChangeKind.ACCEPTED, done.number)
    seen = overview(window.desk)
    assert [line.number for line in seen.cases][0] == late.number
    colours = {line.number: line.lamp.colour if line.lamp else None for line in seen.cases}
    assert colours[late.number] is LampColour.RED and colours[draft.number] is None
    assert colours[soon.number] is LampColour.YELLOW, "its original travels tomorrow"
    assert seen.lamps == "红 1 · 黄 2"


def test_silence_that_accepted_shows_and_runs_the_limit_of_the_decision(window: Window) -> None:
    case = window.received()
    window.clock.forward(days=9)
    with window.store.transaction() as tx:
        tx.record(case.case_id, Flagged(flag=Flag.DEEMED_ACCEPTED, on=True), actor="clerk", at=window.clock())
    (line,) = overview(window.desk).cases
    assert line.is_deemed_accepted and line.state is CaseState.RECEIVED
    assert Step.TELL not in lamps(window, case) and Step.PROMISED in lamps(window, case)


def test_the_queue_carries_the_lamps_and_the_board_has_every_open_case(window: Window) -> None:
    case = window.received()
    (line,) = window.desk.queue.page(Group.EVERY)
    assert [lamp.clock.step for lamp in line.lamps] == [Step.COURIER, Step.TELL]
    window.tell(ChangeKind.ACCEPTED, case.number)
    (shown,) = window.desk.queue.lamp_lines()
    assert (shown.number, shown.title) == (case.number, ELDER_CARD)
    window.tell(ChangeKind.DECIDED, case.number)
    steps = [lamp.clock.step for lamp in window.desk.queue.lamp_lines()[0].lamps]
    assert Step.DELIVERY in steps
    window.tell(ChangeKind.DELIVERED, case.number)
    assert window.desk.queue.lamp_lines() == ()


def test_a_case_without_its_pack_keeps_its_lawful_clocks(make_window: MakeWindow, window: Window) -> None:
    first, second = window.received(), window.received()
    window.tell(ChangeKind.ACCEPTED, second.number)
    bare = make_window(packs=(window.desk.catalogue.current,))
    bare.desk.catalogue.packs = ()
    board = LampBoard(bare.desk.catalogue, bare.desk.calendar, bare.clock().date())
    said = {s.number: {lamp.sentence for lamp in board.of(s.course)} for s in bare.store.summaries()}
    assert "绿灯 · 受理时限还剩 5 个工作日" in said[first.number]
    assert "待核 · 承诺时限需人工核定" in said[second.number]
    assert totals_words({}) == ""


def test_a_year_nobody_knows_is_left_to_a_person(make_window: MakeWindow) -> None:
    window = make_window()
    window.clock.now += timedelta(days=38)
    case = window.received()
    assert lamps(window, case)[Step.TELL] == "待核 · 受理时限需人工核定"


@pytest.mark.parametrize("kind", [ChangeKind.SPECIAL_STARTED, ChangeKind.EXTENDED])
def test_the_course_beside_the_line_is_the_course_of_the_log(window: Window, kind: ChangeKind) -> None:
    case = accepted(window)
    window.tell(kind, case.number, procedure="检测", workdays=3)
    (summary,) = window.store.summaries()
    board = window.desk.queue.board(window.clock())
    assert board.of(summary.course) == board.of(window.store.case(case.case_id))


def test_a_line_that_cannot_be_read_hides_no_other(window: Window) -> None:
    broken, sound = window.received(), window.received()
    with window.store.transaction() as tx:
        tx._session.connection().exec_driver_sql(
            "UPDATE cases SET course = '{' WHERE case_id = ?", (broken.case_id,)
        )
    lamps_of = {line.number: line.lamps for line in overview(window.desk).cases}
    assert lamps_of[broken.number] == () and lamps_of[sound.number]
    assert [line.number for line in window.desk.queue.lamp_lines()] == [sound.number]
