"""Errors of queue numbers, bookings and their files; texts live in `workstation.texts.tickets`."""

from __future__ import annotations

from workstation.services.errors import ServiceError


class NobodyWaits(ServiceError):
    """There is no number to call."""

    code = "V181"


class NotGreeted(ServiceError):
    """A number is called: it must be greeted or passed over before the next one."""

    code = "V182"


class UnknownBooking(ServiceError):
    """Nothing of this number was imported."""

    code = "V183"


class BookingTaken(ServiceError):
    """The booking has its queue number already."""

    code = "V184"


class NotToday(ServiceError):
    """The booking was made for another day."""

    code = "V185"


class BadBooking(ServiceError):
    """A line of a booking file breaks the rules; `line`, `column` and `reason` say where, never the value."""

    code = "V186"


class BadBookingFile(ServiceError):
    """A booking file cannot be read as CSV or JSON, or lacks columns."""

    code = "V187"


class UnknownTicket(ServiceError):
    """No number of this id was given."""

    code = "V188"


class NobodyCalled(ServiceError):
    """There is nobody at the window to do that with."""

    code = "V189"
