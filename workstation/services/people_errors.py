"""Errors of people, rights, scenes and the audit; texts live in `workstation.texts.people`."""

from __future__ import annotations

from workstation.services.errors import ServiceError


class NotPermitted(ServiceError):
    """This part may not do this (`role`)."""

    code = "V301"


class SceneClosed(ServiceError):
    """Archived material needs an open case; this one takes none any more (`number`)."""

    code = "V302"


class MaterialNotListed(ServiceError):
    """The item of the case does not ask for this kind of material."""

    code = "V303"


class OtherPersonsMaterial(ServiceError):
    """The material is not the applicant's, and the case records no relation to its owner."""

    code = "V304"


class ReasonNeeded(ServiceError):
    """What another clerk has in hand is opened with a reason only."""

    code = "V305"


class AnotherClerksDraft(ServiceError):
    """Only its own clerk works on a draft."""

    code = "V306"


class WrongPin(ServiceError):
    """The PIN does not open this person's key (`left`: tries before the wait)."""

    code = "V307"


class LockedOut(ServiceError):
    """Too many wrong PINs; the next may be tried at `until`."""

    code = "V308"


class NameTaken(ServiceError):
    """Somebody has this name already, perhaps somebody who left (`name`)."""

    code = "V309"


class UnknownPerson(ServiceError):
    """Nobody of this name works here (`name`)."""

    code = "V310"


class PersonDisabled(ServiceError):
    """This person no longer works here (`name`)."""

    code = "V311"


class PinTooShort(ServiceError):
    """A PIN has at least `least` characters."""

    code = "V312"


class LastManager(ServiceError):
    """Without this person nobody could manage people any more."""

    code = "V313"


class PinNeeded(ServiceError):
    """The store is open; now it must be known who works with it."""

    code = "V314"


class RecoveryNotWitnessed(ServiceError):
    """No manager wrote down that this recovery key was made; it opens the data, and sets nobody's PIN."""

    code = "V316"


class NameMissing(ServiceError):
    """A person needs a name."""

    code = "V315"
