"""Originals that must travel: into a numbered bag, on a list, over to the post, as a bundle of its own."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from sync.contract.models import BundleKind, Manifest
from workstation.domain.case import Bagged, Case, CaseState, Custody, OriginalMarked
from workstation.domain.clock import Clock, end_of_day, local_date
from workstation.domain.courier import Bag, BagLine, BagState
from workstation.domain.deadlines import WorkCalendar
from workstation.domain.identity import mask_name
from workstation.domain.items import Limit
from workstation.domain.kinds import LimitUnit
from workstation.domain.lamps import TRAVELLING
from workstation.domain.waybills import is_postal
from workstation.services.catalogue import Catalogue
from workstation.services.errors import BagClosed, BagNotListed, EmptyBag, ExpressFirmNotAllowed, NotHeld
from workstation.services.ids import new_id
from workstation.services.limits import earliest, last_day
from workstation.services.profile import WindowProfile
from workstation.services.sealing import Sealer
from workstation.store.database import Store, Tx

ONE_WORKDAY = Limit(1, LimitUnit.WORKDAY)
"""From the receiving to the home street within one working day (Futian's cross-street rule)."""
OVER = frozenset({CaseState.REFUSED, CaseState.WITHDRAWN, CaseState.TERMINATED})


@dataclass(frozen=True, slots=True)
class HeldOriginal:
    """An original at the window that waits for a bag."""

    case: Case
    slot: str
    material: str
    item_title: str
    sheets: int


@dataclass(frozen=True)
class Courier:
    """Bags from this window to home streets."""

    store: Store
    catalogue: Catalogue
    profile: WindowProfile
    clock: Clock
    calendar: WorkCalendar
    sealer: Sealer

    def waiting(self) -> tuple[HeldOriginal, ...]:
        """Originals held here that travel with a received case; one under correction waits for its case."""
        return self._held_in(TRAVELLING)

    def to_hand_back(self) -> tuple[HeldOriginal, ...]:
        """Originals still here though their case is over without a result: they go back to the citizen."""
        return self._held_in(OVER)

    def _held_in(self, states: frozenset[CaseState]) -> tuple[HeldOriginal, ...]:
        return tuple(
            self._held(case, slot)
            for case in self.store.holding(states)
            for slot, content in case.slots.items()
            if content.custody is Custody.HELD
        )

    def hand_back(self, original: HeldOriginal) -> Case:
        """Record that an original of a case that is over went back to the citizen.

        Raises:
            NotHeld: it is not here any more, or its case goes on.
        """
        returned = OriginalMarked(slot=original.slot, custody=Custody.RETURNED)
        with self.store.transaction() as tx:
            self._check_held(tx, original, OVER)
            return tx.record(original.case.case_id, returned, actor=self.profile.clerk, at=self.clock())

    @staticmethod
    def _check_held(tx: Tx, original: HeldOriginal, states: frozenset[CaseState]) -> Case:
        case = tx.case(original.case.case_id)
        if case.state not in states or case.slot(original.slot).custody is not Custody.HELD:
            raise NotHeld
        return case

    def _held(self, case: Case, slot: str) -> HeldOriginal:
        item = self.catalogue.item_of(case)
        sheets = max(1, len(case.slot(slot).pages))
        return HeldOriginal(case, slot, item.material(slot).title, item.title, sheets)

    def bags(self) -> tuple[Bag, ...]:
        """All bags of this window, oldest first."""
        return self.store.bags()

    def pack(self, original: HeldOriginal) -> Bag:
        """Put an original into the open bag for its home street, opening one if there is none.

        Raises:
            NotHeld: the original is not at the window any more, or its case does not travel now.
        """
        at = self.clock()
        with self.store.transaction() as tx:
            case = self._check_held(tx, original, TRAVELLING)
            street = case.home_street or case.receiving_street
            bag = self._open_bag(tx, street, at).with_line(_line(case, original))
            tx.put_bag(bag)
            bagged = Bagged(slot=original.slot, bag=bag.number)
            tx.record(case.case_id, bagged, actor=self.profile.clerk, at=at)
        return bag

    def _open_bag(self, tx: Tx, street: str, at: datetime) -> Bag:
        for bag in tx.bags(BagState.PACKED):
            if bag.home_street == street:
                return bag
        serial = tx.next_serial(f"bag:{street}")
        today = local_date(at)
        due = end_of_day(last_day(today, ONE_WORKDAY, self.calendar) or earliest(today, ONE_WORKDAY))
        return Bag(
            number=f"{self.profile.number_prefix}-{street}-{serial:04d}",
            home_street=street,
            state=BagState.PACKED,
            opened_at=at,
            due_at=due,
        )

    def close(self, number: str, *, seal_number: str) -> Bag:
        """Close the bag: its list is final and queued as a handover bundle.

        Raises:
            BagClosed: it was closed before.
            EmptyBag: it holds nothing.
        """
        at = self.clock()
        with self.store.transaction() as tx:
            bag = self._bag(tx, number)
            if not bag.is_open:
                raise BagClosed(bag=number)
            if not bag.lines:
                raise EmptyBag(bag=number)
            manifest = self._manifest(bag, seal_number.strip(), at)
            tx.queue(self.sealer.signed(manifest), legal_due_at=bag.due_at)
            seal = seal_number.strip()
            bag = replace(bag, state=BagState.LISTED, seal_number=seal, bundle_id=manifest.bundle_id)
            tx.put_bag(bag)
        return bag

    def hand_over(self, number: str, *, waybill: str) -> Bag:
        """Record that the post took the bag.

        Raises:
            ExpressFirmNotAllowed: the waybill is not a postal one.
            BagNotListed: the bag is still open, or has left already.
        """
        if not is_postal(waybill):
            raise ExpressFirmNotAllowed(waybill=waybill)
        with self.store.transaction() as tx:
            bag = self._bag(tx, number)
            if bag.state is not BagState.LISTED:
                raise BagNotListed(bag=number)
            bag = replace(bag, state=BagState.HANDED_OVER, waybill=waybill.strip().upper())
            tx.put_bag(bag)
        return bag

    @staticmethod
    def _bag(tx: Tx, number: str) -> Bag:
        bag = tx.bag(number)
        if bag is None:
            raise EmptyBag(bag=number)
        return bag

    def _manifest(self, bag: Bag, seal_number: str, at: datetime) -> Manifest:
        lines = [
            {"case": line.case_number, "slot": line.slot, "material": line.material, "sheets": line.sheets}
            for line in bag.lines
        ]
        return Manifest(
            bundle_id=new_id(at),
            kind=BundleKind.HANDOVER,
            version=1,
            subject=bag.number,
            window_id=self.profile.window_id,
            receiving_street=self.profile.street,
            home_street=bag.home_street,
            created_at=at,
            practice=self.profile.practice,
            body={
                "bag": bag.number,
                "seal_number": seal_number,
                "due_at": bag.due_at.isoformat(),
                "lines": lines,
                "sheets": bag.sheets,
            },
        )


def _line(case: Case, original: HeldOriginal) -> BagLine:
    return BagLine(
        case_id=case.case_id,
        case_number=case.number,
        item_title=original.item_title,
        applicant_masked=mask_name(case.applicant.name) if case.applicant else "",
        slot=original.slot,
        material=original.material,
        sheets=original.sheets,
    )
