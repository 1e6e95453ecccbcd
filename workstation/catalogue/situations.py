"""All the ways through an item's questions."""

from __future__ import annotations

from collections.abc import Iterator

from workstation.domain.checklist import open_questions
from workstation.domain.items import Item


def situations(item: Item) -> Iterator[dict[str, str]]:
    """Yield every complete set of answers, in the order a clerk would give them.

    An item without questions has one situation, without answers. The conditions must name known questions
    and options, and only earlier questions.
    """
    pending: list[dict[str, str]] = [{}]
    while pending:
        answers = pending.pop()
        questions = open_questions(item, answers)
        if not questions:
            yield answers
            continue
        asked = questions[0]
        pending.extend({**answers, asked.id: option.id} for option in reversed(asked.options))
