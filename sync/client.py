"""The gateway as the sender sees it: one method a call of the contract, every answer checked."""

from __future__ import annotations

import hashlib
import ssl
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from http import HTTPStatus
from types import TracebackType
from typing import Self, TypeVar

import httpx
from pydantic import BaseModel, ConfigDict

from sync.access import Access, Identity
from sync.answers import JSON, MAX_ANSWER_BYTES, PROBLEM, Answer, expect
from sync.contract.anchors import AnchorPoint, AnchorRequest, Anchors, SignedAnchor
from sync.contract.archive import ArchiveAnswer, ArchivePageQuery, ArchiveQuery
from sync.contract.feed import FeedSlice, read_slice
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
    MAX_BLOB_BYTES,
    MAX_PACK_BYTES,
    MAX_PAGES,
    ChangeFile,
    Enrolment,
    EnrolmentRequest,
    HeldAnswer,
    HeldRequest,
    MissingAnswer,
    MissingRequest,
    PackFiles,
    SignedManifest,
    SignedReceipt,
)
from sync.contract.signing import b64url_encode, load_public
from sync.errors import NotAuthorised, NotTheGateway, SyncError
from sync.gauge import LinkQuality
from sync.uploads import Uploads, digest_of
from sync.wire import Request, Timeouts, Wire, never

__all__ = ["GatewayClient", "Identity", "LinkState", "Timeouts", "enrol"]

Told = TypeVar("Told", bound=BaseModel)

OK = frozenset({HTTPStatus.OK.value})
STORED = frozenset({HTTPStatus.OK.value, HTTPStatus.CREATED.value})
HELD = frozenset(
    {HTTPStatus.CREATED.value, HTTPStatus.NO_CONTENT.value, HTTPStatus.PRECONDITION_FAILED.value}
)
"""A page stored now, or there before."""


class LinkState(StrEnum):
    """What stands at the gateway's address."""

    UP = "UP"
    DOWN = "DOWN"
    NOT_THE_GATEWAY = "NOT_THE_GATEWAY"


class _Health(BaseModel):
    """What is read of `GET /v1/health`; a gateway may say more about itself."""

    model_config = ConfigDict(extra="ignore")

    gateway_id: str


def system_clock() -> datetime:
    """Return this machine's time, aware."""
    return datetime.now(UTC)


def enrol(
    base_url: str,
    request: EnrolmentRequest,
    *,
    transport: httpx.BaseTransport | None = None,
    timeouts: Timeouts | None = None,
    trust: ssl.SSLContext | None = None,
    proxy: str | None = None,
    allow_plain: bool = False,
    cancelled: Callable[[], bool] = never,
) -> Enrolment:
    """Trade a one-time code for a window id; the arguments are those of `GatewayClient`.

    Raises:
        NotAuthorised: the code is unknown, used, expired or for another street.
        SyncError: any other reason, by class.
    """
    wire = Wire(
        base_url,
        transport=transport,
        timeouts=timeouts,
        trust=trust,
        proxy=proxy,
        allow_plain=allow_plain,
        cancelled=cancelled,
    )
    try:
        answer = wire.exchange(_json("POST", "/v1/enrolments", request))
    finally:
        wire.close()
    expect(answer, STORED, system_clock())
    enrolment = answer.read(Enrolment)
    try:
        load_public(enrolment.gateway_key)
    except ValueError as error:
        raise NotTheGateway("the gateway's key is no Ed25519 key") from error
    return enrolment


