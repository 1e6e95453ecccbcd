"""A folder into which vendor software drops its scans, as a `Scanner`."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from pathlib import Path

from scanners import arrivals
from scanners.arrivals import Arrival
from scanners.child import POLL_S, START_S, Cancelled, Child, python_module
from scanners.errors import (
    AccessDenied,
    BackendCrashed,
    BadSetting,
    DeviceBusy,
    DeviceFault,
    DeviceGone,
    FeederEmpty,
    NoProgress,
    PageTooLarge,
    UnreadableFile,
)
from scanners.frames import Header
from scanners.limits import check_pixels
from scanners.port import Device, Mode, RawPage, ScanJob, Scanner, Source

CHILD = python_module("scanners.decode_child")
DECODER_CLOSE_S = 0.5
"""A decoder holds nothing that needs closing."""


class FolderScanner(Scanner):
    """Takes whole files out of a folder in the order of arrival, decoding each in a child process.

    A file moves to `done/` only when the caller asks for the page after its last one, to `rejected/` when it
    cannot be read. A caller that stops in between finds the file again at the next scan. What lies in `done/`
    is the owner's to keep or delete.
    """

    def __init__(
        self,
        folder: Path,
        *,
        name: str = "扫描文件夹",
        settle_s: float = 0.5,
        patience_s: float = 10.0,
        timeout_s: float = 30.0,
        command: tuple[str, ...] = CHILD,
    ) -> None:
        """Remember the folder; it is looked at only when asked.

        Args:
            folder: where the files come; `done` and `rejected` are made inside it.
            name: what the clerk sees.
            settle_s: how long a file must hold still to count as whole.
            patience_s: how long to wait while files are being written but none holds still.
            timeout_s: how long the decoding of one page may take.
            command: starts the decoding child; a frozen build has another one.
        """
        self._folder = folder
        self._name = name
        self._settle_s = settle_s
        self._patience_s = patience_s
        self._timeout_s = timeout_s
        self._command = command

    def devices(self) -> tuple[Device, ...]:
        """Return the folder as the one device, or nothing while it does not exist."""
        if not self._folder.is_dir():
            return ()
        return (Device(id=str(self._folder), name=self._name, driver="folder", sources=(Source.FEEDER,)),)

    def scan(self, job: ScanJob, cancelled: Callable[[], bool]) -> Iterator[RawPage]:
        """Yield the pages of the files that are whole now; source and page size of the job mean nothing here.

        A file whose pages no longer fit into `job.max_pages` waits for the next scan.

        Raises:
            ScannerError: `FeederEmpty` without files, `DeviceBusy` while all are being written,
                `UnreadableFile` or `PageTooLarge` naming the file, which then lies in `rejected/`.
        """
        with self._explained():
            for name in (arrivals.DONE, arrivals.REJECTED):
                (self._folder / name).mkdir(mode=0o700, exist_ok=True)
            ready = self._ready(cancelled)
        number = 0
        for arrival in ready:
            if cancelled() or number >= job.max_pages:
                return
            taken = yield from self._file(arrival, job, number, cancelled)
            if not taken:
                return
            number += taken

    def _ready(self, cancelled: Callable[[], bool]) -> tuple[Arrival, ...]:
        if not arrivals.look(self._folder):
            raise FeederEmpty("no files", device=self._name)
        ready = arrivals.wait_until_settled(
            self._folder,
            settle_s=self._settle_s,
            patience_s=self._patience_s,
            pause=lambda seconds: _pause(seconds, cancelled),
        )
        if not ready and not cancelled():
            raise DeviceBusy("files are still being written", device=self._name)
        return ready

    def _file(
        self, arrival: Arrival, job: ScanJob, before: int, cancelled: Callable[[], bool]
    ) -> Generator[RawPage, None, int]:
        """Yield the pages of one file; returns how many, 0 if the file waits for another scan."""
        path = arrival.path
        try:
            with Child(self._command, timeout_s=self._timeout_s, close_s=DECODER_CLOSE_S) as child:
                frames = yield from self._frames(child, arrival, job, before, cancelled)
        except Cancelled:
            return 0
        except (UnreadableFile, PageTooLarge) as error:
            error.file = path.name
            with self._explained():
                arrivals.reject(path)
            raise
        if frames:
            with self._explained():
                arrivals.put_away(path)
        return frames

    def _frames(
        self, child: Child, arrival: Arrival, job: ScanJob, before: int, cancelled: Callable[[], bool]
    ) -> Generator[RawPage, None, int]:
        # Dead before it is ready, a decoder says nothing about the file, which stays.
        child.receive(cancelled, timeout_s=START_S)
        file = os.fsdecode(arrival.path)
        child.send({"do": "open", "file": file, "mode": job.mode.value, "resolution_dpi": job.resolution_dpi})
        frames = int(_answer(child, "file", cancelled)[0]["frames"])
        if before + frames > job.max_pages:
            if before == 0:
                raise BadSetting(f"{frames} pages in one file", file=arrival.path.name)
            return 0
        for number in range(before + 1, before + frames + 1):
            child.send({"do": "next"})
            header, pixels = _answer(child, "page", cancelled)
            if arrivals.look_again(arrival.path) != arrival:
                raise DeviceBusy("file changed while it was read", file=arrival.path.name)
            yield _raw_page(number, header, pixels, arrival.path.name)
        return frames

    @contextmanager
    def _explained(self) -> Iterator[None]:
        """Turn what the file system says into scanner errors."""
        try:
            yield
        except PermissionError as error:
            raise AccessDenied(str(error), device=self._name) from error
        except FileNotFoundError as error:
            raise DeviceGone(str(error), device=self._name) from error
        except OSError as error:
            raise DeviceFault(str(error), device=self._name) from error


def _answer(child: Child, kind: str, cancelled: Callable[[], bool]) -> tuple[Header, bytes]:
    try:
        header, body = child.receive(cancelled)
    except (BackendCrashed, NoProgress) as error:
        raise UnreadableFile(f"the decoder did not survive it: {error.detail}") from error
    if header["is"] == kind:
        return header, body
    failure = PageTooLarge if header.get("code") == PageTooLarge.code else UnreadableFile
    raise failure(str(header.get("detail", "")))


def _raw_page(number: int, header: Header, pixels: bytes, name: str) -> RawPage:
    width, height, mode = int(header["width"]), int(header["height"]), Mode(header["mode"])
    check_pixels(width, height)
    return RawPage(
        number=number,
        width_px=width,
        height_px=height,
        mode=mode,
        resolution_dpi=int(header["dpi"]),
        pixels=pixels,
        source_name=name,
    )


def _pause(seconds: float, cancelled: Callable[[], bool]) -> bool:
    """Sleep, and return true as soon as `cancelled` is."""
    end = time.monotonic() + seconds
    while (rest := end - time.monotonic()) > 0:
        if cancelled():
            return True
        time.sleep(min(rest, POLL_S))
    return cancelled()
