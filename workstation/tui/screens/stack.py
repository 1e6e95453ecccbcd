"""A whole stack in one feed: what came, where it went, and what a person still has to place."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual import events, getters, on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.widgets import OptionList, Static

from workstation.domain.case import Case, Page
from workstation.i18n import N_, _
from workstation.services.sorting import StackReport
from workstation.services.view import CaseView
from workstation.tui.screens.base import fill
from workstation.tui.screens.dialogs import ChoiceDialog, ConfirmDialog
from workstation.tui.screens.page import PageScreen
from workstation.tui.screens.stack_feed import StackFeed
from workstation.tui.screens.stack_words import legend, rows, summary, target_lines
from workstation.tui.widgets.bars import Key
from workstation.tui.widgets.page_pane import PagePane

if TYPE_CHECKING:
    from workstation.tui.screens.case import CaseScreen


class StackScreen(StackFeed):
    """Feeds a stack as it opens; every page is safe before it is listed."""

    CSS_PATH = "stack.tcss"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (110, "-wide")]
    HELP = N_(
        "整叠扫描: 每份材料上面放它的封面页 (办件里按 F12 打印), 几件办件可以叠在一起, 一次放进进纸器。\n"
        "封面后面的页自动归入那件办件的那份材料; 没有封面的页进入待分拣, 一页不丢。\n"
        "回车 按建议归位; 数字或 M 给光标所在的页另选材料; Del 取出这一页; F5 看原件;\n"
        "F2 再进一叠; Esc 先停进纸, 再返回办件。"
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f2", "feed", "再进一叠", id="stack.feed"),
        Binding("f5", "view_page", "看原件", id="stack.view"),
        Binding("m", "place", "另选材料", id="stack.place"),
        Binding("delete", "remove", "取出", id="stack.remove"),
        Binding("escape", "leave", "返回", id="stack.leave", show=False),
    ]
    KEYS = (
        Key("F1", N_("帮助"), "help"),
        Key("F2", N_("再进一叠"), "feed"),
        Key(N_("回车"), N_("按建议归位"), "accept", main=True),
        Key("M", N_("另选材料"), "place"),
        Key("Del", N_("取出"), "remove"),
        Key("F5", N_("看原件"), "view_page"),
        Key("Esc", N_("返回"), "leave"),
    )

    listing = getters.query_one("#rows", OptionList)
    pane = getters.query_one("#pane", PagePane)

    def __init__(self, case_id: str) -> None:
        """Feed for the case on screen, whose tray takes what no cover speaks for."""
        super().__init__(case_id)
        self._view: CaseView | None = None

    def compose(self) -> ComposeResult:
        """Bars, the sentence, rows and the page beside them."""
        yield from self.compose_bars()
        yield Static("", id="summary", markup=False)
        with Horizontal(id="body"):
            with Vertical(id="list-box", classes="panel") as box:
                box.border_title = _("整叠扫描")
                yield OptionList(id="rows", markup=False)
                yield Static("", id="legend", markup=False)
            yield PagePane(id="pane")

    def on_mount(self) -> None:
        """Begin to feed at once."""
        super().on_mount()
        self.listing.focus()
        self.action_feed()

    def refresh_view(self) -> None:
        """Read again where everything lies."""
        fed, duplex = tuple(self.fed), self.duplex
        self._job(
            lambda: (
                self.desk.sorting.report(self.case_id, fed, duplex=duplex),
                self.desk.view(self.case_id),
            ),
            lambda both: self._show(*both),
        )

    def _show(self, report: StackReport, view: CaseView) -> None:
        self.report, self._view = report, view
        astray = {one.page.page_id: one.place.astray for one in self.fed if one.page and one.place.astray}
        self.query_one("#summary", Static).update(summary(report))
        fill(self.listing, rows(report, view, astray), Text(_("还没有进纸")))
        if self.listing.highlighted == 0:
            self.listing.action_first()
        self.query_one("#legend", Static).update(legend(report, view))
        self.tell_rest()
        self._show_page()

    @property
    def page(self) -> Page | None:
        """The page of the row under the cursor; of a material its first."""
        pages = self.pages
        return pages[0] if pages else None

    @property
    def pages(self) -> tuple[Page, ...]:
        """The pages the row under the cursor stands for."""
        report, row = self.report, self._row
        if report is None or not row:
            return ()
        if row.startswith("pile "):
            return report.piles[int(row.removeprefix("pile "))].pages
        every = (*report.tray, *(page for pile in report.piles for page in pile.pages))
        return tuple(page for page in every if page.page_id == row)

    @property
    def _row(self) -> str:
        place = self.listing.highlighted
        if place is None or place >= self.listing.option_count:
            return ""
        return self.listing.get_option_at_index(place).id or ""

    @property
    def _stray(self) -> Page | None:
        """The page of the tray under the cursor."""
        tray = self.report.tray if self.report else ()
        return next((page for page in tray if page.page_id == self._row), None)

    @on(OptionList.OptionHighlighted)
    def _follow(self, event: OptionList.OptionHighlighted) -> None:
        event.stop()
        self._show_page()

    def _show_page(self) -> None:
        page = self.page
        self.pane.show(page, f"{page.resolution_dpi} dpi" if page else "")
        self.refresh_bindings()

    def action_view_page(self) -> None:
        """Open the page in the system's viewer, or fill this terminal with it."""
        page, pages = self.page, self.pages
        if page is None:
            return

        def shown(by_viewer: bool) -> None:
            if by_viewer:
                self.say(_("已用看图程序打开"))
            else:
                captions = [f"{n}/{len(pages)}" for n in range(1, len(pages) + 1)]
                self.app.push_screen(PageScreen(pages, captions, 0))

        self.job(lambda: self.app.station.open_page(page), shown)

    # --- placing --------------------------------------------------------------------------------------

    @on(OptionList.OptionSelected)
    def _entered(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.action_accept()

    def action_accept(self) -> None:
        """Take every proposal at once; where there is none, say what the keys do."""
        proposals = self.report.proposals if self.report else {}
        if proposals:
            self._place(proposals)
        elif self.report is not None and self.report.tray:
            self.say(_("没有可以建议的材料"), _("给待分拣的页按数字选材料"), "warning")
        else:
            self.action_leave()

    def _place(self, slots: Mapping[str, str]) -> None:
        """Put pages into their lines, and have them looked at as what they are there."""

        def placed(_case: Case) -> None:
            for page_id in slots:
                self.look(self.case_id, page_id)
            self.say(_("已归位 {n} 面").format(n=len(slots)), _("可在办件里按 P 撤销"))
            self.refresh_view()

        self.job(lambda: self.desk.sorting.accept(self.case_id, slots), placed)

    def on_key(self, event: events.Key) -> None:
        """A digit gives the page under the cursor to the line with that number."""
        stray = self._stray
        if stray is None or self._view is None or not event.key.isdigit():
            return
        lines = target_lines(self._view)
        if 0 < int(event.key) <= len(lines):
            event.stop()
            self._place({stray.page_id: lines[int(event.key) - 1].material.id})

    @work(exit_on_error=False)
    async def action_place(self) -> None:
        """Ask for the line of the page under the cursor."""
        stray = self._stray
        if stray is None or self._view is None:
            return
        choices = [(line.material.id, line.material.title) for line in target_lines(self._view)]
        dialog = ChoiceDialog(_("归入哪份材料"), _("页面原样归入, 不用重扫。"), choices, numbered=True)
        slot = await self.app.push_screen_wait(dialog)
        if slot is not None:
            self._place({stray.page_id: slot})

    @work(exit_on_error=False)
    async def action_remove(self) -> None:
        """Take the page of the row out, once the clerk is sure."""
        page, case_id = self._removable, self._case_of_row
        if page is None:
            return
        dialog = ConfirmDialog(_("取出这一面?"), _("原图仍保留在加密存储中, 收件前可以撤销。"))
        if await self.app.push_screen_wait(dialog):
            self.job(
                lambda: self.desk.page_work.remove(case_id, page.page_id, why="stack"),
                lambda _case: self.refresh_view(),
            )

    @property
    def _removable(self) -> Page | None:
        """The page under the cursor where a row stands for one page."""
        return None if self._row.startswith("pile ") else self.page

    @property
    def _case_of_row(self) -> str:
        """The case in which the page under the cursor lies."""
        piles = self.report.piles if self.report else ()
        holding = (pile.case_id for pile in piles if self.page in pile.pages)
        return next(holding, self.case_id)

    def action_leave(self) -> None:
        """Stop a running feed, else go back; the gate goes on behind."""
        if self.feeding:
            self.say(_("正在停止, 等设备送完这一页…"))
            self.workers.cancel_group(self, "scan")
        else:
            self.dismiss(None)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Grey what the row does not allow."""
        allowed = {
            "feed": not self.feeding,
            "accept": bool(self.report and self.report.proposals),
            "place": self._stray is not None,
            "remove": self._removable is not None,
            "view_page": self.page is not None,
        }
        return True if not self.is_mounted or allowed.get(action, True) else None


def open_stack(screen: CaseScreen) -> None:
    """Feed a stack for the case on screen; what came for it is shown when the clerk is back."""
    screen.app.push_screen(
        StackScreen(screen.case_id),
        lambda _none: screen.job(lambda: screen.desk.view(screen.case_id), screen.show_view),
    )
