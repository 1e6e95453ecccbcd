"""Setting the options of an open SANE device and making sure they took."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import Any

from scanners.errors import BadSetting
from scanners.limits import check_pixels
from scanners.port import Mode, Source
from scanners.sane_options import (
    AUTO_LENGTH,
    MM_PER_INCH,
    Constraint,
    duplex_value,
    extent,
    far_corner,
    legal_resolution,
    mode_value,
    simplex_value,
    source_value,
)

log = logging.getLogger(__name__)

OptionValue = str | int | float | bool
UNIT_PIXEL = 1
TYPE_FIXED = 2
TYPE_BOOL = 0
LONGEST_SHEET_MM = 420.0
"""The long side of A3. Feeders that take bands announce metres; nobody wants them scanned as glass."""
DUPLEX_MODES = ("adf_mode", "scanmode", "scan_mode", "duplex_mode")
WIDTHS = {"x": ("page_width", "pagewidth"), "y": ("page_height", "pageheight")}


class Setter:
    """The options of one device, by their python-sane names (`-` written `_`).

    python-sane accepts unknown names silently and drops them, so every name is looked up first.
    """

    def __init__(self, device: Any) -> None:
        """Work on an open `sane.SaneDev`."""
        self._device = device

    def has(self, name: str) -> bool:
        """Whether the option exists and can be set now."""
        option = self._device.opt.get(name)
        return option is not None and bool(option.is_active()) and bool(option.is_settable())

    def constraint(self, name: str) -> Constraint:
        """Return what the option accepts."""
        constraint: Constraint = self._device.opt[name].constraint
        return constraint

    def values(self, name: str) -> Sequence[str] | None:
        """Return the words a list option accepts, or None if there is no such option."""
        if not self.has(name):
            return None
        return [value for value in self._device.opt[name].constraint or () if isinstance(value, str)]

    def number(self, name: str | None, default: float) -> float:
        """Return what a number is set to now, or `default` if there is no such option."""
        return float(getattr(self._device, name)) if name and self.has(name) else default

    def set(self, name: str, value: OptionValue) -> Any:
        """Set an option and return what the device made of it."""
        setattr(self._device, name, value)
        return getattr(self._device, name)

    def set_all(self, options: Mapping[str, OptionValue]) -> None:
        """Set options by their SANE names.

        Raises:
            BadSetting: the device has no such option now.
        """
        for name, value in options.items():
            python_name = name.replace("-", "_")
            if not self.has(python_name):
                raise BadSetting(f"no option {name}")
            self.set(python_name, value)

    def choose(self, source: Source, mode: Mode, *, sheet_fed: bool) -> None:
        """Choose where the sheet comes from, colour or grey, and 8 bits a sample.

        Raises:
            BadSetting: the device offers nothing that means it.
        """
        self.choose_source(source, sheet_fed=sheet_fed)
        modes = self.values("mode")
        if modes:
            self._set_exactly("mode", mode_value(modes, mode), mode.value, modes)
        if self.has("depth") and 8 in (self.constraint("depth") or ()):
            self.set("depth", 8)

    def choose_source(self, source: Source, *, sheet_fed: bool) -> None:
        """Choose where the sheet comes from, by the word or the switch that means it.

        Raises:
            BadSetting: the device offers nothing that means it.
        """
        values = self.values("source")
        if not values:
            # Without a choice, a glass must not be read again and again in the hope that a feeder runs empty.
            if (source is Source.FLATBED) == sheet_fed:
                raise BadSetting(f"the device has one source only, not {source.value}")
            self._set_sides(both=source is Source.DUPLEX)
            return
        value = source_value(values, source)
        if value is None and source is Source.DUPLEX:
            self._set_exactly("source", source_value(values, Source.FEEDER), source.value, values)
            self._set_sides(both=True)
            return
        self._set_exactly("source", value, source.value, values)
        if source is Source.FEEDER:
            self._set_sides(both=False)

    def _set_sides(self, *, both: bool) -> None:
        if self.has("duplex"):
            self.set("duplex", int(both))
            return
        for name in DUPLEX_MODES:
            values = self.values(name) or ()
            if duplex_value(values):
                self._set_exactly(name, duplex_value(values) if both else simplex_value(values), name, values)
                return
        if both:
            raise BadSetting("the device cannot read both sides")

    def _set_exactly(self, name: str, value: str | None, wish: str, values: Sequence[str]) -> None:
        if value is None:
            raise BadSetting(f"{wish} is none of {', '.join(values)}")
        if self.set(name, value) != value:
            raise BadSetting(f"{name} did not become {value}")

    def set_resolution(self, wanted_dpi: int) -> float:
        """Set the resolution and return what it really is, in dpi.

        Raises:
            BadSetting: out of range, or the device took something lower.
        """
        names = [name for name in ("resolution", "x_resolution", "y_resolution") if self.has(name)]
        real = float(wanted_dpi)
        for name in names:
            legal = legal_resolution(self.constraint(name), wanted_dpi)
            value = legal if self._is_fixed(name) else int(legal)
            real = float(self.set(name, value))
            if abs(real - legal) > 1:
                raise BadSetting(f"{name} {legal:g} became {real:g}")
        if names and round(real) != wanted_dpi:
            log.info("event=resolution_raised wanted_dpi=%d real_dpi=%g", wanted_dpi, real)
        return real

    def _is_fixed(self, name: str) -> bool:
        return bool(self._device.opt[name].type == TYPE_FIXED)

    def set_area(
        self, page_size_mm: Sequence[float] | None, resolution_dpi: float, *, feeding: bool = False
    ) -> None:
        """Set page size and corners; None takes the whole glass, or in a feeder what a sheet can be.

        Raises:
            BadSetting: the page is larger than the glass.
            PageTooLarge: area times resolution is above the limit.
        """
        width, height = page_size_mm or (None, None)
        if feeding and page_size_mm is None:
            self._let_it_find_the_end()
            height = self._longest_sheet(resolution_dpi)
        lengths = [
            length
            for axis, size in (("x", width), ("y", height))
            if (length := self._set_axis(axis, size, resolution_dpi)) is not None
        ]
        if len(lengths) == 2:
            check_pixels(*(length * resolution_dpi / MM_PER_INCH for length in lengths))

    def _let_it_find_the_end(self) -> None:
        for name, option in self._device.opt.items():
            if option.type == TYPE_BOOL and AUTO_LENGTH.search(name) and self.has(name):
                self.set(name, True)

    def _longest_sheet(self, resolution_dpi: float) -> float | None:
        whole = self.longest_mm("y", resolution_dpi)
        return LONGEST_SHEET_MM if whole is not None and whole > LONGEST_SHEET_MM else None

    def longest_mm(self, axis: str, resolution_dpi: float) -> float | None:
        """Return how far the device reaches in direction `x` or `y`, in mm; None: it does not say."""
        near = self.constraint(f"tl_{axis}") if self.has(f"tl_{axis}") else None
        # Where a page size is set as well, the corners reach as far as the page that is set just now.
        names = [name for name in (f"br_{axis}", *WIDTHS[axis]) if self.has(name)]
        ends = [
            length / self._units_per_mm(name, resolution_dpi)
            for name in names
            if (length := extent(near if name.startswith("br") else None, self.constraint(name))) is not None
        ]
        return max(ends, default=None)

    def _units_per_mm(self, name: str, resolution_dpi: float) -> float:
        in_pixels = self._device.opt[name].unit == UNIT_PIXEL
        return resolution_dpi / MM_PER_INCH if in_pixels else 1.0

    def _set_axis(self, axis: str, size_mm: float | None, resolution_dpi: float) -> float | None:
        """Set one direction and return its length in mm, None if the device has no corners."""
        near, far = f"tl_{axis}", f"br_{axis}"
        if not (self.has(near) and self.has(far)):
            return None
        self._set_page(axis, size_mm, resolution_dpi)
        start = self._set_number(near, min(self.constraint(near) or (0.0,)))
        units_per_mm = self._units_per_mm(far, resolution_dpi)
        end = far_corner(self.constraint(far), start, size_mm, units_per_mm)
        if end is None:
            end = float(getattr(self._device, far))
        return (self._set_number(far, end) - start) / units_per_mm

    def _set_page(self, axis: str, size_mm: float | None, resolution_dpi: float) -> None:
        # Some back-ends cut at their page size whatever the corners say.
        for name in WIDTHS[axis]:
            if self.has(name):
                units_per_mm = self._units_per_mm(name, resolution_dpi)
                end = far_corner(self.constraint(name), 0.0, size_mm, units_per_mm)
                if end is not None:
                    self._set_number(name, end)

    def _set_number(self, name: str, value: float) -> float:
        return float(self.set(name, value if self._is_fixed(name) else round(value)))
