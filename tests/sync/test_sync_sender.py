from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import timedelta
from random import Random
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.contract import signing
from sync.contract.models import Change, SignedManifest, SignedReceipt
from sync.errors import FailureClass, Interrupted, NotAuthorised, Unreachable
from sync.fake import MemoryInbox, MemoryOutbox
from sync.patience import BackoffPolicy
from sync.port import LineState
from sync.sender import ROUND, Sender
from tests.sync.office import (
    NOW,
    WINDOW_KEY,
    Office,
    change,
    login_page,
    problem,
    receipt_for,
    seal,
    steady,
)

Answer = Callable[[httpx.Request], httpx.Response | None]


class Bench:
    """A sender between a queue and an office in memory, with a clock that is moved by hand."""

    def __init__(self) -> None:
        self.office = Office()
        self.outbox = MemoryOutbox()
        self.inbox = MemoryInbox()
        self.now = NOW
        self.sender = self.sender_of(self.outbox)

    def sender_of(self, outbox: MemoryOutbox, **options: Any) -> Sender:
        client = self.office.client(clock=lambda: self.now, **options)
        return Sender(outbox, self.inbox, client, clock=lambda: self.now, random=steady())

    def add(self, subject: str, *pages: bytes, due_in_days: int | None = None) -> str:
        signed, blobs = seal(subject, *pages)
        due = None if due_in_days is None else NOW + timedelta(days=due_in_days)
        return self.outbox.add(signed, blobs, legal_due_at=due).bundle_id

    def state(self, bundle_id: str) -> LineState:
        return self.outbox.line(bundle_id).state


@pytest.fixture
def bench() -> Bench:
    return Bench()


def on(path: str, answer: Callable[[], httpx.Response]) -> Answer:
    return lambda request: answer() if request.url.path.startswith(path) else None


def raising(error: Exception) -> Callable[[], httpx.Response]:
    def answer() -> httpx.Response:
        raise error

    return answer


def test_pages_go_first_and_the_manifest_last(bench: Bench) -> None:
    bundle = bench.add("a", b"front", b"back")
    report = bench.sender.send_due()
    assert report.delivered == 1
    assert report.stopped_by is None
    kinds = [call.split("/")[2] for call in bench.office.calls]
    assert kinds == ["token", "blobs", "blobs", "blobs", "bundles"]
    assert bench.state(bundle) is LineState.DELIVERED
    assert bench.outbox.receipts[bundle].receipt.number == "N-1"
    assert bench.sender.send_due().outcomes == ()


def test_pages_the_gateway_holds_are_not_sent_again(bench: Bench) -> None:
    bench.add("a", b"shared")
    bench.add("b", b"shared")
    bench.sender.send_due()
    assert sum(call.startswith("PUT /v1/blobs") for call in bench.office.calls) == 1


def test_the_legal_clock_orders_the_queue(bench: Bench) -> None:
    late, none, soon = bench.add("a", due_in_days=4), bench.add("b"), bench.add("c", due_in_days=1)
    assert [outcome.bundle_id for outcome in bench.sender.send_due().outcomes] == [soon, late, none]


def test_a_lost_reply_ends_in_one_bundle_and_one_delivery(bench: Bench) -> None:
    bundle = bench.add("a", b"page")
    lost: list[str] = []

    def lose(request: httpx.Request, response: httpx.Response) -> httpx.Response:
        if request.url.path.startswith("/v1/bundles") and not lost:
            lost.append(request.url.path)
            raise httpx.ReadError("reset")
        return response

    bench.office.after = lose
    assert bench.sender.send_due().delivered == 1
    assert lost
    assert len(bench.office.bundles) == 1
    assert bench.outbox.line(bundle).attempts == 1
    assert bench.sender.send_due(eager=True).outcomes == ()


