"""Errors of tolerance, commitment, notices and supplements; texts live in `workstation.texts.decisions`."""

from __future__ import annotations

from workstation.services.errors import ServiceError


class CreditBad(ServiceError):
    """The applicant stands on a list of dishonest persons: neither tolerance nor commitment."""

    code = "V160"


class CreditNotAsked(ServiceError):
    """This item wants the credit library asked before any tolerance."""

    code = "V161"


class CreditUnknown(ServiceError):
    """The credit library gave no answer; the clerk may go on with a reason."""

    code = "V162"


class DueTooLate(ServiceError):
    """What follows may not follow later than the promised limit ends."""

    code = "V163"


class NotCommittable(ServiceError):
    """The item takes no written promise in the place of this material."""

    code = "V164"


class OneNoticeOnly(ServiceError):
    """Everything to correct is told once; nothing was handed in since (行政许可法 art. 32(4))."""

    code = "V165"


class SituationOpen(ServiceError):
    """While questions are open nobody can tell everything that is missing."""

    code = "V166"


class NothingOwed(ServiceError):
    """The case owes no material: there is nothing to take in."""

    code = "V167"


class SupplementTooLate(ServiceError):
    """The case has ended, or is not received yet: it takes no supplement."""

    code = "V168"


class NothingBrought(ServiceError):
    """A supplement needs at least one material that was owed."""

    code = "V169"


class SupplementUnfinished(ServiceError):
    """A material of the supplement still wants something; `details['missing']` lists it in words."""

    code = "V170"


class NotOverdue(ServiceError):
    """No debt of the case is past its last day."""

    code = "V171"


class WaybillMissing(ServiceError):
    """A supplement that came by post is found again by the number of its parcel."""

    code = "V172"


class PromiseStale(ServiceError):
    """What was agreed to follow has a last day that is over or too late by now."""

    code = "V173"


class CannotReopen(ServiceError):
    """The sealed version cannot be corrected here: it is on its way, delivered, or its case went on."""

    code = "V198"


class ReplacedAlready(ServiceError):
    """A later version of the case was sealed; that one counts."""

    code = "V199"
