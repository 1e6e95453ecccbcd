"""Tolerated acceptance (容缺受理) and commitment (告知承诺) at the window, and the credit check before."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from workstation.domain.case import (
    Case,
    CreditChecked,
    Flag,
    Flagged,
    Payload,
    SlotCommitted,
    SlotDeferred,
    SupplementWay,
)
from workstation.domain.checklist import SlotStatus, checklist
from workstation.domain.clock import Clock, local_date
from workstation.domain.deadlines import WorkCalendar
from workstation.domain.facts import CreditOutcome
from workstation.domain.items import Item
from workstation.domain.tolerance import Bar, commitment_bars, committed, credit_bars, later, tolerance_bars
from workstation.services.catalogue import Catalogue
from workstation.services.credit import CreditLibrary
from workstation.services.decision_errors import (
    CreditBad,
    CreditNotAsked,
    CreditUnknown,
    DueTooLate,
    NotCommittable,
    PromiseStale,
)
from workstation.services.errors import CaseSealed, NoApplicant, NoReason, NotTolerable, ServiceError
from workstation.services.intake import check_editable
from workstation.services.limits import tolerance_cap
from workstation.services.profile import WindowProfile
from workstation.store.database import Store


@dataclass(frozen=True)
class Tolerance:
    """What follows later, what is promised, and whether the applicant's credit allows it."""

    store: Store
    catalogue: Catalogue
    profile: WindowProfile
    clock: Clock
    calendar: WorkCalendar
    library: CreditLibrary

    def ask_credit(self, case_id: str) -> Case:
        """Ask the credit library about the applicant and keep its answer.

        Raises:
            NoApplicant: there is nobody to ask about.
            CaseSealed: the case may not change any more.
        """
        case = self._editable(case_id)[0]
        if case.applicant is None:
            raise NoApplicant
        answer = self.library.ask(case.applicant.id_number, case)
        with self.store.transaction() as tx:
            # Somebody else may have been named while the library was asked.
            now = check_editable(tx, case_id).applicant
            if now is None or now.id_number != case.applicant.id_number:
                raise NoApplicant
            return tx.record(case_id, answer, actor=self.profile.clerk, at=self.clock())

    def override_credit(self, case_id: str, *, why: str) -> Case:
        """Go on although the library gave no answer; who did and why stays in the log.

        Raises:
            NoReason: `why` is empty.
            CreditNotAsked: it was not asked yet.
            CreditBad: it did answer; a bad answer is not overridden at the window.
        """
        if not why.strip():
            raise NoReason

        def facts(case: Case, _item: Item) -> list[Payload]:
            if case.credit is None:
                raise CreditNotAsked
            if case.credit.outcome is CreditOutcome.BAD:
                raise _credit_bad(case)
            return [CreditChecked(outcome=case.credit.outcome, lists=case.credit.lists, overridden=True)]

        return self._record(case_id, facts, why=why.strip())

    def cap(self, item: Item) -> date | None:
        """Return the last day that may be agreed today; None: the item has no limit to take it from."""
        return tolerance_cap(local_date(self.clock()), item, self.calendar)

    def defer(
        self,
        case_id: str,
        slot: str,
        due: date,
        *,
        way: SupplementWay = SupplementWay.IN_PERSON,
        why: str = "",
    ) -> Case:
        """Let a secondary material follow until `due`; a promise in its place is given up.

        Raises:
            NotTolerable: a key material, not asked for, here already, or of an item finished on the spot.
            CreditNotAsked, CreditUnknown, CreditBad: the credit check stands in the way.
            DueTooLate: `due` is past, or later than the promised limit ends.
        """

        def facts(case: Case, item: Item) -> list[Payload]:
            raise_tolerance_bars(tolerance_bars(item, case, slot), case)
            cap = self.cap(item)
            if cap is None or not local_date(self.clock()) <= due <= cap:
                raise DueTooLate(cap=cap)
            given_up = [SlotCommitted(slot=slot, on=False)] if case.slot(slot).committed else []
            return [
                *given_up,
                SlotDeferred(slot=slot, due=due, way=way),
                Flagged(flag=Flag.TOLERATED, on=True),
            ]

        return self._record(case_id, facts, why=why)

    def commit(self, case_id: str, slot: str, *, why: str = "") -> Case:
        """Take the applicant's written promise in the place of a proof; nothing follows later.

        Raises:
            NotCommittable: the item takes no promise for it, it is not asked for, or here already.
            CreditBad: the applicant stands on a list of dishonest persons.
        """

        def facts(case: Case, item: Item) -> list[Payload]:
            bars = commitment_bars(item, case, slot)
            if Bar.CREDIT_BAD in bars:
                raise _credit_bad(case)
            if bars:
                raise NotCommittable
            given_up = _no_longer_deferred(case, (slot,))
            return [*given_up, SlotCommitted(slot=slot)]

        return self._record(case_id, facts, why=why)

    def take_back(self, case_id: str, slot: str, *, why: str = "") -> Case:
        """Give up what was agreed for a line, tolerance or promise: the paper is here after all, or must be.

        Raises:
            CaseSealed: the case may not change any more.
        """

        def facts(case: Case, _item: Item) -> list[Payload]:
            promised = [SlotCommitted(slot=slot, on=False)] if case.slot(slot).committed else []
            return [*promised, *_no_longer_deferred(case, (slot,))]

        return self._record(case_id, facts, why=why)

    def _record(self, case_id: str, facts: Callable[[Case, Item], list[Payload]], *, why: str = "") -> Case:
        """Record what follows from the case as this transaction sees it; nothing when nothing follows."""
        with self.store.transaction() as tx:
            case = check_editable(tx, case_id)
            payloads = facts(case, self.catalogue.item_of(case))
            if not payloads:
                return case
            return tx.record(case_id, *payloads, actor=self.profile.clerk, at=self.clock(), why=why)

    def _editable(self, case_id: str) -> tuple[Case, Item]:
        case = self.store.case(case_id)
        if case.is_sealed:
            raise CaseSealed(number=case.number)
        return case, self.catalogue.item_of(case)


