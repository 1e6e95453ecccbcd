"""The store of one workstation: cases, pages, queue, inbox, archive and bags in one encrypted data folder.

keys.json        the wrapped data key (`keys.KeySlots`)
store.json       fingerprint of the data key
store.lock       held while somebody has the folder open
workstation.db   SQLCipher database (with -wal and -shm)
pages/           the vault
backups/         the database as it was before each upgrade of its schema
audit.json       head of the audit chain and the gateway's last word on it, outside the database
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from sqlalchemy import func
from sqlmodel import Session, col, select

from sync.contract.suites import Suite
from sync.port import SETTLED
from workstation.domain.archive import ArchivedMaterial
from workstation.domain.audit import Deed
from workstation.domain.case import Case, CaseState, Entry
from workstation.domain.courier import Bag, BagState
from workstation.domain.people import Person
from workstation.domain.tickets import Booking, Ticket
from workstation.store import cases, counters, health, holdings, migrate, tickets
from workstation.store import people as staff
from workstation.store.attempts import Attempt
from workstation.store.audit import AuditTable
from workstation.store.cases import CaseSummary
from workstation.store.ciphers import check_suite
from workstation.store.engine import FILE_NAME, Database
from workstation.store.errors import PageLetGo, PageMissing, StoreExists, UnknownRecord
from workstation.store.files import disk_faults, make_folder, remove_temporaries
from workstation.store.folder import Presence, check_key, write_check
from workstation.store.inbox import AppliedChange, InboxTable
from workstation.store.keys import DataKey
from workstation.store.outbox import Group, OutboxTable, release_claims
from workstation.store.page_uses import is_used, used_pages
from workstation.store.resealing import Resealed, reseal
from workstation.store.retention import Retention
from workstation.store.rows import BundleRow, CaseRow
from workstation.store.snapshots import Snapshots
from workstation.store.standings import StandingTable, Totals
from workstation.store.transaction import Indexer, Tx
from workstation.store.vault import Vault

__all__ = ["AppliedChange", "Attempt", "CaseSummary", "Group", "Recovery", "Store", "Totals", "Tx"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Recovery:
    """What was found and put right at start."""

    interrupted_sends: int
    """Lines whose sending was cut off; they are queued again."""
    orphan_pages: int
    """Page files removed that were never recorded, half-written ones included."""
    open_drafts: int
    """Cases somebody was working on."""
    queued: int
    """Bundles not delivered yet."""
    was_alone: bool
    """False when another process had the folder open: then nothing was swept and no line touched."""


class Store:
    """One open data folder; to be used from any thread."""

    def __init__(self, folder: Path, key: DataKey, suite: Suite) -> None:
        """Take part in the folder; use `create` or `open`."""
        check_suite(suite)
        self._folder = folder
        self.suite = suite
        """What is written from now on; what lies here says itself what it was written with."""
        self._presence = Presence(folder)
        self._database = Database(folder / FILE_NAME, key.derive("database"))
        self._indexer = Indexer(key.derive("archive/person"))
        self._snapshots = Snapshots()
        self.vault = Vault(folder, key, suite)
        self.outbox = OutboxTable(self._database, self.vault)
        self.inbox = InboxTable(self._database, self._tx)
        self.standings = StandingTable(self._database)
        self.audit = AuditTable(self._database, folder, key, suite)
        self.retention = Retention(self._database, self.vault, self._presence)

    @classmethod
    def create(cls, folder: Path, key: DataKey, suite: Suite = Suite.INTERNATIONAL) -> Store:
        """Make a new data folder (it may hold a key file already) and open it.

        Raises:
            StoreExists: it holds a database.
            SuiteUnavailable: this computer lacks what the suite asks for; nothing was made.
            DiskFull: no space.
        """
        check_suite(suite)
        make_folder(folder)
        with disk_faults():
            try:
                (folder / FILE_NAME).touch(mode=0o600, exist_ok=False)
            except FileExistsError as error:
                raise StoreExists(path=folder.name) from error
        write_check(folder, key)
        return cls.open(folder, key, suite)

    @classmethod
    def open(cls, folder: Path, key: DataKey, suite: Suite = Suite.INTERNATIONAL) -> Store:
        """Open a data folder and bring its schema up to date.

        Raises:
            UnknownRecord: there is no store in the folder.
            WrongKey: it was made with another key.
            SuiteUnavailable: this computer lacks what the suite asks for.
            StoreTooNew: it was written by a newer program.
            StoreDamaged: the database cannot be read.
        """
        if not (folder / FILE_NAME).exists():
            raise UnknownRecord(kind="store", name=folder.name)
        check_key(folder, key)
        store = cls(folder, key, suite)
        try:
            migrate.upgrade(store._database)
            store.audit.begin()
        except BaseException:
            store.close()
            raise
        return store

    def close(self) -> None:
        """Close the files and give the folder free."""
        self._database.close()
        self._presence.leave()

    @contextmanager
    def transaction(self) -> Iterator[Tx]:
        """Give a transaction: kept at the end, undone by any exception, on the disk when this returns.

        Raises:
            StoreLocked: another writer did not finish in time.
            DiskFull: no space; nothing has changed.
        """
        with self._database.write() as session:
            tx = self._tx(session)
            yield tx
        tx.publish()
        if tx.audited is not None:
            self.audit.remember(tx.audited)

    def recover(self, now: datetime) -> Recovery:
        """Put right what a crash left behind; once at start, before anything else is done.

        Nothing that is referred to is ever removed. While another process has the folder open its pages
        and claims may be in the middle of their work, so then this only counts.
        """
        interrupted = orphans = 0
        with self._presence.alone() as is_alone:
            if is_alone:
                with self._database.write() as session:
                    interrupted = release_claims(session, now)
                    cases.fill_courses(session)
                    keep = used_pages(session)
                orphans = self.vault.sweep(keep)
                remove_temporaries(self._folder)
        drafts, queued = self._open_work()
        return Recovery(
            interrupted_sends=interrupted,
            orphan_pages=orphans,
            open_drafts=drafts,
            queued=queued,
            was_alone=is_alone,
        )

    def faults(self) -> tuple[str, ...]:
        """Return what is damaged in the database or missing among the pages; it reads the whole database."""
        return health.faults(self._database, self.vault)

    def reseal(self) -> Resealed:
        """Seal the pages here anew with the cipher of the policy; see `resealing`."""
        return reseal(self._database, self.vault)

    def case(self, case_id: str) -> Case:
        """Return the case folded from its log; raises UnknownRecord."""
        with self._database.read() as session:
            return self._load(session, case_id)

    def case_by_number(self, number: str) -> Case | None:
        """Return the case with this number, None when there is none."""
        with self._database.read() as session:
            case_id = cases.id_of_number(session, number)
            return None if case_id is None else self._load(session, case_id)

    def log(self, case_id: str) -> tuple[Entry, ...]:
        """Return the case's log in order; raises UnknownRecord."""
        with self._database.read() as session:
            return cases.log(session, case_id)

    def summaries(
        self,
        *,
        states: Iterable[CaseState] | None = None,
        opened_on: date | None = None,
        changed_from: datetime | None = None,
        limit: int = 500,
    ) -> tuple[CaseSummary, ...]:
        """Return case lines, the one changed last first.

        Args:
            states: only these.
            opened_on: only cases opened on this day by the window's clock.
            changed_from: only cases changed last, or received, at this time or later.
            limit: at most so many.
        """
        with self._database.read() as session:
            return cases.summaries(
                session, states=states, opened_on=opened_on, changed_from=changed_from, limit=limit
            )

    def summaries_of(self, numbers: Iterable[str]) -> dict[str, CaseSummary]:
        """Return the lines of the cases with these numbers, by number; a number of no case is left out."""
        with self._database.read() as session:
            return cases.summaries_of(session, numbers)

    def openers(self, case_ids: Iterable[str]) -> dict[str, str]:
        """Return the names of those who opened these cases, by case id."""
        with self._database.read() as session:
            return cases.openers(session, case_ids)

    def cases_named(self, part: str, *, limit: int = 50) -> tuple[Case, ...]:
        """Return cases whose number or applicant's name holds `part`, the one changed last first."""
        with self._database.read() as session:
            return tuple(self._load(session, name) for name in cases.named(session, part, limit=limit))

    def cases_mentioning(self, kind: str, part: str, *, limit: int = 50) -> tuple[Case, ...]:
        """Return cases with a log entry of this kind whose JSON holds `part`, the one changed last first."""
        with self._database.read() as session:
            found = cases.mentioning(session, kind, part, limit=limit)
            return tuple(self._load(session, name) for name in found)

    def holding(self, states: Iterable[CaseState]) -> tuple[Case, ...]:
        """Return every case in these states that may hold an original at the window, oldest first."""
        with self._database.read() as session:
            return tuple(self._load(session, case_id) for case_id in cases.maybe_holding(session, states))

    def page(self, sha256: str) -> bytes:
        """Return the plain bytes of a page.

        Raises:
            PageLetGo: nothing refers to it any more: it was delivered, and removed when its time was over.
            PageMissing: it should be here, and is not.
            StoreError: it is altered, or the disk does not give it back.
        """
        try:
            return self.vault.get(sha256)
        except PageMissing as error:
            with self._database.read() as session:
                if is_used(session, sha256):
                    raise
            raise PageLetGo(page=sha256[:12]) from error

    def archived(self, id_number: str) -> tuple[ArchivedMaterial, ...]:
        """Return a person's archived materials, the one checked last first."""
        with self._database.read() as session:
            return holdings.materials(session, self._indexer.person(id_number))

    def people(self) -> tuple[Person, ...]:
        """Return the staff, disabled people included, in the order they came."""
        with self._database.read() as session:
            return staff.people(session)

    def note(self, deed: Deed, *, actor: str, at: datetime) -> None:
        """Add to the audit chain what changes nothing else; see `Tx.note`."""
        with self.transaction() as tx:
            tx.note(deed, actor=actor, at=at)

    def forget(self) -> None:
        """Drop the cases kept in memory; reading one again folds its log anew."""
        self._snapshots.forget()

    def person_hash(self, id_number: str) -> str:
        """Return the keyed hash under which a person's papers are filed and audited."""
        return self._indexer.person(id_number)

    def bags(self, state: BagState | None = None) -> tuple[Bag, ...]:
        """Return bags, oldest first."""
        with self._database.read() as session:
            return holdings.bags(session, state)

    def bag(self, number: str) -> Bag | None:
        """Return a bag, None when there is none of this number."""
        with self._database.read() as session:
            return holdings.bag(session, number)

    def tickets(self, day: date) -> tuple[Ticket, ...]:
        """Return the queue numbers of a day in the order they were taken."""
        with self._database.read() as session:
            return tickets.tickets(session, day)

    def booking(self, number: str) -> Booking | None:
        """Return a booking or pre-application, None when there is none of this number."""
        with self._database.read() as session:
            return tickets.booking(session, number)

    def bookings(self, day: date) -> tuple[Booking, ...]:
        """Return the bookings made for a day, by time."""
        with self._database.read() as session:
            return tickets.bookings(session, day)

    def setting(self, name: str) -> str | None:
        """Return a setting, None when it was never put."""
        with self._database.read() as session:
            return counters.setting(session, name)

    def _tx(self, session: Session) -> Tx:
        return Tx(session, self.vault, self._indexer, self._snapshots, self.audit.signers)

    def _load(self, session: Session, case_id: str) -> Case:
        case = cases.load(session, case_id, self._snapshots.get(case_id))
        self._snapshots.keep(case)
        return case

    def _open_work(self) -> tuple[int, int]:
        drafts = select(func.count()).where(col(CaseRow.state) == CaseState.DRAFT.value)
        queued = select(func.count()).where(col(BundleRow.state).not_in([state.value for state in SETTLED]))
        with self._database.read() as session:
            return session.exec(drafts).one(), session.exec(queued).one()
