"""Pages on the wire: one plain PUT each, and tus 1.0 (core, creation, termination) for what a line cut short.

https://tus.io/protocols/resumable-upload. An upload is named by the hash of its page, so a window finds it
again without having been told where it is. What arrived of a plain PUT that was cut is such an upload too.
"""

from __future__ import annotations

import base64
import re
from collections.abc import AsyncIterator, Callable
from typing import Annotated, Any, Self

from fastapi import APIRouter, Header, Request, Response
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect

from sync.contract.models import MAX_BLOB_BYTES as MAX_BLOB_BYTES
from sync.gateway import problems
from sync.gateway.blobs import Incoming
from sync.gateway.calls import Back, Caller, HashInPath, problems_with, sizes_of
from sync.gateway.errors import (
    DigestMismatch,
    HashInvalid,
    OffsetMoved,
    Refused,
    TooLarge,
    UploadForm,
    UploadUnknown,
    UploadVersion,
)
from sync.gateway.lots import Lots
from sync.gateway.office import Office

WRITE_BYTES = 1024 * 1024
KEPT_BYTES = 64 * 1024
"""Less than this of a cut page is not worth asking about."""
SHA256 = re.compile(r"[0-9a-f]{64}\Z")
DIGEST = re.compile(r"sha-256=:([A-Za-z0-9+/=]*):")
VERSION = "1.0.0"
PIECE = "application/offset+octet-stream"
TUS = {"Tus-Resumable": VERSION}
ABILITIES = {
    **TUS,
    "Tus-Version": VERSION,
    "Tus-Extension": "creation,termination",
    "Tus-Max-Size": str(MAX_BLOB_BYTES),
}

router = APIRouter(prefix="/v1")


def _body(media_type: str) -> dict[str, Any]:
    schema = {"schema": {"type": "string", "format": "binary"}}
    return {"requestBody": {"required": True, "content": {media_type: schema}}}


TusResumable = Annotated[str, Header(description=f"Version of the tus protocol: {VERSION}")]
Offset = Annotated[
    int, Header(ge=0, le=MAX_BLOB_BYTES, description="Bytes the gateway holds: the piece follows them")
]
Length = Annotated[int, Header(ge=1, le=MAX_BLOB_BYTES, description="Bytes of the whole page")]
Metadata = Annotated[
    str, Header(max_length=1000, description="`sha256` and the page's hash in hex, in base64")
]
_OFFSET = {"Upload-Offset": {"schema": {"type": "integer"}, "description": "Bytes the gateway holds"}}


@router.put(
    "/blobs/{sha256}",
    status_code=201,
    openapi_extra=_body("application/octet-stream"),
    response_class=Response,
    responses={
        201: {"description": "Stored"},
        204: {"description": "Already here"},
        **problems_with(401, 413, 422, 429, 507),
    },
)
async def put_blob(sha256: HashInPath, request: Request, office: Back, caller: Caller) -> Response:
    """Take one page; `Content-Digest` (RFC 9530) is checked when given, the bytes always.

    What arrives of a page that is cut is kept for a day under `/v1/uploads/{sha256}`.
    """
    lots: Lots = request.app.state.lots
    async with _Body(request) as body:
        _check_headers(sha256, request, "Content-Digest")
        if (await sizes_of(office, [sha256]))[sha256] is not None:
            await body.drain()
            return Response(status_code=204)
        if office.pace.note_page(caller.window_id):
            await run_in_threadpool(office.pace.bring_pages, caller.window_id)
    with office.blobs.receive(sha256, MAX_BLOB_BYTES) as incoming:
        try:
            rest = await body.stream(incoming.write, WRITE_BYTES)
        except ClientDisconnect:
            length = request.headers.get("Content-Length", "")
            await run_in_threadpool(keep_cut, office, caller.window_id, sha256, length, incoming)
            raise
        await lots.keep(incoming, rest)
    return Response(status_code=201)


@router.options("/uploads", include_in_schema=False)
@router.options("/uploads/{sha256}", include_in_schema=False)
async def abilities() -> Response:
    """Tell what of the protocol is spoken."""
    return Response(status_code=204, headers=ABILITIES)


