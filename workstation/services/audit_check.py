"""Is the audit chain whole? Every link is looked at, and what was seen of it from outside.

Whoever holds the open database can write what they like into it, but not sign as somebody else, not unsay
what the gateway has seen, and not make the file beside the database forget.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from sync.contract.signing import b64url_decode, key_id, load_public
from workstation.domain.audit import MACHINE, NOTHING_BEFORE, RECOVERY, Action, AuditEntry, signed_bytes
from workstation.domain.people import Person, Role, manages
from workstation.store.audit import hash_of, rehashed
from workstation.store.errors import UnknownAlgorithm

PEOPLE = frozenset(
    {
        Action.PERSON_ADDED,
        Action.PERSON_DISABLED,
        Action.PERSON_ENABLED,
        Action.PIN_RESET,
        Action.PIN_CHANGED,
        Action.RECOVERY_MADE,
        Action.PIN_RECOVERED,
    }
)
BEFORE_ANYBODY = frozenset({Action.PERSON_ADDED, Action.RECOVERY_MADE})
"""What the program itself may sign while nobody manages people yet."""


class Fault(StrEnum):
    """What can be wrong."""

    UNREADABLE = "UNREADABLE"
    REMOVED = "REMOVED"
    """Places are missing before this entry."""
    UNLINKED = "UNLINKED"
    """It does not hang on the entry before it."""
    ALTERED = "ALTERED"
    FORGED = "FORGED"
    """Not signed by the key it names."""
    UNKNOWN_KEY = "UNKNOWN_KEY"
    """The key it names is not its actor's."""
    DISABLED_KEY = "DISABLED_KEY"
    """Its actor had no rights any more, or had got a new key."""
    NOT_ENTITLED = "NOT_ENTITLED"
    """It changes the staff and its actor might not."""
    STAFF = "STAFF"
    """The list of people is not what the chain says it is."""
    SWITCHED = "SWITCHED"
    """It is hashed in another way than the entries before it, and the program has not said so; or it says so
    and nothing changes."""
    UNKNOWN_HASH = "UNKNOWN_HASH"
    """It names an algorithm this version does not know."""
    CUT = "CUT"
    """The chain was longer before: its end was cut, or an older copy of the database was put back."""
    REPLACED = "REPLACED"
    """At this place stood another entry."""
    MEMO = "MEMO"
    """The file beside the database is gone or was changed."""
    RECEIPT = "RECEIPT"
    """A receipt of the gateway is not its own."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong, at one place of the chain."""

    fault: Fault
    seq: int


@dataclass(frozen=True, slots=True)
class Seen:
    """A link as somebody outside saw it."""

    seq: int
    hash: str


@dataclass
class _Staff:
    """The people as the chain itself tells of them."""

    machine: Ed25519PublicKey
    keys: dict[str, Ed25519PublicKey] = field(default_factory=dict)
    roles: dict[str, Role] = field(default_factory=dict)
    former: set[str] = field(default_factory=set)
    """Ids of keys that were replaced."""
    disabled: set[str] = field(default_factory=set)
    recovery: Ed25519PublicKey | None = None
    """What the recovery key made last signs with."""

    def key_fault(self, entry: AuditEntry) -> Fault | None:
        """Return why the key an entry names may not sign for its actor."""
        if entry.actor == MACHINE:
            return None if entry.key == key_id(self.machine) else Fault.UNKNOWN_KEY
        key = self.recovery if entry.actor == RECOVERY else self.keys.get(entry.actor)
        if entry.key in self.former or entry.actor in self.disabled:
            return Fault.DISABLED_KEY
        if key is None or entry.key != key_id(key):
            return Fault.UNKNOWN_KEY
        return None

    def key_of(self, entry: AuditEntry) -> Ed25519PublicKey:
        """Return the key that must have signed; only after `key_fault` found nothing."""
        if entry.actor == RECOVERY and self.recovery is not None:
            return self.recovery
        return self.machine if entry.actor == MACHINE else self.keys[entry.actor]

    def is_entitled(self, entry: AuditEntry) -> bool:
        """Return whether the actor might change the staff; the machine while nobody else can."""
        if entry.action == Action.PIN_CHANGED:
            return entry.actor in self.keys
        if entry.actor == RECOVERY or entry.action == Action.PIN_RECOVERED:
            return (
                entry.actor == RECOVERY
                and entry.action == Action.PIN_RECOVERED
                and self._is_of_manager(entry)
            )
        if entry.actor == MACHINE:
            active = [role for person, role in self.roles.items() if person not in self.disabled]
            return entry.action in BEFORE_ANYBODY and not any(map(manages, active))
        return manages(self.roles[entry.actor])

    def _is_of_manager(self, entry: AuditEntry) -> bool:
        """Return whether a recovery concerns an active manager, and leaves their part as it was."""
        try:
            facts = json.loads(entry.detail)
            person, role = str(facts["person"]), Role(facts["role"])
        except (ValueError, KeyError, TypeError):
            return False
        return self.roles.get(person) is role and manages(role) and person not in self.disabled

    def take(self, entry: AuditEntry) -> None:
        """Follow a sound change of the staff; a detail that cannot be read raises ValueError or KeyError."""
        if entry.action == Action.PIN_CHANGED:
            return
        facts = json.loads(entry.detail)
        if entry.action == Action.RECOVERY_MADE:
            self.recovery = load_public(str(facts["key"]))
            return
        person, role, key = str(facts["person"]), Role(facts["role"]), load_public(str(facts["key"]))
        before = self.keys.get(person)
        if before is not None and key_id(before) != key_id(key):
            self.former.add(key_id(before))
        self.keys[person], self.roles[person] = key, role
        if entry.action == Action.PERSON_DISABLED:
            self.disabled.add(person)
        elif entry.action == Action.PERSON_ENABLED:
            self.disabled.discard(person)


