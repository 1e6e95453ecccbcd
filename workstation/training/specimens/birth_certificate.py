"""A 出生医学证明, main page: the lines of the sixth edition."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from PIL import Image

from ocr.knowledge import regions
from workstation.training.specimens import dates
from workstation.training.specimens.board import Board
from workstation.training.specimens.crowd import citizen
from workstation.training.specimens.look import PLAIN, Look
from workstation.training.specimens.people import FEMALE, MALE, SpecimenPerson, age_on
from workstation.training.specimens.sheet import RED, Colour

KIND = "birth-certificate"
SIZE_MM = (210.0, 148.0)
_PAPER: Colour = (246, 250, 244)
_WAVES: tuple[Colour, Colour] = ((228, 238, 226), (240, 232, 224))
_LABEL: Colour = (48, 74, 58)
_HOSPITALS = (
    "样本妇幼保健院",
    "样本市第一人民医院",
    "样本医科大学附属第二医院",
    "样本县中医院",
    "样本镇中心卫生院",
)
_TITLE, _CELL = 9.0, 3.8


@dataclass(frozen=True, slots=True)
class Birth:
    """What the page says."""

    newborn_name: str
    sex: str
    born_at: datetime
    """Local time, whole minutes."""
    birth_place: str
    hospital: str
    mother: SpecimenPerson
    father: SpecimenPerson
    number: str
    """A letter for the edition and nine digits, the first three 999."""
    issued_on: date
    seed: int


def invent(seed: int) -> Birth:
    """Return a birth from a seed."""
    dice = random.Random(f"{KIND} {seed}")
    born = datetime.combine(dates.some_day(dice, 2010, 2025), datetime.min.time())
    born += timedelta(minutes=dice.randrange(24 * 60))
    mother = citizen(f"mother {seed}", sex=FEMALE, born=(born.year - 42, born.year - 21))
    father = citizen(f"father {seed}", sex=MALE, born=(born.year - 48, born.year - 23))
    code = citizen(f"place {seed}").id_number[:6]
    given = citizen(f"newborn {seed}").name[1:].replace("·", "")
    return Birth(
        newborn_name=father.name[0] + given[:2] if "·" not in father.name else father.name,
        sex=dice.choice((MALE, FEMALE)),
        born_at=born,
        birth_place=regions.full_name(code),
        hospital=dice.choice(_HOSPITALS),
        mother=mother,
        father=father,
        number=f"{dice.choice('JLMNPQRTUVW')}999{dice.randrange(10**6):06d}",
        issued_on=born.date() + timedelta(days=dice.randrange(2, 40)),
        seed=seed,
    )


def truth(birth: Birth) -> dict[str, str]:
    """Return each field in normal form."""
    return {
        "certificate_number": birth.number,
        "newborn_name": birth.newborn_name,
        "sex": birth.sex,
        "born_at": birth.born_at.isoformat(timespec="minutes"),
        "birth_place": birth.birth_place,
        "hospital": birth.hospital,
        "mother_name": birth.mother.name,
        "mother_id_number": birth.mother.id_number,
        "father_name": birth.father.name,
        "father_id_number": birth.father.id_number,
        "issued_on": birth.issued_on.isoformat(),
    }


def draw(birth: Birth, dpi: int = 300, look: Look = PLAIN) -> Image.Image:
    """Draw the page."""
    dice = random.Random(f"draw {KIND} {birth.seed}")
    board = Board(SIZE_MM, dpi, look, paper=_PAPER, waves=_WAVES, rows=40, label=_LABEL)
    board.mark([(50, 50), (105, 80), (160, 112)], 18)
    board.title(9, "出生医学证明", _TITLE, spread=2.5)
    y = dice.uniform(27, 31)
    day, moment = dates.padded(birth.born_at.date()), birth.born_at
    _line(board, y, (
        (14, "新生儿姓名", birth.newborn_name), (74, "性别", birth.sex),
        (98, "出生时间", f"{day}{moment:%H}时{moment:%M}分"),
    ))  # fmt: skip
    _line(board, y + 10, (
        (14, "出生孕周", f"{dice.randrange(36, 42)}周"), (60, "出生体重", f"{dice.randrange(2400, 4300)}克"),
        (112, "出生身长", f"{dice.randrange(46, 54)}厘米"),
    ))  # fmt: skip
    _line(board, y + 20, ((14, "出生地点", birth.birth_place),))
    _line(board, y + 30, ((14, "医疗机构名称", birth.hospital),))
    for row, (who, parent) in enumerate((("母亲", birth.mother), ("父亲", birth.father))):
        _parent(board, y + 42 + row * 22, who, parent, birth.born_at.date())
    _line(board, y + 90, ((100, "签发日期", dates.written(birth.issued_on, dice)),))
    if dice.random() < 0.3:
        behind = board.printed(14, y + 90, "出生证编号", _CELL)
        board.sheet.text(behind + 2.4, y + 89.8, birth.number, _CELL + 0.4, face=look.figures, fill=RED)
    else:
        _line(board, y + 90, ((14, "出生证编号", birth.number),))
    board.printed(100, y + 99, "签发机构(盖章)", _CELL)
    board.seal(160, y + 88, "样本妇幼保健院", "出生医学证明专用章")
    board.notice(14, 141)
    return board.image


def _parent(board: Board, y: float, who: str, parent: SpecimenPerson, day: date) -> None:
    _line(board, y, (
        (14, f"{who}姓名", parent.name), (78, "年龄", str(age_on(parent.birth_date, day))),
        (104, "国籍", "中国"), (136, "民族", parent.ethnicity),
    ))  # fmt: skip
    _line(board, y + 10, ((14, "有效身份证件号码", parent.id_number), (110, "证件类别", "居民身份证")))


def _line(board: Board, y: float, cells: tuple[tuple[float, str, str], ...]) -> None:
    for x, label, value in cells:
        behind = board.printed(x, y, label, _CELL)
        board.filled(behind + 2.4, y - 0.2, value, _CELL + 0.2)
