"""Several things on the line at once: what stays in order, and what a line that breaks makes of it."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import httpx
import pytest

from sync.errors import Unreachable
from sync.fake import MemoryInbox, MemoryOutbox
from sync.port import LineState
from sync.sender import Sender
from sync.streams import CALM, MOST_STREAMS, Progress, Width
from tests.sync.office import NOW, Office, problem, seal, steady


class Desk:
    """A sender between a queue and an office in memory."""

    def __init__(self, outbox: MemoryOutbox | None = None) -> None:
        self.office = Office()
        self.outbox = outbox or MemoryOutbox()
        self.sender = Sender(
            self.outbox, MemoryInbox(), self.office.client(), clock=lambda: NOW, random=steady()
        )

    def add(self, number: int, *pages: bytes, subject: str = "", version: int = 1) -> str:
        signed, blobs = seal(subject or f"s{number}", *pages, version=version)
        due = NOW + timedelta(minutes=number)
        return self.outbox.add(signed, blobs, legal_due_at=due).bundle_id

    def calls(self, beginning: str) -> list[str]:
        return [call for call in self.office.calls if call.startswith(beginning)]

    def widen(self) -> None:
        for _ in range(MOST_STREAMS * CALM):
            self.sender._width.held()


@pytest.fixture
def desk() -> Desk:
    return Desk()


def slow(seen: list[int]) -> Callable[[httpx.Request], None]:
    """Take a moment for each call and note how many are on their way."""
    guard, active = threading.Lock(), [0]

    def answer(_request: httpx.Request) -> None:
        with guard:
            active[0] += 1
            seen.append(active[0])
        time.sleep(0.005)
        with guard:
            active[0] -= 1

    return answer


def test_streams_grow_with_calm_and_fall_to_one_at_a_cut() -> None:
    width = Width()
    assert width.streams == 1
    for _ in range(10 * CALM):
        width.held()
    assert width.streams == MOST_STREAMS
    width.broke()
    assert width.streams == 1
    for _ in range(CALM):
        width.held()
    assert width.streams == 2


def test_progress_is_spent_once() -> None:
    progress = Progress()
    assert not progress.spend()
    progress.answered()
    assert (progress.spend(), progress.spend(), progress.ever) == (True, False, False)
    progress.made()
    assert (progress.spend(), progress.spend(), progress.ever) == (True, False, True)


def test_a_long_queue_is_sent_over_several_streams_and_each_manifest_behind_its_pages(desk: Desk) -> None:
    seen: list[int] = []
    desk.office.before = slow(seen)
    bundles = [desk.add(number, *(f"{number}/{page}".encode() for page in range(4))) for number in range(20)]
    assert desk.sender.send_due().delivered == 20
    assert max(seen) == MOST_STREAMS
    places = {call: place for place, call in enumerate(desk.office.calls)}
    for bundle in bundles:
        manifest = places[f"PUT /v1/bundles/{bundle}"]
        pages = desk.office.bundles[bundle].manifest.pages
        assert all(places[f"PUT /v1/blobs/{page.sha256}"] < manifest for page in pages)


def test_one_question_serves_the_whole_round_and_a_bundle_costs_its_pages_and_one(desk: Desk) -> None:
    for number in range(20):
        desk.add(number, f"{number}a".encode(), f"{number}b".encode())
    assert desk.sender.send_due().delivered == 20
    assert len(desk.calls("POST /v1/blobs/missing")) == 1
    assert len(desk.office.calls) == 1 + 1 + 20 * 3


def test_more_pages_than_one_question_takes_are_asked_for_in_several(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sync.rounds.MAX_PAGES", 5)
    for number in range(4):
        desk.add(number, f"{number}a".encode(), f"{number}b".encode())
    assert desk.sender.send_due().delivered == 4
    assert len(desk.calls("POST /v1/blobs/missing")) == 2


def test_urgent_bundles_are_begun_first_however_wide_the_line(desk: Desk) -> None:
    desk.widen()
    desk.office.before = slow([])
    bundles = [desk.add(number, *(f"{number}/{page}".encode() for page in range(6))) for number in range(5)]
    desk.sender.send_due()
    handed = [call.rpartition("/")[2] for call in desk.calls("PUT /v1/bundles")]
    assert handed.index(bundles[0]) == 0
    assert handed.index(bundles[-1]) == 4


def test_versions_of_one_case_go_one_after_the_other(desk: Desk) -> None:
    desk.widen()
    desk.office.before = slow([])
    pages = {1: [b"1", b"2", b"3"], 2: [], 3: [b"4"], 4: []}
    versions = [desk.add(number, *pages[number], subject="FT-1", version=number) for number in pages]
    desk.sender.send_due()
    assert [call.rpartition("/")[2] for call in desk.calls("PUT /v1/bundles")] == versions


def test_a_page_of_two_bundles_is_sent_once_over_several_streams(desk: Desk) -> None:
    desk.widen()
    desk.office.before = slow([])
    for number in range(4):
        desk.add(number, b"shared", f"own {number}".encode())
    assert desk.sender.send_due().delivered == 4
    assert len(desk.calls("PUT /v1/blobs")) == 5


def test_a_question_that_is_refused_for_one_is_asked_for_each(desk: Desk) -> None:
    bad, good = desk.add(1, b"bad"), desk.add(2, b"good")
    hashes = [page.sha256 for page in desk.outbox.load(bad).manifest.pages]

    def refuse(request: httpx.Request) -> httpx.Response | None:
        if not request.url.path.endswith("/missing"):
            return None
        return problem(422) if set(hashes) & set(json.loads(request.content)["sha256"]) else None

    desk.office.before = refuse
    report = desk.sender.send_due()
    assert [outcome.state for outcome in report.outcomes] == [LineState.FIX, LineState.DELIVERED]
    assert desk.outbox.line(good).attempts == 1
    assert desk.outbox.line(bad).code == "Y201"


def test_a_refused_page_stops_its_bundle_and_no_other_stream(desk: Desk) -> None:
    desk.widen()
    bad, good = desk.add(1, b"bad", b"fine"), desk.add(2, b"good")
    page = desk.outbox.load(bad).manifest.pages[0].sha256
    desk.office.before = lambda request: problem(413) if request.url.path.endswith(page) else None
    report = desk.sender.send_due()
    assert [outcome.code for outcome in report.outcomes] == ["Y201", ""]
    assert desk.outbox.line(good).state is LineState.DELIVERED
    assert f"PUT /v1/bundles/{bad}" not in desk.office.calls


def test_a_dead_line_is_recorded_for_what_was_begun_and_leaves_the_rest_due(desk: Desk) -> None:
    desk.widen()
    bundles = [desk.add(number, f"{number}".encode()) for number in range(8)]

    def dead(request: httpx.Request) -> None:
        if request.url.path.startswith("/v1/blobs/") and request.method == "PUT":
            raise httpx.ReadError("reset")

    desk.office.before = dead
    report = desk.sender.send_due()
    assert isinstance(report.stopped_by, Unreachable)
    assert not report.moved
    begun = [desk.outbox.line(bundle) for bundle in bundles if desk.outbox.line(bundle).attempts]
    assert 1 <= len(begun) <= MOST_STREAMS + 1
    assert {(line.state, line.code) for line in begun} == {(LineState.WAITING, "Y101")}
    assert {outcome.bundle_id for outcome in report.outcomes} == {line.bundle_id for line in begun}
    untouched = [desk.outbox.line(bundle) for bundle in bundles[len(begun) :]]
    assert all(line.state is LineState.QUEUED for line in untouched)


def test_a_line_cut_again_and_again_is_used_to_the_full(desk: Desk) -> None:
    bundles = [desk.add(number, *(f"{number}/{page}".encode() for page in range(3))) for number in range(6)]
    calls = [0]

    def cut(request: httpx.Request) -> None:
        calls[0] += 1
        if request.method == "PUT" and calls[0] % 3 == 0:
            raise httpx.ReadError("reset")

    desk.office.before = cut
    report = desk.sender.send_due()
    assert report.stopped_by is None
    assert report.delivered == 6
    assert {desk.outbox.line(bundle).attempts for bundle in bundles} == {1}


def test_a_bundle_put_on_hold_while_its_round_runs_is_not_begun(desk: Desk) -> None:
    first, second = desk.add(1, b"a"), desk.add(2, b"b")

    def hold(request: httpx.Request) -> None:
        if request.url.path.endswith(first):
            desk.outbox.hold(second)

    desk.office.before = hold
    report = desk.sender.send_due()
    assert [outcome.bundle_id for outcome in report.outcomes] == [first]
    line = desk.outbox.line(second)
    assert (line.state, line.attempts) == (LineState.HELD, 0)


class Refusing(MemoryOutbox):
    """A queue on a disk that refuses everything for a while."""

    refuses = False

    def mark_delivered(self, *given: Any) -> None:
        if self.refuses:
            raise OSError("input/output error")
        super().mark_delivered(*given)

    def mark_failed(self, *given: Any, **named: Any) -> None:
        if self.refuses:
            raise OSError("input/output error")
        super().mark_failed(*given, **named)

    def free_claims(self, now: Any) -> int:
        if self.refuses:
            raise OSError("input/output error")
        return super().free_claims(now)

    def due(self, now: Any, limit: int = 20) -> Any:
        return tuple(line for line in super().due(now, limit) if line.state is not LineState.SENDING)


def test_a_claim_that_the_disk_would_not_let_go_of_is_free_when_the_disk_works_again() -> None:
    outbox = Refusing()
    desk = Desk(outbox)
    bundle = desk.add(1, b"a")
    desk.sender.send_due()
    outbox.put_back(bundle, NOW)
    outbox.refuses = True
    desk.sender.send_due()
    assert outbox.line(bundle).state is LineState.SENDING
    assert desk.sender.send_due(eager=True).outcomes == ()
    outbox.refuses = False
    assert desk.sender.send_due().delivered == 1


def test_a_new_sender_frees_what_the_one_before_it_left_behind(desk: Desk) -> None:
    bundle = desk.add(1, b"a")
    desk.outbox.mark_sending(bundle, NOW)
    Desk(desk.outbox).sender._free_claims(NOW)
    assert desk.outbox.line(bundle).state is LineState.QUEUED
