"""Dates in every form that papers carry: 2021年03月05日, 二〇二一年三月五日, 2021.3.5, 20210305, 2021-03-05.

Every function returns `YYYY-MM-DD`; what is no date of the calendar is not there.
"""

from __future__ import annotations

import re
from datetime import date

LONG_TERM = "长期"
_EARLIEST_YEAR, _LATEST_YEAR = 1880, 2149

_NUMERALS = {"一": 1, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
_FORMAL = dict(zip("壹贰叁肆伍陆柒捌玖", range(1, 10), strict=True)) | {
    "貳": 2,
    "弍": 2,
    "弐": 2,
    "两": 2,
    "参": 3,
    "陸": 6,
}
_DIGIT_OF = (
    {str(number): number for number in range(10)}
    | _NUMERALS
    | _FORMAL
    | dict.fromkeys("〇○零OoDΟО◯", 0)
    | dict.fromkeys("lI|i", 1)
)
_TEN = "十拾"
_TWENTY, _THIRTY = "廿", "卅"
_ANY = "".join(re.escape(character) for character in (*_DIGIT_OF, *_TEN, _TWENTY, _THIRTY))
_SPACES = re.compile(r"\s+")
_WRITTEN = re.compile(rf"([{_ANY}]{{4}})年([{_ANY}]{{1,3}})月([{_ANY}]{{1,4}})(?:日|号|$|(?![{_ANY}]))")
_POINT = r"[.,·。:：/／\-－—﹣一]"
_PARTED = re.compile(rf"(?<![0-9])([12][0-9]{{3}}){_POINT}([01]?[0-9]){_POINT}([0-3]?[0-9])(?![0-9])")
_CLOSE = re.compile(r"(?<![0-9])([12][0-9]{3})[.,·。:]?([01][0-9])[.,·。:]?([0-3][0-9])(?![0-9])")
_CLOCK = re.compile(rf"(?<=[日号])([{_ANY}]{{1,3}})[时時点:：]([{_ANY}]{{1,3}})(?:分|(?![{_ANY}]))")
_HALF_A_DAY = re.compile(rf"[12][0-9]{{3}}{_POINT}0[1-9]{_POINT}[0-9](?![0-9])")


def dates_in(text: str) -> list[str]:
    """Return the dates of `text` in the order they stand."""
    joined = _SPACES.sub("", text)
    found = [
        (match.start(), iso)
        for pattern in (_WRITTEN, _PARTED, _CLOSE)
        for match in pattern.finditer(joined)
        if (iso := _iso(match))
    ]
    return [iso for _, iso in sorted(dict(found).items())]


def date_in(text: str) -> str:
    """Return the only date of `text`; empty when there is none, or more than one."""
    found = list(dict.fromkeys(dates_in(text)))
    return found[0] if len(found) == 1 else ""


def moment_in(text: str) -> str:
    """Return date and time of a birth certificate (2021年3月5日8时05分) as `YYYY-MM-DDTHH:MM`, or nothing."""
    joined = _SPACES.sub("", text)
    day, clock = date_in(joined), _CLOCK.search(joined)
    if not day or clock is None:
        return ""
    hour, minute = number_of(clock[1]), number_of(clock[2])
    if hour is None or minute is None or not (hour < 24 and minute < 60):
        return ""
    return f"{day}T{hour:02d}:{minute:02d}"


def span_in(text: str) -> tuple[str, str]:
    """Return first and last day of a validity (2012.05.18-长期); what is not there is empty."""
    days = dates_in(text)
    first = days[0] if days else ""
    if len(days) > 1:
        return first, days[1]
    return first, LONG_TERM if re.search(r"长[期朗明]|[长畏]期", text) else ""


def number_of(numeral: str) -> int | None:
    """Return a number up to 99 in any script: 5, 05, 五, 零五, 十五, 二十五, 廿五; None when it is none."""
    text = numeral.replace(_TWENTY, "二十").replace(_THIRTY, "三十").replace("拾", "十")
    tens, ten, ones = text.partition("十")
    parts = [[_DIGIT_OF.get(character) for character in part] for part in (tens, ones)]
    digits = [digit for part in parts for digit in part]
    if not text or None in digits:
        return None
    if not ten:
        return _decimal(parts[0]) if len(text) <= 2 else None
    if len(parts[0]) > 2 or len(parts[1]) > 1:
        return None
    return (_decimal(parts[0]) or 1) * 10 + (_decimal(parts[1]) or 0)


def _decimal(digits: list[int | None]) -> int:
    total = 0
    for digit in digits:
        total = total * 10 + (digit or 0)
    return total


def _iso(match: re.Match[str]) -> str:
    year_digits = [_DIGIT_OF.get(character) for character in match[1]]
    month, day = number_of(match[2]), number_of(match[3])
    if None in year_digits or month is None or day is None:
        return ""
    year = _decimal(year_digits)
    try:
        return date(year, month, day).isoformat() if _EARLIEST_YEAR <= year <= _LATEST_YEAR else ""
    except ValueError:
        return ""


def may_lack_figure(text: str) -> bool:
    """Say whether the last figure of a date may be missing: 日 is not behind it, or it is one of two.

    Who writes 2014.02 with two figures for the month writes two for the day.
    """
    return ("月" in text and "日" not in text) or bool(_HALF_A_DAY.search(text))
