"""The three calls a crowd makes, answered without the framework's search for what each of them needs.

That search costs a call more than its work does. Whatever is not quite as usual (a token not seen before, a
body that is not as the contract says, one more header) goes on to the framework as if nobody had looked at
it, so the contract's document and every refusal stay its own.
"""

from __future__ import annotations

import json
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from pydantic import ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sync.contract.models import MissingRequest, SignedManifest
from sync.gateway import problems
from sync.gateway.calls import seen, sizes_of
from sync.gateway.enrolment import Window
from sync.gateway.errors import OfficeBusy, Refused
from sync.gateway.lots import Lots
from sync.gateway.office import Office
from sync.gateway.pages import put_page

PAGE = re.compile(r"/v1/blobs/([0-9a-f]{64})\Z")
BUNDLE = re.compile(r"/v1/bundles/([0-9a-f-]{36})\Z")
BEARER = "Bearer "
JSON = "application/json"
LONG_BYTES = 64 * 1024
"""A longer manifest takes the framework's way: there its cost no longer matters."""


@dataclass(frozen=True, slots=True)
class _Route:
    """What the counting of calls reads of a route."""

    path: str


ASKS = _Route("/v1/blobs/missing")
PAGES = _Route("/v1/blobs/{sha256}")
BUNDLES = _Route("/v1/bundles/{bundle_id}")


class Express:
    """Answers what a crowd asks, and passes everything else on."""

    def __init__(self, app: ASGIApp, office: Office, lots: Lots) -> None:
        """Wrap the application."""
        self._app, self._office, self._lots = app, office, lots

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        handler = self._handler(scope) if scope["type"] == "http" and not scope["query_string"] else None
        window = None if handler is None else await self._caller(scope)
        if handler is None or window is None:
            await self._app(scope, receive, send)
            return
        await handler(Request(scope, receive), window, send)

    def _handler(self, scope: Scope) -> Callable[[Request, Window, Send], Awaitable[None]] | None:
        asked = (scope["method"], scope["path"])
        if asked == ("POST", ASKS.path):
            return self._missing
        if asked[0] != "PUT":
            return None
        if PAGE.match(asked[1]):
            return self._page
        return self._bundle if BUNDLE.match(asked[1]) else None

    async def _caller(self, scope: Scope) -> Window | None:
        named = Request(scope).headers.get("Authorization", "")
        return await seen(self._office, named[len(BEARER) :]) if named.startswith(BEARER) else None

    async def _missing(self, request: Request, window: Window, send: Send) -> None:
        body = await request.body()
        try:
            asked = MissingRequest.model_validate_json(body) if _is_json(request) else None
        except ValidationError:
            asked = None
        if asked is None:
            await self._app(request.scope, _again(body, request.receive), send)
            return

        async def answer() -> Response:
            sizes = await sizes_of(self._office, dict.fromkeys(asked.sha256))
            lacking = [sha256 for sha256, size in sizes.items() if size is None]
            return Response(json.dumps({"missing": lacking}, separators=(",", ":")), media_type=JSON)

        await self._answer(request, window, send, ASKS, answer)

    async def _page(self, request: Request, window: Window, send: Send) -> None:
        sha256 = request.scope["path"].rpartition("/")[2]
        await self._answer(
            request,
            window,
            send,
            PAGES,
            lambda: put_page(sha256, request, self._office, window, self._lots),
        )

    async def _bundle(self, request: Request, window: Window, send: Send) -> None:
        body = await request.body()
        try:
            is_usual = (
                len(body) <= LONG_BYTES and _is_json(request) and "Earlier-Receipt" not in request.headers
            )
            signed = SignedManifest.model_validate_json(body) if is_usual else None
        except ValidationError:
            signed = None
        if signed is None:
            await self._app(request.scope, _again(body, request.receive), send)
            return

        async def answer() -> Response:
            bundle_id = request.scope["path"].rpartition("/")[2]
            deposit = await self._lots.deposit(window, bundle_id, signed, "")
            return Response(deposit.receipt, 201 if deposit.is_new else 200, media_type=JSON)

        await self._answer(request, window, send, BUNDLES, answer)

    async def _answer(
        self,
        request: Request,
        window: Window,
        send: Send,
        route: _Route,
        work: Callable[[], Awaitable[Response]],
    ) -> None:
        """Count the call, do it, and word what is refused as the framework would."""
        request.scope["route"] = route
        try:
            if self._office.pace.note_call(window.window_id):
                await run_in_threadpool(self._office.pace.bring_calls, window.window_id)
            response = await work()
        except Refused as error:
            response = problems.refusal(request, error)
        except OfficeBusy as error:
            response = problems.busy(request, error)
        except OSError as error:
            response = problems.disk_error(request, error)
        await response(request.scope, request.receive, send)


def _is_json(request: Request) -> bool:
    return request.headers.get("Content-Type") == JSON


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
