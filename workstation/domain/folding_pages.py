"""The part of folding about pages: where they lie, what was found, what stands for them once sealed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from workstation.domain.case import (
    EMPTY_SLOT,
    Case,
    Fault,
    FindingSettled,
    Page,
    PageChecked,
    PageFile,
    PageMoved,
    PageRemoved,
    PagesArranged,
)

PagePayload = PageRemoved | PageMoved | PageChecked | FindingSettled | PagesArranged


PAGE_PAYLOADS = (PageRemoved, PageMoved, PageChecked, FindingSettled, PagesArranged)


def with_pages(case: Case, payload: PagePayload, actor: str) -> Case:
    """Return the case after an entry about pages; `actor` is who made it."""
    match payload:
        case PageRemoved():
            left = tuple(p for p in case.slot(payload.slot).pages if p.page_id != payload.page_id)
            return _arranged(case, {payload.slot: left})
        case PageMoved():
            return _with_page_moved(case, payload)
        case PagesArranged():
            return _arranged(case, payload.slots)
        case PageChecked():
            return _on_page(case, payload.page_id, lambda page: _checked(page, payload))
        case FindingSettled():
            return _on_page(case, payload.page_id, lambda page: _settled(page, payload.fault, actor))


def _with_page_moved(case: Case, payload: PageMoved) -> Case:
    """Move a page to the end of another slot; one that is no longer there moves nothing."""
    source = case.slot(payload.slot).pages
    moved = tuple(page for page in source if page.page_id == payload.page_id)
    lists = {payload.slot: tuple(page for page in source if page not in moved)}
    lists[payload.to] = (*lists.get(payload.to, case.slot(payload.to).pages), *moved)
    return _arranged(case, lists)


def _arranged(case: Case, lists: Mapping[str, tuple[Page, ...]]) -> Case:
    """Give slots other pages; what lies in no slot any more is kept in the bin, and may come back from it."""
    slots = dict(case.slots)
    for name, pages in lists.items():
        slot = slots.get(name, EMPTY_SLOT)
        grown = {page.page_id for page in pages} - {page.page_id for page in slot.pages}
        slots[name] = replace(slot, pages=pages, committed=slot.committed and not grown)
    held = {page.page_id for slot in slots.values() for page in slot.pages}
    before = [page for name in lists for page in case.slot(name).pages]
    loose = {page.page_id: page for page in (*case.binned, *before) if page.page_id not in held}
    return replace(case, slots=slots, binned=tuple(loose.values()))


def _on_page(case: Case, page_id: str, change: Callable[[Page], Page]) -> Case:
    """Change one page wherever it lies; one that is gone changes nothing."""

    def changed(pages: tuple[Page, ...]) -> tuple[Page, ...]:
        return tuple(change(page) if page.page_id == page_id else page for page in pages)

    slots = {name: replace(slot, pages=changed(slot.pages)) for name, slot in case.slots.items()}
    return replace(case, slots=slots, binned=changed(case.binned))


def _checked(page: Page, found: PageChecked) -> Page:
    """Take what the gate found; a person's cut, and what a person let stand, stay."""
    settled = {finding.fault: finding for finding in page.findings if finding.settled_by}
    by_hand = page.treatment is not None and page.treatment.by
    return replace(
        page,
        checked=True,
        findings=tuple(settled.get(finding.fault, finding) for finding in found.findings),
        treatment=page.treatment if by_hand else found.treatment,
        fingerprint=found.fingerprint,
        document=found.document,
    )


def _settled(page: Page, fault: Fault, actor: str) -> Page:
    return replace(
        page,
        findings=tuple(
            replace(finding, settled_by=actor) if finding.fault is fault else finding
            for finding in page.findings
        ),
    )


def with_files(case: Case, files: tuple[PageFile, ...]) -> Case:
    """Let the sealed files stand for their pages; nothing is undone behind a seal."""
    by_page = {file.page_id: file for file in files}
    slots = {
        name: replace(
            slot,
            pages=tuple(replace(page, file=by_page.get(page.page_id, page.file)) for page in slot.pages),
        )
        for name, slot in case.slots.items()
    }
    return replace(case, slots=slots, binned=())
