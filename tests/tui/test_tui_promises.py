"""F6 and C at the window: credit first, then tolerance or commitment; later the supplement, once."""

from __future__ import annotations

import dataclasses
from datetime import date, timedelta

import pytest
from textual.widgets import Input, OptionList

from scanners.fake import blank_page
from sync.contract.models import ChangeKind
from tests.services.conftest import RELIEF, ZHAO, MakeWindow, Window
from tests.tui.conftest import OpenSeat
from tests.tui.seat import NARROW, Seat
from workstation.domain.case import Case, CaseState, CreditChecked, CreditOutcome, SupplementWay
from workstation.domain.checklist import SlotStatus
from workstation.domain.items import Commitment, Item, Pack
from workstation.services.credit import KnownPeople, NoLibrary
from workstation.tui.screens.dialogs import ChoiceDialog, ConfirmDialog, TextDialog
from workstation.tui.screens.tolerance import ToleranceDialog
from workstation.tui.widgets.steps import StepName

pytestmark = pytest.mark.anyio

INVOICE = "medical-invoice"
PARCEL = "EA123456785CN"
PROMISE = Commitment(text="本人承诺费用属实", basis="办事指南第三条", consequence="不实的撤销决定")


def promising(item: Item) -> Item:
    materials = tuple(dataclasses.replace(m, committable=m.id == INVOICE) for m in item.materials)
    return dataclasses.replace(item, materials=materials, commitment=PROMISE)


@pytest.fixture
def two_ways(make_window: MakeWindow, pack: Pack) -> Window:
    """A window whose relief item takes its invoices later, or a promise instead."""
    items = tuple(promising(item) if item.title == RELIEF else item for item in pack.items)
    return make_window(packs=(dataclasses.replace(pack, items=items),))


def but_for_invoices(window: Window) -> Case:
    case = window.named(window.open(RELIEF))
    return window.filled(window.with_materials(case, except_for=(INVOICE,)))


def tolerated(window: Window) -> Case:
    case = but_for_invoices(window)
    window.defer(case, INVOICE)
    return window.desk.decisions.receive(case.case_id)


async def at_invoices(seat: Seat, case: Case) -> None:
    await seat.open(case.case_id)
    await at_line(seat)


async def test_f6_enter_enter_lets_a_paper_follow_and_f10_receives(sit: OpenSeat, window: Window) -> None:
    case = but_for_invoices(window)
    async with sit(size=NARROW) as seat:
        await at_invoices(seat, case)
        await seat.press("f6")
        seat.on(ToleranceDialog)
        assert seat.sees("✔ 主要材料齐全", "✔ 信用核准: 无失信记录", "到窗口当面补交")
        await seat.press("enter", "enter")
        cap = window.desk.tolerance.cap(window.item(RELIEF))
        assert window.store.case(case.case_id).debts == {INVOICE: cap}
        await seat.press("f10")
        assert seat.sees("容缺", f"待补, 期限 {cap}")
        assert "容缺受理通知书" in seat.notice
        assert window.store.case(case.case_id).state is CaseState.RECEIVED


async def test_a_day_beyond_the_promised_limit_is_not_taken(sit: OpenSeat, window: Window) -> None:
    case = but_for_invoices(window)
    async with sit() as seat:
        await at_invoices(seat, case)
        await seat.press("f6")
        for wrong in ("2026-12-31", "明天", "2026-11-19", ""):
            await seat.replace(wrong)
            await seat.press("enter")
            assert seat.app.screen.query_one("#due", Input).has_focus and seat.sees("之间的日期")
        await seat.replace("2026-11-24")
        await seat.press("enter", "down", "enter")
        slot = window.store.case(case.case_id).slot(INVOICE)
        assert (slot.deferred_until, slot.deferred_way) == (date(2026, 11, 24), SupplementWay.POST)


async def test_a_bad_record_locks_tolerance_in_words(sit: OpenSeat, make_window: MakeWindow) -> None:
    bad = CreditChecked(outcome=CreditOutcome.BAD, lists=("失信被执行人名单",))
    window = make_window(credit=KnownPeople({ZHAO.id_number: bad}))
    case = but_for_invoices(window)
    async with sit(window=window) as seat:
        await at_invoices(seat, case)
        await seat.press("f6")
        assert "[V160]" in seat.notice and "失信被执行人名单" in seat.notice
        assert not window.store.case(case.case_id).debts


async def test_a_silent_library_asks_the_clerk_for_a_reason(sit: OpenSeat, make_window: MakeWindow) -> None:
    window = make_window(credit=NoLibrary())
    case = but_for_invoices(window)
    async with sit(window=window) as seat:
        await at_invoices(seat, case)
        await seat.press("f6")
        seat.on(TextDialog)
        await seat.press("escape")
        assert not window.store.case(case.case_id).debts
        await seat.press("f6")
        await seat.write("信用平台离线, 已电话核实")
        await seat.press("enter")
        seat.on(ToleranceDialog)
        assert seat.sees("! 信用核准: 没有答复")
        await seat.press("enter", "enter")
        assert window.store.case(case.case_id).debts


async def test_tolerance_and_commitment_are_two_choices_in_their_own_words(
    sit: OpenSeat, two_ways: Window
) -> None:
    case = but_for_invoices(two_ways)
    async with sit(window=two_ways) as seat:
        await at_invoices(seat, case)
        await seat.press("f6")
        seat.on(ChoiceDialog)
        assert seat.sees("容缺后补: 先受理", "告知承诺: 书面承诺代替证明")
        await seat.press("down", "enter")
        seat.on(ConfirmDialog)
        assert seat.sees("本人承诺费用属实", "办事指南第三条", "不实的撤销决定")
        await seat.press("n")
        assert not two_ways.store.case(case.case_id).slot(INVOICE).committed


