"""A `sane` module with devices modelled on those of known drivers, to be loaded by the scanning child.

The script, a JSON file, is kept between children like the state of a real device: `id` is what is listed,
`opens` under which ids it opens, `starts` are the answers to the next starts (`ok` or the library's words),
`sensors` what the sensors show, `kind` the type; `opened` collects the ids it was opened under.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

BOOL, INT, FIXED, STRING = 0, 1, 2, 3
MM, PIXEL = 3, 1


class error(Exception):  # noqa: N801 - the library's own name
    """What the library raises."""


class Option:
    """An option: type, what it accepts, unit, and when it is active."""

    def __init__(
        self,
        kind: int,
        constraint: Any = None,
        *,
        unit: int = 0,
        value: Any = None,
        settable: bool = True,
        only_if: tuple[str, str] | None = None,
    ) -> None:
        """Describe the option."""
        self.type, self.constraint, self.unit = kind, constraint, unit
        self.value, self.settable, self.only_if = value, settable, only_if
        self.device: FakeDevice | None = None

    def is_active(self) -> bool:
        """Whether it counts now."""
        if self.only_if is None or self.device is None:
            return True
        name, word = self.only_if
        return word in str(self.device.opt[name].value)

    def is_settable(self) -> bool:
        """Whether a program may set it."""
        return self.settable


class FakeDevice:
    """A device whose pages are white and four pixels wide."""

    def __init__(self, options: dict[str, Option], script: Path | None = None) -> None:
        """Take the options; without a script every start is good."""
        self.__dict__["opt"] = options
        self.__dict__["_script"] = script
        self.__dict__["dev"] = self
        self.__dict__["cancels"] = 0
        for option in options.values():
            option.device = self

    def __setattr__(self, name: str, value: Any) -> None:
        """Set an option."""
        assert self.opt[name].is_active() and self.opt[name].is_settable(), name
        self.opt[name].value = value

    def __getattr__(self, name: str) -> Any:
        """Read an option; a sensor shows what the script says."""
        option = self.opt[name]
        if not option.is_settable():
            return self._state()["sensors"][name]
        return option.value

    def _state(self) -> dict[str, Any]:
        state: dict[str, Any] = json.loads(self._script.read_text())
        return state

    def start(self) -> None:
        """Play the next line of the script."""
        state = self._state()
        word = state["starts"].pop(0) if state["starts"] else "Document feeder out of documents"
        self._script.write_text(json.dumps(state))
        if word != "ok":
            raise error(word)

    def get_parameters(self) -> tuple[str, bool, tuple[int, int], int, int]:
        """Grey, one frame, of unknown height."""
        return "gray", True, (4, -1), 8, 4

    def snap(self, _no_cancel: bool, _arrays: bool, progress: Any) -> tuple[bytearray, int, int, int, int]:
        """Three lines."""
        progress(1, -1)
        return bytearray(b"\xff" * 12), 4, 3, 1, 1

    def cancel(self) -> None:
        """Count."""
        self.__dict__["cancels"] += 1

    def close(self) -> None:
        """Nothing to do."""


def fujitsu() -> dict[str, Option]:
    """Return a feeder as the fujitsu back-end shows it: pages up to 863 mm, sensors, its own page size."""
    return {
        "source": Option(STRING, ["ADF Front", "ADF Back", "ADF Duplex"], value="ADF Front"),
        "mode": Option(STRING, ["Lineart", "Halftone", "Gray", "Color"], value="Lineart"),
        "resolution": Option(INT, (50, 600, 1), value=600),
        "page_width": Option(FIXED, (0.0, 224.8, 0.02), unit=MM, value=215.9),
        "page_height": Option(FIXED, (0.0, 863.5, 0.02), unit=MM, value=279.4),
        "tl_x": Option(FIXED, (0.0, 215.9, 0.02), unit=MM, value=0.0),
        "tl_y": Option(FIXED, (0.0, 279.4, 0.02), unit=MM, value=0.0),
        "br_x": Option(FIXED, (0.0, 224.8, 0.02), unit=MM, value=215.9),
        "br_y": Option(FIXED, (0.0, 863.5, 0.02), unit=MM, value=279.4),
        "ald": Option(BOOL, value=False),
        "df_thickness": Option(BOOL, value=False),
        "page_loaded": Option(BOOL, settable=False),
        "cover_open": Option(BOOL, settable=False),
        "double_feed": Option(BOOL, settable=False),
    }


def epson() -> dict[str, Option]:
    """Return a device whose second side is a mode of the feeder, active only while the feeder is chosen."""
    return {
        "source": Option(STRING, ["Flatbed", "Automatic Document Feeder"], value="Flatbed"),
        "adf_mode": Option(STRING, ["Simplex", "Duplex"], value="Simplex", only_if=("source", "Feeder")),
        "mode": Option(STRING, ["Lineart", "Gray", "Color"], value="Lineart"),
        "resolution": Option(INT, [75, 150, 300, 600], value=75),
        "tl_x": Option(FIXED, (0.0, 215.9, 0.0), unit=MM, value=0.0),
        "tl_y": Option(FIXED, (0.0, 297.2, 0.0), unit=MM, value=0.0),
        "br_x": Option(FIXED, (0.0, 215.9, 0.0), unit=MM, value=215.9),
        "br_y": Option(FIXED, (0.0, 297.2, 0.0), unit=MM, value=297.2),
    }


def roller() -> dict[str, Option]:
    """Return a portable feeder without a glass or a choice of sources; both sides are a switch."""
    return {
        "mode": Option(STRING, ["Gray", "Color"], value="Color"),
        "resolution": Option(INT, [200, 300], value=300),
        "duplex": Option(BOOL, value=False),
    }


def in_pixels() -> dict[str, Option]:
    """Return a glass that measures in pixels of its resolution and is grey only."""
    return {
        "mode": Option(STRING, ["256 Levels Gray"], value="256 Levels Gray"),
        "resolution": Option(INT, [300], value=300),
        "tl_x": Option(INT, (0, 2550, 1), unit=PIXEL, value=0),
        "tl_y": Option(INT, (0, 3508, 1), unit=PIXEL, value=0),
        "br_x": Option(INT, (0, 2550, 1), unit=PIXEL, value=2550),
        "br_y": Option(INT, (0, 3508, 1), unit=PIXEL, value=3508),
    }


class Library:
    """The module `sane` with one device, a feeder with sensors."""

    class _sane:  # noqa: N801 - the library's own name
        error = error

    def __init__(self, script: Path) -> None:
        """Remember the script."""
        self._script = script

    def init(self) -> None:
        """Nothing to do."""

    def exit(self) -> None:
        """Nothing to do."""

    def get_devices(self) -> list[tuple[str, str, str, str]]:
        """One device, of the type the script says."""
        return [(str(self._state()["id"]), "Fujitsu", "fi-7160", str(self._state()["kind"]))]

    def open(self, name: str) -> FakeDevice:
        """Open it under the names the script knows."""
        state = self._state()
        if name not in state["opens"]:
            raise error("Invalid argument")
        state["opened"].append(name)
        self._script.write_text(json.dumps(state))
        return FakeDevice(fujitsu() if state["kind"] == "scanner" else roller(), self._script)

    def _state(self) -> dict[str, Any]:
        state: dict[str, Any] = json.loads(self._script.read_text())
        return state


def main() -> int:
    """Be a scanning child over the script named in the arguments."""
    from scanners import sane_child

    sys.modules["sane"] = Library(Path(sys.argv[1]))  # type: ignore[assignment]
    return sane_child.main()


if __name__ == "__main__":
    sys.exit(main())
