"""The deciding keys of the workspace: receive, correction notice, refusal, hold, papers."""

from __future__ import annotations

from collections.abc import Sequence

from textual import work

from workstation.i18n import _
from workstation.services.defects import collect
from workstation.services.papers import Paper, papers_at_decision
from workstation.services.view import STATE_WORDS, CaseView
from workstation.tui.screens.case_base import CaseBase
from workstation.tui.screens.correction import CorrectionDialog
from workstation.tui.screens.dialogs import TextDialog
from workstation.tui.screens.paper_menu import open_paper_menu, places_words


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

    def print_results(self) -> None:
        """Print or show the files the back office issued for the case."""
        self.job(self._results, self._papers_made)

    def _results(self) -> tuple[tuple[Paper, str], ...]:
        papers = self.desk.results.papers(self.case_id)
        return tuple((paper, self.app.station.output(paper.path)) for paper in papers)

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
        papers = places_words(made)
        warning = next((paper.warning for paper, _where in made if paper.warning), None)
        if warning is not None:
            self.say(f"{state} · [{warning.code}] {warning.what}", f"{warning.todo}; {papers}", "warning")
        else:
            self.say(state, papers or _("没有可打印的文书"))

    @work(exit_on_error=False)
    async def action_correct(self) -> None:
        """One notice with every defect: what the program sees, and what the clerk adds in words."""
        view = self.view
        if view is None:
            return
        found = collect(view.item, view.readiness)
        defects = await self.app.push_screen_wait(CorrectionDialog(found, view.checklist.lines))
        if defects is not None:
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
