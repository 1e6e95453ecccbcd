"""`workstation sync`: one round, or until told to stop; one sender a machine."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from sync.contract.models import ChangeKind
from sync.lock import SenderLock
from sync.loop import LISTEN_S
from sync.port import LineState
from tests.cli.conftest import Seat
from workstation.cli.wiring import LOCK_NAME
from workstation.domain.clock import now
from workstation.services.enrolment import membership


def test_one_round_delivers_everything_and_ends_well(
    enrolled: Seat, capsys: pytest.CaptureFixture[str]
) -> None:
    bundles = [enrolled.seal() for _ in range(3)]
    assert enrolled.open("sync", "--once") == 0
    assert "送达 3 件" in capsys.readouterr().out
    with enrolled.store() as store:
        assert {store.outbox.line(bundle).state for bundle in bundles} == {LineState.DELIVERED}
    assert len(enrolled.office.cases()) == 3


HANGS_S = 90.0


def test_one_round_brings_the_decisions_home(enrolled: Seat, capsys: pytest.CaptureFixture[str]) -> None:
    enrolled.seal()
    assert enrolled.open("sync", "--once") == 0
    number = f"W001-{now():%Y%m%d}-0001"
    enrolled.office.decide(number, ChangeKind.ACCEPTED, actor="香蜜湖街道")
    capsys.readouterr()
    assert enrolled.open("sync", "--once") == 0
    assert "收到 1 条后台消息" in capsys.readouterr().out
    with enrolled.store() as store:
        case = store.case_by_number(number)
    assert case is not None and case.state.value == "ACCEPTED"


def test_without_a_network_the_reasons_are_on_stderr(
    enrolled: Seat, capsys: pytest.CaptureFixture[str]
) -> None:
    enrolled.seal()
    enrolled.server.stop()
    assert enrolled.open("sync", "--once") == 1
    told = capsys.readouterr()
    assert "[Y101] 网络不通" in told.err and "等待网络" in told.err and "赵样本" not in told.err


def test_a_window_that_has_not_enrolled_is_told_how(seat: Seat, capsys: pytest.CaptureFixture[str]) -> None:
    assert seat.open("enrol", seat.url, "--code", "wrong") == 1
    capsys.readouterr()
    assert seat.open("sync", "--once") == 1
    assert "workstation enrol" in capsys.readouterr().err


def test_a_round_beside_another_sender_is_refused_and_names_it(
    enrolled: Seat, capsys: pytest.CaptureFixture[str]
) -> None:
    bundle = enrolled.seal()
    with SenderLock(enrolled.folder / LOCK_NAME):
        assert enrolled.open("sync", "--once") == 1
    assert f"[W104] 本机另一个程序正在发送 (进程 {os.getpid()}" in capsys.readouterr().err
    with enrolled.store() as store:
        assert store.outbox.line(bundle).state is LineState.QUEUED


def until(process: subprocess.Popen[str], word: str) -> None:
    assert process.stdout is not None
    for line in process.stdout:
        if word in line:
            return
    raise AssertionError(process.stderr.read() if process.stderr else word)


def ends_soon(process: subprocess.Popen[str], ending: signal.Signals) -> None:
    begun = time.monotonic()
    process.send_signal(ending)
    assert process.wait(HANGS_S) == 0
    assert time.monotonic() - begun < LISTEN_S * 0.9


@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGINT])
def test_watching_delivers_refuses_a_second_and_ends_at_a_signal(
    enrolled: Seat, ending: signal.Signals, capsys: pytest.CaptureFixture[str]
) -> None:
    enrolled.seal()
    with enrolled.started("sync", "--watch") as process:
        until(process, "送达 1 件")
        assert enrolled.open("sync", "--watch") == 1
        assert f"进程 {process.pid}" in capsys.readouterr().err
        ends_soon(process, ending)


def test_machines_get_one_object_for_a_round(enrolled: Seat, capsys: pytest.CaptureFixture[str]) -> None:
    enrolled.seal()
    assert enrolled.open("sync", "--once", "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["delivered"], told["link"], told["code"], told["waiting"]) == (1, "UP", "", [])
    waiting = enrolled.seal()
    enrolled.server.stop()
    assert enrolled.open("sync", "--once", "--json") == 1
    told = json.loads(capsys.readouterr().out)
    assert (told["delivered"], told["link"], told["code"]) == (0, "DOWN", "Y101")
    assert [line["bundle_id"] for line in told["waiting"]] == [waiting]


def test_machines_get_a_line_for_every_change_while_it_watches(enrolled: Seat) -> None:
    enrolled.seal()
    with enrolled.started("sync", "--watch", "--json") as process:
        assert process.stdout is not None
        for line in process.stdout:
            told = json.loads(line)
            if told["delivered"] == 1:
                break
        assert set(told) == {"at", "link", "code", "delivered", "changes", "offline_since", "poor"}
        ends_soon(process, signal.SIGTERM)


def test_a_signal_in_the_middle_of_a_page_ends_soon_and_loses_nothing_of_it(
    enrolled: Seat, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    config = tmp_path / "slow.toml"
    config.write_text("sync_kbit_s = 1600\n")
    monkeypatch.setenv("WORKSTATION_CONFIG", str(config))
    scan = os.urandom(2_000_000)
    monkeypatch.setitem(type(enrolled).seal.__globals__, "PAGE", scan)
    bundle = enrolled.seal()
    incoming = enrolled.folder.parent / "office/blobs/incoming"
    with enrolled.started("sync", "--watch") as process:
        wait_until(lambda: any(path.stat().st_size > 300_000 for path in incoming.iterdir()))
        process.send_signal(signal.SIGTERM)
        assert process.wait(HANGS_S) == 0
    name = hashlib.sha256(scan).hexdigest()
    with enrolled.store() as store:
        window = membership(store).identity.window_id
        wait_until(lambda: enrolled.office.partials.find(window, name) is not None)
        part = enrolled.office.partials.find(window, name)
        assert part is not None and part.offset > 300_000
    config.write_text("")
    assert enrolled.open("sync", "--once") == 0
    assert enrolled.office.blobs.read(name) == scan
    with enrolled.store() as store:
        assert store.outbox.line(bundle).state is LineState.DELIVERED


def wait_until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + HANGS_S
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_watching_without_a_network_says_so_and_still_ends(enrolled: Seat) -> None:
    enrolled.server.stop()
    with enrolled.started("sync", "--watch") as process:
        until(process, "[Y101]")
        ends_soon(process, signal.SIGTERM)


def test_once_or_watch_must_be_said(seat: Seat, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        seat.open("sync")
    assert ended.value.code == 2
