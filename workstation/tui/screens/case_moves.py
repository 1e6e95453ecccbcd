"""The tray of the workspace: a page that lies in the wrong slot, or whose slot vanished, finds its place."""

from __future__ import annotations

from textual import on, work

from workstation.domain.case import Case
from workstation.domain.checklist import Checklist
from workstation.domain.kinds import OriginalRule
from workstation.i18n import _
from workstation.tui.screens.case_decisions import DecisionKeys
from workstation.tui.screens.case_scan import ScanKeys
from workstation.tui.screens.dialogs import ChoiceDialog, ConfirmDialog
from workstation.tui.widgets.steps.materials import MaterialsStep
from workstation.tui.words import slot_title

ALL_PAGES = "*"


class TrayKeys(ScanKeys, DecisionKeys):
    """Moves pages between slots; before a case is received it says what the tray still holds."""

    def may_move(self) -> bool:
        """Return whether the slot under the cursor has a page that may go elsewhere."""
        view = self.view
        return view is not None and not view.case.is_sealed and bool(view.case.slot(self.held_slot).pages)

    @on(MaterialsStep.TrayEntered)
    def _enter_tray(self, event: MaterialsStep.TrayEntered) -> None:
        event.stop()
        self.action_move_page()

    @work(exit_on_error=False)
    async def action_move_page(self) -> None:
        """Ask which page goes where, and move it."""
        view, slot = self.view, self.held_slot
        if view is None or not self.may_move():
            return
        pages = [page.page_id for page in view.case.slot(slot).pages]
        chosen = await self._ask_pages(pages)
        if chosen is None:
            return
        targets = [
            (line.material.id, line.material.title)
            for line in view.checklist.lines
            if line.material.id != slot and line.material.original is not OriginalRule.FORM
        ]
        dialog = ChoiceDialog(_("移到哪份材料"), _("页面原样移过去, 不用重扫。"), targets, numbered=True)
        to = await self.app.push_screen_wait(dialog)
        if to is not None:
            moved = pages if chosen == ALL_PAGES else [chosen]
            self.change(lambda: self._move(moved, to), lambda: self._moved(to, moved))

    async def _ask_pages(self, pages: list[str]) -> str | None:
        """Ask which of several pages; the last one, which is shown, has the cursor."""
        if len(pages) == 1:
            return pages[0]
        choices = [(page, _("第 {n} 页").format(n=n)) for n, page in enumerate(pages, 1)]
        choices.append((ALL_PAGES, _("全部 {n} 页").format(n=len(pages))))
        dialog = ChoiceDialog(_("移动哪一页"), "", choices, start=pages[-1], numbered=True)
        return await self.app.push_screen_wait(dialog)

    def _move(self, pages: list[str], to: str) -> Case:
        for page in pages:
            case = self.desk.page_work.move(self.case_id, page, to)
        return case

    def _moved(self, to: str, pages: list[str]) -> None:
        """Say it, and read the pages anew: in another slot they are another document."""
        view = self.view
        line = view.line(to) if view else None
        if view is None or line is None:
            return
        self.say(_("已移到 {material}, 共 {n} 页").format(material=line.material.title, n=line.pages))
        self.look_again(to, [page for page in view.case.slot(to).pages if page.page_id in pages])

    def action_receive(self) -> None:
        """Receive; pages that wait in the tray are not sent, which the clerk confirms first."""
        view = self.view
        if (
            view is not None
            and view.readiness.ready
            and view.checklist.tray_pages
            and not view.case.is_sealed
        ):
            self._ask_tray(view.checklist)
        else:
            super().action_receive()

    @work(exit_on_error=False)
    async def _ask_tray(self, checklist: Checklist) -> None:
        title = _("托盘中还有 {n} 页: 随件保存但不送出?").format(n=checklist.tray_pages)
        back = _("回去处理 (M 移动, Del 删除)")
        dialog = ConfirmDialog(title, tray_words(checklist), yes=_("保存, 继续收件"), no=back)
        if await self.app.push_screen_wait(dialog):
            super().action_receive()


def tray_words(checklist: Checklist) -> str:
    """List what waits in the tray."""
    waiting = [t for t in checklist.tray if t.content.pages]
    return "\n".join(
        _("· {title}: {n} 页").format(title=slot_title(t.slot, t.title), n=len(t.content.pages))
        for t in waiting
    )
