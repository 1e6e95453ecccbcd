"""Specimen papers beside the identity card: simple, recognisable, and each one says 样本."""

from __future__ import annotations

from datetime import date

from PIL import Image

from workstation.training.specimens import cards
from workstation.training.specimens.fonts import Face
from workstation.training.specimens.people import SpecimenPerson
from workstation.training.specimens.sheet import NOTICE, RED, Colour, Sheet, wrap

HOUSEHOLD_MM = (143.0, 105.0)
RECEIPT_MM = (100.0, 140.0)
MARRIAGE_MM = (180.0, 125.0)
LEASE_MM = (210.0, 297.0)
_HOUSEHOLD_PAPER: Colour = (250, 246, 236)
_MARRIAGE_PAPER: Colour = (253, 242, 238)
_WAVES: tuple[Colour, Colour] = ((240, 228, 214), (244, 220, 216))
_CODE_39 = {
    "0": "nnnwwnwnn", "1": "wnnwnnnnw", "2": "nnwwnnnnw", "3": "wnwwnnnnn", "4": "nnnwwnnnw",
    "5": "wnnwwnnnn", "6": "nnwwwnnnn", "7": "nnnwnnwnw", "8": "wnnwnnwnn",
    "9": "nnwwnnwnn", "*": "nwnnwnwnn",
}  # fmt: skip


def household_page(
    person: SpecimenPerson, relation: str, head: SpecimenPerson, dpi: int = 200
) -> Image.Image:
    """Draw a 常住人口登记卡.

    Args:
        person: whose page.
        relation: to the head of the household, e.g. 户主, 妻, 子.
        head: of the household; gives the place of origin.
        dpi: resolution.
    """
    sheet = Sheet(*HOUSEHOLD_MM, dpi, _HOUSEHOLD_PAPER)
    sheet.guilloche(_WAVES, rows=34)
    sheet.watermark([(32, 40), (72, 62), (112, 84)], 14)
    sheet.text(50, 5.5, "常住人口登记卡", 5.2, face=Face.SERIF, spread=0.8)
    for row, cells in enumerate(_household_rows(person, relation, head)):
        _row(sheet, 15.0 + row * 9.2, 9.2, cells)
    sheet.text(9, 90.5, f"登记日期: {_long(registered_on(person))}", 3.2)
    _seal(sheet, 108, 78, "户口登记机关", "样本专用章")
    sheet.text(9, 98.5, NOTICE, 3.0, fill=RED)
    return sheet.image


def truth_household(person: SpecimenPerson, relation: str, head: SpecimenPerson) -> dict[str, str]:
    """Return what the page of `household_page` says, in normal form."""
    cells = {label: value for row in _household_rows(person, relation, head) for label, value, _ in row}
    return {
        "name": person.name,
        "relation": relation,
        "sex": person.sex,
        "birth_place": cells["出生地"],
        "ethnicity": person.ethnicity,
        "native_place": cells["籍贯"],
        "birth_date": person.birth_date.isoformat(),
        "id_number": person.id_number,
        "education": cells["文化程度"],
        "marital_status": cells["婚姻状况"],
        "employer": cells["服务处所"],
        "registered_on": registered_on(person).isoformat(),
    }


def registered_on(person: SpecimenPerson) -> date:
    """Return the day on the household page: that of the identity card."""
    return person.id_valid_from


def _household_rows(
    person: SpecimenPerson, relation: str, head: SpecimenPerson
) -> tuple[tuple[tuple[str, str, float], ...], ...]:
    origin = head.address[: head.address.index("市") + 1]
    married = "未婚" if relation in {"子", "女"} else "有配偶"
    return (
        (("姓名", person.name, 62.5), ("户主或与户主关系", relation, 62.5)),
        (("曾用名", "", 62.5), ("性别", person.sex, 62.5)),
        (("出生地", origin, 62.5), ("民族", person.ethnicity, 62.5)),
        (("籍贯", origin, 62.5), ("出生日期", _long(person.birth_date), 62.5)),
        (("公民身份号码", person.id_number, 85.0), ("身高", "", 40.0)),
        (("文化程度", "高中", 45.0), ("婚姻状况", married, 45.0), ("兵役状况", "", 35.0)),
        (("服务处所", "样本服务有限公司", 85.0), ("职业", "职员", 40.0)),
        (("何时由何地迁来本址", "", 125.0),),
    )


