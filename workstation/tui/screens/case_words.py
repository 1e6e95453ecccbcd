"""What the case workspace says of a case: its head, its rail, the next step and the next key."""

from __future__ import annotations

from rich.style import Style
from rich.text import Text

from workstation.domain.case import Outcome
from workstation.domain.checklist import Todo
from workstation.domain.identity import mask_id_number
from workstation.i18n import _
from workstation.services.view import CaseView
from workstation.tui.cells import printable
from workstation.tui.theme import AMBER, GREEN, QUIET, RED
from workstation.tui.widgets.steps import STEP_WORDS, StepName


def first_open_step(view: CaseView) -> StepName:
    """Return the step a case is taken up at."""
    status = view.readiness
    if view.case.is_sealed:
        return StepName.DECISION
    if view.questions_now:
        return StepName.SITUATION
    if status.lacks_applicant or status.lacks_home_street or status.lacks_second_street:
        return StepName.APPLICANT
    if status.lines:
        return StepName.MATERIALS
    return StepName.FORM if status.fields or status.rules else StepName.DECISION


def main_action(view: CaseView, slot: str) -> str:
    """Return the action of the key the clerk most likely wants next; empty when it is Enter."""
    if view.takes_supplement:
        return _supplement_action(view, slot)
    if view.case.is_sealed:
        return "scan"
    if view.readiness.ready:
        return "receive"
    line = view.line(slot)
    if line is None or line.todo not in (Todo.SCAN, Todo.SCAN_MORE):
        return ""
    return "reuse" if slot in view.offers and not view.case.slot(slot).pages else "scan"


def _supplement_action(view: CaseView, slot: str) -> str:
    line = view.line(slot)
    if line is not None and view.case.may_fill(slot) and line.todo is not Todo.MARK_ORIGINAL:
        return "scan" if not line.pages or line.todo is Todo.SCAN_MORE else "receive"
    return "" if line is not None and line.todo is Todo.MARK_ORIGINAL else "receive"


def head(view: CaseView) -> Text:
    """Two lines that never wrap: which case, and for whom."""
    case = view.case
    text = Text(" ")
    text.append(f"{case.number}  ", Style(color=AMBER, bold=True))
    text.append(view.item.title, Style(bold=True))
    text.append(f"  {view.situation}\n ")
    if case.applicant is not None:
        text.append(printable(case.applicant.name), Style(bold=True))
        text.append(f" {mask_id_number(case.applicant.id_number)}")
    else:
        text.append(_("申请人未确认"), Style(color=QUIET))
    if case.agent is not None:
        who = " · ".join(filter(None, (printable(case.agent.name), printable(case.agent.relation))))
        text.append(f"  {_('代办')}: {who}", Style(color=AMBER))
    if view.home_street_name:
        streets = " + ".join(name for name in (view.home_street_name, view.second_street_name) if name)
        text.append(f"  {_('属地')} {streets}", Style(color=QUIET))
    is_against = case.outcome in (Outcome.DENIED, Outcome.PARTLY)
    colour = RED if is_against else GREEN if case.is_sealed else QUIET
    text.append(f"  {view.standing}", Style(color=colour))
    return text


def rail(view: CaseView, present: StepName, *, one_line: bool) -> Text:
    """The steps with their state, one below the other or all on one line."""
    status = view.readiness
    is_open = {
        StepName.SITUATION: bool(status.questions),
        StepName.APPLICANT: status.lacks_applicant or status.lacks_home_street or status.lacks_second_street,
        StepName.MATERIALS: bool(status.lines),
        StepName.FORM: bool(status.fields or status.rules),
        StepName.DECISION: not view.case.is_sealed,
    }
    text = Text()
    for step in StepName:
        glyph = "▸" if step is present else " " if is_open[step] else "✔"
        style = Style(color=QUIET)
        if step is present:
            style = Style(color="#2B1D00", bgcolor=AMBER, bold=True)
        elif not is_open[step]:
            style = Style(color=GREEN)
        text.append(f" {glyph} {_(STEP_WORDS[step])} ", style)
        text.append("  " if one_line else "\n\n")
    return text