class GatewayClient:
    """Speaks for one enrolled window; several threads may call at a time."""

    def __init__(
        self,
        base_url: str,
        identity: Identity,
        *,
        transport: httpx.BaseTransport | None = None,
        timeouts: Timeouts | None = None,
        trust: ssl.SSLContext | None = None,
        proxy: str | None = None,
        allow_plain: bool = False,
        cancelled: Callable[[], bool] = never,
        clock: Callable[[], datetime] = system_clock,
        limit_kbit_s: int = 0,
    ) -> None:
        """Prepare; nothing is sent yet. See `Wire` for the arguments they share.

        Raises:
            BadAddress: malformed, or plain http to another machine.
        """
        self.identity = identity
        self._clock = clock
        self._wire = Wire(
            base_url,
            transport=transport,
            timeouts=timeouts,
            trust=trust,
            proxy=proxy,
            allow_plain=allow_plain,
            cancelled=cancelled,
            limit_kbit_s=limit_kbit_s,
        )
        self._access = Access(self._wire, identity, clock)
        self.uploads = Uploads(self._authorised, clock)
        """Pages that go on where they were cut."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close kept connections."""
        self._wire.close()

    @property
    def clock_offset(self) -> timedelta:
        """Gateway's time minus this machine's, as last learned; zero before the first answer."""
        return self._access.clock_offset

    def watch(self, moved: Callable[[], None]) -> None:
        """Call `moved` whenever bytes have passed, in the thread whose call they belong to."""
        self._wire.gauge.on_passed = moved

    @property
    def quality(self) -> LinkQuality:
        """How good the line was for the calls made so far."""
        return self._wire.gauge.quality

    def ping(self) -> LinkState:
        """Return what stands at the address, without a token."""
        try:
            answer = self._wire.exchange(Request("GET", "/v1/health"))
            expect(answer, OK, self._clock())
            health = answer.read(_Health)
        except NotTheGateway:
            return LinkState.NOT_THE_GATEWAY
        except SyncError:
            return LinkState.DOWN
        self._access.learn(answer)
        same = health.gateway_id == self.identity.gateway_id
        return LinkState.UP if same else LinkState.NOT_THE_GATEWAY

    def missing(self, hashes: Sequence[str]) -> tuple[str, ...]:
        """Return those of `hashes` (SHA-256, at most `MAX_PAGES`) that the gateway lacks, each once."""
        unique = tuple(dict.fromkeys(hashes))
        if len(unique) > MAX_PAGES:
            raise ValueError(f"at most {MAX_PAGES} hashes")
        answer = self._authorised(_json("POST", "/v1/blobs/missing", MissingRequest(sha256=unique)))
        expect(answer, OK, self._clock())
        lacking = set(answer.read(MissingAnswer).missing)
        if not lacking <= set(unique):
            raise NotTheGateway("pages nobody asked about")
        return tuple(sha256 for sha256 in unique if sha256 in lacking)

    def put_blob(self, sha256: str, data: bytes) -> None:
        """Store one page under its hash; storing it again changes nothing.

        Raises:
            ContentRefused: too large, or the bytes do not have this hash.
            SyncError: any other reason, by class.
        """
        headers = {
            "content-type": "application/octet-stream",
            "content-digest": digest_of(data),
            "if-none-match": "*",
        }
        answer = self._authorised(Request("PUT", f"/v1/blobs/{sha256}", data, headers))
        if answer.status == HTTPStatus.PRECONDITION_FAILED and answer.media_type == "text/html":
            raise NotTheGateway("412 text/html")
        expect(answer, HELD, self._clock())

    def missing_bundles(self, bundle_ids: Sequence[str]) -> tuple[str, ...]:
        """Return those of `bundle_ids` (at most `MAX_PAGES`) that the gateway does not hold."""
        request = _json("POST", "/v1/bundles/missing", HeldRequest(bundle_ids=tuple(bundle_ids)))
        answer = self._authorised(request)
        expect(answer, OK, self._clock())
        lacking = set(answer.read(HeldAnswer).missing)
        if not lacking <= set(bundle_ids):
            raise NotTheGateway("bundles nobody asked about")
        return tuple(bundle_id for bundle_id in bundle_ids if bundle_id in lacking)

    def put_bundle(self, signed: SignedManifest, earlier: SignedReceipt | None = None) -> SignedReceipt:
        """Hand over a manifest and return the answer; the caller proves it with `check_receipt`.

        Args:
            signed: the manifest.
            earlier: the gateway's receipt of a former delivery, which it may have forgotten by a restore.

        Raises:
            MissingBlobs: pages must be sent (again) first.
            Conflict: the gateway holds other content under this id.
            ContentRefused: and why.
            SyncError: any other reason, by class.
        """
        request = _json("PUT", f"/v1/bundles/{signed.manifest.bundle_id}", signed)
        if earlier is not None:
            told = b64url_encode(earlier.model_dump_json().encode())
            request = replace(request, headers={**(request.headers or {}), "earlier-receipt": told})
        answer = self._authorised(request)
        expect(answer, STORED, self._clock())
        return answer.read(SignedReceipt)

    def changes(self, after: int, wait_s: float = 0.0) -> FeedSlice:
        """Return the feed after a cursor; the gateway may hold the answer for `wait_s` seconds.

        Raises:
            NotTheGateway: the answer is no feed, or one of its lines is none.
            SyncError: any other reason, by class.
        """
        query = {"after": str(after), "wait": str(int(wait_s))}
        answer = self._authorised(Request("GET", "/v1/changes", query=query, wait_s=wait_s))
        expect(answer, OK, self._clock())
        return answer.read_by(read_slice)

    def pack(self, pack_id: str, version: str) -> PackFiles:
        """Return a published item pack; whoever keeps it checks its signature first.

        Raises:
            ContentRefused: the gateway has no such pack.
            SyncError: any other reason, by class.
        """
        request = Request(
            "GET", f"/v1/catalogue/{version}", query={"pack": pack_id}, answer_limit=MAX_PACK_BYTES
        )
        answer = self._authorised(request)
        expect(answer, OK, self._clock())
        return answer.read(PackFiles)

    def result(self, file: ChangeFile) -> bytes:
        """Return a result file the feed told of, proved by its hash.

        Raises:
            ContentRefused: the gateway issued no such file to this window.
            NotTheGateway: what came is another file.
            SyncError: any other reason, by class.
        """
        answer = self._authorised(
            Request("GET", f"/v1/results/{file.sha256}", answer_limit=file.size + MAX_ANSWER_BYTES)
        )
        expect(answer, OK, self._clock())
        if hashlib.sha256(answer.body).hexdigest() != file.sha256:
            raise NotTheGateway("another file than the result that was asked for")
        return answer.body

    def certificate(self, query: CertificateQuery) -> CertificateAnswer:
        """Ask the certificate service behind the gateway for an identifier; raises SyncErrors."""
        return self._asked("/v1/certificates/query", query, CertificateAnswer)

    def check(self, service: CheckService, query: CheckQuery) -> CheckAnswer:
        """Let a data service behind the gateway compare what a case says; raises SyncErrors."""
        return self._asked(f"/v1/checks/{service.value}", query, CheckAnswer)

    def credit(self, query: CreditQuery) -> CreditAnswer:
        """Ask the credit library behind the gateway; raises SyncErrors."""
        return self._asked("/v1/credit", query, CreditAnswer)

    def archive(self, query: ArchiveQuery) -> ArchiveAnswer:
        """Ask what approved cases hold of a person, by scene; raises SyncErrors."""
        return self._asked("/v1/archive/query", query, ArchiveAnswer)

    def archive_page(self, query: ArchivePageQuery) -> bytes:
        """Fetch a page of such a copy, unproved: whoever keeps it checks its hash; raises SyncErrors."""
        request = replace(_json("POST", "/v1/archive/page", query), answer_limit=MAX_BLOB_BYTES)
        answer = self._authorised(request)
        expect(answer, OK, self._clock())
        return answer.body

    def _asked(self, path: str, query: BaseModel, kind: type[Told]) -> Told:
        answer = self._authorised(_json("POST", path, query))
        expect(answer, OK, self._clock())
        return answer.read(kind)

    def put_anchor(self, head: AnchorPoint, after: AnchorPoint | None) -> SignedAnchor:
        """Show the head of this window's audit chain and return the signed word for it, unproved.

        Raises:
            Conflict: the gateway has seen another chain, a longer one, or more of it than `after` says.
            SyncError: any other reason, by class.
        """
        answer = self._authorised(_json("POST", "/v1/anchors", AnchorRequest(head=head, after=after)))
        expect(answer, OK, self._clock())
        return answer.read(SignedAnchor)

    def anchors(self, after: int = 0) -> Anchors:
        """Return what the gateway has seen of this window's audit chain beyond a place."""
        answer = self._authorised(Request("GET", "/v1/anchors", query={"after": str(after)}))
        expect(answer, OK, self._clock())
        return answer.read(Anchors)

    def _authorised(self, request: Request) -> Answer:
        """Send with the token; one that is refused is replaced once."""
        token = self._token()
        answer = self._with_token(request, token)
        if answer.status == HTTPStatus.UNAUTHORIZED and answer.media_type == PROBLEM:
            self._access.forget(token)
            answer = self._with_token(request, self._token())
        self._access.learn(answer)
        return answer

    def _with_token(self, request: Request, token: str) -> Answer:
        headers = {**(request.headers or {}), "authorization": f"Bearer {token}"}
        return self._wire.exchange(replace(request, headers=headers))

    def _token(self) -> str:
        """Return a token; a refusal only counts when it comes from our gateway, not from a stranger's."""
        try:
            return self._access.token()
        except NotAuthorised as refusal:
            if self.ping() is LinkState.NOT_THE_GATEWAY:
                raise NotTheGateway("another gateway answers at this address") from refusal
            raise


def _json(method: str, path: str, model: BaseModel) -> Request:
    return Request(method, path, model.model_dump_json().encode(), {"content-type": JSON})
