"""Queue numbers of a day, and bookings by their number."""

from __future__ import annotations

from datetime import date

from sqlmodel import Session, col, select

from workstation.domain.clock import local_date
from workstation.domain.tickets import Booking, Ticket
from workstation.store import codec
from workstation.store.rows import BookingRow, TicketRow


def put_ticket(session: Session, ticket: Ticket) -> None:
    """Keep a queue number as it is now."""
    document = codec.ticket_text(ticket)
    row = TicketRow(ticket_id=ticket.ticket_id, day=ticket.day, booking=ticket.booking, document=document)
    session.merge(row)
    session.flush()


def tickets(session: Session, day: date) -> tuple[Ticket, ...]:
    """Return the numbers of a day in the order they were taken."""
    rows = session.exec(select(TicketRow).where(TicketRow.day == day)).all()
    found = [codec.ticket_from(row.document) for row in rows]
    return tuple(sorted(found, key=lambda ticket: (ticket.taken_at, ticket.number)))


def ticket(session: Session, ticket_id: str) -> Ticket | None:
    """Return a queue number, None when there is none."""
    row = session.get(TicketRow, ticket_id)
    return None if row is None else codec.ticket_from(row.document)


def ticket_of_booking(session: Session, number: str) -> Ticket | None:
    """Return the number that was taken last with a booking, None when none was."""
    query = select(TicketRow).where(TicketRow.booking == number).order_by(col(TicketRow.day).desc())
    row = session.exec(query).first()
    return None if row is None else codec.ticket_from(row.document)


def put_booking(session: Session, booking: Booking) -> None:
    """Keep a booking; one of the same number is replaced."""
    day = None if booking.booked_for is None else local_date(booking.booked_for)
    session.merge(BookingRow(number=booking.number, day=day, document=codec.booking_text(booking)))
    session.flush()


def booking(session: Session, number: str) -> Booking | None:
    """Return a booking, None when there is none of this number."""
    row = session.get(BookingRow, number)
    return None if row is None else codec.booking_from(row.document)


def bookings(session: Session, day: date) -> tuple[Booking, ...]:
    """Return the bookings made for a day, by time."""
    rows = session.exec(select(BookingRow).where(BookingRow.day == day)).all()
    found = [codec.booking_from(row.document) for row in rows]
    return tuple(sorted(found, key=lambda one: (str(one.booked_for), one.number)))
