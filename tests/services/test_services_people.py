"""The staff: keys behind PINs, waits nobody can shorten, and a part that bounds what somebody may do."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.services.conftest import NOW
from workstation.domain.audit import MACHINE, Action
from workstation.domain.lockout import FREE_TRIES, NO_TRIES, WAITS_S, Tries, Uptime, left_s, one_more, settled
from workstation.domain.people import RIGHTS, Person, Role
from workstation.services.audit import check
from workstation.services.people import People
from workstation.services.people_errors import (
    LastManager,
    LockedOut,
    NameMissing,
    NameTaken,
    NotPermitted,
    PersonDisabled,
    PinTooShort,
    ReasonNeeded,
    UnknownPerson,
    WrongPin,
)
from workstation.store.database import Store

PIN, OTHER = "246810", "135790"


pytestmark = pytest.mark.usefixtures("light_pins")


@dataclass
class Machine:
    """A computer's uptime, turned by the test."""

    boot: str = "a"
    ms: int = 1_000_000

    def __call__(self) -> Uptime:
        return Uptime(self.boot, self.ms)


@pytest.fixture
def machine() -> Machine:
    return Machine()


@pytest.fixture
def people(store: Store, machine: Machine) -> People:
    return People(store, lambda: NOW, machine)


def chief_of(people: People, pin: str = PIN) -> Person:
    """The first person, signed in."""
    return people.begin("李主管", pin)


def wrong(people: People, person_id: str, times: int) -> None:
    for _ in range(times):
        with pytest.raises((WrongPin, LockedOut)):
            people.sign_in(person_id, "000000")


def test_there_is_a_row_of_rights_for_each_part() -> None:
    assert set(RIGHTS) == set(Role)


def test_the_first_person_needs_nobody_and_the_second_a_manager(people: People) -> None:
    chief = chief_of(people, "four")
    assert chief.role is Role.SUPERVISOR
    with pytest.raises(NotPermitted):
        people.add("王样本", Role.CLERK, PIN)
    clerk = people.add("王样本", Role.CLERK, PIN, by=chief)
    with pytest.raises(NotPermitted):
        people.add("钱样本", Role.CLERK, PIN, by=clerk)
    assert people.sign_in(clerk.person_id, PIN) == clerk
    assert check(people.store) == ()


def test_what_a_person_does_is_signed_by_their_own_key(people: People) -> None:
    chief = chief_of(people)
    *_, before, after = people.store.audit.entries()
    assert before.actor == MACHINE and after.actor == chief.person_id and before.key != after.key
    assert after.action == Action.UNLOCKED


def test_full_and_half_width_pins_are_the_same(people: People) -> None:
    chief = chief_of(people)
    assert people.sign_in(chief.person_id, "\uff12\uff14\uff16\uff18\uff11\uff10")


@pytest.mark.parametrize("pin", ["", "x" * 4000, "\x00", "\ud800", "口令口令口令", "' OR 1=1 --"])
def test_odd_pins_open_nothing_and_break_nothing(people: People, pin: str) -> None:
    chief = chief_of(people)
    with pytest.raises(WrongPin):
        people.sign_in(chief.person_id, pin)


def test_the_fifth_wrong_pin_in_a_row_makes_wait_even_with_the_right_one(
    people: People, machine: Machine
) -> None:
    chief = chief_of(people)
    wrong(people, chief.person_id, FREE_TRIES)
    with pytest.raises(LockedOut) as caught:
        people.sign_in(chief.person_id, PIN)
    assert caught.value.details == {"until": "10:42:30"}
    machine.ms += WAITS_S[0] * 1000 - 1
    with pytest.raises(LockedOut):
        people.sign_in(chief.person_id, PIN)
    machine.ms += 1
    assert people.sign_in(chief.person_id, PIN)
    wrong(people, chief.person_id, FREE_TRIES - 1)
    assert people.sign_in(chief.person_id, PIN), "the right one begins the count anew"
    assert Action.LOCKED_OUT in {entry.action for entry in people.store.audit.entries()}


def test_waits_grow_and_a_restart_of_program_or_computer_shortens_none(
    people: People, machine: Machine, store: Store
) -> None:
    chief = chief_of(people)
    wrong(people, chief.person_id, FREE_TRIES)
    machine.ms += WAITS_S[0] * 1000
    wrong(people, chief.person_id, 1)
    again = People(store, lambda: NOW, machine)
    machine.ms += WAITS_S[0] * 1000
    with pytest.raises(LockedOut):
        again.sign_in(chief.person_id, PIN)
    machine.boot, machine.ms = "b", 5
    with pytest.raises(LockedOut):
        again.sign_in(chief.person_id, PIN)
    machine.ms += WAITS_S[1] * 1000 - 1
    with pytest.raises(LockedOut):
        again.sign_in(chief.person_id, PIN)
    machine.ms += 1
    assert again.sign_in(chief.person_id, PIN)


