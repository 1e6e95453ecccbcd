"""F8: who acts is asked once, judged before anything is recorded, and shown in the head."""

from __future__ import annotations

import pytest
from textual.widgets import Input

from scanners.fake import blank_page
from tests.services.conftest import QIAN, RELIEF, ZHAO, Window
from tests.tui.conftest import OpenSeat
from tests.tui.seat import Seat
from workstation.domain.agents import USUAL_POWERS
from workstation.domain.case import Case
from workstation.domain.kinds import AgentKind
from workstation.tui.screens.agent import AgentScreen
from workstation.tui.screens.dialogs import NoticeDialog

pytestmark = pytest.mark.anyio


def box(seat: Seat, name: str) -> Input:
    return seat.on(AgentScreen).query_one(f"#{name}", Input)


def case_of(window: Window, case: Case) -> Case:
    return window.store.case(case.case_id)


async def test_f8_names_an_agent_by_enter_alone_and_the_head_shows_it(sit: OpenSeat, window: Window) -> None:
    case = window.named(window.open(RELIEF))
    async with sit() as seat:
        await seat.open(case.case_id)
        await seat.press("f8", "2")
        for text in (QIAN.id_number, QIAN.name, "女儿", "19900000001"):
            await seat.write(text)
            await seat.press("enter")
        await seat.press("enter", "enter", "enter")
        agent = case_of(window, case).agent
        assert agent is not None
        assert (agent.kind, agent.name, agent.relation) == (AgentKind.RELATIVE, QIAN.name, "女儿")
        assert (agent.document, agent.scope, agent.valid_until) == ("授权委托书", USUAL_POWERS, None)
        assert case_of(window, case).answers["who"] == "agent"
        assert seat.sees(f"代办: {QIAN.name} · 女儿")
        assert "F4 可打印授权委托书" in seat.notice


async def test_a_wrong_agent_keeps_what_was_typed_and_says_what_to_do(sit: OpenSeat, window: Window) -> None:
    case = window.named(window.open(RELIEF))
    async with sit() as seat:
        await seat.open(case.case_id)
        await seat.press("f8", "1")
        await seat.write(ZHAO.id_number)
        await seat.press("enter")
        await seat.write("赵[/red]样本")
        await seat.press("f10")
        assert seat.sees("[V142]", "与申请人相同")
        assert box(seat, "name").value == "赵[/red]样本"
        box(seat, "id_number").value = QIAN.id_number
        box(seat, "valid_until").value = "明年"
        await seat.press("f10")
        assert seat.sees("授权有效期应为 年-月-日") and box(seat, "valid_until").has_focus
        box(seat, "valid_until").value = "2026-11-19"
        await seat.press("f10")
        assert seat.sees("[V144]", "2026-11-19") and box(seat, "valid_until").has_focus
        box(seat, "name").value = box(seat, "valid_until").value = ""
        await seat.press("f10")
        assert seat.sees("[V145]") and box(seat, "name").has_focus
        await seat.press("escape")
        assert case_of(window, case).agent is None


async def test_powers_are_taken_and_left_with_space(sit: OpenSeat, window: Window) -> None:
    case = window.named(window.open(RELIEF))
    async with sit() as seat:
        await seat.open(case.case_id)
        await seat.press("f8", "1")
        await seat.write(QIAN.id_number)
        await seat.press("enter")
        await seat.write(QIAN.name)
        seat.on(AgentScreen).query_one("#powers").focus()
        assert seat.sees("✔ 代为提交材料", "· 代为签署文书")
        await seat.press("space", "f10")
        agent = case_of(window, case).agent
        assert agent is not None and agent.scope == USUAL_POWERS[1:]


async def test_the_agents_card_is_scanned_into_its_slot_and_fills_the_rows(
    sit: OpenSeat, window: Window
) -> None:
    case = window.named(window.open(RELIEF))
    window.scanner.script.append(blank_page(9, 9, shade=77))
    window.readings.by_kind["id-card-front"] = {"name": QIAN.name, "id_number": QIAN.id_number}
    async with sit() as seat:
        await seat.open(case.case_id)
        await seat.press("f8", "2", "f2")
        await seat.until(lambda: box(seat, "name").value == QIAN.name, "read card")
        assert box(seat, "relation").has_focus
        await seat.write("女儿")
        await seat.press("f10")
        now = case_of(window, case)
        assert now.agent is not None and now.agent.id_number == QIAN.id_number
        assert len(now.slot("agent-id").pages) == 1
        assert now.applicant is not None and now.applicant.name == ZHAO.name


async def test_f9_takes_the_agent_back_and_keeps_the_pages(sit: OpenSeat, window: Window) -> None:
    case = window.named(window.open(RELIEF))
    async with sit() as seat:
        await seat.open(case.case_id)
        await seat.press("f8", "1")
        await seat.write(QIAN.id_number)
        await seat.press("enter")
        await seat.write(QIAN.name)
        await seat.press("f10")
        window.scan(case_of(window, case), "agent-id")
        await seat.press("f8", "f9")
        now = case_of(window, case)
        assert now.agent is None and len(now.slot("agent-id").pages) == 1
        assert seat.misses("代办: ")


async def test_an_item_for_the_person_alone_says_who_must_come(sit: OpenSeat, window: Window) -> None:
    item = next(i for i in window.desk.catalogue.current.items if not i.agents.kinds and not i.online_only)
    case = window.named(window.open(item.title))
    async with sit() as seat:
        await seat.open(case.case_id)
        await seat.press("f8")
        seat.on(NoticeDialog)
        assert seat.sees("本事项须由申请人本人办理")


async def test_the_dialog_fits_a_small_terminal(sit: OpenSeat, window: Window) -> None:
    case = window.named(window.open(RELIEF))
    async with sit(size=(80, 24)) as seat:
        await seat.open(case.case_id)
        await seat.press("f8", "1")
        assert seat.sees("身份号码", "授权有效期至", "代为撤回申请", "F10 确定")
