"""Calling numbers by keys: the daily loop, a booking, and what is grey when."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.services.conftest import ELDER_CARD, NOW, ZHAO, Window
from tests.tui.conftest import OpenSeat
from tests.tui.seat import NARROW, WIDE
from workstation.domain.tickets import Booking, Lane
from workstation.services.booking_file import keep_bookings
from workstation.tui.screens.case import CaseScreen
from workstation.tui.screens.home import HomeScreen
from workstation.tui.screens.picker import ItemPicker
from workstation.tui.screens.tickets import TicketScreen

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("size", [NARROW, WIDE])
async def test_a_number_is_taken_called_and_served_by_four_keys(
    sit: OpenSeat, window: Window, size: tuple[int, int]
) -> None:
    async with sit(size=size) as seat:
        await seat.press("f3")
        assert seat.sees("没有人等候, F2 取号", "窗口空闲", "叫下一位")
        await seat.press("f2", "1")
        assert seat.sees("等候 1", "A001", "本街道办理", "已取号 A001")
        await seat.press("f3")
        assert seat.sees("请 A001 到 综合窗口 03", "已叫号, 等人来")
        await seat.press("enter")
        seat.on(ItemPicker)
        await seat.write("jlyd")
        await seat.press("enter")
        seat.on(CaseScreen)
        assert window.store.case(seat.case.case_id).ticket == "A001"
        await seat.press("escape")
        assert seat.on(TicketScreen) and seat.sees("办理中", "继续办理")
        await seat.press("enter")
        seat.on(CaseScreen)
        await seat.press("escape", "f7")
        assert seat.sees("A001 已完成", "今天完成 1 个")
        await seat.press("escape")
        seat.on(HomeScreen)


async def test_who_does_not_come_is_passed_over_and_may_come_back(sit: OpenSeat, window: Window) -> None:
    for lane in (Lane.LOCAL, Lane.COLLECT_FOR_HOME):
        window.desk.tickets.take(lane)
    async with sit() as seat:
        assert seat.sees("F3", "叫号")
        await seat.press("f3", "f3", "f5")
        assert seat.sees("请 A001 到 综合窗口 03, 第 2 次")
        await seat.press("f4")
        assert seat.sees("A001 已过号")
        await seat.press("down", "f5")
        present = window.desk.tickets.board().at_window
        assert present is not None and present.number == "A001" and present.calls == 3


async def test_giving_up_the_choice_of_an_item_leaves_the_citizen_at_the_window(
    sit: OpenSeat, window: Window
) -> None:
    window.desk.tickets.take(Lane.LOCAL)
    async with sit() as seat:
        await seat.press("f3", "f3", "enter", "escape")
        assert seat.on(TicketScreen) and seat.sees("办理中")


async def test_a_booking_opens_its_item_with_its_citizen(sit: OpenSeat, window: Window) -> None:
    code = window.item(ELDER_CARD).code
    booking = Booking(
        number="YY-1",
        item_code=code,
        booked_for=NOW + timedelta(minutes=5),
        name=ZHAO.name,
        id_number=ZHAO.id_number,
    )
    keep_bookings(window.store, [booking])
    async with sit() as seat:
        await seat.press("f3")
        assert seat.sees("未到的预约 1 个")
        await seat.press("f2", "4")
        assert seat.sees("10:47  YY-1")
        await seat.write("YY-1")
        await seat.press("enter", "f3", "enter")
        assert seat.on(CaseScreen)
        case = window.store.case(seat.case.case_id)
        assert case.item_code == code and case.applicant is not None
        assert case.applicant.name == ZHAO.name


async def test_a_wrong_booking_number_is_said_and_nothing_is_taken(sit: OpenSeat, window: Window) -> None:
    async with sit() as seat:
        await seat.press("f3", "f2", "4")
        await seat.write("YY-9")
        await seat.press("enter")
        assert "V183" in seat.notice
        assert window.desk.tickets.board().waiting == ()


async def test_keys_without_a_number_do_nothing(sit: OpenSeat, window: Window) -> None:
    async with sit() as seat:
        await seat.press("f3")
        await seat.press("f3", "f4", "f5", "f7", "enter")
        assert seat.on(TicketScreen)
        assert window.desk.tickets.board().at_window is None
