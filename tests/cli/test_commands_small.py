"""`workstation report`, `workstation scan`, settings, languages and the log."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import NAME, Seat
from workstation.cli import main
from workstation.cli.logs import kept_log
from workstation.domain.clock import local_date, now


def test_a_day_that_balances_ends_well(enrolled: Seat, capsys: pytest.CaptureFixture[str]) -> None:
    enrolled.seal()
    assert enrolled.open("report", "day") == 0
    assert "✔ 收件 1 = 送达 0 + 排队 1 + 退回 0" in capsys.readouterr().out


def test_a_case_that_is_nowhere_is_told_to_people_and_machines(
    enrolled: Seat, capsys: pytest.CaptureFixture[str]
) -> None:
    enrolled.seal()
    enrolled.seal(in_queue=False)
    assert enrolled.open("report", "day") == 1
    told = capsys.readouterr()
    assert "✘ 收件 2 = 送达 0 + 排队 1 + 退回 0" in told.out and "不平衡" in told.err
    assert enrolled.open("report", "day", "--json", "--date", local_date(now()).isoformat()) == 1
    counted = json.loads(capsys.readouterr().out)
    assert (counted["received"], counted["queued"], counted["balances"]) == (2, 1, False)
    assert enrolled.open("report", "day", "--json", "--date", "2020-01-01") == 0


def test_a_date_that_is_none_is_wrong_usage(seat: Seat) -> None:
    with pytest.raises(SystemExit) as ended:
        seat.open("report", "day", "--date", "gestern")
    assert ended.value.code == 2


def test_a_machine_without_a_scanner_says_so(seat: Seat, capsys: pytest.CaptureFixture[str]) -> None:
    assert seat.run("scan", "--list", "--json") == 1
    told = capsys.readouterr()
    assert json.loads(told.out) == []
    assert told.err.startswith(("[S114]", "[S113]")) and told.err.count("\n") == 1


def test_a_folder_of_scans_is_listed_with_its_sources(
    seat: Seat, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "scans").mkdir()
    (tmp_path / "workstation.toml").write_text(f'scan_folder = "{tmp_path}/scans"\nsane = false\n', "utf-8")
    assert seat.run("scan", "--list") == 0
    assert "[folder]" in capsys.readouterr().out
    assert seat.run("scan", "--list", "--json") == 0
    (device,) = json.loads(capsys.readouterr().out)
    assert set(device) == {"id", "name", "driver", "sources", "capabilities"}
    assert (device["driver"], device["capabilities"]) == ("folder", [])


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('windw_name = "03"', "是否想写 window_name?"),
        ("resolution_dpi = '200'", "resolution_dpi 应为 int"),
        ("sane = 1", "sane 应为 bool"),
        ("language = 'fr'", "language"),
        ("clerk = ", "无法读取"),
    ],
)
def test_a_wrong_setting_names_the_file_and_the_remedy(
    seat: Seat, tmp_path: Path, text: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "workstation.toml").write_text(text, "utf-8")
    assert seat.run("queue", "list") == 2
    told = capsys.readouterr().err
    assert said in told and str(tmp_path / "workstation.toml") in told


@pytest.mark.parametrize("arguments", [("queue", "list"), ("report", "day"), ("sync", "--once")])
def test_english_does_not_crash(
    enrolled: Seat, arguments: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WORKSTATION_LANGUAGE", "en")
    assert enrolled.open(*arguments) == 0


@pytest.mark.parametrize("command", ["scan", "queue", "sync", "enrol", "report"])
@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_every_command_explains_itself(
    command: str, language: str, seat: Seat, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WORKSTATION_LANGUAGE", language)
    with pytest.raises(SystemExit) as ended:
        seat.run(command, "--help")
    assert ended.value.code == 0


def test_an_unforeseen_fault_is_one_sentence_and_its_text_stays_out_of_the_log(
    enrolled: Seat, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from workstation.services import balance

    def broken(store: object, day: object) -> object:
        raise ValueError(f"cannot count {NAME}")

    monkeypatch.setattr(balance, "day_balance", broken)
    assert enrolled.open("report", "day") == 1
    told = capsys.readouterr().err
    assert told.count("\n") == 1 and "[X000]" in told and NAME not in told
    log = (enrolled.folder / "logs" / "report.log").read_text("utf-8")
    assert "code=X000 kind=ValueError" in log and "raised=ValueError at=" in log
    assert NAME not in log and "test_commands_small.py" in log


def test_the_log_is_private_and_keeps_foreign_values_out(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    with kept_log(tmp_path, "sync"):
        logging.getLogger("sync.sender").info("bundle=%s\nstate=%s", "b1", "DELIVERED")
        logging.getLogger("asyncio").error(f"Task exception\nexception=ValueError('{NAME}')")
        logging.getLogger("httpx").info("GET https://gateway.example")
        logging.getLogger("PIL").warning("bad picture of %s", NAME)
    path = tmp_path / "logs" / "sync.log"
    lines = path.read_text("utf-8").splitlines()
    assert len(lines) == 3 and NAME not in "".join(lines)
    assert lines[0].endswith("bundle=b1 state=DELIVERED")
    assert (path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o777) == (0o600, 0o700)


def test_a_log_that_cannot_be_written_stops_nothing(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "logs").write_text("not a folder", "utf-8")
    with kept_log(tmp_path, "screens"):
        logging.getLogger("workstation").error("code=%s", "X000")
    assert capfd.readouterr() == ("", "")


def test_a_reader_that_goes_away_is_no_fault(seat: Seat) -> None:
    command = f"{sys.executable} -m workstation.cli catalogue search 证 --json | head -n 1"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, env=dict(os.environ))
    assert (done.returncode, done.stderr) == (0, "")


def test_the_version_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--version"])
    assert ended.value.code == 0
