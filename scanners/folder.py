"""A folder into which vendor software drops its scans, as a `Scanner`."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from pathlib import Path

from scanners import arrivals, bookmarks
from scanners.arrivals import Arrival, Patience, shown_name
from scanners.child import POLL_S, START_S, Cancelled, Child, python_module
from scanners.errors import (
    AccessDenied,
    BackendCrashed,
    DeviceBusy,
    DeviceFault,
    DeviceGone,
    FeederEmpty,
    NoProgress,
    PageTooLarge,
    ScannerError,
    UnreadableFile,
)
from scanners.file_errors import FileError, FileTooHeavy, FileTooLarge, NotAFile, TooManyPages
from scanners.frames import Header
from scanners.limits import check_pixels
from scanners.port import Device, Mode, RawPage, ScanJob, Scanner, Source

CHILD = python_module("scanners.decode_child")
DECODER_CLOSE_S = 0.5
"""A decoder holds nothing that needs closing."""
CHANGED = "changed"
"""What the decoder answers where the file is no longer the one that was seen."""
MOST_PAGES = 100
"""A file with more is moved aside; one that is too much for this scan only waits."""
MOST_BYTES = 1 << 30
MEGABYTE = 1_000_000
REFUSALS: dict[str, type[UnreadableFile] | type[PageTooLarge]] = {
    PageTooLarge.code: PageTooLarge,
    **{kind.code: kind for kind in FileError.__subclasses__()},
}


def code_and_detail(error: ScannerError) -> str:
    """Return what is written beside a rejected file where nobody has better words."""
    return f"{error.code} {error.detail}".strip()


class FolderScanner(Scanner):
    """Takes whole files out of a folder in the order of arrival, decoding each in a child process.

    A file is taken whole or not at all, and leaves the folder only when the caller asks for the page after
    its last one: the page is safe by then. A caller that stops in between gets the file's other pages at the
    next scan. What cannot be taken moves to `rejected/`, the reason beside it, until a person deletes it.
    """

    def __init__(
        self,
        folder: Path,
        *,
        name: str = "扫描文件夹",
        patience: Patience = Patience(),  # noqa: B008 - a frozen value
        timeout_s: float = 30.0,
        keep_days: int = 0,
        explain: Callable[[ScannerError], str] = code_and_detail,
        command: tuple[str, ...] = CHILD,
    ) -> None:
        """Remember the folder; it is looked at only when asked.

        Args:
            folder: where the files come; `done` and `rejected` are made inside it.
            name: what the clerk sees.
            patience: how long a file must hold still, and how long that is waited for.
            timeout_s: how long the decoding of one page may take.
            keep_days: how long a file that was taken stays in `done/`; 0: it is removed at once.
            explain: words for the reason that is written beside a rejected file.
            command: starts the decoding child; a frozen build has another one.
        """
        self._folder = folder
        self._name = name
        self._patience = patience
        self._timeout_s = timeout_s
        self._keep_days = keep_days
        self._explain = explain
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
                `TooManyPages` for one that fits into no such scan; `UnreadableFile`, one of its kinds or
                `PageTooLarge` naming a file that then lies in `rejected/`. Those behind it come next time.
        """
        with self._explained():
            self._tidy()
            ready = self._ready(cancelled)
        number = 0
        for arrival in ready:
            if cancelled() or number >= job.max_pages:
                return
            taken = yield from self._file(arrival, job, number, cancelled)
            if taken is None:
                return
            number += taken
        self._turn_strangers_away()

    def _tidy(self) -> None:
        for name in (arrivals.DONE, arrivals.REJECTED):
            (self._folder / name).mkdir(mode=0o700, exist_ok=True)
        arrivals.sweep_done(self._folder, keep_days=self._keep_days)
        bookmarks.sweep(self._folder, arrivals.look(self._folder))

    def _ready(self, cancelled: Callable[[], bool]) -> tuple[Arrival, ...]:
        if not arrivals.look(self._folder):
            self._turn_strangers_away()
            raise FeederEmpty("no files", device=self._name)
        ready = arrivals.wait_until_settled(
            self._folder, patience=self._patience, pause=lambda seconds: _pause(seconds, cancelled)
        )
        if not ready and not cancelled():
            raise DeviceBusy("files are still being written", device=self._name)
        return ready

    def _turn_strangers_away(self) -> None:
        """Move aside what is no file at all, all of it at once, and name the first."""
        with self._explained():
            found = [(path, NotAFile(file=shown_name(path))) for path in arrivals.strangers(self._folder)]
            for path, error in found:
                arrivals.reject(path, self._explain(error))
        if found:
            raise found[0][1]

    def _file(
        self, arrival: Arrival, job: ScanJob, before: int, cancelled: Callable[[], bool]
    ) -> Generator[RawPage, None, int | None]:
        """Yield the pages of one file; returns how many, None if the file waits for another scan."""
        try:
            if arrival.size > MOST_BYTES:
                raise FileTooLarge(megabytes=arrival.size // MEGABYTE, limit_megabytes=MOST_BYTES // MEGABYTE)
            with Child(self._command, timeout_s=self._timeout_s, close_s=DECODER_CLOSE_S) as child:
                taken = yield from self._pages(child, arrival, job, before, cancelled)
        except Cancelled:
            return None
        except DeviceBusy as error:
            error.file = shown_name(arrival.path)
            raise
        except (UnreadableFile, PageTooLarge) as error:
            error.file = shown_name(arrival.path)
            self._reject(arrival, error, cancelled)
            raise
        if taken is not None:
            with self._explained():
                arrivals.put_away(arrival, keep=self._keep_days > 0)
                bookmarks.clear(arrival)
        return taken

    def _reject(self, arrival: Arrival, error: ScannerError, cancelled: Callable[[], bool]) -> None:
        """Move the file aside, unless it is only not finished yet or just too much for this one scan."""
        if isinstance(error, TooManyPages) and int(str(error.facts["pages"])) <= MOST_PAGES:
            return
        # Where nobody can say whether it is still being written, a pause of the network looks like its end.
        if arrivals.is_being_written(arrival.path) is None:
            _pause(self._patience.unsure_s, cancelled)
        with self._explained():
            if not arrivals.is_unchanged(arrival):
                raise DeviceBusy("file changed while it was read", file=error.file)
            bookmarks.clear(arrival)
            arrivals.reject(arrival.path, self._explain(error))

    def _pages(
        self, child: Child, arrival: Arrival, job: ScanJob, before: int, cancelled: Callable[[], bool]
    ) -> Generator[RawPage, None, int | None]:
        # Dead before it is ready, a decoder says nothing about the file, which stays.
        child.receive(cancelled, timeout_s=START_S)
        count = _open(child, arrival, cancelled)
        first = bookmarks.read(arrival)
        if count > MOST_PAGES or (count > job.max_pages and not before):
            raise TooManyPages(f"{count} pages", pages=count, limit=min(job.max_pages, MOST_PAGES))
        if before + count - first > job.max_pages:
            return None
        child.send({"do": "check", "first": first})
        _answer(child, "checked", cancelled)
        settings = {"mode": job.mode.value, "resolution_dpi": job.resolution_dpi}
        for number in range(first, count):
            child.send({"do": "page", "number": number, **settings})
            header, pixels = _answer(child, "page", cancelled)
            yield _raw_page(before + number - first + 1, header, pixels, shown_name(arrival.path))
            if count > 1:
                bookmarks.write(arrival, number + 1)
            if cancelled() and number + 1 < count:
                return None
        return count - first

    @contextmanager
    def _explained(self) -> Iterator[None]:
        """Turn what the file system says into scanner errors."""
        try:
            yield
        except PermissionError as error:
            raise AccessDenied(error.strerror or "", device=self._name) from error
        except FileNotFoundError as error:
            raise DeviceGone(error.strerror or "", device=self._name) from error
        except OSError as error:
            raise DeviceFault(error.strerror or "", device=self._name) from error


def _open(child: Child, arrival: Arrival, cancelled: Callable[[], bool]) -> int:
    """Let the child open the file; returns how many pages it holds."""
    facts = {"inode": arrival.inode, "size": arrival.size, "written_ns": arrival.written_ns}
    child.send({"do": "open", "file": os.fsdecode(arrival.path), **facts})
    return int(_answer(child, "file", cancelled)[0]["pages"])


def _answer(child: Child, kind: str, cancelled: Callable[[], bool]) -> tuple[Header, bytes]:
    header: Header = {"is": "progress"}
    while header["is"] == "progress":
        try:
            header, body = child.receive(cancelled)
        except (BackendCrashed, NoProgress) as error:
            raise FileTooHeavy(f"the decoder did not survive it: {error.detail}") from error
    if header["is"] == kind:
        return header, body
    detail, code = str(header.get("detail", "")), str(header.get("code"))
    if code == CHANGED:
        raise DeviceBusy("file changed while it was read")
    kind_of_error = REFUSALS.get(code, UnreadableFile)
    if issubclass(kind_of_error, FileError):
        raise kind_of_error(detail, **header.get("facts", {}))
    raise kind_of_error(detail)


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
