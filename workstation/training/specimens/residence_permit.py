"""Both sides of a 居住证 (ID-1; content by 居住证暂行条例 art. 4)."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date

from PIL import Image

from ocr.knowledge import regions
from workstation.training.specimens import cards, dates
from workstation.training.specimens.board import Board
from workstation.training.specimens.crowd import address, citizen
from workstation.training.specimens.look import PLAIN, Look
from workstation.training.specimens.people import SpecimenPerson
from workstation.training.specimens.sheet import Colour

FRONT, BACK = "residence-permit-front", "residence-permit-back"
SIZE_MM = cards.CARD_MM
_PAPER: Colour = (242, 247, 244)
_WAVES: tuple[Colour, Colour] = ((214, 234, 224), (236, 232, 214))
_LABEL: Colour = (46, 96, 84)
_EM = 3.1


@dataclass(frozen=True, slots=True)
class ResidencePermit:
    """What both sides say."""

    person: SpecimenPerson
    residence_address: str
    """Where the holder lives; the person's own address is that of the household register."""
    authority: str
    issued_on: date
    province: str
    seed: int


def invent(seed: int) -> ResidencePermit:
    """Return a permit from a seed."""
    dice = random.Random(f"residence permit {seed}")
    host = citizen(f"host {seed}")
    code = host.id_number[:6]
    return ResidencePermit(
        person=citizen(f"permit {seed}", born=(1950, 2012)),
        residence_address=address(code, dice),
        authority=host.issuing_authority,
        issued_on=dates.some_day(dice, 2016, 2025),
        province=regions.names_of(f"{code[:2]}0000")[-1],
        seed=seed,
    )


def truth_front(permit: ResidencePermit) -> dict[str, str]:
    """Return each field of the side with the portrait, in normal form."""
    person = permit.person
    return {
        "name": person.name,
        "sex": person.sex,
        "ethnicity": person.ethnicity,
        "birth_date": person.birth_date.isoformat(),
        "address": person.address,
        "id_number": person.id_number,
    }


def truth_back(permit: ResidencePermit) -> dict[str, str]:
    """Return each field of the other side, in normal form."""
    return {
        "residence_address": permit.residence_address,
        "authority": permit.authority,
        "issued_on": permit.issued_on.isoformat(),
    }


def draw_front(permit: ResidencePermit, dpi: int = 300, look: Look = PLAIN) -> Image.Image:
    """Draw the side with the portrait."""
    person = permit.person
    board = Board(SIZE_MM, dpi, look, paper=_PAPER, waves=_WAVES, label=_LABEL)
    board.mark([(24, 40), (48, 20)], 8)
    board.title(3.4, f"{permit.province}居住证", 3.8, x=6, spread=0.4)
    born = dates.plain(person.birth_date)
    board.sheet.place(cards.portrait(person, round(dpi * 0.94)), 61, 9)
    for x, y, label, value in (
        (6, 10.5, "姓名", person.name), (6, 16.6, "性别", person.sex), (30, 16.6, "民族", person.ethnicity),
        (6, 22.7, "出生日期", born), (6, 28.8, "户籍地址", ""), (6, 44.0, "公民身份号码", person.id_number),
    ):  # fmt: skip
        behind = board.printed(x, y, label, _EM - 0.4)
        board.filled(behind + 2.0, y - 0.3, value, _EM + (0.5 if value == person.id_number else 0))
    board.filled_lines(19.4, 28.5, person.address, _EM, columns=12, leading=4.7)
    board.notice(6, 50.3, 2.1)
    return board.image


def draw_back(permit: ResidencePermit, dpi: int = 300, look: Look = PLAIN) -> Image.Image:
    """Draw the side with the address and the yearly endorsements."""
    dice = random.Random(f"draw back {permit.seed}")
    board = Board(SIZE_MM, dpi, look, paper=_PAPER, waves=_WAVES, label=_LABEL)
    board.mark([(30, 34), (66, 24)], 8)
    board.title(4.0, "中华人民共和国居住证", 4.2, spread=0.5)
    board.printed(6, 13, "居住地址", _EM - 0.3)
    board.filled_lines(21, 12.8, permit.residence_address, _EM, columns=18, leading=4.7)
    for y, label, value in (
        (26.5, "签发机关", permit.authority),
        (33.0, "签发日期", dates.written(permit.issued_on, dice)),
    ):
        board.printed(6, y, label, _EM - 0.3)
        board.filled(21, y - 0.2, value, _EM)
    board.printed(6, 39.5, "签注", _EM - 0.3)
    for column in range(4):
        board.sheet.box(21 + column * 15, 38.6, 14, 8.5, outline=(150, 170, 162))
    board.notice(6, 50.3, 2.1)
    return board.image
