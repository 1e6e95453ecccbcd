"""Small typed questions; they hold no rules."""

from __future__ import annotations

from typing import ClassVar

from rich.style import Style
from rich.text import Text
from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Label, OptionList, Static
from textual.widgets.option_list import Option

from workstation.i18n import _
from workstation.tui.theme import QUIET


class ConfirmDialog(ModalScreen[bool]):
    """Yes or no; the safe answer has the cursor."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(False)", "取消", id="confirm.no", show=False),
        Binding("y", "dismiss(True)", "是", id="confirm.yes", show=False),
        Binding("n", "dismiss(False)", "否", id="confirm.not", show=False),
    ]

    def __init__(self, title: str, body: str, *, yes: str = "", no: str = "") -> None:
        """Ask `title`, explain with `body`."""
        super().__init__()
        self._title, self._body = title, body
        self._yes, self._no = yes or _("是"), no or _("否")

    def compose(self) -> ComposeResult:
        """Title, text, two answers."""
        with Vertical(classes="dialog") as box:
            box.border_title = Content(self._title)
            box.border_subtitle = _("按 Y 或 N · Esc 取消")
            yield Static(self._body, markup=False)
            yield Static("")
            yield OptionList(
                Option(f"N  {self._no}", id="no"),
                Option(f"Y  {self._yes}", id="yes"),
                id="answers",
                markup=False,
            )

    def on_mount(self) -> None:
        """Put the cursor on no."""
        answers = self.query_one(OptionList)
        answers.highlighted = 0
        answers.focus()

    @on(OptionList.OptionSelected)
    def _answered(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.dismiss(event.option_id == "yes")


class TextDialog(ModalScreen[tuple[str, ...] | None]):
    """One or more lines of text; None when given up."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "取消", id="text.no", show=False),
    ]

    def __init__(self, title: str, body: str, *labels: str) -> None:
        """Ask for one text per label; the first must not be empty."""
        super().__init__()
        self._title, self._body, self._labels = title, body, labels

    def compose(self) -> ComposeResult:
        """Title, text, inputs."""
        with Vertical(classes="dialog") as box:
            box.border_title = Content(self._title)
            yield Static(self._body, markup=False)
            yield Static("")
            for label in self._labels:
                yield Label(label, classes="quiet", markup=False)
                yield Input(max_length=500)
            yield Static(_("回车下一项, 最后一项回车确定, Esc 取消"), classes="quiet", markup=False)

    @on(Input.Submitted)
    def _next(self, event: Input.Submitted) -> None:
        event.stop()
        inputs = list(self.query(Input))
        position = inputs.index(event.input)
        if position + 1 < len(inputs):
            inputs[position + 1].focus()
        elif not inputs[0].value.strip():
            inputs[0].focus()
        else:
            self.dismiss(tuple(box.value.strip() for box in inputs))


class ChoiceDialog(ModalScreen[str | None]):
    """Choose one of several; None when given up."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "取消", id="choice.no", show=False),
    ]

    def __init__(
        self,
        title: str,
        body: str,
        choices: list[tuple[str, str]],
        *,
        start: str = "",
        numbered: bool = False,
    ) -> None:
        """Offer (id, text) pairs, with the cursor on the id `start`; a digit chooses a numbered one."""
        super().__init__()
        self._start = start
        self._title, self._body = title, body
        self._numbered = numbered
        self._choices = (
            [(key, f"{n}  {text}") for n, (key, text) in enumerate(choices, 1)] if numbered else choices
        )

    def compose(self) -> ComposeResult:
        """Title, text, choices."""
        with Vertical(classes="dialog") as box:
            box.border_title = Content(self._title)
            box.border_subtitle = _("↑↓ 选 · 回车 确定 · Esc 取消")
            yield Static(self._body, markup=False)
            yield Static("")
            yield OptionList(*(Option(Text(text), id=key) for key, text in self._choices), markup=False)

    def on_mount(self) -> None:
        """Cursor into the list."""
        choices = self.query_one(OptionList)
        ids = [key for key, _text in self._choices]
        choices.highlighted = ids.index(self._start) if self._start in ids else 0
        choices.focus()

    def on_key(self, event: events.Key) -> None:
        """A digit chooses the line with that number."""
        if self._numbered and event.key.isdigit() and 0 < int(event.key) <= len(self._choices):
            event.stop()
            self.dismiss(self._choices[int(event.key) - 1][0])

    @on(OptionList.OptionSelected)
    def _chosen(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.dismiss(event.option_id)


class NoticeDialog(ModalScreen[None]):
    """Something the clerk must have seen; any of Enter and Esc closes it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,enter", "dismiss(None)", "知道了", id="notice.close", show=False),
    ]

    def __init__(self, title: str, lines: list[tuple[str, str]]) -> None:
        """Show (label, words) lines."""
        super().__init__()
        self._title, self._lines = title, lines

    def compose(self) -> ComposeResult:
        """Title and lines."""
        text = Text()
        for label, words in self._lines:
            text.append(f"{label}  " if label else "", Style(color=QUIET))
            text.append(f"{words}\n")
        text.append(f"\n{_('回车继续')}", Style(color=QUIET))
        with VerticalScroll(classes="dialog", can_focus=True) as box:
            box.border_title = Content(self._title)
            yield Static(text)
