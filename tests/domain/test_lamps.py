"""Clocks and lamps: what runs, when it ends, what stops and extends it, and how urgent it is."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from types import SimpleNamespace
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.domain.test_deadlines import PLAIN, calendar, counts, starts, workdays
from workstation.domain.case import Case, CaseState, Custody, Extended, Flag, Move, Moved, Pause, SlotContent
from workstation.domain.clock import CHINA
from workstation.domain.deadlines import WorkCalendar, add, workdays_between
from workstation.domain.items import Item, Limit
from workstation.domain.kinds import CorrectionRule, LimitUnit
from workstation.domain.lamps import (
    Clock,
    LampColour,
    Step,
    add_counted,
    clocks,
    decision_due,
    lamp_of,
    urgency,
    worst,
)

__all__ = ["calendar"]

MONDAY = date(2026, 11, 2)
TEN, TWENTY = workdays(10), workdays(20)


def timed(
    promised: Limit | None = TEN,
    statutory: Limit | None = TWENTY,
    correction: CorrectionRule = CorrectionRule.ON_SPOT_OR_5_WORKDAYS,
) -> Item:
    """Return an item of which only the limits matter."""
    return cast(Item, SimpleNamespace(promised=promised, statutory=statutory, correction=correction))


@pytest.fixture
def item() -> Item:
    return timed()


def at(day: date, hour: int = 10) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=CHINA)


def case(state: CaseState, **facts: object) -> Case:
    values: dict[str, object] = {
        "case_id": "c",
        "number": "W03-1",
        "item_code": "x",
        "pack_version": "1",
        "window": "w",
        "receiving_street": "HF",
        "opened_at": at(MONDAY),
        "opened_by": "clerk",
        "changed_at": at(MONDAY),
        "state": state,
    }
    return Case(**{**values, **facts})  # type: ignore[arg-type]  # the fields are named at each call


def received(due: date | None, **facts: object) -> Case:
    return case(
        CaseState.RECEIVED, received_at=at(MONDAY), last_move=Moved(move=Move.RECEIVE, due=due), **facts
    )


def accepted(start: date = MONDAY, **facts: object) -> Case:
    return case(CaseState.ACCEPTED, received_at=at(start), accepted_at=at(start), **facts)


def by_step(case: Case, item: Item, calendar: WorkCalendar, today: date) -> dict[Step, Clock]:
    return {clock.step: clock for clock in clocks(case, item, calendar, today)}


# --- the limits ----------------------------------------------------------------------------------------


def test_silence_runs_from_receipt_to_the_day_on_the_receipt(item: Item, calendar: WorkCalendar) -> None:
    due = add(MONDAY, workdays(5), calendar)
    (clock,) = clocks(received(due), item, calendar, MONDAY)
    assert (clock.step, clock.due, clock.days_left) == (Step.TELL, date(2026, 11, 9), 5)
    lamps = [
        worst(clocks(received(due), item, calendar, MONDAY + timedelta(days=n))) for n in (0, 2, 3, 4, 7, 8)
    ]
    assert [clock.lamp.value for clock in lamps if clock] == [
        "GREEN",
        "GREEN",
        "YELLOW",
        "YELLOW",
        "RED",
        "RED",
    ]
    assert lamps[-1] is not None and lamps[-1].is_over and lamps[-1].days_left == -1


def test_a_receipt_on_a_saturday_counts_from_the_next_working_day(calendar: WorkCalendar) -> None:
    saturday, friday = date(2026, 11, 7), date(2026, 11, 6)
    for limit in (workdays(1), workdays(5), TWENTY):
        assert add(saturday, limit, calendar) == add(friday, limit, calendar)
    assert add(saturday, workdays(1), calendar) == date(2026, 11, 9)


def test_promised_and_statutory_limit_run_side_by_side(item: Item, calendar: WorkCalendar) -> None:
    found = by_step(accepted(date(2026, 2, 12)), item, calendar, date(2026, 2, 26))
    assert found[Step.STATUTORY].due == date(2026, 3, 18)
    assert found[Step.PROMISED].due == add(date(2026, 2, 12), workdays(10), calendar)
    assert found[Step.PROMISED].days_left == 5
    assert [clock.step for clock in clocks(accepted(), item, calendar, MONDAY)] == [
        Step.PROMISED,
        Step.STATUTORY,
    ]


def test_a_last_day_told_with_the_acceptance_comes_before_the_items(
    item: Item, calendar: WorkCalendar
) -> None:
    told = accepted(accepted_due=date(2026, 11, 6))
    found = by_step(told, item, calendar, MONDAY)
    assert (found[Step.PROMISED].due, found[Step.PROMISED].limit) == (date(2026, 11, 6), 4)


def test_calendar_days_are_counted_in_calendar_days(calendar: WorkCalendar) -> None:
    fifteen = timed(Limit(15, LimitUnit.CALENDAR_DAY), None)
    (clock,) = clocks(accepted(date(2026, 11, 2)), fifteen, calendar, date(2026, 11, 14))
    assert (clock.due, clock.days_left, clock.unit) == (date(2026, 11, 17), 3, LimitUnit.CALENDAR_DAY)
    assert clock.lamp is LampColour.YELLOW, "three of fifteen days are less than a quarter"


def test_silence_that_accepted_starts_the_limit_at_receipt(item: Item, calendar: WorkCalendar) -> None:
    due = add(MONDAY, workdays(5), calendar)
    deemed = received(due, flags=frozenset({Flag.DEEMED_ACCEPTED}))
    found = by_step(deemed, item, calendar, date(2026, 11, 10))
    assert set(found) == {Step.PROMISED, Step.STATUTORY}
    assert found[Step.PROMISED].due == add(MONDAY, workdays(10), calendar)


def test_the_certificate_is_due_ten_working_days_after_the_decision(
    item: Item, calendar: WorkCalendar
) -> None:
    decided = case(CaseState.DECIDED, accepted_at=at(MONDAY), decided_at=at(date(2026, 9, 24)))
    (clock,) = clocks(decided, item, calendar, date(2026, 9, 28))
    assert (clock.step, clock.due) == (Step.DELIVERY, date(2026, 10, 15))


def test_what_tolerance_owes_and_what_must_travel_have_clocks_of_their_own(
    item: Item, calendar: WorkCalendar
) -> None:
    slots = {
        "income": SlotContent(deferred_until=date(2026, 11, 5)),
        "photo": SlotContent(custody=Custody.HELD),
        "id": SlotContent(custody=Custody.RETURNED),
    }
    found = by_step(accepted(slots=slots), item, calendar, date(2026, 11, 3))
    assert (found[Step.SUPPLEMENT].slot, found[Step.SUPPLEMENT].due) == ("income", date(2026, 11, 5))
    assert found[Step.SUPPLEMENT].lamp is LampColour.YELLOW
    assert (found[Step.COURIER].due, found[Step.COURIER].lamp) == (date(2026, 11, 3), LampColour.RED)
    assert found[Step.COURIER].slot == "photo"


def test_a_draft_and_a_case_that_is_over_have_no_clock(item: Item, calendar: WorkCalendar) -> None:
    for state in (CaseState.DRAFT, CaseState.REFUSED, CaseState.DELIVERED, CaseState.WITHDRAWN):
        slots = {"income": SlotContent(deferred_until=MONDAY), "photo": SlotContent(custody=Custody.HELD)}
        assert clocks(case(state, slots=slots, received_at=at(MONDAY)), item, calendar, MONDAY) == ()


def test_a_correction_has_a_clock_only_where_a_day_was_set(item: Item, calendar: WorkCalendar) -> None:
    for due, steps in ((None, []), (date(2026, 11, 20), [Step.CORRECTION])):
        waiting = case(CaseState.CORRECTION, last_move=Moved(move=Move.CORRECT, due=due))
        assert [clock.step for clock in clocks(waiting, item, calendar, MONDAY)] == steps


def test_a_year_the_calendar_does_not_know_gives_a_grey_lamp_and_no_day(
    item: Item, calendar: WorkCalendar
) -> None:
    late = date(2026, 12, 28)
    for running in (received(None), accepted(late)):
        for clock in clocks(running, item, calendar, late):
            assert (clock.due, clock.days_left, clock.lamp) == (None, None, LampColour.GREY)


def test_on_the_spot_is_due_today_and_late_tomorrow(calendar: WorkCalendar) -> None:
    spot = timed(correction=CorrectionRule.ON_SPOT)
    (today,) = clocks(received(MONDAY), spot, calendar, MONDAY)
    (tomorrow,) = clocks(received(MONDAY), spot, calendar, MONDAY + timedelta(days=1))
    assert (today.lamp, tomorrow.lamp) == (LampColour.YELLOW, LampColour.RED)


# --- stops and extension -------------------------------------------------------------------------------


def test_while_a_special_procedure_runs_the_clock_stands_still(item: Item, calendar: WorkCalendar) -> None:
    stop = Pause(at(date(2026, 11, 4)), None, "专家评审", date(2026, 11, 20))
    special = accepted(pauses=(stop,), flags=frozenset({Flag.SPECIAL_PROCEDURE}))
    left = set()
    for day in (date(2026, 11, 5), date(2026, 11, 12), date(2026, 11, 27)):
        clock = by_step(special, item, calendar, day)[Step.PROMISED]
        assert (clock.lamp, clock.until) == (LampColour.STOPPED, date(2026, 11, 20))
        left.add(clock.days_left)
    assert left == {8}, "two of ten days were gone when it stopped"


def test_a_stopped_clock_goes_on_where_it_stood(item: Item, calendar: WorkCalendar) -> None:
    stop = Pause(at(date(2026, 11, 4)), at(date(2026, 11, 18)), "检测", None)
    found = by_step(accepted(pauses=(stop,)), item, calendar, date(2026, 11, 18))
    assert found[Step.PROMISED].days_left == 8
    assert found[Step.PROMISED].due == add(date(2026, 11, 16), workdays(10), calendar)


def test_an_extension_adds_its_working_days(item: Item, calendar: WorkCalendar) -> None:
    longer = accepted(extension=Extended(workdays=10, approver="局长"))
    found = by_step(longer, item, calendar, MONDAY)
    assert found[Step.STATUTORY].due == add(MONDAY, workdays(30), calendar)


@given(starts, counts, st.integers(0, 40), st.integers(0, 30), st.integers(0, 30))
def test_stopping_k_working_days_moves_the_last_day_by_k_working_days(
    start: date, number: int, before: int, length: int, second: int
) -> None:
    due = add(start, workdays(number), PLAIN)
    first = add(start, workdays(before), PLAIN)
    stops = [(first, first + timedelta(days=length))]
    stops.append((stops[0][1], stops[0][1] + timedelta(days=second)))
    moved = add_counted(start, workdays(number), stops, PLAIN)
    if first >= due:
        assert moved == due, "a stop after the last day moves nothing"
    else:
        k = workdays_between(*_whole(stops), PLAIN)
        assert workdays_between(due, moved, PLAIN) == k


def _whole(stops: list[tuple[date, date]]) -> tuple[date, date]:
    return stops[0][0], stops[-1][1]


@given(starts, counts, st.integers(1, 30), st.integers(0, 30))
def test_calendar_days_of_a_stop_move_a_calendar_limit_by_as_many_days(
    start: date, number: int, before: int, length: int
) -> None:
    first = start + timedelta(days=min(before, number - 1))
    stop = (first, first + timedelta(days=length))
    limit = Limit(number, LimitUnit.CALENDAR_DAY)
    longer = Limit(number + length, LimitUnit.CALENDAR_DAY)
    assert add_counted(start, limit, [stop], PLAIN) == add(start, longer, PLAIN)


@given(starts, counts, st.integers(0, 20), st.integers(0, 20), st.integers(0, 10))
def test_stop_and_extension_only_ever_give_more_time(
    start: date, number: int, before: int, length: int, more: int
) -> None:
    stop = Pause(at(start + timedelta(days=before)), at(start + timedelta(days=before + length)), "鉴定")
    plain = accepted(start)
    changed = accepted(start, pauses=(stop,), extension=Extended(workdays=more, approver="局长"))
    first = decision_due(plain, workdays(number), PLAIN, start)
    later = decision_due(changed, workdays(number), PLAIN, start)
    assert first is not None and later is not None
    assert workdays_between(first, later, PLAIN) >= more


# --- lamps ---------------------------------------------------------------------------------------------


@given(st.integers(0, 90), st.integers(-5, 90))
def test_a_lamp_only_ever_gets_more_urgent(limit: int, left: int) -> None:
    order = [LampColour.RED, LampColour.YELLOW, LampColour.GREEN]
    assert order.index(lamp_of(left - 1, limit)) <= order.index(lamp_of(left, limit))


@pytest.mark.parametrize(
    ("left", "limit", "lamp"),
    [
        (6, 20, LampColour.GREEN),
        (5, 20, LampColour.YELLOW),
        (3, 5, LampColour.GREEN),
        (2, 5, LampColour.YELLOW),
        (0, 5, LampColour.RED),
        (-1, 45, LampColour.RED),
        (11, 45, LampColour.YELLOW),
        (12, 45, LampColour.GREEN),
        (1, 1, LampColour.YELLOW),
    ],
)
def test_the_last_quarter_and_the_last_two_days_are_yellow_and_the_last_day_is_red(
    left: int, limit: int, lamp: LampColour
) -> None:
    assert lamp_of(left, limit) is lamp


def test_the_most_urgent_comes_first() -> None:
    def clock(lamp: LampColour, left: int | None) -> Clock:
        return Clock(step=Step.TELL, due=None, days_left=left, unit=LimitUnit.WORKDAY, lamp=lamp)

    running = [
        clock(LampColour.STOPPED, 3),
        clock(LampColour.GREEN, 4),
        clock(LampColour.GREY, None),
        clock(LampColour.YELLOW, 2),
        clock(LampColour.YELLOW, 1),
        clock(LampColour.RED, 0),
        clock(LampColour.RED, -3),
    ]
    assert sorted(running, key=urgency) == running[::-1]
    assert worst(running) is running[-1] and worst([]) is None
