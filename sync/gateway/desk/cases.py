"""The list, the page of a case, and its pictures."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from sync.gateway.desk import clocks, listing, views
from sync.gateway.desk.forms import Filled, blank
from sync.gateway.desk.sessions import Session
from sync.gateway.desk.views import CaseView
from sync.gateway.desk.web import HTMX, ROOT, Desk, desk_of
from sync.gateway.desk.words import ACTS
from sync.gateway.matters import standing

SHA256 = re.compile(r"[0-9a-f]{64}\Z")
KINDS = ((b"\xff\xd8\xff", "image/jpeg"), (b"\x89PNG\r\n\x1a\n", "image/png"))
BYTES_POLICY = "default-src 'none'; sandbox"
GONE = 286
"""What tells htmx to stop asking."""


def index(request: Request) -> Response:
    """Show the list, or only its rows when the page refreshes itself."""
    desk = desk_of(request)
    session = desk.session(request)
    if session is None:
        return _to_login(request)
    facts = _listed(request, desk, session)
    template = "rows.html" if HTMX in request.headers else "list.html"
    return desk.page(request, template, session, **facts)


def case(request: Request) -> Response:
    """Show a case, with the form of a decision when one is asked for."""
    desk = desk_of(request)
    session = desk.session(request)
    if session is None:
        return _to_login(request)
    number = request.query_params.get("number", "")
    found = looked_at(desk, session, number)
    act = request.query_params.get("do", "")
    filled = blank(found, act, desk.office.clock()) if act in found.acts else None
    return show_case(request, desk, session, found, filled, done=request.query_params.get("done", ""))


def changed(request: Request) -> Response:
    """Tell an open page whether its case has moved on; asked every few seconds, keeps nobody logged in."""
    desk = desk_of(request)
    session = desk.session(request)
    if session is None:
        return desk.page(request, "changed.html", None, status=GONE, what="login")
    number, seen = request.query_params.get("number", ""), request.query_params.get("seen", "")
    with desk.office.database.read() as rows:
        matter = listing.of_streets(rows, number, session.reviewer.streets)
        what = "moved" if matter is None or standing(rows, matter) != seen else ""
    return desk.page(request, "changed.html", session, status=GONE if what else 200, what=what)


def page(request: Request) -> Response:
    """Hand over one file of a case, as it is; only pictures may be shown by a browser."""
    desk = desk_of(request)
    session = desk.session(request)
    number, sha256 = request.query_params.get("number", ""), request.query_params.get("page", "")
    if session is None:
        raise HTTPException(403)
    if not SHA256.match(sha256):
        raise HTTPException(404)

    with desk.office.database.read() as rows:
        matter = listing.of_streets(rows, number, session.reviewer.streets)
        is_theirs = matter is not None and views.page_of(rows, matter, sha256)
    if not is_theirs:
        raise HTTPException(404)
    _record(desk, session, number, sha256)
    return _bytes(desk, sha256)


def looked_at(desk: Desk, session: Session, number: str) -> CaseView:
    """Return a case and write down who looked.

    Raises:
        HTTPException: 404, no such case, or not of the reviewer's streets.
    """
    with desk.office.database.read() as rows:
        found = views.view(rows, session.reviewer, number)
    if found is None:
        raise HTTPException(404)
    _record(desk, session, number)
    return found


def _record(desk: Desk, session: Session, number: str, page: str = "") -> None:
    """Write a look down before anything is shown; what is shown was read where nobody waits for it."""
    at = desk.office.clock()
    desk.office.database.write(lambda rows: views.record_look(rows, session.reviewer, number, page, at))


def show_case(
    request: Request,
    desk: Desk,
    session: Session,
    found: CaseView,
    filled: Filled | None,
    *,
    done: str = "",
    problem: str = "",
    status: int = 200,
) -> Response:
    """Draw the page of a case; `filled` is the decision being worded."""
    say = desk.say(request)
    facts: dict[str, Any] = {
        "case": found,
        "clock": clocks.clock_of(found.matter, desk.office.clock(), say),
        "filled": filled,
        "done": done if done in ACTS else "",
        "problem": problem,
        "address": address,
        "time": clocks.time_words,
    }
    return desk.page(request, "case.html", session, status=status, **facts)


def show_draft(request: Request, desk: Desk, session: Session, draft: Mapping[str, str]) -> Response:
    """Show the decision that was being worded when the log-in ended."""
    number = draft.get("number", "")
    try:
        found = looked_at(desk, session, number)
    except HTTPException:
        return RedirectResponse(f"{ROOT}/", 303)
    filled = Filled.of(draft)
    return show_case(request, desk, session, found, filled, problem="again" if filled else "")


def address(path: str, **values: object) -> str:
    """Return an address of a page; values of strangers cannot leave their place in it."""
    return (
        f"{ROOT}/{path}?{urlencode({name: str(value) for name, value in values.items()}, errors='replace')}"
    )


def _listed(request: Request, desk: Desk, session: Session) -> dict[str, Any]:
    group = request.query_params.get("group", listing.FIRST_GROUP)
    group = group if group in listing.GROUPS else listing.FIRST_GROUP
    search = request.query_params.get("search", "")[: listing.LONGEST_SEARCH].strip()
    after, now, say = request.query_params.get("after", ""), desk.office.clock(), desk.say(request)
    # A number is looked for everywhere, whatever tab is open.
    within = "all" if search else group
    with desk.office.database.read() as rows:
        found = listing.cases(rows, session.reviewer.streets, within, search, after)
        counts = listing.counts(rows, session.reviewer.streets)
    return {
        "group": group,
        "search": search,
        "after": after,
        "cases": [(matter, clocks.clock_of(matter, now, say)) for matter in found.cases],
        "following": found.following,
        "counts": counts,
        "streets": desk.office.registry.streets(),
        "address": address,
        "time": clocks.time_words,
        "now": now,
    }


def _bytes(desk: Desk, sha256: str) -> Response:
    try:
        data = desk.office.blobs.read(sha256)
    except FileNotFoundError:
        raise HTTPException(404) from None
    kind = _kind(data)
    headers = {"Content-Security-Policy": BYTES_POLICY, "Cache-Control": "no-store"}
    if not kind.startswith("image/"):
        ending = "pdf" if kind == "application/pdf" else "bin"
        headers["Content-Disposition"] = f'attachment; filename="{sha256[:12]}.{ending}"'
    return Response(data, media_type=kind, headers=headers)


def _kind(data: bytes) -> str:
    """Return what the bytes are, whatever the window said they were."""
    for mark, kind in KINDS:
        if data.startswith(mark):
            return kind
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "image/webp"
    return "application/pdf" if data.startswith(b"%PDF-") else "application/octet-stream"


def _to_login(request: Request) -> Response:
    if HTMX in request.headers:
        # A list that refreshes itself: the browser goes to the log-in as a whole.
        return Response(status_code=200, headers={"HX-Redirect": f"{ROOT}/login"})
    return RedirectResponse(f"{ROOT}/login", 303)
