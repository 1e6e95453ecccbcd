"""Large papers: medical certificates of birth, licences of businesses, certificates of real estate."""

from __future__ import annotations

import random
from datetime import date, timedelta

import segno

from ocr.knowledge import regions
from tests.bench.strangers import folk
from tests.bench.strangers.letters import Pen
from tests.bench.strangers.sheet import Colour, Point, Sheet, pattern, sample_mark, seal

Truth = dict[str, str]
_BLACK: Colour = (22, 22, 24)
_HOSPITALS = ("妇幼保健院", "人民医院", "中心医院", "第二人民医院", "中医医院", "妇产医院")


def birth(dice: random.Random, dpi: int) -> tuple[Sheet, Truth]:
    """A 出生医学证明: two languages or one, across or upright, filled by a printer that is a little off."""
    mother = folk.somebody(dice, sex="女", first=1975, last=2003)
    father = folk.somebody(dice, sex="男", first=1972, last=2003)
    born = folk.day(dice, date(2006, 1, 1), date(2026, 9, 1))
    issued = born + timedelta(dice.randint(2, 40))
    place = dice.choice([mother.region, father.region])
    child = folk.somebody(dice)
    hour, minute = dice.randrange(24), dice.randrange(60)
    truth = {
        "certificate_number": f"{dice.choice('NOPQRSTUVW')}{dice.randrange(10**9):09}",
        "newborn_name": father.name[0] + child.name[1:] if "·" not in child.name else child.name,
        "sex": dice.choice("男女"),
        "born_at": f"{born.isoformat()}T{hour:02}:{minute:02}",
        "birth_place": regions.full_name(place),
        "hospital": folk.county(place) + dice.choice(_HOSPITALS),
        "mother_name": mother.name,
        "mother_id_number": mother.number,
        "father_name": father.name,
        "father_id_number": father.number,
        "issued_on": issued.isoformat(),
    }
    across = dice.random() < 0.5
    sheet = Sheet((280, 198) if across else (190, 262), dpi, dice, (250, 250, 252))
    tones: tuple[Colour, Colour] = dice.choice(
        [((200, 220, 240), (240, 215, 225)), ((215, 230, 200), (235, 225, 200))]
    )
    pattern(sheet, tones, 1.8, 0.6)
    _birth_rows(sheet, truth, (mother, father), across=across)
    return sheet, truth


def _birth_rows(
    sheet: Sheet, truth: Truth, parents: tuple[folk.Somebody, folk.Somebody], *, across: bool
) -> None:
    dice = sheet.dice
    wide = sheet.size[0]
    grow = 1.12 if across else 0.92
    label = Pen(dice.choice(["song", "hei", "bookish"]), 3.9 * grow, dice.choice([_BLACK, (30, 60, 130)]))
    value = Pen(dice.choice(["song", "kai", "hei", "light"]), 4.1 * grow, _BLACK)
    english = Pen("roman", 2.5 * grow, label.colour) if dice.random() < 0.6 else None
    sheet.write(
        (wide / 2, 12),
        "出生医学证明",
        Pen(dice.choice(["heavy", "kai"]), 10, (30, 60, 130), 3),
        anchor="middle",
    )
    sheet.write((wide / 2, 25), "BIRTH CERTIFICATE", Pen("roman", 5, (30, 60, 130), 0.6), anchor="middle")
    off = (dice.uniform(-0.5, 2.5), dice.gauss(0, 0.8))
    born = truth["born_at"]
    clock = f"{int(born[:4])}年{int(born[5:7]):02}月{int(born[8:10]):02}日{born[11:13]}时{born[14:16]}分"
    mother, father = parents
    step = 11.5 * (1.05 if across else 1.15)
    top = 38.0
    rows: list[list[tuple[str, str, str, float]]] = [
        [
            ("新生儿姓名", "Full name of baby", truth["newborn_name"], 0.36),
            ("性别", "Sex", truth["sex"], 0.18),
        ],
        [("出生时间", "Time of birth", clock, 0.5)],
        [
            ("出生孕周", "Gestation", f"{dice.randint(37, 41)}周", 0.3),
            ("出生体重", "Weight", f"{dice.randint(2500, 4100)}克", 0.33),
            ("出生身长", "Length", f"{dice.randint(47, 54)}厘米", 0.33),
        ],
        [("出生地点", "Place of birth", truth["birth_place"], 0.95)],
        [("医疗机构名称", "Name of facility", truth["hospital"], 0.95)],
        *_parent("母亲", "Mother", mother),
        *_parent("父亲", "Father", father),
    ]
    for row in rows:
        left = 14.0
        for name, other, text, share in row:
            end = sheet.write((left, top), name, label)
            if english:
                sheet.write((left, top + label.size * 1.12), other, english)
            sheet.write((end + 3 + off[0], top + off[1]), text, value)
            sheet.line(
                (end + 1.5, top + label.size * 1.25),
                (left + wide * share - 24, top + label.size * 1.25),
                label.colour,
                0.15,
            )
            left += (wide - 20) * share
        top += step
    _birth_foot(sheet, truth, top + 3, label, value, off)


