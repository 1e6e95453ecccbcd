"""常住人口登记卡, the page of one person in a 户口簿, of the old and the new edition."""

from __future__ import annotations

import random
from datetime import date, timedelta

from ocr.knowledge import regions
from tests.bench.strangers import folk
from tests.bench.strangers.letters import Pen
from tests.bench.strangers.sheet import Colour, Point, Sheet, sample_mark, seal, square_seal

_RELATIONS = (
    "户主",
    "妻",
    "夫",
    "长子",
    "次女",
    "长女",
    "子",
    "女",
    "儿媳",
    "孙子",
    "外孙女",
    "父亲",
    "母亲",
    "独生子",
)
_SCHOOLS = (
    "大学本科",
    "大学专科",
    "初中",
    "高中",
    "小学",
    "中专",
    "普通高中",
    "硕士研究生",
    "大学本科教育",
    "初级中学教育",
)
_WORK = (
    "县第二人民医院",
    "供电公司",
    "粮食局",
    "务农",
    "市第六中学",
    "个体",
    "机械厂",
    "自来水公司",
    "林业站",
)
_STATUS = ("未婚", "已婚", "有配偶", "离婚", "丧偶", "初婚")
_INKS: tuple[Colour, ...] = ((130, 75, 40), (40, 100, 60), (20, 20, 20), (150, 40, 40), (70, 60, 120))

Row = tuple[tuple[str, str, float], ...]
"""Label, value and the share of the width that the two take, for each pair of cells."""


def register_page(dice: random.Random, dpi: int) -> tuple[Sheet, dict[str, str]]:
    """Draw the form, then fill it with another printer that does not quite meet the lines."""
    who = folk.somebody(dice, first=1940, last=2021)
    truth = _truth(dice, who)
    wide, high = dice.choice([(143.0, 105.0), (140.0, 100.0), (148.0, 104.0), (176.0, 125.0)])
    sheet = Sheet((wide, high), dpi, dice, dice.choice([(253, 250, 243), (255, 255, 255), (244, 250, 244)]))
    grow = wide / 143 * dice.uniform(0.92, 1.05)
    ink = dice.choice(_INKS)
    title = Pen(dice.choice(["kai", "song", "heavy", "hei"]), 5.6 * grow, ink, 2.4)
    sheet.write((wide / 2, 5), "常住人口登记卡", title, anchor="middle")
    rows = _rows(dice, who, truth)
    corner = (7.0 + dice.uniform(-2, 3), 15.5 * high / 105)
    size = (wide - 2 * corner[0], (high - corner[1]) * 0.83)
    label = Pen(dice.choice(["song", "kai", "bookish", "hei"]), 3.1 * grow, ink)
    value = Pen(dice.choice(["song", "hei", "light", "bookish", "kai"]), 3.4 * grow, (25, 25, 30))
    off = (dice.uniform(-0.5, 1.2), dice.gauss(0, 0.55))
    sheet.box(corner, size, ink, 0.45)
    for place, row in enumerate(rows):
        top = corner[1] + size[1] * place / len(rows)
        _cells(sheet, row, (corner[0], top), (size[0], size[1] / len(rows)), label, value, off)
    _foot(sheet, truth, corner[1] + size[1] + 1.6, label, value, off)
    _stamps(sheet, who, corner, size)
    sample_mark(sheet, [(wide * 0.42, high * 0.76), (wide * 0.05, 3)], 6)
    return sheet, truth


def _truth(dice: random.Random, who: folk.Somebody) -> dict[str, str]:
    age = 2026 - who.born.year
    relation = dice.choice(_RELATIONS)
    if relation in {"妻", "长女", "次女", "女", "儿媳", "外孙女", "母亲"} and who.sex == "男":
        relation = dice.choice(["户主", "长子", "夫"])
    if relation in {"夫", "长子", "子", "孙子", "父亲", "独生子"} and who.sex == "女":
        relation = dice.choice(["户主", "妻", "长女"])
    work = ""
    if age > 20 and dice.random() < 0.6:
        work = (folk.county(who.region) if dice.random() < 0.5 else "") + dice.choice(_WORK)
    registered = folk.day(dice, max(date(1998, 1, 1), who.born + timedelta(20)), date(2026, 10, 1))
    return {
        "name": who.name,
        "relation": relation,
        "sex": who.sex,
        "birth_place": regions.full_name(who.region),
        "ethnicity": who.group,
        "native_place": regions.full_name(dice.choice([who.region, dice.choice(folk.counties())])),
        "birth_date": who.born.isoformat(),
        "id_number": who.number,
        "education": dice.choice(_SCHOOLS) if age > 22 else "",
        "marital_status": dice.choice(_STATUS) if age > 22 else "未婚",
        "employer": work,
        "registered_on": registered.isoformat(),
    }


