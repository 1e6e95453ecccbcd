"""出生医学证明: the newborn, the parents, the place, in the layout of any edition."""

from __future__ import annotations

import re
from datetime import date

from ocr import checks
from ocr.documents import agreement, fields
from ocr.documents.form import Blank, Filled, Form
from ocr.knowledge import dates
from ocr.port import FieldReading

KIND = "birth-certificate"
FIELDS = (
    "certificate_number", "newborn_name", "sex", "born_at", "birth_place", "hospital", "mother_name",
    "mother_id_number", "father_name", "father_id_number", "issued_on",
)  # fmt: skip
FORM = Form(
    blanks={
        "certificate_number": Blank(
            "出生证编号", also=("出生医学证明编号", "编号"), length=10, red=True
        ),
        "newborn_name": Blank("新生儿姓名"),
        "sex": Blank("性别"),
        "born_at": Blank("出生时间"),
        "birth_place": Blank("出生地点", also=("出生地",), lines=2),
        "hospital": Blank("医疗机构名称", also=("接生机构名称", "助产机构名称"), lines=2),
        "mother_name": Blank("母亲姓名"),
        "mother_id_number": Blank("有效身份证件号码", nth=0, digits=True, length=18),
        "father_name": Blank("父亲姓名"),
        "father_id_number": Blank("有效身份证件号码", nth=1, digits=True, length=18),
        "issued_on": Blank("签发日期", sealed=(3.0, -1.6, 18.0, 2.6)),
    },
    others=(
        "出生孕周", "出生体重", "出生身长", "年龄", "国籍", "民族", "住址", "证件类别", "有效身份证件类别",
        "签发机构", "签发机构(盖章)", "接生人员签字", "健康状况",
    ),
    titles=("出生医学证明",),
    least=4,
)  # fmt: skip
_SHAPE = re.compile(r"[A-Z][0-9]{9}")
_NUMBER_LENGTH = 10
_LIKE_DIGITS, _LIKE_LETTERS = str.maketrans("OILSB", "01158"), str.maketrans("01258", "OIZSB")
_GUESSED_LETTER = 0.8
"""Most confidence of a number whose letter was read as a figure: 0 may be O, D or Q."""


def interpret(blanks: Filled, today: date) -> dict[str, FieldReading]:
    """Return the fields of a certificate."""
    number = fields.checked(
        blanks["certificate_number"], fields.plainly(_number), "shape",
        lambda value: bool(_SHAPE.fullmatch(value)),
    )  # fmt: skip
    born_at = fields.checked(
        blanks["born_at"], fields.plainly(dates.moment_in), "plausible-date",
        lambda value: checks.as_date(value[:10]) is not None and value[:10] <= today.isoformat(),
    )  # fmt: skip
    if number.valid and not _letter_first(blanks["certificate_number"].text):
        number = fields.at_most(number, _GUESSED_LETTER)
    return {
        "certificate_number": number,
        "newborn_name": fields.name_of(blanks["newborn_name"]),
        "sex": fields.word_of(blanks["sex"], frozenset("男女"), "known-sex"),
        "born_at": born_at,
        "birth_place": fields.place_of(blanks["birth_place"]),
        "hospital": fields.words_of(blanks["hospital"], least=2),
        "mother_name": fields.name_of(blanks["mother_name"]),
        "mother_id_number": fields.number_of(blanks["mother_id_number"]),
        "father_name": fields.name_of(blanks["father_name"]),
        "father_id_number": fields.number_of(blanks["father_id_number"]),
        "issued_on": agreement.day_of(blanks["issued_on"], today),
    }


def _number(text: str) -> str:
    """Return a letter and nine digits: in front a figure is the letter it looks like, behind the reverse."""
    plain = "".join(character for character in text.upper() if character.isascii() and character.isalnum())
    if len(plain) == _NUMBER_LENGTH:
        return plain[0].translate(_LIKE_LETTERS) + plain[1:].translate(_LIKE_DIGITS)
    return plain


def _letter_first(text: str) -> bool:
    return text.strip()[:1].isalpha()