def _parent(who: str, english: str, person: folk.Somebody) -> list[list[tuple[str, str, str, float]]]:
    age = str(2026 - person.born.year) + "岁"
    return [
        [
            (f"{who}姓名", f"{english}'s full name", person.name, 0.34),
            ("年龄", "Age", age, 0.18),
            ("国籍", "Nationality", "中国", 0.2),
            ("民族", "Ethnicity", person.group, 0.2),
        ],
        [("住址", "Address", person.home, 0.95)],
        [
            ("有效身份证件类别", "Type of ID", "居民身份证", 0.45),
            ("有效身份证件号码", "ID No.", person.number, 0.5),
        ],
    ]


def _birth_foot(sheet: Sheet, truth: Truth, top: float, label: Pen, value: Pen, off: Point) -> None:
    dice = sheet.dice
    wide = sheet.size[0]
    right = wide * 0.52
    sheet.write((14, top), dice.choice(["签发机构（盖章）", "签发机构（专用章）", "签发机构"]), label)
    end = sheet.write((right, top), "签发日期", label)
    when = folk.written(date.fromisoformat(truth["issued_on"]), dice.choice([0, 1]))
    sheet.write((end + 3 + off[0], top + off[1]), when, value)
    number = Pen(dice.choice(["typewriter", "hei", "roman"]), 5, dice.choice([(170, 30, 30), _BLACK]), 0.3)
    place = dice.choice([(right, top + 11), (14.0, 30.0 if wide < 200 else 14.0)])
    end = sheet.write(place, dice.choice(["出生证编号", "出生证编号："]), label)
    sheet.write((end + 3, place[1] - 0.5), truth["certificate_number"], number)
    middle = (dice.choice([44, end + 16, right + 30]), min(top + dice.uniform(-4, 6), sheet.size[1] - 22))
    seal(sheet, middle, dice.uniform(36, 42), truth["hospital"], "出生医学证明专用章")
    sample_mark(sheet, [(wide - 40, 10), (wide * 0.36, top + 14)], 9)


_TRADES = (
    "五金制品销售",
    "餐饮服务",
    "软件开发",
    "货物进出口",
    "家政服务",
    "农副产品收购",
    "广告设计、代理",
    "道路货物运输",
    "服装服饰批发",
    "办公用品零售",
    "物业管理",
    "会议及展览服务",
    "建筑劳务分包",
)
_WORDS = ("腾跃", "和顺", "禾木", "北辰", "一品", "广源", "晟邦", "弘毅", "佰味", "云图", "泽川")
_LINES = ("商贸", "信息技术", "餐饮管理", "物流", "农业发展", "装饰工程", "文化传媒", "机械设备")
_CAPITAL = (
    "壹佰万元整",
    "伍佰万元整",
    "贰仟万元整",
    "叁拾万元人民币",
    "1000万元人民币",
    "壹仟零捌拾万元人民币",
)


