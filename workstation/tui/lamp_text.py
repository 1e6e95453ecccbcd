"""How the lamp of a case is drawn: sign, name and words in its colour."""

from __future__ import annotations

from rich.style import Style
from rich.text import Text

from workstation.domain.lamps import LampColour
from workstation.services.lamps import Lamp
from workstation.tui.theme import AMBER, BLUE, GREEN, QUIET, RED

LAMP_COLOURS = {
    LampColour.RED: RED,
    LampColour.YELLOW: AMBER,
    LampColour.GREY: QUIET,
    LampColour.GREEN: GREEN,
    LampColour.STOPPED: BLUE,
}


def lamp_text(lamp: Lamp) -> Text:
    """Return a lamp as it is drawn: its sign, its name and what is left, in its colour."""
    return Text(f"{lamp.glyph} {lamp.sentence}", Style(color=LAMP_COLOURS[lamp.colour]))
