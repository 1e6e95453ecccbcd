"""The wire calls of contract version 1, as a FastAPI application over one office."""

from __future__ import annotations

import asyncio
import hmac
import threading
from datetime import datetime
from pathlib import Path as FolderPath
from typing import Annotated, Literal

from fastapi import APIRouter, FastAPI, Header, Query, Request, Response
from pydantic import AwareDatetime
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp

from sync.contract.anchors import AnchorRequest, Anchors, SignedAnchor
from sync.contract.archive import ArchiveAnswer, ArchivePageQuery, ArchiveQuery
from sync.contract.libraries import (
    CertificateAnswer,
    CertificateQuery,
    CheckAnswer,
    CheckQuery,
    CheckService,
    CreditAnswer,
    CreditQuery,
)
from sync.contract.models import (
    CONTRACT_VERSION,
    Changes,
    Enrolment,
    EnrolmentRequest,
    HeldAnswer,
    HeldRequest,
    MissingAnswer,
    MissingRequest,
    Model,
    PackFiles,
    PackId,
    PackVersion,
    SignedManifest,
    SignedReceipt,
    Token,
)
from sync.gateway import problems
from sync.gateway.calls import Back, Caller, HashInPath, IdInPath, problems_with, sizes_of
from sync.gateway.desk.site import make_desk
from sync.gateway.desk.web import ROOT as DESK
from sync.gateway.express import Express
from sync.gateway.feed import Told
from sync.gateway.lots import Lots
from sync.gateway.metrics import CONTENT_TYPE, FEED_BUCKETS, Measure, Metrics
from sync.gateway.news import News
from sync.gateway.office import Office
from sync.gateway.pages import router as page_router
from sync.gateway.tokens import ASSERTION_TYPE, form_of

MAX_WAIT_S = 30.0
LOOPBACK = frozenset({"127.0.0.1", "::1"})
PASSED_ON = ("Forwarded", "X-Forwarded-For", "X-Real-IP", "Via")
"""Headers of a proxy: its callers are not on this machine although it is."""


class Health(Model):
    """Which gateway this is; a log-in page of a proxy cannot answer so."""

    gateway_id: str
    contract: Literal[1] = 1
    time: AwareDatetime


router = APIRouter(prefix="/v1")
metrics_router = APIRouter(include_in_schema=False)

EarlierReceipt = Annotated[
    str,
    Header(
        max_length=4000,
        description="Base64url of the receipt this gateway gave before it was restored from a backup",
    ),
]


@router.get("/health", responses=problems_with())
async def health(office: Back) -> Health:
    """Tell which gateway answers, and its time."""
    return Health(gateway_id=office.gateway_id, time=office.clock())


@router.post("/enrolments", status_code=201, responses=problems_with(403, 413, 422))
def enrol(request: EnrolmentRequest, office: Back) -> Enrolment:
    """Register a window by its one-time code."""
    return office.enrol(request)


_TOKEN_FORM = {
    "requestBody": {
        "required": True,
        "content": {
            "application/x-www-form-urlencoded": {
                "schema": {
                    "type": "object",
                    "required": ["grant_type", "client_assertion_type", "client_assertion"],
                    "properties": {
                        "grant_type": {"const": "client_credentials"},
                        "client_assertion_type": {"const": ASSERTION_TYPE},
                        "client_assertion": {"type": "string", "minLength": 1},
                        "client_id": {"type": "string"},
                    },
                }
            }
        },
    }
}


@router.post("/token", openapi_extra=_TOKEN_FORM, responses=problems_with(401, 403, 413, 429))
async def token(request: Request, response: Response) -> Token:
    """Give an access token for a signed client assertion (`private_key_jwt`, audience: the gateway id)."""
    lots: Lots = request.app.state.lots
    response.headers["Cache-Control"] = "no-store"
    return await lots.token(form_of(await request.body()))


