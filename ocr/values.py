"""From recognised text to normalised values: an empty string for what is not there, never a guess."""

from __future__ import annotations

import re

from ocr.knowledge import dates
from ocr.knowledge.ethnicities import ETHNICITIES

__all__ = ["ETHNICITIES", "address", "chinese", "chinese_date", "ethnicity", "identity_number", "point_dates"]

_NOT_CHINESE = re.compile(r"[^\u3400-\u9fff\U00020000-\U0003134f·]")
_NOT_ADDRESS = re.compile(r"[^\u3400-\u9fff\U00020000-\U0003134f0-9A-Za-z\-－—#·()（）]")
_LOOKALIKES = str.maketrans("OoQDIl|!ZzSsBbx×", "00001111225588XX")


def chinese(text: str) -> str:
    """Return the Chinese characters (and the middle dot of a name) of `text`."""
    return _NOT_CHINESE.sub("", text)


def address(text: str) -> str:
    """Return `text` without the marks that no address has."""
    return _NOT_ADDRESS.sub("", text)


def identity_number(text: str) -> str:
    """Return the digits and X of `text`; letters that look like digits count as these."""
    return re.sub(r"[^0-9X]", "", text.translate(_LOOKALIKES))


def ethnicity(text: str) -> str:
    """Return an ethnicity without 族."""
    value = chinese(text)
    return value.removesuffix("族") if len(value) > 1 else value


def chinese_date(text: str) -> str:
    """Return the date `1964年3月8日` in `text` as `1964-03-08`."""
    return dates.date_in(text)


def point_dates(text: str) -> list[str]:
    """Return the dates of the kind `2012.05.18` in `text` as `YYYY-MM-DD`, in order."""
    return dates.dates_in(text)
