"""Where the pages of a case lie, and whether they may be worked on."""

from __future__ import annotations

from collections.abc import Iterator

from workstation.domain.case import Case, Page
from workstation.services.errors import CaseSealed, PageGone


def lying(case: Case) -> Iterator[tuple[str, Page]]:
    """Yield every page that lies in a slot, with the slot."""
    for name, slot in case.slots.items():
        for page in slot.pages:
            yield name, page


def find_page(case: Case, page_id: str) -> tuple[str, Page] | None:
    """Return slot and page; None when it lies in no slot."""
    return next(((slot, page) for slot, page in lying(case) if page.page_id == page_id), None)


def workable(case: Case, page_id: str) -> tuple[str, Page]:
    """Return slot and page of a page that may be worked on.

    Raises:
        PageGone: it lies in no slot.
        CaseSealed: its slot takes no change now.
    """
    found = find_page(case, page_id)
    if found is None:
        raise PageGone
    check_slots(case, found[0])
    return found


def check_slots(case: Case, *slots: str) -> None:
    """Raise CaseSealed unless every slot takes changes now: before sealing, or while it is owed."""
    if not all(case.may_fill(slot) for slot in slots):
        raise CaseSealed(number=case.number)
