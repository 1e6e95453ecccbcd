"""Whose work is whose: another clerk's draft is theirs, and who oversees a queue sees clocks, not people.

A reason opens it to whoever may give one; the reason is written into the audit before anything is shown.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from workstation.domain.audit import Action, Deed
from workstation.domain.case import Case, CaseState
from workstation.domain.clock import Clock
from workstation.domain.people import Permission, Role
from workstation.services.errors import ServiceError
from workstation.services.people_errors import AnotherClerksDraft, ReasonNeeded
from workstation.services.profile import WindowProfile
from workstation.services.rights import is_permitted, require
from workstation.store.database import CaseSummary, Store


@dataclass(frozen=True)
class Privacy:
    """What of others' cases whoever is at the window may see."""

    store: Store
    profile: WindowProfile
    clock: Clock
    _opened: set[str] = field(default_factory=set)
    """Cases opened with a reason by this person since the program began."""

    def hidden(self, cases: Iterable[CaseSummary]) -> frozenset[str]:
        """Return the ids of those cases whose people are not to be shown in a list."""
        cases = tuple(cases)
        if not self.profile.person_id:
            return frozenset()
        if not is_permitted(self.profile, Permission.WORK_CASES):
            return frozenset(case.case_id for case in cases)
        openers = self.store.openers([case.case_id for case in cases])
        staff = self._others()
        return frozenset(
            case.case_id
            for case in cases
            if openers.get(case.case_id) in staff and self._is_private(case.case_id, case.state)
        )

    def check(self, case: Case) -> None:
        """Pass silently when this case may be shown to whoever is at the window.

        Raises:
            NotPermitted: their part has nothing to do with cases.
            AnotherClerksDraft: it is another clerk's, and their part gives no reasons.
            ReasonNeeded: it opens with a reason, see `open`.
        """
        if not self.profile.person_id:
            return
        require(self.profile, Permission.WORK_CASES)
        if case.opened_by not in self._others() or not self._is_private(case.case_id, case.state):
            return
        if not is_permitted(self.profile, Permission.SEE_FOREIGN):
            raise AnotherClerksDraft
        raise ReasonNeeded

    def shows(self, case: Case) -> bool:
        """Return whether this case may be shown to whoever is at the window."""
        try:
            self.check(case)
        except ServiceError:
            return False
        return True

    def open(self, case_id: str, reason: str) -> None:
        """Let a case be shown to whoever gives a reason, until the program ends.

        Raises:
            NotPermitted: their part gives no reasons.
            ReasonNeeded: it is blank.
        """
        require(self.profile, Permission.SEE_FOREIGN)
        if not reason.strip():
            raise ReasonNeeded
        case = self.store.case(case_id)
        with self.store.transaction() as tx:
            deed = Deed(
                action=Action.OPENED_FOREIGN,
                person=case.applicant.id_number if case.applicant else "",
                case=case.number,
                item=case.item_code,
                reason=reason.strip(),
            )
            tx.note(deed, actor=self.profile.clerk, at=self.clock())
        self._opened.add(case_id)

    def _is_private(self, case_id: str, state: CaseState) -> bool:
        """Return whether a case of somebody else is hidden: drafts from all, the rest from who oversees."""
        is_overseen = self.profile.role is Role.SUPERVISOR
        return case_id not in self._opened and (is_overseen or state is CaseState.DRAFT)

    def _others(self) -> frozenset[str]:
        """Names of the others who may sign in: what somebody left behind who is gone belongs to all."""
        mine = self.profile.person_id
        return frozenset(p.name for p in self.store.people() if p.is_active and p.person_id != mine)
