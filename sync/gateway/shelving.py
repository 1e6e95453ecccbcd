"""Pages that arrive together wait for one folder together, not each for its own.

A page is durable when its bytes are and a name that is found after a power cut. Named in one of 256 folders,
thirty pages would wait for thirty of them; but all of them lie in the folder of what comes in, under names
that say what they are. So that one is synced, each page gets its place as a second name, and the calls are
answered; the other folders are synced a while later, once for many pages, and only then the first names go.
What a death leaves of first names the next start puts in its place (see `blobs.BlobStore`).
"""

from __future__ import annotations

import hashlib
import os
import re
import threading
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from sync.gateway import blobs

FEW_FOLDERS = 2
"""So many are waited for at once: a page that comes alone leaves nothing for later."""
STALE_S = 3600.0
"""A temporary file untouched for this long belongs to nobody."""
NAMED = re.compile(r"([0-9a-f]{64})\.[0-9a-f]+\Z")


class Shelving:
    """What one process keeps of the pages of a folder."""

    def __init__(self, incoming: Path) -> None:
        """Pages come in through this folder."""
        self._incoming = incoming
        self._owed: dict[str, str] = {}
        self._lock = threading.Lock()

    def keep(self, pages: Sequence[tuple[blobs.IncomingBlob, bytes]]) -> list[Exception | None]:
        """Keep several pages, each with its last bytes; return what went wrong with each.

        Step by step for all of them: the disk writes the others while the first is waited for, and once the
        file system has written its journal for the first, it has little left to write for the others.
        """
        faults: list[Exception | None] = [None] * len(pages)

        def each(work: Callable[[blobs.IncomingBlob, bytes], object]) -> None:
            for place, (page, rest) in enumerate(pages):
                if faults[place] is None:
                    faults[place] = _fault_of(partial(work, page, rest))

        each(lambda page, rest: page.write(rest))
        each(lambda page, _rest: page.prove())
        each(lambda page, _rest: page.settle())
        folders: dict[str, None] = {}
        if len({page.folder for page, _rest in pages}) <= FEW_FOLDERS:
            each(lambda page, _rest: folders.update({page.name(): None}))
        else:
            synced = _fault_of(partial(blobs.sync_folder, self._incoming))
            faults = [known or synced for known in faults]
            each(lambda page, _rest: self._link(page, folders))
        fault = next(filter(None, (_fault_of(partial(blobs.sync_folder, one)) for one in folders)), None)
        return [known or fault for known in faults]

    def _link(self, page: blobs.IncomingBlob, folders: dict[str, None]) -> None:
        """Give a page its place; where a file can have one name only, its folder is to be synced at once."""
        first_name = page.link()
        if first_name:
            with self._lock:
                self._owed[first_name] = page.folder
        else:
            folders[page.folder] = None

    @property
    def is_owing(self) -> bool:
        """Whether pages still have two names."""
        return bool(self._owed)

    def tidy(self) -> None:
        """Sync the places of all pages that have two names, then take the first ones away.

        Raises:
            OSError: the disk refuses; what is left over the next call or start does.
        """
        with self._lock:
            owed = dict(self._owed)
        for folder in sorted(set(owed.values())):
            blobs.sync_folder(folder)
        for name in owed:
            Path(name).unlink(missing_ok=True)
        with self._lock:
            for name in owed:
                del self._owed[name]


def put_in_place(incoming: Path, place_of: Callable[[str], str]) -> list[Path]:
    """Give each whole page that a death left its place, and sweep what is old.

    Others may be at work here: a page of theirs that is whole is put in its place like any, one that is not
    stays theirs.

    Returns:
        Names to be taken away once every folder is synced.
    """
    done = []
    for leftover in incoming.iterdir():
        try:
            named = NAMED.match(leftover.name)
            if named is not None and _is_placed(leftover, named.group(1), Path(place_of(named.group(1)))):
                done.append(leftover)
            elif time.time() - leftover.stat().st_mtime > STALE_S:
                leftover.unlink(missing_ok=True)
        except FileNotFoundError:
            # Its owner, or another process that starts, was quicker.
            continue
    return done


def _is_placed(leftover: Path, sha256: str, place: Path) -> bool:
    if place.exists():
        return True
    with leftover.open("rb") as file:
        if hashlib.file_digest(file, "sha256").hexdigest() != sha256:
            return False
        os.fsync(file.fileno())
    place.parent.mkdir(exist_ok=True, mode=0o700)
    try:
        place.hardlink_to(leftover)
    except FileExistsError:
        return True
    except OSError:
        leftover.replace(place)
    return True


def _fault_of(work: Callable[[], object]) -> Exception | None:
    try:
        work()
    except Exception as fault:  # noqa: BLE001 - told to the one call it belongs to
        return fault
    return None
