"""The approvers of a matter's case: what each is sent, and what each has said so far."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sync.contract.models import Change, ChangeKind
from workstation.domain.case import BranchMoved, Case, CaseState, Move, Outcome
from workstation.domain.checklist import derive
from workstation.domain.items import Item, Limit
from workstation.domain.matters import Branch
from workstation.i18n import N_, _
from workstation.services.catalogue import Catalogue

BRANCH_WORDS = {
    ChangeKind.ACCEPTED: N_("{who}已受理「{item}」"),
    ChangeKind.CORRECTION: N_("{who}对「{item}」要求补正, 待各部门一并告知: {reason}"),
    ChangeKind.REFUSED: N_("{who}不予受理「{item}」: {reason}; 其他事项照常办理"),
    ChangeKind.IN_REVIEW: N_("{who}正在审查「{item}」"),
    ChangeKind.DECIDED: N_("{who}已办结「{item}」"),
    ChangeKind.DELIVERED: N_("「{item}」的结果已送达"),
}
DECISION_WORDS = {
    Outcome.GRANTED: N_("{who}决定准予「{item}」"),
    Outcome.DENIED: N_("{who}决定不予批准「{item}」: {reason}"),
    Outcome.PARTLY: N_("{who}决定部分准予「{item}」: {reason}"),
}
OUTCOME_WORDS = {
    Outcome.GRANTED: N_("准予"),
    Outcome.DENIED: N_("不予批准"),
    Outcome.PARTLY: N_("部分准予"),
}
MOVE_WORDS = {
    Move.ACCEPT: N_("已受理"),
    Move.CORRECT: N_("要求补正"),
    Move.REFUSE: N_("不予受理"),
    Move.REVIEW: N_("审查中"),
    Move.DECIDE: N_("已办结"),
    Move.DELIVER: N_("已送达"),
}


AGAINST = frozenset({Outcome.DENIED, Outcome.PARTLY})


@dataclass(frozen=True, slots=True)
class BranchLine:
    """One approver and what it said last."""

    branch: Branch
    said: BranchMoved | None
    words: str
    """Where its part stands."""

    @property
    def wants_a_person(self) -> bool:
        """True when it said something the citizen must hear."""
        said = self.said
        return said is not None and (said.move in (Move.CORRECT, Move.REFUSE) or said.outcome in AGAINST)


def branch_lines(catalogue: Catalogue, case: Case) -> tuple[BranchLine, ...]:
    """Return the approvers of a case; none for an ordinary item.

    Raises:
        PackMissing: the case's pack is not here.
    """
    lines = []
    for branch in catalogue.branches_of(case):
        said = case.branches.get(branch.item_code)
        lines.append(BranchLine(branch, said, _state_words(case, said)))
    return tuple(lines)


def _state_words(case: Case, said: BranchMoved | None) -> str:
    if said is None:
        is_accepted = case.state in (CaseState.ACCEPTED, CaseState.IN_REVIEW)
        return _("已受理") if is_accepted else _("待受理") if case.is_sealed else ""
    if said.move is Move.CORRECT and said.bundle_id in {sealed.bundle_id for sealed in case.bundles[:-1]}:
        return _("已补正, 待核")
    if said.outcome is not None:
        return _(OUTCOME_WORDS[said.outcome])
    return _(MOVE_WORDS.get(said.move, said.move.value))


def branch_words(change: Change, title: str) -> str:
    """Return the message line of a change that one approver made.

    Args:
        change: of kind BRANCH.
        title: of the item it is about.
    """
    words = BRANCH_WORDS.get(change.branch or change.kind, N_("{who}已处理「{item}」"))
    if change.branch is ChangeKind.DECIDED and change.outcome is not None:
        words = DECISION_WORDS[Outcome(change.outcome.name)]
    return _(words).format(who=change.actor, item=title, reason=change.reason)


def branch_body(catalogue: Catalogue, case: Case, item: Item) -> Mapping[str, Any]:
    """Return what a sealed bundle says of a matter: one due date, and what goes to each approver."""
    if not item.members:
        return {}
    listed = {material.id for material in derive(item, case.answers)}
    return {
        "matter": {
            "id": item.code,
            "title": item.title,
            "promised": _limit(item.promised),
            "due": _due(case),
        },
        "branches": [_branch(branch, listed, case) for branch in catalogue.branches_of(case)],
    }


def _branch(branch: Branch, listed: set[str], case: Case) -> dict[str, Any]:
    return {
        "item_code": branch.item_code,
        "implementation_code": branch.implementation_code,
        "title": branch.title,
        "authority": branch.authority,
        "promised": _limit(branch.promised),
        "slots": [slot for slot in branch.materials if slot in listed],
        "fields": [name for name in branch.fields if name in case.fields],
    }


def _limit(limit: Limit | None) -> dict[str, Any] | None:
    return None if limit is None else {"number": limit.number, "unit": limit.unit.value}


def _due(case: Case) -> str | None:
    """Return the last day where the window accepted; else it counts from the back office's acceptance."""
    move = case.last_move
    if move is None or move.move is not Move.ACCEPT or move.due is None:
        return None
    return move.due.isoformat()
