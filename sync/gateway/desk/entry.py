"""Logging in and out, setting the first password, choosing the language."""

from __future__ import annotations

import hmac
import re
import secrets
from collections.abc import Mapping

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from sync.gateway.desk import cases
from sync.gateway.desk.accounts import Reviewer
from sync.gateway.desk.sessions import LONGEST_S
from sync.gateway.desk.web import COOKIE, LANGUAGE_COOKIE, ROOT, Desk, desk_of, is_from_our_pages, is_secure
from sync.gateway.desk.words import LANGUAGES

LOGIN_COOKIE = "desk-login"
DRAFT = "draft."
"""What names of fields begin with that wait for the log-in."""
BACK = re.compile(r"/(case|login|setup)?(\?[\w=&%.\-+]{0,400})?\Z", re.ASCII)
YEAR_S = 365 * 86400


async def login(request: Request) -> Response:
    """Show the log-in, or check it."""
    desk = desk_of(request)
    if request.method == "GET":
        return show_login(request, desk)
    form = await texts_of(request)
    return await run_in_threadpool(_log_in, request, desk, form)


async def setup(request: Request) -> Response:
    """Let an approver set a password by the one-time code."""
    desk = desk_of(request)
    if request.method == "GET":
        return _with_token(request, desk, "setup.html", 200, name="", problem="")
    form = await texts_of(request)
    return await run_in_threadpool(_set_up, request, desk, form)


async def logout(request: Request) -> Response:
    """End the log-in."""
    desk, form = desk_of(request), await texts_of(request)
    session = await run_in_threadpool(desk.session, request)
    if session is not None and session.allows(form.get("csrf", "")):
        await run_in_threadpool(desk.sessions.end, request.cookies[COOKIE])
    answer = RedirectResponse(f"{ROOT}/login", 303)
    answer.delete_cookie(COOKIE, path=ROOT)
    # What was typed and not sent goes with the one who typed it.
    answer.headers["Clear-Site-Data"] = '"storage"'
    return answer


def language(request: Request) -> Response:
    """Remember the language of this browser."""
    back = request.query_params.get("back", "/")
    answer = RedirectResponse(f"{ROOT}{back if BACK.match(back) else '/'}", 303)
    chosen = request.query_params.get("to", "")
    if chosen in LANGUAGES:
        answer.set_cookie(
            LANGUAGE_COOKIE, chosen, max_age=YEAR_S, path=ROOT, samesite="strict", httponly=True
        )
    return answer


def show_login(
    request: Request,
    desk: Desk,
    *,
    draft: Mapping[str, str] | None = None,
    problem: str = "",
    name: str = "",
    status: int = 200,
) -> Response:
    """Show the log-in; `draft` is what was typed when the log-in had ended, and comes back after it."""
    return _with_token(
        request, desk, "login.html", status, draft=dict(draft or {}), problem=problem, name=name
    )


async def texts_of(request: Request) -> dict[str, str]:
    """Return the text fields of a form; files are passed over."""
    async with request.form(max_files=1, max_fields=500) as form:
        return {name: value for name, value in form.multi_items() if isinstance(value, str)}


def _log_in(request: Request, desk: Desk, form: Mapping[str, str]) -> Response:
    draft = {name.removeprefix(DRAFT): value for name, value in form.items() if name.startswith(DRAFT)}
    name = form.get("name", "").strip()
    if not _is_ours(request, form):
        return show_login(request, desk, draft=draft, problem="form", name=name, status=403)
    reviewer = desk.accounts.enter(name, form.get("password", ""))
    if reviewer is None:
        return show_login(request, desk, draft=draft, problem="password", name=name, status=401)
    return _entered(request, desk, reviewer, draft)


def _set_up(request: Request, desk: Desk, form: Mapping[str, str]) -> Response:
    name, password = form.get("name", "").strip(), form.get("password", "")
    problem = ""
    if not _is_ours(request, form):
        problem = "form"
    elif password != form.get("again", ""):
        problem = "again"
    if problem:
        return _with_token(
            request, desk, "setup.html", 403 if problem == "form" else 422, name=name, problem=problem
        )
    reviewer = desk.accounts.set_password(name, form.get("code", ""), password)
    if reviewer is None:
        return _with_token(request, desk, "setup.html", 401, name=name, problem="code")
    return _entered(request, desk, reviewer, {})


def _entered(request: Request, desk: Desk, reviewer: Reviewer, draft: Mapping[str, str]) -> Response:
    value = desk.sessions.begin(reviewer)
    session = desk.sessions.find(value, by_hand=False)
    answer: Response = RedirectResponse(f"{ROOT}/", 303)
    if draft and session is not None:
        answer = cases.show_draft(request, desk, session, draft)
    answer.set_cookie(
        COOKIE,
        value,
        max_age=int(LONGEST_S),
        path=ROOT,
        httponly=True,
        samesite="strict",
        secure=is_secure(request),
    )
    answer.delete_cookie(LOGIN_COOKIE, path=ROOT)
    return answer


def _with_token(request: Request, desk: Desk, template: str, status: int, **facts: object) -> Response:
    """Show a form that nobody else's page can send: its token is in a cookie too."""
    token = secrets.token_urlsafe(24)
    answer = desk.page(request, template, None, status=status, token=token, **facts)
    answer.set_cookie(
        LOGIN_COOKIE, token, path=ROOT, httponly=True, samesite="strict", secure=is_secure(request)
    )
    return answer


def _is_ours(request: Request, form: Mapping[str, str]) -> bool:
    kept = request.cookies.get(LOGIN_COOKIE, "")
    given = form.get("token", "")
    return (
        bool(kept)
        and hmac.compare_digest(kept.encode(), given.encode("utf-8", "replace"))
        and is_from_our_pages(request)
    )
