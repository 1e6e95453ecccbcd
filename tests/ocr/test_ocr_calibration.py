"""Confidence means: right this often; and few samples never make anything certain."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocr import calibration
from ocr.calibration import JUST_DOUBTFUL, SURE, Group, calibrated, chance, fitted, group_of
from ocr.port import FieldReading
from tests.bench.ocr_fit import TABLE, fit
from tests.bench.ocr_scores import Field, Page

SAMPLES = st.lists(st.tuples(st.floats(0, 1), st.booleans()), max_size=200)


def _read(confidence: float, *checks: str, value: str = "赵样本") -> FieldReading:
    return FieldReading(value=value, confidence=confidence, box=None, checks=checks)


@given(SAMPLES)
def test_more_evidence_never_counts_for_less(samples: list[tuple[float, bool]]) -> None:
    steps = fitted(samples)
    assert steps[0].evidence == 0
    assert all(one.said <= next_.said and one.evidence < next_.evidence for one, next_ in pairwise(steps))
    assert (sum(s.count for s in steps), sum(s.right for s in steps)) == (
        len(samples),
        sum(is_right for _, is_right in samples),
    )


@given(SAMPLES)
def test_what_is_said_lies_below_what_was_counted_at_the_top(samples: list[tuple[float, bool]]) -> None:
    top = fitted(samples)[-1]
    assert top.said < 1
    assert top.said < SURE or top.right / top.count >= 0.99


@pytest.mark.parametrize(("count", "sure"), [(5, False), (90, False), (110, True), (2000, True)])
def test_few_right_samples_make_nothing_sure(count: int, sure: bool) -> None:
    said = chance(fitted([(0.97, True)] * count), 0.97)
    assert (said >= SURE) is sure
    assert said < 1


def test_a_group_of_few_samples_leans_on_all_others_but_not_against_its_own() -> None:
    everything = [(0.996, True)] * 1000
    assert chance(fitted([(0.996, True)] * 5, everything), 0.996) >= SURE
    assert chance(fitted([(0.996, n > 1) for n in range(6)], everything), 0.996) < SURE
    assert chance(fitted([(0.996, True)] * 5, [(0.996, True)] * 20), 0.996) < SURE


def test_values_that_are_right_too_seldom_to_be_left_unseen_stay_doubtful() -> None:
    steps = fitted([(0.9, n % 20 > 0) for n in range(400)] + [(1.0, True)] * 400)
    assert chance(steps, 0.9) == JUST_DOUBTFUL
    assert chance(steps, 1.0) > 0.99


@pytest.mark.parametrize(
    ("checks", "group"),
    [
        (("check-digit",), Group.NUMBER),
        (("check-digit", "repaired"), Group.REPAIRED),
        (("plausible-date", "matches-number"), Group.BACKED),
        (("plausible-date", "!matches-number"), Group.FAILED),
        (("known-word", "matches-number"), Group.BACKED),
        (("name-length",), Group.NAME),
        (("length",), Group.FREE),
        ((), Group.FREE),
    ],
)
def test_the_checks_tell_the_group(checks: tuple[str, ...], group: Group) -> None:
    assert group_of(checks) is group


@pytest.mark.parametrize("by_lines", [True, False])
def test_what_failed_or_was_repaired_is_never_sure(by_lines: bool) -> None:
    fields = {"failed": _read(1.0, "!check-digit"), "repaired": _read(1.0, "check-digit", "repaired")}
    found = calibrated(fields, by_lines=by_lines)
    assert found["failed"].confidence <= 0.5
    assert found["repaired"].confidence <= 0.6


def test_the_evidence_stays_beside_the_confidence_and_nothing_read_stays_nothing() -> None:
    found = calibrated({"name": _read(0.4, "name-length"), "sex": _read(0, value="")}, by_lines=True)
    assert found["name"].evidence == 0.4
    assert found["name"].valid
    assert found["sex"] == _read(0, value="")


def test_the_table_that_is_delivered_is_monotone_and_counts_what_it_says() -> None:
    steps = json.loads(TABLE.read_text("utf-8"))["steps"]
    for groups in steps.values():
        for rows in groups.values():
            assert all(one[0] < after[0] and one[1] <= after[1] for one, after in pairwise(rows))
            assert all(said < 1 and right <= count for _, said, right, count in rows)


def test_a_fit_keeps_the_steps_of_a_way_that_was_not_run(tmp_path: Path) -> None:
    table = tmp_path / "calibration.json"
    field = Field("id-card-front", "name", "赵样本", "赵样本", 0.5, True, 0.99, ("name-length",))
    page = Page("id-card-front", "scanned", 1, (field,), 0.5, was_read=True)
    fit({"ours": [page]}, table)
    fit({"ours+extra": [page, replace(page, seed=2)]}, table)
    found = json.loads(table.read_text("utf-8"))
    assert found["from"]["words"]["pages"] == 1
    assert found["from"]["lines"]["fields"] == 2
    assert found["steps"]["lines"]["NAME"][-1][2:] == [2, 2]


def test_an_unknown_group_of_checks_is_only_doubtful() -> None:
    assert chance((), 1.0) == JUST_DOUBTFUL < calibration.SURE
