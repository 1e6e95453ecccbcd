"""One value to compare with the page: label, input, and what is known about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from rich.cells import cell_len
from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.message import Message
from textual.widgets import Input, Label, Static

from workstation.domain.case import Box, FieldValue
from workstation.i18n import N_
from workstation.tui.cells import printable
from workstation.tui.words import typed_lamp, value_lamp


class FieldRow(Horizontal):
    """A row that knows whether its text was proposed or typed; a proposal never replaces typed text."""

    DEFAULT_CSS = """
    FieldRow {
        height: auto; layout: grid; grid-size: 2; grid-columns: 12 1fr; grid-rows: 1 auto;
        Label { color: $quiet; }
        Input { width: 100%; }
        #lamp { padding-left: 1; height: auto; }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+z", "restore", N_("采用识别的值"), show=False, id="field.restore")
    ]

    @dataclass
    class Left(Message):
        """Enter was pressed: the value is meant."""

        row: FieldRow
        text: str
        typed: bool

        @property
        def control(self) -> FieldRow:
            """The row, for selectors."""
            return self.row

    @dataclass
    class Entered(Message):
        """The cursor came into the row."""

        row: FieldRow

    def __init__(self, name: str, title: str, *, max_length: int = 200) -> None:
        """Show `title` beside an empty input.

        Args:
            name: name of the value.
            title: what the clerk sees.
            max_length: most characters.
        """
        super().__init__(classes="field-row")
        self.field = name
        self.title_text = title
        self.value: FieldValue | None = None
        self.shown = ""
        self._lamp = self._drawn = Text()
        self._lamp_is_of = ""
        """The text the lamp speaks of."""
        self._max_length = max_length

    def compose(self) -> ComposeResult:
        """Label, input, lamp."""
        yield Label(self.title_text, markup=False)
        yield Input(max_length=self._max_length, select_on_focus=False)
        yield Static("")
        yield Static("", id="lamp")

    @property
    def text(self) -> str:
        """What stands in the input."""
        return self.query_one(Input).value

    @property
    def _known(self) -> str:
        return printable(self.value.value) if self.value else ""

    @property
    def is_typed(self) -> bool:
        """True when the clerk changed the text since it was shown."""
        return self.text != self.shown

    def show(self, value: FieldValue | None, *, locked: bool = False) -> None:
        """Show a stored value, unless the clerk is typing something else.

        What appears under the cursor is selected: the first key of a clerk who was about to type replaces it.
        """
        box = self.query_one(Input)
        self.value = value
        if not self.is_typed:
            self.shown = printable(value.value) if value else ""
            is_other = box.value != self.shown
            box.value = self.shown
            if is_other and box.has_focus:
                box.select_all()
        box.disabled = locked
        self._light(value_lamp(value), of=self._known)

    def mark(self, lamp: Text) -> None:
        """Show what is known about the present text; before it the whole text, if the input is too short."""
        self._light(lamp, of=self.text)

    def action_restore(self) -> None:
        """Take back what was typed: what was read or stored stands there again."""
        box = self.query_one(Input)
        self.shown = box.value = self._known
        box.cursor_position = len(box.value)

    def _light(self, lamp: Text, *, of: str) -> None:
        self._lamp, self._lamp_is_of = lamp, of
        self._draw_lamp()

    @on(Input.Changed)
    def _draw_lamp(self) -> None:
        box = self.query_one(Input)
        room = box.content_size.width
        whole = [printable(box.value)] if 0 < room <= cell_len(box.value) else []
        is_other = bool(self._known) and box.value != self._lamp_is_of
        lamp = typed_lamp(self.value) if self.value and is_other else self._lamp
        drawn = Text("\n").join([*map(Text, whole), lamp])
        if drawn != self._drawn:
            self._drawn = drawn
            self.query_one("#lamp", Static).update(drawn)

    def on_resize(self) -> None:
        """The input may have become long enough, or too short."""
        self._draw_lamp()

    @property
    def place(self) -> tuple[str, Box] | None:
        """Page and box the value was read from."""
        if self.value is None or self.value.page_id is None or self.value.box is None:
            return None
        return self.value.page_id, self.value.box

    def settle(self) -> None:
        """Take the present text as shown (it was stored)."""
        self.shown = self.text

    @on(Input.Submitted)
    def _leave(self, event: Input.Submitted) -> None:
        event.stop()
        self.post_message(self.Left(self, self.text, self.is_typed))

    def on_descendant_focus(self) -> None:
        """Tell the pane which part of the page belongs to this row."""
        self.post_message(self.Entered(self))
