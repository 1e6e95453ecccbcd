"""The feeding of a stack: each side is safe before it is told, then looked at and read behind the work."""

from __future__ import annotations

from dataclasses import dataclass

from textual import on, work
from textual.message import Message
from textual.reactive import reactive
from textual.worker import get_current_worker

from scanners.port import ScanJob, Source
from workstation.domain.covers import TRAY
from workstation.i18n import _
from workstation.services.errors import NoStackDevice
from workstation.services.page_places import lying
from workstation.services.scan_ways import stack_job, ways_of
from workstation.services.sorting import SortedPage, StackReport
from workstation.tui.screens.base import WorkScreen


class StackFeed(WorkScreen[None]):
    """Feeds, and has every page looked at."""

    @dataclass
    class SideCame(Message):
        """A side of a sheet came, and its page is safe."""

        side: SortedPage

    @dataclass
    class FeedEnded(Message):
        """The device has finished, one way or the other."""

        error: Exception | None
        stopped: bool

    @dataclass
    class PageLookedAt(Message):
        """The quality gate has looked at a page, or could not."""

        trouble: Exception | None

    feeding: reactive[bool] = reactive(False, bindings=True)
    report: reactive[StackReport | None] = reactive(None, bindings=True)

    def __init__(self, case_id: str) -> None:
        """Feed for the case on screen, whose tray takes what no cover speaks for."""
        super().__init__()
        self.case_id = case_id
        self.fed: list[SortedPage] = []
        self.duplex = False
        self.looks = 0
        """Pages the gate has still to look at."""
        self.told = False
        """Whether the end of the feed, or its failure, stands on the notice line."""

    def action_feed(self) -> None:
        """Feed what lies in the feeder."""
        if not self.feeding:
            self.feeding, self.told = True, False
            self.say(_("正在进纸…"), _("Esc 停止; 已进的页都会保留"))
            self._feed()

    @work(thread=True, exclusive=True, exit_on_error=False, group="scan")
    def _feed(self) -> None:
        worker, fault = get_current_worker(), None
        try:
            job = self._job_of_stack()
            self.duplex = job.source is Source.DUPLEX
            for side in self.desk.sorting.feed(self.case_id, job, lambda: worker.is_cancelled):
                self.post_message(self.SideCame(side))
        except Exception as error:  # noqa: BLE001 - the outermost rim: told to the clerk by the handler
            fault = error
        self.post_message(self.FeedEnded(fault, worker.is_cancelled))

    def _job_of_stack(self) -> ScanJob:
        """Return the job; devices are listed only where the way in use takes no stack."""
        dpi, way = self.app.station.resolution_dpi, self.app.scan_way
        job = way.stack_job(dpi) if way else None
        if job is None:
            job = stack_job(None, ways_of(self.desk.capture.devices()), dpi)
        if job is None:
            raise NoStackDevice
        return job

    @on(SideCame)
    def _side_came(self, event: SideCame) -> None:
        event.stop()
        self.fed.append(event.side)
        if event.side.page is not None:
            self.look(event.side.place.case_id, event.side.page.page_id)
        self.refresh_view()

    @on(FeedEnded)
    def _feed_ended(self, event: FeedEnded) -> None:
        event.stop()
        self.feeding = False
        self.told = event.error is not None or event.stopped
        if event.error is not None:
            self.tell(event.error)
        elif event.stopped:
            self.say(_("已停止, 进来的页都已存盘"), _("余下的纸放回进纸器再按 F2"), "warning")
        self.refresh_view()

    def look(self, case_id: str, page_id: str) -> None:
        """Have a page looked at, then read; it goes on though the clerk leaves the screen."""
        self.looks += 1
        self.app.lookers.submit(self._looked, case_id, page_id)

    def _looked(self, case_id: str, page_id: str) -> None:
        checking, trouble = self.desk.checking, None
        try:
            now = {page.page_id for page in checking.check(case_id, page_id)}
            trouble = checking.take_trouble()
            for slot, page in lying(self.desk.store.case(case_id)):
                if page.page_id in now and slot != TRAY:
                    self.app.readers.submit(self.desk.prefill.read_new, case_id, slot, page)
        except Exception as error:  # noqa: BLE001 - the outermost rim: told to the clerk by the handler
            trouble = error
        self.post_message(self.PageLookedAt(trouble))

    @on(PageLookedAt)
    def _was_looked_at(self, event: PageLookedAt) -> None:
        event.stop()
        self.looks -= 1
        if event.trouble is not None:
            self.tell(event.trouble)
        self.refresh_view()

    def tell_rest(self) -> None:
        """Say how far the stack is, and what is wanted of the clerk."""
        if self.feeding or self.told:
            return
        self.told = not self.looks
        if self.looks:
            self.say(_("已进完, 正在检查 {n} 面…").format(n=self.looks), _("可以先处理别的行"))
        elif self.report is not None and self.report.proposals:
            self.say(_("已检查完"), _("回车 按建议归位, 数字或 M 另选"))
        elif self.report is not None and self.report.tray:
            self.say(_("已检查完"), _("给待分拣的页按数字选材料"), "warning")
        else:
            self.say(_("已检查完, 没有待分拣的页"), _("Esc 返回办件"))
