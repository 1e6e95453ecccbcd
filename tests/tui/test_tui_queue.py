"""The queue and the bags: every line explains itself, keys that do not apply are grey."""

from __future__ import annotations

import pytest

from sync.contract.models import ChangeKind
from sync.errors import FailureClass
from sync.port import LineState
from tests.services.conftest import NOW, Window
from tests.tui.conftest import OpenSeat
from tests.tui.seat import NARROW
from workstation.domain.case import Custody
from workstation.domain.courier import BagState
from workstation.tui.screens.courier import CourierScreen
from workstation.tui.screens.dialogs import TextDialog
from workstation.tui.screens.home import HomeScreen
from workstation.tui.screens.queue import QueueScreen

pytestmark = pytest.mark.anyio


def fail(window: Window, bundle: str, *, state: LineState, failure: FailureClass, code: str) -> None:
    outbox = window.store.outbox
    outbox.mark_sending(bundle, NOW)
    outbox.mark_failed(
        bundle, state=state, failure=failure, code=code, detail="[/red]", next_try_at=NOW, now=NOW
    )


async def test_a_waiting_line_says_why_when_and_what_moves_it(sit: OpenSeat, window: Window) -> None:
    case = window.received()
    bundle = case.bundles[-1].bundle_id
    fail(window, bundle, state=LineState.WAITING, failure=FailureClass.WAIT, code="Y101")
    async with sit() as seat:
        await seat.press("f5")
        assert seat.sees("等待网络 · 第 2 次 10:42:00 再试", "封装哈希", "Y101  [/red]", "再试/恢复")
        await seat.press("r")
        assert seat.link.kicks == [True] and "马上再试" in seat.notice
        assert window.store.outbox.line(bundle).state is LineState.QUEUED
        await seat.press("escape")
        seat.on(HomeScreen)


async def test_holding_wants_a_reason_and_releasing_undoes_it(sit: OpenSeat, window: Window) -> None:
    bundle = window.received().bundles[-1].bundle_id
    async with sit(size=NARROW) as seat:
        await seat.press("f5")
        screen = seat.on(QueueScreen)
        await seat.press("h")
        seat.on(TextDialog)
        await seat.press("enter")
        seat.on(TextDialog)
        await seat.write("等主管[bold]")
        await seat.press("enter")
        assert window.store.outbox.line(bundle).state is LineState.HELD
        assert seat.sees("人工暂停", "按 R 恢复发送", "等主管[bold]")
        assert screen.check_action("hold", ()) is None
        await seat.press("h", "r")
        assert window.store.outbox.line(bundle).state is LineState.QUEUED and "已恢复" in seat.notice


async def test_an_empty_queue_has_only_grey_keys(sit: OpenSeat) -> None:
    async with sit() as seat:
        await seat.press("f5")
        screen = seat.on(QueueScreen)
        assert seat.sees("全部送达, 没有排队")
        assert [screen.check_action(a, ()) for a in ("retry", "hold")] == [None] * 2
        await seat.press("r", "h")
        seat.on(QueueScreen)


async def test_a_bag_is_packed_closed_and_posted(sit: OpenSeat, window: Window) -> None:
    window.received()
    window.received(street="FT")
    async with sit() as seat:
        await seat.press("f6")
        screen = seat.on(CourierScreen)
        assert seat.sees("待装袋原件", "数码照相回执", "1 张 → 香蜜湖街道", "回车 装袋")
        assert screen.check_action("close_bag", ()) is None
        await seat.press("enter")
        assert len(window.desk.courier.waiting()) == 1 and "已装入邮袋" in seat.notice
        await seat.press("f2")
        assert window.desk.courier.waiting() == () and len(window.desk.courier.bags()) == 2
        await seat.press("f7")
        await seat.write("FQ0001")
        await seat.press("enter")
        assert "物料流转凭证: 已打印" in seat.notice and "F9" in seat.notice
        assert sorted(b.state for b in window.desk.courier.bags()) == [BagState.LISTED, BagState.PACKED]
        await seat.press("f9")
        await seat.write("1012345678901")
        await seat.press("enter")
        assert "已登记交邮" in seat.notice and seat.sees("已交邮", "1012345678901")


async def test_an_express_firm_is_refused_and_nothing_is_recorded(sit: OpenSeat, window: Window) -> None:
    window.received()
    window.desk.courier.pack(window.desk.courier.waiting()[0])
    window.desk.courier.close(window.desk.courier.bags()[0].number, seal_number="FQ1")
    async with sit(size=NARROW) as seat:
        await seat.press("f6", "f9")
        await seat.write("SF1234567890123")
        await seat.press("enter")
        assert "[V115]" in seat.notice
        assert window.desk.courier.bags()[0].state is BagState.LISTED


async def test_an_original_of_a_refused_case_goes_back_to_the_applicant(
    sit: OpenSeat, window: Window
) -> None:
    case = window.received()
    window.tell(ChangeKind.REFUSED, case.number, reason="不属于本机关职权")
    async with sit() as seat:
        await seat.press("f6")
        seat.on(CourierScreen)
        assert seat.sees("数码照相回执", "件已终止: 回车登记退还申请人")
        await seat.press("enter")
        assert window.desk.courier.to_hand_back() == () and "已登记退还申请人" in seat.notice
        assert window.store.case(case.case_id).slot("photo-receipt").custody is Custody.RETURNED


async def test_a_long_queue_is_read_on_as_the_cursor_reaches_its_end(
    sit: OpenSeat, window: Window, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workstation.tui.screens.queue.PAGE", 2)
    for _ in range(5):
        window.received()
    async with sit() as seat:
        await seat.press("f5")
        screen = seat.on(QueueScreen)
        assert screen.listing.option_count == 2
        assert seat.sees("未送达 5 · 待人处理 0 · 已送达 0")
        await seat.press("end")
        assert screen.listing.option_count == 4
        await seat.press("end")
        assert screen.listing.option_count == 5


async def test_tab_changes_between_all_and_those_that_wait_for_a_person(
    sit: OpenSeat, window: Window
) -> None:
    window.received()
    stuck = window.received()
    fail(
        window,
        stuck.bundles[-1].bundle_id,
        state=LineState.ASK,
        failure=FailureClass.ASK,
        code="Y104",
    )
    async with sit() as seat:
        await seat.press("f5")
        screen = seat.on(QueueScreen)
        assert screen.listing.option_count == 2
        await seat.press("tab", "tab")
        assert seat.sees("待人处理") and [*screen._lines] == [stuck.bundles[-1].bundle_id]
        await seat.press("tab")
        assert seat.sees("还没有送达的件")
