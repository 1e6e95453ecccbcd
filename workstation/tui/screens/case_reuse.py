"""The reuse key of the workspace: what the citizen already gave, taken only with their yes."""

from __future__ import annotations

from collections.abc import Mapping

from textual import work

from workstation.domain.archive import ArchivedMaterial
from workstation.domain.case import Case
from workstation.i18n import _
from workstation.tui.screens.case_base import CaseBase
from workstation.tui.screens.dialogs import ConfirmDialog
from workstation.tui.screens.reuse import ReuseDialog


class ReuseKeys(CaseBase):
    """Asks once for everything that is offered, and records the yes for each material."""

    @property
    def open_offers(self) -> Mapping[str, ArchivedMaterial]:
        """Copies for lines that still want a paper, by slot, in the checklist's order."""
        if self.view is None:
            return {}
        wanting = [line.material.id for line in self.view.checklist.missing if not line.pages]
        return {slot: self.view.offers[slot] for slot in wanting if slot in self.view.offers}

    @work(exit_on_error=False)
    async def action_reuse(self) -> None:
        """Offer the archived copies; only the citizen's recorded yes takes them."""
        here, offers = self.current_slot, self.open_offers
        if len(offers) > 1 and here in offers:
            taken = await self.app.push_screen_wait(ReuseDialog(offers))
        else:
            offer = self.view.offers.get(here) if self.view else None
            taken = (here,) if offer is not None and await self._says_yes(offer) else ()
        if taken:
            self.change(lambda: self._take_copies(taken), self.go_on)

    async def _says_yes(self, offer: ArchivedMaterial) -> bool:
        body = _(
            "{material}: {day} 在办件 {case} 中由 {who} 核对过原件 ({level} 级, {pages} 页)。\n\n"
            "请当面询问申请人: 是否同意本办件复用这份材料, 内容是否没有变化?\n"
            "同意将记入办件, 并打印材料复用确认书由申请人签字。"
        ).format(
            material=offer.title,
            day=offer.checked_on,
            case=offer.source_case,
            who=offer.checked_by,
            level=offer.level.value,
            pages=len(offer.pages),
        )
        dialog = ConfirmDialog(_("材料复用"), body, yes=_("申请人同意"), no=_("不同意"))
        return await self.app.push_screen_wait(dialog)

    def _take_copies(self, slots: tuple[str, ...]) -> Case:
        case = self.desk.store.case(self.case_id)
        for slot in slots:
            case = self.desk.reuse.take(self.case_id, slot, consent_way="当面同意, 签材料复用确认书")
        return case
