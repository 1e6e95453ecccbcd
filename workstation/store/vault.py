"""The page vault: every scanned page as one encrypted file, named so that the disk tells nothing.

A file is `WSPG`, a format byte, an algorithm byte, the nonce, then the sealed page, to which all before it is
bound. Its name is a keyed hash of the page's SHA-256, so that nobody without the key can even test whether a
known page is here. New files get the cipher of the suite; a file is read by its own algorithm byte.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
import shutil
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path

from cryptography.exceptions import InvalidTag

from sync.contract.suites import Suite
from workstation.store.ciphers import Ciphers, sm3_of
from workstation.store.errors import PAGE_FAULTS, PageAltered, PageMissing
from workstation.store.files import TEMPORARY, disk_faults, make_folder, sync_folder, write_durably
from workstation.store.keys import DataKey

FOLDER = "pages"
ENDING = ".page"
KNOWN_SM3 = 2000
"""So many pages' SM3 are remembered: those of the cases that are about to be sealed."""
FRESH_S = 3600.0
"""A page put so lately may be about to be recorded: it is not discarded."""

_MAGIC = b"WSPG\x01"
_NONCE_BYTES = 12
_HEADER_BYTES = len(_MAGIC) + 1 + _NONCE_BYTES
_NAME = re.compile(rf"[0-9a-f]{{64}}{re.escape(ENDING)}")


