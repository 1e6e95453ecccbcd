"""A whole case taken through the services without a screen: practice history, drills and measurements."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from scanners.port import ScanJob
from workstation.domain.case import Applicant, Case, Custody
from workstation.domain.checklist import ChecklistLine, Todo
from workstation.domain.forms import FormField
from workstation.domain.items import Item
from workstation.domain.kinds import FieldKind, OriginalRule
from workstation.services.desk import Desk
from workstation.training.specimens.people import SpecimenPerson

SAMPLE_VALUES = {
    FieldKind.DATE: "2026-01-15",
    FieldKind.PHONE: "19900000001",
    FieldKind.MONEY: "1000.00",
}


def take_case(
    desk: Desk,
    item: Item,
    person: SpecimenPerson,
    *,
    device_id: str,
    answers: Mapping[str, str] | None = None,
) -> Case:
    """Take a case of `item` for a specimen person up to the point where it may be received.

    Args:
        desk: the desk.
        item: what is applied for.
        person: for whom.
        device_id: device that feeds the papers, in the order of the checklist.
        answers: options by question; the first option where a question is not named.
    """
    case = desk.intake.open_case(item)
    case = _answer(desk, case, answers or {})
    case = desk.intake.set_applicant(case.case_id, applicant_of(person))
    street = desk.intake.guess_street(person.address) or next(iter(desk.catalogue.current.streets))
    case = desk.intake.set_home_street(case.case_id, street)
    for line in desk.view_of(case).checklist.lines:
        _fill_slot(desk, case, line, device_id)
    return _fill_form(desk, desk.store.case(case.case_id), person)


def applicant_of(person: SpecimenPerson) -> Applicant:
    """Return a specimen person as an applicant."""
    return Applicant(
        name=person.name,
        id_number=person.id_number,
        ethnicity=person.ethnicity,
        address=person.address,
        phone=person.phone,
    )


def _answer(desk: Desk, case: Case, answers: Mapping[str, str]) -> Case:
    while questions := desk.view_of(case).questions:
        question = questions[0]
        option = answers.get(question.id, question.options[0].id)
        case = desk.intake.answer(case.case_id, question.id, option)
    return case


def _fill_slot(desk: Desk, case: Case, line: ChecklistLine, device_id: str) -> None:
    if line.todo is not Todo.SCAN:
        return
    job = ScanJob(device_id=device_id, max_pages=max(1, line.material.pages_min))
    for _page in desk.capture.scan(case.case_id, line.material.id, job):
        pass
    kept = line.material.original is OriginalRule.KEPT
    desk.intake.mark_original(case.case_id, line.material.id, Custody.HELD if kept else Custody.RETURNED)


def _fill_form(desk: Desk, case: Case, person: SpecimenPerson) -> Case:
    for problem in desk.view_of(case).readiness.fields:
        case = desk.intake.type_field(case.case_id, problem.field.id, _sample(problem.field, person))
    return case


def _sample(field: FormField, person: SpecimenPerson) -> str:
    known = {"name": person.name, "address": person.address, "ethnicity": person.ethnicity}
    if field.kind is FieldKind.ID_NUMBER:
        return person.id_number
    if field.kind is FieldKind.CHOICE:
        return field.choices[0]
    return known.get(field.id) or SAMPLE_VALUES.get(field.kind) or "样本"


def paper_order(papers: Mapping[str, Path], item: Item) -> tuple[Path, ...]:
    """Return papers in the order an item asks for them; a lease stands in for unknown ones."""
    order: list[Path] = []
    for material in item.materials:
        kinds = [material.document_kind or material.standard_id, material.back_kind]
        for position in range(max(1, material.pages_min)):
            kind = kinds[position] if position < len(kinds) else None
            order.append(papers.get(kind or "", papers["lease-contract"]))
    return tuple(order)
