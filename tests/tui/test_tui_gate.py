"""The quality gate on screen: said at once, scanned again with the same key, or standing with a reason."""

from __future__ import annotations

import pytest

from scanners.fake import blank_page
from scanners.imaging.port import PageFault, PageReport
from scanners.port import Source
from tests.services.conftest import MakeWindow, Window
from tests.services.test_services_checking import ScriptedDarkroom, report
from tests.tui.conftest import OpenSeat
from tests.tui.seat import Seat
from workstation.domain.case import Case, Fault, FindingSettled, PageCountSettled
from workstation.domain.checklist import Todo
from workstation.services.view import CaseView
from workstation.tui.screens.dialogs import ChoiceDialog
from workstation.tui.widgets.steps import StepName

pytestmark = pytest.mark.anyio
CARD = "id-card"
Seen = tuple[PageReport, ...]


def seeing(make_window: MakeWindow, *script: Seen) -> Window:
    return make_window(darkroom=ScriptedDarkroom(list(script)))


def page(*faults: PageFault, number: int = 0) -> Seen:
    return (report(*faults, print_of=f"{number:02x}"),)


def view_of(seat: Seat) -> CaseView:
    assert seat.case.view is not None
    return seat.case.view


def todo(seat: Seat, slot: str = CARD) -> Todo:
    line = view_of(seat).line(slot)
    assert line is not None
    return line.todo


async def at_materials(seat: Seat, case: Case) -> None:
    await seat.open(case.case_id)
    while not seat.at(StepName.MATERIALS):
        await seat.press("pagedown")
    await seat.press("home")


async def test_a_blurred_page_is_said_and_the_same_key_scans_it_again_in_its_place(
    sit: OpenSeat, make_window: MakeWindow
) -> None:
    window = seeing(make_window, page(PageFault.BLUR), page(number=1), page(number=2))
    case = window.named(window.open())
    window.scanner.script += [blank_page(shade=shade) for shade in (10, 20, 30)]
    async with sit(window=window) as seat:
        await at_materials(seat, case)
        await seat.press("f2")
        await seat.until(lambda: "第 1 页: 模糊" in seat.notice, "said")
        assert "擦净玻璃" in seat.notice and "F2 重扫这一页" in seat.notice
        assert todo(seat) is Todo.LOOK and seat.sees("扫描有疑点, 按回车查看")
        blurred = view_of(seat).case.slot(CARD).pages[0]
        await seat.press("f2")
        await seat.until(lambda: todo(seat) is Todo.SCAN_MORE, "mended")
        pages = view_of(seat).case.slot(CARD).pages
        assert len(pages) == 1 and pages[0].page_id != blurred.page_id
        assert blurred in view_of(seat).case.binned
        await seat.press("f2")
        await seat.until(lambda: todo(seat) is Todo.MARK_ORIGINAL, "both sides")


async def test_a_page_stands_only_with_a_reason_which_the_log_keeps(
    sit: OpenSeat, make_window: MakeWindow
) -> None:
    window = seeing(make_window, page(PageFault.TOO_DARK, PageFault.CUT_EDGE))
    case = window.named(window.open())
    window.scanner.script.append(blank_page(shade=10))
    async with sit(window=window) as seat:
        await at_materials(seat, case)
        await seat.press("f2")
        await seat.until(lambda: todo(seat) is Todo.LOOK, "in doubt")
        await seat.press("enter")
        seat.on(ChoiceDialog)
        assert seat.sees("第 1 页有疑点", "太暗: 盖好盖板", "缺边", "1  重扫这一页", "3  删去这一页")
        await seat.press("2", "escape")
        assert todo(seat) is Todo.LOOK, "no reason, no yes"
        await seat.press("enter", "2", "2")
        await seat.until(lambda: todo(seat) is not Todo.LOOK, "stands")
        settled = [e for e in window.store.log(case.case_id) if isinstance(e.payload, FindingSettled)]
        assert {entry.why for entry in settled} == {"字迹能看清, 不影响办理"}
        assert len(settled) == 2 and {entry.actor for entry in settled} == {window.desk.profile.clerk}


