"""Working on the pages of a case: turn, cut, put in order, move, split, join; all of it can be undone."""

from __future__ import annotations

from typing import ClassVar

from rich.style import Style
from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.widgets import OptionList, Static

from workstation.domain.case import Finding, Page
from workstation.domain.facts import MENDED
from workstation.i18n import N_, _, listed
from workstation.services.view import CaseView
from workstation.tui.fault_words import fault_words, remedy_words
from workstation.tui.screens.case_words import head
from workstation.tui.screens.page_tools import PageTools
from workstation.tui.theme import AMBER, GREEN, QUIET
from workstation.tui.widgets.bars import Key, KeyBar, NoticeLine, StatusBar
from workstation.tui.widgets.page_pane import PagePane
from workstation.tui.widgets.page_strip import PageStrip, StripGroup, size_words

PAGE_KEYS = (
    Key(", .", N_("转向"), "turn"),
    Key("U", N_("倒转"), "upside_down"),
    Key("C", N_("裁切"), "cut"),
    Key("A", N_("重新找页"), "find_again"),
    Key("W", N_("整图"), "whole"),
    Key("S", N_("拆开"), "split"),
    Key("J", N_("并页"), "join"),
    Key("K", N_("保留"), "keep"),
    Key("Del", N_("删去"), "remove"),
)
"""What is done to the page under the cursor."""
PLACE_KEYS = (
    Key("F1", N_("帮助"), "help"),
    Key("- +", N_("页序"), "shift"),
    Key("M", N_("移到"), "move"),
    Key("T", N_("取来"), "fetch"),
    Key("I", N_("插扫"), "insert"),
    Key("R", N_("重扫"), "again"),
    Key("^Z", N_("撤销"), "undo"),
    Key("^Y", N_("重做"), "redo"),
    Key("F5", N_("看图"), "view_page"),
    Key("Esc", N_("返回"), "leave", main=True),
)
"""Where pages lie, and the way back."""


