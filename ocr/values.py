"""From recognised text to normalised values: an empty string for what is not there, never a guess."""

from __future__ import annotations

import re
from datetime import date

_ETHNICITIES = """
汉 蒙古 回 藏 维吾尔 苗 彝 壮 布依 朝鲜 满 侗 瑶 白
土家 哈尼 哈萨克 傣 黎 傈僳 佤 畲 高山 拉祜 水 东乡 纳西 景颇
柯尔克孜 土 达斡尔 仫佬 羌 布朗 撒拉 毛南 仡佬 锡伯 阿昌 普米 塔吉克 怒
乌孜别克 俄罗斯 鄂温克 德昂 保安 裕固 京 塔塔尔 独龙 鄂伦春 赫哲 门巴 珞巴 基诺
"""
ETHNICITIES = frozenset(_ETHNICITIES.split())
"""GB/T 3304, without the word 族."""

_NOT_CHINESE = re.compile(r"[^\u3400-\u9fff\U00020000-\U0003134f·]")
_NOT_ADDRESS = re.compile(r"[^\u3400-\u9fff\U00020000-\U0003134f0-9A-Za-z\-－—#·()（）]")
_LOOKALIKES = str.maketrans("OoQDIl|!ZzSsBbx×", "00001111225588XX")
_CHINESE_DATE = re.compile(r"([12][0-9]{3})年([0-9]{1,2})月([0-9]{1,2})日?")
_POINT_DATE = re.compile(r"([12][0-9]{3})[.,·。:-]?([01][0-9])[.,·。:-]?([0-3][0-9])")


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
    match = _CHINESE_DATE.search(text)
    return _iso(match) if match else ""


def point_dates(text: str) -> list[str]:
    """Return the dates of the kind `2012.05.18` in `text` as `YYYY-MM-DD`, in order."""
    return [iso for match in _POINT_DATE.finditer(text) if (iso := _iso(match))]


def _iso(match: re.Match[str]) -> str:
    try:
        return date(*(int(group) for group in match.groups())).isoformat()
    except ValueError:
        return ""
