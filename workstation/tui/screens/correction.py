"""The one notice (一次性告知): everything that is wrong is shown first, and any line can be given words."""

from __future__ import annotations

from collections.abc import Sequence
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

OTHER = "other"


class CorrectionDialog(ModalScreen[tuple[Defect, ...] | None]):
    """Shows the defects found, takes more in words, and gives all of them back; None when given up."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "取消", id="correction.no", show=False),
        Binding("f10", "issue", "出具", id="correction.issue", show=False),
    ]

    def __init__(self, found: Sequence[Defect], lines: Sequence[ChecklistLine]) -> None:
        """Show what was found; `lines` are all lines of the checklist."""
        super().__init__()
        self._found, self._lines = tuple(found), tuple(lines)
        self._said: dict[str, Defect] = {}
        """What the clerk put into words, by line; `OTHER` and a number for what belongs to none."""

    def compose(self) -> ComposeResult:
        """Title, rule, lines, keys."""
        with Vertical(classes="dialog") as box:
            box.border_title = Content(_("一次性补正告知"))
            box.border_subtitle = _("回车 写明问题 · F10 出具告知书 · Esc 取消")
            yield Static(_("法律要求一次告知全部需补正的内容。将告知标有 ✘ 的各项:"), markup=False)
            yield Static("")
            yield OptionList(id="defects", markup=False)

    def on_mount(self) -> None:
        """Show the lines and take the cursor."""
        self._draw()
        self.query_one(OptionList).focus()

    @property
    def defects(self) -> tuple[Defect, ...]:
        """Everything the notice will say: what was found, in the clerk's words where there are any."""
        said = {defect.material: defect for defect in self._said.values()}
        found = tuple(said.pop(defect.material, defect) for defect in self._found)
        others = (defect for defect in self._said.values() if defect.material not in _titles(self._found))
        return (*found, *others)

    def action_issue(self) -> None:
        """Give the defects back; a notice without one is refused by the service, with its reason."""
        self.dismiss(self.defects)

    @on(OptionList.OptionSelected)
    def _chosen(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self._ask(event.option_id or OTHER)

    @work(exit_on_error=False)
    async def _ask(self, key: str) -> None:
        """Take the words for one line; what the program saw itself stays when none are given."""
        title = next((line.material.title for line in self._lines if line.material.id == key), _("其他"))
        answer = await self.app.push_screen_wait(
            TextDialog(title, _("写明哪里不合格, 申请人据此补正。"), _("问题, 如 照片不清晰"))
        )
        if answer is None:
            return
        line = next((line for line in self._lines if line.material.id == key), None)
        if line is not None:
            self._said[key] = of_line(line, answer[0])
        else:
            self._said[f"{OTHER}{len(self._said)}"] = in_words(answer[0])
        self._draw()

    def _draw(self) -> None:
        listing = self.query_one(OptionList)
        kept = listing.highlighted
        defects = self.defects
        named = {defect.material_id for defect in defects}
        listing.clear_options()
        for place, defect in enumerate(defects):
            is_line = any(line.material.id == defect.material_id for line in self._lines)
            shown = defect.material_id not in {d.material_id for d in defects[:place]}
            listing.add_option(Option(_defect(defect), id=defect.material_id if is_line and shown else None))
        listing.add_options(
            [
                Option(_fine(line), id=line.material.id)
                for line in self._lines
                if line.material.id not in named
            ]
        )
        listing.add_option(Option(Text(f"＋ {_('其他需补正的内容')}"), id=OTHER))
        listing.highlighted = min(kept or 0, listing.option_count - 1)


def _titles(defects: Sequence[Defect]) -> frozenset[str]:
    return frozenset(defect.material for defect in defects)


def _defect(defect: Defect) -> Text:
    text = Text("✘ ", Style(color=RED, bold=True), no_wrap=True, overflow="ellipsis")
    text.append(defect.material, Style(bold=True))
    return text.append(f"  {defect.problem}", Style(color=RED))


def _fine(line: ChecklistLine) -> Text:
    text = Text("✔ ", Style(color=GREEN), no_wrap=True, overflow="ellipsis")
    return text.append(line.material.title, Style(color=QUIET))
