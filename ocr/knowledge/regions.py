"""Administrative regions by code (GB/T 2260 and the yearly lists after it), with every name a code ever had.

A person's number keeps the code of the place of first registration, so codes given up long ago are as good
as today's.
"""

from __future__ import annotations

import gzip
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

_RESIDENTS = {"810000": "香港特别行政区", "820000": "澳门特别行政区", "830000": "台湾省"}
"""Codes in the numbers of residents from Hong Kong, Macao and Taiwan (港澳台居民居住证申领发放办法)."""


@dataclass(frozen=True, slots=True)
class RegionName:
    """A name that a code had."""

    name: str
    since: int
    """First year; 0: since the code exists."""
    until: int
    """Last year; 9999: today."""


@lru_cache(maxsize=1)
def table() -> Mapping[str, tuple[RegionName, ...]]:
    """Return every code with its names, the oldest first."""
    packed = (files("ocr.knowledge") / "regions.gz").read_bytes()
    found: dict[str, tuple[RegionName, ...]] = {}
    for line in gzip.decompress(packed).decode().splitlines():
        code, name, since, until = line.split(",")
        named = RegionName(name, int(since or 0), int(until or 9999))
        found[code] = tuple(sorted((*found.get(code, ()), named), key=lambda one: one.until))
    return found


def is_known(code: str) -> bool:
    """Say whether six digits name a county, district or city, today or ever; whole provinces do not count."""
    return code in _RESIDENTS or (code in table() and not code.endswith("0000"))


def is_current(code: str) -> bool:
    """Say whether the code is in use today."""
    return any(named.until == 9999 for named in table().get(code, ()))


def names_of(code: str) -> tuple[str, ...]:
    """Return every name the code had, today's last; empty for an unknown code."""
    return tuple(named.name for named in table().get(code, ()))


def full_name(code: str) -> str:
    """Return province, city and county by their latest names, e.g. 广东省深圳市福田区; empty: unknown."""
    if code in _RESIDENTS:
        return _RESIDENTS[code]
    levels = dict.fromkeys((f"{code[:2]}0000", f"{code[:4]}00", code))
    if code not in table():
        return ""
    names = (names_of(level)[-1:] for level in levels)
    return "".join(name for found in names for name in found if not is_heading(name))


def is_heading(name: str) -> bool:
    """Say whether a name only groups others (市辖区, 县, 省直辖县级行政区划): no address carries it."""
    return name in {"市辖区", "县", "市"} or "直辖" in name
