"""The data page of a 护照 with its machine-readable zone (ICAO Doc 9303 part 4, TD3)."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date

from PIL import Image
from pypinyin import Style, lazy_pinyin

from ocr.knowledge.regions import full_name
from workstation.training.specimens import cards, dates
from workstation.training.specimens.board import Board
from workstation.training.specimens.crowd import citizen
from workstation.training.specimens.fonts import Face
from workstation.training.specimens.look import PLAIN, Look
from workstation.training.specimens.people import MALE, SpecimenPerson, age_on
from workstation.training.specimens.sheet import INK, Colour

KIND = "passport"
SIZE_MM = (125.0, 88.0)
LENGTH = 44
_PAPER: Colour = (246, 244, 250)
_WAVES: tuple[Colour, Colour] = ((228, 226, 240), (240, 230, 226))
_LABEL: Colour = (92, 74, 58)
_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_GROWN, _LONG, _SHORT = 16, 10, 5


@dataclass(frozen=True, slots=True)
class Passport:
    """What the page says."""

    person: SpecimenPerson
    surname: str
    given_names: str
    number: str
    """E or EA and figures, the last three 996 to 999."""
    issued_on: date
    expiry_date: date
    seed: int


def invent(seed: int) -> Passport:
    """Return a passport from a seed; names have no dots, which passports write as other letters."""
    dice = random.Random(f"{KIND} {seed}")
    person = next(
        one
        for step in range(50)
        if "·" not in (one := citizen(f"{KIND} {seed} {step}", born=(1945, 2015))).name
    )
    issued = dates.some_day(dice, 2017, 2025)
    years = _LONG if age_on(person.birth_date, issued) >= _GROWN else _SHORT
    surname, *given = [_latin(character) for character in person.name]
    letters = dice.choice(("E", "EA", "EB", "EJ"))
    figures = f"{dice.randrange(10 ** (9 - len(letters) - 3)):0{9 - len(letters) - 3}d}"
    last = issued.replace(day=min(issued.day, 28)).replace(year=issued.year + years)
    return Passport(
        person=person,
        surname=surname,
        given_names="".join(given),
        number=f"{letters}{figures}{dice.choice((996, 997, 998, 999))}",
        issued_on=issued,
        expiry_date=last,
        seed=seed,
    )


def _latin(character: str) -> str:
    """A passport writes ü as YU (ICAO 9303 as applied by the exit-entry administration)."""
    return str(lazy_pinyin(character, style=Style.NORMAL, v_to_u=False)[0]).upper().replace("V", "YU")


def check_digit(text: str) -> str:
    """Return the check digit of a field (ICAO 9303-3, 4.9): weights 7, 3, 1; a filler is 0, A is 10."""
    values = (0 if character == "<" else int(character, 36) for character in text)
    return str(sum(value * (7, 3, 1)[place % 3] for place, value in enumerate(values)) % 10)


def zone(passport: Passport) -> tuple[str, str]:
    """Return the two lines of 44 characters."""
    person = passport.person
    names = f"{passport.surname}<<{passport.given_names.replace(' ', '<')}"
    number = passport.number.ljust(9, "<")
    born, until = f"{person.birth_date:%y%m%d}", f"{passport.expiry_date:%y%m%d}"
    optional = "<" * 14
    parts = (number + check_digit(number), born + check_digit(born), until + check_digit(until))
    over_all = check_digit(parts[0] + parts[1] + parts[2] + optional + "0")
    sex = "M" if person.sex == MALE else "F"
    second = f"{parts[0]}CHN{parts[1]}{sex}{parts[2]}{optional}0{over_all}"
    return f"P{_type(passport)}CHN{names}".ljust(LENGTH, "<")[:LENGTH], second


def _type(passport: Passport) -> str:
    return "O" if passport.seed % 3 == 0 else "<"


def truth(passport: Passport) -> dict[str, str]:
    """Return the fields of the zone in normal form."""
    return {
        "issuing_state": "CHN",
        "surname": passport.surname,
        "given_names": passport.given_names,
        "passport_number": passport.number,
        "nationality": "CHN",
        "birth_date": passport.person.birth_date.isoformat(),
        "sex": passport.person.sex,
        "expires_on": passport.expiry_date.isoformat(),
        "personal_number": "",
    }


def draw(passport: Passport, dpi: int = 300, look: Look = PLAIN) -> Image.Image:
    """Draw the page."""
    person = passport.person
    board = Board(SIZE_MM, dpi, look, paper=_PAPER, waves=_WAVES, label=_LABEL)
    board.mark([(56, 36), (100, 50)], 12)
    board.printed(5, 3.5, "护照  PASSPORT", 3.4)
    for x, label, value in (
        (42, "类型/Type", "P"), (60, "国家码/Country Code", "CHN"),
        (92, "护照号/Passport No.", passport.number),
    ):  # fmt: skip
        board.printed(x, 3.5, label, 2.1)
        board.filled(x, 6.5, value, 3.4)
    board.sheet.place(cards.portrait(person, round(dpi * 1.15)), 5, 14)
    sex = "M" if person.sex == MALE else "F"
    place = full_name(person.id_number[:6])[:2]
    rows = (
        ((38, "姓名/Name", f"{person.name}"), (74, "", f"{passport.surname},{passport.given_names}")),
        ((38, "性别/Sex", f"{person.sex}/{sex}"), (58, "国籍/Nationality", "中国/CHINESE"),
         (92, "出生日期/Date of birth", _day(person.birth_date))),
        ((38, "出生地点/Place of birth", place), (80, "签发日期/Date of issue", _day(passport.issued_on))),
        ((38, "签发地点/Place of issue", place), (80, "有效期至/Date of expiry", _day(passport.expiry_date))),
        ((38, "签发机关/Authority", "样本签发机关"),),
    )  # fmt: skip
    for row, cells in enumerate(rows):
        for x, label, value in cells:
            board.printed(x, 12 + row * 9.6, label, 2.1)
            board.filled(x, 14.6 + row * 9.6, value, 3.2)
    board.notice(5, 61.5, 2.3)
    for line, text in enumerate(zone(passport)):
        board.sheet.text(6.2, 68 + line * 7.2, text, 4.1, face=Face.MONO, fill=INK, spread=0.5)
    return board.image


def _day(day: date) -> str:
    return f"{day:%d} {_MONTHS[day.month - 1]} {day.year}"
