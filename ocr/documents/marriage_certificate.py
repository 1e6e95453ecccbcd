"""The inner page of the 结婚证: its holder, its number, and two people whom their sex tells apart."""

from __future__ import annotations

import re
from datetime import date

from ocr import checks
from ocr.documents import fields
from ocr.documents.form import Blank, Filled, Form
from ocr.port import FieldReading

KIND = "marriage-certificate"
FIELDS = (
    "holder", "registered_on", "certificate_number", "husband_name", "husband_birth_date",
    "husband_id_number", "wife_name", "wife_birth_date", "wife_id_number",
)  # fmt: skip
_OF_EACH = {
    "name": ("姓名", 0), "sex": ("性别", 0), "birth_date": ("出生日期", 0), "id_number": ("身份证件号", 18),
}  # fmt: skip
_ALSO = {
    "id_number": ("身份证号", "身份证号码", "身份证件号码", "公民身份号码"),
    "birth_date": ("出生年月日",),
}
FORM = Form(
    blanks={
        "holder": Blank("持证人"),
        "registered_on": Blank("登记日期"),
        "certificate_number": Blank("结婚证字号"),
    }
    | {
        f"{name}_{place}": Blank(label, also=_ALSO.get(name, ()), nth=place, digits=length > 0, length=length)
        for place in (0, 1)
        for name, (label, length) in _OF_EACH.items()
    },
    others=("国籍", "备注", "婚姻登记员"),
    titles=("结婚证",),
    least=4,
)
_SHAPE = re.compile(r"[JL][0-9]{6}-[0-9]{4}-[0-9]{6}")
_NUMBER = re.compile(r"([JL])([0-9]{6})[-—－一_~.·]?([12][0-9]{3})[-—－一_~.·]?([0-9]{6})")
_LIKE_DIGITS = str.maketrans("OoIl", "0011")


def interpret(blanks: Filled, today: date) -> dict[str, FieldReading]:
    """Return the fields of a certificate."""
    married = fields.date_of(blanks["registered_on"], today)
    people = [_person(blanks, place, today) for place in (0, 1)]
    sex = _sex(people[0], people[1])
    people = people if sex else [_either(person) for person in people]
    husband, wife = people if sex != "女" else people[::-1]
    number = fields.checked(
        blanks["certificate_number"], fields.plainly(_certificate_number), "shape",
        lambda value: bool(_SHAPE.fullmatch(value)),
    )  # fmt: skip
    return {
        "holder": fields.name_of(blanks["holder"]),
        "registered_on": married,
        "certificate_number": number,
        **{f"husband_{name}": husband[name] for name in ("name", "birth_date", "id_number")},
        **{f"wife_{name}": wife[name] for name in ("name", "birth_date", "id_number")},
    }


def _person(blanks: Filled, place: int, today: date) -> dict[str, FieldReading]:
    own = {name: blanks[f"{name}_{place}"] for name in _OF_EACH}
    number = fields.number_of(own["id_number"], fields.known_of(own["birth_date"], own["sex"], today))
    return {
        "name": fields.name_of(own["name"]),
        "sex": fields.sex_of(own["sex"], number),
        "birth_date": fields.birth_of(own["birth_date"], number, today),
        "id_number": number,
    }


def _either(person: dict[str, FieldReading]) -> dict[str, FieldReading]:
    """Return what is right of one of the two, while nothing says of which."""
    return {name: fields.at_most(field, fields.DOUBTFUL) for name, field in person.items()}


def _sex(first: dict[str, FieldReading], second: dict[str, FieldReading]) -> str:
    """Return the sex of the first of the two; where only the other's was read, it is not that one.

    Empty when neither tells, or both tell the same.
    """
    said = checks.sex_of(first["id_number"].value) if first["id_number"].valid else first["sex"].value
    other = second["sex"].value
    if not other or said == other:
        return "" if said == other else said
    return said or ("女" if other == "男" else "男")


def _certificate_number(text: str) -> str:
    """Return `J440304-2016-000123`; numbers of older books are free text and stay as they are."""
    plain = "".join(text.split()).translate(_LIKE_DIGITS)
    found = _NUMBER.search(plain)
    return f"{found[1]}{found[2]}-{found[3]}-{found[4]}" if found else "".join(text.split())
