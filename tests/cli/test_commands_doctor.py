"""The doctor by its command: a finding a line, an exit code, JSON for machines."""

from __future__ import annotations

import json

import pytest

from tests.cli.conftest import NAME, NUMBER, Seat


def test_the_doctor_looks_at_everything_and_names_nobody(
    enrolled: Seat, capsys: pytest.CaptureFixture[str]
) -> None:
    enrolled.seal()
    enrolled.open("doctor", "--json")
    text = capsys.readouterr().out
    found = {one["topic"]: one for one in json.loads(text)}
    topics = "version keys suite disk swap queue sender calendar pack gateway clock rights scanner"
    assert set(found) >= {*topics.split(), "reading", "data"}
    assert [found[name]["level"] for name in ("gateway", "clock", "rights", "data")] == ["GOOD"] * 4
    assert found["keys"]["level"] == "NOTE" and "recovery" in found["keys"]["todo"]
    assert NAME not in text and NUMBER not in text


def test_a_window_without_a_back_office_is_told_how_to_join(
    seat: Seat, capsys: pytest.CaptureFixture[str]
) -> None:
    from tests.cli.conftest import PASSPHRASE
    from workstation.cli.wiring import open_store

    open_store(seat.settings, PASSPHRASE).close()
    assert seat.open("doctor", "--offline") == 1
    out = capsys.readouterr().out
    assert "✘ 本窗口还没有加入后台" in out and "→ 请用 workstation enrol" in out
