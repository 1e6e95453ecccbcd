"""Small dialogs of tolerance: until when and how a paper follows, and how a supplement came."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from rich.style import Style
from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Label, OptionList, Static
from textual.widgets.option_list import Option

from workstation.domain.case import SupplementWay
from workstation.i18n import N_, _
from workstation.tui.theme import AMBER, GREEN, RED

WAY_WORDS = {
    SupplementWay.IN_PERSON: N_("到窗口当面补交"),
    SupplementWay.POST: N_("邮寄"),
    SupplementWay.SYSTEM: N_("通过系统上传"),
}
Condition = tuple[bool, str]
"""Whether it holds, and what it is in words."""


class ToleranceDialog(ModalScreen[tuple[date, SupplementWay] | None]):
    """Last day and way of what follows; None when given up. The rules are the service's."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "取消", id="tolerance.no", show=False),
    ]

    def __init__(self, material: str, conditions: list[Condition], *, today: date, cap: date) -> None:
        """Offer `cap` as the last day.

        Args:
            material: what follows.
            conditions: what tolerance asks for, each with whether it holds.
            today: the first day that may be agreed.
            cap: the last one, where the promised limit ends.
        """
        super().__init__()
        self._material, self._conditions = material, conditions
        self._today, self._cap = today, cap

    def compose(self) -> ComposeResult:
        """Title, conditions, day, way."""
        with Vertical(classes="dialog") as box:
            box.border_title = Content(_("容缺后补: {material}").format(material=self._material))
            box.border_subtitle = _("回车 下一项 · Esc 取消")
            yield Static(_condition_words(self._conditions), markup=False)
            yield Label(_("补交期限 (不晚于 {cap})").format(cap=self._cap), classes="quiet", markup=False)
            yield Input(value=self._cap.isoformat(), max_length=10, id="due")
            yield Static("", id="fault", markup=False)
            yield OptionList(*(Option(_(words), id=way.value) for way, words in WAY_WORDS.items()))

    def on_mount(self) -> None:
        """Cursor into the day, the first way chosen."""
        self.query_one(OptionList).highlighted = 0
        self.query_one("#due", Input).focus()

    @property
    def due(self) -> date | None:
        """The day typed, None while it is none that may be agreed."""
        try:
            day = date.fromisoformat(self.query_one("#due", Input).value.strip())
        except ValueError:
            return None
        return day if self._today <= day <= self._cap else None

    @on(Input.Submitted)
    def _day_given(self, event: Input.Submitted) -> None:
        event.stop()
        fault = ""
        if self.due is None:
            fault = _("请填 {today} 到 {cap} 之间的日期, 如 {cap}").format(today=self._today, cap=self._cap)
        self.query_one("#fault", Static).update(Text(fault, Style(color=RED)))
        if not fault:
            self.query_one(OptionList).focus()

    @on(OptionList.OptionSelected)
    def _way_given(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        due = self.due
        if due is None:
            self.query_one("#due", Input).focus()
        else:
            self.dismiss((due, SupplementWay(event.option_id or "")))


def _condition_words(conditions: list[Condition]) -> Text:
    text = Text(_("申请人书面承诺按期补交; 补齐前不发结果, 逾期可以终止办理。"))
    for holds, words in conditions:
        text.append("\n✔ " if holds else "\n! ", Style(color=GREEN if holds else AMBER, bold=True))
        text.append(words)
    return text.append("\n")
