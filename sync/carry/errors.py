"""What can be wrong with a bag."""

from __future__ import annotations


class CarryError(Exception):
    """Base; `details` fill the placeholders of the code's text."""

    code = "H100"

    def __init__(self, **details: object) -> None:
        """Keep what the message needs; never a name."""
        super().__init__(self.code, details)
        self.details = details


class NoRoom(CarryError):
    """The medium has not enough space for the bag."""

    code = "H101"


class MediumFailed(CarryError):
    """The medium cannot be written or read."""

    code = "H102"


class NotABag(CarryError):
    """The folder is no bag of this program, or of a newer one."""

    code = "H103"


class BagDamaged(CarryError):
    """A file of the bag is missing, altered, or not listed."""

    code = "H104"


class BoxClosed(CarryError):
    """The bag was packed for another back office, or was altered."""

    code = "H105"

    def __init__(self, file: str) -> None:
        """Name the file."""
        super().__init__(file=file)


class NothingToCarry(CarryError):
    """No bundle waits."""

    code = "H106"


class CipherUnknown(CarryError):
    """The bag is sealed with a cipher that this program does not know or this computer does not have."""

    code = "H107"
