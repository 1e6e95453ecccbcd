"""Queue numbers and bookings survive; what the clocks need stands beside every case's line."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from workstation.domain.case import (
    Applicant,
    ApplicantSet,
    Custody,
    Move,
    Moved,
    OriginalMarked,
    SlotDeferred,
)
from workstation.domain.lamps import course_of
from workstation.domain.tickets import Booking, Lane, Ticket, TicketMove
from workstation.store.database import Store
from workstation.store.keys import DataKey


def ticket(now: datetime, number: str = "A001", *, booking: str = "", days: int = 0) -> Ticket:
    at = now + timedelta(days=days)
    return Ticket(
        ticket_id=f"{at:%Y%m%d}-{number}",
        day=at.date(),
        number=number,
        lane=Lane.BOOKED if booking else Lane.LOCAL,
        taken_at=at,
        booking=booking,
    )


def test_numbers_and_bookings_are_there_after_a_restart(folder: Path, key: DataKey, now: datetime) -> None:
    store = Store.create(folder, key)
    first, second = ticket(now), ticket(now + timedelta(minutes=1), "Y001", booking="YY1")
    booking = Booking(number="YY1", item_code="x", booked_for=now, name="赵样本")
    with store.transaction() as tx:
        tx.put_ticket(second)
        tx.put_ticket(first)
        tx.put_ticket(first.moved(TicketMove.CALL, now))
        tx.put_booking(booking)
        assert tx.booking("YY1") == booking and tx.ticket(second.ticket_id) == second
    store.close()
    store = Store.open(folder, key)
    assert store.tickets(now.date()) == (first.moved(TicketMove.CALL, now), second)
    assert store.tickets(now.date() + timedelta(days=1)) == ()
    assert (store.booking("YY1"), store.booking("YY2")) == (booking, None)
    assert store.bookings(now.date()) == (booking,)
    store.close()


def test_the_number_taken_last_with_a_booking_is_found(store: Store, now: datetime) -> None:
    with store.transaction() as tx:
        tx.put_ticket(ticket(now, "Y001", booking="YY1"))
        tx.put_ticket(ticket(now, "Y002", booking="YY1", days=1))
        found = tx.ticket_of_booking("YY1")
        assert found is not None and found.number == "Y002"
        assert tx.ticket_of_booking("YY9") is None


def test_a_summary_carries_what_the_clocks_need_and_nothing_of_the_person(
    store: Store, make: Any, now: datetime
) -> None:
    case_id = make.case()
    with store.transaction() as tx:
        tx.record(
            case_id,
            ApplicantSet(applicant=Applicant(name="赵样本", id_number="44030419400101997X")),
            OriginalMarked(slot="photo", custody=Custody.HELD),
            OriginalMarked(slot="id", custody=Custody.RETURNED),
            SlotDeferred(slot="income", due=now.date()),
            Moved(move=Move.RECEIVE, number="R1", due=now.date()),
            actor="clerk",
            at=now,
        )
    (summary,) = store.summaries()
    assert summary.course == course_of(store.case(case_id))
    assert summary.course.received_at == now and summary.course.debts == {"income": now.date()}
    assert set(summary.course.slots) == {"photo", "income"}
    assert summary.course.applicant is None and not summary.course.fields
