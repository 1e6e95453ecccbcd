"""Pages, each named by the hash of its bytes: what the office needs of a store, and the store in a folder.

In the folder a page appears under its name only when it is whole and synced: temporary file, fsync, rename,
fsync of the folder. After a crash only temporary files are left over.
"""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

from sync.gateway.errors import DigestMismatch, TooLarge
from sync.gateway.partials import FolderPartials, Partials

INCOMING = "incoming"
S3_SCHEME = "s3://"
READ_BYTES = 1024 * 1024
NO_FILE = -1


class Incoming(Protocol):
    """A page on its way in; leaving the context without `keep` leaves nothing."""

    def __enter__(self) -> Self:
        """Begin."""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Remove what is temporary."""

    def write(self, data: bytes) -> None:
        """Add bytes.

        Raises:
            TooLarge: more than the limit came.
            OSError: the disk refuses.
        """

    @property
    def length(self) -> int:
        """Bytes so far."""

    def read_back(self) -> Iterator[bytes]:
        """Yield what has been written; nothing is written afterwards."""

    def keep(self) -> None:
        """Put the page under its name, durably.

        Raises:
            DigestMismatch: the bytes have another hash.
            OSError: the disk refuses.
            OfficeBusy: the store cannot be reached.
        """


class Blobs(Protocol):
    """A content-addressed store. Pages come and never go."""

    is_near: bool
    """Whether it says the size of a page at once, so that nobody need wait in a thread."""

    def size(self, sha256: str) -> int | None:
        """Return the page's bytes, None when it is not here."""

    def sizes(self, names: Iterable[str]) -> dict[str, int | None]:
        """Return the bytes of several pages."""

    def read(self, sha256: str) -> bytes:
        """Return the page.

        Raises:
            FileNotFoundError: it is not here.
        """

    def partials(self) -> Partials:
        """Return where the parts of cut pages are kept."""

    def receive(self, sha256: str, limit: int) -> Incoming:
        """Begin to take a page of at most `limit` bytes; use it as a context manager."""


def open_blobs(place: str, folder: Path) -> Blobs:
    """Open the store of pages.

    Args:
        place: `s3://...`, or nothing for a folder.
        folder: that folder; a bucket's uploads wait in it until they are whole.

    Raises:
        StoreUnusable: the bucket refuses or cannot be reached.
    """
    if place.startswith(S3_SCHEME):
        from sync.gateway.bucket import BucketStore

        return BucketStore(place, folder)
    return BlobStore(folder)


class BlobStore:
    """A content-addressed folder."""

    is_near = True

    def __init__(self, folder: Path) -> None:
        """Create the folder, put in place or sweep what a crash left, and make durable what it left unsynced.

        Whoever died between naming a page and syncing its folder left a page that is found, and that a power
        cut would still take away.
        """
        from sync.gateway.shelving import Shelving, put_in_place

        self._folder, self._root = folder, os.fspath(folder)
        incoming = folder / INCOMING
        self.shelving = Shelving(incoming)
        incoming.mkdir(parents=True, exist_ok=True, mode=0o700)
        placed = put_in_place(incoming, self._place)
        for named in (*folder.glob("[0-9a-f][0-9a-f]"), folder):
            sync_folder(named)
        for name in placed:
            name.unlink(missing_ok=True)

    def size(self, sha256: str) -> int | None:
        """Return the page's bytes, None when it is not here."""
        try:
            return os.stat(self._place(sha256)).st_size  # noqa: PTH116 - a crowd asks a thousand times a second
        except FileNotFoundError:
            return None

    def sizes(self, names: Iterable[str]) -> dict[str, int | None]:
        """Return the bytes of several pages."""
        return {sha256: self.size(sha256) for sha256 in names}

    def read(self, sha256: str) -> bytes:
        """Return the page.

        Raises:
            FileNotFoundError: it is not here.
        """
        return Path(self._place(sha256)).read_bytes()

    def partials(self) -> Partials:
        """Return where the parts of cut pages are kept."""
        return FolderPartials(self._folder / "partial")

    def names(self) -> Iterator[str]:
        """Yield the pages that are here."""
        for path in self._folder.glob("[0-9a-f][0-9a-f]/*"):
            yield path.name

    def receive(self, sha256: str, limit: int) -> IncomingBlob:
        """Begin to take a page of at most `limit` bytes; use it as a context manager."""
        temporary = f"{self._root}/{INCOMING}/{sha256}.{secrets.token_hex(8)}"
        return IncomingBlob(temporary, self._place(sha256), sha256, limit)

    def _place(self, sha256: str) -> str:
        return f"{self._root}/{sha256[:2]}/{sha256}"


