"""Small books: the marriage certificate, that of disability and the passport."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date

from ocr.knowledge import mrz_layout
from tests.bench.strangers import folk
from tests.bench.strangers.letters import Pen, width
from tests.bench.strangers.sheet import Colour, Sheet, pattern, portrait, sample_mark, seal

Truth = dict[str, str]
_BLACK: Colour = (22, 22, 24)
_KINDS = ("视力", "听力", "言语", "肢体", "智力", "精神", "多重")
_GRADES = ("一级", "二级", "三级", "四级")
_FROM_PINYIN = (
    ("ZHAO", "赵"),
    ("OUYANG", "欧阳"),
    ("LYU", "吕"),
    ("XU", "许"),
    ("QIAN", "钱"),
    ("YUE", "岳"),
)
_GIVEN_PINYIN = (
    "JIANGUO",
    "MEILING",
    "ZIHAN",
    "XIAOYU",
    "WEI",
    "YUNXUAN",
    "DONGSHENG",
    "LI",
    "AYNUR",
    "QIONGHUA",
)


def marriage(dice: random.Random, dpi: int) -> tuple[Sheet, Truth]:
    """The open book: on the left the holder and the day, on the right the two people."""
    his, hers = folk.somebody(dice, sex="男", last=1998), folk.somebody(dice, sex="女", last=1999)
    grown = max(his.born.year + 22, hers.born.year + 20, 2004)
    when = folk.day(dice, date(grown, 1, 1), date(max(grown + 1, 2026), 6, 1))
    number = f"J{dice.choice(folk.counties())}-{when.year}-{dice.randrange(10**6):06}"
    truth = _of_couple(his, hers) | {
        "holder": dice.choice([his, hers]).name,
        "registered_on": when.isoformat(),
        "certificate_number": number,
    }
    stacked = dice.random() < 0.15
    sheet = Sheet((88, 125 * 1.9) if stacked else (180, 125), dpi, dice, (253, 244, 240))
    pattern(sheet, ((240, 190, 180), (248, 215, 190)), 1.3, 0.55)
    face = dice.choice(["kai", "song", "bookish", "hei"])
    label = Pen(face, 3.9, dice.choice([_BLACK, (150, 40, 30)]), 0.2)
    value = Pen(dice.choice(["kai", "wenkai", "song", "light"]), dice.uniform(3.7, 4.3), _BLACK)
    off = (dice.uniform(0, 2.5), dice.gauss(0, 0.6))
    _holder(sheet, truth, label, value, off)
    place = (8.0, 122.0) if stacked else (97.0, 10.0)
    for who, top in ((his, 0.0), (hers, 52.0)):
        _spouse(sheet, who, (place[0], place[1] + top), label, value, off)
    office = folk.county(his.region) + "民政局"
    seal(sheet, (62 + dice.uniform(-6, 6), 98 + dice.uniform(-5, 5)), 40, office, "婚姻登记专用章")
    sample_mark(sheet, [(10, 108), (60, 14)], 7)
    return sheet, truth


def _of_couple(his: folk.Somebody, hers: folk.Somebody) -> Truth:
    return {
        f"{side}_{field}": text
        for side, who in (("husband", his), ("wife", hers))
        for field, text in (
            ("name", who.name),
            ("birth_date", who.born.isoformat()),
            ("id_number", who.number),
        )
    }


def _holder(sheet: Sheet, truth: Truth, label: Pen, value: Pen, off: tuple[float, float]) -> None:
    """Rows over or under the photo, their labels spread or not, values on a line of their own height."""
    dice = sheet.dice
    when = folk.written(date.fromisoformat(truth["registered_on"]), dice.choice([0, 0, 1]))
    on_top = dice.random() < 0.5
    portrait(sheet, (20, 62 if on_top else 12), (46, 32))
    top = 14.0 if on_top else 56.0
    rows = [("持证人", truth["holder"]), ("登记日期", when), ("结婚证字号", truth["certificate_number"])]
    column = 9 + 5 * 4.3
    for name, text in rows:
        if dice.random() < 0.5:
            sheet.spread((9, top), name, label, 5 * 4.1)
        else:
            sheet.write((9, top), name, label)
        sheet.write((column + 3 + off[0], top + off[1]), text, value)
        sheet.line((column + 2, top + 5.4), (84, top + 5.4), label.colour, 0.15)
        top += 10.5
    sheet.write((9, top), "备注", label)


def _spouse(
    sheet: Sheet,
    who: folk.Somebody,
    at: tuple[float, float],
    label: Pen,
    value: Pen,
    off: tuple[float, float],
) -> None:
    left, top = at
    born = folk.written(who.born, sheet.dice.choice([0, 0, 1]))
    number = sheet.dice.choice(["身份证件号"] * 4 + ["身份证号"])
    sheet.write((left, top), "姓名", label)
    sheet.write((left + 22 + off[0], top + off[1]), who.name, value)
    sheet.write((left + 50, top), "性别", label)
    sheet.write((left + 62 + off[0], top + off[1]), who.sex, value)
    rows = (("国籍", "中国"), ("出生日期", born), (number, who.number))
    for place, (name, text) in enumerate(rows, 1):
        sheet.write((left, top + 10.5 * place), name, label)
        sheet.write((left + 22 + off[0], top + 10.5 * place + off[1]), text, value)


def disability(dice: random.Random, dpi: int) -> tuple[Sheet, Truth]:
    """The inner pages of a 残疾人证 of the second and the third generation."""
    who = folk.somebody(dice, first=1938, last=2019)
    kind, grade = dice.randrange(7), dice.randrange(4)
    number = f"{who.number}{kind + 1}{grade + 1}" + ("B1" if dice.random() < 0.1 else "")
    issued = folk.day(dice, date(max(2009, who.born.year + 1), 1, 1), date(2026, 9, 1))
    issued = issued.replace(day=min(28, issued.day))
    guardian = folk.somebody(dice, first=1950, last=1995).name if kind > 3 or dice.random() < 0.3 else ""
    issuer = folk.county(who.region) + "残疾人联合会"
    truth = {
        "name": who.name,
        "sex": who.sex,
        "ethnicity": who.group,
        "birth_date": who.born.isoformat(),
        "certificate_number": number,
        "kind": _KINDS[kind],
        "grade": _GRADES[grade],
        "address": who.home,
        "guardian": guardian,
        "issuer": issuer,
        "issued_on": issued.isoformat(),
        "valid_until": issued.replace(year=issued.year + 10).isoformat(),
    }
    draw = _disability_upright if dice.random() < 0.5 else _disability_across
    return draw(dice, dpi, truth), truth


def _disability_across(dice: random.Random, dpi: int, truth: Truth) -> Sheet:
    """Two pages side by side, no lines."""
    sheet = Sheet((178, 125), dpi, dice, (249, 250, 246))
    pattern(sheet, ((190, 220, 200), (220, 230, 240)), 1.5, 0.6)
    label = Pen(dice.choice(["song", "hei", "light"]), 3.9, dice.choice([_BLACK, (30, 90, 60)]))
    value = Pen(dice.choice(["kai", "song", "hei", "wenkai"]), 4.0, _BLACK)
    portrait(sheet, (64, 10), (21, 28))
    rows = _personal(dice, truth)
    top = 14.0
    for name, text in rows:
        sheet.write((8, top), name, label)
        room = 34 if top < 40 else 56
        top = max(sheet.block((28, top), room, text, value, 1.3), top + 8.2) + 1.4
    top = 26.0
    for name, text in _official(dice, truth):
        sheet.write((98, top), name, label)
        sheet.block((123, top), 50, text, value)
        top += 13
    seal(sheet, (146 + dice.uniform(-14, 8), 32 + dice.uniform(-6, 14)), 38, truth["issuer"])
    sample_mark(sheet, [(100, 100), (140, 90), (66, 46)], 8)
    return sheet


def _disability_upright(dice: random.Random, dpi: int, truth: Truth) -> Sheet:
    """One tall page, each value on a line."""
    sheet = Sheet((105, 148), dpi, dice, (250, 248, 242))
    pattern(sheet, ((215, 200, 220), (230, 220, 200)), 1.2, 0.6)
    label = Pen(dice.choice(["song", "hei", "kai"]), 3.6, _BLACK)
    value = Pen(dice.choice(["kai", "song", "light", "bookish"]), 3.7, (20, 20, 60))
    title = Pen("heavy", 5, (120, 30, 40), 0.8)
    sheet.write((52, 6), "中华人民共和国残疾人证", title, anchor="middle")
    portrait(sheet, (76, 16), (22, 29))
    top = 18.0
    for name, text in _personal(dice, truth) + _official(dice, truth):
        sheet.write((7, top), name, label)
        end = sheet.block((28, top - 0.1), 44 if top < 46 else 69, text, value, 1.25)
        sheet.line(
            (27, max(end, top + 4.6)), (72 if top < 46 else 98, max(end, top + 4.6)), (150, 150, 150), 0.12
        )
        top = max(end, top + 6.3) + 2.4
    seal(sheet, (70 + dice.uniform(-8, 14), 124 + dice.uniform(-8, 4)), 36, truth["issuer"])
    sample_mark(sheet, [(70, 52), (10, 136)], 6)
    return sheet


def _personal(dice: random.Random, truth: Truth) -> list[tuple[str, str]]:
    born = folk.written(date.fromisoformat(truth["birth_date"]), dice.randrange(4))
    number = dice.choice(["残疾人证号"] * 4 + ["证号", "残疾证号"])
    kind = truth["kind"] + dice.choice(["", "残疾"])
    rows = [
        ("姓名", truth["name"]),
        ("性别", truth["sex"]),
        ("民族", truth["ethnicity"] + dice.choice(["", "族"])),
        (dice.choice(["出生日期", "出生年月", "出生"]), born),
        (number, truth["certificate_number"]),
        ("残疾类别", kind),
        ("残疾等级", truth["grade"]),
        (dice.choice(["住址", "家庭住址"]), truth["address"]),
        ("监护人", truth["guardian"]),
        ("联系电话", "139" + "".join(dice.choice("0") for _ in range(8))),
    ]
    return rows


def _official(dice: random.Random, truth: Truth) -> list[tuple[str, str]]:
    style = dice.randrange(4)
    return [
        (dice.choice(["签发机关"] * 3 + ["批准机关", "批准残联"]), truth["issuer"]),
        (
            dice.choice(["签发日期"] * 3 + ["发证日期"]),
            folk.written(date.fromisoformat(truth["issued_on"]), style),
        ),
        (
            dice.choice(["有效期限", "有效期至"]),
            folk.written(date.fromisoformat(truth["valid_until"]), style),
        ),
    ]


def passport(dice: random.Random, dpi: int) -> tuple[Sheet, Truth]:
    """The page with the portrait: fields above, two lines for machines below (ICAO 9303 part 4)."""
    who = folk.somebody(dice, first=1945, last=2018)
    surname, chinese = dice.choice(_FROM_PINYIN)
    given = dice.choice(_GIVEN_PINYIN)
    number = "E" + dice.choice(["", *"ABCDEFGHJKLMNPQRSTUVWXYZ"])
    number += "".join(dice.choice("0123456789") for _ in range(9 - len(number)))
    issued = folk.day(dice, date(2017, 1, 1), date(2026, 8, 1)).replace(day=5)
    expires = issued.replace(year=issued.year + (5 if who.born.year > issued.year - 16 else 10), day=4)
    personal = "" if dice.random() < 0.4 else "".join(dice.choice("MLNOPKBCDIAGHEFJ") for _ in range(14))
    truth = {
        "issuing_state": "CHN",
        "surname": surname,
        "given_names": given,
        "passport_number": number,
        "nationality": "CHN",
        "birth_date": who.born.isoformat(),
        "sex": who.sex,
        "expires_on": expires.isoformat(),
        "personal_number": personal,
    }
    sheet = Sheet((125, 88), dpi, dice, (250, 246, 240))
    pattern(sheet, ((240, 200, 200), (200, 220, 240)), 0.9, 0.8)
    portrait(sheet, (7 + dice.uniform(-2, 2), 20), (33, 43))
    _visual(sheet, truth, f"{chinese}{who.name[-1]}", issued)
    # Before the zone, which nothing is printed over (part 3).
    sample_mark(sheet, [(90, 58), (46, 60)], 6)
    sheet.fill((0, 66.5), (125, 21.5), (253, 251, 246))
    zone = Pen("ocrb", 4.1, _BLACK)
    closer = (dice.uniform(112, 116) - width("<" * 44, zone, sheet.scale)) / 44
    for place, line in enumerate(_zone(truth)):
        sheet.write((4.5, 69.4 + 6.6 * place), line, replace(zone, tracking=closer))
    sheet.write((62, 84.5), "样本", Pen("hei", 2.4, (110, 110, 110)), anchor="middle")
    return sheet, truth


def _visual(sheet: Sheet, truth: Truth, chinese: str, issued: date) -> None:
    dice = sheet.dice
    label, value = Pen("light", 1.9, (70, 70, 110)), Pen(dice.choice(["song", "hei", "bookish"]), 3.2, _BLACK)
    sheet.write((62, 4), "中华人民共和国", Pen("heavy", 4.2, (150, 40, 40), 1), anchor="middle")
    sheet.write((96, 10), "护照号/Passport No.", label)
    sheet.write((96, 12.6), truth["passport_number"], value)
    born, expires = date.fromisoformat(truth["birth_date"]), date.fromisoformat(truth["expires_on"])
    rows = (
        ("姓名/Name", f"{chinese}  {truth['surname']},{truth['given_names']}"),
        (
            "性别/Sex    国籍/Nationality",
            f"{truth['sex']}/{'M' if truth['sex'] == '男' else 'F'}    中国/CHINESE",
        ),
        ("出生日期/Date of birth", f"{born:%d} {born.month:02}月 {born:%Y}"),
        ("签发日期/Date of issue    有效期至/Date of expiry", f"{issued:%d %m月 %Y}    {expires:%d %m月 %Y}"),
        ("签发机关/Authority", "公安部出入境管理局"),
    )
    for place, (name, text) in enumerate(rows):
        sheet.write((45, 16 + place * 9.6), name, label)
        sheet.write((45, 18.8 + place * 9.6), text, value)


def _zone(truth: Truth) -> tuple[str, str]:
    check = mrz_layout.check_digit
    book = "<O"[int(truth["passport_number"][-1]) % 2]
    first = f"P{book}CHN{truth['surname']}<<{truth['given_names']}"
    born = truth["birth_date"].replace("-", "")[2:]
    until = truth["expires_on"].replace("-", "")[2:]
    sex = "M" if truth["sex"] == "男" else "F"
    own = truth["personal_number"].ljust(14, "<")
    left = truth["passport_number"] + check(truth["passport_number"])
    middle = born + check(born)
    right = until + check(until) + own + (check(own) if own.strip("<") else "<")
    return first.ljust(44, "<"), f"{left}CHN{middle}{sex}{right}{check(left + middle + right)}"
