"""Choosing an item: type, see the best match first, Enter."""

from __future__ import annotations

import dataclasses

import pytest
from textual.widgets import OptionList

from tests.services.conftest import PROFILE, MakeWindow
from tests.tui.conftest import OpenSeat
from tests.tui.seat import Seat
from workstation.domain.kinds import ItemFlag, WindowCategory
from workstation.tui.screens.case import CaseScreen
from workstation.tui.screens.dialogs import NoticeDialog
from workstation.tui.screens.home import HomeScreen
from workstation.tui.screens.picker import ItemPicker

pytestmark = pytest.mark.anyio


def matches(seat: Seat) -> OptionList:
    return seat.on(ItemPicker).query_one("#matches", OptionList)


async def test_initials_words_pinyin_and_codes_find_the_item(sit: OpenSeat) -> None:
    async with sit() as seat:
        await seat.press("f2")
        pack = seat.window.desk.catalogue.current
        assert matches(seat).option_count == min(50, len(pack.items) + len(pack.matters))
        for query in ("442090001001", "jinglao", "敬老", "jlyd"):
            await seat.replace(query)
            assert seat.sees("敬老优待证", "窗口收件, 属地街道受理")
        await seat.press("enter")
        assert seat.on(CaseScreen).view is not None
        assert seat.sees("敬老优待证", "W03-20261120-001")


async def test_the_arrow_keys_move_the_match_while_typing(sit: OpenSeat) -> None:
    async with sit() as seat:
        await seat.press("f2", "down", "down", "up")
        assert matches(seat).highlighted == 1
        assert seat.sees("↑↓", "回车 办理")


async def test_nothing_found_says_so_and_enter_does_nothing(sit: OpenSeat) -> None:
    async with sit() as seat:
        await seat.press("f2")
        await seat.write("没有这种事项啊")
        assert matches(seat).option_count == 0
        assert seat.sees("没有匹配的事项")
        await seat.press("enter")
        seat.on(ItemPicker)


async def test_escape_opens_no_case(sit: OpenSeat) -> None:
    async with sit() as seat:
        await seat.press("f2", "escape")
        seat.on(HomeScreen)
        assert seat.window.store.summaries() == ()


async def test_no_query_breaks_the_search(sit: OpenSeat) -> None:
    async with sit() as seat:
        await seat.press("f2")
        for query in ("[/red]", "[bold]x", "\x1b[31m", "%", "'; --", "敬" * 200):
            await seat.replace(query)
            seat.on(ItemPicker)


async def test_an_item_handled_only_online_says_where_and_opens_nothing(sit: OpenSeat) -> None:
    async with sit() as seat:
        item = next(item for item in seat.window.desk.catalogue.current.items if item.online_only)
        await seat.press("f2")
        await seat.replace(item.code)
        assert seat.sees("只能网上办", item.title)
        await seat.press("enter")
        seat.on(NoticeDialog)
        assert seat.sees(item.online_at[:12], "没有开立办件")
        await seat.press("enter")
        seat.on(ItemPicker)
        await seat.press("escape")
        assert seat.window.store.summaries() == ()


async def test_the_published_marks_and_hours_stand_beside_the_item(sit: OpenSeat) -> None:
    async with sit() as seat:
        item = next(i for i in seat.window.desk.catalogue.current.items if ItemFlag.ONE_VISIT in i.flags)
        await seat.press("f2")
        await seat.replace(item.code)
        assert seat.sees("一次办", item.hours.words[:8])


async def test_a_window_lists_only_its_own_kinds_of_items_and_names_the_right_window(
    sit: OpenSeat, make_window: MakeWindow
) -> None:
    profile = dataclasses.replace(PROFILE, categories=frozenset({WindowCategory.OPERATION}))
    async with sit(window=make_window(profile=profile)) as seat:
        await seat.press("f2")
        pack = seat.window.desk.catalogue.current
        taken = [item for item in pack.items if item.category is WindowCategory.OPERATION]
        assert matches(seat).option_count == min(50, len(taken) + len(pack.matters))
        await seat.replace("jlyd")
        assert matches(seat).option_count == 0
        assert seat.sees("本窗口不办「敬老优待证」", "社会事务")