def test_replies_lost_again_and_again_end_the_round_and_in_one_bundle(bench: Bench) -> None:
    bundle = bench.add("a", b"page")

    def lose(request: httpx.Request, response: httpx.Response) -> httpx.Response:
        if request.url.path.startswith("/v1/bundles"):
            raise httpx.ReadError("reset")
        return response

    bench.office.after = lose
    report = bench.sender.send_due()
    assert isinstance(report.stopped_by, Unreachable)
    assert report.moved
    assert bench.state(bundle) is LineState.WAITING
    assert sum(call.startswith("PUT /v1/bundles") for call in bench.office.calls) == 2
    bench.office.after = lambda request, response: response
    bench.now += timedelta(seconds=30)
    assert bench.sender.send_due().delivered == 1
    assert len(bench.office.bundles) == 1
    assert bench.sender.send_due(eager=True).outcomes == ()


@pytest.mark.parametrize(
    "forged",
    [
        lambda sent: receipt_for(sent.manifest, key=WINDOW_KEY),
        lambda sent: receipt_for(sent.manifest, manifest_sha256="0" * 64),
        lambda sent: receipt_for(sent.manifest, bundle_id=seal()[0].manifest.bundle_id),
        lambda sent: receipt_for(sent.manifest, gateway_id="another"),
        lambda sent: receipt_for(sent.manifest).model_copy(update={"signature": "AAAA"}),
        lambda sent: receipt_for(seal()[0].manifest),
    ],
)
def test_what_is_no_receipt_for_this_bundle_delivers_nothing(
    bench: Bench, forged: Callable[[SignedManifest], SignedReceipt]
) -> None:
    bundle, other = bench.add("a", due_in_days=1), bench.add("b")

    def swap(request: httpx.Request, response: httpx.Response) -> httpx.Response:
        if not request.url.path.endswith(bundle):
            return response
        sent = SignedManifest.model_validate_json(request.content)
        body = forged(sent).model_dump_json()
        return httpx.Response(201, content=body, headers={"content-type": "application/json"})

    bench.office.after = swap
    bench.sender.send_due()
    line = bench.outbox.line(bundle)
    assert (line.state, line.code, line.next_try_at) == (LineState.ASK, "Y303", None)
    assert bundle not in bench.outbox.receipts
    assert bench.state(other) is LineState.DELIVERED


@pytest.mark.parametrize(
    ("answer", "state", "code"),
    [
        (lambda: problem(422, "chain-invalid", detail="why"), LineState.FIX, "Y201"),
        (lambda: problem(413), LineState.FIX, "Y201"),
        (lambda: problem(409), LineState.ASK, "Y302"),
        (lambda: problem(403), LineState.ASK, "Y301"),
        (lambda: problem(404), LineState.ASK, "Y305"),
        (lambda: problem(424, missing=[]), LineState.WAITING, "Y104"),
        (lambda: problem(424, missing=["c" * 64]), LineState.WAITING, "Y104"),
    ],
)
def test_a_refused_bundle_waits_for_its_way_out_and_the_next_one_goes(
    bench: Bench, answer: Callable[[], httpx.Response], state: LineState, code: str
) -> None:
    bad, good = bench.add("a", b"1", due_in_days=1), bench.add("b", b"2")
    bench.office.before = on(f"/v1/bundles/{bad}", answer)
    report = bench.sender.send_due()
    line = bench.outbox.line(bad)
    assert (line.state, line.code) == (state, code)
    assert (line.next_try_at is None) == (state is not LineState.WAITING)
    assert bench.state(good) is LineState.DELIVERED
    assert [outcome.code for outcome in report.outcomes] == [code, ""]
    if state is not LineState.WAITING:
        assert bench.sender.send_due(eager=True).outcomes == ()


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (raising(httpx.ConnectError("no route")), "Y101"),
        (login_page, "Y102"),
        (lambda: problem(503), "Y103"),
    ],
)
def test_a_dead_link_costs_one_line_a_try_and_leaves_the_others_due(
    bench: Bench, answer: Callable[[], httpx.Response], code: str
) -> None:
    bundles = [bench.add(f"s{number}", due_in_days=number) for number in range(30)]
    bench.office.before = on("/v1/", answer)
    report = bench.sender.send_due()
    assert report.stopped_by is not None
    assert report.stopped_by.code == code
    assert report.count(LineState.WAITING) == 1
    assert len(bench.office.calls) == 1
    first = bench.outbox.line(bundles[0])
    assert (first.state, first.attempts, first.failure) == (LineState.WAITING, 1, FailureClass.WAIT)
    assert all(bench.state(bundle) is LineState.QUEUED for bundle in bundles[1:])
    assert len(bench.outbox.due(bench.now, 100)) == 29


