"""A real PostgreSQL server in a private folder, reached by a private socket, for as long as the tests run."""

from __future__ import annotations

import os
import secrets
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

import psycopg

from sync.gateway.schema import VERSIONS

PLACES = "/usr/lib/postgresql/*/bin"
ACCOUNT = "postgres"
"""Debian's; the server refuses to run as root."""
SETTINGS = "-c listen_addresses='' -c max_connections=100"
HASTY = " -c fsync=off -c full_page_writes=off"
"""No test cuts the power of this server; its promises of the disk are its own makers' to test."""

EMPTY = f"""
DELETE FROM anchor;
DELETE FROM desk_session; DELETE FROM desk_look; DELETE FROM reviewer_street; DELETE FROM reviewer;
DELETE FROM feed; DELETE FROM matter; DELETE FROM conflict; DELETE FROM bundle; DELETE FROM assertion;
DELETE FROM pace; DELETE FROM token; DELETE FROM code; DELETE FROM "window"; DELETE FROM counter;
DELETE FROM street;
DELETE FROM meta WHERE name <> 'schema'; UPDATE meta SET value = '{len(VERSIONS)}';
ALTER SEQUENCE bundle_serial RESTART
"""
"""An office as it is made, when its tables are there."""


def programs() -> Path | None:
    """Return the folder of the newest server installed; None when there is none."""
    found = sorted(Path("/").glob(f"{PLACES[1:]}/initdb"), key=lambda path: int(path.parts[-3]))
    if found:
        return found[-1].parent
    initdb = shutil.which("initdb")
    return Path(initdb).parent if initdb else None


@dataclass
class Server:
    """A running server."""

    root: Path
    programs: Path
    _taken: dict[tuple[str, Path], str] = field(default_factory=dict)
    _empty: list[str] = field(default_factory=list)

    @classmethod
    def started(cls, programs: Path, *, durable: bool = False) -> Server:
        """Make a cluster and start it; a durable one waits for the disk, as in an office."""
        # The path of a socket may not be long, so not below pytest's own folder.
        server = cls(Path(tempfile.mkdtemp(prefix="pg-", dir="/tmp")), programs)  # noqa: S108
        if os.geteuid() == 0:
            shutil.chown(server.root, ACCOUNT, ACCOUNT)
        data = str(server.root / "data")
        server.run("initdb", "-D", data, "-U", ACCOUNT, "-A", "trust", "-E", "UTF8", "--locale=C", "-N")
        settings = SETTINGS + ("" if durable else HASTY)
        server.run(
            "pg_ctl",
            "-D",
            data,
            "-w",
            "-l",
            str(server.root / "log"),
            "-o",
            f"-k {server.root} {settings}",
            "start",
        )
        return server

    def run(self, program: str, *arguments: str) -> None:
        """Run one of its programs, as the account it may run as."""
        subprocess.run(
            [*_as_account(), str(self.programs / program), *arguments],
            check=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            cwd=self.root,
        )

    def place(self, schema: str = "public") -> str:
        """Return the URL of a schema."""
        options = quote(f"-c search_path={schema}")
        return (
            f"postgresql:///postgres?host={quote(str(self.root), safe='')}&user={ACCOUNT}&options={options}"
        )

    def place_of(self, folder: Path, *, test: str = "") -> str:
        """Return the URL of the schema of an office's folder in a test; at the first use an empty one."""
        key = (test, folder.resolve())
        if key not in self._taken:
            self._taken[key] = self._empty.pop() if self._empty else self._made()
        return self.place(self._taken[key])

    def release(self, test: str) -> None:
        """Empty the schemas of a test for the next one: making tables takes longer than most tests."""
        for key in [key for key in self._taken if key[0] == test]:
            schema = self._taken.pop(key)
            try:
                with psycopg.connect(
                    self.place(schema), options=f"-c lock_timeout=2s -c search_path={schema}"
                ) as rows:
                    rows.execute(EMPTY.encode())
            except psycopg.Error:
                continue  # somebody still holds it, or its tables are not whole: no other test gets it
            self._empty.append(schema)

    def _made(self) -> str:
        schema = f"office_{len(self._taken) + len(self._empty)}_{secrets.token_hex(4)}"
        with psycopg.connect(self.place(), autocommit=True) as connection:
            connection.execute(f"CREATE SCHEMA {schema}".encode())
        return schema

    def stop(self) -> None:
        """End it and remove what it wrote."""
        self.run("pg_ctl", "-D", str(self.root / "data"), "-m", "immediate", "-w", "stop")
        shutil.rmtree(self.root, ignore_errors=True)


def _as_account() -> Sequence[str]:
    if os.geteuid() != 0:
        return ()
    return ("setpriv", f"--reuid={ACCOUNT}", f"--regid={ACCOUNT}", "--clear-groups")
