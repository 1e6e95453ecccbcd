"""The queue: every line reads like a sentence, with its reason, its next try and what would move it."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from rich.style import Style
from rich.text import Text
from textual import getters, on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from sync.port import SETTLED, LineState
from workstation.domain.case import Case
from workstation.domain.clock import CHINA
from workstation.i18n import N_, _
from workstation.services.queue import PAGE, QueueLine, QueueStanding, is_stuck
from workstation.services.reopening import REOPENABLE
from workstation.services.ways_out import OFFICE_COUNTS_WHY, Way, both_copies, note_words, ways_out
from workstation.store.database import Attempt, Group
from workstation.tui.cells import printable
from workstation.tui.lamp_text import lamps_text
from workstation.tui.screens.base import WorkScreen, fill
from workstation.tui.screens.case import CaseScreen
from workstation.tui.screens.dialogs import ChoiceDialog, TextDialog
from workstation.tui.theme import AMBER, GREEN, QUIET, RED
from workstation.tui.widgets.bars import Key

TITLES = {
    Group.EVERY: N_("发送队列 · 按法定期限排序"),
    Group.WAITING: N_("发送队列 · 未送达 · 按法定期限排序"),
    Group.STUCK: N_("发送队列 · 待人处理 · 按法定期限排序"),
    Group.DELIVERED: N_("发送队列 · 已送达 · 最近的在前"),
}
NOTHING_IN = {
    Group.EVERY: N_("✔ 全部送达, 没有排队"),
    Group.WAITING: N_("✔ 全部送达, 没有排队"),
    Group.STUCK: N_("✔ 没有要人处理的件"),
    Group.DELIVERED: N_("还没有送达的件"),
}


class QueueScreen(WorkScreen[None]):
    """Lines above, the history of the line under the cursor below."""

    CSS_PATH = "queue.tcss"
    HELP = N_(
        "每一行都说明现在怎样、为什么、什么时候再试、怎样才会发出。\n"
        "回车列出这一件的办法; C 打开办件更正退回的内容, 封装后由新版代替, 旧版原样保留。\n"
        "P 打印已送达的件的后台回执。\n"
        "R 立即再试, 暂停的件按 R 恢复发送; H 人工暂停 (须写原因)。没有任何操作会删除未发送的件。\n"
        "Tab 换着看: 全部、未送达、待人处理、已送达。"
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("r", "retry", "立即再试", id="queue.retry"),
        Binding("h", "hold", "暂停", id="queue.hold"),
        Binding("c,C", "correct", "更正", id="queue.correct"),
        Binding("p,P", "print_receipt", "打印回执", id="queue.receipt"),
        Binding("tab", "next_group", "换一类", id="queue.group"),
        Binding("escape", "dismiss(None)", "主屏", id="queue.leave", show=False),
    ]
    KEYS = (
        Key("F1", N_("帮助"), "help"),
        Key("R", N_("再试/恢复"), "retry", main=True),
        Key("H", N_("暂停"), "hold"),
        Key("C", N_("更正"), "correct"),
        Key("P", N_("打印回执"), "print_receipt"),
        Key("Tab", N_("换一类"), "next_group"),
        Key("Esc", N_("主屏"), "dismiss"),
    )
    listing = getters.query_one("#lines", OptionList)

    def __init__(self, start: str = "") -> None:
        """Start without lines; the cursor goes to the bundle `start` once it is listed."""
        super().__init__()
        self._start = start
        self._group = Group.EVERY
        self._count = PAGE
        self._lines: dict[str, QueueLine] = {}

    def compose(self) -> ComposeResult:
        """The list and the history."""
        yield from self.compose_bars()
        with Vertical(classes="panel", id="list-box") as box:
            box.border_title = _("发送队列 · 按法定期限排序")
            yield OptionList(id="lines", markup=False)
        with Vertical(classes="panel", id="history-box") as box:
            box.border_title = _("经过")
            yield Static("", id="history", markup=False)

    def on_mount(self) -> None:
        """Cursor into the list."""
        super().on_mount()
        self.listing.focus()

    def refresh_view(self) -> None:
        """Read the queue again, as far as it was read before."""
        group, count, queue, privacy = self._group, self._count, self.desk.queue, self.desk.privacy

        def look() -> tuple[QueueStanding, tuple[QueueLine, ...]]:
            return queue.standing(), privacy.masked(queue.page(group, count=count))

        self._job(look, lambda read: self._show(*read))

    def on_line_changed(self) -> None:
        """Something moved."""
        self.refresh_view()

    def _show(self, standing: QueueStanding, lines: tuple[QueueLine, ...]) -> None:
        self._lines = {line.line.bundle_id: line for line in lines}
        options = [Option(queue_text(line), id=line.line.bundle_id) for line in lines]
        fill(self.listing, options, Text(_(NOTHING_IN[self._group]), Style(color=GREEN)))
        box = self.query_one("#list-box")
        box.border_title = _(TITLES[self._group])
        box.border_subtitle = _("未送达 {n} · 待人处理 {stuck} · 已送达 {done}").format(
            n=standing.waiting, stuck=standing.stuck, done=standing.delivered
        )
        if self._start in self._lines:
            self.listing.highlighted = list(self._lines).index(self._start)
        self._start = ""
        if not lines:
            self.query_one("#history", Static).update("")
        self.refresh_bindings()

    @property
    def current(self) -> QueueLine | None:
        """The line under the cursor."""
        if self.listing.highlighted is None or not self.listing.option_count:
            return None
        return self._lines.get(self.listing.get_option_at_index(self.listing.highlighted).id or "")

    @on(OptionList.OptionHighlighted)
    def _follow(self, event: OptionList.OptionHighlighted) -> None:
        event.stop()
        self.refresh_bindings()
        if event.option_index >= self._count - 1:
            self._count += PAGE
            self.refresh_view()
        line = self.current
        if line is not None:
            outbox = self.desk.store.outbox
            self._job(lambda: outbox.history(line.line.bundle_id), lambda history: self._tell(line, history))

    def _tell(self, line: QueueLine, history: tuple[Attempt, ...]) -> None:
        self.query_one("#history", Static).update(_history(line, history))

    def _release(self, bundle_id: str) -> None:
        self.desk.queue.release(bundle_id, actor=self.desk.profile.clerk)

    def _steer(self, act: Callable[[str], None], said: str) -> None:
        line = self.current
        if line is not None:
            self.job(lambda: act(line.line.bundle_id), lambda _none: self._steered(said))

    def _steered(self, said: str) -> None:
        self.say(said)
        self.wake_line(eager=True)
        self.refresh_view()

    def action_retry(self) -> None:
        """Try now; a held line is let go."""
        line = self.current
        if line is not None and line.line.state is LineState.HELD:
            self._steer(self._release, _("已恢复发送"))
        else:
            self._steer(self.desk.queue.retry, _("马上再试"))

    def action_next_group(self) -> None:
        """Look at another group: all, what is not delivered, what waits for a person, what is delivered."""
        groups = tuple(Group)
        self._group, self._count = groups[(groups.index(self._group) + 1) % len(groups)], PAGE
        self.refresh_view()

    @work(exit_on_error=False)
    async def action_hold(self) -> None:
        """Stop sending a line, with a reason."""
        await self._hold_with_reason("{why}")

    def action_correct(self) -> None:
        """Open the case of a version that the office did not take; the next seal replaces it."""
        line = self.current
        if line is not None:
            self.job(lambda: self.desk.reopening.open(line.line.bundle_id), self._open_case)

    def action_print_receipt(self) -> None:
        """Print what the back office swore to."""
        line = self.current
        if line is not None:
            self.job(lambda: self._put_out(line.line.bundle_id), self.say)

    def _put_out(self, bundle_id: str) -> str:
        return self.app.station.output(self.desk.delivery_receipts.paper(bundle_id).path)

    def _open_case(self, case: Case) -> None:
        self.app.push_screen(CaseScreen(case.case_id))

    @on(OptionList.OptionSelected)
    def _choose(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self._ask_what_to_do()

    @work(exit_on_error=False)
    async def _ask_what_to_do(self) -> None:
        """Offer what can be done about the line, in words."""
        line = self.current
        ways = ways_out(line.line) if line is not None else ()
        if line is None or not ways:
            return
        body = "\n".join(part for part in (line.why, line.line.detail, both_copies(line.line)) if part)
        choices = [(way.value, words) for way, words in ways]
        title = _("{number} 怎么办").format(number=line.title)
        chosen = await self.app.push_screen_wait(ChoiceDialog(title, printable(body), choices, numbered=True))
        if chosen is not None:
            await self._take(Way(chosen))

    async def _take(self, way: Way) -> None:
        queue = self.desk.queue
        match way:
            case Way.CORRECT:
                self.action_correct()
            case Way.RETRY:
                self._steer(queue.retry, _("马上再试"))
            case Way.RELEASE:
                self._steer(self._release, _("已恢复发送"))
            case Way.HOLD:
                await self._hold_with_reason("{why}")
            case Way.OFFICE_COUNTS:
                await self._hold_with_reason(_(OFFICE_COUNTS_WHY))
            case Way.PUT_BACK:
                why = await self._reason(_("放回队列"), _("逐页核对后放回; 原因随经过保存。"))
                if why:
                    self._steer(
                        lambda bundle: queue.put_back(bundle, why=why, actor=self.desk.profile.clerk),
                        _("已放回队列"),
                    )

    async def _hold_with_reason(self, form: str) -> None:
        why = await self._reason(_("暂停发送"), _("暂停后不会自动发送, 法定期限照常计算。"))
        if why:
            held = form.format(why=why)
            self._steer(
                lambda bundle: self.desk.queue.hold(bundle, why=held, actor=self.desk.profile.clerk),
                _("已暂停"),
            )

    async def _reason(self, title: str, body: str) -> str:
        answer = await self.app.push_screen_wait(TextDialog(title, body, _("原因")))
        return answer[0] if answer else ""

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Grey what the line does not allow."""
        if action not in ("retry", "hold", "correct", "print_receipt"):
            return True
        line = self.current
        state = line.line.state if line else LineState.DELIVERED
        allowed = {
            "retry": state not in SETTLED and state is not LineState.SENDING,
            "hold": state not in SETTLED and state is not LineState.HELD,
            "correct": state in REOPENABLE,
            "print_receipt": line is not None and state is LineState.DELIVERED,
        }
        return True if allowed[action] else None


