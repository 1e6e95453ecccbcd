"""New item packs from the back office: announced by the feed, fetched, proved, taken over between cases.

    feed: CATALOGUE change ──► `want` (setting, in the feed's transaction)
    sync thread, after listening ──► `PackUpdates.run`: fetch, check signature and content, folder in place
    home screen, no case open ──► `PackUpdates.take_over`: the catalogue's current pack changes

The gateway is only a carrier. Nothing of a pack is kept before its signature, the digest of every file and
its content were checked; an older version than the one in use is refused. Old packs stay, because cases
refer to them. A pack that cannot be taken is told in words and never hinders sending.
"""

from __future__ import annotations

import json
import logging
import re
import secrets
import shutil
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol

from sync.contract.models import Change, PackFiles
from sync.errors import ContentRefused, SyncError
from workstation.catalogue.errors import CatalogueError
from workstation.domain.clock import Clock
from workstation.domain.items import Pack
from workstation.services.catalogue import Catalogue
from workstation.services.errors import PackNotAsAnnounced, PackOlder, PackRefused
from workstation.store.database import Store, Tx
from workstation.store.files import sync_folder, write_durably

log = logging.getLogger(__name__)

WANTED = "pack.wanted"
TROUBLE = "pack.trouble"
TAKEN = "pack.taken"
UNFINISHED = ".incoming-"
REST = timedelta(minutes=1)


class PackSource(Protocol):
    """Who hands packs over; the gateway's client."""

    def pack(self, pack_id: str, version: str) -> PackFiles:
        """Return the files of a published pack."""
        ...


LoadPack = Callable[[Path], Pack]
"""Checks signature, digests and content of a folder and returns the pack; raises what is wrong."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why a pack that was announced is not used."""

    pack_id: str
    version: str
    code: str
    details: dict[str, object]
    at: datetime


def want(tx: Tx, change: Change) -> None:
    """Note the pack a change announces; a later announcement replaces it."""
    tx.put_setting(WANTED, json.dumps([change.subject, change.version]))
    tx.put_setting(TROUBLE, "")


