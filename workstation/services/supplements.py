"""Supplements: what tolerance still owed arrives, at the window, by post or in the system.

A sealed case stays frozen; only the slots that owe something take pages, and the seal makes version n+1.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from workstation.domain.case import (
    TAKES_SUPPLEMENTS,
    Case,
    CaseState,
    Entry,
    Flag,
    Flagged,
    Sealed,
    SlotDeferred,
    SupplementOpened,
    SupplementWay,
)
from workstation.domain.checklist import ChecklistLine, Todo, checklist
from workstation.domain.clock import Clock, end_of_day
from workstation.domain.items import Item
from workstation.domain.lamps import silence_ends
from workstation.i18n import _, listed
from workstation.services.archiving import archive_checked
from workstation.services.catalogue import Catalogue
from workstation.services.decision_errors import (
    NothingBrought,
    NothingOwed,
    SupplementTooLate,
    SupplementUnfinished,
    WaybillMissing,
)
from workstation.services.profile import WindowProfile
from workstation.services.sealing import Sealer
from workstation.services.view import STATE_WORDS, TODO_WORDS
from workstation.store.database import Store, Tx


@dataclass(frozen=True)
class Supplements:
    """Opens a received case for what it owes, and seals what came."""

    store: Store
    catalogue: Catalogue
    profile: WindowProfile
    clock: Clock
    sealer: Sealer

    def open(self, case_id: str, *, way: SupplementWay, waybill: str = "") -> Case:
        """Let the owed slots take pages; a case in correction only keeps how its papers came.

        Args:
            case_id: the case.
            way: how the papers came.
            waybill: number of the parcel, needed when they were posted in.

        Raises:
            WaybillMissing: posted in, and no number was given.
            SupplementTooLate: the case has ended, or is a draft still.
            NothingOwed: the case waits for nothing.
        """
        waybill = waybill.strip().upper()
        if way is SupplementWay.POST and not waybill:
            raise WaybillMissing
        with self.store.transaction() as tx:
            self._check_open(tx.case(case_id))
            opened = SupplementOpened(way=way, waybill=waybill)
            return tx.record(case_id, opened, actor=self.profile.clerk, at=self.clock())

    def seal(self, case_id: str) -> Case:
        """Seal what came as the next version; what is still owed stays owed.

        Raises:
            SupplementTooLate: the case has ended meanwhile, or no supplement is open.
            NothingBrought: no owed slot holds a page.
            SupplementUnfinished: a slot lacks pages, or nobody said where its original is.
        """
        case = self.store.case(case_id)
        self.sealer.prepare(case, self.catalogue.item_of(case))
        at = self.clock()
        with self.store.transaction() as tx:
            case = tx.case(case_id)
            item = self.catalogue.item_of(case)
            lines = self._brought(case, item)
            debts = [d for line in lines if (d := case.slot(line.material.id).deferred_until) is not None]
            brought = frozenset(line.material.id for line in lines)
            case = self._cleared(tx, case, at)
            legal = end_of_day(_hurry(case, debts))
            case = self.sealer.seal_case(tx, case, item, tx.log(case_id), at=at, legal_due_at=legal)
            archive_checked(tx, case, item, self.profile, at, only=brought)
            ends = [SlotDeferred(slot=line.material.id, due=None) for line in lines]
            return tx.record(case_id, *ends, actor=self.profile.clerk, at=at)

    def _check_open(self, case: Case) -> None:
        if case.state not in TAKES_SUPPLEMENTS:
            raise SupplementTooLate(number=case.number, state=_(STATE_WORDS[case.state]))
        if case.state is not CaseState.CORRECTION and not case.debts:
            raise NothingOwed(number=case.number)

    def _brought(self, case: Case, item: Item) -> tuple[ChecklistLine, ...]:
        if case.supplement is None or not case.is_sealed or case.state not in TAKES_SUPPLEMENTS:
            raise SupplementTooLate(number=case.number, state=_(STATE_WORDS[case.state]))
        owed = {name for name, slot in case.slots.items() if slot.deferred_until is not None}
        lines = tuple(line for line in checklist(item, case).lines if line.material.id in owed and line.pages)
        if not lines:
            raise NothingBrought
        open_lines = [line for line in lines if line.todo is not Todo.NOTHING]
        if open_lines:
            words = (f"{line.material.title} ({_(TODO_WORDS[line.todo])})" for line in open_lines)
            raise SupplementUnfinished(missing=listed(words))
        return lines

    def _cleared(self, tx: Tx, case: Case, at: datetime) -> Case:
        """Clear the flag of tolerance once nothing is owed any more."""
        if case.debts or Flag.TOLERATED not in case.flags:
            return case
        cleared = Flagged(flag=Flag.TOLERATED, on=False)
        return tx.record(case.case_id, cleared, actor=self.profile.clerk, at=at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Supplement:
    """One supplement as its receipt tells it."""

    number: int
    """1, 2, 3 ... of the case."""
    way: SupplementWay
    waybill: str
    sealed_at: datetime
    slots: tuple[str, ...] = ()
    """Slots that it settled."""


def last_supplement(log: Sequence[Entry]) -> Supplement | None:
    """Return the supplement sealed last, None when there was none.

    What a seal settled stands right behind it; a seal after a correction settles before it, and is none.
    """
    found: Supplement | None = None
    opened: SupplementOpened | None = None
    sealed: Supplement | None = None
    for entry in log:
        payload = entry.payload
        if isinstance(payload, SupplementOpened):
            opened = payload
        elif isinstance(payload, Sealed):
            sealed = None if opened is None else _sealed(opened, entry.at, after=found)
            opened = None
        elif isinstance(payload, SlotDeferred) and payload.due is None and sealed is not None:
            found = sealed = replace(sealed, slots=(*sealed.slots, payload.slot))
    return found


def _sealed(opened: SupplementOpened, at: datetime, *, after: Supplement | None) -> Supplement:
    number = after.number + 1 if after else 1
    return Supplement(number=number, way=opened.way, waybill=opened.waybill, sealed_at=at)


def _hurry(case: Case, debts: Sequence[date]) -> date:
    """Return the day that orders the queue: where silence ends, else the first debt's last day."""
    return silence_ends(case) or min(debts)
