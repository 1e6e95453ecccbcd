"""The lesson of the stack, driven by keys: three cases, their cover sheets, everything fed once."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from pathlib import Path

from textual.widgets import OptionList

from workstation.cli.driver import Driver, NotShown, teach
from workstation.cli.lesson import home_lists, open_window, print_steps
from workstation.cli.practice import Practice, specimen_papers
from workstation.domain.case import Case
from workstation.domain.covers import TRAY
from workstation.i18n import _
from workstation.services.cover_papers import COVERS, cover_lines
from workstation.services.sorting import StackReport
from workstation.training.specimens.stack import empty_sheet, printed_sheets, upside_down
from workstation.tui.fault_words import page_faults
from workstation.tui.screens.case import CaseScreen
from workstation.tui.screens.dialogs import ChoiceDialog
from workstation.tui.screens.home import HomeScreen
from workstation.tui.screens.stack import StackScreen
from workstation.tui.screens.stack_words import summary

ELDER_CARD, ALLOWANCE, RELIEF = "敬老优待证", "高龄老人津贴", "临时救助"
ITEMS = (ELDER_CARD, ALLOWANCE, RELIEF)
CARD, REGISTER, RECEIPT = "id-card", "household-register", "photo-receipt"
EXPECTED = {
    ELDER_CARD: {CARD: 2, RECEIPT: 1, REGISTER: 1},
    ALLOWANCE: {CARD: 2},
    RELIEF: {REGISTER: 2, CARD: 1},
}
"""Pages by item and material once the one proposal was accepted."""


@dataclass(frozen=True, slots=True)
class Routed:
    """What became of the stack."""

    fed: StackReport
    """Before the clerk accepted what was proposed."""
    cases: dict[str, Case]
    """By item, at the end."""

    @property
    def is_right(self) -> bool:
        """Whether every page lies where it belongs."""
        return {title: held(case) for title, case in self.cases.items()} == EXPECTED


def held(case: Case) -> dict[str, int]:
    """Return how many pages lie in each slot that holds any."""
    return {slot: len(content.pages) for slot, content in case.slots.items() if content.pages}


def run_lesson(practice: Practice) -> int:
    """Run the lesson and return the exit code: 0 only when every page lies where it belongs."""
    return teach(practice, _lesson)


async def _lesson(driver: Driver) -> bool:
    routed = await play(driver)
    print_steps(driver)
    print("\n" + (_("✔ 每一页都在它的材料里") if routed.is_right else _("✘ 有页面不在它的材料里")))
    return routed.is_right


async def play(driver: Driver) -> Routed:
    """Take the three cases up to their cover sheets, feed the stack and sort what is left.

    Raises:
        NotShown: the screens did not show in time what was waited for.
    """
    await open_window(driver)
    ids = {title: await _open_case(driver, title) for title in ITEMS}
    await _lay(driver, ids)
    report = await _feed(driver, ids[ELDER_CARD])
    await _accept(driver)
    return Routed(report, await _look_at_cases(driver, ids))


async def _open_case(driver: Driver, title: str) -> str:
    async with driver.step(_("{item}: 办新件, 选情形, F12 打印扫描封面页").format(item=title)):
        await driver.open_item(title)
        while driver.view.questions_now:
            answered = len(driver.view.case.answers)
            await driver.press("1")
            await driver.until(lambda n=answered: len(driver.view.case.answers) > n, "answer")  # type: ignore[misc]
            await driver.idle()
        await _print_covers(driver)
        case = driver.view.case
        driver.see(f"{case.number}  {COVERS}: {len(cover_lines(case, driver.view.item))}")
        await driver.press("escape")
        await driver.on_screen(HomeScreen)
    return case.case_id


async def _print_covers(driver: Driver) -> None:
    """Choose the cover sheets from the menu by their digit."""
    await driver.press("f12")
    await driver.on_screen(ChoiceDialog)
    digit = driver.app.screen.query_one(OptionList).get_option_index("covers") + 1
    await driver.press(str(digit))
    await driver.on_screen(CaseScreen)
    await driver.until(lambda: any(paper.form == COVERS for paper in driver.view.case.papers), "covers")
    await driver.idle()


async def _lay(driver: Driver, ids: dict[str, str]) -> None:
    async with driver.step(_("把封面页放到每份材料上面, 三件叠成一叠")):
        sheets = await asyncio.to_thread(lay_stack, driver, ids)
        driver.practice.scanner.load(sheets)
        driver.see(_("一叠 {n} 张: 1 张没有封面, 1 张放倒了, 1 张空白").format(n=len(sheets)))


def lay_stack(driver: Driver, ids: dict[str, str]) -> tuple[Path, ...]:
    """Return the sheets of the three cases as the clerk lays them, the first on top."""
    folder = driver.practice.settings.data_folder.parent / "stack"
    folder.mkdir(exist_ok=True)
    papers = specimen_papers(driver.practice.settings.data_folder)
    front, back = papers["id-card-front"], papers["id-card-back"]
    register, receipt = papers["household-register-page"], papers["photo-receipt"]
    elder = _covers(driver, ids[ELDER_CARD], (CARD, RECEIPT), folder)
    allowance = _covers(driver, ids[ALLOWANCE], (CARD,), folder)
    relief = _covers(driver, ids[RELIEF], (REGISTER, CARD), folder)
    return (
        register,
        *(elder[CARD], front, back),
        *(elder[RECEIPT], upside_down(receipt, folder)),
        *(allowance[CARD], front, back),
        *(relief[REGISTER], register, empty_sheet(folder)),
        *(relief[CARD], front),
    )


def _covers(driver: Driver, case_id: str, slots: tuple[str, ...], folder: Path) -> dict[str, Path]:
    """Return printed covers of a case as pictures, by material; before them the paper has a list of all."""
    desk = driver.app.station.desk
    case = desk.store.case(case_id)
    printed = next(paper for paper in case.papers if paper.form == COVERS)
    order = [line.material.id for line in cover_lines(case, desk.catalogue.item_of(case))]
    pages = [order.index(slot) + 1 for slot in slots]
    return dict(zip(slots, printed_sheets(desk.papers.folder / printed.path, folder, pages), strict=True))


async def _feed(driver: Driver, case_id: str) -> StackReport:
    async with driver.step(_("打开第一件, F11 一次进纸")):
        await driver.until(lambda: home_lists(driver, case_id), "case listed")
        await driver.press("enter")
        await driver.on_screen(CaseScreen)
        await driver.until(lambda: driver.case.view is not None, "case shown")
        await driver.idle()
        await driver.press("f11")
        await driver.on_screen(StackScreen)
        await driver.until(lambda: _is_fed(driver), "all fed and looked at")
        report = _stack(driver).report
        if report is None:
            raise NotShown("no report")
        driver.see(summary(report))
        for pile in report.piles:
            doubts = [page_faults(page) for page in pile.pages if page.open_findings]
            turned = sum(page.treatment is not None and bool(page.findings) for page in pile.pages)
            said = _("{n} 面").format(n=len(pile.pages)) + "".join(f", {doubt}" for doubt in doubts)
            said += _(", 已自动转正") if turned and not doubts else ""
            driver.see(f"{pile.item} {pile.number} · {pile.title}: {said}")
    return report


def _stack(driver: Driver) -> StackScreen:
    screen = driver.app.screen
    if not isinstance(screen, StackScreen):
        raise NotShown(f"not at the stack: {type(screen).__name__}")
    return screen


def _is_fed(driver: Driver) -> bool:
    screen = _stack(driver)
    return screen.told and not (screen.feeding or screen.looks or screen.busy)


async def _accept(driver: Driver) -> None:
    async with driver.step(_("没有封面的那一页: 认出是户口簿, 回车归位")):
        await driver.press("enter")
        await driver.until(lambda: not _tray(driver), "tray empty")
        await driver.until(lambda: _is_fed(driver), "looked at again")
        driver.see(driver.notice)


def _tray(driver: Driver) -> bool:
    report = _stack(driver).report
    return report is None or bool(report.tray)


async def _look_at_cases(driver: Driver, ids: dict[str, str]) -> dict[str, Case]:
    async with driver.step(_("三件办件的材料清单")):
        await driver.press("escape")
        await driver.on_screen(CaseScreen)
        await driver.idle()
        desk = driver.app.station.desk
        cases = {title: desk.store.case(case_id) for title, case_id in ids.items()}
        for case in cases.values():
            item = desk.catalogue.item_of(case)
            driver.see(f"{item.title} {case.number}")
            for line in desk.view_of(case).checklist.lines:
                if line.pages:
                    driver.see(f"  {line.material.title}: " + _("{n} 面").format(n=line.pages))
            if case.slot(TRAY).pages:
                driver.see(_("  待分拣: {n} 面").format(n=len(case.slot(TRAY).pages)))
    return cases
