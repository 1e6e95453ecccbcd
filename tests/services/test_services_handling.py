"""How long the day's cases took, how long people waited, and what nobody had to type."""

from __future__ import annotations

from datetime import timedelta

from tests.services.conftest import NOW, Window
from workstation.domain.case import Case
from workstation.domain.clock import local_date
from workstation.domain.handling import Handling, Stage
from workstation.domain.tickets import Lane
from workstation.services.handling import STAGE_WORDS, clock_words, day_report, spent_words

TODAY = local_date(NOW)


def taken(window: Window, seconds: float) -> Case:
    """A case received `seconds` after its materials were there."""
    case = window.ready()
    window.clock.forward(seconds=seconds)
    return window.desk.decisions.receive(case.case_id)


def test_every_stage_has_a_word() -> None:
    assert set(STAGE_WORDS) == set(Stage)


def test_an_empty_day_measures_nothing_and_says_so(window: Window) -> None:
    report = day_report(window.store, TODAY)
    assert (report.handled, report.median_s, report.mean_wait_s, report.waits) == (0, None, None, 0)
    assert report.stages == {} and report.savings.typed == 0


def test_the_day_in_figures(window: Window) -> None:
    for seconds in (60, 100, 200):
        taken(window, seconds)
    report = day_report(window.store, TODAY)
    assert (report.handled, report.median_s, report.idle_s) == (3, 100, 0)
    assert report.stages == {Stage.DECISION: 100}
    assert report.savings.scanned_sheets > 0 and report.savings.prefilled + report.savings.typed > 0
    assert day_report(window.store, TODAY + timedelta(days=1)).handled == 0


def test_waits_come_from_the_numbers(window: Window) -> None:
    desk = window.desk.tickets
    for minutes in (0, 4):
        desk.take(Lane.LOCAL)
        window.clock.forward(minutes=minutes)
    desk.call_next()
    desk.greet()
    window.clock.forward(minutes=2)
    desk.call_next()
    report = day_report(window.store, TODAY)
    assert (report.waits, report.mean_wait_s, report.longest_wait_s) == (2, 300, 360)


def test_the_clerk_reads_the_time_of_the_case_after_its_receipt(window: Window) -> None:
    case = taken(window, 161)
    view = window.desk.view(case.case_id)
    assert view.spent == "02:41 · 收件 02:41"
    assert [lamp.sentence for lamp in view.lamps]
    assert window.desk.view(window.open().case_id).spent == ""


def test_a_clock_set_back_leaves_the_time_out(window: Window) -> None:
    assert window.desk.view(taken(window, -30).case_id).spent == ""


def test_times_read_like_a_stopwatch() -> None:
    assert [clock_words(s) for s in (0, 59.6, 161, 3761)] == ["00:00", "01:00", "02:41", "1:02:41"]
    spent = Handling(worked_s=70, idle_s=400, stages={Stage.FORM: 70}, ended_at=NOW)
    assert spent_words(spent) == "01:10 · 表单 01:10 · 另挂起 06:40"
    assert spent_words(None) == ""
