"""Special procedures and extensions: told once, only while the decision is counted, within the law."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest

from sync.contract.models import ChangeKind
from sync.gateway.errors import (
    BadExtension,
    ExtendedBefore,
    IllegalDecision,
    IncompleteDecision,
    NotStopped,
    OfficeError,
    StoppedAlready,
    UnknownSubject,
)
from sync.gateway.matters import MatterState
from tests.sync.gateway_hall import START, Hall, WindowSeat, options_of
from workstation.cli import main

UNTIL = date(2026, 11, 20)

pytestmark = pytest.mark.usefixtures("engine")


@pytest.fixture
def subject(window: WindowSeat) -> str:
    manifest = window.manifest()
    window.delivered(manifest)
    return manifest.subject


@pytest.fixture
def accepted(hall: Hall, subject: str) -> str:
    hall.office.decide(subject, ChangeKind.ACCEPTED, actor="李样本")
    return subject


def stop(hall: Hall, subject: str, procedure: str = "专家评审", until: date | None = UNTIL) -> object:
    return hall.office.course.stop(subject, procedure=procedure, until=until, actor="李样本")


def test_a_procedure_is_told_with_its_name_its_end_and_a_number(
    hall: Hall, window: WindowSeat, accepted: str
) -> None:
    stop(hall, accepted)
    hall.clock.forward(minutes=9)
    hall.office.course.resume(accepted, actor="李样本", reason="评审完成")
    _, started, ended = window.news()["changes"]
    assert (started["kind"], started["procedure"], started["due"]) == (
        "special_started",
        "专家评审",
        "2026-11-20",
    )
    assert started["number"] == f"特别程序-{window.enrolment.number_prefix}-000001"
    assert (ended["kind"], ended["procedure"], ended["reason"]) == ("special_ended", "专家评审", "评审完成")
    assert hall.office.cases()[0].state is MatterState.ACCEPTED, "the state is no business of the clock"


def test_the_same_again_is_told_once_and_another_is_refused(
    hall: Hall, window: WindowSeat, accepted: str
) -> None:
    assert stop(hall, accepted) == stop(hall, accepted)
    with pytest.raises(StoppedAlready):
        stop(hall, accepted, "检测")
    hall.office.course.resume(accepted, actor="")
    with pytest.raises(NotStopped):
        hall.office.course.resume(accepted, actor="")
    stop(hall, accepted, "检测")
    assert len(window.news()["changes"]) == 4


def test_nothing_is_decided_while_a_procedure_runs(hall: Hall, accepted: str) -> None:
    stop(hall, accepted)
    with pytest.raises(StoppedAlready):
        hall.office.decide(accepted, ChangeKind.DECIDED, actor="")
    hall.office.decide(accepted, ChangeKind.IN_REVIEW, actor="")
    hall.office.course.resume(accepted, actor="")
    hall.office.decide(accepted, ChangeKind.DECIDED, actor="")
    with pytest.raises(IllegalDecision):
        stop(hall, accepted)


def test_an_extension_is_told_once_with_its_reason_and_who_approved_it(
    hall: Hall, window: WindowSeat, accepted: str
) -> None:
    course = hall.office.course
    first = course.extend(accepted, workdays=10, approver=" 赵样本 ", reason="情况复杂")
    assert course.extend(accepted, workdays=10, approver="赵样本", reason="情况复杂") == first
    with pytest.raises(ExtendedBefore):
        course.extend(accepted, workdays=5, approver="赵样本", reason="情况复杂")
    _, told = window.news()["changes"]
    assert (told["kind"], told["workdays"], told["actor"], told["reason"]) == (
        "extended",
        10,
        "赵样本",
        "情况复杂",
    )
    assert told["number"] == f"延期-{window.enrolment.number_prefix}-000001"


@pytest.mark.parametrize(
    ("days", "joint", "good"), [(0, False, 0), (11, False, 0), (15, True, 1), (16, True, 0)]
)
def test_the_law_limits_the_days_of_an_extension(
    hall: Hall, accepted: str, days: int, joint: bool, good: int
) -> None:
    def extend() -> object:
        return hall.office.course.extend(
            accepted, workdays=days, approver="赵样本", reason="复杂", joint=joint
        )

    if good:
        assert extend()
    else:
        with pytest.raises(BadExtension):
            extend()


def test_before_acceptance_there_is_no_limit_to_stop_or_extend(hall: Hall, subject: str) -> None:
    course = hall.office.course
    acts: tuple[Callable[[str], object], ...] = (
        lambda name: stop(hall, name),
        lambda name: course.resume(name, actor=""),
        lambda name: course.extend(name, workdays=1, approver="赵样本", reason="复杂"),
    )
    for act in acts:
        with pytest.raises(IllegalDecision):
            act(subject)
        with pytest.raises(UnknownSubject):
            act("nothing")


def test_what_the_applicant_must_be_told_may_not_be_missing(hall: Hall, accepted: str) -> None:
    course = hall.office.course
    yesterday = (START - timedelta(days=1)).date()
    acts: tuple[Callable[[], object], ...] = (
        lambda: stop(hall, accepted, " "),
        lambda: stop(hall, accepted, until=yesterday),
        lambda: course.extend(accepted, workdays=1, approver=" ", reason="复杂"),
        lambda: course.extend(accepted, workdays=1, approver="赵样本", reason=" "),
    )
    for act in acts:
        with pytest.raises(IncompleteDecision):
            act()


def test_the_command_stops_resumes_and_extends(
    hall: Hall, window: WindowSeat, accepted: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = options_of(tmp_path / "office")
    gateway = ["gateway"]
    until = ["--procedure", "检测", "--until", "2099-01-04"]
    assert main([*gateway, "special", accepted, *until, *folder]) == 0
    assert main([*gateway, "decide", accepted, "decided", *folder]) == 1
    assert "Y551" in capsys.readouterr().err
    assert main([*gateway, "resume", accepted, *folder]) == 0
    extend = ["extend", accepted, "--by", "赵样本", "--reason", "复杂"]
    assert main([*gateway, *extend, "--workdays", "11", *folder]) == 1
    assert main([*gateway, *extend, "--workdays", "10", *folder]) == 0
    assert "延期-" in capsys.readouterr().out
    kinds = [change["kind"] for change in window.news()["changes"]]
    assert kinds == ["accepted", "special_started", "special_ended", "extended"]
    with pytest.raises(SystemExit):
        main([*gateway, "special", accepted, "--procedure", "检测", "--until", "bald", *folder])


def test_every_refusal_has_words() -> None:
    from workstation.texts import words

    for error in (StoppedAlready, NotStopped, BadExtension, ExtendedBefore):
        assert issubclass(error, OfficeError)
        assert words(error.code).what != words("nothing").what
