"""From a case to its papers: fills the printing room's forms and records what was made.

Words that only ever stand on paper are Chinese, whatever language the screens use: the paper is the legal
act. What the pack does not say (who reviews a refusal, the address of a home street) is left open on the
paper, to be filled in by hand, and never guessed.
"""

from __future__ import annotations

from workstation.domain.case import Case, CaseState, Move, Reuse
from workstation.domain.clock import local_date
from workstation.domain.courier import Bag
from workstation.domain.items import Item
from workstation.i18n import N_
from workstation.printing.forms import (
    AcceptanceForm,
    BranchLine,
    CorrectionForm,
    HandoverForm,
    HandoverLine,
    ReceiptForm,
    RefusalForm,
    ReuseForm,
    ReuseLine,
)
from workstation.services.courier import ONE_WORKDAY
from workstation.services.course_papers import CoursePapers, course_papers
from workstation.services.cover_papers import CoverPapers
from workstation.services.denial_papers import DenialPapers, denial_papers
from workstation.services.limits import last_day
from workstation.services.notice_papers import NOTICE, NoticePapers
from workstation.services.paper_desk import Paper, Render
from workstation.services.paper_words import (
    LATE,
    WAY,
    WAYS,
    acceptance_basis,
    answer,
    branch_lines,
    committed_titles,
    copy_sha256,
    correction_basis,
    correction_consequence,
    defect_lines,
    last_entry,
    limit_words,
    material_lines,
    moved_in,
    promised_words,
    refusal_basis,
    returned_words,
    tolerated_lines,
)
from workstation.services.promise_papers import PromisePapers, promise_papers
from workstation.services.proof_papers import ProofPapers, proof_papers
from workstation.services.reuse_ticks import ticks_of
from workstation.services.supplements import last_supplement

__all__ = ["TITLES", "Paper", "Papers", "Render", "papers_at_decision", "papers_for"]


class Papers(NoticePapers, PromisePapers, CoursePapers, CoverPapers, ProofPapers, DenialPapers):
    """All papers of a case; those that may be printed now are named by `papers_for`."""

    def receipt(self, case_id: str) -> Paper:
        """接收回执: proof of receipt; says itself that it is not an acceptance."""
        case, item, log = self._case(case_id)
        received = last_entry(log, Move.RECEIVE)
        by, way, basis = answer(log, item)
        form = ReceiptForm(
            **self._common(case, item),
            number=case.number,
            provisional=True,
            received_at=received.at if received else self.clock(),
            home_street=self.catalogue.street_name(case.home_street or case.receiving_street),
            materials=material_lines(case, item),
            answer_by=by,
            answer_way=way,
            silence_basis=basis,
            second_street=self._second_street(case),
            tolerated=tolerated_lines(case, item),
            committed=committed_titles(case, item),
            branches=self._branches(case, item),
        )
        return self._make(case, "接收回执", case.number, form, name=f"{case.number}-R")

    def supplement_receipt(self, case_id: str) -> Paper | None:
        """接收回执 for what came later; the first receipt keeps its day and its rule of silence."""
        case, item, log = self._case(case_id)
        came = last_supplement(log)
        if came is None:
            return None
        parcel = f"，运单号 {came.waybill}" if came.waybill else ""
        form = ReceiptForm(
            **self._common(case, item),
            number=f"{case.number}-R{came.number}",
            provisional=True,
            received_at=came.sealed_at,
            home_street=self.catalogue.street_name(case.home_street or case.receiving_street),
            second_street=self._second_street(case),
            materials=material_lines(case, item, only=came.slots),
            answer_way=WAY,
            tolerated=tolerated_lines(case, item),
            arrival=f"第 {came.number} 次补交，{WAYS[came.way]}{parcel}",
        )
        return self._make(case, "接收回执", form.number, form)

    def acceptance(self, case_id: str) -> Paper:
        """受理通知书: after the window or the back office accepted."""
        case, item, log = self._case(case_id)
        accepted = moved_in(log, Move.ACCEPT)
        number = accepted.number or f"{case.number}-S"
        form = AcceptanceForm(
            **self._common(case, item),
            number=number,
            received_at=case.received_at or self.clock(),
            accepted_on=local_date(case.accepted_at or self.clock()),
            basis=acceptance_basis(item),
            materials=material_lines(case, item),
            promised_limit=promised_words(item, accepted, self.calendar, case),
            statutory_limit=limit_words(item.statutory),
            due=accepted.due,
            office=accepted.body or item.authority,
            office_contact=item.contact,
            result=item.result,
            pickup="、".join(item.delivery),
            fee=item.fee,
            tolerated=tolerated_lines(case, item),
            overdue_consequence=LATE,
            second_street=self._second_street(case),
            committed=committed_titles(case, item),
            branches=self._branches(case, item),
        )
        return self._make(case, "受理通知书", number, form)

    def correction(self, case_id: str) -> Paper:
        """申请材料补正告知书: every defect at once."""
        case, item, log = self._case(case_id)
        notice, told = moved_in(log, Move.CORRECT), last_entry(log, Move.CORRECT)
        number = notice.number or f"{case.number}-B"
        form = CorrectionForm(
            **self._common(case, item),
            number=number,
            received_at=case.received_at or self.clock(),
            told_on=local_date(told.at if told else self.clock()),
            defects=defect_lines(notice),
            deadline=notice.due,
            where=f"{self.profile.hall}任一综合窗口，或者邮寄至本大厅",
            consequence=correction_consequence(notice),
            basis=correction_basis(item),
            returned=returned_words(case, item),
        )
        return self._make(case, "申请材料补正告知书", number, form)

    def refusal(self, case_id: str) -> Paper:
        """不予受理通知书; which body reviews it is not in the pack, so the paper names the law's rule."""
        case, item, log = self._case(case_id)
        refused, told = moved_in(log, Move.REFUSE), last_entry(log, Move.REFUSE)
        form = RefusalForm(
            **self._common(case, item),
            number=refused.number or f"{case.number}-J",
            received_at=case.received_at or self.clock(),
            decided_on=local_date(told.at if told else self.clock()),
            reason=told.why if told else "",
            basis=refusal_basis(item),
            competent_body=refused.body,
            materials=material_lines(case, item),
        )
        return self._make(case, "不予受理通知书", form.number, form)

    def reuse(self, case_id: str) -> Paper | None:
        """材料复用确认书 for all reused copies of the case; None when there is none."""
        case, item, log = self._case(case_id)
        reused = [(slot, content.reuse) for slot, content in case.slots.items() if content.reuse is not None]
        if not reused:
            return None
        form = ReuseForm(
            **self._common(case, item),
            number=f"{case.number}-F",
            asked_at=min(reuse.consent_at for _, reuse in reused),
            lines=tuple(_reuse_line(item.material(slot).title, reuse) for slot, reuse in reused),
            consent_way="、".join(dict.fromkeys(reuse.consent_way for _, reuse in reused)),
            ticks=ticks_of(self.store, case, log),
        )
        return self._make(case, "材料复用确认书", form.number, form)

    def handover(self, bag: Bag) -> Paper:
        """物料流转凭证 of a listed bag; a day the calendar does not know is left open."""
        profile, bundle = self.profile, self.store.outbox.line(bag.bundle_id) if bag.bundle_id else None
        due = last_day(local_date(bag.opened_at), ONE_WORKDAY, self.calendar)
        form = HandoverForm(
            number=f"{bag.number}-L",
            bag_number=bag.number,
            hall=profile.hall,
            from_street=profile.street_name,
            to_street=self.catalogue.street_name(bag.home_street),
            to_address="",
            listed_at=bundle.sealed_at if bundle else self.clock(),
            due_at=bag.due_at if due else None,
            lines=tuple(
                HandoverLine(
                    case_number=line.case_number,
                    item_title=line.item_title,
                    applicant_masked=line.applicant_masked,
                    paper=line.material,
                    sheets=line.sheets,
                )
                for line in bag.lines
            ),
            seal_number=bag.seal_number,
            waybill=bag.waybill,
            clerk=profile.clerk,
            phone=profile.phone,
            bundle_sha256=bundle.manifest_sha256 if bundle else "",
            practice=profile.practice,
        )
        return self._rendered("物料流转凭证", form.number, form, form.number)

    def _branches(self, case: Case, item: Item) -> tuple[BranchLine, ...]:
        return branch_lines(case, item, self.catalogue)


