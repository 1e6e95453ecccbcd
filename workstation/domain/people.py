"""Who works at a window, in which part, and what each part may do."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Role(StrEnum):
    """A part somebody plays."""

    CLERK = "CLERK"
    SUPERVISOR = "SUPERVISOR"
    IT = "IT"
    TRAINER = "TRAINER"


class Permission(StrEnum):
    """What a part may do."""

    WORK_CASES = "WORK_CASES"
    """Open cases, scan, ask, seal, print."""
    SEE_ARCHIVE = "SEE_ARCHIVE"
    """Look at archived material, by scene."""
    RELEASE_QUEUE = "RELEASE_QUEUE"
    """Send a stuck line on."""
    SEE_FOREIGN = "SEE_FOREIGN"
    """Open another clerk's draft or unmask a line, with a reason."""
    MANAGE_PEOPLE = "MANAGE_PEOPLE"
    READ_AUDIT = "READ_AUDIT"
    EXPORT = "EXPORT"


RIGHTS: dict[Role, frozenset[Permission]] = {
    Role.CLERK: frozenset(
        {Permission.WORK_CASES, Permission.SEE_ARCHIVE, Permission.RELEASE_QUEUE, Permission.EXPORT}
    ),
    Role.SUPERVISOR: frozenset(Permission),
    Role.IT: frozenset({Permission.MANAGE_PEOPLE, Permission.EXPORT, Permission.RELEASE_QUEUE}),
    Role.TRAINER: frozenset(),
}
"""One row a part; a trainer works in practice only, see `may`."""
PRACTICE_RIGHTS = RIGHTS[Role.CLERK]


def manages(role: Role) -> bool:
    """Return whether a part manages people."""
    return Permission.MANAGE_PEOPLE in RIGHTS[role]


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """One of the staff."""

    person_id: str
    """UUIDv7; what the audit chain names."""
    name: str
    """Stands on screens and papers; no two people share one, disabled people included."""
    role: Role
    enrolled_at: datetime
    public_key: str
    """Ed25519, as it travels."""
    is_active: bool = True


def may(role: Role, permission: Permission, *, practice: bool = False) -> bool:
    """Return whether a part may do something; a trainer is a clerk in practice and nothing elsewhere."""
    if role is Role.TRAINER and practice:
        return permission in PRACTICE_RIGHTS
    return permission in RIGHTS[role]
