"""The portrait side of the 居住证 (居住证暂行条例 art. 4)."""

from __future__ import annotations

from datetime import date

from ocr.documents import fields
from ocr.documents.form import Blank, Filled, Form
from ocr.port import FieldReading

KIND = "residence-permit-front"
FIELDS = ("name", "sex", "ethnicity", "birth_date", "address", "id_number")
FORM = Form(
    blanks={
        "name": Blank("姓名"),
        "sex": Blank("性别"),
        "ethnicity": Blank("民族"),
        "birth_date": Blank("出生日期", also=("出生",)),
        "address": Blank(
            "户籍地址", also=("常住户口所在地住址", "户口所在地住址", "户籍住址", "住址"), lines=4
        ),
        "id_number": Blank("公民身份号码", digits=True, length=18, below=True),
    },
    titles=("居住证",),
    least=4,
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
