"""Papers of every kind that lies on a window's glass, drawn from a seed; each carries 样本.

A paper is a PIL picture with its resolution in `info["dpi"]`. The layout of a form comes from one seed and
what is filled in from another, so two filled copies of one form can be drawn.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from functools import cache
from pathlib import Path

from PIL import Image, ImageDraw, ImageEnhance, ImageFilter, ImageFont

from workstation.training.specimens import cards, papers
from workstation.training.specimens.people import SpecimenPerson, person
from workstation.training.specimens.sheet import NOTICE, RED, Colour, Sheet, wrap

A4_MM = (210.0, 297.0)
_FONTS = (
    ("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc", 2),
    ("/usr/share/fonts/opentype/noto/NotoSerifCJK-Regular.ttc", 2),
    ("/usr/share/fonts/opentype/noto/NotoSerifCJK-Bold.ttc", 2),
    ("/usr/share/fonts/truetype/wqy/wqy-microhei.ttc", 0),
    ("/usr/share/fonts/truetype/arphic/uming.ttc", 0),
)
_CHARACTERS = (
    "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过子说产种面而方后多定行学法所民得经"
    "十三之进着等部度家电力里如水化高自二理起小物现实加量都两体制机当使点从业本去把性好应开它合还因由其些然前外天政四日那社义事平形"
    "相全表间样与关各重新线内数正心反你明看原又么利比或但质气第向道命此变条只没结解问意建月公无系军很情者最立代想已通并提直题党程展"
    "街道办事处申请材料审核登记证明居住户籍社会保障房屋租赁合同签订期限身份号码联系电话地址受理窗口补正承诺办结"
)
_LABELS = (
    "姓名", "性别", "民族", "出生日期", "公民身份号码", "户籍地址", "现住址", "联系电话", "文化程度",
    "婚姻状况", "工作单位", "申请事项", "申请理由", "家庭人口", "月收入", "开户银行", "银行账号",
    "代办人姓名", "与申请人关系", "备注",
)  # fmt: skip
Draw = Callable[[random.Random, int], Image.Image]


@cache
def _font(face: int, size_px: int) -> ImageFont.FreeTypeFont:
    path, index = _FONTS[face]
    if not Path(path).is_file():
        path, index = next(found for found in _FONTS if Path(found[0]).is_file())
    return ImageFont.truetype(path, size_px, index=index, layout_engine=ImageFont.Layout.BASIC)


def words(dice: random.Random, count: int) -> str:
    """Return `count` characters of running text with some figures and commas."""
    text = "".join(
        str(dice.randrange(10)) if dice.random() < 0.06 else dice.choice(_CHARACTERS) for _ in range(count)
    )
    return "".join(c + ("," if dice.random() < 0.05 else "") for c in text)


def write(
    sheet: Sheet, x: float, y: float, text: str, size: float, *, face: int = 0, fill: Colour = (28, 28, 32)
) -> None:
    """Write one line; `x`, `y` and `size` (em) in mm."""
    at = (x * sheet.scale, y * sheet.scale)
    sheet.draw.text(at, text, font=_font(face, max(5, sheet.px(size))), fill=fill)


def scrawl(sheet: Sheet, x: float, y: float, size: float, dice: random.Random, count: int) -> None:
    """Draw `count` characters as a hand would: a few bent strokes each, in blue or black ink."""
    ink = dice.choice(((24, 30, 60), (30, 60, 150), (20, 20, 22)))
    for index in range(count):
        left = x + index * size * 1.05
        for _ in range(dice.randint(3, 7)):
            start = (left + dice.uniform(0, size * 0.8), y + dice.uniform(0, size * 0.8))
            angle, length = (
                dice.choice((0.0, 0.1, 1.5, 2.2)) + dice.uniform(-0.2, 0.2),
                dice.uniform(0.3, 0.8) * size,
            )
            bend = dice.uniform(-0.15, 0.15) * size
            points = [
                (
                    start[0] + math.cos(angle) * length * t - math.sin(angle) * bend * math.sin(t * math.pi),
                    start[1] + math.sin(angle) * length * t + math.cos(angle) * bend * math.sin(t * math.pi),
                )
                for t in (0.0, 0.25, 0.5, 0.75, 1.0)
            ]
            sheet.line(points, fill=ink, width=0.35)


def seal(sheet: Sheet, x: float, y: float, upper: str = "样本专用章", side: float = 36.0) -> None:
    """Stamp a round red seal whose frame has its top left corner at (x, y)."""
    sheet.ellipse(x, y, side, side, outline=RED, pen=0.9)
    write(sheet, x + side / 2 - 4, y + side / 2 - 5, "★", 8.0, fill=RED)
    write(sheet, x + (side - 3.6 * len(upper)) / 2, y + side * 0.7, upper, 3.6, fill=RED)


def _mark(sheet: Sheet, dice: random.Random) -> None:
    write(sheet, 24, sheet.height_mm - 12 - dice.uniform(0, 4), NOTICE, 3.4, fill=RED)


def text_page(dice: random.Random, dpi: int, number: int = 0) -> Image.Image:
    """Draw a page of running text, with a title and a page number where `number` is given."""
    sheet = Sheet(*A4_MM, dpi)
    face, size = dice.randrange(len(_FONTS)), dice.choice((3.7, 4.2, 4.9))
    columns, y = int(160 / size), 28.0
    if not number:
        write(sheet, 105 - 4 * 7, 20, words(dice, 8), 7.0, face=face)
        y = 40.0
    bottom = dice.choice((150, 220, 262))
    while y < bottom:
        for line in wrap("样本" + words(dice, dice.randint(20, 160)), columns):
            write(sheet, 25, y, line, size, face=face)
            y += size * 1.75
    if number:
        write(sheet, 102, 281, f"- {number} -", 3.6, face=face)
    _mark(sheet, dice)
    return sheet.image


def contract_page(dice: random.Random, dpi: int) -> Image.Image:
    """Draw an inner page of a contract, signed at the foot."""
    sheet_image = text_page(dice, dpi, number=dice.randint(2, 12))
    sheet = Sheet(*A4_MM, dpi)
    sheet.image.paste(sheet_image)
    scrawl(sheet, 130, 266, 6, dice, 3)
    return sheet.image


def form(layout: random.Random, values: random.Random, dpi: int) -> Image.Image:
    """Draw a form: title, ruled grid and labels from `layout`, what is filled in from `values`."""
    sheet = Sheet(*A4_MM, dpi)
    face, height = layout.randrange(len(_FONTS)), layout.uniform(10, 15)
    title = words(layout, 6) + "申请表 (样本)"
    write(sheet, 105 - len(title) * 3.2, 18, title, 6.4, face=face)
    labels = layout.sample(_LABELS, len(_LABELS))
    typed = values.random() < 0.5
    for row in range(layout.randint(8, 15)):
        y, wide = 36 + row * height, layout.random() < 0.4
        for column in range(1 if wide else 2):
            x = 20 + column * 85
            sheet.box(x, y, 170 if wide else 85, height)
            sheet.line([(x + 32, y), (x + 32, y + height)])
            write(sheet, x + 2, y + height / 2 - 2, labels[(row * 2 + column) % len(labels)], 3.9, face=face)
            _fill(sheet, x + 35, y + height / 2 - 2.4, values, typed)
    write(sheet, 25, 36 + 15 * height if height < 14 else 262, words(layout, 30), 3.6, face=face)
    if values.random() < 0.5:
        seal(sheet, values.uniform(110, 150), values.uniform(215, 240))
    write(sheet, 24, 284, NOTICE, 3.4, fill=RED)
    return sheet.image


def _fill(sheet: Sheet, x: float, y: float, values: random.Random, typed: bool) -> None:
    count = values.randint(2, 8)
    if values.random() < 0.1:
        return
    if typed:
        write(sheet, x, y, words(values, count), 4.4, face=values.choice((1, 4)))
    else:
        scrawl(sheet, x, y - 0.6, 4.8, values, count)


def form_page(dice: random.Random, dpi: int) -> Image.Image:
    """Draw some filled form."""
    return form(random.Random(dice.random()), random.Random(dice.random()), dpi)


def table_page(dice: random.Random, dpi: int) -> Image.Image:
    """Draw a table of figures with few words."""
    sheet = Sheet(*A4_MM, dpi)
    face, rows, columns = dice.randrange(len(_FONTS)), dice.randint(12, 30), dice.randint(4, 7)
    write(sheet, 70, 18, words(dice, 6) + "明细表", 6, face=face)
    height, width = 235 / rows, 170 / columns
    for row in range(rows):
        for column in range(columns):
            sheet.box(20 + column * width, 34 + row * height, width, height, pen=0.15)
            text = words(dice, 3) if column == 0 or row == 0 else f"{dice.uniform(0, 9999):.2f}"
            write(sheet, 22 + column * width, 34 + row * height + height / 2 - 2, text, 3.6, face=face)
    _mark(sheet, dice)
    return sheet.image


def certificate(dice: random.Random, dpi: int) -> Image.Image:
    """Draw a framed certificate with a red head and a seal, upright or broad, on tinted paper."""
    broad = dice.random() < 0.5
    size = A4_MM[::-1] if broad else A4_MM
    sheet = Sheet(
        *size, dpi, dice.choice(((255, 255, 255), (252, 248, 236), (240, 246, 240), (252, 240, 238)))
    )
    sheet.guilloche(((232, 236, 224), (240, 228, 222)), rows=60)
    sheet.box(12, 12, size[0] - 24, size[1] - 24, outline=(176, 140, 60), pen=1.6)
    sheet.box(15, 15, size[0] - 30, size[1] - 30, outline=(176, 140, 60), pen=0.4)
    head = words(dice, 2) + "证书 样本"
    write(sheet, size[0] / 2 - len(head) * 5.5, 30, head, 12, face=2, fill=RED)
    for row in range(dice.randint(5, 9)):
        label = dice.choice(_LABELS)
        write(sheet, 40, 62 + row * 13, f"{label}: {words(dice, dice.randint(3, 14))}", 5.2, face=1)
    seal(sheet, size[0] - 75, size[1] - 68, words(dice, 4) + "样本", 40)
    _mark(sheet, dice)
    return sheet.image


def photo_page(dice: random.Random, dpi: int) -> Image.Image:
    """Draw a page with a portrait or a landscape-like picture and some lines."""
    sheet = Sheet(*A4_MM, dpi)
    write(sheet, 40, 20, words(dice, 10), 6.0, face=1)
    picture = _landscape(dice).resize((sheet.px(120), sheet.px(80)), Image.Resampling.LANCZOS)
    sheet.place(picture, 45, 40)
    sheet.place(cards.portrait(person(dice.randrange(10**6)), dpi), 150, 150)
    for row in range(10):
        write(sheet, 25, 135 + row * 9, words(dice, dice.randint(10, 22)), 4.4, face=1)
    _mark(sheet, dice)
    return sheet.image


def _landscape(dice: random.Random, width: int = 900, height: int = 600) -> Image.Image:
    """Return soft clouds with a few hard shapes: what a photograph looks like to a machine."""
    clouds = Image.frombytes("RGB", (12, 8), dice.randbytes(12 * 8 * 3))
    picture = clouds.resize((width, height), Image.Resampling.BICUBIC)
    pen = ImageDraw.Draw(picture)
    for _ in range(14):
        x, y = dice.randrange(width), dice.randrange(height)
        colour = tuple(dice.randrange(256) for _ in range(3))
        pen.rectangle((x, y, x + width // 12, y + height // 8), fill=colour)
    return picture.filter(ImageFilter.GaussianBlur(1))


def licence(dice: random.Random, dpi: int) -> Image.Image:
    """Draw a broad licence with a double column of labels and a seal."""
    sheet = Sheet(297, 210, dpi, (253, 250, 242))
    sheet.guilloche(((238, 232, 214), (232, 238, 226)), rows=50)
    sheet.box(10, 10, 277, 190, outline=(190, 150, 70), pen=2.0)
    write(sheet, 110, 28, "许可证 样本", 13, face=2)
    for row in range(5):
        for column in range(2):
            label = dice.choice(_LABELS)
            write(
                sheet,
                34 + column * 125,
                70 + row * 15,
                f"{label}  {words(dice, dice.randint(3, 9))}",
                5.0,
                face=1,
            )
    seal(sheet, 210, 140)
    return sheet.image


def nearly_empty(dice: random.Random, dpi: int) -> Image.Image:
    """Draw a page with a page number or a stamp and nothing else."""
    sheet = Sheet(*A4_MM, dpi)
    if dice.random() < 0.5:
        write(sheet, 88, 280, f"样本 - {dice.randint(2, 30)} -", 3.7, face=1)
    else:
        seal(sheet, dice.uniform(40, 140), dice.uniform(40, 220), words(dice, 4) + "样本")
    return sheet.image


def photocopy(dice: random.Random, dpi: int) -> Image.Image:
    """Draw a black-and-white copy of a page: grey ground, broken strokes, dirt."""
    page = dice.choice((text_page, form_page, table_page, contract_page, lease))(dice, dpi)
    copy = page.convert("L").filter(ImageFilter.GaussianBlur(dpi / 400))
    gain, ground = dice.uniform(1.3, 2.2), dice.randint(214, 250)
    copy = copy.point(
        [max(12, min(ground, round(ground - (ground - level) * gain + 18))) for level in range(256)]
    )
    pen = ImageDraw.Draw(copy)
    for _ in range(dice.randint(5, 40)):
        x, y, size = (
            dice.randrange(copy.width),
            dice.randrange(copy.height),
            dice.uniform(0.1, 0.5) * dpi / 25.4,
        )
        pen.ellipse((x, y, x + size, y + size), fill=dice.randint(40, 140))
    result = ImageEnhance.Contrast(copy).enhance(dice.uniform(0.85, 1.0)).convert("RGB")
    result.info["dpi"] = (dpi, dpi)
    return result


def somebody(dice: random.Random) -> SpecimenPerson:
    """Return an invented person."""
    return person(dice.randrange(10**6))


def card_front(dice: random.Random, dpi: int) -> Image.Image:
    """Draw the portrait side of an identity card."""
    return cards.id_card_front(somebody(dice), dpi)


def card_back(dice: random.Random, dpi: int) -> Image.Image:
    """Draw the emblem side of an identity card."""
    return cards.id_card_back(somebody(dice), dpi)


def household(dice: random.Random, dpi: int) -> Image.Image:
    """Draw a page of a household register."""
    return papers.household_page(somebody(dice), dice.choice(("妻", "子", "女")), somebody(dice), dpi)


def marriage(dice: random.Random, dpi: int) -> Image.Image:
    """Draw the inner page of a marriage certificate."""
    return papers.marriage_certificate_page(somebody(dice), somebody(dice), dpi)


def receipt(dice: random.Random, dpi: int) -> Image.Image:
    """Draw a photo receipt."""
    return papers.photo_receipt(somebody(dice), dpi)


def lease(dice: random.Random, dpi: int) -> Image.Image:
    """Draw the first page of a lease."""
    return papers.lease_page(somebody(dice), somebody(dice), dpi)


SHEETS: dict[str, Draw] = {
    "text": text_page,
    "contract": contract_page,
    "form": form_page,
    "table": table_page,
    "certificate": certificate,
    "photo": photo_page,
    "licence": licence,
    "photocopy": photocopy,
    "lease": lease,
}
"""Papers of A4, upright or broad."""
SMALL: dict[str, Draw] = {
    "id-card-front": card_front,
    "id-card-back": card_back,
    "household-register-page": household,
    "marriage-certificate": marriage,
    "receipt": receipt,
}
"""Papers smaller than the glass."""
