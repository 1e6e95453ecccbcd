"""Taking a case in: open it, answer, name the applicant, mark originals, fill the form."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

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
from workstation.domain.checklist import active_fields, check_field
from workstation.domain.clock import Clock, local_date
from workstation.domain.errors import UnknownAnswer
from workstation.domain.forms import FormField
from workstation.domain.identity import birth_date_of, check_id_number, sex_of
from workstation.domain.items import Item
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
from workstation.store.database import Store, Tx

CARD = "id-card-front"
CARD_BACK = "id-card-back"
PHONE = "phone"
"""Form field that takes over the telephone number typed with the applicant."""


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
            NotEnrolled: the window has no number block.
        """
        profile, at = self.profile, self.clock()
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
        item = self._editable(case_id)[1]
        try:
            item.question(question_id).option(option_id)
        except KeyError as error:
            raise UnknownAnswer(question=question_id, option=option_id) from error
        return self._record(case_id, Answered(question=question_id, option=option_id))

    def set_applicant(self, case_id: str, applicant: Applicant) -> Case:
        """Name the applicant, as confirmed by the clerk, and carry the card's values into the form.

        Copies reused from another person's archive are given up: that person's yes was for their own case.

        Raises:
            BadIdNumber: the number is malformed or fails its check digit.
        """
        case, item = self._editable(case_id)
        number = check_id_number(applicant.id_number)
        applicant = replace(applicant, id_number=number, birth_date=birth_date_of(number), sex=sex_of(number))
        facts: list[Payload] = [ApplicantSet(applicant=applicant)]
        facts += self._card_fields(case, item, applicant)
        if case.applicant is not None and case.applicant.id_number != number:
            facts += [
                ReuseWithdrawn(slot=name) for name, slot in case.slots.items() if slot.reuse is not None
            ]
        return self._record(case_id, *facts)

    def _card_fields(self, case: Case, item: Item, applicant: Applicant) -> list[Payload]:
        known = card_values(applicant)
        facts: list[Payload] = []
        for field in active_fields(item, case.answers):
            present = case.fields.get(field.id)
            if field.id == PHONE:
                if applicant.phone and not _is_own(present, case.applicant):
                    facts.append(FieldSet(field=PHONE, value=self._confirmed(applicant.phone, Origin.TYPED)))
                continue
            names = [source.field for source in field.sources if source.document_kind == CARD]
            value = next((known[name] for name in names if name in known), "")
            # What the card of an applicant named before put here must not stay, even if nothing replaces it.
            carried = present is not None and present.origin is Origin.CARD
            if carried or (value and not _is_settled(present)):
                facts.append(FieldSet(field=field.id, value=self._confirmed(value, Origin.CARD)))
        return facts

    def set_home_street(self, case_id: str, street: str) -> Case:
        """Choose the street that decides.

        Raises:
            UnknownStreet: the catalogue does not route to it.
        """
        self._editable(case_id)
        if street not in self.catalogue.current.streets:
            raise UnknownStreet(street=street)
        return self._record(case_id, HomeStreetSet(street=street))

    def guess_street(self, address: str) -> str:
        """Return the code of the street an address names, or an empty text.

        An address that names any street in full is taken at its word; else a name without 街道 counts, unless
        it is part of the name of a district, a road or the like, or another street is named too.
        """
        streets = self.catalogue.current.streets
        found = [code for code, name in streets.items() if name in address]
        if not found and "街道" not in address:
            found = [code for code, name in streets.items() if _names(address, name.removesuffix("街道"))]
        return found[0] if len(found) == 1 else ""

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

    def confirm_field(self, case_id: str, field_id: str) -> Case:
        """Take over a proposed value after the clerk compared it with the page.

        Raises:
            NothingRead: there is no value yet.
        """
        case, item = self._editable(case_id)
        present = case.fields.get(field_id)
        if present is None:
            raise NothingRead
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

    def remove_page(self, case_id: str, slot: str, page_id: str, *, why: str) -> Case:
        """Take a page out of its slot before sealing; its file stays in the vault."""
        return self._fill(case_id, PageRemoved(slot=slot, page_id=page_id), why=why)

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


def _is_settled(value: FieldValue | None) -> bool:
    """True for what a person typed or confirmed against a page."""
    if value is None:
        return False
    return value.origin is Origin.TYPED or (value.origin is Origin.OCR and value.confirmed_by is not None)


def _is_own(value: FieldValue | None, before: Applicant | None) -> bool:
    """True for a number typed into the form, and not carried over from the applicant named before."""
    carried = before is not None and value is not None and value.value == before.phone
    return _is_settled(value) and not carried


def _names(address: str, short: str) -> bool:
    return re.search(rf"{re.escape(short)}(?![区县市路道街巷])", address) is not None


def card_values(applicant: Applicant) -> dict[str, str]:
    """Return the applicant's data under the field names of the card's front; empty values left out."""
    values = {
        "name": applicant.name,
        "sex": applicant.sex,
        "ethnicity": applicant.ethnicity,
        "birth_date": applicant.birth_date.isoformat() if applicant.birth_date else "",
        "address": applicant.address,
        "id_number": applicant.id_number,
    }
    return {key: value for key, value in values.items() if value}
