"""What somebody with the open database may try on the audit chain; each attack is a function of the file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from sync.contract.signing import b64url_encode, key_id, new_key
from workstation.domain.audit import MACHINE, SHA_256, AuditEntry, signed_bytes
from workstation.store.audit import COLUMNS, hash_of
from workstation.store.database import Store
from workstation.store.engine import Database

NAMES = ", ".join(f'"{name}"' for name in COLUMNS)
MARKS = ", ".join("?" for _ in COLUMNS)


@dataclass
class Insider:
    """Somebody who holds the data key, hence the database and the machine's own signing key."""

    database: Database
    machine: Ed25519PrivateKey
    former: Ed25519PrivateKey
    """Key of somebody whose rights were taken away, who kept it."""
    former_id: str
    clerk_id: str

    def run(self, sql: str, *values: object) -> None:
        with self.database.cursor() as cursor:
            for deed in ("update", "delete"):
                cursor.execute(f"DROP TRIGGER IF EXISTS audit_entries_no_{deed}")
            cursor.execute(sql, values)

    def row(self, seq: int) -> AuditEntry:
        with self.database.cursor() as cursor:
            found = cursor.execute(f"SELECT {NAMES} FROM audit_entries WHERE seq = ?", (seq,)).fetchone()
        return AuditEntry(**dict(zip(COLUMNS, found, strict=True)))

    def put(self, entry: AuditEntry) -> None:
        self.run(f"INSERT OR REPLACE INTO audit_entries ({NAMES}) VALUES ({MARKS})", *values_of(entry))

    def signed(self, entry: AuditEntry, key: Ed25519PrivateKey) -> AuditEntry:
        named = replace(entry, key=key_id(key.public_key()))
        digest = hash_of(named)
        signature = b64url_encode(key.sign(signed_bytes(digest, named.hashing)))
        return replace(named, hash=digest, signature=signature)

    def relink(self, seq: int, last: int) -> None:
        """Make everything behind a changed link hang together again, signed as far as the insider can."""
        previous = self.row(seq - 1).hash if seq > 1 else "0" * 64
        for place in range(seq, last + 1):
            entry = self.signed(replace(self.row(place), previous=previous), self.machine)
            self.put(entry)
            previous = entry.hash


def values_of(entry: AuditEntry) -> list[object]:
    return [getattr(entry, name) for name in COLUMNS]


Attack = Callable[[Insider, int, int], None]


def removed(insider: Insider, seq: int, last: int) -> None:
    insider.run("DELETE FROM audit_entries WHERE seq = ?", seq)


def removed_and_closed(insider: Insider, seq: int, last: int) -> None:
    """Take a link out and move the rest up."""
    rest = [insider.row(place) for place in range(seq + 1, last + 1)]
    insider.run("DELETE FROM audit_entries WHERE seq >= ?", seq)
    for entry in rest:
        insider.put(replace(entry, seq=entry.seq - 1))
    if rest:
        insider.relink(seq, last - 1)


def _altered(column: str, value: Any) -> Attack:
    def attack(insider: Insider, seq: int, last: int) -> None:
        insider.run(f'UPDATE audit_entries SET "{column}" = ? WHERE seq = ?', value, seq)

    return attack


def altered_and_hashed(insider: Insider, seq: int, last: int) -> None:
    entry = replace(insider.row(seq), reason="harmless")
    insider.put(replace(entry, hash=hash_of(entry)))


def altered_and_relinked(insider: Insider, seq: int, last: int) -> None:
    insider.put(replace(insider.row(seq), subject="", detail="{}"))
    insider.relink(seq, last)


def reordered(insider: Insider, seq: int, last: int) -> None:
    other = seq - 1 if seq == last else seq + 1
    first, second = insider.row(seq), insider.row(other)
    insider.put(replace(first, seq=other))
    insider.put(replace(second, seq=seq))


def forged_by_the_machine(insider: Insider, seq: int, last: int) -> None:
    """Put the blame on the clerk with the key at hand."""
    entry = replace(insider.row(seq), actor=insider.clerk_id, action="LOOKED")
    insider.put(insider.signed(entry, insider.machine))
    if seq < last:
        insider.relink(seq + 1, last)


