"""What the gateway's answers mean: the only reader of status codes, headers and bodies.

A box in between may answer in the gateway's place: a log-in page, a filter's refusal, a reverse proxy's 502.
So a refusal counts only in the gateway's own form (RFC 9457), and a success only as the contract's JSON.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import TypeVar

import httpx
from pydantic import BaseModel, ValidationError

from sync.contract.models import Problem
from sync.errors import (
    Conflict,
    ContentRefused,
    GatewayBusy,
    MissingBlobs,
    NotAuthorised,
    NotTheGateway,
    OtherContract,
    SyncError,
)

MAX_ANSWER_BYTES = 4 * 1024 * 1024
MAX_RETRY_AFTER_S = 900.0
"""A broken proxy must not park the queue for days."""
MAX_DETAIL = 500
JSON = "application/json"
PROBLEM = "application/problem+json"

Body = TypeVar("Body", bound=BaseModel)
Told = TypeVar("Told")


@dataclass(frozen=True, slots=True)
class Answer:
    """One whole answer."""

    status: int
    headers: httpx.Headers
    body: bytes

    @property
    def media_type(self) -> str:
        """Media type without its parameters, lower case; empty when not given."""
        given: str = self.headers.get("content-type", "")
        return given.partition(";")[0].strip().lower()

    @property
    def date(self) -> datetime | None:
        """The answerer's clock (`Date`, one-second steps)."""
        return http_date(self.headers.get("date", ""))

    def read(self, model: type[Body]) -> Body:
        """Return the body as the contract's model.

        Raises:
            NotTheGateway: another media type, no JSON, or JSON of another shape.
        """
        self._check_type()
        try:
            return model.model_validate_json(self.body)
        except ValidationError as error:
            raise NotTheGateway(
                f"{self.status} is no {model.__name__}: {error.error_count()} faults"
            ) from None

    def read_by(self, reader: Callable[[bytes], Told]) -> Told:
        """Return what `reader` makes of the body; it raises ValueError for what is not its own.

        Raises:
            NotTheGateway: another media type, or the reader refused it.
        """
        self._check_type()
        try:
            return reader(self.body)
        except ValueError as error:
            # Its words may quote the body.
            raise NotTheGateway(
                f"{self.status} refused by {reader.__name__}: {type(error).__name__}"
            ) from None

    def _check_type(self) -> None:
        if self.media_type != JSON:
            raise NotTheGateway(f"{self.status} {self.media_type or 'without a type'}")


def http_date(text: str) -> datetime | None:
    """Return an HTTP date (RFC 9110, 5.6.7) as aware UTC, or None when it is none."""
    try:
        parsed = parsedate_to_datetime(text)
    except ValueError:
        return None
    return parsed.replace(tzinfo=UTC) if parsed.tzinfo is None else parsed.astimezone(UTC)


def retry_after(answer: Answer, now: datetime) -> float | None:
    """Return the seconds of `Retry-After` (a number or a date), within 0 and `MAX_RETRY_AFTER_S`.

    A date is read against the answerer's own clock when it gave one, else against `now`.
    """
    text: str = answer.headers.get("retry-after", "").strip()
    if text.isascii() and text.isdigit():
        return min(float(text), MAX_RETRY_AFTER_S)
    moment = http_date(text)
    if moment is None:
        return None
    seconds = (moment - (answer.date or now)).total_seconds()
    return min(max(seconds, 0.0), MAX_RETRY_AFTER_S)


def expect(answer: Answer, allowed: frozenset[int], now: datetime) -> None:
    """Pass when the status is one of `allowed`.

    Raises:
        SyncError: the class that tells what would move the bundle.
    """
    if answer.status not in allowed:
        raise failure(answer, now)


def failure(answer: Answer, now: datetime) -> SyncError:
    """Return the error that an unwanted answer stands for."""
    status = answer.status
    if status == HTTPStatus.NETWORK_AUTHENTICATION_REQUIRED:
        return NotTheGateway("511 network log-in required")
    problem = _problem(answer)
    if status in (HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_MANY_REQUESTS) or status >= 500:
        return GatewayBusy(
            _words(problem) if problem else f"{status}", retry_after_s=retry_after(answer, now)
        )
    if status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
        # Also when a reverse proxy says it: waiting would not make the bundle smaller.
        return ContentRefused(_words(problem) if problem else "413")
    if problem is None:
        return NotTheGateway(f"{status} {answer.media_type or 'without a type'}")
    return _refusal(status, problem)


def _refusal(status: int, problem: Problem) -> SyncError:
    words = _words(problem)
    if status == HTTPStatus.FAILED_DEPENDENCY:
        return MissingBlobs(words, missing=problem.missing)
    if status == HTTPStatus.UNAUTHORIZED:
        return NotAuthorised(words, window_wide=True)
    if status == HTTPStatus.FORBIDDEN:
        return NotAuthorised(words)
    if status == HTTPStatus.CONFLICT:
        return Conflict(words)
    if status in (HTTPStatus.BAD_REQUEST, HTTPStatus.UNPROCESSABLE_ENTITY):
        return ContentRefused(words)
    return OtherContract(words)


def _problem(answer: Answer) -> Problem | None:
    if answer.media_type != PROBLEM:
        return None
    try:
        return Problem.model_validate_json(answer.body)
    except ValidationError:
        return None


def _words(problem: Problem) -> str:
    return f"{problem.status} {problem.code}: {problem.detail or problem.title}"[:MAX_DETAIL]
