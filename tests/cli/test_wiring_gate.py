"""The quality gate of a real window: pixels stay in the darkroom's process, and a cold one bars nothing."""

from __future__ import annotations

import logging
import subprocess
import sys

import pytest

from ocr.kinds import KindGuess
from scanners.imaging.darkroom import Darkroom
from workstation.cli.quality import alike, recogniser, warm

LOOK = """
import sys
from importlib import import_module
from workstation.cli import wiring
from workstation.cli.quality import alike, recogniser
for name in wiring.HEAVY:
    import_module(name)
recogniser()
alike("", "")
print(*({"numpy", "cv2"} & set(sys.modules)))
"""


def test_the_program_at_the_counter_loads_no_pixel_library() -> None:
    said = subprocess.check_output([sys.executable, "-c", LOOK], text=True, timeout=60)
    assert said.split() == []


def test_a_darkroom_that_cannot_start_bars_nothing(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING), Darkroom(["/nonexistent"]) as darkroom:
        warm(darkroom)
    assert "darkroom_cold" in caplog.text


def test_nothing_is_alike_without_a_fingerprint_and_nothing_clashes_where_nothing_is_expected() -> None:
    assert not alike("", "")
    assert recogniser().clash((), KindGuess("id-card-front", certain=True)) == ""
