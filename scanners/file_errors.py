"""Why a file from outside is not taken: one exception for each remedy; texts live with the interface."""

from __future__ import annotations

from typing import ClassVar

from scanners.errors import UnreadableFile


class FileError(UnreadableFile):
    """Base of what is wrong with a file beyond being broken; `facts` fill the placeholders of its text."""

    defaults: ClassVar[dict[str, object]] = {}

    def __init__(self, detail: str = "", *, device: str = "", file: str = "", **facts: object) -> None:
        """Keep what `UnreadableFile` keeps, and plain facts such as `pages` and `limit`."""
        super().__init__(detail, device=device, file=file)
        self.facts: dict[str, object] = {**self.defaults, **facts}

    @property
    def details(self) -> dict[str, object]:
        """What the texts for people may name."""
        return {**super().details, **self.facts}


class TooManyPages(FileError):
    """More pages than one scan takes; none of them was taken."""

    code = "S140"
    defaults: ClassVar[dict[str, object]] = {"pages": 0, "limit": 0}


class FileTooLarge(FileError):
    """More bytes than any stack of scanned sheets needs."""

    code = "S141"
    defaults: ClassVar[dict[str, object]] = {"megabytes": 0, "limit_megabytes": 0}


class LockedFile(FileError):
    """A PDF that wants a password."""

    code = "S142"


class ActiveFile(FileError):
    """A PDF that carries a program, an action that starts one, or other files (`found` says which)."""

    code = "S143"
    defaults: ClassVar[dict[str, object]] = {"found": "?"}


class EmptyFile(FileError):
    """No byte, or no page."""

    code = "S144"


class MovingPicture(FileError):
    """An animation: which of its frames is the page nobody can say."""

    code = "S145"


class UnsupportedKind(FileError):
    """A sound file of a kind that is not read here, e.g. HEIC (`kind` says which)."""

    code = "S146"
    defaults: ClassVar[dict[str, object]] = {"kind": "?"}


class NotAFile(FileError):
    """A link, pipe, socket, device or folder where a file is expected; it was not opened."""

    code = "S147"


class FileTooHeavy(FileError):
    """Opening it took more memory or time than allowed, or ended the decoder."""

    code = "S148"


class PictureTooSmall(FileError):
    """Too few pixels for any sheet or card."""

    code = "S149"
    defaults: ClassVar[dict[str, object]] = {"width": 0, "height": 0}


class FileDenied(FileError):
    """The user may not read the file."""

    code = "S150"
