"""The process that holds a camera: its driver may hang and its pictures may be broken, nobody else is hurt.

It says `ready`. `list` is answered with the cameras, `open` opens one, each `look` is answered with a view,
and after a view that says `shot`, `fetch` with the page at full size. The end of standard input ends it.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from contextlib import ExitStack
from typing import TYPE_CHECKING

from scanners import camera_nodes
from scanners.camera_errors import CameraBusy, CameraDenied, NoCameraSupport, NoPicture
from scanners.camera_view import FrameState
from scanners.errors import DeviceFault, ScannerError
from scanners.frames import Header, read_header, write_frame
from scanners.memory import keep_out_of_dumps

if TYPE_CHECKING:
    from scanners.camera_sources import FrameSource
    from scanners.camera_watch import Framing
    from scanners.framing import Picture

READ_TIMEOUT_MS = 2000
"""How long OpenCV waits for one picture."""
PAUSE_S = 0.02
RIGHT, WRONG = (74, 196, 120), (240, 176, 64)
"""The outline's colour on the view: green where nothing has to be done, else amber."""


class Session:
    """At most one open camera and what was seen through it."""

    def __init__(self, answers: int) -> None:
        self._answers = answers
        self._source: FrameSource | None = None
        self._page: Picture | None = None
        self._page_dpi = 0
        self._shots = 0
        self._patience_s = 0.0

    def serve(self) -> None:
        """Obey until the parent closes the pipe."""
        orders = {"list": self._list, "open": self._open, "look": self._look, "fetch": self._fetch}
        with ExitStack() as self._held:
            while (command := read_header(0)) is not None:
                try:
                    orders[command["do"]](command)
                except ScannerError as error:
                    self._answer({"is": "error", "code": error.code, "detail": error.detail})

    def _answer(self, header: Header, body: bytes | bytearray = b"") -> None:
        write_frame(self._answers, header, body)

    def _list(self, _command: Header) -> None:
        self._answer({"is": "cameras", "cameras": list(cameras())})

    def _open(self, command: Header) -> None:
        try:
            import cv2

            from scanners.camera_sources import open_source
            from scanners.camera_watch import Watcher
        except ImportError as error:
            raise NoCameraSupport(str(error)) from error
        # The other cores belong to the screen, and a picture is looked at quickly enough by one.
        cv2.setNumThreads(1)
        self._patience_s = float(command["patience_s"])
        self._source = self._held.enter_context(open_source(command["device"], int(command["past"])))
        self._watcher = Watcher()
        self._answer({"is": "open"})

    def _look(self, command: Header) -> None:
        picture, at_s = self._next()
        framing, ripe = self._watcher.look(picture, at_s)
        shot = bool(command["shutter"]) or ripe
        if shot:
            self._page, self._page_dpi = self._watcher.take(), framing.resolution_dpi
            self._shots += 1
        height, width = picture.shape[:2]
        header = {
            "is": "view",
            "state": framing.state.value,
            "corners": framing.corners,
            "dpi": framing.resolution_dpi,
            "dpi_measured": framing.dpi_measured,
            "frame": [width, height],
            "shots": self._shots,
            "shot": shot,
        }
        view = drawn(picture, framing, tuple(command["room"]))
        size = [0, 0] if view is None else [view.shape[1], view.shape[0]]
        self._answer({**header, "size": size}, b"" if view is None else view.tobytes())

    def _next(self) -> tuple[Picture, float]:
        """Wait for a picture, for as long as one may take.

        Raises:
            NoPicture: none came, or none that can be read.
        """
        if self._source is None:
            raise DeviceFault("no camera is open")
        deadline = time.monotonic() + self._patience_s
        while (seen := self._source.read()) is None:
            if time.monotonic() > deadline:
                raise NoPicture(f"nothing for {self._patience_s:g} s")
            time.sleep(PAUSE_S)
        return seen

    def _fetch(self, _command: Header) -> None:
        if self._page is None:
            raise DeviceFault("no page was taken")
        page, self._page = self._page, None
        header = {"is": "page", "width": page.shape[1], "height": page.shape[0], "dpi": self._page_dpi}
        self._answer(header, page.tobytes())


def cameras() -> list[tuple[str, str]]:
    """Return (node, name) of every node that takes pictures.

    One that may not be asked is named too, for what is wrong is told when it is chosen; but never twice,
    since it may be the second node of the same camera.
    """
    found: list[tuple[str, str]] = []
    for node, name in camera_nodes.nodes():
        try:
            with camera_nodes.opened(str(node)) as file:
                wanted = camera_nodes.takes_pictures(file)
        except (CameraDenied, CameraBusy):
            wanted = all(name != other for _node, other in found)
        except (ScannerError, OSError):
            wanted = False
        if wanted:
            found.append((str(node), name))
    return found


def drawn(picture: Picture, framing: Framing, room: tuple[int, ...]) -> Picture | None:
    """Return the picture shrunk into `room` (width, height) with its outline; None where there is no room."""
    import cv2
    import numpy as np

    if min(room) < 1:
        return None
    height, width = picture.shape[:2]
    scale = min(room[0] / width, room[1] / height, 1.0)
    size = max(1, round(width * scale)), max(1, round(height * scale))
    step = max(1, int(0.5 / scale))
    coarse = np.ascontiguousarray(picture[::step, ::step])
    view = np.asarray(cv2.resize(coarse, size, interpolation=cv2.INTER_AREA), np.uint8)
    if framing.corners:
        corners = np.asarray(framing.corners, np.float32).reshape(-1, 1, 2) * scale
        colour = RIGHT if framing.state in (FrameState.STEADY, FrameState.SHOT) else WRONG
        cv2.polylines(view, [corners.round().astype(np.int32)], True, colour, max(1, round(max(size) / 200)))
    return view


def limit() -> None:
    """Write no core file, for it would hold the page; leave nothing waiting for a picture for long."""
    keep_out_of_dumps()
    os.environ["OPENCV_VIDEOIO_V4L_SELECT_TIMEOUT"] = str(READ_TIMEOUT_MS // 1000)


def main() -> int:
    """Serve one parent."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    limit()
    answers = os.dup(1)
    os.dup2(2, 1)
    write_frame(answers, {"is": "ready"})
    Session(answers).serve()
    return 0


if __name__ == "__main__":
    sys.exit(main())
