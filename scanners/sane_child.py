"""The process that loads libsane: it may crash, hang or be killed, and nobody else is hurt.

Commands come as frames on standard input (`list`, `open`, `next`, `cancel`), answers go out as frames,
the first one `ready`. A sheet is fed only on `next`. The end of standard input means: cancel, close, go.
"""

from __future__ import annotations

import contextlib
import os
import queue
import signal
import sys
import threading
import time
from typing import Any

from scanners.errors import BackendCrashed, BadSetting, DeviceFault, NoScanSupport, PageTooLarge, ScannerError
from scanners.frames import Header, read_header, write_frame
from scanners.limits import check_pixels
from scanners.memory import keep_out_of_dumps
from scanners.port import MAX_PAGE_PIXELS, Mode, Source
from scanners.sane_device import Setter
from scanners.sane_options import SHEET_FED_TYPE
from scanners.sane_probe import capabilities, has_sensors, signs
from scanners.sane_status import CANCELLED, Step, patience_s

Pixels = bytes | bytearray

ALIVE_S = 0.5
"""How often a page being read gives a sign of life."""
NOTICE_S = 1.0
"""How long the reading loop has to see a cancel itself before the device is cancelled from outside."""
PAUSE_S = 1.0
"""How long to wait before a device that is not ready is asked again."""
LAST_S = 3
"""How long a scan may take to end after the parent is gone."""


class Refused(Exception):
    """The library said no: its words and the step."""

    def __init__(self, words: str, step: Step) -> None:
        super().__init__(words)
        self.words = words
        self.step = step


class Session:
    """The library, at most one open device, and the thread that listens for commands."""

    def __init__(self, library: Any, answers: int) -> None:
        self._library = library
        self._answers = answers
        self._commands: queue.SimpleQueue[Header | None] = queue.SimpleQueue()
        self._cancel = threading.Event()
        self._idle = threading.Event()
        self._idle.set()
        self._lock = threading.Lock()
        self._device: Any = None
        self._grey = False
        self._busy_patience_s = 0.0

    def serve(self) -> None:
        """Obey until the parent closes the pipe."""
        threading.Thread(target=self._listen, daemon=True).start()
        orders = {"list": self._list, "open": self._open, "next": self._next}
        while (command := self._commands.get()) is not None:
            try:
                orders[command["do"]](command)
            except Refused as refusal:
                self._refuse(refusal)
            except ScannerError as error:
                self._give_up({"is": "error", "code": error.code, "detail": error.detail})
        self._close()

    def _answer(self, header: Header, body: Pixels = b"") -> None:
        write_frame(self._answers, header, body)

    def _give_up(self, answer: Header) -> None:
        """Say why, then cancel: a back-end's cancel can deadlock with its own reader thread."""
        self._answer(answer)
        self._settle()

    def _refuse(self, refusal: Refused) -> None:
        """Say the library's words at once; what the sensors show comes after the cancel, if there are any."""
        sensed = self._device is not None and has_sensors(self._device)
        self._give_up(
            {"is": "refused", "words": refusal.words, "step": refusal.step.value, "signs_follow": sensed}
        )
        if sensed:
            self._answer({"is": "signs", "signs": signs(self._device)})

    def _listen(self) -> None:
        while (command := read_header(0)) is not None:
            if command["do"] == "cancel":
                self._cancel_soon()
            else:
                self._commands.put(command)
        # The default action of this signal ends even a process whose threads are all stuck in a back-end.
        signal.alarm(LAST_S)
        self._commands.put(None)
        self._cancel_soon()

    def _cancel_soon(self) -> None:
        """Let the reading loop cancel itself between two lines; do it from here only if it is stuck."""
        self._cancel.set()
        if self._idle.wait(NOTICE_S):
            return
        with self._lock:
            if self._device is not None:
                self._device.cancel()

    def _list(self, command: Header) -> None:
        """Name the devices first, so that one that crashes when opened costs only what it could tell."""
        try:
            found = self._library.get_devices()
        except Exception as error:
            raise Refused(str(error), Step.LIST) from error
        self._answer({"is": "devices", "devices": found})
        for identity, *names, kind in found:
            if command["known"].get(identity) == [*names, kind]:
                continue
            with contextlib.suppress(Exception):
                device = self._library.open(identity)
                known = capabilities(device, sheet_fed=kind == SHEET_FED_TYPE)
                device.close()
                self._answer({"is": "capabilities", "id": identity, "capabilities": known})
        self._answer({"is": "end"})

    def _open(self, job: Header) -> None:
        try:
            device = self._library.open(job["device"])
        except Exception as error:
            raise Refused(str(error), Step.OPEN) from error
        with self._lock:
            self._device = device
        mode, source = Mode(job["mode"]), Source(job["source"])
        try:
            setter = Setter(device)
            setter.choose(source, mode, sheet_fed=job["sheet_fed"])
            resolution = setter.set_resolution(job["resolution_dpi"])
            setter.set_area(job["page_size_mm"], resolution, feeding=source is not Source.FLATBED)
            setter.set_all(job["options"])
        except self._library_error() as error:
            raise Refused(str(error), Step.OPTION) from error
        self._grey = mode is Mode.GREY
        self._busy_patience_s = job["busy_patience_s"]
        self._answer({"is": "open", "resolution_dpi": round(resolution)})

    def _library_error(self) -> type[Exception]:
        kind: type[Exception] = self._library._sane.error
        return kind

    def _next(self, command: Header) -> None:
        self._idle.clear()
        try:
            self._feed(command)
        finally:
            self._idle.set()

    def _feed(self, command: Header) -> None:
        try:
            if command["options"]:
                self._settle()
                Setter(self._device).set_all(command["options"])
        except self._library_error() as error:
            raise Refused(str(error), Step.OPTION) from error
        self._start()
        try:
            _format, last_frame, size, depth, line_bytes = self._device.get_parameters()
        except self._library_error() as error:
            raise Refused(str(error), Step.START) from error
        if not last_frame or depth not in (8, 16):
            raise BadSetting(f"the device sends {depth} bit, single frame: {bool(last_frame)}")
        check_pixels(size[0], max(size[1], 0))
        width, height, channels, pixels = self._read(size, line_bytes)
        if self._cancel.is_set():
            raise Refused(CANCELLED, Step.READ)
        mode = Mode.COLOUR if channels == 3 else Mode.GREY
        if self._grey and mode is Mode.COLOUR:
            mode, pixels = Mode.GREY, _grey(width, height, pixels)
        self._answer({"is": "page", "width": width, "height": height, "mode": mode.value}, pixels)

    def _start(self) -> None:
        """Feed the next sheet; a lamp that is not warm yet is waited for, and the end of a dead scan."""
        begun = time.monotonic()
        while True:
            try:
                self._device.start()
                return
            except self._library_error() as error:
                waited_s = time.monotonic() - begun
                if waited_s > patience_s(str(error), busy_s=self._busy_patience_s):
                    raise Refused(str(error), Step.START) from error
            if self._cancel.wait(PAUSE_S):
                raise Refused(CANCELLED, Step.START)
            self._answer({"is": "alive"})

    def _read(self, size: tuple[int, int], line_bytes: int) -> tuple[int, int, int, Pixels]:
        """Read the page the device has started: width, height, channels, packed 8-bit rows."""
        watch = _Watch(self, size[0])
        try:
            # SaneDev.scan would garble 16 bits, and its cancel would empty the feeder.
            data, width, lines, channels, sample_bytes = self._device.dev.snap(1, 1, watch.line_read)
        except self._library_error() as error:
            if watch.too_large:
                raise PageTooLarge(f"more than {MAX_PAGE_PIXELS} px") from error
            raise Refused(str(error), Step.READ) from error
        if watch.too_large:
            raise PageTooLarge(f"more than {MAX_PAGE_PIXELS} px")
        row_bytes = width * channels * sample_bytes
        rows, pixels = unpad(data, row_bytes, line_bytes)
        if not self._cancel.is_set() and not _is_whole(rows, size[1], padded=line_bytes > row_bytes):
            raise DeviceFault(f"page ends after {rows} of {size[1]} lines")
        if sample_bytes == 2:
            pixels = pixels[1::2] if sys.byteorder == "little" else pixels[::2]
        return width, rows, channels, pixels

    def _settle(self) -> None:
        """Cancel, which must come before options are touched, after a page as after a jam."""
        if self._device is not None:
            with contextlib.suppress(Exception):
                self._device.cancel()

    def _close(self) -> None:
        self._settle()
        with self._lock:
            device, self._device = self._device, None
        if device is not None:
            device.close()
        self._library.exit()


