"""The tools of page work: each is one service call, followed by a look at what has changed."""

from __future__ import annotations

from collections.abc import Callable

from textual import getters, on, work

from workstation.domain.case import Case, Corners, Page
from workstation.domain.kinds import OriginalRule
from workstation.i18n import _
from workstation.services.page_proposals import two_pages
from workstation.tui.screens.case_again import changed_pages
from workstation.tui.screens.case_pages import PageKeys
from workstation.tui.screens.case_scan import ScanKeys
from workstation.tui.screens.cutting import CutScreen, OtherCut
from workstation.tui.screens.dialogs import ChoiceDialog
from workstation.tui.widgets.page_strip import PageStrip

BY_HAND = "by hand"


class PageTools(PageKeys, ScanKeys):
    """Works on the page under the cursor of the strip."""

    strip = getters.query_one("#strip", PageStrip)
    wanted = ""
    """Id of the page the cursor goes to when the case is shown next; empty: it stays."""
    done: tuple[str, ...] = ()
    """In words what undo would take back, the last work last."""
    ahead: tuple[str, ...] = ()
    """The same for redo."""

    def __init__(self, case_id: str, slot: str) -> None:
        """Work on the pages of `slot` first of all."""
        super().__init__(case_id)
        self.home = slot
        self.touched: set[str] = set()
        """Ids of pages that were scanned or changed here: the workspace has them looked at to the end."""

    @property
    def place(self) -> tuple[str, Page] | None:
        """Slot (empty: taken out) and page under the cursor."""
        if self.view is None:
            return None
        page_id = self.strip.page_id
        case = self.view.case
        held = [(slot, page) for slot, content in case.slots.items() for page in content.pages]
        every = [*held, *(("", page) for page in case.binned)]
        return next(((slot, page) for slot, page in every if page.page_id == page_id), None)

    @property
    def current_slot(self) -> str:
        """The slot a scan goes to; empty for the tray and for pages that were taken out."""
        slot = self.place[0] if self.place else self.home
        return slot if self.view is not None and self.view.line(slot) is not None else ""

    def title_of(self, slot: str, page: Page) -> str:
        """Name a page above its picture; the screen overrides it."""
        return self._caption(slot, page)

    # --- working --------------------------------------------------------------------------------------

    def _work(self, run: Callable[[], Case], said: str, wanted: str = "", next_key: str = "") -> None:
        """Run a work on pages, say what was done, and have the changed pages looked at behind it.

        Args:
            run: the call of a service.
            said: what to say.
            wanted: id of the page the cursor goes to; empty: it stays where it is.
            next_key: what takes an undo back; the cursor then goes to what has come back.
        """
        before = self.view.case if self.view else None
        self.wanted = wanted

        def shown() -> None:
            self.say(said, next_key or _("Ctrl+Z 撤销"))
            changed = changed_pages(before, self.view.case) if self.view else ()
            if changed and next_key:
                self.strip.go_to(changed[0])
            self.touched.update(changed)
            self.look_over(changed)

        self.change(run, shown)

    def action_turn(self, quarters: int) -> None:
        """Turn the page by quarter turns, clockwise."""
        if self.page is not None:
            page_id = self.page.page_id
            words = _("已右转") if quarters > 0 else _("已左转")
            self._work(lambda: self.desk.page_work.turn(self.case_id, page_id, quarters), words)

    def action_upside_down(self) -> None:
        """Turn the page by half a turn."""
        if self.page is not None:
            page_id = self.page.page_id
            self._work(lambda: self.desk.page_work.turn(self.case_id, page_id, 2), _("已倒转"))

    def action_cut(self) -> None:
        """Lay a frame around the page by hand."""
        place = self.place
        if place is not None:
            self.app.push_screen(CutScreen(place[1], self.title_of(*place)), self._cut)

    def _cut(self, cut: Corners | OtherCut | None) -> None:
        if cut is OtherCut.AGAIN:
            self.action_find_again()
        elif cut is OtherCut.WHOLE:
            self.action_whole()
        elif cut is not None and self.page is not None:
            page_id, corners = self.page.page_id, cut
            self._work(lambda: self.desk.page_work.cut(self.case_id, page_id, corners), _("已裁切"))

    def action_find_again(self) -> None:
        """Forget how the page is cut and let the program find it."""
        if self.page is not None:
            page_id = self.page.page_id
            self._work(lambda: self.desk.page_work.afresh(self.case_id, page_id), _("正在重新找页"))

    def action_whole(self) -> None:
        """Show the whole picture as it came."""
        if self.page is not None:
            page_id = self.page.page_id
            self._work(lambda: self.desk.page_work.whole(self.case_id, page_id), _("已用整张图"))

    def action_split(self) -> None:
        """Make two pages of one: what the program sees on it, else its halves."""
        page = self.page
        if page is None:
            return

        def split() -> Case:
            first, second = two_pages(self.desk.pictures, page)
            return self.desk.page_work.split(self.case_id, page.page_id, first, second)

        self._work(split, _("已拆成两页"))

    def action_join(self) -> None:
        """Lay this page and the next onto one sheet."""
        page, after = self.page, self.neighbour(1)
        if page is not None and after is not None:
            join = self.desk.page_work.join
            self._work(lambda: join(self.case_id, page.page_id, after.page_id), _("两页已并到一张 A4"))

    def action_shift(self, way: int) -> None:
        """Put the page a place further to the front or the back."""
        place, other = self.place, self.neighbour(way)
        if place is None or other is None or self.view is None:
            return
        slot, page = place
        ids = [each.page_id for each in self.view.case.slot(slot).pages]
        here, there = ids.index(page.page_id), ids.index(other.page_id)
        ids[here], ids[there] = ids[there], ids[here]
        words = _("已移到第 {n} 位").format(n=there + 1)
        self._work(lambda: self.desk.page_work.reorder(self.case_id, slot, ids), words)

    def neighbour(self, way: int) -> Page | None:
        """Return the page before (-1) or behind (1) the one under the cursor, in its slot."""
        if self.place is None or self.view is None or not self.place[0]:
            return None
        pages = self.view.case.slot(self.place[0]).pages
        there = pages.index(self.place[1]) + way
        return pages[there] if 0 <= there < len(pages) else None

    def action_remove(self) -> None:
        """Take the page out; it stays in sight under the others."""
        if self.page is not None:
            page_id = self.page.page_id
            remove = self.desk.page_work.remove
            wanted = self.strip.beside(page_id)
            self._work(lambda: remove(self.case_id, page_id, why=BY_HAND), _("已拿掉这一页"), wanted)

    @work(exit_on_error=False)
    async def action_move(self) -> None:
        """Ask for the material a page belongs to, and move it there."""
        place, targets = self.place, self.targets()
        if place is None or not targets:
            return
        body = _("页面原样移过去, 不用重扫。")
        dialog = ChoiceDialog(_("移到哪份材料"), body, list(targets.items()), numbered=True)
        to = await self.app.push_screen_wait(dialog)
        if to is not None:
            self._move(place, to, targets[to])

    def action_fetch(self) -> None:
        """Bring the page under the cursor into the material worked on."""
        title = self.targets().get(self.home)
        if self.place is not None and title is not None:
            self._move(self.place, self.home, title)

    def _move(self, place: tuple[str, Page], to: str, title: str) -> None:
        slot, page = place
        bring = self.desk.page_work.move if slot else self.desk.page_work.insert
        words = _("已移到 {material}").format(material=title)
        self._work(lambda: bring(self.case_id, page.page_id, to), words, self.strip.beside(page.page_id))

    def targets(self) -> dict[str, str]:
        """Return the materials the page under the cursor may go to, with their titles."""
        if self.view is None or self.place is None:
            return {}
        lines = (line.material for line in self.view.checklist.lines)
        takers = (m for m in lines if m.original is not OriginalRule.FORM and self.view.case.may_fill(m.id))
        return {material.id: material.title for material in takers if material.id != self.place[0]}

    @work(exit_on_error=False)
    async def action_keep(self) -> None:
        """Let the page stand in spite of what was found, with a reason."""
        page = self.page
        if page is not None and (why := await self._reason()):
            self.change(lambda: self._keep(page, why), lambda: self.say(_("已保留, 理由已记录")))

    def action_undo(self) -> None:
        """Take the last work back."""
        words = _("已撤销: {work}").format(work=self.done[-1] if self.done else "")
        self._work(lambda: self.desk.page_work.undo(self.case_id), words, next_key=_("Ctrl+Y 重做"))

    def action_redo(self) -> None:
        """Do again what was taken back last."""
        words = _("已重做: {work}").format(work=self.ahead[-1] if self.ahead else "")
        self._work(lambda: self.desk.page_work.redo(self.case_id), words, next_key=_("Ctrl+Z 撤销"))

    # --- scanning -------------------------------------------------------------------------------------

    def action_insert(self) -> None:
        """Scan in before the page."""
        before = self.neighbour(0)
        pages = self.view.case.slot(self.current_slot).pages if self.view else ()
        self.insert_at(pages.index(before) if before is not None else len(pages))

    def action_again(self) -> None:
        """Scan the page again, in its place."""
        if self.page is not None:
            self.rescan(self.page.page_id)

    @on(ScanKeys.PageSafe)
    def _page_joined(self, event: ScanKeys.PageSafe) -> None:
        self.touched.add(event.page.page_id)
        self.wanted = event.page.page_id

    def _what_follows(self, slot: str) -> str:
        """Ask for nothing: the keys of the workspace, which bring what is wanting, are not here."""
        return ""
