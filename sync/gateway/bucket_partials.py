"""Parts of pages in a bucket: nothing can be added to an object, so each piece is an object of its own.

Pieces are named by where they begin, and count as far as one follows the other. Every machine of a gateway
sees the same ones.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from dataclasses import dataclass

import obstore
from obstore.store import S3Store

from sync.gateway.bucket import found, reached
from sync.gateway.errors import OfficeBusy, OffsetMoved, TooLarge, UploadUnknown
from sync.gateway.partials import LIFE_S, SWEEP_S, Part, in_the_way, owner_of

PREFIX = "partial"
DELETED_AT_ONCE = 500
BEGUN = "begun"
"""Name of the empty object that announces a part."""


@dataclass(frozen=True, slots=True)
class _Piece:
    """One object: `partial/OWNER/HASH-LENGTH/OFFSET`."""

    path: str
    size: int
    put_at: float

    @property
    def part(self) -> str:
        return self.path.split("/")[2]

    @property
    def begins(self) -> int:
        name = self.path.rpartition("/")[2]
        return int(name) if name.isdigit() else -1


class BucketPartials:
    """Parts as objects."""

    step = 1024 * 1024

    def __init__(self, store: S3Store) -> None:
        """Use the bucket of the pages."""
        self._store = store
        self._swept = 0.0

    def find(self, window_id: str, sha256: str) -> Part | None:
        """See `Partials.find`."""
        return next((part for part in self._parts(window_id) if part.sha256 == sha256), None)

    def begin(self, window_id: str, sha256: str, length: int) -> Part:
        """See `Partials.begin`."""
        self._sweep()
        parts = self._parts(window_id)
        known = next((part for part in parts if part.sha256 == sha256), None)
        if known is not None and known.length == length:
            return known
        for part in in_the_way((part for part in parts if part is not known), length, time.time()):
            self.drop(window_id, part.sha256)
        self.drop(window_id, sha256)
        self._put(f"{_folder(window_id)}/{sha256}-{length}/{BEGUN}", b"")
        return Part(sha256, length, 0, time.time())

    def append(self, window_id: str, sha256: str, at: int, data: bytes) -> int:
        """See `Partials.append`."""
        part = self.find(window_id, sha256)
        if part is None:
            raise UploadUnknown
        if at + len(data) > part.length:
            raise TooLarge(f"announced {part.length} bytes")
        if part.offset != at:
            raise OffsetMoved(f"the part ends at {part.offset}")
        if data:
            self._put(f"{_folder(window_id)}/{sha256}-{part.length}/{at:010d}", data)
        return at + len(data)

    def read(self, window_id: str, sha256: str) -> Iterator[bytes]:
        """See `Partials.read`."""
        for piece in _chain(self._pieces(window_id, sha256)):
            path = piece.path
            answer = reached(lambda path=path: found(lambda: obstore.get(self._store, path)))  # type: ignore[misc]
            if answer is None:
                return
            yield bytes(reached(answer.bytes))

    def drop(self, window_id: str, sha256: str) -> None:
        """See `Partials.drop`."""
        self._delete(self._pieces(window_id, sha256))

    def _parts(self, window_id: str) -> list[Part]:
        pieces = self._listed(_folder(window_id))
        return [_part(name, [piece for piece in pieces if piece.part == name]) for name in _names(pieces)]

    def _pieces(self, window_id: str, sha256: str) -> list[_Piece]:
        return [piece for piece in self._listed(_folder(window_id)) if piece.part.startswith(sha256)]

    def _listed(self, prefix: str) -> list[_Piece]:
        def pieces() -> list[_Piece]:
            return [
                _Piece(meta["path"], meta["size"], meta["last_modified"].timestamp())
                for chunk in obstore.list(self._store, prefix)
                for meta in chunk
                if meta["path"].count("/") == 3
            ]

        return reached(pieces)

    def _put(self, path: str, data: bytes) -> None:
        reached(lambda: obstore.put(self._store, path, data))

    def _delete(self, pieces: list[_Piece]) -> None:
        # A key that may not delete keeps nobody from sending; the bucket's own rules must then clean up.
        with contextlib.suppress(OfficeBusy):
            for start in range(0, len(pieces), DELETED_AT_ONCE):
                paths = [piece.path for piece in pieces[start : start + DELETED_AT_ONCE]]
                reached(lambda paths=paths: obstore.delete(self._store, paths))  # type: ignore[misc]

    def _sweep(self) -> None:
        """Give up old parts of all windows, now and then."""
        if self._swept and time.monotonic() - self._swept < SWEEP_S:
            return
        self._swept = time.monotonic()
        oldest = time.time() - LIFE_S
        self._delete([piece for piece in self._listed(PREFIX) if piece.put_at < oldest])


def _folder(window_id: str) -> str:
    return f"{PREFIX}/{owner_of(window_id)}"


def _names(pieces: list[_Piece]) -> list[str]:
    return list(dict.fromkeys(piece.part for piece in pieces))


def _part(name: str, pieces: list[_Piece]) -> Part:
    sha256, _, length = name.partition("-")
    offset = sum(piece.size for piece in _chain(pieces))
    return Part(sha256, int(length), min(offset, int(length)), max(piece.put_at for piece in pieces))


def _chain(pieces: list[_Piece]) -> Iterator[_Piece]:
    """Yield the pieces from the first on as far as each begins where the one before ends."""
    ends = 0
    for piece in sorted(pieces, key=lambda piece: piece.begins):
        if piece.begins == ends and piece.size:
            yield piece
            ends += piece.size
