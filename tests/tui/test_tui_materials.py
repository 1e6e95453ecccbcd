"""Materials and form: scan, reuse with consent, originals, removal, tolerance, and the pre-filled form."""

from __future__ import annotations

import threading

import pytest
from textual.widgets import OptionList

from scanners.errors import PaperJam
from scanners.fake import blank_page
from scanners.port import Device, RawPage, Source
from tests.services.conftest import RELIEF, ZHAO, Window
from tests.tui.conftest import OpenSeat
from tests.tui.seat import NARROW, Seat
from workstation.domain.case import Case, Custody
from workstation.tui.screens.dialogs import ChoiceDialog, ConfirmDialog
from workstation.tui.screens.page import PageScreen
from workstation.tui.widgets.steps import StepName

pytestmark = pytest.mark.anyio


def slot_of(seat: Seat, case: Case, slot: str) -> int:
    return len(seat.window.store.case(case.case_id).slot(slot).pages)


async def test_scan_mark_and_go_on_by_enter_alone(sit: OpenSeat, window: Window) -> None:
    case = window.with_materials(window.named(window.open()), except_for=("photo-receipt",))
    window.scanner.script.append(blank_page(shade=3))
    async with sit() as seat:
        await seat.open(case.case_id)
        assert seat.at(StepName.MATERIALS) and seat.case.current_slot == "photo-receipt"
        assert seat.sees("材料清单 3/4", "待扫描", "合格标准", "收取原件, 随邮袋送属地街道", "F2 扫描")
        await seat.press("enter")
        assert "请先扫描" in seat.notice
        await seat.press("f2")
        assert "已扫描 1 页" in seat.notice
        assert seat.sees("已扫 1 页, 按回车确认原件", "回车 原件留存, 随邮袋送出", "数码照相回执 1/1")
        await seat.press("enter")
        assert window.store.case(case.case_id).slot("photo-receipt").custody is Custody.HELD
        assert seat.at(StepName.FORM) and seat.focused_row == "photo_receipt_number"
        assert seat.sees("数码照相回执 1/1"), "the paper the number stands on is beside the form"


async def test_a_jam_keeps_the_pages_and_says_what_to_do(sit: OpenSeat, window: Window) -> None:
    case = window.named(window.open())
    window.scanner.script += [blank_page(shade=1), PaperJam(), blank_page(shade=2)]
    async with sit() as seat:
        await seat.open(case.case_id)
        await seat.press("f2")
        assert slot_of(seat, case, "id-card") == 1
        await seat.press("f2")
        assert "[S101]" in seat.notice and "已扫描的页都已保留" in seat.notice
        assert slot_of(seat, case, "id-card") == 1 and not seat.case.scanning
        await seat.press("f2")
        assert slot_of(seat, case, "id-card") == 2


async def test_no_scanner_says_so(sit: OpenSeat, window: Window) -> None:
    case = window.named(window.open())
    window.scanner._devices = ()
    async with sit() as seat:
        await seat.open(case.case_id)
        await seat.press("f2")
        assert "[S114]" in seat.notice


class SlowFeeder:
    """A feeder that holds the third sheet until the test lets it go."""

    def __init__(self) -> None:
        self.go_on = threading.Event()

    def devices(self) -> tuple[Device, ...]:
        return (Device("slow", "Slow feeder", "scripted", (Source.FEEDER,)),)

    def scan(self, job: object, cancelled: object) -> object:
        for number in range(1, 9):
            if number == 3:
                assert self.go_on.wait(90)
            if cancelled():  # type: ignore[operator]
                return
            yield _numbered(number)


def _numbered(number: int) -> RawPage:
    return blank_page(shade=number * 10)


async def test_escape_during_a_scan_stops_it_and_keeps_the_pages(sit: OpenSeat, window: Window) -> None:
    case = window.with_materials(window.named(window.open()), except_for=("household-register",))
    feeder = SlowFeeder()
    object.__setattr__(window.desk.capture, "scanner", feeder)
    async with sit() as seat:
        await seat.open(case.case_id)
        seat.app.simulate_key("f2")
        await seat.until(lambda: slot_of(seat, case, "household-register") == 2, "two pages")
        assert seat.case.scanning and seat.case.check_action("scan", ()) is None
        assert "Esc 停止" in seat.notice
        seat.app.simulate_key("escape")
        await seat.until(lambda: "正在停止" in seat.notice, "cancelled")
        feeder.go_on.set()
        await seat.until(lambda: not seat.case.scanning, "the first Escape stops the scan and leaves nothing")
        assert slot_of(seat, case, "household-register") == 2
        assert "已停止, 扫到的 2 页都已存盘" in seat.notice


async def test_reuse_asks_the_citizen_and_no_means_no(sit: OpenSeat, window: Window) -> None:
    window.approved()
    case = window.named(window.open())
    async with sit() as seat:
        await seat.open(case.case_id)
        await seat.press("down")
        assert seat.case.current_slot == "household-register"
        assert seat.sees("可复用, 按 F3", "F3 复用 · F2 扫描")
        await seat.press("f3")
        seat.on(ConfirmDialog)
        assert seat.sees("是否同意本办件复用", "申请人同意")
        await seat.press("enter")
        assert window.store.case(case.case_id).slot("household-register").reuse is None
        await seat.press("f3", "n", "f3", "y")
        reuse = window.store.case(case.case_id).slot("household-register").reuse
        assert reuse is not None and reuse.consent_way
        seat.case.materials.query_one("#lines", OptionList).highlighted = 1
        await seat.settle()
        assert seat.sees("复用存档", "户口簿 1/1 · 复用 2026-11-20 办件")


