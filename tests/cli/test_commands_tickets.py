"""`workstation tickets`, `workstation queue lamps` and the figures of `workstation report day`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Seat
from workstation.catalogue.loader import bundled_pack, load_pack
from workstation.domain.clock import now
from workstation.domain.tickets import Lane, Ticket, TicketMove

CLOCK = {"step", "lamp", "due", "days_left", "unit", "slot", "words", "ground"}
NUMBER = {
    "number",
    "lane",
    "state",
    "taken_at",
    "called_at",
    "calls",
    "greeted_at",
    "finished_at",
    "booking",
    "booked_for",
    "case_id",
    "waited_s",
}


def test_bookings_are_imported_and_a_bad_line_imports_nothing(
    enrolled: Seat, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = load_pack(bundled_pack()).items[0].code
    path = tmp_path / "bookings.csv"
    path.write_text(f"number,item,booked_for,name\nYY-1,{code},2026-11-21T10:30,赵样本\n", "utf-8")
    assert enrolled.open("tickets", "import", str(path)) == 0
    assert "新增 1, 更新 0, 未变 0" in capsys.readouterr().out
    path.write_text(f"number,item,name\nYY-2,{code},赵样本\nYY-3,000,钱样本\n", "utf-8")
    assert enrolled.open("tickets", "import", str(path)) == 1
    told = capsys.readouterr().err
    assert told.startswith("[V186]") and "第 3 行" in told and "钱样本" not in told
    with enrolled.store() as store:
        assert store.booking("YY-1") is not None and store.booking("YY-2") is None


def test_a_file_that_is_none_says_what_one_looks_like(
    enrolled: Seat, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert enrolled.open("tickets", "import", str(tmp_path / "none.csv")) == 1
    assert "booked_for" in capsys.readouterr().err


def test_todays_numbers_are_listed_without_names(enrolled: Seat, capsys: pytest.CaptureFixture[str]) -> None:
    assert enrolled.open("tickets", "list") == 0
    assert capsys.readouterr().out == "今天还没有取号\n"
    at = now()
    ticket = Ticket(ticket_id=f"{at:%Y%m%d}-A001", day=at.date(), number="A001", lane=Lane.LOCAL, taken_at=at)
    with enrolled.store() as store, store.transaction() as tx:
        tx.put_ticket(ticket.moved(TicketMove.CALL, at))
    assert enrolled.open("tickets", "list") == 0
    assert "A001  已叫号" in capsys.readouterr().out
    assert enrolled.open("tickets", "list", "--json") == 0
    (plain,) = json.loads(capsys.readouterr().out)
    assert set(plain) == NUMBER and (plain["state"], plain["waited_s"]) == ("CALLED", 0)


def test_the_board_has_every_case_with_each_step(enrolled: Seat, capsys: pytest.CaptureFixture[str]) -> None:
    assert enrolled.open("queue", "lamps") == 0
    assert capsys.readouterr().out == "没有红灯和黄灯\n"
    enrolled.seal()
    assert enrolled.open("queue", "lamps", "--all", "--json") == 0
    (line,) = json.loads(capsys.readouterr().out)
    assert set(line) == {"case_number", "item", "applicant", "state", "lamp", "lamp_words", "clocks"}
    assert all(set(clock) == CLOCK for clock in line["clocks"]) and line["clocks"]
    assert enrolled.open("queue", "lamps", "--all") == 0
    told = capsys.readouterr().out
    assert line["lamp_words"] in told and line["case_number"] in told


def test_the_report_measures_the_day_for_machines_and_people(
    enrolled: Seat, capsys: pytest.CaptureFixture[str]
) -> None:
    enrolled.seal()
    assert enrolled.open("report", "day", "--json") == 0
    report = json.loads(capsys.readouterr().out)
    assert report["handled"] == 1 and report["median_s"] >= 0 and report["mean_wait_s"] is None
    assert {"fields_prefilled", "fields_typed", "sheets_reused", "median_s_by_step"} <= set(report)
    assert enrolled.open("report", "day") == 0
    assert "表单值 自动填写" in capsys.readouterr().out