@router.post("/blobs/missing", responses=problems_with(401, 413, 422, 429))
async def missing(request: MissingRequest, office: Back, _caller: Caller) -> MissingAnswer:
    """Tell which pages have not arrived."""
    sizes = await sizes_of(office, dict.fromkeys(request.sha256))
    return MissingAnswer(missing=tuple(sha256 for sha256, size in sizes.items() if size is None))


@router.post("/bundles/missing", responses=problems_with(401, 413, 422, 429))
def missing_bundles(request: HeldRequest, office: Back, caller: Caller) -> HeldAnswer:
    """Tell which of the window's bundles are not here, although it may hold receipts: after a restore."""
    return HeldAnswer(missing=office.intake.lacking(caller, request.bundle_ids))


@router.put(
    "/bundles/{bundle_id}",
    status_code=201,
    response_model=SignedReceipt,
    responses={
        200: {"model": SignedReceipt, "description": "Held since an earlier call; the same receipt"},
        **problems_with(401, 403, 409, 413, 422, 424, 429, 507),
    },
)
async def put_bundle(
    request: Request,
    bundle_id: IdInPath,
    signed: SignedManifest,
    caller: Caller,
    earlier_receipt: EarlierReceipt = "",
) -> Response:
    """Take a sealed bundle; the body is the receipt as it was first signed."""
    lots: Lots = request.app.state.lots
    deposit = await lots.deposit(caller, bundle_id, signed, earlier_receipt)
    return Response(deposit.receipt, 201 if deposit.is_new else 200, media_type="application/json")


@router.post("/anchors", responses=problems_with(401, 409, 413, 422, 429))
def put_anchor(request: AnchorRequest, office: Back, caller: Caller) -> SignedAnchor:
    """Keep the head of the window's audit chain; a chain that was bent or cut is refused."""
    return office.anchors.keep(caller.window_id, request)


@router.get("/anchors", responses=problems_with(401, 422, 429))
def anchors(office: Back, caller: Caller, after: Annotated[int, Query(ge=0, le=2**53 - 1)] = 0) -> Anchors:
    """Tell what was seen of the window's audit chain."""
    return office.anchors.since(caller.window_id, after)


@router.get("/catalogue/{version}", responses=problems_with(401, 422, 429))
def catalogue(version: PackVersion, pack: PackId, office: Back, _caller: Caller) -> PackFiles:
    """Hand over a published item pack; its signature is for the window to check."""
    return office.packs.get(pack, version)


@router.post("/certificates/query", responses=problems_with(401, 413, 422, 429))
def certificate(query: CertificateQuery, office: Back, _caller: Caller) -> CertificateAnswer:
    """Ask the certificate service for an identifier, for the scene of one case."""
    return office.libraries.certificate(query)


@router.post("/checks/{service}", responses=problems_with(401, 413, 422, 429))
def check(service: CheckService, query: CheckQuery, office: Back, _caller: Caller) -> CheckAnswer:
    """Let a data service compare what a case says, for its scene."""
    return office.libraries.check(service, query)


@router.post("/archive/query", responses=problems_with(401, 403, 413, 422, 429))
def archived(query: ArchiveQuery, office: Back, caller: Caller) -> ArchiveAnswer:
    """Tell what approved cases hold of a person, for the scene of one case; the look is recorded."""
    return office.archive.query(caller, query)


