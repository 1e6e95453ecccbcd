"""The keys of the workspace for what follows later: credit, tolerance, commitment, supplements, their end."""

from __future__ import annotations

from textual import work

from workstation.domain.case import TAKES_SUPPLEMENTS, CaseState, CreditOutcome, Move, SupplementWay
from workstation.domain.checklist import SlotStatus
from workstation.domain.clock import local_date
from workstation.domain.tolerance import (
    Bar,
    commitment_bars,
    credit_bars,
    key_materials_missing,
    tolerance_bars,
)
from workstation.i18n import N_, _, listed
from workstation.services.tolerance import raise_tolerance_bars
from workstation.services.view import CaseView
from workstation.tui.screens.case_decisions import DecisionKeys
from workstation.tui.screens.dialogs import ChoiceDialog, ConfirmDialog, TextDialog
from workstation.tui.screens.tolerance import WAY_WORDS, Condition, ToleranceDialog

LATER, COMMIT, BACK = "later", "commit", "back"
CHOICE_WORDS = {
    LATER: N_("容缺后补: 先受理, 材料在期限内补交"),
    COMMIT: N_("告知承诺: 书面承诺代替证明, 不再补交"),
    BACK: N_("取消约定: 现在提交这份材料"),
}
CREDIT_BARS = frozenset({Bar.CREDIT_UNASKED, Bar.CREDIT_UNKNOWN})
"""Told and settled at the key; with a bad answer nothing is offered."""
CREDIT_WORDS = {
    CreditOutcome.GOOD: N_("信用核准: 无失信记录"),
    CreditOutcome.BAD: N_("信用核准: 失信"),
    CreditOutcome.UNKNOWN: N_("信用核准: 没有答复, 窗口说明理由后继续"),
}


def promise_choices(view: CaseView, slot: str) -> tuple[str, ...]:
    """Return what may be agreed for a line, as keys of `CHOICE_WORDS`; bars of credit are told at the key."""
    line = view.line(slot)
    if line is None or view.case.is_sealed:
        return ()
    case, item = view.case, view.item
    may_follow = not set(tolerance_bars(item, case, slot)) - CREDIT_BARS
    may_promise = not set(commitment_bars(item, case, slot)) - CREDIT_BARS
    is_promised = line.status is SlotStatus.COMMITTED
    found = {
        LATER: may_follow,
        COMMIT: may_promise and not is_promised,
        BACK: is_promised or line.status is SlotStatus.LATER,
    }
    return tuple(choice for choice, holds in found.items() if holds)


def may_take_supplement(view: CaseView) -> bool:
    """Return whether the sealed case waits for something that may come in now."""
    case = view.case
    return case.is_sealed and case.state in TAKES_SUPPLEMENTS and bool(case.debts)


def may_terminate(view: CaseView) -> bool:
    """Return whether the case may be terminated because what was tolerated did not come."""
    return bool(view.overdue) and Move.TERMINATE in view.moves


