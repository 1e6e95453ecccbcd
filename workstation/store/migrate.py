"""Bring a database to the schema of this program: one transaction, a copy first, never a newer one.

Alembic is loaded only when there is something to do: its import would be felt at every start.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, inspect, text

from workstation.store.engine import Database
from workstation.store.errors import StoreTooNew
from workstation.store.files import disk_faults, make_folder, sync_folder

if TYPE_CHECKING:
    from alembic.config import Config

HEAD = "0008"
"""Revision this program works with.

A new kind of log payload needs a new revision although no table changes: an older program must refuse the
folder (`StoreTooNew`), not take the payload for damage.
"""
SCRIPTS = Path(__file__).parent / "migrations"
BACKUPS = "backups"


def revision(database: Database) -> str | None:
    """Return the revision of the file; None for an empty one."""
    with database.connection() as connection:
        return _revision(connection)


def upgrade(database: Database) -> None:
    """Bring the database to `HEAD`; a copy of a filled one is put aside first.

    Raises:
        StoreTooNew: the file has a revision this program does not know.
        DiskFull: no space for the copy or the change; the database is as it was.
    """
    present = revision(database)
    if present == HEAD:
        return
    config = _config()
    _check_known(config, present)
    if present is not None:
        _put_aside(database, present)
    _run(database, config)


def _run(database: Database, config: Config) -> None:
    from alembic import command

    with database.connection() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def _config() -> Config:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(SCRIPTS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


def _check_known(config: Config, present: str | None) -> None:
    from alembic.script import ScriptDirectory

    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if present is not None and present not in known:
        raise StoreTooNew(found=present, known=HEAD)


def _put_aside(database: Database, present: str) -> None:
    folder = database.path.parent / BACKUPS
    make_folder(folder)
    copy = folder / f"before-{HEAD}-from-{present}.db"
    with disk_faults():
        # One left by an interrupted upgrade shows an older moment than the file does now.
        copy.unlink(missing_ok=True)
    with database.cursor() as cursor:
        cursor.execute("VACUUM INTO ?", (str(copy),))
    with disk_faults():
        copy.chmod(0o600)
        _sync(copy)
        sync_folder(folder)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none()
    return None if found is None else str(found)
