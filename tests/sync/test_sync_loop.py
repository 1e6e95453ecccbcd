from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from sync import loop as loop_module
from sync.client import GatewayClient, LinkState
from sync.errors import NotEnrolled
from sync.fake import MemoryInbox, MemoryOutbox
from sync.gauge import LinkQuality
from sync.lock import SenderLock
from sync.loop import SyncLoop, SyncState
from sync.patience import BackoffPolicy
from sync.port import LineState
from sync.sender import Sender
from tests.sync.office import NOW, Office, change, login_page, problem, seal, steady

HANGS_S = 90.0
SOON_S = 20.0
"""Far less than what hangs on purpose, far more than a loaded machine needs."""


def until(condition: Callable[[], bool], seconds: float = HANGS_S) -> None:
    ends = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < ends, "did not come true"
        time.sleep(0.01)


class Desk:
    """A running loop and what it works on."""

    def __init__(self, folder: Path) -> None:
        self.office = Office()
        self.outbox = MemoryOutbox()
        self.inbox = MemoryInbox()
        self.stop = threading.Event()
        self.leave = threading.Event()
        """Ends what hangs on purpose."""
        self.lock = SenderLock(folder / "sender.lock")
        self.states: list[SyncState] = []
        self.made = 0
        self.loop = SyncLoop(
            self.make_sender,
            self.lock,
            self.stop,
            on_state=self.states.append,
            waits=BackoffPolicy(first_s=0.05, cap_s=0.2),
            listen_s=5.0,
        )
        self.thread = threading.Thread(target=self.loop.run, daemon=True)

    def make_sender(self, cancelled: Callable[[], bool]) -> Sender:
        self.made += 1
        client = self.office.client(cancelled=cancelled)
        return Sender(self.outbox, self.inbox, client, clock=lambda: NOW, random=steady())

    def seal(self, subject: str) -> str:
        bundle_id = self.outbox.add(*seal(subject, b"page")).bundle_id
        self.loop.kick()
        return bundle_id

    def delivered(self, bundle_id: str) -> bool:
        return self.outbox.line(bundle_id).state is LineState.DELIVERED

    def finish(self) -> float:
        began = time.monotonic()
        self.stop.set()
        if self.thread.is_alive():
            self.thread.join(HANGS_S)
        return time.monotonic() - began


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    monkeypatch.setattr(loop_module, "SHORTEST_ROUND_S", 0.05)
    made = Desk(tmp_path)
    yield made
    made.leave.set()
    made.finish()


def hang_on_changes(desk: Desk) -> threading.Event:
    """Hold the changes call as a gateway with nothing to tell does."""
    hanging = threading.Event()

    def hold(request: httpx.Request) -> None:
        if request.url.path == "/v1/changes" and request.url.params["wait"] != "0":
            hanging.set()
            desk.leave.wait(2 * HANGS_S)

    desk.office.before = hold
    return hanging


def test_what_is_sealed_goes_at_once_although_the_loop_is_listening(desk: Desk) -> None:
    hanging = hang_on_changes(desk)
    desk.thread.start()
    assert hanging.wait(HANGS_S)
    bundle = desk.seal("a")
    began = time.monotonic()
    until(lambda: desk.delivered(bundle))
    assert time.monotonic() - began < SOON_S
    until(lambda: desk.loop.state.delivered == 1)
    assert desk.loop.state.link is LinkState.UP
    assert desk.loop.state.last_success is not None


def test_what_the_gateway_has_lost_is_sent_again_after_trouble(desk: Desk) -> None:
    bundle = desk.seal("a")
    desk.thread.start()
    until(lambda: desk.delivered(bundle))
    desk.office.before = lambda request: problem(503)
    desk.loop.kick()
    until(lambda: desk.loop.state.code == "Y103")
    desk.office.bundles.clear()
    desk.office.before = lambda request: None
    desk.loop.kick()
    until(lambda: bundle in desk.office.bundles)
    until(lambda: desk.delivered(bundle))


