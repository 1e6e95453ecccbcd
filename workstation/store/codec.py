"""Domain values to JSON and back.

The domain's dataclasses are the schema: each log payload is told apart by its `kind`. A value that cannot be
read back is damage, never silently skipped.
"""

from __future__ import annotations

from typing import Annotated, TypeVar

from pydantic import Field, TypeAdapter, ValidationError

from sync.contract.feed import UnknownChange, read_line
from sync.contract.models import Change, SignedManifest, SignedReceipt
from workstation.domain.archive import ArchivedMaterial
from workstation.domain.case import Case, Payload
from workstation.domain.courier import Bag
from workstation.domain.tickets import Booking, Ticket
from workstation.store.errors import StoreDamaged

T = TypeVar("T")

_PAYLOAD: TypeAdapter[Payload] = TypeAdapter(Annotated[Payload, Field(discriminator="kind")])
_MATERIAL = TypeAdapter(ArchivedMaterial)
_BAG = TypeAdapter(Bag)
_COURSE = TypeAdapter(Case)
_TICKET = TypeAdapter(Ticket)
_BOOKING = TypeAdapter(Booking)
_MANIFEST = TypeAdapter(SignedManifest)
_RECEIPT = TypeAdapter(SignedReceipt)


def payload_text(payload: Payload) -> str:
    """Return the JSON of a log payload."""
    return _PAYLOAD.dump_json(payload).decode()


def payload_from(text: str) -> Payload:
    """Return the log payload; raises StoreDamaged when it is none."""
    return _read(_PAYLOAD, text, "entry")


def material_text(material: ArchivedMaterial) -> str:
    """Return the JSON of an archived material."""
    return _MATERIAL.dump_json(material).decode()


def material_from(text: str) -> ArchivedMaterial:
    """Return the archived material; raises StoreDamaged when it is none."""
    return _read(_MATERIAL, text, "material")


def bag_text(bag: Bag) -> str:
    """Return the JSON of a bag."""
    return _BAG.dump_json(bag).decode()


def bag_from(text: str) -> Bag:
    """Return the bag; raises StoreDamaged when it is none."""
    return _read(_BAG, text, "bag")


def course_text(course: Case) -> str:
    """Return the JSON of what the clocks of a case need."""
    return _COURSE.dump_json(course).decode()


def course_from(text: str) -> Case:
    """Return what the clocks of a case need; raises StoreDamaged when it is none."""
    return _read(_COURSE, text, "course")


def ticket_text(ticket: Ticket) -> str:
    """Return the JSON of a queue number."""
    return _TICKET.dump_json(ticket).decode()


def ticket_from(text: str) -> Ticket:
    """Return the queue number; raises StoreDamaged when it is none."""
    return _read(_TICKET, text, "ticket")


def booking_text(booking: Booking) -> str:
    """Return the JSON of a booking."""
    return _BOOKING.dump_json(booking).decode()


def booking_from(text: str) -> Booking:
    """Return the booking; raises StoreDamaged when it is none."""
    return _read(_BOOKING, text, "booking")


def manifest_text(signed: SignedManifest) -> str:
    """Return the JSON of a signed manifest."""
    return signed.model_dump_json()


def manifest_from(text: str) -> SignedManifest:
    """Return the signed manifest; raises StoreDamaged when it is none."""
    return _read(_MANIFEST, text, "manifest")


def receipt_text(receipt: SignedReceipt) -> str:
    """Return the JSON of a receipt."""
    return receipt.model_dump_json()


def receipt_from(text: str) -> SignedReceipt:
    """Return the receipt; raises StoreDamaged when it is none."""
    return _read(_RECEIPT, text, "receipt")


def change_text(change: Change) -> str:
    """Return the JSON of a change."""
    return change.model_dump_json()


def line_from(text: str) -> Change | UnknownChange:
    """Return a line of the feed as this program understands it; raises StoreDamaged when it is none."""
    try:
        return read_line(text)
    except ValueError:
        raise StoreDamaged(what="change", reason="") from None


def _read(adapter: TypeAdapter[T], text: str, what: str) -> T:
    try:
        return adapter.validate_json(text)
    except ValidationError as error:
        # The reason is the place only: the value may be somebody's data.
        place = ".".join(str(part) for part in error.errors(include_input=False)[0]["loc"])
        raise StoreDamaged(what=what, reason=place) from None
