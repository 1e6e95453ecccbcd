"""What can go wrong on the way to paper; each situation with a stable code."""

from __future__ import annotations


class PrintingError(Exception):
    """Base of the package; `details` fill the text shown to the clerk."""

    code = "P100"

    def __init__(self, **details: object) -> None:
        """Keep what the message needs.

        Args:
            details: values for the placeholders of the text of this code.
        """
        super().__init__(self.code, details)
        self.details = details


class FontMissing(PrintingError):
    """A Chinese font is not installed; `details`: font, package (Debian, may be empty)."""

    code = "P101"


class FontUnusable(PrintingError):
    """A font file cannot be read or embedded; `details`: font, reason."""

    code = "P102"


class PaperNotSaved(PrintingError):
    """The file could not be written; `details`: path, reason. An older file of that name is untouched."""

    code = "P103"


class PaperNotLaidOut(PrintingError):
    """The content does not fit any page; `details`: title, reason. No file was written."""

    code = "P104"
