"""The quality gate at the desk: what is wrong with a page is said while the citizen still stands there."""

from __future__ import annotations

import logging
import operator
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from ocr.errors import OcrError
from scanners.errors import ScannerError
from scanners.imaging.port import PageReport
from workstation.domain.case import (
    Case,
    Fault,
    FindingSettled,
    Page,
    PageChecked,
    PageCountSettled,
    PagesArranged,
    PageWork,
    Payload,
)
from workstation.domain.clock import Clock
from workstation.domain.covers import TRAY
from workstation.domain.items import Material
from workstation.services.catalogue import Catalogue
from workstation.services.darkroom import Darkroom
from workstation.services.errors import NoReasonToOverrule
from workstation.services.ids import new_id
from workstation.services.page_faults import (
    Alike,
    Recogniser,
    Seen,
    as_one,
    expected_kinds,
    findings_of,
    may_be_twins,
    takes_apart,
    treatment_in,
)
from workstation.services.page_pictures import PagePictures, as_image, treatment_of
from workstation.services.page_places import check_slots, find_page, lying, workable
from workstation.services.profile import WindowProfile
from workstation.store.database import Store
from workstation.store.errors import StoreError

log = logging.getLogger(__name__)

GATE = "quality-gate"
"""Who is named in the log for what the program found by itself."""
KIND_DPI = 200
"""Resolution at which the kind of a document is recognised."""


@dataclass(frozen=True, slots=True)
class FeedReport:
    """What came out of a feed, for the question whether that is what went in."""

    sheets: int
    images: int
    blanks: tuple[str, ...]
    """Ids of the pages with nothing on them, in the order they lie."""
    findings: int
    """Pages with anything else to look at."""
    unchecked: int = 0
    """Pages the gate could not look at."""


