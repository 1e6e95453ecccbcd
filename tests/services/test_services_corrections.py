"""What clerks put right is counted by field over the cases of a window."""

from __future__ import annotations

from datetime import date

from tests.services.conftest import ZHAO, Window
from workstation.domain.corrections import Tally
from workstation.services.corrections import corrections

REGISTER = {"name": "赵祥本", "sex": "男", "id_number": ZHAO.id_number, "employer": ""}


def test_a_value_typed_over_what_was_read_is_counted_by_kind_and_field(window: Window) -> None:
    window.readings.by_kind["household-register-page"] = REGISTER
    case = window.scan(window.open(), "household-register")
    window.desk.prefill.read_page(
        case.case_id, "household-register", case.slot("household-register").pages[0]
    )
    window.desk.intake.type_field(case.case_id, "name", ZHAO.name)
    window.desk.intake.confirm_field(case.case_id, "sex")
    counted = corrections(window.store)
    assert counted["household-register-page.name"] == Tally(
        read=1, settled=1, corrected=1, corrected_confident=1
    )
    assert counted["household-register-page.sex"] == Tally(read=1, settled=1)
    assert counted["household-register-page.employer"] == Tally(read=1, empty=1)
    assert not {ZHAO.name, "赵祥本", ZHAO.id_number} & set(str(counted))


def test_cases_opened_before_the_day_are_left_out(window: Window) -> None:
    window.readings.by_kind["household-register-page"] = REGISTER
    case = window.scan(window.open(), "household-register")
    window.desk.prefill.read_page(
        case.case_id, "household-register", case.slot("household-register").pages[0]
    )
    assert corrections(window.store, since=date(2026, 11, 20))
    assert not corrections(window.store, since=date(2026, 11, 21))
