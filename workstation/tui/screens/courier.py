"""Bags: originals that must travel, into a numbered bag, on a list, over to the post."""

from __future__ import annotations

from typing import ClassVar

from rich.style import Style
from rich.text import Text
from textual import getters, on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from workstation.domain.clock import CHINA
from workstation.domain.courier import Bag, BagState
from workstation.domain.identity import mask_name
from workstation.i18n import N_, _
from workstation.services.courier import HeldOriginal
from workstation.services.papers import Paper
from workstation.tui.cells import fit, printable
from workstation.tui.screens.base import WorkScreen
from workstation.tui.screens.dialogs import TextDialog
from workstation.tui.theme import AMBER, GREEN, QUIET, RED
from workstation.tui.widgets.bars import Key

STATE_WORDS = {
    BagState.PACKED: N_("装袋中"),
    BagState.LISTED: N_("已封口, 待交邮"),
    BagState.HANDED_OVER: N_("已交邮"),
    BagState.RECEIVED: N_("属地已收"),
    BagState.CHECKED: N_("属地已逐件清点"),
    BagState.DISCREPANCY: N_("清点有差异"),
}


class CourierScreen(WorkScreen[None]):
    """Held originals on the left, bags on the right."""

    CSS_PATH = "courier.tcss"
    HELP = N_(
        "左边是窗口留存的原件: 待流转的回车装入发往其属地街道的邮袋; 已终止的件, 回车登记退还申请人。\n"
        "F2 全部装袋; F7 封口并打印物料流转凭证 (两方签字); F9 登记邮政运单号。\n"
        "一个工作日内送达属地街道; 只能交邮政 EMS, 清单和面单上不写身份号码。"
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f2", "pack_all", "全部装袋", id="courier.all"),
        Binding("f7", "close_bag", "封口打印", id="courier.close"),
        Binding("f9", "hand_over", "交邮", id="courier.post"),
        Binding("tab", "app.focus_next", "换列", id="courier.tab", show=False),
        Binding("escape", "dismiss(None)", "主屏", id="courier.leave", show=False),
    ]
    KEYS = (
        Key("F1", N_("帮助"), "help"),
        Key("F2", N_("全部装袋"), "pack_all", main=True),
        Key("F7", N_("封口打印"), "close_bag"),
        Key("F9", N_("交邮"), "hand_over"),
        Key("Tab", N_("换列"), "app.focus_next"),
        Key("Esc", N_("主屏"), "dismiss"),
    )
    originals = getters.query_one("#originals", OptionList)
    bags = getters.query_one("#bags", OptionList)

    def __init__(self) -> None:
        """Start empty."""
        super().__init__()
        self._held: tuple[HeldOriginal, ...] = ()
        self._over: tuple[HeldOriginal, ...] = ()
        self._bags: dict[str, Bag] = {}

    def compose(self) -> ComposeResult:
        """Two lists."""
        yield from self.compose_bars()
        with Horizontal(id="columns"):
            with Vertical(classes="panel", id="held-box") as box:
                box.border_title = _("待装袋原件")
                box.border_subtitle = _("回车 装袋 · F2 全部装袋")
                yield OptionList(id="originals", markup=False)
            with Vertical(classes="panel", id="bag-box") as box:
                box.border_title = _("邮袋")
                yield OptionList(id="bags", markup=False)

    def on_mount(self) -> None:
        """Cursor into the originals."""
        super().on_mount()
        self.originals.focus()

    def refresh_view(self) -> None:
        """Read originals and bags again."""
        courier = self.desk.courier
        self._job(lambda: (courier.waiting(), courier.to_hand_back(), courier.bags()), self._show)

    def on_line_changed(self) -> None:
        """A bag may have been checked in."""
        self.refresh_view()

    def _show(
        self, facts: tuple[tuple[HeldOriginal, ...], tuple[HeldOriginal, ...], tuple[Bag, ...]]
    ) -> None:
        self._held, self._over, bags = facts
        self._bags = {bag.number: bag for bag in reversed(bags)}
        self.originals.clear_options()
        self.originals.add_options(Option(self._original(held)) for held in self._held)
        self.originals.add_options(Option(self._original(held, over=True)) for held in self._over)
        if not self._held and not self._over:
            self.originals.add_option(Option(Text(_("没有待装袋的原件"), Style(color=QUIET)), disabled=True))
        else:
            self.originals.highlighted = 0
        kept = self.bags.highlighted
        self.bags.clear_options()
        self.bags.add_options(Option(self._bag(bag), id=bag.number) for bag in self._bags.values())
        if self._bags:
            self.bags.highlighted = min(kept or 0, len(self._bags) - 1)
        self.refresh_bindings()

    def _original(self, held: HeldOriginal, *, over: bool = False) -> Text:
        street = self.desk.catalogue.street_name(held.case.home_street)
        text = Text(f"{held.material}  ", Style(bold=True))
        if over:
            text.append(_("{n} 张, 件已终止: 回车登记退还申请人").format(n=held.sheets), Style(color=RED))
        else:
            text.append(_("{n} 张 → {street}").format(n=held.sheets, street=street), Style(color=AMBER))
        name = printable(mask_name(held.case.applicant.name)) if held.case.applicant else ""
        text.append(f"\n  {held.item_title}  {name}  {held.case.number}", Style(color=QUIET))
        return text

    def _bag(self, bag: Bag) -> Text:
        colour = AMBER if bag.state in (BagState.PACKED, BagState.LISTED) else GREEN
        text = Text(f"▣ {bag.number}  ", Style(bold=True))
        street = self.desk.catalogue.street_name(bag.home_street)
        text.append(f"→ {street}  {_(STATE_WORDS[bag.state])}\n", Style(color=colour))
        due = f"{bag.due_at.astimezone(CHINA):%m-%d}"
        words = _("{n} 件 {m} 张, {due} 前送达").format(n=len(bag.lines), m=bag.sheets, due=due)
        text.append(f"  {words}  {bag.waybill}\n", Style(color=QUIET))
        for line in bag.lines:
            text.append(f"  {fit(line.applicant_masked, 8)} {line.material}\n", Style(color=QUIET))
        return text

    @on(OptionList.OptionHighlighted, "#bags")
    def _follow_bag(self, event: OptionList.OptionHighlighted) -> None:
        event.stop()
        self.refresh_bindings()
        words = {BagState.PACKED: _("F7 封口打印"), BagState.LISTED: _("F9 登记运单号")}
        bag = self.current_bag
        self.query_one("#bag-box").border_subtitle = words.get(bag.state, "") if bag else ""

    @property
    def current_bag(self) -> Bag | None:
        """The bag under the cursor."""
        if self.bags.highlighted is None or not self.bags.option_count:
            return None
        return self._bags.get(self.bags.get_option_at_index(self.bags.highlighted).id or "")

    @on(OptionList.OptionSelected, "#originals")
    def _pack(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        position = self.originals.highlighted
        if position is None:
            return
        if position < len(self._held):
            held = self._held[position]
            self.job(lambda: self.desk.courier.pack(held), self._packed)
        elif position - len(self._held) < len(self._over):
            over = self._over[position - len(self._held)]
            self.job(lambda: self.desk.courier.hand_back(over), lambda _case: self._handed_back())

    def _handed_back(self) -> None:
        self.say(_("已登记退还申请人"))
        self.refresh_view()

    def action_pack_all(self) -> None:
        """Pack everything that waits."""
        held = self._held
        if held:
            self.job(lambda: [self.desk.courier.pack(one) for one in held][-1], self._packed)

    def _packed(self, bag: Bag) -> None:
        self.say(_("已装入邮袋 {bag}").format(bag=bag.number), _("F7 封口并打印凭证"))
        self.refresh_view()

    @work(exit_on_error=False)
    async def action_close_bag(self) -> None:
        """Close the bag under the cursor: list, bundle, paper."""
        bag = self.current_bag
        if bag is None:
            return
        answer = await self.app.push_screen_wait(
            TextDialog(
                _("封口 {bag}").format(bag=bag.number),
                _("共 {n} 件 {m} 张。封口后清单不能再改。").format(n=len(bag.lines), m=bag.sheets),
                _("封签号"),
            )
        )
        if answer is not None:
            self.job(lambda: self._close(bag.number, answer[0]), self._bag_closed)

    def _close(self, number: str, seal: str) -> tuple[Paper, str]:
        bag = self.desk.courier.close(number, seal_number=seal)
        paper = self.desk.papers.handover(bag)
        return paper, self.app.station.output(paper.path)

    def _bag_closed(self, made: tuple[Paper, str]) -> None:
        paper, where = made
        self.wake_line()
        self.say(f"{paper.form}: {where}", _("与邮政人员当面清点, 双方签字; F9 登记运单号"))
        self.refresh_view()

    @work(exit_on_error=False)
    async def action_hand_over(self) -> None:
        """Record the waybill."""
        bag = self.current_bag
        if bag is None:
            return
        answer = await self.app.push_screen_wait(
            TextDialog(
                _("交邮 {bag}").format(bag=bag.number),
                _("扫描或输入邮政 EMS 运单号。"),
                _("运单号"),
            )
        )
        if answer is not None:
            self.job(
                lambda: self.desk.courier.hand_over(bag.number, waybill=answer[0]),
                lambda _bag: self._posted(),
            )

    def _posted(self) -> None:
        self.say(_("已登记交邮"))
        self.refresh_view()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Grey what the present bag does not allow."""
        bag = self.current_bag
        allowed = {
            "pack_all": bool(self._held),
            "close_bag": bag is not None and bag.state is BagState.PACKED,
            "hand_over": bag is not None and bag.state is BagState.LISTED,
        }
        return True if allowed.get(action, True) else None
