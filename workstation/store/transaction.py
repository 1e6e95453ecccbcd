"""What a use case may do inside one transaction."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session

from sync.contract.models import SignedManifest
from sync.port import LineState
from workstation.domain.archive import ArchivedMaterial
from workstation.domain.audit import Deed
from workstation.domain.case import Case, Entry, Opened, Payload
from workstation.domain.courier import Bag, BagState
from workstation.domain.lockout import Tries
from workstation.domain.people import Person
from workstation.domain.tickets import Booking, Ticket
from workstation.store import audit, cases, counters, holdings, outbox, sealing, tickets
from workstation.store import people as staff
from workstation.store.audit import Head, Signers
from workstation.store.deeds import deeds_of
from workstation.store.errors import ConcurrentChange, UnknownRecord
from workstation.store.page_uses import Holder, set_uses
from workstation.store.snapshots import Snapshots
from workstation.store.vault import Vault


@dataclass(frozen=True, slots=True)
class Indexer:
    """Turns an identity number into what may stand in an index."""

    key: bytes

    def person(self, id_number: str) -> str:
        """Return the keyed hash (HMAC-SHA256, hex) of an identity number."""
        return hmac.new(self.key, id_number.strip().upper().encode(), hashlib.sha256).hexdigest()


class Tx:
    """One transaction: all of it is kept, or nothing."""

    def __init__(
        self, session: Session, vault: Vault, indexer: Indexer, snapshots: Snapshots, signers: Signers
    ) -> None:
        """Wrap an open session; the store makes it."""
        self._session = session
        self._signers = signers
        self.audited: Head | None = None
        """Head of the audit chain when this transaction added to it."""
        self._snapshots = snapshots
        self._cases: dict[str, Case] = {}
        """Cases as they are now: while this transaction runs, nobody else writes."""
        self._vault = vault
        self._indexer = indexer

    def record(
        self,
        case_id: str,
        *payloads: Payload,
        actor: str,
        at: datetime,
        why: str = "",
        expected_length: int | None = None,
    ) -> Case:
        """Append to a case's log and return the case as it is then; `Opened` first makes a new case.

        Args:
            case_id: UUIDv7 of the case.
            payloads: what happened, in order; at least one.
            actor: who did it.
            at: aware time by the window's clock.
            why: reason, where one is due.
            expected_length: log length the caller saw; None takes whatever is there.

        Raises:
            ConcurrentChange: the log has another length, or the case number is taken.
            UnknownRecord: no such case, and the first payload does not open it.
            IllegalMove: the move table forbids it.
        """
        if not payloads:
            raise ValueError("nothing to record")
        base = self._base(case_id, may_open=isinstance(payloads[0], Opened))
        length = 0 if base is None else base.length
        if expected_length not in (None, length):
            raise ConcurrentChange(what="case", expected=expected_length, found=length)
        act = cases.Act(actor=actor, at=at, why=why)
        case = self._cases[case_id] = cases.record(self._session, base, case_id, payloads, act)
        for deed in deeds_of(case, payloads, why):
            self.note(deed, actor=actor, at=at)
        return case

    def note(self, deed: Deed, *, actor: str, at: datetime) -> None:
        """Add to the audit chain what this transaction does.

        Args:
            deed: what is done.
            actor: name of who does it; the machine signs for a name nobody has signed in under.
            at: aware time by the window's clock.
        """
        subject = self._indexer.person(deed.person) if deed.person else ""
        self.audited = audit.append(self._session, self._signers, actor, deed, subject, at)

    def case(self, case_id: str) -> Case:
        """Return the case with what this transaction has done so far; raises UnknownRecord."""
        if case_id not in self._cases:
            self._cases[case_id] = cases.load(self._session, case_id, self._snapshots.get(case_id))
        return self._cases[case_id]

    def log(self, case_id: str) -> tuple[Entry, ...]:
        """Return the case's log with what this transaction has added; raises UnknownRecord."""
        return cases.log(self._session, case_id)

    def case_by_number(self, number: str) -> Case | None:
        """Return the case with this number, None when there is none."""
        case_id = cases.id_of_number(self._session, number)
        return None if case_id is None else self.case(case_id)

    def next_serial(self, name: str) -> int:
        """Return 1, 2, 3 ... for a name, over all processes; one that was rolled back is given again."""
        return counters.grow(self._session, f"serial:{name}")

    def setting(self, name: str) -> str | None:
        """Return a setting, None when it was never put."""
        return counters.setting(self._session, name)

    def put_setting(self, name: str, value: str) -> None:
        """Keep a setting."""
        counters.put_setting(self._session, name, value)

    def queue(self, signed: SignedManifest, *, legal_due_at: datetime | None) -> str:
        """Put a sealed bundle into the outbox and return its manifest's SHA-256; again changes nothing.

        Raises:
            ConflictingBundle: the queue holds other content under this id; nothing is replaced.
            PageMissing: a page of the manifest is not in the vault.
        """
        return sealing.queue(self._session, self._vault, signed, legal_due_at=legal_due_at)

    def line_state(self, bundle_id: str) -> LineState:
        """Return where a line of the queue stands; raises UnknownRecord."""
        return outbox.state_of(self._session, bundle_id)

    def set_aside(self, bundle_id: str, state: LineState, at: datetime, detail: str) -> None:
        """Put a line on hold, or mark it as replaced by a later version; a settled one stays as it is.

        Raises:
            UnknownRecord: there is no such bundle.
        """
        outbox.set_aside(self._session, bundle_id, state, at, detail)

    def archive(self, material: ArchivedMaterial) -> None:
        """Keep a material for reuse; one of the same id is replaced."""
        holdings.put_material(self._session, self._indexer.person(material.id_number), material)

    def archived(self, id_number: str, *, source_case: str = "") -> tuple[ArchivedMaterial, ...]:
        """Return a person's materials, the one checked last first.

        Args:
            id_number: of the person, or the credit code of an organisation.
            source_case: only what the case of this number left; empty: all.
        """
        return holdings.materials(self._session, self._indexer.person(id_number), source_case=source_case)

    def archived_of_case(self, number: str) -> tuple[ArchivedMaterial, ...]:
        """Return the materials kept from the case with this number."""
        return holdings.materials_of_case(self._session, number)

    def hold_result(self, change_id: str, files: set[str]) -> None:
        """Keep exactly these files (SHA-256) of the vault for a line of the feed that issued them."""
        set_uses(self._session, Holder.RESULT, change_id, files)

    def forget_archived(self, today: date) -> int:
        """Remove materials whose keeping ended before `today`, or that nobody may use; return how many."""
        return holdings.forget_materials(self._session, today)

    def put_bag(self, bag: Bag) -> None:
        """Keep a bag as it is now; one of the same number is replaced."""
        holdings.put_bag(self._session, bag)

    def bags(self, state: BagState | None = None) -> tuple[Bag, ...]:
        """Return bags, oldest first."""
        return holdings.bags(self._session, state)

    def bag(self, number: str) -> Bag | None:
        """Return a bag, None when there is none of this number."""
        return holdings.bag(self._session, number)

    def put_ticket(self, ticket: Ticket) -> None:
        """Keep a queue number as it is now; one of the same id is replaced."""
        tickets.put_ticket(self._session, ticket)

    def tickets(self, day: date) -> tuple[Ticket, ...]:
        """Return the queue numbers of a day in the order they were taken."""
        return tickets.tickets(self._session, day)

    def ticket(self, ticket_id: str) -> Ticket | None:
        """Return a queue number, None when there is none."""
        return tickets.ticket(self._session, ticket_id)

    def ticket_of_booking(self, number: str) -> Ticket | None:
        """Return the number taken last with a booking, None when none was."""
        return tickets.ticket_of_booking(self._session, number)

    def put_booking(self, booking: Booking) -> None:
        """Keep a booking; one of the same number is replaced."""
        tickets.put_booking(self._session, booking)

    def booking(self, number: str) -> Booking | None:
        """Return a booking, None when there is none of this number."""
        return tickets.booking(self._session, number)

    def people(self) -> tuple[Person, ...]:
        """Return the staff, disabled people included, in the order they came."""
        return staff.people(self._session)

    def put_person(self, person: Person, wrapped: str) -> None:
        """Keep a person with their sealed key; wrong PINs are forgotten."""
        staff.put_person(self._session, person, wrapped)

    def wrapped_key(self, person_id: str) -> str:
        """Return a person's sealed key; raises UnknownRecord."""
        return staff.wrapped_of(self._session, person_id)

    def tries(self, person_id: str) -> Tries:
        """Return a person's wrong PINs in a row; raises UnknownRecord."""
        return staff.tries_of(self._session, person_id)

    def put_tries(self, person_id: str, tries: Tries) -> None:
        """Keep a person's wrong PINs in a row; raises UnknownRecord."""
        staff.put_tries(self._session, person_id, tries)

    def publish(self) -> None:
        """Let readers start from the cases as this transaction left them; only once it is committed."""
        for case in self._cases.values():
            self._snapshots.keep(case)

    def _base(self, case_id: str, *, may_open: bool) -> Case | None:
        try:
            return self.case(case_id)
        except UnknownRecord:
            if may_open:
                return None
            raise
