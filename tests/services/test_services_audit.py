"""The audit chain: whatever is done to it is found, and nothing is found that was not done."""

from __future__ import annotations

import multiprocessing
import os
import shutil
import signal
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from sync.access import Identity
from sync.contract.anchors import AnchorPoint, AnchorRequest, Anchors, SignedAnchor
from sync.contract.models import EnrolmentRequest
from sync.contract.signing import load_public, new_key, public_text
from sync.errors import Conflict
from sync.gateway.enrolment import Window as GatewayWindow
from sync.gateway.errors import AnchorBehind, AnchorForked, AnchorGap
from sync.gateway.office import Office
from tests.services.audit_attacks import ATTACKS, insider_of
from tests.services.conftest import PROFILE
from workstation.domain.audit import Action, Deed
from workstation.domain.clock import CHINA
from workstation.domain.people import Person, Role
from workstation.services.anchoring import TROUBLE, Anchoring, seen_online
from workstation.services.audit import AuditDesk, check
from workstation.services.audit_check import Fault
from workstation.services.people import People
from workstation.services.people_errors import NotPermitted, ReasonNeeded
from workstation.store import people as staff
from workstation.store.audit import HEAD_FILE
from workstation.store.database import Store
from workstation.store.engine import FILE_NAME
from workstation.store.errors import ConcurrentChange
from workstation.store.keys import DataKey

NOW = datetime(2026, 11, 20, 10, 42, tzinfo=CHINA)
LENGTH = 24
PIN = "246810"


