"""Errors of item packs; texts live with the interface, keyed by code."""

from __future__ import annotations

from workstation.catalogue.findings import Finding


class CatalogueError(Exception):
    """Base of all errors of item packs; `details` fill the text shown."""

    code = "C100"

    def __init__(self, **details: object) -> None:
        """Keep what the message needs."""
        super().__init__(self.code, details)
        self.details = details


class PackUnreadable(CatalogueError):
    """A folder or a file of a pack is missing or cannot be read; `path` says which."""

    code = "C101"


class BadPackSignature(CatalogueError):
    """No trusted key made the signature over the manifest."""

    code = "C102"


class KeyOutOfScope(BadPackSignature):
    """The key that signed is trusted for sample packs only."""

    code = "C103"


class PackFileAltered(CatalogueError):
    """A file is not the one that was signed."""

    code = "C104"


class PackInvalid(CatalogueError):
    """The content breaks the rules of a pack; `findings` lists every place."""

    code = "C105"

    def __init__(self, findings: tuple[Finding, ...]) -> None:
        """Keep all findings; the first one stands in the message."""
        super().__init__(count=len(findings), first=str(findings[0]) if findings else "")
        self.findings = findings


class PackTooLarge(CatalogueError):
    """A file, or the number of files, is over the limit."""

    code = "C106"


class BadCalendarFile(CatalogueError):
    """A replacement calendar cannot be read."""

    code = "C107"


class BadKeyFile(CatalogueError):
    """A key file holds no Ed25519 key, or a line of the trusted keys is malformed."""

    code = "C108"


class UnknownItem(CatalogueError):
    """The pack has no item with this code; `near` names the closest one."""

    code = "C109"


class WorkbookUnreadable(CatalogueError):
    """A file is no Excel workbook, or holds what a workbook of items never holds."""

    code = "C111"


class WorkbookTooLarge(CatalogueError):
    """A workbook, what it unpacks to, or one of its sheets is over the limit."""

    code = "C112"


class FileInTheWay(CatalogueError):
    """A file of the pack is there already and was not to be replaced."""

    code = "C119"