def test_a_gateway_that_cannot_compare_still_takes_what_is_new(desk: Desk) -> None:
    def old_gateway(request: httpx.Request) -> httpx.Response | None:
        return problem(404) if request.url.path == "/v1/bundles/missing" else None

    desk.office.before = old_gateway
    desk.thread.start()
    bundles = [desk.seal("a")]
    until(lambda: desk.delivered(bundles[0]))
    bundles.append(desk.seal("b"))
    until(lambda: desk.delivered(bundles[1]))
    until(lambda: desk.loop.state.link is LinkState.UP)


def test_stopping_ends_a_hanging_call_and_frees_the_lock(desk: Desk, tmp_path: Path) -> None:
    hanging = hang_on_changes(desk)
    desk.thread.start()
    assert hanging.wait(HANGS_S)
    assert desk.finish() < SOON_S
    assert not desk.thread.is_alive()
    assert not desk.lock.held
    with SenderLock(tmp_path / "sender.lock"):
        pass


def test_a_hanging_upload_does_not_delay_the_stop(desk: Desk) -> None:
    hanging = threading.Event()

    def hold(request: httpx.Request) -> None:
        if request.url.path.startswith("/v1/blobs/") and request.method == "PUT":
            hanging.set()
            desk.leave.wait(2 * HANGS_S)

    desk.office.before = hold
    bundle = desk.seal("a")
    desk.thread.start()
    assert hanging.wait(HANGS_S)
    assert desk.finish() < SOON_S
    line = desk.outbox.line(bundle)
    assert (line.state, line.code) == (LineState.WAITING, "Y105")


@pytest.mark.parametrize(
    ("answer", "link", "code"),
    [
        (None, LinkState.DOWN, "Y101"),
        (login_page, LinkState.NOT_THE_GATEWAY, "Y102"),
        (lambda: problem(503), None, "Y103"),
    ],
)
def test_a_lost_link_costs_one_try_and_all_lines_go_when_it_is_back(
    desk: Desk, answer: Callable[[], httpx.Response] | None, link: LinkState | None, code: str
) -> None:
    def fault(request: httpx.Request) -> httpx.Response:
        if answer is None:
            raise httpx.ConnectError("no route")
        return answer()

    desk.office.before = fault
    bundles = [desk.seal(f"s{number}") for number in range(3)]
    desk.thread.start()
    until(lambda: len(desk.office.calls) > 4)
    assert (desk.loop.state.link, desk.loop.state.code) == (link, code)
    assert desk.loop.state.offline_since is not None
    assert sum(desk.outbox.line(bundle).attempts for bundle in bundles) == 1
    desk.office.before = lambda request: None
    until(lambda: all(desk.delivered(bundle) for bundle in bundles))
    until(lambda: desk.loop.state.code == "")
    assert desk.loop.state.link is LinkState.UP
    assert desk.loop.state.offline_since is None
    since = {state.offline_since for state in desk.states if state.offline_since}
    assert len(since) == 1


def test_a_refused_window_costs_one_line_and_a_kick_tries_again(desk: Desk) -> None:
    desk.office.before = lambda request: problem(403, "revoked") if request.url.path == "/v1/token" else None
    bundles = [desk.seal(f"s{number}") for number in range(2)]
    desk.thread.start()
    until(lambda: desk.loop.state.code == "Y301")
    desk.loop.kick()
    until(lambda: len(desk.office.calls) > 2)
    assert {desk.outbox.line(bundle).state for bundle in bundles} == {LineState.ASK, LineState.QUEUED}
    assert desk.loop.state.link is LinkState.UP, "a refusal is an answer: the line is not down"
    assert desk.loop.state.offline_since is None
    desk.office.before = lambda request: None
    for bundle in bundles:
        desk.outbox.retry(bundle)
    desk.loop.kick(eager=True)
    until(lambda: all(desk.delivered(bundle) for bundle in bundles))


def test_connections_to_a_stranger_are_not_kept(desk: Desk) -> None:
    desk.office.before = lambda request: login_page()
    desk.seal("a")
    desk.thread.start()
    until(lambda: desk.made >= 3)
    desk.office.before = lambda request: None
    until(lambda: desk.loop.state.link is LinkState.UP)


