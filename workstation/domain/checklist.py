"""The checklist: which materials the answers ask for, what each slot lacks, and what bars receiving.

Everything here is derived from the item and the case each time; nothing of it is stored.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from workstation.domain.case import Case, Custody, Fault, Finding, Page, ProofState, SlotContent
from workstation.domain.fields import FieldProblem, field_problems, rule_problems, stage_of
from workstation.domain.fields import check_field as check_field
from workstation.domain.forms import FieldRule, FormField
from workstation.domain.guidance import guide
from workstation.domain.items import Item, Material
from workstation.domain.kinds import Need, OriginalRule, Routing, Stage
from workstation.domain.situations import Answers, Question, When


class SlotStatus(StrEnum):
    """What stands on the lamp of a checklist line."""

    MISSING = "MISSING"
    SCANNED = "SCANNED"
    REUSED = "REUSED"
    PROVED = "PROVED"
    """A verified e-certificate or data check stands for the paper."""
    PENDING = "PENDING"
    """A certificate or check could not be verified yet; asked again when the line is up."""
    SEEN_RETURNED = "SEEN_RETURNED"
    """Original seen, scanned and handed back."""
    LATER = "LATER"
    """Follows under tolerated acceptance."""
    COMMITTED = "COMMITTED"
    """The applicant promised the fact in writing instead (告知承诺)."""
    GENERATED = "GENERATED"
    """Made at the window from the form."""


class Todo(StrEnum):
    """What a line still wants; `NOTHING` is empty, so a line is done when its todo is false."""

    NOTHING = ""
    SCAN = "SCAN"
    SCAN_MORE = "SCAN_MORE"
    """Fewer pages than the item asks for."""
    REMOVE_PAGES = "REMOVE_PAGES"
    """More pages than the item takes."""
    LOOK = "LOOK"
    """The quality gate found something: scan again, take out, or let it stand with a reason."""
    AWAIT_PROOF = "AWAIT_PROOF"
    """Wait for the answer of a library, or take the paper."""
    MARK_ORIGINAL = "MARK_ORIGINAL"
    """Nobody has said yet where the original is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChecklistLine:
    """One material the answers ask for, and how far it is."""

    material: Material
    status: SlotStatus
    pages: int
    pages_expected_min: int
    reasons: tuple[str, ...]
    """The answers that asked for it, then the legal basis."""
    todo: Todo

    @property
    def done(self) -> bool:
        """True when nothing bars receiving on this line."""
        return self.todo is Todo.NOTHING


@dataclass(frozen=True, slots=True)
class TraySlot:
    """A slot the answers no longer ask for: what it holds waits in the tray (材料托盘), never dropped."""

    slot: str
    title: str
    content: SlotContent


@dataclass(frozen=True, slots=True)
class Checklist:
    """All lines of a case in the item's order."""

    lines: tuple[ChecklistLine, ...]
    tray: tuple[TraySlot, ...] = ()

    @property
    def tray_pages(self) -> int:
        """Scanned pages that wait in the tray."""
        return sum(len(waiting.content.pages) for waiting in self.tray)

    @property
    def missing(self) -> tuple[ChecklistLine, ...]:
        """Lines that still want something."""
        return tuple(line for line in self.lines if not line.done)

    @property
    def complete(self) -> bool:
        """True when no line wants anything."""
        return not self.missing

    @property
    def done_count(self) -> int:
        """Lines that are done."""
        return sum(line.done for line in self.lines)


