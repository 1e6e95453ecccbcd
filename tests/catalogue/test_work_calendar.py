from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from workstation.catalogue.calendar import load_calendar
from workstation.catalogue.errors import BadCalendarFile
from workstation.domain.deadlines import add
from workstation.domain.errors import UnknownYear
from workstation.domain.items import Limit
from workstation.domain.kinds import LimitUnit


def test_the_built_in_calendar_knows_2026_with_its_make_up_days() -> None:
    calendar = load_calendar()
    assert {2025, 2026} <= calendar.years
    assert add(date(2026, 2, 12), Limit(5, LimitUnit.WORKDAY), calendar) == date(2026, 2, 26)
    assert {day for day in calendar.make_up if day.year == 2026} == {
        date(2026, 1, 4),
        date(2026, 2, 14),
        date(2026, 2, 28),
        date(2026, 5, 9),
        date(2026, 9, 20),
        date(2026, 10, 10),
    }


def test_a_year_without_a_notice_is_unknown() -> None:
    with pytest.raises(UnknownYear):
        load_calendar().is_workday(date(max(load_calendar().years) + 1, 3, 3))


def test_a_file_replaces_the_calendar(tmp_path: Path) -> None:
    path = tmp_path / "calendar.json"
    data = {"years": [2027], "days_off": ["2027-01-01"], "make_up": ["2027-01-03"]}
    path.write_text(json.dumps(data))
    calendar = load_calendar(path)
    assert calendar.years == {2027}
    assert not calendar.is_workday(date(2027, 1, 1))
    assert calendar.is_workday(date(2027, 1, 3))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "5",
        "{}",
        '{"years": [2027], "days_off": [], "make_up": [], "extra": 1}',
        '{"years": [], "days_off": [], "make_up": []}',
        '{"years": [2027], "days_off": ["2026-01-01"], "make_up": []}',
        '{"years": [2027], "days_off": [], "make_up": ["2027-01-04"]}',
        '{"years": [2027], "days_off": ["1 January"], "make_up": []}',
        '{"years": [2027], "days_off": ["2027-01-03"], "make_up": ["2027-01-03"]}',
        "[" * 100_000,
    ],
)
def test_a_file_that_makes_no_sense_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "calendar.json"
    path.write_text(text)
    with pytest.raises(BadCalendarFile) as caught:
        load_calendar(path)
    assert caught.value.details["path"] == "calendar.json"


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadCalendarFile):
        load_calendar(tmp_path / "nowhere.json")
