"""残疾人证: its number is the citizen's, with a figure each for kind and grade (残疾人证管理办法 art. 5)."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

from ocr import checks
from ocr.documents import fields
from ocr.documents.form import Blank, Filled, Form, Written
from ocr.knowledge import identity
from ocr.knowledge.vocabulary import DISABILITY_GRADES, DISABILITY_KINDS
from ocr.port import FieldReading

KIND = "disability-certificate"
FIELDS = (
    "name", "sex", "ethnicity", "birth_date", "certificate_number", "kind", "grade", "address", "guardian",
    "issuer", "issued_on", "valid_until",
)  # fmt: skip
FORM = Form(
    blanks={
        "name": Blank("姓名"),
        "sex": Blank("性别"),
        "ethnicity": Blank("民族"),
        "birth_date": Blank("出生日期", also=("出生年月", "出生")),
        "certificate_number": Blank("残疾人证号", also=("残疾证号", "证号"), digits=True, length=20),
        "kind": Blank("残疾类别"),
        "grade": Blank("残疾等级"),
        "address": Blank("住址", also=("家庭住址",), lines=3),
        "guardian": Blank("监护人"),
        "issuer": Blank("批准残联", also=("签发机关", "发证机关", "批准机关")),
        "issued_on": Blank("签发日期", also=("发证日期", "批准日期")),
        "valid_until": Blank("有效期至", also=("有效期限至", "有效期限", "有效期")),
    },
    others=("联系电话", "电话", "文化程度"),
    titles=("残疾人证",),
    least=4,
)
_SHAPE = re.compile(r"[0-9]{17}[0-9X][1-7][1-4](B[1-9][0-9]?)?")
_LIKE_DIGITS = str.maketrans("OoDIlSZx", "0001152X")


def interpret(blanks: Filled, today: date) -> dict[str, FieldReading]:
    """Return the fields of a certificate."""
    certificate = _certificate(blanks["certificate_number"])
    number = replace(certificate, value=certificate.value[:18])
    issued = fields.date_of(blanks["issued_on"], today)
    return {
        "name": fields.name_of(blanks["name"]),
        "sex": fields.sex_of(blanks["sex"], number),
        "ethnicity": fields.ethnicity_of(blanks["ethnicity"]),
        "birth_date": fields.birth_of(blanks["birth_date"], number, today),
        "certificate_number": certificate,
        "kind": _coded(blanks["kind"], certificate, 18, DISABILITY_KINDS, ("残疾",)),
        "grade": _coded(blanks["grade"], certificate, 19, DISABILITY_GRADES, ()),
        "address": fields.address_of(blanks["address"]),
        "guardian": fields.name_of(blanks["guardian"]),
        "issuer": fields.ending(
            fields.office_of(blanks["issuer"], "length", lambda value: len(value) >= 4), ("联合会", "残联")
        ),
        "issued_on": issued,
        "valid_until": fields.date_of(blanks["valid_until"], date.max),
    }


def _certificate(written: Written) -> FieldReading:
    def holds(value: str) -> bool:
        return bool(_SHAPE.fullmatch(value)) and identity.check_digit_holds(value[:18])

    field = fields.checked(written, fields.plainly(_plain), "check-digit", holds)
    # The figures at the end are covered by no check digit.
    return field if written.cut or written.disturbed else fields.surer(field, 1 - 1 / 11)


def _plain(text: str) -> str:
    return re.sub(r"[^0-9XB]", "", text.translate(_LIKE_DIGITS))


def _coded(
    written: Written, certificate: FieldReading, place: int, words: dict[str, str], endings: tuple[str, ...]
) -> FieldReading:
    """Read a word that the number says as well."""
    known = frozenset(words.values())
    field = fields.word_of(written, known, "known-word", endings)
    said = words.get(certificate.value[place : place + 1], "") if certificate.valid else ""
    if not said:
        return field
    if field.value not in known:
        return fields.from_number(said, certificate, written)
    made = checks.named("matches-number", field.value == said)
    found = fields.reading(field.value, field.confidence, field.box, (*field.checks, made))
    return fields.surer(found, certificate.confidence)
