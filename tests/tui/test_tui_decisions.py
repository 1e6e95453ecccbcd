"""Receive, notices, refusal, hold: what is decided, what is said, what is sealed once."""

from __future__ import annotations

import pytest
from textual.widgets import OptionList

from tests.services.conftest import SOCIAL_CARD, Window
from tests.tui.conftest import OpenSeat
from tests.tui.seat import NARROW
from workstation.domain.case import CaseState
from workstation.services.defects import in_words
from workstation.tui.screens.correction import CorrectionDialog
from workstation.tui.screens.dialogs import TextDialog
from workstation.tui.screens.home import HomeScreen
from workstation.tui.screens.picker import ItemPicker
from workstation.tui.widgets.bars import KeyBar
from workstation.tui.widgets.steps import StepName

pytestmark = pytest.mark.anyio


async def test_f10_too_early_says_what_is_missing(sit: OpenSeat, window: Window) -> None:
    case = window.named(window.open())
    async with sit(size=NARROW) as seat:
        await seat.open(case.case_id)
        await seat.press("f10")
        assert "[V102]" in seat.notice and "户口簿" in seat.notice
        seat.case.go(StepName.DECISION)
        await seat.settle()
        assert seat.sees("! 还缺", "居民身份证 (待扫描)", "F7 一次告知")
        assert window.store.case(case.case_id).state is CaseState.DRAFT


async def test_f10_seals_once_however_often_it_is_pressed(sit: OpenSeat, window: Window) -> None:
    case = window.ready()
    async with sit() as seat:
        await seat.open(case.case_id)
        assert seat.at(StepName.DECISION) and seat.sees("材料和表单齐全", "F10 收件")
        main = [key.key for key in seat.case.query_one(KeyBar).keys if key.main]
        assert main == ["F10"]
        for _ in range(5):
            seat.app.simulate_key("f10")
        await seat.settle()
        sealed = window.store.case(case.case_id)
        assert sealed.state is CaseState.RECEIVED and len(sealed.bundles) == 1
        assert len(window.store.outbox.lines()) == 1 and seat.link.kicks
        assert f"已收件 {case.number} 接收回执、申请表: 已打印" in seat.notice
        assert seat.sees("✔ 已收件", "封装", "F2 办下一件 · Esc 回主屏")
        assert seat.outside.papers[0].name == f"{case.number}-R.pdf"


async def test_a_delegated_item_is_accepted_at_the_window(sit: OpenSeat, window: Window) -> None:
    case = window.ready(SOCIAL_CARD)
    async with sit() as seat:
        await seat.open(case.case_id)
        assert seat.sees("按 F10 收件并受理", "F10  受理")
        await seat.press("f10")
        assert window.store.case(case.case_id).state is CaseState.ACCEPTED
        assert "受理通知书" in seat.notice


async def test_after_sealing_f2_begins_the_next_case_and_f4_prints_again(
    sit: OpenSeat, window: Window
) -> None:
    case = window.received()
    async with sit() as seat:
        await seat.open(case.case_id)
        for action in ("reuse", "defer", "correct", "refuse", "receive", "remove_page"):
            assert seat.case.check_action(action, ()) is None, action
        await seat.press("f4")
        assert seat.sees("全部 (2 份)", "接收回执", "申请表")
        await seat.press("enter")
        assert "接收回执、申请表: 已打印" in seat.notice
        await seat.press("f2")
        seat.on(ItemPicker)


async def test_f9_withdraws_a_received_case_with_a_reason_and_tells_the_back_office(
    sit: OpenSeat, window: Window
) -> None:
    case = window.received()
    async with sit() as seat:
        await seat.open(case.case_id)
        assert seat.sees("F9  撤回")
        await seat.press("f9")
        seat.on(TextDialog)
        await seat.write("申请人改变主意")
        await seat.press("enter")
        withdrawn = window.store.case(case.case_id)
        assert withdrawn.state is CaseState.WITHDRAWN and len(withdrawn.bundles) == 2
        assert "已撤回" in seat.notice and seat.link.kicks
        assert seat.case.check_action("hold", ()) is None


async def test_f7_shows_every_defect_first_and_takes_more_in_words(sit: OpenSeat, window: Window) -> None:
    case = window.named(window.open())
    async with sit() as seat:
        await seat.open(case.case_id)
        await seat.press("f7")
        seat.on(CorrectionDialog)
        assert seat.sees("一次性补正告知", "✘ 居民身份证 未提交", "✘ 数码照相回执 未提交", "F10 出具告知书")
        await seat.press("enter")
        await seat.write("[/red] 照片不清晰")
        await seat.press("enter")
        assert seat.sees("✘ 居民身份证 [/red] 照片不清晰")
        await seat.press("end", "enter")
        await seat.write("结婚证过期")
        await seat.press("enter", "f10")
        told = window.store.case(case.case_id)
        assert told.state is CaseState.CORRECTION and told.last_move is not None
        problems = {d.material: d.problem for d in told.last_move.defects}
        assert problems["居民身份证"] == "[/red] 照片不清晰" and problems["其他"] == "结婚证过期"
        assert problems["户口簿"] == "未提交" and len(problems) == len(told.last_move.defects)
        assert f"待补正 {case.number}" in seat.notice and "补正告知书" in seat.notice


