"""Durable files: what returns is on the disk, what fails leaves nothing behind."""

from __future__ import annotations

import errno
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from workstation.store.errors import DiskFault, DiskFull

TEMPORARY = ".tmp"
"""Ending of a file being written; one found at start was never acknowledged."""

_NO_SPACE = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


@contextmanager
def disk_faults() -> Iterator[None]:
    """Translate what the operating system says about the disk.

    Raises:
        DiskFull: no space, quota used up, or a file size limit reached.
        DiskFault: any other fault of the disk or its rights.
    """
    try:
        yield
    except OSError as error:
        if error.errno in _NO_SPACE:
            raise DiskFull() from error
        raise DiskFault(reason=error.strerror or type(error).__name__) from error


def write_durably(path: Path, data: bytes, *, mode: int = 0o600) -> None:
    """Put `data` under `path` in one step: temporary file, fsync, rename, fsync of the folder.

    Raises:
        DiskFull: no space; neither the old file nor the folder has changed.
        DiskFault: any other fault.
    """
    temporary = path.with_name(f"{path.name}.{secrets.token_hex(8)}{TEMPORARY}")
    with disk_faults():
        try:
            _write_synced(temporary, data, mode)
            temporary.replace(path)
        except BaseException:
            with suppress(OSError):
                temporary.unlink(missing_ok=True)
            raise
        sync_folder(path.parent)


def make_folder(path: Path) -> None:
    """Make a private folder (0700), durable before it is used; an existing one is left as it is."""
    with disk_faults():
        if path.is_dir():
            return
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        sync_folder(path.parent)


def remove_temporaries(folder: Path) -> int:
    """Remove what unfinished writes left directly in a folder; return how many files that were."""
    with disk_faults():
        left = list(folder.glob(f"*{TEMPORARY}"))
        for path in left:
            path.unlink(missing_ok=True)
    return len(left)


def sync_folder(path: Path) -> None:
    """Make the names in a folder durable; a rename is not, before this."""
    handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _write_synced(path: Path, data: bytes, mode: int) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    try:
        view = memoryview(data)
        while view:
            view = view[os.write(handle, view) :]
        os.fsync(handle)
    finally:
        os.close(handle)
