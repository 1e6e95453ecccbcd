"""The quality gate in the workspace: every page is looked at while the citizen still stands there."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from textual import work

from scanners.port import Source
from workstation.domain.case import Case, Fault, Finding, Page
from workstation.domain.checklist import open_findings
from workstation.i18n import N_, _, listed
from workstation.services.checking import FeedReport
from workstation.services.scan_ways import ScanWay
from workstation.tui.fault_words import fault_words, remedy_words
from workstation.tui.screens.case_base import CaseBase
from workstation.tui.screens.dialogs import ChoiceDialog, TextDialog

REASONS = (
    N_("原件就是这样"),
    N_("字迹能看清, 不影响办理"),
    N_("空白面是原件的一部分"),
)
"""What a clerk mostly says when a page stands in spite of a finding."""
OTHER, RESCAN, KEEP, REMOVE, ARRANGE = "other", "rescan", "keep", "remove", "arrange"
CLEAN, ALL, WRONG = "clean", "all", "wrong"


@dataclass
class Feed:
    """One press of the scan key, until every page of it was looked at."""

    pages: list[Page]
    way: ScanWay | None = None
    checked: int = 0
    ended: bool = False

    @property
    def is_stack(self) -> bool:
        """True for what a feeder took: only then can sheets stick together or be missed."""
        return self.way is not None and self.way.feeds_sheets

    @property
    def is_duplex(self) -> bool:
        """True where two images are one sheet."""
        return self.way is not None and self.way.source is Source.DUPLEX

    @property
    def is_done(self) -> bool:
        """True once the device has finished and every page was looked at."""
        return self.ended and self.checked >= len(self.pages)


class GateKeys(CaseBase):
    """Says what the gate found, and takes the clerk's word on it."""

    def rescan(self, page_id: str) -> None:
        """Scan one page again in its place; the scanning keys override it."""

    def arrange_pages(self) -> None:
        """Open the page work; the workspace overrides it."""

    def faulty_page(self, slot: str) -> Page | None:
        """Return the first page of a slot with an open finding."""
        pages = self.view.case.slot(slot).pages if self.view else ()
        return next((page for page in pages if self._open(page)), None)

    def _open(self, page: Page) -> tuple[Finding, ...]:
        return open_findings(self.view.case, page) if self.view else ()

    def tell_findings(self, slot: str) -> bool:
        """Say what is open about the slot's first faulty page; False when nothing is."""
        page = self.faulty_page(slot)
        if page is None or self.view is None:
            return False
        number = self.view.case.slot(slot).pages.index(page) + 1
        what = _("第 {n} 页: {faults}").format(n=number, faults=listed(map(fault_words, self._open(page))))
        keys = _("F2 重扫这一页, 回车 保留或删去")
        self.say(what, f"{remedy_words(self._open(page)[0])}; {keys}", "warning")
        return True

    @work(exit_on_error=False)
    async def ask_about_page(self, slot: str) -> None:
        """Ask what to do about a slot's first faulty page."""
        page = self.faulty_page(slot)
        if page is None or self.view is None:
            return
        number = self.view.case.slot(slot).pages.index(page) + 1
        lines = [f"· {fault_words(f)}: {remedy_words(f)}" for f in self._open(page)]
        choices = [
            (RESCAN, _("重扫这一页")),
            (KEEP, _("保留, 说明理由")),
            (REMOVE, _("删去这一页")),
            (ARRANGE, _("转正、裁切或移到别的材料")),
        ]
        title = _("第 {n} 页有疑点").format(n=number)
        chosen = await self.app.push_screen_wait(
            ChoiceDialog(title, "\n".join(lines), choices, numbered=True)
        )
        if chosen == RESCAN:
            self.rescan(page.page_id)
        elif chosen == REMOVE:
            ids = (page.page_id,)
            self.change(lambda: self.desk.page_work.remove(self.case_id, *ids, why="gate"), self.go_on)
        elif chosen == ARRANGE:
            self.arrange_pages()
        elif chosen == KEEP and (why := await self._reason()):
            self.change(lambda: self._keep(page, why), self.go_on)

    def _keep(self, page: Page, why: str) -> Case:
        case = self.desk.store.case(self.case_id)
        for finding in page.open_findings:
            case = self.desk.checking.settle(self.case_id, page.page_id, finding.fault, why)
        return case

    async def _reason(self) -> str:
        """Ask why a page stands as it is; empty when the clerk gives up."""
        choices = [(_(reason), _(reason)) for reason in REASONS]
        choices.append((OTHER, _("其他, 自己写")))
        title, body = _("为何保留"), _("理由随办件记录, 复核时看得到。")
        chosen = await self.app.push_screen_wait(ChoiceDialog(title, body, choices, numbered=True))
        if chosen != OTHER:
            return chosen or ""
        written = await self.app.push_screen_wait(TextDialog(title, body, _("理由")))
        return written[0] if written else ""

    @work(exit_on_error=False)
    async def ask_about_count(self, slot: str) -> None:
        """Take a number of pages the item does not expect, with a reason."""
        if self.view is None:
            return
        content = self.view.case.slot(slot)
        body = _("这份材料有 {n} 页, 与事项要求的页数不符。").format(n=len(content.pages))
        choices = [(KEEP, _("按现有页数收取, 说明理由")), (ARRANGE, _("整理页面"))]
        chosen = await self.app.push_screen_wait(ChoiceDialog(_("页数不符"), body, choices, numbered=True))
        if chosen == ARRANGE:
            self.arrange_pages()
        elif chosen == KEEP and (why := await self._reason()):
            self.change(lambda: self.desk.checking.settle_count(self.case_id, slot, why), self.go_on)

    @work(exit_on_error=False)
    async def ask_about_feed(self, slot: str, feed: Feed) -> None:
        """Ask whether what came out is what went in: `12 张进, 24 面, 3 面空白?`."""
        loop = asyncio.get_running_loop()
        report = await loop.run_in_executor(
            None,
            lambda: self.desk.checking.after_feed(self.case_id, feed.pages, duplex=feed.is_duplex),
        )
        choices = [(ALL, _("张数对")), (WRONG, _("张数不对"))]
        if report.blanks:
            choices[:1] = [
                (CLEAN, _("张数对, 删去 {n} 面空白").format(n=len(report.blanks))),
                (ALL, _("张数对, 空白面也保留")),
            ]
        dialog = ChoiceDialog(_("数一数手里的纸"), feed_words(report), choices, numbered=True)
        chosen = await self.app.push_screen_wait(dialog)
        if chosen == WRONG:
            self.say(_("扫到的页都已存盘"), _("缺的页放回进纸器再按 F2, 多的按 P 整理"), "warning")
        elif chosen is not None:
            self.change(lambda: self._settle_feed(report, chosen == CLEAN), lambda: self._after_feed(slot))

    def _settle_feed(self, report: FeedReport, clean: bool) -> Case:
        case = self.desk.store.case(self.case_id)
        if clean and report.blanks:
            return self.desk.page_work.remove(self.case_id, *report.blanks, why="blank")
        for page_id in report.blanks:
            why = _(REASONS[2])
            case = self.desk.checking.settle(self.case_id, page_id, Fault.BLANK, why)
        return case

    def _after_feed(self, slot: str) -> None:
        if not self.tell_findings(slot):
            self.say(_("已清点"))


def feed_words(report: FeedReport) -> str:
    """Return what a feed brought, in words."""
    words = _("进纸 {sheets} 张, 得到 {images} 面。").format(sheets=report.sheets, images=report.images)
    if report.blanks:
        words += _("其中 {n} 面是空白?").format(n=len(report.blanks))
    if report.findings:
        words += "\n" + _("另有 {n} 面有疑点, 清点后逐一处理。").format(n=report.findings)
    if report.unchecked:
        words += "\n" + _("{n} 面没有检查成, 请自己看一遍。").format(n=report.unchecked)
    return words
