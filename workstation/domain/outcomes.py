"""How a case was decided (行政许可法 art. 38)."""

from __future__ import annotations

from enum import StrEnum


class Outcome(StrEnum):
    """What a decision decides; a case may be decided without anybody having told the window how."""

    GRANTED = "GRANTED"
    DENIED = "DENIED"
    PARTLY = "PARTLY"
    """Of a matter: some approvers granted their part, others did not."""


FIRST_WORDS = {"准予": Outcome.GRANTED, "不予批准": Outcome.DENIED}
"""How the review page began the reason of a decision before the outcome had a place of its own."""


def outcome_in(reason: str) -> Outcome | None:
    """Return the outcome that the reason of an older decision says first; None: it does not say."""
    first, _separator, _rest = reason.partition(": ")
    return FIRST_WORDS.get(first.strip())
