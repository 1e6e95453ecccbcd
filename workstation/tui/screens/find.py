"""Find a case again: by its number, the citizen's number or name, or the parcel something was posted in."""

from __future__ import annotations

from typing import ClassVar

from rich.style import Style
from rich.text import Text
from textual import getters, on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from workstation.domain.identity import mask_id_number
from workstation.i18n import _
from workstation.services.finding import SHORTEST, Found
from workstation.services.view import STATE_WORDS
from workstation.tui.cells import fit, printable
from workstation.tui.screens.base import station_app
from workstation.tui.theme import AMBER, QUIET

LONGEST_QUERY = 60


class FindDialog(ModalScreen[Found | None]):
    """Enter looks, Enter on a line opens it; a single hit is opened at once."""

    CSS_PATH = "find.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "取消", id="find.close", show=False),
        Binding("down", "to_hits", "到结果", id="find.down", show=False),
    ]
    app = getters.app(station_app())

    def __init__(self) -> None:
        """Start without hits."""
        super().__init__()
        self._found: dict[str, Found] = {}

    def compose(self) -> ComposeResult:
        """Input, hits, keys."""
        with Vertical(classes="dialog", id="find") as box:
            box.border_title = _("找件")
            box.border_subtitle = _("回车 查找并打开 · ↓ 选 · Esc 取消")
            yield Input(
                placeholder=_("办件编号、证件号码、姓名或邮件运单号"), id="query", max_length=LONGEST_QUERY
            )
            yield OptionList(id="hits", markup=False)
            yield Static("", id="nothing", markup=False)

    @on(Input.Submitted)
    def _asked(self, event: Input.Submitted) -> None:
        event.stop()
        self._look(event.value)

    @work(thread=True, exclusive=True, exit_on_error=False, group="find")
    def _look(self, text: str) -> None:
        found = self.app.station.desk.finder.find(text)
        self.app.call_from_thread(self._show, text.strip(), found)

    def _show(self, text: str, found: tuple[Found, ...]) -> None:
        if len(found) == 1:
            self.dismiss(found[0])
            return
        self._found = {one.case_id: one for one in found}
        hits = self.query_one("#hits", OptionList)
        hits.clear_options()
        hits.add_options([Option(_line(one), id=one.case_id) for one in found])
        short = _("请至少输入 {n} 个字").format(n=SHORTEST)
        none = _("没有找到 {text}; 核对号码, 或请申请人出示回执").format(text=_masked(text))
        self.query_one("#nothing", Static).update("" if found else short if len(text) < SHORTEST else none)
        if found:
            hits.highlighted = 0
            hits.focus()

    def action_to_hits(self) -> None:
        """Put the cursor into the hits."""
        if self._found:
            self.query_one("#hits", OptionList).focus()

    @on(OptionList.OptionSelected)
    def _chosen(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.dismiss(self._found.get(event.option_id or ""))


def _masked(text: str) -> str:
    return mask_id_number(text) if len(text) == 18 else printable(text)


def _line(one: Found) -> Text:
    text = Text(fit(printable(one.applicant) or "–", 8), no_wrap=True, overflow="ellipsis")
    text.append(f" {fit(one.title, 18)} ", Style(bold=True))
    text.append(f"{fit(_(STATE_WORDS[one.state]), 9)} ", Style(color=QUIET))
    if one.owes:
        text.append(_("待补 {n} 份 ").format(n=one.owes), Style(color=AMBER, bold=True))
    return text.append(one.number, Style(color=QUIET))
