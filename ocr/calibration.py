"""How often a value is right that looks this sure: from the evidence of a reading to its confidence.

The marks that a recogniser gives its characters, and what the checks make of them, put values in order; they
are no chances. `calibration.json` says for each group of fields how many of the values with that much
evidence were right, counted on papers of several generators, scanned, copied and photographed. To each count
are added a few samples of what all groups together show there, and to these one right and one wrong: few
samples never make anything certain, and more evidence never counts for less.

`SURE` is where a clerk is no longer led to look. Values of which more than `MOST_WRONG` may be wrong stay
below it, however they came by their marks.
"""

from __future__ import annotations

import json
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache
from importlib.resources import files

from ocr.knowledge.correction import REPAIRED, REPAIRED_CONFIDENCE
from ocr.port import FieldReading

SURE = 0.9
"""From here on a valid value is not pointed out as doubtful."""
MOST_WRONG = 0.01
"""Of values that count as sure at most this share may be wrong, by the counts."""
JUST_DOUBTFUL = 0.89
"""Most that is said of values right more often than not, yet too seldom to be left unseen."""
_FAILED_CONFIDENCE = 0.5
_EDGES = (0.0, 0.3, 0.5, 0.65, 0.8, 0.87, 0.92, 0.95, 0.97, 0.98, 0.99, 0.995, 0.999)
"""Where the steps of evidence begin; marks crowd together near 1."""
_LINES, _WORDS = "lines", "words"
_DECIMALS, _CERTAIN = 3, 0.999
_MOST_ADDED = 10
"""Samples of all groups that are added to a step of one."""


class Group(StrEnum):
    """Fields whose marks mean the same."""

    NUMBER = "NUMBER"
    """With a check character that holds."""
    BACKED = "BACKED"
    """Said by a valid number as well, or by it alone."""
    NAME = "NAME"
    ADDRESS = "ADDRESS"
    DATE = "DATE"
    LISTED = "LISTED"
    """A word of a closed list."""
    SHAPED = "SHAPED"
    """A number or code of a known shape, without a check character."""
    FREE = "FREE"
    REPAIRED = "REPAIRED"
    """A character was exchanged."""
    FAILED = "FAILED"
    """A check speaks against it."""


_BY_CHECK: Mapping[str, Group] = {
    "check-digit": Group.NUMBER,
    "check-character": Group.NUMBER,
    "matches-number": Group.BACKED,
    "from-number": Group.BACKED,
    "name-length": Group.NAME,
    "address-length": Group.ADDRESS,
    "plausible-date": Group.DATE,
    "span": Group.DATE,
    "known-ethnicity": Group.LISTED,
    "known-sex": Group.LISTED,
    "known-relation": Group.LISTED,
    "known-education": Group.LISTED,
    "known-marital-status": Group.LISTED,
    "known-kind": Group.LISTED,
    "known-word": Group.LISTED,
    "shape": Group.SHAPED,
    "composite": Group.SHAPED,
}
"""The first check of a field that stands here tells its group."""
_STRONGEST = (Group.NUMBER, Group.BACKED)


@dataclass(frozen=True, slots=True)
class Step:
    """Values with at least this much evidence, up to the next step."""

    evidence: float
    said: float
    """The confidence told."""
    right: int
    count: int
    """Values of the sample, and of these the right ones."""


Steps = Sequence[Step]
"""By rising evidence, the first at 0."""
Samples = Sequence[tuple[float, bool]]
"""Evidence of a value, and whether it was right."""


def group_of(checks: Sequence[str]) -> Group:
    """Return the group of a value by the checks that were made of it."""
    if any(name.startswith("!") for name in checks):
        return Group.FAILED
    if REPAIRED in checks:
        return Group.REPAIRED
    groups = [_BY_CHECK[name] for name in checks if name in _BY_CHECK]
    return next((group for group in groups if group in _STRONGEST), groups[0] if groups else Group.FREE)


