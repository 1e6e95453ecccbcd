"""The papers of certificates and data checks: 电子证照核验单 and 数据核验表单."""

from __future__ import annotations

from workstation.domain.case import Case, Proof, ProofState
from workstation.domain.clock import CHINA
from workstation.domain.items import Item
from workstation.domain.kinds import ReplacementKind
from workstation.printing.forms import ComparedLine, ProofForm, ProofLine
from workstation.services.paper_desk import Paper, PaperDesk
from workstation.services.paper_words import on_paper
from workstation.services.proof_errors import CHECK_CHARACTER, REVOCATIONS_NEVER, REVOCATIONS_OLD

CERTIFICATES, CHECKS = "certificate_proofs", "data_checks"
_KINDS = {CERTIFICATES: ReplacementKind.E_CERTIFICATE, CHECKS: ReplacementKind.DATA_CHECK}
_WARNINGS = {
    CHECK_CHARACTER: "证照标识的校验位不符",
    REVOCATIONS_OLD: "核验时吊销名单较旧",
    REVOCATIONS_NEVER: "核验时未取得吊销名单",
}


class ProofPapers(PaperDesk):
    """Each returns None while the case gives no cause for it."""

    def certificate_proofs(self, case_id: str) -> Paper | None:
        """电子证照核验单 for every certificate that was asked of an issuer or a library."""
        return self._proofs(case_id, CERTIFICATES, "电子证照核验单", "E")

    def data_checks(self, case_id: str) -> Paper | None:
        """数据核验表单 for every data check of the case."""
        return self._proofs(case_id, CHECKS, "数据核验表单", "H")

    def _proofs(self, case_id: str, name: str, title: str, letter: str) -> Paper | None:
        case, item, _log = self._case(case_id)
        found = _of_kind(case, item, _KINDS[name])
        if not found:
            return None
        form = ProofForm(
            **self._common(case, item),
            number=f"{case.number}-{letter}",
            authority=on_paper(item.authority),
            made_at=self.clock().astimezone(CHINA),
            certificates=name == CERTIFICATES,
            lines=tuple(_line(material, proof) for material, proof in found),
        )
        return self._make(case, title, form.number, form)


def proof_papers(case: Case, item: Item) -> tuple[str, ...]:
    """Return the names of the papers that the case's proofs give cause for."""
    return tuple(name for name, kind in _KINDS.items() if _of_kind(case, item, kind))


def _of_kind(case: Case, item: Item, kind: ReplacementKind) -> list[tuple[str, Proof]]:
    return [
        (material.title, proof)
        for material in item.materials
        if (proof := case.slot(material.id).proof) is not None and proof.kind is kind
    ]


def _line(material: str, proof: Proof) -> ProofLine:
    known = proof.revocation_known_at
    return ProofLine(
        material=on_paper(material),
        title=on_paper(proof.title or proof.code),
        outcome=_outcome(proof),
        holder=proof.holder,
        source=on_paper(proof.source),
        ground=on_paper(proof.ground),
        asked_by=proof.asked_by,
        verified_at=proof.verified_at,
        number=proof.number,
        valid_until=proof.valid_until,
        key_id=proof.key_id,
        revocation=known.astimezone(CHINA).strftime("%Y年%m月%d日 %H:%M") if known else "",
        reference=proof.reference,
        compared=tuple(
            ComparedLine(title=c.title, given=c.given, agrees=c.agrees, held=c.held) for c in proof.compared
        ),
        warning="；".join(_WARNINGS[code] for code in proof.warnings if code in _WARNINGS),
    )


def _outcome(proof: Proof) -> str:
    is_certificate = proof.kind is ReplacementKind.E_CERTIFICATE
    return {
        ProofState.VERIFIED: "有效" if is_certificate else "一致",
        ProofState.MISMATCH: "不一致",
        ProofState.UNKNOWN: "不能使用" if is_certificate else "未查到",
        ProofState.PENDING: "待核验",
    }[proof.state]
