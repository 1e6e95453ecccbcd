"""Which line of a checklist a certificate is for, before anybody has verified it."""

from __future__ import annotations

from collections.abc import Sequence

from sync.contract.certificate import Unreadable, read_code
from workstation.domain.case import Case
from workstation.domain.certificate_ids import parse_identifier
from workstation.domain.checklist import SlotStatus, checklist
from workstation.domain.issuers import TrustedIssuer
from workstation.domain.items import Item
from workstation.domain.kinds import ReplacementKind


def place_for(item: Item, case: Case, issuers: Sequence[TrustedIssuer], text: str, here: str) -> str:
    """Return the slot a code is for: where the cursor is, else the first open line of its kind."""
    title = _title_claimed(text, issuers)
    fitting = []
    for line in checklist(item, case).lines:
        titles = [
            each.title for each in line.material.replaced_by if each.kind is ReplacementKind.E_CERTIFICATE
        ]
        is_open = line.status in (SlotStatus.MISSING, SlotStatus.PENDING)
        if is_open and titles and (not title or title in titles):
            fitting.append(line.material.id)
    return here if here in fitting or not fitting else fitting[0]


def _title_claimed(text: str, issuers: Sequence[TrustedIssuer]) -> str:
    """Return what kind of certificate a code says it is."""
    identifier = parse_identifier(text)
    try:
        kind = identifier.kind if identifier else read_code(text.strip()).presentation.kind
    except Unreadable:
        return ""
    return next((title for issuer in issuers if (title := issuer.title_of(kind))), "")
