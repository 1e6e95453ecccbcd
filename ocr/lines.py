"""Reading many small pictures at once: what starts an engine costs more than the reading itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Protocol, runtime_checkable

from PIL import Image

from ocr.port import Engine, Layout, Script, Word


@runtime_checkable
class BatchEngine(Protocol):
    """An engine that takes several pictures in one go; an addition to `Engine`, not a replacement."""

    def batch(
        self, images: Sequence[Image.Image], *, script: Script, layout: Layout
    ) -> tuple[tuple[Word, ...], ...]:
        """Recognise each of `images` as `Engine.words` does and return as many tuples."""
        ...


@dataclass(frozen=True, slots=True)
class Line:
    """The text of one small picture."""

    text: str
    """Without any spaces."""
    confidence: float
    """0 to 1, the mean over the characters; 0 for no text."""


def read_all(
    engine: Engine, images: Sequence[Image.Image], *, script: Script, layout: Layout = Layout.LINE
) -> list[Line]:
    """Read each picture as one line, in one go when the engine can.

    Raises:
        OcrError: from the engine.
    """
    if not images:
        return []
    if isinstance(engine, BatchEngine):
        found = engine.batch(images, script=script, layout=layout)
    else:
        found = tuple(engine.words(image, script=script, layout=layout) for image in images)
    return [joined(words) for words in found]


def joined(words: Sequence[Word]) -> Line:
    """Join words in the order given; whitespace inside them is dropped."""
    text = "".join("".join(word.text.split()) for word in words)
    weights = [word.confidence for word in words for _ in "".join(word.text.split())]
    return Line(text, fmean(weights) if weights else 0.0)