def licence(dice: random.Random, dpi: int) -> tuple[Sheet, Truth]:
    """A 营业执照: across with two columns, or upright as at the time of the three in one."""
    region = dice.choice(folk.counties())
    trader = dice.random() < 0.35
    opened = folk.day(dice, date(1999, 1, 1), date(2026, 8, 1))
    issued = (
        opened if dice.random() < 0.5 else folk.day(dice, max(opened, date(2015, 10, 1)), date(2026, 9, 1))
    )
    place = folk.city(region) if dice.random() < 0.5 else folk.county(region)
    word = dice.choice(_WORDS)
    scope = "；".join(dice.sample(_TRADES, dice.randint(2, 7)))
    if dice.random() < 0.5:
        scope += "。（依法须经批准的项目，经相关部门批准后方可开展经营活动）"
    name = f"{place}样本{word}{dice.choice(_LINES)}有限公司"
    if trader:
        name = f"{place}{word}样本{dice.choice(['便利店', '理发店', '小吃店', '五金经营部'])}"
    kinds = ["有限责任公司(自然人独资)", "有限责任公司(自然人投资或控股)", "其他有限责任公司", "有限责任公司"]
    truth = {
        "uscc": folk.credit_code(dice, region, trader=trader),
        "name": name,
        "kind": "个体工商户" if trader else dice.choice(kinds[:2] + kinds[3:]),
        "legal_person": folk.somebody(dice, last=2003).name,
        "registered_capital": "" if trader else dice.choice(_CAPITAL),
        "established_on": opened.isoformat(),
        "address": folk.home(dice, region),
        "business_scope": scope,
        "issued_on": issued.isoformat(),
    }
    draw = _licence_across if dice.random() < 0.65 else _licence_upright
    return draw(dice, dpi, truth, folk.county(region), trader=trader), truth


def _entries(
    dice: random.Random, truth: Truth, *, trader: bool
) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """What stands on the left and on the right of a wide licence; upright they follow one another."""
    opened = folk.written(date.fromisoformat(truth["established_on"]), 0)
    left = [("名称", truth["name"]), ("类型", truth["kind"])]
    left.append(("经营者" if trader else "法定代表人", truth["legal_person"]))
    scope = [("经营范围", truth["business_scope"])]
    if trader:
        right = [("组成形式", dice.choice(["个人经营", "家庭经营"])), ("注册日期", opened)]
        return left + scope, [*right, ("经营场所", truth["address"])]
    right = [("注册资本", truth["registered_capital"]), ("成立日期", opened)]
    if dice.random() < 0.5:
        right.append(("营业期限", dice.choice(["长期", f"{opened}至长期"])))
    return left + scope, [*right, ("住所", truth["address"])]


def _licence_across(dice: random.Random, dpi: int, truth: Truth, office: str, *, trader: bool) -> Sheet:
    """正本 and 副本 since 2019."""
    wide, high = dice.choice([(297.0, 210.0), (297.0, 210.0), (420.0, 297.0)])
    grow = wide / 297
    sheet = Sheet((wide, high), min(dpi, 250 if grow > 1 else dpi), dice, (252, 250, 243))
    pattern(sheet, ((245, 232, 200), (235, 225, 205)), 2.0, 0.6)
    sheet.box((9 * grow, 9 * grow), (wide - 18 * grow, high - 18 * grow), (190, 150, 70), 1.2)
    title = Pen(dice.choice(["heavy", "kai"]), 17 * grow, _BLACK, 7 * grow)
    sheet.write((wide / 2, 26 * grow), "营业执照", title, anchor="middle")
    if grow == 1.0:
        sheet.write((wide / 2, 50), "（副  本）", Pen("song", 6), anchor="middle")
    small = Pen(dice.choice(["hei", "song"]), 3.8 * grow, _BLACK)
    sheet.write((22 * grow, 30 * grow), "统一社会信用代码", small)
    code = Pen(dice.choice(["hei", "light", "bookish"]), 4.8 * grow, _BLACK, 0.2)
    sheet.write((22 * grow, 36 * grow), truth["uscc"], code)
    _code_square(sheet, truth, (wide - 52 * grow, 24 * grow), 26 * grow)
    ink = dice.choice([_BLACK, (120, 70, 30)])
    label = Pen(dice.choice(["hei", "song", "kai"]), 4.6 * grow, ink)
    value = Pen(dice.choice(["song", "kai", "light", "bookish", "hei"]), 4.4 * grow, _BLACK)
    left, right = _entries(dice, truth, trader=trader)
    top = 66 * grow
    _column(sheet, left, (22 * grow, top), (24 * grow, 108 * grow), label, value, 11 * grow)
    _column(sheet, right, (166 * grow, top), (24 * grow, 84 * grow), label, value, 11 * grow)
    _registrar(sheet, truth, office, (wide * 0.66, high - 45 * grow), grow, label)
    sample_mark(sheet, [(30, high - 40 * grow), (wide * 0.46, 12 * grow)], 10 * grow)
    return sheet


