"""A matter on the screens: found by plain words, one checklist, and where each approver's part stands."""

from __future__ import annotations

import pytest
from textual.widgets import OptionList

from sync.contract.models import ChangeKind
from tests.services.conftest import Window
from tests.services.test_services_matters import HYGIENE, REGISTRATION, SIGN, open_shop, received_shop, tell
from tests.tui.conftest import OpenSeat
from tests.tui.seat import NARROW, USUAL
from workstation.tui.screens.case import CaseScreen
from workstation.tui.screens.picker import SHOWN, ItemPicker
from workstation.tui.widgets.steps import StepName

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("size", [NARROW, USUAL])
@pytest.mark.parametrize("query", ["理发", "lifa", "wyklfd"])
async def test_a_matter_is_found_by_plain_words_and_opened(
    sit: OpenSeat, window: Window, query: str, size: tuple[int, int]
) -> None:
    async with sit(size=size) as seat:
        await seat.press("f2")
        await seat.write(query)
        assert seat.sees("我要开理发店", "一件事", "3 个事项", "个体工商户设立登记")
        await seat.press("enter")
        assert seat.on(CaseScreen).view is not None
        assert window.store.summaries()[0].item_code == "barber-shop"
        assert seat.sees("我要开理发店", "是否设置户外招牌")


async def test_every_matter_is_on_the_list_before_anything_is_typed(sit: OpenSeat, window: Window) -> None:
    async with sit() as seat:
        await seat.press("f2")
        matches = seat.on(ItemPicker).query_one("#matches", OptionList)
        listed = {matches.get_option_at_index(n).id for n in range(matches.option_count)}
        assert {matter.id for matter in window.desk.catalogue.current.matters} <= listed
        assert len(listed) <= SHOWN


async def test_a_shared_paper_says_who_it_is_for(sit: OpenSeat, window: Window) -> None:
    case = window.named(open_shop(window, sign="with"), street="HF")
    async with sit(size=(140, 44)) as seat:
        await seat.open(case.case_id)
        seat.case.go(StepName.MATERIALS)
        await seat.settle()
        assert seat.sees("谁需要", "全部 3 个事项共用, 只交一次")
        await seat.press("down")
        assert seat.sees("谁需要", "共用, 只交一次:")


async def test_the_last_step_lists_the_approvers_and_where_their_parts_stand(
    sit: OpenSeat, window: Window
) -> None:
    case = received_shop(window, sign="with")
    tell(window, case, REGISTRATION, ChangeKind.ACCEPTED)
    tell(window, case, SIGN, ChangeKind.REFUSED, reason="[/red] 不在管理范围")
    async with sit(size=(140, 44)) as seat:
        await seat.open(case.case_id)
        assert seat.at(StepName.DECISION)
        assert seat.sees("由 3 个部门同时办理", "✔ 个体工商户设立登记", "· 公共场所卫生许可")
        assert seat.sees("! 户外招牌设置备案", "不予受理", "[/red] 不在管理范围")


async def test_home_names_the_part_a_message_is_about(sit: OpenSeat, window: Window) -> None:
    case = received_shop(window, sign="with")
    tell(window, case, HYGIENE, ChangeKind.ACCEPTED, actor="卫生健康局")
    async with sit(size=(140, 44)) as seat:
        assert seat.sees("卫生健康局已受理「公共场所卫生许可")
