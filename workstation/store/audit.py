"""The audit chain in the database: each entry hangs on the one before and is signed by who did it.

A small file beside the database remembers the head of the chain, so that a database put back from an older
copy is noticed although it is whole in itself.
"""

from __future__ import annotations

import hmac
import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import text
from sqlmodel import Session, col, select

from sync.contract.signing import b64url_encode, key_id
from sync.contract.suites import NoNationalAlgorithms, Suite, sm3_hex
from workstation.domain.audit import (
    MACHINE,
    NOTHING_BEFORE,
    SHA_256,
    SM3,
    Action,
    AuditEntry,
    Deed,
    detail_of,
    link_hash,
    sha256_hex,
    signed_bytes,
)
from workstation.store.engine import Database
from workstation.store.errors import StoreError, SuiteUnavailable, UnknownAlgorithm
from workstation.store.files import disk_faults
from workstation.store.keys import DataKey
from workstation.store.rows import AnchorRow, AuditRow, Moment
from workstation.store.writing import add, put

HEAD_FILE = "audit.json"
HEAD_FORMAT = 1
COLUMNS = tuple(AuditEntry.__dataclass_fields__)
HASHES: Mapping[str, Callable[[bytes], str]] = {SHA_256: sha256_hex, SM3: sm3_hex}
WRITTEN = {Suite.INTERNATIONAL: SHA_256, Suite.GUOMI: SM3}
NAMES_OF_HASHES = {SHA_256: "sha-256", SM3: "sm3"}
"""As an entry says that they change."""
_HEAD = text("SELECT seq, hash, hashing FROM audit_entries ORDER BY seq DESC LIMIT 1")
_NAMES = ", ".join(f'"{name}"' for name in COLUMNS)
_ALL = text(f"SELECT {_NAMES} FROM audit_entries ORDER BY seq")
_MOMENT = Moment()


@dataclass(frozen=True, slots=True)
class Head:
    """The last link."""

    seq: int
    hash: str
    hashing: str = field(default=SHA_256, compare=False)


NO_HEAD = Head(0, NOTHING_BEFORE)


@dataclass(frozen=True, slots=True)
class Signer:
    """Somebody who can sign: a person by an id, or the machine."""

    actor: str
    key: Ed25519PrivateKey

    @property
    def key_id(self) -> str:
        """Id of the key."""
        return key_id(self.key.public_key())


@dataclass(frozen=True)
class Signers:
    """Who may sign in this process, and how links are hashed.

    The machine signs always, people by their names once they have signed in.
    """

    machine: Signer
    hashing: str = SHA_256
    _people: dict[str, Signer] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def admit(self, name: str, signer: Signer) -> None:
        """Let a person sign what is done under this name."""
        with self._lock:
            self._people[name] = signer

    def dismiss(self, name: str) -> None:
        """Forget a person's key."""
        with self._lock:
            self._people.pop(name, None)

    def of(self, name: str) -> Signer:
        """Return who signs for a name; the machine does for a name nobody signed in under."""
        with self._lock:
            return self._people.get(name, self.machine)


@dataclass(frozen=True, slots=True)
class HeadMemo:
    """What the file beside the database says."""

    head: Head = NO_HEAD
    receipt: str = ""
    """The last anchor's receipt, as JSON."""
    is_sound: bool = True
    """False: the file is gone, unreadable, or not written by this program."""


class AuditTable:
    """The chain of one data folder."""

    def __init__(self, database: Database, folder: Path, key: DataKey, suite: Suite) -> None:
        """Name the places; nothing is read yet."""
        self._database = database
        self._path = folder / HEAD_FILE
        self._seal = key.derive("audit/head")
        machine = Ed25519PrivateKey.from_private_bytes(key.derive("audit/machine"))
        self.signers = Signers(Signer(MACHINE, machine), WRITTEN[suite])
        self._lock = threading.Lock()

    def begin(self) -> None:
        """Lay the file down before the first entry, so that its absence afterwards tells something."""
        with self._database.read() as session:
            is_new = head(session) == NO_HEAD
        if is_new and not self._path.exists():
            self._write(HeadMemo())

    def head(self) -> Head:
        """Return the last link as committed."""
        with self._database.read() as session:
            return head(session)

    def hash_at(self, seq: int) -> str:
        """Return the hash of a link; empty when there is none."""
        with self._database.read() as session:
            found = session.get(AuditRow, seq)
            return "" if found is None else found.hash

    def entries(
        self, *, subject: str = "", case: str = "", actor: str = "", since: datetime | None = None
    ) -> tuple[AuditEntry, ...]:
        """Return entries in order; only those that match what is given."""
        query = select(AuditRow).order_by(col(AuditRow.seq))
        for column, wanted in ((AuditRow.subject, subject), (AuditRow.case, case), (AuditRow.actor, actor)):
            if wanted:
                query = query.where(col(column) == wanted)
        if since is not None:
            query = query.where(col(AuditRow.at) >= moment_text(since))
        with self._database.read() as session:
            return tuple(_entry(row) for row in session.exec(query))

    def raw(self) -> Iterator[dict[str, object]]:
        """Yield every row as it stands, whatever is in it."""
        with self._database.read() as session:
            for row in session.connection().execute(_ALL):
                yield dict(zip(COLUMNS, row, strict=True))

    def keep_anchor(self, seq: int, digest: str, receipt: str) -> None:
        """Keep the gateway's receipt for a link, here and outside the database."""
        with self._database.write() as session:
            put(session, AnchorRow, {"seq": seq, "hash": digest, "receipt": receipt})
        with self._lock:
            self._write(replace(self.memo(), receipt=receipt))

    def anchors(self) -> tuple[AnchorRow, ...]:
        """Return the receipts, oldest first."""
        with self._database.read() as session:
            return tuple(session.exec(select(AnchorRow).order_by(col(AnchorRow.seq))))

    def remember(self, present: Head) -> None:
        """Note the head outside the database once it is committed.

        The file is not forced to the disk: after a power cut it may be behind the database, never ahead.
        """
        with self._lock, suppress(StoreError):
            memo = self.memo()
            if memo.is_sound and memo.head.seq < present.seq:
                self._write(replace(memo, head=present))

    def memo(self) -> HeadMemo:
        """Return what the file says."""
        try:
            document = json.loads(self._path.read_bytes())
            body, mac = document["body"], str(document["mac"])
            head_ = Head(int(body["seq"]), str(body["hash"]))
            receipt = str(body["receipt"])
        except (OSError, ValueError, KeyError, TypeError):
            return HeadMemo(is_sound=False)
        return HeadMemo(head_, receipt, hmac.compare_digest(mac, self._mac(body)))

    def _write(self, memo: HeadMemo) -> None:
        body = {"format": HEAD_FORMAT, "seq": memo.head.seq, "hash": memo.head.hash, "receipt": memo.receipt}
        document = json.dumps({"body": body, "mac": self._mac(body)}).encode()
        beside = self._path.with_name(f"{self._path.name}.tmp")
        with disk_faults():
            beside.write_bytes(document)
            beside.chmod(0o600)
            beside.replace(self._path)

    def _mac(self, body: object) -> str:
        return hmac.new(self._seal, json.dumps(body, sort_keys=True).encode(), sha256).hexdigest()


