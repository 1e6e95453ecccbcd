"""A back office that comes back from a backup: its windows know what it has lost."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

import pytest

from sync.client import GatewayClient, Identity, Timeouts, enrol
from sync.contract import signing
from sync.contract.models import ChangeKind, EnrolmentRequest, SignedManifest, SignedReceipt
from sync.fake import MemoryInbox, MemoryOutbox
from sync.gateway import blobs
from sync.gateway.office import Office
from sync.gateway.serve import GatewayServer
from sync.port import LineState
from sync.sender import Sender
from tests.sync.office import seal
from tests.sync.test_end_to_end import system

QUICK = Timeouts(connect_s=2.0, read_s=5.0, exchange_s=10.0)


class Street:
    """One window, and an office that can go back in time."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.outbox, self.inbox = MemoryOutbox(), MemoryInbox()
        self.key = signing.new_key()
        self.open()
        code = self.office.new_code("huafu")
        request = EnrolmentRequest(
            code=code, public_key=signing.public_text(self.key), window_name="03", street="huafu"
        )
        self.enrolment = enrol(self.url, request)
        self.identity = Identity(
            self.enrolment.window_id,
            self.enrolment.gateway_id,
            signing.load_public(self.enrolment.gateway_key),
            self.key,
        )

    def open(self) -> None:
        self.office = Office.open(self.folder / "office", streets={"huafu": "华富街道"})
        self.server = GatewayServer(self.office)
        self.url = self.server.start()

    def close(self) -> None:
        self.server.stop()
        self.office.close()

    def back_up(self) -> None:
        self.close()
        shutil.copytree(self.folder / "office", self.folder / "backup")
        self.open()

    def restore(self) -> None:
        self.close()
        shutil.rmtree(self.folder / "office")
        shutil.copytree(self.folder / "backup", self.folder / "office")
        self.open()

    def seal(self, serial: int) -> SignedManifest:
        subject = f"{self.enrolment.number_prefix}-20261102-{serial:04d}"
        window = self.enrolment.window_id
        signed, blobs = seal(subject, b"page", at=system(), window_id=window, key=self.key)
        self.outbox.add(signed, blobs)
        return signed

    def exchange(self) -> int:
        with GatewayClient(self.url, self.identity, timeouts=QUICK, clock=system) as client:
            sender = Sender(self.outbox, self.inbox, client, clock=system, random=Random(1))
            lost = sender.audit()
            sender.send_due()
            sender.poll_changes()
            return lost


@pytest.fixture
def street(tmp_path: Path) -> Iterator[Street]:
    made = Street(tmp_path)
    yield made
    made.close()


def receipts(street: Street) -> dict[str, SignedReceipt]:
    return {name: street.office.bundle(name).receipt for name in street.office.bundle_ids()}


def test_what_a_restored_office_lost_is_sent_again_and_its_receipts_stand(street: Street) -> None:
    street.seal(1)
    street.exchange()
    street.back_up()
    street.seal(2)
    street.seal(3)
    assert street.exchange() == 0
    before = receipts(street)
    street.restore()
    assert len(street.office.bundle_ids()) == 1
    assert street.exchange() == 2
    assert receipts(street) == before == street.outbox.receipts
    assert {line.state for line in street.outbox.lines()} == {LineState.DELIVERED}


def test_a_restored_office_gives_no_receipt_number_twice(street: Street) -> None:
    street.back_up()
    street.seal(1)
    street.exchange()
    street.restore()
    newest = street.seal(2)
    with GatewayClient(street.url, street.identity, timeouts=QUICK, clock=system) as client:
        sender = Sender(street.outbox, street.inbox, client, clock=system, random=Random(1))
        sender.send_due()  # the new one comes first and takes the serial of the one that was lost
        assert street.office.bundle_ids() == (newest.manifest.bundle_id,)
        assert sender.audit() == 1
        sender.send_due()
    assert len({receipt.receipt.number for receipt in receipts(street).values()}) == 2


def test_what_a_restored_office_decides_comes_home(street: Street) -> None:
    cases = [street.seal(serial).manifest.subject for serial in (1, 2)]
    street.exchange()
    street.back_up()
    street.office.decide(cases[0], ChangeKind.ACCEPTED, actor="")
    street.exchange()
    street.restore()
    street.office.decide(cases[1], ChangeKind.ACCEPTED, actor="")
    street.exchange()
    assert [change.subject for change in street.inbox.applied] == cases


def enrolled(street: Street) -> str:
    request = EnrolmentRequest(
        code=street.office.new_code("huafu"),
        public_key=signing.public_text(signing.new_key()),
        window_name="04",
        street="huafu",
    )
    return street.office.enrol(request).number_prefix


def test_a_restored_office_repeats_no_prefix_and_no_number_of_a_paper(
    street: Street, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sync.gateway.gap.randbelow", lambda most: most - 900)
    cases = [street.seal(serial).manifest.subject for serial in (1, 2, 3)]
    street.exchange()
    street.back_up()
    street.seal(4)
    street.exchange()
    prefix = enrolled(street)
    number = street.office.decide(cases[0], ChangeKind.ACCEPTED, actor="").number
    street.restore()
    street.exchange()
    prefixes = [enrolled(street) for _ in range(2)]
    numbers = [street.office.decide(case, ChangeKind.ACCEPTED, actor="").number for case in cases[1:]]
    assert prefix not in prefixes and number not in numbers
    assert prefixes == ["W1002", "W1003"]
    assert [given.rpartition("-")[2] for given in (number, *numbers)] == ["000001", "001001", "001002"]


def test_one_restore_leaves_one_gap_and_the_next_restore_another(
    street: Street, monkeypatch: pytest.MonkeyPatch
) -> None:
    widths = iter((4, 6, 2))
    monkeypatch.setattr("sync.gateway.gap.randbelow", lambda _most: next(widths))
    street.back_up()
    for serial in (1, 2, 3):
        street.seal(serial)
    street.exchange()
    street.restore()
    street.exchange()
    assert enrolled(street) == "W5002"
    street.restore()
    street.exchange()
    assert enrolled(street) == "W7002"  # this backup knows nothing of the first gap
    shutil.rmtree(street.folder / "backup")
    street.back_up()
    street.seal(4)
    street.exchange()
    street.restore()
    street.exchange()
    assert enrolled(street) == "W10003"


def test_a_receipt_of_somebody_else_does_not_stand(street: Street) -> None:
    signed = street.seal(1)
    street.exchange()
    street.back_up()
    other = street.seal(2)
    street.exchange()
    street.restore()
    wrong = street.outbox.receipts[signed.manifest.bundle_id]
    with GatewayClient(street.url, street.identity, timeouts=QUICK, clock=system) as client:
        given = client.put_bundle(other, wrong)
    assert given.receipt.bundle_id == other.manifest.bundle_id


def test_old_deliveries_are_not_asked_about(street: Street) -> None:
    street.seal(1)
    street.exchange()
    since: datetime = system() + timedelta(days=1)
    assert street.outbox.delivered(since, "", 10) == ()


def test_an_opened_store_of_pages_makes_durable_what_a_death_left_unsynced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[Path] = []
    (tmp_path / "ab").mkdir()
    monkeypatch.setattr(blobs, "sync_folder", synced.append)
    blobs.BlobStore(tmp_path)
    assert synced == [tmp_path / "ab", tmp_path]
