"""What is seen through a camera before a page is taken, for whoever helps the clerk to lay it right."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


class FrameState(StrEnum):
    """What stands between the picture seen now and a page, the first hindrance only."""

    SEARCHING = "SEARCHING"
    """No page lies under the camera."""
    CUT = "CUT"
    """The page runs out of the picture."""
    TILTED = "TILTED"
    """It stands slanted to the camera, is bent, or something lies on it."""
    DARK = "DARK"
    GLARE = "GLARE"
    MOVING = "MOVING"
    STEADY = "STEADY"
    """Everything is right; it is taken as soon as it has rested long enough."""
    SHOT = "SHOT"
    """This page has been taken; the camera waits for another one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveView:
    """One look through the camera."""

    state: FrameState
    width_px: int
    height_px: int
    pixels: bytes
    """RGB rows of the shrunk picture with the outline drawn into it; empty when no room was asked for."""
    resolution_dpi: int
    """Of a page taken now at full size, as estimated."""
    dpi_measured: bool
    """True: from a sheet or card of known size seen since the camera was opened; false: a usual camera's."""
    frame_px: tuple[int, int]
    """Width and height of the pages this camera takes."""
    shots: int
    """Pages handed out so far; the last one is safe once the next view comes."""


class Viewfinder(Protocol):
    """Whoever looks through the camera and may press the shutter; called in the scanning thread."""

    @property
    def room_px(self) -> tuple[int, int]:
        """Width and height the picture is wanted in; it fits inside, keeping its shape."""
        ...

    def show(self, view: LiveView) -> None:
        """Take a view; called several times a second."""
        ...

    def pressed(self) -> bool:
        """Return whether the shutter was pressed since it was asked last."""
        ...
