"""The staff of a window: enrolling, signing in with a PIN, and what happens when it is wrong too often."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from sync.contract.signing import new_key, public_text
from workstation.domain.audit import MACHINE, Action, Deed, detail_of
from workstation.domain.clock import Clock
from workstation.domain.lockout import NO_TRIES, Tries, Uptime, left_s, one_more, settled
from workstation.domain.people import Person, Role, manages
from workstation.services.ids import new_id
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
from workstation.store.audit import Signer
from workstation.store.database import Store
from workstation.store.people import opened_key, wrapped_key

LEAST_PIN = 6
LAST = "people.last"
"""Setting: who signed in last."""
BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


def uptime() -> Uptime:
    """Return the run of the computer and how long it lasts; sleep counts."""
    try:
        boot = BOOT_ID.read_text().strip()
    except OSError:
        boot = "unknown"
    return Uptime(boot, int(time.clock_gettime(time.CLOCK_BOOTTIME) * 1000))


@dataclass(frozen=True)
class People:
    """The staff of one store."""

    store: Store
    clock: Clock
    uptime: Callable[[], Uptime] = uptime

    def everybody(self) -> tuple[Person, ...]:
        """Return all people, disabled ones included, in the order they came."""
        return self.store.people()

    def active(self) -> tuple[Person, ...]:
        """Return those who may sign in, who did so last first."""
        last = self.store.setting(LAST)
        return tuple(
            sorted((p for p in self.everybody() if p.is_active), key=lambda person: person.person_id != last)
        )

    def named(self, name: str) -> Person:
        """Return the person of this name; raises UnknownPerson."""
        for person in self.everybody():
            if person.name == name.strip():
                return person
        raise UnknownPerson(name=name.strip())

    def begin(self, name: str, secret: str) -> Person:
        """Enrol who has worked here before there were people, or the first one ever, and sign them in.

        They are a supervisor, so that others can be enrolled; the passphrase that opened the store is their
        PIN, however short it was allowed to be. Raises as `add`.
        """
        return self.add(name, Role.SUPERVISOR, secret, least_pin=1, admit=True)

    def add(
        self,
        name: str,
        role: Role,
        pin: str,
        *,
        by: Person | None = None,
        least_pin: int = LEAST_PIN,
        admit: bool = False,
    ) -> Person:
        """Enrol somebody: their key is made now and never leaves this store but sealed under their PIN.

        Args:
            name: stands on papers; nobody else ever had it here.
            role: their part.
            pin: at least `least_pin` characters.
            by: who enrols them, signed in by `sign_in`; None only while nobody here may manage people.
            least_pin: lower only for a passphrase that was in use before there were people.
            admit: sign them in at once.

        Raises:
            NotPermitted: `by` may not manage people, or is missing.
            NameMissing: the name is blank.
            NameTaken: somebody had it.
            PinTooShort: fewer characters.
        """
        name = name.strip()
        self.check_manager(by)
        check_pin(pin, least_pin)
        if not name:
            raise NameMissing
        key, at = new_key(), self.clock()
        person = Person(
            person_id=new_id(at), name=name, role=role, enrolled_at=at, public_key=public_text(key)
        )
        wrapped = wrapped_key(person.person_id, key, pin, self.store.suite)
        with self.store.transaction() as tx:
            if any(other.name == name for other in tx.people()):
                raise NameTaken(name=name)
            tx.put_person(person, wrapped)
            tx.note(_told(Action.PERSON_ADDED, person), actor=_name(by), at=at)
        return self._admitted(person, key) if admit else person

    def disable(self, name: str, *, by: Person, reason: str = "") -> Person:
        """Take somebody's rights away; their entries stay true, new ones by their key are forged.

        Raises:
            NotPermitted: `by` may not manage people.
            LastManager: nobody could manage people any more.
            UnknownPerson: nobody of this name.
        """
        self.check_manager(by)
        person = self.named(name)
        others = [p for p in self.everybody() if p.is_active and p.person_id != person.person_id]
        if not any(manages(other.role) for other in others):
            raise LastManager(name=person.name)
        self.store.audit.signers.dismiss(person.name)
        return self._changed(replace(person, is_active=False), Action.PERSON_DISABLED, by, reason)

    def enable(self, name: str, *, by: Person, reason: str = "") -> Person:
        """Give somebody their rights back; raises NotPermitted and UnknownPerson."""
        self.check_manager(by)
        return self._changed(replace(self.named(name), is_active=True), Action.PERSON_ENABLED, by, reason)

    def reset_pin(self, name: str, pin: str, *, by: Person, reason: str) -> Person:
        """Give somebody who forgot their PIN a new one, and with it a new key.

        Raises:
            NotPermitted: `by` may not manage people.
            ReasonNeeded: no reason is given.
            PinTooShort: fewer characters than due.
            UnknownPerson: nobody of this name.
        """
        self.check_manager(by)
        check_pin(pin)
        if not reason.strip():
            raise ReasonNeeded
        key, before = new_key(), self.named(name)
        person = replace(before, public_key=public_text(key))
        self.store.audit.signers.dismiss(person.name)
        wrapped = wrapped_key(person.person_id, key, pin, self.store.suite)
        return self._changed(person, Action.PIN_RESET, by, reason.strip(), wrapped)

    def change_pin(self, person: Person, old: str, new: str) -> None:
        """Change one's own PIN; the key stays.

        Raises:
            WrongPin: the old one is wrong; it counts.
            LockedOut: too many were.
            PinTooShort: the new one is.
        """
        check_pin(new)
        key = self._key(person, old)
        wrapped, at = wrapped_key(person.person_id, key, new, self.store.suite), self.clock()
        with self.store.transaction() as tx:
            tx.put_person(person, wrapped)
            tx.note(Deed(action=Action.PIN_CHANGED), actor=person.name, at=at)

    def sign_in(self, person_id: str, pin: str) -> Person:
        """Open a person's key with their PIN; from now on what they do is signed by it.

        Raises:
            WrongPin: it is wrong; that is counted before it is tried, so no power cut forgets it.
            LockedOut: too many were wrong; words say when to try again.
            PersonDisabled: they no longer work here.
            UnknownPerson: nobody of this id.
        """
        person = self._of(person_id)
        key = self._key(person, pin)
        return self._admitted(person, key)

    def sign_in_by_passphrase(self, passphrase: str) -> Person | None:
        """Sign in who was here last when the store's passphrase is their PIN too; else None, uncounted.

        Only for a passphrase that has just opened the store: whoever has it knows more than a PIN.
        """
        for person in self.active()[:1]:
            with self.store.transaction() as tx:
                if left_s(settled(tx.tries(person.person_id), self.uptime()), self.uptime()):
                    return None
                wrapped = tx.wrapped_key(person.person_id)
            key = opened_key(person.person_id, wrapped, passphrase)
            if key is not None:
                return self._admitted(person, key)
        return None

    def left(self, name: str) -> None:
        """Write down that a person's screens were locked."""
        with self.store.transaction() as tx:
            tx.note(Deed(action=Action.LOCKED), actor=name, at=self.clock())

    def switched(self, person: Person, former_id: str) -> None:
        """Write down that a person took the window over from another."""
        with self.store.transaction() as tx:
            deed = Deed(action=Action.SWITCHED, detail=detail_of(former=former_id))
            tx.note(deed, actor=person.name, at=self.clock())

    def _key(self, person: Person, pin: str) -> Ed25519PrivateKey:
        """Return the key a PIN opens; see `sign_in`."""
        if not person.is_active:
            raise PersonDisabled(name=person.name)
        wrapped, tries = self._counted(person)
        key = opened_key(person.person_id, wrapped, pin)
        if key is None:
            self._refused(person, tries)
        with self.store.transaction() as tx:
            tx.put_tries(person.person_id, NO_TRIES)
        assert key is not None
        return key

    def _counted(self, person: Person) -> tuple[str, Tries]:
        """Count a try as wrong before it is made, and return the sealed key."""
        now = self.uptime()
        with self.store.transaction() as tx:
            tries = settled(tx.tries(person.person_id), now)
            wait = left_s(tries, now)
            counted = tries if wait else one_more(tries, now)
            tx.put_tries(person.person_id, counted)
            wrapped = tx.wrapped_key(person.person_id)
        if wait:
            raise self._locked_out(wait)
        return wrapped, counted

    def _refused(self, person: Person, tries: Tries) -> None:
        action = Action.WRONG_PIN if tries.left else Action.LOCKED_OUT
        with self.store.transaction() as tx:
            detail = detail_of(person=person.person_id, wrong=tries.wrong)
            tx.note(Deed(action=action, detail=detail), actor=MACHINE, at=self.clock())
        if not tries.left:
            raise self._locked_out(tries.wait_s)
        raise WrongPin(left=tries.left)

    def _locked_out(self, wait_s: int) -> LockedOut:
        return LockedOut(until=f"{self.clock() + timedelta(seconds=wait_s):%H:%M:%S}")

    def _admitted(self, person: Person, key: Ed25519PrivateKey) -> Person:
        self.store.audit.signers.admit(person.name, Signer(person.person_id, key))
        with self.store.transaction() as tx:
            tx.put_setting(LAST, person.person_id)
            tx.put_tries(person.person_id, NO_TRIES)
            tx.note(Deed(action=Action.UNLOCKED), actor=person.name, at=self.clock())
        return person

    def _changed(self, person: Person, action: Action, by: Person, reason: str, wrapped: str = "") -> Person:
        with self.store.transaction() as tx:
            tx.put_person(person, wrapped or tx.wrapped_key(person.person_id))
            tx.note(_told(action, person, reason), actor=by.name, at=self.clock())
        return person

    def _of(self, person_id: str) -> Person:
        for person in self.everybody():
            if person.person_id == person_id:
                return person
        raise UnknownPerson(name=person_id)

    def _signs(self, person: Person) -> bool:
        """Return whether a person has signed in to this process."""
        return self.store.audit.signers.of(person.name).actor == person.person_id

    def check_manager(self, by: Person | None) -> None:
        """Pass when somebody may manage people and has signed in; None passes while nobody here may.

        Raises:
            NotPermitted: it is not so.
        """
        if by is None:
            if any(manages(person.role) for person in self.everybody() if person.is_active):
                raise NotPermitted(role="")
            return
        kept = self._of(by.person_id)
        if not (manages(kept.role) and kept.is_active and self._signs(by)):
            raise NotPermitted(role=kept.role.value)


def check_pin(pin: str, least: int = LEAST_PIN) -> None:
    """Pass when a PIN is long enough; raises PinTooShort."""
    if len(pin) < least:
        raise PinTooShort(least=least)


def _name(by: Person | None) -> str:
    return by.name if by is not None else MACHINE


def _told(action: Action, person: Person, reason: str = "") -> Deed:
    detail = detail_of(person=person.person_id, role=person.role.value, key=person.public_key)
    return Deed(action=action, reason=reason, detail=detail)