@dataclass(frozen=True)
class Checking:
    """Looks at pages and takes the clerk's word on what was found; without a darkroom it checks nothing."""

    store: Store
    catalogue: Catalogue
    profile: WindowProfile
    clock: Clock
    pictures: PagePictures
    darkroom: Darkroom | None = None
    recogniser: Recogniser | None = None
    alike: Alike = operator.eq
    _recording: threading.Lock = field(default_factory=threading.Lock, init=False, compare=False)
    """Two pages checked at once would each miss that the other is its twin."""
    _troubles: list[Exception] = field(default_factory=list, init=False, compare=False)
    _told: threading.Event = field(default_factory=threading.Event, init=False, compare=False)

    def check(self, case_id: str, page_id: str) -> tuple[Page, ...]:
        """Look at a page and record what was found and how it is to be cut.

        Two cards on one glass become two pages where the slot takes as many. A page that is gone or sealed
        meanwhile is left alone; a darkroom or an engine that fails leaves the page as it is and bars nothing
        (`take_trouble` says why).

        Returns:
            The page as it is now, or the pages it became; empty when it is gone.
        """
        case = self.store.case(case_id)
        found = find_page(case, page_id)
        if found is None or self.darkroom is None or not case.may_fill(found[0]):
            return () if found is None else (found[1],)
        slot, page = found
        reports = self._inspected(self.darkroom, page)
        if not reports:
            return (page,)
        material = next((m for m in self.catalogue.item_of(case).materials if m.id == slot), None)
        expected = expected_kinds(material, case.slot(slot), page)
        looks = self._looks(case, page, reports, material)
        seen = [self._recognised(look, expected, anything=slot == TRAY) for look in looks]
        with self._recording:
            case = self.store.case(case_id)
            twins = [self._twin(self.darkroom, case, one) for one in seen]
            return self._record(case_id, page, seen, twins)

    def waiting(self, case: Case) -> tuple[str, ...]:
        """Return the ids of the pages that nobody has checked yet, e.g. after a crash or an undone cut."""
        if self.darkroom is None:
            return ()
        return tuple(page.page_id for slot, page in lying(case) if not page.checked and case.may_fill(slot))

    def take_trouble(self) -> Exception | None:
        """Return why pages could not be checked, once; None when all is well or it was said before."""
        self._told.set()
        return self._troubles.pop() if self._troubles else None

    def settle(self, case_id: str, page_id: str, fault: Fault, why: str) -> Case:
        """Let a page stand in spite of a fault.

        Raises:
            NoReasonToOverrule: no reason was given.
            PageGone: the page lies in no slot.
            CaseSealed: its slot takes no change now.
        """
        if not why.strip():
            raise NoReasonToOverrule
        with self.store.transaction() as tx:
            workable(tx.case(case_id), page_id)
            settled = FindingSettled(page_id=page_id, fault=fault)
            return tx.record(case_id, settled, actor=self.profile.clerk, at=self.clock(), why=why.strip())

    def settle_count(self, case_id: str, slot: str, why: str) -> Case:
        """Take a slot with the number of pages it has, though the item says another.

        Raises:
            NoReasonToOverrule: no reason was given.
            CaseSealed: the slot takes no change now.
        """
        if not why.strip():
            raise NoReasonToOverrule
        with self.store.transaction() as tx:
            case = tx.case(case_id)
            check_slots(case, slot)
            settled = PageCountSettled(slot=slot, pages=len(case.slot(slot).pages))
            return tx.record(case_id, settled, actor=self.profile.clerk, at=self.clock(), why=why.strip())

    def after_feed(self, case_id: str, fed: Sequence[Page], *, duplex: bool = False) -> FeedReport:
        """Count what a feed brought, with what the gate found.

        Args:
            case_id: the case.
            fed: the pages as `Capture.scan` gave them; one split or taken out since is still one image.
            duplex: two images are one sheet.
        """
        pictures = {page.sha256 for page in fed}
        pages = [page for _, page in lying(self.store.case(case_id)) if page.sha256 in pictures]
        blanks = [page.page_id for page in pages if _is_blank(page)]
        others = [page for page in pages if page.open_findings and not _is_blank(page)]
        sheets = (len(fed) + 1) // 2 if duplex else len(fed)
        unchecked = sum(not page.checked for page in pages)
        return FeedReport(sheets, len(fed), tuple(blanks), len(others), unchecked)

    def _inspected(self, darkroom: Darkroom, page: Page) -> tuple[PageReport, ...]:
        """Let the darkroom look at the raw picture; empty when it cannot."""
        by_hand = page.treatment if page.treatment is not None and page.treatment.by else None
        try:
            data = self.store.vault.get(page.sha256)
            corners = by_hand.corners if by_hand else None
            report = darkroom.inspect(data, page.resolution_dpi, corners)
        except (ScannerError, StoreError) as error:
            self._failed(error)
            return ()
        return report.pages

    def _looks(
        self, case: Case, page: Page, reports: Sequence[PageReport], material: Material | None
    ) -> list[Seen]:
        """Return the page as it is to be cut, or the new pages of a glass with several cards."""
        if not takes_apart(case, page, reports, material):
            report = as_one(page, reports)
            return [Seen(replace(page, treatment=treatment_in(page, report)), report)]
        at = self.clock()
        return [
            Seen(
                replace(page, page_id=new_id(at), treatment=treatment_in(page, report)), report, page.page_id
            )
            for report in reports
        ]

    def _recognised(self, seen: Seen, expected: Sequence[str], *, anything: bool) -> Seen:
        """Tell which document the page shows, where one that is known (or `anything`) is expected."""
        if self.recogniser is None or not (expected or anything) or seen.blank:
            return seen
        cut = treatment_of(seen.page)
        scale = min(1.0, KIND_DPI / seen.page.resolution_dpi)
        room = (max(1, round(cut.size_px[0] * scale)), max(1, round(cut.size_px[1] * scale)))
        try:
            image = as_image(self.pictures.picture(seen.page, room), round(seen.page.resolution_dpi * scale))
            guess = self.recogniser.kind_of(image)
        except (OcrError, StoreError) as error:
            self._failed(error)
            return seen
        clash = self.recogniser.clash(expected, guess) if expected else ""
        return replace(seen, guess=guess, clash=clash)

    def _twin(self, darkroom: Darkroom, case: Case, seen: Seen) -> str:
        """Return the id of the page that is the same sheet; empty when none is."""
        try:
            for other in may_be_twins(case, seen, self.alike):
                (data, cut), (like, like_cut) = (self.pictures.source(page) for page in (seen.page, other))
                first, second = (cut.corners, cut.size_px), (like_cut.corners, like_cut.size_px)
                if darkroom.same_sheet(data, first, like, second):
                    return other.page_id
        except (ScannerError, StoreError) as error:
            self._failed(error)
        return ""

    def _record(
        self, case_id: str, page: Page, seen: Sequence[Seen], twins: Sequence[str]
    ) -> tuple[Page, ...]:
        with self.store.transaction() as tx:
            case = tx.case(case_id)
            found = find_page(case, page.page_id)
            if found is None or not case.may_fill(found[0]) or found[1].treatment != page.treatment:
                # Gone, sealed or cut anew while it was looked at: what was seen is of no page any more.
                return () if found is None else (found[1],)
            facts: list[Payload] = [_split(case, found[0], page, seen)] if len(seen) > 1 else []
            facts += [_checked(one, twin) for one, twin in zip(seen, twins, strict=True)]
            case = tx.record(case_id, *facts, actor=GATE, at=self.clock())
        ids = {one.page.page_id for one in seen}
        return tuple(now for _, now in lying(case) if now.page_id in ids)

    def _failed(self, error: Exception) -> None:
        log.warning("event=page_not_checked reason=%s", getattr(error, "code", type(error).__name__))
        if not self._told.is_set():
            self._troubles[:] = [error]


def _checked(seen: Seen, twin: str) -> PageChecked:
    return PageChecked(
        page_id=seen.page.page_id,
        findings=findings_of(seen, twin),
        treatment=seen.page.treatment,
        fingerprint=seen.report.fingerprint,
        document=seen.document,
    )


def _split(case: Case, slot: str, page: Page, seen: Sequence[Seen]) -> PagesArranged:
    """Return what puts the pieces in the place of the page."""
    pages = list(case.slot(slot).pages)
    place = [present.page_id for present in pages].index(page.page_id)
    pages[place : place + 1] = [one.page for one in seen]
    return PagesArranged(work=PageWork.SPLIT, slots={slot: tuple(pages)})


def _is_blank(page: Page) -> bool:
    return any(finding.fault is Fault.BLANK for finding in page.open_findings)
