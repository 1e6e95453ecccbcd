"""常住人口登记卡, a page of the household register."""

from __future__ import annotations

from datetime import date

from ocr.documents import fields
from ocr.documents.form import Blank, Filled, Form
from ocr.knowledge.relations import RELATIONS, read_relation
from ocr.knowledge.vocabulary import EDUCATION, MARITAL_STATUS
from ocr.port import FieldReading

KIND = "household-register-page"
FIELDS = (
    "name", "relation", "sex", "birth_place", "ethnicity", "native_place", "birth_date", "id_number",
    "education", "marital_status", "employer", "registered_on",
)  # fmt: skip
FORM = Form(
    blanks={
        "name": Blank("姓名"),
        "relation": Blank("户主或与户主关系", also=("户主或与户主关", "户主或与户主", "户主关系")),
        "sex": Blank("性别"),
        "birth_place": Blank("出生地", lines=2, centred=True),
        "ethnicity": Blank("民族"),
        "native_place": Blank("籍贯", lines=2, centred=True),
        "birth_date": Blank("出生日期"),
        "id_number": Blank(
            "公民身份号码",
            also=("公民身份证件编号", "身份证件编号", "公民身份证件编", "公民身份证件"),
            digits=True,
            length=18,
        ),
        "education": Blank("文化程度"),
        "marital_status": Blank("婚姻状况"),
        "employer": Blank("服务处所", lines=2, centred=True),
        "registered_on": Blank("登记日期"),
    },
    others=(
        "曾用名", "本市(县)其他住址", "本市县其他住址", "其他住址", "宗教信仰", "身高", "血型", "兵役状况",
        "职业",
        "何时由何地迁来本市(县)", "何时由何地迁来本市县", "何时由何地迁来本址",
        "何时由何地迁来", "何时由何地迁", "承办人签章",
    ),
    titles=("常住人口登记卡",),
    least=4,
)  # fmt: skip


def interpret(blanks: Filled, today: date) -> dict[str, FieldReading]:
    """Return the fields of a page."""
    known = fields.known_of(blanks["birth_date"], blanks["sex"], today)
    number = fields.number_of(blanks["id_number"], known)
    return {
        "name": fields.name_of(blanks["name"]),
        "relation": fields.one_of(blanks["relation"], RELATIONS, "known-relation", _relation),
        "sex": fields.sex_of(blanks["sex"], number),
        "birth_place": fields.place_of(blanks["birth_place"]),
        "ethnicity": fields.ethnicity_of(blanks["ethnicity"]),
        "native_place": fields.place_of(blanks["native_place"]),
        "birth_date": fields.birth_of(blanks["birth_date"], number, today),
        "id_number": number,
        "education": fields.listed(blanks["education"], EDUCATION, "known-education"),
        "marital_status": fields.listed(blanks["marital_status"], MARITAL_STATUS, "known-marital-status"),
        "employer": fields.words_of(blanks["employer"], least=2),
        "registered_on": fields.date_of(blanks["registered_on"], today),
    }


_relation = fields.put_right(read_relation)
