"""The inner page of a 残疾人证 of the second generation (number: 残疾人证管理办法 art. 5)."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date

from PIL import Image

from ocr.knowledge import regions
from ocr.knowledge.vocabulary import DISABILITY_GRADES, DISABILITY_KINDS
from workstation.training.specimens import cards, dates
from workstation.training.specimens.board import Board
from workstation.training.specimens.crowd import citizen
from workstation.training.specimens.look import PLAIN, Look
from workstation.training.specimens.people import SpecimenPerson
from workstation.training.specimens.sheet import Colour

KIND = "disability-certificate"
SIZE_MM = (125.0, 88.0)
_PAPER: Colour = (250, 244, 240)
_WAVES: tuple[Colour, Colour] = ((238, 226, 216), (226, 234, 230))
_LABEL: Colour = (92, 70, 60)
_EM = 3.1
_YEARS = 10


@dataclass(frozen=True, slots=True)
class DisabilityPage:
    """What the page says."""

    person: SpecimenPerson
    kind: str
    """A figure from 1 to 7."""
    grade: str
    """A figure from 1 to 4."""
    guardian: str
    """Empty: none."""
    issuer: str
    issued_on: date
    seed: int

    @property
    def number(self) -> str:
        """The identity number, the kind and the grade: 20 characters."""
        return f"{self.person.id_number}{self.kind}{self.grade}"


def invent(seed: int) -> DisabilityPage:
    """Return a page from a seed."""
    dice = random.Random(f"{KIND} {seed}")
    person = citizen(f"{KIND} {seed}", born=(1940, 2015))
    has_guardian = person.birth_date.year > 2006 or dice.random() < 0.3
    town = regions.names_of(person.id_number[:6])[-1]
    return DisabilityPage(
        person=person,
        kind=dice.choice("1234567"),
        grade=dice.choice("1234"),
        guardian=citizen(f"guardian {seed}", born=(1950, 1990)).name if has_guardian else "",
        issuer=f"{town}残疾人联合会",
        issued_on=dates.some_day(dice, 2016, 2025),
        seed=seed,
    )


def truth(page: DisabilityPage) -> dict[str, str]:
    """Return each field in normal form."""
    person = page.person
    return {
        "name": person.name,
        "sex": person.sex,
        "ethnicity": person.ethnicity,
        "birth_date": person.birth_date.isoformat(),
        "certificate_number": page.number,
        "kind": DISABILITY_KINDS[page.kind],
        "grade": DISABILITY_GRADES[page.grade],
        "address": person.address,
        "guardian": page.guardian,
        "issuer": page.issuer,
        "issued_on": page.issued_on.isoformat(),
        "valid_until": page.issued_on.replace(year=page.issued_on.year + _YEARS).isoformat(),
    }


def draw(page: DisabilityPage, dpi: int = 300, look: Look = PLAIN) -> Image.Image:
    """Draw the page."""
    dice = random.Random(f"draw {KIND} {page.seed}")
    person, said = page.person, truth(page)
    board = Board(SIZE_MM, dpi, look, paper=_PAPER, waves=_WAVES, label=_LABEL)
    board.mark([(36, 30), (66, 56), (100, 74)], 11)
    board.title(4, "中华人民共和国残疾人证", 4.8, spread=0.4)
    board.sheet.place(cards.portrait(person, round(dpi * 1.1)), 94, 13)
    x = dice.uniform(5.5, 8)
    first = ((x, "姓名", person.name), (52.0, "性别", person.sex))
    second = ((x, "民族", person.ethnicity), (52.0, "出生日期", dates.written(person.birth_date, dice)))
    _line(board, 13, first)
    _line(board, 20, second)
    _line(board, 27, ((x, "残疾人证号", page.number),))
    _line(board, 34, ((x, "残疾类别", said["kind"]), (52.0, "残疾等级", said["grade"])))
    board.printed(x, 41, "住址", _EM)
    board.filled_lines(x + 12, 40.8, person.address, _EM + 0.1, columns=22, leading=4.8)
    _line(board, 51.5, ((x, "监护人", page.guardian), (52.0, "联系电话", person.phone)))
    _line(board, 58.5, ((x, dice.choice(("批准残联", "签发机关")), page.issuer),))
    _line(board, 65.5, ((x, "签发日期", dates.padded(page.issued_on)),))
    until = date.fromisoformat(said["valid_until"])
    _line(board, 72.5, ((x, dice.choice(("有效期至", "有效期限至")), dates.padded(until)),))
    board.seal(92, 64, page.issuer[-12:], "样本专用章")
    board.notice(6, 82.5, 2.4)
    return board.image


def _line(board: Board, y: float, cells: tuple[tuple[float, str, str], ...]) -> None:
    for x, label, value in cells:
        behind = board.printed(x, y, label, _EM)
        board.filled(behind + 2.2, y - 0.1, value, _EM + 0.1)
