"""The kept copies of one person as a supervisor sees them, and what is said of one by hand.

A withdrawal works for the future only: what was reused before stays lawful (个人信息保护法 art. 15).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from workstation.domain.archive import ArchivedMaterial, CopyState
from workstation.domain.audit import Action, Deed, detail_of
from workstation.domain.clock import Clock
from workstation.domain.people import Permission
from workstation.services.people_errors import NotPermitted, ReasonNeeded
from workstation.services.profile import WindowProfile
from workstation.services.reuse_errors import CopyOutOfUse, UnknownCopy
from workstation.services.rights import require
from workstation.store.database import Store, Tx


@dataclass(frozen=True)
class ArchiveRegister:
    """Lists and marks; each is an entry of the audit, written first."""

    store: Store
    profile: WindowProfile
    clock: Clock

    def kept_of(self, id_number: str, *, reason: str) -> tuple[ArchivedMaterial, ...]:
        """Return what is kept of a person or organisation.

        Raises:
            NotPermitted: whoever is here may not, or has not signed in.
            ReasonNeeded: none is given.
        """
        reason = self._allowed(reason)
        with self.store.transaction() as tx:
            self._note(tx, Deed(action=Action.LOOKED, person=id_number, reason=reason))
            return tx.archived(id_number)

    def mark(self, id_number: str, archive_id: str, state: CopyState, *, reason: str) -> ArchivedMaterial:
        """Take a copy out of reuse: withdrawn by its holder, revoked, superseded, or nobody can agree for it.

        Args:
            id_number: of its holder.
            archive_id: of the copy, or the beginning of it that fits one only.
            state: what is said of it; nothing brings it back into use.
            reason: who said so and how.

        Raises:
            NotPermitted: whoever is here may not, or has not signed in.
            ReasonNeeded: none is given.
            UnknownCopy: nothing of that id is kept of this holder.
            CopyOutOfUse: it was taken out of reuse before.
        """
        reason = self._allowed(reason)
        with self.store.transaction() as tx:
            fitting = [copy for copy in tx.archived(id_number) if archive_id and _fits(copy, archive_id)]
            if len(fitting) != 1 or state is CopyState.LIVE:
                raise UnknownCopy
            (copy,) = fitting
            if copy.state is not CopyState.LIVE:
                raise CopyOutOfUse(state=copy.state.value)
            facts = detail_of(archive=copy.archive_id, standard=copy.standard_id, state=state.value)
            action, case = Action.ARCHIVE_MARKED, copy.source_case
            self._note(tx, Deed(action=action, person=id_number, case=case, reason=reason, detail=facts))
            marked = replace(copy, state=state)
            tx.archive(marked)
        return marked

    def _allowed(self, reason: str) -> str:
        require(self.profile, Permission.SEE_FOREIGN)
        if not self.profile.person_id:
            raise NotPermitted(role="")
        if not reason.strip():
            raise ReasonNeeded
        return reason.strip()

    def _note(self, tx: Tx, deed: Deed) -> None:
        tx.note(deed, actor=self.profile.clerk, at=self.clock())


def _fits(copy: ArchivedMaterial, archive_id: str) -> bool:
    return copy.archive_id.startswith(archive_id)
