"""Guidance on the screens: fewest questions, what an answer would change, the tray, a second street."""

from __future__ import annotations

import dataclasses

import pytest
from textual.widgets import Static

from tests.services.conftest import ELDER_CARD, ZHAO, MakeWindow, Window
from tests.services.test_services_guidance import AGE, WHO, asking
from tests.tui.conftest import OpenSeat
from tests.tui.seat import NARROW, Seat
from tests.tui.test_tui_applicant import FRONT, lay_card
from workstation.domain.case import CaseState
from workstation.domain.items import Item, Pack
from workstation.domain.kinds import KnownFrom, Routing
from workstation.domain.situations import Known, KnownOption, When
from workstation.tui.screens.dialogs import ChoiceDialog, ConfirmDialog
from workstation.tui.widgets.steps import StepName

pytestmark = pytest.mark.anyio


def elder(pack: Pack) -> Item:
    return next(item for item in pack.items if item.title == ELDER_CARD)


def with_item(make_window: MakeWindow, pack: Pack, item: Item) -> Window:
    return make_window(packs=(dataclasses.replace(pack, items=(item,), matters=()),))


async def by_card(seat: Seat) -> None:
    """Scan both sides of the card and confirm it."""
    await seat.press("f2", "f2", "enter")
    await seat.write(ZHAO.phone)
    await seat.press("enter")


async def test_what_the_card_knows_is_not_asked_and_is_shown_with_its_source(
    sit: OpenSeat, make_window: MakeWindow, pack: Pack
) -> None:
    window = with_item(make_window, pack, asking(elder(pack)))
    lay_card(window)
    async with sit(window=window) as seat:
        await seat.press("f2", "enter")
        assert seat.at(StepName.SITUATION) and seat.sees("由谁办理") and seat.misses("是否持有户口簿")
        await seat.press("1")
        assert seat.at(StepName.APPLICANT)
        await by_card(seat)
        assert "由身份证得出: 年龄 62 岁" in seat.notice
        seat.case.go(StepName.SITUATION)
        await seat.settle()
        assert seat.sees("✔ 年龄 已满 62 周岁", "· 由身份证得出: 年龄 62 岁", "· 由存档得出: 没有存档材料")
        assert seat.sees("改答: 年龄"), "an answer of a fact is changed like any other"


async def test_an_item_whose_questions_the_card_may_answer_begins_with_the_card(
    sit: OpenSeat, make_window: MakeWindow, pack: Pack
) -> None:
    unsure = dataclasses.replace(
        WHO, known=Known(KnownFrom.ADDRESS, (KnownOption("agent", words=("湖南省",)),))
    )
    item = dataclasses.replace(asking(elder(pack)), questions=(AGE, unsure))
    fields = tuple(dataclasses.replace(f, when=f.when) for f in item.fields)
    item = dataclasses.replace(item, materials=item.materials[:2], fields=fields)
    window = with_item(make_window, pack, item)
    lay_card(window)
    async with sit(window=window) as seat:
        await seat.press("f2", "enter")
        assert seat.at(StepName.APPLICANT), "no key is spent on what the card will say"
        await seat.press("pageup")
        assert seat.sees("其余 2 个情形由身份证得出, 回车继续")
        await seat.press("enter")
        await by_card(seat)
        assert seat.at(StepName.SITUATION) and seat.sees("由谁办理", "由身份证得出: 年龄 62 岁")
        await seat.press("1")
        assert seat.at(StepName.APPLICANT) and seat.sees("由住址推出, 回车确认")


async def test_the_option_under_the_cursor_says_what_it_would_change(sit: OpenSeat) -> None:
    async with sit(size=NARROW) as seat:
        await seat.press("f2")
        await seat.write("jlyd")
        await seat.press("enter")
        assert seat.sees("清单不变", "现有清单 4 项", "居民身份证、户口簿")
        await seat.press("down", "down")
        assert seat.sees("＋原敬老优待证")
        await seat.press("enter", "down")
        assert seat.sees("＋代办人有效身份证件 ＋授权委托书", "民法典第一百六十五条")
        await seat.press("up", "enter", "pageup")
        await seat.press("down", "enter")
        assert seat.sees("－原敬老优待证")


