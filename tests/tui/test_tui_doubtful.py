"""Eyes go to what is doubtful: crop beside it, one key takes it, typing puts it right; reasons in words."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from ocr.documents.finding import MIRRORED, NO_DOCUMENT
from ocr.documents.reader import BLANK_PAGE, CUT_OFF
from scanners.fake import blank_page
from tests.services.conftest import ZHAO, Window, sample_value
from tests.tui.conftest import OpenSeat
from tests.tui.seat import Seat
from workstation import i18n
from workstation.domain.case import Origin
from workstation.domain.fields import UNCONFIRMED
from workstation.texts.ocr import REASONS
from workstation.tui.widgets.page_pane import PagePane
from workstation.tui.widgets.steps import StepName

pytestmark = pytest.mark.anyio

CARD = {
    "name": ZHAO.name,
    "sex": ZHAO.sex,
    "ethnicity": ZHAO.ethnicity,
    "birth_date": ZHAO.birth_date.isoformat(),
    "address": ZHAO.address,
    "id_number": ZHAO.id_number,
}


@pytest.fixture(params=["zh", "en"])
def language(request: pytest.FixtureRequest) -> Iterator[str]:
    i18n.install(request.param)
    yield request.param
    i18n.install("zh")


def lay_card(window: Window, **values: str) -> None:
    window.readings.by_kind["id-card-front"] = {**CARD, **values}
    window.scanner.script.append(blank_page(shade=10))


async def scanned(seat: Seat, case_id: str) -> None:
    await seat.open(case_id)
    await seat.press("f2")


@pytest.mark.usefixtures("language")
async def test_enter_leads_to_doubtful_rows_only_and_shows_where_they_were_read(
    sit: OpenSeat, window: Window
) -> None:
    case = window.open()
    lay_card(window, address="广东省深圳市福田区样木路")
    window.readings.misread = frozenset({"address"})
    async with sit() as seat:
        await scanned(seat, case.case_id)
        await seat.press("enter")
        assert seat.focused_row == "address"
        pane = seat.case.query_one(PagePane)
        assert pane.page is not None
        assert seat.row("address").place == (pane.page.page_id, (0, 0, 10, 10))
        await seat.replace(ZHAO.address)
        await seat.press("enter")
        assert seat.focused_row == "phone"
        await seat.write("19900000001")
        await seat.press("enter")
    applicant = window.store.case(case.case_id).applicant
    assert applicant is not None and applicant.address == ZHAO.address


@pytest.mark.usefixtures("language")
async def test_one_enter_on_the_form_takes_what_was_read_surely(sit: OpenSeat, window: Window) -> None:
    lay_card(window)
    window.readings.misread = frozenset({"sex"})
    case = window.scan(window.open(), "id-card")
    window.desk.prefill.read_page(case.case_id, "id-card", case.slot("id-card").pages[0])
    for problem in window.desk.view(case.case_id).readiness.fields:
        if problem.problems != (UNCONFIRMED,):
            window.desk.intake.type_field(case.case_id, problem.field.id, sample_value(problem.field))
    async with sit() as seat:
        await seat.open(case.case_id)
        seat.case.go(StepName.FORM)
        await seat.settle()
        assert seat.focused_row == "sex"
        await seat.press("enter")
        assert seat.at(StepName.DECISION)
    stored = window.store.case(case.case_id).fields
    assert all(stored[name].confirmed_by is not None for name in ("sex", "name", "id_number", "birth_date"))


@pytest.mark.parametrize("reason", [BLANK_PAGE, CUT_OFF, MIRRORED, NO_DOCUMENT])
@pytest.mark.usefixtures("language")
async def test_why_a_page_could_not_be_read_is_said_with_what_to_do(
    sit: OpenSeat, window: Window, reason: str
) -> None:
    case = window.open()
    window.readings.by_kind["id-card-front"] = dict.fromkeys(CARD, "")
    window.readings.reason = reason
    window.scanner.script.append(blank_page(shade=10))
    async with sit() as seat:
        await scanned(seat, case.case_id)
        what, todo = REASONS[reason]
        assert seat.notice == f"{i18n._(what)} {i18n._(todo)}"
        assert seat.sees(i18n._("没有读出, 请录入"))
        await seat.write(ZHAO.id_number)
        await seat.press("enter")
        assert seat.row("id_number").text == ZHAO.id_number


async def test_what_a_reading_replaced_meanwhile_is_not_confirmed_unseen(window: Window) -> None:
    lay_card(window, name="赵祥本")
    case = window.scan(window.open(), "id-card")
    page = case.slot("id-card").pages[0]
    window.desk.prefill.read_page(case.case_id, "id-card", page)
    lay_card(window)
    window.desk.prefill.read_page(case.case_id, "id-card", page)
    kept = window.desk.intake.confirm_field(case.case_id, "name", seen="赵祥本").fields["name"]
    assert (kept.value, kept.origin, kept.confirmed_by) == (ZHAO.name, Origin.OCR, None)
    taken = window.desk.intake.confirm_field(case.case_id, "name", seen=ZHAO.name).fields["name"]
    assert taken.confirmed_by is not None
