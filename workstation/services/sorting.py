"""Whole stacks: a cover sheet says where the sheets behind it belong, and nothing that came is ever lost.

What no cover speaks for waits in the tray of the case the clerk has open; the kind of document seen on a page
proposes its line there, and the clerk decides.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from scanners.errors import ScannerError
from scanners.imaging.port import Barcode, PageFault
from scanners.port import ScanJob, Source
from workstation.domain.case import Case, Page, PagesArranged, PageWork
from workstation.domain.checklist import ChecklistLine, SlotStatus, checklist, derive
from workstation.domain.covers import TRAY, Cover, read_cover
from workstation.domain.items import Item
from workstation.domain.kinds import OriginalRule
from workstation.domain.page_history import moved
from workstation.services.capture import Capture
from workstation.services.catalogue import Catalogue
from workstation.services.darkroom import Darkroom
from workstation.services.errors import CaseSealed, NotMovable, PackMissing
from workstation.services.page_places import check_slots, workable
from workstation.store.errors import StoreError

log = logging.getLogger(__name__)

OPEN = (SlotStatus.MISSING, SlotStatus.PENDING, SlotStatus.SCANNED, SlotStatus.SEEN_RETURNED)
"""Lines for which a page may be proposed: nothing else stands in for their paper."""


class Astray(StrEnum):
    """Why a page of a stack lies in the tray."""

    NO_COVER = "NO_COVER"
    """No cover came before it."""
    UNKNOWN_CASE = "UNKNOWN_CASE"
    """The cover names a case that this window does not have."""
    SEALED_CASE = "SEALED_CASE"
    """The cover's case takes no pages any more."""
    NO_LINE = "NO_LINE"
    """The cover's case does not ask for that material any more."""
    UNREAD = "UNREAD"
    """Codes could not be looked for, so a cover may have been missed."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where the next sheets go."""

    case_id: str
    slot: str
    astray: Astray | None = None
    """Set for the tray."""