async def test_c_takes_the_promise_and_f6_takes_it_back(sit: OpenSeat, two_ways: Window) -> None:
    case = but_for_invoices(two_ways)
    async with sit(window=two_ways) as seat:
        await at_invoices(seat, case)
        await seat.press("c", "y")
        line = two_ways.desk.view(case.case_id).line(INVOICE)
        assert line is not None and line.status is SlotStatus.COMMITTED
        assert "告知承诺书" in seat.notice
        await at_invoices(await home(seat), case)
        await seat.press("f6", "end", "enter")
        assert not two_ways.store.case(case.case_id).slot(INVOICE).committed


async def home(seat: Seat) -> Seat:
    await seat.press("escape")
    return seat


async def test_where_nothing_may_be_agreed_both_keys_are_grey(sit: OpenSeat, window: Window) -> None:
    case = window.named(window.open(RELIEF))
    async with sit() as seat:
        await seat.open(case.case_id)
        assert seat.case.check_action("defer", ()) is None
        assert seat.case.check_action("commit", ()) is None


# --- supplements ------------------------------------------------------------------------------------------


async def test_what_was_owed_is_scanned_marked_and_sealed_as_the_next_version(
    sit: OpenSeat, window: Window
) -> None:
    case = tolerated(window)
    async with sit(size=NARROW) as seat:
        await seat.open(case.case_id)
        assert seat.sees("待补, 期限 2026-11-25", "F6 收补件")
        await seat.press("f6")
        seat.on(ChoiceDialog)
        assert seat.sees("待补: 医疗费票据 (2026-11-25)")
        await seat.press("down", "enter")
        await seat.write(PARCEL)
        await seat.press("enter")
        assert seat.case.current_slot == INVOICE and seat.sees("F2 扫描补来的材料")
        window.scanner.script.append(blank_page(8, 9, shade=250))
        await seat.press("f2", "enter")
        assert seat.sees("正在收补件", f"邮寄 {PARCEL}", "F10 补件封装")
        await seat.press("f10")
        sealed = window.store.case(case.case_id)
        assert [bundle.version for bundle in sealed.bundles] == [1, 2] and not sealed.debts
        assert seat.link.kicks and seat.outside.papers[-1].name == f"{case.number}-R1.pdf"
        assert seat.case.check_action("receive", ()) is None


async def test_a_case_that_owes_nothing_offers_no_supplement(sit: OpenSeat, window: Window) -> None:
    case = window.received()
    async with sit() as seat:
        await seat.open(case.case_id)
        assert seat.case.check_action("defer", ()) is None


async def test_an_overdue_case_is_ended_from_the_menu_with_a_reason(sit: OpenSeat, window: Window) -> None:
    case = tolerated(window)
    window.tell(ChangeKind.ACCEPTED, case.number)
    async with sit() as seat:
        await seat.open(case.case_id)
        await seat.press("f12")
        assert seat.misses("容缺逾期未补")
        await seat.press("escape", "escape")
        window.clock.now += timedelta(days=6)
        await seat.open(case.case_id)
        assert seat.sees("✘ 逾期未补, 期限 2026-11-25")
        await seat.press("f12")
        listing = seat.app.screen.query_one(OptionList)
        ids = [listing.get_option_at_index(n).id for n in range(listing.option_count)]
        listing.highlighted = ids.index("terminate")
        await seat.press("enter")
        await seat.write("逾期未补, 已电话催告")
        await seat.press("enter")
        assert window.store.case(case.case_id).state is CaseState.TERMINATED
        assert "已终止" in seat.notice


async def test_a_case_in_front_shows_what_the_back_office_says_meanwhile(
    sit: OpenSeat, window: Window
) -> None:
    case = tolerated(window)
    async with sit() as seat:
        await seat.open(case.case_id)
        assert seat.misses("已受理")
        window.tell(ChangeKind.ACCEPTED, case.number)
        seat.app.read_line()
        await seat.settle()
        assert seat.sees("已受理")


async def test_the_library_is_asked_as_soon_as_the_applicant_is_named(
    sit: OpenSeat, make_window: MakeWindow
) -> None:
    bad = CreditChecked(outcome=CreditOutcome.BAD, lists=("失信被执行人名单",))
    window = make_window(credit=KnownPeople({ZHAO.id_number: bad}))
    case = window.open(RELIEF)
    async with sit(window=window) as seat:
        await seat.open(case.case_id)
        seat.case.go(StepName.APPLICANT)
        await seat.settle()
        for name, text in (("id_number", ZHAO.id_number), ("name", ZHAO.name), ("address", ZHAO.address)):
            await seat.go_to_row(name)
            await seat.replace(text)
        for _ in range(8):
            if window.store.case(case.case_id).applicant is None:
                await seat.press("enter")
        await seat.until(lambda: window.store.case(case.case_id).credit is not None, "credit")
        await seat.settle()
        assert window.store.case(case.case_id).credit == bad
        await at_line(seat)
        assert seat.sees("信用核准为失信, 不适用容缺")
        assert not seat.case.check_action("defer", ())


async def at_line(seat: Seat) -> None:
    seat.case.go(StepName.MATERIALS)
    await seat.settle()
    listing = seat.case.materials.query_one("#lines", OptionList)
    ids = [listing.get_option_at_index(n).id for n in range(listing.option_count)]
    listing.highlighted = ids.index(INVOICE)
    await seat.settle()
