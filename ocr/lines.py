"""Reading many small pictures at once: what starts an engine costs more than the reading itself."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import fmean
from typing import Protocol, runtime_checkable

from PIL import Image, ImageFilter

from ocr.port import Engine, Layout, Line, LineEngine, Script, Word
from ocr.voting import agreed


@runtime_checkable
class BatchEngine(Protocol):
    """An engine that takes several pictures in one go; an addition to `Engine`, not a replacement."""

    def batch(
        self, images: Sequence[Image.Image], *, script: Script, layout: Layout
    ) -> tuple[tuple[Word, ...], ...]:
        """Recognise each of `images` as `Engine.words` does and return as many tuples."""
        ...


def read_lines(engine: Engine, pictures: Sequence[Image.Image], *, script: Script) -> list[Line]:
    """Read each picture of one printed line as well as the engine can.

    An engine without a way of its own reads Chinese three ways, and what they agree on is returned: as it is,
    with bolder strokes (thin ones break up at 200 dpi), and bolder with the engine's model for single words:
    the three err on different characters.

    Raises:
        OcrError: from the engine.
    """
    if not pictures:
        return []
    if isinstance(engine, LineEngine):
        return engine.lines(pictures, script=script)
    if script is not Script.CHINESE:
        return read_all(engine, pictures, script=script)
    bolder = [picture.filter(ImageFilter.MinFilter(3)) for picture in pictures]
    both = read_all(engine, [*pictures, *bolder], script=script)
    single = read_all(engine, bolder, script=script, layout=Layout.WORD)
    return [agreed(three) for three in zip(both[: len(pictures)], both[len(pictures) :], single, strict=True)]


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
