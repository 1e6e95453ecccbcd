"""Colours: a calm dark ground, one blue for what can be done, one amber for what wants you."""

from __future__ import annotations

from textual.theme import Theme

GROUND = "#0F1720"
SURFACE = "#16212C"
RAISED = "#1E2D3B"
LINE = "#2E4356"
TEXT = "#DCE6EE"
QUIET = "#8FA3B3"
BLUE = "#5AA9E6"
AMBER = "#F5C04A"
GREEN = "#6FCF97"
RED = "#F26D5B"
BAR = "#0B3A5B"
PRACTICE = "#B4248F"
"""Ground of the practice frame: no state ever uses it."""

STATION = Theme(
    name="station",
    primary=BLUE,
    secondary=QUIET,
    warning=AMBER,
    error=RED,
    success=GREEN,
    accent=AMBER,
    foreground=TEXT,
    background=GROUND,
    surface=SURFACE,
    panel=RAISED,
    boost=RAISED,
    dark=True,
    variables={
        "line": LINE,
        "quiet": QUIET,
        "bar": BAR,
        "practice": PRACTICE,
        "block-cursor-background": "#2A4A66",
        "block-cursor-foreground": "#FFFFFF",
        "block-cursor-text-style": "bold",
        "block-cursor-blurred-background": "#22303D",
        "block-cursor-blurred-foreground": TEXT,
        "block-cursor-blurred-text-style": "none",
        "input-selection-background": "#2A4A66",
    },
)

VARIABLES = {"line": LINE, "quiet": QUIET, "bar": BAR, "practice": PRACTICE}
"""Defaults of the names above, so that style sheets parse under any theme."""
