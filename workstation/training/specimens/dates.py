"""Dates as papers write them."""

from __future__ import annotations

import random
from datetime import date, timedelta

_FIGURES = "〇一二三四五六七八九"


def plain(day: date) -> str:
    """Return `2021年3月5日`."""
    return f"{day.year}年{day.month}月{day.day}日"


def padded(day: date) -> str:
    """Return `2021年03月05日`."""
    return f"{day:%Y}年{day:%m}月{day:%d}日"


def in_words(day: date) -> str:
    """Return `二〇二一年三月五日`."""
    year = "".join(_FIGURES[int(figure)] for figure in str(day.year))
    return f"{year}年{_tens(day.month)}月{_tens(day.day)}日"


def _tens(number: int) -> str:
    tens, ones = divmod(number, 10)
    return ("" if tens == 0 else "十" if tens == 1 else f"{_FIGURES[tens]}十") + (
        _FIGURES[ones] if ones else ""
    )


def written(day: date, dice: random.Random) -> str:
    """Return the date in one of the forms that printers of offices use."""
    return dice.choice(
        (plain(day), plain(day), padded(day), padded(day), f"{day:%Y-%m-%d}", f"{day:%Y.%m.%d}")
    )


def some_day(dice: random.Random, first: int, last: int) -> date:
    """Return a day in the years from `first` to `last`; never a 29 February."""
    day = date(first, 1, 1) + timedelta(days=dice.randrange(365 * (last - first + 1)))
    return day.replace(day=28) if (day.month, day.day) == (2, 29) else day
