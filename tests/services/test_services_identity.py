"""The card's chip and the clerk's eyes: what outranks what, and what is kept."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from scanners import id_reader
from scanners.id_reader import ScriptedIdReader
from tests.services.conftest import QIAN, ZHAO, MakeWindow, Window
from workstation.domain.case import FieldSet, FieldValue, IdentityWay, Origin
from workstation.services.errors import CaseSealed, NoApplicant
from workstation.training.wallet import chip_card

CARD = chip_card(ZHAO)


def field(window: Window, case_id: str, name: str, value: FieldValue) -> None:
    with window.store.transaction() as tx:
        tx.record(case_id, FieldSet(field=name, value=value), actor="t", at=window.clock())


def test_a_chip_fills_the_card_and_the_person_is_compared_with_it(make_window: MakeWindow) -> None:
    window = make_window(id_reader=ScriptedIdReader(CARD))
    case_id = window.open().case_id
    window.desk.identity.read_card(case_id)
    case = window.store.case(case_id)
    assert case.fields["id-card-front.name"].value == ZHAO.name
    assert case.fields["id-card-front.address"].origin is Origin.CHIP
    window.named(case)
    checked = window.desk.identity.compare(case_id, alike=True).identity
    assert checked is not None and (checked.way, checked.chip_serial) == (IdentityWay.CHIP, CARD.chip_serial)


def test_a_comparison_without_the_persons_own_chip_is_with_the_document(make_window: MakeWindow) -> None:
    window = make_window(id_reader=ScriptedIdReader(CARD))
    case = window.open()
    window.desk.identity.read_card(case.case_id)
    window.named(case, QIAN)
    checked = window.desk.identity.compare(case.case_id, alike=True).identity
    assert checked is not None and (checked.way, checked.chip_serial) == (IdentityWay.DOCUMENT, "")


def test_a_chip_outranks_a_reading_and_never_what_a_person_typed(make_window: MakeWindow) -> None:
    window = make_window(id_reader=ScriptedIdReader(CARD))
    case_id = window.open().case_id
    field(window, case_id, "id-card-front.name", FieldValue(value="赵样木", origin=Origin.OCR))
    field(window, case_id, "id-card-front.address", FieldValue(value="手录住址", origin=Origin.TYPED))
    window.desk.identity.read_card(case_id)
    field(window, case_id, "id-card-front.name", FieldValue(value="赵样不", origin=Origin.OCR))
    fields = window.store.case(case_id).fields
    assert fields["id-card-front.name"].value == ZHAO.name
    assert fields["id-card-front.address"].value == "手录住址"


@pytest.mark.parametrize(
    "card",
    [
        replace(CARD, id_number=CARD.id_number[:-1] + ("0" if CARD.id_number[-1] != "0" else "1")),
        replace(CARD, birth_date=date(1999, 9, 9)),
        replace(CARD, id_number=""),
    ],
)
def test_what_no_card_can_say_is_refused_whole(make_window: MakeWindow, card: id_reader.ChipCard) -> None:
    window = make_window(id_reader=ScriptedIdReader(card))
    case_id = window.open().case_id
    with pytest.raises(id_reader.ChipRefused):
        window.desk.identity.read_card(case_id)
    assert "id-card-front.name" not in window.store.case(case_id).fields


@pytest.mark.parametrize(
    "fault", [id_reader.NoCard(), id_reader.CardMoved(), id_reader.SecurityModuleFault()]
)
def test_a_readers_fault_is_told_and_the_next_card_is_read(
    make_window: MakeWindow, fault: id_reader.IdReaderError
) -> None:
    window = make_window(id_reader=ScriptedIdReader(fault, CARD))
    case_id = window.open().case_id
    with pytest.raises(type(fault)):
        window.desk.identity.read_card(case_id)
    assert window.desk.identity.read_card(case_id) == CARD


def test_a_window_without_a_reader_says_so_and_a_case_without_a_person_compares_nobody(
    window: Window,
) -> None:
    case_id = window.open().case_id
    assert not window.desk.identity.has_reader
    with pytest.raises(id_reader.NoIdReader):
        window.desk.identity.read_card(case_id)
    with pytest.raises(NoApplicant):
        window.desk.identity.compare(case_id, alike=True)


def test_a_sealed_case_takes_neither_chip_nor_comparison(make_window: MakeWindow) -> None:
    window = make_window(id_reader=ScriptedIdReader(CARD))
    case_id = window.received().case_id
    with pytest.raises(CaseSealed):
        window.desk.identity.read_card(case_id)
    with pytest.raises(CaseSealed):
        window.desk.identity.compare(case_id, alike=True)
