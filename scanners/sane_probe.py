"""Asking an open device what it can do from each of its sources, and what its sensors show."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from typing import Any

from scanners.frames import Header
from scanners.port import Mode, Source
from scanners.sane_device import TYPE_BOOL, Setter
from scanners.sane_options import (
    COVER_SENSOR,
    DOUBLE_SENSOR,
    PAPER_SENSOR,
    mode_value,
    offered_resolutions,
    sources_of,
)
from scanners.sane_status import Sign

SENSORS: tuple[tuple[Sign, re.Pattern[str]], ...] = (
    (Sign.COVER_OPEN, COVER_SENSOR),
    (Sign.DOUBLE_FEED, DOUBLE_SENSOR),
    (Sign.PAPER, PAPER_SENSOR),
)
ASSUMED_DPI = 200.0
"""For lengths in pixels of a device whose resolution cannot be asked."""


def capabilities(device: Any, *, sheet_fed: bool) -> list[Header]:
    """Return what the device can do, one entry a source; a source that refuses to be chosen is left out.

    Options depend on each other: what may be asked of the feeder shows only while the feeder is chosen.
    """
    setter = Setter(device)
    found = []
    for source in _candidates(setter, sheet_fed=sheet_fed):
        # The library's own error has no base but Exception.
        with contextlib.suppress(Exception):
            setter.choose_source(source, sheet_fed=sheet_fed)
            found.append(_capability(setter, source))
    return found


def _candidates(setter: Setter, *, sheet_fed: bool) -> tuple[Source, ...]:
    offered = sources_of(setter.values("source") or ())
    if not offered:
        offered = (Source.FEEDER,) if sheet_fed else (Source.FLATBED,)
    # Both sides may be a switch of the feeder instead of a source.
    feeds = Source.FEEDER in offered and Source.DUPLEX not in offered
    return (*offered, Source.DUPLEX) if feeds else offered


def _capability(setter: Setter, source: Source) -> Header:
    modes = setter.values("mode")
    name = next((name for name in ("resolution", "x_resolution") if setter.has(name)), None)
    return {
        "source": source.value,
        "modes": [mode.value for mode in Mode if not modes or mode_value(modes, mode)],
        "resolutions_dpi": offered_resolutions(setter.constraint(name)) if name else (),
        "largest_page_mm": _largest_page(setter, setter.number(name, ASSUMED_DPI)),
    }


def _largest_page(setter: Setter, resolution_dpi: float) -> list[float] | None:
    sides = [setter.longest_mm(axis, resolution_dpi) for axis in ("x", "y")]
    known = [round(side, 1) for side in sides if side is not None]
    return known if len(known) == len(sides) else None


def has_sensors(device: Any) -> bool:
    """Whether the device has a sensor that tells situations apart."""
    return any(_sensors(device))


def signs(device: Any) -> Header:
    """Read the sensors; one that cannot be read is left out."""
    found = {}
    for sign, name in _sensors(device):
        with contextlib.suppress(Exception):
            found[sign.value] = bool(getattr(device, name))
    return found


def _sensors(device: Any) -> Iterator[tuple[Sign, str]]:
    """Yield read-only switches that mean a sign; `option` the clerk may set (detect double feeds) is none."""
    for name, option in device.opt.items():
        if option.type == TYPE_BOOL and option.is_active() and not option.is_settable():
            for sign, pattern in SENSORS:
                if pattern.search(name):
                    yield sign, name
