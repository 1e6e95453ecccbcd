"""Closed lists: ethnic groups, relations, kinds of companies, and the search for the nearest word."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocr.knowledge.companies import KINDS, read_kind
from ocr.knowledge.ethnicities import ETHNICITIES, read_ethnicity
from ocr.knowledge.relations import RELATIONS, read_relation, sex_by_relation
from ocr.knowledge.vocabulary import EDUCATION, MARITAL_STATUS
from ocr.knowledge.words import nearest


def test_there_are_fifty_six_ethnic_groups() -> None:
    assert len(ETHNICITIES) == 56


@pytest.mark.parametrize(
    ("text", "value", "is_repaired"),
    [
        ("汉", "汉", False),
        ("汊", "汉", True),
        ("土家族", "土家", False),
        ("士家", "土家", True),
        ("维吾尔族", "维吾尔", False),
        ("维吾余", "维吾尔", True),
        ("乌孜别", "乌孜别克", True),
        ("穿青人", "穿青人", False),
        ("琛", "琛", False),
        ("", "", False),
    ],
)
def test_an_ethnic_group_is_put_right_where_one_alone_is_near(
    text: str, value: str, is_repaired: bool
) -> None:
    found = read_ethnicity(text)
    assert (found.value, found.is_repaired) == (value, is_repaired)


def test_a_character_the_engine_was_sure_of_stays() -> None:
    assert read_ethnicity("士家", marks=[0.99, 0.99]).value == "士家"
    assert read_ethnicity("士家", marks=[0.5, 0.99]).value == "土家"


@pytest.mark.parametrize(
    ("text", "value"),
    [("户王", "户主"), ("长于", "长于"), ("外孙了", "外孙了"), ("萋", "妻"), ("儿姐", "儿姐")],
)
def test_a_relation_is_put_right_only_when_no_other_is_as_near(text: str, value: str) -> None:
    assert read_relation(text).value == value


def test_a_relation_tells_the_sex() -> None:
    assert {sex_by_relation(word) for word in ("妻", "次女", "母亲"[:1], "儿媳", "妹")} == {"女"}
    assert {sex_by_relation(word) for word in ("夫", "长子", "父", "女婿", "姐夫")} == {"男"}
    assert sex_by_relation("户主") == sex_by_relation("") == ""


def test_the_kind_of_a_company_keeps_its_brackets() -> None:
    assert read_kind("有限责任公司（自然人独资）").value == "有限责任公司（自然人独资）"
    assert read_kind("有限责任公司（自然人独货）").value == "有限责任公司（自然人独资）"
    assert read_kind("个休工商户").value == "个体工商户"
    assert read_kind("完全另外的东西").value == "完全另外的东西"


@pytest.mark.parametrize("words", [ETHNICITIES, RELATIONS, KINDS, EDUCATION, MARITAL_STATUS])
def test_listed_words_are_never_changed(words: frozenset[str]) -> None:
    assert all(not nearest(word, words).is_repaired for word in words)


@given(st.sampled_from(sorted(ETHNICITIES | RELATIONS | EDUCATION)), st.characters(), st.integers(0, 6))
def test_a_repair_is_always_a_listed_word(word: str, character: str, place: int) -> None:
    text = word[:place] + character + word[place + 1 :]
    found = nearest(text, ETHNICITIES | RELATIONS | EDUCATION)
    assert found.value == text or found.value in ETHNICITIES | RELATIONS | EDUCATION
