"""Lesson one, driven by keys over the same screens, with a transcript a person can follow."""

from __future__ import annotations

from rich.cells import cell_len
from textual.widgets import Input

from sync.contract.models import ChangeKind
from workstation.cli.driver import Driver, teach
from workstation.cli.practice import CITIZEN, PASSPHRASE, Practice
from workstation.domain.case import CaseState
from workstation.domain.clock import local_date
from workstation.domain.deadlines import add
from workstation.domain.items import Limit
from workstation.domain.kinds import LimitUnit
from workstation.i18n import _
from workstation.services.overview import overview
from workstation.store.database import Group
from workstation.training.specimens.people import by_name
from workstation.tui.screens.case import CaseScreen
from workstation.tui.screens.correction import CorrectionDialog
from workstation.tui.screens.courier import CourierScreen
from workstation.tui.screens.dialogs import ConfirmDialog, NoticeDialog, TextDialog
from workstation.tui.screens.home import HomeScreen
from workstation.tui.screens.home_words import balance_lines
from workstation.tui.screens.unlock import UnlockScreen
from workstation.tui.widgets.field_row import FieldRow
from workstation.tui.widgets.steps import StepName

SECOND_CITIZEN = "钱样本"
WAYBILL = "1012345678901"
"""A made-up number of the EMS range."""


def run_lesson(practice: Practice) -> int:
    """Run the lesson and return the exit code: 0 only when the day balances and everything arrived."""
    return teach(practice, _lesson)


async def _lesson(driver: Driver) -> bool:
    await open_window(driver)
    await _cut(driver)
    await _choose(driver)
    await _applicant(driver)
    await _materials(driver)
    await _form(driver)
    number = await _receive(driver)
    await _second_citizen(driver)
    await _reconnect(driver)
    await _accepted(driver, number)
    await _bag(driver)
    return await _close_the_day(driver)


async def open_window(driver: Driver) -> None:
    """Unlock, and wait until the line is up and nothing waits."""
    async with driver.step(_("解锁, 进入主屏")):
        await driver.on_screen(UnlockScreen)
        await driver.write(PASSPHRASE)
        await driver.press("enter")
        await driver.on_screen(HomeScreen)
        await driver.until(lambda: driver.app.is_online, "online")
        await driver.until(lambda: driver.app.waiting == 0, "earlier case delivered")
        sane = driver.practice.scanner.through_sane
        driver.see(_("练习扫描仪经真实 libsane 送纸") if sane else _("本机没有 libsane, 样本直接送入"))
        driver.see(_("网络通, 队列 0"))


async def _cut(driver: Driver) -> None:
    async with driver.step(_("网络断开")):
        driver.practice.network.cut()
        driver.app.station.link.kick()
        await driver.until(lambda: driver.app.light == "OFFLINE", "offline")
        driver.see(_("状态栏: ▲ 网络已断; 照常收件"))


async def _choose(driver: Driver) -> None:
    async with driver.step(_("F2 办新件, 首字母 jlyd 找到敬老优待证")):
        await driver.open_item("jlyd")
        driver.see(f"{driver.view.item.title}  {driver.view.case.number}")
    async with driver.step(_("情形: 首次办理(蓝证), 本人办理")):
        await driver.idle()
        await driver.press("1")
        await driver.until(lambda: len(driver.view.case.answers) == 1, "first answer")
        await driver.idle()
        await driver.press("1")
        await driver.until(lambda: driver.case.step is StepName.APPLICANT, "applicant step")
        driver.see(driver.view.situation)


