"""Pages that were changed by hand are looked at and read once more, behind the work."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from textual import work

from workstation.domain.case import Case, Page
from workstation.services.page_places import find_page, lying
from workstation.services.view import CaseView
from workstation.tui.screens.case_base import CaseBase


class AgainKeys(CaseBase):
    """Has the quality gate and OCR look again, without holding up a key."""

    @work(exit_on_error=False, group="look")
    async def look_over(self, page_ids: Sequence[str]) -> None:
        """Check what is unchecked, read what reads differently now; a failure bars nothing."""
        loop = asyncio.get_running_loop()
        for page_id in page_ids:
            try:
                places = await loop.run_in_executor(self.app.lookers, self._looked_at, page_id)
                self._show_if_changed()
                for slot, page in places:
                    await loop.run_in_executor(
                        self.app.readers, self.desk.prefill.read_new, self.case_id, slot, page
                    )
            except Exception as error:  # noqa: BLE001 - the outermost rim: told, and the clerk types instead
                self.tell(error)
            self._show_if_changed()

    def _show_if_changed(self) -> None:
        """Show the case anew where the log says more than what is on the screen."""

        def newer() -> CaseView | None:
            case = self.desk.store.case(self.case_id)
            is_shown = self.view is not None and self.view.case == case
            return None if is_shown else self.desk.view_of(case)

        self._job(newer, lambda view: self.show_view(view) if view is not None else None)

    def _looked_at(self, page_id: str) -> list[tuple[str, Page]]:
        """Check a page unless that is done, and return what it is (or became) with its slots."""
        found = find_page(self.desk.store.case(self.case_id), page_id)
        if found is None:
            return []
        now = (found[1],) if found[1].checked else self.desk.checking.check(self.case_id, page_id)
        trouble = self.desk.checking.take_trouble()
        ids = {page.page_id for page in now}
        if trouble is not None:
            self.app.call_from_thread(self.tell, trouble)
        return [
            (slot, page) for slot, page in lying(self.desk.store.case(self.case_id)) if page.page_id in ids
        ]


def changed_pages(before: Case | None, after: Case) -> tuple[str, ...]:
    """Return the ids of the pages that lie elsewhere or are cut otherwise than before."""
    known = {} if before is None else {page.page_id: (slot, page.treatment) for slot, page in lying(before)}
    return tuple(
        page.page_id for slot, page in lying(after) if known.get(page.page_id) != (slot, page.treatment)
    )
