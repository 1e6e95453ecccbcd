"""F7 on home: a case is found by number, citizen or parcel, and a posted supplement goes on there."""

from __future__ import annotations

import pytest
from textual.widgets import Input, OptionList

from sync.contract.models import ChangeKind
from tests.services.conftest import QIAN, RELIEF, ZHAO, Window
from tests.tui.conftest import OpenSeat
from tests.tui.seat import NARROW
from workstation.domain.case import Case
from workstation.tui.screens.dialogs import ChoiceDialog
from workstation.tui.screens.find import FindDialog
from workstation.tui.screens.home import HomeScreen
from workstation.tui.widgets.steps import StepName

pytestmark = pytest.mark.anyio

INVOICE, PARCEL = "medical-invoice", "EA123456785CN"


def tolerated(window: Window) -> Case:
    case = window.named(window.open(RELIEF))
    window.defer(case, INVOICE)
    window.filled(window.with_materials(case, except_for=(INVOICE,)))
    return window.desk.decisions.receive(case.case_id)


async def test_an_identity_number_that_fits_one_case_opens_it(sit: OpenSeat, window: Window) -> None:
    case, _other = window.received(), window.received(person=QIAN)
    async with sit(size=NARROW) as seat:
        await seat.press("f7")
        seat.on(FindDialog)
        await seat.write(ZHAO.id_number.lower())
        await seat.press("enter")
        assert seat.case.case_id == case.case_id


async def test_several_hits_are_offered_with_what_they_owe(sit: OpenSeat, window: Window) -> None:
    first, second = window.received(), tolerated(window)
    async with sit(size=NARROW) as seat:
        await seat.press("f7")
        await seat.write("赵样本")
        await seat.press("enter")
        hits = seat.app.screen.query_one("#hits", OptionList)
        assert [hits.get_option_at_index(n).id for n in range(2)] == [second.case_id, first.case_id]
        assert seat.sees("赵样本", "临时救助", "待补 1 份")
        await seat.press("down", "enter")
        assert seat.case.case_id == first.case_id


@pytest.mark.parametrize(
    ("text", "words"),
    [("赵", "至少输入 2 个字"), ("[/red]%", "没有找到 [/red]%"), (QIAN.id_number, "没有找到 440304********")],
)
async def test_what_is_not_found_is_said_with_a_number_masked(
    sit: OpenSeat, window: Window, text: str, words: str
) -> None:
    window.received()
    async with sit() as seat:
        await seat.press("f7")
        await seat.write(text)
        await seat.press("enter")
        assert seat.sees(words)
        assert seat.app.screen.query_one("#query", Input).has_focus
        await seat.press("escape")
        seat.on(HomeScreen)


async def test_an_announced_parcel_leads_to_the_supplement_in_four_keys(
    sit: OpenSeat, window: Window
) -> None:
    case = tolerated(window)
    window.tell(ChangeKind.WAYBILL, case.number, number=PARCEL)
    async with sit() as seat:
        await seat.press("f7")
        await seat.write(PARCEL)
        await seat.press("enter")
        assert seat.case.case_id == case.case_id
        await seat.press("f6")
        seat.on(ChoiceDialog)
        await seat.press("enter")
        supplement = window.store.case(case.case_id).supplement
        assert supplement is not None and supplement.waybill == PARCEL
        assert seat.at(StepName.MATERIALS) and seat.case.current_slot == INVOICE


async def test_home_says_where_silence_stands(sit: OpenSeat, window: Window) -> None:
    window.received()
    window.clock.forward(days=10)
    async with sit() as seat:
        assert "1 件期限已过, 可能已视为受理" in seat.notice
    window.desk.silence.heard(window.clock.now)
    async with sit() as seat:
        assert "1 件期满未获答复, 已视为受理" in seat.notice
