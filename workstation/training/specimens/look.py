"""How one copy of a paper differs from the next: letters, ink, a printer that is out of line, a stamp."""

from __future__ import annotations

import random
from dataclasses import dataclass

from workstation.training.specimens.fonts import Face
from workstation.training.specimens.sheet import INK, Colour


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """The looks of one copy."""

    title: Face = Face.SERIF
    label: Face = Face.SANS
    """Of what is printed on the form."""
    value: Face = Face.SANS
    """Of what is filled in."""
    figures: Face = Face.SANS
    """Of numbers that stand alone."""
    shift_mm: tuple[float, float] = (0.0, 0.0)
    """How far the filled-in text lies off the form: right, down."""
    grow: float = 1.0
    """Size of the filled-in letters, 1 as designed."""
    ink: Colour = INK
    seal_shift_mm: tuple[float, float] = (0.0, 0.0)
    """How far the stamp lies off its place: it may cover text."""


PLAIN = Look()
"""As the form was designed."""
_INKS: tuple[Colour, ...] = (INK, INK, (12, 12, 14), (46, 46, 52), (58, 56, 60), (30, 34, 70))
_VALUES = (Face.SANS, Face.SANS, Face.SERIF, Face.SERIF, Face.ROUND, Face.SANS_BOLD, Face.MING)
_LABELS = (Face.SANS, Face.SANS, Face.SERIF, Face.ROUND, Face.SERIF_BOLD)
_TITLES = (Face.SERIF, Face.SERIF_BOLD, Face.SANS_BOLD)
_FIGURES = (Face.SANS, Face.MONO, Face.MONO, Face.ROUND, Face.SANS_BOLD)


def look(seed: int | str, *, overprint_mm: float = 1.2) -> Look:
    """Return the looks of a copy; the same seed gives the same.

    Args:
        seed: decides everything.
        overprint_mm: most that the filled-in text lies off the form; 0 for a card, which is made in one go.
    """
    dice = random.Random(f"look {seed}")
    value = dice.choice(_VALUES)
    return Look(
        title=dice.choice(_TITLES),
        label=dice.choice(_LABELS),
        value=value,
        figures=value if dice.random() < 0.5 else dice.choice(_FIGURES),
        shift_mm=(dice.uniform(-overprint_mm, overprint_mm), dice.uniform(-overprint_mm, overprint_mm)),
        grow=dice.uniform(0.93, 1.08),
        ink=dice.choice(_INKS),
        seal_shift_mm=(dice.uniform(-14, 4), dice.uniform(-8, 5)),
    )