async def test_a_page_goes_from_the_tray_to_the_slot_where_it_belongs(sit: OpenSeat, window: Window) -> None:
    case = window.named(window.open(case="exchange"))
    window.scan(case, "old-card", 2)
    window.desk.intake.answer(case.case_id, "case", "lost")
    async with sit(size=NARROW) as seat:
        await seat.open(case.case_id)
        assert seat.sees("材料托盘 2 页", "▫ 原敬老优待证")
        await seat.press("end")
        assert seat.sees("为何在托盘", "M 移到别的材料") and seat.case.current_slot == ""
        assert seat.case.check_action("scan", ()) is None, "nothing is scanned into the tray"
        await seat.press("m")
        seat.on(ChoiceDialog)
        await seat.press("3", "2")
        pages = window.store.case(case.case_id).slot("household-register").pages
        assert len(pages) == 2 and seat.misses("材料托盘")
        assert "已移到 户口簿, 共 2 页" in seat.notice


async def test_one_page_of_a_slot_is_moved_and_escape_moves_nothing(sit: OpenSeat, window: Window) -> None:
    case = window.named(window.open())
    window.scan(case, "id-card", 2)
    async with sit() as seat:
        await seat.open(case.case_id)
        await seat.press("m", "escape")
        await seat.press("m", "enter", "escape")
        assert len(window.store.case(case.case_id).slot("id-card").pages) == 2
        await seat.press("m", "enter", "1")
        after = window.store.case(case.case_id)
        assert len(after.slot("id-card").pages) == len(after.slot("household-register").pages) == 1


async def test_receiving_names_what_the_tray_still_holds(sit: OpenSeat, window: Window) -> None:
    case = window.ready(case="exchange")
    window.desk.intake.answer(case.case_id, "case", "first-blue")
    async with sit() as seat:
        await seat.open(case.case_id)
        await seat.press("f10")
        seat.on(ConfirmDialog)
        assert seat.sees("托盘中还有 1 页: 随件保存但不送出?", "· 原敬老优待证: 1 页")
        await seat.press("enter")
        assert window.store.case(case.case_id).state is CaseState.DRAFT
        await seat.press("f10", "y")
        sealed = window.store.case(case.case_id)
        assert sealed.state is CaseState.RECEIVED and len(sealed.slot("old-card").pages) == 1
        assert "old-card" not in {page.slot for page in window.manifest(sealed).pages}


async def test_where_two_households_verify_both_streets_are_asked_for(
    sit: OpenSeat, make_window: MakeWindow, pack: Pack
) -> None:
    item = dataclasses.replace(
        elder(pack), questions=(), second_street=When(), routing=Routing.BOTH_HOUSEHOLDS
    )
    window = with_item(make_window, pack, item)
    case = window.desk.intake.open_case(item)
    lay_card(window)
    async with sit(window=window) as seat:
        await seat.open(case.case_id)
        await by_card(seat)
        await seat.press("enter")
        assert seat.at(StepName.APPLICANT) and seat.sees("配偶户籍街道 (双方都要核验)", "请核对")
        await seat.press("enter")
        assert seat.at(StepName.MATERIALS) and seat.sees("属地 香蜜湖街道 + 华富街道")
        chosen = window.store.case(case.case_id)
        assert (chosen.home_street, chosen.second_street) == ("XMH", "HF")
        await seat.press("pageup")
        await seat.press("enter")
        assert seat.sees("配偶户籍街道"), "another first street asks for the second again"


