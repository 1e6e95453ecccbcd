"""The cases of this window by urgency, quick however many there are."""

from __future__ import annotations

import hashlib
import logging
from dataclasses import dataclass
from functools import cached_property

from workstation.catalogue.errors import CatalogueError
from workstation.domain.case import CaseState
from workstation.domain.clock import Clock, local_date
from workstation.domain.deadlines import WorkCalendar
from workstation.domain.standing import Standing, standing_of
from workstation.services.catalogue import Catalogue
from workstation.services.errors import PackMissing
from workstation.store.database import CaseSummary, Store, Totals
from workstation.store.errors import StoreDamaged

log = logging.getLogger(__name__)

SHOWN = frozenset(CaseState) - {CaseState.DELIVERED, CaseState.WITHDRAWN}
"""States of cases that are still somebody's work."""
BATCH = 500
"""Cases reckoned in one transaction: more would make a clerk's own write wait."""


@dataclass
class CaseBoard:
    """Keeps beside each case how it stands, and asks for the most urgent ones by that."""

    store: Store
    catalogue: Catalogue
    calendar: WorkCalendar
    clock: Clock

    def lines(self, limit: int) -> tuple[CaseSummary, ...]:
        """Return at most `limit` cases: red, yellow and grey lamps, those on the desk, the rest.

        Those on the desk are never crowded out.
        """
        self._freshen()
        today = local_date(self.clock())
        urgent = self.store.standings.by_urgency(today, SHOWN, limit)
        drafts = self.store.standings.by_urgency(today, (CaseState.DRAFT,), limit)
        missing = [draft for draft in drafts if draft not in urgent]
        return (*urgent[: limit - len(missing)], *missing)

    def totals(self) -> Totals:
        """Count the cases by state, those whose lamp wants a person, and what waits for the courier."""
        self._freshen()
        return self.store.standings.totals(local_date(self.clock()))

    def unanswered(self) -> tuple[CaseSummary, ...]:
        """Return the received cases whose last day for an answer is over."""
        self._freshen()
        return self.store.standings.unanswered(local_date(self.clock()))

    def _freshen(self) -> None:
        """Reckon anew what changed since: a case, the packs, the calendar. Usually that is nothing."""
        basis = self._basis()
        while stale := self.store.standings.stale(basis, BATCH):
            self.store.standings.put(basis, [(summary, self._standing(summary)) for summary in stale])

    def _standing(self, summary: CaseSummary) -> Standing:
        try:
            course = summary.course
        except StoreDamaged as error:
            log.error("no lamp case=%s code=%s", summary.number, error.code)
            return Standing()
        try:
            item = self.catalogue.item_of(course)
        except (PackMissing, CatalogueError):
            item = None
        return standing_of(course, item, self.calendar, local_date(self.clock()))

    def _basis(self) -> str:
        packs = ",".join(sorted(f"{pack.id}@{pack.version}" for pack in self.catalogue.packs))
        return f"{packs} {self._calendar_name}"

    @cached_property
    def _calendar_name(self) -> str:
        parts = (self.calendar.years, self.calendar.days_off, self.calendar.make_up)
        text = "|".join(",".join(sorted(str(day) for day in part)) for part in parts)
        return hashlib.sha256(text.encode()).hexdigest()[:16]
