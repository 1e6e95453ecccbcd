"""Last days, as far as the calendar knows them: an unknown year never turns a citizen away.

The working days of a year are known only once its holiday notice is out. A day beyond them is `None` here:
the case is received all the same, paper and queue say that a person must count (docs/decisions/0004).
"""

from __future__ import annotations

from datetime import date, timedelta

from workstation.domain.deadlines import CORRECTION_LIMIT, WorkCalendar, add, correction_due
from workstation.domain.errors import UnknownYear
from workstation.domain.items import Item, Limit
from workstation.domain.kinds import CorrectionRule


def silence_due(received: date, rule: CorrectionRule, calendar: WorkCalendar) -> date | None:
    """Return the last day to tell what is missing; None when the calendar does not know it."""
    try:
        return correction_due(received, rule, calendar)
    except UnknownYear:
        return None


def last_day(start: date, limit: Limit | None, calendar: WorkCalendar) -> date | None:
    """Return the last day of a limit; None without a limit, or when the calendar does not know it."""
    if limit is None:
        return None
    try:
        return add(start, limit, calendar)
    except UnknownYear:
        return None


def earliest(start: date, limit: Limit = CORRECTION_LIMIT) -> date:
    """Return a day the limit cannot end before, whatever the holidays: safe to order by, not to promise."""
    return start + timedelta(days=limit.number)


def tolerance_cap(start: date, item: Item, calendar: WorkCalendar) -> date | None:
    """Return the last day that what is tolerated may come: where the promised limit ends.

    Ground: published rules of tolerated acceptance cap it at the item's promised limit. Where the calendar
    does not know that day, it is one that the limit cannot end before. None: the item has no limit at all.
    """
    limit = item.promised or item.statutory
    if limit is None:
        return None
    return last_day(start, limit, calendar) or earliest(start, limit)
