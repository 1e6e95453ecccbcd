"""What the parts of the case workspace share: the case's view and the way to change it."""

from __future__ import annotations

from collections.abc import Callable

from textual.reactive import reactive

from workstation.domain.case import Case
from workstation.services.view import CaseView
from workstation.tui.screens.base import WorkScreen


class CaseBase(WorkScreen[bool]):
    """Holds the case's view; every change goes through a service and comes back as a new view.

    Dismissed with True when the clerk wants to begin the next case at once.
    """

    view: reactive[CaseView | None] = reactive(None, bindings=True)
    scanning: reactive[bool] = reactive(False, bindings=True)

    def __init__(self, case_id: str) -> None:
        """Work on one case."""
        super().__init__()
        self.case_id = case_id

    @property
    def current_slot(self) -> str:
        """The slot under the cursor; empty when there is none."""
        return ""

    @property
    def held_slot(self) -> str:
        """The slot under the cursor, also one that only the tray still holds; the workspace overrides it."""
        return self.current_slot

    @property
    def removable_slot(self) -> str:
        """The slot under the cursor, in the tray too, if a page may be taken out of it."""
        view, slot = self.view, self.held_slot or self.current_slot
        is_open = view is not None and bool(slot) and view.case.may_fill(slot)
        return slot if is_open and view is not None and view.case.slot(slot).pages else ""

    def show_view(self, view: CaseView) -> None:
        """Show a new view; the workspace overrides it."""
        self.view = view

    def fetch_kept(self) -> object:
        """Ask the back office what it keeps of the applicant; the workspace overrides it."""
        return None

    def go_on(self) -> None:
        """Put the cursor on the next thing to do; the workspace overrides it."""

    def change(self, run: Callable[[], Case], then: Callable[[], None] | None = None) -> None:
        """Run a service call that returns the case, show it, then go on."""

        def taken(view: CaseView) -> None:
            self.show_view(view)
            if then is not None:
                then()

        self.job(lambda: self.desk.view_of(run()), taken)
