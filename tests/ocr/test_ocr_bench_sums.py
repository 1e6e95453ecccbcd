"""What the benchmark makes of its pages: rows of reliability, bounds, targets, runs added up."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.bench import ocr_records
from tests.bench.ocr_angles import AngleResult
from tests.bench.ocr_reader import Said
from tests.bench.ocr_scores import Field, Page, most_expected, result_of
from tests.bench.ocr_targets import targets_of


def _field(wanted: str, value: str, confidence: float, *, valid: bool = True) -> Field:
    return Field("id-card-front", "name", wanted, value, confidence, valid, confidence, ("name-length",))


def _page(seed: int, *fields: Field, cpu_s: float = 0.25) -> Page:
    return Page("id-card-front", "scanned", seed, fields, cpu_s, was_read=True)


RIGHT = _field("赵样本", "赵样本", 0.995)
WRONG = _field("赵样本", "赵样木", 0.97)


def test_the_rule_of_three_bounds_what_was_never_seen() -> None:
    assert most_expected(0) == pytest.approx(3.0, abs=0.01)
    assert most_expected(1) == pytest.approx(4.74, abs=0.01)
    assert most_expected(100) == pytest.approx(118, abs=1)


def test_rows_say_how_often_fields_of_that_confidence_were_right() -> None:
    result = result_of([_page(1, RIGHT, WRONG, _field("男", "", 0.0, valid=False))], 10.0)
    assert [(row.count, row.right) for row in result.reliability] == [
        (0, 0), (0, 0), (0, 0), (0, 0), (1, 0), (1, 1),
    ]  # fmt: skip
    assert result.calibration_error == pytest.approx((0.97 + 0.005) / 2, abs=0.001)
    assert result.wrong_and_sure == 1
    assert result.wrong_and_sure_bound > result.wrong_and_sure_per_1000


def test_targets_are_met_missed_or_not_run() -> None:
    pages = {"ours+extra": [_page(1, RIGHT), _page(2, WRONG)], "rapidocr": [_page(1, RIGHT, cpu_s=2.0)]}
    results = {way: result_of(read, 300.0) for way, read in pages.items()}
    found = {one.name: one for one in targets_of(results, pages)}
    assert found["fields right, %"].verdict == "MISSED"
    assert found["peak memory, MB"].verdict == "met"
    assert found["fields right without the extra, %"].verdict == "not run"
    assert found["CPU s a page, median"].verdict == "not run"
    assert (found["times RapidOCR's CPU"].got, found["times RapidOCR's CPU"].is_met) == (8.0, True)
    assert "1 of 2" in found["wrong and sure, per 1000 fields"].remark


def test_runs_are_added_up_and_a_page_read_twice_counts_once(tmp_path: Path) -> None:
    file = tmp_path / "pages.jsonl"
    ocr_records.append(file, {"ours": [_page(1, RIGHT), _page(2, RIGHT)]}, {"ours": 100.0})
    ocr_records.append(
        file, {"ours": [_page(2, WRONG)], "rapidocr": [_page(1)]}, {"ours": 90.0, "rapidocr": 9.0}
    )
    read = ocr_records.load(file)
    assert read.pages["ours"] == [_page(1, RIGHT), _page(2, WRONG)]
    assert read.peak_mb == {"ours": 100.0, "rapidocr": 9.0}


def test_the_same_paper_of_another_generator_is_another_page() -> None:
    assert _page(1).key != replace(_page(1), drawn_by="strangers").key


def test_a_turned_card_is_read_wholly_or_says_why_or_its_angle_is_named() -> None:
    result = AngleResult()
    truth = {"name": "李明", "sex": "男"}
    right = {name: Said(value, 0.95, True) for name, value in truth.items()}
    result.count(0, truth, right, "")
    result.count(7, truth, {}, "cut-off")
    result.count(14, truth, right | {"name": Said("李朋", 0.95, True)}, "")
    assert str(result) == "1 of 3 wholly right, cut-off 1, partly at 14 degrees, 1 wrong and sure"