@router.post(
    "/uploads",
    status_code=201,
    response_class=Response,
    responses={
        201: {
            "description": "Announced, now or before",
            "headers": {"Location": {"schema": {"type": "string"}}, **_OFFSET},
        },
        **problems_with(401, 412, 413, 422, 429, 507),
    },
)
def begin_upload(
    office: Back,
    caller: Caller,
    upload_length: Length,
    upload_metadata: Metadata = "",
    tus_resumable: TusResumable = "",
) -> Response:
    """Announce a page that will come in pieces; announcing it again changes nothing."""
    _check_version(tus_resumable)
    sha256 = _named(upload_metadata)
    size = office.blobs.size(sha256)
    if size is None:
        size = office.partials.begin(caller.window_id, sha256, upload_length).offset
    return _told(201, size, {"Location": f"/v1/uploads/{sha256}"})


@router.head(
    "/uploads/{sha256}",
    response_class=Response,
    responses={
        200: {
            "description": "So much has arrived",
            "headers": {"Upload-Length": {"schema": {"type": "integer"}}, **_OFFSET},
        },
        **problems_with(401, 404, 412, 422, 429),
    },
)
def find_upload(
    sha256: HashInPath, office: Back, caller: Caller, tus_resumable: TusResumable = ""
) -> Response:
    """Tell how much of a page this window has brought; the whole when it is here, from whomever."""
    _check_version(tus_resumable)
    _check_hash(sha256)
    size = office.blobs.size(sha256)
    if size is not None:
        return _told(200, size, {"Upload-Length": str(size)})
    part = office.partials.find(caller.window_id, sha256)
    if part is None:
        raise UploadUnknown
    return _told(200, part.offset, {"Upload-Length": str(part.length)})


@router.patch(
    "/uploads/{sha256}",
    status_code=204,
    openapi_extra=_body(PIECE),
    response_class=Response,
    responses={
        204: {"description": "Added; the page is stored once it is whole", "headers": _OFFSET},
        **problems_with(401, 404, 409, 412, 413, 415, 422, 429, 507),
    },
)
async def append_upload(
    sha256: HashInPath,
    request: Request,
    office: Back,
    caller: Caller,
    upload_offset: Offset,
    tus_resumable: TusResumable = "",
) -> Response:
    """Take a piece; with the last one the whole is checked against its hash, and dropped if it differs.

    `Repr-Digest` (RFC 9530) is checked when given.
    """
    async with _Body(request) as body:
        _check_version(tus_resumable)
        if request.headers.get("Content-Type", "").partition(";")[0].strip().lower() != PIECE:
            raise UploadForm
        _check_headers(sha256, request, "Repr-Digest")
        size = await run_in_threadpool(office.blobs.size, sha256)
        if size is not None:
            return await _whole_already(body, size, upload_offset)
        upload = _Piece(office, caller.window_id, sha256, upload_offset)
        await run_in_threadpool(upload.check)
        rest = await body.stream(upload.write, office.partials.step)
        await run_in_threadpool(upload.write, rest)
    await run_in_threadpool(upload.finish)
    return _told(204, upload.offset)


@router.delete(
    "/uploads/{sha256}",
    status_code=204,
    response_class=Response,
    responses={204: {"description": "Forgotten"}, **problems_with(401, 404, 412, 422, 429)},
)
def drop_upload(
    sha256: HashInPath, office: Back, caller: Caller, tus_resumable: TusResumable = ""
) -> Response:
    """Forget what has arrived of a page; a page that is whole stays."""
    _check_version(tus_resumable)
    _check_hash(sha256)
    if office.partials.find(caller.window_id, sha256) is None:
        raise UploadUnknown
    office.partials.drop(caller.window_id, sha256)
    return Response(status_code=204, headers=TUS)


class _Piece:
    """What one call adds to an upload."""

    def __init__(self, office: Office, window_id: str, sha256: str, offset: int) -> None:
        self._office, self._window_id, self._sha256 = office, window_id, sha256
        self.offset = offset

    def check(self) -> None:
        """Refuse a piece that does not follow, before its bytes are read."""
        part = self._office.partials.find(self._window_id, self._sha256)
        if part is None:
            raise UploadUnknown
        if part.offset != self.offset:
            raise OffsetMoved(f"the part ends at {part.offset}")

    def write(self, data: bytes) -> None:
        """Keep bytes at once, so that they outlive this call."""
        self.offset = self._office.partials.append(self._window_id, self._sha256, self.offset, data)

    def finish(self) -> None:
        """Store the page if it is whole."""
        office, partials = self._office, self._office.partials
        part = partials.find(self._window_id, self._sha256)
        if part is None or part.offset < part.length:
            return
        office.pace.count_page(self._window_id)
        try:
            with office.blobs.receive(self._sha256, MAX_BLOB_BYTES) as incoming:
                for piece in partials.read(self._window_id, self._sha256):
                    incoming.write(piece)
                incoming.keep()
        except DigestMismatch:
            partials.drop(self._window_id, self._sha256)
            raise
        partials.drop(self._window_id, self._sha256)


