"""Rows on the disk: one transaction or nothing, and patience when the disk or a lock refuses."""

from __future__ import annotations

import errno
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
import pytest

from sync.gateway import schema
from sync.gateway.database import Rows, next_number, only_value
from sync.gateway.errors import FolderUnusable, OfficeBusy
from sync.gateway.sqlite import SqliteDatabase
from tests.sync.gateway_hall import Hall, WindowSeat, check_problem, open_hall, open_office

pytestmark = pytest.mark.usefixtures("engine")


def failing(error: Exception) -> Callable[..., None]:
    def fail(*_: object, **__: object) -> None:
        raise error

    return fail


def named(name: str) -> sqlite3.OperationalError:
    error = sqlite3.OperationalError("no")
    error.sqlite_errorname = name
    return error


def counted(rows: Rows, table: str) -> int:
    return int(only_value(rows.execute(f"SELECT count(*) FROM {table}")))


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_each_commit_is_synced_and_readers_never_block(tmp_path: Path) -> None:
    database = SqliteDatabase(tmp_path / "office.db")
    with database.read() as rows:
        pragmas = {
            name: rows.execute(f"PRAGMA {name}").fetchone()[0]
            for name in ("journal_mode", "synchronous", "foreign_keys")
        }
    assert pragmas == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}
    database.close()


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_an_office_of_the_first_version_is_brought_up_to_date_and_a_newer_one_is_left_alone(
    tmp_path: Path,
) -> None:
    path = tmp_path / "office.db"
    with sqlite3.connect(path) as before:
        before.executescript(schema.FIRST)
        before.execute("PRAGMA user_version = 1")
        before.execute("INSERT INTO meta (name, value) VALUES ('kept', 'yes')")
    before.close()
    database = SqliteDatabase(path)
    with database.read() as rows:
        assert counted(rows, "meta WHERE name = 'kept'") == 1
        assert rows.execute("PRAGMA user_version").fetchone()[0] == len(schema.VERSIONS)
        rows.execute(f"PRAGMA user_version = {len(schema.VERSIONS) + 1}")
    database.close()
    with pytest.raises(FolderUnusable):
        SqliteDatabase(path)


def test_a_failed_transaction_leaves_no_bundle_no_receipt_and_no_case(
    hall: Hall, window: WindowSeat, monkeypatch: pytest.MonkeyPatch
) -> None:
    window.headers()
    manifest = window.manifest()
    with monkeypatch.context() as patch:
        patch.setattr("sync.gateway.matters.open_all", failing(sqlite3.IntegrityError("power cut")))
        check_problem(window.put(manifest), 500, "internal")
    assert hall.office.bundle_ids() == () and hall.office.cases() == ()
    window.delivered(manifest)


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_a_full_disk_under_the_rows_means_wait_and_passes(hall: Hall, window: WindowSeat) -> None:
    window.headers()
    manifest = window.manifest(body={"text": "长" * 200_000})
    with hall.office.database.read() as rows:
        pages = only_value(rows.execute("PRAGMA page_count"))
        rows.execute(f"PRAGMA max_page_count = {pages + 1}")
    check_problem(window.put(manifest), 507, "storage-full")
    assert hall.office.bundle_ids() == ()
    with hall.office.database.read() as rows:
        rows.execute("PRAGMA max_page_count = 1000000")
    window.delivered(manifest)


def test_a_failed_commit_leaves_the_office_usable(hall: Hall, engine: str) -> None:
    database = hall.office.database

    def orphan(rows: Rows) -> None:
        if engine == "sqlite":
            rows.execute("PRAGMA defer_foreign_keys = ON")
        rows.execute("INSERT INTO token (token_hash, window_id, expires_at) VALUES ('a', 'nobody', 0)")

    with pytest.raises((sqlite3.IntegrityError, psycopg.IntegrityError)):
        database.write(orphan)
    assert database.write(lambda rows: counted(rows, "token")) == 0


def test_a_lock_kept_by_another_process_means_wait(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, engine: str
) -> None:
    monkeypatch.setattr("sync.gateway.sqlite.BUSY_TIMEOUT_S", 0.05)
    monkeypatch.setattr("sync.gateway.postgresql.LOCK_TIMEOUT_MS", 50)
    hall = open_hall(tmp_path)
    window = hall.window()
    window.headers()
    beside = open_office(tmp_path)

    def keep(rows: Rows) -> Any:
        rows.hold_window(window.window_id)
        assert window.news() == {"changes": [], "cursor": 0}
        return window.put(window.manifest())

    answer = beside.database.write(keep)
    check_problem(answer, 503, "busy")
    assert answer.headers["Retry-After"] == "2"
    beside.close()
    hall.office.close()


@pytest.mark.parametrize(
    ("engine", "error", "status", "code"),
    [
        ("sqlite", named("SQLITE_BUSY"), 503, "busy"),
        ("sqlite", named("SQLITE_FULL"), 507, "storage-full"),
        ("postgresql", psycopg.errors.AdminShutdown(), 503, "busy"),
        ("postgresql", psycopg.errors.DiskFull(), 507, "storage-full"),
        ("postgresql", psycopg.errors.SerializationFailure(), 503, "busy"),
        ("postgresql", OSError(errno.ENOSPC, "full"), 507, "storage-full"),
    ],
    indirect=["engine"],
)
def test_rows_that_cannot_be_written_now_ask_for_patience(
    window: WindowSeat, monkeypatch: pytest.MonkeyPatch, error: Exception, status: int, code: str
) -> None:
    window.headers()
    monkeypatch.setattr("sync.gateway.matters.open_all", failing(error))
    check_problem(window.put(window.manifest()), status, code)


def test_numbers_of_a_counter_follow_each_other(hall: Hall) -> None:
    found = [hall.office.database.write(lambda rows: next_number(rows, "paper")) for _ in range(3)]
    assert found == [1, 2, 3]


@pytest.mark.parametrize("engine", ["postgresql"], indirect=True)
def test_what_met_another_transaction_is_tried_again(hall: Hall) -> None:
    met = iter([psycopg.errors.DeadlockDetected(), psycopg.errors.SerializationFailure()])

    def meets(rows: Rows) -> int:
        number = next_number(rows, "paper")
        for error in met:
            raise error
        return number

    assert hall.office.database.write(meets) == 1
    with pytest.raises(OfficeBusy):
        hall.office.database.write(failing(psycopg.errors.DeadlockDetected()))
