"""Step four: the application form, pre-filled; eyes go to the doubtful values only."""

from __future__ import annotations

from dataclasses import dataclass

from textual import on
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.message import Message
from textual.widgets import Input, Static

from workstation.i18n import _
from workstation.services.view import CaseView
from workstation.tui.widgets.field_row import FieldRow


class FormStep(VerticalScroll):
    """One row a field; Enter confirms what stands there and goes to the next that wants eyes."""

    @dataclass
    class Typed(Message):
        """A value was typed."""

        field: str
        text: str

    @dataclass
    class Confirmed(Message):
        """A proposed value was compared and taken."""

        field: str

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

    def compose(self) -> ComposeResult:
        """Rows come with the first view."""
        yield Static(_("本情形没有需要填写的表单"), id="no-fields", classes="quiet", markup=False)

    async def show(self, view: CaseView) -> None:
        """Show the fields the answers ask for."""
        self._view = view
        names = tuple(field.id for field in view.fields)
        if names != self._rows:
            self._rows = names
            await self.query(FieldRow).remove()
            rows = [FieldRow(f.id, f.title, max_length=f.max_length) for f in view.fields]
            await self.mount_all(rows)
        self.query_one("#no-fields").display = not names
        for row in self.query(FieldRow):
            row.show(view.case.fields.get(row.field), locked=view.case.is_sealed)

    def go_to_next_open(self, after: FieldRow | None = None) -> bool:
        """Put the cursor on the next field that bars receiving; False when none does."""
        if self._view is None:
            return False
        wanting = {problem.field.id for problem in self._view.readiness.fields}
        rows = list(self.query(FieldRow))
        start = rows.index(after) + 1 if after in rows else 0
        for row in (*rows[start:], *rows[:start]):
            if row.field in wanting and row is not after:
                row.query_one(Input).focus()
                return True
        return False

    @on(FieldRow.Left)
    def _settle(self, event: FieldRow.Left) -> None:
        event.stop()
        row = event.row
        is_proposed = row.value is not None and row.value.confirmed_by is None and bool(row.text)
        if event.typed:
            row.settle()
            self.post_message(self.Typed(row.field, event.text))
        elif is_proposed:
            self.post_message(self.Confirmed(row.field))
        if not self.go_to_next_open(row):
            self.post_message(self.Finished())
