"""What can go wrong while reading; texts live with the interface, keyed by code."""

from __future__ import annotations


class OcrError(Exception):
    """Base of all reading errors. `detail` is for the log, never parsed."""

    code = "O100"

    def __init__(self, detail: str = "") -> None:
        """Keep the engine's own words."""
        super().__init__(f"{self.code} {detail}".strip())
        self.detail = detail


class EngineMissing(OcrError):
    """The engine's program is not installed."""

    code = "O101"


class LanguageMissing(OcrError):
    """The engine lacks the language data it needs."""

    code = "O102"


class EngineFailed(OcrError):
    """The engine ended with an error or without a usable answer."""

    code = "O103"


class EngineTimeout(OcrError):
    """The engine took longer than it may."""

    code = "O104"


class UnreadableImage(OcrError):
    """The file is truncated or not an image."""

    code = "O105"


class ImageTooLarge(OcrError):
    """The picture has more pixels than the limit allows."""

    code = "O106"


class UnknownDocument(OcrError):
    """No such document kind."""

    code = "O107"
