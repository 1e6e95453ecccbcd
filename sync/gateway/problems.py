"""Every answer that is not success: RFC 9457 with a stable code, without a trace or a person in it."""

from __future__ import annotations

import errno
import json
import logging
from collections.abc import Iterator, Mapping

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sync.contract.models import MAX_MANIFEST_BYTES, MAX_RESULT_BYTES, Problem
from sync.gateway.errors import OfficeBusy, Refused, StorageFull, TooLarge

LOG = logging.getLogger("sync.gateway")

PROBLEM = "application/problem+json"
TYPE_PREFIX = "urn:x-window-workstation:problem:"
SMALL_BODY_BYTES = 64 * 1024
"""Enough for every call but bundles and pages."""
BUNDLE_BODY_BYTES = MAX_MANIFEST_BYTES + SMALL_BODY_BYTES
DESK_BODY_BYTES = 2 * 1024 * 1024
"""A correction that names every defect at length, percent-encoded."""
RESULT_BODY_BYTES = MAX_RESULT_BYTES + SMALL_BODY_BYTES
DRAIN_BYTES = 8 * 1024 * 1024
"""How much of a refused body is still read, so that the sender gets the answer and not a reset."""
RETRY_AFTER_S = "2"
SHOWN_FAULTS = 10

STREAMED = (("PUT", "/v1/blobs/"), ("PATCH", "/v1/uploads/"))

HTTP_CODES = {400: "bad-request", 404: "not-found", 405: "method-not-allowed"}
FRAMEWORK_CODES: dict[int, tuple[str, ...]] = {
    **{status: (code,) for status, code in HTTP_CODES.items()},
    422: ("json-invalid", "validation-failed"),
    500: ("internal",),
    503: ("busy",),
}
"""Codes that are not a class of `errors`."""
DISK_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
OAUTH_ERRORS = {400: "unsupported_grant_type", 401: "invalid_client"}
"""RFC 6749, 5.2: what the token call says beside its code."""


def codes_of(status: int) -> list[str]:
    """Return the stable codes that come with a status, sorted."""
    named = {refused.code for refused in _all_below(Refused) if refused.status == status}
    return sorted(named.union(FRAMEWORK_CODES.get(status, ())))


def _all_below(kind: type[Refused]) -> Iterator[type[Refused]]:
    for below in kind.__subclasses__():
        yield below
        yield from _all_below(below)


def problem(
    status: int,
    code: str,
    title: str,
    detail: str = "",
    *,
    missing: tuple[str, ...] = (),
    headers: Mapping[str, str] | None = None,
    extra: Mapping[str, str] | None = None,
) -> Response:
    """Return a problem document; `extra` adds members the RFC leaves open."""
    document = Problem(
        type=TYPE_PREFIX + code, title=title, status=status, code=code, detail=detail, missing=missing
    )
    body = json.dumps({**document.model_dump(mode="json"), **(extra or {})}, ensure_ascii=False)
    return _Document(code, body.encode("utf-8", "replace"), status, dict(headers or {}))


class _Document(Response):
    """A problem document, which tells the counting outside of it what it is."""

    def __init__(self, code: str, body: bytes, status: int, headers: dict[str, str]) -> None:
        super().__init__(body, status, headers, PROBLEM)
        self._code = code

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope["problem_code"] = self._code
        await super().__call__(scope, receive, send)


def refusal(request: Request, error: Exception) -> Response:
    """Answer one of our own refusals."""
    assert isinstance(error, Refused)
    is_token_call = request.url.path == "/v1/token"
    headers = {"WWW-Authenticate": "Bearer"} if error.authenticate else {}
    if error.retry_after is not None:
        headers["Retry-After"] = str(error.retry_after)
    return problem(
        error.status,
        error.code,
        error.title,
        error.detail,
        missing=error.missing,
        headers=headers,
        extra={"error": OAUTH_ERRORS.get(error.status, "invalid_request")} if is_token_call else None,
    )


