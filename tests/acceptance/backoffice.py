"""A back office as a process of its own, and a look into its rows from outside."""

from __future__ import annotations

import json
import socket
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from sync.gateway.office import DATABASE_FILE, Office

ROOT = Path(__file__).parents[2]
UP_S = 120.0


@dataclass
class BackOffice:
    """`workstation gateway serve --practice` over a folder, always on the same port."""

    folder: Path
    streets: dict[str, str]
    port: int = 0
    _server: subprocess.Popen[bytes] | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        """Keep a port that is free now."""
        if not self.port:
            with closing(socket.socket()) as taken:
                taken.bind(("127.0.0.1", 0))
                self.port = int(taken.getsockname()[1])

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def is_up(self) -> bool:
        """True while its process runs."""
        return self._server is not None

    def start(self) -> None:
        """Serve, and return once it answers."""
        if self._server is not None:
            return
        streets = [word for street in self.streets.items() for word in ("--street", "=".join(street))]
        command = [sys.executable, "-m", "workstation.cli", "gateway", "serve", "--practice", *streets]
        command += ["--folder", str(self.folder), "--port", str(self.port)]
        quiet = subprocess.DEVNULL
        self._server = subprocess.Popen(command, cwd=ROOT, stdin=quiet, stdout=quiet, stderr=quiet)
        deadline = time.monotonic() + UP_S
        while not self._answers():
            assert self._server.poll() is None, "the back office ended"
            assert time.monotonic() < deadline, "the back office does not answer"
            time.sleep(0.05)

    def stop(self) -> None:
        """Take it away; what it acknowledged stays."""
        server, self._server = self._server, None
        if server is not None:
            server.terminate()
            server.wait(UP_S)

    def new_code(self, street: str) -> str:
        """Return a one-time enrolment code."""
        office = Office.open(self.folder, streets=self.streets, practice=True)
        try:
            return office.new_code(street)
        finally:
            office.close()

    def page(self, sha256: str) -> bytes:
        """Return a page as it arrived."""
        office = Office.open(self.folder, create=False)
        try:
            return office.blobs.read(sha256)
        finally:
            office.close()

    def rows(self, query: str) -> list[dict[str, Any]]:
        """Return rows as the database holds them, without going through the office's own code."""
        with closing(sqlite3.connect(f"file:{self.folder / DATABASE_FILE}?mode=ro", uri=True)) as rows:
            rows.row_factory = sqlite3.Row
            return [dict(row) for row in rows.execute(query)]

    def bundles(self) -> list[dict[str, Any]]:
        """Return every bundle it took: id, kind, subject, version, hash, receipt, manifest."""
        found = self.rows("SELECT * FROM bundle ORDER BY serial")
        return [
            {**row, "receipt": json.loads(row["receipt"]), "manifest": json.loads(row["manifest"])}
            for row in found
        ]

    def _answers(self) -> bool:
        try:
            return httpx.get(f"{self.url}/v1/health", timeout=20.0, trust_env=False).status_code == 200
        except httpx.HTTPError:
            return False
