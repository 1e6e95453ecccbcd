"""A real window for the commands: its own data folder, and a back office on the loopback."""

from __future__ import annotations

import io
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from sync.contract.ids import uuid7
from sync.contract.models import BundleKind, Manifest, PageEntry, SignedManifest
from sync.contract.signing import key_id, manifest_sha256, sign
from sync.gateway.office import Office
from sync.gateway.serve import GatewayServer
from workstation import i18n
from workstation.cli import main
from workstation.cli.settings import Settings, load_settings
from workstation.cli.wiring import open_store
from workstation.domain.case import Applicant, ApplicantSet, HomeStreetSet, Move, Moved, Opened, Sealed
from workstation.domain.clock import now
from workstation.services.enrolment import Membership, membership
from workstation.store.database import Store, Tx

PASSPHRASE = "口令-1234"
NAME, NUMBER = "赵样本", "44030419550101997X"
PAGE = b"\xff\xd8 one page"


@dataclass
class Seat:
    """One window and how commands are run there."""

    folder: Path
    office: Office
    server: GatewayServer
    url: str
    patch: pytest.MonkeyPatch

    @property
    def settings(self) -> Settings:
        """What commands run with now."""
        return load_settings()

    def run(self, *arguments: str, stdin: str = f"{PASSPHRASE}\n") -> int:
        """Run a command in this process; standard input is no terminal."""
        self.patch.setattr(sys, "stdin", io.StringIO(stdin))
        return main([*arguments])

    def open(self, *arguments: str) -> int:
        """Run a command that opens the store."""
        return self.run(*arguments, "--passphrase-stdin")

    def enrol(self, *arguments: str) -> int:
        """Enrol with a fresh code."""
        return self.open("enrol", self.url, "--code", self.office.new_code("HF"), *arguments)

    @contextmanager
    def started(self, *arguments: str) -> Iterator[subprocess.Popen[str]]:
        """Run a command as its own process, give it the passphrase, and end it for certain."""
        command = [sys.executable, "-m", "workstation.cli", *arguments, "--passphrase-stdin"]
        pipe = subprocess.PIPE
        with subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, text=True) as process:
            assert process.stdin is not None
            process.stdin.write(f"{PASSPHRASE}\n")
            process.stdin.flush()
            try:
                yield process
            finally:
                process.kill()

    @contextmanager
    def store(self) -> Iterator[Store]:
        """Open the store beside the commands."""
        store = open_store(self.settings, PASSPHRASE)
        try:
            yield store
        finally:
            store.close()

    def seal(self, *, in_queue: bool = True) -> str:
        """Receive a case with one page and return the id of its bundle; without the queue it is lost."""
        with self.store() as store:
            digest = store.vault.put(PAGE)
            member = membership(store)
            with store.transaction() as tx:
                return _seal(tx, member, digest, in_queue=in_queue)


def _seal(tx: Tx, member: Membership, digest: str, *, in_queue: bool) -> str:
    enrolment, at = member.enrolment, now()
    case_id = uuid7(at)
    number = f"{enrolment.number_prefix}-{at:%Y%m%d}-{tx.next_serial('test'):04}"
    opened = Opened(number=number, item_code="440", pack_version="1", window="w", receiving_street="HF")
    person = ApplicantSet(applicant=Applicant(name=NAME, id_number=NUMBER))
    received = Moved(move=Move.RECEIVE, number=number, due=_due(at).date())
    tx.record(case_id, opened, person, HomeStreetSet(street="HF"), received, actor="王样本", at=at)
    manifest = Manifest(
        bundle_id=uuid7(at),
        kind=BundleKind.CASE,
        version=1,
        subject=number,
        window_id=enrolment.window_id,
        receiving_street="HF",
        home_street="HF",
        created_at=at,
        pages=(_page(digest),),
        body={"item": {"code": "440", "title": "敬老优待证"}, "state": "RECEIVED"},
    )
    signed = SignedManifest(
        manifest=manifest, key_id=key_id(member.key.public_key()), signature=sign(manifest, member.key)
    )
    if in_queue:
        tx.queue(signed, legal_due_at=_due(at))
    sealed = Sealed(bundle_id=manifest.bundle_id, version=1, manifest_sha256=manifest_sha256(manifest))
    tx.record(case_id, sealed, actor="王样本", at=at)
    return manifest.bundle_id


def _page(digest: str) -> PageEntry:
    return PageEntry(page_id="p1", slot="id-card", sha256=digest, size=len(PAGE), media_type="image/jpeg")


def _due(at: datetime) -> datetime:
    return at + timedelta(days=7)


@pytest.fixture
def seat(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, quick_passphrase: None) -> Iterator[Seat]:
    """A window that has not enrolled, with a back office that answers."""
    folder = tmp_path / "data"
    monkeypatch.setenv("WORKSTATION_DATA", str(folder))
    monkeypatch.setenv("WORKSTATION_CONFIG", str(tmp_path / "workstation.toml"))
    office = Office.open(tmp_path / "office", streets={"HF": "华富街道"})
    server = GatewayServer(office)
    yield Seat(folder, office, server, server.start(), monkeypatch)
    server.stop()
    office.close()
    i18n.install("")


@pytest.fixture
def enrolled(seat: Seat, capsys: pytest.CaptureFixture[str]) -> Seat:
    """The same after `enrol`."""
    assert seat.enrol() == 0
    capsys.readouterr()
    return seat
