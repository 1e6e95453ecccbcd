"""When an item changed while its case was still open: what differs, and how the case goes on.

A case keeps the version it was taken under. Before sealing the clerk may take it over to the new version. A
received case that the back office has not taken yet may turn out to lack what the new version requires: then
one supplement notice is proposed, with the difference, never sent by itself.
"""

from __future__ import annotations

from dataclasses import dataclass

from workstation.catalogue.comparison import Difference, differences
from workstation.catalogue.errors import PackInvalid
from workstation.domain.case import Case, CaseState, Defect, Move, Moved, PackChanged
from workstation.domain.checklist import derive
from workstation.domain.clock import Clock, local_date
from workstation.domain.items import Item, Material
from workstation.domain.kinds import Need, OriginalRule
from workstation.i18n import _
from workstation.services.catalogue import Catalogue
from workstation.services.errors import ItemUnchanged, NothingNewRequired, PackMissing
from workstation.services.profile import WindowProfile
from workstation.services.sealing import Sealer
from workstation.store.database import Store

CONCERNED = frozenset({CaseState.DRAFT, CaseState.CORRECTION, CaseState.RECEIVED})
"""States in which a changed item still matters: the back office has not accepted yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemChange:
    """What the current pack changed in the item of a case."""

    version: str
    """Of the current pack."""
    item: Item
    differences: tuple[Difference, ...]
    needed: tuple[Material, ...]
    """Materials the new version requires, under the case's answers, that the case does not hold."""


@dataclass(frozen=True)
class ItemChanges:
    """Compares cases with the current pack."""

    store: Store
    catalogue: Catalogue
    profile: WindowProfile
    clock: Clock
    sealer: Sealer

    def of(self, case: Case) -> ItemChange | None:
        """Return what changed for a case; None when nothing did or it is too late to matter."""
        current = self.catalogue.current
        if case.state not in CONCERNED or case.pack_version == current.version:
            return None
        try:
            new = self.catalogue.item(case.item_code, case.receiving_street, local_date(case.opened_at))
            found = differences(self.catalogue.item_of(case), new)
        except (KeyError, PackInvalid, PackMissing):
            return None
        if not found:
            return None
        return ItemChange(
            version=current.version, item=new, differences=found, needed=_needed(case, new, _kept(case, new))
        )

    def take_over(self, case_id: str) -> Case:
        """Let an unsealed case go on under the current pack; pages whose slot is gone stay with the case.

        Raises:
            ItemUnchanged: the case is sealed, or there is nothing to take over.
        """
        case = self.store.case(case_id)
        change = self.of(case)
        if change is None or case.is_sealed:
            raise ItemUnchanged(number=case.number)
        with self.store.transaction() as tx:
            return tx.record(
                case_id,
                self._changed(case, change),
                actor=self.profile.clerk,
                at=self.clock(),
                expected_length=case.length,
            )

    def ask_supplement(self, case_id: str) -> Case:
        """Tell the citizen of a received case, in one notice, what the new version requires beside.

        The case then stands in correction under the new version, and is sealed as its next version.

        Raises:
            ItemUnchanged: the case is not received, or the item did not change.
            NothingNewRequired: the difference asks nothing more of the citizen.
        """
        case = self.store.case(case_id)
        change = self.of(case)
        if change is None or case.state is not CaseState.RECEIVED:
            raise ItemUnchanged(number=case.number)
        if not change.needed:
            raise NothingNewRequired(number=case.number)
        self.sealer.prepare(case, change.item)
        at = self.clock()
        notice = Moved(
            move=Move.CORRECT,
            number=f"{case.number}-B-{change.version}",
            defects=tuple(_defect(material, change.version) for material in change.needed),
        )
        with self.store.transaction() as tx:
            case = tx.record(
                case_id,
                self._changed(case, change),
                notice,
                actor=self.profile.clerk,
                at=at,
                expected_length=case.length,
            )
            return self.sealer.seal_case(tx, case, change.item, tx.log(case_id), at=at, legal_due_at=None)

    def _changed(self, case: Case, change: ItemChange) -> PackChanged:
        kept = _kept(case, change.item)
        dropped = tuple(question for question in case.answers if question not in kept)
        return PackChanged(version=change.version, dropped=dropped)


def _kept(case: Case, item: Item) -> dict[str, str]:
    """Return the answers whose question and option the item still has."""
    known = {question.id: {option.id for option in question.options} for question in item.questions}
    return {name: option for name, option in case.answers.items() if option in known.get(name, ())}


def _needed(case: Case, item: Item, answers: dict[str, str]) -> tuple[Material, ...]:
    """Return what is required and not held, as far as the answers go."""
    return tuple(
        material
        for material in derive(item, answers)
        if material.need is Need.REQUIRED
        and material.original is not OriginalRule.FORM
        and not case.slot(material.id).pages
        and case.slot(material.id).reuse is None
    )


def _defect(material: Material, version: str) -> Defect:
    return Defect(
        material_id=material.id,
        material=material.title,
        problem=_("收件后事项要求变更 (目录 {version}), 需补交").format(version=version),
        needed=material.standard,
        basis=material.basis,
    )
