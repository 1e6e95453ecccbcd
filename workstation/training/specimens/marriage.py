"""The inner page of a marriage certificate (结婚证) as the registry prints it since 2004."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date

from PIL import Image

from workstation.training.specimens import cards, dates
from workstation.training.specimens.board import Board
from workstation.training.specimens.crowd import citizen
from workstation.training.specimens.look import PLAIN, Look
from workstation.training.specimens.people import FEMALE, MALE, SpecimenPerson
from workstation.training.specimens.sheet import Colour

KIND = "marriage-certificate"
SIZE_MM = (180.0, 125.0)
_PAPER: Colour = (253, 242, 238)
_WAVES: tuple[Colour, Colour] = ((240, 228, 214), (244, 220, 216))
_LABEL: Colour = (120, 60, 56)


@dataclass(frozen=True, slots=True)
class Marriage:
    """What the page says."""

    husband: SpecimenPerson
    wife: SpecimenPerson
    holder: SpecimenPerson
    registered_on: date
    number: str
    """`J` + office + year + serial beginning with 999."""
    seed: int


def invent(seed: int) -> Marriage:
    """Return a marriage from a seed."""
    dice = random.Random(f"{KIND} {seed}")
    husband = citizen(f"husband {seed}", sex=MALE, born=(1940, 2000))
    year = husband.birth_date.year
    wife = citizen(f"wife {seed}", sex=FEMALE, born=(year - 3, year + 4))
    day = dates.some_day(dice, min(2025, max(1996, year + 26)), 2025)
    number = f"J{husband.id_number[:6]}-{day.year}-999{dice.randrange(1000):03d}"
    return Marriage(husband, wife, dice.choice((husband, wife)), day, number, seed)


def truth(marriage: Marriage) -> dict[str, str]:
    """Return each field in normal form."""
    spouses = {
        f"{role}_{field}": value
        for role, spouse in (("husband", marriage.husband), ("wife", marriage.wife))
        for field, value in (
            ("name", spouse.name),
            ("birth_date", spouse.birth_date.isoformat()),
            ("id_number", spouse.id_number),
        )
    }
    return {
        "holder": marriage.holder.name,
        "registered_on": marriage.registered_on.isoformat(),
        "certificate_number": marriage.number,
        **spouses,
    }


def draw(marriage: Marriage, dpi: int = 300, look: Look = PLAIN) -> Image.Image:
    """Draw the page; the holder's own entry stands first or second, as it is printed."""
    dice = random.Random(f"draw {KIND} {marriage.seed}")
    board = Board(SIZE_MM, dpi, look, paper=_PAPER, waves=_WAVES, rows=40, label=_LABEL)
    board.mark([(50, 40), (90, 66), (130, 96)], 16)
    board.title(6, dice.choice(("结婚证", "中华人民共和国结婚证")), 7.0, fill=(196, 40, 44), spread=1.0)
    head = (
        ("持证人", marriage.holder.name),
        ("登记日期", dates.written(marriage.registered_on, dice)),
        ("结婚证字号", marriage.number),
    )
    left = dice.uniform(12, 18)
    for row, (label, value) in enumerate(head):
        board.printed(left, 20 + row * 7.5, label, 3.6)
        board.filled(left + 24, 19.7 + row * 7.5, value, 4.0)
    board.printed(left, 42.5, "备注", 3.6)
    spouses = [marriage.husband, marriage.wife]
    for index, spouse in enumerate(spouses):
        _spouse(board, left, 52 + index * 30, spouse, dice)
    board.sheet.place(cards.portrait(marriage.holder, round(dpi * 1.25)), 140, 58)
    board.seal(140, 34, "样本区民政局", "婚姻登记专用章")
    board.printed(132, 100, "婚姻登记员", 3.2)
    board.notice(14, 117, 3.2)
    return board.image


def _spouse(board: Board, left: float, y: float, person: SpecimenPerson, dice: random.Random) -> None:
    rows = (
        (("姓名", person.name), ("性别", person.sex)),
        (("国籍", "中国"), ("出生日期", dates.written(person.birth_date, dice))),
        (("身份证件号", person.id_number),),
    )
    for row, cells in enumerate(rows):
        for column, (label, value) in enumerate(cells):
            board.printed(left + column * 60, y + row * 8, label, 3.6)
            board.filled(left + (24 if column == 0 else 78), y - 0.3 + row * 8, value, 4.0)
    board.sheet.line([(left, y + 25), (124, y + 25)], fill=(214, 170, 164))