@pytest.fixture(scope="session", autouse=True)
def light_pins() -> Iterator[None]:
    """Stretch PINs for a moment only; how long it takes is no matter of these tests."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(staff, "ARGON2ID", {"iterations": 1, "lanes": 1, "memory_kib": 64})
        yield


@dataclass(frozen=True)
class Past:
    """A folder with a chain that is whole."""

    folder: Path
    key: DataKey
    former: Ed25519PrivateKey
    former_id: str
    clerk_id: str


@pytest.fixture(scope="session")
def past(tmp_path_factory: pytest.TempPathFactory, empty_store: tuple[Path, DataKey]) -> Past:
    """Three people, one of whom left, and what they did."""
    folder, key = tmp_path_factory.mktemp("audited") / "data", empty_store[1]
    shutil.copytree(empty_store[0], folder)
    store = Store.open(folder, key)
    people = People(store, lambda: NOW)
    chief = people.add("李主管", Role.SUPERVISOR, PIN)
    people.sign_in(chief.person_id, PIN)
    clerk = people.add("王样本", Role.CLERK, PIN, by=chief)
    former = people.add("钱样本", Role.CLERK, PIN, by=chief)
    for person in (former, clerk):
        people.sign_in(person.person_id, PIN)
    former_key = store.audit.signers.of("钱样本").key
    people.disable("钱样本", by=chief, reason="调离")
    while store.audit.head().seq < LENGTH:
        look(store)
    store.close()
    return Past(folder, key, former_key, former.person_id, clerk.person_id)


def look(store: Store, actor: str = "王样本", person: str = "440304199001019979") -> None:
    with store.transaction() as tx:
        tx.note(Deed(action=Action.LOOKED, person=person, case="W03-1", item="440"), actor=actor, at=NOW)


@pytest.fixture
def chain(past: Past, tmp_path: Path) -> Iterator[Store]:
    shutil.copytree(past.folder, tmp_path / "data")
    store = Store.open(tmp_path / "data", past.key)
    yield store
    store.close()


def test_a_whole_chain_is_whole(chain: Store) -> None:
    assert check(chain) == () and chain.audit.head().seq == LENGTH


@pytest.mark.parametrize("place", ["head", "middle", "tail"])
@pytest.mark.parametrize("name", ATTACKS)
def test_every_attack_at_every_place_is_found(chain: Store, past: Past, name: str, place: str) -> None:
    seq = {"head": 2, "middle": LENGTH // 2, "tail": LENGTH}[place]
    insider = insider_of(chain, past.former, past.former_id, past.clerk_id)
    ATTACKS[name](insider, seq, LENGTH)
    assert check(chain), f"{name} at {place} was not noticed"


@pytest.mark.parametrize("length", [0, 1, LENGTH // 2, LENGTH - 1])
def test_a_cut_tail_is_found(chain: Store, past: Past, length: int) -> None:
    insider_of(chain, past.former, past.former_id, past.clerk_id).run(
        "DELETE FROM audit_entries WHERE seq > ?", length
    )
    assert Fault.CUT in {finding.fault for finding in check(chain)}


def test_a_database_put_back_from_a_copy_is_found(chain: Store, past: Past, tmp_path: Path) -> None:
    look(chain)
    chain.close()
    for ending in ("", "-wal", "-shm"):
        (tmp_path / "data" / f"{FILE_NAME}{ending}").unlink(missing_ok=True)
    shutil.copy(past.folder / FILE_NAME, tmp_path / "data" / FILE_NAME)
    back = Store.open(tmp_path / "data", past.key)
    assert {finding.fault for finding in check(back)} == {Fault.CUT}
    look(back)
    assert {finding.fault for finding in check(back)} == {Fault.REPLACED}
    back.close()


@pytest.mark.parametrize("way", ["gone", "bent", "empty"])
def test_the_file_beside_the_database_cannot_be_bent_or_taken_away(
    chain: Store, tmp_path: Path, way: str
) -> None:
    file = tmp_path / "data" / HEAD_FILE
    before = file.read_text()
    if way == "gone":
        file.unlink()
    else:
        file.write_text(before.replace(f'"seq": {LENGTH}', '"seq": 3') if way == "bent" else "")
    look(chain)
    assert {finding.fault for finding in check(chain)} == {Fault.MEMO}


def test_a_person_slipped_into_the_staff_is_found(chain: Store, past: Past) -> None:
    insider = insider_of(chain, past.former, past.former_id, past.clerk_id)
    insider.run("UPDATE people SET role = 'SUPERVISOR' WHERE person_id = ?", past.clerk_id)
    assert {finding.fault for finding in check(chain)} == {Fault.STAFF}


def test_a_clerk_who_enrols_somebody_is_found(chain: Store, past: Past) -> None:
    insider = insider_of(chain, past.former, past.former_id, past.clerk_id)
    insider.run("UPDATE people SET role = 'SUPERVISOR' WHERE person_id = ?", past.clerk_id)
    people = People(chain, lambda: NOW)
    clerk = people.sign_in(past.clerk_id, PIN)
    people.add("周样本", Role.SUPERVISOR, PIN, by=clerk)
    assert Fault.NOT_ENTITLED in {finding.fault for finding in check(chain)}


def test_the_database_itself_refuses_to_change_a_link(chain: Store) -> None:
    for sql in ("UPDATE audit_entries SET reason = 'x'", "DELETE FROM audit_entries"):
        with pytest.raises(ConcurrentChange), chain._database.cursor() as cursor:
            cursor.execute(sql)
    assert check(chain) == ()


def _look_for_ever(folder: Path, secret: bytes) -> None:
    store = Store.open(folder, DataKey(secret))
    while True:
        look(store)


def test_nothing_is_found_after_kill_nine_in_the_middle_of_work(past: Past, tmp_path: Path) -> None:
    folder = tmp_path / "data"
    shutil.copytree(past.folder, folder)
    process = multiprocessing.get_context("spawn").Process(
        target=_look_for_ever, args=(folder, past.key._secret)
    )
    process.start()
    store = Store.open(folder, past.key)
    while store.audit.head().seq < LENGTH + 8:
        process.join(0.02)
        assert process.is_alive()
    assert process.pid is not None
    os.kill(process.pid, signal.SIGKILL)
    process.join()
    store.recover(NOW)
    assert check(store) == ()
    look(store)
    assert check(store) == ()
    store.close()


# --- anchors ------------------------------------------------------------------------------------------------


@dataclass
class Line:
    """The gateway's book without the wire between."""

    office: Office
    identity: Identity
    losing: bool = False
    """The next answer is lost on the way."""

    def put_anchor(self, head: AnchorPoint, after: AnchorPoint | None) -> SignedAnchor:
        try:
            signed = self.office.anchors.keep(self.identity.window_id, AnchorRequest(head=head, after=after))
        except (AnchorBehind, AnchorForked, AnchorGap) as refused:
            raise Conflict(refused.code) from refused
        if self.losing:
            self.losing = False
            raise Conflict("lost")
        return signed

    def anchors(self, after: int = 0) -> Anchors:
        return self.office.anchors.since(self.identity.window_id, after)


@pytest.fixture
def line(tmp_path: Path) -> Iterator[Line]:
    office = Office.open(tmp_path / "office")
    window = enrolled(office)
    identity = Identity(
        window_id=window.window_id,
        gateway_id=office.gateway_id,
        gateway_key=office.key.public_key(),
        private_key=Ed25519PrivateKey.generate(),
    )
    yield Line(office, identity)
    office.close()


def enrolled(office: Office) -> GatewayWindow:
    request = EnrolmentRequest(
        code=office.new_code("HF"),
        public_key=public_text(new_key().public_key()),
        window_name="03",
        street="HF",
        practice=False,
    )
    return office.registry.enrol(request, office.clock())


