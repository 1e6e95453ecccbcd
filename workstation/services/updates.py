"""What comes back from the back office: each change moves its case once, in the feed's transaction."""

from __future__ import annotations

import logging

from sync.contract.models import Change, ChangeKind
from workstation.domain.case import MOVES, Case, Defect, Move, Moved
from workstation.domain.courier import BagState
from workstation.store.database import Tx

log = logging.getLogger(__name__)

MOVE_OF = {
    ChangeKind.ACCEPTED: Move.ACCEPT,
    ChangeKind.CORRECTION: Move.CORRECT,
    ChangeKind.REFUSED: Move.REFUSE,
    ChangeKind.IN_REVIEW: Move.REVIEW,
    ChangeKind.DECIDED: Move.DECIDE,
    ChangeKind.DELIVERED: Move.DELIVER,
}


def apply_change(tx: Tx, change: Change) -> None:
    """Apply one change of the feed to its case or bag.

    A change that no longer fits (it arrived late or out of order) alters nothing here; it stays on
    the list of messages, where the clerk sees it.
    """
    case = tx.case_by_number(change.subject)
    if case is not None:
        _move_case(tx, case, change)
        return
    _move_bag(tx, change)


def _move_case(tx: Tx, case: Case, change: Change) -> None:
    move = MOVE_OF.get(change.kind)
    if move is None or move not in MOVES[case.state]:
        log.warning("change not applied case=%s kind=%s state=%s", case.number, change.kind, case.state)
        return
    moved = Moved(
        move=move,
        number=change.number,
        due=change.due,
        body=change.actor,
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


def _move_bag(tx: Tx, change: Change) -> None:
    """Take over the street's count of a bag: one defect for each difference."""
    bag = tx.bag(change.subject)
    if bag is not None and change.kind is ChangeKind.WAYBILL:
        tx.put_bag(bag.moved(BagState.DISCREPANCY if change.defects else BagState.CHECKED))
