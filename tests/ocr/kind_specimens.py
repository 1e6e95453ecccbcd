"""Specimen pages of documents that practice does not need: titles and labels as the real ones have them."""

from __future__ import annotations

from PIL import Image

from workstation.training.specimens import cards
from workstation.training.specimens.fonts import Face
from workstation.training.specimens.people import SpecimenPerson
from workstation.training.specimens.sheet import NOTICE, RED, Colour, Sheet, wrap

Cell = tuple[float, float, str, str]
"""x and y in mm, label, value."""
BROWN: Colour = (92, 74, 58)
_WAVES: tuple[Colour, Colour] = ((232, 226, 210), (220, 232, 224))


def business_licence(person: SpecimenPerson, dpi: int = 200) -> Image.Image:
    sheet = Sheet(297, 210, dpi, (252, 248, 238))
    sheet.guilloche(_WAVES, rows=50)
    sheet.watermark([(80, 90), (200, 150)], 24)
    sheet.text(98, 38, "营业执照", 19, face=Face.SERIF, spread=7)
    sheet.text(136, 62, "(副本)", 6, face=Face.SERIF)
    sheet.text(28, 48, "统一社会信用代码", 4.2)
    sheet.text(28, 55, "91440300MA5F9969XX", 4.6)
    left = ("名称", "类型", "法定代表人", "经营范围")
    right = ("注册资本", "成立日期", "住所")
    _column(
        sheet, 40, 84, left, ("深圳市样本服务有限公司", "有限责任公司", person.name, "日用品销售; 家政服务")
    )
    _column(sheet, 165, 84, right, ("壹佰万元整", "2021年03月09日", person.address))
    sheet.text(170, 160, "登记机关", 5)
    sheet.text(28, 200, NOTICE, 4, fill=RED)
    return sheet.image


def birth_certificate(mother: SpecimenPerson, father: SpecimenPerson, dpi: int = 200) -> Image.Image:
    sheet = Sheet(210, 148, dpi, (246, 250, 244))
    sheet.guilloche(_WAVES, rows=40)
    sheet.watermark([(60, 60), (150, 100)], 18)
    sheet.text(66, 10, "出生医学证明", 9, face=Face.SERIF, spread=3)
    rows: tuple[tuple[Cell, ...], ...] = (
        (
            (14, 30, "新生儿姓名", "赵样本"),
            (84, 30, "性别", "女"),
            (120, 30, "出生时间", "2024年5月6日8时20分"),
        ),
        ((14, 42, "出生孕周", "39周"), (84, 42, "出生体重", "3200克"), (140, 42, "出生身长", "50厘米")),
        ((14, 54, "出生地点", "广东省深圳市福田区"), (110, 54, "医疗机构名称", "样本妇幼保健院")),
        ((14, 66, "母亲姓名", mother.name), (84, 66, "年龄", "31"), (120, 66, "国籍", "中国")),
        ((14, 76, "有效身份证件号码", mother.id_number),),
        ((14, 88, "父亲姓名", father.name), (84, 88, "年龄", "33"), (120, 88, "国籍", "中国")),
        ((14, 98, "有效身份证件号码", father.id_number),),
        ((14, 114, "出生证编号", "Z999000996"), (110, 114, "签发日期", "2024年5月9日")),
    )
    for row in rows:
        _cells(sheet, row, 4.0)
    sheet.text(14, 138, NOTICE, 3.4, fill=RED)
    return sheet.image


def disability_certificate(person: SpecimenPerson, dpi: int = 300) -> Image.Image:
    sheet = Sheet(120, 82, dpi, (250, 244, 240))
    sheet.guilloche(_WAVES)
    sheet.watermark([(40, 50)], 12)
    sheet.text(26, 5, "中华人民共和国残疾人证", 5.6, face=Face.SERIF)
    sheet.place(cards.portrait(person, dpi), 90, 16)
    cells: tuple[Cell, ...] = (
        (6, 16, "姓名", person.name), (44, 16, "性别", person.sex),
        (6, 24, "残疾人证号", f"{person.id_number}43"),
        (6, 32, "残疾类别", "肢体"), (44, 32, "残疾等级", "三级"), (6, 40, "住址", person.address[:12]),
        (6, 48, "监护人", "无"), (6, 56, "签发日期", "2020年01月06日"),
        (6, 64, "批准残联", "福田区残疾人联合会"),
    )  # fmt: skip
    _cells(sheet, cells, 3.2)
    sheet.text(6, 74, NOTICE, 2.8, fill=RED)
    return sheet.image


