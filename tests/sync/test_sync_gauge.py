"""What is measured of a line, and what a limit leaves of it."""

from __future__ import annotations

import hashlib
import threading
import time
from pathlib import Path

import httpx
import pytest

from sync.errors import Unreachable
from sync.gauge import LONG_S, SAMPLE_BYTES, Gauge, LinkQuality, RateLimit
from sync.lock import SenderLock
from tests.sync.office import Office


class Hands:
    """A clock that is moved by hand."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Hands:
    return Hands()


def call(gauge: Gauge, clock: Hands, seconds: float, sent: int = 0, *, is_timed: bool = True) -> None:
    began = gauge.begin()
    clock.now += seconds
    gauge.end(began, sent, is_timed=is_timed)


def test_a_line_nothing_was_sent_over_is_not_poor(clock: Hands) -> None:
    quality = Gauge(clock).quality
    assert quality == LinkQuality()
    assert not quality.poor


def test_the_rate_counts_only_the_time_something_was_on_its_way(clock: Hands) -> None:
    gauge = Gauge(clock)
    for _ in range(4):
        call(gauge, clock, 1.0, SAMPLE_BYTES // 4)
        clock.now += 100
    assert gauge.quality.kbit_s == 520
    assert gauge.quality.poor


def test_two_streams_at_once_are_one_line(clock: Hands) -> None:
    gauge = Gauge(clock)
    first, second = gauge.begin(), gauge.begin()
    clock.now += 1.0
    gauge.end(first, SAMPLE_BYTES, is_timed=True)
    assert gauge.quality.kbit_s == 2100
    gauge.end(second, SAMPLE_BYTES, is_timed=True)
    assert not gauge.quality.poor


def test_a_late_answer_makes_a_poor_line_and_one_held_back_on_purpose_does_not(clock: Hands) -> None:
    gauge = Gauge(clock)
    call(gauge, clock, 20.0, is_timed=False)
    assert gauge.quality == LinkQuality()
    call(gauge, clock, 0.9)
    assert (gauge.quality.latency_ms, gauge.quality.poor) == (900, True)
    for _ in range(8):
        call(gauge, clock, 0.1)
    assert not gauge.quality.poor


def test_a_few_cuts_in_two_minutes_make_a_poor_line(clock: Hands) -> None:
    gauge = Gauge(clock)
    for _ in range(3):
        gauge.cut()
    assert gauge.quality.poor
    clock.now += 121
    assert (gauge.quality.cuts, gauge.quality.poor) == (0, False)


def test_a_line_held_back_by_setting_is_not_called_poor(clock: Hands) -> None:
    gauge = Gauge(clock, limit_kbit_s=256)
    call(gauge, clock, 10.0, SAMPLE_BYTES)
    assert not gauge.quality.poor
    for _ in range(20):
        call(gauge, clock, 60.0, SAMPLE_BYTES)
    assert gauge.quality.poor


def test_all_streams_share_one_limit(clock: Hands) -> None:
    limit = RateLimit(800, clock)
    waits: list[float] = []

    class Abandoned(threading.Event):
        def wait(self, timeout: float | None = None) -> bool:
            assert timeout is not None
            waits.append(timeout)
            clock.now += timeout
            return False

    began = clock.now
    for _ in range(20):
        limit.take(limit.piece, Abandoned())
    assert 20 * limit.piece / 100_000 - 0.2 <= clock.now - began <= 20 * limit.piece / 100_000
    assert max(waits) <= 0.2


def test_a_limit_does_not_hold_up_a_call_that_is_abandoned() -> None:
    limit = RateLimit(64)
    abandoned = threading.Event()
    abandoned.set()
    began = time.monotonic()
    limit.take(1_000_000, abandoned)
    # The limit alone would ask for two minutes.
    assert time.monotonic() - began < 60.0


def test_a_limited_client_sends_everything_and_gives_slow_calls_their_time() -> None:
    office = Office()
    client = office.client(limit_kbit_s=4000)
    page = b"x" * 200_000
    client.put_blob(hashlib.sha256(page).hexdigest(), page)
    assert list(office.blobs.values()) == [page]
    client.close()


def test_what_never_was_there_is_no_cut() -> None:
    office = Office()
    errors = iter((httpx.ConnectError("refused"), httpx.ReadError("reset")))

    def fail(request: httpx.Request) -> httpx.Response:
        raise next(errors)

    client = office.client()
    office.before = fail
    for cuts in (0, 1):
        with pytest.raises(Unreachable):
            client.missing(())
        assert client.quality.cuts == cuts


def test_the_holder_of_the_lock_tells_others_about_its_line(tmp_path: Path) -> None:
    place = tmp_path / "sender.lock"
    with SenderLock(place) as lock:
        lock.poor = LinkQuality(320, 900, 4)
        lock.beat()
        owner = SenderLock(place).owner()
        assert owner is not None
        assert owner.poor == LinkQuality(320, 900, 4)
        place.write_text(place.read_text().replace('"cuts"', '"newer"'))
        owner = SenderLock(place).owner()
        assert owner is not None
        assert owner.poor is None


def test_a_body_that_takes_long_is_judged_while_it_is_on_its_way(clock: Hands) -> None:
    gauge = Gauge(clock)
    body = gauge.begin()
    gauge.passed(body, 64 * 1024)
    clock.now += LONG_S - 1
    assert gauge.quality == LinkQuality()
    clock.now += 1
    gauge.passed(body, 64 * 1024)
    assert (gauge.quality.kbit_s, gauge.quality.poor) == (35, True)
    gauge.end(body, 128 * 1024, is_timed=True)
    assert gauge.quality == LinkQuality()


def test_a_call_that_waits_on_purpose_says_nothing_of_the_line(clock: Hands) -> None:
    gauge = Gauge(clock)
    gauge.begin()
    clock.now += 10 * LONG_S
    assert gauge.quality == LinkQuality()


def test_whoever_watches_is_told_of_every_piece() -> None:
    office, told = Office(), []
    client = office.client()
    client.watch(lambda: told.append(len(office.blobs)))
    data = bytes(200 * 1024)

    client.put_blob(hashlib.sha256(data).hexdigest(), data)

    assert told.count(0) >= 4, "told before the page had arrived, piece by piece"
