"""The process that reads: it lives as long as the program, owns the engines, does one thing after the other.

It says `ready` once everything is loaded; each command is a frame whose body is a page's pixels or a picture
file, each answer a frame.
"""

from __future__ import annotations

import os
import resource
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from datetime import date
from importlib import import_module

import cv2
from PIL import Image

from ocr import documents, kinds
from ocr.engines import tesseract
from ocr.engines.hybrid import best_engine
from ocr.engines.installed import models, programs
from ocr.errors import OcrError
from ocr.imaging import open_image
from ocr.lines import read_lines
from ocr.messages import Wire, error_to_wire, guess_to_wire, reading_to_wire
from ocr.port import MAX_IMAGE_PIXELS, Engine, LineEngine, Script
from scanners.frames import Header, read_frame, write_frame
from scanners.memory import give_back, keep_out_of_dumps

MEMORY_BYTES = 4 << 30
"""Address space, not memory: the libraries, and the largest page several times over."""
ENGINE_S = 20.0
"""Longest time for one call of Tesseract: less than the program waits for an answer from here."""
KIND_S = 8.0
"""The same when only the kind of a page is asked: it takes a third of a second, and a clerk waits."""


def limit() -> None:
    """Bound what a picture can make this process do; a core file would hold the page, so none is written."""
    keep_out_of_dumps()
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    cv2.setNumThreads(1)


class Desk:
    """The commands, over the engine that reads and the one that is asked for the kind of a page."""

    def __init__(self, engine: Engine, hurried: Engine) -> None:
        """Take the engines."""
        self._engine, self._hurried = engine, hurried
        self.commands: dict[str, Callable[[Header, bytearray], Wire]] = {
            "read": self._read,
            "kind": self._kind,
            "equipment": self._equipment,
            "forget": self._forget,
        }

    def answer(self, command: Header, body: bytearray) -> Header:
        """Return the header of the answer; whatever goes wrong with one picture is an answer too."""
        try:
            return {"is": "answer", "answer": self.commands[command["do"]](command, body)}
        except Exception as error:  # noqa: BLE001 - a picture can raise anything from inside a library
            return {"is": "error", **error_to_wire(error)}

    def _read(self, command: Header, body: bytearray) -> Wire:
        today = date.fromisoformat(command["today"]) if command["today"] else None
        picture = picture_of(command, body)
        return reading_to_wire(documents.read(self._engine, picture, command["kind"], today=today))

    def _kind(self, command: Header, body: bytearray) -> Wire:
        return guess_to_wire(kinds.kind_of(self._hurried, picture_of(command, body)))

    def _equipment(self, _command: Header, _body: bytearray) -> Wire:
        return {
            "engine": _name(self._engine),
            "programs": programs(),
            "models": models(),
            "kinds": {name: list(fields) for name, fields in documents.KINDS.items()},
        }

    @staticmethod
    def _forget(_command: Header, _body: bytearray) -> Wire:
        give_back()
        return {}


def picture_of(command: Header, body: bytearray) -> Image.Image:
    """Return the picture that came with a command.

    Raises:
        UnreadableImage: the file is no picture.
        ImageTooLarge: more pixels than are opened.
        ValueError: there are not as many pixels as named.
    """
    if "mode" not in command:
        picture = open_image(bytes(body))
    else:
        size = int(command["width"]), int(command["height"])
        if size[0] * size[1] > MAX_IMAGE_PIXELS:
            raise ValueError(size)
        picture = Image.frombytes(command["mode"], size, body)
        # The picture has its own copy; that of a large page is a hundred megabytes.
        body.clear()
    if command["dpi"] and not picture.info.get("dpi"):
        picture.info["dpi"] = (command["dpi"], command["dpi"])
    return picture


def warmed() -> Engine:
    """Return the engine, its libraries and models loaded and used once.

    One that cannot read (no program, no language data) says so with the first page, not by ending here.
    """
    import_module("ocr.documents.reader")
    import_module("ocr.printed_rows")
    tesseract.sweep()
    engine = best_engine(timeout_s=ENGINE_S)
    with suppress(OcrError):
        read_lines(engine, [Image.new("L", (96, 48), 255)], script=Script.DIGITS)
    return engine


def _name(engine: Engine) -> str:
    try:
        return engine.name
    except OcrError as error:
        return str(error)


def serve(answers: int) -> None:
    """Answer one parent until it closes the pipe."""
    engine = warmed()
    # Line by line a kind is told in less than half of the time.
    hurried = engine if isinstance(engine, LineEngine) else tesseract.TesseractEngine(timeout_s=KIND_S)
    desk = Desk(engine, hurried)
    write_frame(answers, {"is": "ready"})
    while (frame := read_frame(0)) is not None:
        write_frame(answers, desk.answer(*frame))
        # While the next question is waited for, nothing of this one stays.
        del frame


def main() -> int:
    """Serve one parent."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    limit()
    answers = os.dup(1)
    os.dup2(2, 1)
    try:
        serve(answers)
    except BrokenPipeError:
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