def passport_page(person: SpecimenPerson, dpi: int = 300) -> Image.Image:
    sheet = Sheet(125, 88, dpi, (246, 244, 250))
    sheet.guilloche(_WAVES)
    sheet.watermark([(70, 40)], 12)
    sheet.text(6, 4, "护照 PASSPORT", 3.6)
    sheet.text(42, 4, "类型/Type  P    国家码/Country Code  CHN    护照号/Passport No.", 2.3)
    sheet.text(92, 8, "E99900996", 3.8)
    sheet.place(cards.portrait(person, dpi), 6, 16)
    labels = ("姓名/Name", "性别/Sex  国籍/Nationality  出生日期/Date of birth", "出生地点/Place of birth",
              "签发日期/Date of issue   有效期至/Date of expiry", "签发机关/Authority")  # fmt: skip
    values = (f"{person.name}  YANGBEN", f"{person.sex}/M  中国/CHINESE  08 MAR 1964", "广东/GUANGDONG",
              "09 JAN 2020   08 JAN 2030", "样本机关")  # fmt: skip
    for row, (label, value) in enumerate(zip(labels, values, strict=True)):
        sheet.text(38, 13 + row * 10, label, 2.2, fill=BROWN)
        sheet.text(38, 16 + row * 10, value, 3.4)
    sheet.text(6, 64, NOTICE, 2.6, fill=RED)
    sheet.text(6, 70, "POCHNZHAO<<YANGBEN<<<<<<<<<<<<<<<<<<<<<<<<<<", 4.0, spread=0.2)
    sheet.text(6, 77, "E999009967CHN6403085M3001089<<<<<<<<<<<<<<04", 4.0, spread=0.2)
    return sheet.image


def social_security_card(person: SpecimenPerson, dpi: int = 300) -> Image.Image:
    sheet = _card(dpi)
    sheet.text(18, 4, "中华人民共和国社会保障卡", 4.0, face=Face.SERIF)
    cells: tuple[Cell, ...] = (
        (28, 16, "姓名", person.name), (28, 23, "社会保障号码", ""), (28, 28, "", person.id_number),
        (28, 35, "卡号", "ZZ9990996"), (28, 42, "发卡日期", "2021年6月"),
    )  # fmt: skip
    _cells(sheet, cells, 3.2)
    sheet.place(cards.portrait(person, dpi).resize((180, 240)), 5, 14)
    return sheet.image


def residence_permit(person: SpecimenPerson, dpi: int = 300) -> Image.Image:
    sheet = _card(dpi)
    sheet.text(6, 4, "广东省居住证", 5.0, face=Face.SERIF, spread=0.6)
    cells: tuple[Cell, ...] = (
        (6, 13, "姓名", person.name), (32, 13, "性别", person.sex), (6, 19, "民族", person.ethnicity),
        (6, 25, "居住地址", "福田区华富街道样本路102号"), (6, 34, "公民身份号码", ""),
        (28, 34, "", person.id_number),
        (6, 41, "签发机关", "深圳市公安局"),
    )  # fmt: skip
    _cells(sheet, cells, 2.9)
    return sheet.image


def property_certificate(person: SpecimenPerson, dpi: int = 200) -> Image.Image:
    sheet = Sheet(190, 260, dpi, (252, 246, 240))
    sheet.guilloche(_WAVES, rows=60)
    sheet.watermark([(70, 100), (120, 180)], 20)
    sheet.text(20, 16, "粤(2020)深圳市不动产权第0999996号", 6)
    rows = (("权利人", person.name), ("共有情况", "单独所有"), ("坐落", person.address[:18]),
            ("不动产单元号", "440304 007006 GB00099 F00010996"),
            ("权利类型", "国有建设用地使用权/房屋所有权"),
            ("权利性质", "出让/市场化商品房"), ("用途", "城镇住宅用地/住宅"), ("面积", "68.50平方米"),
            ("使用期限", "2001年1月1日起至2071年1月1日止"), ("权利其他状况", ""))  # fmt: skip
    for row, (label, value) in enumerate(rows):
        y = 34 + row * 19
        sheet.box(16, y, 160, 19, outline=BROWN)
        sheet.line([(54, y), (54, y + 19)], fill=BROWN)
        sheet.text(20, y + 6, label, 4.6)
        sheet.text(58, y + 6, value, 4.6)
    sheet.text(20, 240, NOTICE, 4, fill=RED)
    return sheet.image


