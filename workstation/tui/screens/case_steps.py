"""What the steps set off: a service records what the clerk did, then the next step shows."""

from __future__ import annotations

import asyncio

from textual import getters, on, work

from workstation.domain.case import CreditOutcome, Custody
from workstation.domain.checklist import Todo
from workstation.domain.kinds import FieldKind, OriginalRule
from workstation.domain.tolerance import must_ask_credit
from workstation.i18n import _, listed
from workstation.services.view import CaseView
from workstation.tui.screens.case_gate import GateKeys
from workstation.tui.screens.case_promises import CREDIT_WORDS
from workstation.tui.screens.case_words import first_open_step
from workstation.tui.widgets.steps import StepName
from workstation.tui.widgets.steps.applicant import ApplicantStep, asks_second_street
from workstation.tui.widgets.steps.form import FormStep
from workstation.tui.widgets.steps.materials import MaterialsStep
from workstation.tui.widgets.steps.situation import SituationStep
from workstation.tui.words import derived_words


class StepKeys(GateKeys):
    """Takes over what a step says, and leads on."""

    materials = getters.query_one(MaterialsStep)
    applicant = getters.query_one(ApplicantStep)
    form = getters.query_one(FormStep)

    def go(self, step: StepName) -> None:
        """Show a step; the workspace overrides it."""

    def focus_applicant(self) -> None:
        """Put the cursor where the applicant's step wants it."""
        case = self.view.case if self.view else None
        if case is not None and case.applicant is not None and not case.is_sealed:
            self.applicant.query_one("#streets").focus()
        else:
            self.applicant.query("FieldRow Input").first().focus()

    @on(SituationStep.Answered)
    def _answer(self, event: SituationStep.Answered) -> None:
        event.stop()
        self.change(
            lambda: self.desk.intake.answer(self.case_id, event.question, event.option), self._after_answer
        )

    def _after_answer(self) -> None:
        if self.view is not None and not self.view.questions_now:
            self.go(first_open_step(self.view))

    @on(SituationStep.Finished)
    def _leave_situation(self) -> None:
        is_named = self.view is not None and self.view.case.applicant is not None
        self.go(first_open_step(self.view) if self.view and is_named else StepName.APPLICANT)

    @on(ApplicantStep.Confirmed)
    def _set_applicant(self, event: ApplicantStep.Confirmed) -> None:
        event.stop()
        self.applicant.settle()
        self.change(
            lambda: self.desk.intake.set_applicant(self.case_id, event.applicant), self._after_applicant
        )

    def _after_applicant(self) -> None:
        """Ask what the card could not answer, else for the street, where one must be chosen."""
        view = self.view
        if view is None:
            return
        self.fetch_kept()
        if must_ask_credit(view.item, view.case):
            self._ask_credit()
        if view.case.derived:
            self.say("; ".join(derived_words(view, question) for question in sorted(view.case.derived)))
        if view.questions_now or not view.needs_home_street:
            self.go(first_open_step(view))
        else:
            self.focus_applicant()

    @work(exit_on_error=False, group="desk")
    async def _ask_credit(self) -> None:
        """Ask the credit library beside whatever the clerk does next; a silent one keeps nobody waiting."""
        loop = asyncio.get_running_loop()
        try:
            case = await loop.run_in_executor(None, lambda: self.desk.tolerance.ask_credit(self.case_id))
        except Exception as error:  # noqa: BLE001 - the outermost rim: said to the clerk, kept in the log
            self.tell(error)
            return
        if self.is_attached and case.credit is not None:
            self.job(lambda: self.desk.view(self.case_id), self.show_view)
            if case.credit.outcome is not CreditOutcome.GOOD:
                lists = listed(case.credit.lists)
                self.say(_(CREDIT_WORDS[case.credit.outcome]), lists, "warning")

    @on(ApplicantStep.Doubted)
    def _doubt(self, event: ApplicantStep.Doubted) -> None:
        event.stop()
        self.tell(event.error)
        self.applicant.query("FieldRow Input").first().focus()

    @on(ApplicantStep.StreetChosen)
    def _set_street(self, event: ApplicantStep.StreetChosen) -> None:
        event.stop()
        first = self.view.case.home_street if self.view and event.is_second else event.code
        second = event.code if event.is_second else ""
        self.change(
            lambda: self.desk.intake.set_home_street(self.case_id, first, second=second), self._after_street
        )

    def _after_street(self) -> None:
        if self.view is not None and not asks_second_street(self.view):
            self.go(first_open_step(self.view))

    @on(MaterialsStep.Entered)
    def _enter_line(self, event: MaterialsStep.Entered) -> None:
        event.stop()
        line = event.line
        if line.todo is Todo.MARK_ORIGINAL:
            custody = Custody.HELD if line.material.original is OriginalRule.KEPT else Custody.RETURNED
            self.change(
                lambda: self.desk.intake.mark_original(self.case_id, line.material.id, custody),
                self.go_on,
            )
        elif line.todo is Todo.NOTHING:
            self.go_on()
        elif line.todo is Todo.AWAIT_PROOF:
            self.say(_("联网后自动核验"), _("F4 再核验, F2 收取纸质原件, F9 挂起"), "warning")
        elif line.todo is Todo.LOOK:
            self.ask_about_page(line.material.id)
        elif line.todo in (Todo.SCAN_MORE, Todo.REMOVE_PAGES):
            self.ask_about_count(line.material.id)
        else:
            self.say(_("请先扫描这份材料"), _("F2 扫描, F3 复用, F6 容缺"), "warning")

    def go_on(self) -> None:
        """Go to the next open line, or on to what the form still lacks."""
        if not self.materials.go_to_next_open():
            status = self.view.readiness if self.view and not self.view.case.is_sealed else None
            to_form = status is not None and bool(status.fields or status.rules)
            self.go(StepName.FORM if to_form else StepName.DECISION)

    @on(FormStep.Typed)
    def _typed(self, event: FormStep.Typed) -> None:
        event.stop()
        self.change(
            lambda: self.desk.intake.type_field(self.case_id, event.field, event.text),
            lambda: self._after_field(event.field),
        )

    @on(FormStep.Confirmed)
    def _confirmed(self, event: FormStep.Confirmed) -> None:
        event.stop()
        self.change(
            lambda: self.desk.intake.confirm_field(self.case_id, event.field, seen=event.seen),
            lambda: self._after_field(event.field),
        )

    def _after_field(self, name: str) -> None:
        """Ask what is kept of an organisation once its code is known."""
        fields = self.view.item.fields if self.view else ()
        if any(field.id == name and field.kind is FieldKind.USCC for field in fields):
            self.fetch_kept()

    @on(FormStep.Finished)
    def _leave_form(self) -> None:
        self.job(lambda: self.desk.view(self.case_id), self._form_done)

    def _form_done(self, view: CaseView) -> None:
        self.show_view(view)
        status = view.readiness
        if status.rules and not status.fields:
            self.form.go_to_next_open(view=view)
            self.say(status.rules[0].message, _("请改正其中一项后回车"), "warning")
        elif not status.fields:
            self.go(StepName.DECISION)
