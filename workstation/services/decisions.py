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
    FieldSet,
    Move,
    Moved,
    Origin,
    PageAdded,
    Payload,
    SlotCommitted,
    SlotProved,
    SlotReused,
    SupplementOpened,
)
from workstation.domain.checklist import readiness
from workstation.domain.clock import Clock, end_of_day, local_date
from workstation.domain.deadlines import WorkCalendar
from workstation.domain.items import Item
from workstation.domain.tolerance import overdue
from workstation.i18n import listed
from workstation.services.agents import check_agent
from workstation.services.archiving import archive_checked
from workstation.services.catalogue import Catalogue
from workstation.services.decision_errors import NotOverdue, OneNoticeOnly, SituationOpen
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
from workstation.services.proofs import check_proofs
from workstation.services.reuse import ReuseDesk, refusal_words
from workstation.services.reuse_errors import ReuseOverturned
from workstation.services.sealing import Sealer
from workstation.services.tolerance import check_promises, flags_for, settled_promises
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
    reuse: ReuseDesk

    def receive(self, case_id: str) -> Case:
        """Receive (收件): the citizen gets a dated receipt, the clock of silence starts.

        Raises:
            NotReadyToReceive: something is missing; `details['missing']` lists it.
            CaseSealed: the case was received before.
            ReuseOverturned: something speaks against a copy it took meanwhile.
        """
        case, item = self._ready(case_id)
        if case.reopened:
            return self._seal_again(case, item)
        self.sealer.prepare(case, item)
        at = self.clock()
        with self.store.transaction() as tx:
            case = self._receive(tx, case, item, at)
            case = self._seal(tx, case, item, at)
            archive_checked(tx, case, item, self.profile, at)
            return case

    def accept(self, case_id: str) -> Case:
        """Receive and accept (受理) in one go, where the item delegates acceptance to the window.

        Raises:
            AcceptanceNotDelegated: only the back office may accept this item.
            NotReadyToReceive: something is missing.
        """
        case, item = self._ready(case_id)
        if case.reopened:
            return self._seal_again(case, item)
        if not item.acceptance_delegated:
            raise AcceptanceNotDelegated
        self.sealer.prepare(case, item)
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
            case = self._seal(tx, case, item, at)
            archive_checked(tx, case, item, self.profile, at)
            return case

    def correct(self, case_id: str, defects: Sequence[Defect]) -> Case:
        """Issue the one-time correction notice with every defect (行政许可法 art. 32(4)).

        The notice has no last day: the law binds the window to tell within five working days and sets none
        for the applicant. Where the back office sets one, its own notice carries it.

        Raises:
            NothingToCorrect: no defect was named.
            SituationOpen: questions are open, so nobody can know all that is missing.
            OneNoticeOnly: it was told before, and nothing was handed in since.
            NoApplicant: there is nobody to tell.
            CaseSealed: the case is not editable.
        """
        if not defects:
            raise NothingToCorrect
        case, item = self._addressed(case_id)
        self._check_once(case, item)
        self.sealer.prepare(case, item)
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
        self.sealer.prepare(case, item)
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
        if case.bundles:
            self.sealer.prepare(case, item)
        facts = (*handed_back(case), Moved(move=Move.WITHDRAW))
        with self.store.transaction() as tx:
            case = tx.record(
                case_id, *facts, actor=self.profile.clerk, at=at, why=why, expected_length=case.length
            )
            return self._seal(tx, case, item, at) if case.bundles else case

    def terminate_overdue(self, case_id: str, *, why: str) -> Case:
        """Terminate a case whose tolerated material did not come in time; never done by the program alone.

        Ground: published rules of tolerated acceptance; force majeure is for the clerk to weigh.

        Raises:
            NotOverdue: no debt is past its last day.
            NoReason: `why` is empty.
            IllegalMove: the case is not accepted, or ended already.
        """
        if not why.strip():
            raise NoReason
        case = self.store.case(case_id)
        item, at = self.catalogue.item_of(case), self.clock()
        if not overdue(case, local_date(at)):
            raise NotOverdue(number=case.number)
        self.sealer.prepare(case, item)
        facts = (*handed_back(case), Moved(move=Move.TERMINATE, number=f"{case.number}-Z"))
        with self.store.transaction() as tx:
            case = tx.record(
                case_id,
                *facts,
                actor=self.profile.clerk,
                at=at,
                why=why.strip(),
                expected_length=case.length,
            )
            return self._seal(tx, case, item, at)

    def _seal_again(self, case: Case, item: Item) -> Case:
        """Seal what was corrected as the next version; receipt, state and clocks stay what they were."""
        self.sealer.prepare(case, item)
        at = self.clock()
        with self.store.transaction() as tx:
            facts = (*settled_promises(case, item), *flags_for(case, item))
            if facts:
                clerk, length = self.profile.clerk, case.length
                tx.record(case.case_id, *facts, actor=clerk, at=at, expected_length=length)
            case = tx.case(case.case_id)
            if not case.reopened or case.is_sealed:
                raise CaseSealed(number=case.number)
            case = self._seal(tx, case, item, at)
            archive_checked(tx, case, item, self.profile, at)
            return case

    def _receive(self, tx: Tx, case: Case, item: Item, at: datetime) -> Case:
        """Record the receipt; a resubmission starts the clock anew, from the day the corrections came."""
        due = silence_due(local_date(at), item.correction, self.calendar)
        facts = (
            *settled_promises(case, item),
            *flags_for(case, item),
            Moved(move=Move.RECEIVE, number=case.number, due=due),
        )
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
            raise NotReadyToReceive(missing=listed(missing))
        check_promises(case, item, local_date(self.clock()), self.calendar)
        check_proofs(self.store, case, item, local_date(self.clock()))
        overturned = self.reuse.no_longer(case)
        if overturned:
            # The copy, its source case or who stands here may have changed since the yes.
            raise ReuseOverturned(copies=listed(refusal_words(refusal) for refusal in overturned))
        if case.agent is not None:
            # The power may have ended while the draft lay, or the applicant may be another one since.
            check_agent(item, case.agent, case, local_date(self.clock()))
        return case, item

    def _check_once(self, case: Case, item: Item) -> None:
        questions = readiness(item, case).questions
        if questions:
            raise SituationOpen(questions=listed(question.title for question in questions))
        if case.state is CaseState.CORRECTION and not _handed_in_since_told(self.store.log(case.case_id)):
            raise OneNoticeOnly(number=case.last_move.number if case.last_move else case.number)

    def _addressed(self, case_id: str) -> tuple[Case, Item]:
        case, item = self._editable(case_id)
        if case.reopened:
            raise CaseSealed(number=case.number)
        if case.applicant is None:
            raise NoApplicant
        return case, item

    def _editable(self, case_id: str) -> tuple[Case, Item]:
        case = self.store.case(case_id)
        if case.is_sealed:
            raise CaseSealed(number=case.number)
        return case, self.catalogue.item_of(case)


_HANDED_IN = (PageAdded, SlotReused, SlotCommitted, SupplementOpened)


def _handed_in_since_told(log: Sequence[Entry]) -> bool:
    """True when the citizen gave anything after the last notice: a page, a yes, a promise, a value."""
    for entry in reversed(log):
        payload = entry.payload
        if isinstance(payload, Moved) and payload.move is Move.CORRECT:
            return False
        is_proved = isinstance(payload, SlotProved) and payload.proof.counts
        if is_proved or isinstance(payload, _HANDED_IN) or _is_given(payload):
            return True
    return True


def _is_given(payload: Payload) -> bool:
    return isinstance(payload, FieldSet) and payload.value.origin is Origin.TYPED


def _notice_number(case: Case, letter: str, move: Move, log: Sequence[Entry]) -> str:
    """Return the number of the next notice of a kind: a second one never takes the first one's."""
    before = sum(isinstance(entry.payload, Moved) and entry.payload.move is move for entry in log)
    return f"{case.number}-{letter}{before + 1 if before else ''}"
