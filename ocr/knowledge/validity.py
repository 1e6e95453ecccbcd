"""How long an identity card is valid by its holder's age at issue (居民身份证法 art. 5)."""

from __future__ import annotations

from datetime import date, timedelta

from ocr.knowledge.dates import LONG_TERM
from ocr.knowledge.lookalikes import DIGITS

SPANS = (5, 10, 20)
_LONG_TERM_AGE = 46
_UNTIL_AGE = ((16, 5), (26, 10), (_LONG_TERM_AGE, 20))
_ISSUE_TAKES = timedelta(days=90)
"""Sixty days from the application, thirty more where roads are long (art. 12): either day's age may count."""
_MOST_EXCHANGES = 2


def years_later(day: date, years: int) -> date:
    """Return the same day `years` later; 29 February becomes 1 March where there is none."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)


def age_on(birth_date: date, day: date) -> int:
    """Return the full years reached on `day`."""
    return day.year - birth_date.year - ((day.month, day.day) < (birth_date.month, birth_date.day))


def span_for(age: int) -> int | None:
    """Return for how many years a card of somebody of `age` is issued, None for ever."""
    return next((years for limit, years in _UNTIL_AGE if age < limit), None)


def possible_ends(valid_from: date, birth_date: date | None = None) -> frozenset[str]:
    """Return the last days that a card issued on `valid_from` can carry, as `YYYY-MM-DD` or 长期.

    Args:
        valid_from: first day.
        birth_date: of the holder, where it is known; it leaves one end, or two around a birthday.
    """
    spans: set[int | None] = {*SPANS, None}
    if birth_date is not None:
        spans = {span_for(age_on(birth_date, day)) for day in (valid_from - _ISSUE_TAKES, valid_from)}
    return frozenset(
        end for span in spans for end in ([LONG_TERM] if span is None else _ends(valid_from, span))
    )


def fits(valid_from: date, valid_until: str, birth_date: date | None = None) -> bool:
    """Say whether first and last day of a card go together, and with the holder's age where it is known."""
    return valid_until in possible_ends(valid_from, birth_date)


def repaired_end(valid_from: date, valid_until: str, birth_date: date | None = None) -> str:
    """Return the only possible last day that `valid_until`, as read, looks like; empty: none or several."""
    alike = [end for end in possible_ends(valid_from, birth_date) if _looks_like(end, valid_until)]
    return alike[0] if len(alike) == 1 else ""


def _ends(valid_from: date, years: int) -> tuple[str, ...]:
    """A card of 29 February may end on 28 February or 1 March of a common year: both are printed."""
    end = years_later(valid_from, years)
    if (valid_from.month, valid_from.day) == (2, 29) and end.month == 3:
        return end.isoformat(), (end - timedelta(days=1)).isoformat()
    return (end.isoformat(),)


def _looks_like(end: str, as_read: str) -> bool:
    if len(end) != len(as_read):
        return False
    exchanged = [(was, now) for was, now in zip(as_read, end, strict=True) if was != now]
    return len(exchanged) <= _MOST_EXCHANGES and all(now in DIGITS.get(was, "") for was, now in exchanged)
