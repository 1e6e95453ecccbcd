"""What the quality gate makes of a look at a page: findings, the cut, the twin, the kind that is expected."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from PIL import Image

from scanners.imaging.port import PageFault, PageReport
from workstation.domain.case import Case, Fault, Finding, Page, SlotContent, Treatment
from workstation.domain.facts import MENDED
from workstation.domain.geometry import overlap, whole
from workstation.domain.items import Material
from workstation.services.page_pictures import treatment_of
from workstation.services.page_places import lying

if TYPE_CHECKING:
    from ocr.kinds import KindGuess

TURNED = Finding(fault=Fault.UPSIDE_DOWN, settled_by=MENDED)
CLASHES = {"side": Fault.WRONG_SIDE, "kind": Fault.WRONG_KIND}
MUCH_INK = 0.01
"""Share of a page under print from which its glyphs should say how it lies; a page number has 0.0003."""
SHEET = 2
"""A slot of no more pages takes the two sides of one document; more may be several people's."""

Alike = Callable[[str, str], bool]
"""Whether two fingerprints may be of one sheet."""


@dataclass(frozen=True, slots=True)
class Recogniser:
    """Tells documents apart."""

    kind_of: Callable[[Image.Image], KindGuess]
    """Any thread may call, it blocks."""
    clash: Callable[[Sequence[str], KindGuess], Literal["", "side", "kind"]]


@dataclass(frozen=True, slots=True)
class Seen:
    """What was seen of one page."""

    page: Page
    """With the treatment it shall have."""
    report: PageReport
    of: str = ""
    """Id of the page it is cut from, where a glass with several cards was one page so far."""
    guess: KindGuess | None = None
    clash: Literal["", "side", "kind"] = ""

    @property
    def document(self) -> str:
        """The document kind, where it is certain."""
        return self.guess.document if self.guess is not None and self.guess.certain else ""

    @property
    def blank(self) -> bool:
        """True when nothing is on it."""
        return PageFault.BLANK in self.report.faults


def findings_of(seen: Seen, twin: str) -> tuple[Finding, ...]:
    """Return what is wrong with a page; an empty one is nothing but empty.

    Args:
        seen: the look at it.
        twin: id of the page that is the same sheet; empty when there is none.
    """
    if seen.blank:
        return (Finding(fault=Fault.BLANK),)
    findings = [
        Finding(fault=Fault(fault)) for fault in seen.report.faults if fault is not PageFault.UPSIDE_DOWN
    ]
    findings += _turn_of(seen)
    if twin:
        findings.append(Finding(fault=Fault.DUPLICATE, of=twin))
    if seen.clash:
        findings.append(Finding(fault=CLASHES[seen.clash], of=seen.document))
    return tuple(findings)


def _turn_of(seen: Seen) -> tuple[Finding, ...]:
    """Return what is to be said of how a page lies: mended, or to be looked at where print should tell."""
    by_hand = seen.page.treatment is not None and seen.page.treatment.by
    is_turned = PageFault.UPSIDE_DOWN in seen.report.faults
    if by_hand or (seen.report.turn_certain and not is_turned):
        return ()
    if seen.report.turn_certain:
        return (TURNED,)
    has_print = seen.report.measures.get("ink", 0.0) >= MUCH_INK
    return (replace(TURNED, settled_by=""),) if is_turned or has_print else ()


def may_be_twins(case: Case, seen: Seen, alike: Alike) -> tuple[Page, ...]:
    """Return the pages of the case that may be the same sheet; only their pixels can say.

    Empty pages are all alike, two pages cut from one glass are not the same, and of two twins only the one
    that was seen later is told.
    """
    page, fingerprint = seen.page, seen.report.fingerprint
    if seen.blank or not fingerprint:
        return ()
    return tuple(
        other
        for _, other in lying(case)
        if other.page_id not in (page.page_id, seen.of)
        and not _is_told_of(other, page)
        and not _is_beside(other, page)
        and other.fingerprint
        and alike(other.fingerprint, fingerprint)
    )


def _is_told_of(other: Page, page: Page) -> bool:
    return any(f.fault is Fault.DUPLICATE and f.of == page.page_id for f in other.findings)


def _is_beside(other: Page, page: Page) -> bool:
    """Return whether both were cut from one picture, at different places."""
    is_one = other.sha256 == page.sha256
    return is_one and not overlap(treatment_of(other).corners, treatment_of(page).corners)


def expected_kinds(material: Material | None, slot: SlotContent, page: Page) -> tuple[str, ...]:
    """Return the document kinds one of which the page should be; empty when the slot takes anything.

    Of a sheet with two sides the one that is not there yet is expected.
    """
    wanted = (material.document_kind, material.back_kind) if material else ()
    kinds = tuple(kind for kind in wanted if kind)
    if material is None or material.pages_max > SHEET or len(kinds) < SHEET:
        return kinds
    others = {other.document for other in slot.pages if other.page_id != page.page_id}
    return tuple(kind for kind in kinds if kind not in others) or kinds


def takes_apart(case: Case, page: Page, reports: Sequence[PageReport], material: Material | None) -> bool:
    """Return whether a glass with several cards becomes several pages.

    Only where the slot takes as many, and not again where a person has put them together.
    """
    most = material.pages_max if material else len(reports)
    known = [*case.binned, *(other for _, other in lying(case))]
    was_apart = any(other.sha256 == page.sha256 and other.page_id != page.page_id for other in known)
    by_hand = page.treatment is not None and page.treatment.by
    return 1 < len(reports) <= most and not was_apart and not by_hand


def treatment_in(page: Page, report: PageReport) -> Treatment | None:
    """Return the cut that was seen; None where it is the whole picture as it came; a person's cut stays."""
    if page.treatment is not None and page.treatment.by:
        return page.treatment
    cut = Treatment(corners=report.corners, size_px=report.size_px)
    return None if cut == whole(page.width_px, page.height_px) else cut


def as_one(page: Page, reports: Sequence[PageReport]) -> PageReport:
    """Return the report on a picture that stays one page: whole, with the faults of all that lies on it."""
    if len(reports) == 1:
        return reports[0]
    faults = {fault for report in reports for fault in report.faults} - {PageFault.UPSIDE_DOWN}
    if not all(PageFault.BLANK in report.faults for report in reports):
        faults.discard(PageFault.BLANK)
    cut = whole(page.width_px, page.height_px)
    kept = tuple(fault for fault in PageFault if fault in faults)
    return replace(reports[0], corners=cut.corners, size_px=cut.size_px, faults=kept)