def _row(sheet: Sheet, y: float, height: float, cells: tuple[tuple[str, str, float], ...]) -> None:
    x = 9.0
    for label, value, width in cells:
        label_width = 6.0 + 3.0 * min(len(label), 9)
        sheet.box(x, y, width, height, outline=(120, 100, 90), pen=0.2)
        sheet.line([(x + label_width, y), (x + label_width, y + height)], fill=(120, 100, 90))
        sheet.text(x + 2, y + 2.6, label, 2.9, fill=(96, 76, 66))
        sheet.text(x + label_width + 2, y + 2.1, value, 3.5)
        x += width


def photo_receipt(person: SpecimenPerson, dpi: int = 200) -> Image.Image:
    """Draw a 数码照相回执 with the portrait, a Code 39 strip and its number."""
    sheet = Sheet(*RECEIPT_MM, dpi)
    sheet.watermark([(30, 46), (66, 96), (36, 118)], 12)
    sheet.box(3, 3, 94, 134, outline=(60, 60, 60), pen=0.3)
    sheet.text(21, 8, "数码照相回执", 7.2, face=Face.SERIF, spread=2.6)
    sheet.place(cards.portrait(person, round(dpi * 1.2)), 58, 26)
    number = receipt_number(person)
    rows = (
        ("姓名", person.name), ("性别", person.sex), ("公民身份号码", ""), ("", person.id_number),
        ("回执编号", ""), ("", number), ("拍摄日期", f"{date(2026, 10, 12)}"), ("有效期", "一年"),
    )  # fmt: skip
    for index, (label, value) in enumerate(rows):
        sheet.text(8, 26 + index * 7.6, f"{label}: " if label else "", 3.6, fill=(70, 70, 74))
        sheet.text(8 if not label else 10 + 4.0 * len(label), 26 + index * 7.6, value, 3.9)
    _barcode(sheet, number, 10, 94, 80, 18)
    sheet.text(19, 114, number, 5.0, spread=1.1)
    sheet.text(10, 122.5, "照片已上传至采集系统, 条码和编号须清晰可辨", 3.2)
    sheet.text(10, 129.5, NOTICE, 3.2, fill=RED)
    return sheet.image


def receipt_number(person: SpecimenPerson) -> str:
    """Return the number of the person's photo receipt: 16 digits beginning with 9999."""
    return f"9999{person.seed:07d}{person.birth_date:%y%m}9"


def _barcode(sheet: Sheet, number: str, x: float, y: float, width: float, height: float) -> None:
    patterns = [_CODE_39[character] for character in f"*{number}*"]
    modules = len(patterns) * 16 - 1
    module, at = width / modules, x
    for pattern in patterns:
        for index, stroke in enumerate(pattern):
            wide = module * (3 if stroke == "w" else 1)
            if index % 2 == 0:
                sheet.box(at, y, max(wide - 1 / sheet.scale, 0), height, outline=None, fill=(0, 0, 0))
            at += wide
        at += module


def marriage_certificate_page(husband: SpecimenPerson, wife: SpecimenPerson, dpi: int = 200) -> Image.Image:
    """Draw the inner page of a 结婚证, the husband its holder."""
    sheet = Sheet(*MARRIAGE_MM, dpi, _MARRIAGE_PAPER)
    sheet.guilloche(_WAVES, rows=40)
    sheet.watermark([(50, 40), (90, 66), (130, 96)], 16)
    sheet.text(72, 7, "结婚证", 8.0, face=Face.SERIF, fill=RED, spread=3.0)
    married = wedding_day(husband, wife)
    head = (
        ("持证人", husband.name),
        ("登记日期", _long(married)),
        ("结婚证字号", marriage_number(husband, wife)),
    )
    for row, (label, value) in enumerate(head):
        sheet.text(14, 22 + row * 7.5, label, 3.6, fill=(120, 60, 56))
        sheet.text(38, 21.7 + row * 7.5, value, 4.0)
    for index, spouse in enumerate((husband, wife)):
        _spouse(sheet, 48 + index * 31, spouse)
    _seal(sheet, 132, 34, "婚姻登记机关", "样本专用章")
    sheet.text(14, 116.5, NOTICE, 3.4, fill=RED)
    return sheet.image


