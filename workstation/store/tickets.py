"""Queue numbers of a day, and bookings by their number."""

from __future__ import annotations

from datetime import date

from sqlmodel import Session, col, select

from workstation.domain.clock import local_date
from workstation.domain.tickets import Booking, Ticket
from workstation.store import codec
from workstation.store.rows import BookingRow, TicketRow
from workstation.store.writing import put


def put_ticket(session: Session, ticket: Ticket) -> None:
    """Keep a queue number as it is now."""
    name, document = ticket.ticket_id, codec.ticket_text(ticket)
    row = {"ticket_id": name, "day": ticket.day, "booking": ticket.booking, "document": document}
    put(session, TicketRow, row)


def tickets(session: Session, day: date) -> tuple[Ticket, ...]:
    """Return the numbers of a day in the order they were taken."""
    rows = session.exec(select(TicketRow.document).where(TicketRow.day == day)).all()
    found = [codec.ticket_from(document) for document in rows]
    return tuple(sorted(found, key=lambda ticket: (ticket.taken_at, ticket.number)))


def ticket(session: Session, ticket_id: str) -> Ticket | None:
    """Return a queue number, None when there is none."""
    document = session.exec(select(TicketRow.document).where(TicketRow.ticket_id == ticket_id)).first()
    return None if document is None else codec.ticket_from(document)


def ticket_of_booking(session: Session, number: str) -> Ticket | None:
    """Return the number that was taken last with a booking, None when none was."""
    query = select(TicketRow.document).where(TicketRow.booking == number)
    document = session.exec(query.order_by(col(TicketRow.day).desc())).first()
    return None if document is None else codec.ticket_from(document)


def put_booking(session: Session, booking: Booking) -> None:
    """Keep a booking; one of the same number is replaced."""
    day = None if booking.booked_for is None else local_date(booking.booked_for)
    row = {"number": booking.number, "day": day, "document": codec.booking_text(booking)}
    put(session, BookingRow, row)


def booking(session: Session, number: str) -> Booking | None:
    """Return a booking, None when there is none of this number."""
    document = session.exec(select(BookingRow.document).where(BookingRow.number == number)).first()
    return None if document is None else codec.booking_from(document)


def bookings(session: Session, day: date) -> tuple[Booking, ...]:
    """Return the bookings made for a day, by time."""
    rows = session.exec(select(BookingRow.document).where(BookingRow.day == day)).all()
    found = [codec.booking_from(document) for document in rows]
    return tuple(sorted(found, key=lambda one: (str(one.booked_for), one.number)))
