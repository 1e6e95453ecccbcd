"""Who stands at the counter: the card's chip where there is a reader, and the clerk's own eyes in any case.

What a chip says outranks what OCR read and never what a person typed or confirmed. Of the comparison only its
outcome is kept, no picture (个人信息保护法 art. 6, 28).
"""

from __future__ import annotations

from dataclasses import dataclass

from scanners.id_reader import ChipCard, ChipRefused, IdReader, NoIdReader
from workstation.domain.case import Case, FieldSet, FieldValue, IdentityChecked, IdentityWay, Origin
from workstation.domain.clock import Clock
from workstation.domain.errors import BadIdNumber
from workstation.domain.identity import birth_date_of, check_id_number
from workstation.services.errors import NoApplicant
from workstation.services.intake import check_editable
from workstation.services.profile import WindowProfile
from workstation.store.database import Store

FRONT, BACK = "id-card-front", "id-card-back"
FROM_CHIP = ("from-chip",)
LONG_TERM = "长期"
SERIAL = "identity.chip:"
"""Setting per case: number and serial of the card whose chip was read."""


@dataclass(frozen=True)
class IdentityDesk:
    """Reads cards and records comparisons."""

    store: Store
    profile: WindowProfile
    clock: Clock
    reader: IdReader | None = None

    @property
    def has_reader(self) -> bool:
        """True when a reader belongs to this window."""
        return self.reader is not None

    def read_card(self, case_id: str) -> ChipCard:
        """Read a chip and propose what it says as the values of the card.

        Raises:
            IdReaderError: what the reader said.
            CaseSealed: the case may not change any more.
        """
        if self.reader is None:
            raise NoIdReader
        card = self.reader.read()
        _check(card)
        facts = [
            FieldSet(field=name, value=FieldValue(value=value, origin=Origin.CHIP, checks=FROM_CHIP))
            for name, value in chip_values(card).items()
            if value
        ]
        with self.store.transaction() as tx:
            check_editable(tx, case_id)
            tx.record(case_id, *facts, actor=self.profile.clerk, at=self.clock())
            tx.put_setting(f"{SERIAL}{case_id}", f"{card.id_number} {card.chip_serial}")
        return card

    def compare(self, case_id: str, *, alike: bool) -> Case:
        """Record that the clerk compared the person at the counter with the document (人证一致).

        The person is the agent where there is one, else the applicant. Where the chip of that person's card
        was read for this case, the comparison was with that card.

        Raises:
            NoApplicant: nobody is named yet.
            CaseSealed: the case may not change any more.
        """
        with self.store.transaction() as tx:
            number = person_at_counter(check_editable(tx, case_id))
            if number is None:
                raise NoApplicant
            read, _, serial = (tx.setting(f"{SERIAL}{case_id}") or "").partition(" ")
            by_chip = read == number
            checked = IdentityChecked(
                way=IdentityWay.CHIP if by_chip else IdentityWay.DOCUMENT,
                number=number,
                alike=alike,
                chip_serial=serial if by_chip else "",
            )
            return tx.record(case_id, checked, actor=self.profile.clerk, at=self.clock())


def chip_values(card: ChipCard) -> dict[str, str]:
    """Return what a chip says under the names of the card's fields."""
    return {
        f"{FRONT}.name": card.name,
        f"{FRONT}.sex": card.sex,
        f"{FRONT}.ethnicity": card.ethnicity,
        f"{FRONT}.birth_date": card.birth_date.isoformat(),
        f"{FRONT}.address": card.address,
        f"{FRONT}.id_number": card.id_number,
        f"{BACK}.authority": card.authority,
        f"{BACK}.valid_from": card.valid_from.isoformat(),
        f"{BACK}.valid_until": card.valid_until.isoformat() if card.valid_until else LONG_TERM,
    }


def person_at_counter(case: Case) -> str | None:
    """Return the identity number of whoever stands at the counter; None while nobody is named."""
    if case.agent is not None:
        return case.agent.id_number
    return case.applicant.id_number if case.applicant is not None else None


def is_compared(case: Case) -> bool:
    """Return whether somebody compared the person who stands there now, with whatever outcome."""
    return case.identity is not None and case.identity.number == person_at_counter(case)


def _check(card: ChipCard) -> None:
    """Raise ChipRefused where a reader gives what no card can say."""
    try:
        is_sound = check_id_number(card.id_number) == card.id_number
        is_sound = is_sound and birth_date_of(card.id_number) == card.birth_date
    except BadIdNumber as error:
        raise ChipRefused from error
    if not is_sound:
        raise ChipRefused
