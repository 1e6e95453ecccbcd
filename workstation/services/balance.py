"""The day's balance: received = delivered + queued + returned, and the same for paper."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sync.port import LineState
from workstation.domain.case import Case, CaseState, Custody, Move, Moved
from workstation.domain.clock import local_date, start_of_day
from workstation.i18n import _
from workstation.store.database import CaseSummary, Store
from workstation.store.errors import UnknownRecord

EVERY_CASE = 1_000_000
"""A balance over a part of the cases would prove nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Balance:
    """Cases and originals of one day."""

    day: date
    received: int
    delivered: int
    queued: int
    returned: int
    """Withdrawn, and the back office knows."""
    originals_seen: int
    originals_returned: int
    originals_held: int
    originals_bagged: int

    @property
    def cases_balance(self) -> bool:
        """True when no received case is unaccounted for."""
        return self.received == self.delivered + self.queued + self.returned

    @property
    def paper_balances(self) -> bool:
        """True when every original seen is with the citizen, here, or in a bag."""
        return self.originals_seen == self.originals_returned + self.originals_held + self.originals_bagged

    @property
    def balances(self) -> bool:
        """True when both sides agree."""
        return self.cases_balance and self.paper_balances


def balance_sentences(balance: Balance) -> tuple[str, str]:
    """Return both sums in words, of cases and of originals."""
    cases = _("收件 {received} = 送达 {delivered} + 排队 {queued} + 退回 {returned}").format(
        received=balance.received,
        delivered=balance.delivered,
        queued=balance.queued,
        returned=balance.returned,
    )
    paper = _("原件 {seen} = 退还 {returned} + 窗口留存 {held} + 已装袋 {bagged}").format(
        seen=balance.originals_seen,
        returned=balance.originals_returned,
        held=balance.originals_held,
        bagged=balance.originals_bagged,
    )
    return cases, paper


def day_balance(store: Store, day: date) -> Balance:
    """Count the day two ways: receipts from the action logs, the rest from the outbox and its receipts."""
    touched = store.summaries(changed_from=start_of_day(day), limit=EVERY_CASE)
    today = [store.case(summary.case_id) for summary in touched if _received_on(store, summary, day)]
    standing = [_standing(store, case) for case in today]
    marks = [slot.custody for case in today for slot in case.slots.values()]
    bagged = {line.case_id + line.slot for bag in store.bags() for line in bag.lines}
    return Balance(
        day=day,
        received=len(today),
        delivered=standing.count("delivered"),
        queued=standing.count("queued"),
        returned=standing.count("returned"),
        originals_seen=sum(mark is not Custody.NOT_SEEN for mark in marks),
        originals_returned=marks.count(Custody.RETURNED),
        originals_held=marks.count(Custody.HELD),
        originals_bagged=sum(case.case_id + name in bagged for case in today for name in case.slots),
    )


def _received_on(store: Store, summary: CaseSummary, day: date) -> bool:
    """True when the case was received on the day, for the first time or again after a correction.

    Most cases are told apart by their row; only one that was received before the day and touched on it or
    later needs its log.
    """
    if summary.received_at is None:
        return False
    first = local_date(summary.received_at)
    if first >= day or local_date(summary.changed_at) < day:
        return first == day
    return any(
        isinstance(entry.payload, Moved)
        and entry.payload.move is Move.RECEIVE
        and local_date(entry.at) == day
        for entry in store.log(summary.case_id)
    )


def _standing(store: Store, case: Case) -> str:
    """Say where a received case is, by the outbox and its receipts alone."""
    if not case.bundles:
        return "unaccounted"
    try:
        line = store.outbox.line(case.bundles[-1].bundle_id)
    except UnknownRecord:
        return "unaccounted"
    if line.state is not LineState.DELIVERED:
        return "queued"
    if store.outbox.receipt(line.bundle_id) is None:
        return "unaccounted"
    return "returned" if case.state is CaseState.WITHDRAWN else "delivered"