def test_news_of_the_back_office_is_counted(desk: Desk) -> None:
    desk.office.changes = [change(1), change(2), change(3)]
    desk.thread.start()
    until(lambda: desk.loop.state.changes == 3)
    desk.office.changes.append(change(4))
    until(lambda: desk.loop.state.changes == 4)


def test_a_full_queue_is_worked_off_without_pauses(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loop_module, "SHORTEST_ROUND_S", 60.0)
    for number in range(50):
        desk.seal(f"s{number}")
    desk.loop._awake.clear()
    desk.thread.start()
    until(lambda: desk.loop.state.delivered == 50)
    assert any(state.moving for state in desk.states)
    until(lambda: not desk.loop.state.moving)


def test_a_second_loop_watches_and_takes_over(desk: Desk, tmp_path: Path) -> None:
    first = SenderLock(tmp_path / "sender.lock")
    first.acquire()
    bundle = desk.seal("a")
    desk.thread.start()
    until(lambda: desk.loop.state.code == "Y106")
    assert desk.loop.state.other_sender is not None
    assert not desk.delivered(bundle)
    first.release()
    until(lambda: desk.delivered(bundle))
    assert desk.loop.state.other_sender is None


def test_an_unexpected_fault_builds_the_sender_anew(desk: Desk) -> None:
    class Broken(MemoryOutbox):
        def due(self, *values: Any, **named: Any) -> Any:
            if desk.made < 2:
                raise RuntimeError("database is locked")
            return super().due(*values, **named)

    desk.outbox = Broken()
    bundle = desk.seal("a")
    desk.thread.start()
    until(lambda: desk.delivered(bundle))
    assert "Y100" in {state.code for state in desk.states}


def test_without_enrolment_the_loop_waits_for_a_kick(desk: Desk) -> None:
    real = desk.loop._make_sender
    enrolled: list[bool] = []

    def make(cancelled: Callable[[], bool]) -> Sender:
        if not enrolled:
            raise NotEnrolled
        return real(cancelled)

    desk.loop._make_sender = make
    bundle = desk.seal("a")
    desk.thread.start()
    until(lambda: desk.loop.state.code == "Y304")
    enrolled.append(True)
    desk.loop.kick()
    until(lambda: desk.delivered(bundle))


def test_a_light_that_cannot_be_lit_does_not_stop_the_queue(desk: Desk) -> None:
    def broken(state: SyncState) -> None:
        raise RuntimeError("the screen is gone")

    desk.loop._on_state = broken
    bundle = desk.seal("a")
    desk.thread.start()
    until(lambda: desk.delivered(bundle))


def test_a_lock_that_cannot_be_made_is_shown_and_tried_again(desk: Desk, tmp_path: Path) -> None:
    desk.loop._lock = SenderLock(tmp_path)
    desk.thread.start()
    until(lambda: desk.loop.state.code == "Y100")
    assert desk.finish() < SOON_S


def beats_of(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> list[LinkQuality | None]:
    """Collect what each sign of life in a round, or in a pause, tells of the line."""
    monkeypatch.setattr(loop_module, "BEAT_S", 0.0)
    beats: list[LinkQuality | None] = []
    beat = desk.lock.beat

    def counted() -> None:
        if desk.loop.state.moving or desk.loop.state.code:
            beats.append(desk.lock.poor)
        beat()

    monkeypatch.setattr(desk.lock, "beat", counted)
    return beats


def test_a_round_shows_signs_of_life_with_every_piece_that_passes_and_tells_of_a_slow_line(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    beats, slow = beats_of(desk, monkeypatch), LinkQuality(kbit_s=60)
    monkeypatch.setattr(GatewayClient, "quality", slow)
    bundle = desk.outbox.add(*seal("a", bytes(300 * 1024))).bundle_id
    desk.thread.start()
    until(lambda: desk.delivered(bundle))
    assert len(beats) >= 4
    assert set(beats) == {slow}


def test_a_pause_of_minutes_shows_signs_of_life(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(cancelled: Callable[[], bool]) -> Sender:
        raise NotEnrolled

    desk.loop._make_sender = refuse
    beats = beats_of(desk, monkeypatch)
    desk.thread.start()
    until(lambda: desk.loop.state.code == "Y304")
    before = len(beats)
    until(lambda: len(beats) >= before + 2)
