"""The page beside the work, and the key that shows it large."""

from __future__ import annotations

import asyncio

from textual import getters, work

from workstation.domain.archive import ArchivedMaterial
from workstation.domain.case import Box, Origin, Page
from workstation.domain.clock import local_date
from workstation.i18n import _
from workstation.services.errors import ServiceError
from workstation.services.view import CaseView
from workstation.services.watermark import purpose_words
from workstation.store.errors import StoreError
from workstation.tui.screens.case_again import AgainKeys
from workstation.tui.screens.case_gate import GateKeys
from workstation.tui.screens.page import PageScreen
from workstation.tui.widgets.field_row import FieldRow
from workstation.tui.widgets.page_pane import PagePane, union
from workstation.tui.words import slot_title


class PageKeys(AgainKeys, GateKeys):
    """Shows the page that belongs to where the cursor is."""

    pane = getters.query_one("#pane", PagePane)
    page: Page | None = None
    """The page in the pane."""

    def __init__(self, case_id: str) -> None:
        """Work on one case; no kept copy was looked at yet."""
        super().__init__(case_id)
        self._looked: set[str] = set()

    @property
    def shown_slot(self) -> str:
        """The slot whose page is shown; the workspace overrides it."""
        return self.current_slot

    @property
    def card_slot(self) -> str:
        """The slot of the applicant's card; the workspace overrides it."""
        return ""

    @property
    def shows_newest(self) -> bool:
        """Whether a slot's last page is shown, not its first; the workspace overrides it."""
        return False

    def show_page(self, row: FieldRow | None = None) -> None:
        """Show the page a field was read from, else one of the slot shown."""
        if self.view is None:
            return
        if row is not None and row.place is not None:
            self._show(*row.place)
            return
        from_card = row is not None and row.value is not None and row.value.origin is Origin.CARD
        slot = self.card_slot if from_card else self.shown_slot
        pages = self._pages(slot)
        if not pages and self._show_kept(slot):
            return
        if pages:
            self._show(pages[-1 if self.shows_newest else 0].page_id)
        else:
            self.page = None
            self.pane.show(None, next_key=self._scan_words())
        self.refresh_bindings()

    def _scan_words(self) -> str:
        """Say what F2 would scan now; nothing where it scans nothing."""
        line = self.view.line(self.current_slot) if self.view and self.current_slot else None
        if line is None or self.view is None or not self.view.case.may_fill(self.current_slot):
            return ""
        words = _("F2 扫描 {material}").format(material=line.material.title)
        if any(slot.pages for slot in self.view.case.slots.values()):
            return words
        told = _(
            "扫描前请告知申请人: 材料只为办理本事项扫描、核对和送达,\n"
            "按期清除; 可查阅、更正, 复用须另行同意 (F12 打印告知书)"
        )
        return f"{words}\n\n{told}"

    def _pages(self, slot: str) -> tuple[Page, ...]:
        """The pages of a slot: scanned ones, else the reused copy."""
        if self.view is None:
            return ()
        content = self.view.case.slot(slot)
        return content.pages or (content.reuse.pages if content.reuse else ())

    def _show(self, page_id: str, around: Box | None = None) -> None:
        """Show what lies around a field, else the document on the page: the union of all read from it."""
        if self.view is None:
            return
        case = self.view.case
        for slot in case.slots:
            for page in self._pages(slot):
                if page.page_id == page_id:
                    boxes = [v.box for v in case.fields.values() if v.page_id == page_id and v.box]
                    self.page = page
                    mark = self._mark(slot)
                    self.pane.show(page, self._caption(slot, page), around or union(boxes), mark=mark)
                    return

    def _mark(self, slot: str) -> str:
        """Return the watermark of a slot's pages: only those of a reused copy bear one."""
        content = self.view.case.slot(slot) if self.view else None
        if self.view is None or content is None or content.pages or content.reuse is None:
            return ""
        day = local_date(content.reuse.consent_at)
        return purpose_words(day, self.view.item.title, self.view.case.number)

    def _show_kept(self, slot: str) -> bool:
        """Show the first page of the copy that is kept for an empty slot; False where none may be shown.

        A look at it is written down, so it is opened once, and in the background.
        """
        copy = kept_copy(self.view, slot)
        if self.view is None or copy is None:
            return False
        if slot in self._looked:
            self.page = None
            caption = _("存档 {day} · {level} 级 · 第 1/{n} 页").format(
                day=copy.checked_on, level=copy.level.value, n=len(copy.pages)
            )
            words = purpose_words(self.desk.reuse.shelf.today, self.view.item.title, self.view.case.number)
            self.pane.show(copy.pages[0], caption, mark=words)
            self.refresh_bindings()
            return True
        self._open_kept(slot)
        return False

    @work(exit_on_error=False, group="look")
    async def _open_kept(self, slot: str) -> None:
        """Ask for the right to look, which writes the look down; refused, nothing is shown."""
        loop = asyncio.get_running_loop()
        try:
            await loop.run_in_executor(self.app.jobs, lambda: self.desk.reuse.look_at(self.case_id, slot))
        except (ServiceError, StoreError) as error:
            self.tell(error)
            return
        self._looked.add(slot)
        if self.is_attached and self.shown_slot == slot:
            self.show_page()

    def _caption(self, slot: str, page: Page) -> str:
        materials = self.view.item.materials if self.view else ()
        title = slot_title(
            slot, next((material.title for material in materials if material.id == slot), slot)
        )
        pages = self._pages(slot)
        place = f"{title} {pages.index(page) + 1}/{len(pages)}"
        reuse = self.view.case.slot(slot).reuse if self.view else None
        if reuse is not None and page in reuse.pages:
            copy = _("复用 {day} 办件 {case}").format(day=reuse.checked_on, case=reuse.source_case)
            return f"{place} · {copy}"
        return f"{place} · {page.resolution_dpi} dpi"

    def action_view_page(self) -> None:
        """Open the page in the system's viewer, or fill this terminal with it."""
        page = self.page
        if page is not None:
            slots = self.view.case.slots if self.view else {}
            mark = next((self._mark(slot) for slot in slots if page in self._pages(slot)), "")
            station, view, privacy = self.app.station, self.view, self.desk.privacy

            def put_out() -> bool:
                if view is not None:
                    privacy.looked(view.case, page=page.sha256)
                return station.open_page(page, mark=mark)

            self.job(put_out, lambda shown: self._viewed(page, shown))

    def _viewed(self, page: Page, shown: bool) -> None:
        if shown:
            self.say(_("已用看图程序打开"))
            return
        slots = self.view.case.slots if self.view else {}
        slot = next((slot for slot in slots if page in self._pages(slot)), "")
        pages = self._pages(slot)
        if pages:
            captions = [self._caption(slot, each) for each in pages]
            self.app.push_screen(PageScreen(pages, captions, pages.index(page), mark=self._mark(slot)))

    def arrange_pages(self) -> None:
        """Open the page work on the material under the cursor; what was changed there is looked at again."""
        # Imported late: the screen is made of the keys of this module.
        from workstation.tui.screens.page_work import PageWorkScreen

        page = self.faulty_page(self.held_slot) or self.page
        screen = PageWorkScreen(self.case_id, self.held_slot or self.shown_slot, page.page_id if page else "")

        def shown(view: CaseView) -> None:
            self.show_view(view)
            self.look_over(tuple(screen.touched))

        self.app.push_screen(screen, lambda _none: self.job(lambda: self.desk.view(self.case_id), shown))


def kept_copy(view: CaseView | None, slot: str) -> ArchivedMaterial | None:
    """Return the copy whose first page may be shown for an empty slot: an offer, or one that wants a look."""
    if view is None or view.case.is_sealed or not slot:
        return None
    refusal = view.refusals.get(slot)
    healable = refusal.copy if refusal is not None and refusal.healed_by_original else None
    copy = view.offers.get(slot) or healable
    return copy if copy is not None and copy.pages else None


def may_arrange(view: CaseView) -> bool:
    """Return whether the case has any page that was scanned for it."""
    return bool(view.case.binned) or any(slot.pages for slot in view.case.slots.values())
