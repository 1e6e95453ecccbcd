"""What every page has in common: who asks, in which language, how it is drawn, what a browser may do."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sync.gateway.desk import words
from sync.gateway.desk.accounts import Accounts
from sync.gateway.desk.sessions import Session, Sessions
from sync.gateway.office import Office

HERE = Path(__file__).parent
STATIC = HERE / "static"
COOKIE = "desk"
LANGUAGE_COOKIE = "desk-language"
ROOT = "/desk"
HTMX = "HX-Request"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self';"
    " form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}
ZONE_FORMAT = "%Y-%m-%d %H:%M"


class Desk:
    """What the pages work with."""

    def __init__(self, office: Office, locales: Path | None) -> None:
        """Keep the office; `locales` holds the catalogues of the page's words."""
        self.office = office
        self.accounts = Accounts(office.database, office.clock)
        self.sessions = Sessions(office.database, office.clock)
        self._templates = templates()
        self._translate = {name: words.translator(locales, name) for name in words.LANGUAGES}

    def language(self, request: Request) -> str:
        """Return the language this browser chose, else the one it asks for."""
        chosen = request.cookies.get(LANGUAGE_COOKIE, "")
        return (
            chosen
            if chosen in words.LANGUAGES
            else words.preferred(request.headers.get("Accept-Language", ""))
        )

    def say(self, request: Request) -> words.Translate:
        """Return what translates for this browser."""
        return self._translate[self.language(request)]

    def session(self, request: Request) -> Session | None:
        """Return who is logged in."""
        value = request.cookies.get(COOKIE, "")
        return self.sessions.find(value, by_hand=HTMX not in request.headers) if value else None

    def page(
        self, request: Request, template: str, session: Session | None, *, status: int = 200, **facts: Any
    ) -> Response:
        """Draw a page."""
        context: Mapping[str, Any] = {
            "_": self.say(request),
            "language": self.language(request),
            "session": session,
            "practice": self.office.practice,
            "static": static_url,
            "here": request.url.path.removeprefix(ROOT) or "/",
            "words": words,
            **facts,
        }
        text = self._templates.get_template(template).render(context)
        # A body may hold halves of a surrogate pair, which no browser can be sent.
        return HTMLResponse(text.encode("utf-8", "replace"), status)


@lru_cache(maxsize=1)
def templates() -> Environment:
    """Return the pages' templates, all of them compiled.

    Compiled before there are threads: two that do it at once trip over a counter of CPython 3.11's parser.
    """
    found = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    found.filters["visible"] = words.visible
    for name in found.list_templates():
        found.get_template(name)
    return found


def desk_of(request: Request) -> Desk:
    """Return what the application was made with."""
    desk: Desk = request.app.state.desk
    return desk


@lru_cache(maxsize=16)
def static_url(name: str) -> str:
    """Return the address of a file of ours; it changes with its content, so a browser may keep it."""
    mark = hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:12]
    return f"{ROOT}/static/{name}?{mark}"


def is_secure(request: Request) -> bool:
    """Return whether the browser came by TLS, to us or to the proxy before us."""
    return "https" in (request.url.scheme, request.headers.get("X-Forwarded-Proto", ""))


def is_from_our_pages(request: Request) -> bool:
    """Return whether a form was sent from a page of this gateway, as far as the browser tells."""
    return request.headers.get("Sec-Fetch-Site", "same-origin") in ("same-origin", "none")


class Careful:
    """Gives every answer the headers that keep a browser from running, framing or keeping it."""

    def __init__(self, app: ASGIApp) -> None:
        """Wrap the application."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""

        async def careful(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
                headers.setdefault("Cache-Control", "no-store")
            await send(message)

        await self._app(scope, receive, careful if scope["type"] == "http" else send)
