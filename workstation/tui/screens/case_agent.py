"""The agent's key of the workspace: F8 names who acts, or says that the applicant must come."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from textual import work

from workstation.domain.case import Agent
from workstation.domain.clock import local_date
from workstation.domain.errors import DomainError
from workstation.domain.items import Item
from workstation.i18n import _
from workstation.services.agents import check_agent
from workstation.services.errors import ServiceError
from workstation.services.view import CaseView
from workstation.tui.screens.agent import AgentScreen
from workstation.tui.screens.case_scan import ScanKeys
from workstation.tui.screens.dialogs import NoticeDialog

CARDS = ("agent-id", "guardian-id")
"""Standard materials that are the card of somebody who acts."""


class AgentKeys(ScanKeys):
    """Names and clears the agent."""

    @work(exit_on_error=False)
    async def action_agent(self) -> None:
        """Ask who acts; where the item wants the applicant, say so."""
        view = self.view
        if view is None or not may_name_agent(view):
            return
        if not view.item.agents.kinds and view.case.agent is None:
            note = view.item.agents.note or _("请申请人持有效身份证件到窗口。")
            words = [("", _("本事项须由申请人本人办理。")), ("", note)]
            await self.app.push_screen_wait(NoticeDialog(_("代办人"), words))
            return
        slot = _card_slot(view.item)
        dialog = AgentScreen(
            view.item.agents.kinds or tuple({view.case.agent.kind} if view.case.agent else ()),
            self._judge_for(view),
            present=view.case.agent,
            scan=(lambda cancelled: self._scan_card(slot, cancelled)) if slot else None,
        )
        answer = await self.app.push_screen_wait(dialog)
        if isinstance(answer, Agent):
            agent = answer
            self.change(lambda: self.desk.agents.set(self.case_id, agent), self._agent_named)
        elif answer is not None:
            self.change(lambda: self.desk.agents.clear(self.case_id), self._agent_cleared)
        else:
            # A card may have been scanned before it was given up: it waits in the tray.
            self.job(lambda: self.desk.view(self.case_id), self.show_view)

    def _judge_for(self, view: CaseView) -> Callable[[Agent], Exception | None]:
        today = local_date(self.desk.clock())

        def judge(agent: Agent) -> Exception | None:
            try:
                check_agent(view.item, agent, view.case, today)
            except (ServiceError, DomainError) as error:
                return error
            return None

        return judge

    def _scan_card(self, slot: str, cancelled: Callable[[], bool]) -> Mapping[str, str]:
        """Scan one side into the agent's slot and return what it says; runs in a thread."""
        job = replace(self._scan_job(), max_pages=1)
        pages = list(self.desk.capture.scan(self.case_id, slot, job, cancelled))
        return self.desk.agents.read_card(pages[-1]) if pages else {}

    def _agent_named(self) -> None:
        self.say(_("代办人已登记, 清单已按代办更新"), _("F4 可打印授权委托书, 由申请人签字"))

    def _agent_cleared(self) -> None:
        self.say(_("已改为申请人本人办理"), _("代办人的扫描页仍保留"))


def may_name_agent(view: CaseView) -> bool:
    """Return whether an agent may be named or cleared now."""
    return not view.case.is_sealed


def _card_slot(item: Item) -> str:
    return next((m.id for m in item.materials if m.standard_id in CARDS), "")
