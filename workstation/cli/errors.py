"""Errors of the commands; texts live in `workstation.texts.cli`."""

from __future__ import annotations


class CommandError(Exception):
    """Base; `details` fill the placeholders of the code's text."""

    code = "W100"

    def __init__(self, **details: object) -> None:
        """Keep what the message needs; never a passphrase, never a name."""
        super().__init__(self.code, details)
        self.details = details


class NoPassphrase(CommandError):
    """Nobody can be asked for the passphrase: there is no terminal, or the input ended."""

    code = "W101"


class PassphrasesDiffer(CommandError):
    """A new passphrase was typed in two different ways."""

    code = "W102"


class PassphraseTooShort(CommandError):
    """A new passphrase has fewer characters than the unlock screen takes."""

    code = "W103"


class SenderBusy(CommandError):
    """Another process of this machine holds the sender's lock."""

    code = "W104"


class NotInQueue(CommandError):
    """No bundle has this id, and no case or bag of this number was sealed."""

    code = "W105"


class AmbiguousName(CommandError):
    """The beginning of an id fits several bundles."""

    code = "W106"


class AlreadyDelivered(CommandError):
    """Nothing of this name waits: the back office has signed for all of it."""

    code = "W107"


class NoPracticeData(CommandError):
    """Practice mode was never started on this machine."""

    code = "W108"


class AlreadyEnrolled(CommandError):
    """The window has joined a back office before."""

    code = "W109"


class UnsentWork(CommandError):
    """A window that enrols anew takes a new name; what the old name sealed could not be sent any more."""

    code = "W110"


class CodeRefused(CommandError):
    """The back office did not take the one-time code."""

    code = "W111"


class GatewayAway(CommandError):
    """Nobody answers at the address given for enrolment."""

    code = "W112"


class CannotCopy(CommandError):
    """The folder of a dead computer cannot be copied."""

    code = "W113"


class FolderInUse(CommandError):
    """Another program has the data folder open: pages are removed only by one that is alone."""

    code = "W141"


class NotInThisState(CommandError):
    """No line of this name stands so that this can be done to it."""

    code = "W142"


class CannotReadReceipt(CommandError):
    """The file of a receipt cannot be read."""

    code = "W143"
