"""How the lamp of a case is drawn: sign, name and words in its colour."""

from __future__ import annotations

from collections.abc import Sequence

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


def lamps_text(lamps: Sequence[Lamp]) -> Text:
    """Return the most urgent lamp in full, and the other red and yellow ones after it."""
    text = lamp_text(lamps[0])
    for lamp in lamps[1:]:
        if lamp.colour in (LampColour.RED, LampColour.YELLOW):
            text.append(f"  {lamp.glyph} {lamp.timing}", Style(color=LAMP_COLOURS[lamp.colour]))
    return text


def lamp_text(lamp: Lamp) -> Text:
    """Return a lamp as it is drawn: its sign, its name and what is left, in its colour."""
    return Text(f"{lamp.glyph} {lamp.sentence}", Style(color=LAMP_COLOURS[lamp.colour]))
