"""The schema: from nothing, from an older program, and never from a newer one."""

from __future__ import annotations

import shutil
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect

from workstation.domain.case import HomeStreetSet
from workstation.domain.lamps import course_of
from workstation.store import migrate
from workstation.store.database import Store
from workstation.store.engine import FILE_NAME, Database
from workstation.store.errors import StoreTooNew
from workstation.store.keys import DataKey
from workstation.store.rows import Row

NEXT = '''"""A later step."""
import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade():
    op.create_table("later", sa.Column("name", sa.String(), primary_key=True))
    with op.batch_alter_table("settings") as batch:
        batch.add_column(sa.Column("later", sa.String()))
    {extra}
'''


@pytest.fixture
def filled(folder: Path, key: DataKey, maker: Any) -> str:
    """A closed store of this program's revision with one case."""
    store = Store.create(folder, key)
    case_id: str = maker(store).case()
    maker(store).bundle(pages=(b"page",))
    with store.transaction() as tx:
        tx.put_setting("theme", "dark")
    store.close()
    return case_id


@pytest.fixture
def later(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A program with one more step; the step's file."""
    scripts = tmp_path / "scripts"
    shutil.copytree(migrate.SCRIPTS, scripts, ignore=shutil.ignore_patterns("__pycache__"))
    step = scripts / "versions" / "0009_later.py"
    step.write_text(NEXT.format(extra=""))
    monkeypatch.setattr(migrate, "SCRIPTS", scripts)
    monkeypatch.setattr(migrate, "HEAD", "0009")
    return step


def test_the_steps_lead_to_the_rows_of_this_program(store: Store) -> None:
    scripts = ScriptDirectory.from_config(migrate._config())
    assert scripts.get_heads() == [migrate.HEAD]
    with store._database.connection() as connection:
        context = MigrationContext.configure(connection, opts={"render_as_batch": True})
        assert compare_metadata(context, Row.metadata) == []


def test_an_empty_file_gets_the_schema_without_a_backup(folder: Path, key: DataKey, filled: str) -> None:
    (folder / FILE_NAME).unlink()
    (folder / FILE_NAME).touch()
    store = Store.open(folder, key)
    assert store.summaries() == ()
    assert not (folder / migrate.BACKUPS).exists()
    store.close()


def test_an_older_store_is_upgraded_with_a_copy_put_aside(
    folder: Path, key: DataKey, filled: str, later: Path, now: datetime
) -> None:
    store = Store.open(folder, key)
    assert migrate.revision(store._database) == "0009"
    assert store.case(filled).length == 1
    assert store.setting("theme") == "dark"
    assert store.recover(now).queued == 1
    store.close()
    (copy,) = (folder / migrate.BACKUPS).iterdir()
    assert copy.stat().st_mode & 0o077 == 0
    assert not copy.read_bytes().startswith(b"SQLite format 3")
    backup = Database(copy, key.derive("database"))
    assert migrate.revision(backup) == "0008"
    backup.close()


def test_an_upgrade_that_fails_leaves_the_store_as_it_was(
    folder: Path, key: DataKey, filled: str, later: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    later.write_text(NEXT.format(extra="raise ZeroDivisionError"))
    for _ in range(2):
        with pytest.raises(ZeroDivisionError):
            Store.open(folder, key)
    monkeypatch.undo()
    store = Store.open(folder, key)
    with store._database.connection() as connection:
        assert not inspect(connection).has_table("later")
    assert migrate.revision(store._database) == "0008"
    assert store.case(filled).length == 1
    store.close()


def test_a_store_of_a_newer_program_is_left_alone(folder: Path, key: DataKey, filled: str) -> None:
    database = Database(folder / FILE_NAME, key.derive("database"))
    with database.cursor() as cursor:
        cursor.execute("UPDATE alembic_version SET version_num = '0999'")
    database.close()
    before = (folder / FILE_NAME).read_bytes()
    with pytest.raises(StoreTooNew) as caught:
        Store.open(folder, key)
    assert caught.value.details == {"found": "0999", "known": migrate.HEAD}
    assert (folder / FILE_NAME).read_bytes() == before


def test_opening_a_store_of_this_revision_does_not_load_alembic(
    folder: Path, key: DataKey, filled: str
) -> None:
    program = f"""
import sys
from pathlib import Path
from workstation.store.database import Store
from workstation.store.keys import DataKey
Store.open(Path({str(folder)!r}), DataKey({key._secret!r})).close()
print([name for name in sys.modules if name in ("alembic", "keyring")])
"""
    assert subprocess.check_output([sys.executable, "-c", program], text=True).strip() == "[]"


def test_a_store_of_the_first_schema_gets_clocks_and_numbers_and_keeps_its_cases(
    folder: Path, key: DataKey, filled: str, now: datetime
) -> None:
    database = Database(folder / FILE_NAME, key.derive("database"))
    with database.cursor() as cursor:
        for statement in (
            "DROP INDEX ix_bundles_clock",
            "DROP INDEX ix_bundles_done",
            "DROP INDEX ix_cases_changed_at",
            "DROP INDEX ix_cases_received_at",
            "DROP INDEX ix_changes_kept",
            "ALTER TABLE changes DROP COLUMN is_kept",
            "DROP TABLE standings",
            "DROP TABLE people",
            "DROP TABLE audit_entries",
            "DROP TABLE audit_anchors",
            "DROP TABLE tickets",
            "DROP TABLE bookings",
            "ALTER TABLE cases DROP COLUMN course",
            "UPDATE alembic_version SET version_num = '0001'",
        ):
            cursor.execute(statement)
    database.close()
    store = Store.open(folder, key)
    assert store.summaries()[0].course.case_id == filled, "before anything is filled in there is no clock"
    store.recover(now)
    (summary,) = store.summaries()
    assert summary.course == course_of(store.case(filled))
    assert store.tickets(now.date()) == () and store.bookings(now.date()) == ()
    with store.transaction() as tx:
        tx.record(filled, HomeStreetSet(street="XMH"), actor="clerk", at=now)
    assert store.summaries()[0].course.home_street == "XMH"
    store.close()
    assert [copy.name for copy in (folder / migrate.BACKUPS).iterdir()] == ["before-0008-from-0001.db"]