class _Watch:
    """Called after each line. It must never raise: python-sane would crash the process."""

    def __init__(self, session: Session, width: int) -> None:
        self._session = session
        self._line_limit = MAX_PAGE_PIXELS // max(width, 1)
        self._told = time.monotonic()
        self._stopped = False
        self.too_large = False

    def line_read(self, line: int, _lines: int) -> None:
        """Stop a scan that was cancelled or has no end; give a sign of life."""
        with contextlib.suppress(Exception):
            self.too_large = line > self._line_limit
            if not self._stopped and (self.too_large or self._session._cancel.is_set()):
                self._stopped = True
                self._session._device.cancel()
            if time.monotonic() - self._told > ALIVE_S:
                self._told = time.monotonic()
                self._session._answer({"is": "alive"})


def unpad(data: bytearray, row_bytes: int, line_bytes: int) -> tuple[int, Pixels]:
    """Return number of rows and rows without the padding that `line_bytes` (SANE 4.3.8) allows.

    python-sane chops the stream into `row_bytes` pieces as if there were no padding: the bytes are there, in
    order, but a rest shorter than a piece is lost; a last row hit by that is dropped.
    """
    if line_bytes <= row_bytes or not row_bytes:
        return (len(data) // row_bytes if row_bytes else 0), data
    rows = (len(data) - row_bytes) // line_bytes + 1
    view = memoryview(data)
    return rows, b"".join(view[row * line_bytes : row * line_bytes + row_bytes] for row in range(rows))


def _is_whole(rows: int, announced: int, *, padded: bool) -> bool:
    """Say whether all lines came; a cancel or a lost line gives a short image without an error."""
    return rows > 0 and (announced < 0 or rows >= announced - (1 if padded else 0))


def _grey(width: int, height: int, pixels: Pixels) -> bytes:
    from PIL import Image

    return Image.frombytes("RGB", (width, height), pixels).convert("L").tobytes()


def _private_answers() -> int:
    """Move standard output away, since back-ends print there, and return the pipe for answers."""
    answers = os.dup(1)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.close(nowhere)
    return answers


def main() -> int:
    """Serve one parent."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    keep_out_of_dumps()
    answers = _private_answers()
    try:
        import sane
    except ImportError as error:
        write_frame(answers, {"is": "error", "code": NoScanSupport.code, "detail": str(error)})
        return 1
    try:
        sane.init()
        write_frame(answers, {"is": "ready"})
        Session(sane, answers).serve()
    except Exception as error:  # noqa: BLE001 - the rim: whatever a back-end provokes must reach the parent
        write_frame(answers, {"is": "error", "code": BackendCrashed.code, "detail": repr(error)})
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
