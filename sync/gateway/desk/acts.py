"""Decisions taken on the page. Each names the case as it was seen, so nothing is decided twice or unseen."""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from sync.gateway.desk.cases import address, looked_at, show_case
from sync.gateway.desk.entry import show_login, texts_of
from sync.gateway.desk.forms import Filled
from sync.gateway.desk.sessions import Session
from sync.gateway.desk.views import CaseView
from sync.gateway.desk.web import Desk, desk_of, is_from_our_pages
from sync.gateway.errors import (
    IllegalDecision,
    IncompleteDecision,
    MovedMeanwhile,
    StoppedAlready,
    UnknownBranch,
)

CONFLICT = 409
INCOMPLETE = 422


async def decide(request: Request) -> Response:
    """Take a decision; whatever stands in its way, what was typed is on the page that answers."""
    form = await texts_of(request)
    return await run_in_threadpool(_decide, request, form)


def _decide(request: Request, form: dict[str, str]) -> Response:
    desk = desk_of(request)
    session, number = desk.session(request), request.query_params.get("number", "")
    if session is None:
        kept = {name: value for name, value in form.items() if name != "csrf"}
        kept["number"] = number
        return show_login(request, desk, draft=kept, problem="ended", status=401)
    if not session.allows(form.get("csrf", "")) or not is_from_our_pages(request):
        raise HTTPException(403)
    filled, found = Filled.of(form), looked_at(desk, session, number)
    if filled is None or not session.reviewer.decides:
        raise HTTPException(403)
    if "more" in form:
        return show_case(request, desk, session, found, filled.with_another_row())
    problem = filled.problem()
    if problem:
        return show_case(request, desk, session, found, filled, problem=problem, status=INCOMPLETE)
    return _tell(request, desk, session, found, filled)


def _tell(request: Request, desk: Desk, session: Session, found: CaseView, filled: Filled) -> Response:
    try:
        desk.office.decide(
            found.matter.subject,
            filled.kind(),
            actor=session.reviewer.title,
            reason=filled.reason_words(),
            due=filled.day(),
            defects=filled.defects_of(found.file),
            branch=filled.branch,
            seen=filled.seen or "-",
        )
    except (MovedMeanwhile, IllegalDecision, UnknownBranch):
        now = looked_at(desk, session, found.matter.subject)
        return show_case(request, desk, session, now, filled, problem="moved", status=CONFLICT)
    except IncompleteDecision:
        return show_case(request, desk, session, found, filled, problem="defects", status=INCOMPLETE)
    except StoppedAlready:
        return show_case(request, desk, session, found, filled, problem="stopped", status=CONFLICT)
    return RedirectResponse(address("case", number=found.matter.subject, done=filled.act), 303)