async def _applicant(driver: Driver) -> None:
    person = by_name(CITIZEN)
    async with driver.step(_("F2 扫描身份证正反两面")):
        for pages in (1, 2):
            await driver.idle()
            await driver.press("f2")
            await driver.until(lambda n=pages: _scanned(driver) == n, f"page {pages}")  # type: ignore[misc]
        await driver.until(lambda: "id-card-front.id_number" in driver.view.case.fields, "front read")
        await driver.until(lambda: "id-card-back.valid_until" in driver.view.case.fields, "back read")
        await driver.idle()
        for row in driver.case.applicant.query(FieldRow):
            if row.text:
                driver.see(f"{row.title_text} {row.text}")
    async with driver.step(_("对照原件, 改正读错的字, 确认申请人")):
        await _to_row(driver, "id_number")
        for row in _applicant_rows(driver):
            await _correct(driver, row, person)
        while _row_of(driver) != "phone":
            await driver.press("enter")
        await driver.press("enter")
        await driver.until(lambda: driver.view.case.applicant is not None, "applicant")
        await driver.idle()
    async with driver.step(_("属地街道由住址推出, 回车确认")):
        await driver.press("enter")
        await driver.until(lambda: bool(driver.view.case.home_street), "home street")
        await driver.until(lambda: driver.case.step is StepName.MATERIALS, "materials step")
        driver.see(_("属地 {street}").format(street=driver.view.home_street_name))


def _scanned(driver: Driver) -> int:
    return sum(len(slot.pages) for slot in driver.view.case.slots.values())


def _applicant_rows(driver: Driver) -> list[FieldRow]:
    return [row for row in driver.case.applicant.query(FieldRow) if row.field != "valid_until"]


async def _to_row(driver: Driver, name: str) -> None:
    """Put the cursor into a row as Shift+Tab would."""
    for row in driver.case.applicant.query(FieldRow):
        if row.field == name:
            row.query_one(Input).focus()
    await driver.pilot.pause()


def _row_of(driver: Driver) -> str:
    """Return the row that has the cursor; the last one when none has."""
    rows = driver.case.applicant.query(FieldRow)
    return next((row.field for row in rows if row.query_one(Input).has_focus), "phone")


async def _correct(driver: Driver, row: FieldRow, person: object) -> None:
    """Retype a row that differs from the original."""
    wanted = str(getattr(person, row.field, ""))
    if row.text == wanted:
        return
    before = row.text
    row.query_one(Input).focus()
    await driver.pilot.pause()
    await driver.press("end", "ctrl+u")
    await driver.write(wanted)
    driver.see(
        _("{title}: 识别为「{read}」, 改为「{right}」").format(
            title=row.title_text, read=before, right=wanted
        )
    )


async def _materials(driver: Driver) -> None:
    async with driver.step(_("身份证: 已核原件, 当场退还")):
        await driver.idle()
        await driver.press("enter")
        await driver.until(lambda: driver.view.case.slot("id-card").custody.value == "RETURNED", "returned")
    async with driver.step(_("户口簿: F3 复用上次核过的材料, 申请人当面同意")):
        await driver.idle()
        await driver.press("f3")
        await driver.on_screen(ConfirmDialog)
        await driver.press("y")
        await driver.on_screen(CaseScreen)
        slot = "household-register"
        await driver.until(lambda: driver.view.case.slot(slot).reuse is not None, "reused")
        reuse = driver.view.case.slot(slot).reuse
        if reuse is not None:
            driver.see(
                _("来源办件 {case}, {level} 级, {who} 核验").format(
                    case=reuse.source_case, level=reuse.level.value, who=reuse.checked_by
                )
            )
    async with driver.step(_("数码照相回执: F2 扫描, 原件留存")):
        await driver.idle()
        await driver.press("f2")
        slot = "photo-receipt"
        await driver.until(lambda: bool(driver.view.case.slot(slot).pages), "receipt scanned")
        await driver.idle()
        await driver.press("enter")
        await driver.until(lambda: driver.case.step is StepName.FORM, "form step")


async def _form(driver: Driver) -> None:
    async with driver.step(_("申请表已预填, 只补照片回执号")):
        await driver.until(lambda: isinstance(driver.app.focused, Input), "cursor in the form")
        await driver.write("SZ2026110199")
        await driver.press("enter")
        await driver.until(lambda: driver.case.step is StepName.DECISION, "decision step")
        filled = sum(value.origin.value == "CARD" for value in driver.view.case.fields.values())
        driver.see(_("{n} 项取自身份证, 1 项手工录入").format(n=filled))


