"""Last days of limits; working days as the State Council's calendar has them."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone

import chinese_calendar

CHINA = timezone(timedelta(hours=8))
"""Days are counted by the clock of China."""
MOST_DAYS = 400
WORKDAY = "WORKDAY"


def today_of(now: datetime) -> date:
    """Return the day it is in China."""
    return now.astimezone(CHINA).date()


def workdays(after: date, until: date) -> int | None:
    """Return the working days after a day up to another one; None where the calendar ends."""
    try:
        return sum(
            bool(chinese_calendar.is_workday(after + timedelta(days=step)))
            for step in range(1, (until - after).days + 1)
        )
    except NotImplementedError:
        return None


def last_day(start: date, limit: tuple[int, str] | None) -> date | None:
    """Return the last day of a limit that begins on the day after `start`; None where nobody can say."""
    if limit is None or not 0 < limit[0] < MOST_DAYS:
        return None
    number, unit = limit
    if unit != WORKDAY:
        return start + timedelta(days=number)
    day = start
    try:
        while number:
            day += timedelta(days=1)
            number -= chinese_calendar.is_workday(day)
    except NotImplementedError:
        return None
    return day


def moved(due: date | None, days: int | None) -> date | None:
    """Return a last day so many working days later; None where it, or how many, is not known."""
    if due is None or days is None:
        return None
    return last_day(due, (days, WORKDAY)) if days else due
