"""Silence means acceptance: a received case nobody answered in time is flagged as deemed accepted.

Ground: 行政许可法 art. 32(4), and the item's own rule. A window that was offline cannot know whether the back
office answered: it only says that it may be so. Only one that has heard the feed since marks the case.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from workstation.domain.case import Case, CaseState, Flag, Flagged
from workstation.domain.clock import Clock, end_of_day
from workstation.domain.lamps import silence_ends
from workstation.i18n import _
from workstation.services.case_board import CaseBoard
from workstation.store.database import CaseSummary, Store

HEARD = "line.heard_at"
"""Setting: when the back office's feed was last read."""
OFTEN = timedelta(minutes=1)
ACTOR = "workstation"
WHY = "期满未告知补正, 视为受理"


@dataclass(frozen=True)
class Silence:
    """Watches the received cases of this window."""

    store: Store
    clock: Clock
    board: CaseBoard

    def heard(self, at: datetime) -> bool:
        """Remember that the feed was read at `at`; False within a minute, when once is enough."""
        before = self._heard_at()
        if before is not None and before <= at < before + OFTEN:
            return False
        with self.store.transaction() as tx:
            tx.put_setting(HEARD, at.isoformat())
        return True

    def mark(self) -> tuple[Case, ...]:
        """Flag those of them the back office had the chance to answer; return the ones flagged now."""
        heard = self._heard_at()
        if heard is None:
            return ()
        new = [summary for summary in self.unanswered() if Flag.DEEMED_ACCEPTED not in summary.flags]
        cases = (self.store.case(summary.case_id) for summary in new)
        over = (case for case in cases if (due := silence_ends(case)) and heard > end_of_day(due))
        return tuple(self._flag(case) for case in over)

    def unanswered(self) -> tuple[CaseSummary, ...]:
        """Return received cases whose last day for an answer is over, marked or not."""
        return self.board.unanswered()

    def news(self) -> str:
        """Mark what can be marked and say in words where silence stands; empty when nobody waits too long."""
        self.mark()
        waiting = self.unanswered()
        deemed = sum(Flag.DEEMED_ACCEPTED in case.flags for case in waiting)
        said = []
        if deemed:
            said.append(_("{n} 件期满未获答复, 已视为受理, 请催办").format(n=deemed))
        if len(waiting) > deemed:
            words = _("{n} 件期限已过, 可能已视为受理: 联网后才能确认")
            said.append(words.format(n=len(waiting) - deemed))
        return "; ".join(said)

    def _flag(self, case: Case) -> Case:
        flagged = Flagged(flag=Flag.DEEMED_ACCEPTED, on=True)
        with self.store.transaction() as tx:
            # An answer that came in between counts: then the case is as it is.
            now = tx.case(case.case_id)
            if now.state is not CaseState.RECEIVED or now.length != case.length:
                return now
            return tx.record(case.case_id, flagged, actor=ACTOR, at=self.clock(), why=WHY)

    def _heard_at(self) -> datetime | None:
        text = self.store.setting(HEARD)
        return datetime.fromisoformat(text) if text else None
