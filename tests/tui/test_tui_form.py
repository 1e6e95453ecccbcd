"""The form on screen: sections as on paper, broken rules told in their row, choices by digit, no key more."""

from __future__ import annotations

import dataclasses

import pytest
from textual.widgets import Static

from tests.services.conftest import ELDER_CARD, MakeWindow, Window
from tests.tui.conftest import OpenSeat
from tests.tui.seat import Seat
from workstation.domain.case import Case
from workstation.domain.forms import FieldRule, FormField, FormLayout, Section
from workstation.domain.items import Pack
from workstation.domain.kinds import FieldKind, RuleKind, Stage
from workstation.tui.widgets.steps import StepName

pytestmark = pytest.mark.anyio

LAYOUT = FormLayout(
    title="样例表",
    sections=(
        Section("mine", "一 申请人"),
        Section("stay", "二 居住[/b]"),
        Section("office", "审批", Stage.HANDLING),
    ),
    rules=(FieldRule(RuleKind.NOT_AFTER, ("moved_in", "until"), "入住日期不能晚于到期日期"),),
)
FIELDS = (
    FormField(id="until", title="到期日期", kind=FieldKind.DATE, section="stay"),
    FormField(id="nick", title="曾用名", section="mine"),
    FormField(id="sort", title="类别", kind=FieldKind.CHOICE, choices=("自有", "租赁"), section="mine"),
    FormField(id="moved_in", title="入住日期", kind=FieldKind.DATE, section="stay"),
    FormField(id="checked_by", title="核查人", section="office"),
)


@pytest.fixture
def window(make_window: MakeWindow, pack: Pack) -> Window:
    items = tuple(
        dataclasses.replace(item, form=LAYOUT, fields=FIELDS) if item.title == ELDER_CARD else item
        for item in pack.items
    )
    return make_window(packs=(dataclasses.replace(pack, items=items),))


async def at_form(seat: Seat, case: Case) -> None:
    await seat.open(case.case_id)
    seat.case.go(StepName.FORM)
    await seat.settle()


async def write(seat: Seat, *texts: str) -> None:
    for text in texts:
        await seat.write(text)
        await seat.press("enter")


async def test_fields_stand_by_section_and_later_stages_are_not_asked(sit: OpenSeat, window: Window) -> None:
    case = window.with_materials(window.named(window.open()))
    async with sit() as seat:
        await at_form(seat, case)
        headings = [str(row.render()) for row in seat.case.form.query(".section").results(Static)]
        assert headings == ["一 申请人", "二 居住[/b]"]
        assert seat.misses("核查人", "审批")
        assert seat.focused_row == "nick"


async def test_the_cursor_waits_for_rows_that_are_still_being_drawn(sit: OpenSeat, window: Window) -> None:
    case = window.with_materials(window.named(window.open()))
    async with sit() as seat:
        await at_form(seat, case)
        shown, form = seat.case.view, seat.case.form
        assert shown is not None
        form._rows = ()  # as when another answer asks for other fields
        form.show(shown)
        form.take_cursor()
        await seat.settle()
        assert seat.focused_row == "nick"


async def test_a_digit_chooses_among_the_answers_shown(sit: OpenSeat, window: Window) -> None:
    case = window.with_materials(window.named(window.open()))
    async with sit() as seat:
        await at_form(seat, case)
        await write(seat, "赵旧样本")
        assert seat.focused_row == "sort" and seat.sees("1 自有  2 租赁")
        await write(seat, "2")
        assert window.store.case(case.case_id).fields["sort"].value == "租赁"
        assert seat.row("sort").text == "租赁"


async def test_a_broken_rule_is_told_in_its_row_and_keeps_the_form_open(
    sit: OpenSeat, window: Window
) -> None:
    case = window.with_materials(window.named(window.open()))
    async with sit() as seat:
        await at_form(seat, case)
        await write(seat, "赵旧样本", "1", "2026-01-31", "2026-02-01")
        assert seat.at(StepName.FORM) and seat.focused_row == "until"
        assert seat.sees("✘ 入住日期不能晚于到期日期")
        assert "入住日期不能晚于到期日期" in seat.notice
        await seat.press("f10")
        assert window.store.case(case.case_id).received_at is None
        await seat.replace("2026-12-31")
        await seat.press("enter")
        assert seat.misses("✘ 入住日期") or seat.at(StepName.DECISION)
        assert seat.at(StepName.DECISION)


async def test_a_whole_form_takes_one_enter_a_field(sit: OpenSeat, window: Window) -> None:
    case = window.with_materials(window.named(window.open()))
    async with sit() as seat:
        await at_form(seat, case)
        await write(seat, "赵旧样本", "1", "2026-12-31", "2026-02-01")
        assert seat.at(StepName.DECISION)
