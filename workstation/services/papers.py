"""From a case to its papers: fills the printing room's forms and records what was made."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypedDict

from workstation.domain.case import Case, CaseState, Custody, Defect, Move, Moved, Printed
from workstation.domain.checklist import ChecklistLine, SlotStatus, checklist
from workstation.domain.clock import Clock, local_date
from workstation.domain.courier import Bag
from workstation.domain.identity import mask_id_number
from workstation.domain.items import CorrectionRule, Item, Limit, LimitUnit
from workstation.printing.forms import (
    LICENCE_LAW_ACCEPT,
    LICENCE_LAW_REFUSE,
    LICENCE_LAW_SILENCE,
    AcceptanceForm,
    CorrectionForm,
    DefectLine,
    HandoverForm,
    HandoverLine,
    MaterialLine,
    ReceiptForm,
    RefusalForm,
    ReuseForm,
    ReuseLine,
    ToleratedLine,
)
from workstation.services.catalogue import Catalogue
from workstation.services.profile import WindowProfile
from workstation.store.database import Store


class _Common(TypedDict):
    case_number: str
    item_title: str
    item_code: str
    applicant_name: str
    id_masked: str
    hall: str
    window: str
    clerk: str
    phone: str
    complaint_phone: str
    bundle_sha256: str
    practice: bool


@dataclass(frozen=True, slots=True)
class Paper:
    """A paper that was made."""

    form: str
    """Its title as printed."""
    number: str
    path: Path
    pages: int


Render = Callable[[Any, Path], Any]


@dataclass(frozen=True)
class Papers:
    """Makes PDFs; `folder` holds them until they are printed or cleared."""

    store: Store
    catalogue: Catalogue
    profile: WindowProfile
    clock: Clock
    folder: Path
    render: Callable[[object, Path], int]
    """Renders any form to a PDF and returns its page count."""

    def receipt(self, case_id: str) -> Paper:
        """接收回执: proof of receipt; says itself that it is not an acceptance."""
        case, item = self._case(case_id)
        silence = item.correction is CorrectionRule.ON_SPOT_OR_5_WORKDAYS
        form = ReceiptForm(
            **self._common(case, item),
            number=case.number,
            provisional=True,
            received_at=case.received_at or self.clock(),
            home_street=self.catalogue.street_name(case.home_street or case.receiving_street),
            materials=self._materials(case, item),
            answer_by=_due(self.store, case, Move.RECEIVE),
            answer_way="电话或短信, 也可凭本回执编号查询",
            silence_basis=LICENCE_LAW_SILENCE if silence else "",
        )
        return self._make(case, "接收回执", case.number, form)

    def acceptance(self, case_id: str) -> Paper:
        """受理通知书: after the window or the back office accepted."""
        case, item = self._case(case_id)
        accepted = _last(self.store, case, Move.ACCEPT)
        number = accepted.number or f"{case.number}-S"
        form = AcceptanceForm(
            **self._common(case, item),
            number=number,
            received_at=case.received_at or self.clock(),
            accepted_on=local_date(case.accepted_at or self.clock()),
            basis=LICENCE_LAW_ACCEPT,
            materials=self._materials(case, item),
            promised_limit=limit_words(item.promised),
            statutory_limit=limit_words(item.statutory),
            due=accepted.due,
            office=accepted.body or item.authority,
            office_contact=item.contact,
            result=item.result,
            pickup="、".join(item.delivery),
            fee=item.fee,
            tolerated=tuple(
                ToleratedLine(title=line.material.title, due=due)
                for line in checklist(item, case).lines
                if line.status is SlotStatus.LATER
                and (due := case.slot(line.material.id).deferred_until) is not None
            ),
        )
        return self._make(case, "受理通知书", number, form)

    def correction(self, case_id: str) -> Paper:
        """申请材料补正告知书: every defect at once."""
        case, item = self._case(case_id)
        notice = _last(self.store, case, Move.CORRECT)
        number = notice.number or f"{case.number}-B"
        form = CorrectionForm(
            **self._common(case, item),
            number=number,
            received_at=case.received_at or self.clock(),
            told_on=local_date(case.changed_at),
            defects=tuple(_defect(defect) for defect in notice.defects),
            deadline=notice.due,
            where=f"{self.profile.hall}任一综合窗口, 或邮寄至本大厅",
            consequence="逾期未补正的, 可以重新申请; 补正后期限重新计算以补正材料收讫之日为准",
        )
        return self._make(case, "申请材料补正告知书", number, form)

    def refusal(self, case_id: str) -> Paper:
        """不予受理通知书."""
        case, item = self._case(case_id)
        refused = _last(self.store, case, Move.REFUSE)
        why = next(
            (e.why for e in reversed(self.store.log(case_id)) if e.payload == refused),
            "",
        )
        form = RefusalForm(
            **self._common(case, item),
            number=refused.number or f"{case.number}-J",
            received_at=case.received_at or self.clock(),
            decided_on=local_date(case.changed_at),
            reason=why,
            basis=LICENCE_LAW_REFUSE,
            competent_body=refused.body,
            materials=self._materials(case, item),
        )
        return self._make(case, "不予受理通知书", form.number, form)

    def reuse(self, case_id: str) -> Paper | None:
        """材料复用确认书 for all reused copies of the case; None when there is none."""
        case, item = self._case(case_id)
        lines = tuple(
            ReuseLine(
                material=item.material(slot).title,
                source_case=content.reuse.source_case,
                checked_on=content.reuse.checked_on,
                checked_by=content.reuse.checked_by,
                level=content.reuse.level.value,
                pages=len(content.reuse.pages),
                sha256=content.reuse.pages[0].sha256,
            )
            for slot, content in case.slots.items()
            if content.reuse is not None
        )
        if not lines:
            return None
        first = next(c.reuse for c in case.slots.values() if c.reuse is not None)
        form = ReuseForm(
            **self._common(case, item),
            number=f"{case.number}-F",
            asked_at=first.consent_at,
            lines=lines,
            consent_way=first.consent_way,
        )
        return self._make(case, "材料复用确认书", form.number, form)

    def handover(self, bag: Bag) -> Paper:
        """物料流转凭证 of a listed bag."""
        profile, bundle = self.profile, self.store.outbox.line(bag.bundle_id) if bag.bundle_id else None
        form = HandoverForm(
            number=f"{bag.number}-L",
            bag_number=bag.number,
            hall=profile.hall,
            from_street=profile.street_name,
            to_street=self.catalogue.street_name(bag.home_street),
            to_address="",
            listed_at=self.clock(),
            due_at=bag.due_at,
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
        path = self.folder / f"{form.number}.pdf"
        return Paper("物料流转凭证", form.number, path, self.render(form, path))

    def _case(self, case_id: str) -> tuple[Case, Item]:
        case = self.store.case(case_id)
        return case, self.catalogue.item_of(case)

    def _make(self, case: Case, title: str, number: str, form: object) -> Paper:
        path = self.folder / f"{number}.pdf" if title != "接收回执" else self.folder / f"{number}-R.pdf"
        paper = Paper(title, number, path, self.render(form, path))
        printed = Printed(form=title, number=number, path=path.name)
        with self.store.transaction() as tx:
            tx.record(case.case_id, printed, actor=self.profile.clerk, at=self.clock())
        return paper

    def _common(self, case: Case, item: Item) -> _Common:
        profile, applicant = self.profile, case.applicant
        return _Common(
            case_number=case.number,
            item_title=item.title,
            item_code=item.code,
            applicant_name=applicant.name if applicant else "",
            id_masked=mask_id_number(applicant.id_number) if applicant else "",
            hall=profile.hall,
            window=profile.window_name,
            clerk=profile.clerk,
            phone=profile.phone,
            complaint_phone=profile.complaint_phone or item.complaint,
            bundle_sha256=case.bundles[-1].manifest_sha256 if case.bundles else "",
            practice=case.is_practice,
        )

    @staticmethod
    def _materials(case: Case, item: Item) -> tuple[MaterialLine, ...]:
        return tuple(_material(line, case) for line in checklist(item, case).lines)


def limit_words(limit: Limit | None) -> str:
    """Return a limit with its unit; a payment or service without one says so."""
    if limit is None:
        return "未设定"
    unit = "个工作日" if limit.unit is LimitUnit.WORKDAY else "日 (自然日)"
    return f"{limit.number} {unit}"


def _material(line: ChecklistLine, case: Case) -> MaterialLine:
    slot = case.slot(line.material.id)
    kept = slot.custody in (Custody.HELD, Custody.BAGGED)
    return MaterialLine(
        title=line.material.title,
        original=_original_words(line, slot.custody),
        sheets=max(1, line.pages) if kept else 0,
        pages=line.pages,
        note=f"来源办件 {slot.reuse.source_case}" if slot.reuse else "",
    )


def _original_words(line: ChecklistLine, custody: Custody) -> str:
    if line.status is SlotStatus.REUSED:
        return "复用存档材料"
    if line.status is SlotStatus.LATER:
        return "容缺, 后补"
    if line.status is SlotStatus.GENERATED:
        return "由表单生成, 签字"
    if line.status is SlotStatus.MISSING:
        return "未提交"
    return {Custody.RETURNED: "原件已核退还", Custody.NOT_SEEN: "扫描"}.get(custody, "原件留存, 流转属地")


def _defect(defect: Defect) -> DefectLine:
    return DefectLine(
        material=defect.material, problem=defect.problem, needed=defect.needed, basis=defect.basis
    )


def _last(store: Store, case: Case, move: Move) -> Moved:
    moves = [e.payload for e in store.log(case.case_id) if isinstance(e.payload, Moved)]
    return next((m for m in reversed(moves) if m.move is move), Moved(move=move))


def _due(store: Store, case: Case, move: Move) -> Any:
    return _last(store, case, move).due


def papers_for(case: Case) -> tuple[str, ...]:
    """Return the names of the papers a case may print in its state (methods of `Papers`)."""
    by_state = {
        CaseState.RECEIVED: ("receipt",),
        CaseState.CORRECTION: ("receipt", "correction"),
        CaseState.ACCEPTED: ("receipt", "acceptance"),
        CaseState.IN_REVIEW: ("receipt", "acceptance"),
        CaseState.DECIDED: ("receipt", "acceptance"),
        CaseState.DELIVERED: ("receipt", "acceptance"),
        CaseState.REFUSED: ("receipt", "refusal"),
    }
    return by_state.get(case.state, ())
