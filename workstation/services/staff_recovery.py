"""A way back for a manager who forgot their PIN while nobody else could set it: the store's recovery key.

The recovery key signs, and the chain holds its public half from the day a manager made it: whoever merely has
the open database can neither recover anybody nor make a recovery key that counts.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from sync.contract.signing import new_key, public_text
from workstation.domain.audit import MACHINE, RECOVERY, Action, AuditEntry, Deed, detail_of
from workstation.domain.clock import CHINA, Clock
from workstation.domain.people import Person, manages
from workstation.i18n import _
from workstation.services.people import People, check_pin
from workstation.services.people_errors import (
    NotPermitted,
    PersonDisabled,
    ReasonNeeded,
    RecoveryNotWitnessed,
)
from workstation.store.audit import Signer
from workstation.store.database import Store
from workstation.store.people import wrapped_key

TOLD_FOR = timedelta(days=30)
"""How long everybody who signs in is told of a recovery."""
LAST = "people.recovered"
"""Setting: whose PIN was set last by the recovery key, and when."""
_SIGNER = "\0recovery"
"""Under this the key signs; no person can have such a name."""


@dataclass(frozen=True)
class Recovered:
    """A PIN that was set by the recovery key."""

    name: str
    at: datetime

    @property
    def words(self) -> str:
        """The sentence everybody is told."""
        day = f"{self.at.astimezone(CHINA):%Y-%m-%d %H:%M}"
        return _("{day} 有人凭恢复密钥重设了 {name} 的口令").format(day=day, name=self.name)


@dataclass(frozen=True)
class StaffRecovery:
    """Announces recovery keys, and sets a manager's PIN by one."""

    store: Store
    clock: Clock

    def announce(self, key: Ed25519PrivateKey, *, by: Person | None) -> None:
        """Write down that a recovery key was made; the one before counts no more.

        Args:
            key: what the recovery key signs with.
            by: who made it, signed in; None only while nobody here may manage people.

        Raises:
            NotPermitted: `by` may not manage people, has not signed in, or is missing.
        """
        people = People(self.store, self.clock)
        people.check_manager(by)
        deed = Deed(action=Action.RECOVERY_MADE, detail=detail_of(key=public_text(key)))
        self.store.note(deed, actor=by.name if by else MACHINE, at=self.clock())

    def recover(self, name: str, pin: str, *, key: Ed25519PrivateKey, reason: str) -> Person:
        """Give a manager a new PIN and key; the old public key stays in the chain and proves what it signed.

        Raises:
            RecoveryNotWitnessed: no manager wrote down that this recovery key was made.
            NotPermitted: this person manages nobody; a manager sets their PIN.
            PersonDisabled: they no longer work here.
            ReasonNeeded: no reason is given.
            PinTooShort: fewer characters than due.
            UnknownPerson: nobody of this name.
        """
        check_pin(pin)
        if not reason.strip():
            raise ReasonNeeded
        if public_text(key) != self._announced():
            raise RecoveryNotWitnessed
        before = People(self.store, self.clock).named(name)
        if not before.is_active:
            raise PersonDisabled(name=before.name)
        if not manages(before.role):
            raise NotPermitted(role=before.role.value)
        return self._given(before, pin, key, reason.strip())

    def last(self) -> Recovered | None:
        """Return the last recovery while everybody is still to be told of it."""
        noted = self.store.setting(LAST)
        if not noted:
            return None
        facts = json.loads(noted)
        recovered = Recovered(facts["name"], datetime.fromisoformat(facts["at"]))
        return recovered if self.clock() - recovered.at < TOLD_FOR else None

    def _given(self, before: Person, pin: str, key: Ed25519PrivateKey, reason: str) -> Person:
        fresh, at = new_key(), self.clock()
        person = replace(before, public_key=public_text(fresh))
        wrapped = wrapped_key(person.person_id, fresh, pin, self.store.suite)
        signers = self.store.audit.signers
        signers.dismiss(person.name)
        signers.admit(_SIGNER, Signer(RECOVERY, key))
        facts = detail_of(person=person.person_id, role=person.role.value, key=person.public_key)
        deed = Deed(action=Action.PIN_RECOVERED, reason=reason, detail=facts)
        try:
            with self.store.transaction() as tx:
                tx.put_person(person, wrapped)
                tx.note(deed, actor=_SIGNER, at=at)
                # Read at every start: a look through the whole chain would keep the first screen waiting.
                tx.put_setting(LAST, json.dumps({"name": person.name, "at": at.isoformat()}))
        finally:
            signers.dismiss(_SIGNER)
        return person

    def _announced(self) -> str:
        """Return the public key of the recovery key made last, as the chain says it."""
        made: list[AuditEntry] = [
            entry for entry in self.store.audit.entries() if entry.action == Action.RECOVERY_MADE
        ]
        return str(json.loads(made[-1].detail)["key"]) if made else ""
