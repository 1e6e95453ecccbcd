"""Taking work on pages back, and doing it again: both follow from the log alone, up to the last seal.

A step is one entry that arranged pages. Undone steps are walked back one by one; new work forgets what was
undone. Pages that were scanned since a step was made belong to no step: they stay where they are.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from workstation.domain.case import (
    EMPTY_SLOT,
    Case,
    Entry,
    Fault,
    Page,
    PageAdded,
    PageMoved,
    PageRemoved,
    PagesArranged,
    PageWork,
    Sealed,
)
from workstation.domain.facts import MENDED
from workstation.domain.folding import apply

_FED = frozenset({PageWork.INSERT, PageWork.REPLACE})
"""Works that may come with the page itself, which is added in the entry before."""
_OF_A_PLACE = frozenset({Fault.WRONG_SIDE, Fault.WRONG_KIND})
"""Faults of a page in its slot, not of the page."""


@dataclass(frozen=True, slots=True)
class Step:
    """One work on pages, and the case on both sides of it."""

    seq: int
    """Of its entry in the log."""
    work: PageWork
    before: Case
    after: Case

    @property
    def slots(self) -> tuple[str, ...]:
        """The slots whose pages it changed."""
        names = dict.fromkeys((*self.before.slots, *self.after.slots))
        return tuple(name for name in names if _shape(self.before, name) != _shape(self.after, name))

    def pages(self, now: Case, *, back: bool) -> dict[str, tuple[Page, ...]]:
        """Return the page lists that take the step back (or do it again) in the case as it is now."""
        target, source = (self.before, self.after) if back else (self.after, self.before)
        known = {page.page_id for case in (target, source) for page in every_page(case)}
        return {
            name: (
                *(self._page(page, name, now, target, source) for page in target.slot(name).pages),
                *(page for page in now.slot(name).pages if page.page_id not in known),
            )
            for name in self.slots
        }

    def _page(self, page: Page, slot: str, now: Case, target: Case, source: Case) -> Page:
        """Return a page as it is now, but for what the step itself had changed of it."""
        present = _find(now, page.page_id)
        earlier = _find(source, page.page_id)
        if present is None or (
            earlier is not None and earlier.treatment != page.treatment != present.treatment
        ):
            return page
        return present if _lies(source, page.page_id) == slot else moved(present)


@dataclass(slots=True)
class PageHistory:
    """The steps since the last seal."""

    done: list[Step] = field(default_factory=list)
    undone: list[Step] = field(default_factory=list)
    """The one undone last stands last."""


def page_history(log: Iterable[Entry]) -> PageHistory:
    """Walk a whole log and return the steps that may be taken back or done again."""
    history = PageHistory()
    case: Case | None = None
    before_last: tuple[Case | None, Entry] | None = None
    for entry in log:
        after = apply(case, entry)
        if isinstance(entry.payload, Sealed):
            history = PageHistory()
        elif case is not None and (work := _work_of(entry)) is not None:
            _take(history, entry, Step(entry.seq, work, _start(entry, case, before_last), after))
        before_last, case = (case, entry), after
    return history


def _work_of(entry: Entry) -> PageWork | None:
    match entry.payload:
        case PageRemoved():
            return PageWork.REMOVE
        case PageMoved():
            return PageWork.MOVE
        case PagesArranged():
            return entry.payload.work
    return None


def _start(entry: Entry, case: Case, before_last: tuple[Case | None, Entry] | None) -> Case:
    """Return the case before a step; a page that was fed for it came with it, in the entry before."""
    payload = entry.payload
    if not isinstance(payload, PagesArranged) or payload.work not in _FED or before_last is None:
        return case
    earlier, last = before_last
    if earlier is None or not isinstance(last.payload, PageAdded) or last.at != entry.at:
        return case
    lying = {page.page_id for page in case.slot(last.payload.slot).pages}
    arranged = {page.page_id for page in payload.slots.get(last.payload.slot, ())}
    # A page that came back out of the bin lay in no slot: then the one added before came by itself.
    return earlier if last.payload.page.page_id in arranged <= lying else case


def _take(history: PageHistory, entry: Entry, step: Step) -> None:
    of = entry.payload.of if isinstance(entry.payload, PagesArranged) else 0
    if step.work is PageWork.UNDO:
        _pass(history.done, history.undone, of)
    elif step.work is PageWork.REDO:
        _pass(history.undone, history.done, of)
    else:
        history.done.append(step)
        history.undone.clear()


def _pass(here: list[Step], there: list[Step], of: int) -> None:
    if here and here[-1].seq == of:
        there.append(here.pop())


def every_page(case: Case) -> Iterator[Page]:
    """Yield every page the case holds: in its slots, and taken out but not yet for good."""
    for slot in case.slots.values():
        yield from slot.pages
    yield from case.binned


def moved(page: Page) -> Page:
    """Return a page as it comes into another slot: to be checked again, without faults of the old place."""
    kept = tuple(finding for finding in page.findings if finding.fault not in _OF_A_PLACE)
    return replace(page, checked=False, findings=kept)


def recut(page: Page) -> Page:
    """Return a page whose cut has changed: to be checked again; only what a person let stand still counts."""
    kept = tuple(finding for finding in page.findings if finding.settled_by not in ("", MENDED))
    return replace(page, checked=False, findings=kept, file=None)


def _find(case: Case, page_id: str) -> Page | None:
    return next((page for page in every_page(case) if page.page_id == page_id), None)


def _lies(case: Case, page_id: str) -> str:
    """Return the slot a page lies in; empty when it is in none."""
    held = ((name, page.page_id) for name, slot in case.slots.items() for page in slot.pages)
    return next((name for name, held_id in held if held_id == page_id), "")


def _shape(case: Case, name: str) -> tuple[tuple[str, object], ...]:
    slot = case.slots.get(name, EMPTY_SLOT)
    return tuple((page.page_id, page.treatment) for page in slot.pages)
