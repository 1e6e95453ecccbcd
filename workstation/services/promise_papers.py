"""Papers the applicant signs: the form, the letter for an agent, and what is promised in writing."""

from __future__ import annotations

from workstation.domain.agents import needs_letter
from workstation.domain.case import Case
from workstation.domain.checklist import derive
from workstation.domain.clock import local_date
from workstation.domain.items import Item
from workstation.domain.kinds import OriginalRule, Stage
from workstation.domain.tolerance import committed, later
from workstation.printing.forms import (
    AgentLetterForm,
    ApplicationForm,
    CommitmentForm,
    ToleranceNoticeForm,
    ToleranceUndertakingForm,
)
from workstation.services.form_words import cells_of, form_title, parts_of, wants_photo
from workstation.services.paper_desk import Paper, PaperDesk
from workstation.services.paper_words import (
    LATE,
    limit_words,
    on_paper,
    tolerated_lines,
)

OFFICE_STAGES = (Stage.HANDLING, Stage.COMPLETION)


class PromisePapers(PaperDesk):
    """Each returns None while the case gives no cause for it."""

    def application_form(self, case_id: str) -> Paper | None:
        """申请表: the agency's form with the values in it."""
        case, item, _log = self._case(case_id)
        if not has_form(case, item):
            return None
        form = ApplicationForm(
            **self._common(case, item),
            number=f"{case.number}-A",
            authority=on_paper(item.authority),
            title=form_title(item),
            filled_on=local_date(case.received_at or self.clock()),
            parts=parts_of(item, case, (Stage.APPLICATION,)),
            statement=on_paper(item.form.statement),
            office_parts=parts_of(item, case, OFFICE_STAGES),
            agency_boxes=tuple(on_paper(title) for title in item.form.agency_part),
            wants_photo=wants_photo(item, case),
        )
        return self._make(case, "申请表", form.number, form)

    def agent_letter(self, case_id: str) -> Paper | None:
        """授权委托书, made from the case before it is received and signed at the window."""
        case, item, _log = self._case(case_id)
        agent, applicant = case.agent, case.applicant
        if agent is None or applicant is None or not needs_letter(agent):
            return None
        form = AgentLetterForm(
            **self._common(case, item),
            number=f"{case.number}-W",
            authority=on_paper(item.authority),
            principal_number=applicant.id_number,
            agent_name=agent.name,
            agent_number=agent.id_number,
            relation=agent.relation,
            agent_phone=agent.phone,
            powers=agent.scope,
            valid_until=agent.valid_until,
            written_on=local_date(self.clock()),
        )
        return self._make(case, "授权委托书", form.number, form)

    def tolerance_undertaking(self, case_id: str) -> Paper | None:
        """容缺受理承诺书, signed by the applicant."""
        case, item, _log = self._case(case_id)
        lines = tolerated_lines(case, item)
        if not lines:
            return None
        form = ToleranceUndertakingForm(
            **self._common(case, item),
            number=f"{case.number}-N",
            authority=on_paper(item.authority),
            lines=lines,
            promised_on=local_date(case.received_at or self.clock()),
            consequence=LATE,
            cells=cells_of(item, case, Stage.UNDERTAKING),
        )
        return self._make(case, "容缺受理承诺书", form.number, form)

    def tolerance_notice(self, case_id: str) -> Paper | None:
        """容缺受理通知书 in two copies."""
        case, item, _log = self._case(case_id)
        lines = tolerated_lines(case, item)
        if not lines:
            return None
        at = case.received_at or self.clock()
        form = ToleranceNoticeForm(
            **self._common(case, item),
            number=f"{case.number}-Q",
            authority=on_paper(item.authority),
            lines=lines,
            told_on=local_date(at),
            received_at=at,
            where=f"{self.profile.hall}任一综合窗口提交，或者用中国邮政寄至本大厅，或者在系统上传",
            consequence=LATE,
            limit=limit_words(item.promised) if item.promised else "",
        )
        return self._make(case, "容缺受理通知书", form.number, form)

    def commitment(self, case_id: str) -> Paper | None:
        """告知承诺书: the promise that stands for a proof."""
        case, item, _log = self._case(case_id)
        lines, promise = committed(item, case), item.commitment
        if not lines or promise is None:
            return None
        form = CommitmentForm(
            **self._common(case, item),
            number=f"{case.number}-C",
            authority=on_paper(item.authority),
            lines=tuple(line.material.title for line in lines),
            text=on_paper(promise.text),
            basis=on_paper(promise.basis),
            consequence=on_paper(promise.consequence),
            told_on=local_date(case.received_at or self.clock()),
            cells=cells_of(item, case, Stage.UNDERTAKING),
        )
        return self._make(case, "告知承诺书", form.number, form)


def has_form(case: Case, item: Item) -> bool:
    """Return whether the checklist asks for a form made at the window, for somebody known."""
    is_asked = any(material.original is OriginalRule.FORM for material in derive(item, case.answers))
    return is_asked and case.applicant is not None


def promise_papers(case: Case, item: Item) -> tuple[str, ...]:
    """Return the names of the papers the applicant signs that the case gives cause for."""
    has_letter = case.agent is not None and case.applicant is not None and needs_letter(case.agent)
    owed = bool(later(item, case))
    due = {
        "agent_letter": has_letter,
        "application_form": has_form(case, item),
        "commitment": bool(committed(item, case)) and item.commitment is not None,
        "tolerance_undertaking": owed,
        "tolerance_notice": owed,
    }
    return tuple(name for name, is_due in due.items() if is_due)
