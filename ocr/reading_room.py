"""Reading seen from the program: one warm process that owns the engines; nobody waits for their start.

Neither numpy nor an engine is loaded here, and a picture that ends that process ends nothing else: the clerk
types what could not be read. Pictures cross in memory only.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from ocr.errors import EngineFailed, EngineTimeout, OcrError
from scanners.child import python_module
from scanners.errors import NoProgress, ScannerError
from scanners.warm_child import WarmChild

if TYPE_CHECKING:
    from PIL import Image

    from ocr.kinds import KindGuess
    from ocr.port import Reading

log = logging.getLogger(__name__)

COMMAND = python_module("ocr.reading_child")
TIMEOUT_S = 40.0
"""A large page takes a second; one call of its engine is given up after twenty."""


@dataclass(frozen=True, slots=True)
class Equipment:
    """What reads on this machine."""

    engine: str
    """Names and versions of what is used together."""
    programs: Mapping[str, str]
    """Version of each program and library that reads; `-` where it is not there."""
    models: tuple[str, ...]
    """Names of the models that are there."""
    kinds: Mapping[str, tuple[str, ...]]
    """The kinds of documents that can be read, with their fields."""


class ReadingRoom:
    """Client of the one process; any thread may call, one is served at a time.

    The process starts with the first call (or `warm`), and anew after it died or was killed for hanging.
    """

    def __init__(self, command: Sequence[str] = COMMAND, *, timeout_s: float = TIMEOUT_S) -> None:
        """Start nothing yet.

        Args:
            command: starts the process.
            timeout_s: without an answer for so long it is killed.
        """
        self._child = WarmChild(command, timeout_s=timeout_s)

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the process."""
        self.close()

    def warm(self) -> None:
        """Start the process, so that the first page does not wait for its libraries and models.

        Raises:
            EngineFailed: it cannot be started.
            EngineTimeout: it is not ready in time.
        """
        try:
            self._child.start()
        except ScannerError as error:
            raise _translated(error) from error

    def read(
        self,
        picture: Image.Image | bytes,
        kind: str,
        *,
        dpi: int | None = None,
        today: date | None = None,
    ) -> Reading:
        """Read a page as a document of `kind`; see `ocr.documents.read`.

        Args:
            picture: RGB or L, or a picture file.
            kind: of document.
            dpi: resolution, where the picture does not name it itself.
            today: for the plausibility of dates.

        Raises:
            UnknownDocument: there is no reader for `kind`.
            UnreadableImage: the file is no picture.
            OcrError: the engine is missing, failed or hung; or the process died of this picture.
        """
        from ocr.messages import reading_from_wire

        day = today.isoformat() if today else ""
        return reading_from_wire(self._ask({"do": "read", "kind": kind, "today": day}, picture, dpi))

    def kind_of(self, picture: Image.Image | bytes, *, dpi: int | None = None) -> KindGuess:
        """Say which document an upright page shows; see `ocr.kinds.kind_of`.

        Raises:
            OcrError: as `read`.
        """
        from ocr.messages import guess_from_wire

        return guess_from_wire(self._ask({"do": "kind"}, picture, dpi))

    def equipment(self) -> Equipment:
        """Return what reads here.

        Raises:
            OcrError: the process cannot be had.
        """
        wire = self._ask({"do": "equipment"}, b"", None)
        kinds = {name: tuple(fields) for name, fields in wire["kinds"].items()}
        return Equipment(wire["engine"], wire["programs"], tuple(wire["models"]), kinds)

    def forget(self) -> None:
        """Let the process drop what is left of the last page; one that is busy or gone is left alone."""
        if self._child.pid is not None and not self._child.is_asked:
            with suppress(OcrError):
                self._ask({"do": "forget"}, b"", None)

    def close(self) -> None:
        """End the process; whoever still waits for it is told so. Calling it again does nothing."""
        self._child.close()

    def _ask(self, command: dict[str, Any], picture: Image.Image | bytes, dpi: int | None) -> dict[str, Any]:
        if isinstance(picture, bytes):
            header, body = {"dpi": dpi}, picture
        else:
            plain = picture if picture.mode in ("L", "RGB") else picture.convert("RGB")
            header, body = _described(plain, dpi), plain.tobytes()
        try:
            answer, _ = self._child.ask({**command, **header}, body)
        except ScannerError as error:
            raise _translated(error) from error
        if answer.get("is") == "error":
            from ocr.messages import error_from_wire

            raise error_from_wire(answer)
        wire = answer.get("answer")
        if not isinstance(wire, dict):
            raise EngineFailed("an answer of another shape")
        return wire


def _described(picture: Image.Image, dpi: int | None) -> dict[str, Any]:
    named = picture.info.get("dpi")
    dpi = dpi or (round(float(named[0])) if named else None)
    return {"width": picture.width, "height": picture.height, "mode": picture.mode, "dpi": dpi}


def _translated(error: ScannerError) -> OcrError:
    log.warning("event=reading_failed reason=%s", error.code)
    return EngineTimeout(error.detail) if isinstance(error, NoProgress) else EngineFailed(error.detail)
