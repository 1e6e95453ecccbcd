"""Reuse of what the citizen already gave: offered beside the slot, taken only with a recorded yes."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from workstation.domain.archive import ArchivedMaterial
from workstation.domain.case import Case, Custody, Reuse, ReuseWithdrawn, SlotReused, TrustLevel
from workstation.domain.checklist import derive
from workstation.domain.clock import Clock, local_date
from workstation.domain.items import Item, Material
from workstation.domain.kinds import OriginalRule
from workstation.services.catalogue import Catalogue
from workstation.services.errors import CaseSealed, NoConsent, NotOffered
from workstation.services.ids import new_id
from workstation.services.intake import check_editable
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
        usable = [
            copy
            for copy in self.store.archived(case.applicant.id_number)
            if copy.usable_on(today) and copy.source_case != case.number and copy.practice is case.is_practice
        ]
        best: dict[str, ArchivedMaterial] = {}
        for material in derive(item, case.answers):
            fitting = [copy for copy in usable if _fits(copy, material, today)]
            if fitting:
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
            # Another screen may have named another applicant since the offer was made.
            taken = SlotReused(slot=slot, reuse=reuse)
            return tx.record(case_id, taken, actor=self.profile.clerk, at=at, expected_length=case.length)

    def withdraw(self, case_id: str, slot: str, *, why: str) -> Case:
        """Take the yes back before sealing."""
        with self.store.transaction() as tx:
            check_editable(tx, case_id)
            return tx.record(
                case_id, ReuseWithdrawn(slot=slot), actor=self.profile.clerk, at=self.clock(), why=why
            )

    def _editable(self, case_id: str) -> Case:
        case = self.store.case(case_id)
        if case.is_sealed:
            raise CaseSealed(number=case.number)
        return case


def _fits(copy: ArchivedMaterial, material: Material, today: date) -> bool:
    """True when the copy is of this standard material, whole, and not too old for this item."""
    days = material.validity_days
    return (
        material.reusable
        and copy.standard_id == material.standard_id
        and len(copy.pages) >= material.pages_min
        and (days is None or today <= copy.checked_on + timedelta(days=days))
    )


def archive_checked(
    tx: Tx,
    case: Case,
    item: Item,
    profile: WindowProfile,
    at: datetime,
    *,
    only: Collection[str] | None = None,
) -> None:
    """Keep what a clerk checked against the original in this case, as level B, for later reuse.

    It is kept at receipt, before anybody approved the case: level B vouches for the copy (it shows the
    original), not for the case it came from. Received again after a correction, the case replaces its copy.
    With `only` nothing but these slots was looked at: the others keep the day of their own check.
    """
    if case.applicant is None:
        return
    number = case.applicant.id_number
    present = {c.standard_id: c.archive_id for c in tx.archived(number) if c.source_case == case.number}
    for material in derive(item, case.answers):
        if only is not None and material.id not in only:
            continue
        slot = case.slot(material.id)
        checked = slot.custody is not Custody.NOT_SEEN
        if not (material.reusable and checked and slot.pages and material.original is not OriginalRule.FORM):
            continue
        today, days = local_date(at), material.validity_days
        tx.archive(
            ArchivedMaterial(
                archive_id=present.get(material.standard_id) or new_id(at),
                id_number=number,
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
