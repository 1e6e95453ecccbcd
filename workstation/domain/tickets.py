"""Queue numbers (叫号): taken, called, greeted, finished; and the bookings some of them come with.

The three ways of handling (通办 mode) and bookings each have a prefix of their own, so that a hall sees from
the number which queue it is. Numbers begin anew every day. All four times are kept: from them come the
minutes a citizen waited and the time a case took.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from workstation.domain.errors import IllegalTicketMove
from workstation.domain.kinds import HandlingMode


class Lane(StrEnum):
    """The queue a number stands in: one a handling mode, and one for bookings."""

    LOCAL = "LOCAL"
    COLLECT_FOR_HOME = "COLLECT_FOR_HOME"
    JOINT = "JOINT"
    BOOKED = "BOOKED"


LANE_OF = {mode: Lane(mode.value) for mode in HandlingMode}
"""The lane of a handling mode."""


@dataclass(frozen=True, slots=True)
class Prefixes:
    """First letter of the numbers of each lane at this window; a hall gives each window its own."""

    local: str = "A"
    collect: str = "B"
    joint: str = "C"
    booked: str = "Y"

    def of(self, lane: Lane) -> str:
        """Return the letter of a lane."""
        return {
            Lane.LOCAL: self.local,
            Lane.COLLECT_FOR_HOME: self.collect,
            Lane.JOINT: self.joint,
            Lane.BOOKED: self.booked,
        }[lane]


class TicketState(StrEnum):
    """Where a number stands."""

    WAITING = "WAITING"
    CALLED = "CALLED"
    SERVED = "SERVED"
    """Greeted: the citizen sits at the window."""
    FINISHED = "FINISHED"
    SKIPPED = "SKIPPED"
    """Called, and nobody came (过号)."""


class TicketMove(StrEnum):
    """What the clerk does with a number."""

    CALL = "CALL"
    GREET = "GREET"
    SKIP = "SKIP"
    FINISH = "FINISH"


_S, _M = TicketState, TicketMove

TICKET_MOVES: dict[TicketState, dict[TicketMove, TicketState]] = {
    _S.WAITING: {_M.CALL: _S.CALLED},
    _S.CALLED: {_M.CALL: _S.CALLED, _M.GREET: _S.SERVED, _M.SKIP: _S.SKIPPED},
    _S.SERVED: {_M.FINISH: _S.FINISHED},
    _S.SKIPPED: {_M.CALL: _S.CALLED},
    _S.FINISHED: {},
}
"""The total table; calling a called number again is a recall, calling a skipped one brings it back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Booking:
    """A booking or an online pre-application (预约、预审) that the citizen names by its number."""

    number: str
    item_code: str
    booked_for: datetime | None = None
    """Time it was made for, aware; None for a pre-application without one."""
    pre_examined: bool = False
    """True for a pre-application that the office has looked at already (预审)."""
    name: str = ""
    id_number: str = ""
    phone: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """One queue number of one day."""

    ticket_id: str
    """Day and number, e.g. `20261121-A012`: unique at the window for ever."""
    day: date
    number: str
    lane: Lane
    taken_at: datetime
    state: TicketState = TicketState.WAITING
    called_at: datetime | None = None
    """First call; a recall does not move it."""
    calls: int = 0
    greeted_at: datetime | None = None
    finished_at: datetime | None = None
    booking: str = ""
    """Number of the booking or pre-application it came with; what that says of the citizen stays there."""
    booked_for: datetime | None = None
    case_id: str = ""
    """Case opened with it; empty: none, e.g. a question only."""

    def moved(self, move: TicketMove, at: datetime) -> Ticket:
        """Return the ticket after a move, stamped `at` (aware).

        Raises:
            IllegalTicketMove: the table has no such move from its state.
        """
        target = TICKET_MOVES[self.state].get(move)
        if target is None:
            raise IllegalTicketMove(number=self.number, state=self.state, move=move)
        match move:
            case TicketMove.CALL:
                return replace(self, state=target, called_at=self.called_at or at, calls=self.calls + 1)
            case TicketMove.GREET:
                return replace(self, state=target, greeted_at=at)
            case TicketMove.FINISH:
                return replace(self, state=target, finished_at=at)
            case TicketMove.SKIP:
                return replace(self, state=target)

    @property
    def is_at_window(self) -> bool:
        """True while the number is called or its citizen sits here."""
        return self.state in (TicketState.CALLED, TicketState.SERVED)

    @property
    def waited_s(self) -> float | None:
        """Seconds from taking to the first call; None before it, or when the clock was set back.

        A booking is waited for from the time it was made for, if the citizen came earlier.
        """
        if self.called_at is None:
            return None
        since = self.taken_at
        if self.booked_for is not None:
            since = max(since, min(self.booked_for, self.called_at))
        seconds = (self.called_at - since).total_seconds()
        return seconds if seconds >= 0 else None


def ticket_number(prefix: str, serial: int) -> str:
    """Return the number as it is called, e.g. `A012`."""
    return f"{prefix}{serial:03d}"


def next_ticket(tickets: Iterable[Ticket], now: datetime) -> Ticket | None:
    """Return the number to call: a booking whose time has come, then the oldest, then an early booking.

    Bookings go by their time, so one that came early does not pass those who wait; among the others the
    one taken first comes first, whatever its lane.
    """
    waiting = [ticket for ticket in tickets if ticket.state is TicketState.WAITING]
    return min(waiting, key=lambda ticket: _turn(ticket, now), default=None)


def in_turn(tickets: Iterable[Ticket], now: datetime) -> tuple[Ticket, ...]:
    """Return the waiting numbers in the order they would be called now."""
    waiting = (ticket for ticket in tickets if ticket.state is TicketState.WAITING)
    return tuple(sorted(waiting, key=lambda ticket: _turn(ticket, now)))


def _turn(ticket: Ticket, now: datetime) -> tuple[int, datetime, datetime, str]:
    booked_for = ticket.booked_for
    if booked_for is None:
        return 1, ticket.taken_at, ticket.taken_at, ticket.number
    return (0 if booked_for <= now else 2), booked_for, ticket.taken_at, ticket.number
