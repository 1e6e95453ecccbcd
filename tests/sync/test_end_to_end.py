"""The real client and sender against the real gateway over sockets, with a proxy that spoils the line."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from sync.client import GatewayClient, Identity, LinkState, Timeouts, enrol
from sync.contract import signing
from sync.contract.models import ChangeKind, EnrolmentRequest
from sync.errors import NotAuthorised, NotTheGateway
from sync.fake import MemoryInbox, MemoryOutbox
from sync.lock import SenderLock
from sync.loop import SyncLoop
from sync.patience import BackoffPolicy
from sync.port import LineState
from sync.sender import Sender
from tests.sync.office import seal
from tests.sync.proxy import Fault, FaultProxy

pytest.importorskip("uvicorn")
from sync.gateway.office import Office  # noqa: E402 - needs the optional extra
from sync.gateway.serve import GatewayServer  # noqa: E402

QUICK = Timeouts(connect_s=1.0, read_s=1.0, exchange_s=2.0)


def system() -> datetime:
    return datetime.now(UTC)


def free_port(url: str) -> int:
    return int(url.rpartition(":")[2])


class Town:
    """An office on a loopback port, a spoilt line, and one enrolled window."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.office = Office.open(folder / "office", streets={"huafu": "华富街道"})
        self.server = GatewayServer(self.office)
        self.proxy = FaultProxy(free_port(self.server.start()))
        self.proxy.__enter__()
        self.key = signing.new_key()
        self.code = self.office.new_code("huafu")
        enrolment = enrol(self.proxy.url, self.request())
        self.prefix = enrolment.number_prefix
        self.identity = Identity(
            window_id=enrolment.window_id,
            gateway_id=enrolment.gateway_id,
            gateway_key=signing.load_public(enrolment.gateway_key),
            private_key=self.key,
        )
        self.outbox = MemoryOutbox()
        self.inbox = MemoryInbox()
        self.off = timedelta()
        self.client = GatewayClient(
            self.proxy.url, self.identity, timeouts=QUICK, clock=lambda: system() + self.off
        )
        self.sender = self.sender_with(self.client)

    def request(self) -> EnrolmentRequest:
        return EnrolmentRequest(
            code=self.code, public_key=signing.public_text(self.key), window_name="03", street="huafu"
        )

    def sender_with(self, client: GatewayClient) -> Sender:
        return Sender(self.outbox, self.inbox, client, clock=system, random=Random(3))

    def seal(self, number: int, *pages: bytes) -> str:
        signed, blobs = seal(
            f"{self.prefix}-20261102-{number:04d}",
            *pages,
            at=system(),
            window_id=self.identity.window_id,
            key=self.key,
        )
        return self.outbox.add(signed, blobs).bundle_id

    def work_off(self, rounds: int) -> None:
        for _ in range(rounds):
            self.sender.send_due(eager=True)
            if all(line.state is LineState.DELIVERED for line in self.outbox.lines()):
                return

    def held_once(self, bundles: list[str]) -> bool:
        return sorted(self.office.bundle_ids()) == sorted(bundles) and set(self.outbox.receipts) == set(
            bundles
        )

    def close(self) -> None:
        self.client.close()
        self.proxy.__exit__(None, None, None)
        self.server.stop()
        self.office.close()


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    made = Town(tmp_path)
    yield made
    made.close()


def test_a_case_arrives_and_its_decision_comes_home(town: Town) -> None:
    bundles = [town.seal(1, b"front", b"back" * 100_000)]
    assert town.client.ping() is LinkState.UP
    town.work_off(1)
    assert town.held_once(bundles)
    subject = town.outbox.line(bundles[0]).subject
    town.office.decide(subject, ChangeKind.ACCEPTED, actor="李样本")
    assert town.sender.poll_changes(2.0) == 1
    assert town.inbox.applied[0].subject == subject
    assert town.inbox.applied[0].kind is ChangeKind.ACCEPTED


@pytest.mark.parametrize("call", [b"PUT /v1/bundles", b"PUT /v1/blobs", b"POST /v1/token"])
def test_a_lost_reply_is_asked_again_and_the_bundle_is_held_once(town: Town, call: bytes) -> None:
    bundles = [town.seal(1, b"page")]
    town.proxy.set(Fault(lose_reply_to=call))
    assert town.sender.send_due().delivered == 0
    assert town.proxy.struck == (1 if b"token" in call else 2), (
        "trouble after an answer is tried once more at once"
    )
    if call == b"PUT /v1/bundles":
        assert town.office.bundle_ids() == tuple(bundles)
    assert town.outbox.line(bundles[0]).code == "Y101"
    town.proxy.set()
    town.work_off(2)
    assert town.held_once(bundles)