def papers_for(case: Case, item: Item) -> tuple[str, ...]:
    """Return the names of the papers a case may print now (methods of `Papers`), the receipt first."""
    if case.state in (CaseState.WITHDRAWN, CaseState.TERMINATED):
        return ()
    reuse = ("reuse",) if any(slot.reuse is not None for slot in case.slots.values()) else ()
    return (
        *_BY_STATE.get(case.state, ()),
        *denial_papers(case),
        *reuse,
        *proof_papers(case, item),
        *promise_papers(case, item),
        *course_papers(case),
    )


def papers_at_decision(case: Case, item: Item) -> tuple[str, ...]:
    """Return the names of the papers that are printed by themselves when the window has decided.

    The agent's letter is not among them: it is signed before, and scanned as a material.
    """
    if case.state is CaseState.DRAFT:
        return ()
    # A refusal or a correction leaves nothing to promise: only what it says itself is handed over.
    is_taken = case.state not in (CaseState.REFUSED, CaseState.CORRECTION)
    signed = {"application_form", "commitment", "tolerance_undertaking", "tolerance_notice", "reuse"}
    kept = {*_BY_STATE.get(case.state, ()), *(signed if is_taken else ())}
    return tuple(name for name in papers_for(case, item) if name in kept)


_BY_STATE = {
    CaseState.RECEIVED: ("receipt",),
    CaseState.CORRECTION: ("receipt", "correction"),
    CaseState.ACCEPTED: ("receipt", "acceptance"),
    CaseState.IN_REVIEW: ("receipt", "acceptance"),
    CaseState.DECIDED: ("receipt", "acceptance"),
    CaseState.DELIVERED: ("receipt", "acceptance"),
    CaseState.REFUSED: ("receipt", "refusal"),
}

TITLES = {
    "receipt": N_("接收回执"),
    "acceptance": N_("受理通知书"),
    "correction": N_("申请材料补正告知书"),
    "refusal": N_("不予受理通知书"),
    "denial": N_("不予批准决定告知书"),
    "reuse": N_("材料复用确认书"),
    "certificate_proofs": N_("电子证照核验单"),
    "data_checks": N_("数据核验表单"),
    "agent_letter": N_("授权委托书"),
    NOTICE: N_("个人信息处理告知书"),
    "application_form": N_("申请表"),
    "tolerance_undertaking": N_("容缺受理承诺书"),
    "tolerance_notice": N_("容缺受理通知书 (两联)"),
    "commitment": N_("告知承诺书"),
    "special_procedure": N_("特殊程序审查期限告知书"),
    "extension": N_("延长办理期限通知书"),
}
"""What a menu calls each paper."""


def _reuse_line(title: str, reuse: Reuse) -> ReuseLine:
    return ReuseLine(
        material=f"{title}（{reuse.holder}）" if reuse.holder else title,
        source_case=reuse.source_case,
        checked_on=reuse.checked_on,
        checked_by=reuse.checked_by,
        level=reuse.level.value,
        pages=len(reuse.pages),
        sha256=copy_sha256(reuse.pages),
        valid_until=reuse.valid_until,
    )
