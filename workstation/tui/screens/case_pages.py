"""The page beside the work, and the key that shows it large."""

from __future__ import annotations

from textual import getters

from workstation.domain.case import Box, Origin, Page
from workstation.i18n import _
from workstation.services.view import CaseView
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
        pages = self._pages(self.card_slot if from_card else self.shown_slot)
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
        return _("F2 扫描 {material}").format(material=line.material.title)

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
                    self.pane.show(page, self._caption(slot, page), around or union(boxes))
                    return

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
            self.job(lambda: self.app.station.open_page(page), lambda shown: self._viewed(page, shown))

    def _viewed(self, page: Page, shown: bool) -> None:
        if shown:
            self.say(_("已用看图程序打开"))
            return
        slots = self.view.case.slots if self.view else {}
        slot = next((slot for slot in slots if page in self._pages(slot)), "")
        pages = self._pages(slot)
        if pages:
            captions = [self._caption(slot, each) for each in pages]
            self.app.push_screen(PageScreen(pages, captions, pages.index(page)))

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


def may_arrange(view: CaseView) -> bool:
    """Return whether the case has any page that was scanned for it."""
    return bool(view.case.binned) or any(slot.pages for slot in view.case.slots.values())
