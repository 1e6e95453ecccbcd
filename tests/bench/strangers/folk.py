"""People nobody knows, their numbers, homes and offices; serials 996 to 999 are given to no real person."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from ocr.knowledge import identity, regions, uscc

_FAMILY = (
    "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏水窦章云苏潘葛奚范彭郎鲁韦昌马"
    "苗凤花方俞任袁柳鲍史唐费廉岑薛雷贺倪汤滕殷罗毕郝邬安常乐于时傅皮卞齐康伍余元卜顾孟平黄穆萧尹姚邵湛汪祁毛"
)
_LONG_FAMILY = ("欧阳", "上官", "司徒", "诸葛", "端木", "东方", "公孙", "夏侯", "慕容", "长孙")
_MEN = "志勇建军国栋卫东海涛振宇晓峰俊杰文博家豪子墨浩然一鸣永康德顺长林铁柱宏伟少华向前仲明启航承恩嘉树"
_WOMEN = "淑芬桂兰秀珍雅静丽华雪梅玉洁晓燕慧敏佳怡思雨梦瑶若曦诗涵紫萱婉清月娥小红翠花凤英春桃美玲秋菊冬梅"
_GROUPS = (
    "壮",
    "满",
    "回",
    "苗",
    "土家",
    "彝",
    "布依",
    "侗",
    "瑶",
    "朝鲜",
    "白",
    "哈尼",
    "畲",
    "仡佬",
    "傈僳",
)
_UIGHUR = ("阿依努尔", "麦合木提", "古丽扎尔", "依明江", "帕提曼", "艾尔肯", "如则", "祖丽皮亚")
_TIBETAN = ("次仁", "拉姆", "德吉", "格桑", "丹增", "卓嘎", "平措", "曲珍")
_WAYS = (
    "人民",
    "中山",
    "建设",
    "滨河",
    "环城",
    "学府",
    "工农",
    "青年",
    "车站",
    "北京",
    "迎宾",
    "兴业",
    "农科",
    "水厂",
)
_KINDS = ("路", "大街", "街", "东路", "西路", "南街", "大道", "胡同", "弄")
_YARDS = (
    "安居苑",
    "锦绣江南",
    "怡景湾",
    "铁路宿舍",
    "二轻局家属院",
    "阳光城",
    "碧水云天",
    "兴盛里",
    "矿务局小区",
)
_VILLAGES = ("李家庄", "大湾", "小河口", "柳树屯", "上坪", "石桥", "马家窑", "塘下", "白鹤")
_TOWNS = ("城关镇", "新桥镇", "双河乡", "太平镇", "高店子镇", "沙坪街道", "南门街道", "梅林街道")


@dataclass(frozen=True, slots=True)
class Somebody:
    """An invented person."""

    name: str
    sex: str
    group: str
    born: date
    region: str
    home: str
    number: str


@cache
def counties() -> tuple[str, ...]:
    """Return the codes of today's counties and districts that have a name of their own."""
    codes = regions.table()
    return tuple(
        code
        for code in sorted(codes)
        if code[4:] not in {"00", "01"} and regions.is_current(code) and code[:2] < "66"
    )


def day(dice: random.Random, first: date, last: date) -> date:
    """Return any day of a span."""
    return first + timedelta(days=dice.randrange(max(1, (last - first).days)))


def somebody(dice: random.Random, *, sex: str = "", first: int = 1940, last: int = 2008) -> Somebody:
    """Invent a person born in one of the years."""
    sex = sex or dice.choice("男女")
    group = "汉" if dice.random() < 0.75 else dice.choice([*_GROUPS, "维吾尔", "藏", "蒙古"])
    region = dice.choice(counties())
    born = day(dice, date(first, 1, 1), date(last, 12, 31))
    body = f"{region}{born:%Y%m%d}{dice.choice((997, 999) if sex == '男' else (996, 998))}"
    number = body + identity.check_digit(body)
    return Somebody(_name(dice, group, sex), sex, group, born, region, home(dice, region), number)


def _name(dice: random.Random, group: str, sex: str) -> str:
    if group == "维吾尔":
        return "·".join(dice.sample(_UIGHUR, 2))
    if group == "藏":
        return "".join(dice.sample(_TIBETAN, 2))
    family = dice.choice(_LONG_FAMILY) if dice.random() < 0.04 else dice.choice(_FAMILY)
    pool = _MEN if sex == "男" else _WOMEN
    return family + "".join(dice.choice(pool) for _ in range(1 if dice.random() < 0.25 else 2))


def home(dice: random.Random, region: str) -> str:
    """Return an address of town or country in a region."""
    place = regions.full_name(region)
    if dice.random() < 0.15:
        place = regions.names_of(region)[-1]
    if dice.random() < 0.35:
        village = f"{dice.choice(_TOWNS)}{dice.choice(_VILLAGES)}村"
        return f"{place}{village}{dice.randint(1, 14)}组{dice.randint(1, 320)}号"
    street = f"{dice.choice(_WAYS)}{dice.choice(_KINDS)}{dice.randint(1, 2999)}号"
    if dice.random() < 0.45:
        street += (
            f"{dice.choice(_YARDS)}{dice.randint(1, 48)}幢{dice.randint(1, 4)}单元{dice.randint(101, 3203)}室"
        )
    return place + street


def county(region: str) -> str:
    """Return the last part of a region's name."""
    return regions.names_of(region)[-1]


def city(region: str) -> str:
    """Return the city of a region, or its own name where there is none."""
    above = regions.names_of(f"{region[:4]}00")[-1:]
    return above[0] if above and not regions.is_heading(above[0]) else county(region)


def police(dice: random.Random, region: str) -> str:
    """Return the office that gives cards out: a county's own, or a branch of the city's."""
    name = county(region)
    if name.endswith("区") and dice.random() < 0.6:
        return f"{city(region)}公安局{name.removesuffix('区') if len(name) > 2 else name}分局"
    return f"{name}公安局"


def credit_code(dice: random.Random, region: str, *, trader: bool) -> str:
    """Return a code of the market regulator with both check characters right (GB 32100, GB 11714)."""
    digits = "".join(dice.choice("0123456789ABCDEFGHJKLMNPQRTUWXY") for _ in range(6))
    stem = "MA" + digits
    values = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    total = sum(w * values.index(c) for w, c in zip((3, 7, 9, 10, 5, 8, 4, 2), stem, strict=True))
    body = f"9{2 if trader else 1}{region}{stem}{'0123456789X'[-total % 11]}"
    return body + uscc.check_character(body)


def written(when: date, style: int) -> str:
    """Write a day in one of the ways of forms."""
    return (
        f"{when.year}年{when.month:02}月{when.day:02}日",
        f"{when.year}年{when.month}月{when.day}日",
        f"{when.year}.{when.month:02}.{when.day:02}",
        f"{when.year}-{when.month:02}-{when.day:02}",
    )[style]