def filled_form(person: SpecimenPerson, dpi: int = 200) -> Image.Image:
    """An application with every word that certificates have."""
    sheet = Sheet(210, 297, dpi)
    sheet.watermark([(60, 120), (140, 200)], 20)
    sheet.text(44, 16, "个体工商户营业执照和居住证申请表", 7, face=Face.SERIF)
    rows = (("姓名", person.name, "性别", person.sex), ("民族", person.ethnicity, "出生日期", "1964年3月8日"),
            ("公民身份号码", person.id_number, "文化程度", "高中"),
            ("户主或与户主关系", "户主", "婚姻状况", "有配偶"),
            ("住址", person.address, "", ""), ("营业执照号码", "无", "经营者", person.name),
            ("经营范围", "理发服务", "经营场所", "样本路7号"),
            ("护照号", "无", "残疾人证号", "无"))  # fmt: skip
    for row, cells in enumerate(rows):
        y = 36 + row * 12
        sheet.box(15, y, 180, 12)
        for column in (0, 1):
            sheet.text(18 + column * 92, y + 4, cells[2 * column], 4)
            sheet.text(54 + column * 80, y + 4, cells[2 * column + 1], 4)
    sheet.text(18, 280, NOTICE, 4, fill=RED)
    return sheet.image


def letter(text: str, dpi: int = 200) -> Image.Image:
    """A page of running text without any title."""
    sheet = Sheet(210, 297, dpi)
    for row, line in enumerate(wrap(text, 34)):
        sheet.text(25, 30 + row * 8, line, 4.6, face=Face.SERIF)
    sheet.text(25, 280, NOTICE, 4, fill=RED)
    return sheet.image


def holiday_photo(dpi: int = 200) -> Image.Image:
    """A picture of hills in the shape of a card, with 样本 on it and no other word."""
    sheet = Sheet(150, 100, dpi, (150, 190, 230))
    for hill in range(6):
        sheet.ellipse(hill * 26 - 20, 50 + hill * 4, 80, 90, fill=(60 + hill * 12, 110 + hill * 10, 70))
    sheet.ellipse(110, 10, 18, 18, fill=(250, 230, 150))
    sheet.text(60, 88, "样本", 6, fill=RED)
    return sheet.image


def both_sides(person: SpecimenPerson, dpi: int = 200) -> Image.Image:
    """Both sides of an identity card copied on one sheet."""
    sheet = Sheet(210, 297, dpi)
    sheet.place(cards.id_card_front(person, dpi), 60, 40)
    sheet.place(cards.id_card_back(person, dpi), 60, 130)
    return sheet.image


def _card(dpi: int) -> Sheet:
    sheet = Sheet(*cards.CARD_MM, dpi, (242, 246, 248))
    sheet.guilloche(_WAVES)
    sheet.watermark([(60, 30)], 8)
    sheet.text(6, 49.5, NOTICE, 2.2, fill=RED)
    return sheet


def _column(sheet: Sheet, x: float, y: float, labels: tuple[str, ...], values: tuple[str, ...]) -> None:
    _cells(
        sheet,
        tuple((x, y + row * 13, *pair) for row, pair in enumerate(zip(labels, values, strict=True))),
        5.0,
    )


def _cells(sheet: Sheet, cells: tuple[Cell, ...], em: float) -> None:
    for x, y, label, value in cells:
        behind = sheet.text(x, y, label, em, fill=BROWN) if label else x
        sheet.text(behind + em * 0.8, y - 0.2, value, em + 0.2)
