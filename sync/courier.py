"""What one stream carries: a question, a page, a manifest. Safe to use from several threads at a time."""

from __future__ import annotations

import contextlib
import hashlib
import threading
import time
from collections.abc import Callable, Sequence
from typing import TypeVar

from sync.client import GatewayClient
from sync.contract.models import SignedManifest, SignedReceipt
from sync.contract.signing import manifest_sha256, manifest_sm3
from sync.contract.suites import sm3_hex
from sync.errors import ContentRefused, SyncError, Unreachable, UnreadableBundle
from sync.port import Line, Outbox
from sync.streams import Progress
from sync.uploads import RESUMABLE_BYTES, Upload

NOTICED_S = 0.05
"""A gateway needs a moment to see that a call was cut, and to keep what came of it."""

Read = TypeVar("Read")


class Courier:
    """Reads from the queue and speaks to the gateway; records nothing."""

    def __init__(self, outbox: Outbox, client: GatewayClient) -> None:
        """Keep both ends."""
        self._outbox = outbox
        self._client = client
        self._lock = threading.Lock()
        self._reached: dict[str, int] = {}
        """Pages that were begun and did not arrive, with the bytes the gateway last said it has."""
        self._sm3: dict[str, str] = {}
        """SM3 of pages on their way whose manifest names one, by their SHA-256."""
        self._left_at: dict[str, Upload] = {}
        """Where pages that were just cut go on."""

    def load(self, line: Line) -> SignedManifest:
        """Return the manifest of a line, proven to be the one that was sealed.

        Raises:
            UnreadableBundle: it is not.
        """
        signed = _readable(lambda: self._outbox.load(line.bundle_id))
        if signed.manifest.bundle_id != line.bundle_id:
            raise UnreadableBundle("the manifest names another bundle")
        if _readable(lambda: manifest_sha256(signed.manifest)) != line.manifest_sha256:
            raise UnreadableBundle("the manifest no longer has its hash")
        if signed.sm3 is not None and _readable(lambda: manifest_sm3(signed.manifest)) != signed.sm3:
            raise UnreadableBundle("the manifest no longer has its SM3")
        with self._lock:
            self._sm3.update({page.sha256: page.sm3 for page in signed.manifest.pages if page.sm3})
        return signed

    def ask(self, hashes: Sequence[str]) -> tuple[str, ...]:
        """Return those of the pages that the gateway lacks."""
        return self._client.missing(hashes)

    def bring_page(self, sha256: str, progress: Progress, *, is_first_try: bool) -> None:
        """Bring a page, from where an earlier try left it.

        Raises:
            UnreadableBundle: it cannot be read here.
            SyncError: it did not arrive; how far it came is kept at the gateway.
        """
        data = _readable(lambda: self._outbox.blob(sha256))
        if hashlib.sha256(data).hexdigest() != sha256:
            raise UnreadableBundle(f"page {sha256[:12]} no longer has its hash")
        sm3 = self._sm3.get(sha256)
        if sm3 is not None and _readable(lambda: sm3_hex(data)) != sm3:
            raise UnreadableBundle(f"page {sha256[:12]} no longer has its SM3")
        is_known = self._begun(sha256)
        try:
            if len(data) < RESUMABLE_BYTES or (is_first_try and not is_known):
                self._client.put_blob(sha256, data)
            else:
                self._resume(sha256, data, progress)
        except Unreachable:
            self._look_back(sha256, len(data), progress)
            raise
        with self._lock:
            self._reached.pop(sha256, None)
            self._sm3.pop(sha256, None)
        progress.made()

    def hand_over(self, signed: SignedManifest, bundle_id: str) -> SignedReceipt:
        """Hand over a manifest whose pages have all arrived; return what the gateway answers."""
        return self._client.put_bundle(signed, self._outbox.receipt(bundle_id))

    def _begun(self, sha256: str) -> bool:
        """Note that a page is on its way; True when it was before and did not arrive."""
        with self._lock:
            is_known = sha256 in self._reached
            self._reached.setdefault(sha256, 0)
            return is_known

    def _resume(self, sha256: str, data: bytes, progress: Progress) -> None:
        upload = self._found(sha256, len(data), progress)
        if upload is None:
            self._client.put_blob(sha256, data)
            return
        try:
            # Also when nothing is left to send: the last piece may have arrived and the page not been stored.
            offset = self._client.uploads.append(upload, data)
        except ContentRefused:
            # What the gateway kept is not what was sent, e.g. after a power cut there: once more as a whole.
            offset = 0
        if offset != len(data):
            self._client.put_blob(sha256, data)

    def _look_back(self, sha256: str, length: int, progress: Progress) -> None:
        """Ask how much came of a page that was just cut: that is progress, and worth going on at once."""
        if length < RESUMABLE_BYTES:
            return
        time.sleep(NOTICED_S)
        with contextlib.suppress(Unreachable):
            upload = self._client.uploads.find(sha256, length)
            if upload is not None and self._grown(upload, sha256, progress):
                with self._lock:
                    self._left_at[sha256] = upload

    def _found(self, sha256: str, length: int, progress: Progress) -> Upload | None:
        with self._lock:
            left_at = self._left_at.pop(sha256, None)
        if left_at is not None:
            return left_at
        upload = self._client.uploads.find(sha256, length)
        if upload is None:
            return self._client.uploads.begin(sha256, length)
        self._grown(upload, sha256, progress)
        return upload

    def _grown(self, upload: Upload, sha256: str, progress: Progress) -> bool:
        """Note how far a page came; True when that is further than was known."""
        with self._lock:
            has_grown = upload.offset > self._reached.get(sha256, 0)
            self._reached[sha256] = max(self._reached.get(sha256, 0), upload.offset)
        if has_grown:
            progress.made()
        return has_grown


def _readable(read: Callable[[], Read]) -> Read:
    """Return what `read` gives; whatever keeps it from doing so makes the bundle unreadable."""
    try:
        return read()
    except SyncError:
        raise
    except Exception as error:  # noqa: BLE001 - disk, key or format: the bundle is set aside with the kind of fault
        raise UnreadableBundle(type(error).__name__) from error
