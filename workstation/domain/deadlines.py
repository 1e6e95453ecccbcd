"""Counting time limits: working days by the State Council's calendar, and calendar days.

The first day is never counted (民法典 art. 201); administrative licences count working days without public
holidays (行政许可法 art. 82). Outside the years a calendar knows, the count refuses to guess.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from workstation.domain.errors import UnknownYear
from workstation.domain.items import Limit
from workstation.domain.kinds import CorrectionRule, LimitUnit

CORRECTION_LIMIT = Limit(5, LimitUnit.WORKDAY)
"""行政许可法 art. 32(4)."""

_DAY = timedelta(days=1)
_SATURDAY = 5


@dataclass(frozen=True, slots=True)
class WorkCalendar:
    """The working days of some years."""

    years: frozenset[int]
    """Years the holiday notice has been published for."""
    days_off: frozenset[date]
    """Weekdays that are off; weekends may be named too."""
    make_up: frozenset[date]
    """Saturdays and Sundays that are worked (调休)."""

    def is_workday(self, day: date) -> bool:
        """Return whether `day` is worked.

        Raises:
            UnknownYear: the calendar does not know the year.
        """
        if day.year not in self.years:
            raise UnknownYear(year=day.year)
        if day.weekday() >= _SATURDAY:
            return day in self.make_up
        return day not in self.days_off


def next_workday(day: date, calendar: WorkCalendar) -> date:
    """Return `day` itself when it is worked, else the next worked day.

    Raises:
        UnknownYear: the search runs out of the calendar.
    """
    while not calendar.is_workday(day):
        day += _DAY
    return day


def add(start: date, limit: Limit, calendar: WorkCalendar) -> date:
    """Return the last day of a limit that starts on `start`.

    WORKDAY: day 1 is the first working day after `start`. CALENDAR_DAY: `start` is not counted, and a last
    day on a rest day moves to the next working day (民法典 arts. 201, 203). A limit of 0 ends on `start`.

    Raises:
        UnknownYear: the count leaves the years the calendar knows.
    """
    if limit.number == 0:
        return start
    if limit.unit is LimitUnit.CALENDAR_DAY:
        return next_workday(start + timedelta(days=limit.number), calendar)
    day = start
    for _ in range(limit.number):
        day = next_workday(day + _DAY, calendar)
    return day


def workdays_between(today: date, due: date, calendar: WorkCalendar) -> int:
    """Return the working days left after `today` up to and with `due`.

    0 means today is the last day. Overdue is always negative: at least -1, even if no working day has
    passed since.

    Raises:
        UnknownYear: the span leaves the years the calendar knows.
    """
    if today <= due:
        return _worked_after(today, due, calendar)
    return min(-1, -_worked_after(due, today, calendar))


def correction_due(received: date, rule: CorrectionRule, calendar: WorkCalendar) -> date:
    """Return the last day to tell the citizen what is missing; silence after it means acceptance.

    Raises:
        UnknownYear: the count leaves the years the calendar knows.
    """
    if rule is CorrectionRule.ON_SPOT:
        return received
    return add(received, CORRECTION_LIMIT, calendar)


def _worked_after(first: date, last: date, calendar: WorkCalendar) -> int:
    """Count the working days in `(first, last]`."""
    return sum(calendar.is_workday(first + n * _DAY) for n in range(1, (last - first).days + 1))