class PageWorkScreen(PageTools):
    """The pages on the left, the one under the cursor large on the right."""

    CSS_PATH = "page_work.tcss"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (110, "-wide")]
    HELP = N_(
        "整理页面: 上下键选页, 其他材料、托盘和拿掉的页列在下面。\n"
        "逗号、句号 (或方括号) 向左、向右转; U 倒转; C 裁切; A 让程序重新找页边; W 用整张图;\n"
        "减号、加号 (或 Alt+上下键) 调页序; M 移到别的材料, T 把光标所在的页取到本材料;\n"
        "I 扫一页插在这页前面; R 重扫这一页; S 把一面两证拆成两页; J 与下一页并到一张 A4;\n"
        "K 有疑点仍保留 (写理由); Del 拿掉这一页。封装以前都可以撤销 (Ctrl+Z) 和重做 (Ctrl+Y)。\n"
        "F5 用看图程序打开; 回车或 Esc 返回办件。原图始终不变。"
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("comma,left_square_bracket", "turn(-1)", "左转", id="pages.left"),
        Binding("full_stop,right_square_bracket", "turn(1)", "右转", id="pages.right"),
        Binding("u,U", "upside_down", "倒转", id="pages.over"),
        Binding("c,C", "cut", "裁切", id="pages.cut"),
        Binding("a,A", "find_again", "重新找页", id="pages.find"),
        Binding("w,W", "whole", "整图", id="pages.whole"),
        Binding("s,S", "split", "拆开", id="pages.split"),
        Binding("j,J", "join", "并页", id="pages.join"),
        Binding("k,K", "keep", "保留", id="pages.keep"),
        Binding("delete", "remove", "删去", id="pages.remove"),
        Binding("minus,alt+up", "shift(-1)", "前移", id="pages.up"),
        Binding("plus,equals_sign,alt+down", "shift(1)", "后移", id="pages.down"),
        Binding("m,M", "move", "移到", id="pages.move"),
        Binding("t,T", "fetch", "取来", id="pages.fetch"),
        Binding("i,I", "insert", "插扫", id="pages.insert"),
        Binding("r,R", "again", "重扫", id="pages.again"),
        Binding("ctrl+z", "undo", "撤销", id="pages.undo"),
        Binding("ctrl+y", "redo", "重做", id="pages.redo"),
        Binding("f5", "view_page", "看图", id="pages.view"),
        Binding("escape", "leave", "返回", id="pages.leave"),
    ]
    KEYS = PAGE_KEYS

    def __init__(self, case_id: str, slot: str, start: str = "") -> None:
        """Work on the pages of `slot` first of all; `start` is the id of the page under the cursor."""
        super().__init__(case_id, slot)
        self.wanted = start

    def compose(self) -> ComposeResult:
        """Bars, head, pages, the page and what was found on it."""
        yield StatusBar()
        with Vertical(id="foot"):
            yield NoticeLine()
            yield KeyBar()
            yield KeyBar(id="places")
        yield Static("", id="head", markup=False)
        with Horizontal(id="body"):
            with Vertical(classes="panel", id="pages") as box:
                box.border_title = _("页面")
                yield PageStrip(id="strip")
            with Vertical(id="shown"):
                yield PagePane(id="pane")
                yield Static("", id="found", markup=False)

    def on_mount(self) -> None:
        """The second line of keys, and the case."""
        keys = tuple(Key(k.key, _(k.label), k.action, k.main) for k in PLACE_KEYS)
        self.query_one("#places", KeyBar).keys = keys
        self.strip.focus()
        self._job(lambda: self.desk.view(self.case_id), self.show_view)

    # --- showing --------------------------------------------------------------------------------------

    def show_view(self, view: CaseView) -> None:
        """Show all that follows from the case."""
        self.view = view
        self.query_one("#head", Static).update(head(view))
        self.strip.show(view.case, self._groups(view), self.wanted)
        self.wanted = ""
        self._follow()
        work = self.desk.page_work
        self._job(lambda: (work.history(self.case_id), work.ahead(self.case_id)), self._take_history)

    def _take_history(self, steps: tuple[tuple[str, ...], tuple[str, ...]]) -> None:
        self.done, self.ahead = steps
        self.refresh_bindings()

    def _groups(self, view: CaseView) -> list[StripGroup]:
        """Return the material worked on, then whatever else holds pages."""
        titles = {line.material.id: line.material.title for line in view.checklist.lines}
        titles |= {waiting.slot: f"{waiting.title} ({_('托盘')})" for waiting in view.checklist.tray}
        order = [self.home, *(slot for slot in titles if slot != self.home)]
        groups = [
            StripGroup(slot, titles.get(slot, slot), view.case.slot(slot).pages)
            for slot in order
            if view.case.slot(slot).pages or slot == self.home
        ]
        return [*groups, StripGroup("", _("拿掉的"), view.case.binned)] if view.case.binned else groups

    @on(OptionList.OptionHighlighted, "#strip")
    def _follow_cursor(self, event: OptionList.OptionHighlighted) -> None:
        event.stop()
        self._follow()

    def _follow(self) -> None:
        """Show the page under the cursor and what is known about it."""
        place = self.place
        self.page = place[1] if place else None
        if place is None:
            self.pane.show(None, next_key=self._scan_words())
        else:
            self.pane.show(place[1], self.title_of(*place))
        self.query_one("#found", Static).update(self._found(place[1]) if place else "")
        self.refresh_bindings()

    def _found(self, page: Page) -> Text:
        """Return what the gate found on a page, and what to do about it."""
        text = Text(no_wrap=True, overflow="ellipsis")
        for finding in self._open(page):
            text.append(f"! {fault_words(finding)}: ", Style(color=AMBER, bold=True))
            text.append(f"{remedy_words(finding)}\n")
        for finding in (finding for finding in page.findings if not finding.open):
            text.append(f"✔ {_settled(finding)}\n", Style(color=GREEN))
        if not page.checked:
            text.append(_("· 还没有检查过"), Style(color=QUIET))
        elif not text:
            text.append(_("✔ 没有发现问题"), Style(color=GREEN))
        text.rstrip()
        return text

    def title_of(self, slot: str, page: Page) -> str:
        """Name a page, with its size."""
        name = self._caption(slot, page) if slot else _("拿掉的 · {dpi} dpi").format(dpi=page.resolution_dpi)
        return _("{name} · {size} 毫米").format(name=name, size=size_words(page))

    def tell_findings(self, slot: str) -> bool:
        """Say what is open about the slot's first faulty page, with the keys of this screen."""
        page = self.faulty_page(slot)
        if page is None or self.view is None:
            return False
        number = self.view.case.slot(slot).pages.index(page) + 1
        faults = listed(map(fault_words, self._open(page)))
        keys = _("R 重扫, K 保留, Del 删去")
        what = _("第 {n} 页: {faults}").format(n=number, faults=faults)
        self.say(what, f"{remedy_words(self._open(page)[0])}; {keys}", "warning")
        return True

    # --- keys -----------------------------------------------------------------------------------------

    @on(OptionList.OptionSelected, "#strip")
    def _leave_by_enter(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.action_leave()

    def action_leave(self) -> None:
        """Stop a running scan, else back to the case."""
        if not self.stop_scan():
            # Behind the works whose keys were pressed before: none of them is cut off.
            self._job(lambda: None, lambda _none: self.dismiss(False))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Grey what the page under the cursor, or the case, does not allow now."""
        if self.view is None:
            return True if action in ("leave", "help") else None
        slot, page = self.place or (self.home, None)
        lies = page is not None and bool(slot) and self.view.case.may_fill(slot)
        scans = not self.scanning and bool(self.current_slot) and self.view.case.may_fill(self.current_slot)
        on_page = ("turn", "upside_down", "cut", "find_again", "whole", "split", "remove")
        allowed = dict.fromkeys(on_page, lies) | {
            "join": lies and self.neighbour(1) is not None,
            "shift": lies and any(self.neighbour(way) for way in _ways(parameters)),
            "move": (lies or not slot) and bool(self.targets()),
            "fetch": (lies or not slot) and self.home in self.targets(),
            "keep": lies and page is not None and bool(self._open(page)),
            "insert": scans,
            "again": scans and lies,
            "undo": bool(self.done),
            "redo": bool(self.ahead),
            "view_page": page is not None,
        }
        return True if allowed.get(action, True) else None


def _ways(parameters: tuple[object, ...]) -> tuple[int, ...]:
    """Return the ways a key moves a page; the bar, which names none, means both."""
    return tuple(way for way in parameters if isinstance(way, int)) or (-1, 1)


def _settled(finding: Finding) -> str:
    """Say how a finding was settled: by the program, or by a clerk's word."""
    if finding.settled_by == MENDED:
        return _("已自动转正")
    return _("{fault}, 经 {clerk} 核看保留").format(fault=fault_words(finding), clerk=finding.settled_by)
