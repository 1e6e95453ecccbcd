"""From the device to the vault: a page is on disk, hashed, synced and in its slot before the next is fed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from scanners.errors import NoDevice, ScannerError
from scanners.port import Device, RawPage, ScanJob, Scanner
from workstation.domain.case import Case, Page, PageAdded, PagesArranged, PageWork, Payload
from workstation.domain.clock import Clock
from workstation.services.darkroom import Darkroom, encode
from workstation.services.disk import DiskWatch
from workstation.services.errors import CaseSealed
from workstation.services.ids import new_id
from workstation.services.intake import check_fillable
from workstation.services.profile import WindowProfile
from workstation.store.database import Store


@dataclass(frozen=True)
class ScannerHub:
    """All drivers of this machine as one scanner."""

    drivers: tuple[Scanner, ...]
    _known: dict[str, Scanner] = field(default_factory=dict, init=False, compare=False)
    """Driver of each device listed before: listing can take seconds, a press of the scan key must not."""

    def devices(self) -> tuple[Device, ...]:
        """Every device of every driver; raises what a driver raises only if none has any."""
        found: list[Device] = []
        failure: ScannerError | None = None
        for driver in self.drivers:
            try:
                listed = driver.devices()
            except ScannerError as error:
                failure = error
                continue
            found += listed
            self._known.update({device.id: driver for device in listed})
        if not found and failure is not None:
            raise failure
        return tuple(found)

    def scan(self, job: ScanJob, cancelled: Callable[[], bool]) -> Iterator[RawPage]:
        """Scan with the driver that has the device.

        Raises:
            NoDevice: no driver knows it.
            ScannerError: what the driver said.
        """
        if job.device_id not in self._known:
            self.devices()
        driver = self._known.get(job.device_id)
        if driver is None:
            raise NoDevice(device=job.device_id)
        return driver.scan(job, cancelled)


@dataclass(frozen=True)
class Capture:
    """Scanning into a slot."""

    store: Store
    scanner: Scanner
    profile: WindowProfile
    clock: Clock
    disk: DiskWatch
    darkroom: Darkroom | None = None

    def devices(self) -> tuple[Device, ...]:
        """Devices to scan from."""
        return self.scanner.devices()

    def scan(
        self,
        case_id: str,
        slot: str,
        job: ScanJob,
        cancelled: Callable[[], bool] = lambda: False,
        *,
        into: int | None = None,
        instead_of: str = "",
    ) -> Iterator[Page]:
        """Scan into `slot`, yielding each page once it is safe; what was yielded is never lost.

        Args:
            case_id: the case.
            slot: its material, or the tray.
            job: what to feed.
            cancelled: polled between the sheets.
            into: place of the first page in the slot (0 is the first), the others follow; None: at the end.
            instead_of: id of the page that the first one replaces; if it has gone, `into` counts.

        Raises:
            CaseSealed: the case may not change any more.
            DiskAlmostFull: too little space to begin; nothing was fed.
            ScannerError: what the device said, after the pages already yielded.
        """
        self.check(case_id, slot)
        for raw in self.scanner.scan(job, cancelled):
            page = self.safe(raw)
            case = self.add(case_id, slot, page, into, instead_of)
            if into is not None or instead_of:
                into, instead_of = case.slot(slot).pages.index(page) + 1, ""
            yield page
            self.check(case_id, slot)

    def check(self, case_id: str, slot: str) -> None:
        """Raise CaseSealed or DiskAlmostFull unless the slot takes a page now."""
        case = self.store.case(case_id)
        if not case.may_fill(slot):
            raise CaseSealed(number=case.number)
        self.disk.check()

    def safe(self, raw: RawPage) -> Page:
        """Put the picture as it came into the vault; it belongs to no case yet.

        It is encoded in the darkroom, or here where there is none.
        """
        data, at = self.darkroom.keep(raw) if self.darkroom else encode(raw), self.clock()
        return Page(
            page_id=new_id(at),
            sha256=self.store.vault.put(data),
            size=len(data),
            media_type="image/jpeg",
            width_px=raw.width_px,
            height_px=raw.height_px,
            resolution_dpi=raw.resolution_dpi,
            source=raw.source_name,
            taken_at=at,
        )

    def add(self, case_id: str, slot: str, page: Page, into: int | None = None, instead_of: str = "") -> Case:
        """Record that a page that is safe belongs to a slot; see `scan`. Raises CaseSealed."""
        with self.store.transaction() as tx:
            # Sealed while the sheet was fed: a page nobody would ever send must not join the case.
            case = check_fillable(tx, case_id, slot)
            facts = _place(case, slot, page, into, instead_of)
            return tx.record(case_id, *facts, actor=self.profile.clerk, at=page.taken_at)


def _place(case: Case, slot: str, page: Page, into: int | None, instead_of: str) -> list[Payload]:
    """Return what puts the page into its slot, and to its place there."""
    facts: list[Payload] = [PageAdded(slot=slot, page=page)]
    pages = list(case.slot(slot).pages)
    ids = [present.page_id for present in pages]
    if instead_of in ids:
        pages[ids.index(instead_of)] = page
        facts.append(PagesArranged(work=PageWork.REPLACE, slots={slot: tuple(pages)}))
    elif into is not None:
        pages.insert(into, page)
        facts.append(PagesArranged(work=PageWork.INSERT, slots={slot: tuple(pages)}))
    return facts
