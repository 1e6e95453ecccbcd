"""Specimen people: a fixed cast with names to remember, and any number of others from a seed."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, timedelta

from ocr.checks import check_digit

MALE, FEMALE = "男", "女"
_LONG_TERM_AGE = 46
_REGIONS = {
    "440303": ("广东省深圳市罗湖区", "深圳市公安局罗湖分局", ("东门街道", "桂园街道", "翠竹街道")),
    "440304": (
        "广东省深圳市福田区",
        "深圳市公安局福田分局",
        ("香蜜湖街道", "华富街道", "梅林街道", "沙头街道"),
    ),
    "440305": ("广东省深圳市南山区", "深圳市公安局南山分局", ("粤海街道", "蛇口街道", "西丽街道")),
    "440306": ("广东省深圳市宝安区", "深圳市公安局宝安分局", ("新安街道", "西乡街道", "福永街道")),
    "440307": ("广东省深圳市龙岗区", "深圳市公安局龙岗分局", ("布吉街道", "坂田街道", "平湖街道")),
    "440308": ("广东省深圳市盐田区", "深圳市公安局盐田分局", ("沙头角街道", "海山街道")),
    "440106": ("广东省广州市天河区", "广州市公安局天河区分局", ("石牌街道", "冼村街道", "棠下街道")),
    "350102": ("福建省福州市鼓楼区", "福州市公安局鼓楼分局", ("温泉街道", "水部街道", "安泰街道")),
    "230602": ("黑龙江省大庆市萨尔图区", "大庆市公安局萨尔图分局", ("会战街道", "友谊街道")),
}
_SURNAMES = (
    "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦许何吕张孔曹严华金魏陶姜谢邹苏潘葛范彭鲁韦马方袁柳史唐薛雷贺倪汤"
)
_GIVEN = "国建军志伟明华秀英桂兰淑珍玉梅丽芳娟敏静强磊洋勇艳杰涛超霞平刚红云海波宁欣雨晨子涵浩宇诗琪文博"
_ROADS = (
    "样本路",
    "红荔路",
    "莲花路",
    "景田路",
    "新洲路",
    "福华路",
    "人民路",
    "解放路",
    "中山路",
    "滨河大道",
    "翠竹路",
)
_ESTATES = ("样本花园", "香蜜新村", "景华苑", "碧海云天", "长城花园", "教师新村", "望海楼")
_ETHNICITIES = ("汉",) * 12 + ("壮", "满", "回", "苗", "土家", "瑶", "朝鲜", "蒙古")


@dataclass(frozen=True, slots=True)
class SpecimenPerson:
    """Somebody who does not exist, with everything the papers need."""

    name: str
    sex: str
    """男 or 女."""
    ethnicity: str
    """Without the word 族."""
    birth_date: date
    address: str
    id_number: str
    """Right by GB 11643, with a serial from 996 to 999."""
    issuing_authority: str
    id_valid_from: date
    id_valid_until: date | None
    """None means 长期."""
    phone: str

    @property
    def seed(self) -> int:
        """A number that is always the same for this person."""
        return int(self.id_number[:17]) % 1_000_003


def identity_number(region: str, birth_date: date, sex: str, *, high: bool = False) -> str:
    """Return a specimen number: serial 997 or 999 for a man, 996 or 998 for a woman."""
    serial = (999 if high else 997) if sex == MALE else (998 if high else 996)
    body = f"{region}{birth_date:%Y%m%d}{serial}"
    return body + check_digit(body)


def validity(birth_date: date, issued_on: date) -> date | None:
    """Return the last day of a card: 5, 10, 20 years or None by the age at issue (居民身份证法 art. 5)."""
    age = age_on(birth_date, issued_on)
    if age >= _LONG_TERM_AGE:
        return None
    years = 5 if age < 16 else 10 if age < 26 else 20
    return issued_on.replace(year=issued_on.year + years)


def age_on(birth_date: date, day: date) -> int:
    """Return the full years of age on `day`."""
    return day.year - birth_date.year - ((day.month, day.day) < (birth_date.month, birth_date.day))


def person(seed: int) -> SpecimenPerson:
    """Return somebody invented; the same seed gives the same person."""
    dice = random.Random(f"specimen person {seed}")
    sex = dice.choice((MALE, FEMALE))
    born = date(1934, 1, 1) + timedelta(days=dice.randrange(27_000))
    region = dice.choice(sorted(_REGIONS))
    name = dice.choice(_SURNAMES) + "".join(dice.sample(_GIVEN, dice.choice((1, 2, 2, 2))))
    issued = date(2008, 1, 2) + timedelta(days=dice.randrange(6_500))
    if issued.month == 2 and issued.day == 29:
        issued += timedelta(days=1)
    return SpecimenPerson(
        name=name,
        sex=sex,
        ethnicity=dice.choice(_ETHNICITIES),
        birth_date=born,
        address=_address(region, dice),
        id_number=identity_number(region, born, sex, high=dice.random() < 0.5),
        issuing_authority=_REGIONS[region][1],
        id_valid_from=issued,
        id_valid_until=validity(born, issued),
        phone=f"1990000{dice.randrange(10_000):04d}",
    )


def _address(region: str, dice: random.Random) -> str:
    place, _, streets = _REGIONS[region]
    house = f"{dice.choice(_ROADS)}{dice.randrange(1, 300)}号"
    flat = (
        f"{dice.choice(_ESTATES)}{dice.randrange(1, 30)}栋{dice.randrange(1, 33)}{dice.randrange(1, 9):02d}"
    )
    return place + dice.choice(streets) + house + dice.choice((flat, flat, ""))


def _member(
    name: str,
    sex: str,
    ethnicity: str,
    born: date,
    *,
    region: str,
    tail: str,
    issued: date,
    phone: str,
    high: bool = False,
) -> SpecimenPerson:
    place, authority, _ = _REGIONS[region]
    number = identity_number(region, born, sex, high=high)
    until = validity(born, issued)
    return SpecimenPerson(name, sex, ethnicity, born, place + tail, number, authority, issued, until, phone)


ZHAO = _member(
    "赵样本", MALE, "汉", date(1964, 3, 8), region="440304", tail="香蜜湖街道样本路7号样本花园3栋502",
    issued=date(2012, 5, 18), phone="19900000001",
)  # fmt: skip
QIAN = _member(
    "钱样本", FEMALE, "汉", date(1965, 8, 21), region="440304", tail="香蜜湖街道样本路7号样本花园3栋502",
    issued=date(2013, 9, 2), phone="19900000002",
)  # fmt: skip
SUN = _member(
    "孙样本", MALE, "汉", date(1959, 1, 30), region="440305", tail="粤海街道样本路88号长城花园6栋1203",
    issued=date(2009, 3, 11), phone="19900000003",
)  # fmt: skip
LI = _member(
    "李样本", FEMALE, "壮", date(1952, 11, 6), region="440303", tail="翠竹街道样本路15号",
    issued=date(2007, 7, 24), phone="19900000004",
)  # fmt: skip
ZHOU = _member(
    "周样本", FEMALE, "汉", date(1991, 6, 14), region="440304", tail="华富街道样本路102号景华苑1栋804",
    issued=date(2018, 4, 9), phone="19900000005",
)  # fmt: skip
WU = _member(
    "吴样本", MALE, "土家", date(1986, 12, 2), region="440306", tail="新安街道样本路31号教师新村12栋301",
    issued=date(2016, 10, 20), phone="19900000006",
)  # fmt: skip
ZHENG = _member(
    "郑样本", FEMALE, "满", date(1943, 4, 25), region="440308", tail="沙头角街道样本路5号望海楼2栋101",
    issued=date(2006, 12, 13), phone="19900000007", high=True,
)  # fmt: skip

CAST = (ZHAO, QIAN, SUN, LI, ZHOU, WU, ZHENG)
"""Two of 60 to 64, one of 65 to 69, one of 70 to 79, one past 80 and two adults, counted in 2026."""
COUPLE = (ZHAO, QIAN)
"""Husband and wife at one address."""


def by_name(name: str) -> SpecimenPerson:
    """Return a member of the cast.

    Raises:
        KeyError: nobody of that name.
    """
    for member in CAST:
        if member.name == name:
            return member
    raise KeyError(name)
