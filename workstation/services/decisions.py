"""What the window decides: receive, accept where delegated, one-time correction notice, refuse."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from workstation.domain.case import Case, CaseState, Defect, Move, Moved
from workstation.domain.checklist import readiness
from workstation.domain.clock import Clock, end_of_day, local_date
from workstation.domain.deadlines import WorkCalendar, add, correction_due
from workstation.domain.items import Item
from workstation.services.catalogue import Catalogue
from workstation.services.errors import (
    AcceptanceNotDelegated,
    CaseSealed,
    NoReason,
    NothingToCorrect,
    NotReadyToReceive,
)
from workstation.services.profile import WindowProfile
from workstation.services.reuse import archive_checked
from workstation.services.sealing import Sealer
from workstation.services.view import missing_words
from workstation.store.database import Store, Tx


@dataclass(frozen=True)
class Decisions:
    """Each decision is one transaction: moves, seal, queue line and archive together."""

    store: Store
    catalogue: Catalogue
    profile: WindowProfile
    clock: Clock
    calendar: WorkCalendar
    sealer: Sealer

    def receive(self, case_id: str) -> Case:
        """Receive (收件): the citizen gets a dated receipt, the clock of silence starts.

        Raises:
            NotReadyToReceive: something is missing; `details['missing']` lists it.
            CaseSealed: the case was received before.
        """
        case, item = self._ready(case_id)
        at = self.clock()
        with self.store.transaction() as tx:
            case = self._receive(tx, case, item, at)
            archive_checked(tx, case, item, self.profile, self.clock)
            return self._seal(tx, case, item, at)

    def accept(self, case_id: str) -> Case:
        """Receive and accept (受理) in one go, where the item delegates acceptance to the window.

        Raises:
            AcceptanceNotDelegated: only the back office may accept this item.
            NotReadyToReceive: something is missing.
        """
        case, item = self._ready(case_id)
        if not item.acceptance_delegated:
            raise AcceptanceNotDelegated
        at = self.clock()
        due = add(local_date(at), item.promised, self.calendar) if item.promised else None
        accepted = Moved(move=Move.ACCEPT, number=f"{case.number}-S", due=due, body=item.authority)
        with self.store.transaction() as tx:
            case = self._receive(tx, case, item, at)
            case = tx.record(case_id, accepted, actor=self.profile.clerk, at=at)
            archive_checked(tx, case, item, self.profile, self.clock)
            return self._seal(tx, case, item, at)

    def correct(self, case_id: str, defects: Sequence[Defect]) -> Case:
        """Issue the one-time correction notice with every defect (行政许可法 art. 32(4)).

        Raises:
            NothingToCorrect: no defect was named.
            CaseSealed: the case is not editable.
        """
        if not defects:
            raise NothingToCorrect
        case, item = self._editable(case_id)
        at = self.clock()
        notice = Moved(
            move=Move.CORRECT,
            number=f"{case.number}-B",
            due=correction_due(local_date(at), item.correction, self.calendar),
            defects=tuple(defects),
        )
        with self.store.transaction() as tx:
            case = self._receive(tx, case, item, at)
            case = tx.record(case_id, notice, actor=self.profile.clerk, at=at)
            return self._seal(tx, case, item, at)

    def refuse(self, case_id: str, *, reason: str, body: str) -> Case:
        """Refuse (不予受理) with its ground and, if there is one, the competent body.

        Raises:
            NoReason: the ground is empty.
        """
        if not reason.strip():
            raise NoReason
        case, item = self._editable(case_id)
        at = self.clock()
        refused = Moved(move=Move.REFUSE, number=f"{case.number}-J", body=body.strip())
        with self.store.transaction() as tx:
            case = self._receive(tx, case, item, at)
            case = tx.record(case_id, refused, actor=self.profile.clerk, at=at, why=reason.strip())
            return self._seal(tx, case, item, at)

    def _receive(self, tx: Tx, case: Case, item: Item, at: datetime) -> Case:
        due = correction_due(local_date(case.received_at or at), item.correction, self.calendar)
        moved = Moved(move=Move.RECEIVE, number=case.number, due=due)
        return tx.record(case.case_id, moved, actor=self.profile.clerk, at=at, expected_length=case.length)

    def _seal(self, tx: Tx, case: Case, item: Item, at: datetime) -> Case:
        legal = None
        if case.state is CaseState.RECEIVED:
            legal = end_of_day(
                correction_due(local_date(case.received_at or at), item.correction, self.calendar)
            )
        return self.sealer.seal_case(tx, case, item, tx.log(case.case_id), at=at, legal_due_at=legal)

    def _ready(self, case_id: str) -> tuple[Case, Item]:
        case, item = self._editable(case_id)
        missing = missing_words(readiness(item, case))
        if missing:
            raise NotReadyToReceive(missing="、".join(missing))
        return case, item

    def _editable(self, case_id: str) -> tuple[Case, Item]:
        case = self.store.case(case_id)
        if case.is_sealed:
            raise CaseSealed(number=case.number)
        return case, self.catalogue.item_of(case)