def found(store: Store, line: Line, *, online: bool = True) -> set[Fault]:
    findings = check(
        store,
        gateway_id=line.identity.gateway_id,
        gateway_key=line.identity.gateway_key,
        online=seen_online(line) if online else (),
    )
    return {finding.fault for finding in findings}


def test_each_round_anchors_the_head_and_nothing_is_wrong(chain: Store, line: Line) -> None:
    for _ in range(3):
        look(chain)
        Anchoring(chain).run(line)
        Anchoring(chain).run(line)
    assert [seen.seq for seen in seen_online(line)] == [LENGTH + 1, LENGTH + 2, LENGTH + 3]
    assert found(chain, line) == set() and not chain.setting(TROUBLE)
    assert chain.audit.memo().receipt


def test_an_answer_lost_on_the_way_is_no_fork(chain: Store, line: Line) -> None:
    line.losing = True
    Anchoring(chain).run(line)
    look(chain)
    Anchoring(chain).run(line)
    assert found(chain, line) == set() and not chain.setting(TROUBLE)
    assert chain.audit.anchors()[-1].seq == LENGTH + 1


def test_a_gateway_restored_from_a_backup_goes_on_with_the_chain(chain: Store, line: Line) -> None:
    for _ in range(3):
        look(chain)
        Anchoring(chain).run(line)
    line.office.database.write(lambda rows: rows.execute("DELETE FROM anchor WHERE seq > ?", (LENGTH + 1,)))
    look(chain)
    Anchoring(chain).run(line)
    assert found(chain, line) == set() and not chain.setting(TROUBLE)


@pytest.mark.parametrize("longer", [False, True])
def test_a_whole_folder_put_back_is_found_by_the_gateway(
    chain: Store, past: Past, line: Line, tmp_path: Path, longer: bool
) -> None:
    look(chain)
    Anchoring(chain).run(line)
    chain.close()
    shutil.rmtree(tmp_path / "data")
    shutil.copytree(past.folder, tmp_path / "data")
    back = Store.open(tmp_path / "data", past.key)
    for _ in range(3 if longer else 0):
        look(back, person="440304199001019987")
    assert found(back, line, online=False) == set(), "nobody here can know"
    assert found(back, line) == ({Fault.REPLACED} if longer else {Fault.CUT})
    Anchoring(back).run(line)
    assert back.setting(TROUBLE) == str(LENGTH + 1)
    assert len(list(seen_online(line))) == 1, "the gateway keeps what it saw"
    back.close()


def test_a_receipt_that_is_not_the_gateways_is_found(chain: Store, past: Past, line: Line) -> None:
    Anchoring(chain).run(line)
    insider = insider_of(chain, past.former, past.former_id, past.clerk_id)
    insider.run("UPDATE audit_anchors SET receipt = replace(receipt, 'gw-', 'gw-') || ' '")
    assert found(chain, line) == set()
    insider.run("UPDATE audit_anchors SET receipt = replace(receipt, '\"seq\":24', '\"seq\":3')")
    assert Fault.RECEIPT in found(chain, line)


# --- reading ------------------------------------------------------------------------------------------------


def supervisor(store: Store) -> AuditDesk:
    people = People(store, lambda: NOW)
    chief: Person = people.sign_in(people.named("李主管").person_id, PIN)
    profile = replace(PROFILE, clerk=chief.name, role=chief.role, person_id=chief.person_id)
    return AuditDesk(store, profile, lambda: NOW + timedelta(minutes=1))


def test_who_saw_this_persons_papers_is_answered_and_asking_is_an_entry(chain: Store, past: Past) -> None:
    look(chain, person="440304199001019987")
    desk = supervisor(chain)
    entries = desk.trace(person="440304199001019987", reason="本人查询")
    assert [entry.action for entry in entries] == [Action.LOOKED, Action.AUDIT_READ]
    assert desk.trace(actor=past.clerk_id, since=NOW + timedelta(days=1), reason="抽查") == ()
    assert check(chain) == ()


def test_a_clerk_or_nobody_cannot_read_it_and_a_reason_is_due(chain: Store) -> None:
    desk = supervisor(chain)
    with pytest.raises(ReasonNeeded):
        desk.trace(case="W03-1", reason=" ")
    for profile in (replace(desk.profile, role=Role.CLERK), replace(desk.profile, person_id="")):
        with pytest.raises(NotPermitted):
            AuditDesk(chain, profile, desk.clock).trace(case="W03-1", reason="x")


def test_a_key_travels_as_text(chain: Store) -> None:
    assert all(load_public(person.public_key) for person in chain.people())
