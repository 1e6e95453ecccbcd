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
    SlotDeferred,
)
from workstation.domain.checklist import active_fields, check_field
from workstation.domain.clock import Clock, local_date
from workstation.domain.errors import UnknownAnswer
from workstation.domain.identity import birth_date_of, check_id_number, sex_of
from workstation.domain.items import FormField, Item
from workstation.services.catalogue import Catalogue
from workstation.services.errors import CaseSealed, NotEnrolled
from workstation.services.ids import new_id
from workstation.services.profile import WindowProfile
from workstation.store.database import Store

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
            return tx.record(new_id(at), opened, actor=profile.clerk, at=at)

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

        Raises:
            BadIdNumber: the number is malformed or fails its check digit.
        """
        case, item = self._editable(case_id)
        number = check_id_number(applicant.id_number)
        applicant = replace(applicant, id_number=number, birth_date=birth_date_of(number), sex=sex_of(number))
        facts: list[Payload] = [ApplicantSet(applicant=applicant)]
        facts += self._card_fields(case, item, applicant)
        return self._record(case_id, *facts)

    def _card_fields(self, case: Case, item: Item, applicant: Applicant) -> list[Payload]:
        known = card_values(applicant)
        facts: list[Payload] = []
        for field in active_fields(item, case.answers):
            value = next(
                (known[s.field] for s in field.sources if s.document_kind == CARD and s.field in known), ""
            )
            present = case.fields.get(field.id)
            typed = present is not None and present.origin is Origin.TYPED
            if value and not typed:
                facts.append(FieldSet(field=field.id, value=self._confirmed(value, Origin.CARD)))
            elif field.id == PHONE and applicant.phone and not typed:
                facts.append(FieldSet(field=PHONE, value=self._confirmed(applicant.phone, Origin.TYPED)))
        return facts

    def set_home_street(self, case_id: str, street: str) -> Case:
        """Choose the street that decides."""
        self._editable(case_id)
        return self._record(case_id, HomeStreetSet(street=street))

    def guess_street(self, address: str) -> str:
        """Return the code of the street an address names, or an empty text."""
        for code, name in self.catalogue.current.streets.items():
            if name.removesuffix("街道") in address:
                return code
        return ""

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
        """Take over a proposed value after the clerk compared it with the page."""
        case, item = self._editable(case_id)
        present = case.fields[field_id]
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
        self._editable(case_id)
        return self._record(case_id, OriginalMarked(slot=slot, custody=custody))

    def defer(self, case_id: str, slot: str, due: date, *, why: str) -> Case:
        """Let a tolerable material follow until `due` (容缺)."""
        self._editable(case_id)
        return self._record(
            case_id, SlotDeferred(slot=slot, due=due), Flagged(flag=Flag.TOLERATED, on=True), why=why
        )

    def remove_page(self, case_id: str, slot: str, page_id: str, *, why: str) -> Case:
        """Take a page out of its slot before sealing; its file stays in the vault."""
        self._editable(case_id)
        return self._record(case_id, PageRemoved(slot=slot, page_id=page_id), why=why)

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
        """Withdraw a draft at the citizen's wish; the log and its reason stay."""
        self._editable(case_id)
        return self._record(case_id, Moved(move=Move.WITHDRAW), why=why)

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

    def _record(self, case_id: str, *payloads: Payload, why: str = "") -> Case:
        with self.store.transaction() as tx:
            return tx.record(case_id, *payloads, actor=self.profile.clerk, at=self.clock(), why=why)


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
