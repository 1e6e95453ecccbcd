"""Paper on its way: numbered bags for one home street, with a list and two signatures."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum


class BagState(StrEnum):
    """Chain of custody of a bag."""

    PACKED = "PACKED"
    """Open at the window; sheets may still be added."""
    LISTED = "LISTED"
    """Closed, the list is printed and queued."""
    HANDED_OVER = "HANDED_OVER"
    """Signed over to the courier (China Post)."""
    RECEIVED = "RECEIVED"
    CHECKED = "CHECKED"
    DISCREPANCY = "DISCREPANCY"


@dataclass(frozen=True, slots=True, kw_only=True)
class BagLine:
    """One original in a bag."""

    case_id: str
    case_number: str
    item_title: str
    applicant_masked: str
    slot: str
    material: str
    sheets: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Bag:
    """A sealed bag for one home street."""

    number: str
    home_street: str
    state: BagState
    opened_at: datetime
    due_at: datetime
    """Last moment at the home street: one working day after packing (the rule Futian published in 2017)."""
    lines: tuple[BagLine, ...] = ()
    waybill: str = ""
    seal_number: str = ""
    bundle_id: str = ""
    """Handover bundle in the outbox, once listed."""

    @property
    def sheets(self) -> int:
        """Sheets in the bag."""
        return sum(line.sheets for line in self.lines)

    @property
    def is_open(self) -> bool:
        """True while sheets may be added."""
        return self.state is BagState.PACKED

    def with_line(self, line: BagLine) -> Bag:
        """Return the bag with one more original."""
        return replace(self, lines=(*self.lines, line))

    def moved(self, state: BagState) -> Bag:
        """Return the bag in another state of its chain of custody."""
        return replace(self, state=state)
