"""The `Scanner` port: what every source of pages looks like to the workstation."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from scanners.camera_view import Viewfinder

MAX_PAGE_PIXELS = 140_000_000
"""Most pixels of one page: A3 at 600 dpi is 70 million; anything far above is a mistake or an attack."""


class Source(StrEnum):
    """Where the sheet lies."""

    FLATBED = "FLATBED"
    FEEDER = "FEEDER"
    DUPLEX = "DUPLEX"


class Mode(StrEnum):
    """Colour mode of a page's pixels, named as Pillow names them."""

    COLOUR = "RGB"
    GREY = "L"


@dataclass(frozen=True, slots=True, kw_only=True)
class Capability:
    """What a device can do with sheets from one source, as it said itself before the first scan."""

    source: Source
    modes: tuple[Mode, ...]
    resolutions_dpi: tuple[int, ...] = ()
    """Ascending; of a range its ends and the usual ones between. Empty: it cannot be chosen."""
    largest_page_mm: tuple[float, float] | None = None
    """(width, height) in mm; None: the device does not say."""

    def fits(self, page_size_mm: tuple[float, float], *, tolerance_mm: float = 5.0) -> bool:
        """Whether a page of (width, height) mm lies within; many an A4 glass is a hair shorter than A4."""
        if self.largest_page_mm is None:
            return True
        pairs = zip(page_size_mm, self.largest_page_mm, strict=True)
        return all(wanted <= offered + tolerance_mm for wanted, offered in pairs)


@dataclass(frozen=True, slots=True)
class Device:
    """A source of pages as shown to the clerk."""

    id: str
    """What the driver opens, e.g. `test:0` or a folder's path."""
    name: str
    """Vendor and model, or the folder's purpose."""
    driver: str
    """`sane`, `camera`, `folder` or `specimen`."""
    sources: tuple[Source, ...] = (Source.FLATBED,)
    capabilities: tuple[Capability, ...] = ()
    """One a source, in the order of `sources`; empty while unknown or where nothing can be chosen."""

    def capability(self, source: Source) -> Capability | None:
        """Return what it can do from `source`, None if that is unknown."""
        return next((known for known in self.capabilities if known.source is source), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanJob:
    """One press of the scan key."""

    device_id: str
    source: Source = Source.FLATBED
    glass_if_empty: bool = False
    """An empty feeder means: read the glass instead, once, if the device has one."""
    mode: Mode = Mode.COLOUR
    resolution_dpi: int = 200
    page_size_mm: tuple[float, float] | None = None
    """(width, height) in mm; None: the whole glass."""
    max_pages: int = 100
    finder: Viewfinder | None = None
    """Who looks through a camera and holds its shutter; other devices have none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RawPage:
    """One page as it came: packed 8-bit rows, no padding, nothing cleaned."""

    number: int
    """1, 2, 3 ... within the job."""
    width_px: int
    height_px: int
    mode: Mode
    resolution_dpi: int
    pixels: bytes
    """`width_px * height_px * (3 if COLOUR else 1)` bytes, row by row from the top left."""
    source_name: str
    """Device name or file name, for the page's record."""


class Scanner(Protocol):
    """A driver for one kind of device."""

    def devices(self) -> tuple[Device, ...]:
        """List what can be scanned from now.

        Raises:
            ScannerError: listing itself failed.
        """
        ...

    def scan(self, job: ScanJob, cancelled: Callable[[], bool]) -> Iterator[RawPage]:
        """Yield pages one by one; the next sheet is not fed before the caller asks for it.

        So a caller that writes and syncs each page before taking the next never loses a fed sheet.
        `cancelled` is polled; when it turns true the iterator ends after the pages already read.

        Raises:
            ScannerError: what went wrong, after the pages already yielded.
        """
        ...
