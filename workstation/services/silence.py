"""Silence means acceptance: a received case nobody answered in time is flagged as deemed accepted.

Ground: 行政许可法 art. 32(4), and the item's own rule. A window that was offline cannot know whether the back
office answered: it only says that it may be so. Only one that has heard the feed since marks the case.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from workstation.domain.case import Case, CaseState, Flag, Flagged, Move
from workstation.domain.clock import Clock, end_of_day, local_date
from workstation.i18n import _
from workstation.services.balance import EVERY_CASE
from workstation.store.database import Store

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

    def heard(self, at: datetime) -> bool:
        """Remember that the feed was read at `at`; False within a minute, when once is enough."""
        before = self._heard_at()
        if before is not None and before <= at < before + OFTEN:
            return False
        with self.store.transaction() as tx:
            tx.put_setting(HEARD, at.isoformat())
        return True

    def unanswered(self) -> tuple[Case, ...]:
        """Return received cases whose last day for an answer is over, marked or not."""
        today = local_date(self.clock())
        received = self.store.summaries(states=(CaseState.RECEIVED,), limit=EVERY_CASE)
        cases = (self.store.case(summary.case_id) for summary in received)
        return tuple(case for case in cases if (due := silence_ends(case)) is not None and due < today)

    def mark(self) -> tuple[Case, ...]:
        """Flag those of them the back office had the chance to answer; return the ones flagged now."""
        heard = self._heard_at()
        marked = []
        for case in self.unanswered():
            due = silence_ends(case)
            if heard is None or due is None or heard <= end_of_day(due):
                continue
            if Flag.DEEMED_ACCEPTED not in case.flags:
                marked.append(self._flag(case))
        return tuple(marked)

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


def silence_ends(case: Case) -> date | None:
    """Return the last day to tell what is missing; None when nothing runs or the calendar did not know it."""
    move = case.last_move
    is_waiting = case.state is CaseState.RECEIVED and move is not None and move.move is Move.RECEIVE
    return move.due if is_waiting and move is not None else None