def calibrated(fields: Mapping[str, FieldReading], *, by_lines: bool) -> dict[str, FieldReading]:
    """Return the fields with the confidence that their evidence has been worth.

    Args:
        fields: as interpreted; their confidence becomes their evidence.
        by_lines: True when the engine reads single lines itself; its marks mean something else than others'.
    """
    steps = _tables()[_LINES if by_lines else _WORDS]
    return {name: _calibrated(field, steps) for name, field in fields.items()}


def _calibrated(field: FieldReading, steps: Mapping[Group, Steps]) -> FieldReading:
    if not field.value:
        return field
    group = group_of(field.checks)
    # A way of reading that was never counted says what it always said.
    said = chance(steps.get(group, ()), field.confidence) if steps else field.confidence
    said = min(said, _MOST.get(group, 1.0))
    return replace(field, confidence=said, evidence=field.confidence)


_MOST = {Group.FAILED: _FAILED_CONFIDENCE, Group.REPAIRED: REPAIRED_CONFIDENCE}
"""A repaired number is right nearly always; somebody looks at it all the same."""


def chance(steps: Steps, evidence: float) -> float:
    """Return what the steps say about this much evidence; without steps no more than doubtful."""
    if not steps:
        return min(evidence, JUST_DOUBTFUL)
    return steps[max(0, bisect_right(steps, evidence, key=lambda step: step.evidence) - 1)].said


def fitted(samples: Samples, everything: Samples = ()) -> list[Step]:
    """Return the steps that the samples of a group are worth.

    Isotonic regression by pooling adjacent violators, over smoothed shares, so that a step of few samples
    lies below its neighbours instead of lifting them.

    Args:
        samples: evidence, and whether the value was right.
        everything: those of all groups, for steps where the group has few.
    """
    pools: list[_Pool] = []
    for edge, after in zip(_EDGES, (*_EDGES[1:], 2.0), strict=True):
        right, count = _counted(samples, edge, after)
        if pools and not count and not _counted(everything, edge, after)[1]:
            continue
        pools.append(_Pool(edge, right, count, *_prior(everything, edge, after)))
        while len(pools) > 1 and pools[-2].share >= pools[-1].share:
            upper, lower = pools.pop(), pools.pop()
            pools.append(lower.joined(upper))
    return [Step(pool.edge, _said(pool.share), pool.right, pool.count) for pool in pools]


def _counted(samples: Samples, edge: float, after: float) -> tuple[int, int]:
    inside = [is_right for evidence, is_right in samples if edge <= evidence < after]
    return sum(inside), len(inside)


def _prior(everything: Samples, edge: float, after: float) -> tuple[float, float]:
    """Return how many samples are added to a step, the right ones first: the fewer known, the fewer."""
    right, count = _counted(everything, edge, after)
    weight = min(_MOST_ADDED, count + 2)
    return weight * (right + 1) / (count + 2), weight


@dataclass(frozen=True, slots=True)
class _Pool:
    edge: float
    right: int
    count: int
    added_right: float
    added: float

    @property
    def share(self) -> float:
        """Return the share of right values with those added."""
        return (self.right + self.added_right) / (self.count + self.added)

    def joined(self, upper: _Pool) -> _Pool:
        """Return one pool of both."""
        return _Pool(
            self.edge,
            self.right + upper.right,
            self.count + upper.count,
            self.added_right + upper.added_right,
            self.added + upper.added,
        )


def _said(share: float) -> float:
    said = share if share >= 1 - MOST_WRONG else min(share, JUST_DOUBTFUL)
    return min(_CERTAIN, round(said, _DECIMALS))


@lru_cache(maxsize=1)
def _tables() -> Mapping[str, Mapping[Group, Steps]]:
    read = json.loads((files("ocr") / "calibration.json").read_text("utf-8"))["steps"]
    return {
        way: {
            Group(group): tuple(Step(*step) for step in steps) for group, steps in read.get(way, {}).items()
        }
        for way in (_LINES, _WORDS)
    }
