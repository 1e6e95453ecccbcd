"""The reuse key of the workspace: what the citizen already gave, taken only with their yes."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping

from textual import work

from sync.errors import SyncError
from workstation.domain.archive import ArchivedMaterial
from workstation.domain.case import Case, Share
from workstation.domain.reuse import Refusal
from workstation.i18n import _
from workstation.services.errors import ServiceError
from workstation.services.view import CaseView
from workstation.store.errors import StoreError
from workstation.texts import words
from workstation.tui.cells import printable
from workstation.tui.screens.case_base import CaseBase
from workstation.tui.screens.dialogs import ConfirmDialog, TextDialog
from workstation.tui.screens.reuse import ReuseDialog

log = logging.getLogger(__name__)


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
        """Offer, let compare, take back, or say why not; only the citizen's recorded yes takes a copy."""
        here, view = self.current_slot, self.view
        if view is None:
            return
        if view.case.slot(here).reuse is not None:
            await self._take_back(here)
        elif here in view.offers:
            await self._offer(here, view.offers[here])
        elif here in view.refusals:
            await self._explain(here, view.refusals[here])

    async def _offer(self, here: str, offer: ArchivedMaterial) -> None:
        offers = self.open_offers
        if len(offers) > 1 and here in offers:
            taken = await self.app.push_screen_wait(ReuseDialog(offers))
        else:
            taken = (here,) if await self._says_yes(offer) else ()
        if taken:
            self.change(lambda: self._take_copies(taken), self.go_on)

    async def _explain(self, slot: str, refusal: Refusal) -> None:
        """Say what speaks against the copy; where the original heals it, ask for the look at it."""
        if not refusal.healed_by_original:
            self.say(refusal_sentence(refusal))
            return
        body = _(
            "{material}: {day} 由 {who} 提交的副本 ({level} 级, {pages} 页), 还没有人核对过原件。\n\n"
            "请把原件与副本逐页核对。一致时按 Y: 记录已核对原件 (C 级升为 B 级), 原件当场退还,\n"
            "并记录申请人同意本办件复用。"
        ).format(
            material=printable(refusal.copy.title),
            day=refusal.copy.checked_on,
            who=printable(refusal.copy.checked_by),
            level=refusal.copy.level.value,
            pages=len(refusal.copy.pages),
        )
        dialog = ConfirmDialog(_("核对原件"), body, yes=_("已核对原件, 申请人同意"), no=_("不复用"))
        if await self.app.push_screen_wait(dialog):
            reuse = self.desk.reuse
            way = reuse.consent_words
            self.change(lambda: reuse.take_checked(self.case_id, slot, consent_way=way), self.go_on)

    async def _take_back(self, slot: str) -> None:
        body = _("撤回后这份材料要另行提交, 复用确认书作废重打; 撤回记入办件。")
        dialog = ConfirmDialog(_("撤回复用"), body, yes=_("申请人撤回同意"), no=_("不撤回"))
        if await self.app.push_screen_wait(dialog):
            why = "申请人撤回同意"
            self.change(lambda: self.desk.reuse.withdraw(self.case_id, slot, why=why))

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

    @work(exit_on_error=False, group="look")
    async def fetch_kept(self) -> None:
        """Ask the back office what it keeps of the applicant, beside all other work; nobody waits for it."""
        fetch = self.desk.archive_fetch
        if fetch.line is None or not self.app.is_online:
            return
        try:
            came = await asyncio.to_thread(fetch.for_case, self.case_id)
        except (SyncError, StoreError, ServiceError) as error:
            log.warning("event=archive_not_asked code=%s", error.code)
            return
        if came and self.is_attached and not self.busy:
            self.change(lambda: self.desk.store.case(self.case_id))
            self.say(_("后台另有 {n} 份存档材料可供复用").format(n=came))

    @work(exit_on_error=False)
    async def share_papers(self) -> None:
        """Ask whose papers may serve too, what they are to the applicant, and how they allowed it."""
        body = _("登记后, 此人存档的材料可在本办件中复用; 关系和许可记入办件, 随件送达。")
        labels = (
            _("材料所有人的公民身份号码"),
            _("姓名"),
            _("与申请人的关系, 如 配偶"),
            _("证明关系的材料, 如 结婚证"),
            _("许可方式, 如 本人到场同意"),
        )
        given = await self.app.push_screen_wait(TextDialog(_("登记他人材料"), body, *labels))
        if given is not None:
            number, name, relation, proof, permission = given
            share = Share(id_number=number, name=name, relation=relation, proof=proof, permission=permission)
            self.change(lambda: self.desk.reuse.share(self.case_id, share))

    def _take_copies(self, slots: tuple[str, ...]) -> Case:
        case, reuse = self.desk.store.case(self.case_id), self.desk.reuse
        for slot in slots:
            case = reuse.take(self.case_id, slot, consent_way=reuse.consent_words)
        return case


def may_reuse(view: CaseView, slot: str) -> bool:
    """Return whether the reuse key has something to say of a slot."""
    if view.case.is_sealed:
        return False
    return slot in view.offers or slot in view.refusals or view.case.slot(slot).reuse is not None


def may_share(view: CaseView) -> bool:
    """Return whether another person's papers may be named."""
    return not view.case.is_sealed and view.case.applicant is not None


def refusal_sentence(refusal: Refusal) -> str:
    """Say why a kept copy is not offered, and what heals it."""
    details: dict[str, object] = {"detail": printable(refusal.detail), "case": refusal.copy.source_case}
    return str(words(refusal.bar.value, details))
