"""One exception per situation of the store that somebody can act on; texts live with the interface."""

from __future__ import annotations


class StoreError(Exception):
    """Base of everything the store can say; `details` fill the text shown to the clerk."""

    code = "T100"

    def __init__(self, **details: object) -> None:
        """Keep what the message needs.

        Args:
            details: values for the placeholders of the text of this code; never personal data.
        """
        super().__init__(self.code, details)
        self.details = details


class WrongPassphrase(StoreError):
    """The passphrase does not open its key slot."""

    code = "T101"


class SlotUnavailable(StoreError):
    """This way to the data key is not open now (`slot`, `reason`); another one may be."""

    code = "T102"


class NoKeySlots(StoreError):
    """The data folder has no key file."""

    code = "T103"


class WrongKey(StoreError):
    """The data key is not the one this folder was made with."""

    code = "T104"


class PageAltered(StoreError):
    """A page file was changed on disk, or its content is not what its name promises."""

    code = "T105"


class PageMissing(StoreError):
    """A page that should be in the vault is not."""

    code = "T106"


class DiskFull(StoreError):
    """No space left to write; nothing half written stays."""

    code = "T107"


class StoreTooNew(StoreError):
    """The data folder was written by a newer version of the program."""

    code = "T108"


class StoreLocked(StoreError):
    """Another writer kept the database for too long."""

    code = "T109"


class ConcurrentChange(StoreError):
    """Somebody else changed the record since it was read."""

    code = "T110"


class ConflictingBundle(StoreError):
    """The queue holds another content under the same bundle id."""

    code = "T111"


class StoreDamaged(StoreError):
    """The database or the key file cannot be read as what it should be."""

    code = "T112"


class UnknownRecord(StoreError):
    """There is no such record (`kind`, `name`)."""

    code = "T113"


class StoreExists(StoreError):
    """A data folder cannot be created where one already is."""

    code = "T114"


class DiskFault(StoreError):
    """The disk refused to read or write for another reason than space."""

    code = "T115"


class LastSlot(StoreError):
    """The last key slot cannot be removed: nobody could read the data any more."""

    code = "T116"


class WrongRecoveryKey(StoreError):
    """The recovery key was mistyped, or is that of another data folder."""

    code = "T117"


class UnknownAlgorithm(StoreError):
    """Sealed with an algorithm this version does not know (`what`, `algorithm`): a newer one wrote it."""

    code = "T118"


class SuiteUnavailable(StoreError):
    """The national algorithms are asked for, and this computer's cryptographic library has none."""

    code = "T119"


class PageLetGo(PageMissing):
    """A page that was delivered, and then removed here when its time of keeping was over."""

    code = "T120"


PAGE_FAULTS = (PageMissing, PageAltered, UnknownAlgorithm, SuiteUnavailable)
"""Why a page cannot be given back although the disk reads well."""
