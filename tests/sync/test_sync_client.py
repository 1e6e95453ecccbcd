from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from email.utils import format_datetime

import httpx
import pytest

from sync.answers import MAX_ANSWER_BYTES
from sync.client import GatewayClient, LinkState, Timeouts, enrol
from sync.contract import signing
from sync.contract.models import MAX_PAGES, EnrolmentRequest
from sync.errors import (
    BadAddress,
    Conflict,
    ContentRefused,
    GatewayBusy,
    Interrupted,
    MissingBlobs,
    NotAuthorised,
    NotTheGateway,
    OtherContract,
    SyncError,
    Unreachable,
)
from tests.sync.office import GATEWAY_KEY, IDENTITY, NOW, Office, change, login_page, problem, seal

REQUEST = EnrolmentRequest(
    code="c", public_key=signing.public_text(IDENTITY.private_key), window_name="3", street="华富"
)


@pytest.fixture
def office() -> Office:
    return Office()


def answering(office: Office, answer: Callable[[], httpx.Response], path: str = "/v1/bundles") -> None:
    office.before = lambda request: answer() if request.url.path.startswith(path) else None


def refusal(office: Office, answer: Callable[[], httpx.Response]) -> SyncError:
    answering(office, answer)
    with office.client() as client, pytest.raises(SyncError) as caught:
        client.put_bundle(seal()[0])
    return caught.value


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (lambda: problem(400), ContentRefused),
        (lambda: problem(403), NotAuthorised),
        (lambda: problem(404), OtherContract),
        (lambda: problem(409), Conflict),
        (lambda: problem(413), ContentRefused),
        (lambda: problem(422), ContentRefused),
        (lambda: problem(424), MissingBlobs),
        (lambda: problem(429), GatewayBusy),
        (lambda: problem(507), GatewayBusy),
        (lambda: httpx.Response(408), GatewayBusy),
        (lambda: httpx.Response(413, html="<h1>413</h1>"), ContentRefused),
        (lambda: httpx.Response(502, html="<h1>502</h1>"), GatewayBusy),
        (lambda: httpx.Response(511, html="log in"), NotTheGateway),
        (lambda: httpx.Response(403, html="blocked"), NotTheGateway),
        (lambda: httpx.Response(404), NotTheGateway),
        (lambda: httpx.Response(409, json={"title": "not a problem document"}), NotTheGateway),
        (
            lambda: httpx.Response(422, content=b"{", headers={"content-type": "application/problem+json"}),
            NotTheGateway,
        ),
        (lambda: httpx.Response(302, headers={"location": "https://login.example/"}), NotTheGateway),
        (lambda: httpx.Response(204), NotTheGateway),
        (login_page, NotTheGateway),
        (lambda: httpx.Response(200, json={"receipt": "what"}), NotTheGateway),
        (
            lambda: httpx.Response(200, content=b"{", headers={"content-type": "application/json"}),
            NotTheGateway,
        ),
        (lambda: httpx.Response(200, content=b"{}"), NotTheGateway),
    ],
)
def test_every_answer_has_its_class(
    office: Office, answer: Callable[[], httpx.Response], expected: type[SyncError]
) -> None:
    assert type(refusal(office, answer)) is expected


def test_a_refusal_carries_the_words_of_the_gateway_cut_to_size(office: Office) -> None:
    error = refusal(office, lambda: problem(422, "chain-invalid", detail="缺少第 2 版" + "x" * 900))
    assert error.detail.startswith("422 chain-invalid: 缺少第 2 版")
    assert len(error.detail) == 500


def test_missing_pages_are_named_by_the_error(office: Office) -> None:
    error = refusal(office, lambda: problem(424, missing=["a" * 64]))
    assert isinstance(error, MissingBlobs)
    assert error.missing == ("a" * 64,)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("120", 120.0),
        ("999999999", 900.0),
        (format_datetime(NOW + timedelta(seconds=60), usegmt=True), 60.0),
        (format_datetime(NOW - timedelta(days=1), usegmt=True), 0.0),
        (format_datetime(NOW + timedelta(days=9), usegmt=True), 900.0),
        ("soon", None),
        ("-5", None),
        ("²", None),
    ],
)
def test_retry_after_is_read_as_seconds_or_date_and_capped(
    office: Office, header: str, seconds: float | None
) -> None:
    date = format_datetime(NOW, usegmt=True)
    headers = [(b"retry-after", header.encode()), (b"date", date.encode())]
    error = refusal(office, lambda: httpx.Response(503, headers=headers))
    assert error.retry_after_s == seconds


@pytest.mark.parametrize(
    "fault",
    [
        httpx.ConnectError("no route"),
        httpx.ReadTimeout("slow"),
        httpx.RemoteProtocolError("cut"),
        OSError("odd"),
    ],
)
def test_transport_faults_mean_unreachable(office: Office, fault: Exception) -> None:
    def broken() -> httpx.Response:
        raise fault

    assert type(refusal(office, broken)) is Unreachable


