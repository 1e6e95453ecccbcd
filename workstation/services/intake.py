"""Taking a case in: open it, answer, name the applicant, mark originals, fill the form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from workstation.domain.case import (
    Answered,
    Applicant,
    ApplicantSet,
    Case,
    Custody,
    FieldSet,
    FieldValue,
    Flag,
    Flagged,
    HomeStreetSet,
    Move,
    Moved,
    Opened,
    Origin,
    OriginalMarked,
    PageRemoved,
    Payload,
    ReuseWithdrawn,
)
from workstation.domain.checklist import active_fields, check_field, derive
from workstation.domain.clock import Clock, local_date
from workstation.domain.errors import UnknownAnswer
from workstation.domain.forms import FormField
from workstation.domain.identity import birth_date_of, check_id_number, sex_of
from workstation.domain.items import Item
from workstation.domain.known import KnownAnswer, known_answers
from workstation.domain.people import Permission
from workstation.services.archive_shelf import ArchiveShelf
from workstation.services.carrying import (
    CARD,
    answers_after,
    answers_of_facts,
    card_fields,
    guess_street,
    newly_asked,
)
from workstation.services.catalogue import Catalogue
from workstation.services.errors import (
    CaseSealed,
    NotEnrolled,
    NothingRead,
    ReceivedAlready,
    UnknownStreet,
)
from workstation.services.ids import new_id
from workstation.services.profile import WindowProfile
from workstation.services.rights import require
from workstation.store.database import Store, Tx


@dataclass(frozen=True)
class Intake:
    """Everything that changes a case before it is sealed."""

    store: Store
    catalogue: Catalogue
    profile: WindowProfile
    clock: Clock

    def open_case(self, item: Item, *, ticket: str = "") -> Case:
        """Start a draft under the next provisional number.

        Raises:
            NotPermitted: whoever is at the window has nothing to do with cases.
            NotEnrolled: the window has no number block.
        """
        profile, at = self.profile, self.clock()
        require(profile, Permission.WORK_CASES)
        if not profile.number_prefix:
            raise NotEnrolled
        day = local_date(at)
        with self.store.transaction() as tx:
            serial = tx.next_serial(f"case:{day:%Y%m%d}")
            opened = Opened(
                number=f"{profile.number_prefix}-{day:%Y%m%d}-{serial:03d}",
                item_code=item.code,
                pack_version=self.catalogue.current.version,
                window=profile.window_id,
                receiving_street=profile.street,
                practice=profile.practice,
                ticket=ticket,
            )
            stale: list[Payload] = []
            if self.catalogue.current.is_stale(day):
                stale = [Flagged(flag=Flag.STALE_PACK, on=True)]
            return tx.record(new_id(at), opened, *stale, actor=profile.clerk, at=at)

    def answer(self, case_id: str, question_id: str, option_id: str) -> Case:
        """Answer a situation question; pages already scanned stay with the case.

        Raises:
            UnknownAnswer: the item has no such question or option.
        """
        case, item = self._editable(case_id)
        try:
            item.question(question_id).option(option_id)
        except KeyError as error:
            raise UnknownAnswer(question=question_id, option=option_id) from error
        answers = {**case.answers, question_id: option_id}
        facts = newly_asked(case, item, answers=answers, clerk=self.profile.clerk)
        return self._record(case_id, Answered(question=question_id, option=option_id), *facts)

    def set_applicant(self, case_id: str, applicant: Applicant) -> Case:
        """Name the applicant, as confirmed by the clerk, and carry the card's values into the form.

        Copies reused from another person's archive are given up: that person's yes was for their own case.

        Raises:
            BadIdNumber: the number is malformed or fails its check digit.
        """
        case, item = self._editable(case_id)
        number = check_id_number(applicant.id_number)
        applicant = replace(applicant, id_number=number, birth_date=birth_date_of(number), sex=sex_of(number))
        archived = self.shelf.relied_on(case, applicant, item)
        known = answers_of_facts(case, item, applicant, archived, self._today)
        answers = answers_after(case, known)
        facts: list[Payload] = [ApplicantSet(applicant=applicant), *known]
        facts += card_fields(case, item, applicant, answers=answers, clerk=self.profile.clerk)
        if case.applicant is not None and case.applicant.id_number != number:
            facts += [
                ReuseWithdrawn(slot=name) for name, slot in case.slots.items() if slot.reuse is not None
            ]
        if item.review_free:
            facts += _card_returned(case, item, answers)
        return self._record(case_id, *facts)

    def known(self, case: Case, item: Item) -> dict[str, KnownAnswer]:
        """Return what facts answer of the item's questions, for showing where an answer came from."""
        if case.applicant is None:
            return {}
        archived = self.shelf.relied_on(case, case.applicant, item)
        return known_answers(item, case.applicant, archived, self._today)

    def remembered(self, case: Case) -> Applicant | None:
        """Return who the card just read is, as confirmed in the earlier case last archived from."""
        read = case.fields.get(f"{CARD}.id_number")
        if case.applicant is not None or case.is_sealed or read is None or not read.valid:
            return None
        copies = [c for c in self.store.archived(read.value) if c.practice is case.is_practice]
        if not copies:
            return None
        earlier = self.store.case_by_number(max(copies, key=lambda copy: copy.checked_on).source_case)
        person = earlier.applicant if earlier is not None else None
        return person if person is not None and person.id_number == read.value else None

    @property
    def shelf(self) -> ArchiveShelf:
        """What is kept of earlier cases."""
        return ArchiveShelf(self.store, self.profile, self.clock)

    @property
    def _today(self) -> date:
        return local_date(self.clock())

    def set_home_street(self, case_id: str, street: str, *, second: str = "") -> Case:
        """Choose the street that decides, and the other household's where two verify.

        Raises:
            UnknownStreet: the catalogue does not route to it.
        """
        self._editable(case_id)
        for code in (street, second) if second else (street,):
            if code not in self.catalogue.current.streets:
                raise UnknownStreet(street=code)
        return self._record(case_id, HomeStreetSet(street=street, second=second))

    def guess_street(self, address: str) -> str:
        """Return the code of the street an address names, or an empty text."""
        return guess_street(self.catalogue.current.streets, address)

    def guess_second_street(self, case: Case) -> str:
        """Return the other household's street where it can be told, or an empty text.

        An address of the spouse says it; else a window that is not of the first street is most likely of the
        second, for one of the two households' streets is where such a case may be handed in.
        """
        addresses = (v.value for name, v in case.fields.items() if "spouse" in name and "address" in name)
        named = next((code for address in addresses if (code := self.guess_street(address))), "")
        return named or (case.receiving_street if case.receiving_street != case.home_street else "")

    def type_field(self, case_id: str, field_id: str, text: str) -> Case:
        """Take a value the clerk typed; it is kept even when a check fails, and shown as failing."""
        case, item = self._editable(case_id)
        field = self._field(item, case, field_id)
        failed = check_field(field, text)
        value = replace(
            self._confirmed(text.strip(), Origin.TYPED),
            valid=not failed,
            checks=tuple(f"!{f}" for f in failed),
        )
        return self._record(case_id, FieldSet(field=field_id, value=value))

    def confirm_field(self, case_id: str, field_id: str, *, seen: str | None = None) -> Case:
        """Take over a proposed value after the clerk compared it with the page.

        Args:
            case_id: the case.
            field_id: the field.
            seen: what the clerk compared; where another reading has come meanwhile, nothing is taken over.

        Raises:
            NothingRead: there is no value yet.
        """
        case, item = self._editable(case_id)
        present = case.fields.get(field_id)
        if present is None:
            raise NothingRead
        if seen is not None and present.value != seen:
            return case
        failed = check_field(self._field(item, case, field_id), present.value)
        value = replace(
            present,
            confirmed_by=self.profile.clerk,
            valid=not failed,
            checks=(*(c for c in present.checks if not c.startswith("!")), *(f"!{f}" for f in failed)),
        )
        return self._record(case_id, FieldSet(field=field_id, value=value))

    def mark_original(self, case_id: str, slot: str, custody: Custody) -> Case:
        """Record that the original was seen and handed back, or is held at the window."""
        return self._fill(case_id, OriginalMarked(slot=slot, custody=custody))

    def hold(self, case_id: str, *, why: str) -> Case:
        """Put the draft aside; everything entered stays."""
        self._editable(case_id)
        return self._record(case_id, Flagged(flag=Flag.ON_HOLD, on=True), why=why)

    def resume(self, case_id: str) -> Case:
        """Take a held draft up again."""
        case = self.store.case(case_id)
        if Flag.ON_HOLD not in case.flags:
            return case
        return self._record(case_id, Flagged(flag=Flag.ON_HOLD, on=False))

    def discard(self, case_id: str, *, why: str) -> Case:
        """Withdraw a draft at the citizen's wish, originals go back with it; the log and its reason stay.

        Raises:
            ReceivedAlready: the back office knows the case; it must be told (`Decisions.withdraw`).
        """
        case = self._editable(case_id)[0]
        if case.received_at is not None:
            raise ReceivedAlready(number=case.number)
        return self._record(case_id, *handed_back(case), Moved(move=Move.WITHDRAW), why=why)

    def _editable(self, case_id: str) -> tuple[Case, Item]:
        case = self.store.case(case_id)
        if case.is_sealed:
            raise CaseSealed(number=case.number)
        return case, self.catalogue.item_of(case)

    def _field(self, item: Item, case: Case, field_id: str) -> FormField:
        by_id: Mapping[str, FormField] = {f.id: f for f in active_fields(item, case.answers)}
        # Readings of a document ("id-card-front.name") are corrected under their own name.
        return by_id.get(field_id) or FormField(id=field_id, title=field_id, required=False)

    def _confirmed(self, value: str, origin: Origin) -> FieldValue:
        return FieldValue(value=value, origin=origin, confirmed_by=self.profile.clerk)

    def _fill(self, case_id: str, payload: OriginalMarked | PageRemoved, *, why: str = "") -> Case:
        """Record what happened to a slot: before sealing, or while what it owes is taken in."""
        with self.store.transaction() as tx:
            check_fillable(tx, case_id, payload.slot)
            return tx.record(case_id, payload, actor=self.profile.clerk, at=self.clock(), why=why)

    def _record(self, case_id: str, *payloads: Payload, why: str = "") -> Case:
        with self.store.transaction() as tx:
            check_editable(tx, case_id)
            return tx.record(case_id, *payloads, actor=self.profile.clerk, at=self.clock(), why=why)


