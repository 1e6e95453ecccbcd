"""The `Engine` port and the values a reading consists of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol, runtime_checkable

from PIL import Image

Box = tuple[int, int, int, int]
"""x, y, width, height in px of the input picture."""

MAX_IMAGE_PIXELS = 140_000_000
"""Most pixels of a picture this package opens."""


class Layout(StrEnum):
    """What a picture given to an engine holds."""

    PAGE = "PAGE"
    BLOCK = "BLOCK"
    LINE = "LINE"
    WORD = "WORD"


class Script(StrEnum):
    """What is to be recognised."""

    CHINESE = "CHINESE"
    DIGITS = "DIGITS"


@dataclass(frozen=True, slots=True)
class Word:
    """A recognised piece of text."""

    text: str
    confidence: float
    """0 to 1, the engine's own."""
    box: Box
    line: int = 0
    """Words with the same number stand on one line."""


@dataclass(frozen=True, slots=True)
class Line:
    """The text of one small picture."""

    text: str
    """Without any spaces."""
    confidence: float
    """0 to 1, the mean over the characters; 0 for no text."""
    marks: tuple[float, ...] = ()
    """0 to 1 for each character of `text`, where the engine says so; else empty."""


class Engine(Protocol):
    """A text recogniser."""

    @property
    def name(self) -> str:
        """Name and version, e.g. `tesseract 5.3.0`."""
        ...

    def words(self, image: Image.Image, *, script: Script, layout: Layout) -> tuple[Word, ...]:
        """Recognise `image` (mode L or RGB); boxes are in px of that picture.

        Raises:
            OcrError: the engine is missing, failed, or ran out of time.
        """
        ...


@runtime_checkable
class LineEngine(Protocol):
    """An `Engine` with a way of its own to read single printed lines; an addition, not a replacement."""

    def lines(self, pictures: Sequence[Image.Image], *, script: Script) -> list[Line]:
        """Recognise each of `pictures` (mode L or RGB) as one printed line and return as many lines.

        Raises:
            OcrError: the engine is missing, failed, or ran out of time.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldReading:
    """One field as read: a proposal, never a fact."""

    value: str
    """Normalised; empty when it could not be read."""
    confidence: float
    """0 to 1: of values said to be this sure, this share is right (`ocr.calibration`)."""
    box: Box | None
    checks: tuple[str, ...] = ()
    """Names of the checks that were made, a failed one with a leading `!`, e.g. `!check-digit`."""
    evidence: float = 0.0
    """0 to 1: what `confidence` was told from, by the marks of the characters and the checks; no chance."""

    @property
    def valid(self) -> bool:
        """True when something was read and no check failed."""
        return bool(self.value) and not any(c.startswith("!") for c in self.checks)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What a page says, as far as it could be read."""

    document: str
    """Document kind, e.g. `id-card-front`."""
    engine: str
    elapsed_ms: int
    fields: Mapping[str, FieldReading]
    """Always every field of the kind; unreadable ones are empty."""
    quality: Mapping[str, float] = field(default_factory=dict)
    """Measures of the picture: `width_px`, `height_px`, `sharpness`, `brightness`, `skew_deg`."""
    reason: str = ""
    """Why fields are missing or doubtful if the page is to blame: `blank`, `no-document`, `mirrored`,
    `cut-off`, `several` (papers of the kind)."""
