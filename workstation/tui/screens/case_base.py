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

    def show_view(self, view: CaseView) -> None:
        """Show a new view; the workspace overrides it."""
        self.view = view

    def go_on(self) -> None:
        """Put the cursor on the next thing to do; the workspace overrides it."""

    def change(self, run: Callable[[], Case], then: Callable[[], None] | None = None) -> None:
        """Run a service call that returns the case, show it, then go on."""

        def taken(view: CaseView) -> None:
            self.show_view(view)
            if then is not None:
                then()

        self.job(lambda: self.desk.view_of(run()), taken)
