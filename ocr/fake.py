"""A scripted engine, a reading room and ready-made readings: for tests, the demo and lessons."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from PIL import Image

from ocr.errors import OcrError, UnknownDocument
from ocr.kinds import KindGuess
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


class ScriptedReadingRoom:
    """Stands for `ocr.reading_room.ReadingRoom`, without a process: finds what is scripted, else nothing.

    A field that is not scripted is one that could not be read.
    """

    def __init__(self, values: Mapping[str, Mapping[str, str]] | None = None, guess: str = "") -> None:
        """Take what each kind of document says, and the kind of every page."""
        self._values = values or {}
        self._guess = guess

    def warm(self) -> None:
        """Do nothing."""

    def forget(self) -> None:
        """Do nothing: no page is kept."""

    def close(self) -> None:
        """Do nothing."""

    def read(
        self,
        _picture: Image.Image | bytes,
        kind: str,
        *,
        dpi: int | None = None,
        today: date | None = None,
    ) -> Reading:
        """Return what the kind says.

        Raises:
            UnknownDocument: there is no reader for `kind`.
        """
        from ocr.documents import KINDS

        if kind not in KINDS:
            raise UnknownDocument(kind)
        return scripted_reading(kind, {**dict.fromkeys(KINDS[kind], ""), **self._values.get(kind, {})})

    def kind_of(self, _picture: Image.Image | bytes, *, dpi: int | None = None) -> KindGuess:
        """Return the kind given, which is certain where there is one."""
        return KindGuess(self._guess, bool(self._guess))


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