def check_editable(tx: Tx, case_id: str) -> Case:
    """Return the case as this transaction sees it: it may have been sealed since a screen read it.

    Raises:
        CaseSealed: it may not change any more.
    """
    case = tx.case(case_id)
    if case.is_sealed:
        raise CaseSealed(number=case.number)
    return case


def check_fillable(tx: Tx, case_id: str, slot: str) -> Case:
    """Return the case as this transaction sees it, if the slot takes pages now.

    Raises:
        CaseSealed: it may not change any more, and nothing owed for this slot is being taken in.
    """
    case = tx.case(case_id)
    if not case.may_fill(slot):
        raise CaseSealed(number=case.number)
    return case


def handed_back(case: Case) -> list[Payload]:
    """Return the marks of all originals held at the window as they go back to the citizen."""
    return [
        OriginalMarked(slot=name, custody=Custody.RETURNED)
        for name, slot in case.slots.items()
        if slot.custody is Custody.HELD
    ]


def _card_returned(case: Case, item: Item, answers: Mapping[str, str]) -> list[Payload]:
    """Mark the scanned card as handed back: an item made from data at once wants nothing but that look."""
    return [
        OriginalMarked(slot=material.id, custody=Custody.RETURNED)
        for material in derive(item, answers)
        if material.document_kind == CARD
        and case.slot(material.id).pages
        and case.slot(material.id).custody is Custody.NOT_SEEN
    ]