def check_chain(
    rows: Iterable[dict[str, object]],
    machine: Ed25519PublicKey,
    people: Sequence[Person],
    seen: Iterable[Seen] = (),
) -> tuple[Finding, ...]:
    """Return what is wrong with a chain.

    Args:
        rows: the raw rows by their place, whatever is in them.
        machine: key of the program itself.
        people: the staff as the database lists them.
        seen: links as the file beside the database, the receipts and the gateway know them.
    """
    staff, hashes = _Staff(machine), dict[int, str]()
    findings = list(_walk(rows, staff, hashes))
    told = {person: (staff.roles[person], key_id(key)) for person, key in staff.keys.items()}
    listed = {p.person_id: (p.role, key_id(load_public(p.public_key))) for p in people}
    active = {p.person_id for p in people if p.is_active}
    last = max(hashes, default=0)
    if not findings and (told != listed or active != set(told) - staff.disabled):
        findings.append(Finding(Fault.STAFF, last))
    for link in sorted(set(seen), key=lambda link: link.seq):
        if link.seq > last:
            findings.append(Finding(Fault.CUT, link.seq))
        elif link.seq and hashes.get(link.seq, link.hash) != link.hash:
            findings.append(Finding(Fault.REPLACED, link.seq))
    return tuple(findings)


def _walk(rows: Iterable[dict[str, object]], staff: _Staff, hashes: dict[int, str]) -> Iterator[Finding]:
    place, previous = 0, NOTHING_BEFORE
    hashing: str | None = None
    for row in rows:
        entry = _entry(row)
        if entry is None:
            place += 1
            yield Finding(Fault.UNREADABLE, place)
            continue
        is_gap, place = entry.seq != place + 1, entry.seq
        if is_gap:
            yield Finding(Fault.REMOVED, entry.seq)
        elif entry.previous != previous:
            yield Finding(Fault.UNLINKED, entry.seq)
        fault = _fault(entry, staff) or _switch_fault(entry, hashing)
        if fault is not None:
            yield Finding(fault, entry.seq)
        hashing = entry.hashing
        previous = hashes[entry.seq] = entry.hash


def _fault(entry: AuditEntry, staff: _Staff) -> Fault | None:
    """Return what is wrong with one entry by itself; a sound one is followed."""
    try:
        if hash_of(entry) != entry.hash:
            return Fault.ALTERED
    except UnknownAlgorithm:
        return Fault.UNKNOWN_HASH
    if (entry.action == Action.BEGUN) is not (entry.seq == 1):
        return Fault.FORGED
    fault = staff.key_fault(entry)
    if fault is not None:
        return fault
    try:
        staff.key_of(entry).verify(b64url_decode(entry.signature), signed_bytes(entry.hash, entry.hashing))
    except (InvalidSignature, ValueError):
        return Fault.FORGED
    if entry.action not in PEOPLE:
        return None
    if not staff.is_entitled(entry):
        return Fault.NOT_ENTITLED
    try:
        staff.take(entry)
    except (ValueError, KeyError, TypeError):
        return Fault.UNREADABLE
    return None


def _switch_fault(entry: AuditEntry, before: str | None) -> Fault | None:
    """Return SWITCHED unless links change their algorithm exactly where the machine says so."""
    is_switch = before is not None and entry.hashing != before
    says_so = entry.action == Action.REHASHED
    if not is_switch and not says_so:
        return None
    said = entry.actor == MACHINE and entry.detail == rehashed(entry.hashing).detail
    return None if is_switch and says_so and said else Fault.SWITCHED


def _entry(row: dict[str, object]) -> AuditEntry | None:
    for name, value in row.items():
        if not isinstance(value, int if name in ("seq", "tick") else str):
            return None
    return AuditEntry(**row)  # type: ignore[arg-type]  # checked above