def forged_by_a_stranger(insider: Insider, seq: int, last: int) -> None:
    insider.put(insider.signed(replace(insider.row(seq), actor=insider.clerk_id), new_key()))


def signed_by_a_former_clerk(insider: Insider, seq: int, last: int) -> None:
    entry = replace(insider.row(seq), actor=insider.former_id, reason="x")
    insider.put(insider.signed(entry, insider.former))


def doubled(insider: Insider, seq: int, last: int) -> None:
    """Write one link over the next, or the last over the one before."""
    other = seq - 1 if seq == last else seq + 1
    insider.put(replace(insider.row(seq), seq=other))


def added_at_the_end(insider: Insider, seq: int, last: int) -> None:
    """Copy an old link to the end, in the clerk's name."""
    end = insider.row(last)
    entry = replace(insider.row(seq), seq=last + 1, previous=end.hash, actor=insider.clerk_id)
    insider.put(insider.signed(entry, insider.machine))


def made_the_machines(insider: Insider, seq: int, last: int) -> None:
    """Let the program have done what a person did."""
    insider.put(replace(insider.row(seq), actor=MACHINE, reason="x"))
    insider.relink(seq, last)


def rehashed_in_silence(insider: Insider, seq: int, last: int) -> None:
    """Hash a link as SHA-256 has it, and hang the rest on it."""
    insider.put(replace(insider.row(seq), hashing=SHA_256))
    insider.relink(seq, last)


def rehashed_as_it_was_signed(insider: Insider, seq: int, last: int) -> None:
    """Let the signature stand and change the algorithm under it."""
    entry = replace(insider.row(seq), hashing=SHA_256)
    insider.put(replace(entry, hash=hash_of(entry)))


def switch_unsaid(insider: Insider, seq: int, last: int) -> None:
    """Let the machine say something harmless where it said that the algorithm changes."""
    place = next(place for place in range(1, last + 1) if insider.row(place).action == "REHASHED")
    insider.put(replace(insider.row(place), action="SETTING", detail="{}"))
    insider.relink(place, last)


def switch_said_by_a_clerk(insider: Insider, seq: int, last: int) -> None:
    entry = replace(insider.row(last), action="REHASHED", actor=insider.clerk_id, hashing=SHA_256)
    insider.put(insider.signed(entry, insider.machine))


def everything_downgraded(insider: Insider, seq: int, last: int) -> None:
    """Hash all of it as SHA-256 has it; what says that this changes now changes nothing."""
    for place in range(1, last + 1):
        insider.put(replace(insider.row(place), hashing=SHA_256))
    insider.relink(1, last)


SWITCHES: dict[str, Attack] = {
    "rehashed in silence": rehashed_in_silence,
    "rehashed as it was signed": rehashed_as_it_was_signed,
    "named an unknown hash": _altered("hashing", "md5"),
    "named another hash": _altered("hashing", SHA_256),
    "switch unsaid": switch_unsaid,
    "switch said by a clerk": switch_said_by_a_clerk,
    "everything downgraded": everything_downgraded,
}
"""On a chain that went over to SM3."""
ATTACKS: dict[str, Attack] = {
    "removed": removed,
    "removed and closed": removed_and_closed,
    "altered time": _altered("at", "2026-01-01T00:00:00.000000Z+08:00"),
    "altered case": _altered("case", "W99-9"),
    "altered detail": _altered("detail", '{"slot":"other"}'),
    "broken type": _altered("reason", b"\xff\x00"),
    "altered and hashed": altered_and_hashed,
    "altered and relinked": altered_and_relinked,
    "reordered": reordered,
    "forged by the machine": forged_by_the_machine,
    "forged by a stranger": forged_by_a_stranger,
    "signed by a former clerk": signed_by_a_former_clerk,
    "doubled": doubled,
    "added at the end": added_at_the_end,
    "made the machine's": made_the_machines,
}


def insider_of(store: Store, former: Ed25519PrivateKey, former_id: str, clerk_id: str) -> Insider:
    return Insider(store._database, store.audit.signers.machine.key, former, former_id, clerk_id)
