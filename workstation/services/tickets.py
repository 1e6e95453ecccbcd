"""Calling numbers at one window: take, call, greet, open the case, finish. All of it works offline."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from statistics import mean

from workstation.catalogue.errors import CatalogueError
from workstation.domain.case import Applicant, Case, Ticketed
from workstation.domain.clock import Clock, local_date
from workstation.domain.tickets import (
    Booking,
    Lane,
    Ticket,
    TicketMove,
    TicketState,
    in_turn,
    next_ticket,
    ticket_number,
)
from workstation.services.catalogue import Catalogue
from workstation.services.intake import Intake
from workstation.services.profile import WindowProfile
from workstation.services.ticket_errors import (
    BookingTaken,
    NobodyCalled,
    NobodyWaits,
    NotGreeted,
    NotToday,
    UnknownBooking,
    UnknownTicket,
)
from workstation.store.database import Store, Tx


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketBoard:
    """Today's numbers as the window sees them."""

    at_window: Ticket | None
    waiting: tuple[Ticket, ...]
    """In the order they would be called now."""
    skipped: tuple[Ticket, ...]
    finished: int
    wait_s: float | None
    """Mean seconds from taking to calling; None before the first call."""
    bookings: tuple[Booking, ...]
    """Bookings for today whose citizen has not come yet."""
    now: datetime


