"""What several looks at one place come to: a day that two of them agree on, and how sure that is."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date

from ocr import checks
from ocr.documents.fields import reading
from ocr.documents.form import Written, unread
from ocr.knowledge import dates
from ocr.port import FieldReading

_ALONE = 0.85
"""Most confidence of what one look says, or of what another contradicts."""
_LEAST = 0.4
"""Less sure than this, it is not told."""
_EARLIEST = date(1949, 10, 1)
_TWICE = re.compile(r"([年月日]).*\1")
"""Strokes of the seal were taken for a part of the day."""


def day_in(text: str) -> str:
    """Return the only date of what one look saw; empty without one, or where a last figure may be missing."""
    return "" if dates.may_lack_figure(text) or _TWICE.search(text) else dates.date_in(text)


def day_of(written: Written, today: date) -> FieldReading:
    """Read a day that is past by its readings, one for each look at it."""
    seen = [(day, min(sure, default=0.0)) for text, sure in written.readings if (day := day_in(text))]
    votes = Counter(day for day, _ in seen)
    if not seen:
        return unread(written.box)
    day = max(votes, key=lambda one: (votes[one], max(sure for other, sure in seen if other == one)))
    sure = max(sure for other, sure in seen if other == day)
    if votes[day] < 2 or votes[day] < 2 * (len(seen) - votes[day]):
        sure = min(sure, _ALONE)
    if sure < _LEAST:
        return unread(written.box)
    known = checks.as_date(day)
    is_plausible = known is not None and _EARLIEST <= known <= today
    return reading(day, sure, written.box, (checks.named("plausible-date", is_plausible),))
