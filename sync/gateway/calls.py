"""What every call of the wire shares: the office behind it, who calls, and the refusals in the document."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Depends, Path, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from sync.contract.models import Problem
from sync.gateway import problems
from sync.gateway.enrolment import Window
from sync.gateway.errors import TokenInvalid
from sync.gateway.office import Office

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


def _window(
    office: Back, credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]
) -> Window:
    if credentials is None:
        raise TokenInvalid
    window = office.tokens.window(credentials.credentials)
    office.pace.count_call(window.window_id)
    return window


Caller = Annotated[Window, Depends(_window)]
# Said in the document only: a path that differs is refused with a code of its own.
HashInPath = Annotated[str, Path(json_schema_extra={"pattern": "^[0-9a-f]{64}$"})]
IdInPath = Annotated[str, Path(json_schema_extra={"format": "uuid"})]