@dataclass(frozen=True, slots=True)
class SortedPage:
    """One side that came out of the feeder: a page that is safe, or a side of a cover sheet."""

    place: Place
    page: Page | None = None
    """None: a side of a cover sheet, which is kept in no case."""
    cover: Cover | None = None
    """On the side that carries the code; `place` is where the sheets behind it go."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pile:
    """What a stack brought for one line of one case, as it lies now."""

    case_id: str
    number: str
    item: str
    applicant: str
    """Empty while nobody is named."""
    slot: str
    title: str
    pages: tuple[Page, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StackReport:
    """What came of a stack."""

    sheets: int
    covers: int
    piles: tuple[Pile, ...] = ()
    """In the order their first pages came, case by case."""
    tray: tuple[Page, ...] = ()
    """All that waits in the tray of the case on screen, from earlier stacks too."""
    proposals: Mapping[str, str]
    """Page id -> material, for pages in the tray."""

    @property
    def placed(self) -> int:
        """Pages that lie in a line."""
        return sum(len(pile.pages) for pile in self.piles)

    @property
    def cases(self) -> int:
        """Cases that took pages."""
        return len({pile.case_id for pile in self.piles})


class CodeReader(Protocol):
    """What looks for codes on a picture; it blocks, any thread may call."""

    def codes(self, file: bytes, dpi: int) -> tuple[Barcode, ...]:
        """Return the bar and QR codes on a picture.

        Raises:
            ScannerError: the process cannot be had, or failed on this picture.
        """
        ...


@dataclass(frozen=True)
class Sorting:
    """Feeds stacks and sorts what their covers did not; without a reader of codes all goes to the tray."""

    capture: Capture
    catalogue: Catalogue
    reader: CodeReader | None = None
    darkroom: Darkroom | None = None

    def feed(
        self, case_id: str, job: ScanJob, cancelled: Callable[[], bool] = lambda: False
    ) -> Iterator[SortedPage]:
        """Feed a stack, yielding each page once it is safe in its line; what was yielded is never lost.

        Args:
            case_id: the case on screen, whose tray takes what no cover speaks for.
            job: what to feed.
            cancelled: polled between the sheets.

        Raises:
            CaseSealed: that case may not change any more.
            DiskAlmostFull: too little space to go on.
            ScannerError: what the device said, after the pages already yielded.
        """
        self.capture.check(case_id, TRAY)
        came = SortedPage(Place(case_id, TRAY, Astray.NO_COVER))
        for number, raw in enumerate(self.capture.scanner.scan(job, cancelled)):
            page = self.capture.safe(raw)
            is_back = job.source is Source.DUPLEX and number % 2 == 1
            came = self._sorted(case_id, page, came, is_back=is_back)
            yield came
            self.capture.check(case_id, TRAY)

    def report(self, case_id: str, fed: Sequence[SortedPage], *, duplex: bool = False) -> StackReport:
        """Say what came of a stack, as it lies now.

        Args:
            case_id: the case on screen.
            fed: what `feed` yielded.
            duplex: two sides are one sheet.
        """
        home = self.capture.store.case(case_id)
        pictures = {one.page.sha256 for one in fed if one.page is not None}
        ids = dict.fromkeys((*(one.place.case_id for one in fed if one.page is not None), case_id))
        piles = [pile for known in ids for pile in self._piles(self.capture.store.case(known), pictures)]
        return StackReport(
            sheets=(len(fed) + 1) // 2 if duplex else len(fed),
            covers=sum(one.cover is not None for one in fed),
            piles=tuple(piles),
            tray=home.slot(TRAY).pages,
            proposals=self.proposals(home),
        )

    def proposals(self, case: Case) -> Mapping[str, str]:
        """Return the material for each page in the tray whose document exactly one open line still wants.

        Two papers of a kind for one place are nobody's to guess: neither is proposed.
        """
        if not case.may_fill(TRAY):
            return {}
        lines = checklist(self.catalogue.item_of(case), case).lines
        tray = case.slot(TRAY).pages
        seen = Counter(page.document for page in tray)
        found: dict[str, str] = {}
        for page in tray:
            fitting = [line.material.id for line in lines if _wants(line, case, page.document)]
            if len(fitting) == 1:
                line = next(line for line in lines if line.material.id == fitting[0])
                if seen[page.document] <= _room(line, case, page.document):
                    found[page.page_id] = fitting[0]
        return found

    def accept(self, case_id: str, slots: Mapping[str, str]) -> Case:
        """Put pages (page id -> material) into their lines, all in one step that can be undone.

        Raises:
            PageGone: one lies in no slot any more.
            NotMovable: the checklist has no such line for pages.
            CaseSealed: the case takes no change now.
        """
        store, clerk = self.capture.store, self.capture.profile.clerk
        with store.transaction() as tx:
            case = tx.case(case_id)
            item = self.catalogue.item_of(case)
            if not takers(item, case).issuperset(slots.values()):
                raise NotMovable
            lists = _arranged(case, slots)
            check_slots(case, *lists)
            arranged = PagesArranged(work=PageWork.SORT, slots=lists)
            return tx.record(case_id, arranged, actor=clerk, at=self.capture.clock())

    def _sorted(self, home: str, page: Page, before: SortedPage, *, is_back: bool) -> SortedPage:
        """Put a picture that is safe where it belongs, which the one before it says unless it is a cover."""
        try:
            cover = self._cover(page)
        except (ScannerError, StoreError) as error:
            log.warning("event=codes_not_read reason=%s", getattr(error, "code", type(error).__name__))
            return self._added(Place(home, TRAY, Astray.UNREAD), home, page)
        if cover is not None:
            place = self._place_of(home, cover)
            log.info("event=cover number=%s astray=%s", cover.case_number, place.astray or "")
            return SortedPage(place, cover=cover)
        if is_back and before.cover is not None and self._is_blank(page):
            return SortedPage(before.place)
        return self._added(before.place, home, page)

    def _cover(self, page: Page) -> Cover | None:
        """Return the cover a picture shows; codes of others are not looked at."""
        if self.reader is None:
            return None
        found = self.reader.codes(self.capture.store.vault.get(page.sha256), page.resolution_dpi)
        return next((cover for code in found if (cover := read_cover(code.text)) is not None), None)

    def _is_blank(self, page: Page) -> bool:
        """Return whether nothing is on a picture; False where that cannot be told."""
        if self.darkroom is None:
            return False
        try:
            data = self.capture.store.vault.get(page.sha256)
            report = self.darkroom.inspect(data, page.resolution_dpi)
        except (ScannerError, StoreError):
            return False
        return all(PageFault.BLANK in one.faults for one in report.pages)

    def _place_of(self, home: str, cover: Cover) -> Place:
        """Return where the sheets behind a cover go."""
        case = self.capture.store.case_by_number(cover.case_number)
        if case is None:
            return Place(home, TRAY, Astray.UNKNOWN_CASE)
        try:
            item = self.catalogue.item_of(case)
        except PackMissing:
            return Place(home, TRAY, Astray.UNKNOWN_CASE)
        slot = cover.slot(item)
        if not case.may_fill(slot):
            return Place(home, TRAY, Astray.SEALED_CASE)
        is_asked = slot in takers(item, case)
        return Place(case.case_id, slot) if is_asked else Place(home, TRAY, Astray.NO_LINE)

    def _added(self, place: Place, home: str, page: Page) -> SortedPage:
        """Record a page in its line; one whose case was sealed meanwhile goes to the tray."""
        try:
            self.capture.add(place.case_id, place.slot, page)
        except CaseSealed:
            if place.case_id == home:
                raise
            place = Place(home, TRAY, Astray.SEALED_CASE)
            self.capture.add(home, TRAY, page)
        return SortedPage(place, page)

    def _piles(self, case: Case, pictures: set[str]) -> Iterator[Pile]:
        """Yield the lines of a case that hold pages cut from these pictures."""
        item = self.catalogue.item_of(case)
        for slot, content in case.slots.items():
            pages = tuple(page for page in content.pages if page.sha256 in pictures)
            if pages and slot != TRAY:
                yield Pile(
                    case_id=case.case_id,
                    number=case.number,
                    item=item.title,
                    applicant=case.applicant.name if case.applicant else "",
                    slot=slot,
                    title=next((m.title for m in item.materials if m.id == slot), slot),
                    pages=pages,
                )


def takers(item: Item, case: Case) -> frozenset[str]:
    """Return the materials of the checklist that take pages."""
    materials = derive(item, case.answers)
    return frozenset(m.id for m in materials if m.original is not OriginalRule.FORM)


def _wants(line: ChecklistLine, case: Case, document: str) -> bool:
    """Return whether an open line asks for this document."""
    kinds = (line.material.document_kind, line.material.back_kind)
    return bool(document) and document in kinds and line.status in OPEN and _room(line, case, document) > 0


def _room(line: ChecklistLine, case: Case, document: str) -> int:
    """Return how many pages of this document the line still takes: of a card each side once."""
    material, pages = line.material, case.slot(line.material.id).pages
    if material.back_kind:
        return int(document not in {page.document for page in pages} and len(pages) < material.pages_max)
    return material.pages_max - len(pages)


def _arranged(case: Case, slots: Mapping[str, str]) -> dict[str, tuple[Page, ...]]:
    """Return the page lists of every slot that loses or gains pages; raises PageGone."""
    lists: dict[str, tuple[Page, ...]] = {}
    for page_id, slot in slots.items():
        source, page = workable(case, page_id)
        if source == slot:
            continue
        held = lists.get(source, case.slot(source).pages)
        lists[source] = tuple(other for other in held if other.page_id != page_id)
        lists[slot] = (*lists.get(slot, case.slot(slot).pages), moved(page))
    return lists
