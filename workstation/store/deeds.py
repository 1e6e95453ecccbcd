"""Which lines of a case's log are also deeds of the audit chain; written in the same transaction."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from workstation.domain.audit import Action, Deed, detail_of
from workstation.domain.case import (
    Case,
    IdentityChecked,
    Payload,
    Printed,
    ProofWithdrawn,
    ReuseWithdrawn,
    Sealed,
    SlotProved,
    SlotReused,
)
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
            person=_subject(payload, case),
            case=case.number,
            item=case.item_code,
            reason=payload.proof.ground if isinstance(payload, SlotProved) else why,
            detail=detail,
        )


def _subject(payload: Payload, case: Case) -> str:
    """Return whose papers it is about: whoever was asked about or compared, else the applicant."""
    if isinstance(payload, SlotProved):
        return payload.proof.holder_number
    if isinstance(payload, IdentityChecked):
        return payload.number
    return case.applicant.id_number if case.applicant else ""


def _told(payload: Payload) -> tuple[Action, str] | None:
    match payload:
        case SlotReused():
            return Action.REUSED, detail_of(slot=payload.slot, source=payload.reuse.source_case)
        case ReuseWithdrawn():
            return Action.REUSE_WITHDRAWN, detail_of(slot=payload.slot)
        case SlotProved(proof=proof):
            detail = detail_of(
                slot=payload.slot, kind=proof.kind.value, service=proof.service, state=proof.state
            )
            return Action.PROVED, detail
        case ProofWithdrawn():
            return Action.PROOF_WITHDRAWN, detail_of(slot=payload.slot)
        case IdentityChecked():
            return Action.COMPARED, detail_of(way=payload.way.value, alike=payload.alike)
        case Sealed():
            return Action.SEALED, detail_of(version=payload.version, manifest=payload.manifest_sha256)
        case Printed():
            return Action.PRINTED, detail_of(form=payload.form)
        case OriginalMarked():
            return Action.CUSTODY, detail_of(slot=payload.slot, custody=payload.custody.value)
        case _:
            return None