@router.post(
    "/archive/page",
    response_class=Response,
    responses={
        200: {"content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}},
        **problems_with(401, 403, 413, 422, 429),
    },
)
def archived_page(query: ArchivePageQuery, office: Back, caller: Caller) -> Response:
    """Hand over one page of such a copy; the look is recorded."""
    return Response(office.archive.page(caller, query), media_type="application/octet-stream")


@router.post("/credit", responses=problems_with(401, 413, 422, 429))
def credit(query: CreditQuery, office: Back, _caller: Caller) -> CreditAnswer:
    """Ask the credit library, for the scene of one case."""
    return office.libraries.credit(query)


@router.get("/changes", response_model=Changes, responses=problems_with(401, 422, 429))
async def changes(
    request: Request,
    office: Back,
    caller: Caller,
    after: Annotated[int, Query(ge=0, le=2**53)] = 0,
    wait: Annotated[float, Query(ge=0, le=MAX_WAIT_S)] = 0,
) -> Response:
    """Tell what the office decided since a cursor, waiting up to `wait` seconds for the first news."""
    stopping: threading.Event = request.app.state.stopping
    news: News = request.app.state.news
    loop = asyncio.get_running_loop()
    until = loop.time() + wait
    while True:
        found = await run_in_threadpool(office.feed.told, caller.window_id, after)
        left = until - loop.time()
        if found.lines:
            _observe_delays(request.app.state.metrics, found, office.clock())
        if found.lines or left <= 0 or stopping.is_set() or await request.is_disconnected():
            return Response(found.body, media_type="application/json")
        await news.wait(caller.window_id, after, left)


def _observe_delays(metrics: Metrics, found: Told, now: datetime) -> None:
    for position in found.positions:
        # A position is the microsecond of its line.
        delay = max(0.0, now.timestamp() - position / 1_000_000)
        metrics.observe("gateway_feed_delay_seconds", delay, FEED_BUCKETS)


@router.get(
    "/results/{sha256}",
    response_class=Response,
    responses={
        200: {
            "description": "The file",
            "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
        },
        **problems_with(401, 404, 422, 429),
    },
)
def result(sha256: HashInPath, office: Back, caller: Caller) -> Response:
    """Hand over a result file the feed told this window of."""
    data = office.results.get(caller.window_id, sha256)
    return Response(data, media_type="application/octet-stream")


@metrics_router.get("/metrics")
def metrics(request: Request, office: Back) -> Response:
    """Tell a monitor of this machine (or one with the token) how the office does."""
    if not _may_read(request):
        raise HTTPException(404)
    waiting: tuple[str, dict[str, str], float] = (
        "gateway_waiting_calls",
        {},
        float(request.app.state.news.waiting),
    )
    counted: Metrics = request.app.state.metrics
    return Response(counted.text([*office.gauges(), waiting]), media_type=CONTENT_TYPE)


def _may_read(request: Request) -> bool:
    """Return whether a call comes from this machine itself, not through a proxy on it; or names the token."""
    token: str = request.app.state.metrics_token
    if token:
        named = request.headers.get("Authorization", "").removeprefix("Bearer ")
        return hmac.compare_digest(named.encode(), token.encode())
    is_passed_on = any(name in request.headers for name in PASSED_ON)
    return request.client is not None and request.client.host in LOOPBACK and not is_passed_on


class _Application(FastAPI):
    """The framework's application, behind the short way for what a crowd asks."""

    def build_middleware_stack(self) -> ASGIApp:
        """Return what serves a request."""
        state = self.state
        return Express(super().build_middleware_stack(), state.office, state.lots, state.metrics)


def create_app(office: Office, *, metrics_token: str = "", locales: FolderPath | None = None) -> FastAPI:
    """Return the application; setting `app.state.stopping` ends waiting calls at once.

    With `metrics_token` whoever names it reads `/metrics`; without, only this machine does. `locales`
    holds the translations of the review page.
    """
    app = _Application(
        title="Window gateway",
        version=str(CONTRACT_VERSION),
        docs_url=None,
        redoc_url=None,
        openapi_url="/v1/openapi.json",
    )
    app.state.office = office
    app.state.stopping = threading.Event()
    app.state.news = News(office.feed, app.state.stopping)
    app.state.lots = Lots(office.intake, office.tokens)
    app.state.metrics = Metrics()
    app.state.metrics_token = metrics_token
    problems.install(app)
    app.add_middleware(Measure, metrics=app.state.metrics)
    app.include_router(router)
    app.include_router(page_router)
    app.include_router(metrics_router)
    app.mount(DESK, make_desk(office, locales))
    return app
