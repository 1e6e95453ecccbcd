"""Names with their pinyin, in the form the search index reads.

Each character of a name is followed by its readings: `敬jing老lao`; several readings stand beside each other
with a slash: `行hang/xing`. Letters of the name itself carry a mark, so that they count as characters.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pypinyin import Style, lazy_pinyin

from workstation.catalogue.listing import names_of
from workstation.catalogue.search import LETTER, normal
from workstation.domain.items import Item, Matter

_EACH_CHARACTER: Any = list
"""What pypinyin does with a run it cannot read: one entry a character."""

HETERONYMS = {
    "行": "xing hang",
    "重": "zhong chong",
    "长": "chang zhang",
    "会": "hui kuai",
    "还": "huan hai",
    "参": "can shen",
    "给": "gei ji",
    "调": "diao tiao",
    "传": "chuan zhuan",
    "率": "lv shuai",
    "乐": "le yue",
    "单": "dan shan",
    "大": "da dai",
    "都": "dou du",
    "得": "de dei",
    "藏": "cang zang",
    "校": "xiao jiao",
    "车": "che ju",
    "降": "jiang xiang",
    "省": "sheng xing",
    "系": "xi ji",
    "血": "xue xie",
    "着": "zhe zhuo",
    "朝": "chao zhao",
    "曾": "zeng ceng",
    "弹": "dan tan",
    "角": "jiao jue",
    "解": "jie xie",
    "女": "nv nu",
    "旅": "lv lu",
    "绿": "lv lu",
    "律": "lv lu",
}
"""Readings people type whatever the word, most of all for characters whose reading depends on it."""


def search_keys(item: Item | Matter) -> tuple[str, ...]:
    """Return the names of an item or a matter with their readings, in the order of `names_of`."""
    return tuple(with_readings(name) for name in names_of(item))


def with_readings(name: str) -> str:
    """Return a name with the readings of its characters."""
    return "".join(_character(character, reading) for character, reading in _pairs(normal(name)))


def _pairs(name: str) -> Iterator[tuple[str, str]]:
    readings = lazy_pinyin(name, style=Style.NORMAL, errors=_EACH_CHARACTER)
    return zip(name, readings, strict=True)


def _character(character: str, reading: str) -> str:
    if reading == character:
        is_mark_needed = character.isascii() and (character.isalpha() or character == "/")
        return LETTER + character if is_mark_needed else character
    known = [reading, *HETERONYMS.get(character, "").split()]
    return character + "/".join(dict.fromkeys(known))
