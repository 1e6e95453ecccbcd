"""The working-day calendar: the State Council's notices as chinesecalendar carries them, or a file.

The package knows a year only after that year's notice; a hall that needs the next year sooner puts the notice
into a JSON file: `{"years": [2026, 2027], "days_off": ["2027-01-01"], "make_up": ["2027-02-07"]}`.
"""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

from workstation.catalogue.errors import BadCalendarFile
from workstation.domain.deadlines import WorkCalendar

_OCTOBER = 10
_SATURDAY = 5
_KEYS = {"years", "days_off", "make_up"}


def load_calendar(path: Path | None = None) -> WorkCalendar:
    """Return the calendar of a JSON file, or the built-in one.

    Raises:
        BadCalendarFile: the file cannot be read, has other keys, or names a day outside its years.
    """
    return _built_in() if path is None else _from_file(path)


def _built_in() -> WorkCalendar:
    from chinese_calendar.constants import holidays, workdays

    # New Year's Eve may be named a year ahead; only a National Day shows that the year's notice is in.
    years = frozenset(day.year for day in holidays if day.month == _OCTOBER)
    return WorkCalendar(
        years=years,
        days_off=frozenset(day for day in holidays if day.year in years),
        make_up=frozenset(day for day in workdays if day.year in years and day.weekday() >= _SATURDAY),
    )


def _from_file(path: Path) -> WorkCalendar:
    try:
        data = json.loads(path.read_text("utf-8"))
        if set(data) != _KEYS:
            raise ValueError(f"keys {sorted(data)}")
        calendar = WorkCalendar(
            years=frozenset(int(year) for year in data["years"]),
            days_off=frozenset(date.fromisoformat(day) for day in data["days_off"]),
            make_up=frozenset(date.fromisoformat(day) for day in data["make_up"]),
        )
        _check(calendar)
    except (OSError, ValueError, TypeError, RecursionError) as error:
        raise BadCalendarFile(path=path.name, problem=str(error)[:200]) from error
    return calendar


def _check(calendar: WorkCalendar) -> None:
    outside = [day for day in calendar.days_off | calendar.make_up if day.year not in calendar.years]
    weekdays = [day for day in calendar.make_up if day.weekday() < _SATURDAY]
    if not calendar.years or outside or weekdays or calendar.days_off & calendar.make_up:
        raise ValueError(f"days outside the years, or no weekend: {sorted(outside + weekdays)[:3]}")
