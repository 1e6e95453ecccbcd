"""Who opens the window: the store first, by whatever opens it here, then a person by their PIN."""

from __future__ import annotations

import argparse
import json
import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from workstation.cli.settings import Settings
from workstation.cli.unlock import asked_or_line
from workstation.i18n import _

if TYPE_CHECKING:
    from workstation.domain.people import Permission, Person
    from workstation.store.database import Store
    from workstation.store.keys import DataKey

Staffing = Callable[["Store", str], "Person"]
"""Enrols the first people of a store behind a secret and returns who has signed in."""


class Door:
    """An open store that still waits to be told who works with it; at most one a gate."""

    def __init__(self) -> None:
        """Nothing is open."""
        self._store: Store | None = None
        self.turn = threading.RLock()

    def keep(self, store: Store) -> None:
        """Hold a store open."""
        self._store = store

    @property
    def store(self) -> Store | None:
        """What is held open."""
        return self._store

    def take(self) -> Store | None:
        """Hand the store over."""
        store, self._store = self._store, None
        return store

    def shut(self) -> None:
        """Close what is held open."""
        store = self.take()
        if store is not None:
            store.close()


def opens_alone(settings: Settings) -> bool:
    """Return whether a machine key or the desktop's key ring may open the store without a person.

    Looks at the key file only: this runs behind the first frame.
    """
    try:
        slots = json.loads((settings.data_folder / "keys.json").read_bytes())["slots"]
        return bool(settings.machine_key and "machine-key" in slots) or "secret-service" in slots
    except (OSError, ValueError, KeyError, TypeError):
        return False


def open_alone(settings: Settings) -> Store | None:
    """Open the store without a person; None when only a passphrase opens it now."""
    from workstation.cli.wiring import key_slots, open_with
    from workstation.store.errors import SlotUnavailable

    slots = key_slots(settings)
    ways: list[Callable[[], DataKey]] = [slots.unlock_with_secret_service]
    if settings.machine_key:
        ways.insert(0, partial(slots.unlock_with_machine_key, Path(settings.machine_key)))
    for way in ways:
        try:
            return open_with(settings, way())
        except SlotUnavailable:
            continue
    return None


def first_staff(settings: Settings) -> Staffing:
    """Return what makes the first person: who has worked here under the name of the settings."""

    def enrol(store: Store, secret: str) -> Person:
        from workstation.domain.clock import now
        from workstation.services.people import People

        return People(store, now).begin(settings.clerk or _("窗口人员"), secret)

    return enrol


def signed_in(store: Store, secret: str, person_id: str, *, by_passphrase: bool, enrol: Staffing) -> Person:
    """Return who has signed in.

    Args:
        store: open.
        secret: what was typed.
        person_id: who says they are there; empty: who was here last.
        by_passphrase: the secret has just opened the store.
        enrol: makes the first people.

    Raises:
        PinNeeded: the secret opened the store and is nobody's PIN; ask who is there.
        WrongPin: it is not this person's.
        LockedOut: too many were wrong.
    """
    from workstation.domain.clock import now
    from workstation.services.people import People
    from workstation.services.people_errors import PinNeeded

    people = People(store, now)
    present = people.active()
    if not present:
        return enrol(store, secret)
    if by_passphrase:
        person = people.sign_in_by_passphrase(secret)
        if person is None:
            raise PinNeeded
        return person
    return people.sign_in(person_id or present[0].person_id, secret)


def signers(store: Store | None) -> tuple[Person, ...]:
    """Return who may sign in to an open store, who did so last first; nobody while it is shut."""
    if store is None:
        return ()
    from workstation.domain.clock import now
    from workstation.services.people import People

    return People(store, now).active()


def add_staff_argument(parser: argparse.ArgumentParser) -> None:
    """Add who acts; their PIN is asked, or is the next line of the standard input."""
    parser.add_argument("--by", default="", metavar="NAME", help=_("由谁办理; 不填为有此权限的第一人"))


def sign_in_for(store: Store, args: argparse.Namespace, permission: Permission) -> Person:
    """Return who acts, signed in with their PIN.

    Raises:
        UnknownPerson: nobody of this name, or nobody who may.
        WrongPin: it is wrong.
        LockedOut: too many were.
    """
    from workstation.domain.clock import now
    from workstation.domain.people import RIGHTS
    from workstation.services.people import People
    from workstation.services.people_errors import UnknownPerson

    people = People(store, now)
    entitled = [person for person in people.active() if permission in RIGHTS[person.role]]
    if not args.by and not entitled:
        raise UnknownPerson(name="")
    person = people.named(args.by) if args.by else entitled[0]
    pin = asked_or_line(args, _("{name} 的口令: ").format(name=person.name))
    return people.sign_in(person.person_id, pin)
