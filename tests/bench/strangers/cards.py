"""Papers of the size of a bank card, as several makers and provinces print them."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date, timedelta

from tests.bench.strangers import folk
from tests.bench.strangers.letters import Pen, width
from tests.bench.strangers.sheet import Sheet, pattern, portrait, sample_mark, tint

Truth = dict[str, str]
CARD = (85.6, 54.0)
_HANDS = ("light", "hei", "medium", "song", "bookish")
_DIGITS = ("ocrb", "hei", "typewriter", "light")


def _card(dice: random.Random, dpi: int, left: tuple[int, int, int], right: tuple[int, int, int]) -> Sheet:
    sheet = Sheet(CARD, dpi, dice, (246, 249, 250))
    tint(sheet, left, right)
    pattern(sheet, (left, right), dice.uniform(0.7, 1.6), dice.uniform(0.5, 1.4))
    return sheet


def _holder_truth(who: folk.Somebody) -> Truth:
    return {
        "name": who.name,
        "sex": who.sex,
        "ethnicity": who.group,
        "birth_date": who.born.isoformat(),
        "address": who.home,
        "id_number": who.number,
    }


def _expiry(born: date, issued: date) -> date | None:
    age = issued.year - born.year - ((issued.month, issued.day) < (born.month, born.day))
    years = 5 if age < 16 else 10 if age < 26 else 20 if age < 46 else 0
    return issued.replace(year=issued.year + years) if years else None


def _fitting(sheet: Sheet, text: str, pen: Pen, room: float) -> Pen:
    """Return the pen, its letters set closer where the line would be longer than `room` mm."""
    over = width(text, pen, sheet.scale) - room
    return replace(pen, tracking=pen.tracking - max(0.0, over) / len(text))


def id_front(dice: random.Random, dpi: int) -> tuple[Sheet, Truth]:
    """The side with the portrait of a 居民身份证."""
    who = folk.somebody(dice, first=1935, last=2016)
    sheet = _card(dice, dpi, (226, 240, 246), (248, 232, 236))
    grow = dice.uniform(0.88, 1.1)
    label = Pen(dice.choice(["light", "hei", "song"]), 2.7 * grow, (40, 110, 170), 0.5)
    value = Pen(dice.choice(_HANDS), 3.2 * grow, tracking=dice.uniform(0, 0.35))
    left, top, step = dice.uniform(4.5, 7.5), dice.uniform(5.5, 7.5), dice.uniform(6.6, 7.4)
    column = left + 9.5 * grow + dice.uniform(-0.4, 1)
    sheet.write((left, top), "姓名", label)
    name = Pen(value.face, value.size * 1.1, tracking=value.tracking + dice.choice([0, 0.3, 1.2]))
    sheet.write((column, top - 0.4), who.name, name)
    sheet.write((left, top + step), "性别", label)
    sheet.write((column, top + step - 0.2), who.sex, value)
    group = column + 8 + dice.uniform(0, 3)
    sheet.write((group, top + step), "民族", label)
    sheet.write((group + 9 * grow, top + step - 0.2), who.group, value)
    _birth(sheet, (left, column, top + 2 * step), who.born, label, value)
    sheet.write((left, top + 3 * step), "住址", label)
    sheet.block((column, top + 3 * step - 0.3), 54.5 - column, who.home, value, dice.uniform(1.25, 1.45))
    low = dice.uniform(44.5, 46.5)
    sheet.write((left, low), "公民身份号码", label)
    digits = Pen(dice.choice(_DIGITS), dice.uniform(3.4, 3.9), tracking=dice.uniform(0.1, 0.55))
    sheet.write((dice.uniform(28, 31), low - 0.4), who.number, _fitting(sheet, who.number, digits, 51))
    marked = dice.random() < 0.25
    portrait(sheet, (56 + dice.uniform(-1, 2), 7.5 + dice.uniform(-1, 3)), (24, 30), marked=marked)
    if not marked:
        sample_mark(sheet, [(60, 38), (60, 8), (43, 4)], 4)
    return sheet, _holder_truth(who)


def _birth(sheet: Sheet, at: tuple[float, float, float], born: date, label: Pen, value: Pen) -> None:
    """Year, month and day, each before its word in the colour of the labels."""
    left, column, top = at
    sheet.write((left, top), "出生", label)
    end = sheet.write((column, top - 0.2), str(born.year), value)
    end = sheet.write((end + 0.9, top), "年", label)
    end = sheet.write((end + 1.8, top - 0.2), str(born.month), value)
    end = sheet.write((end + 0.9, top), "月", label)
    end = sheet.write((end + 1.8, top - 0.2), str(born.day), value)
    sheet.write((end + 0.9, top), "日", label)


def id_back(dice: random.Random, dpi: int) -> tuple[Sheet, Truth]:
    """The side with the emblem of a 居民身份证."""
    who = folk.somebody(dice, first=1940, last=2016)
    issued = folk.day(dice, max(date(2005, 1, 1), who.born + timedelta(40)), date(2026, 10, 1))
    until = _expiry(who.born, issued)
    office = folk.police(dice, who.region)
    sheet = _card(dice, dpi, (244, 232, 226), (226, 238, 240))
    _emblem(sheet, (12 + dice.uniform(-2, 2), 13 + dice.uniform(-1, 2)), 8)
    face = dice.choice(["heavy", "black", "kai", "bookish"])
    black = (15, 15, 15)
    sheet.write((53, 7 + dice.uniform(0, 2)), "中华人民共和国", Pen(face, 5.2, black, 1.0), anchor="middle")
    sheet.write((53, 17 + dice.uniform(0, 2)), "居民身份证", Pen(face, 7.6, black, 2.0), anchor="middle")
    grow = dice.uniform(0.9, 1.12)
    label = Pen(dice.choice(["light", "hei", "medium"]), 2.8 * grow, black, 0.3)
    value = Pen(dice.choice(_HANDS), 2.9 * grow, black, dice.uniform(0, 0.3))
    top, left = dice.uniform(36, 38.5), dice.uniform(19, 24)
    column = left + 14 * grow + dice.uniform(0, 2)
    sheet.write((left, top), "签发机关", label)
    sheet.write((column, top), office, value)
    last = f"{until:%Y.%m.%d}" if until else "长期"
    sheet.write((left, top + 7), "有效期限", label)
    sheet.write((column, top + 7), f"{issued:%Y.%m.%d}-{last}", value)
    sample_mark(sheet, [(66, 36), (4, 24), (40, 27)], 4)
    truth = {"authority": office, "valid_from": issued.isoformat()}
    return sheet, truth | {"valid_until": until.isoformat() if until else "长期"}


def _emblem(sheet: Sheet, middle: tuple[float, float], radius: float) -> None:
    from PIL import ImageDraw

    draw = ImageDraw.Draw(sheet.picture)
    for share, colour in ((1, (190, 40, 40)), (0.86, (222, 180, 70)), (0.7, (200, 45, 40))):
        box = [
            *sheet.px((middle[0] - radius * share, middle[1] - radius * share)),
            *sheet.px((middle[0] + radius * share, middle[1] + radius * share)),
        ]
        draw.ellipse(box, fill=colour)


def social_security(dice: random.Random, dpi: int) -> tuple[Sheet, Truth]:
    """The front of a 社会保障卡 of one of three generations."""
    who = folk.somebody(dice, first=1940, last=2022)
    issued = folk.day(dice, date(2011, 1, 1), date(2026, 9, 30))
    card = f"{dice.choice('ABCDEFGHJK')}{dice.randrange(10**8):08}"
    if dice.random() < 0.3:
        card = f"{dice.randrange(10**9):09}"
    sheet = _card(
        dice, dpi, *dice.choice([((214, 232, 248), (246, 246, 232)), ((228, 244, 236), (250, 240, 220))])
    )
    title = Pen(dice.choice(["black", "heavy", "medium"]), 4.4, (30, 60, 120), 0.6)
    sheet.write((42.8, 4 + dice.uniform(0, 2)), "中华人民共和国社会保障卡", title, anchor="middle")
    grow = dice.uniform(0.9, 1.1)
    ink = dice.choice([(20, 20, 20), (30, 40, 70)])
    label = Pen(dice.choice(["light", "hei", "song"]), 2.9 * grow, ink)
    value = Pen(dice.choice(_HANDS), 2.9 * grow, ink, dice.uniform(0, 0.2))
    on_left = dice.random() < 0.7
    left = 30.0 if on_left else 7.0
    portrait(sheet, (6.0, 15.0) if on_left else (60.0, 14.0), (20, 25), marked=False)
    day = folk.written(issued, dice.randrange(4))
    colon = dice.choice(["", "：", " "])
    long = dice.choice(["社会保障号码"] * 4 + ["社会保障号"])
    rows = [
        ("姓名", who.name),
        (long, who.number),
        (dice.choice(["卡号", "社会保障卡号"]), card),
        ("发卡日期", day),
    ]
    column = left + dice.choice([0.0, max(len(name) for name, _ in rows) * 3.0 * grow + 1.5])
    top, step = dice.uniform(15.5, 19), dice.uniform(5.8, 7)
    for place, (name, text) in enumerate(rows):
        end = max(sheet.write((left, top + place * step), name + colon, label) + 1.0, column)
        room = (82 if on_left else 58) - end
        sheet.write((end, top + place * step), text, _fitting(sheet, text, value, room))
    sample_mark(sheet, [(6, 42), (50, 44), (62, 42)], 4)
    truth = {"name": who.name, "id_number": who.number, "card_number": card}
    return sheet, truth | {"issued_on": issued.isoformat()}


_PROVINCES = {"44": "广东省", "33": "浙江省", "51": "四川省", "35": "福建省", "32": "江苏省"}


def residence_front(dice: random.Random, dpi: int) -> tuple[Sheet, Truth]:
    """The side with the portrait of a 居住证."""
    who = folk.somebody(dice, first=1950, last=2012)
    sheet = _card(
        dice, dpi, *dice.choice([((222, 240, 228), (240, 246, 230)), ((250, 238, 222), (232, 240, 250))])
    )
    ink = dice.choice([(30, 90, 60), (40, 80, 150), (20, 20, 20), (120, 70, 30)])
    grow = dice.uniform(0.88, 1.08)
    label = Pen(dice.choice(["light", "hei", "song", "kai"]), 2.7 * grow, ink, 0.3)
    value = Pen(dice.choice(_HANDS), 3.0 * grow, tracking=dice.uniform(0, 0.25))
    titled = dice.random() < 0.5
    top, step = (11.0, 6.0) if titled else (7.0, 6.9)
    if titled:
        title = dice.choice(list(_PROVINCES.values())) + "居住证" if dice.random() < 0.7 else "居 住 证"
        sheet.write((30, 3.6), title, Pen("heavy", 4.6, (150, 30, 30), 0.8), anchor="middle")
    left = dice.uniform(4.5, 7)
    column = left + 9.2 * grow + dice.uniform(0, 1)
    sheet.write((left, top), "姓名", label)
    sheet.write((column, top - 0.2), who.name, value)
    sheet.write((left, top + step), "性别", label)
    sheet.write((column, top + step - 0.2), who.sex, value)
    sheet.write((column + 9, top + step), "民族", label)
    sheet.write((column + 18 * grow, top + step - 0.2), who.group, value)
    _birth(sheet, (left, column, top + 2 * step), who.born, label, value)
    word = dice.choice(["住址", "户籍地址", "常住户口所在地住址", "户籍住址"])
    below = top + 3 * step
    if len(word) > 4:
        sheet.write((left, below), "常住户口", label)
        sheet.write((left, below + label.size * 1.25), "所在地住址", label)
    else:
        sheet.write((left, below), word, label)
    start = column if len(word) == 2 else left + min(5, len(word)) * (label.size + 0.3) + 1.2
    sheet.block((start, below - 0.2), 56 - start, who.home, value, 1.32)
    low = dice.uniform(45, 47)
    sheet.write((left, low), "公民身份号码", label)
    digits = Pen(dice.choice(_DIGITS), 3.5, tracking=dice.uniform(0.1, 0.4))
    sheet.write((29, low - 0.3), who.number, _fitting(sheet, who.number, digits, 52))
    portrait(sheet, (58, 9 + dice.uniform(-1, 3)), (22, 28), marked=False)
    sample_mark(sheet, [(60, 36), (60, 12)], 4)
    return sheet, _holder_truth(who)


def residence_back(dice: random.Random, dpi: int) -> tuple[Sheet, Truth]:
    """The side of a 居住证 that names where its holder lives now."""
    region = dice.choice(folk.counties())
    place, office = folk.home(dice, region), folk.police(dice, region)
    issued = folk.day(dice, date(2016, 1, 1), date(2026, 10, 20))
    sheet = _card(dice, dpi, (232, 240, 246), (240, 246, 230))
    titled = dice.random() < 0.7
    if titled:
        name = _PROVINCES.get(region[:2], "") if dice.random() < 0.6 else ""
        sheet.write((42.8, 5), f"{name}居住证", Pen("heavy", 6.4, (150, 30, 30), 1.2), anchor="middle")
    ink = dice.choice([(30, 90, 60), (40, 80, 150), (20, 20, 20)])
    label = Pen(dice.choice(["light", "hei", "song"]), 2.9, ink, 0.2)
    value = Pen(dice.choice(_HANDS), 3.0, tracking=dice.uniform(0, 0.2))
    left = dice.uniform(6, 10)
    column = left + 15 + dice.uniform(0, 2)
    top = 18.0 if titled else 10.0
    sheet.write((left, top), dice.choice(["居住地址"] * 4 + ["居住地住址", "现居住地址"]), label)
    end = sheet.block((column + 2, top - 0.1), 76 - column, place, value, 1.4)
    top = max(end, top + 5) + dice.uniform(2, 4)
    sheet.write((left, top), "签发机关", label)
    sheet.write((column + 2, top - 0.1), office, value)
    sheet.write((left, top + 6), dice.choice(["签发日期"] * 4 + ["发证日期"]), label)
    sheet.write((column + 2, top + 5.9), folk.written(issued, dice.randrange(4)), value)
    sample_mark(sheet, [(62, 40), (4, 42), (40, 44)], 4)
    truth = {"residence_address": place, "authority": office}
    return sheet, truth | {"issued_on": issued.isoformat()}
