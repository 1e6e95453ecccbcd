"""The queue in words: every line says why it waits, when it tries next and what would move it."""

from __future__ import annotations

import dataclasses
from datetime import timedelta

import pytest

from sync import errors
from sync.errors import FailureClass, SyncError
from sync.port import Line, LineState
from tests.services.conftest import NOW, ZHAO, Window
from tests.services.receipts import deliver
from workstation.services.queue import MOVERS, STATE_WORDS, Outage, QueueLine, is_stuck
from workstation.store.database import Group


def leaf_errors() -> tuple[type[SyncError], ...]:
    """Every situation a line can fail with."""
    found = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, SyncError)]
    return tuple(sorted(found, key=lambda kind: kind.code))


STATE_OF = {
    FailureClass.WAIT: LineState.WAITING,
    FailureClass.FIX: LineState.FIX,
    FailureClass.ASK: LineState.ASK,
    FailureClass.QUARANTINE: LineState.QUARANTINED,
}


@pytest.fixture
def line(window: Window) -> Line:
    case = window.received()
    return window.store.outbox.line(case.bundles[0].bundle_id)


def failed(window: Window, line: Line, failure: FailureClass, code: str, **changes: object) -> QueueLine:
    values = {"state": STATE_OF[failure], "failure": failure, "code": code, **changes}
    return window.desk.queue.words(dataclasses.replace(line, **values))  # type: ignore[arg-type]


def test_a_fresh_line_is_a_full_sentence(window: Window, line: Line) -> None:
    window.clock.forward(minutes=12)
    words = window.desk.queue.words(line)
    assert words.sentence == "排队待发 · 已封装 12 分钟 · 法定还剩 5 个工作日 · 轮到后自动发送"
    assert (words.title, words.applicant) == (line.subject, ZHAO.name)


def test_a_line_that_waits_says_when_it_tries_next_and_what_moves_it(window: Window, line: Line) -> None:
    words = failed(
        window, line, FailureClass.WAIT, "Y101", attempts=2, next_try_at=NOW + timedelta(minutes=3)
    )
    assert words.sentence == (
        "等待网络 · 第 3 次 10:45:00 再试 · 已封装 0 分钟 · 法定还剩 5 个工作日 · 网络恢复后自动发送"
    )
    assert words.why == "网络不通, 连不上后台"


@pytest.mark.parametrize("state", list(LineState))
def test_every_state_has_a_word_and_says_what_would_move_it(
    window: Window, line: Line, state: LineState
) -> None:
    words = window.desk.queue.words(dataclasses.replace(line, state=state))
    assert words.state == STATE_WORDS[state]
    assert words.mover and words.age
    assert words.sentence.count(" · ") >= 2


@pytest.mark.parametrize("kind", leaf_errors(), ids=lambda kind: kind.code)
def test_every_failure_says_why_and_what_to_do(window: Window, line: Line, kind: type[SyncError]) -> None:
    words = failed(window, line, kind.failure, kind.code)
    assert words.why and words.mover
    assert "{" not in words.sentence + words.why
    state = STATE_OF[kind.failure]
    assert is_stuck(words.line) is (state is not LineState.WAITING)
    assert (words.mover == MOVERS.get(state)) is (state in MOVERS)


def test_a_line_that_stopped_without_a_reason_still_says_whom_to_ask(window: Window, line: Line) -> None:
    words = failed(window, line, FailureClass.FIX, "")
    assert words.mover == "请联系信息技术人员"


def test_a_line_on_hold_says_who_stopped_it_and_why(window: Window, line: Line) -> None:
    window.desk.queue.hold(line.bundle_id, why="等申请人补充说明")
    (words,) = window.desk.queue.page(Group.EVERY)
    assert (words.state, words.why, words.mover) == ("人工暂停", "等申请人补充说明", MOVERS[LineState.HELD])
    window.desk.queue.release(line.bundle_id)
    assert window.desk.queue.page(Group.EVERY)[0].line.state is LineState.QUEUED