def test_a_refused_window_stops_the_round_at_its_first_line(bench: Bench) -> None:
    first, second = bench.add("a", due_in_days=1), bench.add("b")
    bench.office.before = on("/v1/token", lambda: problem(403, "window-revoked"))
    report = bench.sender.send_due()
    assert isinstance(report.stopped_by, NotAuthorised)
    assert (bench.state(first), bench.state(second)) == (LineState.ASK, LineState.QUEUED)


def test_retry_after_is_kept_and_an_eager_round_does_not_wait_for_it(bench: Bench) -> None:
    bundle = bench.add("a")
    busy = httpx.Response(503, headers={"retry-after": "600"})
    bench.office.before = on("/v1/bundles", lambda: busy)
    bench.sender.send_due()
    assert bench.outbox.line(bundle).next_try_at == NOW + timedelta(seconds=600)
    bench.office.before = lambda request: None
    bench.now += timedelta(seconds=599)
    assert bench.sender.send_due().outcomes == ()
    assert bench.sender.send_due(eager=True).delivered == 1


def test_pages_lost_by_the_gateway_in_between_are_sent_again_at_once(bench: Bench) -> None:
    bundle = bench.add("a", b"page")
    emptied: list[bool] = []

    def empty(request: httpx.Request) -> httpx.Response | None:
        if request.url.path.startswith("/v1/bundles") and not emptied:
            emptied.append(True)
            bench.office.blobs.clear()
        return None

    bench.office.before = empty
    assert bench.sender.send_due().delivered == 1
    assert bench.state(bundle) is LineState.DELIVERED


def test_unreadable_bundles_are_set_aside_and_the_next_one_goes(bench: Bench) -> None:
    class Rotten(MemoryOutbox):
        def load(self, bundle_id: str) -> SignedManifest:
            signed = super().load(bundle_id)
            match signed.manifest.subject:
                case "raises":
                    raise OSError("input/output error")
                case "another":
                    return seal("x")[0]
                case "altered":
                    changed = signed.manifest.model_copy(update={"subject": "x"})
                    return signed.model_copy(update={"manifest": changed})
            return signed

        def blob(self, sha256: str) -> bytes:
            return b"rotten" if super().blob(sha256) == b"bits" else super().blob(sha256)

    outbox = bench.outbox = Rotten()
    gone, blobs = seal("gone", b"lost page")
    outbox.add(gone, blobs, legal_due_at=NOW)
    outbox.lose_blob(*blobs)
    bad = [bench.add(name, due_in_days=1) for name in ("raises", "another", "altered")]
    bad += [gone.manifest.bundle_id, bench.add("flipped", b"bits", due_in_days=1)]
    good = bench.add("good", b"page")
    report = bench.sender_of(outbox).send_due()
    assert [bench.state(bundle) for bundle in bad] == [LineState.QUARANTINED] * 5
    assert {outbox.line(bundle).code for bundle in bad} == {"Y401"}
    assert bench.state(good) is LineState.DELIVERED
    assert report.count(LineState.QUARANTINED) == 5


