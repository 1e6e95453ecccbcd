"""Pages drawn in pixels: every colour is defined before the first pixel."""

from __future__ import annotations

import re
import subprocess
import sys

from workstation.tui.sixels import colours_first

LATE = '\x1bP0;0;0q"1;1;6;12#0;2;98;98;97!6~-#0!3~$#1;2;85;0;0!3?!3~\x1b\\'
DEFINITION = re.compile(r"#\d+;2;\d+;\d+;\d+")


def test_every_colour_is_defined_before_the_first_pixel() -> None:
    sorted_picture = colours_first(LATE)
    pixels = sorted_picture.index("!6~")
    assert [m.end() <= pixels for m in DEFINITION.finditer(sorted_picture)] == [True, True]


def test_the_pixels_and_their_colours_stay_as_they_are() -> None:
    expected = '\x1bP0;0;0q"1;1;6;12#0;2;98;98;97#1;2;85;0;0#0!6~-#0!3~$#1!3?!3~\x1b\\'
    assert colours_first(LATE) == expected


def test_what_is_no_sixel_picture_passes_unchanged() -> None:
    assert colours_first("#0;2;1;2;3 text") == "#0;2;1;2;3 text"


def test_the_widget_of_a_sixel_terminal_draws_that_way() -> None:
    code = """
from PIL import Image
from workstation.tui.terminal import Terminal, image_widget
image_widget(Terminal(sixel=True))
from textual_image.widget import sixel
picture = Image.new("RGB", (12, 24), "white")
picture.paste("red", (0, 12, 6, 24))
drawn = sixel.image_to_sixels(picture)
first = min(drawn.index(c) for c in "~-$!" if c in drawn)
assert drawn.rindex(";2;") < first, drawn
"""
    subprocess.run([sys.executable, "-c", code], check=True, timeout=300)
