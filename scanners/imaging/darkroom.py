"""The darkroom seen from the program: one warm process that touches pixels, so that this one need not.

Neither numpy nor OpenCV is loaded here, and a picture that ends that process ends nothing else.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from contextlib import suppress
from types import TracebackType
from typing import Self

from scanners.child import python_module
from scanners.errors import DarkroomFailed, ScannerError
from scanners.frames import Header
from scanners.imaging.messages import codes_from_wire, packed_from_wire, report_from_wire
from scanners.imaging.port import Barcode, Corners, Cut, Packed, PictureReport, Rendered
from scanners.port import RawPage
from scanners.warm_child import Busy, WarmChild

log = logging.getLogger(__name__)

COMMAND = python_module("scanners.imaging.darkroom_child")
TIMEOUT_S = 60.0
"""Packing an A3 of 600 dpi takes seconds; whoever takes a minute hangs."""
PATIENCE_S = 1.0
"""How long a fed page waits for the process before it is encoded here."""


class Darkroom:
    """Client of the one process; any thread may call, one is served at a time.

    The process starts with the first call (or `warm`), and anew after it died or was killed for hanging.
    """

    def __init__(
        self,
        command: Sequence[str] = COMMAND,
        *,
        timeout_s: float = TIMEOUT_S,
        patience_s: float = PATIENCE_S,
    ) -> None:
        """Start nothing yet.

        Args:
            command: starts the process.
            timeout_s: without a sign of life for so long it is killed.
            patience_s: how long `keep` waits for its turn.
        """
        self._child = WarmChild(command, timeout_s=timeout_s)
        self._patience_s = patience_s

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the process."""
        self.close()

    def warm(self) -> None:
        """Start the process, so that the first page does not wait for its libraries.

        Raises:
            DarkroomFailed: it cannot be started.
        """
        try:
            self._child.start()
        except ScannerError as error:
            raise DarkroomFailed(str(error)) from error

    def keep(self, raw: RawPage) -> bytes:
        """Return the page as the JPEG file that is kept; where the process cannot be had, made here.

        A fed sheet must never be lost: this never fails for want of the process.
        """
        header: Header = {
            "do": "keep",
            "width": raw.width_px,
            "height": raw.height_px,
            "mode": raw.mode.value,
            "dpi": raw.resolution_dpi,
        }
        try:
            return self._ask(header, raw.pixels, patience_s=self._patience_s)[1]
        except (DarkroomFailed, Busy) as error:
            log.warning("event=encoded_here reason=%s", getattr(error, "code", "busy"))
            from scanners.imaging.jpeg import encode

            return encode(raw)

    def inspect(self, file: bytes, dpi: int, corners: Corners | None = None) -> PictureReport:
        """Look for the pages on a picture, or judge the one page cut along `corners`.

        Args:
            file: a picture file.
            dpi: its resolution.
            corners: of a page somebody has cut and turned already.

        Raises:
            DarkroomFailed: the process cannot be had, or failed on this picture.
        """
        header, _ = self._ask({"do": "inspect", "dpi": dpi, "corners": corners}, file)
        return report_from_wire(header)

    def codes(self, file: bytes, dpi: int) -> tuple[Barcode, ...]:
        """Return the bar and QR codes on a picture of `dpi`; much quicker than `inspect`.

        Raises:
            DarkroomFailed: the process cannot be had, or failed on this picture.
        """
        header, _ = self._ask({"do": "codes", "dpi": dpi}, file)
        return codes_from_wire(header["barcodes"])

    def screen_codes(self, file: bytes) -> tuple[Barcode, ...]:
        """Return the codes on a picture of a phone's screen, whatever the light.

        Raises:
            DarkroomFailed: the process cannot be had, or failed on this picture.
        """
        header, _ = self._ask({"do": "screen"}, file)
        return codes_from_wire(header["barcodes"])

    def render(
        self,
        file: bytes,
        corners: Corners,
        size_px: tuple[int, int],
        room_px: tuple[int, int] | None = None,
    ) -> Rendered:
        """Return the page between the corners, of `size_px`, shrunk to fit into `room_px`.

        Raises:
            DarkroomFailed: the process cannot be had, or failed on this picture.
        """
        command: Header = {"do": "render", "corners": corners, "size": size_px, "room": room_px}
        header, pixels = self._ask(command, file)
        return Rendered(width=header["width"], height=header["height"], mode=header["mode"], pixels=pixels)

    def pack(self, file: bytes, corners: Corners, size_px: tuple[int, int], dpi: int) -> Packed:
        """Return the page between the corners as the file that leaves the house.

        Raises:
            DarkroomFailed: the process cannot be had, or failed on this picture.
        """
        command: Header = {"do": "pack", "corners": corners, "size": size_px, "dpi": dpi}
        header, data = self._ask(command, file)
        return packed_from_wire(header, data)

    def same_sheet(self, one: bytes, one_cut: Cut, other: bytes, other_cut: Cut) -> bool:
        """Return whether two pages, each cut out of its picture file, are pictures of one sheet.

        Raises:
            DarkroomFailed: the process cannot be had, or failed on a picture.
        """
        command: Header = {"do": "same", "cuts": (one_cut, other_cut), "first_bytes": len(one)}
        header, _ = self._ask(command, one + other)
        return bool(header["same"])

    def forget(self) -> None:
        """Let the process drop the pictures it keeps; one that is busy or gone is left alone."""
        if self._child.pid is not None:
            with suppress(DarkroomFailed, Busy):
                self._ask({"do": "forget"}, b"", patience_s=self._patience_s)

    def close(self) -> None:
        """End the process; whoever still waits for it is told so. Calling it again does nothing."""
        self._child.close()

    def _ask(self, header: Header, body: bytes, *, patience_s: float | None = None) -> tuple[Header, bytes]:
        try:
            answer, data = self._child.ask(header, body, patience_s=patience_s)
        except ScannerError as error:
            raise DarkroomFailed(str(error)) from error
        if answer["is"] == "error":
            raise DarkroomFailed(answer["detail"])
        return answer, data
