"""Home: today's cases, the queue with its reasons, and what came back from the back office."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from rich.style import Style
from rich.text import Text
from textual import getters, on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from workstation.domain.case import Case
from workstation.i18n import N_, _
from workstation.services.balance import Balance
from workstation.services.messages import MessageLine
from workstation.services.overview import Overview, overview
from workstation.services.pack_updates import Trouble
from workstation.services.people_errors import ReasonNeeded
from workstation.services.staff_recovery import Recovered
from workstation.texts import words
from workstation.tui.screens.base import WorkScreen, fill
from workstation.tui.screens.case import CaseScreen
from workstation.tui.screens.courier import CourierScreen
from workstation.tui.screens.dialogs import ConfirmDialog, NoticeDialog, TextDialog
from workstation.tui.screens.find import FindDialog
from workstation.tui.screens.home_words import (
    WIDE,
    balance_lines,
    case_text,
    message_text,
    more_lines,
    no_cases,
    no_queue,
    recovery_words,
    refusal_words,
    tiles_text,
)
from workstation.tui.screens.picker import ItemPicker
from workstation.tui.screens.queue import QueueScreen, queue_text
from workstation.tui.screens.tickets import TicketScreen
from workstation.tui.theme import QUIET
from workstation.tui.widgets.bars import Key, NoticeLine


class HomeScreen(WorkScreen[None]):
    """Where the clerk is between two citizens."""

    CSS_PATH = "home.tcss"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (WIDE, "-wide")]
    HELP = N_(
        "F2 办理新件: 选事项后按步骤办理; F3 叫号。左边是在办的件, 红灯和黄灯在前, 回车打开。\n"
        "右边是发送队列和后台消息, Tab 换栏; 断网时照常收件, 联网后自动发送, 每一条都写明原因和下一步。\n"
        "F7 找件: 按编号、证件号码、姓名或邮件运单号。\n"
        "后台消息按回车打开它的办件, 并记为已读; 未读的有 ● 标记。"
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f2", "new_case", "办新件", id="home.new"),
        Binding("f3", "tickets", "叫号", id="home.tickets"),
        Binding("f4", "open_case", "打开", id="home.open"),
        Binding("f5", "queue", "队列", id="home.queue"),
        Binding("f6", "courier", "邮袋", id="home.courier"),
        Binding("f7", "find", "找件", id="home.find"),
        Binding("f8", "balance", "日结", id="home.balance"),
        Binding("f10", "quit_program", "退出", id="home.quit"),
    ]
    KEYS = (
        Key("F1", N_("帮助"), "help"),
        Key("F2", N_("办新件"), "new_case", main=True),
        Key("F3", N_("叫号"), "tickets"),
        Key("F4", N_("打开"), "open_case"),
        Key("F5", N_("队列"), "queue"),
        Key("F6", N_("邮袋"), "courier"),
        Key("F7", N_("找件"), "find"),
        Key("F8", N_("日结"), "balance"),
        Key("F10", N_("退出"), "quit_program"),
    )
    cases = getters.query_one("#cases", OptionList)
    queue_lines = getters.query_one("#queue-lines", OptionList)
    message_lines = getters.query_one("#message-lines", OptionList)

    def __init__(self) -> None:
        """Start before the first look at the facts."""
        super().__init__()
        self._messages: dict[str, MessageLine] = {}
        self._told: Trouble | None = None

    def compose(self) -> ComposeResult:
        """Tiles, cases, queue, messages."""
        yield from self.compose_bars()
        yield Static("", id="tiles", markup=False)
        with Horizontal(id="boards"):
            with Vertical(id="left", classes="panel") as left:
                left.border_title = _("在办")
                left.border_subtitle = _("回车 打开 · Tab 换栏")
                yield OptionList(id="cases", markup=False)
            with Vertical(id="right"):
                with Vertical(id="queue", classes="panel") as queue:
                    queue.border_title = _("队列 · 按法定期限排序")
                    queue.border_subtitle = _("回车 看这一件的经过")
                    yield OptionList(id="queue-lines", markup=False)
                with Vertical(id="messages", classes="panel") as messages:
                    messages.border_title = _("后台消息")
                    messages.border_subtitle = _("回车 打开办件")
                    yield OptionList(id="message-lines", markup=False)

    def on_mount(self) -> None:
        """Show today, and what was recovered when the last run ended badly."""
        super().on_mount()
        self.cases.focus()
        recovery = self.app.station.recovery
        words = recovery_words(recovery)
        if recovery.interrupted_sends or recovery.orphan_pages:
            self.call_after_refresh(self.say, words, _("没有丢失已确认的页和办件"), "warning")
        elif words:
            self.call_after_refresh(self.say, words)
        refused = self.desk.catalogue.refused
        if refused:
            self.call_after_refresh(self.say, *refusal_words(*refused[0]), "error")
        self._job(self.desk.recovered, self._tell_recovered)
        self._job(self.desk.silence.news, self._tell_silence)

    def _tell_recovered(self, recovered: Recovered | None) -> None:
        """Say to everybody who signs in that a manager's PIN was set by the recovery key."""
        if recovered is not None:
            todo = _("如非本单位所为, 请立即报告; 记录见 workstation audit show")
            self.call_after_refresh(self.say, recovered.words, todo, "warning")

    def _tell_silence(self, news: str) -> None:
        """Say where nobody answered in time; what was recovered stays in sight before it."""
        if news and not self.query_one(NoticeLine).what:
            self.say(news, _("打开办件可看期限"), "warning")

    def refresh_view(self) -> None:
        """Gather the facts again."""
        self._gather(self._show)

    def on_line_changed(self) -> None:
        """Something was sent or came back."""
        self.refresh_view()

    def _gather(self, then: Callable[[Overview], None]) -> None:
        desk = self.desk

        def look() -> Overview:
            desk.packs.take_over()
            return overview(desk)

        self._job(look, then)

    def _show(self, facts: Overview) -> None:
        self._tell_trouble(facts.pack_trouble)
        self.query_one("#tiles", Static).update(tiles_text(facts, self.size.width))
        self._messages = {line.change.change_id: line for line in facts.messages}
        wide = self.size.width >= WIDE
        cases = [Option(case_text(line, wide=wide), id=line.case_id) for line in facts.cases]
        fill(self.cases, [*cases, *more_lines(facts.cases_in_hand - len(cases), "F7")], no_cases())
        queued = [Option(queue_text(q), id=q.line.bundle_id) for q in facts.queue]
        fill(self.queue_lines, [*queued, *more_lines(facts.waiting - len(queued), "F5")], no_queue())
        messages = [Option(message_text(line), id=key) for key, line in self._messages.items()]
        fill(self.message_lines, messages, Text(_("还没有消息"), Style(color=QUIET)))
        in_hand = _("在办 {n}").format(n=facts.cases_in_hand)
        self.query_one("#left").border_title = " · ".join(part for part in (in_hand, facts.lamps) if part)
        unread = sum(not line.is_read for line in facts.messages)
        title = _("后台消息 · 未读 {n}").format(n=unread) if unread else _("后台消息")
        self.query_one("#messages").border_title = title

    def _tell_trouble(self, trouble: Trouble | None) -> None:
        """Say once why an announced pack is not used."""
        if trouble is not None and trouble != self._told:
            message = words(trouble.code, trouble.details)
            self.say(message.what, message.todo, "error")
        self._told = trouble

    # --- keys -----------------------------------------------------------------------------------------

    @work(exit_on_error=False)
    async def action_new_case(self) -> None:
        """Choose an item and open a case for it."""
        code = await self.app.push_screen_wait(ItemPicker())
        if code is not None:
            desk = self.desk
            self.job(lambda: desk.intake.open_case(desk.catalogue.item(code)), self._opened)

    def _opened(self, case: Case, parcel: str = "") -> None:
        screen = CaseScreen(case.case_id)
        screen.parcel = parcel
        self.app.push_screen(screen, self._left_case)

    def _left_case(self, wants_next: bool | None) -> None:
        if wants_next:
            self.action_new_case()

    def action_open_case(self) -> None:
        """Open the case under the cursor."""
        if self.cases.highlighted is not None and self.cases.option_count:
            case_id = self.cases.get_option_at_index(self.cases.highlighted).id or ""
            self._open(case_id)

    @on(OptionList.OptionSelected, "#cases")
    def _enter(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self._open(event.option_id or "")

    def _open(self, case_id: str) -> None:
        self.job(lambda: self._take_up(case_id), lambda case: self._taken(case, case_id))

    def _taken(self, case: Case | None, case_id: str, parcel: str = "") -> None:
        """Show the case; one in somebody else's hands is opened with a reason, where the part allows it."""
        if case is not None:
            self._opened(case, parcel)
            return

        def given(texts: tuple[str, ...] | None) -> None:
            if texts:
                self.job(lambda: self._take_up(case_id, texts[0]), lambda taken: self._taken(taken, case_id))

        body = _("这一件由其他人员办理。写明理由后可以打开, 理由会记入审计。")
        self.app.push_screen(TextDialog(_("打开他人在办的件"), body, _("理由")), given)

    def _take_up(self, case_id: str, reason: str = "") -> Case | None:
        """Resume a case, None when it needs a reason; what the back office said of it counts as read."""
        privacy = self.desk.privacy
        if reason:
            privacy.open(case_id, reason)
        try:
            privacy.check(self.desk.store.case(case_id))
        except ReasonNeeded:
            return None
        said = [key for key, line in self._messages.items() if line.case_id == case_id and not line.is_read]
        if said:
            self.desk.store.inbox.mark_read(*said)
        return self.desk.intake.resume(case_id)

    @on(OptionList.OptionSelected, "#queue-lines")
    def _enter_queue(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.app.push_screen(QueueScreen(event.option_id or ""))

    @on(OptionList.OptionSelected, "#message-lines")
    def _enter_message(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        line = self._messages.get(event.option_id or "")
        if line is None:
            return
        if line.case_id:
            self._open(line.case_id)
        else:
            change_id = line.change.change_id
            self.job(lambda: self.desk.store.inbox.mark_read(change_id), lambda _none: self.action_courier())

    def action_tickets(self) -> None:
        """Call numbers."""
        self.app.push_screen(TicketScreen())

    @work(exit_on_error=False)
    async def action_find(self) -> None:
        """Find a case by number, person or parcel; a posted supplement opens it by its waybill."""
        found = await self.app.push_screen_wait(FindDialog())
        if found is not None:
            self.job(
                lambda: self._take_up(found.case_id),
                lambda case: self._taken(case, found.case_id, found.waybill),
            )

    def action_queue(self) -> None:
        """Show the whole queue."""
        self.app.push_screen(QueueScreen())

    def action_courier(self) -> None:
        """Show the bags."""
        self.app.push_screen(CourierScreen())

    def action_balance(self) -> None:
        """Show the day's balance."""
        self.job(self.desk.balance, self._show_balance)

    def _show_balance(self, balance: Balance) -> None:
        self.app.push_screen(NoticeDialog(_("当日平衡"), balance_lines(balance)))

    @work(exit_on_error=False)
    async def action_quit_program(self) -> None:
        """Leave; drafts and queue stay."""
        body = _("草稿和队列都已存盘。未发送的 {n} 件在下次启动后继续发送。").format(n=self.app.waiting)
        if await self.app.push_screen_wait(ConfirmDialog(_("退出程序?"), body, yes=_("退出"))):
            self.app.exit(0)