@dataclass(frozen=True, slots=True, kw_only=True)
class Readiness:
    """What is still missing before the window may receive the case."""

    questions: tuple[Question, ...] = ()
    lacks_applicant: bool = False
    lacks_home_street: bool = False
    lacks_second_street: bool = False
    """Another household's street verifies too, and is not named."""
    lines: tuple[ChecklistLine, ...] = ()
    fields: tuple[FieldProblem, ...] = ()
    rules: tuple[FieldRule, ...] = ()
    """Rules over several fields that fail."""

    @property
    def ready(self) -> bool:
        """True when nothing is missing."""
        return not self.missing

    @property
    def missing(self) -> tuple[str, ...]:
        """Everything missing as codes, in the order of the steps.

        `question:ID`, `applicant`, `home-street`, `second-street`, `material:ID`, `field:ID`, `rule:ID+ID`.
        """
        return (
            *(f"question:{question.id}" for question in self.questions),
            *(("applicant",) if self.lacks_applicant else ()),
            *(("home-street",) if self.lacks_home_street else ()),
            *(("second-street",) if self.lacks_second_street else ()),
            *(f"material:{line.material.id}" for line in self.lines),
            *(f"field:{problem.field.id}" for problem in self.fields),
            *(f"rule:{'+'.join(rule.fields)}" for rule in self.rules),
        )


def relevant_answers(item: Item, answers: Answers) -> dict[str, str]:
    """Return the answers to questions that are asked, in the item's order.

    An answer whose question is no longer asked (an earlier answer changed) counts no more.

    Raises:
        UnknownAnswer: an answer names a question or an option the item does not have.
    """
    return dict(guide(item, answers).relevant)


def open_questions(item: Item, answers: Answers) -> tuple[Question, ...]:
    """Return the questions that are asked, not yet answered and able to change something, in order.

    Raises:
        UnknownAnswer: see `relevant_answers`.
    """
    return guide(item, answers).open_questions


def derive(item: Item, answers: Answers) -> tuple[Material, ...]:
    """Return the materials the answers ask for, in the item's order, each once.

    Raises:
        UnknownAnswer: see `relevant_answers`.
    """
    return guide(item, answers).materials


def active_fields(item: Item, answers: Answers) -> tuple[FormField, ...]:
    """Return the form fields that the answers ask for, in order.

    Raises:
        UnknownAnswer: see `relevant_answers`.
    """
    return guide(item, answers).fields


def asked_fields(item: Item, answers: Answers) -> tuple[FormField, ...]:
    """Return the active fields that are filled at the window; the other stages' stay empty on paper.

    Raises:
        UnknownAnswer: see `relevant_answers`.
    """
    fields = active_fields(item, answers)
    return tuple(field for field in fields if stage_of(item.form, field) is Stage.APPLICATION)


def needs_second_street(item: Item, answers: Answers) -> bool:
    """Return whether a second household's street verifies too, e.g. the spouse's.

    Raises:
        UnknownAnswer: see `relevant_answers`.
    """
    return guide(item, answers).second_street


def situation_title(item: Item, answers: Answers) -> str:
    """Return the chosen options in words, e.g. `首次办理 · 本人办理`; empty when none is chosen.

    Raises:
        UnknownAnswer: see `relevant_answers`.
    """
    relevant = relevant_answers(item, answers)
    return " · ".join(item.question(q).option(o).title for q, o in relevant.items())


def checklist(item: Item, case: Case) -> Checklist:
    """Return the checklist of a case.

    Raises:
        UnknownAnswer: see `relevant_answers`.
    """
    guidance = guide(item, case.answers)
    lines = tuple(_line(item, m, case, guidance.relevant) for m in guidance.materials)
    listed = {line.material.id for line in lines}
    tray = tuple(
        TraySlot(slot, _slot_title(item, slot), content)
        for slot, content in case.slots.items()
        if slot not in listed and _holds_something(content)
    )
    return Checklist(lines, tray)


def readiness(item: Item, case: Case) -> Readiness:
    """Return what bars receiving; an item routed to the receiving street needs no home street.

    Raises:
        UnknownAnswer: see `relevant_answers`.
    """
    fields = asked_fields(item, case.answers)
    problems = (FieldProblem(field, field_problems(field, case.fields.get(field.id))) for field in fields)
    return Readiness(
        questions=open_questions(item, case.answers),
        lacks_applicant=case.applicant is None,
        lacks_home_street=not case.home_street and item.routing is not Routing.RECEIVING,
        lacks_second_street=needs_second_street(item, case.answers) and not case.second_street,
        lines=checklist(item, case).missing,
        fields=tuple(problem for problem in problems if problem.problems),
        rules=rule_problems(item.form, fields, case.fields),
    )