async def test_several_copies_are_one_question_and_one_yes_for_each(sit: OpenSeat, window: Window) -> None:
    window.approved(RELIEF)
    first, second = (window.named(window.open(RELIEF)) for _ in range(2))
    async with sit() as seat:
        await seat.open(first.case_id)
        offers = dict(seat.case.open_offers)
        assert len(offers) > 1
        await seat.press("end", "home")
        while seat.case.current_slot not in offers:
            await seat.press("down")
        await seat.press("f3", "n")
        assert not any(slot.reuse for slot in window.store.case(first.case_id).slots.values())
        await seat.press("f3", "space", "y")
        taken = {name for name, slot in window.store.case(first.case_id).slots.items() if slot.reuse}
        assert taken == set(list(offers)[1:])
        await seat.press("escape")
        await seat.open(second.case_id)
        while seat.case.current_slot not in offers:
            await seat.press("down")
        await seat.press("f3", "y")
        slots = window.store.case(second.case_id).slots
        consents = {slots[name].reuse.consent_at for name in offers if slots[name].reuse}  # type: ignore[union-attr]
        assert len(consents) >= 1 and all(slots[name].reuse is not None for name in offers)


async def test_a_page_is_only_removed_after_a_yes(sit: OpenSeat, window: Window) -> None:
    case = window.named(window.open())
    window.scan(case, "id-card", 2)
    async with sit() as seat:
        await seat.open(case.case_id)
        await seat.press("delete", "enter")
        assert slot_of(seat, case, "id-card") == 2
        await seat.press("delete", "y")
        assert slot_of(seat, case, "id-card") == 1


async def test_only_a_tolerable_material_may_follow_later(sit: OpenSeat, window: Window) -> None:
    case = window.named(window.open(RELIEF))
    lines = window.desk.view(case.case_id).checklist.lines
    tolerable = [n for n, line in enumerate(lines) if line.material.need.value == "TOLERABLE"]
    async with sit() as seat:
        await seat.open(case.case_id)
        assert seat.case.check_action("defer", ()) is None
        seat.case.materials.query_one("#lines", OptionList).highlighted = tolerable[0]
        await seat.settle()
        assert seat.case.check_action("defer", ()) is True and seat.sees("可按 F6 后补")
        await seat.press("f6")
        assert seat.sees("容缺后补", "主要材料还缺", "信用核准: 无失信记录")
        await seat.press("enter", "enter")
        slot = window.store.case(case.case_id).slot(lines[tolerable[0]].material.id)
        assert slot.deferred_until is not None and seat.sees("容缺后补")


async def test_the_scanner_is_chosen_once_and_used_from_then_on(sit: OpenSeat, window: Window) -> None:
    case = window.named(window.open())
    glass = Device("glass", "[bold]玻璃台", "scripted", (Source.FLATBED,))
    window.scanner._devices = (*window.scanner.devices(), glass)
    window.scanner.script.append(blank_page())
    async with sit() as seat:
        await seat.open(case.case_id)
        await seat.press("f14")
        seat.on(ChoiceDialog)
        assert seat.sees("Scripted scanner", "[bold]玻璃台")
        assert seat.sees("进纸器双面", "进纸器有纸就用进纸器, 没有就用平板")
        await seat.press("end", "enter")
        assert "玻璃台" in seat.notice
        await seat.press("f2")
        assert window.scanner.jobs[-1].device_id == "glass" and window.scanner.jobs[-1].max_pages == 1


async def test_f5_opens_the_viewer_and_without_one_fills_the_terminal(sit: OpenSeat, window: Window) -> None:
    case = window.named(window.open())
    window.scan(case, "id-card", 2)
    async with sit(size=NARROW) as seat:
        await seat.open(case.case_id)
        await seat.press("f5")
        assert len(seat.outside.pages) == 1 and "看图程序" in seat.notice
        seat.outside.has_viewer = False
        await seat.press("f5")
        page = seat.on(PageScreen)
        assert seat.sees("居民身份证 2/2") and page.pane.query("#picture")
        await seat.press("left")
        assert seat.sees("居民身份证 1/2")
        await seat.press("left", "f1", "escape", "escape")
        assert seat.case.case_id == case.case_id


async def test_enter_confirms_stores_and_goes_to_the_next_open_field(sit: OpenSeat, window: Window) -> None:
    case = window.with_materials(window.named(window.open()))
    async with sit() as seat:
        await seat.open(case.case_id)
        assert seat.at(StepName.FORM) and seat.focused_row == "photo_receipt_number"
        assert seat.sees("取自身份证", "回车 确认这一项")
        await seat.press("enter")
        assert seat.at(StepName.FORM)
        await seat.write("SZ2026")
        await seat.press("enter")
        fields = window.store.case(case.case_id).fields
        assert fields["photo_receipt_number"].value == "SZ2026"
        assert fields["photo_receipt_number"].confirmed_by == "王样本"
        assert seat.at(StepName.DECISION) and seat.sees("材料和表单齐全", "按 F10 收件")


async def test_a_value_that_fails_its_check_keeps_the_form_open(sit: OpenSeat, window: Window) -> None:
    case = window.filled(window.with_materials(window.named(window.open())))
    async with sit() as seat:
        await seat.open(case.case_id)
        seat.case.go(StepName.FORM)
        await seat.settle()
        await seat.go_to_row("phone")
        await seat.replace("12")
        await seat.press("enter")
        assert seat.row("phone").text == "12" and seat.sees("电话号码格式不对")
        assert seat.at(StepName.FORM)
        await seat.go_to_row("phone")
        await seat.replace(ZHAO.phone)
        await seat.press("enter")
        assert seat.at(StepName.DECISION)