class PromiseKeys(DecisionKeys):
    """What follows later, what is promised, and what came."""

    parcel = ""
    """Waybill number the case was found by; offered when its supplement is taken in."""

    @work(exit_on_error=False)
    async def action_defer(self) -> None:
        """Agree on the line under the cursor; once the case is sealed, take in what it owes."""
        view, slot = self.view, self.current_slot
        if view is None:
            return
        if view.case.is_sealed:
            self._take_supplement()
            return
        choices = promise_choices(view, slot)
        choice = choices[0] if len(choices) == 1 else await self._choose(choices)
        if choice == LATER:
            self._with_credit(slot)
        elif choice == COMMIT:
            self.action_commit()
        elif choice == BACK:
            self.change(lambda: self.desk.tolerance.take_back(self.case_id, slot))

    async def _choose(self, choices: tuple[str, ...]) -> str | None:
        lines = [(choice, _(CHOICE_WORDS[choice])) for choice in choices]
        body = _("容缺是先办后补, 告知承诺是以承诺代替证明, 请按事项要求选择。")
        return await self.app.push_screen_wait(ChoiceDialog(_("缺这份材料"), body, lines))

    # --- tolerance --------------------------------------------------------------------------------------

    def _with_credit(self, slot: str) -> None:
        """Ask the credit library first where the item wants it; a good answer is not asked for twice."""
        view = self.view
        if view is None:
            return
        if view.case.applicant is None:
            self.say(_("还没有申请人, 不能办容缺"), _("请先到申请人一步录入姓名和证件号码"), "warning")
        elif credit_bars(view.item, view.case):
            self.change(
                lambda: self.desk.tolerance.ask_credit(self.case_id), lambda: self._credit_answered(slot)
            )
        else:
            self._agree(slot)

    def _credit_answered(self, slot: str) -> None:
        bars = credit_bars(self.view.item, self.view.case) if self.view else ()
        if Bar.CREDIT_UNKNOWN in bars:
            self._override_credit(slot)
        elif bars and self.view is not None:
            try:
                raise_tolerance_bars(bars, self.view.case)
            except Exception as error:  # noqa: BLE001 - said to the clerk in its own words
                self.tell(error)
        else:
            self._agree(slot)

    @work(exit_on_error=False)
    async def _override_credit(self, slot: str) -> None:
        answer = await self.app.push_screen_wait(
            TextDialog(
                _("信用核准没有答复"),
                _("后台信用库没有答复。可以写明理由继续容缺, 理由记入办件; 也可按 Esc 请申请人补齐。"),
                _("继续的理由"),
            )
        )
        if answer is None:
            return

        def agree() -> None:
            self._agree(slot)

        self.change(lambda: self.desk.tolerance.override_credit(self.case_id, why=answer[0]), agree)

    @work(exit_on_error=False)
    async def _agree(self, slot: str) -> None:
        """Agree on the last day and the way; the promised limit is the latest day."""
        view = self.view
        line = view.line(slot) if view else None
        cap = self.desk.tolerance.cap(view.item) if view else None
        if view is None or line is None or cap is None:
            return
        today = local_date(self.desk.clock())
        agreed = await self.app.push_screen_wait(
            ToleranceDialog(line.material.title, conditions(view), today=today, cap=cap)
        )
        if agreed is not None:
            due, way = agreed
            self.change(
                lambda: self.desk.tolerance.defer(self.case_id, slot, due, way=way, why=_("申请人承诺后补")),
                self._agreed,
            )

    def _agreed(self) -> None:
        self.go_on()
        self.say(_("已记下, 收件时打印容缺受理承诺书和通知书"), _("承诺书请申请人签字"))

    # --- commitment -------------------------------------------------------------------------------------

    @work(exit_on_error=False)
    async def action_commit(self) -> None:
        """Take a written promise in the place of a proof, after its words were read out."""
        view, slot = self.view, self.current_slot
        if view is None or COMMIT not in promise_choices(view, slot) or view.item.commitment is None:
            return
        line, promise = view.line(slot), view.item.commitment
        body = _("代替材料: {material}\n\n承诺: {text}\n依据: {basis}\n不实的后果: {consequence}").format(
            material=line.material.title if line else "",
            text=promise.text,
            basis=promise.basis,
            consequence=promise.consequence,
        )
        sure = await self.app.push_screen_wait(
            ConfirmDialog(_("告知承诺"), body, yes=_("申请人已知悉, 自愿承诺"), no=_("不承诺"))
        )
        if sure:
            self.change(lambda: self.desk.tolerance.commit(self.case_id, slot), self._committed)

    def _committed(self) -> None:
        self.go_on()
        self.say(_("已记下, 收件时打印告知承诺书"), _("承诺书请申请人签字"))

    # --- supplements ------------------------------------------------------------------------------------

    @work(exit_on_error=False)
    async def _take_supplement(self) -> None:
        """Open the case for what it owes: how did it come, and by which parcel."""
        view = self.view
        if view is None or not (may_take_supplement(view) or view.case.state is CaseState.CORRECTION):
            return
        chosen = await self.app.push_screen_wait(
            ChoiceDialog(
                _("收补件"),
                _("待补: {owed}").format(owed=listed(owed_words(view))),
                [(way.value, _(words)) for way, words in WAY_WORDS.items()],
                start=SupplementWay.POST.value if self.parcel else "",
            )
        )
        waybill = await self._parcel() if chosen == SupplementWay.POST else ""
        if chosen is not None and waybill is not None:
            way = SupplementWay(chosen)
            self.change(
                lambda: self.desk.supplements.open(self.case_id, way=way, waybill=waybill), self.show_owed
            )

    async def _parcel(self) -> str | None:
        if self.parcel:
            return self.parcel
        answer = await self.app.push_screen_wait(
            TextDialog(_("邮寄来件"), _("运单号记入办件, 以后按它也能找到这一件。"), _("运单号"))
        )
        return answer[0] if answer is not None else None

    def show_owed(self) -> None:
        """Put the cursor on the first line that is owed; the workspace overrides it."""

    def action_receive(self) -> None:
        """Receive the case; while a supplement is open, seal what came."""
        view = self.view
        if view is not None and view.case.is_sealed and view.case.supplement is not None and not self.busy:
            self.change(lambda: self.desk.supplements.seal(self.case_id), self._supplement_sealed)
        else:
            super().action_receive()

    def _supplement_sealed(self) -> None:
        self.wake_line()
        self.print_papers(("supplement_receipt",))
        self.after_decision()

    @work(exit_on_error=False)
    async def action_terminate(self) -> None:
        """End a case whose tolerated material did not come; only a person decides that, with a reason."""
        view = self.view
        if view is None or not may_terminate(view):
            return
        body = _(
            "逾期未补: {owed}。\n终止后不再办理, 留存的原件退还申请人; 因不可抗力逾期的可以顺延, 不必终止。"
        )
        answer = await self.app.push_screen_wait(
            TextDialog(_("终止办理"), body.format(owed=listed(owed_words(view))), _("理由"))
        )
        if answer is not None:
            self.change(
                lambda: self.desk.decisions.terminate_overdue(self.case_id, why=answer[0]), self._terminated
            )

    def _terminated(self) -> None:
        self.wake_line()
        self.say(_("已终止"), _("请把留存的原件退还申请人"))


def owed_words(view: CaseView) -> list[str]:
    """Return what the case owes, each with its last day, in the order of the list."""
    titles = {material.id: material.title for material in view.item.materials}
    return [f"{titles.get(slot, slot)} ({due})" for slot, due in view.case.debts.items()]


def conditions(view: CaseView) -> list[Condition]:
    """Return what tolerance asks for, each with whether it holds now."""
    missing = len(key_materials_missing(view.checklist))
    key = _("主要材料还缺 {n} 份: 收件前须补齐").format(n=missing) if missing else _("主要材料齐全")
    found: list[Condition] = [(not missing, key)]
    credit = view.case.credit
    if credit is not None:
        found.append((credit.outcome is CreditOutcome.GOOD, _(CREDIT_WORDS[credit.outcome])))
    return found
