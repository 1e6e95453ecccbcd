"""A card is valid as long as its holder's age at issue says, and what does not go with it is doubtful."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.services.conftest import Window
from workstation.domain.case import FieldValue, Origin
from workstation.services.card_age import with_card_age

CARD = {"name": "赵样本", "birth_date": "1964-03-08", "id_number": ""}


def _fields(born: str, since: str, until: str) -> dict[str, FieldValue]:
    texts = {
        "id-card-front.birth_date": born,
        "id-card-back.valid_from": since,
        "id-card-back.valid_until": until,
    }
    return {name: FieldValue(value=text, origin=Origin.OCR, confidence=0.99) for name, text in texts.items()}


@pytest.mark.parametrize(
    ("born", "since", "until", "fits"),
    [
        ("1964-03-08", "2012-05-18", "长期", True),
        ("1964-03-08", "2012-05-18", "2032-05-18", False),
        ("1990-01-01", "2012-05-18", "2022-05-18", True),
        ("1990-01-01", "2012-05-18", "长期", False),
        ("2010-01-01", "2015-05-18", "2020-05-18", True),
        ("2010-01-01", "2015-05-18", "2035-05-18", False),
        ("", "2015-05-18", "2035-05-18", True),
        ("1964-03-08", "2012-05-18", "", True),
    ],
)
def test_the_days_of_a_card_go_with_its_holders_age(born: str, since: str, until: str, fits: bool) -> None:
    shown = with_card_age(_fields(born, since, until))
    names = ("id-card-back.valid_from", "id-card-back.valid_until")
    assert all(shown[name].valid is fits for name in names)
    assert all(("!holder-age" in shown[name].checks) is not fits for name in names)


def test_what_a_person_confirmed_is_not_marked() -> None:
    fields = _fields("1964-03-08", "2012-05-18", "2032-05-18")
    until = replace(fields["id-card-back.valid_until"], confirmed_by="王样本")
    shown = with_card_age({**fields, "id-card-back.valid_until": until})
    assert shown["id-card-back.valid_until"] == until
    assert not shown["id-card-back.valid_from"].valid


def test_a_view_shows_it_whatever_side_was_read_first(window: Window) -> None:
    window.readings.by_kind = {
        "id-card-front": CARD,
        "id-card-back": {"valid_from": "2012-05-18", "valid_until": "2032-05-18"},
    }
    case = window.scan(window.open(), "id-card", 2)
    for page in reversed(case.slot("id-card").pages):
        window.desk.prefill.read_page(case.case_id, "id-card", page)
    shown = window.desk.view(case.case_id).fields_shown
    assert "!holder-age" in shown["id-card-back.valid_until"].checks
    assert window.store.case(case.case_id).fields["id-card-back.valid_until"].valid
