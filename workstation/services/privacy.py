"""Whose work is whose: another clerk's draft is theirs, and who oversees a queue sees clocks, not people.

A reason opens it to whoever may give one; the reason is written into the audit before anything is shown.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from workstation.domain.audit import Action, Deed, detail_of
from workstation.domain.case import Case, CaseState
from workstation.domain.clock import Clock
from workstation.domain.identity import mask_name
from workstation.domain.people import Permission, Role
from workstation.services.people_errors import AnotherClerksDraft, ReasonNeeded
from workstation.services.profile import WindowProfile
from workstation.services.queue import QueueLine
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

    def names(self, cases: Iterable[CaseSummary]) -> Mapping[str, str]:
        """Return the applicants as a list may show them, by case number; "" where they are not to be shown.

        In full only in a draft that is at hand and in a case opened with a reason: whoever stands at the
        window can read along, and a list is for finding the line, not for reading who came.
        """
        cases = tuple(cases)
        hidden = self.hidden(cases)
        return {case.number: "" if case.case_id in hidden else self._name(case) for case in cases}

    def masked(self, lines: Iterable[QueueLine]) -> tuple[QueueLine, ...]:
        """Return lines of the queue with their applicants as a list may show them."""
        lines = tuple(lines)
        names = self.names(self.store.summaries_of({line.line.subject for line in lines}).values())
        return tuple(replace(line, applicant=names.get(line.line.subject, "")) for line in lines)

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

    def name_of(self, case: Case) -> str:
        """Return the applicant of one case as a list may show it; see `names`."""
        known = self.store.summaries_of([case.number])
        return self.names(known.values()).get(case.number, "")

    def looked(self, case: Case, *, page: str = "") -> None:
        """Write down that a case the office has was opened, or one of its pages put out; drafts go unnoted.

        A draft is the work at hand, and its own log tells of it.
        """
        if case.state is CaseState.DRAFT:
            return
        with self.store.transaction() as tx:
            deed = Deed(
                action=Action.LOOKED,
                person=case.applicant.id_number if case.applicant else "",
                case=case.number,
                item=case.item_code,
                detail=detail_of(state=case.state.value, **({"page": page[:12]} if page else {})),
            )
            tx.note(deed, actor=self.profile.clerk, at=self.clock())

    def _name(self, case: CaseSummary) -> str:
        is_at_hand = case.state is CaseState.DRAFT or case.case_id in self._opened
        if is_at_hand or not self.profile.person_id:
            return case.applicant_name
        return mask_name(case.applicant_name)

    def _is_private(self, case_id: str, state: CaseState) -> bool:
        """Return whether a case of somebody else is hidden: drafts from all, the rest from who oversees."""
        is_overseen = self.profile.role is Role.SUPERVISOR
        return case_id not in self._opened and (is_overseen or state is CaseState.DRAFT)

    def _others(self) -> frozenset[str]:
        """Names of the others who may sign in: what somebody left behind who is gone belongs to all."""
        mine = self.profile.person_id
        return frozenset(p.name for p in self.store.people() if p.is_active and p.person_id != mine)
