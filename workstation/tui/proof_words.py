"""Words for what came of a certificate or a data check."""

from __future__ import annotations

from workstation.domain.case import Proof, ProofState
from workstation.domain.clock import CHINA
from workstation.i18n import _, listed
from workstation.texts import words
from workstation.tui.cells import printable


def outcome_words(proof: Proof) -> str:
    """Say in one sentence how far a proof is, with what was said about it."""
    said = [_told(proof), *(_warning(code, proof) for code in proof.warnings)]
    return "; ".join(filter(None, said))


def _told(proof: Proof) -> str:
    at = proof.verified_at.astimezone(CHINA).strftime("%m-%d %H:%M") if proof.verified_at else ""
    source = printable(proof.source)
    if proof.state is ProofState.VERIFIED:
        return _("已核验 {title} · {source} · {at}").format(
            title=printable(proof.title), source=source, at=at
        )
    if proof.state is ProofState.PENDING:
        reason = words(proof.reason).what if proof.reason else ""
        return _("待核验: {reason}; 联网后自动核验").format(reason=reason)
    if proof.state is ProofState.MISMATCH:
        return _("核验不一致: {differing}").format(differing=differing_words(proof))
    if proof.reason:
        return words(proof.reason, {"number": proof.number, "day": proof.valid_until or ""}).what
    return _("{source} 没有查到记录").format(source=source)


def differing_words(proof: Proof) -> str:
    """Name what the library says otherwise, beside what the case says."""
    return listed(
        _("{field}: 申报 {given}, 库内 {held}").format(
            field=value.title, given=printable(value.given), held=printable(value.held)
        )
        for value in proof.differing
    )


def _warning(code: str, proof: Proof) -> str:
    known = proof.revocation_known_at
    since = known.astimezone(CHINA).strftime("%Y-%m-%d %H:%M") if known else ""
    return words(code, {"since": since}).what
