"""The door of a window: the machine or a passphrase opens the store, a PIN says who is there."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import pytest

from workstation.cli import wiring
from workstation.cli.settings import Settings
from workstation.cli.wiring import StationGate, open_store
from workstation.domain.clock import now
from workstation.domain.people import Person, Role
from workstation.services.audit import check
from workstation.services.people import People
from workstation.services.people_errors import PinNeeded, WrongPin
from workstation.store import keys
from workstation.store import people as staff
from workstation.store.database import Store
from workstation.store.errors import WrongPassphrase
from workstation.store.keys import KeySlots

LIGHT = {"iterations": 1, "lanes": 1, "memory_kib": 64}
PASSPHRASE, PIN = "four", "246810"


@pytest.fixture(autouse=True)
def light(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(staff, "ARGON2ID", LIGHT)
    monkeypatch.setattr(keys, "ARGON2ID", LIGHT)

    def seen(_settings: Settings, store: Store, *, person: Person, **_: Any) -> tuple[Store, Person]:
        return store, person

    monkeypatch.setattr(wiring, "build_station", seen)
    yield


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_folder=tmp_path / "data", config_file=tmp_path / "x.toml", clerk="王样本")


def entered(gate: StationGate, secret: str, person_id: str = "") -> tuple[Store, Person]:
    return cast(tuple[Store, Person], gate.unlock(secret, person_id))


def test_a_store_from_before_there_were_people_keeps_its_clerk_and_its_secret(settings: Settings) -> None:
    open_store(settings, PASSPHRASE).close()
    for _ in range(2):
        store, person = entered(StationGate(settings), PASSPHRASE)
        assert (person.name, person.role) == ("王样本", Role.SUPERVISOR)
        assert len(store.people()) == 1 and check(store) == ()
        store.close()


def test_a_passphrase_that_is_nobodys_pin_opens_the_store_and_then_asks_who(settings: Settings) -> None:
    store, chief = entered(StationGate(settings), PASSPHRASE)
    people = People(store, now)
    clerk = people.add("周样本", Role.CLERK, PIN, by=chief)
    people.sign_in(clerk.person_id, PIN)
    store.close()
    gate = StationGate(settings)
    assert gate.people() == ()
    with pytest.raises(WrongPassphrase):
        gate.unlock(PIN)
    with pytest.raises(PinNeeded):
        gate.unlock(PASSPHRASE)
    assert [person.name for person in gate.people()] == ["周样本", "王样本"]
    with pytest.raises(WrongPin):
        gate.unlock("000000", clerk.person_id)
    store, person = entered(gate, PASSPHRASE, chief.person_id)
    assert person == chief and gate.people() == ()
    store.close()


def test_a_machine_key_opens_the_store_and_only_the_pin_is_typed(settings: Settings, tmp_path: Path) -> None:
    entered(StationGate(settings), PASSPHRASE)[0].close()
    slots, file = KeySlots(settings.data_folder), tmp_path / "machine.key"
    slots.add_machine_key(slots.unlock_with_passphrase(PASSPHRASE), file)
    gate = StationGate(Settings(**{**_values(settings), "machine_key": str(file)}))
    (person,) = gate.people()
    store, entered_as = entered(gate, PASSPHRASE, person.person_id)
    assert entered_as == person
    store.close()
    file.unlink()
    assert StationGate(Settings(**{**_values(settings), "machine_key": str(file)})).people() == ()


def _values(settings: Settings) -> dict[str, Any]:
    return {name: getattr(settings, name) for name in Settings.__dataclass_fields__}


def test_a_door_nobody_went_through_is_shut(settings: Settings) -> None:
    store, chief = entered(StationGate(settings), PASSPHRASE)
    people = People(store, now)
    people.sign_in(people.add("周样本", Role.CLERK, PIN, by=chief).person_id, PIN)
    store.close()
    gate = StationGate(settings)
    with pytest.raises(PinNeeded):
        gate.unlock(PASSPHRASE)
    held = gate.door.store
    gate.close()
    assert held is not None and gate.door.store is None
