"""What every call of the wire shares: the office behind it, who calls, and the refusals in the document."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from contextlib import suppress
from typing import Annotated, Any
from weakref import WeakKeyDictionary

from fastapi import Depends, Path, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from starlette.concurrency import run_in_threadpool

from sync.contract.models import Problem
from sync.gateway import problems
from sync.gateway.enrolment import Window
from sync.gateway.errors import OfficeBusy, TokenInvalid
from sync.gateway.office import Office
from sync.gateway.tokens import LOOK_S

EVERYWHERE = (400, 413, 500, 503)
"""A body that is cut off or too long, a fault of our own, rows out of reach."""

Responses = dict[int | str, dict[str, Any]]


def problems_with(*statuses: int) -> Responses:
    """Return the refusals of a call, each with the codes it may carry; some are the same for every call."""
    content: dict[str, Any] = {problems.PROBLEM: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {
        status: {
            "model": Problem,
            "content": content,
            "description": f"One of these codes: {', '.join(problems.codes_of(status))}",
        }
        for status in sorted({*statuses, *EVERYWHERE})
    }


_bearer = HTTPBearer(auto_error=False, description="Access token of POST /v1/token")


async def _office(request: Request) -> Office:
    # Not to be sent to a thread, as FastAPI does with what is not async: there is nothing to wait for.
    office: Office = request.app.state.office
    return office


Back = Annotated[Office, Depends(_office)]


async def _window(
    office: Back, credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]
) -> Window:
    if credentials is None:
        raise TokenInvalid
    window = await seen(office, credentials.credentials)
    if window is None:
        window = await run_in_threadpool(office.tokens.window, credentials.credentials)
    if office.pace.note_call(window.window_id):
        await run_in_threadpool(office.pace.bring_calls, window.window_id)
    return window


Caller = Annotated[Window, Depends(_window)]
# Said in the document only: a path that differs is refused with a code of its own.
HashInPath = Annotated[str, Path(json_schema_extra={"pattern": "^[0-9a-f]{64}$"})]
IdInPath = Annotated[str, Path(json_schema_extra={"format": "uuid"})]


async def seen(office: Office, token: str) -> Window | None:
    """Return whose token this is if it was looked up before; the look at who was revoked is one for all.

    It is taken when the last one is half as old as it may be, so that nobody has to wait for it in a crowd.
    """
    if office.tokens.age_s > LOOK_S / 2:
        loop = asyncio.get_running_loop()
        look = _looks.get(loop)
        if look is None or look.done():
            look = _looks[loop] = loop.create_task(_look(office))
        if office.tokens.age_s > LOOK_S:
            await asyncio.shield(look)
    return office.tokens.seen(token)


_looks: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Task[None]] = WeakKeyDictionary()


async def _look(office: Office) -> None:
    # Rows out of reach: the call finds that out by itself.
    with suppress(OfficeBusy):
        await run_in_threadpool(office.tokens.look, LOOK_S / 2)


async def sizes_of(office: Office, names: Iterable[str]) -> dict[str, int | None]:
    """Look pages up; a thread costs more than a look into a folder, and less than a call to a bucket."""
    if office.blobs.is_near:
        return office.blobs.sizes(names)
    return await run_in_threadpool(office.blobs.sizes, names)
