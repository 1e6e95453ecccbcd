"""What an answer of a library means for a slot; a library's own sum is not believed over its parts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from sync.contract.libraries import (
    CertificateAnswer,
    CertificateState,
    CheckAnswer,
    CheckOutcome,
)
from workstation.domain.clock import local_date
from workstation.domain.data_services import TITLES
from workstation.domain.proofs import Compared, Proof, ProofState
from workstation.services.proof_errors import (
    CertificateExpired,
    CertificateRevoked,
    CertificateUnknown,
    LibrarySilent,
    OtherHolder,
)


def answered_certificate(proof: Proof, answer: CertificateAnswer) -> Proof:
    """Return the proof with the certificate the service has of this identifier.

    Raises:
        LibrarySilent: it does not answer now.
        CertificateUnknown, OtherHolder, CertificateRevoked, CertificateExpired: as it says.
    """
    if answer.state is CertificateState.UNAVAILABLE:
        raise LibrarySilent
    if answer.state is CertificateState.OTHER_HOLDER:
        raise OtherHolder
    if answer.state is CertificateState.REVOKED:
        raise CertificateRevoked(number=answer.number)
    over = answer.valid_until is not None and local_date(answer.answered_at) > answer.valid_until
    if answer.state is CertificateState.EXPIRED or over:
        raise CertificateExpired(day=answer.valid_until or "")
    if answer.state is CertificateState.UNKNOWN or not answer.title:
        raise CertificateUnknown
    return replace(
        proof,
        state=ProofState.VERIFIED,
        title=answer.title,
        source=answer.issuer or answer.source,
        number=answer.number,
        reference=answer.reference,
        issued_on=answer.issued_on,
        valid_until=answer.valid_until,
        verified_at=answer.answered_at,
        revocation_known_at=answer.answered_at,
        reason="",
    )


def answered_check(proof: Proof, answer: CheckAnswer, given: Mapping[str, str]) -> Proof:
    """Return the proof with what the data service compared; one contradiction is a mismatch.

    Raises:
        LibrarySilent: it does not answer now.
    """
    if answer.outcome is CheckOutcome.UNAVAILABLE:
        raise LibrarySilent
    told = {"name": proof.holder, "id_number": proof.holder_number, **given}
    compared = tuple(
        Compared(
            name=field.name,
            title=TITLES.get(field.name, field.name),
            given=told[field.name],
            agrees=field.agrees,
            held=field.held,
        )
        for field in answer.fields
        if field.name in told
    )
    state = _STATES[answer.outcome]
    if state is ProofState.VERIFIED and not all(value.agrees for value in compared):
        state = ProofState.MISMATCH
    if state is ProofState.VERIFIED and not compared:
        state = ProofState.UNKNOWN
    return replace(
        proof,
        state=state,
        source=answer.source,
        reference=answer.reference,
        verified_at=answer.answered_at,
        compared=compared,
        reason="",
    )


_STATES = {
    CheckOutcome.MATCH: ProofState.VERIFIED,
    CheckOutcome.MISMATCH: ProofState.MISMATCH,
    CheckOutcome.UNKNOWN: ProofState.UNKNOWN,
}
