"""Finding a case again: by its number, the citizen, or the parcel something was posted in with."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from sync.contract.models import ChangeKind
from workstation.domain.case import ApplicantSet, Case, CaseState, SupplementOpened
from workstation.domain.people import Permission
from workstation.i18n import N_, _
from workstation.services.catalogue import Catalogue
from workstation.services.privacy import Privacy
from workstation.services.profile import WindowProfile
from workstation.services.rights import require
from workstation.store.database import Store

BY_NUMBER, BY_NAME = N_("办件编号"), N_("姓名")
SHORTEST = 2
"""Fewer characters than this fit half the cases."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One case that fits what was asked for."""

    case_id: str
    number: str
    title: str
    applicant: str
    """As a list may show it (`Privacy.names`)."""
    state: CaseState
    by: str
    """What it was found by, in words."""
    waybill: str = ""
    """The parcel it was found by."""
    owes: int = 0
    """How many materials tolerance still waits for."""


@dataclass(frozen=True)
class Finder:
    """Looks through everything this window took in, whatever became of it."""

    store: Store
    catalogue: Catalogue
    profile: WindowProfile
    privacy: Privacy

    def find(self, text: str) -> tuple[Found, ...]:
        """Return the cases that fit, each once: by parcel, identity number, then case number and name.

        Somebody else's case, of which no name may be shown, is found only by what names it in full: with a
        part of a name one could leaf through the people of a colleague.

        Raises:
            NotPermitted: whoever is at the window has nothing to do with cases.
        """
        require(self.profile, Permission.WORK_CASES)
        text = text.strip()
        if len(text) < SHORTEST:
            return ()
        found: dict[str, Found] = {}
        for one in (*self._by_parcel(text.upper()), *self._by_person(text.upper()), *self._by_name(text)):
            found.setdefault(one.case_id, one)
        return tuple(self._as_shown(found.values(), text))

    def _as_shown(self, found: Iterable[Found], text: str) -> Iterator[Found]:
        known = self.store.summaries_of(one.number for one in found)
        hidden, names = self.privacy.hidden(known.values()), self.privacy.names(known.values())
        for one in found:
            is_whole = one.by not in (_(BY_NUMBER), _(BY_NAME)) or text in (one.number, one.applicant)
            if one.case_id not in hidden or is_whole:
                yield replace(one, applicant=names[one.number])

    def _by_parcel(self, waybill: str) -> Iterable[Found]:
        """Find what the clerk typed when a parcel came, and what the back office announced."""
        for case in self.store.cases_mentioning(_kind(SupplementOpened), _member("waybill", waybill)):
            yield self._found(case, _("运单号"), waybill)
        for change in self.store.inbox.mentioning(_member("number", waybill)):
            announced = self.store.case_by_number(change.subject)
            if change.kind is ChangeKind.WAYBILL and announced is not None:
                yield self._found(announced, _("运单号"), waybill)

    def _by_person(self, id_number: str) -> Iterable[Found]:
        for case in self.store.cases_mentioning(_kind(ApplicantSet), _member("id_number", id_number)):
            if case.applicant is not None and case.applicant.id_number == id_number:
                yield self._found(case, _("证件号码"))

    def _by_name(self, text: str) -> Iterable[Found]:
        for case in self.store.cases_named(text):
            yield self._found(case, _(BY_NUMBER) if text in case.number else _(BY_NAME))

    def _found(self, case: Case, by: str, waybill: str = "") -> Found:
        return Found(
            case_id=case.case_id,
            number=case.number,
            title=self.catalogue.title_of(case.item_code),
            applicant=case.applicant.name if case.applicant else "",
            state=case.state,
            by=by,
            waybill=waybill,
            owes=len(case.debts),
        )


def _kind(payload: type[SupplementOpened] | type[ApplicantSet]) -> str:
    return str(payload.__dataclass_fields__["kind"].default)


def _member(name: str, value: str) -> str:
    """Return `"name":"value"` as it stands in the stored JSON."""
    return f'"{name}":{json.dumps(value, ensure_ascii=False)}'
