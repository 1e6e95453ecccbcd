"""The scanning keys of the workspace: F2 feeds pages, each is safe before it is shown, then it is read."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass

from textual import on, work
from textual.message import Message
from textual.worker import get_current_worker

from ocr.port import Reading
from scanners.errors import ScannerError
from workstation.domain.case import Page
from workstation.domain.checklist import Todo
from workstation.i18n import _
from workstation.services.view import CaseView
from workstation.texts.ocr import REASONS, UNREAD
from workstation.tui.screens.case_devices import DeviceKeys
from workstation.tui.screens.case_gate import Feed, GateKeys
from workstation.tui.screens.dialogs import ConfirmDialog
from workstation.tui.words import wants_eyes

log = logging.getLogger(__name__)


class ScanKeys(DeviceKeys, GateKeys):
    """Scan, and remove a page."""

    @dataclass
    class PageSafe(Message):
        """A page is on disk, synced and in its slot."""

        slot: str
        page: Page
        feed: Feed

    @dataclass
    class PageLookedAt(Message):
        """The quality gate has looked at a page, or could not."""

        slot: str
        feed: Feed
        trouble: Exception | None = None

    @dataclass
    class ScanEnded(Message):
        """The device has finished, one way or the other."""

        slot: str
        pages: int
        error: Exception | None
        feed: Feed
        stopped: bool = False

    _scanned = 0
    """Pages of the scan that is running."""
    _last_feed: Feed = Feed([])
    """What the scan that was begun last has brought."""
    _read_meanwhile: Callable[[], None] | None = None
    """Says what the last reading found, once the running scan has said its own."""

    def action_scan(self) -> None:
        """Scan into the slot under the cursor; where a page is in doubt, that page again."""
        faulty = self.faulty_page(self.current_slot)
        self._begin(faulty.page_id if faulty else "")

    def rescan(self, page_id: str) -> None:
        """Scan one page again, in its place."""
        self._begin(page_id)

    def insert_at(self, place: int) -> None:
        """Scan into a place of the slot (0 is the first), before what lies there."""
        self._begin(into=place)

    def _begin(self, instead_of: str = "", into: int | None = None) -> None:
        if self.current_slot and not self.scanning:
            self.scanning = True
            self._scanned = 0
            self._last_feed = Feed([])
            self.say(_("正在扫描…"), _("Esc 停止; 已扫的页都会保留"))
            self._feed(self.current_slot, instead_of, self._last_feed, into)

    @work(thread=True, exclusive=True, exit_on_error=False, group="scan")
    def _feed(self, slot: str, instead_of: str, feed: Feed, into: int | None) -> None:
        worker, pages, fault = get_current_worker(), 0, None
        try:
            job = self._scan_job()
            feed.way = self.app.scan_way
            scan = self.desk.capture.scan(
                self.case_id, slot, job, lambda: worker.is_cancelled, into=into, instead_of=instead_of
            )
            for page in scan:
                pages += 1
                self.post_message(self.PageSafe(slot, page, feed))
        except Exception as error:  # noqa: BLE001 - the outermost rim: told to the clerk by the handler
            fault = error
        stopped = worker.is_cancelled and not (self.by_camera and pages)
        self.post_message(self.ScanEnded(slot, pages, fault, feed, stopped))

    @on(PageSafe)
    def _page_came(self, event: PageSafe) -> None:
        event.stop()
        self._scanned += 1
        self.count_on_camera(self._scanned)
        if self.scanning:
            self.say(_("正在扫描, 已存盘 {n} 页…").format(n=self._scanned), _("Esc 停止; 已扫的页都会保留"))
        event.feed.pages.append(event.page)
        self._job(lambda: self.desk.view(self.case_id), self.show_view)
        self._look(event.slot, event.page, event.feed)

    @on(ScanEnded)
    def _scan_ended(self, event: ScanEnded) -> None:
        event.stop()
        self.scanning = False
        event.feed.ended = True
        self.close_camera()
        said, self._read_meanwhile = self._read_meanwhile, None
        if event.error is not None:
            self.tell(event.error)
            if not isinstance(event.error, ScannerError):
                log.error("scan failed kind=%s", type(event.error).__name__)
        elif event.stopped:
            self.say(_("已停止, 扫到的 {n} 页都已存盘").format(n=event.pages), self._what_follows(event.slot))
        else:
            self.say(_("已扫描 {n} 页, 已存盘").format(n=event.pages), self._what_follows(event.slot))
        if event.error is None and said is not None:
            said()
        self._if_done(event.slot, event.feed)

    def _what_follows(self, slot: str) -> str:
        """Ask for the pages that are still wanting, e.g. the back of a card."""
        line = self.view.line(slot) if self.view else None
        if line is None or line.todo is not Todo.SCAN_MORE:
            return ""
        if line.material.back_kind and line.pages == 1:
            return _("翻到背面, 再按 F2")
        return _("还差 {n} 页, 再按 F2").format(n=line.pages_expected_min - line.pages)

    def look_again(self, slot: str, pages: list[Page]) -> None:
        """Have pages checked and read anew, e.g. in another slot, where they are another document."""
        self._last_feed = Feed(pages, ended=True)
        for page in pages:
            self._look(slot, page, self._last_feed)

    @work(exit_on_error=False, group="look")
    async def _look(self, slot: str, page: Page, feed: Feed) -> None:
        """Have the gate look at a page, then read what became of it; a failure bars nothing."""
        loop = asyncio.get_running_loop()
        checking = self.desk.checking
        try:
            now = await loop.run_in_executor(self.app.lookers, checking.check, self.case_id, page.page_id)
            trouble = checking.take_trouble()
        except Exception as error:  # noqa: BLE001 - the outermost rim: told with the end of the scan
            now, trouble = (page,), error
        self.post_message(self.PageLookedAt(slot, feed, trouble))
        for each in now:
            self._read(slot, each)

    @on(PageLookedAt)
    def _was_looked_at(self, event: PageLookedAt) -> None:
        event.stop()
        event.feed.checked += 1
        if event.trouble is not None:
            failure = event.trouble
            self._say_when_scanned(lambda: self.tell(failure))
        self._if_done(event.slot, event.feed)

    def _if_done(self, slot: str, feed: Feed) -> None:
        """Once every page of a scan was looked at: say what is in doubt; ask whether a stack is complete."""
        if feed.is_done and feed.pages and feed is self._last_feed:
            self._last_feed = Feed([])
            self._job(lambda: self.desk.view(self.case_id), lambda view: self._done(view, slot, feed))

    @work(exit_on_error=False, group="pack")
    async def pack_ahead(self) -> None:
        """Make the delivered files while the clerk goes on; what fails is made when the case is sealed."""
        app, pack = self.app, self.desk.filing.pack_pages
        loop = asyncio.get_running_loop()
        try:
            await loop.run_in_executor(app.packers, pack, self.case_id, lambda: app.is_leaving)
        except Exception as error:  # noqa: BLE001 - the outermost rim: nothing depends on it
            log.warning("event=not_packed_ahead kind=%s", type(error).__name__)

    def _done(self, view: CaseView, slot: str, feed: Feed) -> None:
        self.show_view(view)
        self.pack_ahead()
        if feed.is_stack and len(feed.pages) > 1:
            self.ask_about_feed(slot, feed)
        else:
            self.tell_findings(slot)

    @work(exit_on_error=False, group="read")
    async def _read(self, slot: str, page: Page) -> None:
        """Read a page in the readers' thread; a failure costs nothing but typing."""
        loop = asyncio.get_running_loop()
        try:
            reading = await loop.run_in_executor(
                self.app.readers, self.desk.prefill.read_new, self.case_id, slot, page
            )
        except Exception as error:  # noqa: BLE001 - the outermost rim: the clerk types instead
            failure = error
            self._say_when_scanned(lambda: self.tell(failure))
            return
        if reading is not None:
            self._job(lambda: self.desk.view(self.case_id), lambda view: self._was_read(view, reading))

    def _was_read(self, view: CaseView, reading: Reading) -> None:
        self.show_view(view)
        self._say_when_scanned(lambda: self._tell_reading(view, reading))

    def _say_when_scanned(self, say: Callable[[], None]) -> None:
        """Say it now, or right after the scan that is running: its end must not hide it."""
        if self.scanning:
            self._read_meanwhile = say
        else:
            say()

    def _tell_reading(self, view: CaseView, reading: Reading) -> None:
        if self.tell_findings(self.current_slot):
            return
        if reading.reason:
            what, todo = REASONS.get(reading.reason, UNREAD)
            self.say(_(what), _(todo), "warning")
            return
        follows = self._what_follows(self.current_slot)
        # Both sides of the card are compared in one go; once that is done only the new page counts.
        document = "" if view.case.applicant is None else reading.document
        known = view.known_before
        read = {name: v for name, v in view.fields_shown.items() if "." in name and name not in known}
        doubtful = sum(wants_eyes(value) for name, value in read.items() if name.startswith(document))
        if doubtful:
            compare = _("请对照原件核对标有 ? 和 ✘ 的项")
            if self.has_class("-narrow"):
                compare = _("{compare} (F5 看原件)").format(compare=compare)
            todo = f"{follows}; {compare}" if follows else compare
            self.say(_("已识别, {n} 项需要核对").format(n=doubtful), todo, "warning")
        elif known:
            self.say(_("已识别, 与以前核过的一致"), follows)
        else:
            self.say(_("已识别, 用时 {s} 秒").format(s=f"{reading.elapsed_ms / 1000:.1f}"), follows)

    def stop_scan(self) -> bool:
        """Stop a running scan; pages already read stay. False when none runs."""
        if not self.scanning:
            return False
        self.say(_("正在停止, 等设备送完这一页…"))
        self.workers.cancel_group(self, "scan")
        return True

    @work(exit_on_error=False)
    async def action_remove_page(self) -> None:
        """Take the last page of the slot out, to scan it again; one in the tray too."""
        slot = self.removable_slot
        pages = self.view.case.slot(slot).pages if self.view else ()
        if not pages:
            return
        sure = await self.app.push_screen_wait(
            ConfirmDialog(_("删去第 {n} 页?").format(n=len(pages)), _("原图仍保留在加密存储中, 可重新扫描。"))
        )
        if sure:
            self.change(lambda: self.desk.page_work.remove(self.case_id, pages[-1].page_id, why="rescan"))
