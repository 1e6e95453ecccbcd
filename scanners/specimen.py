"""The practice scanner: specimen pictures fed through the real libsane, so practice meets the real driver."""

from __future__ import annotations

import logging
import os
import tempfile
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import cached_property
from pathlib import Path

from PIL import Image

from scanners.errors import FeederEmpty, ScannerError, UnreadableFile
from scanners.limits import check_pixels
from scanners.pixels import flatten, resolution_of
from scanners.port import Device, Mode, RawPage, ScanJob, Scanner, Source
from scanners.sane import Options, SaneScanner, no_options

log = logging.getLogger(__name__)

DEVICE = Device(
    id="specimen",
    name="练习扫描仪",
    driver="specimen",
    sources=(Source.FLATBED, Source.FEEDER, Source.DUPLEX),
)
PNM = "pnm:0"
PNM_DPI = 200
"""A resolution the pnm back-end knows; it has no effect on its pixels."""
MEMORY = Path("/dev/shm")


class _Tray:
    """Lays the top sheet of a stack where the back-end reads it, one at a time."""

    def __init__(self, stack: deque[Path], folder: Path, job: ScanJob) -> None:
        self._stack = stack
        self._file = folder / "sheet.pnm"
        self._job = job
        self.sheet = Image.new("L", (1, 1))
        self.resolution_dpi = job.resolution_dpi

    def load(self) -> None:
        """Read the top picture of the stack as the job wants it, grey or colour."""
        path = self._stack[0]
        try:
            with Image.open(path) as image:
                check_pixels(*image.size)
                self.resolution_dpi = resolution_of(image, self._job.resolution_dpi)
                self.sheet = flatten(image, self._job.mode)
        except OSError as error:
            raise UnreadableFile(str(error), file=path.name) from error

    def lay(self) -> Options:
        """Write the sheet as PNM and return the option that points the back-end to it."""
        magic = "P6" if self.sheet.mode == "RGB" else "P5"
        header = f"{magic}\n{self.sheet.width} {self.sheet.height}\n255\n".encode("ascii")
        self._file.write_bytes(header + self.sheet.tobytes())
        return {"filename": str(self._file)}

    def clear(self) -> None:
        """Take the sheet away."""
        self._file.unlink(missing_ok=True)


class SpecimenScanner(Scanner):
    """Feeds a stack of specimen pictures, page by page, as if they lay in a feeder.

    The pixels are those of the file, whatever resolution the job asks; the page says which one the file
    names. Nothing of a page stays behind: each is written for the back-end just before it is fed, in memory
    where the system offers it, and removed after it was read.
    """

    def __init__(self, paths: Iterable[Path] = (), *, timeout_s: float = 60.0) -> None:
        """Put pictures (PNG, JPEG, PPM ...) on the stack, the first one on top."""
        self._stack = deque(paths)
        self._timeout_s = timeout_s
        self._failure: ScannerError | None = None

    @cached_property
    def through_sane(self) -> bool:
        """Whether pages pass through libsane's pnm back-end; without it they are read directly."""
        try:
            with _private_folder() as folder:
                return _is_latin_1(folder) and any(
                    device.id == PNM for device in self._sane(folder).devices()
                )
        except (ScannerError, OSError) as error:
            log.info("event=specimens_direct reason=%s", error)
            return False

    def load(self, paths: Iterable[Path]) -> None:
        """Replace the stack."""
        self._stack = deque(paths)

    def fail_next(self, error: ScannerError) -> None:
        """Let the next sheet fail with `error`; it stays on the stack."""
        self._failure = error

    def devices(self) -> tuple[Device, ...]:
        """Return the practice scanner."""
        return (DEVICE,)

    def scan(self, job: ScanJob, cancelled: Callable[[], bool]) -> Iterator[RawPage]:
        """Yield `job.max_pages` pages from the top of the stack; a page leaves it once it was read.

        Raises:
            FeederEmpty: the stack is empty.
            ScannerError: what `fail_next` asked for, or what the driver said.
        """
        if not self._stack and self._failure is None:
            raise FeederEmpty("empty stack", device=DEVICE.name)
        try:
            yield from self._feed(self._stack, job, cancelled)
        except ScannerError as error:
            error.device = DEVICE.name
            raise

    def _feed(self, stack: deque[Path], job: ScanJob, cancelled: Callable[[], bool]) -> Iterator[RawPage]:
        inner = replace(job, max_pages=min(job.max_pages, max(len(stack), 1)))
        with _private_folder() as folder:
            tray = _Tray(stack, folder, job)
            feed = self._through_sane if self.through_sane else self._directly
            for page in feed(tray, folder, inner, cancelled):
                tray.clear()
                name = stack.popleft().name
                yield replace(page, source_name=name, resolution_dpi=tray.resolution_dpi)

    def _through_sane(
        self, tray: _Tray, folder: Path, job: ScanJob, cancelled: Callable[[], bool]
    ) -> Iterator[RawPage]:
        def next_sheet(_number: int) -> Options:
            self._fail_if_asked()
            tray.load()
            return tray.lay()

        inner = replace(job, device_id=PNM, source=Source.FEEDER, resolution_dpi=PNM_DPI, page_size_mm=None)
        return self._sane(folder, next_sheet).scan(inner, cancelled)

    def _directly(
        self, tray: _Tray, _folder: Path, job: ScanJob, cancelled: Callable[[], bool]
    ) -> Iterator[RawPage]:
        for number in range(1, job.max_pages + 1):
            if cancelled():
                return
            self._fail_if_asked()
            tray.load()
            yield RawPage(
                number=number,
                width_px=tray.sheet.width,
                height_px=tray.sheet.height,
                mode=Mode(tray.sheet.mode),
                resolution_dpi=tray.resolution_dpi,
                pixels=tray.sheet.tobytes(),
                source_name=DEVICE.name,
            )

    def _fail_if_asked(self) -> None:
        failure, self._failure = self._failure, None
        if failure is not None:
            raise failure

    def _sane(self, folder: Path, sheet_options: Callable[[int], Options] = no_options) -> SaneScanner:
        return SaneScanner(
            config_dir=folder,
            timeout_s=self._timeout_s,
            sheet_options=sheet_options,
            sheet_fed=frozenset({PNM}),
        )


@contextmanager
def _private_folder() -> Iterator[Path]:
    """Yield a folder only we can read, holding a SANE configuration with the pnm back-end alone.

    Its path is ASCII if the temporary folder's is: python-sane passes Latin-1 only.
    """
    parent = MEMORY if os.access(MEMORY, os.W_OK | os.X_OK) else None
    with tempfile.TemporaryDirectory(prefix=f"specimens-{os.getpid()}-", dir=parent) as name:
        folder = Path(name)
        (folder / "dll.conf").write_text("pnm\n", encoding="ascii")
        yield folder


def _is_latin_1(path: Path) -> bool:
    try:
        str(path).encode("latin-1")
    except UnicodeEncodeError:
        return False
    return True
