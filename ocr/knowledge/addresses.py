"""The administrative head of an address: province, city, county and street, put right where one alone fits.

Addresses leave out levels (福建省福州市鼓楼区 or 福州市鼓楼区; 江苏省昆山市) and keep names of long ago, so
every form of every name a region ever had counts.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import lru_cache

from ocr.knowledge.correction import DOUBTFUL_MARK, Corrected
from ocr.knowledge.regions import is_heading, table

_LEAST_LENGTH = 4
_MOST_CHANGES = 2
_OUTWEIGHS = 3
"""By so many characters that are as read, a longer name is meant before a shorter one that is as near."""
_LEAST_OFFICE = 3
"""Characters of the name of a county or city that stands alone before its office."""
_LEVELS = frozenset("省市县区旗州盟街镇乡村道路")
"""A street that is named like a district (光明街道, 光明区) is no misread district."""
_ALIKE: Mapping[str, str] = {
    "市": "布巿币帀", "县": "具昙县", "区": "匹囗巨叵", "东": "束车乐", "西": "四酉酋", "州": "卅川洲",
    "江": "汇工", "田": "日由甲曰", "山": "出", "南": "甫楠", "北": "比兆", "安": "案", "河": "何",
    "湖": "潮", "海": "侮每", "城": "域诚", "宁": "宇守", "阳": "阴扣", "平": "乎", "沙": "抄",
    "圳": "训", "福": "幅", "龙": "尤", "天": "夭夫", "广": "厂", "明": "朋",
}  # fmt: skip
"""What the commonest characters of names are misread as: it decides between names that are equally near."""


def read_address(text: str, *, streets: Collection[str] = (), marks: Sequence[float] = ()) -> Corrected:
    """Return the address with its region, and the street after it, put right; else as read.

    Only exchanged characters are put right, never lost or added ones, and only where one region alone fits.

    Args:
        text: without spaces.
        streets: names that may follow the region, e.g. 香蜜湖街道.
        marks: the engine's confidence for each character; without them one character a name may be wrong.
    """
    doubtful = [mark < DOUBTFUL_MARK for mark in marks] if len(marks) == len(text) else None
    head = _head(text, _forms_by_length(), doubtful, at=0)
    fixed = head + text[len(head) :]
    street = _head(fixed, _by_length(streets), doubtful, at=len(head)) if head else ""
    fixed = fixed[: len(head)] + street + fixed[len(head) + len(street) :]
    return Corrected(fixed, sum(was != now for was, now in zip(text, fixed, strict=True)))


def read_office(text: str, *, marks: Sequence[float] = ()) -> Corrected:
    """Return the name of an office with that of its county or city put right, with what is above it or not.

    Args:
        text: without spaces, e.g. 石屏县公安局.
        marks: as for `read_address`.
    """
    whole = read_address(text, marks=marks)
    if whole.is_repaired or region_of(text):
        return whole
    doubtful = [mark < DOUBTFUL_MARK for mark in marks] if len(marks) == len(text) else None
    head = _head(text, _alone_by_length(), doubtful, at=0)
    fixed = head + text[len(head) :]
    return Corrected(fixed, sum(was != now for was, now in zip(text, fixed, strict=True)))


def region_of(text: str) -> str:
    """Return the longest name of a region that the address begins with; empty when it begins with none."""
    forms = _forms_by_length()
    lengths = sorted((length for length in forms if length <= len(text)), reverse=True)
    return next((text[:length] for length in lengths if text[:length] in forms[length]), "")


def _head(
    text: str, forms: Mapping[int, Collection[str]], doubtful: Sequence[bool] | None, *, at: int
) -> str:
    """Return the name at `at`, as it must be printed; empty when none is there or several may be."""
    rest = text[at:]
    sure = doubtful[at:] if doubtful is not None else None
    near: dict[int, set[str]] = defaultdict(set)
    for length in sorted((length for length in forms if length <= len(rest)), reverse=True):
        if rest[:length] in forms[length]:
            # What is longer and nearly right goes on from what is quite right: the county after its city.
            return _only(rest, near) or rest[:length]
        for form in forms[length]:
            # Asked here, for most of the thousands of names are not meant.
            is_meant = rest[0] == form[0] or rest[1] == form[1]
            if is_meant and (changes := _changes(rest, form, sure)):
                near[changes].add(form)
    return _only(rest, near)


def _only(text: str, near: Mapping[int, Collection[str]]) -> str:
    """Return the one name that comes nearest; a much shorter one that is as near does not speak against it.

    红河县 is as near to 红河哈尼族羔族自治州 as 红河哈尼族彝族自治州 is, and leaves most of it open.
    """
    closest = near[min(near)] if near else ()
    alike = [form for form in closest if _look_alike(text, form)]
    meant = alike or list(closest)
    longest = max(meant, key=len, default="")
    is_only = all(longest.startswith(form) or len(form) + _OUTWEIGHS <= len(longest) for form in meant)
    return longest if is_only else ""


def _look_alike(text: str, form: str) -> bool:
    return all(was == now or was in _ALIKE.get(now, "") for was, now in zip(text, form, strict=False))


def _changes(text: str, form: str, doubtful: Sequence[bool] | None) -> int:
    """Return in how many characters the text differs from the form, 0 when it may not be meant."""
    places = [place for place, now in enumerate(form) if text[place] != now]
    most = 1 if doubtful is None or len(form) < 2 * _LEAST_LENGTH else _MOST_CHANGES
    if len(places) > most or (doubtful is not None and not all(doubtful[place] for place in places)):
        return 0
    is_other_level = any(text[place] in _LEVELS and form[place] in _LEVELS for place in places)
    return 0 if is_other_level else len(places)


def _by_length(names: Collection[str]) -> Mapping[int, frozenset[str]]:
    lengths = {len(name) for name in names if len(name) > 1}
    return {length: frozenset(name for name in names if len(name) == length) for length in lengths}


@lru_cache(maxsize=1)
def _forms_by_length() -> Mapping[int, frozenset[str]]:
    return _by_length(frozenset(_forms()))


@lru_cache(maxsize=1)
def _alone_by_length() -> Mapping[int, frozenset[str]]:
    names = (named.name for code, names in table().items() if not code.endswith("0000") for named in names)
    return _by_length(
        frozenset(name for name in names if len(name) >= _LEAST_OFFICE and not is_heading(name))
    )


def _forms() -> Iterator[str]:
    """Yield province + city + county, province + county, city + county, and province + city."""
    for code, names in table().items():
        counties = [named.name for named in names if not is_heading(named.name)]
        provinces = [named.name for named in table().get(f"{code[:2]}0000", ())]
        if code.endswith("00"):
            yield from _joined(provinces, counties)
            continue
        cities = [n.name for n in table().get(f"{code[:4]}00", ()) if not is_heading(n.name)]
        yield from _joined(provinces, counties)
        yield from _joined(cities, counties)
        yield from _joined(provinces, cities, counties)


def _joined(*levels: Sequence[str]) -> Iterator[str]:
    found = [""]
    for names in levels:
        found = [before + name for before in found for name in names]
    yield from (name for name in found if len(name) >= _LEAST_LENGTH)
