"""How a case stands, for lists too long to count every clock anew: above all when its lamp turns.

A lamp depends on the case, its item, the calendar and the day. The days it turns on do not depend on the
day, so that they can be kept beside the case until one of the other three changes.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from workstation.domain.case import Case
from workstation.domain.deadlines import WorkCalendar
from workstation.domain.items import Item
from workstation.domain.lamps import (
    Clock,
    LampColour,
    clocks,
    days_left,
    held_for_courier,
    lamp_of,
    silence_ends,
)

_DAY = timedelta(days=1)
_LONGEST = 400
"""Days looked at around the last one at most: more than a quarter of the longest limit there is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What lists need of a case that is still somebody's work."""

    runs: bool = False
    """Some clock runs, be it a stopped one."""
    yellow_on: date | None = None
    """First day some clock is yellow; None: none will be by itself."""
    red_on: date | None = None
    is_grey: bool = False
    """A clock has no last day: a person must count."""
    answer_by: date | None = None
    """Last day for the back office to say what is missing; silence after it accepts."""
    held: int = 0
    """Originals at the window that wait for the courier."""


def standing_of(case: Case, item: Item | None, calendar: WorkCalendar, today: date) -> Standing:
    """Return how a case stands.

    Args:
        case: the case, or only its course.
        item: its item; None: its pack is not here.
        calendar: the working days.
        today: any day from the last entry of the case on; it only tells which clocks run.
    """
    running = clocks(case, item, calendar, today)
    turning = [_turns(clock, calendar) for clock in running if clock.lamp is not LampColour.STOPPED]
    yellow = [days[0] for days in turning if days is not None]
    red = [days[1] for days in turning if days is not None]
    return Standing(
        runs=bool(running),
        yellow_on=min(yellow, default=None),
        red_on=min(red, default=None),
        is_grey=None in turning,
        answer_by=silence_ends(case),
        held=len(held_for_courier(case)),
    )


def _turns(clock: Clock, calendar: WorkCalendar) -> tuple[date, date] | None:
    """Return the first yellow and the first red day of a clock; None where nobody knows."""
    if clock.due is None:
        return None
    red = clock.due
    for _ in range(_LONGEST):
        if _colour(clock, red, calendar) in (LampColour.RED, None):
            break
        red += _DAY
    red = _first(clock, red, LampColour.RED, calendar)
    return _first(clock, red, LampColour.YELLOW, calendar), red


def _first(clock: Clock, day: date, colour: LampColour, calendar: WorkCalendar) -> date:
    """Return the first of the days before `day` that have a colour without a break, else `day`."""
    for _ in range(_LONGEST):
        if _colour(clock, day - _DAY, calendar) is not colour:
            break
        day -= _DAY
    return day


def _colour(clock: Clock, day: date, calendar: WorkCalendar) -> LampColour | None:
    left = None if clock.due is None else days_left(day, clock.due, clock.unit, calendar)
    return None if left is None else lamp_of(left, clock.limit)
