"""Situation and applicant: questions by digits, the card scanned once, typed text never overwritten."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from textual.widgets import Input, OptionList

from ocr.errors import EngineTimeout
from scanners.fake import blank_page
from tests.services.conftest import ZHAO, Window
from tests.tui.conftest import OpenSeat
from tests.tui.seat import Seat
from workstation.domain.facts import FieldValue, Origin
from workstation.tui.widgets.steps import StepName

pytestmark = pytest.mark.anyio

FRONT: Mapping[str, str] = {
    "name": ZHAO.name,
    "sex": ZHAO.sex,
    "ethnicity": ZHAO.ethnicity,
    "birth_date": ZHAO.birth_date.isoformat(),
    "address": ZHAO.address,
    "id_number": ZHAO.id_number,
}
BACK: Mapping[str, str] = {
    "authority": "深圳市公安局福田分局",
    "valid_from": "2020-01-01",
    "valid_until": "长期",
}


def lay_card(window: Window, *, front: Mapping[str, str] = FRONT) -> None:
    window.readings.by_kind.update({"id-card-front": front, "id-card-back": BACK})
    window.scanner.script += [blank_page(shade=10), blank_page(shade=20)]


def options(seat: Seat) -> list[str]:
    listing = seat.case.query_one("#options", OptionList)
    return [str(listing.get_option_at_index(n).prompt) for n in range(listing.option_count)]


async def test_digits_answer_and_lead_to_the_applicant(sit: OpenSeat) -> None:
    async with sit() as seat:
        await seat.press("f2")
        await seat.write("jlyd")
        await seat.press("enter")
        assert seat.sees("办理情形", "按数字或回车选择")
        await seat.press("9", "0")
        assert seat.at(StepName.SITUATION)
        await seat.press("1")
        assert seat.sees("由谁办理", "✔ 办理情形", "首次办理(蓝证)")
        await seat.press("down", "enter")
        assert seat.at(StepName.APPLICANT)
        assert seat.sees("他人代办", "F2 扫描身份证, 或直接录入后回车")
        assert seat.case.view is not None and dict(seat.case.view.case.answers) == {
            "case": "first-blue",
            "who": "agent",
        }


async def test_an_answer_can_be_changed_and_its_pages_stay_in_sight(sit: OpenSeat, window: Window) -> None:
    case = window.named(window.open(who="agent"))
    window.scan(case, "proxy")
    async with sit() as seat:
        await seat.open(case.case_id)
        seat.case.go(StepName.SITUATION)
        await seat.settle()
        assert options(seat) == ["继续", "改答: 办理情形", "改答: 由谁办理"]
        await seat.press("end", "enter")
        assert options(seat)[:2] == ["1  本人办理", "2  他人代办"]
        await seat.press("1")
        seat.case.go(StepName.MATERIALS)
        await seat.settle()
        assert seat.sees("▫ 授权委托书", "材料托盘 1 页")
        assert len(window.store.case(case.case_id).slot("proxy").pages) == 1


async def test_the_card_fills_the_rows_and_enter_skips_the_sure_ones(sit: OpenSeat, window: Window) -> None:
    case = window.open()
    lay_card(window)
    async with sit() as seat:
        await seat.open(case.case_id)
        assert seat.focused_row == "id_number"
        await seat.press("f2")
        assert seat.row("name").text == ZHAO.name and seat.row("valid_until").text == ""
        assert "翻到背面, 再按 F2" in seat.notice
        await seat.press("f2")
        assert seat.row("valid_until").text == "长期" and "已识别" in seat.notice
        assert seat.sees("居民身份证 1/2 · 200 dpi", "✔ 0.97")
        await seat.press("enter")
        assert seat.focused_row == "phone"
        await seat.write("19900000001")
        await seat.press("enter")
        assert seat.case.view is not None and seat.case.view.case.applicant is not None
        assert seat.sees("由住址推出, 回车确认", f"{ZHAO.sex}  {ZHAO.birth_date}", "440304********997X")
        await seat.press("enter")
        assert seat.at(StepName.MATERIALS)
        assert seat.sees("属地 香蜜湖街道")


async def test_a_late_reading_never_replaces_typed_text(sit: OpenSeat, window: Window) -> None:
    case = window.open()
    lay_card(window)
    async with sit() as seat:
        await seat.open(case.case_id)
        await seat.go_to_row("name")
        await seat.write("钱样本")
        await seat.press("f2")
        assert seat.row("name").text == "钱样本"
        assert seat.row("id_number").text == ZHAO.id_number


async def test_typed_text_is_never_shown_as_checked_and_a_key_takes_the_reading(
    sit: OpenSeat, window: Window
) -> None:
    case = window.open()
    lay_card(window)
    async with sit() as seat:
        await seat.open(case.case_id)
        await seat.go_to_row("id_number")
        await seat.write("1")
        await seat.press("f2")
        assert seat.row("id_number").text == "1"
        assert seat.sees(f"? 识别为 {ZHAO.id_number}", "Ctrl+Z 采用")
        await seat.press("ctrl+z")
        assert seat.row("id_number").text == ZHAO.id_number
        assert "Ctrl+Z 采用" not in seat.text and seat.sees("✔ 0.97")


async def test_a_number_that_fails_its_check_digit_is_named_and_kept(sit: OpenSeat, window: Window) -> None:
    case = window.open()
    wrong = ZHAO.id_number[:-1] + ("1" if ZHAO.id_number[-1] != "1" else "2")
    async with sit() as seat:
        await seat.open(case.case_id)
        await seat.write(wrong)
        await seat.press("enter")
        assert seat.sees("✘ 校验位不符") and seat.focused_row == "name"
        await seat.write("赵样本")
        await seat.press("enter", "enter")
        assert seat.focused_row == "id_number" and seat.row("id_number").text == wrong
        assert "D1" in seat.notice
        assert seat.case.view is not None and seat.case.view.case.applicant is None


async def test_an_address_without_a_street_asks_for_the_street(sit: OpenSeat, window: Window) -> None:
    case = window.open()
    async with sit() as seat:
        await seat.open(case.case_id)
        for text in (ZHAO.id_number, ZHAO.name, ZHAO.phone):
            await seat.write(text)
            await seat.press("enter")
        assert seat.sees("住址中没有认出, 请选择")
        await seat.press("down", "enter")
        assert seat.sees("属地 华富街道")


async def test_a_failing_engine_costs_nothing_but_typing(sit: OpenSeat, window: Window) -> None:
    case = window.open()
    lay_card(window)
    window.readings.by_kind["id-card-front"] = EngineTimeout()
    async with sit() as seat:
        await seat.open(case.case_id)
        await seat.press("f2")
        assert "[O1" in seat.notice
        assert len(window.store.case(case.case_id).slot("id-card").pages) == 1
        await seat.write(ZHAO.id_number)
        assert seat.row("id_number").text == ZHAO.id_number


async def test_doubtful_readings_are_counted_over_both_sides(sit: OpenSeat, window: Window) -> None:
    case = window.open()
    lay_card(window, front={**FRONT, "address": ""})
    async with sit() as seat:
        await seat.open(case.case_id)
        await seat.press("f2", "f2")
        assert "1 项需要核对" in seat.notice


async def test_a_long_address_is_shown_whole_under_its_input(sit: OpenSeat, window: Window) -> None:
    case = window.open()
    address = "广东省深圳市福田区香蜜湖街道样本路七号样本花园三栋五单元五零二房至五零九房"
    lay_card(window, front={**FRONT, "address": address})
    async with sit(size=(80, 24)) as seat:
        await seat.open(case.case_id)
        await seat.press("f2")
        row = seat.row("address")
        assert row.query_one(Input).content_size.width < 2 * len(address) and row.region.height == 4
        assert seat.sees(address[-3:])


async def test_a_reading_that_comes_under_the_cursor_gives_way_to_the_first_key(
    sit: OpenSeat, window: Window
) -> None:
    case = window.open()
    lay_card(window)
    async with sit() as seat:
        await seat.open(case.case_id)
        row = await seat.go_to_row("phone")
        row.show(FieldValue(value="19900000001", origin=Origin.OCR))
        await seat.write("13")
        assert row.text == "13"
