"""A scanner that does what a script says, for tests of those who use one."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from scanners.errors import FeederEmpty, ScannerError
from scanners.port import Device, Mode, RawPage, ScanJob, Scanner, Source

DEVICE = Device(id="scripted", name="Scripted scanner", driver="scripted", sources=tuple(Source))


class ScriptedScanner(Scanner):
    """Plays `[page, page, PaperJam(), page]`: an error ends a scan, the next scan goes on behind it.

    Pages are numbered anew in each scan; with nothing left, a scan raises `FeederEmpty`.
    """

    def __init__(
        self, script: Iterable[RawPage | ScannerError], *, devices: tuple[Device, ...] = (DEVICE,)
    ) -> None:
        """Take the script and the devices to list."""
        self.script = deque(script)
        self.jobs: list[ScanJob] = []
        """Every job a scan was started with."""
        self._devices = devices

    def devices(self) -> tuple[Device, ...]:
        """Return the devices given."""
        return self._devices

    def scan(self, job: ScanJob, cancelled: Callable[[], bool]) -> Iterator[RawPage]:
        """Play the script up to the next error, cancel, end, or `job.max_pages`.

        Raises:
            ScannerError: the one in the script, or `FeederEmpty`.
        """
        self.jobs.append(job)
        if not self.script:
            raise FeederEmpty(device=job.device_id)
        for number in range(1, job.max_pages + 1):
            if cancelled() or not self.script:
                return
            step = self.script.popleft()
            if isinstance(step, ScannerError):
                raise step
            yield replace(step, number=number)


def blank_page(width_px: int = 8, height_px: int = 12, *, shade: int = 255, name: str = "blank") -> RawPage:
    """Return a grey page of one shade, 200 dpi; another shade makes a page that can be told apart."""
    return RawPage(
        number=1,
        width_px=width_px,
        height_px=height_px,
        mode=Mode.GREY,
        resolution_dpi=200,
        pixels=bytes([shade]) * (width_px * height_px),
        source_name=name,
    )
