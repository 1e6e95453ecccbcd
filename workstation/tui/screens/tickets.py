"""Calling numbers: who is at the window, who waits, and the next key."""

from __future__ import annotations

from typing import ClassVar

from rich.style import Style
from rich.text import Text
from textual import getters, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from workstation.domain.case import Case
from workstation.domain.clock import CHINA
from workstation.domain.tickets import Lane, Ticket, TicketState
from workstation.i18n import N_, _
from workstation.services.tickets import TicketBoard
from workstation.tui.cells import fit
from workstation.tui.screens.base import WorkScreen, fill
from workstation.tui.screens.case import CaseScreen
from workstation.tui.screens.dialogs import ChoiceDialog, TextDialog
from workstation.tui.screens.picker import ItemPicker
from workstation.tui.theme import AMBER, BLUE, GREEN, QUIET
from workstation.tui.widgets.bars import Key

LANE_WORDS = {
    Lane.LOCAL: N_("本街道办理"),
    Lane.COLLECT_FOR_HOME: N_("异地代收代办"),
    Lane.JOINT: N_("多地联办"),
    Lane.BOOKED: N_("预约或网上预审"),
}


class TicketScreen(WorkScreen[None]):
    """The numbers of today."""

    CSS_PATH = "tickets.tcss"
    HELP = N_(
        "F2 给来人取号 (有预约的选「预约」再录入编号), F3 叫下一位, 人到了按回车开始办理, "
        "有预约的直接打开所约事项。\n"
        "没到按 F4 过号, 再叫一遍按 F5; 过号的人回来时, 光标移到该号再按 F5。"
        "只是咨询、不用办件的按 F7 完成。\n"
        "预约到点优先, 其余按取号先后。号码每天从头开始; 取号、叫号、到窗、完成的时间都会记下。"
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f2", "take", "取号", id="tickets.take"),
        Binding("f3", "call_next", "叫下一位", id="tickets.next"),
        Binding("f4", "skip", "过号", id="tickets.skip"),
        Binding("f5", "recall", "重呼", id="tickets.recall"),
        Binding("f7", "finish", "完成", id="tickets.finish"),
        # Before the list takes it: Enter must answer when nobody waits, too.
        Binding("enter", "begin", "开始办理", id="tickets.begin", priority=True, show=False),
        Binding("escape", "dismiss(None)", "主屏", id="tickets.leave", show=False),
    ]
    KEYS = (
        Key("F1", N_("帮助"), "help"),
        Key("F2", N_("取号"), "take"),
        Key("F3", N_("叫下一位"), "call_next", main=True),
        Key("F4", N_("过号"), "skip"),
        Key("F5", N_("重呼"), "recall"),
        Key("F7", N_("完成"), "finish"),
        Key("Enter", N_("开始办理"), "begin"),
        Key("Esc", N_("主屏"), "dismiss"),
    )
    listing = getters.query_one("#numbers", OptionList)

    def __init__(self) -> None:
        """Start before the first look at the numbers."""
        super().__init__()
        self._board: TicketBoard | None = None

    def compose(self) -> ComposeResult:
        """Who is here, and the list of those who wait."""
        yield from self.compose_bars()
        with Horizontal(id="rooms"):
            with Vertical(id="here", classes="panel") as here:
                here.border_title = _("本窗口")
                yield Static("", id="present", markup=False)
            with Vertical(id="list-box", classes="panel") as box:
                box.border_title = _("等候")
                yield OptionList(id="numbers", markup=False)

    def on_mount(self) -> None:
        """Cursor into the list, so that Enter answers."""
        super().on_mount()
        self.listing.focus()

    def refresh_view(self) -> None:
        """Read the numbers again."""
        self._job(self.desk.tickets.board, self._show)

    def _show(self, board: TicketBoard) -> None:
        self._board = board
        self.query_one("#present", Static).update(present_text(board))
        options = [Option(ticket_text(t), id=t.ticket_id) for t in (*board.waiting, *board.skipped)]
        fill(self.listing, options, Text(_("没有人等候, F2 取号"), Style(color=QUIET)))
        self.query_one("#list-box").border_title = _("等候 {n}").format(n=len(board.waiting))
        self.refresh_bindings()

    # --- keys -----------------------------------------------------------------------------------------

    @work(exit_on_error=False)
    async def action_take(self) -> None:
        """Give a number: of a lane, or to somebody with a booking."""
        choices = [(lane.value, _(words)) for lane, words in LANE_WORDS.items()]
        body = _("按数字键选择办理方式。")
        chosen = await self.app.push_screen_wait(ChoiceDialog(_("取号"), body, choices, numbered=True))
        if chosen is None:
            return
        if Lane(chosen) is not Lane.BOOKED:
            self.job(lambda: self.desk.tickets.take(Lane(chosen)), self._taken)
            return
        answer = await self.app.push_screen_wait(
            TextDialog(_("预约取号"), self._expected(), _("预约号或预审号 (可扫码)"))
        )
        if answer is not None:
            self.job(lambda: self.desk.tickets.take_booked(answer[0]), self._taken)

    def _expected(self) -> str:
        """Name the bookings of the day that nobody has come with."""
        board = self._board
        if board is None or not board.bookings:
            return _("今天没有未到的预约。")
        shown = "\n".join(
            f"{one.booked_for.astimezone(CHINA):%H:%M}  {one.number}"
            for one in board.bookings[:8]
            if one.booked_for is not None
        )
        return _("今天未到的预约 {n} 个:\n{shown}").format(n=len(board.bookings), shown=shown)

    def _taken(self, ticket: Ticket) -> None:
        self.say(_("已取号 {number}").format(number=ticket.number), _("请告知来人在此等候叫号"))
        self.refresh_view()

    def action_call_next(self) -> None:
        """Call the next number; who sat here is finished by that."""
        self.job(self.desk.tickets.call_next, self._called)

    def action_recall(self) -> None:
        """Call again: the passed-over number under the cursor when nobody is called, else the called one."""
        board = self._board
        skipped = {ticket.ticket_id for ticket in board.skipped} if board else set()
        row = self.listing.highlighted
        under = self.listing.get_option_at_index(row).id if row is not None and skipped else None
        is_calling = board is not None and board.at_window is not None and board.at_window.state is _CALLED
        chosen = under if under in skipped and not is_calling else ""
        self.job(lambda: self.desk.tickets.recall(chosen or ""), self._called)

    def _called(self, ticket: Ticket) -> None:
        times = _(", 第 {n} 次").format(n=ticket.calls) if ticket.calls > 1 else ""
        self.say(
            _("请 {number} 到 {window}{times}").format(
                number=ticket.number, window=self.desk.profile.window_name, times=times
            ),
            _("人到了按回车开始办理, 没到按 F4 过号"),
        )
        self.refresh_view()

    def action_skip(self) -> None:
        """Pass over the called number."""
        self.job(self.desk.tickets.skip, self._skipped)

    def _skipped(self, ticket: Ticket) -> None:
        self.say(_("{number} 已过号").format(number=ticket.number), _("按 F3 叫下一位"))
        self.refresh_view()

    def action_finish(self) -> None:
        """Who sat here has gone."""
        self.job(self.desk.tickets.finish, self._finished)

    def _finished(self, ticket: Ticket) -> None:
        self.say(_("{number} 已完成").format(number=ticket.number), _("按 F3 叫下一位"))
        self.refresh_view()

    def action_begin(self) -> None:
        """The citizen has come: open the item booked, or let the clerk choose one."""
        present = self._board.at_window if self._board else None
        if present is not None and present.case_id:
            case_id = present.case_id
            self.job(lambda: self.desk.intake.resume(case_id), self._opened)
            return
        self.job(self._welcome, self._welcomed)

    def _welcome(self) -> str:
        """Stamp the arrival before the item is looked for: the time at the window starts now."""
        self.desk.tickets.greet()
        return self.desk.tickets.booked_item()

    def _welcomed(self, booked: str) -> None:
        self._choose(booked)

    @work(exit_on_error=False)
    async def _choose(self, booked: str) -> None:
        code = booked or None
        if code is None:
            code = await self.app.push_screen_wait(ItemPicker())
        if code is None:
            self.refresh_view()
        else:
            self.job(lambda: self.desk.tickets.begin(code), self._opened)

    def _opened(self, case: Case) -> None:
        self.app.push_screen(CaseScreen(case.case_id), self._left_case)

    def _left_case(self, wants_next: bool | None) -> None:
        if wants_next:
            self.action_call_next()
        else:
            self.job(self.desk.tickets.leave, lambda _none: self.refresh_view())

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Grey what the numbers do not allow now."""
        board = self._board
        present = board.at_window if board else None
        is_called = present is not None and present.state is _CALLED
        allowed = {
            "call_next": not is_called and board is not None and bool(board.waiting),
            "skip": is_called,
            "recall": is_called or (board is not None and bool(board.skipped)),
            "finish": present is not None and not is_called,
            "begin": present is not None,
        }
        return True if allowed.get(action, True) else None


_CALLED = TicketState.CALLED


def present_text(board: TicketBoard) -> Text:
    """Return who is at the window, and the figures of the day."""
    text = Text()
    ticket = board.at_window
    if ticket is None:
        text.append(_("窗口空闲\n"), Style(color=QUIET))
        text.append(_("F3 叫下一位\n") if board.waiting else _("没有人等候\n"), Style(color=QUIET))
    else:
        is_called = ticket.state is _CALLED
        colour = AMBER if is_called else GREEN
        text.append(f"{ticket.number}\n", Style(color=colour, bold=True))
        words = _("▲ 已叫号, 等人来") if is_called else _("● 办理中")
        text.append(f"{words}\n", Style(color=colour))
        text.append(f"{_(LANE_WORDS[ticket.lane])}\n")
        if ticket.booking:
            text.append(_("预约 {number}\n").format(number=ticket.booking))
        text.append(_("回车 开始办理\n") if not ticket.case_id else _("回车 继续办理\n"), Style(color=BLUE))
    text.append("\n")
    text.append(_("今天完成 {n} 个").format(n=board.finished), Style(color=QUIET))
    if board.wait_s is not None:
        text.append(_("\n平均等候 {n} 分钟").format(n=round(board.wait_s / 60)), Style(color=QUIET))
    if board.bookings:
        text.append(_("\n未到的预约 {n} 个").format(n=len(board.bookings)), Style(color=QUIET))
    return text


def ticket_text(ticket: Ticket) -> Text:
    """Return one number of the list."""
    is_skipped = ticket.state is TicketState.SKIPPED
    text = Text(no_wrap=True, overflow="ellipsis")
    text.append(fit(ticket.number, 6), Style(color=QUIET if is_skipped else BLUE, bold=True))
    text.append(fit(_("过号") if is_skipped else _(LANE_WORDS[ticket.lane]), 16))
    text.append(
        _("{time} 取号").format(time=f"{ticket.taken_at.astimezone(CHINA):%H:%M}"), Style(color=QUIET)
    )
    if ticket.booked_for is not None:
        booked = f"{ticket.booked_for.astimezone(CHINA):%H:%M}"
        text.append(_("  约 {time}").format(time=booked), Style(color=AMBER))
    return text
