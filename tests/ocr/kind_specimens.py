"""Specimen pages that are no document of a known kind, or more than one."""

from __future__ import annotations

from PIL import Image

from workstation.training.specimens import cards
from workstation.training.specimens.fonts import Face
from workstation.training.specimens.people import SpecimenPerson
from workstation.training.specimens.sheet import NOTICE, RED, Sheet, wrap


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
