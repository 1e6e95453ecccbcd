"""Document cameras (高拍仪) behind the `Scanner` port, each scan in a child process of its own.

They are UVC cameras: no SANE program sees them.
"""

from __future__ import annotations

import logging
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager

from scanners import camera_nodes
from scanners.camera_errors import BY_CODE, CameraGone, NoCamera, NoPageSeen, NoPicture
from scanners.camera_view import FrameState, LiveView, Viewfinder
from scanners.child import POLL_S, START_S, Cancelled, Child, python_module
from scanners.errors import BackendCrashed, DeviceFault, NoProgress, PageTooLarge, ScannerError
from scanners.frames import Header
from scanners.limits import check_pixels
from scanners.port import Device, Mode, RawPage, ScanJob, Scanner

log = logging.getLogger(__name__)

CHILD = python_module("scanners.camera_child")
DRIVER = "camera"
LOOK_S = 0.125
"""Least time between two looks: eight a second are enough for the eye and leave a core to the rest."""
ALONE_S = 30.0
"""How long to wait for a page where nobody looks through the camera and could press the shutter."""


class CameraScanner(Scanner):
    """Every camera Linux knows, and the staged ones it is given. OpenCV is only ever loaded in children."""

    def __init__(
        self,
        *,
        staged: Sequence[tuple[str, str]] = (),
        real: bool = True,
        look_s: float = LOOK_S,
        patience_s: float = 6.0,
        alone_s: float = ALONE_S,
        command: tuple[str, ...] = CHILD,
    ) -> None:
        """Remember how to start a child; nothing is started before it is needed.

        Args:
            staged: (id, name) of devices that are none: `frames:PATH` plays the recorded pictures of a folder
                or a video, `papers:` with files (parted as in `PATH`) lays these on a staged desk, in each
                scan going on behind those that were taken before.
            real: whether real cameras are listed.
            look_s: least time between two looks.
            patience_s: how long a camera may send no picture.
            alone_s: how long to wait for a page without a viewfinder.
            command: starts the child; a frozen build has another one.
        """
        self._staged = tuple(staged)
        self._real = real
        self._look_s = look_s
        self._patience_s = patience_s
        self._alone_s = alone_s
        self._command = command
        self._known: dict[str, str] = {}
        self._taken: Counter[str] = Counter()

    def devices(self) -> tuple[Device, ...]:
        """List the cameras; without a video node in the system no child is started.

        Raises:
            ScannerError: listing itself failed.
        """
        found = [*self._cameras(), *self._staged]
        self._known |= dict(found)
        return tuple(Device(id=identity, name=name, driver=DRIVER) for identity, name in found)

    def _cameras(self) -> list[tuple[str, str]]:
        if not self._real or not camera_nodes.nodes():
            return []
        with self._child() as child:
            child.send({"do": "list"})
            header, _ = self._answer(child, "cameras", bool)
        return [(str(identity), str(name)) for identity, name in header["cameras"]]

    def scan(self, job: ScanJob, cancelled: Callable[[], bool]) -> Iterator[RawPage]:
        """Yield a page whenever one lies still and right, or the shutter is pressed, until cancelled.

        `job.finder` sees every look; a page that was yielded is safe when the next view comes. Without one,
        pages are taken by themselves only. The resolution is what the camera has, and the whole picture is
        the page: where on it the sheet lies is found out later.

        Raises:
            ScannerError: what went wrong, after the pages already yielded.
        """
        if job.device_id not in self._known:
            self.devices()
        with self._explained(job.device_id), ExitStack() as stack:
            try:
                yield from self._pages(self._opened(stack, job, cancelled), job, cancelled)
            except Cancelled:
                return

    def _opened(self, stack: ExitStack, job: ScanJob, cancelled: Callable[[], bool]) -> Child:
        """Return a child that holds the camera; one plugged in anew is found again by its name."""
        child = stack.enter_context(self._child())
        try:
            self._open(child, job.device_id, cancelled)
        except CameraGone as error:
            self._open(child, self._found_again(job.device_id, error), cancelled)
        return child

    def _open(self, child: Child, identity: str, cancelled: Callable[[], bool]) -> None:
        past = self._taken[identity]
        child.send({"do": "open", "device": identity, "patience_s": self._patience_s, "past": past})
        self._answer(child, "open", cancelled)

    def _found_again(self, identity: str, error: CameraGone) -> str:
        name = self._known.get(identity)
        present = self._cameras()
        if not present and identity.startswith("/dev/"):
            raise NoCamera(error.detail) from error
        same = [other for other, its_name in present if its_name == name]
        if len(same) != 1:
            raise error
        log.info("event=camera_found_again old=%s new=%s", identity, same[0])
        return same[0]

    def _pages(self, child: Child, job: ScanJob, cancelled: Callable[[], bool]) -> Iterator[RawPage]:
        taken, waiting_since = 0, time.monotonic()
        while taken < job.max_pages and not cancelled():
            begun = time.monotonic()
            header = self._look(child, job.finder, cancelled)
            if header["shot"]:
                taken += 1
                self._taken[job.device_id] += 1
                yield self._fetch(child, taken, job.device_id)
                waiting_since = time.monotonic()
            elif job.finder is None and begun - waiting_since > self._alone_s:
                if not taken:
                    raise NoPageSeen(header["state"])
                return
            _pause(begun + self._look_s, cancelled)

    def _look(self, child: Child, finder: Viewfinder | None, cancelled: Callable[[], bool]) -> Header:
        room = (0, 0) if finder is None else finder.room_px
        child.send({"do": "look", "room": room, "shutter": finder is not None and finder.pressed()})
        header, pixels = self._answer(child, "view", cancelled)
        if finder is not None:
            finder.show(_view(header, pixels))
        return header

    def _fetch(self, child: Child, number: int, identity: str) -> RawPage:
        """Take the page over; a cancel waits until it is here."""
        child.send({"do": "fetch"})
        header, pixels = self._answer(child, "page", bool)
        width, height = int(header["width"]), int(header["height"])
        check_pixels(width, height)
        if len(pixels) != width * height * 3:
            raise BackendCrashed("page and its header differ")
        return RawPage(
            number=number,
            width_px=width,
            height_px=height,
            mode=Mode.COLOUR,
            resolution_dpi=int(header["dpi"]),
            pixels=pixels,
            source_name=self._known.get(identity, identity),
        )

    def _child(self) -> Child:
        with ExitStack() as stack:
            child = stack.enter_context(Child(self._command, timeout_s=self._patience_s * 2))
            child.receive(timeout_s=START_S)
            stack.pop_all()
        return child

    def _answer(self, child: Child, kind: str, cancelled: Callable[[], bool]) -> tuple[Header, bytes]:
        header, body = child.receive(cancelled)
        if header["is"] == kind:
            return header, body
        known = {**BY_CODE, PageTooLarge.code: PageTooLarge}
        raise known.get(str(header.get("code")), DeviceFault)(str(header.get("detail", "")))

    @contextmanager
    def _explained(self, identity: str) -> Iterator[None]:
        """Name the camera in every error, and tell a silent one as what it is."""
        name = self._known.get(identity, identity)
        try:
            yield
        except NoProgress as error:
            raise NoPicture(error.detail, device=name) from error
        except ScannerError as error:
            error.device = name
            raise


def _view(header: Header, pixels: bytes) -> LiveView:
    width, height = header["size"]
    frame_width, frame_height = header["frame"]
    return LiveView(
        state=FrameState(header["state"]),
        width_px=int(width),
        height_px=int(height),
        pixels=pixels,
        resolution_dpi=int(header["dpi"]),
        dpi_measured=bool(header["dpi_measured"]),
        frame_px=(int(frame_width), int(frame_height)),
        shots=int(header["shots"]),
    )


def _pause(until: float, cancelled: Callable[[], bool]) -> None:
    while (rest := until - time.monotonic()) > 0 and not cancelled():
        time.sleep(min(rest, POLL_S))
