"""Step four: the application form, pre-filled; eyes go to the doubtful values only.

What was read surely stands there to be seen, and is taken with the last Enter, as on the applicant's step.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from rich.style import Style
from rich.text import Text
from textual import on, work
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Input, Static

from workstation.domain.case import Origin
from workstation.domain.fields import UNCONFIRMED, section_of
from workstation.domain.forms import FieldRule, FormField, FormLayout
from workstation.domain.kinds import FieldKind
from workstation.i18n import _
from workstation.services.view import CaseView
from workstation.tui.cells import printable
from workstation.tui.theme import QUIET, RED
from workstation.tui.widgets.field_row import FieldRow
from workstation.tui.words import wants_eyes


class FormStep(VerticalScroll):
    """One row a field; Enter confirms what stands there and goes to the next that wants eyes."""

    DEFAULT_CSS = """
    FormStep {
        .section { color: $accent; text-style: bold; height: auto; }
    }
    """

    @dataclass
    class Typed(Message):
        """A value was typed."""

        field: str
        text: str

    @dataclass
    class Confirmed(Message):
        """A proposed value was compared and taken."""

        field: str
        seen: str
        """The value that was compared."""

    @dataclass
    class Finished(Message):
        """Every field has been settled."""

    def __init__(self, *, id: str) -> None:
        """Start without rows."""
        super().__init__(id=id, classes="panel", can_focus=False)
        self.border_title = _("申请表")
        self.border_subtitle = _("回车 确认这一项, 到下一处待填")
        self._view: CaseView | None = None
        self._rows: tuple[str, ...] = ()
        self._drawing = asyncio.Lock()

    def compose(self) -> ComposeResult:
        """Rows come with the first view."""
        yield Static(_("本情形没有需要填写的表单"), id="no-fields", classes="quiet", markup=False)

    @work(group="form", exit_on_error=False)
    async def show(self, view: CaseView) -> None:
        """Show the fields the answers ask for, section by section as on paper."""
        self._view = view
        async with self._drawing:
            await self._draw(view)

    async def _draw(self, view: CaseView) -> None:
        fields = by_section(view.item.form, view.fields)
        names = tuple(field.id for field in fields)
        if names != self._rows:
            self._rows = names
            await self.query("FieldRow, .section").remove()
            await self.mount_all(_rows(view.item.form, fields))
        self.query_one("#no-fields").display = not names
        shown = view.fields_shown
        for row, field in zip(self.query(FieldRow), fields, strict=True):
            row.show(shown.get(row.field), locked=view.case.is_sealed)
            self._mark(row, field, view)

    @work(group="form", exit_on_error=False)
    async def take_cursor(self) -> None:
        """Put the cursor on the next open field, or the first, once the rows are drawn."""
        async with self._drawing:
            if self.display and not self.go_to_next_open():
                for row in self.query(FieldRow):
                    row.query_one(Input).focus()
                    break

    def _mark(self, row: FieldRow, field: FormField, view: CaseView) -> None:
        """Say in the row which rule over several fields fails, or which answers may be chosen."""
        broken = [rule.message for rule in view.readiness.rules if place_of(rule) == field.id]
        is_wanting = any(problem.field.id == field.id for problem in view.readiness.fields)
        if broken:
            row.mark(Text("\n".join(f"✘ {printable(words)}" for words in broken), Style(color=RED)))
        elif field.kind is FieldKind.CHOICE and is_wanting and not row.text:
            row.mark(Text(choice_words(field), Style(color=QUIET)))

    def go_to_next_open(self, after: FieldRow | None = None, *, view: CaseView | None = None) -> bool:
        """Put the cursor on the next field that wants eyes or typing; False when none does.

        Args:
            after: the row to begin behind.
            view: what to go by where it is newer than what is shown, as rows are drawn a moment later.
        """
        view = view or self._view
        if view is None:
            return False
        wanting = wanting_eyes(view)
        rows = [row for row in self.query(FieldRow) if row.is_mounted]
        start = rows.index(after) + 1 if after in rows else 0
        for row in (*rows[start:], *rows[:start]):
            if (row.field in wanting or row.is_typed) and row is not after:
                row.query_one(Input).focus()
                return True
        return False

    @on(FieldRow.Left)
    def _settle(self, event: FieldRow.Left) -> None:
        event.stop()
        row = event.row
        proposed = row.value if row.value is not None and row.value.confirmed_by is None else None
        if event.typed:
            row.settle()
            self.post_message(self.Typed(row.field, self._chosen(row.field, event.text)))
        elif proposed is not None and row.text:
            self.post_message(self.Confirmed(row.field, proposed.value))
        if not self.go_to_next_open(row):
            self._take_sure(besides=row.field)
            self.post_message(self.Finished())

    def _take_sure(self, *, besides: str) -> None:
        """Take every value over that was read surely and that nobody has touched."""
        rows = {row.field: row for row in self.query(FieldRow)}
        for name in sure_readings(self._view) if self._view else ():
            row = rows.get(name)
            if row is not None and row.value is not None and not row.is_typed and name != besides:
                self.post_message(self.Confirmed(name, row.value.value))

    def _chosen(self, name: str, text: str) -> str:
        """Return the answer that a typed digit stands for, as shown beside the field; else the text."""
        fields = self._view.fields if self._view else ()
        choices = next((f.choices for f in fields if f.id == name and f.kind is FieldKind.CHOICE), ())
        digit = text.strip()
        if digit in choices or not (digit.isascii() and digit.isdigit()):
            return text
        return choices[int(digit) - 1] if 1 <= int(digit) <= len(choices) else text


def by_section(layout: FormLayout, fields: Sequence[FormField]) -> tuple[FormField, ...]:
    """Return the fields in the order of the form's sections, within a section as the item lists them."""
    order = {section.id: place for place, section in enumerate(layout.sections)}

    def place(field: FormField) -> int:
        section = section_of(layout, field)
        return order[section.id] if section else 0

    return tuple(sorted(fields, key=place))


def sure_readings(view: CaseView) -> tuple[str, ...]:
    """Return the fields of which only a person's word is missing, their values being read surely."""
    unconfirmed = (p.field.id for p in view.readiness.fields if p.problems == (UNCONFIRMED,))
    shown = view.fields_shown
    return tuple(
        name for name in unconfirmed if shown[name].origin is Origin.OCR and not wants_eyes(shown[name])
    )


def wanting_eyes(view: CaseView) -> frozenset[str]:
    """Return the fields that bar receiving and that somebody has to look at or to type."""
    barring = {problem.field.id for problem in view.readiness.fields} - set(sure_readings(view))
    return frozenset(barring | {place_of(rule) for rule in view.readiness.rules})


def place_of(rule: FieldRule) -> str:
    """Return the field in whose row a broken rule is told: the last one, where typing ends."""
    return rule.fields[-1]


def choice_words(field: FormField) -> str:
    """Return the answers with the digits that choose them."""
    return "  ".join(f"{digit} {printable(choice)}" for digit, choice in enumerate(field.choices, 1))


def _rows(layout: FormLayout, fields: Sequence[FormField]) -> list[Widget]:
    """Return a row a field, and a heading before each section where there is more than one."""
    titles = [section.title if (section := section_of(layout, field)) else "" for field in fields]
    has_headings = len(set(titles)) > 1
    rows: list[Widget] = []
    for number, (field, title) in enumerate(zip(fields, titles, strict=True)):
        if has_headings and (number == 0 or title != titles[number - 1]):
            rows.append(Static(printable(title), classes="section", markup=False))
        rows.append(FieldRow(field.id, field.title, max_length=field.max_length))
    return rows
