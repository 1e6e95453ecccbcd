"""社会保障卡: its security number is the citizen's number (社会保险经办条例 art. 6)."""

from __future__ import annotations

import re
from datetime import date

from ocr.documents import fields
from ocr.documents.form import Blank, Filled, Form
from ocr.port import FieldReading

KIND = "social-security-card"
FIELDS = ("name", "id_number", "card_number", "issued_on")
FORM = Form(
    blanks={
        "name": Blank("姓名"),
        "id_number": Blank(
            "社会保障号码", also=("社会保障号", "公民身份号码"), digits=True, length=18, below=True
        ),
        "card_number": Blank("社会保障卡号", also=("社会保障卡卡号", "卡号"), below=True),
        "issued_on": Blank("发卡日期"),
    },
    # The title is only one character from a label.
    others=("有效期限", "有效期", "银行卡号", "社会保障卡"),
    least=3,
)
_SHAPE = re.compile(r"[A-Z]?[0-9]{6,20}[A-Z]?|[A-Z0-9]{9}")


def interpret(blanks: Filled, today: date) -> dict[str, FieldReading]:
    """Return the fields of a card."""
    return {
        "name": fields.name_of(blanks["name"]),
        "id_number": fields.number_of(blanks["id_number"]),
        "card_number": fields.checked(
            blanks["card_number"], fields.plainly(_card_number), "shape",
            lambda value: bool(_SHAPE.fullmatch(value)),
        ),
        "issued_on": fields.date_of(blanks["issued_on"], today),
    }  # fmt: skip


def _card_number(text: str) -> str:
    return re.sub(r"[^0-9A-Z]", "", text.upper())
