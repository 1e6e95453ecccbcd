"""Looks at archived material: permitted by an open case, written into the audit before anything is shown."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from workstation.domain.audit import Action, Deed, detail_of
from workstation.domain.case import Case
from workstation.domain.clock import Clock
from workstation.domain.people import Permission
from workstation.domain.scene import Access, SceneFault, scene_fault
from workstation.services.catalogue import Catalogue
from workstation.services.errors import ServiceError
from workstation.services.people_errors import MaterialNotListed, OtherPersonsMaterial, SceneClosed
from workstation.services.profile import WindowProfile
from workstation.services.rights import require
from workstation.store.database import Store, Tx

_ERRORS: dict[SceneFault, type[ServiceError]] = {
    SceneFault.CASE_CLOSED: SceneClosed,
    SceneFault.NOT_LISTED: MaterialNotListed,
    SceneFault.NO_APPLICANT: OtherPersonsMaterial,
    SceneFault.OTHER_PERSON: OtherPersonsMaterial,
}


@dataclass(frozen=True)
class Scene:
    """Who may look at what in which case."""

    store: Store
    catalogue: Catalogue
    profile: WindowProfile
    clock: Clock

    def authorise(
        self, case: Case, *, standard_id: str, person: str, related: Collection[str] = ()
    ) -> Access:
        """Return the right to look at a person's archived material in this case.

        A refusal is written into the audit; a look is written by `looked`, which whoever opens the material
        calls first.

        Args:
            case: the case at the counter, as it is now.
            standard_id: the standard material wanted.
            person: identity number (or USCC) of whose it is.
            related: numbers of people to whom the case records a relation and their permission.

        Raises:
            NotPermitted: this clerk's part never looks at the archive.
            SceneClosed: the case takes no material any more.
            MaterialNotListed: its item does not ask for this kind.
            OtherPersonsMaterial: the person is not the applicant, nor related.
        """
        require(self.profile, Permission.SEE_ARCHIVE)
        item = self.catalogue.item_of(case)
        fault = scene_fault(case, item, standard_id=standard_id, person=person, related=related)
        access = Access(
            actor=self.profile.clerk,
            case_id=case.case_id,
            case_number=case.number,
            item_code=case.item_code,
            standard_id=standard_id,
            person=person,
        )
        if fault is not None:
            self._note(access, Action.REFUSED, fault=fault.value)
            raise _ERRORS[fault](number=case.number)
        return access

    def looked(self, access: Access, *, archive_id: str = "", page: str = "", tx: Tx | None = None) -> None:
        """Write a look into the audit, before its content is shown.

        Args:
            access: from `authorise`.
            archive_id: which archived material.
            page: SHA-256 of the page, when one is opened.
            tx: an open transaction to write in; without one this makes its own.
        """
        self._note(access, Action.LOOKED, tx=tx, archive=archive_id, page=page[:12])

    def open_page(self, access: Access, sha256: str, *, archive_id: str = "") -> bytes:
        """Return the plain bytes of a page of archived material, after the look is written down.

        Raises:
            StoreError: the audit could not be written, or the vault does not give the page back.
        """
        self.looked(access, archive_id=archive_id, page=sha256)
        return self.store.vault.get(sha256)

    def _note(self, access: Access, action: Action, *, tx: Tx | None = None, **facts: str) -> None:
        deed = Deed(
            action=action,
            person=access.person,
            case=access.case_number,
            item=access.item_code,
            detail=detail_of(standard=access.standard_id, **{k: v for k, v in facts.items() if v}),
        )
        if tx is not None:
            tx.note(deed, actor=access.actor, at=self.clock())
            return
        with self.store.transaction() as own:
            own.note(deed, actor=access.actor, at=self.clock())
