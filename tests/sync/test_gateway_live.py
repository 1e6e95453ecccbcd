"""The gateway on a real socket: threads, kills, waiting calls."""

from __future__ import annotations

import hashlib
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from sync.client import GatewayClient, Identity, LinkState, enrol
from sync.contract.models import ChangeKind, EnrolmentRequest, SignedReceipt
from sync.contract.signing import load_public, new_key, public_text
from sync.gateway import pages as gateway_pages
from sync.gateway.errors import CannotListen
from sync.gateway.serve import GatewayServer
from tests.sync.gateway_hall import (
    STREET,
    Clock,
    Hall,
    WindowSeat,
    check_problem,
    open_hall,
    open_office,
    options_of,
    page,
)

pytestmark = pytest.mark.usefixtures("engine")


@dataclass
class LiveHall(Hall):
    """A hall whose calls go over a real socket."""

    url: str = ""

    def call(self, method: str, path: str, **arguments: object) -> httpx.Response:
        return httpx.request(method, self.url + path, timeout=120, trust_env=False, **arguments)  # type: ignore[arg-type]


@pytest.fixture
def live(tmp_path: Path) -> Iterator[LiveHall]:
    hall = open_hall(tmp_path / "office")
    server = GatewayServer(hall.office)
    yield LiveHall(hall.office, hall.clock, server.start())
    server.stop()
    hall.office.close()


def test_the_workstations_client_and_the_gateway_agree(tmp_path: Path) -> None:
    office = open_office(tmp_path)
    server = GatewayServer(office)
    url = server.start()
    key = new_key()
    request = EnrolmentRequest(
        code=office.new_code(STREET), public_key=public_text(key), window_name="03", street=STREET
    )
    enrolment = enrol(url, request)
    identity = Identity(enrolment.window_id, enrolment.gateway_id, load_public(enrolment.gateway_key), key)
    with GatewayClient(url, identity) as client:
        assert client.ping() is LinkState.UP
        hall = open_hall(tmp_path / "unused")
        window = WindowSeat(hall, key, enrolment)
        scan = b"scan"
        digest = hashlib.sha256(scan).hexdigest()
        assert client.missing([digest]) == (digest,)
        client.put_blob(digest, scan)
        manifest = window.manifest(pages=(page(scan),))
        first = client.put_bundle(window.sealed(manifest))
        assert client.put_bundle(window.sealed(manifest)) == first
        office.decide(manifest.subject, ChangeKind.ACCEPTED, actor="")
        assert client.changes(0).changes[0].kind is ChangeKind.ACCEPTED
        hall.office.close()
    server.stop()
    office.close()


def test_the_same_bundle_from_many_threads_is_one_row(live: LiveHall) -> None:
    window = live.window()
    window.headers()
    manifest = window.manifest()
    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(lambda _: window.put(manifest), range(16)))
    assert sorted(answer.status_code for answer in answers) == [200] * 15 + [201]
    assert len({answer.content for answer in answers}) == 1
    assert live.office.bundle_ids() == (manifest.bundle_id,)


def test_the_same_page_from_many_threads_is_one_file(live: LiveHall, tmp_path: Path) -> None:
    window = live.window()
    window.headers()
    scan = os.urandom(300_000)
    with ThreadPoolExecutor(6) as threads:
        answers = list(threads.map(lambda _: window.put_page(scan), range(12)))
    assert {answer.status_code for answer in answers} <= {201, 204}
    assert live.office.blobs.read(hashlib.sha256(scan).hexdigest()) == scan
    assert not list((tmp_path / "office/blobs/incoming").iterdir())


def test_rival_bundles_for_one_number_leave_one_winner(live: LiveHall) -> None:
    window = live.window()
    window.headers()
    rivals = [window.manifest() for _ in range(6)]
    with ThreadPoolExecutor(6) as threads:
        answers = list(threads.map(window.put, rivals))
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 5
    assert len(live.office.bundle_ids()) == 1 and len(live.office.conflicts()) == 5


def test_a_refusal_of_a_large_body_reaches_the_sender(
    live: LiveHall, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gateway_pages, "MAX_BLOB_BYTES", 100_000)
    window = live.window()
    for _ in range(5):
        check_problem(window.put_page(b"x" * 1_000_000), 413, "too-large")
        answer = window.call("POST", "/v1/blobs/missing", content=b"x" * 1_000_000)
        check_problem(answer, 413, "too-large")