async def _receive(driver: Driver) -> str:
    async with driver.step(_("F10 收件: 封装、排队、打印接收回执")):
        await driver.idle()
        await driver.press("f10")
        await driver.until(lambda: driver.view.case.state is CaseState.RECEIVED, "received")
        await driver.until(lambda: len(driver.view.case.papers) >= 2, "papers")
        bundle = driver.view.case.bundles[-1]
        driver.see(_("封装哈希 {sha}").format(sha=bundle.manifest_sha256))
        number = driver.view.case.number
        await driver.press("escape")
        await driver.on_screen(HomeScreen)
    async with driver.step(_("主屏: 队列写明原因")):
        desk = driver.app.station.desk
        await driver.until(lambda: any(line.why for line in overview(desk).queue), "reason")
        for line in overview(desk).queue:
            driver.see(f"{line.title}  {line.sentence}")
            driver.see(f"  {line.why}")
    return number


async def _second_citizen(driver: Driver) -> None:
    person = by_name(SECOND_CITIZEN)
    async with driver.step(_("第二位申请人没带材料: F7 一次性补正告知")):
        await driver.open_item("jlyd")
        for count in (1, 2):
            await driver.idle()
            await driver.press("1")
            await driver.until(lambda n=count: len(driver.view.case.answers) == n, "answer")  # type: ignore[misc]
        await driver.until(lambda: driver.case.step is StepName.APPLICANT, "applicant step")
        await driver.idle()
        await _type_applicant(driver, person.id_number, person.name, person.phone)
        await driver.press("down", "down", "enter")
        await driver.until(lambda: bool(driver.view.case.home_street), "home street")
        await driver.idle()
        await driver.press("f7")
        await driver.on_screen(CorrectionDialog)
        await driver.press("f10")
        await driver.on_screen(CaseScreen)
        await driver.until(lambda: driver.view.case.state is CaseState.CORRECTION, "correction")
        await driver.until(lambda: len(driver.view.case.papers) >= 2, "papers")
        move = driver.view.case.last_move
        for defect in move.defects if move else ():
            driver.see(f"· {defect.material}: {defect.problem}")
        await driver.idle()
        await driver.press("escape")
        await driver.on_screen(HomeScreen)


async def _type_applicant(driver: Driver, number: str, name: str, phone: str) -> None:
    """Type number, name and phone; Enter leads from one to the next."""
    for text in (number, name, phone):
        await driver.write(text)
        await driver.press("enter")
        await driver.pilot.pause()
    await driver.until(lambda: driver.view.case.applicant is not None, "applicant")
    await driver.idle()


async def _reconnect(driver: Driver) -> None:
    async with driver.step(_("网络恢复: 自动发送, 取得后台签名回执")):
        driver.practice.network.restore()
        driver.app.station.link.kick(eager=True)
        await driver.until(lambda: driver.app.is_online, "online")
        await driver.until(lambda: driver.app.waiting == 0, "delivered")
        for line in driver.app.station.desk.queue.page(Group.EVERY, count=2):
            receipt = driver.app.station.desk.store.outbox.receipt(line.line.bundle_id)
            if receipt is not None:
                driver.see(f"{line.title}  {line.state}  {receipt.receipt.number}")


