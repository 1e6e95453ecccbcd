"""Which option value of a device means what the job asks: each back-end has its own words.

Pure functions over SANE constraints: None, a list of values, or a range `(lowest, highest, step)`.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

from scanners.errors import BadSetting
from scanners.port import Mode, Source

Constraint = Sequence[float] | None
MM_PER_INCH = 25.4
GLASS_TOLERANCE_MM = 5.0
"""A4 is 297 mm; many an A4 glass says 296.9 or 295."""

SHEET_FED_TYPE = "sheetfed scanner"
"""The SANE device type (section 4.2.8 of the standard) of a feeder without a glass."""
USUAL_DPI = (75, 100, 150, 200, 240, 300, 400, 600, 1200)
"""What is named of a range; nobody chooses among 1,200 values."""

DUPLEX = re.compile(r"duplex|both sides|double[ -]?sided|two[ -]?sided|2[ -]?sided", re.IGNORECASE)
BACK_ONLY = re.compile(r"\b(back|rear)\b", re.IGNORECASE)
FEEDER = re.compile(r"\badf|feeder|sheet[ -]?fed|einzug", re.IGNORECASE)
FLATBED = re.compile(r"flat[ -]?bed|platen|glass|document table|\bnormal\b|^fb$|flachbett", re.IGNORECASE)
COLOUR = re.compile(r"colou?r|\brgb\b|farbe|couleur", re.IGNORECASE)
GREY = re.compile(r"gr[ae]y|grau|gris", re.IGNORECASE)
AUTO_LENGTH = re.compile(r"^ald$|auto\w*[ _-]?length|length[ _-]?detect", re.IGNORECASE)
"""A feeder's own way to end a page where the sheet ends."""
COVER_SENSOR = re.compile(r"(cover|door|hatch)[ _-]?open", re.IGNORECASE)
DOUBLE_SENSOR = re.compile(r"(double|multi)[ _-]?(feed|pick)", re.IGNORECASE)
PAPER_SENSOR = re.compile(r"(page|paper|adf|feeder|hopper)[ _-]?(loaded|present|detect)", re.IGNORECASE)
NOT_EIGHT_BIT = re.compile(
    r"diffusion|halftone|dither|line ?art|binary|black ?& ?white|mono|\b(1|4|16|36|42|48)[ -]?(bit|levels)",
    re.IGNORECASE,
)
"""Fewer or more bits a sample than eight; `Gray[Error Diffusion]` is black and white in spite of its name."""


def source_value(values: Sequence[str], source: Source) -> str | None:
    """Return the value of a `source` option that means `source`, or None."""
    return next((value for value in values if source in _meanings(value)), None)


def sources_of(values: Sequence[str]) -> tuple[Source, ...]:
    """Return what a device with these `source` values offers, in the order of `Source`."""
    offered = {meaning for value in values for meaning in _meanings(value)}
    return tuple(source for source in Source if source in offered)


def _meanings(value: str) -> frozenset[Source]:
    if BACK_ONLY.search(value) and not DUPLEX.search(value):
        return frozenset()
    if DUPLEX.search(value):
        return frozenset({Source.DUPLEX})
    if FEEDER.search(value):
        return frozenset({Source.FEEDER})
    return frozenset({Source.FLATBED}) if FLATBED.search(value) else frozenset()


def simplex_value(values: Sequence[str]) -> str | None:
    """Return the value of an `adf-mode` option that means one side."""
    return next((value for value in values if not DUPLEX.search(value)), None)


def duplex_value(values: Sequence[str]) -> str | None:
    """Return the value of an `adf-mode` option that means both sides."""
    return next((value for value in values if DUPLEX.search(value)), None)


def mode_value(values: Sequence[str], mode: Mode) -> str | None:
    """Return the value of a `mode` option that gives 8 bits a sample in `mode`.

    A device without grey is driven in colour; the child turns the page grey.
    """
    wanted = (COLOUR,) if mode is Mode.COLOUR else (GREY, COLOUR)
    for pattern in wanted:
        fitting = [value for value in values if pattern.search(value) and not NOT_EIGHT_BIT.search(value)]
        if fitting:
            return min(fitting, key=len)
    return None


def legal_resolution(constraint: Constraint, wanted_dpi: int) -> float:
    """Return the lowest resolution the device knows that is not below `wanted_dpi`.

    Raises:
        BadSetting: outside of what the device can do; a back-end would silently take 1 dpi.
    """
    if isinstance(constraint, tuple):
        return _in_range(constraint, wanted_dpi)
    if not constraint:
        return wanted_dpi
    if not min(constraint) <= wanted_dpi <= max(constraint):
        raise BadSetting(f"{wanted_dpi} dpi is not between {min(constraint):g} and {max(constraint):g}")
    return min(value for value in constraint if value >= wanted_dpi)


def _in_range(constraint: tuple[float, ...], wanted_dpi: int) -> float:
    lowest, highest, step = constraint
    if not lowest <= wanted_dpi <= highest:
        raise BadSetting(f"{wanted_dpi} dpi is not between {lowest:g} and {highest:g}")
    if not step:
        return wanted_dpi
    return min(highest, lowest + math.ceil((wanted_dpi - lowest) / step) * step)


def offered_resolutions(constraint: Constraint) -> tuple[int, ...]:
    """Return the resolutions to name: all of a list; of a range its ends and the usual ones between."""
    if not constraint:
        return ()
    if not isinstance(constraint, tuple):
        return tuple(sorted({round(value) for value in constraint}))
    lowest, highest = constraint[:2]
    usual = {dpi for dpi in USUAL_DPI if lowest <= dpi <= highest and _in_range(constraint, dpi) == dpi}
    return tuple(sorted(usual | {round(lowest), round(highest)}))


def extent(near: Constraint, far: Constraint) -> float | None:
    """Return the longest way between two corners in the options' units; None: no limit is told."""
    if not far:
        return None
    return _highest(far) - (min(near) if near else 0.0)


def _highest(constraint: Sequence[float]) -> float:
    return max(constraint[:2] if isinstance(constraint, tuple) else constraint)


def far_corner(
    constraint: Constraint, start: float, size_mm: float | None, units_per_mm: float
) -> float | None:
    """Return where the far edge belongs, in the option's units; None: leave it.

    Args:
        constraint: of the option `br-x` or `br-y`.
        start: the near edge, in the option's units.
        size_mm: how far to go; None: to the end of the glass.
        units_per_mm: 1 for options in mm, pixels per mm for options in pixels.

    Raises:
        BadSetting: the glass is smaller than the page.
    """
    end = _highest(constraint) if constraint else None
    if size_mm is None:
        return end
    wanted = start + size_mm * units_per_mm
    if end is None or wanted <= end:
        return wanted
    if wanted - end > GLASS_TOLERANCE_MM * units_per_mm:
        raise BadSetting(f"{size_mm:g} mm do not fit on {(end - start) / units_per_mm:g} mm")
    return end