async def test_an_item_without_review_is_ready_once_the_card_is_confirmed(
    sit: OpenSeat, make_window: MakeWindow, pack: Pack
) -> None:
    base = elder(pack)
    item = dataclasses.replace(
        base,
        review_free=True,
        instant=True,
        acceptance_delegated=True,
        routing=Routing.RECEIVING,
        questions=(),
        materials=(base.material("id-card"),),
        fields=tuple(field for field in base.fields if field.id in ("name", "id_number")),
    )
    window = with_item(make_window, pack, item)
    case = window.desk.intake.open_case(item)
    lay_card(window)
    async with sit(window=window) as seat:
        await seat.open(case.case_id)
        assert seat.at(StepName.APPLICANT) and seat.sees("不用选街道")
        await by_card(seat)
        assert seat.at(StepName.DECISION) and seat.sees("材料和表单齐全")
        await seat.press("f10")
        assert window.store.case(case.case_id).state is CaseState.ACCEPTED


async def test_the_page_pane_offers_a_key_only_where_it_scans_something(
    sit: OpenSeat, window: Window
) -> None:
    case = window.desk.intake.open_case(window.item(ELDER_CARD))
    async with sit() as seat:
        await seat.open(case.case_id)
        pane = seat.case.pane.query_one("#empty", Static)
        assert seat.at(StepName.SITUATION) and str(pane.content) == "还没有扫描页"
        await seat.press("1", "1")
        assert seat.at(StepName.APPLICANT) and "F2 扫描 居民身份证" in str(pane.content)


async def test_a_citizen_known_from_an_earlier_case_types_neither_phone_nor_address_again(
    sit: OpenSeat, window: Window
) -> None:
    window.received()
    case = window.open()
    misread = ZHAO.address.replace("蜜", "密")
    lay_card(window, front={**FRONT, "address": misread})
    window.readings.confidence = 0.5
    async with sit() as seat:
        await seat.open(case.case_id)
        await seat.press("f2", "f2")
        assert (seat.row("address").text, seat.row("phone").text) == (ZHAO.address, ZHAO.phone)
        assert seat.sees("取自以前的办件, 请核对")
        for _ in range(7):
            await seat.press("enter")
        named = window.store.case(case.case_id)
        assert named.applicant is not None and named.applicant.address == ZHAO.address
        assert named.applicant.phone == ZHAO.phone and named.home_street == "XMH"


async def test_a_card_that_says_what_an_earlier_case_confirmed_need_not_be_compared_again(
    sit: OpenSeat, window: Window
) -> None:
    window.received()
    case = window.open()
    lay_card(window)
    window.readings.confidence = 0.5
    async with sit() as seat:
        await seat.open(case.case_id)
        await seat.press("f2", "f2")
        assert str(seat.row("address").query_one("#lamp", Static).content).endswith("与以前核过的一致")
        assert {"id-card-front.name", "id-card-front.address"} <= seat.case.view.known_before  # type: ignore[union-attr]
        await seat.press("enter")
        assert seat.app.focused is seat.row("valid_until").query_one("Input")


async def test_an_address_read_otherwise_is_never_replaced_by_the_one_before(
    sit: OpenSeat, window: Window
) -> None:
    window.received()
    case = window.open()
    lay_card(window, front={**FRONT, "address": "广东省深圳市福田区梅林街道别处9号"})
    window.readings.confidence = 0.5
    async with sit() as seat:
        await seat.open(case.case_id)
        await seat.press("f2")
        assert seat.row("address").text == "广东省深圳市福田区梅林街道别处9号"


async def test_a_page_in_the_tray_can_be_taken_out_by_its_key(sit: OpenSeat, window: Window) -> None:
    case = window.named(window.open(case="exchange"))
    window.scan(case, "old-card", 1)
    window.desk.intake.answer(case.case_id, "case", "lost")
    async with sit() as seat:
        await seat.open(case.case_id)
        await seat.press("end", "delete")
        seat.on(ConfirmDialog)
        await seat.press("y")
        assert window.store.case(case.case_id).slot("old-card").pages == ()
        assert seat.misses("材料托盘")