async def test_a_form_field_may_be_left_out_a_missing_paper_may_not(sit: OpenSeat, window: Window) -> None:
    case = window.named(window.open())
    window.filled(window.with_materials(case, except_for=("household-register",)))
    window.desk.intake.type_field(case.case_id, "phone", "")
    async with sit() as seat:
        await seat.open(case.case_id)
        await seat.press("f7", "delete")
        assert seat.sees("✘ 户口簿 未提交", "联系电话 未填写")
        await seat.press("down", "delete")
        assert seat.sees("✘ 户口簿 未提交") and seat.misses("未填写")
        await seat.press("f10")
        told = window.store.case(case.case_id)
        assert told.last_move is not None
        assert [defect.material for defect in told.last_move.defects] == ["户口簿"]


async def test_f7_given_up_tells_nobody(sit: OpenSeat, window: Window) -> None:
    case = window.named(window.open())
    async with sit() as seat:
        await seat.open(case.case_id)
        await seat.press("f7", "enter", "escape", "escape")
        assert window.store.case(case.case_id).state is CaseState.DRAFT


async def test_a_second_notice_is_refused_with_its_reason(sit: OpenSeat, window: Window) -> None:
    case = window.named(window.open())
    window.desk.decisions.correct(case.case_id, (in_words("缺材料"),))
    async with sit() as seat:
        await seat.open(case.case_id)
        await seat.press("f7", "f10")
        assert "[V165]" in seat.notice and f"{case.number}-B" in seat.notice


async def test_a_refusal_is_given_only_with_a_reason(sit: OpenSeat, window: Window) -> None:
    case = window.named(window.open())
    async with sit() as seat:
        await seat.open(case.case_id)
        await seat.press("f20", "enter", "enter")
        seat.on(TextDialog)
        await seat.press("escape")
        assert window.store.case(case.case_id).state is CaseState.DRAFT
        await seat.press("f12", "1")
        await seat.write("不属于本机关职权")
        await seat.press("enter")
        await seat.write("市公安局")
        await seat.press("enter")
        assert window.store.case(case.case_id).state is CaseState.REFUSED
        assert f"不予受理 {case.number}" in seat.notice


async def test_f12_ends_a_draft_opened_by_mistake(sit: OpenSeat, window: Window) -> None:
    case = window.open()
    async with sit() as seat:
        await seat.open(case.case_id)
        await seat.press("f12")
        assert seat.sees("1 作废草稿") and seat.misses("不予受理")
        await seat.press("enter")
        await seat.write("开错事项")
        await seat.press("enter")
        seat.on(HomeScreen)
        ended = window.store.case(case.case_id)
        assert ended.state is CaseState.WITHDRAWN and not ended.bundles
        assert window.store.log(case.case_id)[-1].why == "开错事项"


async def test_f12_withdraws_a_case_the_back_office_knows(sit: OpenSeat, window: Window) -> None:
    case = window.desk.decisions.receive(window.ready().case_id)
    async with sit() as seat:
        await seat.open(case.case_id)
        await seat.press("f12")
        assert seat.sees("1 撤回申请") and seat.misses("作废草稿")
        await seat.press("1")
        await seat.write("申请人不办了")
        await seat.press("enter")
        assert window.store.case(case.case_id).state is CaseState.WITHDRAWN


async def test_f9_puts_the_draft_aside_and_goes_home(sit: OpenSeat, window: Window) -> None:
    case = window.named(window.open())
    async with sit() as seat:
        await seat.open(case.case_id)
        await seat.press("f9")
        await seat.write("回家取户口簿")
        await seat.press("enter")
        seat.on(HomeScreen)
        assert seat.sees("挂起")
        cases = seat.app.screen.query_one("#cases", OptionList)
        assert cases.has_focus


async def test_nothing_is_decided_before_somebody_is_named(sit: OpenSeat, window: Window) -> None:
    case = window.open()
    async with sit() as seat:
        await seat.open(case.case_id)
        assert seat.case.check_action("correct", ()) is None
        assert seat.case.check_action("refuse", ()) is None
        await seat.press("f7", "f20")
        assert seat.case.case_id == case.case_id


async def test_the_steps_are_walked_with_page_up_and_down(sit: OpenSeat, window: Window) -> None:
    case = window.ready()
    async with sit() as seat:
        await seat.open(case.case_id)
        for step in reversed(StepName):
            assert seat.at(step)
            await seat.press("pageup")
        assert seat.at(StepName.SITUATION)
        for _ in StepName:
            await seat.press("pagedown")
        assert seat.at(StepName.DECISION)