def truth_marriage(husband: SpecimenPerson, wife: SpecimenPerson) -> dict[str, str]:
    """Return what the page of `marriage_certificate_page` says, in normal form."""
    spouses = {
        f"{role}_{field}": value
        for role, spouse in (("husband", husband), ("wife", wife))
        for field, value in (
            ("name", spouse.name),
            ("birth_date", spouse.birth_date.isoformat()),
            ("id_number", spouse.id_number),
        )
    }
    return {
        "holder": husband.name,
        "registered_on": wedding_day(husband, wife).isoformat(),
        "certificate_number": marriage_number(husband, wife),
        **spouses,
    }


def wedding_day(husband: SpecimenPerson, wife: SpecimenPerson) -> date:
    """Return the day of the wedding: when the younger of the two is 24."""
    born = max(husband.birth_date, wife.birth_date)
    return date(born.year + 24, 10, 1)


def marriage_number(husband: SpecimenPerson, wife: SpecimenPerson) -> str:
    """Return the number of the certificate, e.g. `J440304-1989-999123`; the serial begins with 999."""
    return f"J{husband.id_number[:6]}-{wedding_day(husband, wife).year}-999{husband.seed % 1000:03d}"


def _spouse(sheet: Sheet, y: float, person: SpecimenPerson) -> None:
    rows = (
        (("姓名", person.name), ("性别", person.sex)),
        (("国籍", "中国"), ("出生日期", _long(person.birth_date))),
        (("身份证件号", person.id_number),),
    )
    for row, cells in enumerate(rows):
        for column, (label, value) in enumerate(cells):
            sheet.text(14 + column * 50, y + row * 8, label, 3.6, fill=(120, 60, 56))
            sheet.text(38 + column * 50, y - 0.3 + row * 8, value, 4.0)
    sheet.line([(14, y + 25), (124, y + 25)], fill=(214, 170, 164))


def lease_page(tenant: SpecimenPerson, landlord: SpecimenPerson, dpi: int = 200) -> Image.Image:
    """Draw the first page of a 房屋租赁合同 on A4."""
    sheet = Sheet(*LEASE_MM, dpi)
    sheet.watermark([(60, 90), (120, 160), (70, 230)], 22)
    sheet.text(62, 24, "房屋租赁合同", 10, face=Face.SERIF, spread=3.0)
    y = 50.0
    for clause in _clauses(tenant, landlord):
        for line in wrap(clause, 34):
            sheet.text(25, y, line, 4.6, face=Face.SERIF)
            y += 8.2
        y += 2.0
    _seal(sheet, 140, 226, "房屋租赁登记", "样本专用章")
    sheet.text(25, 276, NOTICE, 4.4, fill=RED)
    return sheet.image


def _clauses(tenant: SpecimenPerson, landlord: SpecimenPerson) -> tuple[str, ...]:
    return (
        f"出租人(甲方): {landlord.name}  公民身份号码: {landlord.id_number}",
        f"承租人(乙方): {tenant.name}  公民身份号码: {tenant.id_number}",
        f"第一条 甲方将位于{landlord.address}的房屋出租给乙方居住使用, 建筑面积 68.50 平方米。",
        "第二条 租赁期限自 2026年1月1日 起至 2027年12月31日 止。",
        "第三条 月租金人民币 3200 元整, 乙方于每月 5 日前支付。",
        "第四条 甲方应保证房屋符合安全使用条件, 乙方不得擅自改变房屋用途。",
        "第五条 本合同一式三份, 甲乙双方各执一份, 登记机关留存一份。",
        f"甲方(签名): {landlord.name}        乙方(签名): {tenant.name}",
        "签订日期: 2025年12月20日",
    )


def _seal(sheet: Sheet, x: float, y: float, upper: str, lower: str) -> None:
    side = 30.0
    sheet.ellipse(x, y - 8, side, side, outline=RED, pen=0.8)
    sheet.text(x + (side - 3.0 * len(upper)) / 2, y - 0.5, upper, 3.0, fill=RED)
    sheet.text(x + (side - 6.0) / 2, y + 4.5, "★", 6.0, fill=RED)
    sheet.text(x + (side - 3.0 * len(lower)) / 2, y + 13.0, lower, 3.0, fill=RED)


def _long(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"