def queue_text(line: QueueLine) -> Text:
    """One line of the queue: what it is and whose, then how it stands, then why."""
    done = line.line.state in SETTLED
    glyph, colour = ("✔", GREEN) if done else ("▲", RED) if is_stuck(line.line) else ("●", AMBER)
    text = Text(f"{glyph} ", Style(color=colour, bold=True))
    text.append(f"{line.item}  " if line.item else "", Style(bold=True))
    text.append(f"{printable(line.applicant)}  " if line.applicant else "")
    text.append(f"{printable(line.title)}\n", Style(color=QUIET))
    text.append(f"  {line.sentence}", Style(color=colour))
    if line.why:
        text.append(f"\n  {printable(line.why)}", Style(color=QUIET))
    if line.lamps:
        text.append("\n  ")
        text.append_text(lamps_text(line.lamps))
    return text


def _history(line: QueueLine, history: tuple[Attempt, ...]) -> Text:
    digest = line.line.manifest_sha256
    text = Text(f"{_('封装哈希')}  {digest}\n", Style(color=QUIET))
    for attempt in history[-12:]:
        text.append(f"{attempt.at.astimezone(CHINA):%m-%d %H:%M:%S}  ", Style(color=QUIET))
        text.append(f"{attempt.code or '✔'}  {printable(note_words(attempt.detail))}\n")
    return text