class Vault:
    """Encrypted pages under `folder`/pages."""

    def __init__(self, folder: Path, key: DataKey, suite: Suite = Suite.INTERNATIONAL) -> None:
        """Make the pages folder where it is not there yet.

        Raises:
            SuiteUnavailable: this computer cannot write what the suite asks for.
        """
        self._root = folder / FOLDER
        self._ciphers = Ciphers(key, "vault/content", suite)
        self._naming = key.derive("vault/name")
        self._guard = threading.Lock()
        self._fresh: dict[str, float] = {}
        """Pages put here, and when (monotonic), the oldest first."""
        self._sm3: dict[str, str] = {}
        make_folder(self._root)
        # Whoever made a folder for pages may have died before it was durable; pages put there now must be.
        with disk_faults():
            sync_folder(self._root)

    def put(self, data: bytes) -> str:
        """Keep a page and return the lower-case hex SHA-256 of its plain bytes; on disk when this returns.

        Putting the same page again changes nothing, except that a copy damaged meanwhile is made whole.

        Raises:
            DiskFull: no space; nothing half written stays.
            DiskFault: another fault of the disk.
        """
        sha256 = hashlib.sha256(data).hexdigest()
        path = self._path(sha256)
        self._mark_fresh(sha256)
        if self._is_whole(sha256):
            # Whoever wrote it may have died between the rename and the sync of the folder.
            with disk_faults():
                sync_folder(path.parent)
            return sha256
        make_folder(path.parent)
        write_durably(path, self._sealed(data, sha256))
        return sha256

    def get(self, sha256: str) -> bytes:
        """Return the plain bytes of a page.

        Raises:
            PageMissing: there is no such page.
            PageAltered: the file was changed.
            UnknownAlgorithm: a newer version sealed it.
            SuiteUnavailable: this computer lacks the cipher that sealed it.
            DiskFault: the disk does not give it back.
        """
        with disk_faults():
            try:
                sealed = self._path(sha256).read_bytes()
            except FileNotFoundError as error:
                raise PageMissing(page=sha256[:12]) from error
        return self._plain(sealed, sha256)

    def sm3(self, sha256: str) -> str:
        """Return the lower-case hex SM3 of a page's plain bytes.

        Raises:
            SuiteUnavailable: this computer has no SM3. Otherwise as `get`.
        """
        known = self._sm3.get(sha256)
        if known is None:
            known = sm3_of(self.get(sha256))
            with self._guard:
                while len(self._sm3) >= KNOWN_SM3:
                    del self._sm3[next(iter(self._sm3))]
                self._sm3[sha256] = known
        return known

    def has(self, sha256: str) -> bool:
        """True when the page's file is there; only `get` proves that it is whole."""
        return self._path(sha256).is_file()

    def sweep(self, keep: set[str]) -> int:
        """Remove pages nobody refers to and files that were never finished; return how many.

        Only for a moment in which nobody else puts pages: one put and not yet recorded looks like an orphan.
        Files that are not the vault's are left alone.

        Args:
            keep: SHA-256 of every page that is referred to.
        """
        names = {self._path(sha256).name for sha256 in keep}
        removed = 0
        with disk_faults():
            for path in list(self._own_files()):
                if path.name not in names:
                    path.unlink(missing_ok=True)
                    removed += 1
        return removed

    def discard(self, sha256: str, is_used: Callable[[str], bool]) -> int:
        """Remove a page that nobody refers to; return the bytes that this gave back, 0 when it stays.

        One that this process put a moment ago stays: it may not be recorded yet. Other processes must not
        have the folder open.

        Args:
            sha256: the page.
            is_used: asked again at the last moment.
        """
        with self._guard, disk_faults():
            path = self._path(sha256)
            if self._is_fresh(sha256) or is_used(sha256) or not path.is_file():
                return 0
            size = path.stat().st_size
            path.unlink()
            return size

    def reseal(self, sha256: str) -> bool:
        """Seal a page anew with the suite's cipher; False when it has been already, or is gone.

        The old file stands until the new one is on the disk.

        Raises:
            PageAltered: it cannot be read; it stays as it is. Likewise UnknownAlgorithm and SuiteUnavailable.
            DiskFull: no space; it stays as it is.
        """
        with self._guard:
            if self._algorithm(self._path(sha256)) in (None, self._ciphers.written):
                return False
            write_durably(self._path(sha256), self._sealed(self.get(sha256), sha256))
            return True

    def census(self) -> Mapping[int, int]:
        """Return how many page files each algorithm byte has; what is no page file counts as 0."""
        found = (self._algorithm(path) for path in self._own_files() if _NAME.fullmatch(path.name))
        return Counter(0 if algorithm is None else algorithm for algorithm in found)

    def free_bytes(self) -> int:
        """Return the space left on the vault's disk."""
        with disk_faults():
            return shutil.disk_usage(self._root).free

    def _mark_fresh(self, sha256: str) -> None:
        with self._guard:
            now = time.monotonic()
            while self._fresh and now - next(iter(self._fresh.values())) > FRESH_S:
                del self._fresh[next(iter(self._fresh))]
            self._fresh.pop(sha256, None)
            self._fresh[sha256] = now

    def _is_fresh(self, sha256: str) -> bool:
        put_at = self._fresh.get(sha256)
        return put_at is not None and time.monotonic() - put_at <= FRESH_S

    def _algorithm(self, path: Path) -> int | None:
        """Return the algorithm byte; None when the file is gone or is no page file."""
        with disk_faults():
            try:
                with path.open("rb") as file:
                    head = file.read(len(_MAGIC) + 1)
            except FileNotFoundError:
                return None
        is_page = head.startswith(_MAGIC) and len(head) > len(_MAGIC)
        return head[len(_MAGIC)] if is_page else None

    def _own_files(self) -> Iterator[Path]:
        for path in self._root.glob("??/*"):
            if _NAME.fullmatch(path.name) or path.name.endswith(TEMPORARY):
                yield path

    def _path(self, sha256: str) -> Path:
        name = hmac.new(self._naming, sha256.encode(), hashlib.sha256).hexdigest()
        return self._root / name[:2] / f"{name}{ENDING}"

    def _is_whole(self, sha256: str) -> bool:
        with suppress(*PAGE_FAULTS):
            self.get(sha256)
            return True
        return False

    def _sealed(self, data: bytes, sha256: str) -> bytes:
        nonce = secrets.token_bytes(_NONCE_BYTES)
        algorithm = self._ciphers.written
        header = _MAGIC + bytes([algorithm]) + nonce
        return header + self._ciphers.of(algorithm, "page").encrypt(nonce, data, header + sha256.encode())

    def _plain(self, sealed: bytes, sha256: str) -> bytes:
        header, body = sealed[:_HEADER_BYTES], sealed[_HEADER_BYTES:]
        if len(header) < _HEADER_BYTES or not header.startswith(_MAGIC):
            raise PageAltered(page=sha256[:12])
        cipher = self._ciphers.of(header[len(_MAGIC)], f"page {sha256[:12]}")
        try:
            data = cipher.decrypt(header[-_NONCE_BYTES:], body, header + sha256.encode())
        except InvalidTag as error:
            raise PageAltered(page=sha256[:12]) from error
        if hashlib.sha256(data).hexdigest() != sha256:
            raise PageAltered(page=sha256[:12])
        return data
