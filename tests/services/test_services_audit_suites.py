"""The audit chain over both hashes: a switch the program said is whole, any other is found."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pytest

from sync.contract.suites import NoNationalAlgorithms, Suite
from tests.services.audit_attacks import ATTACKS, SWITCHES, Insider, insider_of
from workstation.domain.audit import Action, Deed
from workstation.domain.clock import CHINA
from workstation.domain.people import Role
from workstation.services.audit import check
from workstation.services.audit_check import Fault
from workstation.services.people import People
from workstation.store import audit
from workstation.store import people as staff
from workstation.store.database import Store
from workstation.store.errors import SuiteUnavailable
from workstation.store.keys import DataKey

NOW = datetime(2026, 11, 20, 10, 42, tzinfo=CHINA)
PIN = "246810"
IN_SM3 = 7
"""Place of an entry that a clerk signed, hashed with SM3."""


@dataclass(frozen=True)
class Past:
    """A folder whose chain went over to SM3."""

    folder: Path
    key: DataKey
    clerk_id: str


@pytest.fixture(scope="module")
def past(tmp_path_factory: pytest.TempPathFactory, empty_store: tuple[Path, DataKey]) -> Iterator[Past]:
    folder, key = tmp_path_factory.mktemp("rehashed") / "data", empty_store[1]
    shutil.copytree(empty_store[0], folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(staff, "ARGON2ID", {"iterations": 1, "lanes": 1, "memory_kib": 64})
        store = Store.open(folder, key)
        people = People(store, lambda: NOW)
        chief = people.add("李主管", Role.SUPERVISOR, PIN)
        people.sign_in(chief.person_id, PIN)
        clerk = people.add("王样本", Role.CLERK, PIN, by=chief)
        store.close()
        store = Store.open(folder, key, Suite.GUOMI)
        People(store, lambda: NOW).sign_in(clerk.person_id, PIN)
        while store.audit.head().seq < IN_SM3 + 3:
            look(store)
        store.close()
        yield Past(folder, key, clerk.person_id)


def look(store: Store) -> None:
    with store.transaction() as tx:
        tx.note(Deed(action=Action.LOOKED, person="440304199001019979", case="W03-1"), actor="王样本", at=NOW)


@pytest.fixture
def chain(past: Past, tmp_path: Path) -> Iterator[Store]:
    shutil.copytree(past.folder, tmp_path / "data")
    store = Store.open(tmp_path / "data", past.key, Suite.GUOMI)
    yield store
    store.close()


def _insider(store: Store, past: Past) -> Insider:
    return insider_of(store, store.audit.signers.machine.key, past.clerk_id, past.clerk_id)


def test_a_chain_that_changed_its_hash_and_back_is_whole_and_says_when(chain: Store, past: Past) -> None:
    chain.close()
    back = Store.open(chain._folder, past.key)
    look(back)
    assert check(back) == ()
    said = [(entry.hashing, entry.detail) for entry in back.audit.entries() if entry.action == "REHASHED"]
    assert said == [("sm3", '{"hash":"sm3"}'), ("", '{"hash":"sha-256"}')]
    assert back.audit.entries()[IN_SM3 - 1].hashing == "sm3"
    back.close()


def test_a_chain_begun_under_the_national_policy_is_sm3_from_its_first_link(
    tmp_path: Path,
) -> None:
    store = Store.create(tmp_path / "data", DataKey.new(), Suite.GUOMI)
    look(store)
    assert {entry.hashing for entry in store.audit.entries()} == {"sm3"}
    assert check(store) == ()
    store.close()


def test_a_chain_written_before_entries_named_their_hash_is_whole_after_the_upgrade(
    tmp_path: Path, empty_store: tuple[Path, DataKey]
) -> None:
    folder, key = tmp_path / "data", empty_store[1]
    shutil.copytree(empty_store[0], folder)
    store = Store.open(folder, key)
    look(store)
    with store._database.cursor() as cursor:
        cursor.execute("ALTER TABLE audit_entries DROP COLUMN hashing")
        cursor.execute("UPDATE alembic_version SET version_num = '0007'")
    store.close()
    store = Store.open(folder, key, Suite.GUOMI)
    look(store)
    assert [entry.hashing for entry in store.audit.entries()] == ["", "", "sm3", "sm3"]
    assert check(store) == ()
    store.close()


@pytest.mark.parametrize("name", SWITCHES)
def test_every_forged_switch_is_found(chain: Store, past: Past, name: str) -> None:
    insider = _insider(chain, past)
    assert insider.row(IN_SM3).hashing == "sm3"
    SWITCHES[name](insider, IN_SM3, chain.audit.head().seq)
    assert check(chain), f"{name} was not noticed"


@pytest.mark.parametrize("name", ATTACKS)
def test_every_attack_on_a_link_in_sm3_is_found(chain: Store, past: Past, name: str) -> None:
    ATTACKS[name](_insider(chain, past), IN_SM3, chain.audit.head().seq)
    assert check(chain), f"{name} was not noticed"


def test_a_switch_at_the_end_that_nobody_said_is_found_as_one(chain: Store, past: Past) -> None:
    """By somebody with the machine's key, who signs rightly."""
    insider, last = _insider(chain, past), chain.audit.head().seq
    with chain._database.write() as session:
        present = audit.head(session)
        quiet = audit.Head(present.seq, present.hash)
        audit._link(session, chain.audit.signers.machine, quiet, Deed(action=Action.SETTING), "", NOW)
    assert insider.row(last + 1).hashing == ""
    assert [(finding.fault, finding.seq) for finding in check(chain)] == [(Fault.SWITCHED, last + 1)]


def test_without_sm3_a_chain_in_sm3_is_not_called_forged(
    chain: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lacking(_data: bytes) -> str:
        raise NoNationalAlgorithms

    monkeypatch.setitem(audit.HASHES, "sm3", lacking)
    with pytest.raises(SuiteUnavailable):
        check(chain)
