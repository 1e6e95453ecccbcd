"""Pages that go on where a cut line left them: the tus protocol 1.0 over the gateway's `/v1/uploads`.

https://tus.io/protocols/resumable-upload, core and creation. A page that fits is sent by one plain PUT; the
gateway keeps what arrived of one that was cut, and this asks how much that is and sends the rest.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus

from sync.answers import Answer, expect
from sync.errors import NotTheGateway, Unreachable
from sync.wire import Request

TUS = {"tus-resumable": "1.0.0"}
UPLOADS = "/v1/uploads"
OCTETS = base64.b64encode(b"application/octet-stream").decode("ascii")
RESUMABLE_BYTES = 64 * 1024
"""A smaller page is sent again as a whole: asking for the rest would take as long."""
CREATED = frozenset({HTTPStatus.CREATED.value})
APPENDED = frozenset({HTTPStatus.NO_CONTENT.value})
NO_UPLOAD = frozenset(
    {
        HTTPStatus.NOT_FOUND.value,
        HTTPStatus.METHOD_NOT_ALLOWED.value,
        HTTPStatus.GONE.value,
        HTTPStatus.NOT_IMPLEMENTED.value,
    }
)


def digest_of(data: bytes) -> str:
    """Return the value of a digest field (RFC 9530) for these bytes."""
    return f"sha-256=:{base64.b64encode(hashlib.sha256(data).digest()).decode('ascii')}:"


@dataclass(frozen=True, slots=True)
class Upload:
    """A page of which the gateway holds the first `offset` bytes."""

    path: str
    offset: int


class Uploads:
    """The calls of the protocol for one window."""

    def __init__(self, send: Callable[[Request], Answer], clock: Callable[[], datetime]) -> None:
        """`send` puts the window's token to a request."""
        self._send = send
        self._clock = clock

    def find(self, sha256: str, length: int, place: str = "") -> Upload | None:
        """Return how far a page came; None when nothing of it is kept.

        Args:
            sha256: its hash.
            length: its bytes.
            place: where a gateway keeps it that names its uploads by something else than the hash.

        Raises:
            SyncError: the gateway could not be asked.
        """
        path = place or f"{UPLOADS}/{sha256}"
        answer = self._send(Request("HEAD", path, headers=TUS))
        if answer.status in NO_UPLOAD:
            return None
        expect(answer, frozenset({HTTPStatus.OK.value, HTTPStatus.NO_CONTENT.value}), self._clock())
        if _number(answer, "upload-length") != length:
            return None
        return Upload(path, _within(_number(answer, "upload-offset"), length))

    def begin(self, sha256: str, length: int) -> Upload | None:
        """Announce a page; None when the gateway does not know this way.

        Raises:
            SyncError: any other reason, by class.
        """
        named = base64.b64encode(sha256.encode()).decode("ascii")
        # Some servers of the protocol want a file name and type beside what ours reads.
        told = f"sha256 {named},filename {named},filetype {OCTETS}"
        headers = {**TUS, "upload-length": str(length), "upload-metadata": told}
        answer = self._send(Request("POST", UPLOADS, headers=headers))
        if answer.status in NO_UPLOAD:
            return None
        expect(answer, CREATED, self._clock())
        return Upload(_place(answer), 0)

    def append(self, upload: Upload, data: bytes) -> int:
        """Send the bytes of the page `data` behind the offset; return how many the gateway then holds.

        Raises:
            Unreachable: cut, or the gateway holds another number of bytes by now: ask again.
            ContentRefused: the whole does not have its hash.
            SyncError: any other reason, by class.
        """
        headers = {
            **TUS,
            "content-type": "application/offset+octet-stream",
            "upload-offset": str(upload.offset),
            "repr-digest": digest_of(data),
        }
        answer = self._send(Request("PATCH", upload.path, data[upload.offset :], headers))
        if answer.status in (HTTPStatus.CONFLICT, HTTPStatus.LOCKED, *NO_UPLOAD):
            raise Unreachable(f"the upload is elsewhere by now ({answer.status})")
        expect(answer, APPENDED, self._clock())
        return _within(_number(answer, "upload-offset"), len(data))


def _number(answer: Answer, name: str) -> int:
    text: str = answer.headers.get(name, "")
    if not (text.isascii() and text.isdigit()) or len(text) > 18:
        raise NotTheGateway(f"{answer.status} without {name}")
    return int(text)


def _within(offset: int, length: int) -> int:
    if offset > length:
        raise NotTheGateway("more bytes than were sent")
    return offset


def _place(answer: Answer) -> str:
    """Return the path of `Location`: it is only followed at the address that is ours anyway."""
    location: str = answer.headers.get("location", "")
    path = "/" + location.split("://", 1)[-1].partition("/")[2] if "://" in location else location
    if not path.startswith("/") or path.startswith("//") or not path.isascii() or not path.isprintable():
        raise NotTheGateway("an upload without a place")
    return path
