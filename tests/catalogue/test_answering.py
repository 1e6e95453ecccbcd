"""No way of answering an item's questions ends anywhere but in a checklist."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workstation.catalogue.loader import bundled_pack, load_pack
from workstation.domain.checklist import active_fields, derive, open_questions
from workstation.domain.items import Item
from workstation.domain.matters import join

PACK = load_pack(bundled_pack())
JOINED = tuple(join(matter, [PACK.item(code) for code in matter.items]) for matter in PACK.matters)


def answered(item: Item, dice: st.DataObject) -> dict[str, str]:
    """Answer what is open, in any order, until nothing is."""
    answers: dict[str, str] = {}
    for _step in range(2 * len(item.questions) + 1):
        questions = open_questions(item, answers)
        if not questions:
            return answers
        question = dice.draw(st.sampled_from(questions))
        assert question.options
        answers[question.id] = dice.draw(st.sampled_from(question.options)).id
    raise AssertionError("the questions never end")


@pytest.mark.parametrize("item", (*PACK.items, *JOINED), ids=lambda item: item.title)
@settings(max_examples=15, deadline=None)
@given(dice=st.data())
def test_every_way_of_answering_ends_in_a_checklist(item: Item, dice: st.DataObject) -> None:
    answers = answered(item, dice)
    materials = derive(item, answers)
    assert materials
    standards = [material.standard_id for material in materials]
    assert len(standards) == len(set(standards))
    assert active_fields(item, answers) or item.review_free or not item.fields