def _licence_upright(dice: random.Random, dpi: int, truth: Truth, office: str, *, trader: bool) -> Sheet:
    """副本 of 2014 to 2018."""
    sheet = Sheet((210, 297), min(dpi, 300), dice, (253, 251, 240))
    pattern(sheet, ((245, 225, 190), (250, 235, 210)), 2.2, 0.6)
    sheet.box((10, 10), (190, 277), (180, 120, 60), 1.4)
    sheet.write((105, 40), "营业执照", Pen("heavy", 17, _BLACK, 7), anchor="middle")
    sheet.write((105, 62), "（副  本）", Pen("song", 6), anchor="middle")
    small = Pen("hei", 4, _BLACK)
    end = sheet.write((70, 73), "统一社会信用代码  ", small)
    sheet.write((end + 1, 72.7), truth["uscc"], Pen("hei", 4.4, _BLACK))
    left, right = _entries(dice, truth, trader=trader)
    entries = [*left[:2], right[-1], left[2], *right[:-1], left[3]]
    label = Pen(dice.choice(["song", "kai"]), 5, (110, 60, 30), 0.3)
    value = Pen(dice.choice(["song", "hei", "kai"]), 4.8, _BLACK)
    _column(sheet, entries, (26, 88), (32, 124), label, value, 12.5)
    _code_square(sheet, truth, (30, 232), 26)
    _registrar(sheet, truth, office, (118, 240), 1.0, label)
    sample_mark(sheet, [(140, 20), (20, 262)], 10)
    return sheet


def _column(
    sheet: Sheet, entries: list[tuple[str, str]], at: Point, rooms: Point, label: Pen, value: Pen, step: float
) -> None:
    """Labels spread over their own room, values behind them in as many lines as they need."""
    top = at[1]
    for name, text in entries:
        sheet.spread((at[0], top), name, label, rooms[0])
        end = sheet.block((at[0] + rooms[0] + 6, top), rooms[1], text, value, 1.42)
        top = max(end + 3, top + step)


def _code_square(sheet: Sheet, truth: Truth, corner: Point, across: float) -> None:
    address = f"http://www.gsxt.gov.cn/index.html?uniscid={truth['uscc']}&name={truth['name']}"
    matrix = [list(row) for row in segno.make(address, error="m").matrix]
    cell = across / len(matrix)
    for row, line in enumerate(matrix):
        for column, dark in enumerate(line):
            if dark:
                sheet.fill((corner[0] + column * cell, corner[1] + row * cell), (cell, cell), (30, 30, 30))
    said = Pen("hei", across * 0.085, (60, 60, 60))
    sheet.block(
        (corner[0] - 1, corner[1] + across + 1.5),
        across + 4,
        "扫描二维码登录国家企业信用信息公示系统了解更多登记、备案、许可、监管信息",
        said,
    )


def _registrar(sheet: Sheet, truth: Truth, office: str, at: Point, grow: float, label: Pen) -> None:
    dice = sheet.dice
    sheet.write(at, "登记机关", label)
    when = date.fromisoformat(truth["issued_on"])
    wide = dice.choice(["{}年{:02}月{:02}日", "{} 年 {} 月 {} 日", "{}  年  {:02}  月  {:02}  日"])
    written = wide.format(when.year, when.month, when.day)
    day = Pen(dice.choice(["song", "hei", "kai"]), 4.6 * grow, _BLACK)
    sheet.write((at[0] + 12 * grow, at[1] + 17 * grow), written, day)
    middle = (at[0] + 38 * grow + dice.uniform(-8, 8), at[1] + 8 * grow + dice.uniform(-4, 6))
    seal(sheet, middle, 40 * grow, f"{office}市场监督管理局")


_SHORT = {
    "11": "京", "12": "津", "13": "冀", "14": "晋", "15": "内蒙古", "21": "辽", "22": "吉", "23": "黑",
    "31": "沪", "32": "苏", "33": "浙", "34": "皖", "35": "闽", "36": "赣", "37": "鲁", "41": "豫",
    "42": "鄂", "43": "湘", "44": "粤", "45": "桂", "46": "琼", "50": "渝", "51": "川", "52": "黔",
    "53": "滇", "54": "藏", "61": "陕", "62": "甘", "63": "青", "64": "宁", "65": "新",
}  # fmt: skip
"""Provinces in the number of a certificate, by the code's first digits."""


