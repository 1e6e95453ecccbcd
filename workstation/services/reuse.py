"""Reuse of what the citizen already gave: offered beside the slot, taken only with a recorded yes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from workstation.domain.archive import ArchivedMaterial
from workstation.domain.case import Case, Custody, Reuse, ReuseWithdrawn, SlotReused, TrustLevel
from workstation.domain.checklist import derive
from workstation.domain.clock import Clock, local_date
from workstation.domain.items import Item, OriginalRule
from workstation.services.catalogue import Catalogue
from workstation.services.errors import CaseSealed, NoConsent, NotOffered
from workstation.services.ids import new_id
from workstation.services.profile import WindowProfile
from workstation.store.database import Store, Tx


@dataclass(frozen=True)
class ReuseDesk:
    """Offers copies of the applicant's earlier cases and records the yes."""

    store: Store
    catalogue: Catalogue
    profile: WindowProfile
    clock: Clock

    def offers(self, case: Case) -> Mapping[str, ArchivedMaterial]:
        """Return the best usable copy for each slot of the checklist, by material id."""
        if case.applicant is None:
            return {}
        item, today = self.catalogue.item_of(case), local_date(self.clock())
        usable = [a for a in self.store.archived(case.applicant.id_number) if a.usable_on(today)]
        best: dict[str, ArchivedMaterial] = {}
        for material in derive(item, case.answers):
            fitting = [
                a for a in usable if a.standard_id == material.standard_id and a.source_case != case.number
            ]
            if material.reusable and fitting:
                best[material.id] = max(fitting, key=lambda a: (a.level is TrustLevel.A, a.checked_on))
        return best

    def take(self, case_id: str, slot: str, *, consent_way: str) -> Case:
        """Fill the slot with the offered copy, after the citizen's yes.

        Args:
            case_id: the case.
            slot: material id.
            consent_way: how the yes was given, in words for the record.

        Raises:
            NoConsent: `consent_way` is empty.
            NotOffered: nothing usable is offered for this slot.
        """
        if not consent_way.strip():
            raise NoConsent
        case = self._editable(case_id)
        offer = self.offers(case).get(slot)
        if offer is None:
            raise NotOffered
        at = self.clock()
        reuse = Reuse(
            source_case=offer.source_case,
            pages=offer.pages,
            level=offer.level,
            checked_by=offer.checked_by,
            checked_on=offer.checked_on,
            consent_at=at,
            consent_way=consent_way,
        )
        with self.store.transaction() as tx:
            return tx.record(case_id, SlotReused(slot=slot, reuse=reuse), actor=self.profile.clerk, at=at)

    def withdraw(self, case_id: str, slot: str, *, why: str) -> Case:
        """Take the yes back before sealing."""
        self._editable(case_id)
        with self.store.transaction() as tx:
            return tx.record(
                case_id, ReuseWithdrawn(slot=slot), actor=self.profile.clerk, at=self.clock(), why=why
            )

    def _editable(self, case_id: str) -> Case:
        case = self.store.case(case_id)
        if case.is_sealed:
            raise CaseSealed(number=case.number)
        return case


def archive_checked(tx: Tx, case: Case, item: Item, profile: WindowProfile, clock: Clock) -> None:
    """Keep what a clerk checked against the original in this case, as level B, for later reuse."""
    if case.applicant is None:
        return
    at = clock()
    today = local_date(at)
    for material in derive(item, case.answers):
        slot = case.slot(material.id)
        checked = slot.custody is not Custody.NOT_SEEN
        if not (material.reusable and checked and slot.pages and material.original is not OriginalRule.FORM):
            continue
        days = material.validity_days
        tx.archive(
            ArchivedMaterial(
                archive_id=new_id(at),
                id_number=case.applicant.id_number,
                standard_id=material.standard_id,
                title=material.title,
                source_case=case.number,
                pages=slot.pages,
                level=TrustLevel.B,
                checked_by=profile.clerk,
                checked_on=today,
                valid_until=today + timedelta(days=days) if days is not None else None,
                practice=profile.practice,
            )
        )