def test_an_endless_or_encoded_answer_is_not_the_gateway(office: Office) -> None:
    class Endless(httpx.SyncByteStream):
        def __iter__(self) -> Iterator[bytes]:
            while True:
                yield b"x" * 65536

    headers = {"content-type": "application/json"}
    error = refusal(office, lambda: httpx.Response(200, stream=Endless(), headers=headers))
    assert str(MAX_ANSWER_BYTES) in error.detail
    error = refusal(
        office, lambda: httpx.Response(200, stream=Endless(), headers={"content-encoding": "gzip"})
    )
    assert type(error) is NotTheGateway


def test_a_token_is_kept_until_near_its_end(office: Office) -> None:
    with office.client() as client:
        client.changes(0)
        client.changes(0)
    assert office.tokens_given == 1


def test_a_token_the_gateway_forgot_is_replaced_once(office: Office) -> None:
    with office.client() as client:
        client.changes(0)
        office.valid_tokens.clear()
        client.changes(0)
    assert office.tokens_given == 2


def test_a_window_whose_new_token_is_refused_as_well_is_refused_as_a_whole(office: Office) -> None:
    answering(office, lambda: problem(401, "token-invalid"), "/v1/changes")
    with office.client() as client, pytest.raises(NotAuthorised) as caught:
        client.changes(0)
    assert caught.value.window_wide
    assert office.tokens_given == 2


def test_a_forbidden_bundle_is_not_a_forbidden_window(office: Office) -> None:
    error = refusal(office, lambda: problem(403, "not-your-street"))
    assert isinstance(error, NotAuthorised)
    assert not error.window_wide


@pytest.mark.parametrize(
    "answer",
    [
        lambda: problem(401, "assertion-invalid"),
        lambda: problem(403, "window-revoked"),
        lambda: problem(400, "grant-invalid"),
        lambda: httpx.Response(400, json={"error": "invalid_client"}),
        lambda: httpx.Response(401, json={"error": "invalid_client"}),
    ],
)
def test_a_refused_token_is_about_the_window(office: Office, answer: Callable[[], httpx.Response]) -> None:
    answering(office, answer, "/v1/token")
    with office.client() as client, pytest.raises(NotAuthorised) as caught:
        client.changes(0)
    assert caught.value.window_wide


@pytest.mark.parametrize(
    "answer",
    [login_page, lambda: httpx.Response(200, json={"access_token": "x\ny", "expires_in": 5})],
)
def test_a_token_from_a_log_in_page_is_none(office: Office, answer: Callable[[], httpx.Response]) -> None:
    answering(office, answer, "/v1/token")
    with office.client() as client, pytest.raises(NotTheGateway):
        client.changes(0)


@pytest.mark.parametrize("off", [timedelta(minutes=10), timedelta(days=-400)])
def test_a_wrong_clock_is_corrected_by_the_gateways_own(office: Office, off: timedelta) -> None:
    with office.client(clock=lambda: NOW + off) as client:
        client.changes(0)
        assert abs(client.clock_offset + off) < timedelta(seconds=2)
    assert office.tokens_given == 1
    assert len(office.assertions) == 2
    assert len({claims["jti"] for claims in office.assertions}) == 2


def test_a_log_in_page_does_not_set_the_clock(office: Office) -> None:
    headers = {"date": format_datetime(NOW + timedelta(days=3), usegmt=True)}
    answering(office, lambda: httpx.Response(401, html="log in", headers=headers), "/v1/token")
    with office.client() as client:
        with pytest.raises(NotTheGateway):
            client.changes(0)
        assert client.clock_offset == timedelta()


def test_a_page_is_stored_once_and_stored_again_without_complaint(office: Office) -> None:
    signed, blobs = seal("s", b"page")
    (sha256,) = blobs
    with office.client() as client:
        assert client.missing([sha256, sha256]) == (sha256,)
        client.put_blob(sha256, b"page")
        client.put_blob(sha256, b"page")
        assert client.missing([sha256]) == ()
    assert office.blobs == blobs


@pytest.mark.parametrize("status", [200, 412])
def test_a_page_taken_by_a_log_in_page_is_not_stored(office: Office, status: int) -> None:
    answering(office, lambda: httpx.Response(status, html="log in"), "/v1/blobs")
    with office.client() as client, pytest.raises(NotTheGateway):
        client.put_blob("a" * 64, b"page")


def test_a_gateway_that_lacks_pages_nobody_named_is_not_ours(office: Office) -> None:
    answering(office, lambda: httpx.Response(200, json={"missing": ["b" * 64]}), "/v1/blobs/missing")
    with office.client() as client:
        with pytest.raises(NotTheGateway):
            client.missing(["a" * 64])
        with pytest.raises(ValueError, match="at most"):
            client.missing([f"{number:064x}" for number in range(MAX_PAGES + 1)])


