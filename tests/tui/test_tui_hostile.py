"""Whatever a name, a number or a reason contains, no screen breaks, and no terminal size does either."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from sync.contract.models import ChangeKind
from tests.services.conftest import NOW, PROFILE, ZHAO, Window, applicant_of
from tests.tui.conftest import OpenSeat
from tests.tui.seat import NARROW, WIDE, Seat
from workstation.services.queue import Outage
from workstation.tui.screens.case import CaseScreen
from workstation.tui.screens.home import HomeScreen
from workstation.tui.widgets.steps import StepName

pytestmark = pytest.mark.anyio

HOSTILE = [
    "[/red] [bold]x[@click=app.quit]退[/]",
    "长" * 200,
    "a\x1b[2J\x07\nb\x00c \u202e样本\u2066\ufeff\u200b \U0002a6d6㊙️👨‍👩‍👧",
]
NO_CONTROLS = {code: None for code in (*range(32), 0x202E, 0x2066, 0xFEFF, 0x200B, 0x200D)}
TINY = (20, 5)


def hostile_window(make_window: Callable[..., Window], name: str) -> Window:
    window = make_window(profile=replace(PROFILE, clerk=name, window_name=name, street_name=name))
    window.desk.queue.outage = Outage("Y101", NOW)
    return window


async def walk(seat: Seat) -> None:
    """Every step of a case, then help, queue and bags."""
    for step in StepName:
        seat.case.go(step)
        await seat.settle()
        assert seat.text
    await seat.press("f1", "escape", "escape")
    seat.on(HomeScreen)
    await seat.press("f5", "escape", "f6", "escape", "f8", "escape")
    seat.on(HomeScreen)


@pytest.mark.parametrize("name", HOSTILE, ids=["markup", "long", "control"])
async def test_hostile_text_is_only_text_on_every_screen(
    sit: OpenSeat, make_window: Callable[..., Window], name: str
) -> None:
    window = hostile_window(make_window, name)
    ready = window.ready()
    person = replace(applicant_of(ZHAO), name=name[:50], address=name, ethnicity=name)
    window.desk.intake.set_applicant(ready.case_id, person)
    for field in ("name", "address", "ethnicity", "photo_receipt_number"):
        window.desk.intake.type_field(ready.case_id, field, name[:20].translate(NO_CONTROLS))
    case = window.desk.decisions.receive(ready.case_id)
    # The contract takes no NUL in words.
    window.tell(ChangeKind.CORRECTION, case.number, reason=name.replace("\x00", ""))
    async with sit(size=NARROW, window=window) as seat:
        assert all(c not in seat.text for c in "\x1b\x00\x07\u202e\u2066")
        await seat.open(case.case_id)
        await walk(seat)


async def test_a_terminal_that_becomes_tiny_and_large_again_shows_the_same_case(
    sit: OpenSeat, window: Window
) -> None:
    case = window.with_materials(window.named(window.open()), except_for=("photo-receipt",))
    async with sit(size=WIDE) as seat:
        await seat.resize(*TINY)
        await seat.resize(*WIDE)
        await seat.open(case.case_id)
        await seat.resize(*TINY)
        for step in StepName:
            seat.case.go(step)
            await seat.settle()
        await seat.resize(*NARROW)
        seat.case.go(StepName.MATERIALS)
        await seat.resize(*WIDE)
        assert seat.sees("材料清单 3/4", "数码照相回执", "待扫描, 按 F2", "F10  收件", "▸ 材料")


@pytest.mark.parametrize("size", [NARROW, WIDE])
async def test_the_key_facts_of_a_case_stand_on_both_sizes(
    sit: OpenSeat, window: Window, size: tuple[int, int]
) -> None:
    case = window.with_materials(window.named(window.open()), except_for=("photo-receipt",))
    async with sit(size=size) as seat:
        await seat.open(case.case_id)
        assert seat.sees(
            case.number, "敬老优待证", "首次办理(蓝证) · 本人办理", "赵样本", "440304********997X"
        )
        assert seat.sees("属地 香蜜湖街道", "材料清单 3/4", "待扫描, 按 F2", "为何需要", "收件", "F1", "帮助")
        assert seat.misses(ZHAO.id_number)
        seat.on(CaseScreen)


async def test_all_ten_keys_of_a_case_fit_eighty_columns_in_practice_too(
    sit: OpenSeat, window: Window
) -> None:
    case = window.ready()
    async with sit(size=NARROW, practice=True) as seat:
        await seat.open(case.case_id)
        assert seat.sees("F1帮助", "F7一次告知", "F10收件")
