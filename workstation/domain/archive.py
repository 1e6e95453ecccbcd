"""Material kept from earlier cases of the same person or organisation, for reuse with their yes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from workstation.domain.case import CaseState, Outcome, Page, TrustLevel


class CopyState(StrEnum):
    """What became of a kept copy."""

    LIVE = "LIVE"
    SUPERSEDED = "SUPERSEDED"
    """A newer issue of the same document is kept."""
    WITHDRAWN = "WITHDRAWN"
    """Its holder does not want it kept for reuse any more (个人信息保护法 art. 15)."""
    REVOKED = "REVOKED"
    """The authority that issued the document took it back."""
    HOLDER_GONE = "HOLDER_GONE"
    """The organisation is deregistered, or the person died: nobody can agree for it."""


class Approval(StrEnum):
    """What the back office made of the case a copy was taken in."""

    PENDING = "PENDING"
    APPROVED = "APPROVED"
    PARTLY = "PARTLY"
    """Of a matter: not every approver granted its part."""
    UNKNOWN = "UNKNOWN"
    """Decided, and nobody said how."""
    REFUSED = "REFUSED"
    WITHDRAWN = "WITHDRAWN"
    TERMINATED = "TERMINATED"


_APPROVAL_OF: dict[CaseState, Approval] = {
    CaseState.DRAFT: Approval.PENDING,
    CaseState.RECEIVED: Approval.PENDING,
    CaseState.CORRECTION: Approval.PENDING,
    CaseState.ACCEPTED: Approval.PENDING,
    CaseState.IN_REVIEW: Approval.PENDING,
    CaseState.DECIDED: Approval.UNKNOWN,
    CaseState.DELIVERED: Approval.UNKNOWN,
    CaseState.REFUSED: Approval.REFUSED,
    CaseState.WITHDRAWN: Approval.WITHDRAWN,
    CaseState.TERMINATED: Approval.TERMINATED,
}
_APPROVAL_BY = {
    Outcome.GRANTED: Approval.APPROVED,
    Outcome.DENIED: Approval.REFUSED,
    Outcome.PARTLY: Approval.PARTLY,
}


def approval_of(state: CaseState, outcome: Outcome | None) -> Approval:
    """Return what a case of this state vouches for; `outcome` counts once it is decided."""
    approval = _APPROVAL_OF[state]
    if approval is Approval.UNKNOWN and outcome is not None:
        return _APPROVAL_BY[outcome]
    return approval


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchivedMaterial:
    """A copy of one standard material."""

    archive_id: str
    """UUIDv7."""
    id_number: str
    """Whose it is: identity number, or credit code of an organisation; only inside the encrypted store."""
    standard_id: str
    title: str
    source_case: str
    pages: tuple[Page, ...]
    level: TrustLevel
    checked_by: str
    """Who compared it with the original; who took it in where nobody did."""
    checked_on: date
    valid_until: date | None = None
    """Last day of the document itself or of the item's own limit, whichever is earlier."""
    practice: bool = False
    state: CopyState = CopyState.LIVE
    approval: Approval = Approval.PENDING
    """Of the source case as last heard; a source case of this window says it by itself."""
    issued_on: date | None = None
    holder_name: str = ""
    """As confirmed in the source case."""
    holder_address: str = ""
    card_valid_until: str = ""
    """Last day of the holder's identity card then (`YYYY-MM-DD` or 长期); empty when it was not read."""
    shows_number: str = ""
    """Identity number that was read on the paper itself, where the paper speaks of one person only."""
    scope: tuple[str, ...] = ()
    """Street codes where it may be reused; empty: everywhere."""
    copy_of: str = ""
    """Archive id of the copy it was made from; empty: it was made from the paper itself."""
    keep_until: date | None = None
    """Last day it is kept at this window; None: as the window's setting says."""

    @property
    def sha256(self) -> frozenset[str]:
        """Files of the vault that hold its pages."""
        return frozenset(page.kept_sha256 for page in self.pages)
