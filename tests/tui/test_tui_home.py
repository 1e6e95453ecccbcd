"""Home: today in figures, cases, the queue in sentences, and what the back office said."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from rich.cells import cell_len
from textual.screen import Screen

from sync.contract.models import ChangeKind
from sync.errors import FailureClass
from sync.port import LineState
from tests.services.conftest import NOW, Window
from tests.tui.conftest import OpenSeat
from tests.tui.seat import NARROW, WIDE
from workstation.domain.case import Flag, Flagged
from workstation.domain.items import Pack
from workstation.services.link import Light
from workstation.services.queue import Outage
from workstation.store.database import Recovery
from workstation.tui.screens.case import CaseScreen
from workstation.tui.screens.courier import CourierScreen
from workstation.tui.screens.dialogs import ConfirmDialog, NoticeDialog
from workstation.tui.screens.home import HomeScreen
from workstation.tui.screens.picker import ItemPicker
from workstation.tui.screens.queue import QueueScreen

pytestmark = pytest.mark.anyio


async def test_an_empty_day_says_how_to_begin(sit: OpenSeat) -> None:
    async with sit() as seat:
        assert seat.sees("没有在办的件, F2 办新件", "全部送达, 没有排队", "还没有消息")
        assert seat.sees("综合窗口 03", "华富街道", "王样本", "网络通", "队列 0")


@pytest.mark.parametrize("size", [NARROW, WIDE])
async def test_cases_queue_and_messages_stand_on_both_sizes(
    sit: OpenSeat, window: Window, size: tuple[int, int]
) -> None:
    case = window.received()
    window.tell(ChangeKind.ACCEPTED, case.number)
    async with sit(size=size) as seat:
        assert seat.sees("今日收件", "1 = 0 + 1 + 0", "在办 1", "敬老优待证", "赵样本", "已受理")
        assert seat.sees("排队待发", "已封装 0 分钟", "后台消息 · 未读 1", "香蜜湖街道已受理")
        assert seat.sees("F2", "办新件", "F10", "退出", "F1", "帮助")


async def test_a_queue_line_names_the_item_and_reads_like_a_sentence(sit: OpenSeat, window: Window) -> None:
    case = window.received()
    window.desk.queue.outage = Outage("Y101", NOW)
    async with sit() as seat:
        lines = seat.on(HomeScreen).queue_lines
        prompt = str(lines.get_option_at_index(0).prompt)
        assert prompt.startswith(f"● 敬老优待证  赵样本  {case.number}\n  等待网络 · ")
        assert "网络恢复后自动发送" in prompt


async def test_a_line_that_needs_a_person_is_marked(sit: OpenSeat, window: Window) -> None:
    case = window.received()
    bundle = case.bundles[-1].bundle_id
    window.store.outbox.mark_sending(bundle, NOW)
    window.store.outbox.mark_failed(
        bundle,
        state=LineState.FIX,
        failure=FailureClass.FIX,
        code="Y201",
        detail="",
        next_try_at=None,
        now=NOW,
    )
    async with sit() as seat:
        assert seat.sees("▲ 敬老优待证", "需要修改")


async def test_the_line_going_down_shows_at_once(sit: OpenSeat) -> None:
    async with sit() as seat:
        seat.link.light, seat.link.earliest = Light.OFFLINE, "法定还剩 4 个工作日"
        seat.link.tell()
        await seat.settle()
        assert seat.sees("▲ 网络已断", "队列 0 · 法定还剩 4 个工作日")


async def test_enter_on_a_message_opens_its_case_and_marks_it_read(sit: OpenSeat, window: Window) -> None:
    case = window.received()
    window.tell(ChangeKind.ACCEPTED, case.number)
    async with sit() as seat:
        assert seat.sees("● 敬老优待证", "未读 1")
        await seat.press("tab", "tab", "enter")
        assert seat.on(CaseScreen).case_id == case.case_id
        assert window.store.inbox.unread() == 0
        await seat.press("escape")
        assert seat.misses("未读")


async def test_opening_a_case_from_the_list_marks_its_messages_read(sit: OpenSeat, window: Window) -> None:
    case = window.received()
    window.tell(ChangeKind.ACCEPTED, case.number)
    async with sit() as seat:
        await seat.open(case.case_id)
        assert window.store.inbox.unread() == 0


async def test_enter_on_a_queue_line_shows_its_history(sit: OpenSeat, window: Window) -> None:
    window.received()
    second = window.received()
    async with sit() as seat:
        await seat.press("tab", "down", "enter")
        screen = seat.on(QueueScreen)
        assert screen.current is not None
        assert screen.current.line.bundle_id == second.bundles[-1].bundle_id
        assert seat.sees("封装哈希", second.bundles[-1].manifest_sha256)


async def test_a_long_list_of_messages_scrolls_under_the_cursor(sit: OpenSeat, window: Window) -> None:
    case = window.received()
    for _ in range(15):
        window.tell(ChangeKind.IN_REVIEW, case.number)
    async with sit(size=NARROW) as seat:
        await seat.press("tab", "tab", "end")
        lines = seat.on(HomeScreen).message_lines
        assert lines.has_focus and lines.highlighted == lines.option_count - 1 and lines.scroll_offset.y > 0


async def test_what_was_put_right_at_start_is_said(sit: OpenSeat) -> None:
    found = Recovery(interrupted_sends=1, orphan_pages=2, open_drafts=3, queued=1, was_alone=True)
    async with sit(recovery=found) as seat:
        assert "1 件发送时中断" in seat.notice
        assert "清理了 2 个" in seat.notice
        assert "3 件草稿可继续办理" in seat.notice
        assert "没有丢失" in seat.notice


LEADS_TO: dict[str, type[Screen[Any]]] = {
    "f2": ItemPicker,
    "f5": QueueScreen,
    "f6": CourierScreen,
    "f8": NoticeDialog,
    "f10": ConfirmDialog,
}


async def test_each_key_leads_somewhere_and_escape_leads_back(sit: OpenSeat) -> None:
    async with sit() as seat:
        for key, screen in LEADS_TO.items():
            await seat.press(key)
            seat.on(screen)
            await seat.press("escape")
            seat.on(HomeScreen)


async def test_f4_opens_the_case_under_the_cursor(sit: OpenSeat, window: Window) -> None:
    case = window.open()
    async with sit() as seat:
        await seat.press("f4")
        assert seat.on(CaseScreen).case_id == case.case_id


async def test_a_held_case_is_taken_up_again_when_opened(sit: OpenSeat, window: Window) -> None:
    case = window.open()
    window.desk.intake.hold(case.case_id, why="等户口簿")
    async with sit() as seat:
        assert seat.sees("挂起")
        await seat.press("enter", "escape")
        assert seat.misses("挂起")


async def test_the_balance_of_the_day_is_said_in_words(sit: OpenSeat, window: Window) -> None:
    window.received()
    async with sit() as seat:
        await seat.press("f8")
        assert seat.sees("当日平衡", "收件 1 = 送达 0 + 排队 1 + 退回 0", "✔ 平衡")


async def test_leaving_is_asked_with_the_safe_answer_under_the_cursor(sit: OpenSeat) -> None:
    async with sit() as seat:
        await seat.press("f10", "enter")
        seat.on(HomeScreen)
        await seat.pilot.press("f10", "y")
        assert seat.app.return_value == 0


async def test_practice_is_unmistakable(sit: OpenSeat) -> None:
    async with sit(practice=True) as seat:
        assert seat.sees("练习")
        assert seat.app.has_class("-practice")


@pytest.mark.parametrize("size", [NARROW, WIDE])
async def test_every_case_shows_its_most_urgent_lamp_in_words_and_the_title_counts_them(
    sit: OpenSeat, window: Window, size: tuple[int, int]
) -> None:
    window.received()
    window.clock.forward(days=7)
    window.open()
    async with sit(size=size) as seat:
        assert seat.sees("在办 2 · 红 1", "■ 红灯 · 原件流转已超 4 个工作日", "录入中", "等候叫号")
        first = str(seat.on(HomeScreen).cases.get_option_at_index(0).prompt)
        assert "红灯" in first
        assert all(cell_len(line) <= size[0] for line in seat.text.splitlines())


async def test_a_stopped_clock_and_silence_that_accepted_show_in_the_place_of_the_state(
    sit: OpenSeat, window: Window
) -> None:
    special, silent = window.received(), window.received()
    window.tell(ChangeKind.ACCEPTED, special.number)
    window.tell(ChangeKind.SPECIAL_STARTED, special.number, procedure="专家评审")
    with window.store.transaction() as tx:
        deemed = Flagged(flag=Flag.DEEMED_ACCEPTED, on=True)
        tx.record(silent.case_id, deemed, actor="clerk", at=window.clock())
    async with sit(size=NARROW) as seat:
        assert seat.sees("特别程序", "视为受理")


async def test_an_expired_catalogue_is_named_on_every_screen_and_work_goes_on(
    sit: OpenSeat, window: Window, pack: Pack
) -> None:
    case = window.named(window.open())
    async with sit() as seat:
        assert seat.misses("目录已过期")
        window.clock.now += timedelta(days=(pack.valid_until - window.clock.now.date()).days + 1)
        seat.app.read_line()
        assert seat.sees(f"目录已过期 {pack.valid_until}")
        await seat.open(case.case_id)
        assert seat.sees(f"目录已过期 {pack.valid_until}", "材料")
