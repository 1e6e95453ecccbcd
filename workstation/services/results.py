"""Results as files: told by the feed, fetched in the background, kept encrypted until they are handed over.

A file is proved by the hash the feed told. What could not be fetched is tried again later; what is older than
`KEEP` goes with the next sweep of the vault, and the office still has it.
"""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path, PurePath
from typing import Protocol

from sync.contract.models import Change, ChangeFile, ChangeKind
from sync.errors import SyncError
from workstation.domain.case import Printed
from workstation.domain.clock import Clock
from workstation.services.disk import DiskWatch, Space
from workstation.services.paper_desk import Paper
from workstation.services.profile import WindowProfile
from workstation.store.database import Store
from workstation.store.errors import StoreError
from workstation.store.files import write_durably

log = logging.getLogger(__name__)

MOST = 500
"""Lines of the feed that are looked through, the newest first."""
TURN = 2
"""Files fetched between two turns of the sender: queued cases go first."""
AGAIN_S = 900.0
KEEP = timedelta(days=90)
TITLE = "结果文件"
_UNSAFE = re.compile(r"[^\w.\- ]+")
_ENDINGS = (".pdf", ".jpg", ".jpeg", ".png")


class Gateway(Protocol):
    """Where files are fetched."""

    def result(self, file: ChangeFile) -> bytes:
        """The file, proved by its hash; raises SyncErrors."""
        ...


@dataclass(frozen=True, slots=True)
class Issued:
    """One file of one case."""

    change: Change
    file: ChangeFile

    @property
    def name(self) -> str:
        """A name that is safe in any folder, of no two files alike; the office's own may name a citizen."""
        ending = PurePath(self.file.name).suffix.lower()
        subject = _UNSAFE.sub("-", self.change.subject).strip(" .-")
        return f"{subject}_{self.file.sha256[:8]}{ending if ending in _ENDINGS else ''}"


def issued(store: Store, number: str = "") -> Iterator[Issued]:
    """Yield the files that the back office told of, the newest first; with a number only that case's."""
    for change in store.inbox.mentioning(f'"{ChangeKind.RESULT.value}"', MOST):
        if change.kind is ChangeKind.RESULT and number in ("", change.subject):
            for file in change.files:
                yield Issued(change, file)


@dataclass
class ResultShelf:
    """The files here; fetching is for the holder of the sender's lock."""

    store: Store
    profile: WindowProfile
    clock: Clock
    disk: DiskWatch
    folder: Path
    """Where a file lies while it is printed or shown, beside the papers."""
    _not_before: dict[str, float] = field(default_factory=dict)
    """Monotonic time of the next try, by hash."""

    def in_background(self, gateway: Gateway) -> None:
        """Fetch what is told and not here, a few files at a time; keeps its own failures."""
        try:
            for one in self._wanted()[:TURN]:
                self._fetch(one, gateway)
        except StoreError as error:
            log.error("results not kept code=%s", error.code)

    def papers(self, case_id: str) -> tuple[Paper, ...]:
        """Lay the files of a case out to be shown or printed, and write that into its log."""
        case = self.store.case(case_id)
        papers = tuple(self._laid_out(one) for one in issued(self.store, case.number) if self._is_here(one))
        notes = [Printed(form=TITLE, number=paper.number, path=paper.path.name) for paper in papers]
        if notes:
            with self.store.transaction() as tx:
                tx.record(case_id, *notes, actor=self.profile.clerk, at=self.clock())
        return papers

    def _wanted(self) -> list[Issued]:
        if self.disk.space() is Space.STOPPED:
            return []
        since, now = self.clock() - KEEP, time.monotonic()
        return [
            one
            for one in issued(self.store)
            if one.change.at >= since
            and not self._is_here(one)
            and self._not_before.get(one.file.sha256, now) <= now
        ]

    def _is_here(self, one: Issued) -> bool:
        return self.store.vault.has(one.file.sha256)

    def _fetch(self, one: Issued, gateway: Gateway) -> None:
        self._not_before[one.file.sha256] = time.monotonic() + AGAIN_S
        try:
            data = gateway.result(one.file)
        except SyncError as error:
            log.warning("result not fetched case=%s code=%s", one.change.subject, error.code)
            return
        self.store.vault.put(data)
        with self.store.transaction() as tx:
            here = {file.sha256 for file in one.change.files if self.store.vault.has(file.sha256)}
            tx.hold_result(one.change.change_id, here)

    def let_go(self) -> None:
        """Let the files go whose time is over."""
        over = self.clock() - KEEP
        gone = [one.change.change_id for one in issued(self.store) if one.change.at < over]
        if not gone:
            return
        with self.store.transaction() as tx:
            for change_id in gone:
                tx.hold_result(change_id, set())

    def _laid_out(self, one: Issued) -> Paper:
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        path = self.folder / one.name
        write_durably(path, self.store.vault.get(one.file.sha256))
        return Paper(form=TITLE, number=one.change.number or one.file.name, path=path, pages=1)
