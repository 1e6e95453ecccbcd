"""What a bundle says of the certificates, data checks and identity checks of its case."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from workstation.domain.case import IdentityChecked, Proof


def proof_body(proof: Proof) -> dict[str, Any]:
    """Return a proof as the back office reads it, whatever came of it; the code can be checked again."""
    return {
        "kind": proof.kind.value,
        "way": proof.way.value,
        "state": proof.state.value,
        "title": proof.title,
        "holder": proof.holder,
        "holder_number": proof.holder_number,
        "asked_at": proof.asked_at.isoformat(),
        "asked_by": proof.asked_by,
        "ground": proof.ground,
        "service": proof.service,
        "code": proof.code,
        "source": proof.source,
        "number": proof.number,
        "reference": proof.reference,
        "issued_on": _text(proof.issued_on),
        "valid_until": _text(proof.valid_until),
        "verified_at": _text(proof.verified_at),
        "key_id": proof.key_id,
        "revocation_known_at": _text(proof.revocation_known_at),
        "compared": [
            {"name": c.name, "given": c.given, "agrees": c.agrees, "held": c.held} for c in proof.compared
        ],
        "reason": proof.reason,
        "warnings": list(proof.warnings),
    }


def identity_body(identity: IdentityChecked) -> dict[str, Any]:
    """Return how the person at the counter was compared with the document."""
    return {
        "way": identity.way.value,
        "number": identity.number,
        "alike": identity.alike,
        "chip_serial": identity.chip_serial,
    }


def _text(moment: date | datetime | None) -> str | None:
    return moment.isoformat() if moment else None
