"""`workstation scan --list` with real devices of libsane: what each can do from each source."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Seat
from tests.scanners.conftest import missing_sane, write_config


@pytest.fixture
def listed(seat: Seat, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Seat:
    if missing_sane():
        pytest.skip(missing_sane())
    monkeypatch.setenv("SANE_CONFIG_DIR", str(write_config(tmp_path / "sane.d", devices=1, glass=216)))
    return seat


def test_people_read_what_a_device_can_do_from_each_source(
    listed: Seat, capsys: pytest.CaptureFixture[str]
) -> None:
    assert listed.run("scan", "--list") == 0
    lines = capsys.readouterr().out.splitlines()
    at = next(number for number, line in enumerate(lines) if line.startswith("test:0"))
    assert lines[at] == "test:0  Noname frontend-tester  平板, 送纸器  [sane]"
    assert lines[at + 1] == "    平板: 1-1200 dpi · 彩色, 灰度 · 最大 216 x 216 mm · A5"


def test_machines_read_the_same(listed: Seat, capsys: pytest.CaptureFixture[str]) -> None:
    assert listed.run("scan", "--list", "--json") == 0
    devices = {device["id"]: device for device in json.loads(capsys.readouterr().out)}
    feeder = devices["test:0"]["capabilities"][1]
    assert feeder["source"] == "FEEDER" and feeder["modes"] == ["RGB", "L"]
    assert feeder["largest_page_mm"] == [216.0, 216.0] and feeder["papers"] == ["A5"]
    assert {75, 200, 300, 600} <= set(feeder["resolutions_dpi"])
    assert devices["pnm:0"]["capabilities"][0]["largest_page_mm"] is None
