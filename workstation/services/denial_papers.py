"""The notice of a decision against the applicant."""

from __future__ import annotations

from workstation.domain.case import Case, Move, Outcome
from workstation.domain.clock import local_date
from workstation.printing.forms_notice import DenialForm
from workstation.services.branches import AGAINST, branch_lines
from workstation.services.paper_desk import Paper, PaperDesk
from workstation.services.paper_words import is_licence, last_entry, moved_in, on_paper

LICENCE_LAW_DENY = "《中华人民共和国行政许可法》第三十八条第二款"
DECIDED = {Outcome.GRANTED: "准予", Outcome.DENIED: "不予批准", Outcome.PARTLY: "部分准予"}


class DenialPapers(PaperDesk):
    """Returns None while nothing was decided against the applicant."""

    def denial(self, case_id: str) -> Paper | None:
        """不予批准决定告知书; which body reviews it is not in the pack, so the paper names the law's rule."""
        case, item, log = self._case(case_id)
        decided, told = moved_in(log, Move.DECIDE), last_entry(log, Move.DECIDE)
        if case.outcome not in AGAINST or told is None:
            return None
        form = DenialForm(
            **self._common(case, item),
            number=f"{case.number}-N",
            received_at=case.received_at or self.clock(),
            decided_on=local_date(told.at),
            decision_number=decided.number,
            authority=on_paper(decided.body or item.authority),
            reason=case.reason,
            basis=LICENCE_LAW_DENY if is_licence(item) else "",
            in_part=case.outcome is Outcome.PARTLY,
            parts=self._parts(case),
        )
        return self._make(case, "不予批准决定告知书", form.number, form)

    def _parts(self, case: Case) -> tuple[tuple[str, str], ...]:
        """Return how each approver of a matter decided; a part that is still open says nothing."""
        return tuple(
            (on_paper(line.branch.title), _decided(line.said.outcome, line.said.move))
            for line in branch_lines(self.catalogue, case)
            if line.said is not None
        )


def denial_papers(case: Case) -> tuple[str, ...]:
    """Return the names of the papers of a decision against the applicant."""
    return ("denial",) if case.outcome in AGAINST else ()


def _decided(outcome: Outcome | None, move: Move) -> str:
    return "不予受理" if move is Move.REFUSE else DECIDED[outcome] if outcome else "见决定书"
