"""Who works where: the window, its street, its clerk."""

from __future__ import annotations

from dataclasses import dataclass, replace

from workstation.domain.kinds import WindowCategory
from workstation.domain.people import Person, Role
from workstation.domain.reuse import ReusePolicy
from workstation.domain.tickets import Prefixes


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowProfile:
    """The window as it appears on screens and papers."""

    window_id: str
    """Given by the gateway at enrolment."""
    window_name: str
    hall: str
    street: str
    """Street code of the receiving street."""
    street_name: str
    clerk: str
    """Name of who is at the window; under it the audit finds who signs."""
    number_prefix: str
    """Prefix of provisional case numbers, unique to this window."""
    phone: str = ""
    complaint_phone: str = ""
    practice: bool = False
    role: Role = Role.CLERK
    person_id: str = ""
    """Whoever has signed in; empty while nobody has (a command)."""
    categories: frozenset[WindowCategory] = frozenset()
    """Kinds of items the window takes; empty: all."""
    prefixes: Prefixes = Prefixes()
    """First letters of the queue numbers given here."""
    reuse: ReusePolicy = ReusePolicy()
    """What the hall decided about reusing kept copies."""


def staffed(profile: WindowProfile, person: Person) -> WindowProfile:
    """Return the window with this person at it."""
    return replace(profile, clerk=person.name, role=person.role, person_id=person.person_id)
