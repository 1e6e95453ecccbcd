"""Time as the window counts it: aware instants, and days in China standard time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta, timezone

CHINA = timezone(timedelta(hours=8), "CST")
"""China standard time; fixed, without daylight saving since 1991."""

Clock = Callable[[], datetime]
"""Returns the present, aware."""


def now() -> datetime:
    """Return the present in China standard time."""
    return datetime.now(CHINA)


def local_date(at: datetime) -> date:
    """Return the day of `at` as the window's calendar shows it."""
    return at.astimezone(CHINA).date()


def start_of_day(day: date) -> datetime:
    """Return the first moment of `day`."""
    return datetime(day.year, day.month, day.day, tzinfo=CHINA)


def end_of_day(day: date) -> datetime:
    """Return the last second of `day`; a legal period ends at midnight (民法典 art. 203)."""
    return datetime(day.year, day.month, day.day, 23, 59, 59, tzinfo=CHINA)
