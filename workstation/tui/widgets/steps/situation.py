"""Step one: the questions that decide which materials are asked for."""

from __future__ import annotations

from dataclasses import dataclass

from rich.style import Style
from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from workstation.domain.checklist import relevant_answers
from workstation.domain.guidance import what_if
from workstation.domain.situations import Question
from workstation.i18n import _, listed
from workstation.services.view import CaseView
from workstation.tui.theme import AMBER, GREEN, QUIET
from workstation.tui.words import derived_words

AGAIN = "again:"
"""Prefix of the options that ask a question again."""


class SituationStep(Vertical):
    """Asks one question at a time, only while its answer can still change the list."""

    DEFAULT_CSS = """
    SituationStep {
        #answered { height: auto; margin-bottom: 1; }
        #question { height: auto; text-style: bold; color: $accent; margin-bottom: 1; }
        OptionList { height: auto; max-height: 1fr; }
        #whatif { height: auto; max-height: 7; border-top: solid $line; }
    }
    """

    @dataclass
    class Answered(Message):
        """The clerk chose an option."""

        question: str
        option: str

    @dataclass
    class Finished(Message):
        """Nothing is left to ask."""

    def __init__(self, *, id: str) -> None:
        """Start without a question."""
        super().__init__(id=id, classes="panel")
        self.border_title = _("办事情形")
        self.border_subtitle = _("按数字或回车选择")
        self._question = ""
        self._numbered = 0
        self._view: CaseView | None = None

    def compose(self) -> ComposeResult:
        """Answers so far, the question, its options."""
        yield Static(id="answered")
        yield Static(id="question", markup=False)
        yield OptionList(id="options", markup=False)
        yield Static("", id="whatif", markup=False)

    def show(self, view: CaseView) -> None:
        """Show what was answered and the next question; an answer given can be asked again."""
        self._view = view
        answered = _answered(view)
        self.query_one("#answered", Static).update(answered)
        self.query_one("#answered").display = bool(answered)
        asked = () if view.case.is_sealed else view.questions_now
        self._ask(asked[0] if asked else None)

    def _ask(self, question: Question | None) -> None:
        self._question = question.id if question else ""
        self.query_one("#question", Static).update(question.title if question else self._nothing_to_ask())
        chosen = (
            [Option(f"{n}  {o.title}", id=o.id) for n, o in enumerate(question.options, 1)]
            if question
            else []
        )
        self._numbered = len(chosen)
        options = self.query_one(OptionList)
        options.clear_options()
        options.add_options(chosen or [Option(_("继续"), id="-")])
        options.add_options(self._answers_to_change())
        options.highlighted = 0

    def _nothing_to_ask(self) -> str:
        if self._view is not None and self._view.questions and not self._view.case.is_sealed:
            return _("其余 {n} 个情形由身份证得出, 回车继续").format(n=len(self._view.questions))
        return _("情形已定, 回车继续")

    def _answers_to_change(self) -> list[Option]:
        """Offer the answers given, except the one being asked; materials already scanned stay."""
        view = self._view
        if view is None or view.case.is_sealed:
            return []
        given = [view.item.question(q) for q in relevant_answers(view.item, view.case.answers)]
        return [
            Option(
                Text(_("改答: {question}").format(question=q.title), Style(color=QUIET)), id=f"{AGAIN}{q.id}"
            )
            for q in given
            if q.id != self._question
        ]

    def on_key(self, event: object) -> None:
        """A digit chooses the option with that number."""
        key = getattr(event, "key", "")
        options = self.query_one(OptionList)
        if key.isdigit() and 0 < int(key) <= self._numbered:
            options.highlighted = int(key) - 1
            options.action_select()

    @on(OptionList.OptionHighlighted)
    def _show_what_if(self, event: OptionList.OptionHighlighted) -> None:
        """Show what the option under the cursor would do to the list, before it is chosen."""
        event.stop()
        view, option = self._view, event.option_id or ""
        if view is None:
            return
        is_answer = bool(self._question) and not option.startswith(AGAIN)
        self.query_one("#whatif", Static).update(_what_if(view, self._question if is_answer else "", option))

    @on(OptionList.OptionSelected)
    def _choose(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        chosen = event.option_id or ""
        if chosen.startswith(AGAIN) and self._view is not None:
            self._ask(self._view.item.question(chosen.removeprefix(AGAIN)))
        elif self._question and chosen:
            self.post_message(self.Answered(self._question, chosen))
        else:
            self.post_message(self.Finished())


def _answered(view: CaseView) -> Text:
    text = Text()
    for question_id, option_id in relevant_answers(view.item, view.case.answers).items():
        question = view.item.question(question_id)
        text.append("✔ ", Style(color=GREEN))
        text.append(f"{question.title}  ", Style(color=QUIET))
        text.append(question.option(option_id).title, Style(bold=True))
        if question_id in view.case.derived:
            text.append(f"\n  · {derived_words(view, question_id)}", Style(color=QUIET))
        text.append("\n")
    text.rstrip()
    return text


def _what_if(view: CaseView, question_id: str, option_id: str) -> Text:
    text = Text()
    if question_id:
        change = what_if(view.item, view.case.answers, question_id, option_id)
        text.append(f"{_('选这一项')}  ", Style(color=QUIET))
        for material in change.added:
            text.append(f"＋{material.title} ", Style(color=AMBER, bold=True))
        for material in change.removed:
            text.append(f"－{material.title} ", Style(color=GREEN, bold=True))
        if not change.added and not change.removed:
            text.append(_("清单不变"))
        basis = view.item.question(question_id).option(option_id).basis
        text.append(f"  ({basis})\n" if basis else "\n", Style(color=QUIET))
    titles = [line.material.title for line in view.checklist.lines]
    label = _("现有清单 {n} 项").format(n=len(titles))
    text.append(f"{label}  {listed(titles)}", Style(color=QUIET))
    return text
