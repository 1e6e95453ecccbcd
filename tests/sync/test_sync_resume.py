"""Large pages over a real line that is cut: the sender goes on where the gateway says."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from random import Random

import pytest

from sync.client import GatewayClient, Identity, Timeouts, enrol
from sync.contract import signing
from sync.contract.models import EnrolmentRequest
from sync.errors import Interrupted
from sync.fake import MemoryInbox, MemoryOutbox
from sync.gateway.office import Office
from sync.gateway.serve import GatewayServer
from sync.port import LineState
from sync.sender import Sender
from sync.uploads import Upload
from sync.wire import never
from tests.sync.office import seal
from tests.sync.proxy import Fault, FaultProxy

QUICK = Timeouts(connect_s=2, read_s=4, exchange_s=5)


class Road:
    """A window, a gateway and the proxy between them."""

    def __init__(self, folder: Path) -> None:
        self.office = Office.open(folder / "office", streets={"huafu": "华富街道"})
        self.server = GatewayServer(self.office)
        self.proxy = FaultProxy(int(self.server.start().rpartition(":")[2]))
        self.proxy.__enter__()
        self.key = signing.new_key()
        enrolment = enrol(
            self.proxy.url,
            EnrolmentRequest(
                code=self.office.new_code("huafu"),
                public_key=signing.public_text(self.key),
                window_name="03",
                street="huafu",
            ),
        )
        self.identity = Identity(
            enrolment.window_id,
            enrolment.gateway_id,
            signing.load_public(enrolment.gateway_key),
            self.key,
        )
        self.prefix = enrolment.number_prefix
        self.outbox = MemoryOutbox()

    def client(self, cancelled: Callable[[], bool] = never) -> GatewayClient:
        return GatewayClient(self.proxy.url, self.identity, timeouts=QUICK, cancelled=cancelled)

    def sender(self, cancelled: Callable[[], bool] = never) -> Sender:
        return Sender(
            self.outbox,
            MemoryInbox(),
            self.client(cancelled),
            clock=lambda: datetime.now(UTC),
            random=Random(3),
        )

    def seal(self, *pages: bytes) -> str:
        number = f"{self.prefix}-20261102-{len(self.outbox.lines()):04d}"
        at, window = datetime.now(UTC), self.identity.window_id
        return self.outbox.add(*seal(number, *pages, at=at, window_id=window, key=self.key)).bundle_id

    def close(self) -> None:
        self.proxy.__exit__(None, None, None)
        self.server.stop()
        self.office.close()


@pytest.fixture
def road(tmp_path: Path) -> Iterator[Road]:
    made = Road(tmp_path)
    yield made
    made.close()


def test_a_page_that_never_fits_between_two_cuts_arrives_in_one_try(road: Road) -> None:
    page = os.urandom(1_000_000)
    bundle = road.seal(page)
    connections = [0]

    def each() -> Fault:
        connections[0] += 1
        return Fault(cut_after=300_000)

    road.proxy.set(each=each)
    sender = road.sender()
    assert sender.send_due(eager=True).delivered == 1
    sender.close()
    assert road.office.blobs.read(hashlib.sha256(page).hexdigest()) == page
    assert road.outbox.line(bundle).attempts == 1
    assert connections[0] <= 12


def test_another_process_goes_on_where_the_first_was_stopped(
    road: Road, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = os.urandom(600_000)
    bundle = road.seal(page)
    road.proxy.set(Fault(cut_after=400_000))
    first = road.sender(cancelled=lambda: road.proxy.struck > 0)
    assert isinstance(first.send_due(eager=True).stopped_by, Interrupted)
    first.close()
    road.outbox.retry(bundle)
    road.proxy.set()
    passed = []
    second = road.sender()
    append = second.client.uploads.append

    def watched(upload: Upload, data: bytes) -> int:
        passed.append(upload.offset)
        return append(upload, data)

    monkeypatch.setattr(second.client.uploads, "append", watched)
    assert second.send_due().delivered == 1
    second.close()
    assert passed and passed[0] > 200_000
    assert road.office.blobs.read(hashlib.sha256(page).hexdigest()) == page


def test_two_clients_bring_one_page_at_once_and_it_is_stored_once_and_right(road: Road) -> None:
    page = os.urandom(500_000)
    name = hashlib.sha256(page).hexdigest()
    with road.client() as one, road.client() as two:
        first, second = one.uploads.begin(name, len(page)), two.uploads.begin(name, len(page))
        assert first is not None and first == second
        assert one.uploads.append(first, page) == len(page)
        found = two.uploads.find(name, len(page))
        assert found is not None and found.offset == len(page)
        assert two.uploads.append(found, page) == len(page)
    assert road.office.blobs.read(name) == page


def test_what_the_gateway_kept_wrongly_is_sent_once_more_as_a_whole(road: Road) -> None:
    page = os.urandom(200_000)
    name = hashlib.sha256(page).hexdigest()
    bundle = road.seal(page)
    road.outbox.mark_sending(bundle, datetime.now(UTC))
    road.office.partials.begin(road.identity.window_id, name, len(page))
    road.office.partials.append(road.identity.window_id, name, 0, b"\0" * 100_000)
    sender = road.sender()
    assert sender.send_due().delivered == 1
    sender.close()
    assert road.office.blobs.read(name) == page
    assert road.outbox.line(bundle).state is LineState.DELIVERED
