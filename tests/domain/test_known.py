"""What facts answer, and what they leave to the clerk."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.domain.test_checklist import ITEM
from workstation.domain.facts import Applicant
from workstation.domain.items import Item
from workstation.domain.kinds import KnownFrom
from workstation.domain.known import KnownAnswer, known_answers
from workstation.domain.situations import Known, KnownOption, Option, Question

TODAY = date(2026, 11, 2)
PERSON = Applicant(
    name="赵样本",
    id_number="440304196001159971",
    sex="男",
    birth_date=date(1960, 1, 15),
    address="广东省深圳市福田区样本路1号",
)


def asking(source: KnownFrom, *options: KnownOption) -> Item:
    question = Question(
        "q", "问", tuple(Option(o.option, o.option) for o in options), known=Known(source, options)
    )
    return replace(ITEM, questions=(question,))


def answer(
    item: Item, person: Applicant = PERSON, archived: frozenset[str] = frozenset()
) -> KnownAnswer | None:
    return known_answers(item, person, archived, TODAY).get("q")


BANDS = asking(
    KnownFrom.AGE,
    KnownOption("no", years_max=59),
    KnownOption("blue", years_min=60, years_max=64),
    KnownOption("yellow", years_min=65),
)


@pytest.mark.parametrize(
    ("birth", "option", "age"),
    [
        (date(1960, 1, 15), "yellow", "66"),
        (date(1961, 11, 2), "yellow", "65"),
        (date(1961, 11, 3), "blue", "64"),
        (date(1966, 11, 3), "no", "59"),
    ],
)
def test_the_age_on_the_day_decides_both_ends_included(birth: date, option: str, age: str) -> None:
    assert answer(BANDS, replace(PERSON, birth_date=birth)) == KnownAnswer(option, KnownFrom.AGE, age)


@given(st.dates(date(1900, 1, 1), TODAY))
def test_bands_without_a_gap_always_give_one_answer(birth: date) -> None:
    assert answer(BANDS, replace(PERSON, birth_date=birth)) is not None


def test_a_missing_fact_answers_nothing() -> None:
    nobody = Applicant(name="赵样本", id_number="X")
    sex = asking(KnownFrom.SEX, KnownOption("m", words=("男",)), KnownOption("f"))
    home = asking(KnownFrom.ADDRESS, KnownOption("sz", words=("深圳市",)), KnownOption("other"))
    assert answer(BANDS, nobody) is answer(sex, nobody) is answer(home, nobody) is None
    assert answer(BANDS, replace(PERSON, birth_date=date(2027, 1, 1))) is None


def test_sex_and_address_take_the_first_option_that_fits_and_the_rest_falls_to_one_without_words() -> None:
    sex = asking(KnownFrom.SEX, KnownOption("f", words=("女",)), KnownOption("m"))
    assert answer(sex) == KnownAnswer("m", KnownFrom.SEX, "男")
    home = asking(KnownFrom.ADDRESS, KnownOption("sz", words=("深圳市", "深圳")), KnownOption("other"))
    assert answer(home) == KnownAnswer("sz", KnownFrom.ADDRESS, PERSON.address)
    elsewhere = answer(home, replace(PERSON, address="湖南省样本市"))
    assert elsewhere == KnownAnswer("other", KnownFrom.ADDRESS, "湖南省样本市")


def test_the_archive_answers_with_the_material_it_keeps() -> None:
    item = asking(KnownFrom.ARCHIVE, KnownOption("has", words=("old-card",)), KnownOption("none"))
    assert answer(item, archived=frozenset({"old-card"})) == KnownAnswer("has", KnownFrom.ARCHIVE, "old-card")
    assert answer(item) == KnownAnswer("none", KnownFrom.ARCHIVE, "")
    assert answer(asking(KnownFrom.ARCHIVE, KnownOption("has", words=("old-card",)))) is None


def test_an_item_without_facts_is_left_to_the_clerk() -> None:
    assert known_answers(ITEM, PERSON, frozenset(), TODAY) == {}
