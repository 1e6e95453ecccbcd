"""Errors of the domain: broken rules, each with a stable code; texts live with the interface."""

from __future__ import annotations


class DomainError(Exception):
    """Base of all broken rules; `code` is stable, `details` fill the text shown to the clerk."""

    code = "D100"

    def __init__(self, **details: object) -> None:
        """Keep what the message needs.

        Args:
            details: values for the placeholders of the text of this code.
        """
        super().__init__(self.code, details)
        self.details = details


class IllegalMove(DomainError):
    """The move is not in the table for the case's present state."""

    code = "D101"


class UnknownYear(DomainError):
    """The working-day calendar does not know a year that the count needs; it refuses to guess."""

    code = "D102"


class BadIdNumber(DomainError):
    """An identity number is malformed or fails its check digit (GB 11643)."""

    code = "D103"


class BadUscc(DomainError):
    """A unified social credit code is malformed or fails its check digit (GB 32100)."""

    code = "D104"


class IllegalTicketMove(DomainError):
    """The queue number's state does not allow this: it is not called, or it is over."""

    code = "D106"


class UnknownAnswer(DomainError):
    """An answer names a question or an option the item does not have."""

    code = "D105"


class IdNumberLength(BadIdNumber):
    """An identity number is not 17 digits plus a digit or X."""

    code = "D108"


class IdNumberCheckDigit(BadIdNumber):
    """An identity number fails its check digit (ISO 7064 MOD 11-2)."""

    code = "D109"


class IdNumberBirthDate(BadIdNumber):
    """The birth date inside an identity number is no date, or implausible."""

    code = "D110"
