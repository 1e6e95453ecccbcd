"""Folders for what must leave the encrypted store for a moment: private, in memory, gone with their owner."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

MEMORY = Path("/dev/shm")
_OURS = re.compile(r"(?:workstation|ocr|specimens)-(?P<owner>[0-9]+)-\w+")
"""Every folder of this kind names the process it belongs to."""


def private_folder() -> Path:
    """Return a new folder for decrypted pages, readable by nobody else; those of dead processes are removed.

    A process that was killed could not remove its own, and pages in it would stay readable until the next
    start of the machine.
    """
    for left in _left_behind():
        shutil.rmtree(left, ignore_errors=True)
    return Path(tempfile.mkdtemp(prefix=f"workstation-{os.getpid()}-", dir=_place()))


@contextmanager
def private_room() -> Iterator[Path]:
    """Give a private folder for as long as it is needed."""
    folder = private_folder()
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _place() -> Path:
    return MEMORY if os.access(MEMORY, os.W_OK) else Path(tempfile.gettempdir())


def _left_behind() -> Iterator[Path]:
    for folder in _place().iterdir():
        named = _OURS.fullmatch(folder.name)
        if named is not None and not _is_alive(int(named["owner"])):
            with suppress(OSError):
                if folder.lstat().st_uid == os.getuid():
                    yield folder


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        return True
    return True