def test_a_fault_of_our_own_blocks_nobody_and_logs_no_content(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    class FullDisk(MemoryOutbox):
        def mark_delivered(self, bundle_id: str, receipt: SignedReceipt, now: Any) -> None:
            if self.line(bundle_id).subject == "unlucky":
                raise OSError("no space left for 赵样本")
            super().mark_delivered(bundle_id, receipt, now)

        def mark_failed(self, bundle_id: str, **values: Any) -> None:
            if values["code"] == "Y201":
                raise OSError("no space left for 赵样本")
            super().mark_failed(bundle_id, **values)

    outbox = bench.outbox = FullDisk()
    unlucky, unwritten = bench.add("unlucky", due_in_days=1), bench.add("b", due_in_days=2)
    good = bench.add("c", due_in_days=3)
    bench.office.before = on(f"/v1/bundles/{unwritten}", lambda: problem(422))
    with caplog.at_level(logging.DEBUG, logger="sync"):
        bench.sender_of(outbox).send_due()
    assert "赵样本" not in caplog.text
    assert (bench.state(unlucky), outbox.line(unlucky).code) == (LineState.WAITING, "Y100")
    assert bench.state(unwritten) is LineState.SENDING
    assert bench.state(good) is LineState.DELIVERED
    assert unwritten in {line.bundle_id for line in outbox.due(bench.now)}


def test_a_stopped_sender_leaves_its_line_due(bench: Bench) -> None:
    bundle, other = bench.add("a", due_in_days=1), bench.add("b")
    sender = bench.sender_of(bench.outbox, cancelled=lambda: True)
    assert isinstance(sender.send_due().stopped_by, Interrupted)
    line = bench.outbox.line(bundle)
    assert (line.state, line.next_try_at) == (LineState.WAITING, bench.now)
    assert bench.state(other) is LineState.QUEUED
    sender.close()


def test_held_lines_are_left_alone(bench: Bench) -> None:
    bundle = bench.add("a")
    bench.outbox.hold(bundle)
    assert bench.sender.send_due(eager=True).outcomes == ()
    bench.outbox.retry(bundle)
    assert bench.sender.send_due().delivered == 1


def test_a_round_is_bounded(bench: Bench) -> None:
    for number in range(ROUND + 1):
        bench.add(f"s{number}")
    assert bench.sender.send_due().full
    assert bench.sender.send_due().delivered == 1


def test_changes_are_applied_in_order_once_over_several_slices(bench: Bench) -> None:
    bench.office.changes = [change(number) for number in (1, 2, 3, 4, 5)]
    assert bench.sender.poll_changes() == 5
    assert [item.cursor for item in bench.inbox.applied] == [1, 2, 3, 4, 5]
    assert bench.sender.poll_changes() == 0


def test_changes_out_of_order_or_told_twice_do_no_harm(bench: Bench) -> None:
    body = {
        "changes": [one.model_dump(mode="json") for one in (change(2), change(1), change(1))],
        "cursor": 2,
    }
    bench.office.before = on("/v1/changes", lambda: httpx.Response(200, json=body))
    assert bench.sender.poll_changes() == 2
    assert [item.cursor for item in bench.inbox.applied] == [1, 2]


def test_a_change_that_cannot_be_kept_leaves_the_cursor_before_it(bench: Bench) -> None:
    class Fragile(MemoryInbox):
        def apply(self, change: Change) -> bool:
            if change.cursor == 2:
                raise OSError("disk full")
            return super().apply(change)

    bench.inbox = Fragile()
    bench.office.changes = [change(1), change(2)]
    with pytest.raises(OSError, match="disk full"):
        bench.sender_of(bench.outbox).poll_changes()
    assert bench.inbox.cursor() == 1


@given(st.integers(1, 10_000), st.integers(0, 2**32), st.none() | st.floats(0, 1e6))
def test_waits_grow_within_their_bounds(failures: int, seed: int, asked: float | None) -> None:
    policy = BackoffPolicy()
    wait = policy.delay(failures, Random(seed), at_least_s=asked).total_seconds()
    assert 5.0 <= wait <= 900.0
    assert wait >= min(asked or 0.0, 900.0)
    if failures >= 10:
        assert wait >= 600.0


def test_waits_differ_between_windows() -> None:
    waits = {BackoffPolicy().delay(5, Random(seed)) for seed in range(20)}
    assert len(waits) == 20


def test_the_bundle_signature_is_the_windows(bench: Bench) -> None:
    bundle = bench.add("a", b"page")
    bench.sender.send_due()
    held = bench.office.bundles[bundle]
    signing.verify(held.manifest, held.signature, WINDOW_KEY.public_key())
