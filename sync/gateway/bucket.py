"""Pages in a bucket of an S3-compatible store, each under the hash of its bytes.

A page is gathered in a temporary file until its hash is proven and then put in one step (large ones in parts
that appear together), so a bucket never holds half a page. Each request carries the SHA-256 of its body,
which the store checks, and the size is read back before the page counts as kept. Names are hashes: writing
one twice writes the same bytes, so no precondition is needed.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, BinaryIO, Self, TypeVar
from urllib.parse import parse_qs, urlsplit

import obstore
from obstore.exceptions import BaseError, NotFoundError
from obstore.store import S3Store

from sync.gateway.errors import DigestMismatch, OfficeBusy, StoreUnusable, TooLarge

if TYPE_CHECKING:
    from obstore.store import S3Config

    from sync.gateway.partials import Partials

Result = TypeVar("Result")

PART_BYTES = 8 * 1024 * 1024
"""Larger pages go in parts of this size."""
PARTS_AT_ONCE = 2
ASKED_AT_ONCE = 8
TIMEOUT = timedelta(seconds=20)


class BucketStore:
    """A content-addressed bucket; what it needs to prove who asks comes from the environment (`AWS_...`)."""

    is_near = False

    def __init__(self, place: str, folder: Path) -> None:
        """Find the bucket.

        Args:
            place: `s3://bucket/prefix?endpoint=https://...&region=...`.
            folder: where uploads wait until they are whole.

        Raises:
            StoreUnusable: it refuses or cannot be reached.
        """
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        parts = urlsplit(place)
        bucket = f"s3://{parts.netloc}{parts.path}"
        try:
            self._store = _store(parts.netloc, parts.path.strip("/"), parse_qs(parts.query))
            # A bucket that is not there says no more to a question for one page than that it has none.
            next(iter(obstore.list(self._store, chunk_size=1)), None)
        except (BaseError, ValueError) as error:
            raise StoreUnusable(place=bucket, reason=type(error).__name__) from error

    def size(self, sha256: str) -> int | None:
        """Return the page's bytes, None when it is not here."""
        with_size = reached(lambda: found(lambda: obstore.head(self._store, _key(sha256))))
        return None if with_size is None else int(with_size["size"])

    def sizes(self, names: Iterable[str]) -> dict[str, int | None]:
        """Return the bytes of several pages, asking for some at a time."""
        asked = list(dict.fromkeys(names))
        if len(asked) < 2:
            return {sha256: self.size(sha256) for sha256 in asked}
        with ThreadPoolExecutor(min(ASKED_AT_ONCE, len(asked))) as threads:
            return dict(zip(asked, threads.map(self.size, asked), strict=True))

    def read(self, sha256: str) -> bytes:
        """Return the page.

        Raises:
            FileNotFoundError: it is not here.
        """
        answer = reached(lambda: found(lambda: obstore.get(self._store, _key(sha256))))
        if answer is None:
            raise FileNotFoundError(sha256)
        return bytes(reached(answer.bytes))

    def partials(self) -> Partials:
        """Return where the parts of cut pages lie: in the bucket, for every machine to see."""
        from sync.gateway.bucket_partials import BucketPartials

        return BucketPartials(self._store)

    def receive(self, sha256: str, limit: int) -> IncomingObject:
        """Begin to take a page of at most `limit` bytes; use it as a context manager."""
        return IncomingObject(self, self._folder, sha256, limit)

    def put(self, sha256: str, file: BinaryIO, length: int) -> None:
        """Put a proven page under its name.

        Raises:
            OfficeBusy: the store cannot be reached, or has not got it whole.
        """
        reached(
            lambda: obstore.put(
                self._store,
                _key(sha256),
                file,
                use_multipart=length > PART_BYTES,
                chunk_size=PART_BYTES,
                max_concurrency=PARTS_AT_ONCE,
            )
        )
        if self.size(sha256) != length:
            raise OfficeBusy


class IncomingObject:
    """A page on its way to the bucket, gathered in a file without a name."""

    def __init__(self, store: BucketStore, folder: Path, sha256: str, limit: int) -> None:
        """Keep where it goes."""
        self._store, self._sha256, self._limit = store, sha256, limit
        self._hash, self._length = hashlib.sha256(), 0
        # Its context is that of this object.
        self._file = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115

    def __enter__(self) -> Self:
        """Begin."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Remove what is temporary."""
        self._file.close()

    def write(self, data: bytes) -> None:
        """Add bytes."""
        self._length += len(data)
        if self._length > self._limit:
            raise TooLarge(f"limit {self._limit} bytes")
        self._hash.update(data)
        self._file.write(data)

    @property
    def length(self) -> int:
        """Bytes so far."""
        return self._length

    def read_back(self) -> Iterator[bytes]:
        """Yield what has been written."""
        self._file.seek(0)
        while piece := self._file.read(PART_BYTES):
            yield piece

    def keep(self) -> None:
        """Put the page into the bucket."""
        if self._hash.hexdigest() != self._sha256:
            raise DigestMismatch(f"received {self._hash.hexdigest()}")
        self._file.seek(0)
        self._store.put(self._sha256, self._file, self._length)


def _store(bucket: str, prefix: str, options: dict[str, list[str]]) -> S3Store:
    config: S3Config = {}
    endpoint = options.get("endpoint", [""])[0]
    if endpoint:
        config["endpoint"] = endpoint
    if "region" in options:
        config["region"] = options["region"][0]
    return S3Store(
        bucket,
        prefix=prefix or None,
        config=config,
        client_options={
            "timeout": TIMEOUT,
            "connect_timeout": TIMEOUT,
            "allow_http": endpoint.startswith("http:"),
        },
        retry_config={"max_retries": 2, "retry_timeout": TIMEOUT},
    )


def _key(sha256: str) -> str:
    return f"{sha256[:2]}/{sha256}"


def found(ask: Callable[[], Result]) -> Result | None:
    """Return the answer, None when there is no such object."""
    try:
        return ask()
    except (NotFoundError, FileNotFoundError):
        return None


def reached(ask: Callable[[], Result]) -> Result:
    """Return the answer of a store that answers.

    Raises:
        OfficeBusy: it does not, or refuses; the window waits.
    """
    try:
        return ask()
    except BaseError as error:
        raise OfficeBusy from error