async def _accepted(driver: Driver, number: str) -> None:
    desk = driver.app.station.desk
    async with driver.step(_("属地街道受理, 消息回到窗口, 打印受理通知书")):
        due = add(local_date(desk.clock()), Limit(30, LimitUnit.CALENDAR_DAY), desk.calendar)
        driver.practice.network.office.decide(
            number, ChangeKind.ACCEPTED, actor="香蜜湖街道", number=f"{number}-S", due=due
        )
        await driver.until(
            lambda: any(message.change.subject == number for message in overview(desk).messages), "message"
        )
        driver.see(overview(desk).messages[0].words)
        await driver.on_screen(HomeScreen)
        case = desk.store.case_by_number(number)
        await driver.until(lambda: home_lists(driver, case.case_id if case else ""), "case listed")
        await driver.press("enter")
        await driver.on_screen(CaseScreen)
        await driver.until(lambda: driver.case.view is not None, "case shown")
        await driver.idle()
        await driver.press("f4", "enter")
        await driver.until(lambda: any("受理" in p.form for p in driver.view.case.papers), "notice")
        await driver.idle()
        await driver.press("escape")
        await driver.on_screen(HomeScreen)


def home_lists(driver: Driver, case_id: str) -> bool:
    """Put the cursor on the case as the arrow keys would."""
    screen = driver.app.screen
    if not isinstance(screen, HomeScreen):
        return False
    for position in range(screen.cases.option_count):
        if screen.cases.get_option_at_index(position).id == case_id:
            screen.cases.highlighted = position
            return True
    return False


async def _bag(driver: Driver) -> None:
    desk = driver.app.station.desk
    async with driver.step(_("F6 邮袋: 留存原件装袋, 封口, 打印物料流转凭证, 交邮")):
        await driver.press("f6")
        await driver.on_screen(CourierScreen)
        await driver.until(lambda: bool(desk.courier.waiting()), "originals")
        await driver.press("f2")
        await driver.until(lambda: not desk.courier.waiting() and bool(desk.courier.bags()), "packed")
        await driver.on_screen(CourierScreen)
        await driver.until(lambda: bool(driver.app.screen.check_action("close_bag", ())), "bag shown")
        await driver.press("f7")
        await driver.on_screen(TextDialog)
        await driver.write("FQ0001")
        await driver.press("enter")
        await driver.until(lambda: bool(desk.courier.bags()[0].bundle_id), "listed")
        await driver.on_screen(CourierScreen)
        await driver.until(lambda: bool(driver.app.screen.check_action("hand_over", ())), "bag listed")
        await driver.press("f9")
        await driver.on_screen(TextDialog)
        await driver.write(WAYBILL)
        await driver.press("enter")
        await driver.until(lambda: bool(desk.courier.bags()[0].waybill), "handed over")
        bag = desk.courier.bags()[0]
        driver.see(
            _("邮袋 {bag}: {n} 件 {m} 张, 运单 {waybill}").format(
                bag=bag.number, n=len(bag.lines), m=bag.sheets, waybill=bag.waybill
            )
        )
        await driver.until(lambda: driver.app.waiting == 0, "handover delivered")
        await driver.on_screen(CourierScreen)
        await driver.press("escape")
        await driver.on_screen(HomeScreen)


async def _close_the_day(driver: Driver) -> bool:
    desk = driver.app.station.desk
    async with driver.step(_("F8 日结")):
        await driver.press("f8")
        await driver.on_screen(NoticeDialog)
        balance = desk.balance()
        for label, words in balance_lines(balance):
            driver.see(f"{label} {words}".strip())
        await driver.press("enter")
        await driver.on_screen(HomeScreen)
    print_steps(driver)
    papers = sorted(desk.papers.folder.glob("*.pdf"))
    print("\n" + _("文书:"))
    for path in papers:
        print(f"  {path}")
    arrived = balance.balances and balance.received == balance.delivered == 2
    print("\n" + (_("✔ 全部送达, 当日平衡") if arrived else _("✘ 不平衡")))
    return arrived


def print_steps(driver: Driver) -> None:
    """Print what each step took."""
    print("\n" + _("步骤                                                          键    秒"))
    for step in driver.steps:
        pad = " " * max(1, 60 - cell_len(step.title))
        print(f"{step.title}{pad}{step.keys:>4} {step.seconds:>6.1f}")
    keys, seconds = sum(s.keys for s in driver.steps), sum(s.seconds for s in driver.steps)
    print(f"{_('合计')}{' ' * 56}{keys:>4} {seconds:>6.1f}")
