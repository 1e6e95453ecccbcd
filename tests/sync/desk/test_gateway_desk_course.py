"""Special procedures and extensions taken on the review page: the clock stands, goes on, and ends later."""

from __future__ import annotations

import re
from datetime import date

import pytest

from sync.gateway.due import moved, workdays
from tests.sync.desk.review_desk import Browser, case_of, reviewer
from tests.sync.gateway_hall import Hall, WindowSeat

pytestmark = pytest.mark.usefixtures("engine")


@pytest.fixture
def number(window: WindowSeat, desk: Browser) -> str:
    """A case accepted on Monday 2 November, to be decided by the 9th."""
    manifest = case_of(window)
    window.delivered(manifest)
    desk.open(manifest.subject, "accepted")
    desk.decide(manifest.subject, due="2026-11-09")
    return manifest.subject


def keys(desk: Browser, number: str) -> str:
    return "".join(re.findall('data-key="(.)"', desk.open(number).text))


def test_a_hearing_stops_the_clock_everywhere_and_its_days_are_not_counted(
    hall: Hall, window: WindowSeat, desk: Browser, number: str
) -> None:
    assert keys(desk, number) == "vdsx"
    desk.open(number, "special_started")
    assert desk.decide(number, procedure="听证", due="2026-11-06").status_code == 303
    page = desk.open(number).text
    assert "特别程序「听证」进行中" in page and keys(desk, number) == "vdex"
    assert "暂停" in desk.get("/?group=all").text
    desk.open(number, "decided")
    assert desk.decide(number, outcome="granted").status_code == 409
    hall.clock.forward(days=2)
    desk.log_in("li")
    desk.open(number, "special_ended")
    assert desk.decide(number, reason="已听证").status_code == 303
    *_, started, ended = hall.office.feed.since(window.window_id, 0).changes
    assert (started.kind, started.procedure, started.due) == ("special_started", "听证", date(2026, 11, 6))
    assert (ended.kind, ended.procedure, ended.due) == ("special_ended", "听证", date(2026, 11, 11))
    assert "2026-11-11" in desk.get("/?group=all").text and keys(desk, number) == "vdsx"


def test_the_limit_is_extended_once_by_the_head_with_a_reason(
    window: WindowSeat, desk: Browser, number: str
) -> None:
    typed = {"workdays": "10", "approver": "周样本", "reason": "核查结果未返回"}
    for change, message in (
        ({"approver": " "}, "必须写明批准"),
        ({"reason": ""}, "必须写明批准"),
        ({"workdays": "11"}, "一至十个工作日"),
        ({"workdays": "0"}, "一至十个工作日"),
        ({"workdays": "³"}, "一至十个工作日"),
    ):
        desk.open(number, "extended")
        answer = desk.decide(number, **{**typed, **change})
        assert answer.status_code == 422 and message in answer.text, change
    desk.open(number, "extended")
    assert desk.decide(number, **typed).status_code == 303
    told = window.news()["changes"][-1]
    assert (told["kind"], told["workdays"], told["actor"]) == ("extended", 10, "周样本")
    assert (told["due"], told["reason"]) == ("2026-11-23", "核查结果未返回")
    assert "2026-11-23" in desk.open(number).text and keys(desk, number) == "vds"


@pytest.mark.parametrize(
    ("procedure", "due", "message"),
    [(" ", "", "必须写明特别程序"), ("听证", "soon", "日期应写成"), ("听证", "2026-10-30", "日期应写成")],
)
def test_a_procedure_has_a_name_and_ends_in_the_future(
    window: WindowSeat, desk: Browser, number: str, procedure: str, due: str, message: str
) -> None:
    desk.open(number, "special_started")
    answer = desk.decide(number, procedure=procedure, due=due)
    assert answer.status_code == 422 and message in answer.text
    assert len(window.news()["changes"]) == 1


def test_two_approvers_do_not_both_stop_a_clock(
    hall: Hall, window: WindowSeat, desk: Browser, number: str
) -> None:
    other = reviewer(hall, "chen")
    for browser in (desk, other):
        browser.open(number, "special_started")
    assert desk.decide(number, procedure="听证", due="").status_code == 303
    answer = other.decide(number, procedure="检验", due="")
    assert answer.status_code == 409 and "检验" in answer.text
    assert [change["kind"] for change in window.news()["changes"]] == ["accepted", "special_started"]


def test_days_beyond_the_calendar_are_not_guessed() -> None:
    assert moved(date(2026, 11, 9), 3) == date(2026, 11, 12)
    assert moved(date(2026, 11, 9), 0) == date(2026, 11, 9)
    assert moved(None, 3) is moved(date(2026, 11, 9), None) is moved(date(2099, 1, 1), 3) is None
    assert workdays(date(2099, 1, 1), date(2099, 1, 5)) is None
