from __future__ import annotations

from dataclasses import fields, replace
from datetime import date
from enum import StrEnum
from typing import Any

import pytest

from tests.catalogue.packs import ITEM
from workstation.catalogue import words
from workstation.catalogue.comparison import DifferenceKind, differences
from workstation.catalogue.elements import ELEMENTS, element_at
from workstation.catalogue.reading import read_items
from workstation.domain import kinds
from workstation.domain.forms import FieldRule, FormField, FormLayout, Section
from workstation.domain.items import AgentRule, Commitment, Hours, Item, Limit, Overlay
from workstation.domain.kinds import (
    CorrectionRule,
    HandlingMode,
    ItemFlag,
    LimitUnit,
    Need,
    OriginalRule,
    Reach,
    Routing,
    RuleKind,
    WindowCategory,
)
from workstation.domain.situations import ALWAYS, Clause, Option, Question, When

((OLD,), _) = read_items({"items/a.yaml": ITEM})
PAPER = replace(OLD.materials[0], id="book", title="户口簿", standard_id="household-register")
OVERLAY = Overlay(
    districts=frozenset({"440304"}), effective_from=date(2026, 12, 1), basis="样例通知", level=4
)

OTHER: dict[str, Any] = {
    "code": "442090001002",
    "implementation_code": "x" * 31,
    "item_type": "05",
    "level": 5,
    "category": WindowCategory.OPERATION,
    "reach": Reach.NATION,
    "flags": frozenset({ItemFlag.AT_ONCE}),
    "instant": True,
    "review_free": True,
    "online_only": True,
    "mode": HandlingMode.JOINT,
    "routing": Routing.HOUSEHOLD,
    "acceptance_delegated": False,
    "questions": (),
    "materials": (PAPER,),
    "fields": (FormField(id="x", title="甲"),),
    "statutory": None,
    "promised": Limit(10, LimitUnit.CALENDAR_DAY),
    "correction": CorrectionRule.ON_SPOT,
    "agents": AgentRule(),
    "visits": 0,
    "hours": Hours(words="工作日", extended=True),
    "credit_check": True,
    "commitment": Commitment(text="a", basis="b", consequence="c"),
    "form": FormLayout(
        title="甲", sections=(Section("a", "甲"),), rules=(FieldRule(RuleKind.SUM, ("a",), "b"),)
    ),
    "elements": replace(OLD.elements, place="别处"),
    "overlays": (OVERLAY,),
    "second_street": ALWAYS,
    "member_when": (ALWAYS,),
    "effective_from": date(2026, 1, 1),
}


def changed(name: str) -> Item:
    value = getattr(OLD, name)
    other: dict[str, Any] = {name: "另一个" if isinstance(value, str) else ("另一个",)}
    return replace(OLD, **{**other, **{key: OTHER[key] for key in other if key in OTHER}})


def test_an_item_does_not_differ_from_itself() -> None:
    assert differences(OLD, replace(OLD, search_keys=("x",))) == ()


@pytest.mark.parametrize("name", [f.name for f in fields(Item) if f.name != "search_keys"])
def test_every_part_of_an_item_that_changes_is_told(name: str) -> None:
    found = differences(OLD, changed(name))
    assert found
    assert all(one.before != one.after and one.what for one in found)


@pytest.mark.parametrize("name", [f.name for f in fields(OLD.elements)])
def test_every_element_that_changes_is_told(name: str) -> None:
    value = getattr(OLD.elements, name)
    other: Any = "9" if isinstance(value, str) else ("鉴定",) if not value else value * 2
    if isinstance(value, bool):
        other = not value
    elements = replace(OLD.elements, **{name: other})
    (found,) = differences(OLD, replace(OLD, elements=elements))
    assert found.kind is DifferenceKind.ELEMENT_CHANGED


@pytest.mark.parametrize("name", [f.name for f in fields(PAPER) if f.name != "id"])
def test_every_part_of_a_material_that_changes_is_told(name: str) -> None:
    value = getattr(PAPER, name)
    other: Any = {
        "original": OriginalRule.KEPT,
        "need": Need.TOLERABLE,
        "origin": kinds.MaterialOrigin.OTHER,
        "when": When(((Clause("case", frozenset({"lost"})),),)),
        "replaced_by": (words_of_a_replacement(),),
        "validity_days": 9,
        "back_kind": "id-card-back",
        "pages_min": 2,
        "pages_max": 3,
    }.get(name, not value if isinstance(value, bool) else "另一个")
    old = replace(OLD, materials=(PAPER,))
    (found,) = differences(old, replace(OLD, materials=(replace(PAPER, **{name: other}),)))
    assert (found.kind, found.id) == (DifferenceKind.MATERIAL_CHANGED, "book")


def words_of_a_replacement() -> Any:
    from workstation.domain.items import Replacement

    return Replacement(kinds.ReplacementKind.DATA_CHECK, "核验")


def test_a_new_paper_is_told_with_its_condition() -> None:
    paper = replace(PAPER, when=When(((Clause("case", frozenset({"lost"})),),)))
    new = replace(OLD, materials=(*OLD.materials, paper))
    (found,) = differences(OLD, new)
    assert found.kind is DifferenceKind.MATERIAL_ADDED
    assert str(found) == "新增材料 户口簿: 核验原件, 必要, 情形: 补办"
    (gone,) = differences(new, OLD)
    assert (gone.kind, gone.after) == (DifferenceKind.MATERIAL_REMOVED, "")


def test_a_limit_of_another_unit_is_another_limit() -> None:
    assert OLD.promised is not None
    new = replace(OLD, promised=Limit(OLD.promised.number, LimitUnit.CALENDAR_DAY))
    (found,) = differences(OLD, new)
    assert found.kind is DifferenceKind.LIMIT_CHANGED
    assert str(found) == "时限变更 承诺办结时限: 10 个工作日 -> 10 日"


def test_a_question_whose_options_change_is_told_once() -> None:
    (question,) = OLD.questions
    more = replace(question, options=(*question.options, Option("third", "第三")))
    (found,) = differences(OLD, replace(OLD, questions=(more,)))
    assert found.kind is DifferenceKind.QUESTION_CHANGED
    assert "第三" in found.after
    added = differences(OLD, replace(OLD, questions=(question, Question("b", "乙", question.options))))
    assert [one.kind for one in added] == [DifferenceKind.QUESTION_ADDED]


def test_the_order_of_materials_is_a_difference() -> None:
    found = differences(OLD, replace(OLD, materials=OLD.materials[::-1]))
    assert [one.what for one in found] == ["顺序"]


def test_the_elements_are_the_thirty_six_in_order_and_all_have_words() -> None:
    assert [element.number for element in ELEMENTS] == list(range(1, 37))
    assert all(element.words(OLD) for element in ELEMENTS)
    found = element_at(("elements", "place"))
    assert found is not None and found.number == 25
    assert element_at(("plain_title",)) is None


def test_every_closed_set_of_an_item_has_words() -> None:
    silent = {"LimitUnit"}
    for name, kind in vars(kinds).items():
        if isinstance(kind, type) and issubclass(kind, StrEnum) and name not in {"StrEnum", *silent}:
            assert all(words.named(member) for member in kind)
