"""All the ways through an item's questions."""

from __future__ import annotations

from collections.abc import Iterator

from workstation.domain.items import Item
from workstation.domain.situations import Answers, Question


def situations(item: Item) -> Iterator[dict[str, str]]:
    """Yield every complete set of answers, also to questions whose answer changes nothing.

    An item without questions has one situation, without answers. The conditions must name known questions
    and options, and only earlier questions.
    """
    pending: list[dict[str, str]] = [{}]
    while pending:
        answers = pending.pop()
        asked = _first_open(item, answers)
        if asked is None:
            yield answers
            continue
        pending.extend({**answers, asked.id: option.id} for option in reversed(asked.options))


def _first_open(item: Item, answers: Answers) -> Question | None:
    """Return the first question that is asked and not answered, whatever it is good for."""
    relevant: dict[str, str] = {}
    for question in item.questions:
        if question.when.holds(relevant):
            if question.id not in answers:
                return question
            relevant[question.id] = answers[question.id]
    return None
