"""What comes back from the back office: each change moves its case once, in the feed's transaction."""

from __future__ import annotations

import logging

from sync.contract.models import Change, ChangeKind
from workstation.domain.case import (
    MOVES,
    BranchMoved,
    Case,
    CaseState,
    ClockResumed,
    ClockStopped,
    Defect,
    Extended,
    Flag,
    Move,
    Moved,
    Outcome,
    Payload,
    Sealed,
)
from workstation.domain.courier import BagState
from workstation.domain.errors import DomainError
from workstation.domain.lamps import decision_start
from workstation.domain.outcomes import outcome_in
from workstation.services.archiving import mark_copies
from workstation.services.certificates import revoke
from workstation.services.pack_updates import want
from workstation.store.database import Tx
from workstation.store.errors import StoreDamaged

log = logging.getLogger(__name__)

MOVE_OF = {
    ChangeKind.ACCEPTED: Move.ACCEPT,
    ChangeKind.CORRECTION: Move.CORRECT,
    ChangeKind.REFUSED: Move.REFUSE,
    ChangeKind.IN_REVIEW: Move.REVIEW,
    ChangeKind.DECIDED: Move.DECIDE,
    ChangeKind.DELIVERED: Move.DELIVER,
}

COURSE = frozenset(
    {ChangeKind.SPECIAL_STARTED, ChangeKind.SPECIAL_ENDED, ChangeKind.EXTENDED, ChangeKind.BRANCH}
)
"""Changes that move the clock or a branch of a case, and not its state."""


def apply_change(tx: Tx, change: Change) -> None:
    """Apply one change of the feed to its case or bag.

    A change that no longer fits (it arrived late or out of order), or whose case cannot be read, alters
    nothing here and stays on the list of messages, where the clerk sees it: the feed never stops at a change.
    """
    if change.kind is ChangeKind.CATALOGUE:
        want(tx, change)
        return
    if change.kind is ChangeKind.CERTIFICATE_REVOKED:
        revoke(tx, change)
        return
    try:
        if change.kind is ChangeKind.ARCHIVED:
            mark_copies(tx, change)
            return
        case = tx.case_by_number(change.subject)
        if case is None:
            _move_bag(tx, change)
        elif change.kind in MOVE_OF:
            _move_case(tx, case, change)
        elif (payload := _course(case, change)) is not None:
            tx.record(
                case.case_id, payload, actor=change.actor or "back office", at=change.at, why=change.reason
            )
    except (DomainError, StoreDamaged) as error:
        log.error("change not applied subject=%s kind=%s code=%s", change.subject, change.kind, error.code)


def _move_case(tx: Tx, case: Case, change: Change) -> None:
    move = MOVE_OF[change.kind]
    if move not in MOVES[case.state] or _is_overtaken(tx, case, change):
        log.warning("change not applied case=%s kind=%s state=%s", case.number, change.kind, case.state)
        return
    moved = Moved(
        move=move,
        number=change.number,
        due=change.due,
        # Who refused is not who is competent: a refusal names no body unless the reason does.
        body="" if change.kind is ChangeKind.REFUSED else change.actor,
        outcome=outcome_of(change),
        defects=tuple(
            Defect(
                material_id=d.material_id,
                material=d.material,
                problem=d.problem,
                needed=d.needed,
                basis=d.basis,
            )
            for d in change.defects
        ),
    )
    tx.record(case.case_id, moved, actor=change.actor or "back office", at=change.at, why=change.reason)


def _course(case: Case, change: Change) -> Payload | None:
    """Return what a change means for the clock or a branch of its case; None when it means nothing (now)."""
    match change.kind:
        case ChangeKind.SPECIAL_STARTED if _is_counted(case):
            return ClockStopped(procedure=change.procedure, expected=change.due, number=change.number)
        case ChangeKind.SPECIAL_ENDED if Flag.SPECIAL_PROCEDURE in case.flags:
            return ClockResumed()
        case ChangeKind.EXTENDED if _is_counted(case):
            return Extended(workdays=change.workdays, approver=change.actor, number=change.number)
        case ChangeKind.BRANCH if change.branch in MOVE_OF and change.item_code:
            return BranchMoved(
                item_code=change.item_code,
                move=MOVE_OF[change.branch],
                number=change.number,
                body=change.actor,
                reason=change.reason,
                bundle_id=change.bundle_id or "",
                outcome=outcome_of(change),
            )
    return None


def outcome_of(change: Change) -> Outcome | None:
    """Return how a change decides; before the outcome had its place, the reason may say it."""
    if ChangeKind.DECIDED not in (change.kind, change.branch):
        return None
    return Outcome(change.outcome.name) if change.outcome is not None else outcome_in(change.reason)


def _is_counted(case: Case) -> bool:
    """True while the limit of the decision runs: there is something to stop or to extend."""
    is_over = not MOVES[case.state] or case.state is CaseState.DECIDED
    return not is_over and decision_start(case) is not None


def _is_overtaken(tx: Tx, case: Case, change: Change) -> bool:
    """True for a correction asked of a version that the citizen's next hand-in has already replaced.

    A supplement of what was tolerated replaces nothing: what the back office asks for is still wanting.
    """
    if change.kind is not ChangeKind.CORRECTION:
        return False
    sealed: set[str] = set()
    replaced: frozenset[str] = frozenset()
    for entry in tx.log(case.case_id):
        if isinstance(entry.payload, Sealed):
            sealed.add(entry.payload.bundle_id)
        elif isinstance(entry.payload, Moved) and entry.payload.move is Move.RECEIVE:
            replaced = frozenset(sealed)
    return change.bundle_id in replaced


def _move_bag(tx: Tx, change: Change) -> None:
    """Take over the street's count of a bag: one defect for each difference."""
    bag = tx.bag(change.subject)
    if bag is not None and not bag.is_open and change.kind is ChangeKind.WAYBILL:
        tx.put_bag(bag.moved(BagState.DISCREPANCY if change.defects else BagState.CHECKED))
