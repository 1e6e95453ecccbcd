"""The deciding keys of the workspace: receive, correction notice, refusal, tolerance, hold, papers."""

from __future__ import annotations

from collections.abc import Sequence

from textual import work

from workstation.domain.case import Defect
from workstation.domain.checklist import ChecklistLine, Todo
from workstation.domain.clock import local_date
from workstation.i18n import _
from workstation.services.limits import earliest, last_day
from workstation.services.papers import Paper, papers_at_decision
from workstation.services.view import STATE_WORDS, CaseView
from workstation.tui.screens.case_base import CaseBase
from workstation.tui.screens.dialogs import ConfirmDialog, TextDialog
from workstation.tui.screens.paper_menu import open_paper_menu


class DecisionKeys(CaseBase):
    """What the window decides."""

    def action_receive(self) -> None:
        """Receive, or receive and accept where the item delegates it; missing things are named."""
        view = self.view
        if view is None or self.busy:
            return
        decide = self.desk.decisions.accept if view.item.acceptance_delegated else self.desk.decisions.receive
        self.change(lambda: decide(self.case_id), self.decided)

    def decided(self) -> None:
        """The case is sealed and queued: wake the sender, then make its papers."""
        self.wake_line()
        if self.view is not None:
            self.print_papers(papers_at_decision(self.view.case, self.view.item))
        self.after_decision()

    def after_decision(self) -> None:
        """Show the decision; the workspace overrides it."""

    def action_papers(self) -> None:
        """Print what the case gives cause for now."""
        open_paper_menu(self)

    def print_papers(self, names: Sequence[str]) -> None:
        """Make papers by their names (methods of `Papers`) and hand them out; those not due are left out."""
        self.job(lambda: self._make_papers(names), self._papers_made)

    def _make_papers(self, names: Sequence[str]) -> tuple[tuple[Paper, str], ...]:
        # Each goes to the printer before the next is laid out: the citizen has the receipt in hand first.
        papers = (getattr(self.desk.papers, name)(self.case_id) for name in names)
        return tuple((paper, self.app.station.output(paper.path)) for paper in papers if paper is not None)

    def _papers_made(self, made: tuple[tuple[Paper, str], ...]) -> None:
        self.job(lambda: self.desk.view(self.case_id), lambda view: self._tell_papers(view, made))

    def _tell_papers(self, view: CaseView, made: tuple[tuple[Paper, str], ...]) -> None:
        """Say the case's number, its papers and where each went; a paper with boxes on it is a warning."""
        self.show_view(view)
        state = f"{_(STATE_WORDS[view.case.state])} {view.case.number}"
        papers = "; ".join(f"{paper.form}: {where}" for paper, where in made)
        warning = next((paper.warning for paper, _where in made if paper.warning), None)
        if warning is not None:
            self.say(f"{state} · [{warning.code}] {warning.what}", f"{warning.todo}; {papers}", "warning")
        else:
            self.say(state, papers or _("没有可打印的文书"))

    @work(exit_on_error=False)
    async def action_correct(self) -> None:
        """One notice with every defect; the clerk states what is wrong with each open line."""
        view = self.view
        if view is None:
            return
        defects = [_missing(line) for line in view.checklist.missing]
        listed = "\n".join(f"· {d.material}: {d.problem}" for d in defects) or _("清单没有缺项")
        answer = await self.app.push_screen_wait(
            TextDialog(
                _("一次性补正告知"),
                _("法律要求一次告知全部需补正的内容。将告知:\n{listed}").format(listed=listed),
                _("其他需补正的内容 (没有请填 无)"),
            )
        )
        if answer is None:
            return
        if answer[0] not in ("", "无", _("无")):
            other = Defect(
                material_id="-", material=_("其他"), problem=answer[0], needed=_("按告知内容补正"), basis=""
            )
            defects.append(other)
        self.change(lambda: self.desk.decisions.correct(self.case_id, defects), self.decided)

    @work(exit_on_error=False)
    async def action_refuse(self) -> None:
        """Refuse with ground and competent body."""
        answer = await self.app.push_screen_wait(
            TextDialog(
                _("不予受理"),
                _("必须写明理由; 属于其他机关职权的, 写明应向哪个机关申请。"),
                _("理由和依据"),
                _("应向哪个机关申请 (没有可留空)"),
            )
        )
        if answer is not None:
            reason, body = answer
            self.change(
                lambda: self.desk.decisions.refuse(self.case_id, reason=reason, body=body), self.decided
            )

    def action_hold(self) -> None:
        """Put a draft aside; once the case is sealed the same key withdraws it."""
        if self.view is not None and self.view.case.is_sealed:
            self.action_withdraw()
        else:
            self._put_aside()

    @work(exit_on_error=False)
    async def action_withdraw(self) -> None:
        """Withdraw at the citizen's wish; the back office is told by the next version."""
        answer = await self.app.push_screen_wait(
            TextDialog(
                _("撤回申请"),
                _("由申请人提出; 撤回后本件终止, 属地街道随即收到通知, 留存的原件退还申请人。"),
                _("申请人说明的原因"),
            )
        )
        if answer is not None:
            self.change(lambda: self.desk.decisions.withdraw(self.case_id, why=answer[0]), self._withdrawn)

    def _withdrawn(self) -> None:
        self.wake_line()
        self.say(_("已撤回"), _("请把留存的原件当面退还申请人"))

    @work(exit_on_error=False)
    async def _put_aside(self) -> None:
        answer = await self.app.push_screen_wait(
            TextDialog(_("挂起"), _("草稿和扫描页都会保留, 可在主屏继续办理。"), _("原因"))
        )
        if answer is not None:
            self.change(lambda: self.desk.intake.hold(self.case_id, why=answer[0]), self._held)

    def _held(self) -> None:
        self.dismiss(False)

    @work(exit_on_error=False)
    async def action_defer(self) -> None:
        """Let a tolerable material follow, not later than the promised limit."""
        view, slot = self.view, self.current_slot
        line = view.line(slot) if view else None
        if view is None or line is None:
            return
        today = local_date(self.desk.clock())
        due = last_day(today, view.item.promised, self.desk.calendar) or earliest(today)
        sure = await self.app.push_screen_wait(
            ConfirmDialog(
                _("容缺后补"),
                _("{material} 由申请人书面承诺在 {due} 前补交; 结果在补齐后才发出。").format(
                    material=line.material.title, due=due
                ),
                yes=_("申请人承诺后补"),
            )
        )
        if sure:
            self.change(lambda: self.desk.tolerance.defer(self.case_id, slot, due))


def _missing(line: ChecklistLine) -> Defect:
    problems = {
        Todo.SCAN: _("未提交"),
        Todo.SCAN_MORE: _("页数不足"),
        Todo.REMOVE_PAGES: _("页数过多"),
        Todo.MARK_ORIGINAL: _("未核对原件"),
    }
    material = line.material
    return Defect(
        material_id=material.id,
        material=material.title,
        problem=problems.get(line.todo, ""),
        needed=material.standard,
        basis=material.basis,
    )
