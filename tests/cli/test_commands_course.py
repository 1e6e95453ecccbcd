"""A special procedure at the office stops the clock at the window, over the real line."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from sync.contract.models import ChangeKind
from tests.cli.conftest import Seat
from workstation.domain.clock import local_date, now


def test_the_clock_stops_goes_on_and_is_extended_as_the_office_says(
    enrolled: Seat, capsys: pytest.CaptureFixture[str]
) -> None:
    def lamps() -> dict[str, str]:
        """Sync, then read the lamps of the one case by step."""
        assert enrolled.open("sync", "--once") == 0
        capsys.readouterr()
        assert enrolled.open("queue", "lamps", "--all", "--json") == 0
        (line,) = json.loads(capsys.readouterr().out)
        return {clock["step"]: clock["lamp"] for clock in line["clocks"]}

    enrolled.seal()
    assert set(lamps()) == {"TELL"}
    (matter,) = enrolled.office.cases()
    enrolled.office.decide(matter.subject, ChangeKind.ACCEPTED, actor="李样本")
    # The case of this test names an item no pack has: its limit is left to a person.
    assert lamps() == {"PROMISED": "GREY"}
    course, until = enrolled.office.course, local_date(now()) + timedelta(days=10)
    course.stop(matter.subject, procedure="专家评审", until=until, actor="李样本")
    lamps()
    with enrolled.store() as store:
        case = store.case_by_number(matter.subject)
        assert case is not None and [pause.procedure for pause in case.pauses] == ["专家评审"]
        assert (case.pauses[0].expected, case.pauses[0].end) == (until, None)
    course.resume(matter.subject, actor="李样本")
    course.extend(matter.subject, workdays=10, approver="赵样本", reason="情况复杂")
    lamps()
    with enrolled.store() as store:
        case = store.case_by_number(matter.subject)
        assert case is not None and case.pauses[0].end is not None
        assert case.extension is not None and case.extension.workdays == 10
