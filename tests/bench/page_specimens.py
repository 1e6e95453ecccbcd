"""Specimen sheets as a scanner sees them, of every sort that decides how a page is best packed.

Each says what is printed on it, so that the text read from a packed page can be judged.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from unittest.mock import patch

from PIL import Image, ImageDraw

from workstation.training.specimens import cards, glass, papers
from workstation.training.specimens.fonts import Face
from workstation.training.specimens.people import SpecimenPerson, person
from workstation.training.specimens.sheet import NOTICE, RED, Sheet, wrap

A4_MM = (210.0, 297.0)
BODY = (
    "根据《中华人民共和国行政许可法》第三十二条的规定, 现将办理本事项所需的材料和期限告知如下。",
    "申请人应当如实提交有关材料和反映真实情况, 并对其申请材料实质内容的真实性负责。",
    "申请材料不齐全或者不符合法定形式的, 应当当场或者在五个工作日内一次告知申请人需要补正的全部内容。",
    "逾期不告知的, 自收到申请材料之日起即为受理。",
    "申请事项依法不属于本机关职权范围的, 应当即时作出不予受理的决定。",
    "窗口收到的材料经核对后当场退还原件, 复印件由窗口归档保存, 保存期限按照国家有关规定执行。",
    "街道办事处应当自受理之日起二十个工作日内作出决定, 经批准可以延长十个工作日。",
)


@dataclass(frozen=True)
class Specimen:
    """One scanned page and the sort it is of."""

    sort: str
    picture: Image.Image
    dpi: int
    text: str
    """All that is written on it, in no certain order."""


def specimens(seed: int, dpi: int = 300) -> Iterator[Specimen]:
    """Yield one page of every sort; another seed gives other people, skew and noise."""
    dice = random.Random(f"pages {seed}")
    somebody, other = person(seed), person(seed + 1)
    for sort, draw in SORTS.items():
        with _written() as texts:
            picture = draw(somebody, other, dice, dpi)
        yield Specimen(sort, picture, dpi, "".join(texts))


@contextmanager
def _written() -> Iterator[list[str]]:
    """Collect what is written on sheets meanwhile."""
    texts: list[str] = []
    write = Sheet.text

    def writing(sheet: Sheet, x: float, y: float, text: str, *rest: Any, **style: Any) -> float:
        texts.append(text)
        return write(sheet, x, y, text, *rest, **style)

    with patch.object(Sheet, "text", writing):
        yield texts


def found_share(wanted: str, read: str) -> float:
    """Return the share of the letters, digits and characters of `wanted` that `read` holds, each once."""
    there = Counter(letter for letter in wanted if letter.isalnum())
    found = Counter(read)
    return sum(min(count, found[letter]) for letter, count in there.items()) / max(1, there.total())


def _notice(one: SpecimenPerson, _other: SpecimenPerson, dice: random.Random, dpi: int) -> Image.Image:
    """Black print on white paper: a notice."""
    return _scanned(_text_sheet(one, dpi), dice, dpi)


def _red_head(one: SpecimenPerson, _other: SpecimenPerson, dice: random.Random, dpi: int) -> Image.Image:
    """An official letter: red heading, red rule, seal over the signature."""
    sheet = Sheet(*A4_MM, dpi)
    sheet.text(28, 22, "样本区华富街道办事处文件", 12, face=Face.SERIF, fill=RED, spread=1.2)
    sheet.line([(22, 44), (188, 44)], fill=RED, width=0.8)
    _body(sheet, 56, one)
    sheet.text(120, 232, "华富街道办事处", 5, face=Face.SERIF)
    sheet.text(120, 242, "2026年11月20日", 5, face=Face.SERIF)
    papers._seal(sheet, 125, 230, "华富街道办事处", "样本专用章")
    sheet.text(25, 282, NOTICE, 3.6, fill=RED)
    return _scanned(sheet.image, dice, dpi)


def _lease(one: SpecimenPerson, other: SpecimenPerson, dice: random.Random, dpi: int) -> Image.Image:
    """A contract with a watermark and a seal."""
    return _scanned(papers.lease_page(one, other, dpi), dice, dpi)


def _form(one: SpecimenPerson, other: SpecimenPerson, dice: random.Random, dpi: int) -> Image.Image:
    """A ruled form, filled in by hand in blue ink."""
    sheet = Sheet(*A4_MM, dpi)
    sheet.text(60, 20, "临时救助申请审批表", 8, face=Face.SERIF, spread=1.5)
    rows = (
        ("申请人姓名", one.name, "公民身份号码", one.id_number),
        ("家庭住址", one.address[:14], "联系电话", "13800000000"),
        ("共同生活人", other.name, "公民身份号码", other.id_number),
        ("申请事由", "患病住院治疗", "申请金额", "人民币叁仟元"),
        ("开户银行", "样本银行华富支行", "银行账号", "6222000000000000000"),
    )
    for row, cells in enumerate(rows * 3):
        y = 40 + row * 14
        sheet.line([(18, y), (192, y), (192, y + 14), (18, y + 14), (18, y)], fill=(30, 30, 34), width=0.3)
        for x, text, blue in zip((21, 52, 102, 136), cells, (False, True, False, True), strict=True):
            sheet.text(x, y + 4.5, text, 4.4, face=Face.SERIF, fill=(34, 60, 150) if blue else (28, 28, 32))
    _stroke(sheet.image, dice, dpi)
    sheet.text(25, 270, NOTICE, 3.6, fill=RED)
    return _scanned(sheet.image, dice, dpi)


def _photocopy(one: SpecimenPerson, other: SpecimenPerson, dice: random.Random, dpi: int) -> Image.Image:
    """A photocopy of a photocopy: grey, soft, dirty."""
    sheet = _text_sheet(one, dpi)
    card = cards.id_card_front(other, dpi).convert("L").convert("RGB")
    sheet.paste(card, (round(60 / 25.4 * dpi), round(205 / 25.4 * dpi)))
    dirty = _scanned(sheet, dice, dpi, noise=6)
    worn = glass.degrade(dirty, dice.randrange(1000), strength=0.6).convert("L").convert("RGB")
    draw = ImageDraw.Draw(worn)
    for _ in range(400):
        x, y, size = dice.randrange(worn.width), dice.randrange(worn.height), dice.choice((1, 1, 2, 3))
        draw.ellipse((x, y, x + size, y + size), fill=(90, 90, 90))
    return worn


def _household(one: SpecimenPerson, other: SpecimenPerson, dice: random.Random, dpi: int) -> Image.Image:
    """A page of the household register: small print on a guilloche."""
    return _cut(papers.household_page(one, "户主", other, dpi), dice, dpi)


def _marriage(one: SpecimenPerson, other: SpecimenPerson, dice: random.Random, dpi: int) -> Image.Image:
    """A marriage certificate: pink paper, photo, seal."""
    return _cut(papers.marriage_certificate_page(one, other, dpi), dice, dpi)


def _card_front(one: SpecimenPerson, _other: SpecimenPerson, dice: random.Random, dpi: int) -> Image.Image:
    """The front of an identity card, cut out."""
    return _cut(cards.id_card_front(one, dpi), dice, dpi)


def _card_back(one: SpecimenPerson, _other: SpecimenPerson, dice: random.Random, dpi: int) -> Image.Image:
    """The back of an identity card, cut out."""
    return _cut(cards.id_card_back(one, dpi), dice, dpi)


SORTS: dict[str, Callable[[SpecimenPerson, SpecimenPerson, random.Random, int], Image.Image]] = {
    "notice": _notice,
    "red-head": _red_head,
    "lease": _lease,
    "form": _form,
    "photocopy": _photocopy,
    "household": _household,
    "marriage": _marriage,
    "card-front": _card_front,
    "card-back": _card_back,
}


def _text_sheet(one: SpecimenPerson, dpi: int) -> Image.Image:
    sheet = Sheet(*A4_MM, dpi)
    sheet.text(70, 24, "办理事项告知书", 9, face=Face.SERIF, spread=1.5)
    _body(sheet, 46, one)
    sheet.text(25, 282, NOTICE, 3.6)
    return sheet.image


def _body(sheet: Sheet, y: float, one: SpecimenPerson) -> None:
    sheet.text(25, y, f"{one.name} (公民身份号码 {one.id_number}):", 4.6, face=Face.SERIF)
    for clause in BODY:
        y += 2.0
        for line in wrap(f"　　{clause}", 34):
            y += 7.6
            sheet.text(25, y, line, 4.6, face=Face.SERIF)


def _stroke(image: Image.Image, dice: random.Random, dpi: int) -> None:
    """Sign with a pen."""
    draw, scale = ImageDraw.Draw(image), dpi / 25.4
    x, y = 130 * scale, 262 * scale
    for _ in range(14):
        to = (x + dice.uniform(-4, 8) * scale, y + dice.uniform(-5, 5) * scale)
        draw.line((x, y, *to), fill=(34, 60, 150), width=max(2, round(0.4 * scale)))
        x, y = to


def _scanned(image: Image.Image, dice: random.Random, dpi: int, *, noise: float = 3.5) -> Image.Image:
    """Lay a sheet on the glass, a little askew, and cut the scan to the sheet again."""
    image.info["dpi"] = (dpi, dpi)
    angle, seed = dice.uniform(-0.4, 0.4), dice.randrange(10_000)
    return glass.on_glass(image, dpi=dpi, angle=angle, noise=noise, at_mm=(0.0, 0.0), seed=seed)


def _cut(image: Image.Image, dice: random.Random, dpi: int) -> Image.Image:
    """Scan a small document and cut it out, two millimetres beyond its edge."""
    image.info["dpi"] = (dpi, dpi)
    border = round(2.5 / 25.4 * dpi)
    width, height = image.width + 2 * border, image.height + 2 * border
    page_mm = (width / dpi * 25.4, height / dpi * 25.4)
    return glass.on_glass(
        image,
        page_mm,
        dpi,
        angle=dice.uniform(-0.3, 0.3),
        noise=3.5,
        background=dice.choice((glass.WHITE_LID, glass.GREY_LID)),
        at_mm=(2.5, 2.5),
        seed=dice.randrange(10_000),
    )
