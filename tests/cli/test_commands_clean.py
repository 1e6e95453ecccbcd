"""`workstation queue clean`: what would go, and that nothing goes without the back office's word."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from sync.lock import SenderLock
from tests.cli.conftest import PAGE, Seat
from workstation.cli.wiring import LOCK_NAME
from workstation.domain import clock
from workstation.domain.case import Move, Moved
from workstation.store import vault as vault_module

LATER = timedelta(days=40)
REAL = clock.now


@pytest.fixture
def decided(enrolled: Seat, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> str:
    """A bundle delivered today, of a decided case; from now on the window's clock is 40 days ahead."""
    monkeypatch.setattr(vault_module, "FRESH_S", -1.0)
    bundle = enrolled.seal()
    assert enrolled.open("sync", "--once") == 0
    with enrolled.store() as store:
        case = store.case_by_number(store.outbox.line(bundle).subject)
        assert case is not None
        with store.transaction() as tx:
            moves = [Moved(move=Move.ACCEPT), Moved(move=Move.DECIDE)]
            tx.record(case.case_id, *moves, actor="office", at=REAL())
    capsys.readouterr()
    monkeypatch.setattr(clock, "now", lambda: REAL() + LATER)
    return bundle


def has_page(seat: Seat, bundle: str) -> bool:
    with seat.store() as store:
        return store.vault.has(store.outbox.load(bundle).manifest.pages[0].sha256)


def cleaned(seat: Seat, capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, Any]:
    code = seat.open("queue", "clean", "--json", *arguments)
    return code, json.loads(capsys.readouterr().out)


def test_a_dry_run_names_what_would_go_and_changes_nothing(
    enrolled: Seat, decided: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code, plan = cleaned(enrolled, capsys, "--dry-run")
    assert code == 0 and plan["keep_days"] == 30
    assert [(one["bundle_id"], one["bytes"]) for one in plan["bundles"]] == [(decided, len(PAGE))]
    assert has_page(enrolled, decided)


def test_a_window_whose_clock_is_ahead_does_not_get_its_way(
    enrolled: Seat, decided: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code, done = cleaned(enrolled, capsys)
    assert (code, done["bundles"], done["pages"]) == (0, [], 0)
    assert has_page(enrolled, decided)


def test_pages_go_once_the_back_office_agrees_and_the_trace_is_shown(
    enrolled: Seat, decided: str, capsys: pytest.CaptureFixture[str]
) -> None:
    # The office's clock runs with the window's: its answers carry it.
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sync.client.GatewayClient.clock_offset", timedelta())
        code, done = cleaned(enrolled, capsys)
    assert (code, done["pages"]) == (0, 1) and done["bytes"] > len(PAGE)
    assert not has_page(enrolled, decided)
    assert enrolled.open("queue", "show", decided, "--json") == 0
    (shown,) = json.loads(capsys.readouterr().out)
    assert shown["receipt"]["valid"] and shown["pages"] and shown["state"] == "DELIVERED"
    assert "pages removed: 1" in shown["history"][-1]["detail"]


def test_without_the_back_office_nothing_goes(
    enrolled: Seat, decided: str, capsys: pytest.CaptureFixture[str]
) -> None:
    enrolled.server.stop()
    code, done = cleaned(enrolled, capsys)
    assert (code, done["code"], done["bundles"]) == (1, "Y101", [])
    assert has_page(enrolled, decided)


def test_beside_another_program_nothing_goes(
    enrolled: Seat, decided: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sync.client.GatewayClient.clock_offset", timedelta())
    with enrolled.store():
        assert enrolled.open("queue", "clean") == 1
    assert "W141" in capsys.readouterr().err
    lock = SenderLock(enrolled.folder / LOCK_NAME)
    assert lock.acquire()
    assert enrolled.open("queue", "clean") == 1
    assert "W104" in capsys.readouterr().err
    lock.release()
    assert has_page(enrolled, decided)
