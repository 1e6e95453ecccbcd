"""The notice of how the applicant's data are handled, before anything of theirs is scanned."""

from __future__ import annotations

from workstation.domain.case import Case
from workstation.domain.checklist import derive
from workstation.domain.clock import local_date
from workstation.domain.kinds import OriginalRule
from workstation.printing.forms_notice import PrivacyNoticeForm
from workstation.services.paper_desk import Paper, PaperDesk
from workstation.services.paper_words import on_paper

NOTICE = "privacy_notice"
"""Name of the paper, as `papers_for` names papers."""


class NoticePapers(PaperDesk):
    """Told in writing where the citizen wants it so; the screen says the same in short."""

    def privacy_notice(self, case_id: str) -> Paper:
        """个人信息处理告知书; with the applicant's name where it is known already."""
        case, item, _log = self._case(case_id)
        form = PrivacyNoticeForm(
            **self._common(case, item),
            number=f"{case.number}-G",
            authority=on_paper(item.authority),
            told_on=local_date(self.clock()),
            materials=tuple(
                material.title
                for material in derive(item, case.answers)
                if material.original is not OriginalRule.FORM
            ),
            keep_days=self.profile.reuse.keep_days,
        )
        return self._make(case, "个人信息处理告知书", form.number, form)


def may_tell(case: Case) -> bool:
    """Return whether there is still something to be scanned that could be told of before."""
    return not case.is_sealed
