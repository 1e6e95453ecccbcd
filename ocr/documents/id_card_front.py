"""The portrait side of the 居民身份证 (content by 居民身份证法 art. 3, number by GB 11643)."""

from __future__ import annotations

from datetime import date

from ocr.documents import fields
from ocr.documents.form import Blank, Filled, Form
from ocr.port import FieldReading

KIND = "id-card-front"
FIELDS = ("name", "sex", "ethnicity", "birth_date", "address", "id_number")
FORM = Form(
    blanks={
        "name": Blank("姓名", window=(14.0, 5.0, 41.0, 6.6)),
        "sex": Blank("性别", window=(14.0, 12.0, 9.0, 6.0)),
        "ethnicity": Blank("民族", window=(30.6, 12.0, 24.0, 6.0)),
        "birth_date": Blank("出生", window=(14.0, 18.2, 41.0, 6.0)),
        "address": Blank("住址", lines=4, window=(14.0, 24.5, 40.6, 19.4)),
        "id_number": Blank("公民身份号码", digits=True, length=18, window=(26.5, 43.9, 58.0, 7.0)),
    },
    places={
        "姓名": (6.2, 8.0), "性别": (6.2, 14.6), "民族": (24.0, 14.6), "出生": (6.2, 20.8),
        "住址": (6.2, 27.4), "公民身份号码": (6.2, 47.6),
    },
    em=2.75,
    least=3,
)  # fmt: skip


def interpret(blanks: Filled, today: date) -> dict[str, FieldReading]:
    """Return the fields of a card."""
    known = fields.known_of(blanks["birth_date"], blanks["sex"], today)
    number = fields.number_of(blanks["id_number"], known)
    return {
        "name": fields.name_of(blanks["name"]),
        "sex": fields.sex_of(blanks["sex"], number),
        "ethnicity": fields.ethnicity_of(blanks["ethnicity"]),
        "birth_date": fields.birth_of(blanks["birth_date"], number, today),
        "address": fields.address_of(blanks["address"]),
        "id_number": number,
    }
