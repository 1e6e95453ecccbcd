"""The document camera in the workspace: opened by the scan key, closed by the clerk or by its own end."""

from __future__ import annotations

from dataclasses import dataclass

from textual import on
from textual.message import Message

from scanners.port import Device
from workstation.i18n import _
from workstation.tui.cells import printable
from workstation.tui.screens.camera import CameraFinder, CameraScreen
from workstation.tui.screens.case_base import CaseBase

CAMERA = "camera"
"""The driver whose devices one has to look through."""


class CameraKeys(CaseBase):
    """Looks through the camera while pages are taken."""

    @dataclass
    class CameraWanted(Message):
        """A scan with a camera begins."""

        finder: CameraFinder
        name: str

    by_camera = False
    """Whether the scan that runs looks through a camera: there Esc is the usual end of it."""
    _camera: CameraScreen | None = None

    def finder_for(self, device: Device) -> CameraFinder | None:
        """Return what to look through a device with, and open its screen; None where there is nothing to see.

        Called in the scanning thread.
        """
        self.by_camera = device.driver == CAMERA
        if not self.by_camera:
            return None
        finder = CameraFinder()
        self.post_message(self.CameraWanted(finder, device.name))
        return finder

    @on(CameraWanted)
    def _open_camera(self, event: CameraWanted) -> None:
        event.stop()
        # The camera may have failed before its screen came up: then there is nothing to look through.
        if not self.scanning:
            return
        line = self.view.line(self.current_slot) if self.view else None
        subject = line.material.title if line else ""
        title = " · ".join(part for part in (printable(event.name), printable(subject)) if part)
        self._camera = CameraScreen(event.finder, title or _("高拍仪"))
        self.app.push_screen(self._camera, self._camera_closed)

    def _camera_closed(self, _nothing: None) -> None:
        self._camera = None
        self.stop_scan()

    def stop_scan(self) -> bool:
        """Stop a running scan; the workspace's scanning keys say how."""
        return False

    def count_on_camera(self, pages: int) -> None:
        """Say on the camera's screen how many pages are safe."""
        if self._camera is not None:
            self._camera.page_is_safe(pages)

    def close_camera(self) -> None:
        """Close the camera's screen, for the scan is over."""
        if self._camera is not None:
            self._camera.end()
