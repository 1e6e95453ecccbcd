"""Papers on the course of the limit: a special procedure that stops it, an extension that moves it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from workstation.domain.case import Case, ClockStopped, Entry, Extended
from workstation.domain.clock import local_date
from workstation.domain.items import Item
from workstation.domain.lamps import decision_due
from workstation.printing.forms import (
    LICENCE_LAW_EXTENSION,
    LICENCE_LAW_PROCEDURE,
    ExtensionForm,
    SpecialProcedureForm,
)
from workstation.services.paper_desk import Paper, PaperDesk
from workstation.services.paper_words import is_licence, on_paper


class CoursePapers(PaperDesk):
    """Each returns None while the case gives no cause for it."""

    def special_procedure(self, case_id: str) -> Paper | None:
        """特殊程序审查期限告知书 on the procedure begun last (行政许可法 art. 45)."""
        case, item, log = self._case(case_id)
        stops = [entry for entry in log if isinstance(entry.payload, ClockStopped)]
        if not case.pauses or not stops:
            return None
        told = stops[-1].payload
        assert isinstance(told, ClockStopped)
        form = SpecialProcedureForm(
            **self._common(case, item),
            number=told.number or f"{case.number}-T{len(stops)}",
            authority=on_paper(item.authority),
            procedure=told.procedure,
            started_on=local_date(stops[-1].at),
            expected=told.expected,
            basis=LICENCE_LAW_PROCEDURE if is_licence(item) else "",
            office=on_paper(item.authority),
        )
        return self._make(case, "特殊程序审查期限告知书", form.number, form)

    def extension(self, case_id: str) -> Paper | None:
        """延长办理期限通知书 with reason and approver (行政许可法 art. 42)."""
        case, item, log = self._case(case_id)
        extended, entry = case.extension, _extended(log)
        if extended is None or entry is None:
            return None
        form = ExtensionForm(
            **self._common(case, item),
            number=extended.number or f"{case.number}-Y",
            authority=on_paper(item.authority),
            extended_on=local_date(entry.at),
            workdays=extended.workdays,
            reason=entry.why,
            approver=extended.approver,
            due_before=self._due(replace(case, extension=None), item),
            due=self._due(case, item),
            basis=LICENCE_LAW_EXTENSION if is_licence(item) else "",
            office=on_paper(item.authority),
        )
        return self._make(case, "延长办理期限通知书", form.number, form)

    def _due(self, case: Case, item: Item) -> date | None:
        limit = item.promised or item.statutory
        return decision_due(case, limit, self.calendar, local_date(self.clock())) if limit else None


def course_papers(case: Case) -> tuple[str, ...]:
    """Return the names of the papers on the limit that the case gives cause for."""
    special = ("special_procedure",) if case.pauses else ()
    return (*special, *(("extension",) if case.extension else ()))


def _extended(log: Sequence[Entry]) -> Entry | None:
    return next((entry for entry in reversed(log) if isinstance(entry.payload, Extended)), None)