class IncomingBlob:
    """A page on its way in; leaving the context without `keep` removes it."""

    def __init__(self, temporary: Path | str, target: Path | str, sha256: str, limit: int) -> None:
        """Hold the places; the file is opened with the first bytes, not where somebody only looks."""
        # Texts rather than paths: a crowd brings a thousand pages a second.
        self._temporary, self._target = os.fspath(temporary), os.fspath(target)
        self._sha256 = sha256
        self._limit = limit
        self._hash = hashlib.sha256()
        self._length = 0
        self._handle = NO_FILE
        self._has_name = False
        self._is_entered = False

    def __enter__(self) -> IncomingBlob:
        self._is_entered = True
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self._close()
        finally:
            if self._has_name:
                self._has_name = False
                Path(self._temporary).unlink(missing_ok=True)

    def write(self, data: bytes) -> None:
        """Add bytes.

        Raises:
            TooLarge: more than the limit came.
            OSError: the disk refuses.
        """
        self._length += len(data)
        if self._length > self._limit:
            raise TooLarge(f"limit {self._limit} bytes")
        self._hash.update(data)
        handle, left = self._opened(), memoryview(data)
        while left:
            left = left[os.write(handle, left) :]

    @property
    def length(self) -> int:
        """Bytes so far."""
        return self._length

    def read_back(self) -> Iterator[bytes]:
        """Yield what has been written."""
        self._opened()
        with Path(self._temporary).open("rb") as written:
            while piece := written.read(READ_BYTES):
                yield piece

    def keep(self) -> None:
        """Put the page under its name, durably.

        Raises:
            DigestMismatch: the bytes have another hash.
            OSError: the disk refuses.
        """
        self.prove()
        self.settle()
        sync_folder(self.name())

    def prove(self) -> None:
        """Check the hash, and let the disk begin; see `keep`."""
        if self._hash.hexdigest() != self._sha256:
            raise DigestMismatch(f"received {self._hash.hexdigest()}")
        # The kernel begins to write what it is told not to keep, and waits for nothing.
        os.posix_fadvise(self._opened(), 0, 0, os.POSIX_FADV_DONTNEED)

    def settle(self) -> None:
        """Make the bytes durable; see `keep`."""
        os.fsync(self._opened())
        self._close()

    @property
    def folder(self) -> str:
        """The folder of its place."""
        return self._target.rpartition("/")[0]

    def name(self) -> str:
        """Put the page in its place, and return the folder that must be synced."""
        self._within_folder(partial(os.replace, self._temporary, self._target))
        self._has_name = False
        return self.folder

    def link(self) -> str:
        """Give the page its place as a second name and return the first.

        Empty where a file can have one name only: then it has its place, whose folder must be synced.
        """
        try:
            self._within_folder(partial(os.link, self._temporary, self._target))
        except FileExistsError:
            # Another window brought it meanwhile; the first name goes like that of any other page.
            pass
        except FileNotFoundError:
            raise
        except OSError:
            self.name()
            return ""
        self._has_name = False
        return self._temporary

    def _within_folder(self, work: Callable[[], None]) -> None:
        """Do what needs the folder of its place, and make that when it is not there."""
        try:
            work()
        except FileNotFoundError:
            if Path(self._target).exists():
                # A process that starts found the page whole and was quicker, see `shelving`.
                return
            folder = Path(self.folder)
            folder.mkdir(exist_ok=True, mode=0o700)
            sync_folder(folder.parent)
            work()

    def _opened(self) -> int:
        if not self._is_entered:
            raise RuntimeError("used outside its context")
        if self._handle == NO_FILE:
            self._handle = os.open(self._temporary, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
            self._has_name = True
        return self._handle

    def _close(self) -> None:
        handle, self._handle = self._handle, NO_FILE
        if handle != NO_FILE:
            os.close(handle)


def sync_folder(folder: Path | str) -> None:
    """Make the names in a folder durable."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