async def test_a_reason_of_ones_own_can_be_written(sit: OpenSeat, make_window: MakeWindow) -> None:
    window = seeing(make_window, page(PageFault.GLARE))
    case = window.named(window.open())
    window.scanner.script.append(blank_page(shade=10))
    async with sit(window=window) as seat:
        await at_materials(seat, case)
        await seat.press("f2")
        await seat.until(lambda: todo(seat) is Todo.LOOK, "in doubt")
        await seat.press("enter", "2", "4")
        await seat.write("塑封件")
        await seat.press("enter")
        await seat.until(lambda: todo(seat) is not Todo.LOOK, "stands")
        assert window.store.log(case.case_id)[-1].why == "塑封件"


async def test_a_page_in_doubt_can_be_taken_out(sit: OpenSeat, make_window: MakeWindow) -> None:
    window = seeing(make_window, page(PageFault.BLANK))
    case = window.named(window.open())
    window.scanner.script.append(blank_page(shade=10))
    async with sit(window=window) as seat:
        await at_materials(seat, case)
        await seat.press("f2")
        await seat.until(lambda: todo(seat) is Todo.LOOK, "in doubt")
        await seat.press("enter", "3")
        await seat.until(lambda: todo(seat) is Todo.SCAN, "gone")


@pytest.mark.parametrize("answer", ["1", "2"])
async def test_after_a_feed_sheets_and_blanks_are_counted_with_the_clerk(
    sit: OpenSeat, make_window: MakeWindow, answer: str
) -> None:
    script = [page(number=1), page(PageFault.BLANK, number=2), page(PageFault.BLUR, number=3)]
    window = seeing(make_window, *script)
    case = window.named(window.open())
    window.scanner.script += [blank_page(shade=shade) for shade in (10, 20, 30)]
    async with sit(window=window) as seat:
        await at_materials(seat, case)
        await seat.press("down", "f14", "down", "enter", "f2")
        await seat.until(lambda: isinstance(seat.app.screen, ChoiceDialog), "asked")
        assert window.scanner.jobs[-1].source is Source.FEEDER
        assert seat.sees("进纸 3 张, 得到 3 面。其中 1 面是空白?", "另有 1 面有疑点", "张数不对")
        slot = "household-register"
        await seat.press(answer)
        await seat.until(lambda: "第" in seat.notice and "模糊" in seat.notice, "the rest is said")
        pages = window.store.case(case.case_id).slot(slot).pages
        blank = [p for p in pages if any(f.fault is Fault.BLANK for f in p.findings)]
        assert len(pages) == (2 if answer == "1" else 3)
        assert all(not p.open_findings for p in blank) and len(blank) == (0 if answer == "1" else 1)


async def test_a_wrong_count_leaves_everything_and_says_what_to_do(
    sit: OpenSeat, make_window: MakeWindow
) -> None:
    window = seeing(make_window, page(number=1), page(number=2))
    case = window.named(window.open())
    window.scanner.script += [blank_page(shade=shade) for shade in (10, 20)]
    async with sit(window=window) as seat:
        await at_materials(seat, case)
        await seat.press("down", "f14", "down", "enter", "f2")
        await seat.until(lambda: isinstance(seat.app.screen, ChoiceDialog), "asked")
        await seat.press("2")
        assert "扫到的页都已存盘" in seat.notice and "按 P 整理" in seat.notice
        assert len(window.store.case(case.case_id).slot("household-register").pages) == 2


async def test_fewer_pages_than_the_item_expects_are_taken_with_a_reason(
    sit: OpenSeat, make_window: MakeWindow
) -> None:
    window = seeing(make_window, page())
    case = window.named(window.open())
    window.scanner.script.append(blank_page(shade=10))
    async with sit(window=window) as seat:
        await at_materials(seat, case)
        await seat.press("f2")
        await seat.until(lambda: todo(seat) is Todo.SCAN_MORE, "one side only")
        await seat.press("enter")
        assert seat.sees("页数不符", "这份材料有 1 页")
        await seat.press("1", "1")
        await seat.until(lambda: todo(seat) is Todo.MARK_ORIGINAL, "taken")
        settled = [e for e in window.store.log(case.case_id) if isinstance(e.payload, PageCountSettled)]
        assert settled[0].why == "原件就是这样"
