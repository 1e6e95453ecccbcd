"""Which lines of a case's log are also deeds of the audit chain; written in the same transaction."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from workstation.domain.audit import Action, Deed, detail_of
from workstation.domain.case import Case, Payload, Printed, ReuseWithdrawn, Sealed, SlotReused
from workstation.domain.entries import OriginalMarked


def deeds_of(case: Case, payloads: Sequence[Payload], why: str) -> Iterator[Deed]:
    """Yield what the payloads mean for the chain.

    Args:
        case: the case after them.
        payloads: what was recorded, in order.
        why: the reason given with them.
    """
    for payload in payloads:
        found = _told(payload)
        if found is None:
            continue
        action, detail = found
        yield Deed(
            action=action,
            person=case.applicant.id_number if case.applicant else "",
            case=case.number,
            item=case.item_code,
            reason=why,
            detail=detail,
        )


def _told(payload: Payload) -> tuple[Action, str] | None:
    match payload:
        case SlotReused():
            return Action.REUSED, detail_of(slot=payload.slot, source=payload.reuse.source_case)
        case ReuseWithdrawn():
            return Action.REUSE_WITHDRAWN, detail_of(slot=payload.slot)
        case Sealed():
            return Action.SEALED, detail_of(version=payload.version, manifest=payload.manifest_sha256)
        case Printed():
            return Action.PRINTED, detail_of(form=payload.form)
        case OriginalMarked():
            return Action.CUSTODY, detail_of(slot=payload.slot, custody=payload.custody.value)
        case _:
            return None
