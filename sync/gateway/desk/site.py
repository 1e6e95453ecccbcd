"""The pages as one application, mounted beside the wire calls and no part of their contract."""

from __future__ import annotations

from pathlib import Path

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sync.gateway import problems
from sync.gateway.desk import acts, cases, entry
from sync.gateway.desk.web import STATIC, Careful, Desk, desk_of
from sync.gateway.errors import OfficeBusy
from sync.gateway.office import Office

BOTH = ["GET", "POST"]


class _Kept(StaticFiles):
    """Our own files; their address changes with their content."""

    def file_response(self, *arguments: object, **options: object) -> Response:
        """Let a browser keep them."""
        answer = super().file_response(*arguments, **options)  # type: ignore[arg-type]
        answer.headers["Cache-Control"] = "public, max-age=604800, immutable"
        return answer


def make_desk(office: Office, locales: Path | None) -> ASGIApp:
    """Return the review page of an office, to be mounted under `/desk`.

    Args:
        office: whose cases are reviewed.
        locales: folder of the catalogues of the page's words; None shows them in Chinese.
    """
    app = Starlette(
        routes=[
            Route("/", cases.index),
            Route("/case", cases.case),
            Route("/case", acts.decide, methods=["POST"]),
            Route("/result", acts.issue, methods=["POST"]),
            Route("/changed", cases.changed),
            Route("/page", cases.page),
            Route("/login", entry.login, methods=BOTH),
            Route("/setup", entry.setup, methods=BOTH),
            Route("/logout", entry.logout, methods=["POST"]),
            Route("/language", entry.language),
            Mount("/static", _Kept(directory=STATIC)),
        ],
        middleware=[Middleware(Careful), Middleware(_Steady)],
        exception_handlers={HTTPException: _refused, OfficeBusy: _busy},
    )
    app.state.desk = Desk(office, locales)
    return app


def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    return _error(request, error.status_code)


def _busy(request: Request, _error_: Exception) -> Response:
    return _error(request, 503)


def _error(request: Request, status: int) -> Response:
    return desk_of(request).page(request, "error.html", None, status=status, number=status)


class _Steady:
    """Answers a fault of our own by a page; the log gets its kind and place, not its words."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = False

        async def watched(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            await self._app(scope, receive, watched)
        except Exception as error:  # noqa: BLE001 - the last line before the server's own: a page, not a trace
            problems.internal(error)
            if not started:
                await _error(Request(scope), 500)(scope, receive, send)
