"""A whole stack at the screen: pages go to their lines as they come, the rest is placed with a key."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest

from scanners.errors import PaperJam, ScannerError
from scanners.fake import blank_page
from scanners.imaging.port import Barcode
from scanners.port import Device, RawPage, ScanJob, Source
from tests.services.conftest import RELIEF, Window
from tests.tui.conftest import OpenSeat
from tests.tui.seat import NARROW, WIDE, Seat
from workstation.domain.case import Case, Fault, Finding, Page, PageChecked
from workstation.domain.covers import TRAY, cover_of
from workstation.tui.screens.case import CaseScreen
from workstation.tui.screens.dialogs import ChoiceDialog, ConfirmDialog
from workstation.tui.screens.page import PageScreen
from workstation.tui.screens.stack import StackScreen

pytestmark = pytest.mark.anyio

CARD, REGISTER, PHOTO = "id-card", "household-register", "photo-receipt"
FEEDER = Device("feeder", "馈纸 [b]样本", "sane", (Source.FLATBED, Source.FEEDER))
GLASS = Device("glass", "平板", "sane")


@dataclass
class StackScanner:
    """A feeder whose sheets a test lays, and the reader of their codes; `go` lets the next sheet pass."""

    window: Window
    device: Device = FEEDER
    texts: list[str] = field(default_factory=list)
    documents: list[str] = field(default_factory=list)
    faults: list[Fault | None] = field(default_factory=list)
    failure: ScannerError | None = None
    jobs: list[ScanJob] = field(default_factory=list)
    go: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(99))
    codes_read: int = 0
    looked_at: int = 0

    def lay(self, text: str = "", document: str = "", fault: Fault | None = None) -> None:
        self.texts.append(text)
        if not text:
            self.documents.append(document)
            self.faults.append(fault)

    def devices(self) -> tuple[Device, ...]:
        return (self.device,)

    def scan(self, job: ScanJob, cancelled: Callable[[], bool]) -> Iterator[RawPage]:
        self.jobs.append(job)
        for number in range(len(self.texts)):
            assert self.go.acquire(timeout=90)
            if cancelled():
                return
            yield blank_page(8, 9 + number, shade=number + 1)
        if self.failure is not None:
            raise self.failure

    def codes(self, _file: bytes, _dpi: int) -> tuple[Barcode, ...]:
        text = self.texts[self.codes_read]
        self.codes_read += 1
        return (Barcode(text=text, format="QRCode", corners=(0,) * 8),) if text else ()

    def check(self, case_id: str, page_id: str) -> tuple[Page, ...]:
        """Say of the pages, in the order they came, what a script says; of pages looked at again the same."""
        case = self.window.store.case(case_id)
        pages = {page.page_id: page for slot in case.slots.values() for page in slot.pages}
        known = pages[page_id].document
        if not known and self.looked_at < len(self.documents):
            known, fault = self.documents[self.looked_at], self.faults[self.looked_at]
            self.looked_at += 1
        else:
            fault = None
        findings = (Finding(fault=fault),) if fault else ()
        with self.window.store.transaction() as tx:
            checked = PageChecked(page_id=page_id, document=known, findings=findings)
            tx.record(case_id, checked, actor="gate", at=self.window.clock())
        return (pages[page_id],)


@pytest.fixture
def feeder(window: Window) -> StackScanner:
    scanner = StackScanner(window)
    object.__setattr__(window.desk.capture, "scanner", scanner)
    object.__setattr__(window.desk.sorting, "reader", scanner)
    object.__setattr__(window.desk.checking, "check", scanner.check)
    return scanner


def cover(window: Window, case: Case, slot: str) -> str:
    return cover_of(case.number, window.desk.catalogue.item_of(case), slot).text


def held(window: Window, case: Case) -> dict[str, int]:
    slots = window.store.case(case.case_id).slots
    return {name: len(slot.pages) for name, slot in slots.items() if slot.pages}


async def feed(seat: Seat, case: Case) -> StackScreen:
    """Press F11 in the case and wait until everything was looked at."""
    await seat.open(case.case_id)
    await seat.press("f11")
    screen = seat.on(StackScreen)
    await seat.until(lambda: not screen.feeding and not screen.looks and screen.told, "all looked at")
    await seat.settle()
    return screen


def mixed(window: Window, feeder: StackScanner) -> tuple[Case, Case]:
    """Lay a stack for two cases, with a blank side and a page that nobody speaks for."""
    home, other = window.named(window.open()), window.open(RELIEF)
    feeder.lay(document="household-register-page")
    feeder.lay(cover(window, home, CARD))
    feeder.lay(document="id-card-front")
    feeder.lay(document="id-card-back")
    feeder.lay(cover(window, other, REGISTER))
    feeder.lay(document="household-register-page")
    feeder.lay(fault=Fault.BLANK)
    return home, other


@pytest.mark.parametrize("size", [NARROW, WIDE])
async def test_one_feed_is_grouped_by_case_and_enter_takes_the_proposal(
    sit: OpenSeat, window: Window, feeder: StackScanner, size: tuple[int, int]
) -> None:
    home, other = mixed(window, feeder)
    async with sit(size=size) as seat:
        screen = await feed(seat, home)
        assert feeder.jobs[0].source is Source.FEEDER and feeder.jobs[0].max_pages == 100
        assert seat.sees("进纸 7 张, 封面 2 张, 归入 2 件办件 4 面, 待分拣 1 面")
        assert seat.sees("建议归入 户口簿", home.number, other.number, "居民身份证 2 面", "户口簿 2 面")
        assert seat.sees("1 面有疑点", "第 2 面 空白页", "回车 按建议归位")
        await seat.press("enter")
        await seat.until(lambda: not screen.looks, "looked at again")
        await seat.settle()
        assert held(window, home) == {CARD: 2, REGISTER: 1}
        assert seat.sees("归入 2 件办件 5 面, 待分拣 0 面")
        await seat.press("escape")
        assert seat.on(CaseScreen).view is not None
        assert [len(seat.case.view.case.slot(slot).pages) for slot in (CARD, REGISTER)] == [2, 1]  # type: ignore[union-attr]


async def test_a_digit_or_m_gives_a_page_another_line_and_del_takes_it_out(
    sit: OpenSeat, window: Window, feeder: StackScanner
) -> None:
    case = window.open()
    for _ in range(3):
        feeder.lay()
    async with sit(size=WIDE) as seat:
        screen = await feed(seat, case)
        assert seat.sees("待分拣 3 面", "按数字选材料", "前面没有封面", "1.居民身份证")
        await seat.press("enter")
        assert "没有可以建议的材料" in seat.notice
        await seat.press("3")
        assert held(window, case) == {TRAY: 2, PHOTO: 1}
        await seat.press("m")
        seat.on(ChoiceDialog)
        await seat.press("2")
        await seat.settle()
        assert held(window, case) == {TRAY: 1, PHOTO: 1, REGISTER: 1}
        await seat.press("delete")
        seat.on(ConfirmDialog)
        await seat.press("y")
        await seat.settle()
        assert held(window, case) == {PHOTO: 1, REGISTER: 1}
        await seat.until(lambda: not screen.looks, "looked at")
        assert len(window.store.case(case.case_id).binned) == 1


async def test_a_page_can_be_looked_at_and_one_in_doubt_taken_out_of_its_case(
    sit: OpenSeat, window: Window, feeder: StackScanner
) -> None:
    home, other = mixed(window, feeder)
    async with sit(size=WIDE) as seat:
        seat.outside.has_viewer = False
        screen = await feed(seat, home)
        await seat.press("f5")
        seat.on(PageScreen)
        await seat.press("escape")
        await seat.press("end")
        assert screen.page is not None and screen.page.open_findings
        await seat.press("delete", "y")
        await seat.settle()
        assert held(window, other) == {REGISTER: 1}


async def test_a_jam_keeps_the_pages_and_says_so_and_the_next_feed_goes_on(
    sit: OpenSeat, window: Window, feeder: StackScanner
) -> None:
    case = window.open()
    feeder.lay(cover(window, case, CARD))
    feeder.lay(document="id-card-front")
    feeder.failure = PaperJam()
    async with sit() as seat:
        await feed(seat, case)
        assert seat.notice.startswith("[S1") and held(window, case) == {CARD: 1}
        feeder.texts, feeder.codes_read, feeder.failure = [cover(window, case, PHOTO), ""], 0, None
        await seat.press("f2")
        await seat.until(lambda: held(window, case) == {CARD: 1, PHOTO: 1}, "second feed")
        assert seat.sees("进纸 4 张, 封面 2 张")


async def test_escape_stops_the_feed_first_and_leaves_with_the_next_press(
    sit: OpenSeat, window: Window, feeder: StackScanner
) -> None:
    case = window.open()
    feeder.go = threading.Semaphore(1)
    for _ in range(3):
        feeder.lay()
    async with sit() as seat:
        await seat.open(case.case_id)
        seat.app.simulate_key("f11")
        await seat.until(lambda: held(window, case) == {TRAY: 1}, "the first page")
        seat.app.simulate_key("escape")
        await seat.until(lambda: "正在停止" in seat.notice, "stopping")
        feeder.go.release()
        await seat.until(lambda: "已停止" in seat.notice, "stopped")
        assert held(window, case) == {TRAY: 1} and seat.on(StackScreen)
        await seat.press("escape")
        assert seat.on(CaseScreen)


async def test_without_a_feeder_the_clerk_is_told_what_to_do(
    sit: OpenSeat, window: Window, feeder: StackScanner
) -> None:
    feeder.device = GLASS
    case = window.open()
    async with sit() as seat:
        await seat.open(case.case_id)
        await seat.press("f11")
        assert seat.notice.startswith("[V200]") and not feeder.jobs
