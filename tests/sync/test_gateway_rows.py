"""Rows on the disk: one transaction or nothing, and patience when the disk or a lock refuses."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from sync.gateway.database import Database
from tests.sync.gateway_hall import Hall, WindowSeat, check_problem, open_hall


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[Hall]:
    hall = open_hall(tmp_path / "office")
    yield hall
    hall.office.close()


@pytest.fixture
def window(hall: Hall) -> WindowSeat:
    return hall.window()


def test_each_commit_is_synced_and_readers_never_block(tmp_path: Path) -> None:
    database = Database(tmp_path / "office.db")
    with database.read() as rows:
        pragmas = {
            name: rows.execute(f"PRAGMA {name}").fetchone()[0] for name in ("journal_mode", "synchronous")
        }
        assert rows.execute("PRAGMA foreign_keys").fetchone()[0] == 1
    assert pragmas == {"journal_mode": "wal", "synchronous": 2}
    database.close()


def test_a_failed_transaction_leaves_no_bundle_no_receipt_and_no_case(
    hall: Hall, window: WindowSeat, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise sqlite3.IntegrityError("power cut")

    window.headers()
    manifest = window.manifest()
    with monkeypatch.context() as patch:
        patch.setattr("sync.gateway.intake.matters.arrive", fail)
        check_problem(window.put(manifest), 500, "internal")
    assert hall.office.bundle_ids() == () and hall.office.cases() == ()
    window.delivered(manifest)


def test_a_full_disk_under_the_rows_means_wait_and_passes(hall: Hall, window: WindowSeat) -> None:
    window.headers()
    manifest = window.manifest(body={"text": "长" * 200_000})
    with hall.office._database.read() as rows:
        pages = rows.execute("PRAGMA page_count").fetchone()[0]
        rows.execute(f"PRAGMA max_page_count = {pages + 1}")
    check_problem(window.put(manifest), 507, "storage-full")
    assert hall.office.bundle_ids() == ()
    with hall.office._database.read() as rows:
        rows.execute("PRAGMA max_page_count = 1000000")
    window.delivered(manifest)


def test_a_failed_commit_leaves_the_office_usable(hall: Hall) -> None:
    database = hall.office._database
    with pytest.raises(sqlite3.IntegrityError), database.write() as rows:
        rows.execute("PRAGMA defer_foreign_keys = ON")
        rows.execute("INSERT INTO token (token_hash, window_id, expires_at) VALUES ('a', 'nobody', 0)")
    with database.write() as rows:
        assert rows.execute("SELECT count(*) FROM token").fetchone()[0] == 0


def test_a_lock_kept_by_another_process_means_wait(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sync.gateway.database.BUSY_TIMEOUT_S", 0.05)
    hall = open_hall(tmp_path)
    window = hall.window()
    window.headers()
    beside = Database(tmp_path / "office.db")
    with beside.write():
        answer = window.put(window.manifest())
        assert window.news() == {"changes": [], "cursor": 0}
    check_problem(answer, 503, "busy")
    assert answer.headers["Retry-After"] == "2"
    beside.close()
    hall.office.close()


@pytest.mark.parametrize(
    ("name", "status", "code"), [("SQLITE_BUSY", 503, "busy"), ("SQLITE_FULL", 507, "storage-full")]
)
def test_rows_that_cannot_be_written_now_ask_for_patience(
    hall: Hall, window: WindowSeat, monkeypatch: pytest.MonkeyPatch, name: str, status: int, code: str
) -> None:
    def fail(*_: object, **__: object) -> None:
        error = sqlite3.OperationalError("no")
        error.sqlite_errorname = name
        raise error

    window.headers()
    monkeypatch.setattr("sync.gateway.intake.matters.arrive", fail)
    check_problem(window.put(window.manifest()), status, code)
