"""The one notice (一次性告知): everything that is wrong is shown first, and any line can be given words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

from rich.style import Style
from rich.text import Text
from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from workstation.domain.case import Defect
from workstation.domain.checklist import ChecklistLine
from workstation.i18n import _
from workstation.services.defects import in_words, of_line
from workstation.tui.screens.dialogs import TextDialog
from workstation.tui.theme import GREEN, QUIET, RED


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the dialog: a defect, a line without one, or neither for what belongs to no line."""

    defect: Defect | None = None
    line: ChecklistLine | None = None

    @property
    def title(self) -> str:
        """What it is about."""
        if self.defect is not None:
            return self.defect.material
        return self.line.material.title if self.line else _("其他")


class CorrectionDialog(ModalScreen[tuple[Defect, ...] | None]):
    """Shows the defects found, takes more in words, and gives all of them back; None when given up."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "取消", id="correction.no", show=False),
        Binding("f10", "issue", "出具", id="correction.issue", show=False),
        Binding("delete", "leave_out", "不列", id="correction.without", show=False),
    ]

    def __init__(self, found: Sequence[Defect], lines: Sequence[ChecklistLine]) -> None:
        """Show what was found; `lines` are all lines of the checklist."""
        super().__init__()
        self._lines = tuple(lines)
        self._found = list(found)
        self._missing = {line.material.title for line in lines if not line.done}
        self._rows: tuple[Row, ...] = ()

    def compose(self) -> ComposeResult:
        """Title, rule, lines, keys."""
        with Vertical(classes="dialog") as box:
            box.border_title = Content(_("一次性补正告知"))
            box.border_subtitle = _("回车 写明问题 · F10 出具告知书 · Esc 取消")
            yield Static(_("法律要求一次告知全部需补正的内容。将告知标有 ✘ 的各项:"), markup=False)
            yield Static("")
            yield OptionList(id="defects", markup=False)
            yield Static(
                _("缺少的材料一律列入; 表单项能当场填好的, 按 Del 不列入"), classes="quiet", markup=False
            )

    def on_mount(self) -> None:
        """Show the lines and take the cursor."""
        self._draw()
        self.query_one(OptionList).focus()

    def action_issue(self) -> None:
        """Give the defects back; a notice without one is refused by the service, with its reason."""
        self.dismiss(tuple(self._found))

    def action_leave_out(self) -> None:
        """Leave out what can be put right at once, or what the clerk added; a missing paper stays."""
        listing = self.query_one(OptionList)
        row = self._rows[listing.highlighted] if listing.highlighted is not None else Row()
        if row.defect is not None and row.title not in self._missing:
            self._found.remove(row.defect)
            self._draw()

    @on(OptionList.OptionSelected)
    def _chosen(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self._ask(self._rows[event.option_index])

    @work(exit_on_error=False)
    async def _ask(self, row: Row) -> None:
        """Take the words for one line; they stand in the place of what the program saw there."""
        answer = await self.app.push_screen_wait(
            TextDialog(row.title, _("写明哪里不合格, 申请人据此补正。"), _("问题, 如 照片不清晰"))
        )
        if answer is None:
            return
        if row.defect is not None:
            self._found[self._found.index(row.defect)] = replace(row.defect, problem=answer[0])
        else:
            self._found.append(of_line(row.line, answer[0]) if row.line else in_words(answer[0]))
        self._draw()

    def _draw(self) -> None:
        named = {defect.material_id for defect in self._found}
        fine = (Row(line=line) for line in self._lines if line.material.id not in named)
        self._rows = (*(Row(defect=defect) for defect in self._found), *fine, Row())
        listing = self.query_one(OptionList)
        kept = listing.highlighted or 0
        listing.clear_options()
        listing.add_options([Option(_words(row)) for row in self._rows])
        listing.highlighted = min(kept, len(self._rows) - 1)


def _words(row: Row) -> Text:
    if row.defect is not None:
        return _defect(row.defect)
    return _fine(row.line) if row.line is not None else Text(f"＋ {_('其他需补正的内容')}")


def _defect(defect: Defect) -> Text:
    text = Text("✘ ", Style(color=RED, bold=True), no_wrap=True, overflow="ellipsis")
    text.append(defect.material, Style(bold=True))
    return text.append(f"  {defect.problem}", Style(color=RED))


def _fine(line: ChecklistLine) -> Text:
    text = Text("✔ ", Style(color=GREEN), no_wrap=True, overflow="ellipsis")
    return text.append(line.material.title, Style(color=QUIET))