def test_a_bundle_sent_twice_gets_two_receipts_for_one_bundle(office: Office) -> None:
    signed, _ = seal()
    with office.client() as client:
        assert client.put_bundle(signed).receipt == client.put_bundle(signed).receipt
    assert len(office.bundles) == 1


def test_changes_come_after_the_cursor(office: Office) -> None:
    office.changes = [change(1), change(2), change(3)]
    with office.client() as client:
        assert [item.cursor for item in client.changes(1, 0.0).changes] == [2, 3]


@pytest.mark.parametrize(
    ("answer", "state"),
    [
        (lambda: None, LinkState.UP),
        (login_page, LinkState.NOT_THE_GATEWAY),
        (lambda: httpx.Response(200, json={"gateway_id": "another"}), LinkState.NOT_THE_GATEWAY),
        (lambda: httpx.Response(503), LinkState.DOWN),
    ],
)
def test_ping_tells_what_stands_there(
    office: Office, answer: Callable[[], httpx.Response], state: LinkState
) -> None:
    answering(office, answer, "/v1/health")
    with office.client() as client:
        assert client.ping() is state


def test_ping_of_a_dead_address_is_down() -> None:
    client = GatewayClient("http://127.0.0.1:9", IDENTITY, timeouts=Timeouts(connect_s=0.5, exchange_s=1.0))
    with client:
        assert client.ping() is LinkState.DOWN


@pytest.mark.parametrize(
    "address",
    [
        "http://gateway.example",
        "http://192.0.2.7",
        "gateway.example",
        "ftp://127.0.0.1",
        "https://",
        "https://a:b",
    ],
)
def test_addresses_that_may_not_be_spoken_to(address: str) -> None:
    with pytest.raises(BadAddress):
        GatewayClient(address, IDENTITY)


@pytest.mark.parametrize(
    "address", ["http://127.0.0.1:1", "http://localhost", "http://[::1]:2", "https://g.example"]
)
def test_addresses_that_may(address: str) -> None:
    GatewayClient(address, IDENTITY).close()
    GatewayClient("http://gateway.example", IDENTITY, allow_plain=True).close()


def enrolment(**other: str) -> dict[str, str]:
    return {
        "window_id": "w-1",
        "gateway_id": "gw-1",
        "gateway_key": signing.public_text(GATEWAY_KEY),
        "street": "华富",
        "street_name": "华富街道",
        "number_prefix": "HF03",
        "server_time": NOW.isoformat(),
        **other,
    }


def test_enrolment_trades_a_code_for_a_window() -> None:
    transport = httpx.MockTransport(lambda request: httpx.Response(201, json=enrolment()))
    assert enrol("https://g.example", REQUEST, transport=transport).window_id == "w-1"


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (lambda: problem(403, "code-used"), NotAuthorised),
        (lambda: problem(422, "key-invalid"), ContentRefused),
        (lambda: httpx.Response(201, json=enrolment(gateway_key="AAAA")), NotTheGateway),
        (login_page, NotTheGateway),
    ],
)
def test_enrolment_that_fails(answer: Callable[[], httpx.Response], expected: type[SyncError]) -> None:
    transport = httpx.MockTransport(lambda request: answer())
    with pytest.raises(expected):
        enrol("https://g.example", REQUEST, transport=transport)


def test_a_waiting_call_ends_soon_after_it_is_told_to(office: Office) -> None:
    stop, leave = threading.Event(), threading.Event()
    office.before = lambda request: login_page() if leave.wait(60) else None
    client = office.client(cancelled=stop.is_set)
    threading.Timer(0.2, stop.set).start()
    began = time.monotonic()
    with pytest.raises(Interrupted):
        client.changes(0, 30.0)
    assert time.monotonic() - began < 20.0
    leave.set()
    with pytest.raises(Interrupted):
        client.changes(0)


def test_an_answer_that_trickles_for_ever_meets_its_deadline(office: Office) -> None:
    class Trickle(httpx.SyncByteStream):
        ended = threading.Event()

        def __iter__(self) -> Iterator[bytes]:
            while True:
                time.sleep(0.05)
                yield b" "

        def close(self) -> None:
            self.ended.set()

    headers = {"content-type": "application/json"}
    answering(office, lambda: httpx.Response(200, stream=Trickle(), headers=headers), "/v1/token")
    client = office.client(timeouts=Timeouts(exchange_s=0.3))
    with pytest.raises(Unreachable, match="no answer"):
        client.changes(0)
    assert Trickle.ended.wait(90)


def test_the_secret_key_is_not_shown() -> None:
    assert "private_key" not in repr(IDENTITY)