def _rows(dice: random.Random, who: folk.Somebody, truth: dict[str, str]) -> list[Row]:
    suffix = "族" if dice.random() < 0.7 else ""
    number = dice.choice(["公民身份号码", "公民身份证件编号", "公民身份证编号"])
    born = folk.written(who.born, dice.choice([0, 0, 1]))
    tall = str(dice.randint(150, 188)) + "厘米" if dice.random() < 0.3 else ""
    blood = dice.choice(["", "", "A", "O型", "不明"])
    job = dice.choice(["", "", "教师", "职员", "粮农", "不便分类的其他从业人员"])
    moved = dice.choice(
        ["", f"{truth['registered_on'][:4]}年由{folk.county(dice.choice(folk.counties()))}迁来"]
    )
    return [
        (("姓名", truth["name"], 0.5), ("户主或与户主关系", truth["relation"], 0.5)),
        (("曾用名", "", 0.5), ("性别", truth["sex"], 0.5)),
        (("出生地", truth["birth_place"], 0.5), ("民族", truth["ethnicity"] + suffix, 0.5)),
        (("籍贯", truth["native_place"], 0.5), ("出生日期", born, 0.5)),
        (("本市（县）其他住址", "", 0.66), ("宗教信仰", "", 0.34)),
        ((number, truth["id_number"], 0.6), ("身高", tall, 0.2), ("血型", blood, 0.2)),
        (
            ("文化程度", truth["education"], 0.36),
            ("婚姻状况", truth["marital_status"], 0.32),
            ("兵役状况", dice.choice(["", "", "未服兵役"]), 0.32),
        ),
        (("服务处所", truth["employer"], 0.6), ("职业", job, 0.4)),
        (("何时由何地迁来本市（县）", moved, 1.0),),
        (("何时由何地迁来本址", "", 1.0),),
    ]


def _cells(sheet: Sheet, row: Row, at: Point, size: Point, label: Pen, value: Pen, off: Point) -> None:
    """Rule one row and write into it; long labels stand in two lines, long values too."""
    left, (top, high) = at[0], (at[1], size[1])
    sheet.line(at, (at[0] + size[0], top), label.colour)
    for name, text, share in row:
        wide = size[0] * share
        narrow = size[0] * (0.15 if share > 0.3 else 0.085)
        long = len(name) * label.size > narrow - 1
        if long:
            small = Pen(label.face, label.size * 0.88, label.colour)
            sheet.block((left + 1, top + high * 0.06), narrow - 1.6, name, small, 1.15)
        else:
            sheet.spread((left + 1.6, top + (high - label.size) / 2 - 0.3), name, label, narrow - 3.2)
        sheet.line((left + narrow, top), (left + narrow, top + high), label.colour)
        room = wide - narrow - 2
        start = (left + narrow + 1.2 + off[0], top + off[1])
        if value.size * sum(0.55 if one.isascii() else 1 for one in text) > room:
            tight = Pen(value.face, value.size * 0.8, value.colour)
            sheet.block((start[0], start[1] + high * 0.04), room, text, tight, 1.12)
        else:
            sheet.write((start[0], start[1] + (high - value.size) / 2 - 0.3), text, value)
        left += wide
        sheet.line((left, top), (left, top + high), label.colour)


def _foot(sheet: Sheet, truth: dict[str, str], top: float, label: Pen, value: Pen, off: Point) -> None:
    """The clerk's stamp and the day: its words printed with the form or by the second printer."""
    sheet.write((9, top), "承办人签章：", label)
    when = date.fromisoformat(truth["registered_on"])
    left = sheet.size[0] * 0.56
    end = sheet.write((left, top), "登记日期：", label)
    if sheet.dice.random() < 0.5:
        sheet.write((end + 1, top + off[1]), folk.written(when, sheet.dice.choice([0, 1])), value)
        return
    for number, word in ((when.year, "年"), (when.month, "月"), (when.day, "日")):
        end = sheet.write((end + 1.5, top + off[1]), str(number), value)
        end = sheet.write((end + 1.5, top), word, label)


def _stamps(sheet: Sheet, who: folk.Somebody, corner: Point, size: Point) -> None:
    dice = sheet.dice
    low = corner[1] + size[1]
    town = folk.county(who.region)
    if dice.random() < 0.7:
        middle = (sheet.size[0] * dice.uniform(0.74, 0.9), low - dice.uniform(-1, 12))
        seal(sheet, middle, dice.uniform(26, 34), f"{town}公安局城关派出所", "户口专用章")
    if dice.random() < 0.6:
        names = "".join(dice.sample("王李赵周吴何", 1) + dice.sample("平军兰敏华", 2)) + "印"
        square_seal(sheet, (34 + dice.uniform(-2, 4), low + dice.uniform(-1, 1)), 8, names)
