"""Clocks and lamps: which limits run for a case, when each ends, and how urgent it is.

A limit is counted from the day after its start (民法典 art. 201), so a case received on a Saturday (延时可办)
begins to count on the next working day. What a special procedure takes is not counted in the limit of the
decision (行政许可法 art. 45), and the head of the agency may extend it (art. 42). Where the calendar does not
know a year, the clock has no last day and its lamp is grey: nothing here guesses.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum

from workstation.domain.case import Case, CaseState, Custody, Flag, Move, Moved, Pause, SlotContent
from workstation.domain.clock import local_date
from workstation.domain.deadlines import WorkCalendar, add, next_workday, workdays_between
from workstation.domain.errors import UnknownYear
from workstation.domain.items import Item, Limit
from workstation.domain.kinds import CorrectionRule, LimitUnit

TELL_LIMIT = Limit(5, LimitUnit.WORKDAY)
"""行政许可法 art. 32(4): tell what is missing within five working days, else it counts as accepted."""
DELIVERY_LIMIT = Limit(10, LimitUnit.WORKDAY)
"""行政许可法 art. 44: issue and deliver the certificate within ten working days of the decision."""
COURIER_LIMIT = Limit(1, LimitUnit.WORKDAY)
"""From the receiving to the home street within one working day (Futian's cross-street rule of 2017)."""
SOON_WORKDAYS = 2
"""So few days left are soon, whatever the limit."""
SOON_SHARE = 4
"""The last quarter of a limit is soon."""

_DAY = timedelta(days=1)


def course_of(case: Case) -> Case:
    """Return the case with only what its clocks need: no applicant, no pages, no values.

    Lists keep it beside their line, so that the lamps of a full screen need no log to be folded.
    """
    slots = {
        name: SlotContent(custody=slot.custody, deferred_until=slot.deferred_until)
        for name, slot in case.slots.items()
        if slot.custody is Custody.HELD or name in case.debts
    }
    move = case.last_move
    return replace(
        case,
        slots=slots,
        last_move=None if move is None else Moved(move=move.move, due=move.due),
        applicant=None,
        agent=None,
        shares={},
        credit=None,
        fields={},
        bundles=(),
        papers=(),
        reason="",
    )


class Step(StrEnum):
    """The step a clock belongs to (of 收件、受理、审批、办结、出证), and what runs beside them."""

    TELL = "TELL"
    """受理: tell what is missing or accept; silence means acceptance."""
    CORRECTION = "CORRECTION"
    """补正: the applicant's turn, where a last day was set."""
    PROMISED = "PROMISED"
    """办结, by the promised limit."""
    STATUTORY = "STATUTORY"
    """办结, by the statutory limit."""
    DELIVERY = "DELIVERY"
    """出证送达."""
    SUPPLEMENT = "SUPPLEMENT"
    """容缺补交: what tolerance still owes."""
    COURIER = "COURIER"
    """原件流转: an original held here goes to the home street."""


class LampColour(StrEnum):
    """How urgent a clock is."""

    RED = "RED"
    """The last day, or over."""
    YELLOW = "YELLOW"
    """The last quarter of the limit, or two days left."""
    GREY = "GREY"
    """The calendar does not know: a person must count."""
    GREEN = "GREEN"
    STOPPED = "STOPPED"
    """A special procedure runs: the clock stands still."""


URGENCY = tuple(LampColour)
"""The most urgent first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """One limit that runs for a case."""

    step: Step
    due: date | None
    """Last day; of a stopped clock the day it comes to if the procedure ends as expected; None: not known."""
    days_left: int | None
    """Days of `unit` after today up to the last one: 0 on the last day, negative when over."""
    unit: LimitUnit
    lamp: LampColour
    limit: int = 0
    """Length of the limit in `unit`; 0 where only a day was set."""
    slot: str = ""
    """Material id, of a clock that belongs to one."""
    until: date | None = None
    """Of a stopped clock: the day the procedure should end, as told to the applicant."""

    @property
    def is_over(self) -> bool:
        """True when the last day has passed."""
        return self.days_left is not None and self.days_left < 0


def clocks(case: Case, item: Item | None, calendar: WorkCalendar, today: date) -> tuple[Clock, ...]:
    """Return every clock that runs for the case, the most urgent first.

    Args:
        case: the case, or only its course.
        item: its item; None: its pack is not here, then the limit of the decision is left to a person.
        calendar: the working days.
        today: the day to count from.
    """
    count = _Count(calendar, today)
    running = (
        *_state_clocks(case, item, count),
        *_debts(case, count),
        *_travelling(case, count),
    )
    return tuple(sorted(running, key=urgency))


def silence_ends(case: Case) -> date | None:
    """Return the last day to tell what is missing; None when nothing runs or the calendar did not know it."""
    move = case.last_move
    is_waiting = case.state is CaseState.RECEIVED and move is not None and move.move is Move.RECEIVE
    return move.due if is_waiting and move is not None else None


def worst(running: Iterable[Clock]) -> Clock | None:
    """Return the most urgent clock; None when none runs."""
    return min(running, key=urgency, default=None)


def urgency(clock: Clock) -> tuple[int, int, date]:
    """Return what clocks are sorted by: lamp, days left, last day."""
    left = 0 if clock.days_left is None else clock.days_left
    return URGENCY.index(clock.lamp), left, clock.due or date.max


def decision_due(case: Case, limit: Limit, calendar: WorkCalendar, today: date) -> date | None:
    """Return the last day of a limit of the decision, with its stops and its extension.

    A stop that still runs is taken to end on the day told to the applicant, and not before today.

    Returns:
        None before acceptance, or where the calendar does not know a year of the count.
    """
    start = decision_start(case)
    if start is None:
        return None
    stops = tuple(_span(pause, today) for pause in case.pauses)
    more = Limit(case.extension.workdays if case.extension else 0, LimitUnit.WORKDAY)
    try:
        return add_counted(add_counted(start, limit, stops, calendar), more, stops, calendar)
    except UnknownYear:
        return None


def decision_start(case: Case) -> date | None:
    """Return the day the limit of the decision starts: acceptance, or receipt where silence accepted."""
    if case.accepted_at is not None:
        return local_date(case.accepted_at)
    if Flag.DEEMED_ACCEPTED in case.flags and case.received_at is not None:
        return local_date(case.received_at)
    return None


def add_counted(
    start: date, limit: Limit, stops: Iterable[tuple[date, date]], calendar: WorkCalendar
) -> date:
    """Return the last day of a limit that does not count the days of `stops`.

    Args:
        start: day the limit starts on; it is not counted itself.
        limit: number and unit.
        stops: (first, last) days; the first is not taken out, as a period is counted from the day after
            its start (民法典 art. 201), so a stop that ends on its own day takes nothing out.
        calendar: the working days.

    Raises:
        UnknownYear: the count leaves the years the calendar knows.
    """
    stopped = tuple(stops)
    if limit.number == 0 or not stopped:
        return add(start, limit, calendar)
    is_workdays = limit.unit is LimitUnit.WORKDAY
    day, counted = start, 0
    while counted < limit.number:
        day += _DAY
        counted += not _is_out(day, stopped) and (not is_workdays or calendar.is_workday(day))
    return day if is_workdays else next_workday(day, calendar)


def lamp_of(days_left: int, limit: int) -> LampColour:
    """Return the lamp of a clock with so many days left of a limit of so many days.

    A limit of no days ("on the spot") is yellow on its only day: it is due, not late.
    """
    if days_left < 0 or (days_left == 0 and limit > 0):
        return LampColour.RED
    if days_left <= SOON_WORKDAYS or days_left * SOON_SHARE <= limit:
        return LampColour.YELLOW
    return LampColour.GREEN


def days_left(today: date, due: date, unit: LimitUnit, calendar: WorkCalendar) -> int | None:
    """Return the days of a unit after `today` up to `due`; None where the calendar does not know a year."""
    if unit is LimitUnit.CALENDAR_DAY:
        return (due - today).days
    try:
        return workdays_between(today, due, calendar)
    except UnknownYear:
        return None


@dataclass(frozen=True, slots=True)
class _Count:
    """Counts against one day."""

    calendar: WorkCalendar
    today: date

    def clock(self, step: Step, due: date | None, limit: Limit, *, slot: str = "") -> Clock:
        """Return the clock of a limit that ends on `due`; without a day it is grey."""
        left = None if due is None else days_left(self.today, due, limit.unit, self.calendar)
        lamp = LampColour.GREY if left is None else lamp_of(left, limit.number)
        return Clock(
            step=step,
            due=due,
            days_left=left,
            unit=limit.unit,
            lamp=lamp,
            limit=limit.number,
            slot=slot,
        )


def _state_clocks(case: Case, item: Item | None, count: _Count) -> list[Clock]:
    match case.state:
        case CaseState.RECEIVED if Flag.DEEMED_ACCEPTED not in case.flags:
            return [_tell(case, item, count)]
        case CaseState.CORRECTION:
            due = case.last_move.due if case.last_move is not None else None
            return [count.clock(Step.CORRECTION, due, _WORKDAYS)] if due is not None else []
        case CaseState.RECEIVED | CaseState.ACCEPTED | CaseState.IN_REVIEW:
            return _decision(case, item, count)
        case CaseState.DECIDED if case.decided_at is not None:
            due = _after(local_date(case.decided_at), DELIVERY_LIMIT, count.calendar)
            return [count.clock(Step.DELIVERY, due, DELIVERY_LIMIT)]
        case _:
            return []


_WORKDAYS = Limit(1, LimitUnit.WORKDAY)
"""Of a day that was set without a length: only the last two days are soon."""


def _tell(case: Case, item: Item | None, count: _Count) -> Clock:
    """The day is the one written on the receipt; one left open is never filled in afterwards."""
    due = case.last_move.due if case.last_move is not None else None
    is_on_spot = item is not None and item.correction is CorrectionRule.ON_SPOT
    return count.clock(Step.TELL, due, replace(TELL_LIMIT, number=0) if is_on_spot else TELL_LIMIT)


def _decision(case: Case, item: Item | None, count: _Count) -> list[Clock]:
    if item is None:
        return [count.clock(Step.PROMISED, None, _WORKDAYS)] if decision_start(case) is not None else []
    promised = promised_limit(case, item, count.calendar)
    running = next((pause for pause in case.pauses if pause.end is None), None)
    found = []
    for step, limit in ((Step.PROMISED, promised), (Step.STATUTORY, item.statutory)):
        if limit is None:
            continue
        due = decision_due(case, limit, count.calendar, count.today)
        clock = count.clock(step, due, limit)
        found.append(clock if running is None else _stopped(case, clock, running, count))
    return found


def promised_limit(case: Case, item: Item, calendar: WorkCalendar) -> Limit | None:
    """Return the promised limit of the decision; a last day told with the acceptance comes first."""
    start, told = decision_start(case), case.accepted_due
    if start is None or told is None or told < start:
        return item.promised
    if item.promised is not None and item.promised.unit is LimitUnit.CALENDAR_DAY:
        return Limit((told - start).days, LimitUnit.CALENDAR_DAY)
    try:
        return Limit(workdays_between(start, told, calendar), LimitUnit.WORKDAY)
    except UnknownYear:
        return item.promised


def _stopped(case: Case, clock: Clock, running: Pause, count: _Count) -> Clock:
    """A clock that stands still: what was left when it stopped is what is left when it goes on."""
    left = None if clock.due is None else _left_at_stop(case, clock, count)
    return replace(clock, lamp=LampColour.STOPPED, until=running.expected, days_left=left)


def _left_at_stop(case: Case, clock: Clock, count: _Count) -> int | None:
    """Count from the limit, not from the last day: that one may have moved past a rest day."""
    start = decision_start(case)
    if start is None:
        return None
    stops = [_span(pause, count.today) for pause in case.pauses]
    days = (start + _DAY * n for n in range(1, (stops[-1][0] - start).days + 1))
    counting = (day for day in days if not _is_out(day, stops))
    try:
        is_workdays = clock.unit is LimitUnit.WORKDAY
        gone = sum(not is_workdays or count.calendar.is_workday(day) for day in counting)
    except UnknownYear:
        return None
    return clock.limit + (case.extension.workdays if case.extension else 0) - gone


def _is_out(day: date, stops: Iterable[tuple[date, date]]) -> bool:
    """True for a day that a stop takes out of the count."""
    return any(first < day <= last for first, last in stops)


def _debts(case: Case, count: _Count) -> list[Clock]:
    """What tolerance owes counts from receipt on, and also after the decision: the result waits for it."""
    if case.state is CaseState.DRAFT or case.state not in _OPEN:
        return []
    return [count.clock(Step.SUPPLEMENT, due, _WORKDAYS, slot=slot) for slot, due in case.debts.items()]


def _travelling(case: Case, count: _Count) -> list[Clock]:
    held = held_for_courier(case)
    if not held or case.state not in _OPEN or case.received_at is None:
        return []
    due = _after(local_date(case.received_at), COURIER_LIMIT, count.calendar)
    return [count.clock(Step.COURIER, due, COURIER_LIMIT, slot=held[0])]


def held_for_courier(case: Case) -> tuple[str, ...]:
    """Return the slots whose original is here and goes to the home street.

    That of a case under correction waits for its case.
    """
    if case.state not in TRAVELLING:
        return ()
    return tuple(slot for slot, content in case.slots.items() if content.custody is Custody.HELD)


_OPEN = frozenset(
    {CaseState.RECEIVED, CaseState.CORRECTION, CaseState.ACCEPTED, CaseState.IN_REVIEW, CaseState.DECIDED}
)
TRAVELLING = (_OPEN - {CaseState.CORRECTION}) | {CaseState.DELIVERED}
"""States in which originals go to the home street."""


def _after(start: date, limit: Limit, calendar: WorkCalendar) -> date | None:
    try:
        return add(start, limit, calendar)
    except UnknownYear:
        return None


def _span(pause: Pause, today: date) -> tuple[date, date]:
    """Return the (first, last) day of a stop; one that runs ends as expected, and not before today."""
    first = local_date(pause.start)
    if pause.end is not None:
        return first, local_date(pause.end)
    return first, max(today, pause.expected or today)
