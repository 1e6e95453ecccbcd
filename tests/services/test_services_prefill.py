"""OCR proposes: it never overwrites a person, and where it cannot read it says nothing."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PIL import Image

from ocr.errors import EngineTimeout
from ocr.port import Reading
from scanners.fake import blank_page
from tests.services.conftest import JOB, ZHAO, Window
from workstation.domain.case import Case, Origin
from workstation.domain.kinds import OriginalRule
from workstation.services.prefill import READ_DPI

CARD = {
    "name": "赵样本",
    "sex": "男",
    "ethnicity": "汉",
    "birth_date": "1964-03-08",
    "address": "广东省深圳市福田区香蜜湖街道样本路7号",
    "id_number": ZHAO.id_number,
}
BACK = {"authority": "深圳市公安局福田分局", "valid_from": "2012-05-18", "valid_until": "长期"}
REGISTER = {"name": "钱样本", "sex": "女", "birth_date": "1965-08-21", "ethnicity": "汉", "id_number": ""}


def read(window: Window, case: Case, slot: str, position: int = -1) -> Reading | None:
    page = window.store.case(case.case_id).slot(slot).pages[position]
    return window.desk.prefill.read_page(case.case_id, slot, page)


def scanned_card(window: Window, **values: str) -> Case:
    """Open a case, scan the front and let it be read."""
    window.readings.by_kind["id-card-front"] = {**CARD, **values}
    window.readings.by_kind["id-card-back"] = BACK
    case = window.scan(window.open(), "id-card")
    read(window, case, "id-card")
    return window.store.case(case.case_id)


def test_a_reading_becomes_proposals_with_page_box_and_confidence(window: Window) -> None:
    case = scanned_card(window)
    value = case.fields["name"]
    assert (value.value, value.origin, value.confirmed_by) == ("赵样本", Origin.OCR, None)
    assert value.page_id == case.slot("id-card").pages[0].page_id
    assert value.box == (0, 0, 10, 10) and value.confidence == 0.97
    assert case.fields["id-card-front.name"] == value
    assert window.store.log(case.case_id)[-1].actor == "scripted 1"


def test_a_proposal_must_be_confirmed_before_the_case_is_received(window: Window) -> None:
    case = scanned_card(window)
    problems = {
        p.field.id: p.problems for p in window.desk.view_of(case).readiness.fields if p.field.id == "name"
    }
    assert problems == {"name": ("unconfirmed",)}


def test_what_was_typed_is_never_overwritten(window: Window) -> None:
    window.readings.by_kind["id-card-front"] = CARD
    case = window.open()
    window.desk.intake.type_field(case.case_id, "address", "现住址")
    window.scan(case, "id-card")
    read(window, case, "id-card")
    assert window.store.case(case.case_id).fields["address"].value == "现住址"


def test_what_was_confirmed_is_never_overwritten(window: Window) -> None:
    case = scanned_card(window)
    window.desk.intake.confirm_field(case.case_id, "address")
    window.readings.by_kind["id-card-front"] = {**CARD, "address": "读错的住址"}
    read(window, case, "id-card", 0)
    value = window.store.case(case.case_id).fields["address"]
    assert (value.value, value.confirmed_by) == (CARD["address"], "王样本")


def test_a_second_reading_replaces_a_proposal_nobody_settled(window: Window) -> None:
    case = scanned_card(window, name="赵祥本")
    window.readings.by_kind["id-card-front"] = CARD
    read(window, case, "id-card", 0)
    assert window.store.case(case.case_id).fields["name"].value == "赵样本"


def test_what_cannot_be_read_stays_empty(window: Window) -> None:
    case = scanned_card(window, address="")
    assert "address" not in case.fields
    assert case.fields["id-card-front.address"].value == ""
    assert not case.fields["id-card-front.address"].valid


def test_an_unreadable_second_page_does_not_empty_the_form(window: Window) -> None:
    case = scanned_card(window)
    window.readings.by_kind["id-card-front"] = dict.fromkeys(CARD, "")
    read(window, case, "id-card", 0)
    assert window.store.case(case.case_id).fields["name"].value == "赵样本"


def test_the_back_side_is_read_as_the_back_side(window: Window) -> None:
    case = scanned_card(window)
    window.scan(case, "id-card")
    assert read(window, case, "id-card") is not None
    case = window.store.case(case.case_id)
    assert case.fields["id-card-back.valid_until"].value == "长期"
    assert window.readings.asked == ["id-card-front", "id-card-back"]


def test_a_front_side_scanned_again_after_its_back_side_is_read_as_a_front_side(window: Window) -> None:
    case = scanned_card(window)
    window.scan(case, "id-card")
    read(window, case, "id-card")
    front = case.slot("id-card").pages[0]
    window.desk.page_work.remove(case.case_id, front.page_id, why="反光")
    window.scan(case, "id-card")
    read(window, case, "id-card")
    assert window.readings.asked[-1] == "id-card-front"


def test_a_material_without_a_known_kind_is_not_read(window: Window) -> None:
    case = window.scan(window.open(), "photo-receipt")
    assert read(window, case, "photo-receipt") is None
    assert not window.readings.asked


def test_a_kind_the_engine_does_not_know_is_skipped(window: Window) -> None:
    case = window.scan(window.open(), "household-register")
    assert read(window, case, "household-register") is None
    assert window.store.case(case.case_id) == case
    assert window.readings.asked == ["household-register-page"]


def test_only_the_first_sheet_of_a_booklet_is_read(window: Window) -> None:
    window.readings.by_kind["household-register-page"] = REGISTER
    case = window.scan(window.open(), "household-register", 2)
    assert read(window, case, "household-register", 0) is not None
    assert read(window, case, "household-register", 1) is None


def test_an_engine_that_fails_records_nothing(window: Window) -> None:
    window.readings.by_kind["id-card-front"] = EngineTimeout("30 s")
    case = window.scan(window.open(), "id-card")
    with pytest.raises(EngineTimeout):
        read(window, case, "id-card")
    assert window.store.case(case.case_id) == case


def test_the_register_never_replaces_what_the_identity_card_said(window: Window) -> None:
    window.readings.by_kind["household-register-page"] = REGISTER
    case = scanned_card(window)
    window.scan(case, "household-register")
    read(window, case, "household-register")
    case = window.store.case(case.case_id)
    assert case.fields["name"].value == "赵样本"
    assert case.fields["household-register-page.name"].value == "钱样本"


def test_the_register_fills_in_while_the_card_said_nothing(window: Window) -> None:
    window.readings.by_kind["household-register-page"] = REGISTER
    case = window.scan(window.open(), "household-register")
    read(window, case, "household-register")
    assert window.store.case(case.case_id).fields["name"].value == "钱样本"


def test_a_page_taken_out_while_it_was_queued_for_reading_is_left_alone(window: Window) -> None:
    window.readings.by_kind["id-card-front"] = CARD
    case = window.scan(window.open(), "id-card")
    page = case.slot("id-card").pages[0]
    window.desk.page_work.remove(case.case_id, page.page_id, why="重扫")
    assert window.desk.prefill.read_page(case.case_id, "id-card", page) is None


def test_a_case_sealed_while_the_engine_worked_says_what_its_bundle_says(window: Window) -> None:
    case = window.ready()
    window.readings.by_kind["id-card-front"] = CARD
    page = case.slot("id-card").pages[0]
    sealed = window.desk.decisions.receive(case.case_id)
    assert window.desk.prefill.read_page(case.case_id, "id-card", page) is not None
    assert window.store.case(case.case_id) == sealed


def test_a_form_made_at_the_window_is_not_a_page_to_read(window: Window) -> None:
    forms = [m for m in window.item("敬老优待证").materials if m.original is OriginalRule.FORM]
    assert all(material.document_kind is None for material in forms)


def test_a_fine_scan_is_read_smaller_and_its_boxes_lie_on_the_scan(window: Window) -> None:
    window.readings.by_kind["id-card-front"] = CARD
    window.scanner.script.append(replace(blank_page(90, 60, shade=7), resolution_dpi=600))
    case = window.open()
    list(window.desk.capture.scan(case.case_id, "id-card", JOB))
    seen: list[tuple[tuple[int, int], object]] = []

    def reader(picture: Image.Image, kind: str) -> Reading:
        seen.append((picture.size, picture.info["dpi"]))
        return window.readings(picture, kind)

    prefill = replace(window.desk.prefill, read=reader)
    page = window.store.case(case.case_id).slot("id-card").pages[0]
    reading = prefill.read_page(case.case_id, "id-card", page)
    assert seen == [((45, 30), (READ_DPI, READ_DPI))]
    assert reading is not None and reading.fields["name"].box == (0, 0, 20, 20)