def test_an_upload_that_is_cut_leaves_nothing(
    live: LiveHall, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    window = live.window()
    host, port = live.url.removeprefix("http://").split(":")
    token = window.headers()["Authorization"]
    for call in (f"PUT /v1/blobs/{'a' * 64}", "PUT /v1/bundles/x"):
        head = f"{call} HTTP/1.1\r\nHost: x\r\nAuthorization: {token}\r\nContent-Length: 1000000\r\n\r\n"
        with socket.create_connection((host, int(port))) as cut:
            cut.sendall(head.encode() + b"x" * 1000)
    incoming = tmp_path / "office/blobs/incoming"
    deadline = time.monotonic() + 90
    time.sleep(0.1)
    while list(incoming.iterdir()) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not list(incoming.iterdir())
    assert live.office.blobs.size("a" * 64) is None
    assert not caplog.records


# --- waiting calls -----------------------------------------------------------------------------------------


def test_a_waiting_call_hears_of_a_decision_at_once(live: LiveHall, tmp_path: Path) -> None:
    window = live.window()
    manifest = window.manifest()
    window.delivered(manifest)
    # As the command does it: another connection to the same folder.
    beside = open_office(tmp_path / "office")
    decided_at: list[float] = []

    def decide() -> None:
        beside.decide(manifest.subject, ChangeKind.ACCEPTED, actor="")
        decided_at.append(time.monotonic())

    timer = threading.Timer(0.4, decide)
    timer.start()
    found = window.news(wait=30)
    heard_at = time.monotonic()
    timer.join()
    beside.close()
    assert [change["kind"] for change in found["changes"]] == ["accepted"]
    assert heard_at - decided_at[0] < 20


def test_stopping_ends_waiting_calls_with_a_good_answer(tmp_path: Path) -> None:
    hall = open_hall(tmp_path)
    server = GatewayServer(hall.office)
    live = LiveHall(hall.office, hall.clock, server.start())
    window = live.window()
    window.headers()
    with ThreadPoolExecutor(1) as threads:
        waiting = threads.submit(window.news, 0, 30)
        deadline = time.monotonic() + 90
        app: Any = server._server.config.app
        while not app.state.news.waiting and time.monotonic() < deadline:
            time.sleep(0.01)
        began = time.monotonic()
        server.stop()
        assert time.monotonic() - began < 20
        assert waiting.result() == {"changes": [], "cursor": 0}
    server.stop()
    hall.office.close()


def test_a_taken_port_is_refused_in_words(live: LiveHall) -> None:
    port = int(live.url.rpartition(":")[2])
    with pytest.raises(CannotListen):
        GatewayServer(live.office, port=port).start()


def test_a_server_that_does_not_come_up_is_told(live: LiveHall, monkeypatch: pytest.MonkeyPatch) -> None:
    server = GatewayServer(live.office)
    monkeypatch.setattr(server, "_run", lambda: None)
    with pytest.raises(CannotListen):
        server.start()


def test_the_address_of_version_six_is_written_in_brackets(live: LiveHall) -> None:
    server = GatewayServer(live.office, host="::1")
    try:
        assert re.fullmatch(r"http://\[::1\]:\d+", server.listen())
    except CannotListen:
        pytest.skip("no IPv6 loopback here")
    finally:
        server.stop()


# --- kill -9 -----------------------------------------------------------------------------------------------


@contextmanager
def gateway_process(folder: Path, *options: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Run the real command; yield the process and its address."""
    command = [
        sys.executable,
        "-m",
        "workstation.cli",
        "gateway",
        "serve",
        "--port",
        "0",
        *options_of(folder),
    ]
    with subprocess.Popen([*command, *options], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            line = process.stdout.readline()
            found = re.search(r"http://\S+", line)
            assert found is not None, line
            yield process, found.group()
        finally:
            process.kill()


def test_nothing_acknowledged_is_lost_when_the_gateway_is_killed(disk_path: Path) -> None:
    folder = disk_path / "office"
    prepared = open_office(folder)
    hall = LiveHall(prepared, Clock(prepared.clock()))
    acknowledged: dict[str, tuple[bytes, bytes]] = {}
    lock = threading.Lock()

    def send(window: WindowSeat, worker: int) -> None:
        for serial in range(10_000):
            scan = f"scan {worker} {serial}".encode() * 200
            manifest = window.manifest(subject=f"W-{worker}-{serial}-{hall.url}", pages=(page(scan),))
            window.put_page(scan)
            answer = window.put(manifest)
            assert answer.status_code == 201, answer.text
            with lock:
                acknowledged[manifest.bundle_id] = (answer.content, scan)

    for _ in range(2):
        with gateway_process(folder) as (process, hall.url), ThreadPoolExecutor(3) as threads:
            windows = [hall.window() for _ in range(3)]
            before = len(acknowledged)
            running = [threads.submit(send, window, index) for index, window in enumerate(windows)]
            deadline = time.monotonic() + 120
            while len(acknowledged) < before + 15 and time.monotonic() < deadline:
                time.sleep(0.01)
            process.send_signal(signal.SIGKILL)
            failures = [sending.exception() for sending in running]
        assert all(isinstance(failure, httpx.TransportError) for failure in failures), failures
        assert len(acknowledged) >= before + 15
    prepared.close()
    restarted = open_office(folder)
    for bundle_id, (receipt, scan) in acknowledged.items():
        stored = restarted.bundle(bundle_id)
        assert stored.receipt == SignedReceipt.model_validate_json(receipt)
        assert restarted.blobs.read(hashlib.sha256(scan).hexdigest()) == scan
    restarted.close()


def test_the_command_stops_cleanly_on_a_signal(tmp_path: Path) -> None:
    with gateway_process(tmp_path, "--auto-accept") as (process, url):
        assert httpx.get(f"{url}/v1/health", trust_env=False).json()["contract"] == 1
        process.send_signal(signal.SIGTERM)
        assert process.wait(90) == 0


def test_a_signal_that_comes_while_the_server_starts_is_heeded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    office = open_office(tmp_path)
    server = GatewayServer(office)
    run = server._run

    def struck() -> None:
        os.kill(os.getpid(), signal.SIGTERM)
        run()

    monkeypatch.setattr(server, "_run", struck)
    server.serve()
    office.close()