@dataclass
class PackUpdates:
    """Keeps packs under `folder`, one folder each, named `ID@VERSION`."""

    store: Store
    catalogue: Catalogue
    clock: Clock
    folder: Path
    load: LoadPack
    _ready: Pack | None = None
    _rests_until: datetime = datetime.min.replace(tzinfo=UTC)
    _guard: threading.Lock = field(default_factory=threading.Lock)

    def run(self, source: PackSource) -> None:
        """Fetch the announced pack if it is lacking; called in the thread that sends.

        What is wrong with the pack is kept as `trouble` and not tried again until the next announcement. A
        failing line or disk is tried again after `REST`; neither is told to the sender, whose lines go on.
        """
        wanted = self._wanted()
        if wanted is None or self.clock() < self._rests_until:
            return
        try:
            pack = self._fetch(source, *wanted)
        except ContentRefused as error:
            self._give_up(wanted, PackNotAsAnnounced(pack=wanted[0], version=wanted[1], reason=error.code))
            return
        except (PackRefused, CatalogueError) as error:
            self._give_up(wanted, error)
            return
        except (SyncError, OSError) as error:
            log.warning("pack %s %s not fetched: %s", *wanted, type(error).__name__)
            self._rests_until = self.clock() + REST
            return
        with self._guard:
            self._ready = pack
        self._settle(wanted)

    def take_over(self) -> Pack | None:
        """Make a fetched pack the current one; None when there is none. Call it between cases only."""
        with self._guard:
            pack, self._ready = self._ready, None
        if pack is None:
            return None
        self.catalogue.adopt(pack)
        with self.store.transaction() as tx:
            tx.put_setting(f"{TAKEN}:{pack.id}@{pack.version}", self.clock().isoformat())
        return pack

    def trouble(self) -> Trouble | None:
        """Return why the announced pack is not used; None when all is well."""
        with self.store.transaction() as tx:
            text = tx.setting(TROUBLE)
        if not text:
            return None
        pack_id, version, code, details, at = json.loads(text)
        return Trouble(pack_id, version, code, details, datetime.fromisoformat(at))

    # --- one pack -------------------------------------------------------------------------------------

    def _wanted(self) -> tuple[str, str] | None:
        """Return the announced pack that is neither here nor known to be bad."""
        with self.store.transaction() as tx:
            text, trouble = tx.setting(WANTED), tx.setting(TROUBLE)
        if not text or trouble:
            return None
        pack_id, version = json.loads(text)
        return pack_id, version

    def _fetch(self, source: PackSource, pack_id: str, version: str) -> Pack:
        held = next((p for p in self.catalogue.packs if (p.id, p.version) == (pack_id, version)), None)
        if held is not None:
            return held
        self._check_newer(pack_id, version)
        place = self.folder / f"{pack_id}@{version}"
        if not place.exists():
            self._lay_down(source.pack(pack_id, version), pack_id, version, place)
        return self._checked(place, pack_id, version)

    def _check_newer(self, pack_id: str, version: str) -> None:
        newest = max(
            (version_key(pack.version) for pack in self.catalogue.packs if pack.id == pack_id), default=()
        )
        if version_key(version) < newest:
            raise PackOlder(pack=pack_id, version=version, current=self.catalogue.current.version)

    def _lay_down(self, files: PackFiles, pack_id: str, version: str, place: Path) -> None:
        """Write the files beside their place, prove them, and only then let them appear there."""
        if (files.pack_id, files.version) != (pack_id, version):
            raise PackNotAsAnnounced(pack=pack_id, version=version, reason=f"{files.pack_id} {files.version}")
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        for left_over in self.folder.glob(f"{UNFINISHED}*"):
            shutil.rmtree(left_over, ignore_errors=True)
        incoming = self.folder / f"{UNFINISHED}{secrets.token_hex(8)}"
        incoming.mkdir(mode=0o700)
        try:
            for name, text in files.files.items():
                target = incoming / name
                target.parent.mkdir(exist_ok=True, mode=0o700)
                write_durably(target, text.encode())
            for folder in {(incoming / name).parent for name in files.files}:
                sync_folder(folder)
            self._checked(incoming, pack_id, version)
            incoming.rename(place)
        finally:
            shutil.rmtree(incoming, ignore_errors=True)
        sync_folder(self.folder)

    def _checked(self, folder: Path, pack_id: str, version: str) -> Pack:
        pack = self.load(folder)
        if (pack.id, pack.version) != (pack_id, version):
            raise PackNotAsAnnounced(pack=pack_id, version=version, reason=f"{pack.id} {pack.version}")
        return pack

    # --- what is remembered ---------------------------------------------------------------------------

    def _settle(self, wanted: tuple[str, str]) -> None:
        """Forget the announcement, unless another one came while this was fetched."""
        with self.store.transaction() as tx:
            if tx.setting(WANTED) == json.dumps(list(wanted)):
                tx.put_setting(WANTED, "")
                tx.put_setting(TROUBLE, "")

    def _give_up(self, wanted: tuple[str, str], error: PackRefused | CatalogueError) -> None:
        log.error("pack %s %s not taken: %s", *wanted, error.code)
        details = {name: str(value) for name, value in error.details.items()}
        text = json.dumps([*wanted, error.code, details, self.clock().isoformat()], ensure_ascii=False)
        with self.store.transaction() as tx:
            if tx.setting(WANTED) == json.dumps(list(wanted)):
                tx.put_setting(TROUBLE, text)


def version_key(version: str) -> tuple[int, ...]:
    """Return a version as numbers, so that 2026.9 comes before 2026.11."""
    return tuple(int(part) for part in re.findall(r"[0-9]+", version))
