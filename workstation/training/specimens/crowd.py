"""People from all over the country: every ethnic group, names short and long, addresses of every shape.

`people.person` gives plain names of a few cities; this crowd has what makes reading hard at a real counter.
"""

from __future__ import annotations

import random
from datetime import date, timedelta
from functools import cache

from ocr.knowledge import regions
from ocr.values import ETHNICITIES
from workstation.training.specimens.people import FEMALE, MALE, SpecimenPerson, identity_number, validity

_SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈"
    "姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤"
)
_DOUBLE_SURNAMES = ("欧阳", "上官", "司马", "诸葛", "司徒", "皇甫", "尉迟", "慕容", "令狐", "呼延")
_GIVEN = (
    "伟芳娜秀英敏静丽强磊军洋勇艳杰娟涛明超兰霞平刚桂建国华志新文斌波辉鹏宇浩凯健俊峰宏庆永春红梅玲莉婷雪琳"
    "晶颖欣怡雨桐子轩梓涵诗萱一诺佳慧嘉豪天佑思远晓东海燕振兴立德福贵根生水木火土金山川石松柏竹兰菊荷莲凤龙"
    "瑞祥泰安康宁乐意如友仁义礼智信忠孝廉耻温良恭俭让学而时习之"
)
_RARE = "骉劼堃喆昇祎翀玥翊彧甯燚犇垚禤頔赟旻旸昉烜钘镠濛沄滢琎珺璟瓛㵧䶮"
"""Characters of real names that fonts and recognisers often lack."""
_DOTTED = (
    "阿卜杜拉",
    "买买提",
    "艾合买提",
    "古丽娜尔",
    "吐尔逊",
    "热依木",
    "努尔兰",
    "加依娜",
    "依不拉音",
    "麦麦提",
)
_TIBETAN = ("扎西", "次仁", "卓玛", "多吉", "央金", "罗布", "旺堆", "白玛", "拉姆", "平措")
_MONGOLIAN = ("巴特尔", "乌云其木格", "苏日娜", "宝音", "其其格", "那日苏", "额尔敦", "娜仁花")
_MUSLIM_WEST = {"维吾尔", "哈萨克", "柯尔克孜", "乌孜别克", "塔塔尔", "塔吉克"}
_STREETS = "红星朝阳东风解放和平文化新华建设胜利光明幸福团结友谊长江黄河泰山香山梧桐樟树榕城金沙银河凤凰麒麟"
_STREET_ENDS = ("路", "街", "大道", "巷", "东路", "北街", "中路")
_TOWNS = ("街道", "镇", "乡", "镇")
_ESTATES = ("花园", "新村", "小区", "公寓", "家园", "苑", "佳园", "国际公馆")
_RARE_SHARE, _TWO_SHARE, _DOUBLE_SHARE, _HAN_SHARE = 0.04, 0.2, 0.05, 0.62
_LONGEST_ADDRESS = 33
"""Three lines of a card."""


def citizen(seed: int | str, *, sex: str = "", born: tuple[int, int] = (1938, 2010)) -> SpecimenPerson:
    """Return somebody invented; the same arguments give the same person.

    Args:
        seed: decides everything.
        sex: 男 or 女; any when empty.
        born: first and last year.
    """
    dice = random.Random(f"citizen {seed}")
    sex = sex or dice.choice((MALE, FEMALE))
    group = "汉" if dice.random() < _HAN_SHARE else dice.choice(sorted(ETHNICITIES))
    birth = date(born[0], 1, 1) + timedelta(days=dice.randrange(365 * (born[1] - born[0] + 1)))
    code = dice.choice(_counties())
    issued = _issue_day(birth, dice)
    return SpecimenPerson(
        name=_name(group, dice),
        sex=sex,
        ethnicity=group,
        birth_date=birth,
        address=address(code, dice),
        id_number=identity_number(code, birth, sex, high=dice.random() < 0.5),
        issuing_authority=_authority(code),
        id_valid_from=issued,
        id_valid_until=validity(birth, issued),
        phone=f"1990000{dice.randrange(10_000):04d}",
    )


@cache
def _counties() -> tuple[str, ...]:
    """Return the codes of counties and districts of today."""
    return tuple(
        code
        for code in sorted(regions.table())
        if not code.endswith("00")
        and regions.is_current(code)
        and regions.names_of(code)[-1] not in {"市辖区", "县", "省直辖县级行政区划", "自治区直辖县级行政区划"}
    )


def _issue_day(birth: date, dice: random.Random) -> date:
    first = max(date(2006, 1, 2), date(birth.year + 1, 3, 1))
    day = first + timedelta(days=dice.randrange(max(1, (date(2026, 6, 1) - first).days)))
    return day.replace(day=28) if (day.month, day.day) == (2, 29) else day


def _name(group: str, dice: random.Random) -> str:
    if group in _MUSLIM_WEST:
        first, second = dice.sample(_DOTTED, 2)
        return f"{first}·{second}"
    if group in {"藏", "门巴", "珞巴"}:
        return "".join(dice.sample(_TIBETAN, 2))
    if group in {"蒙古", "达斡尔", "鄂温克"} and dice.random() < 0.6:
        return dice.choice(_MONGOLIAN)
    surname = dice.choice(_DOUBLE_SURNAMES if dice.random() < _DOUBLE_SHARE else _SURNAMES)
    given = dice.sample(_GIVEN, 1 if dice.random() < _TWO_SHARE else 2)
    if dice.random() < _RARE_SHARE:
        given[-1] = dice.choice(_RARE)
    return surname + "".join(given)


def address(code: str, dice: random.Random) -> str:
    """Return an address in a county, of a flat, a house or a village; at most three lines of a card."""
    place = regions.full_name(code)
    town = _word(dice, 2) + dice.choice(_TOWNS)
    road = _word(dice, 2) + dice.choice(_STREET_ENDS)
    house = f"{road}{dice.randrange(1, 900)}号"
    flat = (
        f"{_word(dice, 2)}{dice.choice(_ESTATES)}{dice.randrange(1, 40)}"
        f"{dice.choice(('栋', '幢', '号楼'))}{dice.choice(('', f'{dice.randrange(1, 6)}单元'))}"
        f"{dice.randrange(1, 33)}{dice.randrange(1, 9):02d}{dice.choice(('', '室', '房'))}"
    )
    village = f"{_word(dice, 2)}村{dice.choice('一二三四五六七八九十')}组{dice.randrange(1, 200)}号"
    forms = (place + town + house + flat, place + house + flat, place + town + village, place + house)
    fitting = [form for form in forms if len(form) <= _LONGEST_ADDRESS]
    return dice.choice(fitting or [forms[-1]])[:_LONGEST_ADDRESS]


def _word(dice: random.Random, count: int) -> str:
    start = dice.randrange(0, len(_STREETS) - 1, 2)
    return _STREETS[start : start + count]


def _authority(code: str) -> str:
    """A district's police is a branch of its city's; a county or a city has an office of its own."""
    name = regions.names_of(code)[-1]
    city = regions.names_of(f"{code[:4]}00")[-1:] or ("",)
    if name.endswith("区") and city[0].endswith("市"):
        return f"{city[0]}公安局{name.removesuffix('区')}分局"
    return f"{name}公安局"
