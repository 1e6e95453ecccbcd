"""One look at a case: everything a screen shows, derived in one go."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date

from workstation.domain.agreement import compare, judged
from workstation.domain.archive import ArchivedMaterial
from workstation.domain.case import MOVES, Applicant, Case, CaseState, FieldValue, Move, Outcome
from workstation.domain.checklist import (
    Checklist,
    ChecklistLine,
    Readiness,
    Todo,
    asked_fields,
    checklist,
    needs_second_street,
    open_questions,
    readiness,
    situation_title,
)
from workstation.domain.forms import FormField
from workstation.domain.items import Item
from workstation.domain.kinds import Routing
from workstation.domain.known import KnownAnswer
from workstation.domain.reuse import Refusal
from workstation.domain.situations import Question
from workstation.i18n import N_, _
from workstation.services.branches import OUTCOME_WORDS, BranchLine
from workstation.services.card_age import with_card_age
from workstation.services.carrying import CARD, card_values
from workstation.services.item_changes import ItemChange
from workstation.services.lamps import Lamp

CARD_BACK = "id-card-back"
STATE_WORDS = {
    CaseState.DRAFT: N_("录入中"),
    CaseState.RECEIVED: N_("已收件"),
    CaseState.CORRECTION: N_("待补正"),
    CaseState.ACCEPTED: N_("已受理"),
    CaseState.REFUSED: N_("不予受理"),
    CaseState.IN_REVIEW: N_("审查中"),
    CaseState.DECIDED: N_("已办结"),
    CaseState.DELIVERED: N_("已送达"),
    CaseState.WITHDRAWN: N_("已撤回"),
    CaseState.TERMINATED: N_("已终止"),
}
TODO_WORDS = {
    Todo.NOTHING: "",
    Todo.SCAN: N_("待扫描"),
    Todo.SCAN_MORE: N_("页数不足"),
    Todo.REMOVE_PAGES: N_("页数过多"),
    Todo.LOOK: N_("请看扫描质量"),
    Todo.AWAIT_PROOF: N_("待核验"),
    Todo.MARK_ORIGINAL: N_("请确认原件去向"),
}


def standing_words(state: CaseState, outcome: Outcome | None) -> str:
    """Return the words of a state; of a decided case how it was decided, where somebody said so."""
    if outcome is None or state not in (CaseState.DECIDED, CaseState.DELIVERED):
        return _(STATE_WORDS[state])
    return f"{_(STATE_WORDS[state])} · {_(OUTCOME_WORDS[outcome])}"


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseView:
    """A case with what follows from its item; rebuilt after every action."""

    case: Case
    item: Item
    situation: str
    questions: tuple[Question, ...]
    """Still to be answered, in order."""
    checklist: Checklist
    fields: tuple[FormField, ...]
    fields_shown: Mapping[str, FieldValue]
    """Readings and form values with what the documents of the case say about each other."""
    readiness: Readiness
    offers: Mapping[str, ArchivedMaterial]
    """Copies that may be reused, by slot."""
    refusals: Mapping[str, Refusal] = field(default_factory=dict)
    """Copies that are kept but not offered, by slot, each with what speaks against it."""
    home_street_name: str
    second_street_name: str = ""
    known: Mapping[str, KnownAnswer] = field(default_factory=dict)
    """What facts answer, by question."""
    remembered: Applicant | None = None
    """Who the card just read is, as an earlier case confirmed it."""
    change: ItemChange | None = None
    """What the current pack changed in the item while the case was open."""
    branches: tuple[BranchLine, ...] = ()
    """The approvers of a matter and what each said; empty for an ordinary item."""
    overdue: Mapping[str, date] = field(default_factory=dict)
    """Slot -> last day, for what tolerance still waits for though its day is over."""
    lamps: tuple[Lamp, ...] = ()
    """Every clock that runs for the case, the most urgent first."""
    spent: str = ""
    """How long it took up to its receipt, in words."""

    @property
    def standing(self) -> str:
        """Where the case stands, in words; of a decided one how it was decided."""
        return standing_words(self.case.state, self.case.outcome)

    @property
    def questions_now(self) -> tuple[Question, ...]:
        """What to ask now: a question that the applicant may answer by a card waits until it is read."""
        if self.case.applicant is not None or not self.card_slot:
            return self.questions
        return tuple(question for question in self.questions if question.known is None)

    @property
    def card_slot(self) -> str:
        """Slot of the applicant's identity card on this checklist; empty when it is not asked for."""
        kinds = {line.material.document_kind: line.material.id for line in reversed(self.checklist.lines)}
        return kinds.get("id-card-front", "")

    @property
    def known_before(self) -> frozenset[str]:
        """Readings that say to the letter what an earlier case confirmed; nobody need compare them again."""
        if self.remembered is None:
            return frozenset()
        confirmed = {
            **{f"{CARD}.{name}": value for name, value in card_values(self.remembered).items()},
            f"{CARD_BACK}.valid_until": self.remembered.id_valid_until,
        }
        read = {name: value.value for name, value in self.case.fields.items() if value.valid}
        return frozenset(name for name, value in confirmed.items() if value and read.get(name) == value)

    @property
    def needs_home_street(self) -> bool:
        """True where another street than the receiving one may decide."""
        return self.item.routing is not Routing.RECEIVING

    @property
    def needs_second_street(self) -> bool:
        """True when a second household's street verifies too."""
        return needs_second_street(self.item, self.case.answers)

    @property
    def takes_supplement(self) -> bool:
        """True while a sealed case takes in what it owed."""
        return self.case.is_sealed and self.case.supplement is not None

    @property
    def moves(self) -> frozenset[Move]:
        """Moves the table allows now; screens grey the other keys."""
        return frozenset(MOVES[self.case.state])

    def line(self, slot: str) -> ChecklistLine | None:
        """The checklist line of a slot, if the answers ask for it."""
        return next((line for line in self.checklist.lines if line.material.id == slot), None)


def build_view(
    case: Case,
    item: Item,
    *,
    offers: Mapping[str, ArchivedMaterial],
    refusals: Mapping[str, Refusal],
    street_name: Callable[[str], str],
    known: Mapping[str, KnownAnswer],
    remembered: Applicant | None = None,
) -> CaseView:
    """Derive all that a screen shows of a case."""
    return CaseView(
        case=case,
        item=item,
        situation=situation_title(item, case.answers),
        questions=open_questions(item, case.answers),
        checklist=checklist(item, case),
        fields=asked_fields(item, case.answers),
        fields_shown=with_card_age(judged(case.fields, compare(case.fields, case.applicant))),
        readiness=readiness(item, case),
        offers=offers,
        refusals=refusals,
        home_street_name=street_name(case.home_street) if case.home_street else "",
        second_street_name=street_name(case.second_street) if len(case.streets) > 1 else "",
        known=known,
        remembered=remembered,
    )


def missing_words(status: Readiness) -> tuple[str, ...]:
    """Say in words what bars receiving, in the order of the steps."""
    return (
        *(question.title for question in status.questions),
        *((_("申请人"),) if status.lacks_applicant else ()),
        *((_("属地街道"),) if status.lacks_home_street else ()),
        *((_("配偶户籍街道"),) if status.lacks_second_street else ()),
        *(f"{line.material.title} ({_(TODO_WORDS[line.todo])})" for line in status.lines),
        *(_("表单: {field}").format(field=problem.field.title) for problem in status.fields),
        *(_("表单: {field}").format(field=rule.message) for rule in status.rules),
    )
