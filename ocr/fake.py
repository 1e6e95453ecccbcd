"""A scripted engine and ready-made readings: for tests, the demo and lessons."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from PIL import Image

from ocr.errors import OcrError
from ocr.port import FieldReading, Layout, Reading, Script, Word

Step = tuple[Word, ...] | OcrError


class ScriptedEngine:
    """Gives the scripted answers one after the other: `ScriptedEngine([words, EngineTimeout()])`.

    After the last step it finds nothing. `calls` keeps what was asked: script, layout, size of each
    picture.
    """

    def __init__(self, steps: Iterable[Step] = (), *, name: str = "scripted 1") -> None:
        """Take the answers."""
        self._steps = iter(tuple(steps))
        self._name = name
        self.calls: list[tuple[Script, Layout, tuple[int, int]]] = []

    @property
    def name(self) -> str:
        """The name given."""
        return self._name

    def words(self, image: Image.Image, *, script: Script, layout: Layout) -> tuple[Word, ...]:
        """Return the next step, or raise it when it is an error."""
        self.calls.append((script, layout, image.size))
        step = next(self._steps, ())
        if isinstance(step, OcrError):
            raise step
        return step


def scripted_reading(
    document: str, values: Mapping[str, str], *, confidence: float = 0.99, misread: Iterable[str] = ()
) -> Reading:
    """Return a reading with these values; `misread` ones get confidence 0.5 and the check `!scripted`."""
    doubtful = frozenset(misread)
    fields = {
        name: FieldReading(
            value=value,
            confidence=0.5 if name in doubtful else confidence if value else 0.0,
            box=(0, 0, 10, 10) if value else None,
            checks=("!scripted",) if name in doubtful else (),
        )
        for name, value in values.items()
    }
    return Reading(document=document, engine="scripted 1", elapsed_ms=1, fields=fields)
