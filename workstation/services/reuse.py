"""Reuse of what the citizen already gave: offered beside the slot, taken only with a recorded yes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta

from workstation.domain.archive import Approval, ArchivedMaterial
from workstation.domain.case import (
    Applicant,
    Case,
    Custody,
    OriginalMarked,
    PapersShared,
    Payload,
    Reuse,
    ReuseWithdrawn,
    Share,
    SlotReused,
    TrustLevel,
)
from workstation.domain.checklist import derive
from workstation.domain.clock import Clock
from workstation.domain.identity import check_id_number
from workstation.domain.items import Item, Material
from workstation.domain.reuse import Offer, Refusal, Scene, fits_standard, judge
from workstation.domain.scene import Access
from workstation.services.archive_shelf import ArchiveShelf, organisations
from workstation.services.archiving import last_day_of
from workstation.services.catalogue import Catalogue
from workstation.services.errors import CaseSealed, NoConsent, NotOffered
from workstation.services.intake import check_editable
from workstation.services.profile import WindowProfile
from workstation.services.reuse_errors import CopyBarred, ShareIncomplete
from workstation.services.scene import Scene as SceneGate
from workstation.store.database import Store
from workstation.store.errors import StoreError
from workstation.texts import words

CONSENT_WAYS = {"sign": "当面同意, 签材料复用确认书", "tick": "当面勾选同意, 经办人签名见证"}
"""How the yes is given, as it is recorded and printed; never translated."""


@dataclass(frozen=True, slots=True)
class Found:
    """What is kept for the slots of a case, by material id."""

    offers: Mapping[str, ArchivedMaterial]
    refusals: Mapping[str, Refusal]
    """For slots without an offer: the copy that came nearest, and what speaks against it."""


NOTHING = Found({}, {})


@dataclass(frozen=True)
class ReuseDesk:
    """Offers copies of the applicant's earlier cases and records the yes."""

    store: Store
    catalogue: Catalogue
    profile: WindowProfile
    clock: Clock
    gate: SceneGate

    @property
    def shelf(self) -> ArchiveShelf:
        """What is kept."""
        return ArchiveShelf(self.store, self.profile, self.clock)

    @property
    def consent_words(self) -> str:
        """How the yes is given at this window, in words for the record."""
        return CONSENT_WAYS[self.profile.reuse.consent_way]

    def offers(self, case: Case) -> Mapping[str, ArchivedMaterial]:
        """Return the best usable copy for each slot of the checklist, by material id."""
        return self.look(case).offers

    def look(self, case: Case) -> Found:
        """Return for each slot the best usable copy, else the nearest one with what speaks against it."""
        if case.applicant is None:
            return NOTHING
        item = self.catalogue.item_of(case)
        copies = self.shelf.copies(case, case.applicant, item)
        offers: dict[str, ArchivedMaterial] = {}
        refusals: dict[str, Refusal] = {}
        for material in derive(item, case.answers) if copies else ():
            said = self._judged(case, case.applicant, item, material, copies)
            if isinstance(said, Offer):
                offers[material.id] = said.copy
            elif said is not None:
                refusals[material.id] = said
        return Found(offers, refusals)

    def take(self, case_id: str, slot: str, *, consent_way: str) -> Case:
        """Fill the slot with the offered copy, after the citizen's yes.

        Args:
            case_id: the case.
            slot: material id.
            consent_way: how the yes was given, in words for the record.

        Raises:
            NoConsent: `consent_way` is empty.
            CopyBarred: a copy is kept, and something speaks against it.
            NotOffered: nothing is kept for this slot.
        """
        case, said = self._offered(case_id, slot, consent_way)
        if isinstance(said, Refusal):
            raise CopyBarred(said)
        taken = SlotReused(slot=slot, reuse=self._reuse(case, said.copy, consent_way))
        return self._record(case, taken, looked=self._access(case, slot, said.copy))

    def take_checked(self, case_id: str, slot: str, *, consent_way: str) -> Case:
        """Fill the slot with a copy that wanted the original, after the clerk compared both (C becomes B).

        The copy is kept as checked in this case from now on; the original goes back to the citizen.

        Raises:
            NoConsent: `consent_way` is empty.
            CopyBarred: more speaks against the copy than that nobody saw its original.
            NotOffered: nothing is kept for this slot, or it needs no original.
        """
        case, said = self._offered(case_id, slot, consent_way)
        if isinstance(said, Offer):
            raise NotOffered
        if not said.healed_by_original:
            raise CopyBarred(said)
        checked = self._lifted(case, said.copy, slot)
        facts = (
            SlotReused(slot=slot, reuse=self._reuse(case, checked, consent_way)),
            OriginalMarked(slot=slot, custody=Custody.RETURNED),
        )
        return self._record(case, *facts, looked=self._access(case, slot, said.copy), keep=checked)

    def withdraw(self, case_id: str, slot: str, *, why: str) -> Case:
        """Take the yes back before sealing: the slot is empty again, the log keeps what was said."""
        with self.store.transaction() as tx:
            check_editable(tx, case_id)
            return tx.record(
                case_id, ReuseWithdrawn(slot=slot), actor=self.profile.clerk, at=self.clock(), why=why
            )

    def share(self, case_id: str, share: Share) -> Case:
        """Record that another person's kept papers may serve this case.

        Raises:
            ShareIncomplete: name, relation or permission is missing.
            BadIdNumber: the number is malformed or fails its check digit.
        """
        said = (share.name, share.relation, share.permission)
        if not all(words.strip() for words in said):
            raise ShareIncomplete
        number = check_id_number(share.id_number)
        return self._record(self._editable(case_id), PapersShared(share=replace(share, id_number=number)))

    def look_at(self, case_id: str, slot: str) -> ArchivedMaterial:
        """Return the copy kept for a slot, once the look is permitted (`Scene.authorise`) and written down.

        Raises:
            NotOffered: nothing is kept that may be shown here.
        """
        case = self._editable(case_id)
        found = self.look(case)
        refusal = found.refusals.get(slot)
        copy = refusal.copy if refusal is not None and refusal.healed_by_original else found.offers.get(slot)
        if copy is None:
            raise NotOffered
        access, archive_id = self._access(case, slot, copy)
        self.gate.looked(access, archive_id=archive_id, page=copy.pages[0].kept_sha256)
        return copy

    def no_longer(self, case: Case) -> tuple[Refusal, ...]:
        """Return what speaks today against copies the case has taken: sealing waits until it is settled."""
        if case.applicant is None or not any(slot.reuse for slot in case.slots.values()):
            return ()
        item = self.catalogue.item_of(case)
        copies = {copy.archive_id: copy for copy in self.shelf.copies(case, case.applicant, item)}
        said: list[Refusal] = []
        for material in derive(item, case.answers):
            reuse = case.slot(material.id).reuse
            copy = copies.get(reuse.archive_id) if reuse is not None else None
            if copy is not None and copy.source_case != case.number:
                scene = self.shelf.scene(case, case.applicant, item, material, copies.values())
                judged = judge(copy, scene)
                said += [judged] if isinstance(judged, Refusal) else []
        return tuple(said)

    def _judged(
        self,
        case: Case,
        applicant: Applicant,
        item: Item,
        material: Material,
        copies: Iterable[ArchivedMaterial],
        *,
        thoroughly: bool = False,
    ) -> Offer | Refusal | None:
        scene = self.shelf.scene(case, applicant, item, material, copies)
        fitting = [copy for copy in copies if fits_standard(copy, scene)]
        if not fitting:
            return None
        scene = self._with_pages(scene, fitting, thoroughly=thoroughly)
        said = [judge(copy, scene) for copy in fitting]
        offered = [each for each in said if isinstance(each, Offer)]
        if offered:
            return max(offered, key=lambda each: _worth(each.copy))
        barred = [each for each in said if isinstance(each, Refusal) and not each.hidden]
        return max(barred, key=lambda each: _worth(each.copy), default=None)

    def _with_pages(self, scene: Scene, copies: Iterable[ArchivedMaterial], *, thoroughly: bool) -> Scene:
        """Add which pages are not there, or (read to the end) not as they were put."""
        pages = {sha256 for copy in copies for sha256 in copy.sha256}
        absent = frozenset(sha256 for sha256 in pages if not self.store.vault.has(sha256))
        altered = frozenset(p for p in pages - absent if not self._is_whole(p)) if thoroughly else frozenset()
        return replace(scene, absent=absent, altered=altered)

    def _is_whole(self, sha256: str) -> bool:
        try:
            self.store.vault.get(sha256)
        except StoreError:
            return False
        return True

    def _offered(self, case_id: str, slot: str, consent_way: str) -> tuple[Case, Offer | Refusal]:
        """Return the case and what is kept for the slot, its pages read to the end."""
        if not consent_way.strip():
            raise NoConsent
        case = self._editable(case_id)
        item = self.catalogue.item_of(case)
        material = next((each for each in derive(item, case.answers) if each.id == slot), None)
        if case.applicant is None or material is None:
            raise NotOffered
        copies = self.shelf.copies(case, case.applicant, item)
        said = self._judged(case, case.applicant, item, material, copies, thoroughly=True)
        if said is None:
            raise NotOffered
        return case, said

    def _reuse(self, case: Case, copy: ArchivedMaterial, consent_way: str) -> Reuse:
        share = case.shares.get(copy.id_number)
        return Reuse(
            source_case=copy.source_case,
            pages=copy.pages,
            level=copy.level,
            checked_by=copy.checked_by,
            checked_on=copy.checked_on,
            consent_at=self.clock(),
            consent_way=consent_way,
            archive_id=copy.archive_id,
            holder=share.relation if share is not None else "",
            valid_until=copy.valid_until,
        )

    def _lifted(self, case: Case, copy: ArchivedMaterial, slot: str) -> ArchivedMaterial:
        """Return the copy as the clerk's own look makes it: level B, vouched for by this case."""
        today = self.shelf.today
        days = [copy.valid_until, last_day_of(self.catalogue.item_of(case).material(slot), today)]
        last = min((day for day in days if day is not None), default=None)
        return replace(
            copy,
            level=TrustLevel.B,
            checked_by=self.profile.clerk,
            checked_on=today,
            source_case=case.number,
            approval=Approval.PENDING,
            valid_until=last,
            keep_until=last or today + timedelta(days=self.profile.reuse.keep_days),
        )

    def _access(self, case: Case, slot: str, copy: ArchivedMaterial) -> tuple[Access, str]:
        """Return the right to open a copy for a slot, with its id for the audit; see `Scene.authorise`."""
        item = self.catalogue.item_of(case)
        wanted, related = item.material(slot).standard_id, related_people(case, item)
        access = self.gate.authorise(case, standard_id=wanted, person=copy.id_number, related=related)
        return access, copy.archive_id

    def _record(
        self,
        case: Case,
        *facts: Payload,
        looked: tuple[Access, str] | None = None,
        keep: ArchivedMaterial | None = None,
    ) -> Case:
        with self.store.transaction() as tx:
            if looked is not None:
                access, archive_id = looked
                self.gate.looked(access, archive_id=archive_id, tx=tx)
            if keep is not None:
                tx.archive(keep)
            # Another screen may have named another applicant since the offer was made.
            return tx.record(
                case.case_id, *facts, actor=self.profile.clerk, at=self.clock(), expected_length=case.length
            )

    def _editable(self, case_id: str) -> Case:
        case = self.store.case(case_id)
        if case.is_sealed:
            raise CaseSealed(number=case.number)
        return case


def related_people(case: Case, item: Item) -> frozenset[str]:
    """Return whose papers the case may use beside the applicant's own."""
    allowed = {number for number, share in case.shares.items() if share.permission.strip()}
    return organisations(case, item) | allowed


def refusal_words(refusal: Refusal) -> str:
    """Name the copy and say what speaks against it."""
    said = words(refusal.bar.value, {"detail": refusal.detail, "case": refusal.copy.source_case})
    return f"{refusal.copy.title}: {said.what}"


def _worth(copy: ArchivedMaterial) -> tuple[bool, bool, object]:
    return copy.level is TrustLevel.A, copy.level is not TrustLevel.D, copy.checked_on
