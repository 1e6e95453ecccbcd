"""From a case to its papers: fills the printing room's forms and records what was made.

Words that only ever stand on paper are Chinese, whatever language the screens use: the paper is the legal
act. What the pack does not say (who reviews a refusal, the address of a home street) is left open on the
paper, to be filled in by hand, and never guessed.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from workstation.domain.case import Case, CaseState, Entry, Move, Printed, Reuse
from workstation.domain.clock import Clock, local_date
from workstation.domain.courier import Bag
from workstation.domain.deadlines import WorkCalendar
from workstation.domain.items import Item
from workstation.printing.forms import (
    LICENCE_LAW_ACCEPT,
    LICENCE_LAW_REFUSE,
    AcceptanceForm,
    CorrectionForm,
    HandoverForm,
    HandoverLine,
    ReceiptForm,
    RefusalForm,
    ReuseForm,
    ReuseLine,
)
from workstation.services.catalogue import Catalogue
from workstation.services.courier import ONE_WORKDAY
from workstation.services.limits import last_day
from workstation.services.paper_words import (
    Common,
    answer,
    common,
    copy_sha256,
    correction_basis,
    correction_consequence,
    defect_lines,
    last_entry,
    limit_words,
    material_lines,
    moved_in,
    promised_words,
    returned_words,
    tolerated_lines,
)
from workstation.services.profile import WindowProfile
from workstation.store.database import Store
from workstation.texts import Message, words

__all__ = ["Paper", "Papers", "Render", "limit_words", "papers_for"]

_UNSAFE = re.compile(r"[^\w.-]+")


class Made(Protocol):
    """What a renderer returns."""

    @property
    def pages(self) -> int:
        """Page count."""
        ...

    @property
    def missing(self) -> tuple[str, ...]:
        """Characters no font has, each printed as a box."""
        ...


Render = Callable[[object, Path], Made]
"""Renders any form to a PDF at the path."""


@dataclass(frozen=True, slots=True)
class Paper:
    """A paper that was made."""

    form: str
    """Its title as printed."""
    number: str
    path: Path
    pages: int
    missing: tuple[str, ...] = ()
    """Characters that stand on it as a box."""

    @property
    def warning(self) -> Message | None:
        """What the clerk must put right by hand (P105); None when the paper is whole."""
        return words("P105", {"characters": " ".join(self.missing)}) if self.missing else None


@dataclass(frozen=True)
class Papers:
    """Makes PDFs; `folder` holds them until they are printed or cleared."""

    store: Store
    catalogue: Catalogue
    profile: WindowProfile
    clock: Clock
    calendar: WorkCalendar
    folder: Path
    render: Render

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
        )
        return self._make(case, "接收回执", case.number, form, name=f"{case.number}-R")

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
            basis=LICENCE_LAW_ACCEPT,
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
            overdue_consequence="由受理机关按公布的容缺受理规定处理，可以终止办理",
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
            basis=LICENCE_LAW_REFUSE,
            competent_body=refused.body,
            materials=material_lines(case, item),
        )
        return self._make(case, "不予受理通知书", form.number, form)

    def reuse(self, case_id: str) -> Paper | None:
        """材料复用确认书 for all reused copies of the case; None when there is none."""
        case, item, _log = self._case(case_id)
        reused = [(slot, content.reuse) for slot, content in case.slots.items() if content.reuse is not None]
        if not reused:
            return None
        form = ReuseForm(
            **self._common(case, item),
            number=f"{case.number}-F",
            asked_at=min(reuse.consent_at for _, reuse in reused),
            lines=tuple(self._reuse_line(case, item.material(slot).title, reuse) for slot, reuse in reused),
            consent_way="、".join(dict.fromkeys(reuse.consent_way for _, reuse in reused)),
        )
        return self._make(case, "材料复用确认书", form.number, form)

    def _reuse_line(self, case: Case, title: str, reuse: Reuse) -> ReuseLine:
        archived = self.store.archived(case.applicant.id_number) if case.applicant else ()
        source = next(
            (a for a in archived if (a.source_case, a.pages) == (reuse.source_case, reuse.pages)), None
        )
        return ReuseLine(
            material=title,
            source_case=reuse.source_case,
            checked_on=reuse.checked_on,
            checked_by=reuse.checked_by,
            level=reuse.level.value,
            pages=len(reuse.pages),
            sha256=copy_sha256(reuse.pages),
            valid_until=source.valid_until if source else None,
        )

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

    def _case(self, case_id: str) -> tuple[Case, Item, tuple[Entry, ...]]:
        case = self.store.case(case_id)
        return case, self.catalogue.item_of(case), self.store.log(case_id)

    def _make(self, case: Case, title: str, number: str, form: object, *, name: str = "") -> Paper:
        paper = self._rendered(title, number, form, name or number)
        printed = Printed(form=title, number=number, path=paper.path.name)
        with self.store.transaction() as tx:
            tx.record(case.case_id, printed, actor=self.profile.clerk, at=self.clock())
        return paper

    def _rendered(self, title: str, number: str, form: object, name: str) -> Paper:
        # The back office may give a paper any number; as a file name it must stay inside the folder.
        path = self.folder / f"{_UNSAFE.sub('_', name).lstrip('.')}.pdf"
        made = self.render(form, path)
        return Paper(title, number, path, made.pages, tuple(made.missing))

    def _common(self, case: Case, item: Item) -> Common:
        return common(case, item, self.profile)


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
