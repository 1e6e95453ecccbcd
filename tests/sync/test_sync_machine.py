"""Whatever the line, the gateway and the disk do: nothing is lost, nothing counts as delivered unproven."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from random import Random

import httpx
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from sync.contract.models import SignedManifest
from sync.fake import MemoryInbox, MemoryOutbox
from sync.port import LineState
from sync.receipts import check_receipt
from sync.sender import Sender
from tests.sync.office import (
    IDENTITY,
    NOW,
    WINDOW_KEY,
    Office,
    change,
    login_page,
    problem,
    receipt_for,
    seal,
)


def cut(request: httpx.Request) -> httpx.Response:
    raise httpx.ReadError("cut")


def forged(request: httpx.Request) -> httpx.Response:
    if not request.url.path.startswith("/v1/bundles"):
        return login_page()
    sent = SignedManifest.model_validate_json(request.content)
    body = receipt_for(sent.manifest, key=WINDOW_KEY).model_dump_json()
    return httpx.Response(201, content=body, headers={"content-type": "application/json"})


CALLS = ("/v1/bundles/", "/v1/token", "/v1/blobs/missing", "/v1/blobs/")
FAULTS: dict[str, Callable[[httpx.Request], httpx.Response]] = {
    "cut": cut,
    "login": lambda request: login_page(),
    "busy": lambda request: httpx.Response(503, headers={"retry-after": "30"}),
    "refused": lambda request: problem(422),
    "lacking": lambda request: problem(424, missing=[]),
    "conflict": lambda request: problem(409),
    "revoked": lambda request: problem(401, "token-invalid"),
    "forged": forged,
}

STRIKES = st.tuples(st.sampled_from(CALLS), st.sampled_from([*FAULTS]), st.booleans())
"""Which call is struck by what, before or (True) after the gateway did its work."""


class SenderUnderFire(RuleBasedStateMachine):
    @initialize()
    def start(self) -> None:
        self.office = Office()
        self.outbox = MemoryOutbox()
        self.inbox = MemoryInbox()
        self.now = NOW
        self.sealed: dict[str, SignedManifest] = {}
        self.poisoned: set[str] = set()
        self.plan: list[tuple[str, str, bool]] = []
        self.office.before = lambda request: self._strike(request, lost=False)
        self.office.after = lambda request, response: self._strike(request, lost=True) or response
        self.restart()
        for _ in range(3):
            self.seal_one([b"a"], poison=False)

    def _strike(self, request: httpx.Request, *, lost: bool) -> httpx.Response | None:
        """Take the first planned fault for this call; one that is `lost` strikes after the gateway's work."""
        for planned in self.plan:
            call, name, after = planned
            if after is lost and request.url.path.startswith(call):
                self.plan.remove(planned)
                return FAULTS[name](request)
        return None

    @rule(pages=st.lists(st.sampled_from([b"a", b"b", b"c"]), max_size=3), poison=st.booleans())
    def seal_one(self, pages: list[bytes], poison: bool) -> None:
        unique = f"page {len(self.sealed)}".encode()
        signed, blobs = seal(f"s{len(self.sealed)}", unique, *pages)
        bundle = self.outbox.add(signed, blobs).bundle_id
        self.sealed[bundle] = signed
        if poison:
            self.poisoned.add(bundle)
            self.outbox.lose_blob(signed.manifest.pages[0].sha256)

    @rule(
        seconds=st.integers(0, 2000), strikes=st.lists(STRIKES, min_size=1, max_size=3), eager=st.booleans()
    )
    def send_through_trouble(self, seconds: int, strikes: list[tuple[str, str, bool]], eager: bool) -> None:
        self.plan = strikes
        self.now += timedelta(seconds=seconds)
        self.sender.send_due(eager=eager)

    @rule()
    def send_through_quiet(self) -> None:
        self.plan = []
        self.sender.send_due()

    @rule()
    def restart(self) -> None:
        client = self.office.client(clock=lambda: self.now)
        self.sender = Sender(
            self.outbox, self.inbox, client, clock=lambda: self.now, random=Random(len(self.sealed))
        )

    @rule()
    def gateway_loses_its_pages(self) -> None:
        self.office.blobs.clear()

    @rule()
    def a_person_retries_everything(self) -> None:
        for line in self.outbox.lines():
            if line.state is not LineState.DELIVERED:
                self.outbox.retry(line.bundle_id)

    @rule()
    def news(self) -> None:
        self.office.changes.append(change(len(self.office.changes) + 1))

    @invariant()
    def nothing_is_lost(self) -> None:
        assert {line.bundle_id for line in self.outbox.lines()} == set(self.sealed)

    @invariant()
    def delivered_means_proven_and_held(self) -> None:
        for line in self.outbox.lines():
            if line.state is LineState.DELIVERED:
                signed = self.sealed[line.bundle_id]
                check_receipt(
                    self.outbox.receipts[line.bundle_id],
                    signed,
                    gateway_id=IDENTITY.gateway_id,
                    gateway_key=IDENTITY.gateway_key,
                )
                assert self.office.bundles[line.bundle_id] == signed

    @invariant()
    def every_waiting_line_says_why_and_until_when(self) -> None:
        for line in self.outbox.lines():
            if line.state is LineState.WAITING:
                assert line.code
                assert line.next_try_at is not None
                assert line.next_try_at <= self.now + timedelta(seconds=900)
            if line.state in (LineState.FIX, LineState.ASK, LineState.QUARANTINED):
                assert line.code
                assert line.next_try_at is None

    def teardown(self) -> None:
        """When the trouble is over and a person has retried, everything readable arrives, once."""
        if not hasattr(self, "plan"):
            return
        self.plan = []
        self.office.blobs.clear()
        self.a_person_retries_everything()
        while self.sender.send_due(eager=True).outcomes:
            continue
        self.sender.poll_changes()
        states = {line.bundle_id: line.state for line in self.outbox.lines()}
        healthy = set(self.sealed) - self.poisoned
        assert all(states[bundle] is LineState.DELIVERED for bundle in healthy)
        assert {bundle for bundle in self.office.bundles if bundle in healthy} == healthy
        assert len(self.inbox.applied) == len(self.office.changes)


TestSenderUnderFire = SenderUnderFire.TestCase
TestSenderUnderFire.settings = settings(max_examples=80, stateful_step_count=20, deadline=None)