@dataclass(frozen=True)
class TicketDesk:
    """The numbers of this window; a new day begins anew."""

    store: Store
    catalogue: Catalogue
    profile: WindowProfile
    clock: Clock
    intake: Intake

    def board(self) -> TicketBoard:
        """Return today's numbers."""
        now = self.clock()
        numbers = self.store.tickets(local_date(now))
        taken = {ticket.booking for ticket in numbers}
        bookings = self.store.bookings(local_date(now))
        return TicketBoard(
            at_window=_at_window(numbers),
            waiting=in_turn(numbers, now),
            skipped=tuple(ticket for ticket in numbers if ticket.state is TicketState.SKIPPED),
            finished=sum(ticket.state is TicketState.FINISHED for ticket in numbers),
            wait_s=mean_wait_s(numbers),
            bookings=tuple(booking for booking in bookings if booking.number not in taken),
            now=now,
        )

    def take(self, lane: Lane) -> Ticket:
        """Give the next number of a lane."""
        with self.store.transaction() as tx:
            return self._taken(tx, lane, None)

    def take_booked(self, number: str) -> Ticket:
        """Give a number to somebody who names a booking or a pre-application.

        Raises:
            UnknownBooking: nothing of this number was imported.
            NotToday: it was made for another day.
            BookingTaken: it has a number already.
        """
        with self.store.transaction() as tx:
            booking = tx.booking(number.strip())
            if booking is None:
                raise UnknownBooking(number=number.strip())
            today = local_date(self.clock())
            if booking.booked_for is not None and local_date(booking.booked_for) != today:
                raise NotToday(number=booking.number, day=local_date(booking.booked_for).isoformat())
            before = tx.ticket_of_booking(booking.number)
            if before is not None and (before.day == today or before.case_id):
                raise BookingTaken(number=booking.number, ticket=before.number)
            return self._taken(tx, Lane.BOOKED, booking)

    def call_next(self) -> Ticket:
        """Call the next number; whoever sat here is finished by that.

        Raises:
            NotGreeted: a called number has neither come nor been passed over.
            NobodyWaits: no number waits.
        """
        with self.store.transaction() as tx:
            now = self.clock()
            numbers = tx.tickets(local_date(now))
            present = _at_window(numbers)
            if present is not None and present.state is TicketState.CALLED:
                raise NotGreeted(number=present.number)
            following = next_ticket(numbers, now)
            if following is None:
                raise NobodyWaits
            if present is not None:
                tx.put_ticket(present.moved(TicketMove.FINISH, now))
            return self._put(tx, following.moved(TicketMove.CALL, now))

    def recall(self, ticket_id: str = "") -> Ticket:
        """Call again: the number at the window, or the passed-over one that is named.

        Raises:
            NobodyCalled: none is named and none is called.
            NotGreeted: another called number has neither come nor been passed over.
            IllegalTicketMove: it is neither called nor passed over.
        """
        with self.store.transaction() as tx:
            present = _at_window(tx.tickets(local_date(self.clock())))
            ticket = self._found(tx, ticket_id) if ticket_id else present
            if ticket is None:
                raise NobodyCalled
            if present is not None and present.ticket_id != ticket.ticket_id:
                if present.state is TicketState.CALLED:
                    raise NotGreeted(number=present.number)
                tx.put_ticket(present.moved(TicketMove.FINISH, self.clock()))
            return self._put(tx, ticket.moved(TicketMove.CALL, self.clock()))

    def skip(self) -> Ticket:
        """Pass over the called number: nobody came.

        Raises:
            NobodyCalled: no number is called.
            IllegalTicketMove: its citizen is here.
        """
        return self._move(TicketMove.SKIP)

    def greet(self) -> Ticket:
        """The citizen of the called number has come; greeting again changes nothing.

        Raises:
            NobodyCalled: no number is called.
        """
        with self.store.transaction() as tx:
            present = self._present(tx)
            if present.state is TicketState.SERVED:
                return present
            return self._put(tx, present.moved(TicketMove.GREET, self.clock()))

    def finish(self) -> Ticket:
        """Who sat here has gone; a case opened with the number goes on.

        Raises:
            NobodyCalled: nobody is here.
            IllegalTicketMove: the number is called, and nobody has come.
        """
        return self._move(TicketMove.FINISH)

    def leave(self) -> None:
        """The clerk left the case: once it is received or over, its citizen has gone."""
        with self.store.transaction() as tx:
            present = _at_window(tx.tickets(local_date(self.clock())))
            if present is not None and present.case_id and tx.case(present.case_id).is_sealed:
                tx.put_ticket(present.moved(TicketMove.FINISH, self.clock()))

    def begin(self, code: str) -> Case:
        """Open a case for who sits here, with the number's times and what the booking says.

        Args:
            code: the item's or matter's code.

        Raises:
            NobodyCalled: nobody is here.
            NotEnrolled: the window has no number block.
        """
        ticket = self.greet()
        item = self.catalogue.item(code, self.profile.street, ticket.day)
        case = self.intake.open_case(item, ticket=ticket.number)
        arrived = Ticketed(
            ticket=ticket.number,
            taken_at=ticket.taken_at,
            called_at=ticket.called_at,
            greeted_at=ticket.greeted_at,
            booking=ticket.booking,
        )
        with self.store.transaction() as tx:
            tx.put_ticket(replace(ticket, case_id=case.case_id))
            case = tx.record(case.case_id, arrived, actor=self.profile.clerk, at=self.clock())
        booking = self.store.booking(ticket.booking) if ticket.booking else None
        if booking is not None and booking.name and booking.id_number:
            case = self.intake.set_applicant(case.case_id, _applicant(booking))
        return case

    def booked_item(self) -> str:
        """Return the code of the item that who sits here has booked; empty: it must be chosen."""
        present = _at_window(self.store.tickets(local_date(self.clock())))
        booking = self.store.booking(present.booking) if present is not None and present.booking else None
        return booking.item_code if booking is not None and self._offers(booking.item_code) else ""

    def _offers(self, code: str) -> bool:
        """True while the current pack has the item; it may have changed since the booking."""
        try:
            return not self.catalogue.item(code).online_only
        except (KeyError, CatalogueError):
            return False

    def _taken(self, tx: Tx, lane: Lane, booking: Booking | None) -> Ticket:
        at = self.clock()
        day, prefix = local_date(at), self.profile.prefixes.of(lane)
        number = ticket_number(prefix, tx.next_serial(f"ticket:{day:%Y%m%d}:{prefix}"))
        ticket = Ticket(
            ticket_id=f"{day:%Y%m%d}-{number}",
            day=day,
            number=number,
            lane=lane,
            taken_at=at,
            booking=booking.number if booking is not None else "",
            booked_for=booking.booked_for if booking is not None else None,
        )
        return self._put(tx, ticket)

    def _move(self, move: TicketMove) -> Ticket:
        with self.store.transaction() as tx:
            return self._put(tx, self._present(tx).moved(move, self.clock()))

    def _present(self, tx: Tx) -> Ticket:
        present = _at_window(tx.tickets(local_date(self.clock())))
        if present is None:
            raise NobodyCalled
        return present

    @staticmethod
    def _found(tx: Tx, ticket_id: str) -> Ticket:
        ticket = tx.ticket(ticket_id)
        if ticket is None:
            raise UnknownTicket(number=ticket_id)
        return ticket

    @staticmethod
    def _put(tx: Tx, ticket: Ticket) -> Ticket:
        tx.put_ticket(ticket)
        return ticket


def mean_wait_s(numbers: Sequence[Ticket]) -> float | None:
    """Return the mean wait of the numbers that were called; None without one."""
    waits = [wait for ticket in numbers if (wait := ticket.waited_s) is not None]
    return mean(waits) if waits else None


def waits_s(store: Store, day: date) -> tuple[float, ...]:
    """Return how long each number of a day waited for its call, in seconds."""
    waits = (ticket.waited_s for ticket in store.tickets(day))
    return tuple(wait for wait in waits if wait is not None)


def _at_window(numbers: Sequence[Ticket]) -> Ticket | None:
    return next((ticket for ticket in numbers if ticket.is_at_window), None)


def _applicant(booking: Booking) -> Applicant:
    return Applicant(
        name=booking.name, id_number=booking.id_number, address=booking.address, phone=booking.phone
    )
