"""What the modules of licences and certificates make of what stands in their blanks."""

from __future__ import annotations

from datetime import date

import pytest

from ocr.documents import birth_certificate, business_licence, marriage_certificate, property_certificate
from ocr.documents.form import NOTHING, Written

TODAY = date(2026, 11, 21)


def _written(text: str, sure: float = 0.99) -> Written:
    return Written(text, (sure,) * len(text), None, (text,) if text else ())


@pytest.mark.parametrize(
    ("text", "value", "is_sure"),
    [
        ("J999123456", "J999123456", True),
        ("0812233356", "O812233356", False),
        ("798858273", "798858273", False),
    ],
)
def test_the_letter_of_a_birth_certificate_that_was_read_as_a_figure_is_doubtful(
    text: str, value: str, is_sure: bool
) -> None:
    blanks = dict.fromkeys(birth_certificate.FORM.blanks, NOTHING) | {"certificate_number": _written(text)}
    field = birth_certificate.interpret(blanks, TODAY)["certificate_number"]
    assert field.value == value
    assert (field.valid and field.confidence >= 0.9) is is_sure


@pytest.mark.parametrize(
    ("sexes", "husband", "is_sure"),
    [(("男", "女"), "甲样本", True), (("女", "男"), "乙样本", True), (("", "男"), "乙样本", True),
     (("女", ""), "乙样本", True), (("", ""), "甲样本", False), (("男", "男"), "甲样本", False)],
)  # fmt: skip
def test_of_a_couple_nobody_is_surely_husband_or_wife_while_no_sex_tells(
    sexes: tuple[str, str], husband: str, is_sure: bool
) -> None:
    blanks = dict.fromkeys(marriage_certificate.FORM.blanks, NOTHING)
    blanks |= {"name_0": _written("甲样本"), "name_1": _written("乙样本")}
    blanks |= {f"sex_{place}": _written(sex) for place, sex in enumerate(sexes)}
    field = marriage_certificate.interpret(blanks, TODAY)["husband_name"]
    assert field.value == husband
    assert (field.confidence >= 0.9) is is_sure


@pytest.mark.parametrize(
    ("text", "is_sure"),
    [
        ("89.50平方米", True),
        ("土地使用权面积33.71平方米/房屋建筑面积213.01平方米", True),
        ("33.71平方米/房屋建筑面积213.01平方米", False),
    ],
)
def test_an_area_of_which_the_first_words_are_missing_is_doubtful(text: str, is_sure: bool) -> None:
    blanks = dict.fromkeys((*property_certificate.FORM.blanks, "certificate_number"), NOTHING)
    field = property_certificate.interpret(blanks | {"area": _written(text)}, TODAY)["area"]
    assert field.value == text
    assert (field.confidence >= 0.9) is is_sure


def test_the_flat_first_stroke_of_a_scope_is_put_back() -> None:
    blanks = dict.fromkeys(business_licence.FORM.blanks, NOTHING) | {
        "business_scope": _written("般项目：零售")
    }
    assert business_licence.interpret(blanks, TODAY)["business_scope"].value == "一般项目:零售"
