"""Item packs the office hands on: one file a version, immutable, announced in every window's feed.

The office does not judge a pack: what it means and who signed it is checked by the command that publishes
and again by every window. A window that enrols later finds the newest pack as the first line of its feed.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from pydantic import ValidationError

from sync.contract.models import ChangeKind, PackFiles
from sync.gateway.blobs import sync_folder
from sync.gateway.database import Database, Rows
from sync.gateway.errors import PackDiffers, PackUnknown
from sync.gateway.feed import append, last_of

CURRENT = "pack"
"""Row of `meta` that names the pack published last, as `ID VERSION`."""


class PackShelf:
    """The packs of one office."""

    def __init__(self, folder: Path, database: Database, clock: Callable[[], datetime]) -> None:
        """Keep files in `folder`, and the feeds through `database`."""
        self._folder, self._database, self._clock = folder, database, clock

    def publish(self, pack: PackFiles) -> int:
        """Keep a pack and announce it; return how many windows were told now.

        Publishing the same again tells only windows that have not been told.

        Raises:
            PackDiffers: this version was published with other content.
            OSError: the disk refuses.
        """
        text = pack.model_dump_json()
        path = self._path(pack.pack_id, pack.version)
        if path.exists():
            if path.read_text("utf-8") != text:
                raise PackDiffers(pack=pack.pack_id, version=pack.version)
        else:
            self._write(path, text)

        def announce(rows: Rows) -> int:
            # Held together with `welcome`: a window that enrols meanwhile is told by the one or the other.
            rows.hold(CURRENT)
            rows.hold_windows()
            rows.execute(
                "INSERT INTO meta (name, value) VALUES (?, ?)"
                " ON CONFLICT (name) DO UPDATE SET value = excluded.value",
                (CURRENT, f"{pack.pack_id} {pack.version}"),
            )
            windows = rows.execute('SELECT window_id FROM "window" WHERE revoked_at IS NULL').fetchall()
            return sum(self._tell(rows, str(row["window_id"])) for row in windows)

        return self._database.write(announce)

    def welcome(self, window_id: str) -> None:
        """Announce the newest pack to a window that has just enrolled."""

        def tell(rows: Rows) -> bool:
            rows.hold(CURRENT)
            rows.hold_window(window_id)
            return self._tell(rows, window_id)

        self._database.write(tell)

    def get(self, pack_id: str, version: str) -> PackFiles:
        """Return a published pack.

        Raises:
            PackUnknown: none of this id and version was published.
        """
        try:
            return PackFiles.model_validate_json(self._path(pack_id, version).read_bytes())
        except (OSError, ValidationError) as error:
            raise PackUnknown(f"{pack_id} {version}") from error

    def _tell(self, rows: Rows, window_id: str) -> bool:
        """Add the line to one feed, unless it was the last one told about packs; True when it was added."""
        found = rows.execute("SELECT value FROM meta WHERE name = ?", (CURRENT,)).fetchone()
        if found is None:
            return False
        pack_id, version = str(found["value"]).split(" ")
        before = last_of(rows, window_id, pack_id, ChangeKind.CATALOGUE)
        if before is not None and before.version == version:
            return False
        append(rows, window_id, ChangeKind.CATALOGUE, pack_id, at=self._clock(), version=version)
        return True

    def _path(self, pack_id: str, version: str) -> Path:
        return self._folder / f"{pack_id}@{version}.json"

    def _write(self, path: Path, text: str) -> None:
        self._folder.mkdir(exist_ok=True, mode=0o700)
        temporary = self._folder / f".{secrets.token_hex(8)}"
        try:
            with temporary.open("x", encoding="utf-8") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(path)
        finally:
            temporary.unlink(missing_ok=True)
        sync_folder(self._folder)