def invalid(_request: Request, error: Exception) -> Response:
    """Answer a body or parameter that is not what the contract says; where and how, never the value."""
    assert isinstance(error, RequestValidationError)
    faults = error.errors()
    if any(fault["type"] == "json_invalid" for fault in faults):
        return problem(422, "json-invalid", "The body is not JSON")
    detail = "; ".join(
        f"{'.'.join(str(part) for part in fault['loc'])}: {fault['type']}" for fault in faults[:SHOWN_FAULTS]
    )
    return problem(422, "validation-failed", "The content does not follow the contract", detail)


def http_error(_request: Request, error: Exception) -> Response:
    """Answer what the framework itself refuses (404, 405 and the like)."""
    assert isinstance(error, HTTPException)
    code = HTTP_CODES.get(error.status_code, f"http-{error.status_code}")
    return problem(error.status_code, code, str(error.detail), headers=error.headers)


def disk_error(request: Request, error: Exception) -> Response:
    """Answer a disk that refuses: full means wait, anything else is our fault."""
    assert isinstance(error, OSError)
    if error.errno in DISK_FULL:
        return refusal(request, StorageFull())
    return internal(error)


def busy(_request: Request, _error: Exception) -> Response:
    """Answer that the rows are out of reach for now: another process writes, or the server is away."""
    return problem(503, "busy", "The office is busy", headers={"Retry-After": RETRY_AFTER_S})


def internal(error: Exception) -> Response:
    """Answer a fault of our own; the log gets its kind and place, not its words, which may name a person."""
    LOG.error("internal fault %s at %s", type(error).__name__, _place(error))
    return problem(500, "internal", "The gateway has a fault")


def _place(error: BaseException) -> str:
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return "?" if trace is None else f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}"


def install(app: FastAPI) -> None:
    """Give the application all handlers and the guard."""
    app.add_exception_handler(Refused, refusal)
    app.add_exception_handler(RequestValidationError, invalid)
    app.add_exception_handler(HTTPException, http_error)
    app.add_exception_handler(OSError, disk_error)
    app.add_exception_handler(OfficeBusy, busy)
    app.add_middleware(Guard)


class Guard:
    """Bounds bodies before anything parses them, and turns any stray exception into a problem."""

    def __init__(self, app: ASGIApp) -> None:
        """Wrap the application."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        try:
            bounded = receive if _streams(scope) else await _buffered(receive, _limit(scope))
        except TooLarge as error:
            await refusal(Request(scope), error)(scope, receive, send)
            return
        except ClientDisconnect:
            return
        await self._guarded(scope, bounded, send)

    async def _guarded(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = False

        async def watched(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            await self._app(scope, receive, watched)
        except ClientDisconnect:
            # A cut line: nobody is left to answer, and nothing was kept.
            return
        except Exception as error:  # noqa: BLE001 - the last line before the server: nothing may leak past it
            response = internal(error)
            if not started:
                await response(scope, receive, send)


def _streams(scope: Scope) -> bool:
    """Pages bound themselves while they are written."""
    return any(scope["method"] == method and str(scope["path"]).startswith(path) for method, path in STREAMED)


def _limit(scope: Scope) -> int:
    path = str(scope["path"])
    if path.startswith("/desk/"):
        return RESULT_BODY_BYTES if path == "/desk/result" else DESK_BODY_BYTES
    return BUNDLE_BODY_BYTES if path.startswith("/v1/bundles/") else SMALL_BODY_BYTES


async def _buffered(receive: Receive, limit: int) -> Receive:
    """Read the whole body and return a `receive` that replays it.

    Raises:
        TooLarge: it is longer than `limit`.
        ClientDisconnect: the line was cut before its end.
    """
    body = bytearray()
    more = True
    while more:
        message = await receive()
        if message["type"] != "http.request":
            raise ClientDisconnect
        body += message.get("body", b"")
        more = message.get("more_body", False)
        if len(body) > limit:
            await drain(receive, more)
            raise TooLarge(f"limit {limit} bytes")
    replayed = False

    async def replay() -> Message:
        nonlocal replayed
        if replayed:
            return await receive()
        replayed = True
        return {"type": "http.request", "body": bytes(body), "more_body": False}

    return replay


async def drain(receive: Receive, more: bool) -> None:
    """Read on for a bounded while and throw away."""
    left = DRAIN_BYTES
    while more and left > 0:
        message = await receive()
        left -= len(message.get("body", b""))
        more = message["type"] == "http.request" and message.get("more_body", False)
