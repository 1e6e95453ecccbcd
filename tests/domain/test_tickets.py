"""Queue numbers: one total table, fair turns, honest waits."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workstation.domain.clock import CHINA
from workstation.domain.errors import IllegalTicketMove
from workstation.domain.kinds import HandlingMode
from workstation.domain.tickets import (
    LANE_OF,
    TICKET_MOVES,
    Lane,
    Prefixes,
    Ticket,
    TicketMove,
    TicketState,
    in_turn,
    next_ticket,
    ticket_number,
)

NINE = datetime(2026, 11, 20, 9, tzinfo=CHINA)
minutes = st.integers(0, 600)


def ticket(number: str, taken: int, *, booked: int | None = None) -> Ticket:
    return Ticket(
        ticket_id=number,
        day=NINE.date(),
        number=number,
        lane=Lane.LOCAL if booked is None else Lane.BOOKED,
        taken_at=NINE + timedelta(minutes=taken),
        booking="" if booked is None else number,
        booked_for=None if booked is None else NINE + timedelta(minutes=booked),
    )


tickets = st.lists(st.tuples(minutes, st.none() | minutes), max_size=12).map(
    lambda drawn: [ticket(f"N{n:03d}", taken, booked=booked) for n, (taken, booked) in enumerate(drawn)]
)


def test_the_table_is_total_and_every_mode_has_a_lane_with_its_own_letter() -> None:
    assert set(TICKET_MOVES) == set(TicketState)
    assert set(LANE_OF) == set(HandlingMode)
    assert len({Prefixes().of(lane) for lane in Lane}) == len(Lane)
    assert ticket_number("A", 12) == "A012" and ticket_number("A", 1000) == "A1000"


@pytest.mark.parametrize("state", list(TicketState))
@pytest.mark.parametrize("move", list(TicketMove))
def test_a_move_the_table_lacks_is_refused(state: TicketState, move: TicketMove) -> None:
    from dataclasses import replace

    present = replace(ticket("A001", 0), state=state)
    if move in TICKET_MOVES[state]:
        assert present.moved(move, NINE).state is TICKET_MOVES[state][move]
    else:
        with pytest.raises(IllegalTicketMove):
            present.moved(move, NINE)


def test_all_four_times_are_kept_and_a_recall_moves_none() -> None:
    called = ticket("A001", 0).moved(TicketMove.CALL, NINE + timedelta(minutes=7))
    again = called.moved(TicketMove.CALL, NINE + timedelta(minutes=8))
    done = again.moved(TicketMove.GREET, NINE + timedelta(minutes=9)).moved(
        TicketMove.FINISH, NINE + timedelta(minutes=20)
    )
    times = (done.taken_at, done.called_at, done.greeted_at, done.finished_at)
    assert [time and (time - NINE) // timedelta(minutes=1) for time in times] == [0, 7, 9, 20]
    assert (done.calls, done.waited_s) == (2, 420.0)


def test_bookings_go_at_their_time_before_those_who_wait_and_not_earlier() -> None:
    early, first, later = ticket("Y1", 0, booked=30), ticket("A1", 5), ticket("A2", 6)
    assert next_ticket([early, first, later], NINE + timedelta(minutes=29)) == first
    assert next_ticket([early, first, later], NINE + timedelta(minutes=30)) == early
    assert next_ticket([early], NINE) == early, "nobody else waits"
    assert next_ticket([], NINE) is None


@given(tickets, minutes)
def test_everybody_who_waits_has_a_turn_and_the_oldest_number_comes_first(
    numbers: list[Ticket], passed: int
) -> None:
    now = NINE + timedelta(minutes=passed)
    order = in_turn(numbers, now)
    assert sorted(order, key=lambda one: one.number) == numbers
    assert (order[0] if order else None) == next_ticket(numbers, now)
    plain = [one.taken_at for one in order if one.booked_for is None]
    assert plain == sorted(plain)
    booked = [one.booked_for for one in order if one.booked_for is not None and one.booked_for <= now]
    assert list(order[: len(booked)]) == [one for one in order if one.booked_for in booked]
    assert booked == sorted(booked)


@given(minutes, st.none() | minutes, minutes)
def test_a_wait_is_never_negative_and_never_longer_than_from_taking(
    taken: int, booked: int | None, called: int
) -> None:
    waited = (
        ticket("A1", taken, booked=booked).moved(TicketMove.CALL, NINE + timedelta(minutes=called)).waited_s
    )
    if called < taken:
        assert waited is None, "the clock was set back"
    else:
        assert waited is not None and 0 <= waited <= (called - taken) * 60
