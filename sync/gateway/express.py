"""The calls a crowd makes, answered before the framework sees them: it costs more than their work does.

Whatever is not quite as usual (a token not seen before, a body that is long or not as the contract says, a
header twice) goes on to the framework as if nobody had looked at it, so the contract's document and every
refusal stay its own.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from pydantic import ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sync.contract.models import MissingRequest, SignedManifest
from sync.gateway import pages, problems
from sync.gateway.calls import seen, sizes_of
from sync.gateway.enrolment import Window
from sync.gateway.errors import OfficeBusy, Refused
from sync.gateway.lots import Lots
from sync.gateway.metrics import Metrics
from sync.gateway.office import Office
from sync.gateway.tokens import form_of

ASKS = "/v1/blobs/missing"
PAGES = "/v1/blobs/{sha256}"
BUNDLES = "/v1/bundles/{bundle_id}"
PAGE = re.compile(r"/v1/blobs/([0-9a-f]{64})\Z")
BUNDLE = re.compile(r"/v1/bundles/([0-9a-f-]{36})\Z")
TOKENS = "/v1/token"
BEARER = b"Bearer "
JSON = b"application/json"
LENGTH_DIGITS = 9
LONG_BYTES = 64 * 1024
"""A longer manifest takes the framework's way: there its cost no longer matters."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A success in a few bytes."""

    status: int
    body: bytes = b""
    is_secret: bool = False

    async def send(self, send: Send) -> None:
        """Send it."""
        headers = [(b"content-length", b"%d" % len(self.body))]
        if self.body:
            headers.append((b"content-type", JSON))
        if self.is_secret:
            headers.append((b"cache-control", b"no-store"))
        await send({"type": "http.response.start", "status": self.status, "headers": headers})
        await send({"type": "http.response.body", "body": self.body})


@dataclass(frozen=True, slots=True)
class Call:
    """One call that may go the short way."""

    route: str
    scope: Scope
    receive: Receive
    headers: dict[bytes, bytes]
    length: int
    caller: Window | None
    """Nobody in the call that asks for a token."""

    @property
    def window(self) -> Window:
        """Whose token it brings."""
        assert self.caller is not None
        return self.caller

    @property
    def named(self) -> str:
        """What the path ends with."""
        return str(self.scope["path"]).rpartition("/")[2]

    @property
    def is_json(self) -> bool:
        """Whether it says so, in the usual spelling."""
        return self.headers.get(b"content-type") == JSON


class _Cut(Exception):
    """The line was cut after these bytes."""

    def __init__(self, data: bytes) -> None:
        super().__init__()
        self.data = data


class _Unusual(Exception):
    """The framework must see this call, whose body has been read."""


Work = Callable[[Call, bytes], Awaitable[Answer]]


