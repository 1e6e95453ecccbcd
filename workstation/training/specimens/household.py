"""A page of the household register: 常住人口登记卡 with the rows of the form printed since 1995."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date

from PIL import Image

from ocr.knowledge import regions
from workstation.training.specimens import dates
from workstation.training.specimens.board import Board
from workstation.training.specimens.crowd import citizen
from workstation.training.specimens.look import PLAIN, Look
from workstation.training.specimens.people import MALE, SpecimenPerson, age_on
from workstation.training.specimens.sheet import Colour

KIND = "household-register-page"
SIZE_MM = (143.0, 105.0)
_PAPER: Colour = (250, 246, 236)
_WAVES: tuple[Colour, Colour] = ((240, 228, 214), (244, 220, 216))
_LABEL: Colour = (70, 58, 52)
_EDUCATION = (
    "小学", "初中", "高中", "普通高中", "中专", "大学专科", "大学本科", "研究生", "初级中学教育",
    "大学专科教育",
)  # fmt: skip
_EMPLOYERS = (
    "样本服务有限公司", "样本机械厂", "第三样本小学", "样本县人民医院", "个体", "务农", "无",
    "样本市公共交通集团有限公司",
)  # fmt: skip
_SONS, _DAUGHTERS = ("子", "长子", "次子", "孙子", "女婿"), ("女", "长女", "次女", "孙女", "儿媳")
_GROWN = 22
_SMALL_MM = 2.5
"""Letters of a value too long for its cell, which stands in two lines."""


@dataclass(frozen=True, slots=True)
class RegisterPage:
    """What one page says beside the person."""

    person: SpecimenPerson
    relation: str
    birth_place: str
    native_place: str
    education: str
    marital_status: str
    employer: str
    registered_on: date
    seed: int


def invent(seed: int) -> RegisterPage:
    """Return a page from a seed."""
    dice = random.Random(f"{KIND} {seed}")
    person = citizen(f"{KIND} {seed}", born=(1938, 2018))
    registered = max(dates.some_day(dice, 1996, 2025), person.birth_date.replace(day=28))
    is_grown = age_on(person.birth_date, registered) >= _GROWN
    place = regions.full_name(person.id_number[:6])
    kin = ("夫", "户主", "户主", *_SONS) if person.sex == MALE else ("妻", "户主", "母亲", *_DAUGHTERS)
    return RegisterPage(
        person=person,
        relation=dice.choice(kin) if is_grown else dice.choice(kin[3:6]),
        birth_place=dice.choice((place, place, place[: place.find("市") + 1] or place)),
        native_place=dice.choice((place, place[: place.find("省") + 1] or place)),
        education=dice.choice(_EDUCATION) if is_grown else dice.choice(("", "小学")),
        marital_status=dice.choice(("有配偶", "有配偶", "未婚", "丧偶", "离婚", "已婚"))
        if is_grown
        else "未婚",
        employer=dice.choice(_EMPLOYERS) if is_grown else "",
        registered_on=registered,
        seed=seed,
    )


def truth(page: RegisterPage) -> dict[str, str]:
    """Return each field in normal form; an empty one stands empty on the page."""
    return {
        "name": page.person.name,
        "relation": page.relation,
        "sex": page.person.sex,
        "birth_place": page.birth_place,
        "ethnicity": page.person.ethnicity,
        "native_place": page.native_place,
        "birth_date": page.person.birth_date.isoformat(),
        "id_number": page.person.id_number,
        "education": page.education,
        "marital_status": page.marital_status,
        "employer": page.employer,
        "registered_on": page.registered_on.isoformat(),
    }


def draw(page: RegisterPage, dpi: int = 300, look: Look = PLAIN) -> Image.Image:
    """Draw the page."""
    dice = random.Random(f"draw {KIND} {page.seed}")
    board = Board(SIZE_MM, dpi, look, paper=_PAPER, waves=_WAVES, rows=34, label=_LABEL)
    board.mark([(32, 40), (72, 62), (112, 84)], 14)
    board.title(4.5, "常住人口登记卡", 5.2, spread=0.8)
    y, height = 13.0, dice.uniform(6.7, 7.3)
    for cells in _rows(page, dice):
        x = 8.0
        for label, value, width, label_width in cells:
            room = width - label_width - 2.0
            is_long = sum(0.55 if sign.isascii() else 1.0 for sign in value) * 3.5 > room
            small, columns = (_SMALL_MM, int(room / (_SMALL_MM * 1.08))) if is_long else (0.0, 0)
            board.cell(
                (x, y, width, height), label, value, 3.2, label_width=label_width, columns=columns,
                value_size=small,
            )  # fmt: skip
            x += width
        y += height
    board.printed(9, y + 4.4, "承办人签章:", 2.9)
    board.printed(72, y + 4.4, "登记日期:", 2.9)
    board.filled(87, y + 4.2, dates.written(page.registered_on, dice), 3.2)
    board.seal(48, y + 2, "样本市公安局户口专用章", "样本派出所")
    board.notice(9, 100.5)
    return board.image


def _rows(page: RegisterPage, dice: random.Random) -> tuple[tuple[tuple[str, str, float, float], ...], ...]:
    person = page.person
    number = dice.choice(("公民身份号码", "公民身份证件编号"))
    group = person.ethnicity + dice.choice(("", "族"))
    born = dates.written(person.birth_date, dice)
    return (
        (("姓名", person.name, 64, 20), ("户主或与户主关系", page.relation, 63, 26)),
        (("曾用名", "", 64, 20), ("性别", person.sex, 63, 26)),
        (("出生地", page.birth_place, 64, 20), ("民族", group, 63, 26)),
        (("籍贯", page.native_place, 64, 20), ("出生日期", born, 63, 26)),
        (("本市(县)其他住址", "", 77, 20), ("宗教信仰", "", 50, 20)),
        ((number, person.id_number, 71, 25), ("身高", "", 28, 11), ("血型", "", 28, 11)),
        (
            ("文化程度", page.education, 46, 18),
            ("婚姻状况", page.marital_status, 43, 18),
            ("兵役状况", "", 38, 18),
        ),
        (("服务处所", page.employer, 77, 20), ("职业", "", 50, 14)),
        (("何时由何地迁来本市(县)", "", 127, 42),),
        (("何时由何地迁来本址", dice.choice(("", "久居", "出生入户")), 127, 42),),
    )
