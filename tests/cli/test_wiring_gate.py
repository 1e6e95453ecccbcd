"""The quality gate of a real window: pixels stay in the darkroom's process, and a cold one bars nothing."""

from __future__ import annotations

import logging
import subprocess
import sys

import pytest
from PIL import Image

from ocr.errors import UnknownDocument
from ocr.kinds import KindGuess
from ocr.reading_room import ReadingRoom
from scanners.imaging.darkroom import Darkroom
from workstation.cli.quality import alike, reader, recogniser, warm

LOOK = """
import sys
from importlib import import_module
from workstation.cli import wiring
from workstation.cli.quality import alike, reader, recogniser
from ocr.reading_room import ReadingRoom
for name in wiring.HEAVY:
    import_module(name)
room = ReadingRoom()
recogniser(room), reader(room)
alike("", "")
print(*({"numpy", "cv2", "onnxruntime", "pytesseract"} & set(sys.modules)))
"""


def test_the_program_at_the_counter_loads_no_pixel_library_and_no_engine() -> None:
    said = subprocess.check_output([sys.executable, "-c", LOOK], text=True, timeout=300)
    assert said.split() == []


def test_processes_that_cannot_start_bar_nothing(caplog: pytest.LogCaptureFixture) -> None:
    absent = ["/nonexistent"]
    with caplog.at_level(logging.WARNING), Darkroom(absent) as darkroom, ReadingRoom(absent) as room:
        warm(darkroom, room)
    assert "darkroom_cold" in caplog.text
    assert "reading_room_cold" in caplog.text


def test_without_a_reading_room_no_document_is_known_and_the_clerk_types() -> None:
    assert recogniser(None) is None
    with pytest.raises(UnknownDocument):
        reader(None)(Image.new("L", (9, 9)), "id-card-front")


def test_nothing_is_alike_without_a_fingerprint_and_nothing_clashes_where_nothing_is_expected() -> None:
    assert not alike("", "")
    with ReadingRoom() as room:
        telling = recogniser(room)
    assert telling is not None
    assert telling.clash((), KindGuess("id-card-front", certain=True)) == ""