def open_findings(case: Case, page: Page) -> tuple[Finding, ...]:
    """Return what somebody still has to look at; a twin that was taken out is no twin any more."""
    present = {held.page_id for slot in case.slots.values() for held in slot.pages}
    return tuple(
        finding
        for finding in page.open_findings
        if finding.fault is not Fault.DUPLICATE or finding.of in present
    )


def _line(item: Item, material: Material, case: Case, relevant: Answers) -> ChecklistLine:
    slot = case.slot(material.id)
    pages = len(slot.pages) or (len(slot.reuse.pages) if slot.reuse else 0)
    status = _status(item, material, slot)
    return ChecklistLine(
        material=material,
        status=status,
        pages=pages,
        pages_expected_min=0 if status in (SlotStatus.GENERATED, SlotStatus.PROVED) else material.pages_min,
        reasons=(*_asked_by(item, material.when, relevant), *((material.basis,) if material.basis else ())),
        todo=_todo(material, status, case),
    )


def _status(item: Item, material: Material, slot: SlotContent) -> SlotStatus:
    if material.original is OriginalRule.FORM:
        return SlotStatus.GENERATED
    if slot.pages:
        returned = slot.custody is Custody.RETURNED
        return SlotStatus.SEEN_RETURNED if returned else SlotStatus.SCANNED
    if slot.reuse is not None:
        return SlotStatus.REUSED
    if slot.is_proved:
        return SlotStatus.PROVED
    if slot.committed and material.committable:
        return SlotStatus.COMMITTED
    # Tolerated acceptance covers secondary materials only, and never an item finished on the spot.
    if slot.deferred_until is not None and material.need is Need.TOLERABLE and not item.instant:
        return SlotStatus.LATER
    is_pending = slot.proof is not None and slot.proof.state is ProofState.PENDING
    return SlotStatus.PENDING if is_pending else SlotStatus.MISSING


def _todo(material: Material, status: SlotStatus, case: Case) -> Todo:
    slot = case.slot(material.id)
    if status is SlotStatus.MISSING:
        return Todo.SCAN
    if status is SlotStatus.PENDING:
        return Todo.AWAIT_PROOF
    if status not in (SlotStatus.SCANNED, SlotStatus.SEEN_RETURNED):
        return Todo.NOTHING
    if any(open_findings(case, page) for page in slot.pages):
        return Todo.LOOK
    if len(slot.pages) != slot.count_settled:
        if len(slot.pages) < material.pages_min:
            return Todo.SCAN_MORE
        if len(slot.pages) > material.pages_max:
            return Todo.REMOVE_PAGES
    return Todo.MARK_ORIGINAL if slot.custody is Custody.NOT_SEEN else Todo.NOTHING


def _asked_by(item: Item, when: When, relevant: Answers) -> tuple[str, ...]:
    """Name the answers that made the condition hold, each with the basis of its option."""
    group = next((g for g in when.any_of if all(relevant.get(c.question) in c.options for c in g)), ())
    reasons = []
    for clause in group:
        question = item.question(clause.question)
        option = question.option(relevant[clause.question])
        basis = f" ({option.basis})" if option.basis else ""
        reasons.append(f"{question.title}: {option.title}{basis}")
    return tuple(reasons)


def _slot_title(item: Item, slot: str) -> str:
    return next((material.title for material in item.materials if material.id == slot), slot)


def _holds_something(content: SlotContent) -> bool:
    is_held = content.custody in (Custody.HELD, Custody.BAGGED)
    return bool(content.pages) or content.reuse is not None or is_held