class _Body:
    """The body of a call; within its context a refused one is read on for a while.

    Otherwise the window, still writing, would get a reset instead of the answer.
    """

    def __init__(self, request: Request) -> None:
        self._receive = request.receive
        self._has_more = True

    async def __aenter__(self) -> Self:
        """Begin."""
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, _: Any) -> None:
        if isinstance(error, Refused):
            await self.drain()

    async def drain(self) -> None:
        """Read on and throw away."""
        await problems.drain(self._receive, self._has_more)
        self._has_more = False

    async def stream(self, write: Callable[[bytes], object], step: int) -> bytes:
        """Write it in large steps, off the event loop, and return its last bytes; of one cut, write all.

        Raises:
            ClientDisconnect: it was cut.
        """
        waiting = bytearray()
        try:
            async for part in self._parts():
                waiting += part
                if len(waiting) >= step:
                    await run_in_threadpool(write, bytes(waiting))
                    waiting.clear()
        except ClientDisconnect:
            await run_in_threadpool(write, bytes(waiting))
            raise
        return bytes(waiting)

    async def _parts(self) -> AsyncIterator[bytes]:
        while self._has_more:
            message = await self._receive()
            if message["type"] != "http.request":
                self._has_more = False
                raise ClientDisconnect
            self._has_more = message.get("more_body", False)
            yield message.get("body", b"")


async def _whole_already(body: _Body, size: int, offset: int) -> Response:
    """Answer a piece of a page that is here, e.g. after the answer to the last one was lost."""
    if offset != size:
        raise OffsetMoved(f"the page is whole: {size}")
    await body.drain()
    return _told(204, size)


def keep_cut(office: Office, window_id: str, sha256: str, length: str, incoming: Incoming) -> None:
    """Keep what arrived of a page that was cut, unless more of it is kept already."""
    if incoming.length < KEPT_BYTES or not length.isdigit() or not incoming.length < int(length):
        return
    if int(length) > MAX_BLOB_BYTES:
        return
    known = office.partials.find(window_id, sha256)
    if known is not None and known.offset >= incoming.length:
        return
    office.partials.drop(window_id, sha256)
    office.partials.begin(window_id, sha256, int(length))
    offset = 0
    for piece in incoming.read_back():
        offset = office.partials.append(window_id, sha256, offset, piece)


def _told(status: int, offset: int, headers: dict[str, str] | None = None) -> Response:
    told = {**TUS, "Upload-Offset": str(offset), "Cache-Control": "no-store", **(headers or {})}
    return Response(status_code=status, headers=told)


def _named(metadata: str) -> str:
    """Return the hash in `Upload-Metadata` (tus, creation): pairs of a key and base64, with commas between.

    Raises:
        HashInvalid: there is none.
    """
    for pair in metadata.split(","):
        key, _, value = pair.strip().partition(" ")
        if key == "sha256":
            try:
                sha256 = base64.b64decode(value, validate=True).decode("ascii")
            except ValueError as error:
                raise HashInvalid from error
            _check_hash(sha256)
            return sha256
    raise HashInvalid


def _check_version(named: str) -> None:
    if named != VERSION:
        raise UploadVersion


def _check_hash(sha256: str) -> None:
    if not SHA256.match(sha256):
        raise HashInvalid


def _check_headers(sha256: str, request: Request, digest_field: str) -> None:
    _check_hash(sha256)
    length = request.headers.get("Content-Length", "0")
    if length.isdigit() and int(length) > MAX_BLOB_BYTES:
        raise TooLarge(f"limit {MAX_BLOB_BYTES} bytes")
    check_digest(sha256, request.headers.get(digest_field), digest_field)


def check_digest(sha256: str, digest: str | None, field: str = "Content-Digest") -> None:
    """See that a header (RFC 9530), if it was sent, names the page that the path names.

    Raises:
        DigestMismatch: it names another, or no SHA-256.
    """
    if digest is None:
        return
    named = DIGEST.search(digest)
    wanted = base64.b64encode(bytes.fromhex(sha256)).decode("ascii")
    if named is None or named.group(1) != wanted:
        raise DigestMismatch(f"{field} names another hash than the path")