def test_a_stuck_line_can_be_tried_again_at_once(window: Window, line: Line) -> None:
    window.store.outbox.mark_failed(
        line.bundle_id,
        state=LineState.ASK,
        failure=FailureClass.ASK,
        code="Y301",
        detail="",
        next_try_at=None,
        now=NOW,
    )
    assert not window.store.outbox.due(window.clock())
    window.desk.queue.retry(line.bundle_id)
    assert [due.bundle_id for due in window.store.outbox.due(window.clock())] == [line.bundle_id]


def test_while_the_line_is_down_untried_bundles_say_so(window: Window, line: Line) -> None:
    window.desk.queue.outage = Outage("Y101", NOW)
    words = window.desk.queue.words(line)
    assert (words.state, words.why) == ("等待网络", "网络不通, 连不上后台")
    assert words.mover == "网络恢复后自动发送"


@pytest.mark.parametrize("state", [LineState.FIX, LineState.ASK, LineState.QUARANTINED, LineState.HELD])
def test_an_outage_does_not_hide_what_a_person_must_do(window: Window, line: Line, state: LineState) -> None:
    window.desk.queue.outage = Outage("Y101", NOW)
    assert window.desk.queue.words(dataclasses.replace(line, state=state)).state == STATE_WORDS[state]


def test_a_delivered_line_says_when_and_worries_nobody(window: Window, line: Line) -> None:
    window.clock.forward(hours=2)
    deliver(window, line.bundle_id)
    (words,) = window.desk.queue.page(Group.EVERY)
    assert words.sentence == "已送达 · 12:42 送达 · 后台已签收"
    assert (words.why, words.workdays_left) == ("", None)
    assert window.desk.queue.page(Group.WAITING) == () and window.desk.queue.waiting_count() == 0


@pytest.mark.parametrize(
    ("passed", "words"),
    [
        (timedelta(minutes=-90), "已封装 0 分钟"),
        (timedelta(minutes=59), "已封装 59 分钟"),
        (timedelta(hours=23), "已封装 23 小时"),
        (timedelta(days=3), "已封装 3 天"),
    ],
)
def test_an_age_is_never_negative_and_never_in_small_coin(
    window: Window, line: Line, passed: timedelta, words: str
) -> None:
    window.clock.now = NOW + passed
    assert window.desk.queue.words(line).age == words


@pytest.mark.parametrize(
    ("day", "words"),
    [(27, "法定还剩 0 个工作日"), (28, "法定期限已过 1 个工作日"), (30, "法定期限已过 1 个工作日")],
)
def test_the_last_day_and_the_days_after_it(window: Window, line: Line, day: int, words: str) -> None:
    window.clock.now = NOW.replace(day=day)
    assert window.desk.queue.words(line).legal == words


def test_waiting_lines_come_by_their_legal_clock(window: Window, line: Line) -> None:
    window.clock.forward(days=-2)
    sooner = window.received()
    assert [words.title for words in window.desk.queue.page(Group.WAITING)] == [sooner.number, line.subject]
    assert window.desk.queue.waiting_count() == 2


def test_the_queue_speaks_the_language_of_the_screens(
    monkeypatch: pytest.MonkeyPatch, window: Window, line: Line
) -> None:
    monkeypatch.setattr("workstation.services.queue._", lambda text: f"<{text}>")
    words = window.desk.queue.words(line)
    assert all(part.startswith("<") for part in words.sentence.split(" · "))


def test_a_due_day_in_a_year_that_is_not_known_any_more_is_left_to_a_person(
    window: Window, line: Line
) -> None:
    unknown = dataclasses.replace(line, legal_due_at=NOW.replace(year=2031))
    assert window.desk.queue.words(unknown).legal == "法定期限需人工核定"


def test_a_delivered_line_keeps_its_name_however_it_is_read(window: Window, line: Line) -> None:
    deliver(window, line.bundle_id)
    (words,) = window.desk.queue.page(Group.EVERY)
    assert words.applicant == window.desk.queue.words(words.line).applicant == ZHAO.name
