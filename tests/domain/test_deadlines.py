from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workstation.domain.deadlines import WorkCalendar, add, correction_due, workdays_between
from workstation.domain.errors import UnknownYear
from workstation.domain.items import Limit
from workstation.domain.kinds import CorrectionRule, LimitUnit


@pytest.fixture(scope="session")
def calendar() -> WorkCalendar:
    """2025 and 2026 by the State Council's notices, as chinesecalendar carries them."""
    from chinese_calendar.constants import holidays, workdays

    years = frozenset({2025, 2026})
    off = frozenset(day for day in holidays if day.year in years)
    worked = frozenset(day for day in workdays if day.year in years and day.weekday() >= 5)
    return WorkCalendar(years, off, worked)


PLAIN = WorkCalendar(
    frozenset({2025, 2026}),
    frozenset({date(2026, 1, 1), date(2026, 1, 2), date(2026, 2, 16), date(2026, 10, 1)}),
    frozenset({date(2026, 1, 4), date(2026, 2, 14)}),
)
starts = st.dates(date(2025, 1, 1), date(2026, 6, 30))
counts = st.integers(1, 90)


def workdays(number: int) -> Limit:
    return Limit(number, LimitUnit.WORKDAY)


@pytest.mark.parametrize(
    ("start", "number", "due"),
    [
        (date(2026, 2, 12), 5, date(2026, 2, 26)),
        (date(2026, 2, 12), 20, date(2026, 3, 18)),
        (date(2026, 9, 30), 1, date(2026, 10, 8)),
        (date(2026, 9, 24), 5, date(2026, 10, 9)),
    ],
)
def test_counts_of_2026_agree_with_the_holiday_notice(
    calendar: WorkCalendar, start: date, number: int, due: date
) -> None:
    assert add(start, workdays(number), calendar) == due
    assert workdays_between(start, due, calendar) == number


def test_make_up_days_are_worked(calendar: WorkCalendar) -> None:
    made_up = [(1, 4), (2, 14), (2, 28), (5, 9), (9, 20), (10, 10)]
    assert {day for day in calendar.make_up if day.year == 2026} == {date(2026, *md) for md in made_up}
    made_up = [(1, 26), (2, 8), (4, 27), (9, 28), (10, 11)]
    assert {day for day in calendar.make_up if day.year == 2025} == {date(2025, *md) for md in made_up}
    assert all(calendar.is_workday(day) for day in calendar.make_up)


def test_spring_festival_of_2026_is_off(calendar: WorkCalendar) -> None:
    assert not any(calendar.is_workday(date(2026, 2, 15) + timedelta(days=n)) for n in range(9))


def test_a_calendar_limit_that_ends_on_a_rest_day_moves_on(calendar: WorkCalendar) -> None:
    fifteen = Limit(15, LimitUnit.CALENDAR_DAY)
    assert add(date(2026, 11, 2), fifteen, calendar) == date(2026, 11, 17)
    assert add(date(2026, 9, 16), fifteen, calendar) == date(2026, 10, 8)


def test_an_unknown_year_is_refused_not_guessed(calendar: WorkCalendar) -> None:
    with pytest.raises(UnknownYear) as caught:
        add(date(2026, 12, 28), workdays(5), calendar)
    assert caught.value.details == {"year": 2027}
    with pytest.raises(UnknownYear):
        workdays_between(date(2026, 12, 31), date(2027, 1, 4), calendar)


def test_the_last_day_has_zero_left_and_the_day_after_is_overdue(calendar: WorkCalendar) -> None:
    friday = date(2026, 11, 6)
    assert workdays_between(friday, friday, calendar) == 0
    assert workdays_between(date(2026, 11, 7), friday, calendar) == -1
    assert workdays_between(date(2026, 11, 10), friday, calendar) == -2


def test_a_limit_of_nothing_ends_where_it_starts(calendar: WorkCalendar) -> None:
    assert add(date(2026, 11, 7), workdays(0), calendar) == date(2026, 11, 7)


def test_correction_is_due_on_the_spot_or_after_five_working_days(calendar: WorkCalendar) -> None:
    received = date(2026, 2, 12)
    assert correction_due(received, CorrectionRule.ON_SPOT, calendar) == received
    rule = CorrectionRule.ON_SPOT_OR_5_WORKDAYS
    assert correction_due(received, rule, calendar) == date(2026, 2, 26)


@given(starts, counts)
def test_the_result_is_a_workday_and_agrees_with_a_count_day_by_day(start: date, number: int) -> None:
    due = add(start, workdays(number), PLAIN)
    assert PLAIN.is_workday(due)
    day, worked = start, 0
    while day < due:
        day += timedelta(days=1)
        is_off = day in PLAIN.days_off or (day.weekday() in (5, 6) and day not in PLAIN.make_up)
        worked += not is_off
    assert worked == number
    assert workdays_between(start, due, PLAIN) == number


@given(starts, counts, st.sampled_from(LimitUnit))
def test_a_longer_limit_and_a_later_start_never_end_earlier(
    start: date, number: int, unit: LimitUnit
) -> None:
    due = add(start, Limit(number, unit), PLAIN)
    assert start < due <= add(start, Limit(number + 1, unit), PLAIN)
    assert due <= add(start + timedelta(days=1), Limit(number, unit), PLAIN)
    assert PLAIN.is_workday(due)
