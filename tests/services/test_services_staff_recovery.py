"""The recovery key gives a manager who forgot their PIN a new one, and nobody else anything."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from sync.contract.signing import new_key, public_text
from workstation.domain.audit import MACHINE, RECOVERY, Action, Deed, detail_of
from workstation.domain.clock import CHINA
from workstation.domain.people import Person, Role
from workstation.services.audit import check
from workstation.services.audit_check import Fault
from workstation.services.people import People
from workstation.services.people_errors import (
    NotPermitted,
    PersonDisabled,
    PinTooShort,
    ReasonNeeded,
    RecoveryNotWitnessed,
    WrongPin,
)
from workstation.services.staff_recovery import TOLD_FOR, StaffRecovery
from workstation.store.audit import Signer
from workstation.store.database import Store
from workstation.store.keys import DataKey, recovery_signer, recovery_text

NOW = datetime(2026, 11, 20, 10, 42, tzinfo=CHINA)
PIN, FRESH = "246810", "135790"
TEXT, OTHER_TEXT = recovery_text(bytes(range(20))), recovery_text(bytes(range(1, 21)))


pytestmark = pytest.mark.usefixtures("light_pins")


@pytest.fixture
def opened(tmp_path: Path, empty_store: tuple[Path, DataKey]) -> Iterator[Store]:
    """A store of nobody."""
    folder = tmp_path / "data"
    shutil.copytree(empty_store[0], folder)
    store = Store.open(folder, empty_store[1])
    yield store
    store.close()


@pytest.fixture
def people(opened: Store) -> People:
    """A supervisor and a clerk."""
    people = People(opened, lambda: NOW)
    chief = people.begin("李主管", PIN)
    people.add("王样本", Role.CLERK, PIN, by=chief, admit=True)
    return people


def recovery(store: Store, at: datetime = NOW) -> StaffRecovery:
    return StaffRecovery(store, lambda: at)


def announced(people: People) -> StaffRecovery:
    way = recovery(people.store)
    way.announce(recovery_signer(TEXT), by=people.named("李主管"))
    return way


def test_a_manager_comes_back_with_a_new_key_and_the_old_one_still_proves_what_it_signed(
    people: People,
) -> None:
    way, before = announced(people), people.named("李主管")
    person = way.recover("李主管", FRESH, key=recovery_signer(TEXT), reason="忘记口令")
    assert person.public_key != before.public_key
    with pytest.raises(WrongPin):
        people.sign_in(person.person_id, PIN)
    people.sign_in(person.person_id, FRESH)
    people.add("周样本", Role.CLERK, PIN, by=person)
    assert check(people.store) == ()
    entry = next(e for e in people.store.audit.entries() if e.action == Action.PIN_RECOVERED)
    assert (entry.actor, entry.reason) == (RECOVERY, "忘记口令")


def test_everybody_is_told_for_a_month(people: People) -> None:
    way = announced(people)
    assert way.last() is None
    way.recover("李主管", FRESH, key=recovery_signer(TEXT), reason="忘记口令")
    told = recovery(people.store, NOW + TOLD_FOR - timedelta(minutes=1)).last()
    assert told is not None and "李主管" in told.words
    assert recovery(people.store, NOW + TOLD_FOR).last() is None


def test_a_key_that_was_witnessed_before_there_were_people_counts(opened: Store) -> None:
    recovery(opened).announce(recovery_signer(TEXT), by=None)
    People(opened, lambda: NOW).begin("李主管", PIN)
    recovery(opened).recover("李主管", FRESH, key=recovery_signer(TEXT), reason="忘记口令")
    assert check(opened) == ()


def test_no_other_key_recovers_anybody(people: People) -> None:
    way = recovery(people.store)
    for text in (TEXT, OTHER_TEXT):
        with pytest.raises(RecoveryNotWitnessed):
            way.recover("李主管", FRESH, key=recovery_signer(text), reason="x")
    announced(people)
    with pytest.raises(RecoveryNotWitnessed):
        way.recover("李主管", FRESH, key=recovery_signer(OTHER_TEXT), reason="x")
    way.announce(recovery_signer(OTHER_TEXT), by=people.named("李主管"))
    with pytest.raises(RecoveryNotWitnessed):
        way.recover("李主管", FRESH, key=recovery_signer(TEXT), reason="x")
    people.sign_in(people.named("李主管").person_id, PIN)


def test_no_clerk_makes_a_key_that_counts_or_comes_back_by_one(people: People) -> None:
    way, clerk = recovery(people.store), people.named("王样本")
    for by in (None, clerk, replace(clerk, role=Role.SUPERVISOR)):
        with pytest.raises(NotPermitted):
            way.announce(recovery_signer(TEXT), by=by)
    announced(people)
    with pytest.raises(NotPermitted):
        way.recover("王样本", FRESH, key=recovery_signer(TEXT), reason="x")


def test_a_recovery_wants_a_reason_a_pin_and_somebody_who_works_here(people: People) -> None:
    way, key = announced(people), recovery_signer(TEXT)
    with pytest.raises(ReasonNeeded):
        way.recover("李主管", FRESH, key=key, reason="  ")
    with pytest.raises(PinTooShort):
        way.recover("李主管", "12345", key=key, reason="x")
    chief = people.named("李主管")
    people.add("郑样本", Role.SUPERVISOR, PIN, by=chief)
    people.disable("郑样本", by=chief)
    with pytest.raises(PersonDisabled):
        way.recover("郑样本", FRESH, key=key, reason="x")


def forged(people: People, action: Action, signer: Signer, person: Person, key: Ed25519PrivateKey) -> None:
    """Write what an insider with the open database could: past the services, past the entitlement."""
    store = people.store
    facts = detail_of(person=person.person_id, role=person.role.value, key=public_text(key))
    store.audit.signers.admit("forger", signer)
    with store.transaction() as tx:
        tx.put_person(replace(person, public_key=public_text(key)), tx.wrapped_key(person.person_id))
        tx.note(Deed(action=action, detail=facts), actor="forger", at=NOW)


def test_an_insider_who_forges_a_recovery_or_its_key_is_found(
    people: People, tmp_path: Path, empty_store: tuple[Path, DataKey]
) -> None:
    announced(people)
    machine = people.store.audit.signers.machine
    clerk = people.store.audit.signers.of("王样本")
    chief, mine = people.named("李主管"), new_key()
    attacks = (
        (Action.PIN_RECOVERED, Signer(MACHINE, machine.key), chief, Fault.NOT_ENTITLED),
        (Action.PIN_RECOVERED, clerk, chief, Fault.NOT_ENTITLED),
        (Action.PIN_RECOVERED, Signer(RECOVERY, mine), chief, Fault.UNKNOWN_KEY),
        (
            Action.PIN_RECOVERED,
            Signer(RECOVERY, recovery_signer(TEXT)),
            people.named("王样本"),
            Fault.NOT_ENTITLED,
        ),
        (Action.PERSON_ADDED, Signer(RECOVERY, recovery_signer(TEXT)), chief, Fault.NOT_ENTITLED),
        (Action.RECOVERY_MADE, Signer(MACHINE, machine.key), chief, Fault.NOT_ENTITLED),
        (Action.RECOVERY_MADE, clerk, chief, Fault.NOT_ENTITLED),
    )
    people.store.close()
    for place, (action, signer, person, fault) in enumerate(attacks):
        folder = tmp_path / f"attack-{place}"
        shutil.copytree(tmp_path / "data", folder)
        store = Store.open(folder, empty_store[1])
        forged(People(store, lambda: NOW), action, signer, person, mine)
        assert fault in {finding.fault for finding in check(store)}, (action, signer.actor)
        store.close()
