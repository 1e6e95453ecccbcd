"""The trace of who did what with whose papers: entries that hang on each other like the links of a chain.

个人信息保护法 art. 51 and 54 and GB/T 22239 (8.1.4.3) ask for a record of every access that cannot be bent;
网络安全法 art. 21 asks to keep it for six months at least. Entries are only ever added.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from enum import StrEnum

MACHINE = "machine"
"""Actor of what the program does by itself, or of a command nobody has signed in to."""
RECOVERY = "recovery"
"""Actor of what the recovery key signs: nobody of the staff could."""
NOTHING_BEFORE = "0" * 64
"""What the first entry names as the hash before it."""
SIGNED_PREFIX = b"window-workstation/audit/1\n"
"""Before the hash that is signed, so that a signature stands for nothing else."""
SHA_256, SM3 = "", "sm3"
"""How an entry may be hashed; entries written before there was a choice name nothing."""


class Action(StrEnum):
    """What is recorded."""

    BEGUN = "BEGUN"
    """The chain itself: its first entry."""
    UNLOCKED = "UNLOCKED"
    LOCKED = "LOCKED"
    WRONG_PIN = "WRONG_PIN"
    LOCKED_OUT = "LOCKED_OUT"
    SWITCHED = "SWITCHED"
    LOOKED = "LOOKED"
    """At a page or at data that lies in the archive or in a finished case."""
    OPENED_FOREIGN = "OPENED_FOREIGN"
    """Another clerk's draft, or a masked line of the queue, was opened with a reason."""
    REFUSED = "REFUSED"
    """A look that no open case allows."""
    REUSED = "REUSED"
    REUSE_WITHDRAWN = "REUSE_WITHDRAWN"
    PROVED = "PROVED"
    """A certificate was verified, or a library of another body was asked about somebody."""
    PROOF_WITHDRAWN = "PROOF_WITHDRAWN"
    PROOF_REFUSED = "PROOF_REFUSED"
    """A certificate was shown that does not stand for the paper."""
    COMPARED = "COMPARED"
    """The person at the counter with the document."""
    EXPORTED = "EXPORTED"
    RESCUED = "RESCUED"
    PRINTED = "PRINTED"
    SEALED = "SEALED"
    CUSTODY = "CUSTODY"
    """An original was held, or handed back."""
    RELEASED = "RELEASED"
    """A stuck line of the queue was sent on by hand."""
    RETENTION = "RETENTION"
    """What is no longer needed was removed."""
    PERSON_ADDED = "PERSON_ADDED"
    PERSON_DISABLED = "PERSON_DISABLED"
    PERSON_ENABLED = "PERSON_ENABLED"
    PIN_CHANGED = "PIN_CHANGED"
    PIN_RESET = "PIN_RESET"
    """With a new key: the old one died with the PIN nobody knew."""
    ARCHIVE_MARKED = "ARCHIVE_MARKED"
    """A kept copy was taken out of reuse by hand, for the future."""
    RECOVERY_MADE = "RECOVERY_MADE"
    """A recovery key, with its public half; the one before counts no more."""
    PIN_RECOVERED = "PIN_RECOVERED"
    """A manager who forgot their PIN got a new one, and a new key, by the recovery key."""
    SETTING = "SETTING"
    REHASHED = "REHASHED"
    """From this entry on links are hashed in another way; the program itself says so."""
    AUDIT_READ = "AUDIT_READ"
    AUDIT_EXPORTED = "AUDIT_EXPORTED"


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """What somebody did, before it has its place in the chain."""

    action: Action
    person: str = ""
    """Whose papers: an identity number; it is kept as a keyed hash only."""
    case: str = ""
    """Case number."""
    item: str = ""
    """Item code."""
    reason: str = ""
    detail: str = ""
    """Small JSON object of further facts, without names or numbers of citizens."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEntry:
    """One link."""

    seq: int
    previous: str
    """Hash of the entry before."""
    at: str
    """Time by the window's clock, in the form in which the store sorts times."""
    tick: int
    """Milliseconds since the computer was started: it does not jump when somebody turns the clock."""
    actor: str
    """Id of a person, `MACHINE` or `RECOVERY`."""
    action: str
    subject: str
    """Keyed hash of the identity number; empty when nobody's."""
    case: str
    item: str
    reason: str
    detail: str
    key: str
    """Id of the key that signed."""
    hash: str
    signature: str
    hashing: str = SHA_256


def sha256_hex(data: bytes) -> str:
    """Return the lower-case hex SHA-256."""
    return hashlib.sha256(data).hexdigest()


def link_hash(entry: AuditEntry, hashed: Callable[[bytes], str] = sha256_hex) -> str:
    """Return the hash (hex) over the canonical JSON of all but hash and signature.

    Keys are sorted and all values are texts or integers, so this is RFC 8785. The detail takes part through
    its own hash. Another algorithm than SHA-256 is named in what is hashed.

    Args:
        entry: the link.
        hashed: the algorithm that the entry names.
    """
    fields = asdict(entry)
    del fields["hash"], fields["signature"]
    if entry.hashing == SHA_256:
        del fields["hashing"]
    fields["detail"] = hashed(entry.detail.encode())
    text = json.dumps(fields, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashed(text.encode("utf-8", "surrogatepass"))


def signed_bytes(digest: str, hashing: str = SHA_256) -> bytes:
    """Return what a key signs for an entry of this hash: the algorithm is signed with it."""
    prefix = f"window-workstation/audit/2/{hashing}\n".encode() if hashing else SIGNED_PREFIX
    return prefix + digest.encode("ascii", "replace")


def detail_of(**facts: str | int | bool) -> str:
    """Return facts as the detail of a deed."""
    return json.dumps(facts, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
