"""What one document of a case says against another is shown, and nothing stored is changed."""

from __future__ import annotations

from tests.services.conftest import ZHAO, Window
from workstation.domain.case import Case
from workstation.tui.words import value_lamp

CARD = {"name": ZHAO.name, "sex": "男", "birth_date": "1964-03-08", "id_number": ZHAO.id_number}


def read_both(window: Window, **on_the_register: str) -> Case:
    """Read the card and the register of one person."""
    window.readings.by_kind["id-card-front"] = CARD
    window.readings.by_kind["household-register-page"] = {**CARD, **on_the_register}
    case = window.open()
    for slot in ("id-card", "household-register"):
        case = window.scan(case, slot)
        window.desk.prefill.read_page(case.case_id, slot, case.slot(slot).pages[0])
    return window.store.case(case.case_id)


def test_a_value_the_register_repeats_is_surer_in_the_form(window: Window) -> None:
    case = read_both(window)
    shown = window.desk.view_of(case).fields_shown["name"]
    assert shown.confidence > case.fields["name"].confidence
    assert "与《户口簿》一致" in value_lamp(shown).plain


def test_a_value_the_register_contradicts_is_marked_with_the_name_of_the_register(window: Window) -> None:
    case = read_both(window, name="赵祥本")
    shown = window.desk.view_of(case).fields_shown
    assert value_lamp(shown["name"]).plain == "✘ 与《户口簿》上的不一致"
    assert value_lamp(shown["household-register-page.name"]).plain == "✘ 与《居民身份证》上的不一致"
    assert case.fields["name"].valid


def test_a_confirmed_value_is_not_questioned_again(window: Window) -> None:
    case = read_both(window, name="赵祥本")
    case = window.desk.intake.confirm_field(case.case_id, "name")
    assert window.desk.view_of(case).fields_shown["name"] == case.fields["name"]
