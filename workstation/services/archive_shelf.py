"""What is kept of the people of a case, and the scene in which it is judged."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from workstation.domain.archive import ArchivedMaterial, approval_of
from workstation.domain.case import Applicant, Case, FieldValue
from workstation.domain.clock import Clock, local_date
from workstation.domain.errors import BadUscc
from workstation.domain.identity import check_uscc
from workstation.domain.items import Item, Material
from workstation.domain.kinds import FieldKind
from workstation.domain.reuse import Scene, newest_of, standing_of
from workstation.services.profile import WindowProfile
from workstation.store.database import Store

LICENCE_CODE = "business-licence.uscc"
"""Reading of a business licence that names its organisation."""


@dataclass(frozen=True)
class ArchiveShelf:
    """Reads the archive for one case; judges nothing itself."""

    store: Store
    profile: WindowProfile
    clock: Clock

    def copies(self, case: Case, applicant: Applicant, item: Item) -> tuple[ArchivedMaterial, ...]:
        """Return what is kept of the applicant, of the organisations of the case and of those who share."""
        holders = dict.fromkeys((applicant.id_number, *organisations(case, item), *case.shares))
        found = [copy for holder in holders for copy in self.store.archived(holder)]
        return self.as_decided(found)

    def as_decided(self, copies: Iterable[ArchivedMaterial]) -> tuple[ArchivedMaterial, ...]:
        """Return the copies with what became of their source cases, where this window knows the case."""
        found = tuple(copies)
        states = self.store.summaries_of({copy.source_case for copy in found})
        return tuple(
            replace(copy, approval=approval_of(case.state, case.course.outcome))
            if (case := states.get(copy.source_case)) is not None
            else copy
            for copy in found
        )

    def scene(
        self,
        case: Case,
        applicant: Applicant,
        item: Item,
        material: Material,
        copies: Iterable[ArchivedMaterial],
    ) -> Scene:
        """Return the scene of one slot; the pages of copies are looked for only where they would be used."""
        return Scene(
            case_number=case.number,
            today=self.today,
            street=self.profile.street,
            applicant=applicant,
            material=material,
            practice=case.is_practice,
            agent=case.agent,
            organisations=organisations(case, item),
            shares=case.shares,
            used=_used(case, but=material.id),
            newest=newest_of(copies),
            policy=self.profile.reuse,
        )

    def relied_on(self, case: Case, applicant: Applicant, item: Item) -> frozenset[str]:
        """Return the standard materials of which a copy is kept that a question may rely on."""
        if not item.materials:
            return frozenset()
        copies = self.copies(case, applicant, item)
        scene = self.scene(case, applicant, item, item.materials[0], copies)
        return frozenset(copy.standard_id for copy in copies if standing_of(copy, scene) is None)

    @property
    def today(self) -> date:
        """The local date."""
        return local_date(self.clock())


def organisations(case: Case, item: Item) -> frozenset[str]:
    """Return the credit codes of the organisations the case is for, as the clerk confirmed them."""
    named = [field.id for field in item.fields if field.kind is FieldKind.USCC]
    return frozenset(code for name in (*named, LICENCE_CODE) if (code := _code(case.fields, name)))


def _code(fields: Mapping[str, FieldValue], name: str) -> str:
    value = fields.get(name)
    if value is None or value.confirmed_by is None:
        return ""
    try:
        return check_uscc(value.value)
    except BadUscc:
        return ""


def _used(case: Case, *, but: str) -> frozenset[str]:
    """Return the archive ids that fill other slots of the case."""
    return frozenset(
        content.reuse.archive_id
        for slot, content in case.slots.items()
        if slot != but and content.reuse is not None and content.reuse.archive_id
    )
