"""`workstation report corrections`: counts by kind and field, for people and machines."""

from __future__ import annotations

import json

import pytest

from tests.cli.conftest import NAME, Seat
from workstation.domain.case import FieldSet, FieldValue, Opened, Origin
from workstation.domain.clock import now

CASE = "018f0000-0000-7000-8000-000000000001"


def settle_two_readings(seat: Seat) -> None:
    """Record a case in which one reading was right and one was put right."""
    opened = Opened(number="W-1", item_code="440", pack_version="1", window="w", receiving_street="HF")
    payloads = [
        FieldSet(field="book.name", value=FieldValue(value="赵祥本", origin=Origin.OCR, confidence=0.97)),
        FieldSet(field="book.sex", value=FieldValue(value="男", origin=Origin.OCR, confidence=0.97)),
        FieldSet(field="book.name", value=FieldValue(value=NAME, origin=Origin.TYPED, confirmed_by="王样本")),
        FieldSet(field="book.sex", value=FieldValue(value="男", origin=Origin.OCR, confirmed_by="王样本")),
    ]
    with seat.store() as store, store.transaction() as tx:
        tx.record(CASE, opened, *payloads, actor="王样本", at=now())


def test_a_window_that_read_nothing_says_so(enrolled: Seat, capsys: pytest.CaptureFixture[str]) -> None:
    assert enrolled.open("report", "corrections") == 0
    assert capsys.readouterr().out == "还没有识别过的材料\n"
    assert enrolled.open("report", "corrections", "--json") == 0
    assert json.loads(capsys.readouterr().out) == {}


def test_corrections_are_told_in_counts_without_a_name(
    enrolled: Seat, capsys: pytest.CaptureFixture[str]
) -> None:
    settle_two_readings(enrolled)
    assert enrolled.open("report", "corrections", "--json") == 0
    told = capsys.readouterr().out
    counts = json.loads(told)["book"]
    assert (counts["name"]["corrected"], counts["name"]["corrected_confident"]) == (1, 1)
    assert (counts["sex"]["settled"], counts["sex"]["corrected"]) == (1, 0)
    assert enrolled.open("report", "corrections") == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.partition(":")[0] for line in lines] == ["book · 姓名", "book · 性别"]
    assert "更正 1 (100.0%)" in lines[0] and "1 次原标为可信" in lines[0]
    assert NAME not in told + "".join(lines)


def test_cases_of_another_day_are_left_out(enrolled: Seat, capsys: pytest.CaptureFixture[str]) -> None:
    settle_two_readings(enrolled)
    assert enrolled.open("report", "corrections", "--json", "--since", "2999-01-01") == 0
    assert json.loads(capsys.readouterr().out) == {}
    with pytest.raises(SystemExit):
        enrolled.open("report", "corrections", "--since", "gestern")
