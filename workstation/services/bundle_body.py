"""What a bundle says of its case: the one document the back office reads beside the pages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from workstation.domain.case import (
    Agent,
    Box,
    Case,
    CreditChecked,
    Entry,
    FieldValue,
    FindingSettled,
    Flag,
    Moved,
    PageCountSettled,
    Reuse,
    SlotContent,
    SupplementOpened,
)
from workstation.domain.checklist import derive, situation_title
from workstation.domain.geometry import box_on_page, whole
from workstation.domain.items import Item, Limit
from workstation.domain.tolerance import committed
from workstation.services.archiving import holder_of
from workstation.services.filing import Filed
from workstation.services.proof_body import identity_body, proof_body


def case_body(case: Case, item: Item, log: Sequence[Entry], filed: Filed) -> dict[str, Any]:
    """Return what the back office reads: strings, integers, booleans, lists and objects; no floats."""
    applicant = case.applicant
    labels = {field.id: field.title for field in item.fields}
    return {
        "item": {
            "code": item.code,
            "implementation_code": item.implementation_code,
            "title": item.title,
            "authority": item.authority,
            "promised": _limit(item.promised or item.statutory),
            "pack_version": case.pack_version,
            "situation": situation_title(item, case.answers),
        },
        "state": case.state.value,
        "flags": sorted(flag.value for flag in case.flags),
        "received_at": case.received_at.isoformat() if case.received_at else None,
        "answers": dict(case.answers),
        "applicant": {
            "name": applicant.name,
            "id_number": applicant.id_number,
            "address": applicant.address,
            "phone": applicant.phone,
            "id_valid_until": applicant.id_valid_until,
        }
        if applicant
        else None,
        "fields": {
            name: {**_field(value, _box(value, case, filed)), "label": labels.get(name, name)}
            for name, value in case.fields.items()
            if "." not in name
        },
        "overruled": _overruled(case, log),
        "slots": {
            material.id: {
                **_slot(case.slot(material.id)),
                "title": material.title,
                "standard_id": material.standard_id,
                **({"holder": holder_of(case, applicant, item, material)} if applicant else {}),
            }
            for material in derive(item, case.answers)
        },
        "streets": list(case.streets),
        "agent": _agent(case.agent) if case.agent else None,
        "credit": _credit(case.credit) if case.credit else None,
        "identity": identity_body(case.identity) if case.identity else None,
        "commitments": [line.material.id for line in committed(item, case)],
        "debts": {
            slot: {"due": due.isoformat(), "way": case.slot(slot).deferred_way.value}
            for slot, due in case.debts.items()
        },
        "supplement": _supplement(case.supplement, case) if case.supplement else None,
        "ticket": case.ticket,
        "stale_pack": Flag.STALE_PACK in case.flags,
        "decision": _decision(case.last_move, log),
        "log": [
            {"seq": e.seq, "at": e.at.isoformat(), "tick": e.tick, "actor": e.actor, "kind": e.payload.kind}
            for e in log
        ],
    }


def _limit(limit: Limit | None) -> dict[str, Any] | None:
    return {"number": limit.number, "unit": limit.unit.value} if limit else None


def _agent(agent: Agent) -> dict[str, Any]:
    return {
        "kind": agent.kind.value,
        "name": agent.name,
        "id_number": agent.id_number,
        "relation": agent.relation,
        "phone": agent.phone,
        "document": agent.document,
        "document_number": agent.document_number,
        "scope": list(agent.scope),
        "valid_until": agent.valid_until.isoformat() if agent.valid_until else None,
    }


def _credit(credit: CreditChecked) -> dict[str, Any]:
    return {"outcome": credit.outcome.value, "lists": list(credit.lists), "overridden": credit.overridden}


def _supplement(supplement: SupplementOpened, case: Case) -> dict[str, Any]:
    """Say how a supplement came and which debts it settles, each with the last day it had."""
    settled = {
        name: slot.deferred_until.isoformat()
        for name, slot in case.slots.items()
        if slot.deferred_until is not None and slot.pages
    }
    return {"way": supplement.way.value, "waybill": supplement.waybill, "settled": settled}


def _field(value: FieldValue, box: Box | None) -> dict[str, Any]:
    return {
        "value": value.value,
        "origin": value.origin.value,
        "confidence_percent": round(value.confidence * 100),
        "page_id": value.page_id,
        "box": list(box) if box else None,
        "checks": list(value.checks),
        "confirmed_by": value.confirmed_by,
    }


def _slot(slot: SlotContent) -> dict[str, Any]:
    return {
        "custody": slot.custody.value,
        "deferred_until": slot.deferred_until.isoformat() if slot.deferred_until else None,
        "committed": slot.committed,
        "reuse": _reuse(slot.reuse) if slot.reuse else None,
        "proof": proof_body(slot.proof) if slot.proof else None,
    }


def _reuse(reuse: Reuse) -> dict[str, Any]:
    return {
        "source_case": reuse.source_case,
        "level": reuse.level.value,
        "checked_by": reuse.checked_by,
        "checked_on": reuse.checked_on.isoformat(),
        "consent_at": reuse.consent_at.isoformat(),
        "consent_way": reuse.consent_way,
        "holder": reuse.holder,
    }


def _decision(move: Moved | None, log: Sequence[Entry]) -> dict[str, Any] | None:
    if move is None:
        return None
    reason = next((entry.why for entry in reversed(log) if entry.payload == move), "")
    return {
        "move": move.move.value,
        "number": move.number,
        "due": move.due.isoformat() if move.due else None,
        "body": move.body,
        "reason": reason,
        "defects": [
            {
                "material_id": d.material_id,
                "material": d.material,
                "problem": d.problem,
                "needed": d.needed,
                "basis": d.basis,
            }
            for d in move.defects
        ],
    }


def _box(value: FieldValue, case: Case, filed: Filed) -> Box | None:
    """Return where a value stands on the delivered page, in px of its file; None when that is not known."""
    if value.box is None:
        return None
    pages = (page for slot in case.slots.values() for page in slot.pages)
    page = next((page for page in pages if page.page_id == value.page_id), None)
    file = (filed.pages.get(page.page_id) or page.file) if page else None
    if page is None or file is None:
        return value.box
    cut = page.treatment or whole(page.width_px, page.height_px)
    across, down = file.width_px / cut.size_px[0], file.height_px / cut.size_px[1]
    x, y, width, height = box_on_page(cut, value.box)
    return round(x * across), round(y * down), round(width * across), round(height * down)


def _overruled(case: Case, log: Sequence[Entry]) -> list[dict[str, Any]]:
    """List what the clerk let stand in spite of the quality gate, with the reason given."""
    where = {page.page_id: name for name, slot in case.slots.items() for page in slot.pages}
    said: list[dict[str, Any]] = []
    for entry in log:
        fact, by = entry.payload, {"by": entry.actor, "at": entry.at.isoformat(), "why": entry.why}
        if isinstance(fact, FindingSettled) and fact.page_id in where:
            slot = where[fact.page_id]
            said.append({"slot": slot, "page_id": fact.page_id, "fault": fact.fault.value, **by})
        elif isinstance(fact, PageCountSettled) and case.slot(fact.slot).count_settled == fact.pages:
            said.append({"slot": fact.slot, "pages": fact.pages, **by})
    return said