def test_a_try_counts_before_it_is_made(people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    chief = chief_of(people)

    def dies(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("workstation.services.people.opened_key", dies)
        with pytest.raises(KeyboardInterrupt):
            people.sign_in(chief.person_id, "000000")
    with pytest.raises(WrongPin) as caught:
        people.sign_in(chief.person_id, "000000")
    assert caught.value.details == {"left": FREE_TRIES - 2}


@given(
    wrong=st.integers(0, 30),
    since=st.integers(0, 10**9),
    steps=st.lists(st.tuples(st.booleans(), st.integers(0, 10**7)), max_size=6),
)
def test_only_uptime_shortens_a_wait(wrong: int, since: int, steps: list[tuple[bool, int]]) -> None:
    tries, now, passed = Tries(wrong, "0", since), Uptime("0", since), 0
    for number, (restarts, ms) in enumerate(steps):
        now = Uptime(f"{number + 1}", ms) if restarts else Uptime(now.boot, now.ms + ms)
        passed = 0 if restarts else passed + ms
        tries = settled(tries, now)
        assert left_s(tries, now) * 1000 >= tries.wait_s * 1000 - passed
    assert settled(NO_TRIES, now) == NO_TRIES and one_more(tries, now).wait_s >= tries.wait_s


def test_a_disabled_person_cannot_sign_in_and_the_last_manager_stays(people: People) -> None:
    chief = chief_of(people)
    clerk = people.add("王样本", Role.CLERK, PIN, by=chief)
    people.disable("王样本", by=chief, reason="调离")
    with pytest.raises(PersonDisabled):
        people.sign_in(clerk.person_id, PIN)
    with pytest.raises(LastManager):
        people.disable("李主管", by=chief)
    people.enable("王样本", by=chief)
    assert people.sign_in(clerk.person_id, PIN)
    assert check(people.store) == ()


def test_a_manager_who_has_not_signed_in_or_was_disabled_manages_nobody(people: People) -> None:
    chief = chief_of(people)
    other = people.add("周主管", Role.SUPERVISOR, PIN, by=chief)
    with pytest.raises(NotPermitted):
        people.disable("李主管", by=other)
    people.sign_in(other.person_id, PIN)
    people.disable("李主管", by=other)
    with pytest.raises(NotPermitted):
        people.add("王样本", Role.CLERK, PIN, by=chief)


def test_a_pin_set_anew_comes_with_a_new_key_and_a_reason(people: People) -> None:
    chief = chief_of(people)
    clerk = people.add("王样本", Role.CLERK, PIN, by=chief)
    with pytest.raises(ReasonNeeded):
        people.reset_pin("王样本", OTHER, by=chief, reason=" ")
    fresh = people.reset_pin("王样本", OTHER, by=chief, reason="忘记口令")
    assert fresh.public_key != clerk.public_key
    with pytest.raises(WrongPin):
        people.sign_in(clerk.person_id, PIN)
    assert people.sign_in(clerk.person_id, OTHER)
    assert check(people.store) == ()


def test_ones_own_pin_is_changed_by_who_knows_it_and_the_key_stays(people: People) -> None:
    chief = chief_of(people)
    with pytest.raises(WrongPin):
        people.change_pin(chief, OTHER, "999999")
    people.change_pin(chief, PIN, OTHER)
    assert people.sign_in(chief.person_id, OTHER) == chief
    assert check(people.store) == ()


def test_names_are_unique_for_ever_and_pins_are_long_enough(people: People) -> None:
    chief = chief_of(people)
    people.add("王样本", Role.CLERK, PIN, by=chief)
    people.disable("王样本", by=chief)
    with pytest.raises(NameTaken):
        people.add(" 王样本 ", Role.CLERK, PIN, by=chief)
    with pytest.raises(PinTooShort):
        people.add("钱样本", Role.CLERK, "12345", by=chief)
    with pytest.raises(NameMissing):
        people.add("  ", Role.CLERK, PIN, by=chief)
    with pytest.raises(UnknownPerson):
        people.named("谁")


def test_the_stores_passphrase_signs_in_whose_pin_it_is_and_counts_nothing(people: People) -> None:
    chief = chief_of(people)
    clerk = people.add("王样本", Role.CLERK, OTHER, by=chief)
    people.sign_in(clerk.person_id, OTHER)
    assert people.sign_in_by_passphrase(PIN) is None, "the last one here has another PIN"
    assert people.sign_in_by_passphrase(OTHER) == clerk
    wrong(people, clerk.person_id, FREE_TRIES)
    assert people.sign_in_by_passphrase(OTHER) is None, "a passphrase is no way round the wait"
