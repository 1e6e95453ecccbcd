"""What the window decides: receive, accept where delegated, one-time correction notice, refuse."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from workstation.domain.case import (
    Case,
    CaseState,
    Defect,
    Entry,
    Flag,
    Flagged,
    Move,
    Moved,
    Payload,
)
from workstation.domain.checklist import SlotStatus, checklist, readiness
from workstation.domain.clock import Clock, end_of_day, local_date
from workstation.domain.deadlines import WorkCalendar
from workstation.domain.items import Item
from workstation.services.catalogue import Catalogue
from workstation.services.errors import (
    AcceptanceNotDelegated,
    CaseSealed,
    NoApplicant,
    NoReason,
    NothingToCorrect,
    NotReadyToReceive,
)
from workstation.services.intake import handed_back
from workstation.services.limits import earliest, last_day, silence_due
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
            archive_checked(tx, case, item, self.profile, at)
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
        accepted = Moved(
            move=Move.ACCEPT,
            number=f"{case.number}-S",
            due=last_day(local_date(at), item.promised, self.calendar),
            body=item.authority,
        )
        with self.store.transaction() as tx:
            self._receive(tx, case, item, at)
            case = tx.record(case_id, accepted, actor=self.profile.clerk, at=at)
            archive_checked(tx, case, item, self.profile, at)
            return self._seal(tx, case, item, at)

    def correct(self, case_id: str, defects: Sequence[Defect]) -> Case:
        """Issue the one-time correction notice with every defect (行政许可法 art. 32(4)).

        The notice has no last day: the law binds the window to tell within five working days and sets none
        for the applicant. Where the back office sets one, its own notice carries it.

        Raises:
            NothingToCorrect: no defect was named.
            NoApplicant: there is nobody to tell.
            CaseSealed: the case is not editable.
        """
        if not defects:
            raise NothingToCorrect
        case, item = self._addressed(case_id)
        at = self.clock()
        with self.store.transaction() as tx:
            self._receive(tx, case, item, at)
            number = _notice_number(case, "B", Move.CORRECT, tx.log(case_id))
            notice = Moved(move=Move.CORRECT, number=number, defects=tuple(defects))
            case = tx.record(case_id, notice, actor=self.profile.clerk, at=at)
            return self._seal(tx, case, item, at)

    def refuse(self, case_id: str, *, reason: str, body: str) -> Case:
        """Refuse (不予受理) with its ground and, if there is one, the competent body.

        Originals held here go back with the notice, which lists them.

        Raises:
            NoReason: the ground is empty.
            NoApplicant: there is nobody to tell.
            CaseSealed: the case is not editable.
        """
        if not reason.strip():
            raise NoReason
        case, item = self._addressed(case_id)
        at = self.clock()
        refused = Moved(move=Move.REFUSE, number=f"{case.number}-J", body=body.strip())
        with self.store.transaction() as tx:
            case = self._receive(tx, case, item, at)
            facts = (*handed_back(case), refused)
            case = tx.record(case_id, *facts, actor=self.profile.clerk, at=at, why=reason.strip())
            return self._seal(tx, case, item, at)

    def withdraw(self, case_id: str, *, why: str) -> Case:
        """Withdraw a received case at the citizen's wish; the back office is told by the next version.

        Originals held here go back to the citizen; those in a bag come back from the home street.

        Raises:
            IllegalMove: it is too late, or there is nothing to withdraw.
        """
        case = self.store.case(case_id)
        item, at = self.catalogue.item_of(case), self.clock()
        facts = (*handed_back(case), Moved(move=Move.WITHDRAW))
        with self.store.transaction() as tx:
            case = tx.record(
                case_id, *facts, actor=self.profile.clerk, at=at, why=why, expected_length=case.length
            )
            return self._seal(tx, case, item, at) if case.bundles else case

    def _receive(self, tx: Tx, case: Case, item: Item, at: datetime) -> Case:
        """Record the receipt; a resubmission starts the clock anew, from the day the corrections came."""
        due = silence_due(local_date(at), item.correction, self.calendar)
        facts = (*_flags(case, item), Moved(move=Move.RECEIVE, number=case.number, due=due))
        return tx.record(case.case_id, *facts, actor=self.profile.clerk, at=at, expected_length=case.length)

    def _seal(self, tx: Tx, case: Case, item: Item, at: datetime) -> Case:
        legal = None
        if case.state is CaseState.RECEIVED and case.last_move is not None:
            legal = end_of_day(case.last_move.due or earliest(local_date(at)))
        return self.sealer.seal_case(tx, case, item, tx.log(case.case_id), at=at, legal_due_at=legal)

    def _ready(self, case_id: str) -> tuple[Case, Item]:
        case, item = self._editable(case_id)
        missing = missing_words(readiness(item, case))
        if missing:
            raise NotReadyToReceive(missing="、".join(missing))
        return case, item

    def _addressed(self, case_id: str) -> tuple[Case, Item]:
        case, item = self._editable(case_id)
        if case.applicant is None:
            raise NoApplicant
        return case, item

    def _editable(self, case_id: str) -> tuple[Case, Item]:
        case = self.store.case(case_id)
        if case.is_sealed:
            raise CaseSealed(number=case.number)
        return case, self.catalogue.item_of(case)


def _flags(case: Case, item: Item) -> list[Payload]:
    """Bring the flags in line with what is received: not on hold, tolerated only if something follows."""
    wanted = {
        Flag.ON_HOLD: False,
        Flag.TOLERATED: any(line.status is SlotStatus.LATER for line in checklist(item, case).lines),
    }
    return [Flagged(flag=flag, on=on) for flag, on in wanted.items() if on is not (flag in case.flags)]


def _notice_number(case: Case, letter: str, move: Move, log: Sequence[Entry]) -> str:
    """Return the number of the next notice of a kind: a second one never takes the first one's."""
    before = sum(isinstance(entry.payload, Moved) and entry.payload.move is move for entry in log)
    return f"{case.number}-{letter}{before + 1 if before else ''}"
