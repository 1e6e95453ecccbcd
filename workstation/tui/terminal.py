"""What the terminal can draw, asked once before the app takes the keyboard.

The image library asks at import time and waits; asked here instead, with one short wait, its import can
follow the first frame.
"""

from __future__ import annotations

import fcntl
import os
import re
import select
import struct
import sys
import termios
import time
import tty
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from workstation.tui.sixels import colours_first

ANSWER_TIMEOUT_S = 0.08
_ATTRIBUTES = re.compile(rb"\x1b\[\?([0-9;]+)c")
_CELL = re.compile(rb"\x1b\[6;([0-9]+);([0-9]+)t")


@dataclass(frozen=True, slots=True)
class Terminal:
    """Abilities of the terminal."""

    sixel: bool = False
    """It draws pixels (DEC sixel), so a page can be read in it."""
    cell_px: tuple[int, int] = (10, 20)
    """(width, height) of one character cell in px."""


def probe() -> Terminal:
    """Ask for device attributes (DA1) and the cell size; a silent terminal means no pixels."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        return Terminal()
    answer = _ask(b"\x1b[16t\x1b[c")
    attributes = _ATTRIBUTES.search(answer)
    sixel = attributes is not None and b"4" in attributes[1].split(b";")[1:]
    return Terminal(sixel, _cell_px(answer))


def _ask(question: bytes) -> bytes:
    source, answer = sys.stdin.fileno(), b""
    saved = termios.tcgetattr(source)
    try:
        tty.setcbreak(source, termios.TCSANOW)
        os.write(sys.stdout.fileno(), question)
        deadline = time.monotonic() + ANSWER_TIMEOUT_S
        # DA1 is asked last: its answer ends the wait.
        while not _ATTRIBUTES.search(answer):
            left = deadline - time.monotonic()
            if left <= 0 or not select.select([source], [], [], left)[0]:
                break
            answer += os.read(source, 256)
    finally:
        termios.tcsetattr(source, termios.TCSANOW, saved)
    return answer


def _cell_px(answer: bytes) -> tuple[int, int]:
    match = _CELL.search(answer)
    if match and int(match[1]) and int(match[2]):
        return int(match[2]), int(match[1])
    size = fcntl.ioctl(sys.stdout.fileno(), termios.TIOCGWINSZ, b"\0" * 8)
    rows, columns, width, height = struct.unpack("HHHH", size)
    if rows and columns and width and height:
        return width // columns, height // rows
    return Terminal().cell_px


def image_widget(terminal: Terminal) -> Any:
    """Return the image widget class that fits the terminal; the first call imports the library.

    While Textual owns the keyboard the library must not ask the terminal again, so its import sees no
    terminal and takes the cell size found by `probe`.
    """
    module = sys.modules.get("textual_image.widget")
    if module is None:
        standard, sys.__stdout__ = sys.__stdout__, open(os.devnull, "w")  # type: ignore[misc]  # noqa: PTH123, SIM115
        try:
            module = import_module("textual_image.widget")
        finally:
            sys.__stdout__.close()
            sys.__stdout__ = standard  # type: ignore[misc]
        cells = import_module("textual_image._terminal")
        cells.get_cell_size._result = cells.CellSize(*terminal.cell_px)
        _draw_colours_first()
    return module.SixelImage if terminal.sixel else module.HalfcellImage


def _draw_colours_first() -> None:
    """Let the library's sixel widget define its colours before it draws."""
    widget = import_module("textual_image.widget.sixel")
    encode: Callable[..., str] = widget.image_to_sixels

    def encode_in_order(*args: Any, **options: Any) -> str:
        return colours_first(encode(*args, **options))

    widget.image_to_sixels = encode_in_order  # type: ignore[attr-defined]
