"""The day's balance: received = delivered + queued + returned, and the same for paper."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sync.port import LineState
from workstation.domain.case import Case, CaseState, Custody, Move, Moved
from workstation.domain.clock import local_date
from workstation.store.database import Store
from workstation.store.errors import UnknownRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class Balance:
    """Cases and originals of one day."""

    day: date
    received: int
    delivered: int
    queued: int
    returned: int
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


def day_balance(store: Store, day: date) -> Balance:
    """Count the day two ways: receipts from the action logs, the rest from the outbox and its receipts."""
    cases = [store.case(summary.case_id) for summary in store.summaries(limit=10_000)]
    today = [case for case in cases if _received_on(store, case, day)]
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


def _received_on(store: Store, case: Case, day: date) -> bool:
    return any(
        isinstance(entry.payload, Moved)
        and entry.payload.move is Move.RECEIVE
        and local_date(entry.at) == day
        for entry in store.log(case.case_id)
    )


def _standing(store: Store, case: Case) -> str:
    if not case.bundles:
        return "returned" if case.state is CaseState.WITHDRAWN else "unaccounted"
    try:
        line = store.outbox.line(case.bundles[-1].bundle_id)
    except UnknownRecord:
        return "unaccounted"
    if line.state is not LineState.DELIVERED:
        return "queued"
    return "delivered" if store.outbox.receipt(line.bundle_id) is not None else "unaccounted"