def real_estate(dice: random.Random, dpi: int) -> tuple[Sheet, Truth]:
    """The table of a 不动产权证书, one page or the right half of an open book."""
    region = dice.choice([one for one in folk.counties() if one[:2] in _SHORT])
    owner = folk.somebody(dice, last=2000)
    year = dice.randint(2015, 2026)
    use = dice.choice(["城镇住宅用地/住宅", "商服用地/商业", "住宅用地/成套住宅", "工业用地/工业"])
    built = f"{dice.randint(38, 260)}.{dice.randint(0, 99):02}"
    ground = f"{dice.randint(400, 60000)}.{dice.randint(0, 99):02}"
    start = folk.day(dice, date(1995, 1, 1), date(year, 1, 1))
    end = start.replace(year=start.year + 70, day=min(28, start.day))
    shared = dice.random() < 0.3
    names = f"{owner.name}、{folk.somebody(dice).name}" if shared else owner.name
    unit = f"{region}{dice.randrange(10**6):06}GB{dice.randrange(10**5):05}F{dice.randrange(10**8):08}"
    place = f"{_SHORT[region[:2]]}（{year}）{folk.city(region)}"
    truth = {
        "certificate_number": f"{place}不动产权第{dice.randrange(10**7):07}号",
        "owner": names,
        "co_ownership": dice.choice(["共同共有", "按份共有"]) if shared else "单独所有",
        "location": folk.home(dice, region),
        "unit_number": unit,
        "right_type": "国有建设用地使用权/房屋（构筑物）所有权"
        if dice.random() < 0.5
        else "国有建设用地使用权/房屋所有权",
        "right_nature": dice.choice(["出让/市场化商品房", "出让/存量房", "划拨/房改房", "出让/自建房"]),
        "use": use,
        "area": f"土地使用权面积{ground}平方米/房屋建筑面积{built}平方米",
        "term": f"{folk.written(start, 0)}起{folk.written(end, 0)}止",
    }
    return _estate_page(dice, dpi, truth, folk.county(region)), truth


def _estate_page(dice: random.Random, dpi: int, truth: Truth, office: str) -> Sheet:
    spread = dice.random() < 0.4
    sheet = Sheet((185, 255) if not spread else (200, 265), min(dpi, 300), dice, (252, 248, 240))
    pattern(sheet, ((245, 220, 200), (240, 230, 205)), 1.7, 0.6)
    ink = dice.choice([_BLACK, (140, 60, 40)])
    left, top = 14.0, 30.0
    wide, high = sheet.size[0] - 2 * left, 198.0
    number = Pen(dice.choice(["song", "kai", "hei"]), 4.6, _BLACK, 0.2)
    sheet.write((sheet.size[0] / 2, 18), truth["certificate_number"], number, anchor="middle")
    label = Pen(dice.choice(["song", "kai", "bookish"]), 4.7, ink)
    value = Pen(dice.choice(["song", "hei", "light", "bookish"]), 4.2, _BLACK)
    names = ("权利人", "共有情况", "坐落", "不动产单元号", "权利类型", "权利性质", "用途", "面积", "使用期限")
    keys = [key for key in truth if key != "certificate_number"]
    narrow = dice.uniform(32, 38)
    step = high / 12.5
    sheet.box((left, top), (wide, high), ink, 0.5)
    for place, (name, key) in enumerate(zip(names, keys, strict=True)):
        y = top + place * step
        sheet.spread((left + 3, y + (step - 4.7) / 2), name, label, narrow - 6)
        lines = 2 if len(truth[key]) * value.size * 0.8 > wide - narrow - 6 else 1
        sheet.block(
            (left + narrow + 3, y + (step - lines * 5.6) / 2), wide - narrow - 6, truth[key], value, 1.3
        )
        sheet.line((left, y + step), (left + wide, y + step), ink)
    sheet.line((left + narrow, top), (left + narrow, top + high), ink)
    sheet.block((left + narrow / 2 - 7, top + 10 * step), 15, "权利其他状况", label, 1.4)
    built = dice.choice(["钢筋混凝土", "混合"])
    other = f"房屋结构：{built}；总层数：{dice.randint(6, 33)}；所在层：{dice.randint(1, 6)}"
    sheet.block((left + narrow + 3, top + 9.3 * step), wide - narrow - 8, other, value, 1.4)
    if dice.random() < 0.4:
        middle = (sheet.size[0] - 48, top + high - 14)
        seal(sheet, middle, 42, f"{office}自然资源局", "不动产登记专用章")
    sample_mark(sheet, [(left + 4, 8), (sheet.size[0] - 50, top + high + 2)], 9)
    return sheet