def test_a_line_cut_at_random_bytes_loses_and_doubles_nothing(town: Town) -> None:
    chance = Random(11)
    bundles = [town.seal(number, chance.randbytes(60_000), chance.randbytes(500)) for number in range(8)]
    cuts = [chance.randrange(1, 60_000) for _ in range(30)]

    def each() -> Fault:
        return Fault(cut_after=cuts.pop()) if cuts else Fault(latency_s=0.001)

    town.proxy.set(each=each)
    town.work_off(60)
    assert town.proxy.struck >= 15
    assert town.held_once(bundles)


def test_a_log_in_page_takes_nothing_and_parks_nothing(town: Town) -> None:
    bundles = [town.seal(number, b"page") for number in (1, 2)]
    town.proxy.set(Fault(login_page=True))
    assert town.client.ping() is LinkState.NOT_THE_GATEWAY
    report = town.sender.send_due()
    assert isinstance(report.stopped_by, NotTheGateway)
    assert report.count(LineState.WAITING) == 1
    town.proxy.set()
    town.work_off(1)
    assert town.held_once(bundles)


@pytest.mark.parametrize("fault", [Fault(refuse=True), Fault(black_hole=True)])
def test_a_dead_line_is_told_in_time(town: Town, fault: Fault) -> None:
    bundles = [town.seal(1, b"page")]
    town.proxy.set(fault)
    began = time.monotonic()
    assert town.client.ping() is LinkState.DOWN
    assert town.sender.send_due().delivered == 0
    # Each step has its own time-out, far below; a call without one would wait for the operating system.
    assert time.monotonic() - began < 60.0
    assert town.outbox.line(bundles[0]).code == "Y101"


def test_a_window_clock_ten_minutes_fast_still_gets_through(town: Town) -> None:
    town.off = timedelta(minutes=10)
    bundles = [town.seal(1, b"page")]
    town.work_off(1)
    assert town.held_once(bundles)
    assert abs(town.client.clock_offset + town.off) < timedelta(seconds=3)


def test_a_revoked_window_sends_nothing_more(town: Town) -> None:
    town.work_off(1)
    town.office.revoke(town.identity.window_id)
    bundle = town.seal(1, b"page")
    report = town.sender.send_due()
    assert isinstance(report.stopped_by, NotAuthorised)
    assert town.outbox.line(bundle).state is LineState.ASK
    assert town.office.bundle_ids() == ()


def test_a_used_code_enrols_no_second_window(town: Town) -> None:
    town.key = signing.new_key()
    with pytest.raises(NotAuthorised):
        enrol(town.proxy.url, town.request())


def test_a_version_that_forks_the_history_is_asked_about(town: Town) -> None:
    town.seal(1, b"page")
    town.work_off(1)
    second = town.seal(1, b"other page")
    town.work_off(1)
    line = town.outbox.line(second)
    assert (line.state, line.code) == (LineState.ASK, "Y302")


def test_the_loop_sends_everything_when_the_line_is_back(town: Town) -> None:
    stop = threading.Event()

    def make(cancelled: Callable[[], bool]) -> Sender:
        return town.sender_with(
            GatewayClient(town.proxy.url, town.identity, timeouts=QUICK, cancelled=cancelled)
        )

    lock = SenderLock(town.folder / "sender.lock")
    loop = SyncLoop(make, lock, stop, waits=BackoffPolicy(first_s=0.1, cap_s=0.3), listen_s=1.0)
    town.proxy.set(Fault(refuse=True))
    bundles = [town.seal(number, b"page") for number in range(3)]
    thread = threading.Thread(target=loop.run, daemon=True)
    thread.start()
    try:
        _until(lambda: loop.state.link is LinkState.DOWN)
        town.proxy.set()
        _until(lambda: loop.state.delivered == 3)
        assert town.held_once(bundles)
    finally:
        stop.set()
        thread.join(90)
    assert not thread.is_alive()


def _until(condition: Callable[[], bool], seconds: float = 90.0) -> None:
    ends = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < ends
        time.sleep(0.02)


def certificate(folder: Path) -> ssl.SSLContext:
    """Return a server's context with a certificate nobody trusts."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(system() - timedelta(days=1))
        .not_valid_after(system() + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (folder / "both.pem").write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "both.pem")
    return context


def test_a_strangers_certificate_is_not_the_gateway(town: Town) -> None:
    context = certificate(town.folder)
    listener = socket.create_server(("127.0.0.1", 0))

    def answer() -> None:
        with contextlib.suppress(OSError):
            plain, _ = listener.accept()
            with plain, contextlib.suppress(OSError):
                context.wrap_socket(plain, server_side=True).close()

    thread = threading.Thread(target=answer, daemon=True)
    thread.start()
    address = f"https://localhost:{listener.getsockname()[1]}"
    client = GatewayClient(address, town.identity, timeouts=QUICK)
    with client, pytest.raises(NotTheGateway, match="certificate"):
        client.changes(0)
    listener.close()
    thread.join(90)
