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
from scanners.errors import NoDevice, ScannerError
from scanners.port import Device, ScanJob, Source
from workstation.domain.case import FieldValue, Page
from workstation.domain.checklist import Todo
from workstation.i18n import _
from workstation.services.view import CaseView
from workstation.tui.cells import printable
from workstation.tui.screens.case_camera import CAMERA, CameraKeys
from workstation.tui.screens.dialogs import ChoiceDialog, ConfirmDialog
from workstation.tui.words import SURE

log = logging.getLogger(__name__)

MANY_PAGES = ("folder", CAMERA)
"""Drivers whose devices give several pages in one go though they have no feeder."""


class ScanKeys(CameraKeys):
    """Scan, and remove a page."""

    @dataclass
    class PageSafe(Message):
        """A page is on disk, synced and in its slot."""

        slot: str
        page: Page

    @dataclass
    class ScanEnded(Message):
        """The device has finished, one way or the other."""

        slot: str
        pages: int
        error: Exception | None
        stopped: bool = False

    _scanned = 0
    """Pages of the scan that is running."""
    _read_meanwhile: Callable[[], None] | None = None
    """Says what the last reading found, once the running scan has said its own."""

    def action_scan(self) -> None:
        """Scan into the slot under the cursor."""
        if self.current_slot and not self.scanning:
            self.scanning = True
            self._scanned = 0
            self.say(_("正在扫描…"), _("Esc 停止; 已扫的页都会保留"))
            self._feed(self.current_slot)

    @work(thread=True, exclusive=True, exit_on_error=False, group="scan")
    def _feed(self, slot: str) -> None:
        worker, pages, fault = get_current_worker(), 0, None
        try:
            job = self._scan_job()
            for page in self.desk.capture.scan(self.case_id, slot, job, lambda: worker.is_cancelled):
                pages += 1
                self.post_message(self.PageSafe(slot, page))
        except Exception as error:  # noqa: BLE001 - the outermost rim: told to the clerk by the handler
            fault = error
        stopped = worker.is_cancelled and not (self.by_camera and pages)
        self.post_message(self.ScanEnded(slot, pages, fault, stopped))

    def action_choose_scanner(self) -> None:
        """Choose the device the next pages come from."""
        self.say(_("正在查找扫描仪…"))
        self.job(self.desk.capture.devices, self._offer_scanners)

    def _offer_scanners(self, devices: tuple[Device, ...]) -> None:
        if not devices:
            self.tell(NoDevice())
            return
        names = {device.id: printable(device.name) for device in devices}

        def chosen(device_id: str | None) -> None:
            if device_id is not None:
                self.app.device_id = device_id
                self.say(_("扫描仪: {name}").format(name=names[device_id]))

        body = _("选定后一直用这一台, 直到退出程序。")
        present = self.app.device_id or devices[0].id
        self.app.push_screen(ChoiceDialog(_("选扫描仪"), body, list(names.items()), start=present), chosen)

    def _scan_job(self) -> ScanJob:
        devices = self.desk.capture.devices()
        device = next((d for d in devices if d.id == self.app.device_id), devices[0] if devices else None)
        if device is None:
            raise NoDevice
        source = device.sources[0] if device.sources else Source.FLATBED
        return ScanJob(
            device_id=device.id,
            source=source,
            resolution_dpi=max(self.app.station.resolution_dpi, self._least_dpi()),
            max_pages=1 if source is Source.FLATBED and device.driver not in MANY_PAGES else 100,
            finder=self.finder_for(device),
        )

    def _least_dpi(self) -> int:
        """Return what the item asks for this material; 0 where the window's own resolution will do."""
        line = self.view.line(self.current_slot) if self.view else None
        return line.material.scan_dpi if line else 0

    @on(PageSafe)
    def _page_came(self, event: PageSafe) -> None:
        event.stop()
        self._scanned += 1
        self.count_on_camera(self._scanned)
        if self.scanning:
            self.say(_("正在扫描, 已存盘 {n} 页…").format(n=self._scanned), _("Esc 停止; 已扫的页都会保留"))
        self._job(lambda: self.desk.view(self.case_id), self.show_view)
        self._read(event.slot, event.page)

    @on(ScanEnded)
    def _scan_ended(self, event: ScanEnded) -> None:
        event.stop()
        self.scanning = False
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

    def _what_follows(self, slot: str) -> str:
        """Ask for the pages that are still wanting, e.g. the back of a card."""
        line = self.view.line(slot) if self.view else None
        if line is None or line.todo is not Todo.SCAN_MORE:
            return ""
        if line.material.back_kind and line.pages == 1:
            return _("翻到背面, 再按 F2")
        return _("还差 {n} 页, 再按 F2").format(n=line.pages_expected_min - line.pages)

    @work(exit_on_error=False, group="read")
    async def _read(self, slot: str, page: Page) -> None:
        """Read a page in the readers' thread; a failure costs nothing but typing."""
        loop = asyncio.get_running_loop()
        try:
            reading = await loop.run_in_executor(
                self.app.readers, self.desk.prefill.read_page, self.case_id, slot, page
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
        follows = self._what_follows(self.current_slot)
        # Both sides of the card are compared in one go; once that is done only the new page counts.
        document = "" if view.case.applicant is None else reading.document
        known = view.known_before
        read = {name: v for name, v in view.case.fields.items() if "." in name and name not in known}
        doubtful = sum(_wants_eyes(value) for name, value in read.items() if name.startswith(document))
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
            self.change(
                lambda: self.desk.intake.remove_page(self.case_id, slot, pages[-1].page_id, why="rescan")
            )


def _wants_eyes(value: FieldValue) -> bool:
    """True for a reading nobody compared yet that is missing, doubtful or fails a check."""
    return value.confirmed_by is None and (not value.valid or value.confidence < SURE)