def append(session: Session, signers: Signers, actor: str, deed: Deed, subject: str, at: datetime) -> Head:
    """Add a deed at the end of the chain, inside the caller's transaction; the first one begins the chain.

    Where links were hashed in another way so far, the machine says first that this changes.

    Args:
        session: an open write transaction.
        signers: who may sign, and how links are hashed.
        actor: name of who did it.
        deed: what.
        subject: keyed hash of the person whose papers it is about; empty when nobody's.
        at: time by the window's clock, aware.
    """
    present, hashing = head(session), signers.hashing
    before = replace(present, hashing=hashing)
    if present == NO_HEAD:
        before = _link(session, signers.machine, before, Deed(action=Action.BEGUN), "", at)
    elif present.hashing != hashing:
        before = _link(session, signers.machine, before, rehashed(hashing), "", at)
    return _link(session, signers.of(actor), before, deed, subject, at)


def rehashed(hashing: str) -> Deed:
    """Return how the machine says that links are hashed in another way from here on."""
    return Deed(action=Action.REHASHED, detail=detail_of(hash=NAMES_OF_HASHES[hashing]))


def hash_of(entry: AuditEntry) -> str:
    """Return the hash of a link by the algorithm it names.

    Raises:
        UnknownAlgorithm: a newer version wrote it.
        SuiteUnavailable: this computer does not have the algorithm.
    """
    if entry.hashing not in HASHES:
        raise UnknownAlgorithm(what=f"audit {entry.seq}", algorithm=entry.hashing[:20])
    try:
        return link_hash(entry, HASHES[entry.hashing])
    except NoNationalAlgorithms as error:
        raise SuiteUnavailable() from error


def head(session: Session) -> Head:
    """Return the last link this transaction sees."""
    row = session.connection().execute(_HEAD).first()
    return NO_HEAD if row is None else Head(int(row[0]), str(row[1]), str(row[2]))


def moment_text(at: datetime) -> str:
    """Return a time as entries hold it."""
    return str(_MOMENT.process_bind_param(at, None))  # type: ignore[arg-type]  # the dialect is not looked at


def moment_from(written: str) -> datetime:
    """Return the time of an entry.

    Raises:
        ValueError: it is none.
    """
    found = _MOMENT.process_result_value(written, None)  # type: ignore[arg-type]  # as above
    assert found is not None
    return found


def _link(session: Session, signer: Signer, present: Head, deed: Deed, subject: str, at: datetime) -> Head:
    """Add an entry behind `present`, hashed as it says."""
    entry = AuditEntry(
        seq=present.seq + 1,
        previous=present.hash,
        at=moment_text(at),
        tick=int(time.clock_gettime(time.CLOCK_BOOTTIME) * 1000),
        actor=signer.actor,
        action=deed.action.value,
        subject=subject,
        case=deed.case,
        item=deed.item,
        reason=deed.reason,
        detail=deed.detail,
        key=signer.key_id,
        hash="",
        signature="",
        hashing=present.hashing,
    )
    digest = hash_of(entry)
    signature = b64url_encode(signer.key.sign(signed_bytes(digest, entry.hashing)))
    row = {name: getattr(entry, name) for name in COLUMNS}
    add(session, AuditRow, {**row, "hash": digest, "signature": signature})
    return Head(entry.seq, digest, entry.hashing)


def _entry(row: AuditRow) -> AuditEntry:
    return AuditEntry(**{name: getattr(row, name) for name in COLUMNS})