class Express:
    """Answers what a crowd asks, and passes everything else on."""

    def __init__(self, app: ASGIApp, office: Office, lots: Lots, metrics: Metrics) -> None:
        """Wrap the application."""
        self._app, self._office, self._lots, self._metrics = app, office, lots, metrics
        self._ways: dict[str, tuple[Work, int]] = {
            ASKS: (self._missing, LONG_BYTES),
            PAGES: (self._page, pages.WRITE_BYTES),
            BUNDLES: (self._bundle, LONG_BYTES),
            TOKENS: (self._token, LONG_BYTES),
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        began = time.perf_counter()
        route = self._route(scope)
        call = None if route is None else await self._call(route, scope, receive)
        if call is None:
            await self._app(scope, receive, send)
        else:
            await self._serve(call, send, began)

    def _route(self, scope: Scope) -> str | None:
        if scope["type"] != "http" or scope["query_string"]:
            return None
        method, path = scope["method"], scope["path"]
        if method == "PUT":
            return PAGES if PAGE.match(path) else BUNDLES if BUNDLE.match(path) else None
        return path if method == "POST" and path in (ASKS, TOKENS) else None

    async def _call(self, route: str, scope: Scope, receive: Receive) -> Call | None:
        fields = scope["headers"]
        headers: dict[bytes, bytes] = dict(fields)
        named, length = headers.get(b"authorization", b""), headers.get(b"content-length", b"")
        is_usual = len(headers) == len(fields) and length.isdigit() and len(length) <= LENGTH_DIGITS
        if not is_usual or int(length) > self._ways[route][1]:
            return None
        if route == TOKENS:
            return Call(route, scope, receive, headers, int(length), None)
        if not named.startswith(BEARER):
            return None
        try:
            window = await seen(self._office, named[len(BEARER) :].decode("latin-1"))
        except Exception:  # noqa: BLE001 - the framework meets it too, and words it
            return None
        return None if window is None else Call(route, scope, receive, headers, int(length), window)

    async def _serve(self, call: Call, send: Send, began: float) -> None:
        """Do what is asked, count it, and word what is refused as the framework would."""
        try:
            body = await _body(call.receive)
        except _Cut as cut:
            if call.route == PAGES:
                await self._kept(call, cut.data)
            self._count(call, 0, began)
            return
        try:
            answer = await self._answer(call, body)
        except _Unusual:
            await self._app(call.scope, _again(body, call.receive), send)
            return
        if isinstance(answer, Answer):
            await answer.send(send)
            self._count(call, answer.status, began)
        else:
            await answer(call.scope, call.receive, send)
            self._count(call, answer.status_code, began)

    async def _answer(self, call: Call, body: bytes) -> Answer | Response:
        work = self._ways[call.route][0]
        try:
            return await work(call, body)
        except _Unusual:
            raise
        except Refused as error:
            return problems.refusal(Request(call.scope), error)
        except OfficeBusy as error:
            return problems.busy(Request(call.scope), error)
        except OSError as error:
            return problems.disk_error(Request(call.scope), error)
        except Exception as error:  # noqa: BLE001 - nothing may leak past it, see `problems.Guard`
            return problems.internal(error)

    async def _note(self, call: Call) -> None:
        """Count it among its window's; what goes on to the framework is counted there."""
        if self._office.pace.note_call(call.window.window_id):
            await run_in_threadpool(self._office.pace.bring_calls, call.window.window_id)

    def _count(self, call: Call, status: int, began: float) -> None:
        method = call.scope["method"]
        self._metrics.call(f"{method} {call.route}", status, time.perf_counter() - began)
        code = call.scope.get("problem_code")
        if code:
            self._metrics.add("gateway_problems_total", code=str(code))

    async def _token(self, _call: Call, body: bytes) -> Answer:
        token = await self._lots.token(form_of(body))
        return Answer(200, token.model_dump_json().encode(), is_secret=True)

    async def _missing(self, call: Call, body: bytes) -> Answer:
        try:
            asked = MissingRequest.model_validate_json(body) if call.is_json else None
        except ValidationError:
            asked = None
        if asked is None:
            raise _Unusual
        await self._note(call)
        sizes = await sizes_of(self._office, dict.fromkeys(asked.sha256))
        lacking = [sha256 for sha256, size in sizes.items() if size is None]
        return Answer(200, json.dumps({"missing": lacking}, separators=(",", ":")).encode())

    async def _page(self, call: Call, body: bytes) -> Answer:
        office, sha256 = self._office, call.named
        await self._note(call)
        digest = call.headers.get(b"content-digest")
        pages.check_digest(sha256, None if digest is None else digest.decode("latin-1"))
        if (await sizes_of(office, [sha256]))[sha256] is not None:
            return Answer(204)
        if office.pace.note_page(call.window.window_id):
            await run_in_threadpool(office.pace.bring_pages, call.window.window_id)
        with office.blobs.receive(sha256, pages.MAX_BLOB_BYTES) as incoming:
            await self._lots.keep(incoming, body)
        return Answer(201)

    async def _kept(self, call: Call, data: bytes) -> None:
        """Keep what arrived; nobody is left who could hear why that fails."""
        try:
            await self._keep_cut(call, data)
        except Exception as error:  # noqa: BLE001 - the log hears of it
            problems.internal(error)

    async def _keep_cut(self, call: Call, data: bytes) -> None:
        sha256 = call.named
        if len(data) < pages.KEPT_BYTES or (await sizes_of(self._office, [sha256]))[sha256] is not None:
            return

        def keep() -> None:
            with self._office.blobs.receive(sha256, pages.MAX_BLOB_BYTES) as incoming:
                incoming.write(data)
                pages.keep_cut(self._office, call.window.window_id, sha256, str(call.length), incoming)

        await run_in_threadpool(keep)

    async def _bundle(self, call: Call, body: bytes) -> Answer:
        try:
            is_usual = call.is_json and b"earlier-receipt" not in call.headers
            signed = SignedManifest.model_validate_json(body) if is_usual else None
        except ValidationError:
            signed = None
        if signed is None:
            raise _Unusual
        await self._note(call)
        deposit = await self._lots.deposit(call.window, call.named, signed, "")
        return Answer(201 if deposit.is_new else 200, deposit.receipt.encode())


async def _body(receive: Receive) -> bytes:
    """Return the whole body, whose length the server has held to what was said.

    Raises:
        _Cut: the line was cut.
    """
    whole = bytearray()
    while True:
        message = await receive()
        if message["type"] != "http.request":
            raise _Cut(bytes(whole))
        if not whole and not message.get("more_body", False):
            return bytes(message.get("body", b""))
        whole += message.get("body", b"")
        if not message.get("more_body", False):
            return bytes(whole)


def _again(body: bytes, receive: Receive) -> Receive:
    """Return a `receive` that gives the body once more."""
    given = False

    async def replay() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return replay