def raise_tolerance_bars(bars: tuple[Bar, ...], case: Case) -> None:
    """Raise the error of the first bar a clerk should hear of; nothing when there is none."""
    errors: dict[Bar, ServiceError] = {
        Bar.CREDIT_UNASKED: CreditNotAsked(),
        Bar.CREDIT_UNKNOWN: CreditUnknown(),
        Bar.CREDIT_BAD: _credit_bad(case),
    }
    for bar in bars:
        raise errors.get(bar) or NotTolerable()


def check_promises(case: Case, item: Item, today: date, calendar: WorkCalendar) -> None:
    """Look once more at everything agreed, at the moment the case is received.

    Raises:
        CreditNotAsked, CreditUnknown, CreditBad: the credit check stands in the way.
        PromiseStale: an agreed last day is over, or later than the promised limit ends now.
    """
    lines = later(item, case)
    if lines:
        raise_tolerance_bars(credit_bars(item, case), case)
    elif committed(item, case) and case.credit is not None and case.credit.outcome is CreditOutcome.BAD:
        raise _credit_bad(case)
    cap = tolerance_cap(today, item, calendar)
    for line in lines:
        due = case.slot(line.material.id).deferred_until
        if due is None or cap is None or not today <= due <= cap:
            raise PromiseStale(material=line.material.title, due=due)


def settled_promises(case: Case, item: Item) -> list[Payload]:
    """Return the end of every promise nothing hangs on any more: its paper came, or it is no longer asked."""
    standing = {line.material.id: line.status for line in checklist(item, case).lines}
    came = [name for name in case.slots if standing.get(name) is not SlotStatus.LATER]
    proven = [
        name
        for name, slot in case.slots.items()
        if slot.committed and standing.get(name) is not SlotStatus.COMMITTED
    ]
    return [
        *_no_longer_deferred(case, came),
        *(SlotCommitted(slot=name, on=False) for name in proven),
    ]


def flags_for(case: Case, item: Item) -> list[Payload]:
    """Bring the flags in line with what is received: not on hold, tolerated only if something follows."""
    wanted = {Flag.ON_HOLD: False, Flag.TOLERATED: bool(later(item, case))}
    return [Flagged(flag=flag, on=on) for flag, on in wanted.items() if on is not (flag in case.flags)]


def _no_longer_deferred(case: Case, slots: tuple[str, ...] | list[str]) -> list[Payload]:
    return [SlotDeferred(slot=name, due=None) for name in slots if case.slot(name).deferred_until is not None]


def _credit_bad(case: Case) -> CreditBad:
    lists = case.credit.lists if case.credit else ()
    return CreditBad(lists="、".join(lists) or "失信名单")
