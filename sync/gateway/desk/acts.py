"""Decisions taken on the page. Each names the case as it was seen, so nothing is decided twice or unseen."""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from sync.gateway.desk.cases import address, looked_at, show_case
from sync.gateway.desk.entry import show_login, texts_of
from sync.gateway.desk.forms import COURSE, Filled
from sync.gateway.desk.sessions import Session
from sync.gateway.desk.views import CaseView
from sync.gateway.desk.web import Desk, desk_of, is_from_our_pages
from sync.gateway.errors import (
    BadExtension,
    BadResult,
    ExtendedBefore,
    IllegalDecision,
    IncompleteDecision,
    MovedMeanwhile,
    NotStopped,
    StoppedAlready,
    UnknownBranch,
)

CONFLICT = 409
INCOMPLETE = 422


async def decide(request: Request) -> Response:
    """Take a decision; whatever stands in its way, what was typed is on the page that answers."""
    form = await texts_of(request)
    return await run_in_threadpool(_decide, request, form)


async def issue(request: Request) -> Response:
    """Send the window a result as a file."""
    data, name = b"", ""
    async with request.form(max_files=1, max_fields=20) as form:
        texts = {field: value for field, value in form.multi_items() if isinstance(value, str)}
        file = form.get("file")
        if isinstance(file, UploadFile):
            data, name = await file.read(), file.filename or ""
    return await run_in_threadpool(_issue, request, texts, data, name)


def _issue(request: Request, form: dict[str, str], data: bytes, name: str) -> Response:
    desk = desk_of(request)
    session, number = desk.session(request), request.query_params.get("number", "")
    if session is None:
        return show_login(
            request, desk, draft={"number": number, "do": "result"}, problem="ended", status=401
        )
    _check_rights(request, session, form)
    found, filled = looked_at(desk, session, number), Filled(act="result", seen=form.get("seen", ""))
    try:
        seen = filled.seen or "-"
        desk.office.results.issue(number, data, name=name, actor=session.reviewer.title, seen=seen)
    except BadResult:
        return show_case(request, desk, session, found, filled, problem="file", status=INCOMPLETE)
    except (MovedMeanwhile, IllegalDecision):
        return show_case(request, desk, session, found, filled, problem="moved", status=CONFLICT)
    return RedirectResponse(address("case", number=number, done="result"), 303)


def _check_rights(request: Request, session: Session, form: dict[str, str]) -> None:
    is_theirs = session.allows(form.get("csrf", "")) and is_from_our_pages(request)
    if not is_theirs or not session.reviewer.decides:
        raise HTTPException(403)


def _decide(request: Request, form: dict[str, str]) -> Response:
    desk = desk_of(request)
    session, number = desk.session(request), request.query_params.get("number", "")
    if session is None:
        kept = {name: value for name, value in form.items() if name != "csrf"}
        kept["number"] = number
        return show_login(request, desk, draft=kept, problem="ended", status=401)
    _check_rights(request, session, form)
    filled, found = Filled.of(form), looked_at(desk, session, number)
    if filled is None or filled.act == "result":
        raise HTTPException(403)
    if "more" in form:
        return show_case(request, desk, session, found, filled.with_another_row())
    problem = filled.problem()
    if problem:
        return show_case(request, desk, session, found, filled, problem=problem, status=INCOMPLETE)
    return _tell(request, desk, session, found, filled)


def _tell(request: Request, desk: Desk, session: Session, found: CaseView, filled: Filled) -> Response:
    if filled.act in COURSE:
        return _move_clock(request, desk, session, found, filled)
    try:
        desk.office.decide(
            found.matter.subject,
            filled.kind(),
            actor=session.reviewer.title,
            reason=filled.reason.strip(),
            outcome=filled.how(),
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


def _move_clock(request: Request, desk: Desk, session: Session, found: CaseView, filled: Filled) -> Response:
    """Stop the clock, let it go on, or extend the limit."""
    course, subject = desk.office.course, found.matter.subject
    actor, reason, seen = session.reviewer.title, filled.reason.strip(), filled.seen or "-"
    try:
        if filled.act == "special_started":
            course.stop(
                subject, procedure=filled.procedure, until=filled.day(), actor=actor, reason=reason, seen=seen
            )
        elif filled.act == "special_ended":
            course.resume(subject, actor=actor, reason=reason, seen=seen)
        else:
            course.extend(subject, workdays=filled.days(), approver=filled.approver, reason=reason, seen=seen)
    except (MovedMeanwhile, IllegalDecision, NotStopped, StoppedAlready, ExtendedBefore):
        now = looked_at(desk, session, subject)
        return show_case(request, desk, session, now, filled, problem="moved", status=CONFLICT)
    except BadExtension:
        return show_case(request, desk, session, found, filled, problem="days", status=INCOMPLETE)
    except IncompleteDecision:
        return show_case(request, desk, session, found, filled, problem="due", status=INCOMPLETE)
    return RedirectResponse(address("case", number=subject, done=filled.act), 303)
