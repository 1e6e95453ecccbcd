"""BagIt bags (RFC 8493): written whole or not at all, read only when every file is as listed.

A bag is built under a temporary name, every file synced, and gets its name last, so that a stick pulled out
halfway holds no bag that looks like one.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from sync.carry.errors import BagDamaged, MediumFailed, NoRoom, NotABag

DECLARATION = "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
PAYLOAD = "data"
MANIFEST, TAG_MANIFEST, INFO = "manifest-sha256.txt", "tagmanifest-sha256.txt", "bag-info.txt"
PART = ".part"
RESERVE_BYTES = 8 << 20
"""Left free on the medium."""
MAX_LISTING_BYTES = 32 << 20
_LISTED = re.compile(r"([0-9a-f]{64}) +(data/[A-Za-z0-9._-]{1,100})\Z")


class BagWriter:
    """Takes the files of one bag; use `writing`."""

    def __init__(self, folder: Path) -> None:
        """Begin in an empty folder."""
        self._folder = folder
        self._listed: list[tuple[str, str]] = []
        self._bytes = 0
        (folder / PAYLOAD).mkdir()

    def add(self, name: str, data: bytes) -> None:
        """Write a file of the payload; it is on the medium when this returns."""
        place = f"{PAYLOAD}/{name}"
        self._write(place, data)
        self._listed.append((hashlib.sha256(data).hexdigest(), place))
        self._bytes += len(data)

    def finish(self, today: date, **info: str) -> None:
        """Write the listings; `info` goes into bag-info.txt."""
        facts = {
            "Bagging-Date": today.isoformat(),
            "Payload-Oxum": f"{self._bytes}.{len(self._listed)}",
            **{name.replace("_", "-"): value for name, value in info.items()},
        }
        tags = {
            "bagit.txt": DECLARATION,
            INFO: "".join(f"{name}: {value}\n" for name, value in facts.items()),
            MANIFEST: "".join(f"{digest}  {place}\n" for digest, place in self._listed),
        }
        for name, text in tags.items():
            self._write(name, text.encode())
        sums = (f"{hashlib.sha256(text.encode()).hexdigest()}  {name}\n" for name, text in tags.items())
        self._write(TAG_MANIFEST, "".join(sums).encode())

    def _write(self, place: str, data: bytes) -> None:
        with (self._folder / place).open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())


@contextmanager
def writing(medium: Path, name: str, size: int) -> Iterator[BagWriter]:
    """Give a writer for the bag `name` on a medium; the bag is there when the block ends well.

    Args:
        medium: a folder, as a rule on a stick.
        name: of the bag.
        size: about how many bytes come.

    Raises:
        NoRoom: they do not fit.
        MediumFailed: the medium cannot be written.
    """
    part = medium / f"{name}{PART}"
    try:
        free = shutil.disk_usage(medium).free
        if free < size + RESERVE_BYTES:
            raise NoRoom(needed=_mib(size + RESERVE_BYTES), free=_mib(free))
        shutil.rmtree(part, ignore_errors=True)
        part.mkdir(mode=0o700)
        yield BagWriter(part)
        for folder in (part / PAYLOAD, part):
            _sync(folder)
        part.rename(medium / name)
        _sync(medium)
    except OSError as error:
        raise MediumFailed(reason=error.strerror or type(error).__name__) from error
    finally:
        shutil.rmtree(part, ignore_errors=True)


class BagReader:
    """A bag all of whose files are as listed."""

    def __init__(self, folder: Path) -> None:
        """Check the bag.

        Raises:
            NotABag: it is none.
            BagDamaged: a file is missing, altered, or not listed.
            MediumFailed: the medium cannot be read.
        """
        self._folder = folder
        try:
            self._check()
        except OSError as error:
            raise MediumFailed(reason=error.strerror or type(error).__name__) from error

    def read(self, name: str, limit: int) -> bytes:
        """Return a file of the payload, as it was when the bag was checked.

        Raises:
            BagDamaged: it is not listed, larger than `limit` bytes, or was altered since.
        """
        digest = self._digests.get(f"{PAYLOAD}/{name}")
        path = self._folder / PAYLOAD / name
        try:
            if digest is None or path.is_symlink() or path.stat().st_size > limit:
                raise BagDamaged(file=name)
            data = path.read_bytes()
        except OSError as error:
            raise MediumFailed(reason=error.strerror or type(error).__name__) from error
        if hashlib.sha256(data).hexdigest() != digest:
            raise BagDamaged(file=name)
        return data

    def _check(self) -> None:
        declaration = self._folder / "bagit.txt"
        if not declaration.is_file() or declaration.read_bytes()[:200] != DECLARATION.encode():
            raise NotABag(path=self._folder.name)
        self._digests = self._listing(MANIFEST)
        present = {f"{PAYLOAD}/{path.name}" for path in (self._folder / PAYLOAD).iterdir()}
        for place in sorted(present ^ self._digests.keys()):
            raise BagDamaged(file=place)
        for place, digest in self._digests.items():
            if _digest(self._folder / place) != digest:
                raise BagDamaged(file=place)

    def _listing(self, name: str) -> dict[str, str]:
        path = self._folder / name
        if not path.is_file() or path.stat().st_size > MAX_LISTING_BYTES:
            raise BagDamaged(file=name)
        listed: dict[str, str] = {}
        for line in path.read_text("utf-8", errors="replace").splitlines():
            match = _LISTED.match(line)
            if match is None or match[2] in listed:
                raise BagDamaged(file=name)
            listed[match[2]] = match[1]
        return listed


def _digest(path: Path) -> str:
    if path.is_symlink() or not path.is_file():
        raise BagDamaged(file=path.name)
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _sync(folder: Path) -> None:
    """Make the names in a folder durable; some file systems of sticks cannot sync a folder."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        with contextlib.suppress(OSError):
            os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _mib(size: int) -> int:
    return -(-size // (1 << 20))
