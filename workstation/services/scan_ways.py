"""Ways to scan: a device, and where the sheets lie on it, as a clerk chooses them once a day."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from scanners.port import Device, ScanJob, Source

MANY_PAGES = ("folder", "camera")
"""Drivers whose devices give several pages in one go though they have no feeder."""
MOST_PAGES = 100
"""Most pages of one feed; the next press goes on behind it."""


@dataclass(frozen=True, slots=True)
class ScanWay:
    """One line of the choice."""

    device: Device
    source: Source
    by_itself: bool = False
    """The feeder when paper lies in it, else the glass."""

    @property
    def id(self) -> str:
        """Name of the way, unique among all."""
        return f"{'AUTO' if self.by_itself else self.source.value} {self.device.id}"

    @property
    def is_only(self) -> bool:
        """True when the device has no other way."""
        return len(self.device.sources) < 2

    @property
    def feeds_sheets(self) -> bool:
        """True where sheets are fed, and may stick together or be missed."""
        return self.source is not Source.FLATBED and self.device.driver not in MANY_PAGES

    def job(self, resolution_dpi: int) -> ScanJob:
        """Return the job of one press of the scan key."""
        is_single = self.source is Source.FLATBED and self.device.driver not in MANY_PAGES
        return ScanJob(
            device_id=self.device.id,
            source=self.source,
            glass_if_empty=self.by_itself,
            resolution_dpi=resolution_dpi,
            max_pages=1 if is_single else MOST_PAGES,
        )

    def stack_job(self, resolution_dpi: int) -> ScanJob | None:
        """Return the job of a whole stack; None when the device takes single sheets only."""
        feeders = [source for source in (Source.FEEDER, Source.DUPLEX) if source in self.device.sources]
        if not feeders and self.device.driver != "folder":
            return None
        source = self.source if self.source in feeders or not feeders else feeders[0]
        job = self.job(resolution_dpi)
        return replace(job, source=source, glass_if_empty=False, max_pages=MOST_PAGES)


def stack_job(present: ScanWay | None, ways: Iterable[ScanWay], resolution_dpi: int) -> ScanJob | None:
    """Return how a whole stack is fed: the way in use if it can, else the first one that can."""
    able = (present, *ways) if present else tuple(ways)
    return next((job for way in able if (job := way.stack_job(resolution_dpi)) is not None), None)


def ways_of(devices: Iterable[Device]) -> tuple[ScanWay, ...]:
    """Return every way, device by device; the first of a device is what it is used for when nobody chose."""
    ways: list[ScanWay] = []
    for device in devices:
        sources = device.sources or (Source.FLATBED,)
        ways += [ScanWay(device, source) for source in sources]
        if Source.FLATBED in sources:
            feeders = [source for source in (Source.FEEDER, Source.DUPLEX) if source in sources]
            ways += [ScanWay(device, source, by_itself=True) for source in feeders[:1]]
    return tuple(ways)
