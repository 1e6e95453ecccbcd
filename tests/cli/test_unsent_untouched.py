"""Unsent work through everything that happens to a window: another clerk, lost settings, cleaning, time."""

from __future__ import annotations

import shutil
from datetime import timedelta
from pathlib import Path

import pytest

from sync.contract.models import SignedManifest
from sync.port import Line
from tests.cli.conftest import PAGE, Seat
from workstation.domain import clock
from workstation.store import vault as vault_module

REAL = clock.now


def queue_of(seat: Seat) -> list[tuple[Line, SignedManifest, list[bytes]]]:
    """Read all that is unsent, page by page."""
    with seat.store() as store:
        signed = [(line, store.outbox.load(line.bundle_id)) for line in store.outbox.lines()]
        return [
            (line, one, [store.outbox.blob(page.sha256) for page in one.manifest.pages])
            for line, one in signed
        ]


def test_nothing_but_a_receipt_takes_work_out_of_the_queue(
    enrolled: Seat, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vault_module, "FRESH_S", -1.0)
    waiting, held = enrolled.seal(), enrolled.seal()
    assert enrolled.open("queue", "hold", held, "--why", "核对") == 0
    before = queue_of(enrolled)
    assert {line.bundle_id for line, _signed, _pages in before} == {waiting, held}
    assert all(pages == [PAGE] for _line, _signed, pages in before)
    settings = tmp_path / "workstation.toml"
    settings.write_text('clerk = "另一人"\nlanguage = "en"\nkeep_delivered_days = 30\n', encoding="utf-8")
    assert enrolled.open("queue", "list") == 0
    assert enrolled.open("queue", "clean") == 0
    settings.unlink()
    shutil.rmtree(tmp_path / ".cache", ignore_errors=True)
    for years in (10, -10):
        monkeypatch.setattr(clock, "now", lambda ahead=years: REAL() + timedelta(days=365 * ahead))
        assert enrolled.open("queue", "clean", "--dry-run") == 0
        assert enrolled.open("queue", "clean") == 0
    with enrolled.store() as store:
        assert store.recover(REAL()).queued == 2
    assert queue_of(enrolled) == before
